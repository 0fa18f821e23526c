"""The loader in processes of its own that start at once: forked from one that has imported everything."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["loader.sources.api.command", "loader.cli", "loader.report"])


class ForkedLoader:
    """One run of a command; what it says goes to a file.

    Args:
        arguments: of the command line.
        environment: variables to set.
        output: file for both of its streams.

    """

    def __init__(self, arguments: list[str], environment: Mapping[str, str], output: Path) -> None:
        self._output = output
        self.process: ForkServerProcess = _CONTEXT.Process(target=_run, args=(arguments, dict(environment), output))
        self.process.start()

    def wait(self, seconds: float | None = None) -> int | None:
        """Waits for the end; the exit code, or None where it still runs."""
        self.process.join(seconds)
        return self.process.exitcode

    @property
    def said(self) -> str:
        """What it wrote so far."""
        return self._output.read_text(encoding="utf-8")


def _run(arguments: list[str], environment: dict[str, str], output: Path) -> None:
    os.environ.update(environment)
    stream = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(stream, 1)
    os.dup2(stream, 2)
    sys.stdin = open(os.devnull)  # noqa: SIM115
    sys.argv = ["loader", *arguments]
    from loader.cli import app

    app()
