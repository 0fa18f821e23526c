"""The private folder of one run: its Parquet files and dlt's working files; gone when the run ends."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

PREFIX = "esputnik-load-"


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yields an empty folder in the system's temporary folder (`TMPDIR`) and removes it at the end.

    A killed run cannot tidy up; folders whose process is gone are removed here, by the next run.
    """
    root = Path(tempfile.gettempdir())
    _remove_leftovers(root)
    process = psutil.Process()
    prefix = f"{PREFIX}{process.pid}-{int(process.create_time())}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=root, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _remove_leftovers(root: Path) -> None:
    for folder in root.glob(f"{PREFIX}*-*-*"):
        pid, started = folder.name.removeprefix(PREFIX).split("-")[:2]
        if not is_running(int(pid), int(started)):
            shutil.rmtree(folder, ignore_errors=True)


def is_running(pid: int, started: int) -> bool:
    """Whether the process still runs; its start, in whole seconds since 1970, tells it from a later one of that id."""
    try:
        return int(psutil.Process(pid).create_time()) == started
    except psutil.NoSuchProcess:
        return False
