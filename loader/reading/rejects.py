"""Rows that could not be typed: kept as text with their place and every reason, in `<dataset>__rejected`."""

from __future__ import annotations

from pathlib import Path

import duckdb

from loader.contract import Column
from loader.reading.casts import literal
from loader.reading.columns import LOAD_ID

#: Columns of a table of rejected rows.
REJECTED_COLUMNS = (
    Column("_file", "STRING", "File that the row came in."),
    Column("_row", "INT64", "Number of the record in the file, from 1; a header does not count."),
    Column("_text", "STRING", "The record as text, cut at a million characters."),
    Column("_reasons", "STRING", "Everything that is wrong with the record, separated by semicolons."),
    LOAD_ID,
)
_LONGEST_TEXT = 1_000_000


class RejectedRows:
    """The rejected rows of one dataset in one load, collected on a connection that may spill to disk."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, load_id: str) -> None:
        self._connection, self._load_id = connection, load_id
        columns = ", ".join(f"{column.name} {column.duckdb_type}" for column in REJECTED_COLUMNS)
        connection.execute(f"create temp table rejected ({columns})")

    def add(self, uri: str, records: str) -> int:
        """Adds the records of a relation with `_row`, `_text` and `_reasons`; returns how many they were."""
        added = self._connection.execute(
            f"insert into rejected select {literal(uri)}, _row, left(_text, {_LONGEST_TEXT}), _reasons, "
            f"{literal(self._load_id)} from {records}"
        ).fetchone()
        return int(added[0]) if added else 0

    def write(self, path: Path) -> Path | None:
        """Writes all of them to a Parquet file, by file and row; None where there are none."""
        written = self._connection.execute(
            f"copy (select * from rejected order by _file, _row) to {literal(str(path))} (format parquet)"
        ).fetchone()
        if written and written[0]:
            return path
        path.unlink(missing_ok=True)
        return None
