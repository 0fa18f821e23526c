"""What can be loaded: one function per source, each returning the files of a load."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from loader.console import Console
from loader.contract import Contract
from loader.pipeline import Delivery
from loader.runs import FileKey
from loader.sources.files import SourceFile, discover

if TYPE_CHECKING:
    from loader.sources.demo import DemoSettings


def file_delivery(location: str, contract: Contract, datasets: Collection[str] | None, console: Console) -> Delivery:
    """Exported files at a path or address; files that belong to no dataset are named in a warning."""
    found = discover(location, contract, datasets)
    if found.unmatched:
        console.warn(f"Left out, since their names match no dataset: {', '.join(found.unmatched)}.")
    return Delivery(found.files)


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
    name = "demo:" + ",".join(f"{key}={value}" for key, value in sorted(asdict(settings).items()))

    def key(file: SourceFile) -> FileKey:
        return f"{name}/{Path(file.uri).relative_to(folder.resolve())}", file.size, ""

    return Delivery(discover(str(folder), contract, datasets).files, key)
