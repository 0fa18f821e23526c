"""A team's own tables as a data source: from a database of theirs to the view that the platform reads."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest

from tests.support.attributes import CALLS, COLUMNS, CUSTOMERS, EXPECTED, LEFT_OUT, VARIABLES
from tests.support.dbt import Dbt

SELECTED = (
    "--select",
    "int_contact_attributes+",
    "--exclude",
    "int_source_keys+",
    "--exclude-resource-type",
    "unit_test",
)


@pytest.fixture(scope="module")
def loaded(dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DuckDB file with the tables, loaded from SQLite."""
    folder = tmp_path_factory.mktemp("attributes")
    shop = sqlite3.connect(folder / "shop.sqlite")
    for name, (columns, rows) in {"customers": CUSTOMERS, "calls": CALLS}.items():
        shop.execute(f"create table {name} ({', '.join(f'{column} text' for column in columns)})")
        shop.executemany(f"insert into {name} values ({', '.join('?' * len(columns))})", rows)
    shop.commit()
    shop.close()
    database = folder / "demo.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ESPUTNIK_DATABASE_URL", f"sqlite:///{folder / 'shop.sqlite'}")
        dbt.load("--from", "database", "--tables", "customers,calls", database=database)
    return database


def test_the_platform_reads_the_attributes(dbt: Dbt, loaded: Path) -> None:
    results = dbt("build", *SELECTED, "--store-failures", database=loaded, variables=VARIABLES)
    assert {result.node.name: str(result.status) for result in results if result.status == "warn"} == {
        "assert_contact_attributes_can_be_read": "warn"
    }
    with duckdb.connect(str(loaded), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        found = connection.execute("select * from esputnik_segments.seg_contact_attributes order by email")
        assert [column[0] for column in found.description or []] == COLUMNS
        assert found.fetchall() == EXPECTED
        warned = connection.execute(
            "select * from esputnik_dbt_test__audit.assert_contact_attributes_can_be_read order by all"
        ).fetchall()
        assert warned == LEFT_OUT
        # Columns that a var names are described as those in the YAML are.
        comments = connection.execute(
            "select column_name, comment from duckdb_columns() where table_name = 'seg_contact_attributes'"
            " and schema_name = 'esputnik_segments' and comment is not null"
        ).fetchall()
        assert ("calls", "How often we called.") in comments


@pytest.mark.parametrize(
    ("table", "columns", "says"),
    [
        (
            "calls",
            {"shoe_size": {"type": "INT64", "description": "Size of shoes."}},
            "names the column shoe_size of esputnik_extra.calls, which has none of that name. It has: email, last_call",
        ),
        (
            "customers",
            {"first_name": {"type": "STRING", "description": "F."}},
            "Column first_name is personal data, and its meta does not say pii: true.",
        ),
    ],
)
def test_what_is_not_there_or_not_allowed_is_named(
    dbt: Dbt, loaded: Path, table: str, columns: dict[str, object], says: str
) -> None:
    entry = {"table": table, "key": "mail" if table == "customers" else "email", "columns": columns}
    result = dbt.attempt("build", *SELECTED, database=loaded, variables={"contact_attributes": [entry]})
    assert not result.success
    said = " ".join([str(result.exception), *(str(node.message) for node in result.result or [])])
    assert says in " ".join(said.split())
