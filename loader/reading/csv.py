"""CSV files: the header and delimiter, the records, and what is wrong with their shape.

Every column is read as text; typing it is the business of `casts`. DuckDB's reader is fast and strict about
the shape of rows, but says nothing about a file's delimiter once the columns are given, and refuses mixed
line ends; `line_ends` mends these where it must.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loader.contract import Dataset
from loader.errors import LoaderError
from loader.reading.casts import Field, literal
from loader.reading.line_ends import normalise
from loader.reading.scan import Records

#: The longest record that is read; one beyond it is taken for a quote that never closes.
LONGEST_RECORD = 32 * 2**20
_DELIMITERS = ",;\t"

#: DuckDB's kinds of malformed records, in words. `{n}` is the number of fields that the header has.
_SHAPES = {
    "MISSING COLUMNS": "fewer fields than the header's {n}",
    "TOO MANY COLUMNS": "more fields than the header's {n}",
    "UNQUOTED VALUE": "text after a closing quote",
    "INVALID ENCODING": "not valid UTF-8",
}


@dataclass(frozen=True)
class Header:
    """The first record: its fields, the delimiter between them, and the empty lines above it."""

    names: tuple[str, ...]
    delimiter: str
    skip: int


def _first_record(path: Path, delimiter: str) -> tuple[list[str], int]:
    with open(path, encoding="utf-8-sig", newline="") as lines:
        skipped = 0
        for record in csv.reader(lines, delimiter=delimiter):
            if record:
                return record, skipped
            skipped += 1
    return [], 0


def read_header(path: Path, uri: str, dataset: Dataset) -> Header:
    """The header of a file, with the delimiter that gives the most columns of the dataset."""
    try:
        candidates = [(*_first_record(path, delimiter), delimiter) for delimiter in _DELIMITERS]
    except UnicodeDecodeError as error:
        raise LoaderError(f"{uri}: the header is not UTF-8. Save the file as UTF-8 and load again.") from error
    except csv.Error as error:
        raise LoaderError(f"{uri}: the header cannot be read: {error}.") from error

    def fit(candidate: tuple[list[str], int, str]) -> tuple[int, int]:
        names = candidate[0]
        return sum(name.strip().lower() in dataset.by_name for name in names), len(names)

    names, skip, delimiter = max(candidates, key=fit)
    named = (name.strip() or f"column_{position}" for position, name in enumerate(names, start=1))
    return Header(tuple(named), delimiter, skip)


class CsvScan:
    """A CSV file, ready to be read."""

    def __init__(self, path: Path, uri: str, dataset: Dataset) -> None:
        self._path, self._uri = path, uri
        self._header = read_header(path, uri, dataset)
        self.fields = tuple(Field(name, f"f{i}") for i, name in enumerate(self._header.names))

    def _reader(self, path: Path, options: str = "") -> str:
        columns = ", ".join(f"'{field.sql}': 'VARCHAR'" for field in self.fields)
        return (
            f"read_csv({literal(str(path))}, columns = {{{columns}}}, auto_detect = false, header = true, "
            f"skip = {self._header.skip}, delim = {literal(self._header.delimiter)}, quote = '\"', escape = '\"', "
            f"allow_quoted_nulls = false, max_line_size = {LONGEST_RECORD}, buffer_size = {LONGEST_RECORD}{options})"
        )

    def relation(self, connection: duckdb.DuckDBPyConnection) -> str:
        return f"(select * from {self._reader(self._path)})"

    def records(self, connection: duckdb.DuckDBPyConnection) -> Records:
        tidy = self._path.with_name(self._path.name + ".tidy")
        numbered = self._path.with_name(self._path.name + ".records.parquet")
        normalise(self._path, tidy, drop_blank=len(self.fields) > 1)
        self._header = Header(self._header.names, self._header.delimiter, 0)
        connection.execute("drop table if exists reject_errors; drop table if exists reject_scans")
        connection.execute("set preserve_insertion_order = true")  # row_number() is to follow the file
        try:
            connection.execute(
                f"copy (select *, row_number() over () as _kept from {self._reader(tidy, ', store_rejects = true')}) "
                f"to {literal(str(numbered))} (format parquet, compression snappy)"
            )
        except duckdb.InvalidInputException as error:
            raise LoaderError(f"{self._uri}: cannot be read to its end. {_sentence(error)}") from error
        finally:
            connection.execute("set preserve_insertion_order = false")
        self._refuse_swallowed(connection, tidy.stat().st_size)
        tidy.unlink()
        return self._records(connection, numbered)

    def _records(self, connection: duckdb.DuckDBPyConnection, numbered: Path) -> Records:
        shapes = " ".join(
            f"when {literal(kind)} then {literal(text.format(n=len(self.fields)))}" for kind, text in _SHAPES.items()
        )
        # DuckDB numbers records from 1 with the header, and gives a record several entries if it has several faults.
        connection.execute(
            f"""
            create or replace temp table malformed as
            select line - 1 as _row, any_value(csv_line) as _text,
                string_agg(distinct case error_type::varchar {shapes} else error_message end, '; ') as _reasons
            from reject_errors group by line
            """
        )
        # A kept record's number in the file: its rank among the kept, plus the malformed records before it.
        connection.execute(
            """
            create or replace temp table shifts as
            select _row - nth as kept_before, max(nth) as shift
            from (select _row, row_number() over (order by _row) as nth from malformed) group by all
            """
        )
        relation = (
            f"(select * exclude (kept_before, shift), _kept + coalesce(shift, 0) as _row, {self._text()} as _text "
            f"from read_parquet({literal(str(numbered))}) asof left join shifts on _kept > kept_before)"
        )
        return Records(relation, "(select * from malformed)")

    def _text(self) -> str:
        """SQL of a record written as CSV again."""
        delimiter = literal(self._header.delimiter)
        special = literal(f'["\\r\\n{self._header.delimiter}]')
        parts = (
            f"""case when {f.sql} = '' or regexp_matches({f.sql}, {special})
            then '"' || replace({f.sql}, '"', '""') || '"' else coalesce({f.sql}, '') end"""
            for f in self.fields
        )
        return f" || {delimiter} || ".join(parts)

    def _refuse_swallowed(self, connection: duckdb.DuckDBPyConnection, size: int) -> None:
        """Fails on a quote that never closes: the records behind it cannot be told apart."""
        swallowed = connection.execute(
            f"""
            select min(line) - 1 from reject_errors
            where error_type::varchar = 'LINE SIZE OVER MAXIMUM' or (
                error_type::varchar = 'UNQUOTED VALUE'
                and line_byte_position - 1 + strlen(csv_line) >= {size}
                and (length(csv_line) - length(replace(csv_line, '"', ''))) % 2 = 1
            )
            """
        ).fetchone()
        if swallowed and swallowed[0] is not None:
            raise LoaderError(
                f"{self._uri}: row {swallowed[0]} opens a quote that never closes (or is longer than "
                f"{LONGEST_RECORD // 2**20} MB), so the rows behind it cannot be read. Mend the row and load again."
            )


def _sentence(error: Exception) -> str:
    """The first two lines of DuckDB's message: what is wrong, and where."""
    lines: Iterator[str] = iter(io.StringIO(str(error)))
    return " ".join(line.strip() for _, line in zip(range(2), lines, strict=False))
