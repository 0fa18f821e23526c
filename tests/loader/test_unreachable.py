"""BigQuery that is not there: one sentence and exit 2, soon."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loader.conftest import Account, new_bigquery_account


@pytest.fixture(params=["closed port", "no such host"])
def endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    """An address at which no BigQuery answers."""
    if request.param == "no such host":
        yield "http://no-such-host.invalid"
        return
    # Bound and not listening: nobody else gets the port, and who calls is refused.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def account(tmp_path: Path, endpoint: str) -> Account:
    return new_bigquery_account(tmp_path, endpoint, "some-project", token="secret-token-0123456789")


def test_load(account: Account, endpoint: str) -> None:
    account.write("contacts.csv", "contactId,email", "1,a@x.io")
    began = time.monotonic()
    outcome = account.load()
    # Google's client would go on for ten minutes.
    assert time.monotonic() - began < 100
    assert outcome.code == 2, outcome.err
    (line,) = [line for line in outcome.err.splitlines() if line.startswith("Error:")]
    assert f"{endpoint} cannot be reached" in line
    assert "Traceback" not in outcome.err
    assert "secret-token" not in outcome.out + outcome.err


def test_doctor(account: Account, endpoint: str) -> None:
    outcome = account.run("doctor", "--json")
    assert outcome.code == 2, outcome.err
    (finding,) = [one for one in json.loads(outcome.out) if one["level"] == "problem"]
    assert finding["area"] == "warehouse"
    assert finding["message"].startswith(f"{endpoint} cannot be reached: ")
    assert "Traceback" not in outcome.err
    assert "secret-token" not in outcome.out + outcome.err
