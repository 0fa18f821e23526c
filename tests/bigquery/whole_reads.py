"""The reads of event-sized tables that no partition filter narrows in an incremental build, each with its reason.

BigQuery bills the bytes of the columns named, for all rows of the table: 8 for a DATE, INT64, FLOAT64 or TIMESTAMP, 2
and its length for a STRING. `cost` says what a build adds up to, in bytes, for `rows` rows. Whatever reads more than is
written here fails, and so does an entry that nothing needs any more.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WholeRead:
    """Reads of all partitions of a table, for one reason.

    Attributes:
        table: the table, as `dataset.table`.
        nodes: the dbt nodes that read it, as `model name` or `test name`.
        columns: the columns that they read, each of them some.
        cost: what one build adds up to, in bytes.
    """

    table: str
    nodes: frozenset[str]
    columns: frozenset[str]
    reason: str
    cost: str


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


WHOLE_READS = [
    WholeRead(
        table="esputnik_raw.contactActivities",
        nodes=frozenset({"model stg_esputnik__contact_activities"}),
        columns=_names("_day _dlt_load_id"),
        reason="Partition metadata counts rows of loads that are not completed; this count tells which rows a build saw.",
        cost="rows * (8 + 2 + 18), when a day was touched",
    ),
    WholeRead(
        table="esputnik_raw.events",
        nodes=frozenset({"model stg_esputnik__events"}),
        columns=_names("_day _dlt_load_id"),
        reason="As for contactActivities.",
        cost="rows * (8 + 2 + 18), when a day was touched",
    ),
]
