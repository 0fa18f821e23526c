"""BigQuery without an account: bqemulator, mended where it answers otherwise than BigQuery does.

Run as `python -m tests.bigquery.emulator --requests FILE` it serves until it is told to stop; `Emulator` starts that
in a process of its own and talks to it. The mends, each for a behaviour that would hide an error or refuse good SQL:

- `jobs.query` answers 200 with an empty result when a query fails; here 400, 404 or 409, as BigQuery does.
- Parquet is loaded by the position of its columns; here by their names.
- `alter table` takes one `add column`; here the statement is sent on in parts.
- `create table (columns) as select` is refused; here the list of columns is taken off.

Every request is written down, since the emulator keeps neither partitions nor labels nor options of tables: tests look
for those in what was sent.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlglot
from google.api_core.client_options import ClientOptions
from google.cloud import bigquery
from google.oauth2.credentials import Credentials
from sqlglot import exp
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Of the form that Google allows; the emulator refuses tables of other projects with 403 instead of 404.
PROJECT = "esputnik-tests"
LOCATION = "EU"
START_SECONDS = 90

#: BigQuery's HTTP status for the reason of a failed query.
STATUS_OF_REASON = {"notFound": 404, "duplicate": 409, "accessDenied": 403}

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
"""


@dataclass(frozen=True)
class SentRequest:
    """A request that the emulator got: its method, path and body (None where it had none or was a file)."""

    method: str
    path: str
    body: Any

    @property
    def sql(self) -> str | None:
        """The SQL text of a query request."""
        if not isinstance(self.body, dict) or self.method != "POST":
            return None
        query = self.body.get("query", self.body.get("configuration", {}).get("query", {}).get("query"))
        return query if isinstance(query, str) else None


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
            [sys.executable, "-m", __spec__.name, "--requests", str(self._record), "--address", str(address)],
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
        """A folder whose `profiles.yml` makes loader and dbt talk to this emulator."""
        folder = Path(tempfile.mkdtemp(prefix="profiles-", dir=self.folder))
        (folder / "profiles.yml").write_text(
            PROFILES.format(url=self.url, project=PROJECT, dataset=dataset, location=LOCATION, threads=threads)
        )
        return folder

    def mark(self) -> int:
        """A place in the record of requests, to read on from."""
        return self._record.stat().st_size

    def requests(self, since: int = 0) -> list[SentRequest]:
        """The requests so far, in the order in which they came."""
        with self._record.open("rb") as record:
            record.seek(since)
            return [SentRequest(**json.loads(line)) for line in record]

    def statements(self, since: int = 0) -> list[str]:
        """The SQL texts (statements or whole scripts) that were sent."""
        return [request.sql for request in self.requests(since) if request.sql is not None]


class Mends:
    """Middleware that writes requests down, mends SQL on its way in and failed queries on their way out."""

    def __init__(self, app: ASGIApp, record: Path) -> None:
        self.app = app
        self.record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        content = await _content(receive)
        body = _as_json(content)
        path = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        with self.record.open("a") as record:
            record.write(json.dumps({"method": scope["method"], "path": path, "body": body}) + "\n")
        is_query = scope["method"] == "POST" and scope["path"].endswith("/queries")
        is_job = scope["method"] == "POST" and scope["path"].endswith("/jobs")
        if isinstance(body, dict) and (is_query or is_job):
            holder = body if is_query else body.get("configuration", {}).get("query", {})
            if "query" in holder:
                holder["query"] = mended_sql(holder["query"])
                content = json.dumps(body).encode()
                scope = _with_length(scope, len(content))
        await self.app(scope, _replay(content), _StatusOfErrors(send) if is_query else send)


class _StatusOfErrors:
    """Passes an answer on, with an error's status and form where its body carries `errors`."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._content = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._content += message.get("body", b"")
        if message.get("more_body"):
            return
        answer = _as_json(self._content)
        if self._start["status"] == 200 and isinstance(answer, dict) and answer.get("errors"):
            error = answer["errors"][0]
            code = STATUS_OF_REASON.get(error["reason"], 400)
            self._content = json.dumps(
                {"error": {"code": code, "message": error["message"], "errors": answer["errors"], "status": "FAILED"}}
            ).encode()
            self._start = {**_with_length(self._start, len(self._content)), "status": code}
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": self._content})


def mended_sql(sql: str) -> str:
    """SQL that means the same in a form that the emulator takes."""
    if re.search(r"\badd\s+column\b.*\badd\s+column\b", sql, re.IGNORECASE | re.DOTALL):
        return _alter_in_parts(sql)
    if re.match(r"(\s|/\*.*?\*/)*create\b[^;]*?\btable\b[^;(]*\(", sql, re.IGNORECASE | re.DOTALL):
        return _without_column_list(sql)
    return sql


def _alter_in_parts(sql: str) -> str:
    """Each `alter table` with several actions as one statement an action."""
    statements = []
    for statement in sqlglot.parse(sql, dialect="bigquery"):
        if isinstance(statement, exp.Alter):
            for action in statement.args["actions"]:
                part = statement.copy()
                part.set("actions", [action.copy()])
                statements.append(part)
        elif statement is not None:
            statements.append(statement)
    return ";\n".join(statement.sql(dialect="bigquery") for statement in statements)


def _without_column_list(sql: str) -> str:
    """`create table name (columns) … as query` without its columns, which the query names and types by itself."""
    statement = sqlglot.parse_one(sql, dialect="bigquery")
    if isinstance(statement, exp.Create) and statement.expression and isinstance(statement.this, exp.Schema):
        statement.set("this", statement.this.this)
        return statement.sql(dialect="bigquery")
    return sql


async def _content(receive: Receive) -> bytes:
    content = b""
    more = True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    return content


def _replay(content: bytes) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]

    async def receive() -> Message:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    return receive


def _as_json(content: bytes) -> Any:
    """JSON of a body; of a multipart upload its first part, which describes the load; None for anything else."""
    multipart = re.match(rb"--[^\r\n]+\r?\n.*?\r?\n\r?\n(\{.*?\})\r?\n--", content[:100_000], re.DOTALL)
    try:
        return json.loads(multipart[1] if multipart else content)
    except ValueError:
        return None


def _with_length(message: Any, length: int) -> Any:
    headers = [(name, value) for name, value in message["headers"] if name.lower() != b"content-length"]
    return {**message, "headers": [*headers, (b"content-length", str(length).encode())]}


def _load_parquet_by_name(path: str, target: str, context: Any) -> None:
    context.engine.execute(f"insert into {target} by name select * from read_parquet(?)", [path])


def _serve(requests: Path, address: Path | None, rest_port: int, grpc_port: int) -> None:
    """Serves until SIGTERM or SIGINT; writes the chosen address into a file once it accepts requests."""
    import asyncio

    from bqemulator import server
    from bqemulator.config import LogLevel, Settings
    from bqemulator.jobs import executor
    from duckdb_extensions import import_extension

    for extension in ("spatial", "avro"):
        import_extension(extension)
    executor._LOAD_FORMAT_HANDLERS["PARQUET"] = _load_parquet_by_name
    create_app = server.create_app
    server.create_app = lambda context: Mends(create_app(context), requests)  # type: ignore[assignment,return-value]

    async def run() -> None:
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        emulator = server.EmulatorServer(
            Settings(
                rest_port=rest_port, grpc_port=grpc_port, default_project_id=PROJECT, log_level=LogLevel.WARNING
            )
        )
        await emulator.start()
        if address is not None:
            address.write_text(emulator.rest_url)
        print(emulator.rest_url, flush=True)
        await stopped.wait()
        await emulator.stop()

    asyncio.run(run())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=Path, required=True, help="file to write every request into, as JSON lines")
    parser.add_argument("--address", type=Path, help="file to write the address into once requests are accepted")
    parser.add_argument("--rest-port", type=int, default=0, help="0: a free one")
    parser.add_argument("--grpc-port", type=int, default=0, help="0: a free one")
    arguments = parser.parse_args()
    _serve(arguments.requests, arguments.address, arguments.rest_port, arguments.grpc_port)
