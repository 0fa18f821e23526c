"""Real data from its package to reports and segments: published counts, and sums taken from the source itself."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from examples.complete_journey.export import source_folder
from tests.models.independent.comparison import profile_differences, report_differences, rows, said
from tests.models.independent.raw import read_account
from tests.models.independent.settings import Settings
from tests.support.dbt import ROOT, Dbt

HOUSEHOLDS = 2_469
TRANSACTION_LINES = 1_469_307
CAMPAIGNS = 27
RECIPIENTS = 6_589
REDEMPTIONS = 2_102

SETTINGS = Settings(
    as_of=datetime(2018, 1, 1, 23, 59, 59, tzinfo=UTC), account_currency="USD", contact_key="external_customer_id"
)


@pytest.fixture(scope="module")
def source_cents() -> int:
    """What the source's lines were sold for, each rounded to cents, counted in integers."""
    sales = pq.read_table(source_folder() / "transactions.parquet", columns=["sales_value"])["sales_value"]
    return int(pc.sum(pc.cast(pc.round(pc.multiply(sales, 100.0)), "int64")).as_py())


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("complete_journey") / "files"
    export = ROOT / "examples" / "complete_journey" / "export.py"
    subprocess.run([sys.executable, export, "--path", folder], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def database(files: Path, dbt: Dbt) -> Path:
    """The example's own commands: load, then build with the models' data tests."""
    database = files.parent / "complete_journey.duckdb"
    dbt.load("--from", "files", "--path", str(files), database=database)
    dbt(
        "build",
        *("--select", "+rpt_campaign_performance", "+seg_contact_profile", "stg_esputnik__order_items"),
        *("--indirect-selection", "cautious"),
        *("--exclude-resource-type", "unit_test"),
        database=database,
        variables={
            "as_of": SETTINGS.as_of.isoformat(),
            "account_currency": SETTINGS.account_currency,
            "contact_key": SETTINGS.contact_key,
        },
    )
    return database


def value(database: Path, query: str) -> Any:
    """The one value of a query."""
    (row,) = rows(database, query)
    (only,) = row.values()
    return only


@pytest.mark.parametrize(
    ("table", "count"),
    [
        ("esputnik_raw.contacts", HOUSEHOLDS),
        ("esputnik_staging.stg_esputnik__contacts", HOUSEHOLDS),
        ("esputnik_segments.seg_contact_profile", HOUSEHOLDS),
        ("esputnik_raw.orderItems", TRANSACTION_LINES),
        ("esputnik_staging.stg_esputnik__order_items", TRANSACTION_LINES),
        ("esputnik_staging.stg_esputnik__broadcasts", CAMPAIGNS),
        ("esputnik_reports.rpt_campaign_performance", CAMPAIGNS),
        ("esputnik_staging.stg_esputnik__contact_activities", RECIPIENTS + REDEMPTIONS),
    ],
)
def test_every_row_of_the_source_arrives(database: Path, table: str, count: int) -> None:
    assert value(database, f"select count(*) from {table}") == count


def test_order_revenue_is_the_sum_of_the_source(database: Path, source_cents: int) -> None:
    revenue = "select sum(cast(total_cost as decimal(18, 2))) from esputnik_staging.stg_esputnik__orders"
    assert value(database, revenue) == Decimal(source_cents) / 100


def test_order_items_cost_what_their_lines_were_sold_for(database: Path) -> None:
    """Line by line: an order never has the same product twice in the source."""
    lines = rows(
        database,
        f"""
        select
            count(*) as lines,
            count(*) filter (round(item.cost * item.quantity, 2) = round(line.sales_value, 2)) as alike
        from esputnik_staging.stg_esputnik__order_items as item
        inner join read_parquet('{source_folder()}/transactions.parquet') as line
            on item.order_id = line.basket_id and item.external_product_id = cast(line.product_id as varchar)
        """,
    )
    assert lines == [{"lines": TRANSACTION_LINES, "alike": TRANSACTION_LINES}]


def test_people_bought_everything(database: Path, source_cents: int) -> None:
    revenue = "select sum(cast(revenue as decimal(18, 2))) from esputnik_segments.seg_contact_profile"
    assert value(database, revenue) == Decimal(source_cents) / 100


def test_campaigns_reached_their_recipients(database: Path) -> None:
    redeemed = pq.read_table(source_folder() / "coupon_redemptions.parquet", columns=["household_id", "campaign_id"])
    households = redeemed.group_by(["household_id", "campaign_id"]).aggregate([]).num_rows
    report = "select sum(sends) as sends, sum(delivered) as delivered, sum(clicked) as clicked"
    (sums,) = rows(database, f"{report} from esputnik_reports.rpt_campaign_performance")
    assert {name: int(value) for name, value in sums.items()} == {
        "sends": RECIPIENTS,
        "delivered": RECIPIENTS,
        "clicked": households,
    }


@pytest.mark.slow
def test_every_campaign_and_person_as_calculated_independently(database: Path, files: Path) -> None:
    account = read_account(files, SETTINGS.as_of)
    found = report_differences(database, account, SETTINGS)
    found += profile_differences(database, account, SETTINGS, "external_customer_id")
    assert not found, said(found)
