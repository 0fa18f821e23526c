"""The paid connector's own tables: the project builds on them with nothing changed but vars.

Each variant is an age of the export: old column names, new ones, both; times as timestamps or as text; datasets that an
account does not have. None has the loader's columns, and no table is partitioned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from loader.contract import load_contract
from tests.support.dbt import Dbt

#: Columns that only newer exports have, and the names that the vendor is about to remove.
LATER = {"contactActivities": {"eventId", "iid", "osName", "osType"}}
OLD = {"activity", "started", "errorCode"}
NEW = {"activityStatus", "activityDateTime", "statusDescription"}

ROWS: Mapping[str, list[dict[str, object]]] = {
    "contacts": [
        {"contactId": 1, "email": " Anna@Example.com", "createdDate": "2024-01-01 08:00:00", "totalSent": 3},
        {"contactId": 2, "email": None, "sms": "+380 67 000 00 02", "createdDate": "2024-01-02 08:00:00"},
    ],
    "contactActivities": [
        {"contactId": 1, "status": "DELIVERED", "at": "2024-02-01 23:30:00", "messageInstanceId": 7, "broadcastId": 5},
        {"contactId": 1, "status": "RECEIVED", "at": "2024-02-02 00:10:00", "messageInstanceId": 7, "broadcastId": 5},
        {"contactId": 1, "status": "RECEIVED", "at": "2024-02-02 00:10:00", "messageInstanceId": 7, "broadcastId": 5},
        {
            "contactId": 2,
            "status": "UNDELIVERED",
            "at": "2024-02-01 09:00:00",
            "messageInstanceId": 8,
            "error": "550 x",
        },
    ],
    "broadcasts": [
        {"id": 5, "groupId": 1, "name": "Spring", "mediaType": "Email", "startedDate": "2024-02-01 23:00:00"}
    ],
    "messages": [{"messageId": 3, "name": "Spring", "mediaType": "Email", "annoyanceLevel": 1}],
    "devices": [{"deviceId": "d", "applicationId": 4, "contactId": 1, "pushToken": "t"}],
    "orders": [
        {"orderId": 9, "contactId": 1, "Status": "IN PROGRESS", "totalCost": 10.5, "orderDate": "2024-02-02 10:00:00"}
    ],
    "orderItems": [
        {"orderId": 9, "externalProductId": "a", "quantity": 2, "cost": 3.0},
        {"orderId": 9, "externalProductId": "a", "quantity": 2, "cost": 3.0},
    ],
    "revenue": [
        {
            "orderId": 9,
            "contactId": 1,
            "status": "CLICKED",
            "at": "2024-02-02 00:11:00",
            "broadcastId": 5,
            "totalCost": 10.5,
        }
    ],
    "events": [{"eventId": 11, "contactId": 1, "eventTypeKey": "view", "occured": "2024-02-02 00:00:00"}],
}
#: What an activity's row calls its status, time and error text, by name of the column.
ROLES = {
    "activity": "status",
    "activityStatus": "status",
    "started": "at",
    "activityDateTime": "at",
    "errorCode": "error",
    "statusDescription": "error",
}


@dataclass(frozen=True)
class Variant:
    """One age of the native export."""

    name: str
    without: frozenset[str]
    later: bool
    time_type: str
    absent: frozenset[str] = frozenset()
    #: What is built; behind staging and the report of its health no model sees how columns were called.
    selected: tuple[str, ...] = ()


VARIANTS = [
    Variant(
        "old_names",
        without=frozenset(NEW),
        later=False,
        time_type="timestamp",
        absent=frozenset({"events"}),
        selected=("--select", "+rpt_data_health", "--indirect-selection", "buildable"),
    ),
    Variant(
        "renamed", without=frozenset(OLD), later=False, time_type="varchar", absent=frozenset({"events", "devices"})
    ),
    Variant("both_names_and_later_columns", without=frozenset(), later=True, time_type="timestamptz"),
]
TYPES = {"INT64": "bigint", "FLOAT64": "double", "STRING": "varchar"}


def export(path: Path, variant: Variant) -> None:
    """Creates the tables of a native export in schema `platform_export`."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("create schema platform_export")
        for dataset in load_contract().values():
            if dataset.name in variant.absent:
                continue
            columns = [
                column
                for column in dataset.columns
                if column.name not in variant.without
                and (variant.later or column.name not in LATER.get(dataset.name, ()))
            ]
            types = [TYPES.get(column.data_type, variant.time_type) for column in columns]
            table = f'platform_export."{dataset.name}"'
            described = ", ".join(f'"{column.name}" {kind}' for column, kind in zip(columns, types, strict=True))
            connection.execute(f"create table {table} ({described})")
            marks = ", ".join("?" for _ in columns)
            for row in ROWS[dataset.name]:
                values = [row.get(column.name, row.get(ROLES.get(column.name, ""))) for column in columns]
                connection.execute(f"insert into {table} values ({marks})", values)


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path)) as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_project_builds_on_the_native_export(dbt: Dbt, tmp_path: Path, variant: Variant) -> None:
    database = tmp_path / "native.duckdb"
    export(database, variant)
    variables = {"raw_schema": "platform_export", "as_of": "2024-02-03T00:00:00Z"}
    untested = ("--exclude-resource-type", "unit_test")
    dbt("build", *variant.selected, *untested, database=database, variables=variables)

    activities = "esputnik_staging.stg_esputnik__contact_activities"
    assert rows(
        database,
        "select contact_id, activity_status, strftime(activity_at, '%d %H:%M'), activity_day, status_description"
        f" from {activities} order by all",
    ) == [
        (1, "DELIVERED", "01 23:30", dt.date(2024, 2, 1), None),
        (1, "RECEIVED", "02 00:10", dt.date(2024, 2, 2), None),
        (2, "UNDELIVERED", "01 09:00", dt.date(2024, 2, 1), "550 x"),
    ]
    assert rows(database, "select count(*) from esputnik_staging.stg_esputnik__order_items") == [(2,)]
    assert rows(database, "select workflow_id, total_cost from esputnik_staging.stg_esputnik__revenue") == [
        (None, 10.5)
    ]
    events = rows(database, "select event_id from esputnik_staging.stg_esputnik__events")
    assert events == ([] if "events" in variant.absent else [(11,)])

    # Nobody told how these rows came here, but what is wrong with them can be counted.
    assert rows(
        database,
        "select raw_rows, staged_rows, duplicates_removed, orphan_rows, rows_without_message_instance,"
        " unknown_statuses, freshness_hours, loads, last_load_at, rows_superseded, rows_rejected"
        " from esputnik_reports.rpt_data_health where dataset = 'contactActivities'",
    ) == [(4, 3, 1, 0, 0, 0, 23.8, None, None, None, None)]
    assert rows(database, "select count(*) from esputnik_reports.rpt_data_health") == [(9,)]

    # A row that comes later changes its day, and the build after it sees that without partitions or load ids.
    with duckdb.connect(str(database)) as connection:
        connection.execute('update platform_export."contactActivities" set "contactId" = 3 where "contactId" = 2')
    dbt("run", "--select", "stg_esputnik__contact_activities", database=database, variables=variables)
    assert rows(database, f"select contact_id from {activities} order by all") == [(1,), (1,), (3,)]


def test_times_without_offset_are_read_in_the_export_timezone(dbt: Dbt, tmp_path: Path) -> None:
    database = tmp_path / "native.duckdb"
    export(database, VARIANTS[0])
    variables = {"raw_schema": "platform_export", "export_timezone": "Europe/Kyiv"}
    dbt("run", "--select", "stg_esputnik__contact_activities", database=database, variables=variables)
    # 00:10 in Kyiv, two hours ahead in winter, is the evening before in UTC.
    assert rows(
        database,
        "select strftime(activity_at, '%d %H:%M'), activity_day from esputnik_staging.stg_esputnik__contact_activities"
        " where activity_status = 'RECEIVED'",
    ) == [("01 22:10", dt.date(2024, 2, 1))]


def test_wrong_raw_schema_stops_the_build_and_says_what_to_set(dbt: Dbt, tmp_path: Path) -> None:
    database = tmp_path / "empty.duckdb"
    result = dbt.attempt("run", "--select", "staging", database=database, variables={"raw_schema": "nowhere"})
    assert not result.success
    messages = " ".join(str(node.message) for node in result.result)
    assert "nowhere" in messages
    assert "raw_schema" in messages
