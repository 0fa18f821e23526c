"""`load --from api`: checks the account before anything is touched, then loads, or tells what a load would take."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from datetime import UTC, datetime

import pyarrow as pa

from loader.console import Console
from loader.contract import full_contract
from loader.destination import open_warehouse
from loader.pipeline import Summary
from loader.profile import Target
from loader.runs import loaded_files
from loader.sources.api.client import ApiClient
from loader.sources.api.estimate import estimate, estimate_table
from loader.sources.api.plan import Loaded, stretches
from loader.sources.api.run import ACTIVITIES, ApiOrder, ApiRun, cost_line
from loader.sources.api.settings import read_settings
from loader.workspace import private_folder

#: Of glibc's `mallopt`; other C libraries have no such thing. Threads that read answers share memory, where glibc keeps
#: some apart for each of them, for good. Large pieces, of which DuckDB's are most, are given back as soon as they are
#: free; glibc stops doing so once it saw a few of a size.
_MALLOC_SETTINGS = {"M_ARENA_MAX": (-8, 2), "M_MMAP_THRESHOLD": (-3, 256 * 1024), "M_TRIM_THRESHOLD": (-1, 1 << 20)}


def load_from_api(order: ApiOrder, target: Target, console: Console) -> Summary:
    """Loads what the API offers, and says what it took.

    Raises:
        ConfigurationError: no key, a wrong one, or no platform at the address; no table is touched then.
        LoaderError: the platform or the warehouse failed on the way.

    """
    settings = read_settings()
    console.secrets = [*settings.secrets, *console.secrets]
    _spare_memory()
    client = ApiClient(settings)
    client.check_account()
    with private_folder() as workdir, open_warehouse(target, thrifty=True) as warehouse:
        try:
            return ApiRun(client, order, full_contract(), target, warehouse, workdir, console).load()
        finally:
            console.step(cost_line(client.snapshot()))


def _spare_memory() -> None:
    """Lets the allocators of this process give memory back: it reads and loads for hours, in turns."""
    # Arrow's own pool keeps what it once had.
    pa.set_memory_pool(pa.system_memory_pool())
    with suppress(OSError, AttributeError):
        for setting, value in _MALLOC_SETTINGS.values():
            ctypes.CDLL(None).mallopt(setting, value)


def estimate_from_api(order: ApiOrder, target: Target, console: Console) -> None:
    """Says how many calls a load would take; reads the raw tables' register of what is loaded, changes nothing."""
    settings = read_settings()
    console.secrets = [*settings.secrets, *console.secrets]
    client = ApiClient(settings)
    client.check_account()
    with open_warehouse(target, read_only=True) as warehouse:
        loaded = Loaded.of(loaded_files(warehouse))
    now = datetime.now(UTC)
    missing = stretches(loaded, settings, order.since, order.until, now) if order.wants(ACTIVITIES) else []
    console.result(estimate_table(estimate(client, order, missing)))
    console.step(f"This estimate took {cost_line(client.snapshot())}")
