"""How near the REST API source comes to what a platform allows: calls a second, calls for the rows, memory.

    python -m benchmarks.api

A fair server of this machine, with a limit of calls a second (a window of a second that slides), gives the activities
of a made-up account. The fewest calls possible are counted from the same rows: windows of time, each as long as a day
and one row short of a full answer allow, one after the other. Small answers show the pace where the work on their rows
would be the limit.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import mmap
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import duckdb
import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parent.parent
KEY = "benchmark-key"
AUTHORIZATION = b"Basic " + base64.b64encode(f"loader:{KEY}".encode())
DAY = 86_400
PROFILE = """\
esputnik:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, schema: esputnik, path: "{{ env_var('ESPUTNIK_DUCKDB_PATH') }}"}
"""

Times = npt.NDArray[np.int64]


def account(rows: int, days: int, seed: int = 1) -> Times:
    """Times of activities, sorted, seconds since 1970: broadcasts that go out within half an hour at eight on three
    mornings a week, what people do with them in the days after, and messages of workflows all day long.
    """
    rng = np.random.default_rng(seed)
    start = int(datetime.now(UTC).timestamp()) // DAY * DAY - days * DAY
    mornings = np.array([day for day in range(days) if day % 7 in (0, 2, 4)])
    sent = rng.choice(mornings, rows // 2) * DAY + 8 * 3_600 + rng.integers(0, 1_800, rows // 2)
    reacted = sent[rng.integers(0, len(sent), rows // 4)] + (rng.exponential(6 * 3_600, rows // 4)).astype(np.int64)
    steady = rng.integers(0, days * DAY, rows - len(sent) - len(reacted))
    times: Times = np.sort(np.concatenate([sent, reacted, steady]))
    return start + times[times < days * DAY]


def fewest_calls(times: Times, start: int, end: int, most_rows: int) -> int:
    """Windows that hold all rows, each shorter than a day and its answer not full."""
    calls, position = 0, start
    while position < end:
        first = bisect_left(times, position)
        over = int(times[first + most_rows - 1]) if first + most_rows - 1 < len(times) else end
        midnight = position // DAY * DAY + DAY
        position = max(position + 1, min(over, midnight, end))
        calls += 1
    return calls


@dataclass
class Answered:
    """What the server saw of a run: the moments of the first and the last call it let through, and counts."""

    first: float = 0.0
    last: float = 0.0
    calls: int = 0
    refused: int = 0


class Server:
    """The fair server: activities by window of time, sorted, at most so many as asked for, both ends
    inside. It runs in a process of its own, on answers that are ready as bytes, so that the loader is what is measured.
    """

    def __init__(self, times: Times, rows: mmap.mmap, places: Times, limit: float, latency: float) -> None:
        self.times, self.rows, self.places, self.limit, self.latency = times, rows, places, limit, latency
        self.window: deque[float] = deque()
        self.answered = Answered()

    def __call__(self) -> _Connection:
        """A client connects."""
        return _Connection(self)

    def is_let_through(self) -> bool:
        """Whether a call fits into the second that ends now."""
        now = time.monotonic()
        while self.window and self.window[0] <= now - 1.0:
            self.window.popleft()
        if len(self.window) >= self.limit:
            self.answered.refused += 1
            return False
        self.window.append(now)
        self.answered.first = self.answered.first or now
        self.answered.last = now
        self.answered.calls += 1
        return True

    def body(self, path: str) -> bytes:
        """The answer to a call."""
        url = urlsplit(path)
        if not url.path.endswith("/v2/contacts/activity"):
            return b"{}"
        params = {name: values[0] for name, values in parse_qs(url.query).items()}
        start, end = (
            int(datetime.fromisoformat(params[name]).replace(tzinfo=UTC).timestamp()) for name in ("dateFrom", "dateTo")
        )
        first, last = np.searchsorted(self.times, start), np.searchsorted(self.times, end, side="right")
        last = min(last, first + int(params["maxrows"]))
        return b"[%b]" % self.rows[self.places[first] : max(self.places[first], self.places[last] - 1)]


class _Connection(asyncio.Protocol):
    """A client's connection, kept alive."""

    transport: asyncio.Transport

    def __init__(self, server: Server) -> None:
        self._server, self._received = server, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            if AUTHORIZATION not in head:
                self._send(b"401 Unauthorized", b"")
            elif not self._server.is_let_through():
                self._send(b"429 Too Many Requests", b"", b"Retry-After: 1\r\n")
            else:
                path = head.split(b" ", 2)[1].decode()
                asyncio.get_running_loop().call_later(self._server.latency, self._answer, path)

    def _answer(self, path: str) -> None:
        self._send(b"200 OK", self._server.body(path))

    def _send(self, status: bytes, content: bytes, headers: bytes = b"") -> None:
        self.transport.write(
            b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n%b" % (status, headers, len(content), content)
        )


def serve(parent: Connection, times: Times, limit: float, latency: float) -> None:
    """Runs the server until the parent has a word, which is answered with what the server saw."""
    with tempfile.TemporaryFile() as file:
        places = np.zeros(len(times) + 1, dtype=np.int64)
        for number, moment in enumerate(times.tolist()):
            places[number + 1] = places[number] + file.write(_row(number, moment).encode() + b",")
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as rows:
            server = Server(times, rows, places, limit, latency)

            async def run() -> None:
                listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
                parent.send(listening.sockets[0].getsockname()[1])
                await asyncio.to_thread(parent.recv)
                parent.send(server.answered)

            asyncio.run(run())


def _row(number: int, moment: int) -> str:
    text = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return (
        f'{{"iid":"i{number}","contactId":{number * 7919 % 100003},"email":"c{number % 9973}@shop.example",'
        f'"mediaType":"email","activityStatus":"DELIVERED","messageId":{number % 600},'
        f'"messageInstanceId":{number // 50000},"messageName":"Message number {number % 600}",'
        f'"activityDateTime":"{text}","messageTag":"promo,spring","workflowId":"{number % 11}",'
        f'"workflowBlockId":"{number % 5}","workflowInstanceId":"w{number}","hardBounce":false,'
        f'"externalCustomerId":"customer-{number % 9973}","messageLanguageCode":"uk",'
        f'"viewMessageLink":"https://view.example/m/{number % 600}/{number // 50000}"}}'
    )


def measure(times: Times, days: int, limit: float, latency: float, most_rows: int) -> str:
    """A row of the table of figures."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(there, times, limit, latency), daemon=True
    )
    server.start()
    port = here.recv()
    since = datetime.now(UTC).date() - timedelta(days=days)
    until = datetime.now(UTC).date() - timedelta(days=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "profiles.yml").write_text(PROFILE)
        database = folder / "benchmark.duckdb"
        command = [sys.executable, "-m", "loader", "load", "--from", "api", "--datasets", "contactActivities"]
        command += ["--since", str(since), "--until", str(until), "--profiles-dir", str(folder)]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={
                **os.environ,
                "ESPUTNIK_API_KEY": KEY,
                "ESPUTNIK_API_MOST_ROWS": str(most_rows),
                "ESPUTNIK_API_URL": f"http://127.0.0.1:{port}/api",
                "ESPUTNIK_DUCKDB_PATH": str(database),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        said = process.stderr.read() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(said)
        with duckdb.connect(str(database), read_only=True) as connection:
            loaded = connection.execute("select count(*) from esputnik_raw.contactActivities").fetchall()[0][0]
    here.send("stop")
    answered: Answered = here.recv()
    server.join()
    calls = int(re.findall(r"([\d,]+) calls", said)[-1].replace(",", ""))
    seconds = answered.last - answered.first
    midnight = int(datetime(since.year, since.month, since.day, tzinfo=UTC).timestamp())
    fewest = fewest_calls(times, midnight, int(times[-1]), most_rows)
    pace = answered.calls / seconds
    if loaded != len(times):
        raise SystemExit(f"{loaded} rows loaded of {len(times)}.")
    return (
        f"| {len(times):,} | {days} | {most_rows:,} | {limit:g} | {latency * 1000:g} ms | {seconds:,.0f} s |"
        f" {pace:.2f} | {pace / limit:.0%} | {calls:,} | {fewest:,} | {calls / fewest:.2f} | {answered.refused} |"
        f" {usage.ru_maxrss / 1024:,.0f} MB |"
    )


def main() -> None:
    """Prints the table of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 1_000_000, 500_000, 5_000_000])
    parser.add_argument("--limit", type=float, nargs="*", default=[5.0, 20.0, 100.0, 100.0])
    parser.add_argument("--most-rows", type=int, nargs="*", default=[1_000, 1_000, 100, 1_000])
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--latency", type=float, default=0.05)
    options = parser.parse_args()
    print(
        "| activities | days | rows an answer, at most | limit, calls/s | an answer takes | time | calls/s |"
        " of the limit | calls | fewest possible | ratio | refused | peak memory |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    )
    for rows, limit, most_rows in zip(options.rows, options.limit, options.most_rows, strict=True):
        print(measure(account(rows, options.days), options.days, limit, options.latency, most_rows), flush=True)


if __name__ == "__main__":
    main()
