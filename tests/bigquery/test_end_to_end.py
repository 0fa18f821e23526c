"""The same account, loaded and built through BigQuery's clients in two instalments, and on DuckDB at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from google.cloud import bigquery

from loader.contract import load_contract
from tests.bigquery.account import Account
from tests.bigquery.analyzer import own_fields, unwrap
from tests.bigquery.catalog import Replay
from tests.bigquery.emulator import PROJECT
from tests.support.dbt import columns_without_loads

RAW = "esputnik_raw"
COMPARED = ("staging", "reports", "segments", "marts")


@pytest.fixture(scope="module")
def duck(account: Account) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(account.database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def difference(duck: duckdb.DuckDBPyConnection, client: bigquery.Client, schema: str, table: str) -> str:
    """What the two engines' tables do not share; empty where they are equal sets of rows."""
    query = client.query_and_wait(f"select * from `{PROJECT}`.{schema}.{table}", retry=None, job_retry=None)
    duck.register("there", query.to_arrow(create_bqstorage_client=False))
    compared = columns_without_loads(f"{schema}.{table}")
    names = [column[0] for column in duck.execute(f'select {compared} from "{schema}"."{table}" limit 0').description]
    there_names = [column[0] for column in duck.execute(f"select {compared} from there limit 0").description]
    if names != there_names:
        return f"{schema}.{table}: columns on DuckDB {names}, on BigQuery {there_names}"
    types = dict(duck.execute(f'select column_name, column_type from (describe "{schema}"."{table}")').fetchall())
    columns = ", ".join(f'cast("{name}" as {types[name]}) as "{name}"' for name in names)
    here, there = (
        f'select {compared} from "{schema}"."{table}"',
        f"select {columns} from (select {compared} from there)",
    )
    parts = []
    for engine, rows in (("DuckDB", f"({here}) except all ({there})"), ("BigQuery", f"({there}) except all ({here})")):
        only = duck.execute(rows).fetchall()
        if only:
            parts.append(
                f"{schema}.{table}: {len(only)} rows on {engine} only, e.g. {dict(zip(names, only[0], strict=True))}"
            )
    return "\n".join(parts)


def test_loads_and_builds_succeed(account: Account) -> None:
    assert not account.failures, "\n\n".join(account.failures)


def test_every_table_is_the_same_on_both_engines(
    account: Account, duck: duckdb.DuckDBPyConnection, client: bigquery.Client
) -> None:
    models = [
        (node["schema"], node["alias"])
        for node in account.manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["config"]["materialized"] != "ephemeral"
        and node["schema"].rpartition("_")[2] in COMPARED
    ]
    assert len(models) > 10
    differences = [found for schema, table in models if (found := difference(duck, client, schema, table))]
    assert not differences, "\n".join(differences)


def test_both_instalments_are_there(account: Account, client: bigquery.Client) -> None:
    """Rows of the files that came second are in staging: by day, since late rows fall into older days."""
    lines = 0
    for path in (account.folder / "everything").glob("events*.csv"):
        lines += sum(1 for _ in path.open()) - 1
    (count,) = next(iter(client.query_and_wait(f"select count(*) from {RAW}.events where true", retry=None)))
    assert count == lines


def test_second_build_wrote_days_only(replay: Replay) -> None:
    kinds = {
        judged.statement.kind
        for judged in replay.steps["second build"]
        if judged.node == "model.esputnik.stg_esputnik__contact_activities"
    }
    assert "ResolvedDeleteStmtProto" in kinds
    assert "ResolvedCreateTableAsSelectStmtProto" not in kinds


def created(replay: Replay, schema: str, table: str) -> Any:
    """The resolved statement that created a table last."""
    return [
        judged.statement.tree
        for judged in replay.judged
        if judged.statement.kind.startswith("ResolvedCreateTable") and judged.statement.target[-2:] == (schema, table)
    ][-1]


def layout(tree: Any) -> tuple[list[str], list[str]]:
    """Names of the partition and cluster columns of a created table."""
    partition, cluster = (
        [unwrap(item).column.name for item in own_fields(tree, field)]
        for field in ("partition_by_list", "cluster_by_list")
    )
    return partition, cluster


def test_raw_tables_are_partitioned_clustered_and_described(replay: Replay, account: Account) -> None:
    for dataset in load_contract().values():
        tree = created(replay, RAW, dataset.name)
        assert layout(tree) == ([dataset.partition] if dataset.partition else [], list(dataset.cluster))
        options = {
            definition.name: {option.name for option in definition.annotations.option_list}
            for definition in own_fields(tree, "column_definition_list")
        }
        assert all("description" in options[column.name] for column in dataset.columns), dataset.name
        assert "description" in {option.name for option in own_fields(tree, "option_list")}, dataset.name


def test_raw_tables_are_labelled_and_events_need_a_filter(account: Account) -> None:
    patched: dict[str, dict[str, Any]] = {}
    for request in account.requests("first load", "first build"):
        if request.method == "PATCH" and f"/datasets/{RAW}/tables/" in request.path:
            patched.setdefault(request.path.rpartition("/")[2].partition("?")[0], {}).update(request.body)
    for dataset in load_contract().values():
        assert patched[dataset.name].get("labels"), dataset.name
        assert patched[dataset.name].get("requirePartitionFilter", False) is (dataset.partition is not None), (
            dataset.name
        )


def test_event_models_are_partitioned_clustered_described_and_labelled(replay: Replay, account: Account) -> None:
    models = [
        node for node in account.manifest["nodes"].values() if node["config"].get("materialized") == "day_overwrite"
    ]
    assert models
    for node in models:
        expected = [node["config"]["meta"]["day_column"]], node["config"]["cluster_by"]
        tree = created(replay, node["schema"], node["alias"])
        assert layout(tree) == expected, node["name"]
        assert {"description", "labels"} <= {option.name for option in own_fields(tree, "option_list")}, node["name"]


def test_a_lookup_by_key_reaches_the_cluster(replay: Replay, account: Account) -> None:
    """Each segment view gives columns of one table as they are, the first of them the one that the table is clustered
    by: so a filter on it reads the blocks of the key, and no others.
    """
    views = [node for node in account.manifest["nodes"].values() if node["schema"] == "esputnik_segments"]
    assert len(views) > 10
    for node in views:
        place, view = "esputnik_segments_tables", node["alias"]
        tree = created(replay, place, f"{view}__candidate")
        columns = [unwrap(column).name for column in own_fields(tree, "output_column_list")]
        assert layout(tree) == ([], ["email"]), view
        assert columns[0] == "email", view
        listed = ", ".join(f"`{column}`" for column in columns)
        assert replay.views[PROJECT, "esputnik_segments", view].split() == (
            f"select {listed} from `{PROJECT}`.`{place}`.`{view}`".split()
        )


def test_jobs_are_labelled_with_what_they_are_for(account: Account) -> None:
    """What INFORMATION_SCHEMA.JOBS needs to tell the cost of a model."""
    labels = [
        request.body["configuration"]["labels"]
        for request in account.requests("first build", "second load")
        if request.sql and "rpt_campaign_performance" in request.sql and "create or replace table" in request.sql
    ]
    assert "model_esputnik_rpt_campaign_performance" in {label["node_id"] for label in labels}
    loads = [
        request.body["configuration"]["labels"]
        for request in account.requests("first load", "first build")
        if isinstance(request.body, dict) and "load" in request.body.get("configuration", {})
    ]
    assert loads
    assert all(label["managed_by"] == "esputnik_loader" for label in loads)


def test_models_are_described(account: Account) -> None:
    """Dbt sends each model's text with its DDL, and each column's with the table's schema."""
    described: dict[str, set[str]] = {}
    for request in account.requests("first build"):
        if request.method == "PATCH" and isinstance(request.body, dict):
            fields = request.body.get("schema", {}).get("fields", ())
            table = request.path.rpartition("/")[2].partition("?")[0]
            described.setdefault(table, set()).update(field["name"] for field in fields if field.get("description"))
    for node in account.manifest["nodes"].values():
        if node["resource_type"] == "model" and node["config"]["materialized"] in ("table", "day_overwrite"):
            documented = {name for name, column in node["columns"].items() if column["description"]}
            assert documented <= described.get(node["alias"], set()), node["name"]


def test_a_full_build_is_valid_before_it_is_described(account: Account) -> None:
    """So where grants or descriptions fail the rows are not built in full again."""
    models = {
        node["alias"]
        for node in account.manifest["nodes"].values()
        if node["config"].get("materialized") == "day_overwrite"
    }
    valid: set[str] = set()
    described: set[str] = set()
    for request in account.requests("first build", "second load"):
        valid.update(re.findall(r"update `[^`]+`[.]`[^`]+`[.]`(\w+)__ledger` set fingerprint", request.sql or ""))
        table = request.path.rpartition("/")[2].partition("?")[0]
        if request.method == "PATCH" and table in models:
            assert table in valid, table
            described.add(table)
    assert described == models


def test_replaced_rows_go_and_come_in_one_transaction(account: Account) -> None:
    """Dlt's merge is one script: a reader never sees a raw table between its DELETE and its INSERT."""
    replaced = {dataset.name for dataset in load_contract().values() if dataset.write == "replace"}
    merged = set()
    for request in account.requests("second load", "second build"):
        statements = [part.strip().lower() for part in (request.sql or "").split(";") if part.strip()]
        for table in replaced:
            delete = [
                part for part in statements if part.startswith(f"delete from `{PROJECT}`.`{RAW}`.`{table}`".lower())
            ]
            if delete:
                merged.add(table)
                insert = [
                    part for part in statements if part.startswith(f"insert into `{PROJECT}`.`{RAW}`.`{table}`".lower())
                ]
                assert insert, table
                begin, commit = statements.index("begin transaction"), statements.index("commit transaction")
                assert begin < statements.index(delete[0]) < statements.index(insert[-1]) < commit, table
    assert {"orders", "orderItems", "revenue"} <= merged
