"""What dlt has to know about each raw table, derived from the contract."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import dlt
from dlt.common.data_types import TDataType
from dlt.common.schema.typing import TColumnSchema
from dlt.destinations.impl.bigquery.bigquery_adapter import (
    CLUSTER_COLUMNS_HINT,
    PARTITION_HINT,
    TABLE_DESCRIPTION_HINT,
)

from loader.contract import DLT_TYPES, Column, Dataset
from loader.reading.columns import LOAD_ID

FILE_COLUMNS = (
    Column("file", "STRING", "Path or address of the file, or the name of what was generated."),
    Column("dataset", "STRING", "Dataset that the file was loaded into."),
    Column("size", "INT64", "Size in bytes."),
    Column("version", "STRING", "Time of the last change, or etag: a file with another version is loaded again."),
    Column("read", "INT64", "Records in the file."),
    Column("loaded", "INT64", "Rows that came into the raw table."),
    Column("superseded", "INT64", "Rows left out because the same load brought a newer version of their key."),
    Column("rejected", "INT64", "Records that could not be typed."),
    LOAD_ID,
)


def table_hints(dataset: Dataset) -> dict[str, Any]:
    """Hints of the dlt resource that fills a dataset's raw table."""
    additional: dict[str, Any] = {TABLE_DESCRIPTION_HINT: dataset.description}
    if dataset.cluster:
        additional[CLUSTER_COLUMNS_HINT] = list(dataset.cluster)
    if dataset.write == "append":
        return {"write_disposition": "append", "additional_table_hints": additional}
    return {
        "write_disposition": {"disposition": "merge", "strategy": "delete-insert"},
        "additional_table_hints": additional,
    }


def dataset_columns(dataset: Dataset, columns: Iterable[Column]) -> dict[str, TColumnSchema]:
    """Columns of a dataset's raw table, as dlt takes them.

    A replaced dataset is merged: the rows of its keys are deleted and the new ones inserted in one transaction. A null
    key equals nothing, so rows without one are appended. (dlt's own argument `merge_key` would forbid the nulls.)
    """
    declared = plain_columns(columns)
    if dataset.partition:
        declared[dataset.partition][PARTITION_HINT] = True  # type: ignore[typeddict-unknown-key]
    if dataset.write == "replace":
        for name in ["_set"] if dataset.or_key else dataset.key:
            declared[name]["merge_key"] = True
    return declared


def plain_columns(columns: Iterable[Column]) -> dict[str, TColumnSchema]:
    """Columns with name, type and description, as dlt takes them; every raw column may be null."""
    declared: dict[str, TColumnSchema] = {}
    for column in columns:
        data_type = cast(TDataType, DLT_TYPES[column.data_type])
        declared[column.name] = {"name": column.name, "data_type": data_type, "nullable": True}
        if column.description:
            declared[column.name]["description"] = column.description
    return declared


def declare(schema: dlt.Schema, table_name: str, columns: dict[str, TColumnSchema]) -> None:
    """Gives a table of the schema these columns, in this order.

    The order must be that of the Parquet file: dlt rewrites a file whose columns are in another one.
    """
    schema.update_table({"name": table_name, "columns": columns})
    merged = schema.tables[table_name]["columns"]
    schema.tables[table_name]["columns"] = {name: merged[name] for name in columns}
