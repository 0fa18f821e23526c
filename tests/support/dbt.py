"""dbt in this process, on a DuckDB file of the test's own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper
from dbt.cli.main import dbtRunner, dbtRunnerResult
from typer.testing import CliRunner

from loader.cli import app

ROOT = Path(__file__).resolve().parents[2]

PROFILES = """
esputnik:
  target: duckdb
  outputs:
    duckdb:
      type: duckdb
      path: "{{ env_var('ESPUTNIK_DUCKDB_PATH') }}"
      schema: esputnik
      threads: 2
      settings: {TimeZone: UTC}
"""


class DbtFailed(AssertionError):
    """A dbt command that did not succeed; the message has what each failed node said."""


class Dbt:
    """dbt commands on one project, target folder and profile.

    The project is parsed once for each set of vars and file name.
    """

    def __init__(self, folder: Path, project: Path = ROOT) -> None:
        self.folder = folder
        self.project = project
        self._manifests: dict[tuple[str, str], Any] = {}
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "profiles.yml").write_text(PROFILES, encoding="utf-8")

    def __call__(
        self, command: str, *arguments: str, database: Path, variables: Mapping[str, Any] | None = None
    ) -> Any:
        """Runs a command and returns its nodes' results, hooks aside; raises DbtFailed where one failed."""
        result = self.attempt(command, *arguments, database=database, variables=variables)
        if not result.success:
            failed = [f"{node.node.name}: {node.message}" for node in result.result or [] if node.status in BAD]
            raise DbtFailed("\n".join(failed) or str(result.exception))
        if command in ("build", "run", "seed", "test"):
            return [node for node in result.result if node.node.resource_type != "operation"]
        return result.result

    def attempt(
        self, command: str, *arguments: str, database: Path, variables: Mapping[str, Any] | None = None
    ) -> dbtRunnerResult:
        """Runs a command that may fail."""
        given = ["--vars", json.dumps(variables or {})]
        with _environment(ESPUTNIK_DUCKDB_PATH=str(database)):
            # A manifest holds full names, and DuckDB's catalog is called as the file is.
            parsed = (given[1], database.stem)
            if parsed not in self._manifests:
                parse = dbtRunner().invoke([*self._line("parse"), *given])
                if not parse.success:
                    return parse
                self._manifests[parsed] = parse.result
            try:
                return dbtRunner(manifest=self._manifests[parsed]).invoke([*self._line(command, *arguments), *given])
            finally:
                # Else this process would keep the file locked against the loader's.
                DuckDBConnectionManager.close_all_connections()

    def load(self, *arguments: str, database: Path) -> None:
        """Runs the loader's `load` in this process; raises DbtFailed with what it said."""
        with _environment(ESPUTNIK_DUCKDB_PATH=str(database)):
            done = CliRunner().invoke(app, ["load", *arguments, "--profiles-dir", str(self.folder)])
        if done.exit_code:
            raise DbtFailed(f"loader exited with {done.exit_code}:\n{done.output}") from done.exception

    def _line(self, command: str, *arguments: str) -> list[str]:
        folder = str(self.folder)
        options = ["--project-dir", str(self.project), "--profiles-dir", folder, "--target-path", f"{folder}/target"]
        # The others leave the manifest as it is: to write it takes longer than to run a model.
        kept = [] if command in WRITING else ["--no-write-json"]
        return ["--quiet", command, *arguments, *options, *kept, "--log-path", f"{folder}/logs", "--no-use-colors"]


#: Commands after which the target folder has the manifest of the database that they worked on.
WRITING = {"parse", "build"}
BAD = {"error", "fail", "runtime error"}


@contextmanager
def _environment(**settings: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def columns_without_loads(table: str) -> str:
    """The select list of a built table (schema.name) without what tells of the loads: they differ where an account
    arrives in several and in one.
    """
    of_loads = {
        "esputnik_marts.int_dataset_loads": "dataset, rows_rejected",
        "esputnik_marts.int_loads": "distinct dataset",
        "esputnik_reports.rpt_loads": "distinct dataset",
        "esputnik_reports.rpt_data_health": "* exclude (loads, last_load_at, rows_superseded)",
    }
    return of_loads.get(table, "*")


def rewrite_statements(monkeypatch: pytest.MonkeyPatch, rewrite: Callable[[str], str]) -> None:
    """Lets a function see what dbt sends to DuckDB in each call, and say what runs instead."""
    execute = DuckDBCursorWrapper.execute
    monkeypatch.setattr(
        DuckDBCursorWrapper, "execute", lambda cursor, sql, bindings=None: execute(cursor, rewrite(sql), bindings)
    )


def calls_of(monkeypatch: pytest.MonkeyPatch, is_counted: Callable[[str], bool]) -> list[str]:
    """A list that each call of DuckDB is added to from now on, where it counts."""
    calls: list[str] = []

    def note(sql: str) -> str:
        if is_counted(sql):
            calls.append(sql)
        return sql

    rewrite_statements(monkeypatch, note)
    return calls
