"""Loads into the BigQuery emulator: the rows that arrive, and the requests for what the emulator drops."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from google.api_core.exceptions import Forbidden
from google.cloud import bigquery

from loader.runs import OwnRun
from tests.loader.conftest import Project

pytestmark = pytest.mark.bigquery


def test_rows_arrive_and_are_replaced_in_one_transaction(project: Project) -> None:
    account = project.account
    account.write(
        "contactActivities.csv",
        "contactId,activityStatus,activityDateTime",
        "7,DELIVERED,2024-03-31 23:59:59",
        "8,CLICKED,2024-04-01T02:30:00+03:00",
        "9,OPENED,",
    )
    account.write(
        "contacts_1.csv", "contactId,email,createdDate", "1,a@x.io,2024-01-01 00:00:00", "2,b@x.io,", ",n@x.io,"
    )
    since = project.emulator.mark()
    outcome = account.load()
    assert outcome.code == 0, outcome.err
    assert project.query("select contactId, activityDateTime, _day from raw.contactActivities order by 1") == [
        (7, datetime(2024, 3, 31, 23, 59, 59, tzinfo=UTC), date(2024, 3, 31)),
        (8, datetime(2024, 3, 31, 23, 30, tzinfo=UTC), date(2024, 3, 31)),
        (9, None, None),
    ]
    statements = project.emulator.statements(since)
    created = next(sql for sql in statements if "CREATE TABLE" in sql and "`contactActivities`" in sql)
    (definition,) = re.findall(
        r"^CREATE TABLE \S+`contactActivities` .*?(?=^CREATE TABLE|\Z)", created, re.DOTALL | re.MULTILINE
    )
    assert "PARTITION BY `_day`\nCLUSTER BY `contactId`, `activityStatus`" in definition
    assert definition.count("description=") == 32, "the table and its 31 columns"
    changes = [request for request in project.emulator.requests(since) if request.method == "PATCH"]
    assert {request.path.split("/tables/")[1].split("?")[0]: request.body for request in changes} == {
        "contactActivities": {"labels": {"managed_by": "esputnik_loader"}, "requirePartitionFilter": True},
        "contacts": {"labels": {"managed_by": "esputnik_loader"}},
    }

    account.write("contacts_2.csv", "contactId,email,shoe,hat", "2,new@x.io,44,", "3,c@x.io,45,blue", ",n2@x.io,,")
    since = project.emulator.mark()
    assert account.load().code == 0
    assert project.query("select contactId, email, shoe, hat from raw.contacts order by email") == [
        (1, "a@x.io", None, None),
        (3, "c@x.io", "45", "blue"),
        (None, "n2@x.io", None, None),
        (None, "n@x.io", None, None),
        (2, "new@x.io", "44", None),
    ]
    (merge,) = [sql for sql in project.emulator.statements(since) if "DELETE FROM" in sql]
    steps = [statement.split()[:2] for statement in merge.split(";") if statement.strip()]
    assert steps == [["BEGIN", "TRANSACTION"], ["DELETE", "FROM"], ["INSERT", "INTO"], ["COMMIT", "TRANSACTION"]]
    assert account.load().out == "Nothing new: every file is loaded already.\n"


def test_killed_load_is_purged_and_completed(project: Project) -> None:
    account = project.account
    account.write("contactActivities_1.csv", "contactId,activityDateTime", "1,2024-01-01 00:00:00")
    assert account.load().code == 0
    account.write("contactActivities_2.csv", "contactId,activityDateTime", "2,2024-01-02 00:00:00", "3,")
    account.write("revenue.csv", "orderId,externalOrderId,totalCost", "1,,10", ",,20")
    process = account.start("load", "--from", "files", "--path", account.files)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Writing"):
            break
    _wait_for(lambda: project.query("select count(*) from raw.contactActivities where contactId = 2") == [(1,)])
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert project.query("select count(*) from raw._load_starts") == [(1,)], "killed too late for this test"
    since = project.emulator.mark()
    outcome = account.load()
    assert outcome.code == 0, outcome.err
    assert project.query("select contactId from raw.contactActivities order by 1") == [(1,), (2,), (3,)]
    assert project.query("select orderId, totalCost from raw.revenue order by 2") == [(1, 10.0), (None, 20.0)]
    assert project.query(
        "select count(*) from raw.contactActivities where _dlt_load_id not in (select load_id from raw._dlt_loads)"
    ) == [(0,)]
    (purge,) = [sql for sql in project.emulator.statements(since) if re.match("delete from .*contactActivities", sql)]
    assert "_day is null or _day >= date '0001-01-01'" in purge, "the table takes no query without a partition filter"


def test_living_load_on_another_machine_is_respected(project: Project) -> None:
    account = project.account
    account.write("messages.csv", "messageId", "1")
    assert account.load().code == 0
    account.write("orders.csv", "orderId", "1")
    now = int(datetime.now(UTC).timestamp())
    other = "insert into raw._load_starts (run_id, load_id, host, pid, process_started, seen) values"
    project.query(f"{other} ('other', 'l', 'elsewhere/1', 1, 1, {now})")
    outcome = account.load()
    assert outcome.code == 1
    assert "Another load into `esputnik_raw` is running: process 1 on elsewhere" in outcome.err
    assert project.query("select run_id from raw._load_starts") == [("other",)]
    project.query(f"update raw._load_starts set seen = {now - 601} where run_id = 'other'")
    assert account.load().code == 0
    assert project.query("select run_id from raw._load_starts") == []


def test_jobs_of_a_dead_run_that_cannot_be_looked_at(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    account = project.account
    account.write("messages.csv", "messageId", "1")
    assert account.load().code == 0
    dead = "insert into raw._load_starts (run_id, load_id, host, pid, process_started, seen) values"
    project.query(f"{dead} ('dead', 'l', 'elsewhere/1', 1, 1, 1)")
    account.write("orders.csv", "orderId", "1")

    def refused(*arguments: object, **options: object) -> None:
        raise Forbidden("bigquery.jobs.list is missing")

    with monkeypatch.context() as patch:
        patch.setattr(bigquery.Client, "list_jobs", refused)
        outcome = account.load()
    assert outcome.code == 1
    assert outcome.err.startswith("Error: What a dead load left working cannot be ended: bigquery.jobs.list is missing")
    assert len(outcome.err.splitlines()) == 1
    assert account.load().code == 0
    assert project.query("select run_id from raw._load_starts") == []


def test_load_that_was_taken_for_dead_does_not_complete(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a machine sleeps through its load, and another run purges its rows and its registration."""
    registered = OwnRun.loads

    def loads_and_is_purged(run: OwnRun, load_id: str) -> None:
        registered(run, load_id)
        project.query(f"delete from raw._load_starts where load_id = '{load_id}'")

    project.account.write("contactActivities.csv", "contactId,activityDateTime", "1,2024-01-01 00:00:00")
    with monkeypatch.context() as patch:
        patch.setattr(OwnRun, "loads", loads_and_is_purged)
        outcome = project.account.load()
    assert outcome.code == 1
    assert "took it for dead" in outcome.err
    assert project.query(
        "select (select count(*) from raw._dlt_loads), (select count(*) from raw.contactActivities)"
    ) == [(0, 0)]
    assert project.account.load().code == 0


def test_status(project: Project) -> None:
    account = project.account
    assert account.run("status", "--json").out == "[]\n"
    account.write(
        "contactActivities.csv", "contactId,activityDateTime", "1,2024-01-01 00:00:00", "1,2024-01-09 10:00:00"
    )
    account.load()
    line = next(line for line in account.run("status").out.splitlines() if "contactActivities" in line)
    assert line.split()[0:2] == ["contactActivities", "2024-01-09"]
    assert line.split()[-5:] == ["1", "1", "2", "0", "0"]


def _wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the awaited did not happen"
        time.sleep(0.05)
