"""Activities as they arrive in the raw tables: in loads that end or die, are purged, completed late or taken away."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

DAYS = [dt.datetime(2024, 3, day, hour, tzinfo=dt.UTC) for day in (1, 2, 3) for hour in (0, 23)]


@dataclass(frozen=True)
class Activity:
    """A row of contactActivities; `instance` is its message instance, which with the contact makes a send."""

    contact: int
    status: str
    at: dt.datetime | None
    name: str | None
    instance: int = 1

    @property
    def day(self) -> dt.date | None:
        return self.at.date() if self.at else None


@dataclass
class Raw:
    """The raw table and record of loads, in DuckDB and as plain rows.

    Attributes:
        seeds: a database to start from, which has the seeds.
    """

    path: Path
    seeds: Path | None = None
    rows: list[tuple[Activity, str]] = field(default_factory=list)
    completed: set[str] = field(default_factory=set)
    loads: int = 0

    def __post_init__(self) -> None:
        if self.seeds is not None:
            shutil.copy(self.seeds, self.path)
        self.execute("create schema esputnik_raw")
        self.execute("create table esputnik_raw._dlt_loads (load_id varchar, status bigint)")
        self.execute(
            "create table esputnik_raw.contactActivities (contactId bigint, activityStatus varchar,"
            " activityDateTime timestamptz, messageName varchar, messageInstanceId bigint, mediaType varchar,"
            " _day date, _dlt_load_id varchar)"
        )

    def execute(self, sql: str, rows: Iterable[tuple[object, ...]] = ()) -> None:
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("set timezone = 'UTC'")
            batch = list(rows)
            if batch:
                connection.executemany(sql, batch)
            else:
                connection.execute(sql)

    def load(self, activities: list[Activity], *, complete: bool) -> None:
        self.loads += 1
        load = f"{1_700_000_000 + self.loads}.5"
        self.rows += [(activity, load) for activity in activities]
        if activities:
            self.execute(
                "insert into esputnik_raw.contactActivities values (?, ?, ?, ?, ?, 'Email', ?, ?)",
                [(a.contact, a.status, a.at, a.name, a.instance, a.day, load) for a in activities],
            )
        if complete:
            self.complete(load)

    def complete(self, load: str) -> None:
        self.completed.add(load)
        self.execute("insert into esputnik_raw._dlt_loads values (?, 0)", [(load,)])

    def complete_dead(self) -> None:
        for load in sorted({load for _, load in self.rows} - self.completed):
            self.complete(load)

    def purge_dead(self) -> None:
        self.rows = [(activity, load) for activity, load in self.rows if load in self.completed]
        self.execute(
            "delete from esputnik_raw.contactActivities where _dlt_load_id not in"
            " (select load_id from esputnik_raw._dlt_loads)"
        )

    def delete_contact(self, contact: int) -> None:
        self.rows = [(activity, load) for activity, load in self.rows if activity.contact != contact]
        self.execute(f"delete from esputnik_raw.contactActivities where contactId = {contact}")

    def delete_day(self, day: dt.date) -> None:
        self.rows = [(activity, load) for activity, load in self.rows if activity.day != day]
        self.execute(f"delete from esputnik_raw.contactActivities where _day = date '{day}'")

    def distinct(self) -> list[Activity]:
        """What staging takes of the completed loads: of rows that repeat an identity the latest load's, then the
        greatest name's.
        """
        best: dict[tuple[object, ...], tuple[tuple[object, ...], Activity]] = {}
        for activity, load in self.rows:
            if load in self.completed:
                identity = (activity.contact, activity.instance, activity.status, activity.at)
                rank = (load, activity.name is not None, activity.name or "")
                if identity not in best or rank > best[identity][0]:
                    best[identity] = (rank, activity)
        return [activity for _, activity in best.values()]


def moment(micros: int | None) -> dt.datetime | None:
    """A time that DuckDB gave as microseconds since 1970."""
    return None if micros is None else dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=micros)
