"""How near the REST API source comes to what a platform allows: calls a second, calls for the rows, memory.

    python -m benchmarks.api

A fair server of this machine, with a limit of calls a second (a window of a second that slides), gives the activities
of a made-up account. The fewest calls possible are counted from the same rows: windows of time, each as long as a day
and one row short of a full answer allow, one after the other.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_left, bisect_right
from collections import deque
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import duckdb
import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parent.parent
KEY = "benchmark-key"
DAY = 86_400
MOST_ROWS = 1_000
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


def fewest_calls(times: Times, start: int, end: int) -> int:
    """Windows that hold all rows, each shorter than a day and its answer not full."""
    calls, position = 0, start
    while position < end:
        first = bisect_left(times, position)
        over = int(times[first + MOST_ROWS - 1]) if first + MOST_ROWS - 1 < len(times) else end
        midnight = position // DAY * DAY + DAY
        position = max(position + 1, min(over, midnight, end))
        calls += 1
    return calls


class Server(ThreadingHTTPServer):
    """The fair server; `let_through` has the moments of answered calls."""

    daemon_threads = True

    def __init__(self, times: Times, limit: float, latency: float) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.times, self.limit, self.latency = times.tolist(), limit, latency
        self.window: deque[float] = deque()
        self.let_through: list[float] = []
        self.refused = 0
        self.lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    """Activities by window of time, sorted, at most so many as asked for, both ends inside."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        """One call."""
        server = self.server
        expected = base64.b64encode(f"loader:{KEY}".encode()).decode()
        if not self.headers.get("Authorization", "").endswith(expected):
            return self._send(401, b"")
        with server.lock:
            now = time.monotonic()
            while server.window and server.window[0] <= now - 1.0:
                server.window.popleft()
            if len(server.window) >= server.limit:
                server.refused += 1
                refused = True
            else:
                server.window.append(now)
                server.let_through.append(now)
                refused = False
        if refused:
            return self._send(429, b"", {"Retry-After": "1"})
        time.sleep(server.latency)
        url = urlsplit(self.path)
        if not url.path.endswith("/v2/contacts/activity"):
            return self._send(200, b"{}")
        params = {name: values[0] for name, values in parse_qs(url.query).items()}
        start, end = (
            int(datetime.fromisoformat(params[name]).replace(tzinfo=UTC).timestamp()) for name in ("dateFrom", "dateTo")
        )
        first, last = bisect_left(server.times, start), bisect_right(server.times, end)
        last = min(last, first + int(params["maxrows"]))
        rows = (_row(number, server.times[number]) for number in range(first, last))
        return self._send(200, f"[{','.join(rows)}]".encode())

    def _send(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


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


def measure(times: Times, days: int, limit: float, latency: float) -> str:
    """A row of the table of figures."""
    server = Server(times, limit, latency)
    threading.Thread(target=server.serve_forever, daemon=True).start()
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
                "ESPUTNIK_API_URL": f"http://127.0.0.1:{server.server_address[1]}/api",
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
    server.shutdown()
    server.server_close()
    calls = int(re.findall(r"([\d,]+) calls", said)[-1].replace(",", ""))
    seconds = server.let_through[-1] - server.let_through[0]
    fewest = fewest_calls(
        times, int(datetime(since.year, since.month, since.day, tzinfo=UTC).timestamp()), int(times[-1])
    )
    pace = len(server.let_through) / seconds
    if loaded != len(times):
        raise SystemExit(f"{loaded} rows loaded of {len(times)}.")
    return (
        f"| {len(times):,} | {days} | {limit:g} | {latency * 1000:g} ms | {seconds:,.0f} s | {pace:.2f} |"
        f" {pace / limit:.0%} | {calls:,} | {fewest:,} | {calls / fewest:.2f} | {server.refused} |"
        f" {usage.ru_maxrss / 1024:,.0f} MB |"
    )


def main() -> None:
    """Prints the table of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 1_000_000, 5_000_000])
    parser.add_argument("--limit", type=float, nargs="*", default=[5.0, 20.0, 100.0])
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--latency", type=float, default=0.05)
    options = parser.parse_args()
    print(
        "| activities | days | limit, calls/s | an answer takes | time | calls/s | of the limit | calls |"
        " fewest possible | ratio | refused | peak memory |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
    )
    for rows, limit in zip(options.rows, options.limit, strict=True):
        print(measure(account(rows, options.days), options.days, limit, options.latency), flush=True)


if __name__ == "__main__":
    main()
