"""Tables and views on DuckDB are replaced in one call, and keep what dbt-duckdb promises of its own."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml

from tests.support.dbt import ROOT, Dbt, DbtFailed, calls_of

MODELS = {
    "orders.sql": """
        {{ config(materialized=var('orders_as'), pre_hook='create schema if not exists hooked',
                  post_hook='create or replace table hooked.orders as select '
                            ~ var('told_by_hook') ~ ' as rows_seen from {{ this }}') }}
        select {{ var('orders') }} as order_id
    """,
    "refunds.sql": "{{ config(materialized=var('refunds_as')) }} select {{ var('refunds') }} as refund_id",
    "reader.sql": "{{ config(materialized='view') }} select order_id + 1 as next_id from {{ ref('orders') }}",
    "agreed.sql": """
        {{ config(materialized='table', contract={'enforced': true}) }}
        select cast(1 as bigint) as order_id
    """,
    "reckoned.py": """
def model(dbt, session):
    dbt.config(materialized="table")
    return session.sql("select 7 as order_id")
""",
}
DESCRIBED = [
    {
        "name": "orders",
        "description": "What's been $ordered$.",
        "columns": [{"name": "order_id", "description": "Its number; not 'null'."}],
    },
    {
        "name": "agreed",
        "columns": [{"name": "order_id", "data_type": "INT64", "constraints": [{"type": "not_null"}]}],
    },
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    """A small project with the macros of this one, so that its materializations are the root project's."""
    folder = tmp_path_factory.mktemp("replaced")
    (folder / "models").mkdir()
    (folder / "macros").symlink_to(ROOT / "macros")
    for name, text in MODELS.items():
        (folder / "models" / name).write_text(text, encoding="utf-8")
    (folder / "models" / "models.yml").write_text(yaml.safe_dump({"version": 2, "models": DESCRIBED}), encoding="utf-8")
    settings = {
        "name": "esputnik",
        "version": "0.1.0",
        "profile": "esputnik",
        "flags": {"send_anonymous_usage_stats": False},
        "models": {"esputnik": {"+persist_docs": {"relation": True, "columns": True}}},
        "vars": {
            "orders_as": "table",
            "orders": "1",
            "told_by_hook": "count(*)",
            "refunds_as": "table",
            "refunds": "1",
        },
    }
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return Dbt(folder, project=folder)


def _build(project: Dbt, **variables: str) -> Path:
    database = project.folder / "shop.duckdb"
    project("run", database=database, variables=variables)
    return database


def _rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_relation_takes_the_place_of_one_of_either_kind(project: Dbt) -> None:
    for kind, number in [("table", 1), ("view", 2), ("view", 3), ("table", 4), ("table", 5)]:
        database = _build(project, orders_as=kind, orders=str(number))
        found = _rows(
            database,
            "select table_type from information_schema.tables"
            " where table_schema = 'esputnik' and table_name like 'orders%'",
        )
        assert found == [("BASE TABLE" if kind == "table" else "VIEW",)]
        assert _rows(database, "select order_id, next_id from esputnik.orders, esputnik.reader") == [
            (number, number + 1)
        ]
        assert _rows(database, "select rows_seen from hooked.orders") == [(1,)]


@pytest.mark.parametrize("kind", ["table", "view"])
def test_descriptions_are_in_the_database(project: Dbt, kind: str) -> None:
    database = _build(project, orders_as=kind)
    assert _rows(
        database, f"select comment from duckdb_{kind}s() where schema_name = 'esputnik' and {kind}_name = 'orders'"
    ) == [("What's been $ordered$.",)]
    assert _rows(
        database,
        "select column_name, comment from duckdb_columns() where schema_name = 'esputnik' and table_name = 'orders'",
    ) == [("order_id", "Its number; not 'null'.")]


@pytest.mark.parametrize(("before", "after"), [("table", "table"), ("view", "table"), ("table", "view")])
def test_a_build_that_fails_leaves_the_rows_that_were_there(project: Dbt, before: str, after: str) -> None:
    _build(project, refunds_as=before, refunds="8")
    with pytest.raises(DbtFailed, match="amount_of_today"):
        _build(project, refunds_as=after, refunds="amount_of_today")
    assert _rows(project.folder / "shop.duckdb", "select refund_id from esputnik.refunds") == [(8,)]


@pytest.mark.parametrize("kind", ["table", "view"])
def test_a_hook_that_fails_leaves_the_rows_that_were_there(project: Dbt, kind: str) -> None:
    _build(project, orders_as=kind, orders="8")
    with pytest.raises(DbtFailed, match="amount_of_today"):
        _build(project, orders_as=kind, orders="9", told_by_hook="amount_of_today")
    assert _rows(project.folder / "shop.duckdb", "select order_id from esputnik.orders") == [(8,)]


@pytest.mark.parametrize("kind", ["table", "view"])
def test_the_engine_is_called_once(project: Dbt, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """To begin, make the relation with its descriptions, and commit."""
    _build(project)
    calls = calls_of(monkeypatch, lambda sql: '"node_id": "model.esputnik.refunds"' in sql)
    _build(project, refunds_as=kind)
    assert len(calls) == 1, "\n".join(calls)


def test_python_and_contracts_work(project: Dbt) -> None:
    database = _build(project)
    assert _rows(database, "select order_id from esputnik.reckoned") == [(7,)]
    assert _rows(
        database,
        "select is_nullable from information_schema.columns where table_schema = 'esputnik' and table_name = 'agreed'",
    ) == [("NO",)]
