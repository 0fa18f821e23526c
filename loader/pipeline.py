"""One load: files into raw tables, through dlt.

Every run works in a folder of its own and takes dlt's schema from the warehouse, so nothing on this machine outlives a
run: a dead one leaves no pending package that a later run would have to finish first.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import dlt
import pyarrow as pa
import pyarrow.parquet as pq
from dlt.common.exceptions import DltException, SignalReceivedException
from dlt.extract import DltResource
from dlt.pipeline.exceptions import PipelineStepFailed

from loader.console import Console
from loader.contract import Column, Contract, Dataset
from loader.destination import PLAIN, THRIFTY, Warehouse
from loader.errors import LoaderError
from loader.hints import (
    FILE_COLUMNS,
    dataset_columns,
    declare,
    plain_columns,
    table_hints,
)
from loader.profile import Target
from loader.reading import TypedDataset, type_dataset
from loader.reading.columns import DAY, LOAD_ID
from loader.reading.rejects import REJECTED_COLUMNS
from loader.reading.repeated import InRaw, identity_of
from loader.runs import FILES_TABLE, FileKey, exclusive_run, loaded_files
from loader.sources.files import SourceFile

#: Settings of dlt that the raw tables rely on. They go into this process's environment, since dlt reads those on
#: telemetry and logging at the first touch of its configuration.
DLT_SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    # What dlt logs is told by the loader's own messages, which keep secrets out.
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    # camelCase names stay as the export has them.
    "SCHEMA__NAMING": "direct",
    # Resources one after the other: the counts of a dataset are complete before they are written.
    "EXTRACT__NEXT_ITEM_MODE": "fifo",
    # The staging dataset would otherwise keep a second copy of the latest load's rows.
    "LOAD__TRUNCATE_STAGING_DATASET": "true",
    # dlt itself writes a few rows about its state only.
    "DATA_WRITER__DISABLE_COMPRESSION": "true",
}

#: Name of the pipeline and of its schema, under which dlt keeps both in the warehouse.
PIPELINE = "esputnik"


def settle_dlt() -> None:
    """Puts dlt's settings in force, in a process too in which dlt has been at work already."""
    os.environ.update(DLT_SETTINGS)
    logging.getLogger("dlt").setLevel(DLT_SETTINGS["RUNTIME__LOG_LEVEL"])


@dataclass(frozen=True)
class Note:
    """A row about the load, for a table with these columns; `_dlt_load_id` is added."""

    columns: Sequence[Column]
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Delivery:
    """Files to load, and the names by which later runs recognise them.

    Attributes:
        timezone: zone of times without an offset; None: the target's `export_timezone`.
        once: whether a row whose identity is in the raw table, or twice in the files, is left out. For sources that
            are asked for the same rows again.
        thrifty: whether memory is left to a source that goes on reading meanwhile.
        notes: rows for tables of the loader's own, by table.

    """

    files: Sequence[SourceFile]
    key: Callable[[SourceFile], FileKey] = lambda file: (file.uri, file.size, file.version)
    timezone: str | None = None
    once: bool = False
    thrifty: bool = False
    notes: Mapping[str, Note] = field(default_factory=dict)


@dataclass
class Summary:
    """What a load did, per dataset in the order loaded; empty if there was nothing new."""

    load_id: str | None = None
    datasets: dict[str, TypedDataset] = field(default_factory=dict)

    def total(self, count: str) -> int:
        """Sum of one of the counts `read`, `loaded`, `superseded`, `rejected`."""
        return sum(getattr(counts, count) for typed in self.datasets.values() for counts in typed.counts)


def load(
    delivery: Delivery, contract: Contract, target: Target, warehouse: Warehouse, workdir: Path, console: Console
) -> Summary:
    """Loads the files that are not in the raw tables yet.

    Args:
        delivery: the files and how to recognise them.
        contract: all datasets.
        target: where the raw tables go, and the zone of times without an offset.
        warehouse: the target, connected.
        console: told what is going on.
        workdir: empty folder for this run's files, dlt's included; its disk must hold the new rows as Parquet.

    Raises:
        LoaderError: the load failed; nothing of it is visible in staging, and raw holds none of its appended rows.

    """
    settle_dlt()
    with exclusive_run(warehouse, contract) as run:
        known = loaded_files(warehouse)
        new = [file for file in delivery.files if delivery.key(file) not in known]
        summary = Summary()
        if not new:
            return summary
        if len(new) < len(delivery.files):
            console.step(f"{len(delivery.files) - len(new)} of {len(delivery.files)} files are loaded already")
        try:
            pipeline = dlt.pipeline(
                PIPELINE,
                pipelines_dir=str(workdir / "dlt"),
                destination=warehouse.destination(),
                dataset_name=warehouse.raw_schema,
            )
            pipeline.sync_destination()
            job = _Job(new, delivery, contract, target, warehouse, workdir, console, summary)
            summary.load_id = pipeline.extract(job.source()).loads_ids[0]
            run.loads(summary.load_id)
            pipeline.normalize()
            console.step(f"Writing {summary.total('loaded'):,} rows to {target.type}, schema {warehouse.raw_schema}")
            pipeline.load(workers=1)
        except (DltException, SignalReceivedException) as error:
            raise as_loader_error(error) from error
        warehouse.finish_tables(list(summary.datasets))
    return summary


@dataclass(frozen=True)
class _Job:
    """The new files on their way through dlt's extract step."""

    files: Sequence[SourceFile]
    delivery: Delivery
    contract: Contract
    target: Target
    warehouse: Warehouse
    workdir: Path
    console: Console
    summary: Summary

    def source(self) -> Any:
        """The source for dlt: for each dataset its rows and its rejected rows, at the end the files."""
        resources: list[DltResource] = []
        for name in dict.fromkeys(file.dataset for file in self.files):
            dataset = self.contract[name]
            resources.append(dlt.resource(self._rows(dataset), name=name).apply_hints(**table_hints(dataset)))
            resources.append(dlt.resource(self._rejected(dataset), name=dataset.rejected_table))
        resources.append(dlt.resource(self._files(), name=FILES_TABLE))
        resources += [dlt.resource(self._note(name, note), name=name) for name, note in self.delivery.notes.items()]
        return dlt.source(lambda: resources, schema=dlt.Schema(PIPELINE))()

    def _rows(self, dataset: Dataset) -> Iterator[Any]:
        files = [file for file in self.files if file.dataset == dataset.name]
        schema = dlt.current.source_schema()
        with self.console.progress(dataset.name, len(files)) as progress:
            typed = type_dataset(
                dataset,
                files,
                dlt.current.load_package_state()["load_id"],
                self.workdir,
                export_timezone=self.delivery.timezone or self.target.export_timezone,
                known_extra_columns=_extra_columns(schema.tables.get(dataset.name, {}), dataset),
                progress=progress,
                settings=THRIFTY if self.delivery.thrifty else PLAIN,
                once=self.delivery.once,
                in_raw=self._in_raw(dataset),
            )
        self.summary.datasets[dataset.name] = typed
        declare(schema, dataset.name, dataset_columns(dataset, typed.columns))
        # An empty file is written for it, which is not worth a job where the table is there.
        if not typed.parts and dataset.name not in self.warehouse.tables():
            yield dlt.mark.materialize_table_schema()
        for part in typed.parts:
            yield dlt.mark.with_file_import(str(part), "parquet", pq.read_metadata(part).num_rows)

    def _in_raw(self, dataset: Dataset) -> InRaw | None:
        if dataset.write != "append" or not self.delivery.once or dataset.name not in self.warehouse.tables():
            return None
        names = ", ".join(f"{sql} as k{number}" for number, sql in enumerate(identity_of(dataset, lambda name: name)))
        table = self.warehouse.table(dataset.name)

        def read(days: Sequence[date]) -> Iterator[pa.RecordBatch]:
            literals = ", ".join(f"date '{day}'" for day in days)
            return self.warehouse.batches(f"select {names} from {table} where {DAY.name} in ({literals})")

        return read

    def _note(self, name: str, note: Note) -> Iterator[pa.Table]:
        load_id = dlt.current.load_package_state()["load_id"]
        declare(dlt.current.source_schema(), name, plain_columns((*note.columns, LOAD_ID)))
        yield pa.Table.from_pylist([{**note.row, LOAD_ID.name: load_id}])

    def _rejected(self, dataset: Dataset) -> Iterator[Any]:
        typed = self.summary.datasets[dataset.name]
        if typed.rejected is None:
            return
        declare(dlt.current.source_schema(), dataset.rejected_table, plain_columns(REJECTED_COLUMNS))
        rows = sum(counts.rejected for counts in typed.counts)
        yield dlt.mark.with_file_import(str(typed.rejected), "parquet", rows)

    def _files(self) -> Iterator[pa.Table]:
        load_id = dlt.current.load_package_state()["load_id"]
        by_uri = {counts.uri: counts for typed in self.summary.datasets.values() for counts in typed.counts}
        rows = []
        for file in self.files:
            name, size, version = self.delivery.key(file)
            counts = by_uri[file.uri]
            rows.append(
                {
                    "file": name,
                    "dataset": file.dataset,
                    "size": size,
                    "version": version,
                    "read": counts.read,
                    "loaded": counts.loaded,
                    "superseded": counts.superseded,
                    "rejected": counts.rejected,
                    LOAD_ID.name: load_id,
                }
            )
        declare(dlt.current.source_schema(), FILES_TABLE, plain_columns(FILE_COLUMNS))
        yield pa.Table.from_pylist(rows)


def _extra_columns(table: Mapping[str, Any], dataset: Dataset) -> list[str]:
    """Columns that the raw table has beyond the contract, in its order; those with an underscore are the loader's."""
    return [
        name for name in table.get("columns", {}) if name.lower() not in dataset.by_name and not name.startswith("_")
    ]


def as_loader_error(error: BaseException) -> LoaderError:
    """The cause that a user can act on, out of dlt's nested errors."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    for link in chain:
        if isinstance(link, LoaderError):
            return link
        if isinstance(link, SignalReceivedException | KeyboardInterrupt):
            return LoaderError("The load was interrupted. No table is left half-changed; run it again to complete it.")
    step = error.step if isinstance(error, PipelineStepFailed) else "load"
    reason = " ".join(str(chain[-1]).split())
    return LoaderError(
        f"The load failed ({step}): {type(chain[-1]).__name__}: {reason[:500]}"
        " No table is left half-changed; run it again."
    )
