"""Text files in blocks of whole lines, and JSON lines as Arrow batches: vectors throughout, memory bounded."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loader.errors import LoaderError

_CHUNK = 2 * 2**20
#: The longest line that is read, in bytes.
LONGEST_LINE = 64 * 2**20

LINES = pa.schema([("_row", pa.int64()), ("line", pa.string()), ("is_utf8", pa.bool_())])


def blocks(path: Path, uri: str, line_end: bytes = b"\n") -> Iterator[bytes]:
    """The file, without a byte order mark, in blocks that end where a line ends; the last line gets its end.

    Raises:
        LoaderError: a line is longer than 64 MB.

    """
    with open(path, "rb") as reader:
        if reader.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            reader.seek(0)
        pending: list[bytes] = []
        while chunk := reader.read(_CHUNK):
            head, end, tail = chunk.rpartition(line_end)
            if end:
                yield b"".join((*pending, head, end))
                pending = [tail]
            else:
                pending.append(chunk)
            if sum(map(len, pending)) > LONGEST_LINE:
                raise LoaderError(f"{uri}: a line is longer than {LONGEST_LINE // 2**20} MB, more than is read.")
        if rest := b"".join(pending):
            yield rest + line_end


def ends_of(block: bytes, line_end: bytes = b"\n") -> npt.NDArray[np.int32]:
    """Where the block's lines end: the places just behind their ends."""
    return (np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == line_end[0]) + 1).astype(np.int32)


def texts(block: bytes, ends: npt.NDArray[np.int32]) -> pa.Array:
    """The pieces of the block between these places, ends included, without copying them."""
    offsets = np.concatenate((np.zeros(1, dtype=np.int32), ends))
    return pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(block))


def sound_utf8(block: bytes) -> tuple[bytes, npt.NDArray[np.int64]]:
    """The block with a replacement character for what is not UTF-8, and the places of these, if any."""
    places: list[int] = []
    text = bytearray()
    start = 0
    while True:
        try:
            codecs.utf_8_decode(memoryview(block)[start:], "strict", True)
        except UnicodeDecodeError as error:
            text += block[start : start + error.start]
            places.append(len(text))
            text += "\N{REPLACEMENT CHARACTER}".encode()
            start += error.end
        else:
            return (bytes(text + block[start:]) if places else block), np.array(places, dtype=np.int64)


def lacking(ends: npt.NDArray[np.int32], places: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which pieces that end at `ends` hold one of the places."""
    found = np.zeros(len(ends), dtype=bool)
    found[np.searchsorted(ends, places, side="right")] = True
    return found


def read_lines(path: Path, uri: str) -> pa.RecordBatchReader:
    """Lines that are not blank: `_row` (from 1), `line` and `is_utf8` (else bad bytes were replaced).

    Lines keep their ends: JSON ignores them, and nothing is copied. Memory: a block of 8 MB, or the longest line.
    """

    def batches() -> Iterator[pa.RecordBatch]:
        rows = 0
        for raw in blocks(path, uri):
            block, places = sound_utf8(raw)
            ends = ends_of(block)
            lines = texts(block, ends)
            filled = pc.not_equal(pc.utf8_trim_whitespace(lines), "")
            is_utf8 = pa.array(~lacking(ends, places)).filter(filled)
            lines = lines.filter(filled)
            numbers = pa.array(np.arange(rows + 1, rows + 1 + len(lines), dtype=np.int64))
            rows += len(lines)
            yield pa.record_batch([numbers, lines, is_utf8], schema=LINES)

    return pa.RecordBatchReader.from_batches(LINES, batches())
