"""The HTTP server of the fake platform."""

from __future__ import annotations

import base64
import json
import random
import threading
import time
from bisect import bisect_left
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from tests.fake_platform.account import FakeAccount, Object, catalogue
from tests.fake_platform.vices import Vices

KEY = "a-key-that-nobody-may-see-0123456789"
PAGE = "<html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>"


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error."""


class FakePlatform:
    """Serves an account on a free local port.

    Args:
        account: what there is.
        vices: how it misbehaves.
        seed: of the random misbehaviours.

    Attributes:
        calls: paths and parameters of all calls, in order.
        deleted: contacts that are gone since.

    """

    def __init__(self, account: FakeAccount, vices: Vices | None = None, seed: int = 0, key: str = KEY) -> None:
        self.account, self.vices, self.key = account, vices or Vices(), key
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.statuses: list[int] = []
        self.deleted: set[int] = set()
        self._contacts = list(account.contacts)
        self._rng = random.Random(seed)
        self._zone = ZoneInfo(self.vices.timezone)
        self._lock = threading.Lock()
        self._let_through: deque[float] = deque()
        self._hidden = self._late_rows()
        self._server = _QuietServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> FakePlatform:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def late_arrive(self) -> None:
        """The late rows are there now."""
        with self._lock:
            self._hidden = set()

    def _late_rows(self) -> set[int]:
        """Places of the activities that come late, by two days and a half at most: a loader reads three days again."""
        first = bisect_left(self.account.moments, time.time() - 2.5 * 86_400)
        return {place for place in range(first, len(self.account.moments)) if self._rng.random() < self.vices.late}

    def chance(self, share: float) -> bool:
        with self._lock:
            return share > 0 and self._rng.random() < share

    def is_over_limit(self) -> bool:
        """A window of one second that slides; refused calls do not count."""
        if self.vices.limit is None:
            return False
        with self._lock:
            now = time.monotonic()
            while self._let_through and self._let_through[0] <= now - 1.0:
                self._let_through.popleft()
            if len(self._let_through) >= self.vices.limit:
                return True
            self._let_through.append(now)
            return False

    def is_storm(self) -> bool:
        every = self.vices.storm_every
        return every is not None and len(self.calls) % (every + 5) >= every

    def answer(self, path: str, params: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers of a call."""
        parts = path.strip("/").split("/")
        if path == "/v1/account/info":
            return 200, {"userName": "demo", "organisationName": "Demo"}, {}
        if path == "/v1/addressbooks":
            return 200, catalogue(), {}
        if path == "/v2/contacts/activity":
            return self._activities(params)
        if path == "/v1/contacts":
            answer = self._page(self._contacts, params)
            with self._lock:
                for _ in range(min(self.vices.deleted_per_page, max(0, len(self._contacts) - 10))):
                    gone = self._contacts.pop(self._rng.randrange(len(self._contacts)))
                    self.deleted.add(gone["id"])
            return answer
        if path == "/v1/groups":
            return self._page(self.account.groups, params)
        if parts[:2] == ["v1", "group"] and parts[-1] == "contacts":
            return self._page([{"id": number} for number in self.account.members[int(parts[2])]], params)
        if parts[:2] == ["v1", "messages"]:
            found = self.account.messages.get(parts[2])
            return (404, "no such channel", {}) if found is None else self._page(found, params)
        if parts[:2] == ["v1", "broadcast"]:
            found_one = self.account.broadcasts.get(int(parts[2]))
            return (404, "no such broadcast", {}) if found_one is None else (200, self._local(found_one), {})
        return 404, "no such call", {}

    def _page(self, items: list[Object], params: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        start = 1 if self.vices.no_startindex else int(params.get("startindex", 1))
        size = min(500, int(params.get("maxrows", 500)))
        with self._lock:
            found = items[start - 1 : start - 1 + size]
            total = int(len(items) * self.vices.total_factor)
        return 200, found, {"TotalCount": str(total)}

    def _activities(self, params: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        vices, account = self.vices, self.account
        if vices.no_activities:
            return 400, "Contact support to enable ContactActivity.", {}
        start, end = (self._moment(params[name]) for name in ("dateFrom", "dateTo"))
        if end - start > 92 * 86_400:
            return 400, "at most 3 months", {}
        more = 2 if vices.repeated_edges else 0
        first = bisect_left(account.moments, start - more)
        last = bisect_left(account.moments, end + more + (1 if vices.closed else 0))
        with self._lock:
            places = [place for place in range(first, last) if place not in self._hidden]
        if not vices.no_filters:
            for name in ("mediaType", "activityStatus"):
                if name in params:
                    wanted = params[name].lower()
                    places = [p for p in places if str(account.activities[p].get(name, "")).lower() == wanted]
        size = int(params.get("maxrows", 500))
        if vices.wrong_when_large and (size > 1_000 or end - start > 86_400 + 7_200):
            places = places[::2]
        if "offset" in params:
            places = [place for place in places if place > int(params["offset"])][1 if vices.cursor_skips else 0 :]
        if vices.unsorted:
            with self._lock:
                self._rng.shuffle(places)
        rows = [self._local({**account.activities[place], "offset": str(place)}) for place in places[:size]]
        return 200, rows, {}

    def _moment(self, text: str) -> int:
        """A time on the wall clock of the account's zone, as seconds since 1970."""
        return int(datetime.fromisoformat(text).replace(tzinfo=self._zone).timestamp())

    def _local(self, item: Object) -> Object:
        """The same with its times in the account's zone, or with the offset of UTC."""
        changed = dict(item)
        for name in ("activityDateTime", "createdDate", "startedDate", "updatedDate"):
            if name in item:
                moment = datetime.fromisoformat(item[name]).replace(tzinfo=UTC)
                if self.vices.with_offset:
                    changed[name] = moment.isoformat().replace("+00:00", "Z")
                else:
                    changed[name] = moment.astimezone(self._zone).replace(tzinfo=None).isoformat()
        return changed


def _handler(platform: FakePlatform) -> type[BaseHTTPRequestHandler]:
    expected = platform.key

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body are two writes: without this the second waits for the first one's receipt.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            vices = platform.vices
            url = urlsplit(self.path)
            params = {name: values[-1] for name, values in parse_qs(url.query).items()}
            path = url.path.removeprefix("/api").rstrip("/")
            with platform._lock:
                platform.calls.append((path, params))
            if vices.latency:
                time.sleep(vices.latency)
            if not self._is_known():
                self._send(401, b"Unauthorized", {})
            elif platform.is_over_limit() or platform.is_storm():
                self._send(429, b"Too many requests", self._retry_after())
            elif platform.chance(vices.errors):
                self._send(random.choice([500, 502, 503]), PAGE.encode(), {})
            elif platform.chance(vices.drops):
                self.close_connection = True
            elif platform.chance(vices.html):
                self._send(200, PAGE.encode(), {})
            else:
                if platform.chance(vices.hangs):
                    time.sleep(vices.hang_seconds)
                status, body, headers = platform.answer(path, params)
                content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                if platform.chance(vices.truncated):
                    content = content[: len(content) // 2]
                self._send(status, content, headers)

        def _is_known(self) -> bool:
            kind, _, text = self.headers.get("Authorization", "").partition(" ")
            try:
                return kind == "Basic" and base64.b64decode(text).decode().partition(":")[2] == expected
            except ValueError:
                return False

        def _retry_after(self) -> dict[str, str]:
            if platform.vices.retry_after == "nothing":
                return {}
            if platform.vices.retry_after == "date":
                return {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)}
            return {"Retry-After": "1" if platform.vices.limit else "0"}

        def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            with platform._lock:
                platform.statuses.append(status)
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                self.close_connection = True  # the client gave up

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    return Handler
