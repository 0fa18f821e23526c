"""Where the records of a CSV file begin and end, and which of them are malformed.

Asked only about files that DuckDB refused: its reader says that something is wrong, but where a quote stays
open it picks up again at some later line, and what lay between would be lost without a word. Here every line
is accounted for. The state at a line's end (inside quotes or not) is a function of the state at its start;
two regular expressions give each line's function, and a running composition of them gives the states.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from loader.errors import LoaderError
from loader.reading.lines import blocks, ends_of, lacking, sound_utf8, texts

#: The longest record that is read, in bytes; one beyond it is taken for a quote that never closes.
LONGEST_RECORD = 16 * 2**20

MALFORMED = pa.schema([("_row", pa.int64()), ("_text", pa.string()), ("_reasons", pa.string())])


@dataclass(frozen=True)
class Dialect:
    """How the file writes records: the delimiter, the byte that ends a line, and the fields of its header."""

    delimiter: str
    line_end: bytes
    fields: int


def count_records(path: Path, dialect: Dialect) -> int:
    """How many lines end outside of quotes, the header not counted: the records of a sound file.

    A quick count to hold DuckDB's against: quotes are told apart only as odd and even, blank lines count.
    """
    ends, inside = 0, False
    last = dialect.line_end
    with open(path, "rb") as reader:
        while chunk := reader.read(4 * 2**20):
            data = np.frombuffer(chunk, dtype=np.uint8)
            is_end = data == dialect.line_end[0]
            if inside or b'"' in chunk:
                odd = np.bitwise_xor.accumulate(data == ord('"')) ^ inside
                is_end &= ~odd
                inside = bool(odd[-1])
            ends += int(np.count_nonzero(is_end))
            last = chunk[-1:]
    return ends - 1 + (last != dialect.line_end)


class _Patterns:
    """RE2 patterns for a delimiter. `inside` is the content of quotes, a doubled quote being one of its letters."""

    def __init__(self, delimiter: str) -> None:
        d = delimiter
        inside = '(?:[^"]|"")*'
        bare = f'[^"{d} ][^{d}]*'
        #: A field, and whatever wrongly follows its closing quote.
        any_field = f'(?: *"{inside}"(?:[^"{d}][^{d}]*)?| *(?:{bare})?)'
        opens = f'(?:{any_field}{d})* *"{inside}'
        self.opens_quote = rf"(?s)\A{opens}\z"
        self.stays_inside = rf'(?s)\A{inside}(?:"(?:[^"{d}][^{d}]*)?{d}{opens})?\z'
        sound_field = rf'(?: *"{inside}" *| *(?:[^"{d} \r\n][^{d}\r\n]*)?)'
        self.sound = rf"(?s)\A{sound_field}(?:{d}{sound_field})*\z"
        self.quoted = f'(?s)(^|{d}) *"{inside}"'


def _states(lines: pa.Array, patterns: _Patterns) -> npt.NDArray[np.bool_]:
    """Whether quotes are open at the end of each line, the first line starting outside of quotes."""
    from_outside = np.zeros(len(lines), dtype=bool)
    from_inside = np.ones(len(lines), dtype=bool)
    has_quote = pc.match_substring(lines, '"')
    places = np.flatnonzero(has_quote.to_numpy(zero_copy_only=False))
    if not places.size:
        return from_outside
    some = lines.filter(has_quote)
    from_outside[places] = pc.match_substring_regex(some, patterns.opens_quote).to_numpy(zero_copy_only=False)
    from_inside[places] = pc.match_substring_regex(some, patterns.stays_inside).to_numpy(zero_copy_only=False)
    # A line keeps the state, flips it, or sets it. Counting flips since the last line that set it composes them.
    sets = from_outside == from_inside
    flips = np.cumsum(from_outside & ~from_inside)
    last = np.maximum.accumulate(np.where(sets, np.arange(len(lines)), -1))
    known = last >= 0
    start = np.where(known, from_outside[last], False)
    return start ^ ((flips - np.where(known, flips[last], 0)) % 2 == 1)


class _Unfinished(Exception):
    """The file ends, or the longest record is exceeded, inside quotes."""


def _records(path: Path, uri: str, dialect: Dialect, patterns: _Patterns) -> Iterator[tuple[pa.Array, pa.Array]]:
    """Records with their line ends, and whether each is UTF-8, block by block."""
    pending, pending_places = b"", np.array([], dtype=np.int64)
    for raw in blocks(path, uri, dialect.line_end):
        sound, places = sound_utf8(raw)
        block = pending + sound
        places = np.concatenate((pending_places, places + len(pending)))
        line_ends = ends_of(block, dialect.line_end)
        ends = line_ends[~_states(texts(block, line_ends), patterns)]
        cut = int(ends[-1]) if ends.size else 0
        yield texts(block, ends), pa.array(~lacking(ends, places[places < cut]))
        pending, pending_places = block[cut:], places[places >= cut] - cut
        if len(pending) > LONGEST_RECORD:
            break
    if pending:
        raise _Unfinished


def split_records(path: Path, uri: str, dialect: Dialect, sound: Path, malformed: Path) -> int:
    """Parts the records of a file by their shape.

    The sound ones go into a CSV file without header, each with its number in front; the
    others into a Parquet file of `_row`, `_text` and `_reasons`. Blank lines are no records, unless the file
    has a single column, where one is a null.

    Returns:
        How many records the file has.

    Raises:
        LoaderError: a quote never closes, or text follows it in a later line than it opened in.

    """
    patterns = _Patterns(dialect.delimiter)
    rows = 0
    header_seen = False
    with open(sound, "wb") as output, pq.ParquetWriter(malformed, MALFORMED) as rejects:
        try:
            for records, is_utf8 in _records(path, uri, dialect, patterns):
                records = pc.utf8_rtrim(records, "\r\n")
                if dialect.fields > 1 or not header_seen:
                    filled = pc.not_equal(records, "")
                    records, is_utf8 = records.filter(filled), is_utf8.filter(filled)
                if not header_seen and len(records):
                    records, is_utf8, header_seen = records[1:], is_utf8[1:], True
                numbers = pa.array(np.arange(rows + 1, rows + 1 + len(records), dtype=np.int64))
                faults = _faults(records, is_utf8, dialect, patterns)
                _refuse_merged(records, faults, numbers, uri)
                is_sound = faults.is_null()
                _write_lines(output, numbers.filter(is_sound), records.filter(is_sound), dialect.delimiter)
                bad = [column.filter(pc.invert(is_sound)) for column in (numbers, records, faults)]
                rejects.write_table(pa.table(bad, schema=MALFORMED))
                rows += len(records)
        except _Unfinished:
            raise LoaderError(
                f"{uri}: row {rows + 1} opens a quote that never closes (or is longer than "
                f"{LONGEST_RECORD // 2**20} MB), so the rows behind it cannot be read. Mend the row and load again."
            ) from None
    return rows


def _write_lines(output: IO[bytes], numbers: pa.Array, records: pa.Array, delimiter: str) -> None:
    """Appends the records as lines, each with its number in front: the bytes as Arrow has joined them."""
    numbered = pc.binary_join_element_wise(numbers.cast(pa.string()), records, delimiter)
    lines = pc.binary_join_element_wise(numbered, "", "\n")
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)
    if len(lines):
        output.write(memoryview(lines.buffers()[2])[offsets[lines.offset] : offsets[lines.offset + len(lines)]])


_MISPLACED = "a quote or a carriage return out of place"


def _faults(records: pa.Array, is_utf8: pa.Array, dialect: Dialect, patterns: _Patterns) -> pa.Array:
    """What is wrong with the shape of each record; null where nothing is."""
    has_quote = pc.match_substring(records, '"')
    places = np.flatnonzero(has_quote.to_numpy(zero_copy_only=False))
    misplaced = pc.match_substring(records, "\r").to_numpy(zero_copy_only=False).copy()
    found = pc.count_substring(records, dialect.delimiter).to_numpy(zero_copy_only=False).copy()
    if places.size:  # patterns cost much more than counting, and most records of most files hold no quote
        some = records.filter(has_quote)
        misplaced[places] = pc.invert(pc.match_substring_regex(some, patterns.sound)).to_numpy(zero_copy_only=False)
        bare = pc.replace_substring_regex(some, patterns.quoted, r"\1")
        found[places] = pc.count_substring(bare, dialect.delimiter).to_numpy(zero_copy_only=False)
    found = pa.array(found + 1)
    return pc.case_when(
        pc.make_struct(pc.invert(is_utf8), pa.array(misplaced), pc.not_equal(found, dialect.fields)),
        "not valid UTF-8",
        _MISPLACED,
        pc.binary_join_element_wise(found.cast(pa.string()), f"fields where the header has {dialect.fields}", " "),
    )


def _refuse_merged(records: pa.Array, faults: pa.Array, numbers: pa.Array, uri: str) -> None:
    """Fails where a quote ran over into later lines before text followed it: rows may have become one."""
    merged = pc.and_(pc.equal(faults, _MISPLACED).fill_null(False), pc.match_substring(records, "\n"))
    rows = numbers.filter(merged)
    if len(rows):
        raise LoaderError(
            f"{uri}: row {rows[0].as_py()} opens a quote that does not close before the next row, "
            f"so rows behind it cannot be told apart. Mend the row and load again."
        )
