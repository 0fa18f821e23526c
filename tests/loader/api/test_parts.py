"""The parts of the source on their own, against values worked by hand."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from heapq import heappop, heappush
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from loader.contract import load_contract
from loader.destination import open_warehouse
from loader.errors import ConfigurationError
from loader.profile import Target
from loader.sources.api import mapping, wall
from loader.sources.api.client import retry_after
from loader.sources.api.pace import Pace, Rate
from loader.sources.api.plan import Loaded, stretches
from loader.sources.api.settings import ApiSettings, read_settings

DAY = 86_400


def test_activity_has_the_names_cases_and_spellings_of_the_export() -> None:
    assert mapping.activity(
        {
            "iid": "7f",
            "contactId": 5,
            "email": "a@b.example",
            "mediaType": "mobilepush",
            "activityStatus": "READ",
            "messageId": 8,
            "messageInstanceId": 9,
            "messageName": "Spring",
            "activityDateTime": "2026-03-01T10:00:00",
            "messageTag": ["promo", "spring"],
            "workflowId": "",
            "broadcastId": 3,
            "viewMessageLink": "https://view.example/1",
            "sourceEventKey": "k",
            "sourceEventTypeKey": "cart",
            "hardBounce": False,
            "offset": "abc",
        }
    ) == {
        "iid": "7f",
        "contactId": 5,
        "mediaType": "MobilePush",
        "activityStatus": "RECEIVED",
        "messageId": 8,
        "messageInstanceId": 9,
        "messageName": "Spring",
        "activityDateTime": "2026-03-01T10:00:00",
        "messageTags": "promo,spring",
        "broadcastId": 3,
        "messageURL": "https://view.example/1",
        "eventKey": "k",
        "eventTypeKey": "cart",
        "campaignType": "Group",
    }


def test_contact_is_flat_and_its_additional_fields_have_names() -> None:
    names = mapping.additional_fields(
        [
            {
                "addressBook": {
                    "fieldGroups": [{"name": "A", "fields": [{"id": 1, "name": "city"}, {"id": 2, "name": "Email"}]}]
                }
            }
        ],
        ["contactId", "email"],
    )
    assert names == {"1": "city", "2": "Email_2"}
    assert mapping.contact(
        {
            "id": 5,
            "firstName": "Оля",
            "channels": [
                {"type": "email", "value": "Olia@Shop.Example"},
                {"type": "email", "value": "second@x.example"},
                {"type": "sms", "value": "380000000001"},
                {"type": "webpush", "value": "token"},
            ],
            "fields": [{"id": 1, "value": "Київ"}, {"id": 2, "value": ""}, {"id": 7, "value": "x"}],
            "address": {"town": "Львів"},
        },
        names,
    ) == {
        "contactId": 5,
        "firstName": "Оля",
        "email": "Olia@Shop.Example",
        "emailDomain": "shop.example",
        "sms": "380000000001",
        "city": "Київ",
        "field_7": "x",
    }


def test_broadcast_has_a_row_for_each_segment() -> None:
    item = {"id": 3, "name": "Spring", "status": "idle", "mediaType": "email", "groups": [{"id": 1}, {"id": 2}]}
    row = {"id": 3, "name": "Spring", "status": "IDLE", "mediaType": "Email"}
    assert mapping.broadcast(item) == [{**row, "groupId": 1}, {**row, "groupId": 2}]
    assert mapping.broadcast({**item, "groups": None}) == [row]


@pytest.mark.parametrize(
    ("dataset", "table"),
    [
        ("contactActivities", mapping.ACTIVITIES),
        ("contacts", mapping.CONTACTS),
        ("messages", mapping.MESSAGES),
        ("broadcasts", mapping.BROADCASTS),
    ],
)
def test_every_mapped_column_is_in_the_contract(dataset: str, table: mapping.Table) -> None:
    columns = {column.name for column in load_contract()[dataset].columns}
    assert {entry.column for entry in table.values()} <= columns


@pytest.mark.parametrize(
    ("header", "seconds"), [("0", 0.0), ("17", 17.0), ("1.5", 1.5), (None, None), ("soon", None), ("99999", 3_600.0)]
)
def test_retry_after_in_seconds(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def test_retry_after_as_a_date() -> None:
    in_a_minute = datetime.now(UTC) + timedelta(seconds=60)
    assert retry_after(format_datetime(in_a_minute, usegmt=True)) == pytest.approx(60, abs=2)
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


def at(text: str) -> int:
    return wall.parse(text)


NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SETTINGS = ApiSettings(key="-", reread_days=3)


def test_what_was_read_too_soon_is_read_again_and_the_rest_is_not() -> None:
    loaded = [
        # Read on the 6th at noon: good up to the 3rd at noon.
        Loaded(at("2026-03-01"), at("2026-03-05"), datetime(2026, 3, 6, 12, tzinfo=UTC)),
        Loaded(at("2026-03-07"), at("2026-03-08"), datetime(2026, 3, 12, tzinfo=UTC)),
    ]
    found = stretches(loaded, SETTINGS, date(2026, 3, 1), date(2026, 3, 9), NOW)
    assert [(wall.text(start), wall.text(end)) for start, end in found] == [
        ("2026-03-03T12:00:00", "2026-03-04T00:00:00"),
        ("2026-03-04T00:00:00", "2026-03-05T00:00:00"),
        ("2026-03-05T00:00:00", "2026-03-06T00:00:00"),
        ("2026-03-06T00:00:00", "2026-03-07T00:00:00"),
        ("2026-03-08T00:00:00", "2026-03-09T00:00:00"),
        ("2026-03-09T00:00:00", "2026-03-10T00:00:00"),
    ]


def test_without_days_the_last_ninety_and_whatever_was_begun() -> None:
    assert len(stretches([], SETTINGS, None, None, NOW)) == 91
    long_ago = Loaded(at("2025-01-01"), at("2025-01-02"), datetime(2025, 3, 1, tzinfo=UTC))
    first, *_ = stretches([long_ago], SETTINGS, None, None, NOW)
    assert wall.text(first[0]) == "2025-01-02T00:00:00"


def test_the_wall_clock_has_gaps_and_moments() -> None:
    kyiv = ZoneInfo("Europe/Kyiv")
    # On 2026-03-29 the clocks go from 03:00 to 04:00.
    assert wall.text(wall.real(at("2026-03-29T03:20:10"), kyiv)) == "2026-03-29T04:00:00"
    assert wall.real(at("2026-03-29T02:59:59"), kyiv) == at("2026-03-29T02:59:59")
    assert wall.of_moment(datetime(2026, 7, 1, tzinfo=UTC), kyiv) == at("2026-07-01T03:00:00")
    assert wall.of_row("2026-07-01T00:00:00Z", kyiv) == at("2026-07-01T03:00:00")
    assert wall.of_row("2026-07-01 00:00:00", kyiv) == at("2026-07-01T00:00:00")
    assert wall.of_row("yesterday", kyiv) is None


class FairServer:
    """Takes so many calls in any second, and asks those beyond to come back a second later. On a clock of its own."""

    def __init__(self, limit: int, *, late: float, seed: int = 1) -> None:
        self.limit, self.late, self.rng = limit, late, random.Random(seed)
        self.now = 1_000.0
        self.taken: list[float] = []
        self.refused: list[float] = []

    def serve(self, rate: Rate, seconds: float) -> None:
        """Lets calls go as the rate says, eight at once at most; each takes 50 ms and comes late by chance."""
        number = busy = 0
        end = self.now + seconds
        events: list[tuple[float, int, str, float]] = []
        while self.now < end:
            following = max(self.now, rate.next()) if busy < 8 else float("inf")
            if not events or following <= events[0][0]:
                self.now = following
                rate.sent(self.now)
                busy, number = busy + 1, number + 1
                late = self.rng.expovariate(1 / self.late) if self.late else 0.0
                heappush(events, (self.now + 0.025 + late, number, "arrives", self.now))
                continue
            now, place, event, sent = heappop(events)
            self.now = now
            if event == "arrives" and sum(moment > now - 1 for moment in self.taken[-self.limit :]) < self.limit:
                self.taken.append(now)
                heappush(events, (now + 0.025, place, "answered", sent))
            elif event == "arrives":
                self.refused.append(now)
                rate.refused(sent, now, 1.0)
                heappush(events, (now + 1.0, place, "is back", sent))
            else:
                busy -= 1
                if event == "answered":
                    rate.accepted(now)

    @property
    def pace(self) -> float:
        """Share of the limit that was used."""
        return (len(self.taken) - 1) / (self.taken[-1] - self.taken[0]) / self.limit


@pytest.mark.parametrize(("limit", "seconds"), [(5, 200), (20, 60), (50, 60), (100, 55)])
@pytest.mark.parametrize("late", [0.0, 0.003])
def test_nine_tenths_of_a_limit_are_used_and_few_calls_refused(limit: int, seconds: float, late: float) -> None:
    server = FairServer(limit, late=late)
    server.serve(Rate(), seconds)
    assert server.pace >= 0.9
    assert len(server.refused) <= 10


def test_a_rate_that_is_far_off_comes_down_soon() -> None:
    rate, server = Rate(), FairServer(100, late=0.0)
    server.serve(rate, 10.0)
    assert 95 <= rate.calls <= 101
    server.limit = 4
    server.serve(rate, 60.0)
    assert rate.calls < 5


def test_pace_keeps_below_a_limit_and_near_it() -> None:
    limit, seconds, pause = 20, 6.0, 0.3
    pace, lock = Pace(8), threading.Lock()
    window: deque[float] = deque()
    answered: list[float] = []
    refused: list[float] = []
    end = time.monotonic() + seconds

    def call() -> bool:
        with lock:
            now = time.monotonic()
            while window and window[0] <= now - 1:
                window.popleft()
            if len(window) >= limit:
                refused.append(now)
                return False
            window.append(now)
            answered.append(now)
            return True

    def work() -> None:
        while time.monotonic() < end:
            with pace.turn() as turn:
                if call():
                    pace.accepted()
                else:
                    pace.refused(turn, pause)

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    # The first two seconds go into finding the limit out.
    settled = [moment for moment in answered if moment > end - seconds + 2]
    assert len(settled) >= 0.85 * limit * (seconds - 2)
    assert len(refused) <= 12


def test_pace_halves_what_is_under_way_when_the_platform_fails() -> None:
    pace = Pace(16)
    assert pace.parallel == 8
    with pace.turn() as first, pace.turn() as second:
        pace.failed(first)
        pace.failed(second)
    assert pace.parallel == 4, "two failures of one moment are one overload"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEY", ""),
        ("URL", "esputnik.com"),
        ("URL", "https://me:secret@esputnik.com/api"),
        ("TIMEZONE", "Kyiv"),
        ("TIMEOUT", "long"),
        ("REREAD_DAYS", "-1"),
        ("MOST_PARALLEL", "0"),
    ],
)
def test_senseless_settings_are_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("ESPUTNIK_API_KEY", "k")
    monkeypatch.setenv(f"ESPUTNIK_API_{name}", value)
    with pytest.raises(ConfigurationError, match=f"ESPUTNIK_API_{name}"):
        read_settings()


def test_memory_of_a_load_is_given_back_and_the_limit_stays(tmp_path: Path) -> None:
    settings = {"path": str(tmp_path / "w.duckdb"), "settings": {"memory_limit": "100MiB"}}
    warehouse = open_warehouse(Target("duckdb", "duckdb", settings), thrifty=True)
    # What the table's file was read into stays in memory, as far as the limit goes.
    warehouse.execute("create table t as select md5(i::varchar) as a from range(2_000_000) as r (i)")
    warehouse.execute("checkpoint")
    warehouse.execute("select max(a) from t")
    used = "select sum(memory_usage_bytes) from duckdb_memory()"
    assert warehouse.execute(used)[0][0] > 30_000_000
    warehouse.finish_tables([])
    assert warehouse.execute(used)[0][0] < 20_000_000
    assert warehouse.execute("select current_setting('memory_limit')") == [("100.0 MiB",)]
    warehouse.close()
