"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from loader.errors import LoaderError


@contextmanager
def written_whole(path: Path, mode: int | None = None) -> Iterator[IO[str]]:
    """Yields a text file that takes its place once it is complete: whoever reads finds the old or the new one, whole.

    Args:
        path: of the file; its folder is made where there is none.
        mode: who may read it, as `chmod` takes it; as with the file that is there, or all, unless it is said. Until it
            is complete, only its owner.

    Raises:
        LoaderError: it cannot be written.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        beside = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                yield file
            if mode is None:
                mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
            beside.chmod(mode)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise LoaderError(f"{path} cannot be written: {error.strerror or error}.") from error
