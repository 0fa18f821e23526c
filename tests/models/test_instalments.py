"""Incremental equals full, end to end: an account that comes in six instalments, against the same account in one load.

The instalments carry what real exports do: rows of earlier days that come late, rows that come twice, orders in a
later state, cancelled or of another amount, revenue of another amount, an edited e-mail. In between rows are deleted
from the raw table, one load dies between its tables and another between its rows and the record of its end. After each
instalment the project is built by days; in the end every table equals that of a database into which all files went at
once, and which was built once, in full.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.support.dbt import Dbt, columns_without_loads

INSTALMENTS = 6
VARIABLES = {"as_of": "2024-06-30T12:00:00Z"}
EVENTS = {"contactActivities": "coalesce(activityDateTime, started)", "events": "occured"}
ENTITIES = ("broadcasts", "contacts", "devices", "messages", "orderItems", "orders", "revenue")


@pytest.fixture(scope="module")
def folder(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo account as files, `<dataset>_<instalment>.parquet` in a folder for each instalment."""
    folder = tmp_path_factory.mktemp("instalments")
    with duckdb.connect(str(demo_database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for number in range(INSTALMENTS):
            (folder / str(number)).mkdir()
            for dataset, time in EVENTS.items():
                # A sixth of the time, but one row in thirteen comes two instalments late, and one in eleven twice.
                rows = f"""
                    select * exclude (instalment) from (
                        select * exclude (_day, _dlt_load_id),
                            ntile({INSTALMENTS}) over (order by {time} nulls first) - 1
                            + case when hash(contactId, {time}) % 13 = 0 then 2 else 0 end as instalment
                        from esputnik_raw."{dataset}"
                    )
                    where least(instalment, {INSTALMENTS - 1}) = {number}
                        or (instalment = {number - 1} and hash(contactId) % 11 = 0)
                """
                _write(connection, rows, folder / str(number) / f"{dataset}_{number}.parquet")
            for dataset in ENTITIES:
                # Everything at first and from the middle on, a third of the keys in between.
                some = f"{number} in (0, 3, 5) or hash({_key(dataset)}) % 3 = {number} % 3"
                rows = f'select {_columns(dataset, number)} from esputnik_raw."{dataset}" where {some}'
                _write(connection, rows, folder / str(number) / f"{dataset}_{number}.parquet")
    return folder


def _columns(dataset: str, number: int) -> str:
    """What an instalment has of a dataset: orders end, change or are cancelled midway, e-mails are edited each time."""
    dearer = f"case when {number} < 3 and orderId % 5 = 0 then totalCost + 10 else totalCost end as totalCost"
    status = f"""
        case when {number} < 3 and Status = 'DELIVERED' then 'IN PROGRESS'
            when {number} >= 3 and orderId % 7 = 0 then 'CANCELED' else Status end as Status
    """
    replaced = {
        "orders": f"{status}, {dearer}",
        "revenue": dearer,
        "contacts": f"case when contactId % 50 = 3 then 'edited{number}@example.com' else email end as email",
    }
    own = "_dlt_load_id, _set" if dataset == "revenue" else "_dlt_load_id"
    return f"* exclude ({own})" + (f" replace ({replaced[dataset]})" if dataset in replaced else "")


def _key(dataset: str) -> str:
    return {"broadcasts": "id", "contacts": "contactId", "devices": "deviceId", "messages": "messageId"}.get(
        dataset, "orderId"
    )


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"copy ({query}) to '{path}' (format parquet)")


def execute(database: Path, sql: str) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(sql)


def delete_rows(database: Path) -> None:
    """A contact asked to be forgotten."""
    execute(database, 'delete from esputnik_raw."contactActivities" where "contactId" % 37 = 5')


def die_between_tables(database: Path) -> None:
    """What a load leaves that dies when its first table is written: rows, known to have been started, never ended."""
    execute(
        database,
        """
        insert into esputnik_raw."contactActivities"
        select * replace ('1700000000.1' as _dlt_load_id, 'BROKEN' as "activityStatus")
        from esputnik_raw."contactActivities" using sample 100 rows (reservoir, 1)
        """,
    )


def die_before_the_record(database: Path) -> None:
    """The same with all event tables written, and only the load's own record missing."""
    die_between_tables(database)
    execute(
        database,
        """
        insert into esputnik_raw.events
        select * replace ('1700000000.1' as _dlt_load_id, 'BROKEN' as "eventTypeKey")
        from esputnik_raw.events using sample 100 rows (reservoir, 1)
        """,
    )


def tables(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every built table and view but the ledgers, its rows in order."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        names = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where regexp_matches(table_schema, '^esputnik_(staging|marts|reports|segments)$')"
            " and table_name not like '%__ledger' order by 1"
        ).fetchall()
        return {
            name: connection.execute(
                f"select columns(*)::varchar from (select {columns_without_loads(name)} from {name}) order by all"
            ).fetchall()
            for (name,) in names
        }


def test_six_instalments_end_where_one_full_build_does(dbt: Dbt, folder: Path, tmp_path: Path) -> None:
    # Of one name, as the project is parsed once for each.
    by_days, at_once = tmp_path / "by_days" / "account.duckdb", tmp_path / "at_once" / "account.duckdb"
    for database in (by_days, at_once):
        database.parent.mkdir()
    dbt("seed", database=by_days, variables=VARIABLES)
    for number in range(INSTALMENTS):
        dbt.load("--from", "files", "--path", str(folder / str(number)), database=by_days)
        if number == 2:
            delete_rows(by_days)
        if number == 3:
            die_between_tables(by_days)
        if number == 4:
            die_before_the_record(by_days)
        dbt("run", database=by_days, variables=VARIABLES)
    delete_rows(by_days)
    dbt("run", database=by_days, variables=VARIABLES)

    everything = tmp_path / "everything"
    everything.mkdir()
    for path in folder.glob("*/*.parquet"):
        shutil.copy(path, everything)
    dbt.load("--from", "files", "--path", str(everything), database=at_once)
    delete_rows(at_once)
    dbt("seed", database=at_once, variables=VARIABLES)
    dbt("run", "--full-refresh", database=at_once, variables=VARIABLES)

    found, expected = tables(by_days), tables(at_once)
    assert found.keys() == expected.keys()
    with duckdb.connect(str(at_once), read_only=True) as connection:
        # Orders that were valid in the first three instalments, and are not any more.
        orders = connection.sql("from esputnik_marts.fct_orders")
        assert len(orders.filter("order_status = 'cancelled' and order_id % 7 = 0")) > 10
    assert len(expected["esputnik_staging.stg_esputnik__contact_activities"]) > 5_000
    different = {name: (len(found[name]), len(rows)) for name, rows in expected.items() if found[name] != rows}
    assert not different
