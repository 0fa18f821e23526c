"""Sends gather the activities of several days: built by days, they end as all activities demand.

The expected sends are computed here, in plain Python, from what a send is: one message instance to one contact; it
belongs to the day of its first activity; an open within five seconds of a delivery on the same day is a machine's.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.models.arrival import DAYS, Activity, Raw, moment
from tests.support.dbt import Dbt

SELECTED = "+fct_sends,config.materialized:day_overwrite fct_activities"
#: Beside the hours, three seconds after one of them and after a midnight.
TIMES = [*DAYS, DAYS[1] + dt.timedelta(seconds=3), DAYS[2] + dt.timedelta(seconds=3)]


def build(dbt: Dbt, raw: Raw, **variables: int) -> None:
    dbt("run", "--select", *SELECTED.split(), database=raw.path, variables=variables)


def expected(raw: Raw) -> list[tuple[object, ...]]:
    dated = [a for a in raw.distinct() if a.at is not None]
    sends = []
    for (contact, instance), group in groupby(
        sorted(dated, key=lambda a: (a.contact, a.instance)), key=lambda a: (a.contact, a.instance)
    ):
        rows = list(group)
        times = {status: [a.at for a in rows if a.status == status and a.at] for status in ("DELIVERED", "RECEIVED")}
        failed = any(a.status == "UNDELIVERED" for a in rows)
        humans = [
            at
            for at in times["RECEIVED"]
            if not any(
                sent.date() == at.date() and dt.timedelta() <= at - sent <= dt.timedelta(seconds=5)
                for sent in times["DELIVERED"]
            )
        ]
        first = min(a.at for a in rows if a.at)
        bounced = failed and not times["RECEIVED"]
        sends.append(
            (
                contact,
                instance,
                first.date(),
                int(not bounced and bool(times["DELIVERED"] or times["RECEIVED"])),
                int(bounced),
                max(times["RECEIVED"], default=None),
                min(humans, default=None),
                sorted({a.day for a in rows if a.day}),
            )
        )
    return sends


def built(raw: Raw) -> list[tuple[object, ...]]:
    with duckdb.connect(str(raw.path)) as connection:
        connection.execute("set timezone = 'UTC'")
        rows = connection.execute(
            "select contact_id, message_instance_id, send_day, is_delivered, is_bounced, epoch_us(last_opened_at),"
            " epoch_us(first_human_open_at), activity_days from esputnik_marts.fct_sends order by 1, 2"
        ).fetchall()
    return [(*row[:5], moment(row[5]), moment(row[6]), row[7]) for row in rows]


def mark(raw: Raw) -> None:
    """Marks every send: a build takes the mark off those that it writes anew."""
    raw.execute("update esputnik_marts.fct_sends set message_language_code = 'mark'")


def marked(raw: Raw) -> list[int]:
    """The contacts whose sends lie as they lay when they were marked."""
    with duckdb.connect(str(raw.path)) as connection:
        return [
            contact
            for (contact,) in connection.execute(
                "select contact_id from esputnik_marts.fct_sends where message_language_code = 'mark' order by 1"
            ).fetchall()
        ]


activities = st.lists(
    st.builds(
        Activity,
        contact=st.integers(1, 2),
        instance=st.integers(1, 2),
        status=st.sampled_from(["DELIVERED", "RECEIVED", "UNDELIVERED"]),
        at=st.sampled_from([*TIMES, None]),
        name=st.just("a"),
    ),
    min_size=1,
    max_size=6,
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("load"), activities),
        st.tuples(st.just("delete_contact"), st.integers(1, 2)),
        st.tuples(st.just("purge"), st.sampled_from(DAYS)),
    ),
    min_size=2,
    max_size=5,
)


@pytest.fixture(scope="module")
def seeded(dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the seeds."""
    path = tmp_path_factory.mktemp("seeds") / "seeds.duckdb"
    dbt("seed", database=path)
    return path


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_order_of_arrival_ends_in_the_same_sends(
    dbt: Dbt, seeded: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object]]
) -> None:
    raw = Raw(tmp_path_factory.mktemp("sends") / "sends.duckdb", seeded)
    build(dbt, raw)
    for step, value in steps:
        match step, value:
            case "load", list():
                raw.load(value, complete=True)
            case "delete_contact", int():
                raw.delete_contact(value)
            case "purge", dt.datetime():
                raw.delete_day(value.date())
        build(dbt, raw)
        assert built(raw) == expected(raw)


def test_only_the_sends_of_touched_days_are_built_again(dbt: Dbt, seeded: Path, tmp_path: Path) -> None:
    raw = Raw(tmp_path / "sends.duckdb", seeded)
    raw.load([Activity(contact, "DELIVERED", DAYS[0], "a") for contact in (1, 2)], complete=True)
    raw.load([Activity(3, "DELIVERED", DAYS[2], "a")], complete=True)
    build(dbt, raw)
    mark(raw)
    raw.load([Activity(1, "RECEIVED", DAYS[4], "late")], complete=True)
    build(dbt, raw)
    with duckdb.connect(str(raw.path)) as connection:
        left = connection.execute(
            "select count(*) from duckdb_tables() where table_name like '%\\_\\_touched' escape '\\'"
        ).fetchone()
    assert marked(raw) == [2, 3]
    assert left == (0,), "the table of touched keys stays behind"
    assert built(raw) == expected(raw)


def test_sends_are_built_in_full_where_most_days_are_touched(dbt: Dbt, seeded: Path, tmp_path: Path) -> None:
    raw = Raw(tmp_path / "sends.duckdb", seeded)
    days = [DAYS[0] + dt.timedelta(days=number) for number in range(150)]
    raw.load([Activity(contact, "DELIVERED", day, "a") for contact, day in enumerate(days)], complete=True)
    build(dbt, raw)
    by_days, in_full = 100, 101
    for count, left in ((by_days, list(range(by_days, len(days)))), (in_full, [])):
        mark(raw)
        hour = dt.timedelta(hours=count - 99)
        raw.load(
            [Activity(contact, "RECEIVED", day + hour, "a") for contact, day in enumerate(days[:count])], complete=True
        )
        build(dbt, raw)
        assert marked(raw) == left
        assert built(raw) == expected(raw)


def test_sends_follow_what_a_machine_is(dbt: Dbt, seeded: Path, tmp_path: Path) -> None:
    """The var is read by the model before, which is built in full then, though no day of the source changed."""
    raw = Raw(tmp_path / "sends.duckdb", seeded)
    delivered, opened = DAYS[1], DAYS[1] + dt.timedelta(seconds=3)
    raw.load([Activity(1, "DELIVERED", delivered, "a"), Activity(1, "RECEIVED", opened, "a")], complete=True)
    human_opens = []
    for seconds in (5, 2, 3):
        build(dbt, raw, machine_open_seconds=seconds)
        [send] = built(raw)
        human_opens.append(send[6])
    assert human_opens == [None, opened, None]
    mark(raw)
    build(dbt, raw, machine_open_seconds=3)
    assert marked(raw) == [1], "built anew though nothing changed"
