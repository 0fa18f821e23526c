"""Planned tables into the warehouse: each changes in one transaction, and the rows there are the only state.

What a cursor has seen is the newest value of its column in the warehouse. So a run that died has nothing to tidy up, a
table that somebody dropped is read again whole, and any machine can go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dlt
import pyarrow as pa
from dlt.common.exceptions import DltException, SignalReceivedException
from dlt.common.libs.pyarrow import PyToArrowConversionException
from dlt.common.schema.typing import TColumnSchema
from dlt.destinations.job_client_impl import SqlJobClientBase, SqlJobClientWithStagingDataset
from dlt.extract import DltResource
from dlt.sources.sql_database import TableLoader, sql_table
from dlt.sources.sql_database.arrow_helpers import row_tuples_to_arrow
from rich import box
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from typing_extensions import override

from loader.console import Console
from loader.destination import Warehouse
from loader.errors import ConfigurationError, LoaderError
from loader.hints import plain_columns
from loader.pipeline import as_loader_error, settle_dlt
from loader.reading.columns import LOAD_ID
from loader.runs import exclusive_run
from loader.sources.database.address import reason_of
from loader.sources.database.tables import TablePlan

#: Schema (DuckDB) or dataset (BigQuery) of the copied tables; also the name of dlt's pipeline and schema.
EXTRA_SCHEMA = "esputnik_extra"

#: Rows that are in memory at a time, as Python's values and as Arrow's.
CHUNK_ROWS = 20_000


@dataclass
class CopiedTable:
    """What a load did with a table.

    Attributes:
        newest: the cursor's newest value in the warehouse before; None where everything was read.

    """

    plan: TablePlan
    newest: Any = None
    rows: int = 0


def copy_tables(
    engine: Engine, plans: Sequence[TablePlan], warehouse: Warehouse, workdir: Path, console: Console
) -> list[CopiedTable]:
    """Copies tables of a database.

    Args:
        engine: the database, read in read-only transactions where it has them.
        plans: what to copy.
        warehouse: the target's schema `esputnik_extra`, connected.
        workdir: empty folder for this run's files; its disk must hold the read rows as Parquet.
        console: told what is going on.

    Raises:
        ConfigurationError: a column's type is not the one it has in the warehouse; nothing was changed.
        LoaderError: the load failed; every table holds all of its former rows, or all of its new ones.

    """
    settle_dlt()
    with exclusive_run(warehouse, {}) as run:
        destination = warehouse.destination()
        # The default empties a table before it is filled again.
        destination.config_params["replace_strategy"] = "insert-from-staging"
        pipeline = dlt.pipeline(
            EXTRA_SCHEMA,
            pipelines_dir=str(workdir / "dlt"),
            destination=destination,
            dataset_name=warehouse.raw_schema,
        )
        # There is no state of dlt's to keep.
        pipeline.config.restore_from_destination = False
        try:
            copies = _compare(pipeline, plans)
            resources = [_resource(engine, copied, console) for copied in copies]
            source = dlt.source(lambda: resources, schema=dlt.Schema(EXTRA_SCHEMA))()
            run.loads(pipeline.extract(source).loads_ids[0])
            pipeline.normalize()
            rows = sum(copied.rows for copied in copies)
            console.step(f"Writing {rows:,} rows to schema {warehouse.raw_schema}")
            pipeline.load(workers=1)
        except (DltException, SignalReceivedException) as error:
            raise as_loader_error(error) from error
    return copies


def _compare(pipeline: dlt.Pipeline, plans: Sequence[TablePlan]) -> list[CopiedTable]:
    """Looks at the tables in the warehouse: their types, and how far their cursors are."""
    copies = []
    with pipeline.destination_client() as client:
        assert isinstance(client, SqlJobClientWithStagingDataset)
        stored = dict(client.get_storage_tables([plan.name for plan in plans]))
        if absent := [name for name, columns in stored.items() if not columns]:
            _forget(client, absent)
            with client.with_staging_dataset():
                _forget(client, absent)
        for plan in plans:
            _check_types(plan, stored[plan.name])
            copies.append(CopiedTable(plan, _newest(client, plan) if plan.cursor in stored[plan.name] else None))
    return copies


def _forget(client: SqlJobClientBase, tables: Sequence[str]) -> None:
    """For tables that somebody may have dropped: dlt must not rely on having made them, nor keep old types staged."""
    ((_, versions),) = client.get_storage_tables([client.schema.version_table_name])
    if versions:
        client.drop_tables(*tables, delete_schema=True)


def _check_types(plan: TablePlan, stored: Mapping[str, TColumnSchema]) -> None:
    """Refuses what the warehouse would round or reject: a column with another type than it has there."""
    for name, column in plan.columns.items():
        there = stored.get(name)
        if there is None:
            continue
        # BigQuery's BIGNUMERIC comes back as dlt's type `wei`.
        kind = "decimal" if there["data_type"] == "wei" else there["data_type"]
        fits = kind == column["data_type"]
        if fits and kind == "decimal" and column.get("precision") and there.get("precision"):
            (digits, scale), (digits_there, scale_there) = _digits(column), _digits(there)
            fits = digits <= digits_there and scale <= scale_there
        if not fits:
            raise ConfigurationError(
                f"Column {name} of table {plan.name} is of type {_type(column)} now, and of type {_type(there)} in"
                f" {EXTRA_SCHEMA}.{plan.name}. Drop that table and run this again: it is then read whole."
            )


def _digits(column: TColumnSchema) -> tuple[int, int]:
    """How many digits a decimal has before and after the point."""
    precision, scale = column.get("precision") or 0, column.get("scale") or 0
    return precision - scale, scale


def _type(column: TColumnSchema) -> str:
    if column.get("precision"):
        return f"{column['data_type']}({column['precision']}, {column.get('scale') or 0})"
    return str(column["data_type"])


def _newest(client: SqlJobClientBase, plan: TablePlan) -> Any:
    assert plan.cursor is not None
    sql = client.sql_client
    column, table = sql.escape_column_name(plan.cursor), sql.make_qualified_table_name(plan.name)
    ((newest,),) = sql.execute_sql(f"SELECT max({column}) FROM {table}") or [(None,)]
    return newest


def _resource(engine: Engine, copied: CopiedTable, console: Console) -> DltResource:
    """The resource for dlt: a table's rows as Arrow tables, each row with the load's id."""
    plan = copied.plan

    class Rows(TableLoader):
        """dlt's reader of tables, told of what may go wrong on the way."""

        @override
        def load_rows(self, backend_kwargs: Any = None) -> Iterator[Any]:
            since = "" if copied.newest is None else f", {plan.cursor} from {copied.newest}"
            console.step(f"Reading {plan.name}{since}")
            try:
                for rows in super().load_rows(backend_kwargs):
                    _refuse_nulls(plan, rows)
                    copied.rows += rows.num_rows
                    yield _with_load_id(rows)
            except PyToArrowConversionException as error:
                raise LoaderError(
                    f"Column {error.field_name} of table {plan.name} holds a value that does not fit its type"
                    f" {_type(plan.columns[error.field_name])}. Load a view that casts or rounds it."
                ) from None
            except (SQLAlchemyError, ValueError, OverflowError) as error:
                raise LoaderError(
                    f"Table {plan.name} could not be read to its end, and nothing was changed:"
                    f" {reason_of(error, engine.url)}"
                ) from None
            if not copied.rows:
                # Else an emptied table would keep its former rows. (dlt's mark for it would add columns of its own.)
                yield _with_load_id(row_tuples_to_arrow([], self.columns))

    resource = sql_table(
        engine,
        plan.name,
        metadata=plan.table.metadata,
        backend="pyarrow",
        chunk_size=CHUNK_ROWS,
        # The columns and their types are the plan's.
        reflection_level="minimal",
        query_adapter_callback=lambda query, table, incremental, engine: plan.query(copied.newest),
        table_loader_class=Rows,
    )
    columns = {name: column.copy() for name, column in plan.columns.items()} | plain_columns([LOAD_ID])
    for name in plan.merge_key:
        columns[name]["merge_key"] = True
    disposition: Any = {"disposition": "merge", "strategy": "delete-insert"} if plan.merge_key else "replace"
    # Without dlt's primary key, which would sort all new rows for repeated keys that a database does not have.
    return resource.apply_hints(columns=columns, primary_key=[], write_disposition=disposition)


def _refuse_nulls(plan: TablePlan, rows: pa.Table) -> None:
    """Without a primary key, rows without a value of the cursor would be added again by every run."""
    if plan.cursor is not None and not plan.primary_key and rows[plan.cursor].null_count:
        raise LoaderError(
            f"Table {plan.name} has rows without a value in its cursor {plan.cursor} and no primary key to know them"
            " by. Load it without --cursor, or a view that leaves them out."
        )


def _with_load_id(rows: pa.Table) -> pa.Table:
    if LOAD_ID.name in rows.column_names:
        return rows
    load_id = pa.scalar(dlt.current.load_package_state()["load_id"], pa.string())
    return rows.append_column(LOAD_ID.name, pa.repeat(load_id, rows.num_rows))


def copies_table(copies: Sequence[CopiedTable]) -> Table:
    """What a load did, for people."""
    shown = Table(title=f"Copied into {EXTRA_SCHEMA}", title_justify="left", box=box.SIMPLE_HEAD)
    shown.add_column("table", no_wrap=True)
    shown.add_column("rows read", justify="right")
    shown.add_column("how")
    for copied in copies:
        plan = copied.plan
        how = "replaced whole"
        if plan.cursor is not None:
            how = f"by {plan.cursor}" + (f", from {copied.newest}" if copied.newest is not None else ", from the start")
            how += f", replacing by {', '.join(plan.primary_key)}" if plan.primary_key else ", added"
        shown.add_row(plan.name, f"{copied.rows:,}", how)
    return shown
