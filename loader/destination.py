"""The warehouse that a target names: its connection, the few statements of the loader's own, and dlt's destination."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import duckdb
from typing_extensions import override

from loader.errors import ConfigurationError, LoaderError
from loader.profile import Target

if TYPE_CHECKING:
    import pyarrow as pa
    from dlt.common.destination import Destination

#: Settings of DuckDB, in the warehouse's connection as in the readers': what exceeds its memory goes to disk.
PLAIN: Mapping[str, str] = MappingProxyType({"memory_limit": "400MB"})
#: The same where a source goes on reading beside many small loads: little at a time, and given back at once.
THRIFTY: Mapping[str, str] = MappingProxyType(
    {
        "memory_limit": "128MB",
        "threads": "1",
        "allocator_flush_threshold": "8MB",
        "allocator_bulk_deallocation_flush_threshold": "8MB",
    }
)
#: What DuckDB needs between two of those loads.
_AT_REST = "16MB"

Rows = list[tuple[Any, ...]]


class Warehouse(ABC):
    """Where the raw tables are; a context manager that ends the connection.

    Attributes:
        raw_schema: schema (DuckDB) or dataset (BigQuery) of the raw tables.
        single_writer: True where an open connection already keeps every other process from writing.

    """

    raw_schema: str
    single_writer: bool

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @abstractmethod
    def destination(self) -> Destination[Any, Any]:
        """The destination for dlt, on this warehouse's connection or credentials."""

    @abstractmethod
    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Rows:
        """Runs one statement of the loader's own, `?` for each parameter, and returns its rows.

        Raises:
            LoaderError: the warehouse refuses it, or is not reached.

        """

    @abstractmethod
    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Rows of a query as Arrow batches, for results too large for `execute`; raises as that does."""

    @abstractmethod
    def table(self, name: str) -> str:
        """A raw table's quoted, full name."""

    @abstractmethod
    def tables(self) -> set[str]:
        """Names of the tables in the raw schema; empty where there is no such schema."""

    @abstractmethod
    def columns(self) -> Rows:
        """Table or view, column and type, as the engine calls it, of every column in the schema, in their order."""

    @abstractmethod
    def newest_partition(self, name: str) -> date | None:
        """Newest `_day` of a raw table that is partitioned by it."""

    @abstractmethod
    def create_schema(self) -> None:
        """Creates the raw schema where there is none."""

    @abstractmethod
    def finish_tables(self, datasets: Sequence[str]) -> None:
        """Sets what dlt does not set on the tables of these datasets, where it is not set yet."""

    @abstractmethod
    def await_dead_jobs(self) -> None:
        """Ends what a killed run may have left working in the warehouse itself.

        Raises:
            LoaderError: that cannot be done, so its rows must not be purged yet.

        """

    @abstractmethod
    def close(self) -> None:
        """Ends the connection."""


class DuckDbWarehouse(Warehouse):
    """A DuckDB file; one connection is held for the whole command, so that nobody else can write meanwhile.

    Opened read-only, a file that is not there yet is an empty warehouse.
    """

    single_writer = True

    def __init__(self, target: Target, *, read_only: bool = False, thrifty: bool = False) -> None:
        self.path = _duckdb_path(target)
        self._is_thrifty = thrifty
        self.raw_schema = target.raw_schema
        self._connection = self._connect(read_only=read_only)
        for name, value in {
            "preserve_insertion_order": False,
            **(THRIFTY if thrifty else PLAIN),
            **(target.settings.get("settings") or {}),
        }.items():
            try:
                self._connection.execute(f"set {name} = ?", [value])
            except duckdb.Error as error:
                self.close()
                raise ConfigurationError(
                    f"Target `{target.name}`: DuckDB refuses its setting `{name}`: {_first_line(error)}"
                ) from error

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        if read_only and not self.path.exists():
            return duckdb.connect(":memory:")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = duckdb.connect(str(self.path), read_only=read_only)
        except OSError as error:
            raise ConfigurationError(
                f"{self.path} cannot be made: {error.strerror}. Name another `path` in profiles.yml."
            ) from error
        except duckdb.Error as error:
            if "Could not set lock" in str(error):
                raise LoaderError(
                    f"{self.path} is open in another program, which keeps it locked. Close it there and run this again."
                ) from error
            raise ConfigurationError(
                f"{self.path} cannot be opened as a DuckDB file: {_first_line(error)}."
                " Name another `path` in profiles.yml."
            ) from error
        # DuckDB opens a CSV, JSON or Parquet file as a database in memory: whatever is written to it would be lost.
        kept_in = connection.execute("select path from duckdb_databases() where database_name = current_database()")
        if kept_in.fetchall() == [(None,)]:
            connection.close()
            raise ConfigurationError(f"{self.path} is no DuckDB file. Name another `path` in profiles.yml.")
        return connection

    @override
    def destination(self) -> Destination[Any, Any]:
        # dlt takes seconds to import, and `status` does without it.
        import dlt
        from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials

        # dlt does not say that DuckDB has transactions, and would delete rows before it inserts those in their place.
        return dlt.destinations.duckdb(credentials=DuckDbCredentials(self._connection), supports_transactions=True)

    @override
    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Rows:
        with _refusals_told(), self._connection.cursor() as cursor:
            return cursor.execute(sql, list(parameters)).fetchall()

    @override
    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        with _refusals_told(), self._connection.cursor() as cursor:
            yield from cursor.execute(sql).to_arrow_reader(50_000)

    @override
    def table(self, name: str) -> str:
        return f'"{self.raw_schema}"."{name}"'

    @override
    def tables(self) -> set[str]:
        rows = self.execute(
            "select table_name from duckdb_tables() where database_name = current_database() and schema_name = ?",
            [self.raw_schema],
        )
        return {name for (name,) in rows}

    @override
    def columns(self) -> Rows:
        return self.execute(
            "select table_name, column_name, data_type from information_schema.columns"
            " where table_catalog = current_database() and table_schema = ? order by table_name, ordinal_position",
            [self.raw_schema],
        )

    @override
    def newest_partition(self, name: str) -> date | None:
        ((newest,),) = self.execute(f"select max(_day) from {self.table(name)}")
        return newest  # type: ignore[no-any-return]

    @override
    def create_schema(self) -> None:
        self.execute(f'create schema if not exists "{self.raw_schema}"')

    @override
    def finish_tables(self, datasets: Sequence[str]) -> None:
        """DuckDB has neither partitions nor labels; what was loaded goes from its memory to the file."""
        self.execute("checkpoint")
        if self._is_thrifty:
            self._give_back()

    def _give_back(self) -> None:
        """Frees what the load needed, up to 100 MB, which DuckDB keeps until its limit is lowered."""
        ((limit,),) = self.execute("select current_setting('memory_limit')")
        # A limit that cannot be kept is refused, once all is freed that can be.
        with suppress(duckdb.OutOfMemoryException):
            self._connection.execute(f"set memory_limit = '{_AT_REST}'")
        self.execute("set memory_limit = ?", [limit])

    @override
    def await_dead_jobs(self) -> None:
        """DuckDB works inside the process that died."""

    @override
    def close(self) -> None:
        self._connection.close()


def open_warehouse(target: Target, *, read_only: bool = False, thrifty: bool = False) -> Warehouse:
    """Connects to the target's warehouse; a thrifty one leaves memory to a source that goes on reading.

    Raises:
        ConfigurationError: the target lacks a setting or its credentials cannot be read.
        LoaderError: the warehouse cannot be reached or is locked.

    """
    if target.type == "duckdb":
        return DuckDbWarehouse(target, read_only=read_only, thrifty=thrifty)
    # Google's client and dbt's adapter take seconds to import: only where they are needed.
    from loader.bigquery import BigQueryWarehouse

    return BigQueryWarehouse(target)


def _duckdb_path(target: Target) -> Path:
    settings: Mapping[str, Any] = target.settings
    path = str(settings.get("path") or ":memory:")
    if path == ":memory:":
        raise ConfigurationError(
            f"Target `{target.name}` has no `path`: a load needs a DuckDB file to keep its rows in."
        )
    return Path(path).expanduser()


@contextmanager
def _refusals_told() -> Iterator[None]:
    """Turns what DuckDB refuses into a sentence."""
    try:
        yield
    except duckdb.Error as error:
        raise LoaderError(f"DuckDB refuses a statement of the loader: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
