"""Tables of a PostgreSQL database in the warehouse: their types, what changes between two runs, and what fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.loader.conftest import Account, Outcome
from tests.support.postgres import Database, Postgres


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture
def crm(
    postgres: Postgres, account: Account, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Database:
    """An empty database, set as the one to load from."""
    database = postgres.database(f"db_{abs(hash(request.node.name))}")
    monkeypatch.setenv("ESPUTNIK_DATABASE_URL", database.address())
    return database


def load(account: Account, tables: str, *options: str) -> Outcome:
    return account.run("load", "--from", "database", "--tables", tables, *options)


def query(account: Account, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(account.database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'; set schema = 'esputnik_extra'")
        return connection.execute(sql).fetchall()


def rows(account: Account, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    return query(account, f"select {columns} from {table} order by all")


def test_values_and_types(crm: Database, account: Account) -> None:
    """The server's session is in New York, the loader's warehouse in UTC: neither may show."""
    crm.execute(
        "create type mood as enum ('calm', 'loud')",
        'create table "typeZoo" (id bigint primary key, small smallint, "camelCase" varchar(20), "order" text,'
        " price numeric(10, 2), free numeric, wide numeric(60, 30), ratio double precision, ok boolean,"
        " at timestamptz, local timestamp, born date, opens time, doc json, docb jsonb, token uuid, raw bytea,"
        " numbers int[], words text[], span interval, mood mood, address inet)",
        """insert into "typeZoo" values (9007199254740993, -7, 'ціна; "a"', 'x', 12345678.90, 0.123456789,
        1.123456789012345678901234567890, 0.1, true, '2024-03-31 01:30:00+03', '2024-03-31 02:30:00.123456',
        '2024-02-29', '23:59:59.5', '{"b":  1}', '{"b":  1}', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '\\x00ff',
        '{1,null,3}', '{"x,y",z}', '1 day 02:00', 'loud', '10.0.0.1')""",
        'insert into "typeZoo" (id) values (2)',
    )
    outcome = load(account, "typeZoo")
    assert outcome.code == 0, outcome.err
    found = query(account, 'select * exclude (_dlt_load_id) from "typeZoo" order by id desc')
    assert found == [
        (
            *(9007199254740993, -7, 'ціна; "a"', "x", Decimal("12345678.90"), Decimal("0.123456789")),
            *("1.123456789012345678901234567890", 0.1, True),
            datetime(2024, 3, 30, 22, 30, tzinfo=UTC),
            datetime(2024, 3, 31, 2, 30, 0, 123456, tzinfo=UTC),
            *(date(2024, 2, 29), time(23, 59, 59, 500000), '{"b":  1}', '{"b": 1}'),
            *("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", b"\x00\xff", "[1,null,3]", '["x,y","z"]'),
            *("1 day 02:00:00", "loud", "10.0.0.1/32"),
        ),
        (2, *[None] * 21),
    ]
    types = dict(query(account, 'select column_name, column_type from (describe "typeZoo")'))
    assert list(types)[:4] == ["id", "small", "camelCase", "order"]
    assert types["price"] == "DECIMAL(10,2)"
    assert types["local"] == types["at"] == "TIMESTAMP WITH TIME ZONE"
    ((load_id,),) = query(account, "select load_id from _dlt_loads where status = 0")
    assert query(account, 'select distinct _dlt_load_id from "typeZoo"') == [(load_id,)]
    schemas = query(account, "select distinct table_schema from information_schema.tables")
    assert {name for (name,) in schemas} == {"esputnik_extra", "esputnik_extra_staging"}, "no table of the export"


def test_replaced_table_follows_the_database(crm: Database, account: Account) -> None:
    crm.execute("create table t (id int, name text)", "insert into t values (1, 'a'), (2, 'b'), (2, 'b')")
    crm.execute(
        "create schema shop", "create table shop.visits (day date)", "create view big as select id from t where id > 1"
    )
    assert load(account, "t, shop.visits, big").code == 0
    assert rows(account, "t", "id, name") == [(1, "a"), (2, "b"), (2, "b")]
    assert rows(account, "big", "id") == [(2,), (2,)]
    assert rows(account, "visits", "day") == []
    crm.execute("alter table t add column phone text default '+380'", "delete from t where id = 2")
    assert load(account, "t").code == 0
    assert rows(account, "t", "id, name, phone") == [(1, "a", "+380")]
    assert rows(account, "big", "id") == [(2,), (2,)], "a table that is not named stays as it is"
    crm.execute("delete from t", "alter table t drop column name")
    assert load(account, "t,big").code == 0
    assert rows(account, "t") == rows(account, "big") == []


def test_cursor_with_a_primary_key(crm: Database, account: Account) -> None:
    crm.execute(
        "create table orders (id int primary key, total int, updated_at timestamptz not null)",
        "insert into orders values (1, 10, '2024-01-01 12:00+00'), (2, 20, '2024-01-02 12:00+00'),"
        " (3, 30, '2024-01-02 12:00+00'), (4, 40, '2023-06-01 00:00+00')",
    )
    assert load(account, "orders", "--cursor", "orders=updated_at").code == 0
    crm.execute(
        "delete from orders where id = 3",
        "update orders set total = 11, updated_at = '2024-01-03 12:00+00' where id = 1",
        "update orders set total = 99 where id = 4",
        "alter table orders add column note text default 'n'",
        # As late as the newest, earlier than it from a transaction that took long, and new.
        "insert into orders values (5, 50, '2024-01-02 12:00+00'), (6, 60, '2024-01-02 11:30+00'),"
        " (7, 70, '2024-01-04 12:00+00')",
    )
    outcome = load(account, "orders", "--cursor", "orders=updated_at")
    assert outcome.code == 0, outcome.err
    assert "5 " in outcome.out, "rows 1, 2, 5, 6 and 7 are read"
    assert rows(account, "orders", "id, total, note") == [
        (1, 11, "n"),
        (2, 20, "n"),
        (3, 30, None),  # deleted in the database, which no cursor can tell
        (4, 40, None),  # changed without its cursor
        (5, 50, "n"),
        (6, 60, "n"),
        (7, 70, "n"),
    ]
    assert load(account, "orders").code == 0
    assert rows(account, "orders", "id, total, note") == [
        *((1, 11, "n"), (2, 20, "n"), (4, 99, "n"), (5, 50, "n"), (6, 60, "n"), (7, 70, "n"))
    ]


def test_cursor_without_a_primary_key(crm: Database, account: Account) -> None:
    crm.execute(
        "create table visits (at timestamp, page text)",
        "insert into visits values ('2024-01-01 12:00', 'a'), ('2024-01-01 12:00', 'a'), ('2023-12-01 08:00', 'b')",
    )
    options = ("visits", "--cursor", "visits=at")
    assert load(account, *options).code == 0
    # The same moment, late; and rows that are equal in all columns, which are both rows of the table.
    crm.execute(
        "insert into visits values ('2024-01-01 12:00', 'c'), ('2024-01-01 12:05', 'd'), ('2024-01-01 12:05', 'd')"
    )
    expected = [("a",), ("a",), ("b",), ("c",), ("d",), ("d",)]
    for _ in range(2):
        assert load(account, *options).code == 0
        assert rows(account, "visits", "page") == expected
    crm.execute("insert into visits values (null, 'lost')")
    outcome = load(account, *options)
    assert outcome.code == 1
    assert "visits has rows without a value in its cursor at" in outcome.err
    assert rows(account, "visits", "page") == expected


def test_cursor_values_of_the_future_and_none(crm: Database, account: Account) -> None:
    crm.execute(
        "create table c (id int primary key, seen timestamptz, n numeric(6, 2), day date)",
        "insert into c values (1, '2999-01-01', 1.5, '2999-01-01'), (2, null, null, null)",
    )
    assert load(account, "c", "--cursor", "c=seen").code == 0
    crm.execute("insert into c values (3, now(), 1.5, current_date)", "update c set n = 7 where id = 2")
    assert load(account, "c", "--cursor", "c=seen").code == 0
    assert rows(account, "c", "id, n") == [(1, Decimal("1.50")), (2, Decimal("7.00")), (3, Decimal("1.50"))]
    crm.execute("insert into c values (4, null, 7, current_date), (5, null, 6.99, null)")
    assert load(account, "c", "--cursor", "c=n").code == 0
    assert rows(account, "c", "id") == [(1,), (2,), (3,), (4,)], "5 is below the newest n, 7"
    assert load(account, "c", "--cursor", "c=day").code == 0
    assert rows(account, "c", "id") == [(1,), (2,), (3,), (4,), (5,)]


def test_changed_type_is_refused_and_a_dropped_table_is_read_again(crm: Database, account: Account) -> None:
    crm.execute("create table t (id int primary key, n numeric(6, 2))", "insert into t values (1, 1.25)")
    assert load(account, "t", "--cursor", "t=id").code == 0
    crm.execute("alter table t alter n type numeric(8, 4)", "insert into t values (2, 1.2345)")
    outcome = load(account, "t", "--cursor", "t=id")
    assert outcome.code == 2
    assert "Column n of table t is of type decimal(8, 4) now, and of type decimal(6, 2)" in outcome.err
    assert rows(account, "t", "id, n") == [(1, Decimal("1.25"))]
    crm.execute("alter table t alter n type numeric")
    assert load(account, "t", "--cursor", "t=id").code == 2, "decimal(38, 9) does not fit either"
    crm.execute("alter table t alter n type numeric(5, 1)")
    assert load(account, "t", "--cursor", "t=id").code == 0, "a narrower one does"
    assert rows(account, "t", "id, n") == [(1, Decimal("1.30")), (2, Decimal("1.20"))]
    crm.execute("alter table t alter n type numeric(8, 4)", "update t set n = n + 0.0345")
    for _ in range(2):  # with the old type staged, and with nothing changed since
        with duckdb.connect(str(account.database)) as connection:
            connection.execute("drop table esputnik_extra.t")
        assert load(account, "t", "--cursor", "t=id").code == 0
        assert rows(account, "t", "id, n") == [(1, Decimal("1.3345")), (2, Decimal("1.2345"))]


@pytest.mark.parametrize(
    ("definition", "value", "says"),
    [
        ("numeric", "0.1234567891", "Column x of table t holds a value that does not fit its type decimal"),
        ("numeric", "'NaN'", "Column x of table t holds a value that does not fit its type decimal"),
        (
            "timestamp",
            "'infinity'",
            "Table t could not be read to its end, and nothing was changed: timestamp too large",
        ),
    ],
)
def test_value_that_does_not_fit_fails_the_load(
    crm: Database, account: Account, definition: str, value: str, says: str
) -> None:
    crm.execute(f"create table t (x {definition})", "create table other (x int)", "insert into other values (1)")
    assert load(account, "t,other").code == 0
    crm.execute(f"insert into t values ({value})", "insert into other values (2)")
    outcome = load(account, "other,t")
    assert (outcome.code, outcome.err.count("\n")) == (1, 3), outcome.err
    assert says in outcome.err
    assert rows(account, "other", "x") == [(1,)]


def test_wrong_use_is_one_sentence_and_changes_nothing(
    postgres: Postgres, crm: Database, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm.execute("create table orders (id int primary key, doc json)", 'create table twin ("A" int, a int)')
    crm.execute("create table secret_table (x int)", "create role reader login password 'other'")
    url = "ESPUTNIK_DATABASE_URL"
    good = crm.address()
    closed = crm.address(port=1)
    for address, arguments, says in [
        (good, ["--tables", "order"], "no table or view order. It has: orders"),
        (good, ["--tables", "nowhere.orders"], "no table or view nowhere.orders"),
        (good, ["--tables", "orders", "--cursor", "orders=changed"], "no column changed for --cursor. It has: id, doc"),
        (good, ["--tables", "orders", "--cursor", "orders=doc"], "Column doc of table orders cannot be a cursor"),
        (good, ["--tables", "orders", "--cursor", "ordres=id"], "--cursor names ordres"),
        (good, ["--tables", "orders", "--cursor", "orders"], "TABLE=COLUMN"),
        (good, ["--tables", "twin"], "columns A and a"),
        (good, ["--tables", "orders,public.orders"], "same table"),
        (good, [], "--tables"),
        (crm.address(username="reader", password="other"), ["--tables", "secret_table"], "permission denied"),
        (crm.address(password="wrong"), ["--tables", "orders"], "password authentication failed"),
        (crm.address(database="nodb"), ["--tables", "orders"], 'database "nodb" does not exist'),
        (closed, ["--tables", "orders"], "refused"),
        (crm.address(host="no-such-host.invalid"), ["--tables", "orders"], "no-such-host.invalid"),
        (good.replace("%40", "@"), ["--tables", "orders"], "%40"),
        (good.replace("postgresql", "postgresqll"), ["--tables", "orders"], "`postgresqll` is no kind of database"),
        (good.replace("postgresql", "oracle"), ["--tables", "orders"], "The driver for `oracle` is not installed"),
        (f"{postgres.secret} and no address", ["--tables", "orders"], "not an address like"),
        ("", ["--tables", "orders"], "No database is named"),
    ]:
        monkeypatch.setenv(url, address)
        outcome = account.run("load", "--from", "database", *arguments)
        assert (outcome.code, outcome.err.count("\n"), outcome.out) == (2, 1, ""), (says, outcome)
        assert says in outcome.err
        assert postgres.secret not in outcome.err
    assert not account.database.exists()


def test_password_is_nowhere(postgres: Postgres, crm: Database, account: Account, tmp_path: Path) -> None:
    """Neither in what is said, nor in the warehouse, nor in what a run leaves on disk when it is killed."""
    crm.execute("create table t (x numeric)", "insert into t values (1)")
    outcomes = [load(account, "t"), load(account, "t", "--cursor", "t=x")]
    crm.execute("insert into t values (0.1234567891)")
    outcomes.append(load(account, "t"))
    assert [outcome.code for outcome in outcomes] == [0, 0, 1]
    assert postgres.secret not in str(outcomes)
    with duckdb.connect(str(account.database), read_only=True) as connection:
        everything = query(account, "select table_schema, table_name from information_schema.tables")
        assert len(everything) == 6, "the copied table, the three tables of bookkeeping, and two staged"
        for schema, table in everything:
            assert postgres.secret not in str(connection.sql(f'from "{schema}"."{table}"').fetchall())
    crm.execute("delete from t", "insert into t select i from generate_series(1, 200000) i")
    process = account.start("load", "--from", "database", "--tables", "t", environment={"TMPDIR": str(tmp_path)})
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Writing"):
            break
    process.kill()
    process.communicate()
    left = [path for path in tmp_path.rglob("*") if path.is_file() and "account" not in path.parts]
    assert any("parquet" in path.name for path in left), "the killed run leaves its files behind"
    assert not [path for path in left if postgres.secret.encode() in path.read_bytes()]
