"""Types files written by a test, and reads back what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from loader.contract import load_contract
from loader.reading import TypedDataset, type_dataset
from loader.sources.files import discover

LOAD_ID = "1700000000.5"


@dataclass(frozen=True)
class Outcome:
    """What became of the files: rows and rejects in no certain order, as pyarrow reads them."""

    typed: TypedDataset

    @property
    def table(self) -> pa.Table:
        return pa.concat_tables([pq.read_table(part) for part in self.typed.parts])

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """The rows' values of some columns; sorted, nulls first."""
        table = self.table.select(columns)
        found = [tuple(row.values()) for row in table.to_pylist()] if columns else []
        return sorted(found, key=lambda row: [(value is not None, value) for value in row])

    @property
    def rejected(self) -> list[tuple[int, str, str]]:
        """Row number, text and reasons of each rejected record."""
        if self.typed.rejected is None:
            return []
        table = pq.read_table(self.typed.rejected).to_pylist()
        return [(row["_row"], row["_text"], row["_reasons"]) for row in table]

    @property
    def counts(self) -> list[tuple[int, int, int, int]]:
        """Read, loaded, superseded and rejected, file by file."""
        counts = self.typed.counts
        assert all(c.read == c.loaded + c.superseded + c.rejected for c in counts)
        assert sum(c.loaded for c in counts) == sum(pq.read_metadata(part).num_rows for part in self.typed.parts)
        return [(c.read, c.loaded, c.superseded, c.rejected) for c in counts]


def type_files(folder: Path, dataset: str, files: Mapping[str, bytes], **options: Any) -> Outcome:
    """Writes the files into a folder and types those of the dataset, in the order of discovery."""
    source = folder / "in"
    for name, content in files.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    contract = load_contract()
    found = discover(str(source), contract, [dataset]).files
    return Outcome(type_dataset(contract[dataset], found, LOAD_ID, folder / "work", **options))
