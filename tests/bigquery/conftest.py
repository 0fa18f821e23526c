"""Fixtures of the BigQuery tests, which run in one process: it starts the emulator once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from google.cloud import bigquery

from tests.bigquery.account import Account
from tests.bigquery.catalog import Replay
from tests.bigquery.emulator import Emulator


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A running emulator; its datasets are shared by all tests of the session, so each test takes names of its own."""
    running = Emulator(tmp_path_factory.mktemp("emulator"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def client(emulator: Emulator) -> bigquery.Client:
    return emulator.client()


@pytest.fixture(scope="session")
def account(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Account:
    """The demo account, loaded and built in two instalments on BigQuery and in one on DuckDB."""
    arrived = Account(emulator, tmp_path_factory.mktemp("account"))
    arrived.arrive()
    return arrived


@pytest.fixture(scope="session")
def replay(account: Account) -> Replay:
    """Everything that was sent to BigQuery for the account, judged by Google's analyzer."""
    replayed = Replay()
    steps = [*account.marks]
    for name, following in pairwise(steps):
        replayed.step(name, account.requests(name, following))
    return replayed
