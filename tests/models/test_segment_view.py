"""The materialization of the views that the platform reads, on DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.dbt import BAD, Dbt, calls_of, rewrite_statements
from tests.support.segment_view import tell
from tests.support.shop import write_shop

GOOD = "select email, points from shop_data.points"
AGREED = {
    "name": "seg_agreed",
    "config": {"contract": {"enforced": True, "alias_types": False}},
    "columns": [{"name": "email", "data_type": "STRING"}, {"name": "points", "data_type": "INT64"}],
    "data_tests": [{"esputnik.external_source": {"arguments": {"key": "email"}}}],
}


class Shop:
    """A team's own project with segment views, and its file of DuckDB."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = folder / "shop"
        self.project.mkdir()
        self.profiles = Dbt(folder).folder
        self.query("create schema shop_data")

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / "shop.duckdb")) as connection:
            return connection.execute(sql).fetchall()

    def build(self) -> list[str]:
        # The project may have changed since it was parsed.
        dbt = Dbt(self.folder, project=self.project)
        result = dbt.attempt("build", "--select", "package:shop", database=self.folder / "shop.duckdb")
        return [str(node.message) for node in result.result if node.status in BAD]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_the_platform_goes_on_reading_good_rows(shop: Shop) -> None:
    tell(shop.project, shop.profiles, "shop_data", "esputnik_segments", shop.query, shop.build)
    assert shop.query("select comment from duckdb_views() where view_name = 'seg_points'") == [
        ("Who has how many points?",)
    ]
    assert shop.query(
        "select column_name, comment from duckdb_columns()"
        " where schema_name = 'esputnik_segments' and table_name = 'seg_points' and comment is not null"
    ) == [("points", "What they've got.\nA \\ is no line.")]


@pytest.fixture(scope="module")
def agreed(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A segment view with a contract, built once."""
    shop = Shop(tmp_path_factory.mktemp("agreed"))
    shop.query("create table shop_data.points as select 'a@x.io' as email, 1::bigint as points")
    write_shop(
        shop.project, {"seg_agreed": GOOD}, [AGREED], shop.profiles, materialized="segment_view", schema="segments"
    )
    assert shop.build() == []
    return shop


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("select email from shop_data.points", ["points", "missing in definition"]),
        ("select points from shop_data.points", ["email", "missing in definition"]),
        ("select *, 2 as more from shop_data.points", ["more", "missing in contract"]),
        ("select email, points::double as points from shop_data.points", ["points", "DOUBLE", "data type mismatch"]),
        ("select email, points as Points from shop_data.points", ["Points", "missing in contract"]),
    ],
)
def test_a_query_that_breaks_the_contract_changes_nothing(agreed: Shop, query: str, says: list[str]) -> None:
    (agreed.project / "models" / "seg_agreed.sql").write_text(query)
    (message,) = agreed.build()
    assert "This model has an enforced contract that failed." in message
    assert all(word in message for word in says), message
    assert agreed.query("select email, points from esputnik_segments.seg_agreed") == [("a@x.io", 1)]
    assert agreed.query("select table_name from duckdb_tables() where schema_name = 'esputnik_segments_tables'") == [
        ("seg_agreed",)
    ]


def test_the_engine_is_called_four_times(agreed: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the query's columns, the candidate, what is wrong with it, and to put it in place with its view."""
    (agreed.project / "models" / "seg_agreed.sql").write_text(GOOD)
    # dbt-duckdb itself looks at the databases and the schema's constraints, once a run.
    calls = calls_of(monkeypatch, lambda sql: '"node_id": "model.shop.seg_agreed"' in sql and "duckdb_" not in sql)
    assert agreed.build() == []
    assert len(calls) == 4, "\n".join(calls)


def test_a_table_of_its_name_gives_way(agreed: Shop) -> None:
    (agreed.project / "models" / "seg_agreed.sql").write_text(GOOD)
    agreed.query("drop view esputnik_segments.seg_agreed; create table esputnik_segments.seg_agreed as select 1 as n")
    assert agreed.build() == []
    assert agreed.query("select email, points from esputnik_segments.seg_agreed") == [("a@x.io", 1)]
    assert agreed.query("select view_name from duckdb_views() where schema_name = 'esputnik_segments'") == [
        ("seg_agreed",)
    ]


def test_what_fails_on_the_way_into_place_leaves_the_old_rows(agreed: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    (agreed.project / "models" / "seg_agreed.sql").write_text(GOOD.replace("points", "points + 1 as points", 1))

    def fail_at_the_end(sql: str) -> str:
        if "rename to" not in sql:
            return sql
        assert sql.count("commit transaction") == 1
        return sql.replace("commit transaction", "select error('The disk is full.'); commit transaction")

    rewrite_statements(monkeypatch, fail_at_the_end)
    (message,) = agreed.build()
    assert "The disk is full." in message
    assert agreed.query("select email, points from esputnik_segments.seg_agreed") == [("a@x.io", 1)]
