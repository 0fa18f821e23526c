"""The models against a second calculation from the same files (tests/models/independent)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from loader.sources.demo import DemoSettings, export_demo
from tests.models.independent import credits, feedback, monitoring, products, sales_reports, standing
from tests.models.independent.comparison import profile_differences, report_differences, said, table_differences
from tests.models.independent.people import people
from tests.models.independent.raw import Account, read_account
from tests.models.independent.sales import sales
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
    compare_days=45,
    nps_link_pattern="/nps[?]score=([0-9]+)",
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
        "compare_days": settings.compare_days,
        "nps_source": {
            "event_type_key": settings.nps_event_type_key,
            "parameter": settings.nps_parameter,
            "link_pattern": settings.nps_link_pattern,
        },
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
    models = ("--select", "+esputnik.reports", "+seg_contact_profile", "esputnik.intermediate")
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


def test_reports_of_people(database: Path, account: Account) -> None:
    assert_reports_of_people(database, account, SETTINGS)


def assert_reports_of_people(database: Path, account: Account, settings: Settings) -> None:
    persons = people(account, settings)
    past, then = standing.earlier(account, settings)
    now, before = standing.buyers(account, persons, settings), standing.buyers(past, persons, then)
    sold = sales(account, persons, settings)
    person = ("contact_key",)
    expected = {
        "marts.int_rfm_previous": (person, standing.rfm(before)),
        "marts.int_lifecycle": (person, standing.lifecycle(now)),
        "marts.int_lifecycle_previous": (person, standing.lifecycle(before)),
        "marts.int_engagement_tier_previous": (person, standing.tiers(past, persons, then)),
        "reports.rpt_rfm": (("rfm_recency", "rfm_frequency"), standing.rfm_report(now)),
        "reports.rpt_rfm_migration": (("previous_rfm_segment", "rfm_segment"), standing.rfm_migration(before, now)),
        "reports.rpt_lifecycle": (("lifecycle_stage",), standing.lifecycle_report(account, persons, settings)),
        "reports.rpt_churn_risk": (("p_alive_decile",), standing.churn_risk(now, settings)),
        "reports.rpt_nps": (("answer_month", "answer_source"), feedback.nps(account, persons, settings)),
        "reports.rpt_widgets": (("message_id", "shown_date"), feedback.widgets(account, settings)),
        "reports.rpt_devices": (
            ("application_id", "app_version", "os_type", "os_version"),
            feedback.devices(account, persons, settings),
        ),
        "reports.rpt_metric_anomalies": (
            ("metric", "channel", "metric_date"),
            monitoring.metric_anomalies(account, sold, settings),
        ),
    }
    for table, (grain, rows) in expected.items():
        assert rows, f"nothing to compare in {table}"
        found = table_differences(database, f"esputnik_{table}", grain, rows)
        assert not found, f"{table}:\n{said(found)}"


def test_data_health(database: Path, files: Path) -> None:
    expected = monitoring.data_health(files, SETTINGS.as_of)
    checked = ", ".join(f"'{dataset}'" for (dataset,) in expected)
    health = f"(select * from esputnik_reports.rpt_data_health where dataset in ({checked}))"
    found = table_differences(database, health, ("dataset",), expected)
    assert not found, said(found)


def test_the_other_attribution_model_and_another_key(database: Path, dbt: Dbt, account: Account) -> None:
    """Runs last: it builds over what the tests before it read."""
    settings = replace(SETTINGS, report_attribution_model="last_touch", contact_key="sms")
    changed = ("--select", "esputnik.intermediate", "esputnik.marts", "esputnik.reports", "seg_contact_profile")
    dbt("build", *changed, *UNTESTED, database=database, variables=variables(settings))
    found = report_differences(database, account, settings)
    found += profile_differences(database, account, settings, "phone")
    assert not found, said(found)
    assert_reports_of_orders(database, account, settings)
    assert_reports_of_people(database, account, settings)
