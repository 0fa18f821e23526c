"""The contract file against the platform's documentation, and against what BigQuery and the loader need of it."""

from __future__ import annotations

from pathlib import Path

import yaml

from loader.contract import load_contract

DOCUMENTED = Path(__file__).with_name("documented.yml")
TYPES = {"int": "INT64", "float": "FLOAT64", "string": "STRING", "timestamp": "TIMESTAMP", "json": "STRING"}


def test_contract_is_what_the_platform_documents() -> None:
    documented = yaml.safe_load(DOCUMENTED.read_text(encoding="utf-8"))
    contract = load_contract()
    assert list(contract) == list(documented)
    for name, dataset in contract.items():
        columns = documented[name]["columns"]
        assert {column.name: column.data_type for column in dataset.columns} == {
            column: TYPES[entry["type"]] for column, entry in columns.items()
        }
        assert {column.name: column.replaces for column in dataset.columns} == {
            column: entry.get("replaces") for column, entry in columns.items()
        }
        assert {column.name for column in dataset.columns if column.is_pii} == {
            column for column, entry in columns.items() if entry.get("pii")
        }
        write = documented[name]["write"]
        assert write == "append" if dataset.write == "append" else f"[{', '.join(dataset.key)}]" in write


def test_every_column_is_described_and_no_two_differ_by_case_only() -> None:
    for dataset in load_contract().values():
        assert dataset.description
        assert all(column.description for column in dataset.columns)
        assert len(dataset.by_name) == len(dataset.columns)


def test_keys_and_cursors_are_columns() -> None:
    for dataset in load_contract().values():
        named = {*dataset.key, *dataset.identity, *filter(None, (dataset.or_key, dataset.cursor))}
        assert named <= {column.name for column in dataset.columns}
        # BigQuery clusters by four columns at most.
        assert len(dataset.cluster) <= 4
