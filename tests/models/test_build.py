"""`dbt build` as users run it: every seed, model, data test and unit test, on the demo account."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.support.dbt import Dbt


@pytest.fixture(scope="module")
def built(dbt: Dbt, demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("build") / "demo.duckdb"
    shutil.copy(demo_database, database)
    dbt("build", database=database)
    return database


def test_build_makes_every_layer(built: Path) -> None:
    with duckdb.connect(str(built), read_only=True) as connection:
        rows = connection.execute(
            "select table_schema, count(*) from information_schema.tables"
            " where table_name not like '%__ledger' group by 1 order by 1"
        ).fetchall()
        layers = {str(schema): count for schema, count in rows}
        assert layers["esputnik_staging"] == 9 + 2, "nine exported datasets, and two that only the REST API has"
        assert layers["esputnik_reports"] >= 1
        assert layers["esputnik_segments"] >= 1
        # Every raw dataset arrives: nothing between the files and staging loses a table.
        for table, raw in connection.execute(
            "select s.table_name, r.table_name from information_schema.tables as s join information_schema.tables as r"
            " on replace(replace(s.table_name, 'stg_esputnik__', ''), '_', '') = lower(r.table_name)"
            " where s.table_schema = 'esputnik_staging' and r.table_schema = 'esputnik_raw'"
        ).fetchall():
            (count,) = connection.execute(f'select count(*) from esputnik_staging."{table}"').fetchone() or (0,)
            assert count > 0, raw


def test_second_build_touches_no_day(dbt: Dbt, built: Path) -> None:
    results = dbt("run", "--select", "config.materialized:day_overwrite", database=built)
    assert {str(result.message) for result in results} == {"NO DAY TOUCHED"}
