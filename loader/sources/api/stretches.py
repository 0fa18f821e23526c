"""Reading activities: stretches of time, walked window by window by many workers, handed out in batches of files."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from loader.sources.api import wall
from loader.sources.api.asking import Asker, Lines, Window
from loader.sources.api.client import ApiClient, Stopped

#: Share of the rows of a full answer that a window is cut for: as many as fit, but for chance.
AIM = 0.9
#: Seconds after which a batch is handed out even if it is small.
BATCH_SECONDS = 600.0
#: So many batches may wait on the disk while one is loaded; they are loaded together then.
_MOST_WAITING = 4
#: A stretch that takes fewer further calls than this is not shared among workers.
_WORTH_SHARING = 12
#: How much denser or sparser the end of a window has to be than all of it for the next one to go by its end.
_DENSER, _SPARSER = 1.25, 0.8


@dataclass(frozen=True)
class Piece:
    """Activities of a stretch of time, all of them, as JSON lines.

    Attributes:
        start, end: of the stretch, times of the wall clock.
        read_at: when reading it began.

    """

    start: int
    end: int
    path: Path
    rows: int
    read_at: datetime


@dataclass
class Stretch:
    """A stretch of time on its way: read up to `position`; the call on its way goes up to `asked`."""

    start: int
    end: int
    position: int = field(init=False)
    asked: int = field(init=False)
    rate: float | None = None
    read_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    path: Path | None = None
    writer: IO[bytes] | None = None
    rows: int = 0

    def __post_init__(self) -> None:
        self.position = self.asked = self.start


@dataclass(frozen=True)
class FullSecond:
    """A second of which the platform would not give everything; `rows` is what it gave."""

    start: int
    rows: int


class ActivityReader:
    """Reads the activities of stretches of time.

    A worker walks a stretch from its start to its end. How much time a window may hold follows from how dense the rows
    lay in the one before; where that was too much, the rows of the full answer tell where to cut. So almost every
    answer is nearly full, and none that is full is trusted. An idle worker takes the later half of what another one
    still has before it.

    Args:
        client: the account.
        stretches: from and to, times of the wall clock, in the order wanted.
        folder: where the rows are written.
        take_full_seconds: whether to go on with what there is of a second that the platform does not give whole.
            Otherwise that second is left out, so that a later run asks for it again.

    Attributes:
        full_seconds: seconds that were not given whole.
        broadcasts: ids of the broadcasts met.
        unknown: names of fields met that the loader does not know.

    """

    def __init__(
        self, client: ApiClient, stretches: list[tuple[int, int]], folder: Path, *, take_full_seconds: bool = False
    ) -> None:
        self._client, self._asker, self._zone = client, Asker(client), client.settings.zone
        self._batch_rows = client.settings.batch_rows
        self._aim = AIM * client.settings.most_rows
        self._folder, self._take_full_seconds = folder, take_full_seconds
        self._waiting = [Stretch(*bounds) for bounds in reversed(_shares(stretches, client.settings.most_parallel))]
        self._active: list[Stretch] = []
        self._done: list[Piece] = []
        self._rows = self._seconds = self._files = 0
        self._unloaded = 0
        self._changed = threading.Condition()
        self._error: BaseException | None = None
        self.full_seconds: list[FullSecond] = []
        self.broadcasts: set[int] = set()
        self.unknown: set[str] = set()

    def batches(self) -> Iterator[list[Piece]]:
        """What was read, a batch at a time; reading goes on while the caller is busy with one.

        Raises:
            LoaderError: the platform refuses or fails; the batches before it are complete.

        """
        workers = [threading.Thread(target=self._work, daemon=True) for _ in range(self._client.settings.most_parallel)]
        for worker in workers:
            worker.start()
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(self._has_batch, BATCH_SECONDS)
                    pieces = self._cut()
                    is_over = self._is_over()
                    error = self._error
                if error is not None:
                    # What was read before the failure is sound and need not be asked for again.
                    self._client.resume()
                if pieces:
                    yield pieces
                if error is not None:
                    raise error
                if is_over:
                    return
        finally:
            with self._changed:
                self._error = self._error or Stopped("The run ended.")
                self._changed.notify_all()
            # A worker may be waiting for an answer for minutes; what it gets goes nowhere.
            for worker in workers:
                worker.join(1.0)

    def _is_over(self) -> bool:
        return not self._waiting and not self._active

    def _has_batch(self) -> bool:
        return self._unloaded >= self._batch_rows or self._is_over() or self._error is not None

    def _cut(self) -> list[Piece]:
        """Takes what is read so far, in order of time; stretches on their way go on in new files."""
        for stretch in self._active:
            self._close(stretch)
        pieces, self._done, self._unloaded = sorted(self._done, key=lambda piece: piece.start), [], 0
        self._changed.notify_all()
        return _joined(pieces)

    # What follows runs in the workers.

    def _work(self) -> None:
        try:
            while (stretch := self._next_stretch()) is not None:
                while self._step(stretch):
                    pass
                with self._changed:
                    self._close(stretch)
                    self._active.remove(stretch)
                    self._changed.notify_all()
        except BaseException as error:
            with self._changed:
                if self._error is None:
                    self._error = error
                    self._client.stop()
                self._changed.notify_all()

    def _next_stretch(self) -> Stretch | None:
        with self._changed:
            while self._error is None:
                if self._unloaded < _MOST_WAITING * self._batch_rows:
                    stretch = self._waiting.pop() if self._waiting else self._shared()
                    if stretch is not None:
                        self._active.append(stretch)
                        return stretch
                if self._is_over():
                    return None
                self._changed.wait(1.0)
            return None

    def _shared(self) -> Stretch | None:
        """The later half of the stretch of which somebody else still has most to read."""
        longest = max(self._active, key=self._rows_ahead, default=None)
        if longest is None or self._rows_ahead(longest) < _WORTH_SHARING * self._aim:
            return None
        middle = longest.asked + (longest.end - longest.asked) // 2
        later = Stretch(middle, longest.end)
        longest.end = middle
        return later

    def _rows_ahead(self, stretch: Stretch) -> float:
        """Rows to expect in what nobody has asked for yet; a stretch that is dense at present counts as dense."""
        return (stretch.end - stretch.asked) * max(stretch.rate or 0.0, self._usual_rate or 0.0)

    @property
    def _usual_rate(self) -> float | None:
        """Rows a second in all that was read so far; None before anything was."""
        return (self._rows + 1) / self._seconds if self._seconds else None

    def _step(self, stretch: Stretch) -> bool:
        """Reads one window of a stretch; False at its end."""
        with self._changed:
            self._changed.wait_for(lambda: self._unloaded < _MOST_WAITING * self._batch_rows or self._error is not None)
            if stretch.position >= stretch.end or self._error is not None:
                return False
            length = self._length(stretch)
            stretch.asked = stretch.position + length
        is_sampled = True
        while True:
            start, end = stretch.position, stretch.position + length
            window = self._asker.window(start, end)
            if window.lines is not None and (length == 1 or not window.is_suspicious):
                self._accept(stretch, end, window.lines, _rate_ahead(window, start, end))
                return True
            if length == 1:
                self._accept_second(stretch)
                return True
            length = _cut_length(window, start, length, is_sampled)
            is_sampled = False
            with self._changed:
                stretch.asked = start + length

    def _length(self, stretch: Stretch) -> int:
        rate = stretch.rate or self._usual_rate
        longest = min(wall.DAY, stretch.end - stretch.position)
        return max(1, min(longest, int(self._aim / rate))) if rate else longest

    def _accept_second(self, stretch: Stretch) -> None:
        start = stretch.position
        items, is_complete = self._asker.second(start)
        if is_complete or self._take_full_seconds:
            self._accept(stretch, start + 1, Lines.of(items), float(len(items)))
        if not is_complete:
            with self._changed:
                self.full_seconds.append(FullSecond(start, len(items)))
                if not self._take_full_seconds:
                    self._close(stretch)
                    stretch.start = stretch.position = start + 1

    def _accept(self, stretch: Stretch, end: int, lines: Lines, rate: float) -> None:
        with self._changed:
            if stretch.writer is None:
                self._files += 1
                stretch.path = self._folder / f"{self._files}.jsonl"
                stretch.writer = open(stretch.path, "wb")  # noqa: SIM115
            stretch.writer.write(lines.text)
            stretch.rows += lines.rows
            self._rows += lines.rows
            self._seconds += end - stretch.position
            self._unloaded += lines.rows
            self.broadcasts |= lines.broadcasts
            self.unknown |= lines.unknown
            stretch.position = stretch.asked = end
            stretch.rate = rate
            if self._has_batch():
                self._changed.notify_all()

    def _close(self, stretch: Stretch) -> None:
        """Hands over what is read of a stretch. Must be called with the lock."""
        if stretch.writer is not None and stretch.path is not None:
            stretch.writer.close()
            self._done.append(Piece(stretch.start, stretch.position, stretch.path, stretch.rows, stretch.read_at))
        stretch.writer, stretch.rows, stretch.start = None, 0, stretch.position
        stretch.read_at = datetime.now(UTC)


def _shares(stretches: list[tuple[int, int]], workers: int) -> list[tuple[int, int]]:
    """The same time in longer stretches, as many as there are workers: each ends in a window that is not filled."""
    days = -(-len(stretches) // workers)
    shares: list[tuple[int, int]] = []
    for start, end in stretches:
        if shares and shares[-1][1] == start and end - shares[-1][0] <= days * wall.DAY:
            shares[-1] = (shares[-1][0], end)
        else:
            shares.append((start, end))
    return shares


def _rate_ahead(window: Window, start: int, end: int) -> float:
    """Rows a second to expect behind a window: as in all of it, unless its end is clearly denser or sparser.

    A broadcast makes the rows dense from one second to the next; reactions to it thin out over hours.
    """
    overall = (window.rows + 1) / (end - start)
    times, half = window.times, len(window.times) // 2
    later = (len(times) - bisect_left(times, (start + end) // 2) + 1) / max(1.0, (end - start) / 2)
    if half >= 10 and (denser := half / max(1, end - times[-half])) > _DENSER * overall:
        return denser
    return later if later < _SPARSER * overall else overall


def _cut_length(window: Window, start: int, length: int, is_sampled: bool) -> int:
    """How much of a window to ask for when all of it was too much.

    A platform that gives the first rows of what there is tells where to cut: a few rows before the last. If that was
    still too much (the rows were any, or the last), the window is halved, by time or by the rows met, whichever is
    shorter.
    """
    times = window.times
    half = length // 2
    if not times or len(times) < window.most_rows:
        return max(1, half)
    place = times[int(len(times) * AIM)] if is_sampled else times[len(times) // 2]
    return max(1, min(place - start, length - 1 if is_sampled else half))


def _joined(pieces: list[Piece]) -> list[Piece]:
    """The same rows with pieces that follow one another in one file."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].end == piece.start:
            last = joined.pop()
            with open(last.path, "ab") as target, open(piece.path, "rb") as source:
                while chunk := source.read(1 << 20):
                    target.write(chunk)
            piece.path.unlink()
            joined.append(
                Piece(last.start, piece.end, last.path, last.rows + piece.rows, min(last.read_at, piece.read_at))
            )
        else:
            joined.append(piece)
    return joined
