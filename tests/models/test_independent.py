"""The models against a second calculation from the same files (tests/models/independent)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
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
from tests.models.independent.comparison import of_one_column, said, table_differences
from tests.models.independent.holdouts import Holdout, holdout_lift
from tests.models.independent.people import KEY_COLUMNS, Person, people
from tests.models.independent.profile import expected_profile
from tests.models.independent.raw import Account, Row, channel, read_account
from tests.models.independent.report import expected_report
from tests.models.independent.sales import Sale, sales
from tests.models.independent.sales_reports import Rows
from tests.models.independent.segments import expected_segments
from tests.models.independent.send_reports import SendReports
from tests.models.independent.settings import Settings, seed
from tests.support.dbt import ROOT, Dbt

#: An afternoon ten days before the account ends, in a zone east of UTC: days, edges and later rows all matter.
SETTINGS = Settings(
    as_of=datetime(2025, 6, 20, 15, 30, tzinfo=UTC),
    account_timezone="Europe/Kyiv",
    unsubscribe_link_patterns=("%unsubscribe%",),
    attribution_excluded_tags=("receipt", "confirmation"),
    resubscription_events=("emailSubscribed",),
    product_pairs_min_orders=2,
    compare_days=45,
    fatigue_weeks=20,
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
        "fatigue_weeks": settings.fatigue_weeks,
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
    for path in [*folder.glob("contactActivities*"), *folder.glob("revenue*")]:
        replace_column(path, "mediaType", mixed_channel)
    for path in folder.glob("orderItems*"):
        replace_column(path, "name", name_of_its_time)
    for path in folder.glob("contacts*"):
        replace_column(path, "createdDate", known_creation)
    return folder


def replace_column(path: Path, name: str, value: Callable[[Row], Any]) -> None:
    """Writes a file anew with what the function makes of each row in one of its columns."""
    rows = pq.read_table(path)
    field = rows.schema.field(name)
    values = pa.array([value(row) for row in rows.to_pylist()], field.type)
    pq.write_table(rows.set_column(rows.column_names.index(name), field, values), path)


def mixed_channel(row: Row) -> str | None:
    """Every third contact gets by SMS what others get by Viber, and what every fifth does names no channel.

    Not a click on a link to unsubscribe: whether it is an open depends on the channel.
    """
    if row["mediaType"] == "Viber" and row["contactId"] % 3 == 0:
        return "Sms"
    status = row.get("activityStatus") or row.get("activity")
    is_unnamed = row["contactId"] % 5 == 0 and status in ("CLICKED", "UNDELIVERED", "UNSUBSCRIBED", "SPAM")
    return None if is_unnamed and "unsubscribe" not in (row.get("clickEventLink") or "") else row["mediaType"]


def name_of_its_time(row: Row) -> str:
    """The shop gave its products new names ten days before `as_of`, and others just after it."""
    days = (SETTINGS.as_of - timedelta(days=10), SETTINGS.as_of)
    return row["name"] + ", new" * sum(row["orderDate"] > day for day in days)


def known_creation(row: Row) -> datetime | None:
    """When every nineteenth contact was created is not known."""
    return row["createdDate"] if row["contactId"] % 19 else None


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


@dataclass(frozen=True)
class Comparison:
    """A built table, and the rows that it should hold by the columns of its grain."""

    table: str
    grain: tuple[str, ...]
    rows: Rows
    database: Path


def assert_equal(comparison: Comparison) -> None:
    assert comparison.rows, f"nothing to compare in {comparison.table}"
    found = table_differences(comparison.database, comparison.table, comparison.grain, comparison.rows)
    assert not found, f"{comparison.table}:\n{said(found)}"


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


def codes_of(account: Account, settings: Settings) -> list[coverage.Code]:
    owners = sorted(people(account, settings))[:20]
    thanks: list[coverage.Code] = [(key, f"OWN{number}", None, "Thanks") for number, key in enumerate(owners)]
    return CODES[settings.contact_key] + own_codes(owners[0]) + thanks


def changed_contacts(account: Account, settings: Settings) -> Account:
    """The account as the platform has it since."""
    someones, column = min(people(account, settings)), KEY_COLUMNS[settings.contact_key]
    kept = [spoilt(contact, column, someones) for contact in account.contacts if contact["contactId"] % GONE]
    return replace(account, contacts=kept)


def build_changed(database: Path, dbt: Dbt, account: Account, settings: Settings, folder: Path) -> Path:
    """A copy whose contacts changed after the sources were built: else every key of theirs is a contact."""
    changed = folder / database.name
    shutil.copy(database, changed)
    fill(changed, "personal_codes", codes_of(account, settings))
    dbt("run", "--select", "int_personal_codes", "src_personal_codes", database=changed, variables=variables(settings))
    someones, column = min(people(account, settings)), {"email": "email", "sms": "sms"}[settings.contact_key]
    with duckdb.connect(str(changed)) as connection:
        contacts = "esputnik_staging.stg_esputnik__contacts"
        connection.execute(f"delete from {contacts} where contact_id % {GONE} = 0")
        for divisor, value in reversed(SPOILT):
            given = someones if value == "someone's" else value
            connection.execute(f"update {contacts} set {column} = ? where contact_id % {divisor} = 0", [given])
    of_contacts = ("int_contacts", "int_people", "int_source_keys")
    dbt("run", "--select", *of_contacts, *COVERAGE_REPORTS, database=changed, variables=variables(settings))
    return changed


COVERAGE_REPORTS = ("rpt_external_source_coverage", "rpt_external_source_unmatched", "rpt_people_not_on_platform")


def comparisons(
    database: Path, changed: Path, account: Account, files: Path, settings: Settings
) -> dict[str, Comparison]:
    """Every calculation by the name of its model."""
    persons = people(account, settings)
    sold = sales(account, persons, settings)
    load_id, loaded_at = the_load(database)
    of_reports = (
        reports_of_orders(account, persons, sold, settings)
        | reports_of_sends(account, persons, settings)
        | reports_of_people(account, persons, sold, settings)
        | {"rpt_data_health": (("dataset",), monitoring.data_health(files, settings.as_of, loaded_at))}
        | {"rpt_loads": (("dataset", "load_id"), monitoring.loads(files, load_id, loaded_at))}
    )
    found = {
        name: Comparison(f"esputnik_reports.{name}", grain, rows, database)
        for name, (grain, rows) in of_reports.items()
    }
    key = {"email": "email", "sms": "phone"}[settings.contact_key]
    profile = {"seg_contact_profile": expected_profile(account, settings)}
    for name, rows in (profile | expected_segments(account, persons, sold, settings)).items():
        grain = (key, "row_rank") if name.startswith("src_") else (key,)
        of_grain = {place if isinstance(place, tuple) else (place,): row for place, row in rows.items()}
        found[name] = Comparison(f"esputnik_segments.{name}", grain, of_grain, database)
    codes = codes_of(account, settings)
    found["src_personal_codes"] = Comparison(
        "esputnik_segments.src_personal_codes", (key, "row_rank"), coverage.personal_codes(codes, settings), changed
    )
    sources, platform = coverage.source_rows(account, codes, settings), changed_contacts(account, settings)
    of_coverage = (
        (("source_name", "audience_column", "audience"), coverage.coverage(sources, platform, settings)),
        (("source_name", "sample_rank"), coverage.unmatched(sources, platform, settings)),
        (("contact_key",), coverage.people_not_on_platform(sources, platform, settings)),
    )
    for name, (grain, rows) in zip(COVERAGE_REPORTS, of_coverage, strict=True):
        found[name] = Comparison(f"esputnik_reports.{name}", grain, rows, changed)
    return found


Expected = dict[str, tuple[tuple[str, ...], Rows]]


def reports_of_orders(account: Account, persons: dict[Any, Person], sold: list[Sale], settings: Settings) -> Expected:
    retention, revenue = sales_reports.cohorts(sold, settings)
    cohort, status = ("cohort_month", "month_number"), ("order_month", "age_band", "order_status", "currency")
    campaign = ("attribution_model", "channel", "campaign_type", "campaign_id", "currency")
    return {
        "rpt_revenue_daily": (("order_date", "currency"), sales_reports.revenue_daily(sold, settings)),
        "rpt_new_vs_returning": (("order_month", "currency", "customer_type"), sales_reports.new_vs_returning(sold)),
        "rpt_order_status": (status, sales_reports.order_status(sold, settings)),
        "rpt_cohort_retention": (cohort, retention),
        "rpt_cohort_revenue": (cohort, revenue),
        "rpt_purchase_intervals": (("purchase_number",), sales_reports.purchase_intervals(sold)),
        "rpt_signup_conversion": (
            ("signup_month", "signup_source"),
            sales_reports.signup_conversion(sold, account.contacts, persons, settings),
        ),
        "rpt_products": (("product_id", "currency"), products.products(account, sold, settings)),
        "rpt_product_pairs": (
            ("product_id", "other_product_id"),
            products.product_pairs(account, sold, settings),
        ),
        "rpt_attribution": (campaign, credits.attribution(account, sold, persons, settings)),
        "rpt_customer_journeys": (
            ("order_type", "channel_path", "currency"),
            campaigns.customer_journeys(account, sold, persons, settings),
        ),
        "rpt_abandoned_carts": (
            ("order_month", "channel", "currency"),
            carts.abandoned_carts(account, sold, persons, settings),
        ),
        "rpt_campaign_performance": (("broadcast_id",), of_one_column(expected_report(account, settings))),
        "rpt_campaign_roi": (("broadcast_id",), campaigns.campaign_roi(account, costs(account), settings)),
        "rpt_holdout_lift": (
            ("holdout_name", "measure"),
            holdout_lift(account, sold, persons, HOLDOUTS, settings),
        ),
    }


def reports_of_sends(account: Account, persons: dict[Any, Person], settings: Settings) -> Expected:
    reports = SendReports(account, persons, settings)
    return {
        "rpt_channel_daily": (("send_date", "channel"), reports.channel_daily()),
        "rpt_send_time": (("channel", "sent_weekday", "sent_hour"), reports.send_time()),
        "rpt_deliverability": (("send_date", "email_domain", "bounce_class"), reports.deliverability()),
        "rpt_message_performance": (("message_id", "message_language_code", "channel"), reports.message_performance()),
        "rpt_workflow_performance": (("workflow_id", "workflow_block_id"), reports.workflow_performance()),
        "rpt_link_clicks": (("message_id", "link"), reports.link_clicks()),
        "rpt_audience_growth": (("audience_date", "signup_source", "language_code"), reports.audience_growth()),
        "rpt_contact_fatigue": (("sends_from",), reports.contact_fatigue()),
    }


def reports_of_people(account: Account, persons: dict[Any, Person], sold: list[Sale], settings: Settings) -> Expected:
    past, then = standing.earlier(account, settings)
    now, before = standing.buyers(account, persons, settings), standing.buyers(past, persons, then)
    return {
        "rpt_rfm": (("rfm_recency", "rfm_frequency"), standing.rfm_report(now)),
        "rpt_rfm_migration": (("previous_rfm_segment", "rfm_segment"), standing.rfm_migration(before, now)),
        "rpt_lifecycle": (("lifecycle_stage",), standing.lifecycle_report(account, persons, settings)),
        "rpt_churn_risk": (("p_alive_decile",), standing.churn_risk(now, settings)),
        "rpt_nps": (("answer_month", "answer_source"), feedback.nps(account, persons, settings)),
        "rpt_widgets": (("message_id", "shown_date"), feedback.widgets(account, settings)),
        "rpt_devices": (
            ("application_id", "app_version", "os_type", "os_version"),
            feedback.devices(account, persons, settings),
        ),
        "rpt_metric_anomalies": (
            ("metric", "channel", "metric_date"),
            monitoring.metric_anomalies(account, sold, settings),
        ),
    }


def standings(database: Path, account: Account, settings: Settings) -> list[Comparison]:
    """Where people stand and stood, which segment views and reports read."""
    persons = people(account, settings)
    past, then = standing.earlier(account, settings)
    now, before = standing.buyers(account, persons, settings), standing.buyers(past, persons, then)
    rows = {
        "int_rfm_previous": standing.rfm(before),
        "int_lifecycle": standing.lifecycle(now),
        "int_lifecycle_previous": standing.lifecycle(before),
        "int_engagement_tier_previous": standing.tiers(past, persons, then),
    }
    return [Comparison(f"esputnik_marts.{name}", ("contact_key",), own, database) for name, own in rows.items()]


def the_load(database: Path) -> tuple[str, datetime]:
    """Id of the one load of the files, and when it ended."""
    with duckdb.connect(str(database), read_only=True) as connection:
        ((load_id, ended),) = connection.execute("select load_id, inserted_at from esputnik_raw._dlt_loads").fetchall()
    assert isinstance(ended, datetime)
    return load_id, ended


#: Every report and segment view that there is, but for that of tables that a var names, which has tests of its own.
MODELS = sorted(
    {path.stem for folder in ("reports", "segments") for path in (ROOT / "models" / folder).glob("*.sql")}
    - {"seg_contact_attributes"}
)


@pytest.fixture(scope="session")
def expected(
    database: Path, dbt: Dbt, account: Account, files: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Comparison]:
    changed = build_changed(database, dbt, account, SETTINGS, tmp_path_factory.mktemp("changed"))
    return comparisons(database, changed, account, files, SETTINGS)


@pytest.mark.parametrize("model", MODELS)
def test_model(model: str, expected: dict[str, Comparison]) -> None:
    """A new report or segment view needs a calculation, and a calculation all columns."""
    assert model in expected, f"no second calculation of {model}"
    assert_equal(expected[model])


def test_standings(database: Path, account: Account) -> None:
    for comparison in standings(database, account, SETTINGS):
        assert_equal(comparison)


#: Columns of which the account shows nothing: its carts have no number in the shop, and it came in one load.
EMPTY = {("seg_abandoned_cart", "external_cart_id"), ("rpt_loads", "hours_since_load_before")}


def test_account_shows_everything(expected: dict[str, Comparison]) -> None:
    empty = {
        (model, column)
        for model, comparison in expected.items()
        for column in next(iter(comparison.rows.values()))
        if all(row[column] is None for row in comparison.rows.values())
    }
    assert empty == EMPTY
    whole = expected["rpt_external_source_coverage"].rows["seg_contact_profile", "all", "all"]
    counted = ("keys_not_on_platform", "contacts_without_key", "contacts_with_malformed_key", "contacts_merged")
    assert min(whole[name] for name in counted) > 0
    missing = expected["rpt_people_not_on_platform"].rows.values()
    assert {row["was_contact"] for row in missing} == {0, 1}
    assert max(rank for _, rank in expected["rpt_external_source_unmatched"].rows) == coverage.SAMPLES
    assert any(row["roi"] is not None and row["roi"] > 0 for row in expected["rpt_campaign_roi"].rows.values())


#: Several rows a channel, and every event: orders get touches of many channels.
WIDE_WINDOWS = (
    ("email", "clicked", 240.0),
    ("email", "opened", 120.0),
    ("sms", "sent", 336.0),
    ("viber", "delivered", 336.0),
    ("viber", "opened", 48.5),
    ("web_push", "sent", 96.0),
    ("mobile_push", "opened", 240.0),
    ("mobile_push", "clicked", 24.0),
    ("app_inbox", "delivered", 168.0),
    ("telegram", "delivered", 336.0),
)


def test_other_settings(database: Path, dbt: Dbt, files: Path, tmp_path: Path) -> None:
    """Runs last: it builds over what the tests before it read.

    A zone west of UTC, where it is midnight, and the carts of May have had a week.
    """
    settings = replace(
        SETTINGS,
        as_of=datetime(2025, 6, 8, 4, 0, tzinfo=UTC),
        account_timezone="America/New_York",
        contact_key="sms",
        report_attribution_model="last_touch",
        attribution_windows=WIDE_WINDOWS,
    )
    account = read_account(files, settings.as_of)
    fill(database, "attribution_windows", WIDE_WINDOWS)
    rebuilt = ("--select", "esputnik.intermediate", "esputnik.marts", "esputnik.reports", "esputnik.segments")
    dbt("build", *rebuilt, *UNTESTED, database=database, variables=variables(settings))
    changed = build_changed(database, dbt, account, settings, tmp_path)
    found = comparisons(database, changed, account, files, settings)
    assert any(path.count(">") > 2 for _, path, _ in found["rpt_customer_journeys"].rows)
    for comparison in found.values():
        assert_equal(comparison)
    for comparison in standings(database, account, settings):
        assert_equal(comparison)
