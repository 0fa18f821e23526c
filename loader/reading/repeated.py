"""Rows that are there already: of equal identities one stays, and none that the raw table has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from loader.contract import Dataset
from loader.reading.casts import literal, quoted
from loader.reading.columns import DAY
from loader.reading.superseded import Part

#: How these rows are written. Those written together are held and read together too: so few that they fit into the
#: little memory there is beside a source that goes on reading, however long their texts are.
FEW_AT_ONCE = "format parquet, compression snappy, row_group_size 8192"

#: Reads the identities that a raw table has on these UTC days: columns `k0`, `k1`, … as `identity_of` lists.
InRaw = Callable[[Sequence[date]], Iterable[pa.RecordBatch]]


def identity_of(dataset: Dataset, quote: Callable[[str], str] = quoted) -> list[str]:
    """SQL of the dataset's identity in a raw table or in typed rows; a renamed column counts under either name."""
    found = []
    for name in dataset.identity:
        old = dataset.by_name[name.lower()].replaces
        found.append(f"coalesce({quote(name)}, {quote(old)})" if old else quote(name))
    return found


def drop_repeated(
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    parts: Sequence[Part],
    in_raw: InRaw | None,
    target: Path,
) -> dict[int, int]:
    """Writes the rows of the parts without those whose identity is in the raw table, or in a later row.

    A source that is asked for the same days again (an API has no files that could be recognised) brings most rows a
    second time. Appended tables must not grow by them: design's rule is that an event is one row. So the identities
    that the raw table has on the days of the new rows are read, and the rows that are there are left out. The
    warehouse is only read, by whole partitions; nothing in it is deleted or replaced, so readers see no gap, and a
    run that dies leaves nothing to mend. Nulls count as values.

    Args:
        connection: where the work is done; it may spill to disk.
        dataset: names the identity.
        parts: typed rows; later parts are newer.
        in_raw: reads the raw table's identities; None where rows cannot be there yet, or are replaced.
        target: Parquet file to write.

    Returns:
        How many rows of each part's file were left out; nothing is written when that is none.

    """
    has_days = in_raw is not None and dataset.write == "append"
    day = f", {DAY.name}" if has_days else ""
    rows = " union all ".join(
        f"select {number} as _part, file_row_number as _place, {_digest(identity_of(dataset))} as _digest{day}"
        f" from read_parquet({literal(str(part.path))}, file_row_number = true)"
        for number, part in enumerate(parts)
    )
    connection.execute(f"create or replace temp table new as {rows}")
    connection.execute("create or replace temp table old (_digest uhugeint)")
    if in_raw is not None and has_days:
        found = connection.execute(
            f"select distinct {DAY.name} from new where {DAY.name} is not null order by 1"
        ).fetchall()
        columns = [dataset.by_name[name.lower()] for name in dataset.identity]
        digest = _digest([f"cast(k{number} as {column.duckdb_type})" for number, column in enumerate(columns)])
        for batch in in_raw([day for (day,) in found]) if found else ():
            connection.register("batch", pa.Table.from_batches([batch]))
            # Of the raw table's days, which may hold millions of rows, only what is met again is kept.
            connection.execute(
                f"insert into old select _digest from (select {digest} as _digest from batch)"
                " semi join new using (_digest)"
            )
            connection.unregister("batch")
    connection.execute(
        "create or replace temp table repeated as select _part, _place from ("
        "select *, row_number() over (partition by _digest order by _part desc, _place desc) as _number from new"
        ") where _number > 1 or _digest in (select _digest from old)"
    )
    dropped = connection.execute("select _part, count(*) from repeated group by _part").fetchall()
    if dropped:
        all_rows = " union all ".join(
            f"select *, {number} as _part from read_parquet({literal(str(part.path))}, file_row_number = true)"
            for number, part in enumerate(parts)
        )
        connection.execute(
            f"copy (select * exclude (file_row_number, _part) from ({all_rows}) as rows where not exists"
            " (select 1 from repeated where repeated._part = rows._part and _place = file_row_number))"
            f" to {literal(str(target))} ({FEW_AT_ONCE})"
        )
    connection.execute("drop table new; drop table old; drop table repeated")
    return {parts[number].file: int(count) for number, count in dropped}


def _digest(values: Sequence[str]) -> str:
    """SQL of 128 bits that stand for these values: an identity itself takes many times the memory."""
    return f"md5_number(cast(to_json([{', '.join(f'cast({value} as varchar)' for value in values)}]) as varchar))"
