"""What is to be read: tables as the database describes them, with the type that each column gets in the warehouse."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from dlt.common.schema.typing import TColumnSchema
from sqlalchemy import types
from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError

from loader.errors import ConfigurationError
from loader.sources.database.address import reason_of

#: Types of a cursor: values with an order that database and warehouse agree on, which texts have not.
CURSOR_TYPES = ("bigint", "decimal", "date", "timestamp")

#: How far behind its newest value a time cursor is read again: a transaction may end after one that began later.
OVERLAP = {"timestamp": timedelta(hours=1), "date": timedelta(days=1)}

#: The widest decimal that DuckDB has.
DECIMAL_DIGITS = 38
#: Digits, and those after the point, of a decimal that the database does not limit: BigQuery's NUMERIC.
ANY_DECIMAL = (DECIMAL_DIGITS, 9)


@dataclass(frozen=True)
class TablePlan:
    """One table or view of the database and how it is brought over.

    Attributes:
        table: as the database describes it; its name is the name in the warehouse.
        columns: each column as dlt takes it, all nullable: a constraint of the database may be lifted tomorrow.
        selected: what is selected for each column.
        cursor: column by which only what is new is read; None: the table is read and replaced whole.

    """

    table: sa.Table
    columns: Mapping[str, TColumnSchema]
    selected: Sequence[sa.ColumnElement[Any]]
    cursor: str | None = None

    @property
    def name(self) -> str:
        """Name of the table, in the database and in the warehouse."""
        return self.table.name

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Columns of the primary key; empty where there is none, as in a view."""
        return tuple(column.name for column in self.table.primary_key)

    @property
    def merge_key(self) -> tuple[str, ...]:
        """Columns by which read rows take the place of those in the warehouse; empty where the table is replaced.

        Without a primary key it is the cursor itself: all rows of a value are read again together, so they replace
        that value's rows, and rows of other values are added.
        """
        if self.cursor is None:
            return ()
        return self.primary_key or (self.cursor,)

    @property
    def cursor_may_be_null(self) -> bool:
        """Whether the database lets rows be without a value of the cursor."""
        return self.cursor is not None and bool(self.table.c[self.cursor].nullable)

    def query(self, newest: Any) -> sa.Select[Any]:
        """The rows to read.

        Args:
            newest: the cursor's newest value in the warehouse; None reads everything.

        """
        query = sa.select(*self.selected)
        if self.cursor is None or newest is None:
            return query
        column = self.table.c[self.cursor]
        # Rows without a value are read every time: when they changed cannot be told.
        is_new = column >= self._since(newest)
        return query.where(sa.or_(is_new, column.is_(None)) if self.cursor_may_be_null else is_new)

    def _since(self, newest: Any) -> Any:
        """Where to read from: the newest value itself, since later rows may have the same, times with an overlap.

        A value in the future would hide everything that comes until then, so the present bounds it.
        """
        assert self.cursor is not None
        data_type = self.columns[self.cursor]["data_type"]
        if data_type == "timestamp":
            since = min(newest, datetime.now(UTC)) - OVERLAP[data_type]
            is_aware = getattr(self.table.c[self.cursor].type, "timezone", False)
            return since if is_aware else since.astimezone(UTC).replace(tzinfo=None)
        if data_type == "date":
            return min(newest, datetime.now(UTC).date()) - OVERLAP[data_type]
        return newest


def plan_tables(engine: sa.Engine, names: Sequence[str], cursors: Mapping[str, str]) -> list[TablePlan]:
    """Looks the tables up in the database and checks that they can be read and brought over.

    Args:
        engine: the database.
        names: tables or views, each with its schema before a dot where it is not in the default one.
        cursors: cursor column by table, named as in `names`.

    Raises:
        ConfigurationError: an unknown table or column, a cursor of an unfit type, names that would collide.

    """
    if unknown := sorted(set(cursors) - set(names)):
        raise ConfigurationError(f"--cursor names {', '.join(unknown)}, which --tables does not.")
    landing: dict[str, str] = {}
    plans = []
    for name in names:
        plan = _plan(engine, name, cursors.get(name))
        if plan.name.startswith(("_dlt_", "_load_")):
            raise ConfigurationError(f"Table {name} cannot be loaded: names like this are the loader's own.")
        other = landing.setdefault(plan.name.casefold(), name)
        if other != name:
            raise ConfigurationError(f"{other} and {name} would land in the same table; load a view of another name.")
        plans.append(plan)
    return plans


def _plan(engine: sa.Engine, name: str, cursor: str | None) -> TablePlan:
    schema, _, bare = name.rpartition(".")
    metadata = sa.MetaData(schema=schema or None)
    try:
        table = sa.Table(bare, metadata, autoload_with=engine, resolve_fks=False)
        selected = [_selected(column, engine.dialect.name) for column in table.columns]
        with engine.connect() as connection:
            connection.execute(sa.select(*selected).limit(0))
    except NoSuchTableError:
        raise ConfigurationError(_unknown_table(engine, name, schema or None, bare)) from None
    except SQLAlchemyError as error:
        raise ConfigurationError(f"Table {name} cannot be read: {reason_of(error, engine.url)}") from None
    _check_names(name, [column.name for column in table.columns])
    columns = {column.name: _hint(column, engine.dialect.name) for column in table.columns}
    if cursor is not None:
        _check_cursor(name, columns, cursor)
    return TablePlan(table, columns, selected, cursor)


def _unknown_table(engine: sa.Engine, name: str, schema: str | None, bare: str) -> str:
    try:
        inspector = sa.inspect(engine)
        there = sorted({*inspector.get_table_names(schema), *inspector.get_view_names(schema)})
    except SQLAlchemyError:  # an unknown schema, in some databases
        there = []
    close = difflib.get_close_matches(bare, there, n=10, cutoff=0.5) or there[:10]
    return f"The database has no table or view {name}." + (f" It has: {', '.join(close)}." if close else "")


def _check_names(table: str, columns: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for column in columns:
        other = seen.setdefault(column.casefold(), column)
        if other != column:
            raise ConfigurationError(
                f"Table {table} has columns {other} and {column}, which the warehouse cannot tell apart; load a view"
                " that renames one."
            )
        # dlt takes its own SQL apart at these.
        if set(column) & set(';\n"`'):
            raise ConfigurationError(f"Table {table} has a column called {column!r}; load a view that renames it.")


def _check_cursor(table: str, columns: Mapping[str, TColumnSchema], cursor: str) -> None:
    if cursor not in columns:
        raise ConfigurationError(f"Table {table} has no column {cursor} for --cursor. It has: {', '.join(columns)}.")
    data_type = columns[cursor]["data_type"]
    if data_type not in CURSOR_TYPES:
        raise ConfigurationError(
            f"Column {cursor} of table {table} cannot be a cursor: that takes a whole number, a decimal, a date or a"
            f" time, and it is of type {data_type}."
        )


def _hint(column: sa.Column[Any], dialect: str) -> TColumnSchema:
    """A column as dlt takes it.

    dlt's own reflection knows SQLAlchemy 2.0, in which `Float` is a `Numeric`; in 2.1 it is not.
    """
    hint: TColumnSchema = {"name": column.name, "nullable": True, "data_type": "text"}
    kind = column.type
    if _is_read_as_text(column):
        return hint
    if isinstance(kind, types.Float) or (isinstance(kind, types.Numeric) and dialect == "sqlite"):
        # SQLite keeps decimals as floating point, whatever the column is declared to be.
        hint["data_type"] = "double"
    elif isinstance(kind, types.Numeric):
        hint["data_type"] = "decimal"
        declared = (kind.precision, kind.scale or 0)
        hint["precision"], hint["scale"] = declared if kind.precision is not None else ANY_DECIMAL
    elif isinstance(kind, types.Boolean):
        hint["data_type"] = "bool"
    elif isinstance(kind, types.Integer):
        hint["data_type"] = "bigint"
    elif isinstance(kind, types.DateTime):
        # One type for both kinds: BigQuery loads no time without a zone from Parquet. Without a zone it means UTC.
        hint["data_type"] = "timestamp"
    elif isinstance(kind, types.Date):
        hint["data_type"] = "date"
    elif isinstance(kind, types.Time):
        hint["data_type"] = "time"
    elif isinstance(kind, types._Binary):
        hint["data_type"] = "binary"
    return hint


def _is_read_as_text(column: sa.Column[Any]) -> bool:
    """Whether the warehouse gets the database's own text of the values.

    That is so for what has no type in both DuckDB and BigQuery (JSON, arrays, UUIDs, intervals, enumerations,
    addresses, ...) and for decimals wider than theirs; nothing is lost by it.
    """
    kind = column.type
    if isinstance(kind, types.Numeric) and kind.precision is not None:
        return not 0 <= (kind.scale or 0) <= kind.precision <= DECIMAL_DIGITS
    if isinstance(kind, types.Enum) or (isinstance(kind, types.Time) and kind.timezone):
        return True
    return not isinstance(
        kind,
        types.String
        | types.Numeric
        | types.Float
        | types.Boolean
        | types.Integer
        | types.DateTime
        | types.Date
        | types.Time
        | types._Binary,
    )


def _selected(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    """What is selected for a column, under the column's name."""
    kind = column.type
    if _is_read_as_text(column):
        # PostgreSQL writes an array as {a,b} by itself; JSON is what the warehouse can take apart.
        is_array = dialect == "postgresql" and isinstance(kind, types.ARRAY)
        value: sa.ColumnElement[Any] = sa.func.to_json(column) if is_array else column
        return sa.cast(value, sa.Text).label(column.name)
    if dialect == "sqlite" and isinstance(kind, types.Numeric):
        return sa.type_coerce(column, sa.Float).label(column.name)
    if dialect == "sqlite" and isinstance(kind, types.Integer):
        # SQLite takes fractions in any column, and Arrow would cut them off; from a text it refuses them.
        is_fraction = sa.func.typeof(column) == "real"
        return sa.type_coerce(sa.case((is_fraction, sa.cast(column, sa.Text)), else_=column), kind).label(column.name)
    return column
