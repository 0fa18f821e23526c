"""CSV files: the header, the delimiter, and the records as text.

Every column is read as text; typing it is the business of `casts`. DuckDB's reader is fast and strict about
the shape of rows, but takes the first row's word for the columns and refuses a file for one bad row;
`csv_records` sorts out such a file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loader.contract import Dataset
from loader.errors import LoaderError
from loader.reading.casts import Field, literal
from loader.reading.csv_records import LONGEST_RECORD, Dialect, count_records, split_records
from loader.reading.scan import Records

_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Header:
    """The first record: its fields, the delimiter between them, its line end, and the empty lines above it."""

    names: tuple[str, ...]
    delimiter: str
    line_end: str
    skip: int


def _first_record(path: Path, delimiter: str) -> Header:
    # Bytes that are no UTF-8 matter in the header alone; those of later rows are read ahead here.
    with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        last = ""

        def remembered() -> Iterator[str]:
            nonlocal last
            for last in lines:  # noqa: UP028 (the line is to be remembered)
                yield last

        for skipped, names in enumerate(csv.reader(remembered(), delimiter=delimiter)):
            if names:
                # The end of the header's last line: inside quotes it may hold other line ends.
                line_end = last[len(last.rstrip("\r\n")) :] or "\n"
                return Header(tuple(names), delimiter, line_end, skipped)
    return Header((), delimiter, "\n", 0)


def read_header(path: Path, uri: str, dataset: Dataset) -> Header:
    """The header of a file, with the delimiter that gives the most columns of the dataset.

    Raises:
        LoaderError: the header is not UTF-8 or not CSV.

    """
    try:
        candidates = [_first_record(path, delimiter) for delimiter in _DELIMITERS]
    except csv.Error as error:
        raise LoaderError(f"{uri}: the header cannot be read: {error}.") from error

    def fit(header: Header) -> tuple[int, int]:
        return sum(name.strip().lower() in dataset.by_name for name in header.names), len(header.names)

    header = max(candidates, key=fit)
    if any("\udc80" <= letter <= "\udcff" for name in header.names for letter in name):
        raise LoaderError(f"{uri}: the header is not UTF-8. Save the file as UTF-8 and load again.")
    return header


class CsvScan:
    """A CSV file, ready to be read."""

    def __init__(self, path: Path, uri: str, dataset: Dataset) -> None:
        self._path, self._uri = path, uri
        self._header = read_header(path, uri, dataset)
        self._dialect = Dialect(
            self._header.delimiter, b"\r" if self._header.line_end == "\r" else b"\n", len(self._header.names)
        )
        self.fields = tuple(
            Field(name.strip() or f"column_{position}", f"f{position}")
            for position, name in enumerate(self._header.names, start=1)
        )

    def count(self) -> int | None:
        """Lines that end outside of quotes; a file whose blank lines make this wrong is sorted out by `records`."""
        return count_records(self._path, self._dialect) - self._header.skip

    def _reader(self, path: Path, *, header: bool) -> str:
        """DuckDB's reader with nothing left to guess; a file without header has numbered records."""
        columns = [f"'{field.sql}': 'VARCHAR'" for field in self.fields]
        if not header:
            columns.insert(0, "'_row': 'BIGINT'")
        # A line end that is guessed, or wrong, makes the reader find no rows at all in some files, and no fault.
        line_end = self._header.line_end.replace("\r", r"\r").replace("\n", r"\n") if header else r"\n"
        return (
            f"read_csv({literal(str(path))}, columns = {{{', '.join(columns)}}}, auto_detect = false, "
            f"header = {header}, skip = {self._header.skip if header else 0}, new_line = '{line_end}', "
            f"delim = {literal(self._header.delimiter)}, quote = '\"', escape = '\"', allow_quoted_nulls = false, "
            f"max_line_size = {LONGEST_RECORD + 100}, buffer_size = {2 * LONGEST_RECORD})"
        )

    def relation(self, connection: duckdb.DuckDBPyConnection) -> str:
        """SQL of all records as text."""
        return f"(select * from {self._reader(self._path, header=True)})"

    def records(self, connection: duckdb.DuckDBPyConnection) -> Records:
        """Sound and malformed records, numbered."""
        sound, malformed = self._path.with_name("sound.csv"), self._path.with_name("malformed.parquet")
        count = split_records(self._path, self._uri, self._dialect, sound, malformed)
        reader = self._reader(sound, header=False)
        return Records(
            relation=f"(select *, {self._text()} as _text from {reader})",
            malformed=f"(select * from read_parquet({literal(str(malformed))}))",
            count=count,
        )

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
