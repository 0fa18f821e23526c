"""What a user sees when the load cannot work: one sentence, the right exit code, no secret, raw tables untouched."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fake_platform import FakePlatform, Vices
from tests.fake_platform.server import KEY
from tests.loader.api.conftest import Start, assert_activities, load
from tests.loader.conftest import Account


@contextmanager
def closed_port() -> Iterator[int]:
    """A port on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def assert_refused_before_anything(account: Account, *words: str, arguments: tuple[object, ...] = ()) -> None:
    outcome = load(account, *arguments)
    assert outcome.code == 2, outcome.err
    (line,) = [line for line in outcome.err.splitlines() if line.startswith("Error:")]
    for word in words:
        assert word in line
    assert "Traceback" not in outcome.err
    assert KEY not in outcome.out + outcome.err
    assert not account.database.exists()


def test_no_key(account: Account) -> None:
    assert_refused_before_anything(account, "ESPUTNIK_API_KEY")


def test_wrong_key_is_not_tried_twice(account: Account, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = start()
    monkeypatch.setenv("ESPUTNIK_API_KEY", "another-key-0123456789")
    assert_refused_before_anything(account, "401", "ESPUTNIK_API_KEY")
    assert len(platform.calls) == 1


def test_no_network(account: Account, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    start()
    with closed_port() as port:
        monkeypatch.setenv("ESPUTNIK_API_URL", f"http://127.0.0.1:{port}/api")
        assert_refused_before_anything(account, "no connection", "refused", "ESPUTNIK_API_URL")


def test_wrong_host(account: Account, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    start()
    monkeypatch.setenv("ESPUTNIK_API_URL", "http://no-such-host.invalid/api")
    assert_refused_before_anything(account, "no-such-host.invalid", "no connection")


def test_a_host_that_is_not_the_platform(account: Account, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = start()
    monkeypatch.setenv("ESPUTNIK_API_URL", f"{platform.url}/elsewhere")
    assert_refused_before_anything(account, "404", "ESPUTNIK_API_URL")


def test_a_proxy_that_answers_html(account: Account, start: Start) -> None:
    start(Vices(html=1.0))
    assert_refused_before_anything(account, "HTML", "proxy")


def test_a_platform_that_fails_in_other_ways_each_time_is_asked_on(account: Account, start: Start) -> None:
    platform = start(Vices(errors=0.1, drops=0.2, html=0.3, truncated=0.4))
    ways = [0.2, 0.3, 0.4, 0.1, 0.3, 0.2]
    platform.chance = lambda share: ways[len(platform.calls) - 1 :][:1] == [share]  # type: ignore[method-assign]
    outcome = load(account, "--datasets", "contacts")
    assert outcome.code == 0, outcome.err
    assert "6 repeated after failures" in outcome.err


def test_a_dataset_that_the_api_does_not_offer(account: Account, start: Start) -> None:
    start()
    assert_refused_before_anything(account, "orders", "contactActivities", arguments=("--datasets", "orders"))


def test_activities_that_support_has_not_switched_on(account: Account, start: Start) -> None:
    platform = start(Vices(no_activities=True))
    outcome = load(account, "--datasets", "contactActivities")
    assert outcome.code == 2
    assert "support" in outcome.err
    assert "ContactActivity" in outcome.err
    assert len([path for path, _ in platform.calls if path == "/v2/contacts/activity"]) <= 16, "not tried again"


def test_the_wrong_time_zone_is_noticed(account: Account, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    start(Vices(timezone="America/New_York", with_offset=True))
    monkeypatch.setenv("ESPUTNIK_API_TIMEZONE", "Asia/Tokyo")
    outcome = load(account, "--datasets", "contactActivities")
    assert outcome.code == 1
    assert "ESPUTNIK_API_TIMEZONE" in outcome.err


def test_a_platform_that_fails_on_the_way_leaves_what_was_loaded(account: Account, start: Start) -> None:
    platform = start()
    assert load(account, "--datasets", "contacts").code == 0
    platform.vices.errors = 1.0
    # The account check is the first call: let it through.
    answer_of_check = platform.chance
    platform.chance = lambda share: len(platform.calls) > 5 and answer_of_check(share)  # type: ignore[method-assign]
    outcome = load(account, "--datasets", "contacts")
    assert outcome.code == 1
    assert "50" in outcome.err
    assert account.rows("select count(*) from contacts") == [(len(platform.account.contacts),)]


def test_what_was_read_before_a_failure_is_loaded_and_not_asked_for_again(account: Account, start: Start) -> None:
    platform = start()
    chance = platform.chance
    platform.vices.errors = 1.0
    platform.chance = lambda share: len(platform.calls) > 30 and chance(share)  # type: ignore[method-assign]
    outcome = load(account, "--datasets", "contactActivities")
    assert outcome.code == 1
    assert "status 50" in outcome.err
    ((before,),) = account.rows("select count(*) from contactActivities")
    assert 0 < before < len(platform.account.export_rows)
    platform.vices.errors = 0.0
    calls = len(platform.calls)
    assert load(account, "--datasets", "contactActivities").code == 0
    assert_activities(account, platform)
    # 27 days, of which three are read again; some days take several calls.
    assert len(platform.calls) - calls < 40


def test_the_key_is_written_nowhere(account: Account, tmp_path: Path, start: Start) -> None:
    platform = start(Vices(errors=0.1))
    outcome = load(account)
    assert outcome.code == 0, outcome.err
    from loader.sources.api.settings import ApiSettings

    for secret in ApiSettings(key=platform.key).secrets:
        assert secret not in outcome.out + outcome.err
        for path in tmp_path.rglob("*"):
            if path.is_file():
                assert secret.encode() not in path.read_bytes(), path
    assert KEY not in repr(ApiSettings(key=KEY))


def test_dry_run_tells_calls_and_changes_nothing(account: Account, start: Start) -> None:
    platform: FakePlatform = start()
    outcome = load(account, "--dry-run")
    assert outcome.code == 0, outcome.err
    assert f"{len(platform.account.contacts)} contacts" in outcome.out
    assert "27 days" in outcome.out
    assert not account.database.exists()
