"""The platform's service account: a key of its own, and a gate before the emulator that lets it read what it may.

The emulator knows no permissions. The gate stands between Google's client and it: it gives tokens for keys, passes on
what the builder asks, and answers the account's queries of other datasets than its own as BigQuery does, with 403.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

READER_TOKEN = "reader-token"


def reader_key(token_uri: str, project: str = "esputnik-tests") -> dict[str, str]:
    """A key file's content as Google makes it, with a private key that nobody else has."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": "0123456789abcdef",
        "private_key": private.decode(),
        "client_email": f"esputnik-reader@{project}.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": token_uri,
    }


@dataclass
class Gate:
    """What the account is allowed, and what it asked.

    Attributes:
        readable: datasets that it may query.
        takes_key: whether its key gives a token.
        runs_jobs: whether it may query at all.

    """

    url: str = ""
    readable: set[str] = field(default_factory=set)
    takes_key: bool = True
    runs_jobs: bool = True
    asked: list[dict[str, Any]] = field(default_factory=list)

    def refusal(self, job: dict[str, Any]) -> str | None:
        """Why BigQuery would not run the account's job."""
        self.asked.append(job["configuration"])
        if not self.runs_jobs:
            return "Access Denied: Project esputnik-tests: User does not have bigquery.jobs.create permission."
        for project, dataset, table in re.findall(
            r"`([^`]+)`\.`([^`]+)`\.`([^`]+)`", job["configuration"]["query"]["query"]
        ):
            if dataset not in self.readable:
                return (
                    f"Access Denied: Table {project}:{dataset}.{table}: User does not have permission to query table."
                )
        return None


@contextmanager
def gate_before(emulator_url: str) -> Iterator[Gate]:
    """Serves until the end of the block."""
    gate = Gate()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path == "/token":
                granted = {"access_token": READER_TOKEN, "expires_in": 3600, "token_type": "Bearer"}
                self._answer(200, granted) if gate.takes_key else self._answer(400, {"error": "invalid_grant"})
                return
            is_readers = self.headers.get("Authorization") == f"Bearer {READER_TOKEN}" and self.command == "POST"
            if is_readers and (message := gate.refusal(json.loads(content))):
                error = {"reason": "accessDenied", "message": message}
                self._answer(403, {"error": {"code": 403, "message": message, "errors": [error]}})
                return
            self._pass_on(content)

        def _pass_on(self, content: bytes) -> None:
            request = urllib.request.Request(emulator_url + self.path, content or None, method=self.command)
            for name in ("Authorization", "Content-Type"):
                if value := self.headers.get(name):
                    request.add_header(name, value)
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    self._send(answer.status, answer.read())
            except urllib.error.HTTPError as error:
                self._send(error.code, error.read())

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            self._send(status, json.dumps(body).encode())

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle

        def log_message(self, format: str, *arguments: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    gate.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield gate
    finally:
        server.shutdown()
        server.server_close()
