"""The summary of a build: each table with its rows, and samples that say of how many rows they are."""

from __future__ import annotations

import duckdb
from rich.table import Table

from loader.destination import open_warehouse
from loader.profile import read_target
from loader.summary import BuiltModel, summarise
from tests.loader.conftest import Account


def model(name: str, layer: str, columns: int) -> BuiltModel:
    return BuiltModel(name, layer, f"main.{name}", "What is there?", tuple(f"c{number}" for number in range(columns)))


def test_samples_say_of_what_they_are(account: Account) -> None:
    with duckdb.connect(str(account.database)) as connection:
        columns = ", ".join(f"n as c{number}" for number in range(10))
        connection.execute(f"create table rpt_long as select {columns} from range(5000) as t(n)")
        connection.execute("create table rpt_short as select 1 as c0")
        connection.execute("create table seg_empty as select 1 as c0 where false")
    models = [model("rpt_long", "reports", 10), model("rpt_short", "reports", 1), model("seg_empty", "segments", 1)]
    warehouse = open_warehouse(read_target(account.folder), read_only=True)
    try:
        overview, *samples = summarise(warehouse, models)
    finally:
        warehouse.close()
    assert isinstance(overview, Table)
    assert list(overview.columns[2].cells) == ["5,000", "1", "0"]
    assert [(sample.title, sample.row_count) for sample in samples if isinstance(sample, Table)] == [
        ("rpt_long, 3 of 5,000 rows and 8 of 10 columns", 3),
        ("rpt_short, the only row", 1),
        ("seg_empty, no rows", 0),
    ]
