"""`dbt build` as users run it: every seed, model, data test and unit test, on the demo account."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.dbt import ROOT, Dbt
from tests.support.metrics import Metrics


@pytest.fixture(scope="module")
def built(dbt: Dbt, demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("build") / "demo.duckdb"
    shutil.copy(demo_database, database)
    dbt("build", database=database)
    return database


def test_build_makes_every_layer(built: Path) -> None:
    with duckdb.connect(str(built), read_only=True) as connection:
        rows = connection.execute(
            "select table_schema, count(*) from information_schema.tables"
            " where table_name not like '%__ledger' group by 1 order by 1"
        ).fetchall()
        layers = {str(schema): count for schema, count in rows}
        assert layers["esputnik_staging"] == 9 + 2, "nine exported datasets, and two that only the REST API has"
        files = {layer: len([*(ROOT / "models" / layer).glob("*.sql")]) for layer in ("reports", "segments")}
        assert layers["esputnik_reports"] == files["reports"]
        assert layers["esputnik_segments"] == files["segments"] - 1, "no tables of the account's own are named"
        # Every raw dataset arrives: nothing between the files and staging loses a table.
        arrived = connection.execute(
            "select s.table_name, r.table_name from information_schema.tables as s join information_schema.tables as r"
            " on replace(replace(s.table_name, 'stg_esputnik__', ''), '_', '') = lower(r.table_name)"
            " where s.table_schema = 'esputnik_staging' and r.table_schema = 'esputnik_raw'"
        ).fetchall()
        assert len(arrived) == 9
        for table, raw in arrived:
            (count,) = connection.execute(f'select count(*) from esputnik_staging."{table}"').fetchone() or (0,)
            assert count > 0, raw


def test_every_column_is_described(dbt: Dbt, built: Path) -> None:
    """What no YAML lists has no description in the catalogue and in BigQuery; the linter looks at what is listed."""
    nodes = json.loads((dbt.folder / "target" / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    described = {(node["schema"], node["alias"], column) for node in nodes for column in node.get("columns", {})}
    layers = ("staging", "marts", "reports", "segments", "seeds")
    with duckdb.connect(str(built), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns"
            " where list_contains(?, table_schema) and not ends_with(table_name, '__ledger')",
            [[f"esputnik_{layer}" for layer in layers]],
        ).fetchall()
    assert len(columns) > 1000
    assert set(columns) - described == set()


RATES = {
    "delivery_rate": ("delivered", "sends"),
    "bounce_rate": ("bounced", "sends"),
    "open_rate": ("opened", "delivered"),
    "click_rate": ("clicked", "delivered"),
    "click_to_open_rate": ("clicked", "opened"),
    "unsubscribe_rate": ("unsubscribed", "delivered"),
    "complaint_rate": ("complained", "delivered"),
}


def test_metrics_equal_the_reports(dbt: Dbt, built: Path) -> None:
    """Every metric, asked of MetricFlow, against the counts that the reports show, summed."""
    metrics = Metrics(dbt)
    counts = sorted({name for pair in RATES.values() for name in pair} | {"suspected_opens", "suspected_clicks"})
    helpers = {name for name in metrics.names() if name.endswith("_telling_opens")}
    of_orders = ("orders", "delivered_orders", "abandoned_carts", "new_customers", "revenue", "delivered_revenue")
    others = {"customers", "average_order_value", "orders_in_account_currency", "people"}
    conversions = {"converted_sends", "conversion_rate"}
    assert metrics.names() == {*counts, *RATES, *conversions, *of_orders, *others} | helpers

    with duckdb.connect(str(built), read_only=True) as connection:
        daily = rows(connection, "select * from esputnik_reports.rpt_channel_daily")
        tells = dict(
            connection.execute("select channel, max(reports_opens) from esputnik_seeds.channels group by 1").fetchall()
        )
        campaigns = rows(connection, "select * from esputnik_reports.rpt_campaign_performance")
        revenue = rows(connection, "select * from esputnik_reports.rpt_revenue_daily where currency = 'UAH'")
        (abroad,) = one(
            connection, "select sum(orders) from esputnik_reports.rpt_revenue_daily where currency != 'UAH'"
        )
        people = one(connection, "select count(*), count(distinct signup_source) from esputnik_marts.dim_people")
        (buyers,) = one(connection, "select count(*) from esputnik_marts.int_purchases")

    # By channel and day the metrics are the report, its nulls included.
    asked = metrics.ask([*counts, *RATES], by=["send__channel", "metric_time__day"])
    assert len(asked) == len(daily) > 100
    shown = {(row["channel"], row["send_date"]): row for row in daily}
    for row in asked:
        expected = shown[row["send__channel"], row["metric_time__day"].date()]
        for name in [*counts, *RATES]:
            assert row[name] == pytest.approx(expected[name]), (name, row)

    # In total, and by what another table tells, rates are those of the counts and not averages of rates.
    [total] = metrics.ask([*counts, *RATES])
    for name in counts:
        assert total[name] == sum(row[name] for row in daily), name
    for name, (above, below) in RATES.items():
        rows_with_a_rate = [row for row in daily if not name.endswith("open_rate") or tells[row["channel"]]]
        expected = sum(row[above] for row in rows_with_a_rate) / sum(row[below] for row in rows_with_a_rate)
        assert total[name] == pytest.approx(expected), name
    by_campaign = {
        row["broadcast__broadcast_name"]: row
        for row in metrics.ask(["sends", "conversion_rate", "open_rate"], by=["broadcast__broadcast_name"])
    }
    names = [row["broadcast_name"] for row in campaigns]
    unique = [row for row in campaigns if row["sends"] and names.count(row["broadcast_name"]) == 1]
    assert len(unique) > 10
    for row in unique:
        for name in ("sends", "conversion_rate", "open_rate"):
            assert by_campaign[row["broadcast_name"]][name] == pytest.approx(row[name]), (name, row)

    [sold] = metrics.ask([*of_orders, *others])
    for name in ("revenue", "delivered_revenue"):
        assert float(sold[name]) == pytest.approx(sum(row[name] for row in revenue)), name
    assert sold["orders_in_account_currency"] == sum(row["orders"] for row in revenue)
    assert sold["orders"] == sold["orders_in_account_currency"] + abroad
    assert sold["average_order_value"] == pytest.approx(float(sold["revenue"]) / sold["orders_in_account_currency"])
    assert (sold["people"], sold["customers"]) == (people[0], buyers)
    # People are joined by their key: every source that somebody signed up by is told.
    assert len(metrics.ask(["customers"], by=["person__signup_source"])) >= people[1]


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = connection.execute(sql)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    [row] = connection.execute(sql).fetchall()
    return tuple(row)


def test_second_build_touches_no_day(dbt: Dbt, built: Path) -> None:
    results = dbt("run", "--select", "config.materialized:day_overwrite", database=built)
    assert {str(result.message) for result in results} == {"NO DAY TOUCHED"}


def test_staging_builds_alone(tmp_path: Path) -> None:
    """Tests of what is built on it are for later: their tables are not there yet."""
    dbt, database = Dbt(tmp_path / "dbt"), tmp_path / "staging.duckdb"
    dbt.load("--from", "demo", "--contacts", "100", "--days", "60", database=database)
    results = dbt("build", "--select", "staging", database=database)
    assert {"model", "test"} <= {str(result.node.resource_type) for result in results}
