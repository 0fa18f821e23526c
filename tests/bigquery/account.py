"""A small demo account that arrives in two instalments, built after each through the emulator, and once on DuckDB.

The tests of this folder share it: they compare the two engines' tables, and judge what was sent to BigQuery.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.bigquery.emulator import Emulator, SentRequest

ROOT = Path(__file__).resolve().parents[2]
END = "2026-06-30"
VARIABLES = {"as_of": "2026-07-01T00:00:00+00:00"}
#: Months of the demo account that arrive with the second instalment; the rest of its files come with the first.
LATER = "_2026-05-31"


class CommandFailed(AssertionError):
    """A command that ended with an error; the message is what it printed."""


@dataclass
class Account:
    """Loaded and built on both engines.

    Attributes:
        marks: places in the emulator's record of requests, by the step that begins there.
        failures: what the steps that failed printed; the others go on, so that each test sees what concerns it.

    """

    emulator: Emulator
    folder: Path
    marks: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @cached_property
    def profiles(self) -> Path:
        return self.emulator.profiles_dir()

    @property
    def database(self) -> Path:
        """The DuckDB file."""
        return self.profiles / "warehouse.duckdb"

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Dbt's manifest of the last build for BigQuery."""
        loaded: Mapping[str, Any] = json.loads((self.folder / "bigquery" / "manifest.json").read_text())
        return loaded

    def arrive(self) -> None:
        """Both instalments: BigQuery is built after each, DuckDB once after all, while the emulator is at work."""
        everything, arrived = self.folder / "everything", self.folder / "arrived"
        self._loader(
            *("export-demo", "--path", everything, "--format", "csv"),
            *("--contacts", "300", "--days", "120", "--end", END),
        )
        shutil.copytree(everything, arrived, ignore=shutil.ignore_patterns(f"*{LATER}*"))
        on_duckdb = threading.Thread(target=self._arrive_on_duckdb, args=(everything,))
        on_duckdb.start()
        self._step("first load", self._load, "bigquery", arrived)
        # Data tests take as long as the models: they look at what there is in the end.
        self._step("first build", self.dbt, "build", "bigquery", "--exclude-resource-type", "test")
        shutil.copytree(everything, arrived, dirs_exist_ok=True)
        self._step("second load", self._load, "bigquery", arrived)
        self._step("second build", self.dbt, "build", "bigquery", "--exclude-resource-type", "unit_test", "seed")
        self.marks["end"] = self.emulator.mark()
        on_duckdb.join()

    def _arrive_on_duckdb(self, files: Path) -> None:
        self._try("load into DuckDB", self._load, "duckdb", files)
        self._try("build on DuckDB", self.dbt, "build", "duckdb", "--exclude-resource-type", "unit_test", "test")

    def requests(self, first: str, last: str = "end") -> list[SentRequest]:
        """What was sent to BigQuery from one step on, up to another."""
        return self.emulator.requests(self.marks[first], self.marks[last])

    def dbt(
        self,
        command: str,
        target: str,
        *arguments: str,
        variables: Mapping[str, Any] | None = None,
        folder: Path | None = None,
    ) -> None:
        """Runs a dbt command on one of the two targets; what it writes goes into a folder, by default the target's."""
        folder = folder or self.folder / target
        self._run(
            *(Path(sys.executable).with_name("dbt"), command, "--target", target, *arguments),
            *("--vars", json.dumps(VARIABLES | dict(variables or {})), "--profiles-dir", self.profiles),
            *("--target-path", folder, "--log-path", folder, "--no-use-colors"),
        )

    def _step(self, name: str, run: Any, *arguments: Any) -> None:
        self.marks[name] = self.emulator.mark()
        self._try(name, run, *arguments)

    def _try(self, name: str, run: Any, *arguments: Any) -> None:
        try:
            run(*arguments)
        except CommandFailed as failure:
            self.failures.append(f"{name}: {failure}")

    def _load(self, target: str, files: Path) -> None:
        self._loader(
            *("load", "--from", "files", "--path", files),
            *("--target", target, "--profiles-dir", self.profiles, "--max-rejects", "5%"),
        )

    def _loader(self, *arguments: object) -> None:
        self._run(sys.executable, "-m", "loader", *arguments)

    def _run(self, *command: object) -> None:
        run = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env=os.environ | {"DO_NOT_TRACK": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=900,
            check=False,
        )
        if run.returncode != 0:
            kept = [line for line in run.stdout.splitlines() if not line.rstrip().endswith("]") or "ERROR" in line]
            raise CommandFailed(f"{' '.join(str(part) for part in command)}\n" + "\n".join(kept[-150:]))
