"""Segment views under every contact key: as second sets beside the first, from the same staging tables and sends."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.models.test_export_missing import NO_OTHERS
from tests.support.dbt import PROFILES, Dbt

VARIABLES = {"as_of": "2024-07-01T00:00:00+00:00", "contact_extra_columns": ["loyaltyLevel"]}


@dataclass(frozen=True)
class Key:
    """How a contact key is called in the raw contacts, and in the views, and how the platform writes it."""

    raw: str
    column: str
    written: Callable[[Any], str | int]


def digits(phone: Any) -> str:
    return re.sub(r"\D", "", str(phone))


def text(value: Any) -> str:
    return str(value).strip()


KEYS = {
    "email": Key("email", "email", lambda value: str(value).strip().lower()),
    "sms": Key("sms", "phone", digits),
    "external_customer_id": Key("externalCustomerId", "external_customer_id", text),
    "contact_id": Key("contactId", "contact_id", int),
    "loyalty_level": Key("loyaltyLevel", "loyalty_level", text),
}


@pytest.fixture(scope="module")
def first(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Dbt, Path]:
    """The first set, keyed on e-mail addresses, and a profile with a target for a second one."""
    folder = tmp_path_factory.mktemp("keys")
    database = folder / "demo.duckdb"
    shutil.copy(demo_database, database)
    dbt = Dbt(folder / "first")
    selected = ("--select", "+esputnik.segments", "--indirect-selection", "cautious")
    dbt("build", *selected, "--exclude-resource-type", "unit_test", database=database, variables=VARIABLES)
    return dbt, database


@pytest.mark.parametrize(
    "name",
    [
        # A text as it is, like loyalty_level, and one that Google's analyzer sees in every run of the tests.
        pytest.param(name, marks=pytest.mark.slow) if name == "external_customer_id" else name
        for name in KEYS
    ],
)
def test_views_are_keyed_on(name: str, first: tuple[Dbt, Path], tmp_path: Path) -> None:
    dbt, database = first
    key = KEYS[name]
    schema = "esputnik"
    if name != "email":
        schema = f"esputnik_{name}"
        second = Dbt(tmp_path)
        (tmp_path / "profiles.yml").write_text(PROFILES.replace("schema: esputnik", f"schema: {schema}"))
        results = second(
            "build", "--selector", "another_key", "--exclude-resource-type", "unit_test", "--defer", "--favor-state",
            "--state", str(dbt.folder / "target"), database=database,
            variables={"contact_key": name, **VARIABLES},
        )  # fmt: skip
        warned = {result.node.name for result in results if result.status == "warn"}
        assert ("assert_platform_matches_contact_key" in warned) == (name == "contact_id")

    with duckdb.connect(str(database), read_only=True) as connection:
        raw = connection.execute(f'select "{key.raw}" from esputnik_raw.contacts').fetchall()
        expected = {key.written(value) for (value,) in raw if value is not None} - {""}
        assert len(expected) > 2
        tables = connection.execute(
            "select table_name, list(column_name order by ordinal_position) from information_schema.columns"
            " where table_schema = ? group by 1", [f"{schema}_segments"]
        ).fetchall()  # fmt: skip
        assert {table for table, _ in tables} == {*NO_OTHERS, "src_personal_codes"}
        for view, columns in tables:
            assert columns[0] == key.column, view
            keys = [
                value
                for (value,) in connection.execute(f"select {key.column} from {schema}_segments.{view}").fetchall()
            ]
            assert set(keys) <= expected, view
            if view.startswith("seg_"):
                assert len(keys) == len(set(keys)), view
            if view == "seg_contact_profile":
                assert set(keys) == expected
        # What was bought by contacts with a key is bought under each key.
        bought = sum(
            count
            for (count,) in connection.execute(
                f"select orders_count from {schema}_segments.seg_contact_profile"
            ).fetchall()
        )
        assert bought > 50
        if name != "email":
            built = connection.execute(
                "select count(*) from information_schema.tables where table_schema = ?", [f"{schema}_staging"]
            ).fetchall()
            assert built == [(0,)], "events are not staged a second time"
