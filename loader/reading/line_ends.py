"""Line ends of text files made uniform, without touching what stands between quotes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

_CHUNK = 8 * 2**20
_QUOTE, _LF, _CR = 34, 10, 13


def normalise(source: Path, target: Path, *, drop_blank: bool) -> None:
    """Writes a CSV file with `\\n` as its only line end, and without blank lines if wanted.

    Line ends inside quotes are data and stay. A lone `\\r` stays too, so that a file which has some among
    others is refused by the reader rather than guessed at. Memory: a few chunks of 8 MB.
    """
    inside = False
    with open(source, "rb") as reader, open(target, "wb") as writer:
        previous_is_end = True  # nothing stands before the first line, so a blank first line is blank
        rest = b""
        while block := reader.read(_CHUNK):
            block = rest + block
            # A line end must not be cut in two: what ends in \r waits for the next block.
            rest = b"\r" if block.endswith(b"\r") else b""
            data = np.frombuffer(block, dtype=np.uint8, count=len(block) - len(rest))
            if not data.size:
                continue
            odd = (np.cumsum(data == _QUOTE, dtype=np.int64) + inside) % 2 == 1
            inside = bool(odd[-1])
            crlf = np.zeros(data.size, dtype=bool)
            crlf[:-1] = (data[:-1] == _CR) & (data[1:] == _LF) & ~odd[:-1]
            data, outside = data[~crlf], ~odd[~crlf]
            ends = (data == _LF) & outside
            if drop_blank and data.size:
                blank = ends.copy()
                blank[1:] &= ends[:-1]
                blank[0] &= previous_is_end
                previous_is_end = bool(ends[-1])
                data = data[~blank]
            writer.write(data.tobytes())
        writer.write(rest)
