"""Runs of the loader as the warehouse knows them: who is loading now, what died, which files are in.

`_load_starts` has a row for each run that has not ended. A run that died leaves its row, and by it the next run finds
what to purge without scanning anything. `_load_files` is loaded by each run together with its rows, so a file counts
as loaded exactly when its load has a record in dlt's `_dlt_loads`.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from loader.contract import Contract
from loader.destination import Warehouse
from loader.errors import LoaderError
from loader.workspace import is_running

STARTS_TABLE = "_load_starts"
FILES_TABLE = "_load_files"
LOADS_TABLE = "_dlt_loads"
#: What loads from the REST API took: calls, bytes, waits.
API_RUNS_TABLE = "_api_runs"

COLUMNS = "run_id, load_id, host, pid, process_started, seen"

#: A run on another machine cannot be looked at: it counts as dead when it was not heard of for this long.
SILENCE_SECONDS = 600
HEARTBEAT_SECONDS = 60

FileKey = tuple[str, int, str]
"""Name, size in bytes and version of a file: the same file has the same three."""


@dataclass(frozen=True)
class Run:
    """One row of `_load_starts`; times are in whole seconds since 1970."""

    run_id: str
    load_id: str | None
    host: str
    pid: int
    process_started: int
    seen: int

    def is_alive(self, warehouse: Warehouse) -> bool:
        """Whether this run may still write.

        On the same machine its process is looked up, so a killed run is known as dead at once.
        """
        if warehouse.single_writer:
            return False
        if self.host != this_host():
            return time.time() - self.seen < SILENCE_SECONDS
        return is_running(self.pid, self.process_started)


def this_host() -> str:
    """Names the machine and, on Linux, the container: process ids mean nothing outside it."""
    try:
        return f"{socket.gethostname()}/{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return socket.gethostname()


class OwnRun:
    """The row of this process in `_load_starts`."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.run_id = uuid.uuid4().hex
        self.load_id: str | None = None
        self._warehouse = warehouse
        self._table = warehouse.table(STARTS_TABLE)

    def enter(self) -> None:
        """Registers the run."""
        process = psutil.Process()
        self._warehouse.execute(
            f"insert into {self._table} ({COLUMNS}) values (?, null, ?, ?, ?, ?)",
            [self.run_id, this_host(), process.pid, int(process.create_time()), int(time.time())],
        )

    def loads(self, load_id: str) -> None:
        """Says under which load id rows are about to appear. Must come before the first of them."""
        self._warehouse.execute(f"update {self._table} set load_id = ? where run_id = ?", [load_id, self.run_id])
        self.load_id = load_id

    def leave(self) -> None:
        """Takes the run off the register."""
        self._warehouse.execute(f"delete from {self._table} where run_id = ?", [self.run_id])

    def beat(self, stopped: threading.Event) -> None:
        """Tells other machines every minute that the run is alive, until it is stopped."""
        while not stopped.wait(HEARTBEAT_SECONDS):
            # A beat may get lost: several have to, before the run counts as dead.
            with suppress(LoaderError):
                self._warehouse.execute(
                    f"update {self._table} set seen = ? where run_id = ?", [int(time.time()), self.run_id]
                )


@contextmanager
def exclusive_run(warehouse: Warehouse, contract: Contract) -> Iterator[OwnRun]:
    """Registers this run, purges what dead runs left, and takes the row back at the end.

    If the block fails after rows may have appeared, they are purged too; where even that fails, the row stays and the
    next run purges.

    Raises:
        LoaderError: another run is loading into the same raw tables.

    """
    warehouse.create_schema()
    warehouse.execute(
        f"create table if not exists {warehouse.table(STARTS_TABLE)} (run_id STRING, load_id STRING, host STRING,"
        " pid INT64, process_started INT64, seen INT64)"
    )
    own = OwnRun(warehouse)
    own.enter()
    stopped = threading.Event()
    heart = threading.Thread(target=own.beat, args=[stopped], daemon=True)
    try:
        _purge_dead(warehouse, contract, own)
        if not warehouse.single_writer:
            heart.start()
        yield own
    except BaseException:
        # Where this fails too, the failure that led here is the one to report.
        with suppress(Exception):
            if own.load_id is not None:
                purge(warehouse, contract, [own.load_id])
            own.leave()
        raise
    finally:
        stopped.set()
    own.leave()


def _purge_dead(warehouse: Warehouse, contract: Contract, own: OwnRun) -> None:
    """Purges the rows of dead runs. Registering came first, so of two runs at once each sees the other."""
    table = warehouse.table(STARTS_TABLE)
    rows = warehouse.execute(f"select {COLUMNS} from {table}")
    others = [run for run in (Run(*row) for row in rows) if run.run_id != own.run_id]
    living = [run for run in others if run.is_alive(warehouse)]
    if living:
        other = living[0]
        raise LoaderError(
            f"Another load into `{warehouse.raw_schema}` is running: process {other.pid} on {other.host.split('/')[0]}."
            " Wait for it to end and run this again."
        )
    if not others:
        return
    purge(warehouse, contract, [run.load_id for run in others if run.load_id is not None])
    marks = ", ".join("?" for _ in others)
    warehouse.execute(f"delete from {table} where run_id in ({marks})", [run.run_id for run in others])


def purge(warehouse: Warehouse, contract: Contract, load_ids: list[str]) -> None:
    """Deletes the rows of those of the loads that have no record in `_dlt_loads`.

    Rows of replaced tables stay where they have a key: the rows they replaced are gone, and the next load of the same
    files replaces them in turn. Without a key they would come a second time, so those go.
    """
    tables = warehouse.tables()
    if LOADS_TABLE in tables and load_ids:
        marks = ", ".join("?" for _ in load_ids)
        done = warehouse.execute(
            f"select load_id from {warehouse.table(LOADS_TABLE)} where load_id in ({marks})", load_ids
        )
        load_ids = sorted(set(load_ids) - {load_id for (load_id,) in done})
    if not load_ids:
        return
    warehouse.await_dead_jobs()
    marks = ", ".join("?" for _ in load_ids)
    conditions = {FILES_TABLE: "true", API_RUNS_TABLE: "true", "_dlt_pipeline_state": "true"}
    for dataset in contract.values():
        conditions[dataset.rejected_table] = "true"
        if dataset.write == "append":
            # Holds for every row; BigQuery wants a filter on the partition column wherever the table requires one.
            conditions[dataset.name] = "(_day is null or _day >= date '0001-01-01')"
        else:
            key = ["_set"] if dataset.or_key else dataset.key
            conditions[dataset.name] = "(" + " or ".join(f"{column} is null" for column in key) + ")"
    for name, condition in conditions.items():
        if name in tables:
            warehouse.execute(
                f"delete from {warehouse.table(name)} where _dlt_load_id in ({marks}) and {condition}", load_ids
            )


def loaded_files(warehouse: Warehouse) -> set[FileKey]:
    """The files whose rows are in the raw tables."""
    if not {FILES_TABLE, LOADS_TABLE} <= warehouse.tables():
        return set()
    rows = warehouse.execute(
        f"select file, size, version from {warehouse.table(FILES_TABLE)}"
        f" where _dlt_load_id in (select load_id from {warehouse.table(LOADS_TABLE)} where status = 0)"
    )
    return {(name, size, version) for name, size, version in rows}
