"""BigQuery without an account: starts the emulator in a process of its own, and talks to it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.api_core.client_options import ClientOptions
from google.cloud import bigquery
from google.oauth2.credentials import Credentials

#: Of the form that Google allows; the emulator refuses tables of other projects with 403 instead of 404.
PROJECT = "esputnik-tests"
LOCATION = "EU"
START_SECONDS = 90

PROFILES = """\
esputnik:
  target: bigquery
  outputs:
    bigquery:
      type: bigquery
      method: oauth-secrets
      token: x
      api_endpoint: {url}
      project: {project}
      dataset: {dataset}
      location: {location}
      threads: {threads}
      job_retries: 0
      job_execution_timeout_seconds: 300
    duckdb:
      type: duckdb
      path: "{folder}/warehouse.duckdb"
      schema: {dataset}
      threads: {threads}
      settings: {{TimeZone: UTC}}
"""


@dataclass(frozen=True)
class SentRequest:
    """A request that the emulator got: its method, path and body (None where it had none or was a file).

    Attributes:
        status: of the answer.

    """

    method: str
    path: str
    body: Any
    status: int

    @property
    def sql(self) -> str | None:
        """The SQL text of a query request."""
        if not isinstance(self.body, dict) or self.method != "POST":
            return None
        query = self.body.get("query", self.body.get("configuration", {}).get("query", {}).get("query"))
        return query if isinstance(query, str) else None

    @property
    def has_positional_parameters(self) -> bool:
        """Whether its SQL has `?` for values that were sent beside it."""
        return any("name" not in value for value in self.body.get("queryParameters") or ())


class Emulator:
    """A running emulator.

    Attributes:
        url: address of the REST API.
        folder: temporary folder with the record of requests and the emulator's log.

    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._record = folder / "requests.jsonl"
        self._record.touch()
        address = folder / "address"
        self._log = (folder / "emulator.log").open("w")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.bigquery.mends", "--project", PROJECT),
                *("--requests", str(self._record), "--address", str(address)),
            ],
            cwd=Path(__file__).parents[2],
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self.url = self._wait(address)

    def _wait(self, address: Path) -> str:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if address.exists() and (url := address.read_text()):
                with urllib.request.urlopen(f"{url}/healthz", timeout=10):
                    return url
            time.sleep(0.05)
        self.stop()
        log = (self.folder / "emulator.log").read_text()[-2000:]
        raise RuntimeError(f"The BigQuery emulator did not start:\n{log}")

    def stop(self) -> None:
        """Ends the process; everything in the emulator is gone."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()

    def client(self) -> bigquery.Client:
        """Google's own client. Pass `retry=None` to its calls: an error is otherwise tried again for ten minutes."""
        return bigquery.Client(
            project=PROJECT,
            location=LOCATION,
            credentials=Credentials("x"),  # type: ignore[no-untyped-call]
            client_options=ClientOptions(api_endpoint=self.url),
        )

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of one query or script."""
        rows = self.client().query_and_wait(sql, retry=None, job_retry=None, wait_timeout=120)
        return [tuple(row.values()) for row in rows]

    def profiles_dir(self, dataset: str = "esputnik", threads: int = 2) -> Path:
        """A folder whose `profiles.yml` has this emulator as target bigquery, and a new file as target duckdb."""
        folder = Path(tempfile.mkdtemp(prefix="profiles-", dir=self.folder))
        (folder / "profiles.yml").write_text(
            PROFILES.format(
                url=self.url, project=PROJECT, dataset=dataset, location=LOCATION, threads=threads, folder=folder
            )
        )
        return folder

    def mark(self) -> int:
        """A place in the record of requests, to read on from."""
        return self._record.stat().st_size

    def requests(self, since: int = 0, until: int | None = None) -> list[SentRequest]:
        """The requests between two marks (so far, if there is no second), in the order in which they were done."""
        with self._record.open("rb") as record:
            record.seek(since)
            content = record.read() if until is None else record.read(until - since)
        return [SentRequest(**json.loads(line)) for line in content.splitlines()]

    def statements(self, since: int = 0) -> list[str]:
        """The SQL texts (statements or whole scripts) that were sent."""
        return [request.sql for request in self.requests(since) if request.sql is not None]
