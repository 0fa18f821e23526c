"""Fixtures of the loader's tests: a profile with a DuckDB file of its own, and the commands run against it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from typer.testing import CliRunner

from loader.cli import app

if TYPE_CHECKING:
    from tests.bigquery.emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Account:
    """A folder with exported files, a profile, and the DuckDB file that the profile names."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "raw.duckdb"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def write(self, name: str, *lines: str) -> Path:
        """Writes an exported file, one line each."""
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    def run(self, *arguments: object) -> Outcome:
        """Runs a command in this process."""
        result = CliRunner().invoke(app, [*map(str, arguments), "--profiles-dir", str(self.folder)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr)

    def load(self, *arguments: object) -> Outcome:
        """Loads the account's files in this process."""
        return self.run("load", "--from", "files", "--path", self.files, *arguments)

    def command(self, *arguments: object) -> list[str]:
        """The command line that runs the loader in a process of its own."""
        return [sys.executable, "-m", "loader", *map(str, arguments), "--profiles-dir", str(self.folder)]

    def start(self, *arguments: object, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Starts the loader in a process of its own."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the DuckDB file, its raw tables named without their schema, times in UTC."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'; set schema = 'esputnik_raw'")
            return connection.execute(query).fetchall()

    def tables(self) -> set[str]:
        """Names of the raw tables."""
        return {
            name for (name,) in self.rows("select table_name from duckdb_tables() where schema_name = 'esputnik_raw'")
        }


def new_account(folder: Path) -> Account:
    """An account without files, whose database does not exist yet."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "profiles.yml").write_text(
        "esputnik:\n  target: duckdb\n  outputs:\n    duckdb:\n      type: duckdb\n      schema: esputnik\n"
        f"      path: '{folder / 'raw.duckdb'}'\n"
    )
    return Account(folder)


def new_bigquery_account(folder: Path, endpoint: str, project: str, token: str = "x") -> Account:
    """An account without files, whose profile names a BigQuery project at an address."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "profiles.yml").write_text(
        f"esputnik: {{target: bigquery, outputs: {{bigquery: {{type: bigquery, method: oauth-secrets, token: {token},"
        f" api_endpoint: '{endpoint}', project: {project}, dataset: esputnik, location: EU, threads: 1}}}}}}\n"
    )
    return Account(folder)


@pytest.fixture
def account(tmp_path: Path) -> Account:
    """An account without files."""
    return new_account(tmp_path / "account")


class Project:
    """An account whose profile names a BigQuery project of its own on the emulator."""

    def __init__(self, folder: Path, emulator: Emulator, name: str) -> None:
        self.account: Account = new_bigquery_account(folder, emulator.url, name)
        self.emulator = emulator
        self.name = name

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.emulator.query(sql.replace("raw.", f"`{self.name}`.esputnik_raw."))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A running emulator; its projects are shared by all tests of the session."""
    # Google's client takes seconds to import, and most tests do without it.
    from tests.bigquery.emulator import Emulator

    emulator = Emulator(tmp_path_factory.mktemp("emulator"))
    yield emulator
    emulator.stop()


@pytest.fixture
def project(tmp_path: Path, running: Emulator, request: pytest.FixtureRequest) -> Project:
    """An account whose BigQuery project is called after the test."""
    name = re.sub(r"[^a-z]+", "-", request.node.name.lower())[:28].strip("-")
    return Project(tmp_path / "account", running, name)
