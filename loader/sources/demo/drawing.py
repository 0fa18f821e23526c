"""Drawing and Arrow helpers that every part of the account shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loader.sources.demo.settings import HOUR

Ints = npt.NDArray[np.int64]
#: Positions and codes in half the memory.
Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: Share of a day's shopping and reading that falls into each hour, UTC: quiet nights, a peak after work.
_HOURS = np.array([1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 11, 11, 10, 10, 11, 13, 15, 16, 14, 10, 6, 3, 2], dtype=float)
HOUR_SHARES = _HOURS / _HOURS.sum()


class Rare:
    """Picks a share of all candidates that pass by, and always at least one of them.

    What is due is carried from call to call, so that a small account shows a rare thing too, and a large one shows
    it at its rate.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.due = 1.0

    def pick(self, rng: np.random.Generator, candidates: Flags) -> Ints:
        """Positions of the picked candidates, ascending."""
        places = np.flatnonzero(candidates)
        self.due += self.rate * len(places)
        count = min(int(self.due), len(places))
        self.due -= count
        return np.sort(rng.choice(places, count, replace=False)) if count else places[:0]


def rare(rng: np.random.Generator, candidates: Flags, rate: float) -> Ints:
    """Positions of a share of the candidates, at least one."""
    return Rare(rate).pick(rng, candidates)


def flags_at(size: int, places: Ints) -> Flags:
    """A mask that is true at the places."""
    mask = np.zeros(size, dtype=bool)
    mask[places] = True
    return mask


def time_of_day(rng: np.random.Generator, size: int) -> Ints:
    """Seconds after midnight, by the daily rhythm."""
    return rng.choice(24, size, p=HOUR_SHARES) * HOUR + rng.integers(0, HOUR, size)


def weighted(rng: np.random.Generator, weights: Sequence[float], size: int) -> Ints:
    """Positions in `weights`, drawn with replacement in proportion to them."""
    shares = np.asarray(weights, dtype=float)
    return rng.choice(len(shares), size, p=shares / shares.sum())


def texts(values: Sequence[str | None], codes: Ints | Codes) -> pa.Array:
    """The value at each code, dictionary-encoded; a negative code is null."""
    encoded = pa.array(values, pa.string()).dictionary_encode()
    places = pa.array(codes, pa.int32(), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(encoded.indices.take(places), encoded.dictionary)


def plain_texts(values: Sequence[str | None], codes: Ints | Codes) -> pa.Array:
    """The value at each code as plain strings, for further work on the text; a negative code is null."""
    return pa.array(values, pa.string()).take(pa.array(codes, pa.int32(), mask=codes < 0))


def timestamps(seconds: Ints, missing: Flags | None = None) -> pa.Array:
    """Epoch seconds as UTC timestamps; null where `missing`."""
    return pa.array(seconds * 1_000_000, pa.int64(), mask=missing).cast(pa.timestamp("us", "UTC"))


def integers(values: Ints, missing: Flags | None = None) -> pa.Array:
    """Whole numbers; null where `missing`."""
    return pa.array(values, pa.int64(), mask=missing)


def money(hundredths: Ints) -> pa.Array:
    """Whole hundredths as amounts: the nearest double of a number with two decimals."""
    return pa.array(hundredths / 100.0, pa.float64())


def joined(*parts: Any) -> pa.Array:
    """Texts, element by element: arrays of strings or numbers and constants, put together."""
    as_text = [part if isinstance(part, str) else _text(part) for part in parts]
    return pc.binary_join_element_wise(*as_text, "")


def padded(values: Ints, width: int) -> pa.Array:
    """Numbers as text with leading zeros."""
    return pc.utf8_lpad(_text(values), width, "0")


def blank(values: pa.Array, missing: Flags) -> pa.Array:
    """The values, null where `missing`."""
    return pc.if_else(pa.array(missing), pa.scalar(None, values.type), values)


def _text(part: Any) -> pa.Array:
    array = part if isinstance(part, pa.Array | pa.ChunkedArray) else pa.array(part)
    return array.cast(pa.string())
