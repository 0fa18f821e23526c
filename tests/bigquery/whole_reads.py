"""The reads of event-sized tables that no partition filter narrows in an incremental build, each with its reason.

BigQuery bills the bytes of the columns named, for all rows of the table: 8 for a DATE, INT64, FLOAT64 or TIMESTAMP, 2
and its length for a STRING. `cost` says what a build adds up to, in bytes, for `rows` rows. Whatever reads more than is
written here fails, and so does an entry that nothing needs any more.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WholeRead:
    """One node's read of all partitions of a table.

    Attributes:
        node: the dbt node, as `model name` or `test name`.
        table: the table, as `dataset.table`.
        columns: the columns that it reads, by any of its statements.

    """

    node: str
    table: str
    columns: frozenset[str]
    reason: str
    cost: str


WHOLE_READS: list[WholeRead] = []
