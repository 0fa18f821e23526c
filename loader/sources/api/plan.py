"""Which stretches of time have to be read, given what is in the raw tables; and what reading them will take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from loader.runs import FileKey
from loader.sources.api import wall
from loader.sources.api.settings import ApiSettings
from loader.sources.api.stretches import Piece

#: Days to read where nothing says since when.
FIRST_DAYS = 90

Bounds = tuple[int, int]

#: Loaded stretches are files of `_load_files` with such a name, their version being the moment they were read.
_PREFIX = "api:contactActivities/"
_BETWEEN = "--"


@dataclass(frozen=True)
class Loaded:
    """A stretch of time whose activities are in the raw table as they were at `read_at`."""

    start: int
    end: int
    read_at: datetime

    @classmethod
    def of(cls, files: Iterable[FileKey]) -> list[Loaded]:
        """The stretches among the loaded files."""
        found = []
        for name, _, version in files:
            if name.startswith(_PREFIX):
                start, end = name.removeprefix(_PREFIX).split(_BETWEEN)
                found.append(cls(wall.parse(start), wall.parse(end), datetime.fromisoformat(version)))
        return found


def key_of(piece: Piece) -> FileKey:
    """The name, size and version by which a loaded piece is known."""
    name = f"{_PREFIX}{wall.text(piece.start)}{_BETWEEN}{wall.text(piece.end)}"
    return name, piece.path.stat().st_size, piece.read_at.isoformat()


def stretches(
    loaded: Iterable[Loaded], settings: ApiSettings, since: date | None, until: date | None, now: datetime
) -> list[Bounds]:
    """What has to be read, oldest first, a day at most each.

    Rows may come days late. So a stretch counts as read for good only where it was read `reread_days` after its end;
    what was read sooner is read again, and what a dead run had loaded is not.

    Args:
        loaded: what the raw table has, of completed loads.
        settings: zone and `reread_days`.
        since: first day; None: 90 days ago, or the first ever read where that is earlier.
        until: last day; None: today.
        now: the moment, UTC.

    """
    loaded = list(loaded)
    today = wall.of_moment(now, settings.zone) // wall.DAY * wall.DAY
    # A run that died may have left the first days out.
    first = min([today - FIRST_DAYS * wall.DAY, *(stretch.start for stretch in loaded)])
    start = wall.of_day(since) if since else first
    end = (wall.of_day(until) if until else today) + wall.DAY
    wait = timedelta(days=settings.reread_days)
    final = sorted(
        (max(stretch.start, start), min(settled, end))
        for stretch in loaded
        if (settled := _settled(stretch, settings, wait)) > max(stretch.start, start)
    )
    missing: list[Bounds] = []
    position = start
    for from_, to in final:
        if from_ > position:
            missing.append((position, from_))
        position = max(position, to)
    if position < end:
        missing.append((position, end))
    return [day for bounds in missing for day in _days(*bounds)]


def _settled(stretch: Loaded, settings: ApiSettings, wait: timedelta) -> int:
    """Up to when the stretch is read for good."""
    return min(stretch.end, wall.of_moment(stretch.read_at.astimezone(UTC) - wait, settings.zone))


def _days(start: int, end: int) -> Iterable[Bounds]:
    while start < end:
        midnight = min(end, start // wall.DAY * wall.DAY + wall.DAY)
        yield start, midnight
        start = midnight
