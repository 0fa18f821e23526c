"""What the raw tables hold: loads, rows, rejects and newest data per dataset."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from rich import box
from rich.table import Table

from loader.contract import Contract, Dataset
from loader.destination import Warehouse
from loader.runs import FILES_TABLE, LOADS_TABLE


@dataclass(frozen=True)
class DatasetStatus:
    """One dataset; counts are of completed loads and say what came in, not what lies there now.

    Attributes:
        newest: UTC date of the newest time in any column, of appended datasets by the time of the row; None if none.
        last_load: when its latest load ended.

    """

    dataset: str
    loads: int
    files: int
    loaded: int
    superseded: int
    rejected: int
    newest: date | None
    last_load: datetime

    def as_json(self) -> dict[str, Any]:
        """The same with dates in ISO 8601."""
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}


def read_status(warehouse: Warehouse, contract: Contract) -> list[DatasetStatus]:
    """Status of every dataset that was loaded, in the contract's order; empty before the first load."""
    tables = warehouse.tables()
    if not {FILES_TABLE, LOADS_TABLE} <= tables:
        return []
    rows = warehouse.execute(
        "select f.dataset, count(distinct f._dlt_load_id), count(*), sum(f.loaded), sum(f.superseded),"
        " sum(f.rejected), max(l.inserted_at)"
        f" from {warehouse.table(FILES_TABLE)} as f inner join {warehouse.table(LOADS_TABLE)} as l"
        " on l.load_id = f._dlt_load_id and l.status = 0 group by f.dataset"
    )
    by_dataset = {row[0]: row for row in rows}
    found = []
    for dataset in contract.values():
        if dataset.name in by_dataset:
            name, loads, files, loaded, superseded, rejected, last_load = by_dataset[dataset.name]
            newest = _newest(warehouse, dataset)
            found.append(
                DatasetStatus(
                    name,
                    loads,
                    files,
                    int(loaded),
                    int(superseded),
                    int(rejected),
                    newest,
                    last_load.astimezone(UTC).replace(microsecond=0),
                )
            )
    return found


def _newest(warehouse: Warehouse, dataset: Dataset) -> date | None:
    if dataset.partition:
        return warehouse.newest_partition(dataset.name)
    times = [column.name for column in dataset.columns if column.data_type == "TIMESTAMP"]
    if not times:
        return None
    (row,) = warehouse.execute(
        f"select {', '.join(f'max({name})' for name in times)} from {warehouse.table(dataset.name)}"
    )
    newest = max((value for value in row if value is not None), default=None)
    return newest.astimezone(UTC).date() if newest else None


def status_table(statuses: list[DatasetStatus]) -> Table:
    """The status for people."""
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("dataset", "newest data", "last load (UTC)"):
        table.add_column(title, no_wrap=True)
    for title in ("loads", "files", "loaded", "superseded", "rejected"):
        table.add_column(title, justify="right")
    for status in statuses:
        table.add_row(
            status.dataset,
            status.newest.isoformat() if status.newest else "-",
            f"{status.last_load:%Y-%m-%d %H:%M:%S}",
            *(f"{getattr(status, count):,}" for count in ("loads", "files", "loaded", "superseded", "rejected")),
        )
    return table
