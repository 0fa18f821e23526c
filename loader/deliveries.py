"""What can be loaded: one function per source, each returning the files of a load."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from loader.console import Console
from loader.contract import Contract
from loader.destination import Warehouse
from loader.errors import ConfigurationError
from loader.pipeline import Delivery
from loader.runs import FileKey, loaded_files
from loader.sources.files import SourceFile, discover

if TYPE_CHECKING:
    from loader.sources.demo import DemoSettings


def file_delivery(location: str, contract: Contract, datasets: Collection[str] | None, console: Console) -> Delivery:
    """Exported files at a path or address; files that belong to no dataset are named in a warning."""
    found = discover(location, contract, datasets)
    if found.unmatched:
        console.warn(f"Left out, since their names match no dataset: {', '.join(found.unmatched)}.")
    return Delivery(found.files)


def demo_settings(wanted: DemoSettings, warehouse: Warehouse, *, end_is_given: bool) -> DemoSettings:
    """The demo account to load: a second one must not come on top of the one that is loaded.

    Where the end date was not asked for, it is that of the loaded account, so that a later day's run finds nothing new.

    Raises:
        ConfigurationError: a demo account with other settings is loaded.

    """
    loaded = {name.partition("/")[0] for name, _, _ in loaded_files(warehouse) if name.startswith("demo:")}
    for name in loaded:
        end = date.fromisoformat(re.findall(r"end=([0-9-]+)", name)[0])
        settings = wanted if end_is_given else replace(wanted, end=end)
        if _demo_name(settings) == name:
            return settings
    if loaded:
        raise ConfigurationError(
            f"`{warehouse.raw_schema}` holds another demo account ({', '.join(sorted(loaded))}), and two would mix."
            " Load the same one again, or choose an empty raw schema or DuckDB file."
        )
    return wanted


def _demo_name(settings: DemoSettings) -> str:
    """Says what is in the account; the usual cadence goes unsaid, as in loads of before there was another."""
    said = {key: value for key, value in asdict(settings).items() if (key, value) != ("cadence", 1)}
    return "demo:" + ",".join(f"{key}={value}" for key, value in sorted(said.items()))


def demo_delivery(
    settings: DemoSettings, contract: Contract, datasets: Collection[str] | None, workdir: Path, console: Console
) -> Delivery:
    """The demo account, generated into the run's folder.

    Its files are new at every run, its rows are not: the settings say what is in them, so they name them.
    """
    from loader.sources.demo import export_demo

    console.step(
        f"Generating the demo account: {settings.contacts:,} contacts, {settings.days:,} days to {settings.end}"
    )
    folder = workdir / "demo"
    export_demo(folder, settings, "parquet")
    name = _demo_name(settings)

    def key(file: SourceFile) -> FileKey:
        return f"{name}/{Path(file.uri).relative_to(folder.resolve())}", file.size, ""

    return Delivery(discover(str(folder), contract, datasets).files, key)
