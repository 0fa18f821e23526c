"""A load from the REST API, from the first question to the last batch in the raw tables."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from loader.console import Console
from loader.contract import Column, Contract
from loader.destination import Warehouse
from loader.errors import ConfigurationError, LoaderError
from loader.pipeline import Delivery, Note, Summary, load
from loader.profile import Target
from loader.runs import API_RUNS_TABLE, FileKey, loaded_files
from loader.sources.api import wall
from loader.sources.api.client import ApiClient, Cost
from loader.sources.api.entities import ENTITIES, write_broadcasts, write_entity
from loader.sources.api.plan import Loaded, key_of, stretches
from loader.sources.api.stretches import ActivityReader, Piece
from loader.sources.files import SourceFile

ACTIVITIES, BROADCASTS = "contactActivities", "broadcasts"
OFFERED = (*ENTITIES, ACTIVITIES, BROADCASTS)

RUN_COLUMNS = (
    Column("started", "TIMESTAMP", "When reading what this load brought began."),
    Column("finished", "TIMESTAMP", "When it was read."),
    Column("calls", "INT64", "Calls made, repeats included."),
    Column("bytes", "INT64", "Bytes received."),
    Column("waited_seconds", "FLOAT64", "Waits that the platform asked for or caused, of all calls together."),
    Column("retries", "INT64", "Calls repeated after a failure."),
    Column("refused", "INT64", "Calls refused as too frequent (429)."),
)


@dataclass(frozen=True)
class ApiOrder:
    """What to load.

    Attributes:
        since, until: first and last day of activities; see `plan.stretches` for what None means.
        datasets: only these; all that the API offers when None.
        take_full_seconds: go on where the platform does not give all activities of a second.

    Raises:
        ConfigurationError: the API does not offer a dataset, or the days are in the wrong order.

    """

    since: date | None = None
    until: date | None = None
    datasets: Collection[str] | None = None
    take_full_seconds: bool = False

    def __post_init__(self) -> None:
        lacking = [name for name in self.datasets or () if name.lower() not in {n.lower() for n in OFFERED}]
        if lacking:
            raise ConfigurationError(f"The REST API has no {', '.join(lacking)}. It offers: {', '.join(OFFERED)}.")
        if self.datasets is not None and self.wants(BROADCASTS) and not self.wants(ACTIVITIES):
            raise ConfigurationError(
                "The REST API gives broadcasts by id only, and activities tell the ids: name contactActivities too."
            )
        if self.since and self.until and self.since > self.until:
            raise ConfigurationError(f"--since {self.since} is after --until {self.until}.")

    def wants(self, dataset: str) -> bool:
        """Whether a dataset is to be loaded."""
        return self.datasets is None or dataset.lower() in {name.lower() for name in self.datasets}


class ApiRun:
    """Loads what the API offers: entities in one load, then activities in batches, each with its broadcasts.

    A batch is a load like any other: whole or not at all. The stretches of time it holds are rows of `_load_files`, so
    the next run, on whichever machine, knows what it need not ask for.
    """

    def __init__(
        self,
        client: ApiClient,
        order: ApiOrder,
        contract: Contract,
        target: Target,
        warehouse: Warehouse,
        workdir: Path,
        console: Console,
    ) -> None:
        self._client, self._order, self._contract = client, order, contract
        self._target, self._warehouse, self._workdir, self._console = target, warehouse, workdir, console
        self._summary = Summary()
        self._loads = 0
        self._counted = client.snapshot()
        self._since = datetime.now(UTC)
        self._broadcasts_read: set[int] = set()

    def load(self) -> Summary:
        """Reads and loads; the counts of all its loads together.

        Raises:
            LoaderError: the platform failed or refused, or a load failed. What was loaded before stays, and the next
                run goes on from there.

        """
        self._load_entities()
        if self._order.wants(ACTIVITIES):
            self._load_activities()
        return self._summary

    def _load_entities(self) -> None:
        folder = self._folder("entities")
        files = []
        for dataset in ENTITIES:
            if self._order.wants(dataset):
                path = folder / f"{dataset}.jsonl"
                self._console.step(f"Asking for {dataset}")
                rows = write_entity(self._client, dataset, self._contract, path)
                self._console.step(f"{rows:,} rows of {dataset}")
                files.append(_file(dataset, path))
        if files:
            self._deliver(files, {})
        shutil.rmtree(folder)

    def _load_activities(self) -> None:
        now = datetime.now(UTC)
        loaded = Loaded.of(loaded_files(self._warehouse))
        wanted = stretches(loaded, self._client.settings, self._order.since, self._order.until, now)
        if not wanted:
            self._console.step("Activities of these days are complete already")
            return
        first, last = wall.text(wanted[0][0])[:10], wall.text(wanted[-1][1] - 1)[:10]
        self._console.step(f"Asking for activities of {len(wanted)} days, {first} to {last}")
        reader = ActivityReader(
            self._client,
            wanted,
            self._folder("activities"),
            take_full_seconds=self._order.take_full_seconds,
        )
        for pieces in reader.batches():
            self._load_batch(pieces, reader)
        if reader.unknown:
            names = ", ".join(sorted(reader.unknown))
            self._console.warn(f"Activities have fields that the loader leaves out: {names}.")
        if reader.full_seconds:
            self._report_full(reader)

    def _load_batch(self, pieces: Sequence[Piece], reader: ActivityReader) -> None:
        keys = {str(piece.path): key_of(piece) for piece in pieces}
        files = [
            replace(_file(ACTIVITIES, piece.path), version=piece.read_at.isoformat(), generation=number)
            for number, piece in enumerate(pieces)
        ]
        if self._order.wants(BROADCASTS) and (ids := reader.broadcasts - self._broadcasts_read):
            path = pieces[0].path.with_name(f"broadcasts-{self._loads}.jsonl")
            write_broadcasts(self._client, ids, path)
            files.append(_file(BROADCASTS, path))
            self._broadcasts_read |= ids
        self._deliver(files, keys)
        for file in files:
            Path(file.uri).unlink()

    def _deliver(self, files: Sequence[SourceFile], keys: Mapping[str, FileKey]) -> None:
        def key(file: SourceFile) -> FileKey:
            return keys.get(file.uri, (f"api:{file.dataset}", file.size, file.version))

        now, cost = datetime.now(UTC), self._client.snapshot()
        spent = asdict(cost.since(self._counted))
        row = {"started": self._since, "finished": now, "waited_seconds": spent.pop("waited"), **spent}
        delivery = Delivery(
            files,
            key,
            timezone=self._client.settings.timezone,
            once=True,
            thrifty=True,
            notes={API_RUNS_TABLE: Note(RUN_COLUMNS, row)},
        )
        folder = self._folder(f"load-{self._loads}")
        loaded = load(delivery, self._contract, self._target, self._warehouse, folder, self._console)
        shutil.rmtree(folder)
        self._loads += 1
        self._counted, self._since = cost, now
        self._summary.load_id = loaded.load_id
        for name, typed in loaded.datasets.items():
            before = self._summary.datasets.get(name)
            counts = (*before.counts, *typed.counts) if before else typed.counts
            self._summary.datasets[name] = replace(typed, counts=counts)

    def _report_full(self, reader: ActivityReader) -> None:
        named = ", ".join(f"{wall.text(full.start)} ({full.rows:,} rows seen)" for full in reader.full_seconds[:5])
        more = f" and {len(reader.full_seconds) - 5} more" if len(reader.full_seconds) > 5 else ""
        message = f"The platform does not give all activities of these seconds: {named}{more}."
        if self._order.take_full_seconds:
            self._console.warn(f"{message} What it gave is loaded.")
            return
        raise LoaderError(
            f"{message} All others are loaded, these are left out, and the next run asks for them again. To load what"
            " the platform gives of them, add --allow-full-seconds."
        )

    def _folder(self, name: str) -> Path:
        folder = self._workdir / name
        folder.mkdir()
        return folder


def _file(dataset: str, path: Path) -> SourceFile:
    """A file of this run. Its version is the moment it was read, so it is never taken for one of an earlier run."""
    version = datetime.now(UTC).isoformat()
    return SourceFile(dataset, str(path), "jsonl", False, path.stat().st_size, version, 0)


def cost_line(cost: Cost) -> str:
    """What a run took, in a sentence."""
    return (
        f"{cost.calls:,} calls, {cost.bytes / 1e6:,.1f} MB received, {cost.waited:,.0f} s waited,"
        f" {cost.retries:,} repeated after failures, {cost.refused:,} refused as too frequent."
    )
