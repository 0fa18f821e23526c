"""What `doctor` finds in accounts that are well and in accounts that are not, and that it leaves no trace."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tests.loader.conftest import Account
from tests.loader.reader import reader_key

KEY = "top-secret-key-1"
AUTHORISED = "Basic bG9hZGVyOnRvcC1zZWNyZXQta2V5LTE="  # printf loader:top-secret-key-1 | base64


@dataclass
class Platform:
    """The two calls that `doctor` makes, answered as the platform does.

    Attributes:
        zone: of the key's user: times are read and written in it.
        activities: moments of the activities.
        skew: how far its clock is ahead of this machine's.
        answer: status and text of every answer, instead of the right ones.

    """

    zone: str = "UTC"
    activities: list[datetime] = field(default_factory=list)
    skew: timedelta = timedelta(0)
    answer: tuple[int, str] | None = None
    is_enabled: bool = True

    def reply(self, path: str, given: str) -> tuple[int, str]:
        if self.answer:
            return self.answer
        if given != AUTHORISED:
            return 401, "Unauthorized"
        parts = urlsplit(path)
        if parts.path == "/api/v1/account/info":
            return 200, json.dumps({"userName": "anna@shop.example", "organisationName": "Shop"})
        if not self.is_enabled:
            return 400, "Contact support to enable ContactActivity."
        wanted = {name: values[0] for name, values in parse_qs(parts.query).items()}
        local = [moment.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%dT%H:%M:%S") for moment in self.activities]
        return 200, json.dumps(
            [{"activityDateTime": time} for time in local if wanted["dateFrom"] <= time < wanted["dateTo"]]
        )


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """A platform without activities, set as the one to ask."""
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = platform.reply(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(datetime.now(UTC) + platform.skew, usegmt=True)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    monkeypatch.setenv("ESPUTNIK_API_KEY", KEY)
    monkeypatch.setenv("ESPUTNIK_API_URL", f"http://127.0.0.1:{server.server_port}/api")
    yield platform
    server.shutdown()
    server.server_close()


def examined(account: Account, area: str, *options: object) -> tuple[int, list[tuple[str, str]]]:
    """Exit code, and level and message of an area's findings; each problem and warning says what to do."""
    outcome = account.run("doctor", "--json", *options)
    findings = json.loads(outcome.out)
    assert all(finding["action"] for finding in findings if finding["level"] in ("problem", "warn"))
    assert (outcome.code == 2) == any(finding["level"] == "problem" for finding in findings)
    assert KEY not in outcome.out + outcome.err
    return outcome.code, [(one["level"], one["message"]) for one in findings if one["area"] == area]


def ago(**past: float) -> datetime:
    return datetime.now(UTC) - timedelta(**past)


def test_a_healthy_account(
    account: Account, platform: Platform, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    account.write("contacts.csv", "contactId,email", "1,a@x.io")
    assert account.load().code == 0
    with duckdb.connect(str(account.database)) as connection:
        connection.execute("create schema esputnik_segments")
        connection.execute("create view esputnik_segments.seg_a as select 'a@x.io' as email, 5::bigint as orders_count")
        before = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
    platform.activities = [ago(minutes=5)]
    monkeypatch.setenv("ESPUTNIK_DATABASE_URL", f"sqlite:///{account.database.with_name('crm.sqlite')}")
    account.database.with_name("crm.sqlite").touch()
    outcome = account.run("doctor")
    assert outcome.code == 0, outcome.out
    words = {word for line in outcome.out.splitlines() for word in line.split()[1:2]}
    assert words & {"ok", "note", "warn", "fail"} == {"ok", "note"}
    for said in (
        "1 of 9 datasets",
        "can be written to",
        "keyed on email",
        "takes the key of Shop",
        "fits the activities",
    ):
        assert said in outcome.out
    with duckdb.connect(str(account.database), read_only=True) as connection:
        after = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
    assert sorted(after) == sorted(before), "nothing is left behind"


def test_before_the_first_load_there_are_only_notes(account: Account) -> None:
    outcome = account.run("doctor", "--json")
    assert outcome.code == 0
    assert [(one["area"], one["level"]) for one in json.loads(outcome.out)] == [
        *(("profile", "ok"), ("warehouse", "note"), ("api", "note"), ("database", "note"))
    ]
    assert not account.database.exists()


def test_a_wrong_profile_does_not_hide_the_rest(account: Account, platform: Platform) -> None:
    (account.folder / "profiles.yml").write_text("other: {}\n")
    code, profile = examined(account, "profile")
    assert code == 2
    assert profile[0][0] == "problem"
    assert examined(account, "api")[1][0][0] == "ok"


def test_a_warehouse_that_is_locked(account: Account) -> None:
    hold = f"import duckdb; c = duckdb.connect({str(account.database)!r}); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        code, findings = examined(account, "warehouse")
        shown = account.run("doctor").out
        holder.kill()
    assert code == 2
    assert findings[0][0] == "problem"
    assert "open in another program" in findings[0][1]
    assert "Mend the target" not in shown


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ("'a' as email, 1.5::decimal(9, 2) as total, [1] as list", "total (DECIMAL(9,2)), list (INTEGER[])"),
        ("'a' as email, 1::integer as n", "n (INTEGER)"),
        ("'a' as email, true as flag", "flag (BOOLEAN)"),
        ("'a' as email, 1::bigint as \"ordersCount\"", "cannot name: ordersCount"),
        ("'a' as phone, now() as at, 1.5::double as score, current_date as day", "no column email"),
    ],
)
def test_a_segment_view_that_the_platform_would_not_take(account: Account, columns: str, says: str) -> None:
    with duckdb.connect(str(account.database)) as connection:
        connection.execute("create schema esputnik_segments")
        connection.execute("create view esputnik_segments.seg_good as select 'a' as email, now() as seen_at")
        connection.execute(f"create view esputnik_segments.seg_bad as select {columns}")
    code, findings = examined(account, "segments")
    assert code == 2
    ((level, message),) = findings
    assert level == "problem"
    assert message.startswith("seg_bad")
    assert says in message


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"answer": (401, "")}, "refuses the key (HTTP 401)"),
        ({"answer": (403, "<html>")}, "refuses the key (HTTP 403)"),
        ({"answer": (200, "<html>Log in</html>")}, "other than JSON"),
        ({"answer": (404, "")}, "/v1/account/info answers HTTP 404"),
        ({"answer": (503, "")}, "busy or broken (HTTP 503)"),
        ({"is_enabled": False}, "ContactActivity is not enabled"),
        ({"skew": timedelta(minutes=3)}, "clock is 180 seconds behind the server's"),
        ({"skew": timedelta(hours=-1)}, "clock is 3600 seconds ahead of the server's"),
        ({"zone": "Asia/Tokyo", "activities": [ago(minutes=5)]}, "activities of the future"),
    ],
)
def test_an_api_that_is_not_well(account: Account, platform: Platform, changes: dict[str, Any], says: str) -> None:
    for name, value in changes.items():
        setattr(platform, name, value)
    code, findings = examined(account, "api")
    assert code == 2
    (message,) = [message for level, message in findings if level == "problem"]
    seconds = (
        message.replace("179 ", "180 ").replace("181 ", "180 ").replace("3599 ", "3600 ").replace("3601 ", "3600 ")
    )
    assert says in seconds


@pytest.mark.parametrize(
    ("zone", "activities", "level", "says"),
    [
        ("Asia/Tokyo", [ago(minutes=5)], "ok", "fits the activities of the past hour"),
        ("UTC", [ago(minutes=5)], "note", "none of the past hour"),
        ("Asia/Tokyo", [], "note", "cannot be checked"),
    ],
)
def test_time_zone_of_the_api(
    account: Account,
    platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    activities: list[datetime],
    level: str,
    says: str,
) -> None:
    """The zone that is set is Tokyo's; the platform's is the given one."""
    monkeypatch.setenv("ESPUTNIK_API_TIMEZONE", "Asia/Tokyo")
    platform.zone, platform.activities = zone, activities
    code, findings = examined(account, "api")
    assert code == 0
    assert findings[-1][0] == level
    assert says in findings[-1][1]


def test_an_api_without_a_server_and_a_zone_that_is_none(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESPUTNIK_API_KEY", KEY)
    monkeypatch.setenv("ESPUTNIK_API_URL", "http://127.0.0.1:1/api")
    assert examined(account, "api") == (2, [("problem", "http://127.0.0.1:1/api cannot be reached: ConnectionError.")])
    monkeypatch.setenv("ESPUTNIK_API_TIMEZONE", "Kyiv")
    code, ((_, message),) = examined(account, "api")
    assert code == 2
    assert "'Kyiv'" in message


def test_a_database_that_does_not_answer(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESPUTNIK_DATABASE_URL", "postgresql://crm:S3cret%40pw@127.0.0.1:1/shop?sslpassword=Other1")
    outcome = account.run("doctor")
    assert outcome.code == 2
    assert "postgresql://crm:***@127.0.0.1:1/shop cannot be opened" in outcome.out
    for secret in ("S3cret", "Other1"):
        assert secret not in outcome.out + outcome.err


def built(account: Account, as_of: datetime, seen: datetime | None) -> None:
    """The two reports that tell of a build: the moment that it describes, and the last load that it knew."""
    with duckdb.connect(str(account.database)) as connection:
        connection.execute("create schema if not exists esputnik_reports")
        connection.execute(
            "create or replace table esputnik_reports.rpt_external_source_coverage as select ?::timestamptz as as_of",
            [as_of],
        )
        connection.execute(
            "create or replace table esputnik_reports.rpt_data_health as"
            " select 'contacts' as dataset, ?::timestamptz as last_load_at union all select 'orders', null",
            [seen],
        )


def test_age_of_the_segment_views(account: Account) -> None:
    account.write("contacts.csv", "contactId,email", "1,a@x.io")
    assert account.load().code == 0
    assert examined(account, "freshness") == (
        0,
        [
            (
                "note",
                "esputnik_reports holds no rpt_external_source_coverage, which tells how old the segment views are.",
            )
        ],
    )
    loaded = ("ok", "Every load has gone into the segment views.")
    for hours, level in ((0, "ok"), (25.9, "ok"), (26.1, "warn"), (50.1, "warn")):
        built(account, ago(hours=hours), datetime.now(UTC))
        ended, (age, load) = examined(account, "freshness")
        assert (ended, age[0], load) == (0, level, loaded), hours
        assert f"{hours:.0f} hours ago" in age[1]
    built(account, ago(), ago(hours=1))
    assert examined(account, "freshness")[1][1] == (
        "warn",
        "Loaded since the last build, and not in the segment views yet: contacts.",
    )
    # A native export keeps no record of loads.
    built(account, ago(), None)
    assert [level for level, _ in examined(account, "freshness")[1]] == ["ok"]


def test_warnings_and_failures_in_the_table(account: Account) -> None:
    account.write("contacts.csv", "contactId,email", "1,a@x.io")
    assert account.load().code == 0
    built(account, ago(hours=30), ago(hours=30))
    shown = account.run("doctor")
    assert shown.code == 0
    assert [line.split()[1] for line in shown.out.splitlines() if line.split()[:1] == ["freshness"]] == ["warn", "warn"]
    path = account.folder / "reader.json"
    path.write_text("{}")
    path.chmod(0o644)
    shown = account.run("doctor", "--reader-key", path)
    assert shown.code == 2
    assert [line.split()[1] for line in shown.out.splitlines() if line.split()[:1] == ["reader"]] == ["fail", "fail"]


def test_key_file_of_the_platforms_account(account: Account) -> None:
    path = account.folder / "reader.json"
    assert examined(account, "reader") == (0, [])
    code, findings = examined(account, "reader", "--reader-key", path)
    assert (code, findings) == (2, [("problem", f"{path} cannot be read: FileNotFoundError.")])
    key = reader_key("https://oauth2.googleapis.com/token")
    path.write_text(json.dumps(key))
    for mode, code, level in ((0o600, 0, "ok"), (0o400, 0, "ok"), (0o640, 0, "warn"), (0o644, 2, "problem")):
        path.chmod(mode)
        ended, findings = examined(account, "reader", "--reader-key", path)
        assert ended == code
        assert findings[0][0] == level
        assert findings[1] == ("ok", f"{path} is a key of {key['client_email']}.")
    path.chmod(0o600)
    outcome = account.run("doctor", "--json", "--reader-key", path)
    assert key["private_key"] not in outcome.out + outcome.err
    for text, said in (
        ("{", "is not JSON."),
        ("[]", "is no key of a service account: its `type` is not `service_account`."),
        (
            json.dumps({"type": "authorized_user"}),
            "is no key of a service account: its `type` is not `service_account`.",
        ),
        (json.dumps({**key, "private_key": ""}), "lacks private_key."),
        (json.dumps({**key, "private_key": "top-secret-key-1"}), "holds a private key that cannot be read."),
    ):
        path.write_text(text)
        code, findings = examined(account, "reader", "--reader-key", path)
        assert code == 2
        assert findings[1] == ("problem", f"{path} {said}")
    # What the file says is known, whatever the profile does.
    path.write_text(json.dumps(key))
    (account.folder / "profiles.yml").write_text("other: {}\n")
    assert [level for level, _ in examined(account, "reader", "--reader-key", path)[1]] == ["ok", "ok"]
