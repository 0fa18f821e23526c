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
    keys = [f"k{number}" for number in range(len(dataset.identity))]
    places = ", ".join(f"{expression} as {key}" for expression, key in zip(identity_of(dataset), keys, strict=True))
    has_days = in_raw is not None and dataset.write == "append"
    day = f", {DAY.name}" if has_days else ""
    rows = " union all ".join(
        f"select {number} as _part, file_row_number as _place, {places}{day}"
        f" from read_parquet({literal(str(part.path))}, file_row_number = true)"
        for number, part in enumerate(parts)
    )
    connection.execute(f"create or replace temp table new as {rows}")
    condition = ""
    if in_raw is not None and has_days:
        found = connection.execute(
            f"select distinct {DAY.name} from new where {DAY.name} is not null order by 1"
        ).fetchall()
        if found:
            matched = " and ".join(f"old.{key} is not distinct from new.{key}" for key in keys)
            types = {
                key: dataset.by_name[name.lower()].duckdb_type for key, name in zip(keys, dataset.identity, strict=True)
            }
            columns = ", ".join(f"{key} {kind}" for key, kind in types.items())
            casts = ", ".join(f"cast({key} as {kind}) as {key}" for key, kind in types.items())
            connection.execute(f"create or replace temp table old ({columns})")
            for batch in in_raw([day for (day,) in found]):
                connection.register("batch", pa.Table.from_batches([batch]))
                # Of the raw table's days, which may hold millions of rows, only what is met again is kept.
                connection.execute(
                    f"insert into old from (select {casts} from batch) as old"
                    f" where exists (select 1 from new where {matched})"
                )
                connection.unregister("batch")
            condition = f"where not exists (select 1 from old where {matched})"
    connection.execute(
        f"create or replace temp table kept as select _part, _place from new {condition}"
        f" qualify row_number() over (partition by {', '.join(keys)} order by _part desc, _place desc) = 1"
    )
    dropped = connection.execute(
        "select _part, count(*) from new anti join kept using (_part, _place) group by _part"
    ).fetchall()
    if dropped:
        all_rows = " union all ".join(
            f"select *, {number} as _part from read_parquet({literal(str(part.path))}, file_row_number = true)"
            for number, part in enumerate(parts)
        )
        connection.execute(
            f"copy (select * exclude (file_row_number, _part) from ({all_rows}) as rows where exists"
            " (select 1 from kept where kept._part = rows._part and kept._place = rows.file_row_number))"
            f" to {literal(str(target))} (format parquet, compression snappy)"
        )
    connection.execute("drop table new; drop table kept; drop table if exists old")
    return {parts[number].file: int(count) for number, count in dropped}
