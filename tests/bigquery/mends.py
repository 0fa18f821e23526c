"""The emulator's process: bqemulator, mended where it answers otherwise than BigQuery does.

Run as `python -m tests.bigquery.mends --requests FILE` it serves until it is told to stop. The mends, each for a
behaviour that would hide an error or refuse good SQL:

- `jobs.query` answers 200 with an empty result when a query fails; here 400, 404 or 409, as BigQuery does.
- Parquet is loaded by the position of its columns; here by their names.
- JSON lines are read as plain text; here gzipped too.
- `alter table` takes one `add column`; here the statement is sent on in parts.
- `create table (columns) as select` is refused; here the list of columns is taken off.
- `create or replace table … clone …` is refused where the table is there; here it is dropped first.
- INFORMATION_SCHEMA.PARTITIONS cannot be read column by column, and all partitions of a table have the table's time of
  change; here a partition's time moves when its rows do.
- A quote in a comment spoils the literals after it; here comments are taken off.
- `trim` takes spaces only; here white space of any kind.
- A cast to NUMERIC keeps 3 decimals; here 9.
- Each statement is parsed some twenty times, and sqlglot's own pieces of SQL at every step; here once, and copied for
  those who change it. Arrays after a comma in FROM are not unnested, which no model asks for: to find them, sqlglot
  copies every subquery once a level. It is parsed by sqlglot's compiled modules, which refuse a look at a column's
  options that the plain ones bear.

Every request is written down, since the emulator keeps neither partitions nor labels nor options of tables: tests look
for those in what was sent.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import signal
import sys
from copy import deepcopy
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlglot
from bqemulator import server
from bqemulator.config import LogLevel, Settings
from bqemulator.jobs import ddl_result, executor
from bqemulator.sql.rewriter import information_schema
from bqemulator.storage.engine import DuckDBEngine
from duckdb_extensions import import_extension
from sqlglot import exp
from sqlglot.dialects.bigquery import BigQuery
from sqlglot.dialects.dialect import Dialect
from sqlglot.expressions import core
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: BigQuery's HTTP status for the reason of a failed query.
STATUS_OF_REASON = {"notFound": 404, "duplicate": 409, "accessDenied": 403}

#: Texts and quoted names of every kind (`kept`), casts to a decimal with none or the default digits, and comments.
SPELLED_OTHERWISE = re.compile(
    r"""
    (?P<kept>'''.*?''' | \"\"\".*?\"\"\" | '(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*" | `[^`]*`)
    | (?P<decimal>\bas\s+decimal(?:\s*\(18,\s*3\)|\b(?!\s*\()))
    | --[^\n]* | \#[^\n]* | /\*.*?\*/
    """,
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)

#: The beginning of a clone in the place of a table, and the name of the table.
CLONE_IN_PLACE = re.compile(r"create\s+or\s+replace\s+table\s+(?P<table>\S+)(?=\s+clone\s)", re.IGNORECASE)

#: The emulator's modules that parse SQL only to look at it: they need no copy of their own.
LOOKING = {
    f"bqemulator.{name}"
    for name in ("catalog.ddl_sync", "jobs.ddl_result", "jobs.executor", "jobs.routine_ddl", "sql.catalog_schema")
}

#: Characters of a text that is no statement but a piece of one, of which sqlglot makes many over and over.
PIECE = 1_000

TRIM = r"""
create or replace macro trim
    (text) as regexp_replace(text, '^[\s\p{Z}]+|[\s\p{Z}]+$', '', 'g'),
    (text, characters) as rtrim(ltrim(text, characters), characters)
"""


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
        sent = {"method": scope["method"], "path": path, "body": body}
        is_query = scope["method"] == "POST" and scope["path"].endswith("/queries")
        is_job = scope["method"] == "POST" and scope["path"].endswith("/jobs")
        if isinstance(body, dict) and (is_query or is_job):
            body = json.loads(content)
            holder = body if is_query else body.get("configuration", {}).get("query", {})
            if "query" in holder:
                holder["query"] = mended_sql(holder["query"])
                content = json.dumps(body).encode()
                scope = _with_length(scope, len(content))
        answer = _Answer(send, mend_status=is_query)
        await self.app(scope, _replay(content), answer)
        with self.record.open("a") as record:
            record.write(json.dumps({**sent, "status": answer.status}) + "\n")
        await answer.pass_on()


class _Answer:
    """Passes an answer on; a query's, with an error's status and form where its body carries `errors`.

    The end is held back until the request is written down, so whoever has the answer finds it in the record.
    """

    def __init__(self, send: Send, *, mend_status: bool) -> None:
        self._send = send
        self._mend_status = mend_status
        self._start: Message = {}
        self._content = b""
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """Takes the answer in, until it is whole."""
        if message["type"] == "http.response.start":
            self._start, self.status = message, message["status"]
            return
        self._content += message.get("body", b"")
        if message.get("more_body"):
            return
        answer = _as_json(self._content) if self._mend_status and self.status == 200 else None
        if isinstance(answer, dict) and answer.get("errors"):
            error = answer["errors"][0]
            self.status = STATUS_OF_REASON.get(error["reason"], 400)
            self._content = json.dumps(
                {"error": {"code": self.status, "message": error["message"], "errors": answer["errors"]}}
            ).encode()
            self._start = {**_with_length(self._start, len(self._content)), "status": self.status}

    async def pass_on(self) -> None:
        """Sends the answer."""
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": self._content})


def mended_sql(sql: str) -> str:
    """SQL that means the same in a form that the emulator takes."""
    sql = SPELLED_OTHERWISE.sub(_respelled, sql)
    sql = CLONE_IN_PLACE.sub(r"drop table if exists \g<table>; create table \g<table>", sql)
    if re.search(r"\badd\s+column\b.*\badd\s+column\b", sql, re.IGNORECASE | re.DOTALL):
        return _alter_in_parts(sql)
    if re.match(r"\s*create\b[^;]*?\btable\b[^;(]*\(", sql, re.IGNORECASE | re.DOTALL):
        return _without_column_list(sql)
    return sql


def _respelled(found: re.Match[str]) -> str:
    return found["kept"] or ("as decimal(38, 9)" if found["decimal"] else " ")


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


def _has_not_null_constraint(column: exp.ColumnDef) -> bool:
    kinds = [constraint.args.get("kind") for constraint in column.args.get("constraints") or ()]
    return any(isinstance(kind, exp.NotNullColumnConstraint) for kind in kinds)


def _load_parquet_by_name(path: str, target: str, context: Any) -> None:
    context.engine.execute(f"insert into {target} by name select * from read_parquet(?)", [path])


def _load_json_plain_or_gzipped(path: str, target: str, context: Any) -> None:
    with Path(path).open("rb") as file:
        compression = "gzip" if file.read(2) == b"\x1f\x8b" else "uncompressed"
    context.engine.execute(f"copy {target} from ? (format json, compression {compression})", [path])


class Partitions:
    """INFORMATION_SCHEMA.PARTITIONS as tables of DuckDB, made when a query asks for them."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str, str, str | None], tuple[Any, datetime]] = {}

    def __call__(self, catalog: Any, project: str, dataset: str) -> str:
        """Name of a table with the rows of the view for one dataset."""
        rows = [row for table in catalog.list_tables(project, dataset) for row in self._rows(catalog._engine, table)]
        schema = f"{project}__bqemu_partitions"
        connection = catalog._engine.connection
        connection.execute(f'create schema if not exists "{schema}"')
        connection.execute(
            f'create or replace table "{schema}"."{dataset}" (table_catalog varchar, table_schema varchar, '
            "table_name varchar, partition_id varchar, total_rows bigint, last_modified_time timestamptz)"
        )
        if rows:
            connection.executemany(f'insert into "{schema}"."{dataset}" values (?, ?, ?, ?, ?, ?)', rows)
        return f"`{project}`.`bqemu_partitions`.`{dataset}`"

    def _rows(self, engine: Any, table: Any) -> list[tuple[Any, ...]]:
        if table.table_type != "TABLE":
            return []
        name = (table.project_id, table.dataset_id, table.table_id)
        partition = "null::varchar"
        if table.time_partitioning is not None:
            field = table.time_partitioning.field
            partition = f"""coalesce(strftime("{field}", '%Y%m%d'), '__NULL__')"""
        found = engine.connection.execute(
            f"select {partition} as partition_id, count(*), sum(hash(t)::hugeint) "
            f'from "{name[0]}__{name[1]}"."{name[2]}" as t group by partition_id'
        ).fetchall()
        rows = []
        for partition_id, count, content in found:
            key = (*name, partition_id)
            if self._seen.get(key, (None,))[0] != (count, content):
                self._seen[key] = ((count, content), datetime.now(UTC))
            rows.append((*key, count, self._seen[key][1]))
        return rows


_plain_parse: Any = sqlglot.parse_one
#: Trees of statements, which are large, and of pieces, which are small and many.
_parsed = lru_cache(maxsize=16)(_plain_parse)
_parsed_piece = lru_cache(maxsize=1_000)(_plain_parse)


def _parse_once(sql: str, read: Any = None, dialect: Any = None, into: Any = None, **options: Any) -> Any:
    if options:
        return _plain_parse(sql, read, dialect, into, **options)
    parsed = _parsed_piece if into or len(sql) < PIECE else _parsed
    tree = parsed(sql, read or dialect, None, into)
    caller = sys._getframe(1)
    shared = caller.f_globals["__name__"] in LOOKING or caller.f_code is Dialect.generator.__code__
    return tree if shared else tree.copy()


def _copy(note: Any) -> Any:
    """A copy of what sqlglot notes at a node: comments, places of words. A type is shared, since nothing changes it."""
    if isinstance(note, exp.DataType):
        return note
    return note.copy() if type(note) in (dict, list) else deepcopy(note)


def _execute(engine: Any, sql: str, parameters: list[Any] | None = None) -> Any:
    return _plain_execute(engine, SPELLED_OTHERWISE.sub(_respelled, sql), parameters)


_plain_execute = DuckDBEngine.execute


async def _start_engine(engine: Any) -> None:
    await _plain_start(engine)
    engine.execute(TRIM)


_plain_start = DuckDBEngine.start


def serve(requests: Path, address: Path | None, project: str, rest_port: int, grpc_port: int) -> None:
    """Serves until SIGTERM or SIGINT; writes the chosen address into a file once it accepts requests."""
    for extension in ("spatial", "avro"):
        import_extension(extension)
    executor._LOAD_FORMAT_HANDLERS["PARQUET"] = _load_parquet_by_name
    executor._LOAD_FORMAT_HANDLERS["NEWLINE_DELIMITED_JSON"] = _load_json_plain_or_gzipped
    information_schema._partitions_as_values = Partitions()
    ddl_result._has_not_null_constraint = _has_not_null_constraint
    DuckDBEngine.start = _start_engine
    DuckDBEngine.execute = _execute
    sqlglot.parse_one = _parse_once
    core.deepcopy = _copy  # type: ignore[attr-defined]
    BigQuery.parser_class.SUPPORTS_IMPLICIT_UNNEST = False
    create_app = server.create_app
    server.create_app = lambda context: Mends(create_app(context), requests)  # type: ignore[assignment,return-value]

    async def run() -> None:
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        emulator = server.EmulatorServer(
            Settings(rest_port=rest_port, grpc_port=grpc_port, default_project_id=project, log_level=LogLevel.WARNING)
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
    parser.add_argument("--project", default="esputnik-tests")
    arguments = parser.parse_args()
    serve(arguments.requests, arguments.address, arguments.project, arguments.rest_port, arguments.grpc_port)
