"""The demo account behind a fake platform, and the raw tables that a load from it must make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.fake_platform import FakeAccount, FakePlatform, Vices, demo_account
from tests.fake_platform.account import IDENTITY
from tests.loader.conftest import Account, Outcome

#: Small, so that days have to be cut; short, so that tests are quick.
SETTINGS = {
    "ESPUTNIK_API_MOST_ROWS": "40",
    "ESPUTNIK_API_BATCH_ROWS": "300",
    "ESPUTNIK_API_BACKOFF": "0.01",
    "ESPUTNIK_API_TIMEOUT": "1",
}


def settings_of(platform: FakePlatform) -> dict[str, str]:
    """Environment of a load from the platform."""
    return {
        **SETTINGS,
        "ESPUTNIK_API_KEY": platform.key,
        "ESPUTNIK_API_URL": platform.url,
        "ESPUTNIK_API_TIMEZONE": platform.vices.timezone,
    }


@pytest.fixture(scope="session")
def fake_account(tmp_path_factory: pytest.TempPathFactory) -> FakeAccount:
    """The demo account up to yesterday, the last 25 days of its activities."""
    today = datetime.now(UTC).date()
    account = demo_account(tmp_path_factory.mktemp("fake"), today)
    account.forget_before(today - timedelta(days=25))
    return account


Start = Callable[..., FakePlatform]


@pytest.fixture
def start(fake_account: FakeAccount, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a platform with vices and points the loader's settings at it."""
    with ExitStack() as running:

        def started(vices: Vices | None = None, account: FakeAccount = fake_account) -> FakePlatform:
            platform = running.enter_context(FakePlatform(account, vices))
            for name, value in settings_of(platform).items():
                monkeypatch.setenv(name, value)
            return platform

        yield started


def arguments() -> tuple[object, ...]:
    """The command that loads what the account has."""
    return "load", "--from", "api", "--since", datetime.now(UTC).date() - timedelta(days=26)


def load(account: Account, *more: object) -> Outcome:
    """Loads what the account has from the API, in this process."""
    return account.run(*arguments(), *more)


def assert_activities(account: Account, platform: FakePlatform, story: str = "") -> None:
    """The raw table has each of the account's activities once.

    Times are compared as the account's wall clock shows them, since that is all the API tells: in the hour that a clock
    change repeats, two moments look the same.
    """
    zone = ZoneInfo("UTC") if platform.vices.with_offset else ZoneInfo(platform.vices.timezone)

    def on_the_wall(row: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(
            value.astimezone(zone).replace(tzinfo=None) if isinstance(value, datetime) else value for value in row
        )

    got = [on_the_wall(row) for row in account.rows(f"select {', '.join(IDENTITY)} from contactActivities")]
    want = {on_the_wall(tuple(row[name] for name in IDENTITY)) for row in platform.account.export_rows}
    assert len(got) == len(set(got)), f"{story}: {len(got) - len(set(got))} activities are there twice"
    assert len(set(got)) == len(want), f"{story}: {len(set(got))} activities of {len(want)}"
    assert set(got) == want, story


def assert_contacts(account: Account, platform: FakePlatform, story: str = "") -> None:
    """Every contact once; one that was deleted while the list was read may be there or not."""
    contacts = [number for (number,) in account.rows("select contactId from contacts")]
    assert len(contacts) == len(set(contacts)), f"{story}: contacts twice"
    everybody = {contact["id"] for contact in platform.account.contacts}
    assert everybody - platform.deleted <= set(contacts) <= everybody, f"{story}: contacts lost"


def assert_broadcasts(account: Account, platform: FakePlatform, story: str = "") -> None:
    """The broadcasts that activities name, a row for each segment they went to."""
    met = {row["broadcastId"] for row in platform.account.export_rows if row["broadcastId"]}
    broadcasts = {(number, group["id"]) for number in met for group in platform.account.broadcasts[number]["groups"]}
    assert sorted(account.rows("select id, groupId from broadcasts")) == sorted(broadcasts), story


def assert_messages(account: Account, platform: FakePlatform, story: str = "") -> None:
    """The messages of the six channels that have a list."""
    channels = ("email", "sms", "viber", "mobilepush", "appinbox", "telegram")
    messages = sorted(item["id"] for channel in channels for item in platform.account.messages[channel])
    assert sorted(number for (number,) in account.rows("select messageId from messages")) == messages, story


def assert_segments(account: Account, platform: FakePlatform, story: str = "") -> None:
    """Segments and who is in them; one without members has a row without a contact."""
    assert sorted(account.rows("select segmentId, name, type from segments")) == sorted(
        (group["id"], group["name"], group["type"]) for group in platform.account.groups
    ), story
    members = {(group, number) for group, ids in platform.account.members.items() for number in ids or [None]}
    found = account.rows("select segmentId, contactId from segmentMembers")
    assert len(found) == len(members), story
    assert set(found) == members, story
