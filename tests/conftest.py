"""What every part of the tests shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.dbt import Dbt


@pytest.fixture(scope="session", autouse=True)
def nothing_of_this_machine() -> Iterator[None]:
    """Takes away what this machine tells loader and dbt: no test may rest on it, or reach what it names."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [*os.environ]:
            if name.startswith(("ESPUTNIK_", "DBT_")):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    """The project at the root, parsed once a session."""
    return Dbt(tmp_path_factory.mktemp("dbt"))


#: The small account that most tests share; a fixed end, so that every run sees the same rows.
DEMO = ("--contacts", "400", "--days", "200", "--seed", "7", "--end", "2024-06-30")


@pytest.fixture(scope="session")
def demo_database(dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DuckDB file with the raw tables of the small demo account; copy it to build in it."""
    database = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    dbt.load("--from", "demo", *DEMO, database=database)
    return database
