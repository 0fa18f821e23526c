"""A team's own tables as a data source, on BigQuery's emulator; the same rows as on DuckDB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bigquery.emulator import PROJECT, Emulator
from tests.support.attributes import CALLS, CUSTOMERS, EXPECTED, VARIABLES
from tests.support.dbt import ROOT

pytestmark = pytest.mark.bigquery


def test_the_platform_reads_the_attributes(emulator: Emulator, tmp_path: Path) -> None:
    place = f"`{PROJECT}`.shop_crm"
    emulator.query(f"create schema {place}")
    for name, (columns, rows) in {"customers": CUSTOMERS, "calls": CALLS}.items():
        selects = [
            "select "
            + ", ".join(
                f"cast({_literal(value)} as string) as {column}" for value, column in zip(row, columns, strict=True)
            )
            for row in rows
        ]
        emulator.query(f"create table {place}.{name} as {' union all '.join(selects)}")
    tables = [{**entry, "schema": "shop_crm"} for entry in VARIABLES["contact_attributes"]]
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("dbt"), "--quiet", "run", "--target", "bigquery"),
            *("--select", "int_contact_attributes", "seg_contact_attributes"),
            *("--vars", json.dumps({**VARIABLES, "contact_attributes": tables})),
            *("--profiles-dir", emulator.profiles_dir(dataset="attributes"), "--target-path", tmp_path / "target"),
        ],
        cwd=ROOT,
        env=os.environ | {"DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    found = emulator.query(f"select * from `{PROJECT}`.attributes_segments.seg_contact_attributes order by email")
    assert found == EXPECTED


def _literal(value: str | None) -> str:
    return "null" if value is None else f"'{value}'"
