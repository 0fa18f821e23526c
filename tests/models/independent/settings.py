"""What the numbers depend on beside the account's rows: as_of, time zone, contact key, and seeds a user may edit."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

SEEDS = Path(__file__).parents[3] / "seeds"


def seed(name: str) -> list[dict[str, str]]:
    """Rows of a seed file; its meaning is the user's, so it is read and not repeated here."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


#: Channel, event and hours.
Window = tuple[str, str, float]


def shipped_windows() -> tuple[Window, ...]:
    rows = seed("attribution_windows")
    return tuple((row["channel"], row["event"], float(row["window_hours"])) for row in rows)


@dataclass(frozen=True)
class Settings:
    """The dbt vars under which both sides calculate."""

    as_of: datetime
    account_timezone: str = "UTC"
    contact_key: str = "email"
    account_currency: str = "UAH"
    report_attribution_model: str | None = None
    unsubscribe_link_patterns: tuple[str, ...] = ()
    attribution_excluded_tags: tuple[str, ...] = ()
    tracking_parameters: tuple[str, ...] = ("utm_*", "gclid")
    machine_open_seconds: int = 5
    machine_click_links: int = 3
    machine_click_seconds: int = 2
    product_pairs_min_orders: int = 5
    p_alive_people: int = 500
    p_alive_days: int = 180
    p_alive_repeaters: int = 50
    compare_days: int = 30
    fatigue_weeks: int = 52
    nps_event_type_key: str = "npsAnswer"
    nps_parameter: str = "score"
    nps_link_pattern: str = ""
    category_parameter: str = "category"
    attribution_windows: tuple[Window, ...] = field(default_factory=shipped_windows)
    resubscription_events: tuple[str, ...] = field(default=())

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.account_timezone)

    def day(self, moment: datetime) -> date:
        """Days are cut in the account's time zone."""
        return moment.astimezone(self.zone).date()

    def age(self, moment: datetime) -> int:
        """Ages are differences of account dates, in whole days."""
        return (self.day(self.as_of) - self.day(moment)).days

    def within(self, moment: datetime, days: int) -> bool:
        """A window of N days: the account days from date(as_of) - N + 1 to date(as_of), up to as_of itself."""
        return moment <= self.as_of and self.age(moment) < days
