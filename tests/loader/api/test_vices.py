"""Each misbehaviour alone: what is loaded is the platform's truth all the same."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta

import pytest

from tests.fake_platform import FakeAccount, Vices
from tests.loader.api.conftest import Start, assert_activities, assert_broadcasts, assert_segments, load
from tests.loader.conftest import Account

ONLY_ACTIVITIES = ("--datasets", "contactActivities")

#: Vices of any call; a fair server is among them, which shows that the tests' own comparison holds.
OF_CALLS = {
    "fair": Vices(),
    "429 for a while, in seconds": Vices(storm_every=40),
    "429 for a while, as dates": Vices(storm_every=150, retry_after="date"),
    "429 without a word how long": Vices(storm_every=40, retry_after="nothing"),
    "500, 502, 503": Vices(errors=0.3),
    "dropped connections": Vices(drops=0.2),
    "truncated JSON": Vices(truncated=0.2),
    "HTML with status 200": Vices(html=0.2),
    "hanging": Vices(hangs=0.03, hang_seconds=2.0),
}
#: Columns that the fake platform knows of an activity.
ACTIVITY = (
    *("iid", "contactId", "mediaType", "activityStatus", "messageId", "messageInstanceId", "messageName"),
    *("activityDateTime", "clickEventLink", "messageTags", "workflowId", "workflowBlockId", "workflowInstanceId"),
    *("broadcastId", "statusDescription", "externalCustomerId", "messageLanguageCode", "messageURL", "eventKey"),
    "eventTypeKey",
)
OF_ACTIVITIES = {
    "any rows, in any order": Vices(unsorted=True),
    "rows of neighbouring seconds": Vices(repeated_edges=True),
    "the end of a window is outside": Vices(closed=False),
    "another time zone": Vices(timezone="Europe/Kyiv"),
    "another time zone, times with offset": Vices(timezone="America/New_York", with_offset=True),
}


@pytest.mark.parametrize("vices", OF_CALLS.values(), ids=OF_CALLS.keys())
def test_calls_that_fail_cost_nothing_but_time(account: Account, start: Start, vices: Vices) -> None:
    platform = start(vices)
    outcome = load(account, "--datasets", "segments,segmentMembers,contactActivities,broadcasts")
    assert outcome.code == 0, outcome.err
    assert_activities(account, platform)
    assert_broadcasts(account, platform)
    assert_segments(account, platform)


def test_what_a_run_cost_is_told_and_stored(account: Account, start: Start) -> None:
    platform = start(Vices(errors=0.2, storm_every=20))
    outcome = load(account, *ONLY_ACTIVITIES)
    assert outcome.code == 0, outcome.err
    calls, refused = len(platform.calls), platform.statuses.count(429)
    failed = sum(status >= 500 for status in platform.statuses)
    assert failed > 0
    assert refused > 0
    assert f"{calls:,} calls, " in outcome.err
    assert f"{failed} repeated after failures, {refused} refused as too frequent" in outcome.err
    # The call that looks whether the key is sound belongs to no load; where it failed, it was repeated.
    checks = sum(path == platform.calls[0][0] for path, _ in platform.calls)
    stored = account.rows("select sum(calls), sum(retries), sum(refused) from _api_runs")
    assert stored == [(calls - checks, failed - (checks - 1), refused)]
    # How calls fall to loads depends on the hour: one may have had nothing to wait for, and then did not.
    waits = account.rows("select retries + refused, waited_seconds from _api_runs")
    assert all((waited > 0) == (repeated > 0) for repeated, waited in waits)


@pytest.mark.parametrize("vices", OF_ACTIVITIES.values(), ids=OF_ACTIVITIES.keys())
def test_activities_are_complete_and_once(account: Account, start: Start, vices: Vices) -> None:
    platform = start(vices)
    for _ in range(2):
        outcome = load(account, *ONLY_ACTIVITIES)
        assert outcome.code == 0, outcome.err
        assert_activities(account, platform)


@pytest.mark.parametrize("closed", [True, False], ids=["ends inside", "end outside"])
def test_no_second_falls_between_two_windows(account: Account, start: Start, closed: bool) -> None:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    fake = FakeAccount()
    for second in range(-150, 150):
        moment = midnight + timedelta(seconds=second)
        fake.add_activity({**dict.fromkeys(ACTIVITY), "contactId": second, "activityDateTime": moment})
    platform = start(Vices(closed=closed), fake)
    assert load(account, *ONLY_ACTIVITIES).code == 0
    assert_activities(account, platform)


def test_the_ways_that_are_known_to_be_wrong_are_not_gone(account: Account, start: Start) -> None:
    platform = start()
    assert load(account, *ONLY_ACTIVITIES).code == 0
    asked = [params for path, params in platform.calls if path == "/v2/contacts/activity"]
    assert asked
    for params in asked:
        length = datetime.fromisoformat(params["dateTo"]) - datetime.fromisoformat(params["dateFrom"])
        assert length <= timedelta(days=1)
        assert int(params["maxrows"]) <= 1_000
        assert not {"offset", "startindex"} & set(params)


def test_late_rows_come_with_the_next_run(account: Account, start: Start) -> None:
    platform = start(Vices(late=0.6))
    assert load(account, *ONLY_ACTIVITIES).code == 0
    ((before,),) = account.rows("select count(*) from contactActivities")
    assert before < len(platform.account.export_rows)
    platform.late_arrive()
    calls = len(platform.calls)
    assert load(account, *ONLY_ACTIVITIES).code == 0
    assert_activities(account, platform)
    # Three days and today are read again, not ninety.
    assert len(platform.calls) - calls < 20


@pytest.mark.parametrize(
    "vices",
    [Vices(deleted_per_page=20), Vices(total_factor=0.4), Vices(total_factor=2.5)],
    ids=["deleted between pages", "TotalCount too small", "TotalCount too large"],
)
def test_contacts_are_complete_and_once(account: Account, start: Start, vices: Vices) -> None:
    many = FakeAccount(contacts=[{"id": number, "firstName": f"N{number}"} for number in range(1, 2_301)])
    platform = start(vices, many)
    outcome = load(account, "--datasets", "contacts")
    assert outcome.code == 0, outcome.err
    found = [number for (number,) in account.rows("select contactId from contacts")]
    assert len(found) == len(set(found))
    assert {item["id"] for item in many.contacts} - platform.deleted <= set(found)
    # 2,300 contacts are five pages; a total that is too large costs a second pass and looks behind the end.
    assert len(platform.calls) <= 32


def test_a_list_that_never_moves_on_is_an_error(account: Account, start: Start) -> None:
    start(Vices(no_startindex=True), FakeAccount(contacts=[{"id": number} for number in range(1, 1_201)]))
    outcome = load(account, "--datasets", "contacts")
    assert outcome.code == 1
    assert "same page" in outcome.err


def full_second(fake: FakeAccount, rows: int, statuses: list[str]) -> FakeAccount:
    """The account with so many activities in one second of yesterday, of these statuses in turn."""
    account = copy.deepcopy(fake)
    moment = datetime.now(UTC).replace(hour=9, minute=30, second=7, microsecond=0, tzinfo=None) - timedelta(days=1)
    pattern = next(row for row in fake.export_rows if row["broadcastId"] and row["activityStatus"] == "DELIVERED")
    for number in range(rows):
        account.add_activity(
            {
                **pattern,
                "contactId": 500_000 + number,
                "activityStatus": statuses[number % len(statuses)],
                "activityDateTime": moment.replace(tzinfo=UTC),
            }
        )
    account.settle()
    return account


def test_a_full_second_is_cut_by_what_else_the_api_can_tell_apart(
    account: Account, start: Start, fake_account: FakeAccount
) -> None:
    platform = start(account=full_second(fake_account, 100, ["DELIVERED", "RECEIVED", "CLICKED"]))
    outcome = load(account, *ONLY_ACTIVITIES)
    assert outcome.code == 0, outcome.err
    assert_activities(account, platform)


@pytest.mark.parametrize("vices", [Vices(), Vices(no_filters=True)], ids=["one status", "filters are ignored"])
def test_a_second_that_stays_full_is_loud(
    account: Account, start: Start, fake_account: FakeAccount, vices: Vices
) -> None:
    statuses = ["DELIVERED", "CLICKED", "RECEIVED"] if vices.no_filters else ["DELIVERED"]
    platform = start(vices, full_second(fake_account, 100, statuses))
    outcome = load(account, *ONLY_ACTIVITIES)
    assert outcome.code == 1
    assert "09:30:07" in outcome.err
    assert "--allow-full-seconds" in outcome.err
    ((rows,),) = account.rows("select count(*) from contactActivities")
    assert rows == len(fake_account.export_rows), "all others are loaded"
    outcome = load(account, *ONLY_ACTIVITIES, "--allow-full-seconds")
    assert outcome.code == 0
    assert "Warning" in outcome.err
    assert "09:30:07" in outcome.err
    ((rows,),) = account.rows("select count(*) from contactActivities")
    assert len(fake_account.export_rows) + 40 <= rows <= len(platform.account.export_rows)
