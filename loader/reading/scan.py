"""What every file format offers to the typing of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import duckdb

from loader.reading.casts import Field


@dataclass(frozen=True)
class Records:
    """The records of a file with their numbers, for a file that did not type in one go.

    Attributes:
        relation: SQL of the well-formed records: the fields, `_row` and `_text`.
        malformed: SQL of the others (`_row`, `_text`, `_reasons`); None where the format has none.
        count: how many records there are, counted without the help of either relation.

    """

    relation: str
    malformed: str | None
    count: int


class Scan(Protocol):
    """One local file, ready to be read by DuckDB.

    Its relations are subqueries with a column for each field, called as the field's `sql` says.
    """

    @property
    def fields(self) -> tuple[Field, ...]:
        """The file's fields, in its order."""
        ...

    def count(self) -> int | None:
        """How many records a sound file of this size has, counted without DuckDB; None where nothing tells."""
        ...

    def relation(self, connection: duckdb.DuckDBPyConnection) -> str:
        """SQL of all records, in any order; running it raises `duckdb.Error` where one is malformed."""
        ...

    def records(self, connection: duckdb.DuckDBPyConnection) -> Records:
        """The records numbered, the malformed ones set apart.

        Raises:
            LoaderError: the file cannot be read to its end.

        """
        ...
