"""Google's analyzer takes every statement that loader and dbt send to BigQuery."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from loader.contract import load_contract
from tests.bigquery.account import Account
from tests.bigquery.analyzer import Catalog, Columns, RefusedError, analyze
from tests.bigquery.catalog import Replay
from tests.bigquery.compile import judged_project
from tests.bigquery.emulator import PROJECT

#: The columns that the loader adds to the raw tables, besides those of the contract.
LOADER_COLUMNS = {"_dlt_load_id": "STRING", "_day": "DATE", "_set": "STRING"}


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select count(*) filter (where n > 1) from t", "Syntax error"),
        ("select strftime(now(), '%Y')", "Function not found"),
        ("select n from t where s = 1", "No matching signature"),
        ("select\n  n,\n  nothing\nfrom t", "Unrecognized name: nothing.*\n.*\n.*\n>    3   nothing"),
        ("create or replace table u partition by missing as (select 1 as n)", "missing"),
        ("begin transaction; insert into t (n) values ('a'); commit transaction;", "STRING.*INT64|INT64.*STRING"),
    ],
)
def test_what_bigquery_would_refuse_is_seen(sql: str, message: str) -> None:
    catalog = Catalog()
    catalog.add(("t",), {"n": "INT64", "s": "STRING"})
    with pytest.raises(RefusedError, match=message):
        list(analyze(sql, catalog))


def test_columns_and_types_are_told() -> None:
    catalog = Catalog()
    catalog.add(("t",), {"n": "INT64", "s": "ARRAY<STRUCT<a INT64, b STRING>>"})
    (statement,) = analyze("create table u as select n / 2 as half, cast(n as numeric) as n, s from t", catalog)
    assert statement.columns == {"half": "FLOAT64", "n": "NUMERIC", "s": "ARRAY<STRUCT<a INT64, b STRING>>"}


def test_what_reads_changed_columns_is_judged_anew() -> None:
    """A model whose SQL is as it was is refused for the type that a column before it has got."""
    before = Catalog()
    before.add(("p", "d", "raw"), {"key": "INT64"})
    before.add(("p", "d", "first"), {"key": "INT64"})
    before.add(("p", "d", "second"), {"next": "INT64"})

    def manifest(first: str, third: str) -> dict[str, Any]:
        texts = {"first": first, "second": "select key + 1 as next from p.d.first", "third": third}
        parents = {"first": [], "second": ["first"], "third": []}
        return {
            "nodes": {
                name: {
                    **{"unique_id": name, "compiled_code": text, "compiled_path": f"{name}.sql"},
                    **{"database": "p", "schema": "d", "alias": name, "resource_type": "model"},
                    **{"depends_on": {"nodes": parents[name]}, "config": {"materialized": "table"}},
                }
                for name, text in texts.items()
            }
        }

    # The third would be refused, were it looked at: it was judged before.
    was = manifest("select key from p.d.raw", "select nothing")
    columns, refused = judged_project(
        manifest("select cast(key as string) as key from p.d.raw", "select nothing"), before, was
    )
    assert [problem.split(",")[0] for problem in refused] == ["second"]
    assert columns["p", "d", "first"] == {"key": "STRING"}
    assert judged_project(was, before, was)[1] == []
    assert len(judged_project(manifest("select key from p.d.raw", "select nothing at all"), before, was)[1]) == 1


def test_bigquery_takes_every_statement(replay: Replay) -> None:
    assert not replay.refused, "\n\n".join(replay.refused)


def test_every_node_was_judged(account: Account, replay: Replay) -> None:
    sent = {judged.node for judged in replay.judged}
    nodes = {**account.manifest["nodes"], **account.manifest["unit_tests"]}
    expected = {
        name
        for name, node in nodes.items()
        # The hook that checks settings sends nothing where they are right.
        if node["resource_type"] not in ("seed", "operation")
        and node["config"].get("materialized") != "ephemeral"
        and node["config"]["enabled"]
    }
    assert expected - sent == set()


def test_raw_tables_are_as_the_contract_says(replay: Replay) -> None:
    for dataset in load_contract().values():
        columns = dict(replay.catalog.tables[PROJECT, "esputnik_raw", dataset.name])
        for name, data_type in LOADER_COLUMNS.items():
            if name in columns:
                assert columns.pop(name) == data_type, f"{dataset.name}.{name}"
        contract = {column.name: str(column.data_type) for column in dataset.columns}
        kept = {name: columns[name] for name in contract if name in columns}
        assert kept == contract, dataset.name
        assert all(columns[name] == "STRING" for name in columns.keys() - contract.keys()), dataset.name


def contract_problems(manifest: Mapping[str, Any], built: Mapping[tuple[str, ...], Columns]) -> list[str]:
    """Models whose columns are not, in name, order or type, what their YAML says."""
    problems = []
    for node in manifest["nodes"].values():
        declared = {name: column.get("data_type") for name, column in node["columns"].items()}
        is_bound = node["config"].get("contract", {}).get("enforced") or any(declared.values())
        if node["resource_type"] != "model" or not is_bound:
            continue
        columns = built.get((node["database"], node["schema"], node["alias"]), {})
        wanted = {name: str(data_type).upper() for name, data_type in declared.items()}
        if list(columns.items()) != list(wanted.items()):
            differing = dict(sorted({*columns.items()} ^ {*wanted.items()}))
            problems.append(
                f"{node['name']} in {node['patch_path']}: its YAML and its query disagree, in type or order, on "
                + ", ".join(f"{name} (YAML {wanted.get(name)}, query {columns.get(name)})" for name in differing)
            )
    return problems


def test_columns_and_types_equal_the_contracts(account: Account, replay: Replay) -> None:
    assert not (problems := contract_problems(account.manifest, replay.catalog.tables)), "\n".join(problems)


@pytest.mark.parametrize(
    "key",
    [
        "external_customer_id",
        *(pytest.param(key, marks=pytest.mark.slow) for key in ("sms", "contact_id", "loyalty_level")),
    ],
)
def test_bigquery_takes_the_project_with_other_contact_keys(account: Account, replay: Replay, key: str) -> None:
    variables = {"contact_key": key} | ({"contact_extra_columns": ["loyaltyLevel"]} if key == "loyalty_level" else {})
    folder = account.folder / f"compiled {key}"
    account.dbt("compile", "bigquery", variables=variables, folder=folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    columns, refused = judged_project(manifest, replay.catalog, account.manifest)
    assert not refused, "\n\n".join(refused)
    assert not (problems := contract_problems(manifest, columns)), "\n".join(problems)
