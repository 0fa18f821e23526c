"""Rows that the raw table has already, from whatever source, do not come a second time."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from loader.destination import THRIFTY
from tests.fake_platform import FakeAccount
from tests.loader.api.conftest import Start, load
from tests.loader.api.test_vices import ACTIVITY
from tests.loader.conftest import Account
from tests.loader.typed import type_files


@pytest.fixture
def yesterday() -> date:
    return datetime.now(UTC).date() - timedelta(days=1)


def two_activities(day: date) -> FakeAccount:
    account = FakeAccount()
    for contact, hour in ((1, 10), (2, 11)):
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        account.add_activity(
            {
                **dict.fromkeys(ACTIVITY),
                "contactId": contact,
                "mediaType": "Email",
                "activityStatus": "RECEIVED",
                "activityDateTime": moment,
            }
        )
    return account


def test_rows_of_an_export_under_old_names_count_as_there(account: Account, start: Start, yesterday: date) -> None:
    account.write("contactActivities.csv", "contactId,activity,started", f"1,RECEIVED,{yesterday} 10:00:00")
    assert account.load().code == 0
    start(account=two_activities(yesterday))
    for _ in range(2):
        outcome = load(account, "--datasets", "contactActivities")
        assert outcome.code == 0, outcome.err
        assert account.rows(
            "select contactId, coalesce(activityStatus, activity), coalesce(activityDateTime, started)::text, _day"
            " from contactActivities order by 1"
        ) == [
            (1, "RECEIVED", f"{yesterday} 10:00:00+00", yesterday),
            (2, "RECEIVED", f"{yesterday} 11:00:00+00", yesterday),
        ]
    counts = account.rows(
        "select read, loaded, superseded, rejected from _load_files where file like 'api:%' order by loaded desc"
    )
    assert counts == [(2, 1, 1, 0), (2, 0, 2, 0)]


def test_a_row_that_cannot_be_typed_is_rejected_once_a_run(account: Account, start: Start, yesterday: date) -> None:
    fake = two_activities(yesterday)
    fake.activities[0]["messageInstanceId"] = "nine"
    start(account=fake)
    outcome = load(account, "--datasets", "contactActivities")
    assert outcome.code == 3
    assert account.rows("select contactId from contactActivities") == [(2,)]
    ((text, reasons),) = account.rows("select _text, _reasons from contactActivities__rejected")
    assert '"contactId":1' in text
    assert "messageInstanceId" in reasons
    assert load(account, "--datasets", "contactActivities", "--max-rejects", "1").code == 0


def test_a_member_who_left_is_gone_and_an_emptied_segment_too(account: Account, start: Start) -> None:
    fake = FakeAccount(
        groups=[{"id": 1, "name": "A", "type": "Static"}, {"id": 2, "name": "B", "type": "Dynamic"}],
        members={1: [10, 11], 2: [10]},
    )
    start(account=fake)
    assert load(account, "--datasets", "segments,segmentMembers").code == 0
    fake.members.update({1: [11, 12], 2: []})
    assert load(account, "--datasets", "segments,segmentMembers").code == 0
    found = account.rows("select segmentId, contactId from segmentMembers order by 1, 2")
    assert found == [(1, 11), (1, 12), (2, None)]
    assert account.rows("select * exclude (_dlt_load_id) from segments order by 1") == [
        (1, "A", "Static"),
        (2, "B", "Dynamic"),
    ]


def test_long_texts_fit_into_the_memory_that_is_left_beside_a_source_that_reads(tmp_path: Path) -> None:
    rng, rows = random.Random(1), 100_000
    lines = b"".join(
        b'{"contactId": %d, "clickEventLink": "%b", "messageURL": "%b"}\n'
        % (number, rng.randbytes(500).hex().encode(), rng.randbytes(500).hex().encode())
        for number in range(rows)
    )
    repeated = lines[: lines.index(b"\n") + 1]
    files = {"contactActivities.jsonl": lines + repeated}
    outcome = type_files(tmp_path, "contactActivities", files, settings=THRIFTY, once=True)
    assert outcome.counts == [(rows + 1, rows, 1, 0)]
