"""The materialization of the views that the platform reads, on DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from tests.support.dbt import BAD, Dbt
from tests.support.segment_view import tell


def test_the_platform_goes_on_reading_good_rows(tmp_path: Path) -> None:
    project = tmp_path / "shop"
    project.mkdir()
    database = tmp_path / "shop.duckdb"

    def query(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(database)) as connection:
            return connection.execute(sql).fetchall()

    def build() -> list[str]:
        # The project may have changed since it was parsed.
        result = Dbt(tmp_path, project=project).attempt("build", "--select", "package:shop", database=database)
        return [str(node.message) for node in result.result if node.status in BAD]

    query("create schema shop_data")
    tell(project, Dbt(tmp_path).folder, "shop_data", "esputnik_segments", query, build)
