"""Settings that cannot be meant stop a build before anything is built; the message says which, and what is allowed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.dbt import ROOT, Dbt

CHANNELS = "email, sms, viber, web_push, mobile_push, app_inbox, in_app, widget, telegram, other"
MODELS = "platform, last_touch, first_touch, linear, time_decay"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    """A copy of the project, whose seeds may be spoilt."""
    folder = tmp_path_factory.mktemp("configuration")
    for part in ("macros", "models", "seeds", "tests/dbt"):
        shutil.copytree(ROOT / part, folder / "project" / part)
    shutil.copy(ROOT / "dbt_project.yml", folder / "project")
    return Dbt(folder / "dbt", project=folder / "project")


@pytest.fixture
def windows(project: Dbt) -> Iterator[Path]:
    """Seed `attribution_windows`, put back afterwards."""
    path = project.project / "seeds" / "attribution_windows.csv"
    before = path.read_text(encoding="utf-8")
    yield path
    path.write_text(before, encoding="utf-8")


def stopped(project: Dbt, database: Path, variables: dict[str, Any]) -> str:
    """What a build says that has to stop before it builds anything."""
    with duckdb.connect(str(database)):
        pass
    result = project.attempt(
        "build", "--select", "dim_dates", "attribution_windows", database=database, variables=variables
    )
    assert not result.success
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("select table_name from information_schema.tables").fetchall() == []
    said = [str(result.exception)] if result.exception else []
    said += [str(node.message) for node in getattr(result, "result", None) or [] if node.message]
    return " ".join(" ".join(said).split())


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"contact_key": "shoe_size"}, ["contact_key", "shoe_size", "email, sms, external_customer_id, contact_id"]),
        (
            {"contact_key": "shoe_size", "contact_extra_columns": ["loyaltyLevel"]},
            ["contact_key", "contact_id, loyalty_level"],
        ),
        ({"as_of": "yesterday"}, ["as_of", "yesterday", "2026-01-31T09:30:00+02:00"]),
        ({"as_of": "2026-02-30"}, ["as_of", "2026-02-30", "ISO 8601"]),
        ({"account_timezone": "Kiev"}, ["account_timezone", "Kiev", "Europe/Kyiv"]),
        ({"export_timezone": "+02:00"}, ["export_timezone", "+02:00", "Europe/Kyiv"]),
        ({"report_attribution_model": "last_click"}, ["report_attribution_model", "last_click", MODELS]),
        ({"compare_days": 0}, ["compare_days", "'0'", "1, 2, 3"]),
        ({"compare_days": "30 days"}, ["compare_days", "30 days", "1, 2, 3"]),
        ({"recent_orders_max": 0}, ["recent_orders_max", "'0'", "1, 2, 3"]),
        ({"lifecycle_new_days": "30"}, ["lifecycle_new_days", "'30'", "0, 1, 2"]),
        ({"habit_days": "180"}, ["habit_days", "'180'", "1, 2, 3"]),
        ({"unmatched_samples": "many"}, ["unmatched_samples", "many", "0, 1, 2"]),
        ({"engagement_click_weight": "three"}, ["engagement_click_weight", "three", "0 or more"]),
        ({"purchase_milestones": "1, 10"}, ["purchase_milestones", "'1, 10'", "[1, 2, 5]"]),
        ({"purchase_milestones": [1, "ten"]}, ["purchase_milestones", "ten", "[1, 2, 5]"]),
        ({"contact_extra_columns": "loyaltyLevel"}, ["contact_extra_columns", "'loyaltyLevel'", "[loyaltyLevel]"]),
        ({"unsubscribe_link_patterns": "%optout%"}, ["unsubscribe_link_patterns", "'%optout%'", "[%optout%]"]),
        ({"tracking_parameters": [5]}, ["tracking_parameters", "[5]", "[utm_*]"]),
        ({"nps_source": {"event_type": "npsAnswer"}}, ["nps_source", "event_type_key, parameter, link_pattern"]),
        ({"nps_source": "npsAnswer"}, ["nps_source", "event_type_key, parameter, link_pattern"]),
        ({"covered_sources": ["seg_boots"]}, ["covered_sources", "seg_boots", "{seg_boots_unread: []}"]),
        ({"rebuild_from": "last week"}, ["rebuild_from", "last week", "2026-01-31"]),
        ({"rebuild_to": "2026-02-30"}, ["rebuild_to", "2026-02-30", "2026-01-31"]),
        ({"rebuild_from": "2026-02-02", "rebuild_to": "2026-02-01"}, ["rebuild_from", "2026-02-02", "after"]),
        ({"test_all_days": "false"}, ["test_all_days", "'false'", "true, false"]),
        ({"account_currency": "uah"}, ["account_currency", "'uah'", "UAH or EUR"]),
        ({"account_currency": " UAH"}, ["account_currency", "' UAH'", "UAH or EUR"]),
    ],
    ids=lambda case: next(iter(case)) if isinstance(case, dict) else "",
)
def test_a_var_that_cannot_be_meant(project: Dbt, tmp_path: Path, variables: dict[str, Any], says: list[str]) -> None:
    message = stopped(project, tmp_path / "empty.duckdb", variables)
    assert all(text in message for text in ["var ", *says]), message


def test_windows_that_cannot_be_meant(project: Dbt, windows: Path, tmp_path: Path) -> None:
    """All that is wrong is told at once, each by its row."""
    text = windows.read_text(encoding="utf-8")
    for right, wrong in {
        "email,clicked,120": "email,seen,5 days",
        "sms,clicked,24": ",clicked,24",
        "viber,clicked,24\n": "",
        "web_push,clicked,24": "WebPush,clicked,24",
    }.items():
        assert right in text
        text = text.replace(right, wrong)
    windows.write_text(text, encoding="utf-8")
    message = stopped(project, tmp_path / "empty.duckdb", {})
    for says in (
        "row 1 (email, seen, 5 days): event 'seen' is not allowed. Allowed: sent, delivered, opened, clicked, none",
        "row 1 (email, seen, 5 days): window_hours '5 days' is not allowed. Allowed: whole numbers from 0",
        f"row 2 (, clicked, 24): channel '' is not allowed. Allowed: {CHANNELS}",
        f"row 3 (WebPush, clicked, 24): channel 'WebPush' is not allowed. Allowed: {CHANNELS}",
        *(f"channel {name} has no row" for name in ("sms", "viber", "web_push")),
        "or viber,none,0 where nothing does",
    ):
        assert says in message, message
    assert "mobile_push has no row" not in message


def test_settings_that_can_be_meant(project: Dbt, windows: Path, tmp_path: Path) -> None:
    """What the tests above refuse, within bounds: it builds."""
    windows.write_text(windows.read_text(encoding="utf-8").replace("sms,clicked,24", "sms,none,0"), encoding="utf-8")
    variables = {
        "contact_key": "loyalty_level",
        "contact_extra_columns": ["loyaltyLevel"],
        "as_of": "2024-02-29",
        "account_timezone": "America/New_York",
        "export_timezone": "Europe/Kyiv",
        "report_attribution_model": "linear",
        "compare_days": 1,
        "engagement_click_weight": 2.5,
        "purchase_milestones": [10],
        "unsubscribe_link_patterns": [],
        "nps_source": {"link_pattern": "score=([0-9]+)"},
        "covered_sources": {"seg_nps": None},
        "rebuild_from": "2024-02-29",
        "rebuild_to": "2024-02-29",
    }
    project(
        "build", "--select", "dim_dates", "attribution_windows", database=tmp_path / "x.duckdb", variables=variables
    )
