"""Finding exported files and telling which dataset each belongs to, on disk or at any fsspec address."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from loader.contract import Contract
from loader.errors import ConfigurationError
from loader.sources import FileFormat

#: Endings of file names and the format each stands for; `.gz` may follow any of them.
FORMATS: Mapping[str, FileFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}


@dataclass(frozen=True)
class SourceFile:
    """One file of a dataset.

    Attributes:
        uri: full path or address; with `size` and `version` it tells whether a file was loaded before.
        size: bytes, as stored.
        version: the store's etag, or the time of the last change (nanoseconds on a local disk), as text.
        generation: 0 for the oldest. Files of one name with `part` numbers share a generation; others are
            generations in order of name. A later generation's row replaces an earlier one's with the same key.

    """

    dataset: str
    uri: str
    file_format: FileFormat
    gzipped: bool
    size: int
    version: str
    generation: int


@dataclass(frozen=True)
class Discovery:
    """What was found: files of datasets, and addresses of files that belong to none."""

    files: tuple[SourceFile, ...]
    unmatched: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    dataset: str
    path: str
    file_format: FileFormat
    gzipped: bool


def _classify(relative: PurePosixPath, folder: str, by_name: Mapping[str, str]) -> _Found | None:
    """The dataset and format of a file, or None.

    A name counts up to its first `.`, `_` or `-`, without case. The file's own name goes first, then its
    folders from the inside out, the searched folder last, so `orders/part-0.parquet` is a file of orders.
    """
    if any(part.startswith((".", "_")) for part in relative.parts):
        return None  # hidden, or a writer's own bookkeeping such as _SUCCESS and _temporary/
    name = relative.name.lower()
    gzipped = name.endswith(".gz")
    file_format = FORMATS.get(PurePosixPath(name.removesuffix(".gz")).suffix)
    if file_format is None:
        return None
    for part in (*reversed(relative.parts), folder):
        dataset = by_name.get(re.split(r"[._-]", part, maxsplit=1)[0].lower())
        if dataset:
            return _Found(dataset, str(relative), file_format, gzipped)
    return None


def _version(filesystem: fsspec.AbstractFileSystem, path: str, info: Mapping[str, Any]) -> str:
    if isinstance(filesystem, LocalFileSystem):
        return str(os.stat(path).st_mtime_ns)
    for field in ("etag", "ETag", "md5Hash", "LastModified", "last_modified", "updated", "mtime"):
        if info.get(field):
            return str(info[field]).strip('"')
    return str(filesystem.ukey(path))


def _list(location: str) -> tuple[fsspec.AbstractFileSystem, str, dict[str, Mapping[str, Any]]]:
    """The file system, the folder that names are relative to, and every file below it with its details."""
    filesystem, path = fsspec.core.url_to_fs(location)
    if filesystem.isfile(path):
        return filesystem, path.rpartition("/")[0], {path: filesystem.info(path)}
    if fsspec.core.has_magic(path):
        fixed = path[: re.search(r"[*?\[]", path).start()].rpartition("/")[0]  # type: ignore[union-attr]
        found = filesystem.glob(path, detail=True)
        return filesystem, fixed, {name: info for name, info in found.items() if info["type"] == "file"}
    if not filesystem.exists(path):
        raise ConfigurationError(f"{location} does not exist. --path takes a folder, a file or a pattern of either.")
    return filesystem, path.rstrip("/"), filesystem.find(path, detail=True)


def _generation_name(path: str) -> str:
    """A file's name without its part number: equal for the parts of one generation."""
    return re.sub(r"part[-_.]?\d+", "part", path.lower())


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Sort key in which runs of digits compare as numbers, so `_10` comes after `_9`."""
    return [(0, int(run), "") if run.isdigit() else (1, 0, run) for run in re.split(r"(\d+)", name) if run]


def wanted_datasets(contract: Contract, datasets: Collection[str] | None) -> set[str]:
    """The datasets' names as the contract spells them; all when None.

    Raises:
        ConfigurationError: one is unknown.

    """
    by_name = {name.lower(): name for name in contract}
    unknown = sorted(name for name in datasets or () if name.lower() not in by_name)
    if unknown:
        raise ConfigurationError(f"No dataset is called {', '.join(unknown)}. Choose from: {', '.join(contract)}.")
    return {by_name[name.lower()] for name in datasets} if datasets else set(contract)


def discover(location: str, contract: Contract, datasets: Collection[str] | None = None) -> Discovery:
    """Lists the files of a location and the dataset of each.

    Args:
        location: a folder (searched with its subfolders), a file, a glob, or the address of any of these
            that fsspec understands, such as `gs://bucket/export` or `s3://bucket/export/*.csv`.
        contract: the datasets there are.
        datasets: the datasets wanted; all when None.

    Raises:
        ConfigurationError: an unknown dataset is wanted, the location cannot be listed, or nothing in it is
            a file of a wanted dataset.

    """
    by_name = {name.lower(): name for name in contract}
    wanted = wanted_datasets(contract, datasets)
    try:
        filesystem, folder, infos = _list(location)
    except ConfigurationError:
        raise
    except Exception as error:
        # Each store has errors of its own: for credentials that are missing or refused, a bucket that is not there.
        raise ConfigurationError(f"{location} cannot be listed: {error}") from error

    def address(path: str) -> str:
        return path if isinstance(filesystem, LocalFileSystem) else str(filesystem.unstrip_protocol(path))

    found: list[_Found] = []
    unmatched: list[str] = []
    prefix = f"{folder}/" if folder else ""
    for path in infos:
        match = _classify(PurePosixPath(path.removeprefix(prefix)), folder.rpartition("/")[2], by_name)
        if match is None:
            unmatched.append(address(path))
        elif match.dataset in wanted:
            found.append(match)
    if not found:
        names = ", ".join(f"{name}.csv" for name in contract if name in wanted)
        raise ConfigurationError(
            f"{location} holds no file of a dataset. Names that would match: {names}; also with .jsonl or "
            f".parquet, with .gz, or with more after the name, as in orders_2024-01-01.csv."
        )
    generations: dict[str, list[str]] = {}
    for dataset in wanted:
        names_of = {_generation_name(match.path) for match in found if match.dataset == dataset}
        generations[dataset] = sorted(names_of, key=_natural)
    files = []
    for match in sorted(found, key=lambda match: (match.dataset, _natural(match.path))):
        path = prefix + match.path
        files.append(
            SourceFile(
                dataset=match.dataset,
                uri=address(path),
                file_format=match.file_format,
                gzipped=match.gzipped,
                size=int(infos[path]["size"] or 0),
                version=_version(filesystem, path, infos[path]),
                generation=generations[match.dataset].index(_generation_name(match.path)),
            )
        )
    return Discovery(tuple(files), tuple(sorted(unmatched)))
