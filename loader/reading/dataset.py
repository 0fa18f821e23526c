"""The files of one dataset as typed rows in Parquet, with every row accounted for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loader.contract import Column, Dataset
from loader.destination import PLAIN
from loader.errors import LoaderError
from loader.reading.casts import literal
from loader.reading.columns import Layout
from loader.reading.csv import CsvScan
from loader.reading.jsonl import JsonLinesScan
from loader.reading.local import local_copy
from loader.reading.parquet import ParquetScan
from loader.reading.rejects import RejectedRows
from loader.reading.repeated import FEW_AT_ONCE, InRaw, drop_repeated
from loader.reading.scan import Scan
from loader.reading.select import RowSelect
from loader.reading.superseded import Part, drop_superseded
from loader.sources.files import SourceFile

#: Parts smaller than this are joined into one: a destination takes each part as a job of its own.
_SMALL_PART = 128 * 2**20
#: Written and read back once: speed counts, not size. Snappy is the quickest that still halves the bytes.
_PARQUET = "format parquet, compression snappy"


@dataclass(frozen=True)
class FileCounts:
    """What became of the records of one file: `read` is the sum of the other three."""

    uri: str
    read: int
    loaded: int
    superseded: int
    rejected: int


@dataclass(frozen=True)
class TypedDataset:
    """Typed rows of one dataset in one load.

    Attributes:
        parts: Parquet files with the rows, all with the same columns; none where there are no rows.
        columns: the columns in the order of the Parquet files: the contract's, unknown ones, the loader's own.
        rejected: Parquet file with the rejected rows (columns: `loader.reading.rejects`), None where there are none.
        unknown_columns: names of the columns that neither the contract nor the destination knew.

    """

    dataset: Dataset
    parts: tuple[Path, ...]
    columns: tuple[Column, ...]
    rejected: Path | None
    counts: tuple[FileCounts, ...]
    unknown_columns: tuple[str, ...]


@dataclass(frozen=True)
class _Opened:
    file: SourceFile
    folder: Path
    scan: Scan | None


def type_dataset(
    dataset: Dataset,
    files: Sequence[SourceFile],
    load_id: str,
    workdir: Path,
    *,
    export_timezone: str = "UTC",
    known_extra_columns: Sequence[str] = (),
    settings: Mapping[str, str] = PLAIN,
    progress: Callable[[int], None] | None = None,
    once: bool = False,
    in_raw: InRaw | None = None,
) -> TypedDataset:
    """Types the rows of a dataset's files.

    Args:
        dataset: whose columns the rows are typed to.
        files: the files to read; of two with the same key, the later generation's row stays.
        load_id: written into every row as `_dlt_load_id`.
        workdir: where results and temporary files go; the caller removes it.
        export_timezone: zone of times that carry no offset.
        known_extra_columns: columns that the raw table has beyond the contract; they stay in the shape.
        settings: of DuckDB, how much memory it may use among them; more is spilled to `workdir`.
        progress: called with the number of rows read, after each file.
        once: keep one row of each identity, the last; the others count as superseded.
        in_raw: with `once`, leave out what an appended raw table has already.

    Raises:
        LoaderError: a file cannot be read to its end, or two of its columns are the same.

    """
    results = workdir / dataset.name
    results.mkdir(parents=True)
    with duckdb.connect(config={**settings, "temp_directory": str(results / "spill")}) as connection:
        connection.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
        layout = Layout(dataset, known_extra_columns)
        opened = [_open(file, i, dataset, results, connection) for i, file in enumerate(files)]
        matched = [layout.match(o.file.uri, o.scan.fields) if o.scan else {} for o in opened]
        rejects = RejectedRows(connection, load_id)
        parts: list[Part] = []
        rejected_rows: list[int] = []
        options = FEW_AT_ONCE if once else _PARQUET
        for i, (source, fields) in enumerate(zip(opened, matched, strict=True)):
            path = results / f"rows-{i}.parquet"
            loaded = rejected = 0
            if source.scan:
                select = RowSelect(layout, fields, export_timezone, load_id)
                loaded, rejected = _type_file(connection, source, source.scan, select, rejects, path, options)
            parts.append(Part(path, i, source.file.generation, loaded))
            rejected_rows.append(rejected)
            shutil.rmtree(source.folder)
            if progress:
                progress(loaded + rejected)
        filled = [part for part in parts if part.rows]
        if once and filled:
            paths, superseded = _keep_once(connection, dataset, filled, in_raw, results)
        else:
            paths, superseded = _settle(connection, dataset, filled, results)
        counts = tuple(
            FileCounts(
                uri=file.uri,
                read=part.rows + rejected,
                loaded=part.rows - superseded.get(part.file, 0),
                superseded=superseded.get(part.file, 0),
                rejected=rejected,
            )
            for file, part, rejected in zip(files, parts, rejected_rows, strict=True)
        )
        rejected_path = rejects.write(results / "rejected.parquet")
    return TypedDataset(dataset, paths, layout.columns, rejected_path, counts, layout.unknown)


def _open(
    file: SourceFile, number: int, dataset: Dataset, results: Path, connection: duckdb.DuckDBPyConnection
) -> _Opened:
    folder = results / f"file-{number}"
    folder.mkdir()
    path = local_copy(file, folder)
    scan: Scan
    if path.stat().st_size == 0:
        return _Opened(file, folder, None)
    if file.file_format == "csv":
        scan = CsvScan(path, file.uri, dataset)
    elif file.file_format == "jsonl":
        scan = JsonLinesScan(path, file.uri, connection)
    else:
        scan = ParquetScan(path, file.uri, connection)
    return _Opened(file, folder, scan if scan.fields or file.file_format == "jsonl" else None)


def _copy(connection: duckdb.DuckDBPyConnection, select: str, path: Path, options: str = _PARQUET) -> int:
    """Runs a SELECT into a Parquet file; returns the rows written. An empty file is not kept."""
    written = connection.execute(f"copy ({select}) to {literal(str(path))} ({options})").fetchone()
    if written and written[0]:
        return int(written[0])
    path.unlink(missing_ok=True)
    return 0


def _type_file(
    connection: duckdb.DuckDBPyConnection,
    source: _Opened,
    scan: Scan,
    select: RowSelect,
    rejects: RejectedRows,
    path: Path,
    options: str,
) -> tuple[int, int]:
    """Rows loaded and rejected. A sound file is one scan; any fault in it leads to the numbered records."""
    uri = source.file.uri
    try:
        loaded = _copy(connection, select.quick(scan.relation(connection)), path, options)
        if scan.count() in (None, loaded):
            return loaded, 0
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        pass
    except duckdb.Error as error:
        raise LoaderError(f"{uri}: cannot be read: {error}") from error
    path.unlink(missing_ok=True)
    try:
        records = scan.records(connection)
        loaded = _copy(connection, select.good(records.relation), path, options)
        rejected = rejects.add(uri, select.bad(records.relation))
        if records.malformed:
            rejected += rejects.add(uri, records.malformed)
    except duckdb.Error as error:
        raise LoaderError(f"{uri}: cannot be read: {error}") from error
    if loaded + rejected != records.count:
        raise LoaderError(f"{uri}: {records.count} rows were counted, but {loaded + rejected} came through typing.")
    return loaded, rejected


def _keep_once(
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    parts: Sequence[Part],
    in_raw: InRaw | None,
    results: Path,
) -> tuple[tuple[Path, ...], dict[int, int]]:
    """The final Parquet files, and how many rows of each file were repetitions."""
    target = results / "rows.parquet"
    repeated = drop_repeated(connection, dataset, parts, in_raw, target)
    if not repeated:
        return tuple(part.path for part in parts), {}
    for part in parts:
        part.path.unlink()
    if sum(repeated.values()) == sum(part.rows for part in parts):
        target.unlink()
        return (), repeated
    return (target,), repeated


def _settle(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, parts: Sequence[Part], results: Path
) -> tuple[tuple[Path, ...], dict[int, int]]:
    """The final Parquet files, and how many rows of each file a later generation replaced."""
    if dataset.write == "replace" and len({part.generation for part in parts}) > 1:
        target = results / "rows.parquet"
        superseded = drop_superseded(connection, dataset, parts, target)
        if superseded:
            for part in parts:
                part.path.unlink()
            return (target,), superseded
    small = [part.path for part in parts if part.path.stat().st_size < _SMALL_PART]
    if len(small) < 2:
        return tuple(part.path for part in parts), {}
    target = results / "rows.parquet"
    _copy(connection, f"select * from read_parquet([{', '.join(literal(str(path)) for path in small)}])", target)
    for path in small:
        path.unlink()
    return (target, *(part.path for part in parts if part.path not in small)), {}
