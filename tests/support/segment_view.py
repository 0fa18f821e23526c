"""What the platform reads while good and bad rows come: the same story on each engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.shop import write_shop

Rows = list[tuple[Any, ...]]
Query = Callable[[str], Rows]

#: Two sources of one file each: one whose rows go bad, and one beside it.
MODELS = {
    "seg_points": "select email, points{more} from {data}.points",
    "seg_other": "select email, points + 1 as points from {data}.points where points < 100",
}
#: Of the columns that are described one is not there, which dbt only warns of.
DESCRIBED = [
    {
        "name": name,
        "description": "Who has how many points?",
        "columns": [
            {"name": "points", "description": "What they've got.\nA \\ is no line."},
            {"name": "expired", "description": "What they had."},
        ],
        "data_tests": [{"esputnik.external_source": {"arguments": {"key": "email"}}}],
    }
    for name in MODELS
]


def tell(project: Path, profiles: Path, data: str, views: str, query: Query, build: Callable[[], list[str]]) -> None:
    """The story.

    Args:
        project: an empty folder for it.
        profiles: folder of the profile that it runs with.
        data: schema of the team's own table, which is there.
        views: schema of the segment views.
        query: runs SQL on the warehouse.
        build: runs `dbt build` of the project; gives what failed as messages.

    """
    models = {name: sql.format(data=data, more="") for name, sql in MODELS.items()}
    config = {"materialized": "segment_view", "schema": "segments", "persist_docs": {"relation": True, "columns": True}}
    write_shop(project, models, DESCRIBED, profiles=profiles, **config)

    def arrive(*rows: tuple[str, int]) -> None:
        selects = [f"select '{email}' as email, cast({points} as int64) as points" for email, points in rows]
        query(f"create or replace table {data}.points as {' union all '.join(selects)}")

    def read(view: str) -> Rows:
        return sorted(query(f"select email, points from {views}.{view}"))

    arrive(("a@x.io", 1), ("b@x.io", 2))
    assert build() == []
    assert read("seg_points") == [("a@x.io", 1), ("b@x.io", 2)]
    assert read("seg_other") == [("a@x.io", 2), ("b@x.io", 3)]

    # A key twice, and one that is not written as the platform does: yesterday's rows stay, the other source is new.
    arrive(("a@x.io", 5), ("c@x.io", 100), ("c@x.io", 101), ("D@x.io", 102))
    (message,) = build()
    assert "seg_points" in message
    assert "The key is not unique. (2 rows)" in message
    assert "The key is not written as the platform stores it. (1 row)" in message
    assert "x.io" not in message, "no one's key is printed"
    assert read("seg_points") == [("a@x.io", 1), ("b@x.io", 2)]
    assert read("seg_other") == [("a@x.io", 6)]
    assert len(query(f"select * from {views}_tables.seg_points__candidate")) == 4

    # The rows are good again, and there is one more column.
    arrive(("a@x.io", 7))
    (project / "models" / "seg_points.sql").write_text(
        MODELS["seg_points"].format(data=data, more=", points * 2 as twice")
    )
    assert build() == []
    assert query(f"select * from {views}.seg_points") == [("a@x.io", 7, 14)]
