"""The emulator behaves as BigQuery does where the other tests rely on it."""

from __future__ import annotations

import gzip
import io
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from google.api_core.exceptions import BadRequest, NotFound
from google.cloud import bigquery

from tests.bigquery.emulator import PROJECT, Emulator
from tests.bigquery.mends import mended_sql


@pytest.fixture
def dataset(client: bigquery.Client, request: pytest.FixtureRequest) -> str:
    name = request.node.name.split("[")[0]
    client.create_dataset(name, retry=None, timeout=30)
    return f"`{PROJECT}`.{name}"


@pytest.mark.parametrize(
    ("sql", "error"),
    [("select 1 +", BadRequest), ("select nothing_of_this", BadRequest), ("select * from missing.t", NotFound)],
)
def test_errors_of_queries_are_seen(emulator: Emulator, client: bigquery.Client, sql: str, error: type) -> None:
    with pytest.raises(error):
        emulator.query(sql)
    with pytest.raises(error):
        client.query(sql, retry=None, job_retry=None, timeout=30).result(retry=None, timeout=30)


def test_parquet_is_loaded_by_name(client: bigquery.Client, emulator: Emulator, dataset: str, tmp_path: Path) -> None:
    emulator.query(f"create table {dataset}.t (first string, second string, third int64)")
    pq.write_table(pa.table({"second": ["b"], "first": ["a"]}), tmp_path / "t.parquet")
    with (tmp_path / "t.parquet").open("rb") as file:
        client.load_table_from_file(
            file,
            f"{PROJECT}.test_parquet_is_loaded_by_name.t",
            job_config=bigquery.LoadJobConfig(source_format="PARQUET", write_disposition="WRITE_APPEND"),
            timeout=30,
        ).result(retry=None, timeout=30)
    assert emulator.query(f"select first, second, third from {dataset}.t") == [("a", "b", None)]


@pytest.mark.parametrize("zipped", [False, True])
def test_json_lines_are_loaded_zipped_or_not(client: bigquery.Client, emulator: Emulator, zipped: bool) -> None:
    dataset = f"json_{zipped}"
    client.create_dataset(dataset, retry=None, timeout=30)
    emulator.query(f"create table {dataset}.t (first string, second int64)")
    lines = b'{"second": 1, "first": "a"}\n{"first": "b"}\n'
    client.load_table_from_file(
        io.BytesIO(gzip.compress(lines) if zipped else lines),
        f"{PROJECT}.{dataset}.t",
        job_config=bigquery.LoadJobConfig(source_format="NEWLINE_DELIMITED_JSON"),
        timeout=30,
    ).result(retry=None, timeout=30)
    assert emulator.query(f"select first, second from {dataset}.t order by first") == [("a", 1), ("b", None)]


def test_several_columns_are_added_at_once(emulator: Emulator, dataset: str) -> None:
    emulator.query(f"create table {dataset}.t (a int64)")
    emulator.query(f"alter table {dataset}.t add column b string, add column if not exists c timestamp")
    emulator.query(f"insert into {dataset}.t (a, b, c) values (1, 'x', timestamp '2024-01-01 00:00:00+00')")
    assert emulator.query(f"select a, b, unix_seconds(c) from {dataset}.t") == [(1, "x", 1704067200)]


def test_clone_takes_the_place_of_a_table(emulator: Emulator, dataset: str) -> None:
    emulator.query(f"create table {dataset}.new (a int64); insert into {dataset}.new (a) values (2)")
    emulator.query(f"create table {dataset}.t as select 'x' as b")
    emulator.query(f"create or replace table {dataset}.t clone {dataset}.new; drop table {dataset}.new")
    assert emulator.query(f"select * from {dataset}.t") == [(2,)]


def test_table_is_created_with_columns_and_query(emulator: Emulator, dataset: str) -> None:
    emulator.query(
        f"/* a comment */ create or replace table {dataset}.t (day date options(description='a; b'), n int64 not null) "
        "partition by day cluster by n options(labels=[('a', 'b')]) as (select date '2024-01-01' as day, 2 as n)"
    )
    assert emulator.query(f"select n, cast(day as string) from {dataset}.t") == [(2, "2024-01-01")]


def test_failed_transaction_leaves_nothing(emulator: Emulator, dataset: str) -> None:
    emulator.query(f"create table {dataset}.t as select 1 as n")
    with pytest.raises(BadRequest):
        emulator.query(
            f"begin transaction; delete from {dataset}.t where true; insert into {dataset}.t (n) values (5); "
            f"select nothing_of_this from {dataset}.t; commit transaction;"
        )
    assert emulator.query(f"select n from {dataset}.t") == [(1,)]


def test_partition_changes_when_its_rows_do(emulator: Emulator, dataset: str) -> None:
    def partitions() -> dict[str, tuple[int, object]]:
        rows = emulator.query(
            f"select partition_id, total_rows, last_modified_time from {dataset}.INFORMATION_SCHEMA.PARTITIONS "
            "where table_name = 't' and total_rows > 0"
        )
        return {day: (count, changed) for day, count, changed in rows}

    emulator.query(f"create table {dataset}.t (day date, n int64) partition by day")
    emulator.query(f"insert into {dataset}.t values ('2024-01-01', 1), ('2024-01-02', 2), (null, 3), (null, 3)")
    before = partitions()
    assert {day: count for day, (count, _) in before.items()} == {"20240101": 1, "20240102": 1, "__NULL__": 2}
    emulator.query(f"update {dataset}.t set n = 5 where day = '2024-01-02'")
    after = partitions()
    assert {day for day in after if after[day] != before[day]} == {"20240102"}


def test_trim_takes_white_space_of_any_kind(emulator: Emulator) -> None:
    assert emulator.query("select trim(' a\t\u00a0'), trim('xax', 'x')") == [("a", "a")]


def test_numeric_has_nine_decimals(client: bigquery.Client, emulator: Emulator) -> None:
    client.create_dataset("numbers", retry=None, timeout=30)
    emulator.query(
        "create or replace view numbers.v as "
        "select safe_cast(1 / x as numeric) as third, cast(1 / x as numeric) as also from (select 3.0 as x)"
    )
    assert emulator.query("select third, also, round(also, 4), 'as decimal' from numbers.v") == [
        (Decimal("0.333333333"), Decimal("0.333333333"), Decimal("0.3333"), "as decimal")
    ]


def test_requests_are_written_down(emulator: Emulator) -> None:
    before = emulator.mark()
    emulator.query("select 41 + 1 as n")
    assert emulator.statements(before) == ["select 41 + 1 as n"]


def test_quotes_in_comments_do_no_harm(emulator: Emulator) -> None:
    sql = "select '-- it\\'s' as a, /* the person's */ timestamp '2024-01-01 00:00:00.5+00:00' as b -- the load's"
    ((text, moment),) = emulator.query(sql + "\nfrom unnest([1])")
    assert (text, moment.isoformat()) == ("-- it's", "2024-01-01T00:00:00.500000+00:00")


def test_other_sql_is_left_alone() -> None:
    sql = "create or replace table t partition by day as (select 1 as n, date '2024-01-01' as day)"
    assert mended_sql(sql) == sql
