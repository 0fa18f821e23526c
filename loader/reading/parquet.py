"""Parquet files: their columns and physical types."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from loader.errors import LoaderError
from loader.reading.casts import Field, literal, quoted
from loader.reading.scan import Records


class ParquetScan:
    """A Parquet file, ready to be read."""

    def __init__(self, path: Path, uri: str, connection: duckdb.DuckDBPyConnection) -> None:
        self._source = f"read_parquet({literal(str(path))}, file_row_number = true)"
        try:
            names, self._rows = pq.read_schema(path).names, pq.read_metadata(path).num_rows
            described = connection.execute(
                f"describe select * exclude (file_row_number) from {self._source}"
            ).fetchall()
        except (pa.ArrowException, OSError, duckdb.Error) as error:
            raise LoaderError(f"{uri}: is not a readable Parquet file: {str(error).splitlines()[0]}") from error
        # DuckDB renames the second of two equal names; the true ones tell that they are equal.
        self._read_as = [name for name, *_ in described]
        self.fields = tuple(
            Field(name, f"f{i}", "VARCHAR" if kind.startswith("ENUM") else kind)
            for i, (name, (_, kind, *_)) in enumerate(zip(names, described, strict=True))
        )

    def count(self) -> int | None:
        """The number of rows that the file's own footer names."""
        return int(self._rows)

    def _columns(self) -> str:
        return ", ".join(
            f"cast({quoted(name)} as varchar) as {field.sql}" if field.is_text else f"{quoted(name)} as {field.sql}"
            for field, name in zip(self.fields, self._read_as, strict=True)
        )

    def relation(self, connection: duckdb.DuckDBPyConnection) -> str:
        """SQL of all rows, in the file's types."""
        return f"(select {self._columns()} from {self._source})"

    def records(self, connection: duckdb.DuckDBPyConnection) -> Records:
        """All rows, numbered; the text of one is a JSON object."""
        record = ", ".join(f"{quoted(name)} := {quoted(name)}" for name in self._read_as)
        text = f"cast(to_json(struct_pack({record})) as varchar)"
        relation = f"(select {self._columns()}, file_row_number + 1 as _row, {text} as _text from {self._source})"
        return Records(relation, None, int(self._rows))
