"""Tables of an SQLite file in the warehouse, and the address where dlt keeps its secrets."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.loader.conftest import Account, Outcome


class Shop:
    """An SQLite file, set as the database to load from."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, script: str) -> None:
        with sqlite3.connect(self.path) as connection:
            connection.executescript(script)


@pytest.fixture
def shop(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    path = tmp_path / "shop.sqlite"
    monkeypatch.setenv("ESPUTNIK_DATABASE_URL", f"sqlite:///{path}")
    return Shop(path)


def load(account: Account, *arguments: str) -> Outcome:
    return account.run("load", "--from", "database", *arguments)


def rows(account: Account, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(account.database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'; set schema = 'esputnik_extra'")
        return connection.execute(query).fetchall()


def test_values_and_types(shop: Shop, account: Account) -> None:
    shop.run(
        """
        create table items (id integer primary key, name varchar(5), price decimal(10, 2), ratio real, ok boolean,
            at datetime, day date, raw blob, whatever, "group" text);
        insert into items values (1, 'longer than five', 12.34, 0.1, 1, '2024-03-31 02:30:00', '2024-02-29', x'00ff',
            5, 'g'), (9007199254740993, 'ї', 7, 3, 0, '2024-03-31 02:30:00.123456', '0001-01-01', x'', 'text', null),
            (3, null, 0.333333333333, null, null, null, null, null, null, null);
        """
    )
    outcome = load(account, "--tables", "items")
    assert outcome.code == 0, outcome.err
    second = datetime(2024, 3, 31, 2, 30, tzinfo=UTC)
    assert rows(account, "select * exclude (_dlt_load_id) from items order by id") == [
        (1, "longer than five", 12.34, 0.1, True, second, date(2024, 2, 29), b"\x00\xff", "5", "g"),
        (3, None, 0.333333333333, *[None] * 7),
        (
            *(9007199254740993, "ї", 7.0, 3.0, False, second.replace(microsecond=123456), date(1, 1, 1)),
            *(b"", "text", None),
        ),
    ]


def test_late_row_of_the_same_second(shop: Shop, account: Account) -> None:
    """SQLite compares times as texts, in which a second without a fraction comes before the same with one."""
    shop.run("create table visits (at datetime, page text); insert into visits values ('2024-01-01 12:00:00', 'a')")
    options = ("--tables", "visits", "--cursor", "visits=at")
    assert load(account, *options).code == 0
    shop.run("insert into visits values ('2024-01-01 12:00:00', 'b'), ('2024-01-01T12:00:01', 'c')")
    for _ in range(2):
        assert load(account, *options).code == 0
        assert rows(account, "select page from visits order by 1") == [("a",), ("b",), ("c",)]


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("integer", "'seven'", "Column x of table t holds a value that does not fit its type bigint"),
        ("integer", "1.5", "Column x of table t holds a value that does not fit its type bigint"),
        ("datetime", "'yesterday'", "Table t could not be read to its end, and nothing was changed: "),
    ],
)
def test_value_of_another_type_fails_the_load(shop: Shop, account: Account, kind: str, value: str, says: str) -> None:
    """SQLite takes any value in any column."""
    shop.run(f"create table t (x {kind}); insert into t values (null)")
    assert load(account, "--tables", "t").code == 0
    shop.run(f"insert into t values ({value})")
    outcome = load(account, "--tables", "t")
    assert outcome.code == 1
    assert says in outcome.err
    assert "Traceback" not in outcome.err
    assert rows(account, "select x from t") == [(None,)]


def test_address_from_dlt_secrets(shop: Shop, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.run("create table t (x integer); insert into t values (1)")
    monkeypatch.delenv("ESPUTNIK_DATABASE_URL")
    monkeypatch.setenv("SOURCES__SQL_DATABASE__CREDENTIALS", f"sqlite:///{shop.path}")
    assert load(account, "--tables", "t").code == 0
    assert rows(account, "select x from t") == [(1,)]


def test_file_that_is_not_there_is_not_made(shop: Shop, account: Account) -> None:
    outcome = load(account, "--tables", "t")
    assert outcome.code == 2
    assert "There is no SQLite file" in outcome.err
    assert not shop.path.exists()
    shop.path.write_text("no database")
    outcome = load(account, "--tables", "t")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "file is not a database" in outcome.err
    assert not account.database.exists()


def test_options_of_other_sources_are_refused(shop: Shop, account: Account) -> None:
    shop.run("create table t (x integer)")
    for arguments, says in (
        (["--from", "database", "--tables", "t", "--path", "x"], "--path"),
        (["--from", "demo", "--tables", "t"], "--tables"),
        (["--from", "demo", "--cursor", "t=x"], "--cursor"),
        (["--from", "database", "--tables", " , "], "--tables"),
        (["--from", "database", "--tables", "t", "--datasets", "orders"], "--datasets"),
    ):
        outcome = account.run("load", *arguments)
        assert (outcome.code, outcome.err.count("\n")) == (2, 1), arguments
        assert says in outcome.err
    assert not account.database.exists()


@pytest.mark.parametrize("options", [("--cursor", "clients=moved"), ()], ids=["merged", "replaced"])
def test_rows_stay_where_those_in_their_place_cannot_be_written(
    shop: Shop, account: Account, options: tuple[str, ...]
) -> None:
    """Rows go and come in one transaction: here the new ones are refused by the warehouse after the old ones went."""
    shop.run(
        "create table clients (id integer primary key, tier text, moved integer);insert into clients values (1, 'a', 1)"
    )
    assert load(account, "--tables", "clients", *options).code == 0
    with duckdb.connect(str(account.database)) as connection:
        connection.execute("alter table esputnik_extra.clients alter column tier set not null")
    shop.run("update clients set tier = null, moved = 2")
    assert load(account, "--tables", "clients", *options).code == 1
    assert rows(account, "select id, tier, moved from clients") == [(1, "a", 1)]
    shop.run("update clients set tier = 'b'")
    assert load(account, "--tables", "clients", *options).code == 0
    assert rows(account, "select id, tier, moved from clients") == [(1, "b", 2)]
