"""What the loader says while it works: a live display on a terminal, plain lines otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import rich.console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table


class Console:
    """Messages to standard error, results to standard output, so that results can be piped.

    Args:
        secrets: texts that must never be shown; each is replaced by asterisks.

    """

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        self.secrets = secrets
        self._out = rich.console.Console(highlight=False, soft_wrap=True)
        if not self._out.is_terminal:
            # Nothing is cut off in a log or a pipe, where no width is known.
            self._out.width = 200
        self._err = rich.console.Console(stderr=True, highlight=False, soft_wrap=True)

    def step(self, message: str) -> None:
        """Says what is being done."""
        self._err.print(escape(self._clean(message)))

    def warn(self, message: str) -> None:
        """Says what the user should look at."""
        self._err.print(f"[yellow]Warning:[/] {escape(self._clean(message))}")

    def fail(self, message: str) -> None:
        """Says why the command ends without success."""
        self._err.print(f"[red]Error:[/] {escape(self._clean(message))}")

    def result(self, renderable: str | Table) -> None:
        """Shows what was asked for."""
        self._out.print(escape(renderable) if isinstance(renderable, str) else renderable)

    @contextmanager
    def progress(self, dataset: str, files: int) -> Iterator[Callable[[int], None]]:
        """Shows that a dataset is being read; the yielded function takes the rows read since its last call."""
        label = f"Reading {dataset}, {files} {'file' if files == 1 else 'files'}"
        if not self._err.is_terminal:
            self.step(label)
            yield lambda rows: None
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,} rows"))
        with Progress(*columns, TimeElapsedColumn(), console=self._err) as display:
            task = display.add_task(label, total=None)
            yield lambda rows: display.advance(task, rows)

    def _clean(self, message: str) -> str:
        for secret in self.secrets:
            message = message.replace(secret, "***")
        return message
