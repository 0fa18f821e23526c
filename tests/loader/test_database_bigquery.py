"""Tables of a database on the BigQuery emulator: the rows that arrive, each table changed in one transaction."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.bigquery.emulator import PROJECT, Emulator
from tests.loader.conftest import Account, Outcome

pytestmark = pytest.mark.bigquery


def test_tables_are_replaced_and_merged(running: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "crm.sqlite"
    monkeypatch.setenv("ESPUTNIK_DATABASE_URL", f"sqlite:///{path}")
    account = Account(running.profiles_dir())

    def load() -> Outcome:
        return account.run(
            *("load", "--from", "database", "--target", "bigquery"),
            *("--tables", "people,orders,none", "--cursor", "orders=createdAt"),
        )

    def rows(query: str) -> list[tuple[object, ...]]:
        return running.query(query.replace("from ", f"from `{PROJECT}`.esputnik_extra."))

    with sqlite3.connect(path) as crm:
        crm.executescript(
            """
            create table people (id integer, name text, doc json);
            insert into people values (1, 'a', '{}'), (2, 'b', null);
            create table orders (id integer primary key, "createdAt" datetime, total decimal(10, 2));
            insert into orders values (1, '2024-01-01 12:00:00', 1.5), (2, '2024-01-02 12:00:00', 2.5);
            create table none (id integer);
            """
        )
    outcome = load()
    assert outcome.code == 0, outcome.err
    assert rows("select id, name, doc from people order by id") == [(1, "a", "{}"), (2, "b", None)]
    with sqlite3.connect(path) as crm:
        crm.executescript(
            """
            delete from people where id = 1; alter table people add column phone text default '5';
            delete from orders where id = 1; update orders set total = 9 where id = 2;
            insert into orders values (3, '2024-01-02 12:00:00', 3.5);
            """
        )
    since = running.mark()
    outcome = load()
    assert outcome.code == 0, outcome.err
    assert rows("select id, name, phone from people") == [(2, "b", "5")]
    assert rows("select id, createdAt, total from orders order by id") == [
        (1, datetime(2024, 1, 1, 12, tzinfo=UTC), 1.5),
        (2, datetime(2024, 1, 2, 12, tzinfo=UTC), 9.0),
        (3, datetime(2024, 1, 2, 12, tzinfo=UTC), 3.5),
    ]
    assert rows("select id from none") == []
    assert "orders, createdAt from 2024-01-02" in outcome.err
    # The emulator keeps no transactions, so the scripts that were sent have to speak for them.
    scripts = [
        sql for sql in running.statements(since) if "INSERT INTO" in sql and "`_dlt" not in sql.partition("(")[0]
    ]
    changes = {
        re.findall(r"`(\w+)`", script)[1]: [line.split()[0] for line in script.split(";\n")] for script in scripts
    }
    replaced = ["BEGIN", "TRUNCATE", "INSERT", "COMMIT"]
    assert changes == {"people": replaced, "none": replaced, "orders": ["BEGIN", "DELETE", "INSERT", "COMMIT"]}
