"""A DuckDB file of its own for tests that load an account and build models on it, by the commands that users type."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Warehouse:
    """A folder with a profile, a DuckDB file, and what dbt writes."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def load(self, files: Path) -> None:
        """Loads exported files into the raw tables."""
        self._run(
            sys.executable, "-m", "loader", "load", "--from", "files", "--path", files, "--profiles-dir", self.folder
        )

    def build(self, select: str, variables: Mapping[str, Any]) -> None:
        """Builds and tests the selected models; unit tests are run elsewhere."""
        dbt = Path(sys.executable).with_name("dbt")
        self._run(
            *(dbt, "build", "--select", *select.split(), "--exclude-resource-type", "unit_test"),
            *("--vars", json.dumps(variables), "--project-dir", ROOT, "--profiles-dir", self.folder),
            *("--target-path", self.folder / "target", "--log-path", self.folder / "logs"),
        )

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of a query, times in UTC."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            rows: list[dict[str, Any]] = connection.sql(query).to_arrow_table().to_pylist()
            return rows

    def value(self, query: str) -> Any:
        """The one value of a query."""
        (row,) = self.rows(query)
        (value,) = row.values()
        return value

    def _run(self, *command: object) -> None:
        environment = os.environ | {
            "ESPUTNIK_DUCKDB_PATH": str(self.database),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        words = [str(word) for word in command]
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"{' '.join(words)}\nended with {done.returncode}\n{done.stdout}\n{done.stderr}")


def new_warehouse(folder: Path) -> Warehouse:
    """An empty one, with the example profile."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "profiles.yml.example", folder / "profiles.yml")
    return Warehouse(folder)
