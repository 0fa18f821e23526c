"""Lines of a text file as Arrow batches, numbered, whatever its line ends."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loader.errors import LoaderError

_CHUNK = 8 * 2**20
#: The longest line that is read.
LONGEST_LINE = 64 * 2**20

SCHEMA = pa.schema([("_row", pa.int64()), ("line", pa.string()), ("is_utf8", pa.bool_())])


def _blocks(path: Path, uri: str) -> Iterator[bytes]:
    """The file in blocks that end where a line ends."""
    with open(path, "rb") as reader:
        if reader.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            reader.seek(0)
        pending: list[bytes] = []
        while block := reader.read(_CHUNK):
            head, end, tail = block.rpartition(b"\n")
            if not end:
                pending.append(block)
            else:
                yield b"".join((*pending, head, end))
                pending = [tail]
            if sum(map(len, pending)) > LONGEST_LINE:
                raise LoaderError(f"{uri}: a line is longer than {LONGEST_LINE // 2**20} MB; is this JSON Lines?")
        if rest := b"".join(pending):
            yield rest + b"\n"


def _decoded(block: bytes) -> tuple[bytes, npt.NDArray[np.int64]]:
    """The block as valid UTF-8, and the places that were not, in bytes of the result."""
    places: list[int] = []
    text = bytearray()
    start = 0
    while True:
        try:
            block[start:].decode("utf-8")
        except UnicodeDecodeError as error:
            text += block[start : start + error.start]
            places.append(len(text))
            text += "\N{REPLACEMENT CHARACTER}".encode()
            start += error.end
        else:
            return bytes(text + block[start:]), np.array(places, dtype=np.int64)


def _split(block: bytes) -> pa.Array:
    ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == 10)
    # Lines keep their \n: offsets alone then make an array of the block without a copy, and JSON ignores it.
    offsets = np.concatenate(([0], ends + 1)).astype(np.int32)
    return pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(block))


def read_lines(path: Path, uri: str) -> pa.RecordBatchReader:
    """Lines that are not blank: `_row` (from 1), `line` and `is_utf8` (else bad bytes were replaced).

    Memory: a block of 8 MB, or the longest line.
    """

    def batches() -> Iterator[pa.RecordBatch]:
        rows = 0
        for block in _blocks(path, uri):
            lines = _split(block)
            places = np.array([], dtype=np.int64)
            try:
                lines.validate(full=True)
            except pa.ArrowInvalid:
                block, places = _decoded(block)
                lines = _split(block)
            is_utf8 = np.ones(len(lines), dtype=bool)
            if places.size:
                ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == 10)
                is_utf8[np.searchsorted(ends, places)] = False
            filled = pc.not_equal(pc.utf8_trim_whitespace(lines), "")
            lines, good = lines.filter(filled), pa.array(is_utf8).filter(filled)
            numbers = pa.array(np.arange(rows + 1, rows + 1 + len(lines), dtype=np.int64))
            rows += len(lines)
            yield pa.record_batch([numbers, lines, good], schema=SCHEMA)

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())
