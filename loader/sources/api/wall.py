"""Times as the platform reads and writes them: on the wall clock of its time zone, in whole seconds.

Windows of time are cut on that clock too, as seconds since 1970-01-01 on it. Where a clock change repeats an hour, a
window holds both; a time that a clock change skips is none.
"""

from __future__ import annotations

from calendar import timegm
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAY = 86_400
_EPOCH, _SECOND = datetime(1970, 1, 1), timedelta(seconds=1)


def text(seconds: int) -> str:
    """As the API takes it: `YYYY-MM-DDTHH:MM:SS`."""
    return _naive(seconds).isoformat()


def parse(value: str) -> int:
    """The inverse of `text`."""
    return timegm(datetime.fromisoformat(value).timetuple())


def of_day(day: date) -> int:
    """Midnight at which a day begins."""
    return timegm(day.timetuple())


def of_moment(moment: datetime, zone: ZoneInfo) -> int:
    """What the wall clock shows at a moment."""
    return timegm(moment.astimezone(zone).timetuple())


def of_row(value: Any, zone: ZoneInfo) -> int | None:
    """The time of a row; with an offset it is a moment, without one it is on the wall clock. None where it is none."""
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    return (moment - _EPOCH) // _SECOND if moment.tzinfo is None else of_moment(moment, zone)


def offset(seconds: int, zone: ZoneInfo) -> int:
    """How far the wall clock is ahead of UTC, in seconds."""
    ahead = _naive(seconds).replace(tzinfo=zone).utcoffset()
    return int(ahead.total_seconds()) if ahead else 0


def real(seconds: int, zone: ZoneInfo) -> int:
    """The time itself, or the end of the gap that a clock change leaves around it."""
    while True:
        there = _naive(seconds).replace(tzinfo=zone)
        if there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == there.replace(tzinfo=None):
            return seconds
        seconds = seconds // 60 * 60 + 60


def _naive(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)
