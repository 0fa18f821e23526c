"""The models against a second calculation from the same files (tests/models/independent)."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loader.sources.demo import DemoSettings, export_demo
from tests.models.independent import (
    campaigns,
    carts,
    coverage,
    credits,
    feedback,
    monitoring,
    products,
    sales_reports,
    standing,
)
from tests.models.independent.campaigns import Cost
from tests.models.independent.comparison import profile_differences, report_differences, said, table_differences
from tests.models.independent.holdouts import Holdout, holdout_lift
from tests.models.independent.people import KEY_COLUMNS, people
from tests.models.independent.raw import Account, channel, read_account
from tests.models.independent.sales import sales
from tests.models.independent.sales_reports import Rows
from tests.models.independent.segments import expected_segments
from tests.models.independent.send_reports import SendReports
from tests.models.independent.settings import Settings, seed
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
    # Product views of the demo account tell prices, but no categories.
    category_parameter="price",
    nps_link_pattern="/nps[?]score=([0-9]+)",
    p_alive_people=50,
    p_alive_days=180,
    p_alive_repeaters=10,
)

#: One that is over, one that goes on, one that holds nobody out, and one to come.
HOLDOUTS = [
    Holdout("over", 0, 3_999, date(2024, 9, 1), date(2025, 2, 28)),
    Holdout("on", 5_000, 7_499, date(2025, 1, 1), None),
    Holdout("nobody", 0, 0, date(2025, 1, 1), None),
    Holdout("to come", 0, 999, date(2025, 6, 21), None),
]

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
        "tracking_parameters": list(settings.tracking_parameters),
        "unsubscribe_link_patterns": list(settings.unsubscribe_link_patterns),
        "attribution_excluded_tags": list(settings.attribution_excluded_tags),
        "resubscription_events": list(settings.resubscription_events),
        "product_pairs_min_orders": settings.product_pairs_min_orders,
        "compare_days": settings.compare_days,
        "category_parameter": settings.category_parameter,
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
def account(files: Path) -> Account:
    return read_account(files, SETTINGS.as_of)


@pytest.fixture(scope="session")
def database(files: Path, dbt: Dbt, account: Account) -> Path:
    database = files.parent / "account.duckdb"
    dbt.load("--from", "files", "--path", str(files), database=database)
    dbt("seed", database=database, variables=variables(SETTINGS))
    fill(database, "channel_costs", [astuple(cost) for cost in costs(account)])
    fill(database, "holdouts", [astuple(holdout) for holdout in HOLDOUTS])
    models = ("--select", "+esputnik.reports", "+esputnik.segments", "esputnik.intermediate")
    seedless = ("--exclude-resource-type", "seed")
    dbt("build", *models, *UNTESTED, *seedless, database=database, variables=variables(SETTINGS))
    return database


def fill(database: Path, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Other rows for a seed than those it ships with."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"delete from esputnik_seeds.{table}")
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into esputnik_seeds.{table} values ({places})", rows)


def costs(account: Account) -> list[Cost]:
    """E-mail costs by send and broadcast, widgets nothing; every fifth broadcast has costs of its own."""
    by_channel = {"email": ("0.0275", "12.5"), "sms": ("1.333", "0"), "widget": ("0", "0")}
    channels = sorted({row["channel"] for row in seed("channels")} | {"other"})
    # A broadcast has a row for each of its segments.
    own = {row["id"]: channel(row["mediaType"]) for row in account.broadcasts if row["id"] % 5 == 0}
    return [
        *(Cost(name, None, *map(Decimal, by_channel.get(name, ("0.01", "3")))) for name in channels),
        *(Cost(name, number, Decimal("0.1234"), Decimal("99.99")) for number, name in own.items()),
    ]


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
        "customer_journeys": (
            ("order_type", "channel_path", "currency"),
            campaigns.customer_journeys(account, sold, persons, settings),
        ),
        "abandoned_carts": (
            ("order_month", "channel", "currency"),
            carts.abandoned_carts(account, sold, persons, settings),
        ),
    }
    assert_equal(database, expected)


def test_reports_of_sends(database: Path, account: Account) -> None:
    assert_reports_of_sends(database, account, SETTINGS)


def assert_reports_of_sends(database: Path, account: Account, settings: Settings) -> None:
    reports = SendReports(account, people(account, settings), settings)
    expected = {
        "channel_daily": (("send_date", "channel"), reports.channel_daily()),
        "send_time": (("channel", "sent_weekday", "sent_hour"), reports.send_time()),
        "deliverability": (("send_date", "email_domain", "bounce_class"), reports.deliverability()),
        "message_performance": (("message_id", "message_language_code", "channel"), reports.message_performance()),
        "workflow_performance": (("workflow_id", "workflow_block_id"), reports.workflow_performance()),
        "link_clicks": (("message_id", "link"), reports.link_clicks()),
        "audience_growth": (("audience_date", "signup_source", "language_code"), reports.audience_growth()),
        "contact_fatigue": (("sends_from",), reports.contact_fatigue()),
    }
    assert_equal(database, expected)


def assert_equal(database: Path, expected: dict[str, tuple[tuple[str, ...], Rows]]) -> None:
    """Reports by name, each by the columns of its grain."""
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


def test_holdouts(database: Path, account: Account) -> None:
    assert_holdouts(database, account, SETTINGS)


def assert_holdouts(database: Path, account: Account, settings: Settings) -> None:
    persons = people(account, settings)
    rows = holdout_lift(account, sales(account, persons, settings), persons, HOLDOUTS, settings)
    assert_equal(database, {"holdout_lift": (("holdout_name", "measure"), rows)})


def test_campaign_roi(database: Path, account: Account) -> None:
    assert_campaign_roi(database, account, SETTINGS)


def assert_campaign_roi(database: Path, account: Account, settings: Settings) -> None:
    rows = campaigns.campaign_roi(account, costs(account), settings)
    assert any(row["roi"] is not None and row["roi"] > -1 for row in rows.values())
    assert_equal(database, {"campaign_roi": (("broadcast_id",), rows)})


def test_data_health(database: Path, files: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        (loaded_at,) = connection.execute("select max(inserted_at) from esputnik_raw._dlt_loads").fetchone() or (None,)
    assert_equal(database, {"data_health": (("dataset",), monitoring.data_health(files, SETTINGS.as_of, loaded_at))})


#: Keys of codes: of people in the account and of others, well-formed and not, claimed once and twice, expired and not.
CODES: dict[str, list[coverage.Code]] = {
    "email": [
        (" New@Buyer.example", "A1", None, "Welcome"),
        ("new@buyer.example", "A2", date(2025, 6, 20), "Ends today"),
        ("late@buyer.example", "A3", date(2025, 6, 19), "Ended yesterday"),
        ("no address", "A4", None, None),
        ("one@buyer.example", "A5", None, None),
        ("two@buyer.example", "a5", None, None),
        ("  ", "A6", None, None),
    ],
    "sms": [("+48 111 222 333", "A1", None, None), ("911", "A2", None, None), ("none", "A3", None, None)],
}


def own_codes(owner: str) -> list[coverage.Code]:
    """Codes of one person: the later expiry of one told twice, one that is over, and two that end together."""
    return [
        (owner, "TWICE", date(2025, 6, 21), "Earlier"),
        (owner, " twice", date(2025, 7, 31), "Later"),
        (owner, "OVER", date(2025, 6, 19), None),
        (owner, "Z-TOGETHER", date(2025, 7, 1), None),
        (owner, "A-TOGETHER", date(2025, 7, 1), "Together"),
    ]


#: Contacts that are taken from the account behind the sources' back, and those whose keys are spoilt, by their numbers.
GONE = 7
SPOILT = ((11, None), (13, " \t"), (17, "none"), (19, "someone's"))


def spoilt(contact: dict[str, Any], column: str, someones: str) -> dict[str, Any]:
    """The contact with another key, where its number asks for one."""
    for divisor, value in SPOILT:
        if contact["contactId"] % divisor == 0:
            return contact | {column: someones if value == "someone's" else value}
    return contact


def assert_coverage(database: Path, dbt: Dbt, account: Account, settings: Settings, folder: Path) -> None:
    """On a copy, whose contacts changed after the sources were built: else every key of theirs is a contact."""
    changed = folder / database.name
    shutil.copy(database, changed)
    owners = sorted(people(account, settings))[:20]
    codes = CODES[settings.contact_key] + own_codes(owners[0])
    codes += [(key, f"OWN{number}", None, "Thanks") for number, key in enumerate(owners)]
    column = {"email": "email", "sms": "sms"}[settings.contact_key]
    fill(changed, "personal_codes", codes)
    dbt("run", "--select", "int_personal_codes", "src_personal_codes", database=changed, variables=variables(settings))
    with duckdb.connect(str(changed)) as connection:
        contacts = "esputnik_staging.stg_esputnik__contacts"
        connection.execute(f"delete from {contacts} where contact_id % {GONE} = 0")
        for divisor, value in reversed(SPOILT):
            given = owners[0] if value == "someone's" else value
            connection.execute(f"update {contacts} set {column} = ? where contact_id % {divisor} = 0", [given])
    key_column = {"email": "email", "sms": "phone"}[settings.contact_key]
    given = coverage.personal_codes(codes, settings)
    found = table_differences(changed, "esputnik_segments.src_personal_codes", (key_column, "row_rank"), given)
    assert not found, f"src_personal_codes:\n{said(found)}"
    names = ("external_source_coverage", "external_source_unmatched", "people_not_on_platform")
    reports = ("int_source_keys", *(f"rpt_{name}" for name in names))
    dbt("run", "--select", *reports, database=changed, variables=variables(settings))

    sources = coverage.source_rows(account, codes, settings)
    raw_column = KEY_COLUMNS[settings.contact_key]
    kept = [spoilt(contact, raw_column, owners[0]) for contact in account.contacts if contact["contactId"] % GONE]
    platform = replace(account, contacts=kept)
    expected = coverage.coverage(sources, platform, settings)
    whole = expected["seg_contact_profile", "all", "all"]
    counted = ("keys_not_on_platform", "contacts_without_key", "contacts_with_malformed_key", "contacts_merged")
    assert min(whole[name] for name in counted) > 0
    missing = coverage.people_not_on_platform(sources, platform, settings)
    assert {row["was_contact"] for row in missing.values()} == {0, 1}
    samples = coverage.unmatched(sources, platform, settings)
    assert max(rank for _, rank in samples) == coverage.SAMPLES
    assert_equal(
        changed,
        {
            "external_source_coverage": (("source_name", "audience_column", "audience"), expected),
            "external_source_unmatched": (("source_name", "sample_rank"), samples),
            "people_not_on_platform": (("contact_key",), missing),
        },
    )


def test_coverage(database: Path, dbt: Dbt, account: Account, tmp_path: Path) -> None:
    assert_coverage(database, dbt, account, SETTINGS, tmp_path)


def test_the_other_attribution_model_and_another_key(
    database: Path, dbt: Dbt, account: Account, tmp_path: Path
) -> None:
    """Runs last: it builds over what the tests before it read."""
    settings = replace(SETTINGS, report_attribution_model="last_touch", contact_key="sms")
    changed = ("--select", "esputnik.intermediate", "esputnik.marts", "esputnik.reports", "esputnik.segments")
    dbt("build", *changed, *UNTESTED, database=database, variables=variables(settings))
    found = report_differences(database, account, settings)
    found += profile_differences(database, account, settings, "phone")
    assert not found, said(found)
    assert_segment_views(database, account, settings, "phone")
    assert_coverage(database, dbt, account, settings, tmp_path)
    assert_reports_of_orders(database, account, settings)
    assert_reports_of_people(database, account, settings)
    assert_reports_of_sends(database, account, settings)
    assert_holdouts(database, account, settings)
    assert_campaign_roi(database, account, settings)
