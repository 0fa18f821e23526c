"""JSON Lines: one object a line, its keys as fields, all as text."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from loader.reading.casts import Field, literal
from loader.reading.lines import read_lines
from loader.reading.scan import Records

#: A valid JSON text that begins so is an object.
_IS_OBJECT = "starts_with(ltrim(line, E' \\t\\r\\n'), '{')"


class JsonLinesScan:
    """A JSON Lines file, ready to be read. Its keys are known only after a pass over all of it."""

    def __init__(self, path: Path, uri: str, connection: duckdb.DuckDBPyConnection) -> None:
        self._path, self._uri = path, uri
        self._register(connection)
        found = connection.execute(
            f"select key, min(_row) from (select unnest(try(json_keys(line))) as key, _row "
            f"from lines where is_utf8 and {_IS_OBJECT}) group by key order by 2, 1"
        ).fetchall()
        self.fields = tuple(Field(name, f"f{i}") for i, (name, _) in enumerate(found))

    def _register(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Opens the file anew: a reader of Arrow batches is spent once it was scanned."""
        connection.register("lines", read_lines(self._path, self._uri))

    def count(self) -> int | None:
        """Unknown; the lines are split in this package and not by DuckDB, so there is nothing to hold against it."""
        return None

    def _columns(self, record: str) -> str:
        return "".join(f"struct_extract({record}, {literal(f.name)}) as {f.sql}, " for f in self.fields)

    def _record(self, line: str) -> str:
        if not self.fields:
            return "null"
        structure = literal(json.dumps({field.name: "VARCHAR" for field in self.fields}, ensure_ascii=False))
        return f"from_json({line}, {structure})"

    def relation(self, connection: duckdb.DuckDBPyConnection) -> str:
        """SQL of the values of all objects as text; running it fails on a line that is none."""
        self._register(connection)
        if not self.fields:
            is_object = f"is_utf8 and json_valid(line) and {_IS_OBJECT}"
            return f"(select _row from lines where case when {is_object} then true else error('no object') end)"
        line = f"case when is_utf8 and {_IS_OBJECT} then line else error('no object') end"
        return f"(select {self._columns('record')}_row from (select _row, {self._record(line)} as record from lines))"

    def records(self, connection: duckdb.DuckDBPyConnection) -> Records:
        """Objects, and lines that are none, numbered."""
        numbered = self._path.with_name(self._path.name + ".records.parquet")
        self._register(connection)
        copied = connection.execute(
            f"copy (select *, is_utf8 and json_valid(line) and {_IS_OBJECT} as is_object from lines) "
            f"to {literal(str(numbered))} (format parquet, compression snappy)"
        ).fetchone()
        source = f"read_parquet({literal(str(numbered))})"
        text = "rtrim(line, E'\\r\\n')"
        objects = f"(select _row, line, {self._record('line')} as record from {source} where is_object)"
        relation = f"(select {self._columns('record')}_row, {text} as _text from {objects})"
        malformed = (
            f"(select _row, {text} as _text, case when not is_utf8 then 'not valid UTF-8' "
            f"when json_valid(line) then 'not a JSON object' else 'not valid JSON' end as _reasons "
            f"from {source} where not is_object)"
        )
        return Records(relation, malformed, int(copied[0]) if copied else 0)
