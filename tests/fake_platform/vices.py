"""What the platform may do wrong; everything off is a fair server."""

from __future__ import annotations

from dataclasses import dataclass, fields
from random import Random
from typing import Literal


@dataclass
class Vices:
    """Switches, each for one misbehaviour. A share is the chance that a call, or a row, is hit."""

    #: Calls a second that are let through; the others get 429. None: any number.
    limit: float | None = None
    #: Seconds that every answer takes.
    latency: float = 0.0

    #: After so many calls, the next five get 429, whatever the rate. How long to wait is said as seconds, as a date, or
    #: not at all.
    storm_every: int | None = None
    retry_after: Literal["seconds", "date", "nothing"] = "seconds"
    #: 500, 502, 503.
    errors: float = 0.0
    #: The connection is closed without an answer.
    drops: float = 0.0
    #: The answer breaks off in the middle.
    truncated: float = 0.0
    #: An error page, in HTML, with status 200.
    html: float = 0.0
    #: No answer for so long that the client gives up.
    hangs: float = 0.0
    hang_seconds: float = 3.0

    #: Activities: 400, as where support has not switched them on.
    no_activities: bool = False
    #: Activities: any of the rows that fit, in any order, where there are more than asked for.
    unsorted: bool = False
    #: Activities: rows of the neighbouring seconds come along.
    repeated_edges: bool = False
    #: Activities: both ends of a window are inside; else only its start.
    closed: bool = True
    #: Activities: with `maxrows` over 1,000, or for more than a day, rows are missing.
    wrong_when_large: bool = True
    #: Activities: the paging cursor skips rows.
    cursor_skips: bool = True
    #: Activities: the filters by media type and status are ignored.
    no_filters: bool = False
    #: Activities: rows that are not there until `FakePlatform.late_arrive` is called.
    late: float = 0.0

    #: Lists: `startindex` is ignored.
    no_startindex: bool = False
    #: Lists: `TotalCount` is the length times this.
    total_factor: float = 1.0
    #: Contacts deleted after each page of contacts.
    deleted_per_page: int = 0

    #: Zone in which times are read and written; whether rows carry the offset (then in UTC).
    timezone: str = "UTC"
    with_offset: bool = False

    @classmethod
    def mixture(cls, rng: Random) -> Vices:
        """A few vices at once, each mild enough that a call gets through after some repeats."""
        vices = cls(
            closed=rng.random() < 0.5,
            timezone=rng.choice(["UTC", "Europe/Kyiv", "America/New_York"]),
            retry_after=rng.choice(["seconds", "date", "nothing"]),
        )
        shares = {"errors": 0.15, "drops": 0.1, "truncated": 0.1, "html": 0.1, "hangs": 0.02}
        for name, most in shares.items():
            if rng.random() < 0.4:
                setattr(vices, name, rng.uniform(0.01, most))
        for name in ("unsorted", "repeated_edges", "with_offset"):
            setattr(vices, name, rng.random() < 0.4)
        vices.storm_every = rng.choice([None, None, 30, 60])
        vices.late = rng.choice([0.0, 0.0, 0.05])
        vices.deleted_per_page = rng.choice([0, 0, 1, 3])
        vices.total_factor = rng.choice([1.0, 1.0, 0.5, 1.3])
        vices.hang_seconds = 2.0
        return vices

    def __str__(self) -> str:
        """Only what differs from a fair server."""
        plain = Vices()
        named = (
            f"{entry.name}={getattr(self, entry.name)}"
            for entry in fields(self)
            if getattr(self, entry.name) != getattr(plain, entry.name)
        )
        return ", ".join(named) or "fair"
