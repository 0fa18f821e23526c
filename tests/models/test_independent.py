"""The models against a second calculation from the same files (tests/models/independent)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from loader.sources.demo import DemoSettings, export_demo
from tests.models.independent import credits, products, sales_reports
from tests.models.independent.comparison import profile_differences, report_differences, said, table_differences
from tests.models.independent.people import people
from tests.models.independent.raw import Account, read_account
from tests.models.independent.sales import sales
from tests.models.independent.segments import expected_segments
from tests.models.independent.settings import Settings
from tests.support.dbt import Dbt

#: An afternoon ten days before the account ends, in a zone east of UTC: days, edges and later rows all matter.
SETTINGS = Settings(
    as_of=datetime(2025, 6, 20, 15, 30, tzinfo=UTC),
    account_timezone="Europe/Kyiv",
    unsubscribe_link_patterns=("%unsubscribe%",),
    attribution_excluded_tags=("receipt", "confirmation"),
    resubscription_events=("emailSubscribed",),
    product_pairs_min_orders=2,
    p_alive_people=50,
    p_alive_days=180,
    p_alive_repeaters=10,
)

#: The models' own tests run elsewhere.
UNTESTED = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


def variables(settings: Settings) -> dict[str, Any]:
    """The same settings as dbt vars."""
    return {
        "as_of": settings.as_of.isoformat(),
        "account_timezone": settings.account_timezone,
        "contact_key": settings.contact_key,
        "account_currency": settings.account_currency,
        "report_attribution_model": settings.report_attribution_model or "",
        "unsubscribe_link_patterns": list(settings.unsubscribe_link_patterns),
        "attribution_excluded_tags": list(settings.attribution_excluded_tags),
        "resubscription_events": list(settings.resubscription_events),
        "product_pairs_min_orders": settings.product_pairs_min_orders,
        "p_alive_min_people": settings.p_alive_people,
        "p_alive_min_days": settings.p_alive_days,
        "p_alive_min_repeaters": settings.p_alive_repeaters,
    }


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("independent") / "files"
    export_demo(folder, DemoSettings(contacts=300, days=480, seed=7, end=date(2025, 6, 30)))
    return folder


@pytest.fixture(scope="session")
def database(files: Path, dbt: Dbt) -> Path:
    database = files.parent / "account.duckdb"
    dbt.load("--from", "files", "--path", str(files), database=database)
    models = ("--select", "+esputnik.reports", "+esputnik.segments")
    dbt("build", *models, *UNTESTED, database=database, variables=variables(SETTINGS))
    return database


@pytest.fixture(scope="session")
def account(files: Path) -> Account:
    return read_account(files, SETTINGS.as_of)


def test_campaign_report(database: Path, account: Account) -> None:
    found = report_differences(database, account, SETTINGS)
    assert not found, said(found)


def test_contact_profile(database: Path, account: Account) -> None:
    found = profile_differences(database, account, SETTINGS, "email")
    assert not found, said(found)


def test_other_segment_views(database: Path, account: Account) -> None:
    assert_segment_views(database, account, SETTINGS, "email")


def assert_segment_views(database: Path, account: Account, settings: Settings, key: str) -> None:
    persons = people(account, settings)
    for view, rows in expected_segments(account, persons, sales(account, persons, settings), settings).items():
        assert rows, f"nothing to compare in {view}"
        grain = (key, "row_rank") if view.startswith("src_") else (key,)
        of_grain = {place if isinstance(place, tuple) else (place,): row for place, row in rows.items()}
        found = table_differences(database, f"esputnik_segments.{view}", grain, of_grain)
        assert not found, f"{view}:\n{said(found)}"


def test_reports_of_orders(database: Path, account: Account) -> None:
    assert_reports_of_orders(database, account, SETTINGS)


def assert_reports_of_orders(database: Path, account: Account, settings: Settings) -> None:
    persons = people(account, settings)
    sold = sales(account, persons, settings)
    retention, revenue = sales_reports.cohorts(sold, settings)
    cohort, status = ("cohort_month", "month_number"), ("order_month", "age_band", "order_status", "currency")
    campaign = ("attribution_model", "channel", "campaign_type", "campaign_id", "currency")
    expected = {
        "revenue_daily": (("order_date", "currency"), sales_reports.revenue_daily(sold, settings)),
        "new_vs_returning": (("order_month", "currency", "customer_type"), sales_reports.new_vs_returning(sold)),
        "order_status": (status, sales_reports.order_status(sold, settings)),
        "cohort_retention": (cohort, retention),
        "cohort_revenue": (cohort, revenue),
        "purchase_intervals": (("purchase_number",), sales_reports.purchase_intervals(sold)),
        "signup_conversion": (
            ("signup_month", "signup_source"),
            sales_reports.signup_conversion(sold, account.contacts, persons, settings),
        ),
        "products": (("product_id", "currency"), products.products(account, sold, settings)),
        "product_pairs": (
            ("product_id", "other_product_id"),
            products.product_pairs(account, sold, settings.product_pairs_min_orders),
        ),
        "attribution": (campaign, credits.attribution(account, sold, persons, settings)),
    }
    for report, (grain, rows) in expected.items():
        assert rows, f"nothing to compare in {report}"
        found = table_differences(database, f"esputnik_reports.rpt_{report}", grain, rows)
        assert not found, f"rpt_{report}:\n{said(found)}"


def test_the_other_attribution_model_and_another_key(database: Path, dbt: Dbt, account: Account) -> None:
    """Runs last: it builds over what the tests before it read."""
    settings = replace(SETTINGS, report_attribution_model="last_touch", contact_key="sms")
    changed = ("--select", "esputnik.intermediate", "esputnik.marts", "esputnik.reports", "esputnik.segments")
    dbt("build", *changed, *UNTESTED, database=database, variables=variables(settings))
    found = report_differences(database, account, settings)
    found += profile_differences(database, account, settings, "phone")
    assert not found, said(found)
    assert_segment_views(database, account, settings, "phone")
    assert_reports_of_orders(database, account, settings)
