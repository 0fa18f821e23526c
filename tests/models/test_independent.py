"""The models against a second calculation from the same files (tests/models/independent)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from loader.sources.demo import DemoSettings, export_demo
from tests.models.independent.comparison import profile_differences, report_differences, said
from tests.models.independent.raw import Account, read_account
from tests.models.independent.settings import Settings
from tests.support.dbt import Dbt

#: An afternoon ten days before the account ends, in a zone east of UTC: days, edges and later rows all matter.
SETTINGS = Settings(
    as_of=datetime(2025, 6, 20, 15, 30, tzinfo=UTC),
    account_timezone="Europe/Kyiv",
    unsubscribe_link_patterns=("%unsubscribe%",),
    attribution_excluded_tags=("receipt", "confirmation"),
    resubscription_events=("emailSubscribed",),
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
    models = ("--select", "+rpt_campaign_performance", "+seg_contact_profile")
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


def test_the_other_attribution_model_and_another_key(database: Path, dbt: Dbt, account: Account) -> None:
    """Runs last: it builds over what the tests before it read."""
    settings = replace(SETTINGS, report_attribution_model="last_touch", contact_key="sms")
    changed = ("--select", "esputnik.intermediate", "rpt_campaign_performance", "seg_contact_profile")
    dbt("build", *changed, *UNTESTED, database=database, variables=variables(settings))
    found = report_differences(database, account, settings)
    found += profile_differences(database, account, settings, "phone")
    assert not found, said(found)
