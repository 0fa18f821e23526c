"""A plain copy of a file on the local disk, where it is not one already."""

from __future__ import annotations

import gzip
import shutil
import zlib
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

from loader.errors import LoaderError
from loader.sources.files import SourceFile

_CHUNK = 4 * 2**20


def local_copy(file: SourceFile, folder: Path) -> Path:
    """A local, uncompressed file with the same content, in the folder, under a name without surprises.

    Remote and gzipped files are streamed into the folder, checked to their end; others are linked to, since
    DuckDB would take brackets or stars in a path for a pattern.

    Raises:
        LoaderError: the file cannot be read to its end.

    """
    filesystem, path = fsspec.core.url_to_fs(file.uri)
    target = folder / f"source.{file.file_format}"
    if isinstance(filesystem, LocalFileSystem) and not file.gzipped:
        target.symlink_to(path)
        return target
    try:
        with filesystem.open(path, "rb") as stored, open(target, "wb") as plain:
            content = gzip.GzipFile(fileobj=stored) if file.gzipped else stored
            shutil.copyfileobj(content, plain, _CHUNK)
    except EOFError as error:
        raise LoaderError(f"{file.uri}: the compressed file ends too early. Copy it again and load again.") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise LoaderError(f"{file.uri}: is not a sound gzip file ({error}). Copy it again and load again.") from error
    except Exception as error:
        # What the library of a store raises is of no common kind.
        raise LoaderError(f"{file.uri}: cannot be read: {str(error) or type(error).__name__}") from error
    return target
