"""Older versions of a key within one load: only the newest generation's rows stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loader.contract import Dataset
from loader.reading.casts import literal, quoted
from loader.reading.columns import SET


@dataclass(frozen=True)
class Part:
    """Typed rows of one file."""

    path: Path
    file: int
    generation: int
    rows: int


def drop_superseded(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, parts: Sequence[Part], target: Path
) -> dict[int, int]:
    """Writes the rows of the parts without those whose key a later generation has too.

    A key is the `key` columns together, or `_set` where another column can stand in; rows with a null in it
    all stay, and so do all rows of one generation. Only the keys that appear in several generations are held
    in memory.

    Returns:
        How many rows of each file were left out; nothing is written when that is none.

    """
    key = [SET.name] if dataset.or_key else [quoted(name) for name in dataset.key]
    keys = ", ".join(key)
    parts_sql = " union all ".join(
        f"select *, {part.generation} as _generation, {part.file} as _part from read_parquet({literal(str(part.path))})"
        for part in parts
    )
    connection.execute(
        f"create or replace temp table newest as select {keys}, max(_generation) as _newest from ({parts_sql}) "
        f"where {' and '.join(f'{name} is not null' for name in key)} "
        f"group by {keys} having min(_generation) < max(_generation)"
    )
    joined = " and ".join(f"rows.{name} = newest.{name}" for name in key)
    counted = connection.execute(
        f"select _part, count(*) from ({parts_sql}) as rows join newest on {joined} "
        f"where _generation < _newest group by 1"
    ).fetchall()
    if counted:
        connection.execute(
            f"copy (select * exclude (_generation, _part) from ({parts_sql}) as rows where not exists "
            f"(select 1 from newest where {joined} and _newest > _generation)) "
            f"to {literal(str(target))} (format parquet, compression snappy)"
        )
    connection.execute("drop table newest")
    return {int(file): int(rows) for file, rows in counted}
