"""The models against a second calculation from the same files (tests/models/independent)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loader.sources.demo import DemoSettings, export_demo
from tests.models.independent.profile import expected_profile
from tests.models.independent.report import expected_report
from tests.models.independent.settings import Settings
from tests.warehouse import Warehouse, new_warehouse

Row = dict[str, Any]
Build = Callable[[Settings], Warehouse]

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


def variables(settings: Settings) -> Row:
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
def warehouse(files: Path) -> Warehouse:
    warehouse = new_warehouse(files.parent / "warehouse")
    warehouse.load(files)
    warehouse.build("+rpt_campaign_performance +seg_contact_profile", variables(SETTINGS))
    return warehouse


def differences(actual: dict[Any, Row], expected: dict[Any, Row]) -> list[str]:
    """Every cell that differs, and rows that only one side has; expected columns only."""
    found = [f"{key}: only in the model" for key in actual.keys() - expected.keys()]
    found += [f"{key}: missing from the model" for key in expected.keys() - actual.keys()]
    for key in actual.keys() & expected.keys():
        found += [
            f"{column}: {key} has {actual[key][column]!r}, expected {value!r}"
            for column, value in expected[key].items()
            if not alike(actual[key][column], value)
        ]
    return found


def alike(actual: Any, expected: Any) -> bool:
    """Counts, codes and money exactly, floats to nine digits, times to the microsecond."""
    if actual is None or expected is None or isinstance(expected, (str, datetime, bool)):
        return bool(actual == expected)
    if isinstance(expected, (int, Decimal)):
        return Decimal(str(actual)) == expected
    return math.isclose(float(actual), expected, rel_tol=1e-9, abs_tol=1e-12)


def said(found: list[str]) -> str:
    """How many cells of each column differ, and the first of each."""
    counts = Counter(line.split(":")[0] for line in found)
    examples = {line.split(":")[0]: line for line in reversed(found)}
    return "\n".join(f"{count} x {examples[column]}" for column, count in counts.most_common())


def by(key: str, rows: list[Row]) -> dict[Any, Row]:
    return {row[key]: row for row in rows}


def test_campaign_report(warehouse: Warehouse, files: Path) -> None:
    report = by("broadcast_id", warehouse.rows("select * from esputnik_reports.rpt_campaign_performance"))
    found = differences(report, expected_report(files, SETTINGS))
    assert not found, said(found)


def test_contact_profile(warehouse: Warehouse, files: Path) -> None:
    profile = by("email", warehouse.rows("select * from esputnik_segments.seg_contact_profile"))
    found = differences(profile, expected_profile(files, SETTINGS))
    assert not found, said(found)


def test_the_other_attribution_model_and_key(warehouse: Warehouse, files: Path) -> None:
    settings = replace(SETTINGS, report_attribution_model="last_touch", contact_key="sms")
    other = "rpt_campaign_performance+ seg_contact_profile"
    warehouse.build(other, variables(settings))
    report = by("broadcast_id", warehouse.rows("select * from esputnik_reports.rpt_campaign_performance"))
    profile = by("phone", warehouse.rows("select * from esputnik_segments.seg_contact_profile"))
    found = differences(report, expected_report(files, settings)) + differences(
        profile, expected_profile(files, settings)
    )
    assert not found, said(found)
