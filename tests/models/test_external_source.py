"""The data test `external_source`, on sources of a project of one's own that are each wrong in one way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from tests.support.dbt import Dbt
from tests.support.shop import write_shop

LONG = "x" * 30

#: Model: its query, and what the test says of which key. The key of a column's problem is empty.
SOURCES: Mapping[str, tuple[str, list[tuple[str, str | None]]]] = {
    "seg_good": (
        "select 'a@x.io' as email, 'Ann' as first_name, 'Kyiv' as city, cast(1 as bigint) as orders_count,"
        " cast(1.5 as double) as revenue, date '2026-01-31' as day, timestamptz '2026-01-31 10:00:00+00' as at_time",
        [],
    ),
    "seg_columns": (
        "select 'a@x.io' as email, cast(1 as decimal(9, 2)) as price, [1] as items, 'Ann' as last_name,"
        ' \'Kyiv\' as "City", cast(1 as bigint) as "order"',
        [
            ("Column City is not named in lower-case letters, digits and underscores.", None),
            ("Column items is of type INTEGER[]; the platform is known to take {types}.", None),
            ("Column last_name is personal data, and its meta does not say pii: true.", None),
            ("Column order is named by a reserved word.", None),
            ("Column price is of type DECIMAL(9,2); the platform is known to take {types}.", None),
        ],
    ),
    "seg_keyless": ("select 'a@x.io' as mail", [("There is no column email.", None)]),
    "seg_rows": (
        "select * from (values ('a@x.io', 'twice'), ('a@x.io', 'twice'), ('B@x.io', 'upper'), (' ', 'blank'),"
        f" (null, 'missing'), ('c@x.io', 'ask d@x.io'), ('e@x.io', '{LONG}'), ('f@x.io', null)) as t (email, note)",
        [
            ("A column holds an e-mail address, and its meta does not say pii: true.", "c@x.io"),
            ("The key is missing.", " "),
            ("The key is missing.", None),
            ("The key is not unique.", "a@x.io"),
            ("The key is not unique.", "a@x.io"),
            ("The key is not written as the platform stores it.", "B@x.io"),
            ("The row has more than 30 characters.", "e@x.io"),
        ],
    ),
    "src_ranked": (
        "select email, cast(n as bigint) as row_rank"
        " from (values ('a@x.io', 1), ('a@x.io', 2), ('b@x.io', 1), ('b@x.io', 1), ('c@x.io', null)) as t (email, n)",
        [
            ("Key and rank are not unique.", "b@x.io"),
            ("Key and rank are not unique.", "b@x.io"),
            ("The rank is missing.", "c@x.io"),
        ],
    ),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    """A project that installs this one and has nothing but the sources."""
    described = []
    for name in SOURCES:
        arguments = {"key": "email", "max_characters": 1000 if name == "seg_good" else 30}
        arguments |= {"rank": "row_rank"} if name == "src_ranked" else {}
        described.append(
            {
                "name": name,
                "columns": [{"name": "first_name", "config": {"meta": {"pii": True}}}] if name == "seg_good" else [],
                "data_tests": [{"esputnik.external_source": {"arguments": arguments, "name": f"judge_{name}"}}],
            }
        )
    project = tmp_path_factory.mktemp("shop")
    dbt = Dbt(tmp_path_factory.mktemp("shop_run"), project=project)
    write_shop(project, {name: query for name, (query, _) in SOURCES.items()}, described, profiles=dbt.folder)
    return dbt


@pytest.fixture(scope="module")
def judged(shop: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("judged") / "shop.duckdb"
    shop.attempt("build", "--select", "package:shop", "--store-failures", database=database)
    return database


@pytest.mark.parametrize("source", SOURCES)
def test_problems_of_a_source_are_named(judged: Path, source: str) -> None:
    with duckdb.connect(str(judged), read_only=True) as connection:
        found = connection.execute(
            f"select problem, source_key from esputnik_dbt_test__audit.judge_{source} order by 1, 2 nulls last"
        ).fetchall()
    types = "STRING, INT64, FLOAT64, DATE, TIMESTAMP"
    assert found == [(problem.format(types=types), key) for problem, key in SOURCES[source][1]]
