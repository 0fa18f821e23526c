"""The demo account, read back with DuckDB from its files; and the purchase process against its closed form."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from loader.contract import PROJECT_ROOT, load_contract
from loader.errors import ConfigurationError
from loader.sources.demo import PURCHASE_PARAMETERS, DemoSettings, export_demo
from loader.sources.demo.purchases import simulate_purchases

END = date(2025, 6, 30)
SMALL = DemoSettings(contacts=300, days=120, seed=1, end=END)
EXTRA_CONTACT_FIELDS = {"city", "loyaltylevel", "birthday", "shoesize"}


class Account:
    """The datasets of one export as views, over the files as they stand, with the file's name as `filename`."""

    def __init__(self, folder: Path, ending: str = "parquet") -> None:
        self.folder = folder
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'")
        reader = {"parquet": "read_parquet", "csv": "read_csv", "jsonl": "read_json"}[ending]
        for name in load_contract():
            files = f"{folder}/{name}[._]*{ending}"
            self.connection.execute(
                f"create view {name} as from {reader}('{files}', union_by_name = true, filename = true)"
            )
        # Old names and new ones as one, every row as often as it stands in the files.
        self.connection.execute(
            "create view acts as select coalesce(activityStatus, activity) as status,"
            " coalesce(activityDateTime, started) as moment, coalesce(statusDescription, errorCode) as reason, *"
            " from contactActivities"
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.sql(sql).fetchall()

    def one(self, sql: str) -> Any:
        (row,) = self.rows(sql)
        return row[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    export_demo(folder, SMALL)
    return folder


@pytest.fixture(scope="module")
def account(folder: Path) -> Iterator[Account]:
    account = Account(folder)
    yield account
    account.connection.close()


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_same_arguments_give_the_same_bytes_in_another_process(folder: Path, tmp_path: Path) -> None:
    program = (
        "from datetime import date; from pathlib import Path; from loader.sources.demo import *;"
        f"export_demo(Path({str(tmp_path)!r}), DemoSettings(contacts=300, days=120, seed=1, end={END!r}))"
    ).replace("datetime.date", "date")
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT_ROOT, check=True, env={"PYTHONHASHSEED": "7"})
    assert _hashes(tmp_path) == _hashes(folder)


def test_another_seed_gives_another_account(folder: Path, tmp_path: Path) -> None:
    export_demo(tmp_path, DemoSettings(contacts=300, days=120, seed=2, end=END))
    mine, other = _hashes(folder), _hashes(tmp_path)
    assert mine.keys() == other.keys()
    assert not mine.items() & other.items()


@pytest.mark.parametrize(
    "wrong", [{"contacts": 0}, {"days": 3}, {"seed": -1}, {"days": 40_000}, {"cadence": 0}, {"cadence": 8}]
)
def test_impossible_accounts_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError):
        DemoSettings(end=END, **wrong)


def test_columns_and_types_are_those_of_the_contract(account: Account) -> None:
    for name, dataset in load_contract().items():
        described = account.rows(f"select column_name, column_type from (describe {name})")
        found = {column: kind for column, kind in described if column != "filename"}
        expected = {column.name: column.duckdb_type for column in dataset.columns}
        extra = {column for column in found if column not in expected}
        assert {column.lower() for column in extra} == (EXTRA_CONTACT_FIELDS if name == "contacts" else set())
        assert {column: kind for column, kind in found.items() if column in expected} == {
            column: kind for column, kind in expected.items() if column in found
        }
        # `statusDescription` and the like come in newer files only, so all of the contract is somewhere.
        assert expected.keys() <= found.keys() | {"activity", "started"}, name


def test_number_of_contacts_is_what_was_asked_for(account: Account) -> None:
    assert account.one("select count(distinct contactId) from contacts") == 300


def test_nothing_lies_outside_the_history(account: Account) -> None:
    times = {"acts": "moment", "events": "occured", "orders": "orderDate", "contacts": "createdDate"}
    for view, column in times.items():
        first, last = account.rows(f"select min({column}), max({column}) from {view}")[0]
        assert str(first) >= "2025-03-02"
        assert str(last) < "2025-06-30"


#: Each phenomenon of the package's docstring, as a count of the rows (or keys) that show it.
PHENOMENA = {
    "rows twice in one file": "select count(*) from (select 1 from contactActivities group by all having count(*) > 1)",
    "rows in two files": (
        "select count(*) from (select contactId, messageInstanceId, broadcastId, workflowInstanceId, status, moment,"
        " clickEventLink from acts group by all having count(distinct filename) > 1)"
    ),
    "events twice": "select count(*) from (select eventId from events group by all having count(*) > 1)",
    "contacts twice": "select count(*) from (select contactId from contacts group by all having count(*) > 1)",
    "late activities": (
        "select count(*) from acts where strftime(moment, '%Y-%m-%d') < regexp_extract(filename, '2025-[0-9-]+')"
    ),
    "late events": (
        "select count(*) from events where strftime(occured, '%Y-%m-%d') < regexp_extract(filename, '2025-[0-9-]+')"
    ),
    "statuses that move": (
        "select count(*) from (select orderId from orders group by 1 having count(distinct Status) > 1)"
    ),
    "totals that move": (
        "select count(*) from (select orderId from orders group by 1 having count(distinct totalCost) > 1)"
    ),
    "lines that go": (
        "select count(*) from (select orderId from (select orderId, filename, count(*) as lines from orderItems"
        " group by all) group by orderId having count(distinct lines) > 1)"
    ),
    "old column names": "select count(*) from contactActivities where activity is not null and activityStatus is null",
    "both column names": (
        "select count(*) from contactActivities where activity is not null and activityStatus is not null"
    ),
    "new column names": "select count(*) from contactActivities where activity is null and activityStatus is not null",
    "old names in revenue": "select count(*) from revenue where activity is not null",
    "shared addresses": (
        "select count(*) from (select lower(trim(email)) from contacts where email is not null"
        " group by 1 having count(distinct contactId) > 1 and count(distinct email) > 1)"
    ),
    "spaces around addresses": "select count(*) from contacts where email != trim(email)",
    "upper case in addresses": "select count(*) from contacts where email != lower(email)",
    "phones in groups": "select count(*) from contacts where sms like '+380 (%) %-%-%'",
    "phones with a plus": "select count(*) from contacts where regexp_matches(sms, '^\\+[0-9]+$')",
    "orphan activities": "select count(*) from acts anti join contacts using (contactId)",
    "contacts without an address": "select count(*) from contacts where email is null",
    "contacts without a phone": "select count(*) from contacts where sms is null",
    "sends without an instance": (
        "select count(*) from acts where messageInstanceId is null and broadcastId is not null"
    ),
    "orders of no contact": "select count(*) from orders where contactId is null and email is not null",
    "events of nobody": "select count(*) from events where contactId is null",
    "devices without a token": "select count(*) from devices where pushToken is null",
    "devices of no contact": "select count(*) from devices where contactId is null",
    "revenue without an order number": (
        "select count(*) from revenue where orderId is null and externalOrderId is not null"
    ),
    "orders credited twice": (
        "select count(*) from (select orderId from revenue where orderId is not null"
        " group by orderId, filename having count(*) > 1)"
    ),
    "another currency": "select count(*) from revenue where currency = 'EUR'",
    "odd media types": "select count(*) from acts where mediaType in ('email', 'SMS', 'Mobile_Push', 'viber')",
    "underscored status": "select count(*) from orders where Status in ('IN_PROGRESS', 'in progress')",
    "other spelling of cancelled": "select count(*) from orders where Status = 'CANCELLED'",
    "undocumented order status": "select count(*) from orders where Status = 'RETURN_REQUESTED'",
    "undocumented activity": "select count(*) from acts where status = 'CONVERTED'",
    "abandoned carts": "select count(*) from orders where Status = 'ABANDONED_SHOPPING_CART'",
    "machine opens": (
        "select count(*) from acts as o join acts as d using (contactId, messageInstanceId)"
        " where o.status = 'RECEIVED' and d.status = 'DELIVERED'"
        " and o.workflowInstanceId is not distinct from d.workflowInstanceId"
        " and epoch(o.moment) - epoch(d.moment) between 0 and 5"
    ),
    "machine clicks": (
        "select count(*) from (select 1 from acts where status = 'CLICKED' group by contactId, messageInstanceId,"
        " broadcastId, workflowInstanceId"
        " having count(distinct clickEventLink) >= 3 and epoch(max(moment)) - epoch(min(moment)) <= 2)"
    ),
    "bounces after delivery": (
        "select count(*) from acts as b join acts as d using (contactId, messageInstanceId)"
        " where b.mediaType ilike 'email'"
        " and b.status = 'UNDELIVERED' and d.status = 'DELIVERED' and b.broadcastId is not distinct from d.broadcastId"
        " and b.workflowInstanceId is not distinct from d.workflowInstanceId"
    ),
    "opens without delivery": (
        "select count(*) from acts as o anti join (from acts where status = 'DELIVERED') as d"
        " using (contactId, messageInstanceId) where o.status = 'RECEIVED' and o.messageInstanceId is not null"
    ),
    "hard bounces": "select count(*) from acts where reason like '550 5.1.1%'",
    "blocks and soft bounces": "select count(*) from acts where reason similar to '(452 4.2.2|554 5.7.1|421|451).*'",
    "clicks to unsubscribe": (
        "select count(*) from acts where status = 'CLICKED' and clickEventLink like '%/unsubscribe%'"
    ),
    "scores by link": "select count(*) from acts where clickEventLink like '%/nps?score=%'",
    "additional fields": "select count(*) from contacts where city is not null and shoeSize is not null",
    "a broadcast still to come": "select count(*) from broadcasts where status = 'SCHEDULED' and startedDate is null",
}


@pytest.mark.parametrize("phenomenon", PHENOMENA)
def test_even_a_small_account_shows(account: Account, phenomenon: str) -> None:
    assert account.one(PHENOMENA[phenomenon]) > 0


def test_every_channel_activity_and_kind_of_campaign_is_there(account: Account) -> None:
    channels = {row[0] for row in account.rows("select distinct mediaType from acts")}
    assert channels >= {
        *("Email", "Sms", "Viber", "WebPush", "MobilePush", "AppInbox", "In-App", "Widget", "Telegram"),
    }
    statuses = {row[0] for row in account.rows("select distinct status from acts")}
    assert statuses >= {
        *("DELIVERED", "UNDELIVERED", "RECEIVED", "CLICKED", "UNSUBSCRIBED", "SPAM"),
        *("SUBSCRIPTION_CHANGED", "PUSH_SUBSCRIBED"),
    }
    workflows = account.rows(
        "select workflowId, count(distinct workflowBlockId) from acts where campaignType = 'IM' group by 1"
    )
    assert len(workflows) == 4
    assert all(blocks >= 2 for _, blocks in workflows)
    assert account.one("select max(n) from (select count(*) as n from broadcasts group by id)") > 1


def test_totals_are_the_lines_less_the_discount_in_every_version(account: Account) -> None:
    """One file holds one version of an order and of its lines."""
    wrong = account.rows(
        """
        with versions as (
            select distinct orderId, regexp_extract(filename, '_(.*)[.]', 1) as version,
                cast(totalCost as decimal(18, 2)) as total, cast(coalesce(discount, 0) as decimal(18, 2)) as discount
            from orders
        ),
        lines as (
            select orderId, regexp_extract(filename, '_(.*)[.]', 1) as version,
                sum(cast(cost as decimal(18, 2)) * quantity) as amount
            from orderItems group by all
        )
        select * from versions full join lines using (orderId, version)
        where total is distinct from amount - discount or total < 0
        """
    )
    assert wrong == []


def test_revenue_is_the_order_total_of_the_same_version_and_a_click_in_time(account: Account) -> None:
    credits = account.rows(
        """
        select r.totalCost = o.totalCost, epoch(r.orderDate) - epoch(coalesce(r.activityDateTime, r.started)),
            r.mediaType, o.Status
        from revenue as r
        join (select distinct * exclude filename, regexp_extract(filename, '_(.*)[.]', 1) as version from orders) as o
            on (r.orderId = o.orderId or (r.orderId is null and r.externalOrderId = o.externalOrderId))
            and regexp_extract(r.filename, '_(.*)[.]', 1) = o.version and r.contactId = o.contactId
        """
    )
    assert len(credits) == account.one("select count(*) from revenue") > 10
    for same_total, seconds, media_type, status in credits:
        assert same_total
        assert 0 <= seconds <= (120 if media_type == "Email" else 24) * 3_600
        assert status not in ("ABANDONED_SHOPPING_CART", "RETURN_REQUESTED")


def test_what_rows_point_at_exists(account: Account) -> None:
    dangling = {
        "items without an order": "from orderItems anti join orders using (orderId)",
        "broadcasts of no message": "from broadcasts anti join messages using (messageId)",
        "activities of no message": "from (from acts where messageId is not null) anti join messages using (messageId)",
        "activities of no broadcast": (
            "from (from acts where broadcastId is not null) as a anti join broadcasts as b on a.broadcastId = b.id"
        ),
        "launches by unknown events": (
            "from (select cast(eventId as bigint) as eventId from acts where eventId is not null)"
            " anti join events using (eventId)"
        ),
        "broken parameters": "from events where not json_valid(paramsJson)",
        "orders before the contact": "from orders join contacts using (contactId) where orderDate < createdDate",
        "mails to nobody": "from acts join contacts using (contactId) where mediaType = 'Email' and email is null",
    }
    assert {what: account.one(f"select count(*) {sql}") for what, sql in dangling.items()} == dict.fromkeys(dangling, 0)


def test_numbers_name_one_thing(account: Account) -> None:
    keys = {
        "events": "eventId",
        "contacts": "contactId",
        "messages": "messageId",
        "broadcasts": "id, groupId",
        "devices": "deviceId, applicationId",
    }
    for view, key in keys.items():
        rows = f"select distinct * exclude filename from {view}"
        assert account.rows(f"select {key} from ({rows}) group by all having count(*) > 1") == [], view
    # A shop's order number stands for one order.
    numbered = "from orders where externalOrderId is not null group by externalOrderId"
    assert account.rows(f"select externalOrderId {numbered} having count(distinct orderId) > 1") == []


def test_counters_of_contacts_are_their_activities(account: Account) -> None:
    wrong = account.rows(
        """
        with seen as (
            select distinct contactId, messageInstanceId, broadcastId, workflowInstanceId, status, moment,
                clickEventLink
            from acts where status in ('DELIVERED', 'CLICKED')
        )
        select contactId from contacts left join seen using (contactId) group by all
        having any_value(lastReceivedDate) is distinct from max(moment) filter (status = 'DELIVERED')
            or any_value(lastClickedDate) is distinct from max(moment) filter (status = 'CLICKED')
        """
    )
    assert wrong == []


def test_weekly_and_daily_rhythm(account: Account) -> None:
    night, day = account.rows(
        "select count(*) filter (hour(moment) < 4), count(*) filter (hour(moment) between 8 and 20) from acts"
        " where status = 'RECEIVED'"
    )[0]
    assert day > 20 * max(night, 1)
    weekdays = account.rows(
        "select distinct isodow(moment) from acts"
        " where mediaType = 'Email' and broadcastId is not null and status = 'DELIVERED'"
    )
    assert {weekday for (weekday,) in weekdays} == {2, 5}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The same shop with three times the broadcasts."""
    folder = tmp_path_factory.mktemp("busy")
    export_demo(folder, replace(SMALL, cadence=3))
    account = Account(folder)
    yield account
    account.connection.close()


#: Broadcasts of four weeks, which every period of the schedule divides, at the usual cadence.
FOUR_WEEKS = {"Email": 8, "WebPush": 4, "MobilePush": 4, "Viber": 2, "AppInbox": 2, "Telegram": 2, "Sms": 1}


@pytest.mark.parametrize("cadence", [1, 3])
def test_cadence_multiplies_the_broadcasts_of_every_channel(account: Account, busy: Account, cadence: int) -> None:
    # A message has the channel of its broadcast, of which its file has odd spellings too.
    spelled = "select id, replace(replace(lower(mediaType), '_', ''), ' ', '') as channel, startedDate from broadcasts"
    found = {1: account, 3: busy}[cadence].rows(
        f"""
        select channel, count(distinct id) from ({spelled})
        where startedDate >= timestamptz '2025-04-07' and startedDate < timestamptz '2025-05-05' group by 1
        """
    )
    assert dict(found) == {channel.lower(): cadence * number for channel, number in FOUR_WEEKS.items()}


def test_each_repetition_of_the_schedule_comes_a_weekday_later(busy: Account) -> None:
    mails = busy.rows(
        "select isodow(startedDate), count(distinct id) from broadcasts where lower(mediaType) = 'email'"
        " and startedDate >= timestamptz '2025-04-07' and startedDate < timestamptz '2025-05-05' group by 1"
    )
    # Tuesdays and Fridays, then Wednesdays and Saturdays, then Thursdays and Sundays.
    assert dict(mails) == dict.fromkeys(range(2, 8), 4)


def test_contacts_get_as_many_broadcasts_more_and_buy_as_before(account: Account, busy: Account) -> None:
    sends = (
        "select count(*) from (select distinct contactId, messageInstanceId from acts"
        " where broadcastId is not null and status in ('DELIVERED', 'UNDELIVERED'))"
    )
    # Segments are drawn for each broadcast, and some people have left by the later ones.
    assert 2.5 < busy.one(sends) / account.one(sends) < 3.3
    orders = "select distinct orderId, contactId, orderDate, Status from orders order by all"
    assert busy.rows(orders) == account.rows(orders)


@pytest.mark.parametrize(
    ("file_format", "reader"),
    [
        ("csv", "read_csv('{files}', union_by_name = true, filename = true, all_varchar = true, header = true)"),
        ("jsonl", "read_json('{files}', filename = true, columns = {columns})"),
    ],
)
def test_every_format_carries_the_same_rows(tmp_path: Path, file_format: Any, reader: str) -> None:
    settings = DemoSettings(contacts=100, days=60, end=END)
    export_demo(tmp_path / "parquet", settings)
    export_demo(tmp_path / "text", settings, file_format)
    account = Account(tmp_path / "parquet")
    for name in load_contract():
        described = account.rows(f"select column_name, column_type from (describe {name})")
        columns = [(column, kind) for column, kind in described if column != "filename"]
        source = reader.format(
            files=f"{tmp_path}/text/{name}[._]*", columns={column: "VARCHAR" for column, _ in columns}
        )
        stem = "parse_filename(filename, true) as stem"
        typed = ", ".join(f'cast("{column}" as {kind})' for column, kind in columns)
        text = f"select {typed}, {stem} from {source}"
        parquet = f"select * exclude filename, {stem} from {name}"
        assert account.one(f"select count(*) from ({text})") > 0
        assert account.rows(f"({text}) except all ({parquet})") == []
        assert account.rows(f"({parquet}) except all ({text})") == []


def _expected_repeats(horizon: float) -> float:
    """E[X(t)] of MBG/NBD, from the process itself.

    Given rate l and p, a customer alive is lost at rate l*p and repeats at rate l, and survives the first purchase
    with 1 - p, so E = (1 - p) / p * (1 - exp(-l * p * t)). The gamma distribution turns the exponential into
    (alpha / (alpha + p * t)) ** r; the beta distribution is integrated on a grid of p = u ** (1 / a), which takes its
    pole at 0 away.
    """
    r, alpha, a, b = (getattr(PURCHASE_PARAMETERS, name) for name in ("r", "alpha", "a", "b"))
    u = (np.arange(1_000_000) + 0.5) / 1_000_000
    p = u ** (1 / a)
    weight = (1 - p) ** (b - 1)
    repeats = (1 - p) / p * (1 - (alpha / (alpha + p * horizon)) ** r)
    return float((weight * repeats).sum() / weight.sum())


def _expected_without_repeat(horizon: float) -> float:
    """P(X(t) = 0): lost at the first purchase, which happens with E[p] = a / (a + b), or no purchase in time."""
    r, alpha, a, b = (getattr(PURCHASE_PARAMETERS, name) for name in ("r", "alpha", "a", "b"))
    return float(a / (a + b) + b / (a + b) * (alpha / (alpha + horizon)) ** r)


def test_purchases_have_the_moments_of_their_process() -> None:
    customers, horizon = 200_000, 365.0
    customer, day = simulate_purchases(np.random.default_rng(11), np.full(customers, horizon))
    repeats = np.bincount(customer, minlength=customers)
    error = repeats.std() / np.sqrt(customers)
    assert abs(repeats.mean() - _expected_repeats(horizon)) < 4 * error
    none = _expected_without_repeat(horizon)
    assert abs((repeats == 0).mean() - none) < 4 * np.sqrt(none * (1 - none) / customers)
    within = np.bincount(customer[day < 100.0], minlength=customers)
    assert abs(within.mean() - _expected_repeats(100.0)) < 4 * within.std() / np.sqrt(customers)
    assert day.min() > 0
    assert day.max() < horizon


def test_valid_order_days_of_an_account_follow_the_process(tmp_path: Path) -> None:
    """Repeat days of the account's own files, against the closed form averaged over its customers' ages."""
    export_demo(tmp_path, DemoSettings(contacts=4_000, days=400, seed=5, end=END))
    account = Account(tmp_path)
    rows = account.rows(
        """
        with latest as (select orderId, arg_max(contactId, filename) as contactId, min(orderDate) as placed,
            arg_max(Status, filename) as status from orders group by 1)
        select date_diff('day', min(placed), timestamptz '2025-06-30 00:00:00+00'),
            count(distinct cast(placed as date)) - 1
        from latest where upper(status) in ('INITIALIZED', 'IN PROGRESS', 'IN_PROGRESS', 'DELIVERED')
            and contactId is not null
        group by contactId
        """
    )
    age, repeats = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    assert len(rows) > 1_000
    # Guests' orders (1%), two purchases on one day and half days take a little away: 2% and 0.01.
    expected = np.interp(age, grid := np.linspace(0, 400, 21), [_expected_repeats(days) for days in grid]).mean()
    assert abs(repeats.mean() - expected) < 4 * repeats.std() / np.sqrt(len(rows)) + 0.02 * expected
    none = np.array([_expected_without_repeat(days) for days in age]).mean()
    assert abs((repeats == 0).mean() - none) < 4 * np.sqrt(none * (1 - none) / len(rows)) + 0.01
