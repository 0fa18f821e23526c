"""What `summary` says of a build, and of none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.table import Table

from loader.destination import open_warehouse
from loader.profile import read_target
from loader.summary import BuiltModel, summarise
from tests.loader.conftest import Account

MODELS: dict[str, dict[str, Any]] = {
    "fct_orders": {"layer": "marts", "description": "What was ordered,\nby whom? One row per order."},
    "rpt_orders": {"layer": "reports", "description": "How many orders?", "columns": {"day": {}, "orders": {}}},
    "int_orders": {"layer": "intermediate", "description": "A step."},
}


@pytest.fixture
def manifest(account: Account, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The manifest of a build of two tables that people read, and of one that they do not."""
    path = account.folder / "manifest.json"
    nodes = {
        name: {
            "resource_type": "model",
            "name": name,
            "fqn": ["esputnik", model["layer"], name],
            "relation_name": f'"raw"."esputnik_{model["layer"]}"."{name}"',
            "description": model["description"],
            "columns": model.get("columns", {}),
        }
        for name, model in MODELS.items()
    }
    path.write_text(json.dumps({"metadata": {"adapter_type": "duckdb"}, "nodes": nodes}))
    monkeypatch.setattr("loader.manifest.MANIFEST", path)
    return path


def test_tables_with_their_rows_and_samples_of_reports(account: Account, manifest: Path) -> None:
    with duckdb.connect(str(account.database)) as connection:
        connection.execute("create schema esputnik_marts; create schema esputnik_reports")
        connection.execute("create table esputnik_marts.fct_orders as select unnest(range(1200)) as order_id")
        connection.execute(
            "create table esputnik_reports.rpt_orders as"
            " select * from (values (date '2026-01-02', 1234.5::double), (date '2026-01-01', null)) as r (day, orders)"
        )
    outcome = account.run("summary")
    assert outcome.code == 0, outcome.err
    shown = [[part.strip() for part in line.split("│")[1:-1]] for line in outcome.out.splitlines() if "│" in line]
    assert shown == [
        ["fct_orders", "What was ordered, by whom?", "1,200"],
        ["rpt_orders", "How many orders?", "2"],
        ["2026-01-01", "-"],
        ["2026-01-02", "1,234.50"],
    ]
    assert "rpt_orders, all 2 rows" in outcome.out
    assert "Next:" in outcome.out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "run `dbt build` first"),
        ("{", "is not a manifest of this version of dbt"),
        ('{"metadata": {"adapter_type": "duckdb"}, "nodes": {"a": {}}}', "is not a manifest of this version of dbt"),
        ('{"metadata": {"adapter_type": "bigquery"}, "nodes": {}}', "was made for bigquery"),
    ],
)
def test_no_build_is_one_sentence_and_exit_code_2(
    account: Account, manifest: Path, content: str | None, says: str
) -> None:
    if content is None:
        manifest.unlink()
    else:
        manifest.write_text(content)
    outcome = account.run("summary")
    assert outcome.code == 2
    assert says in outcome.err
    assert "Traceback" not in outcome.err


def model(name: str, layer: str, columns: int) -> BuiltModel:
    return BuiltModel(name, layer, f"main.{name}", "What is there?", tuple(f"c{number}" for number in range(columns)))


def test_samples_say_of_what_they_are(account: Account) -> None:
    with duckdb.connect(str(account.database)) as connection:
        columns = ", ".join(f"n as c{number}" for number in range(10))
        connection.execute(f"create table rpt_long as select {columns} from range(5000) as t(n)")
        connection.execute("create table rpt_short as select 1 as c0")
        connection.execute("create table seg_empty as select 1 as c0 where false")
    models = [model("rpt_long", "reports", 10), model("rpt_short", "reports", 1), model("seg_empty", "segments", 1)]
    with open_warehouse(read_target(account.folder), read_only=True) as warehouse:
        overview, *samples = summarise(warehouse, models)
    assert isinstance(overview, Table)
    assert list(overview.columns[2].cells) == ["5,000", "1", "0"]
    assert [(sample.title, sample.row_count) for sample in samples if isinstance(sample, Table)] == [
        ("rpt_long, 3 of 5,000 rows and 8 of 10 columns", 3),
        ("rpt_short, the only row", 1),
        ("seg_empty, no rows", 0),
    ]
