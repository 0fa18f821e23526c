"""What a demo account is a function of, and the random streams and instalments that follow from it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from loader.errors import ConfigurationError

DAY = 86_400
HOUR = 3_600
MINUTE = 60

#: In a smaller account too little happens to look at.
MIN_CONTACTS = 100
MIN_DAYS = 60

#: One repetition of the week's broadcasts for each weekday.
MAX_CADENCE = 7

#: The export comes in instalments of about a quarter, in at least four.
EXPORT_DAYS = 91
MIN_EXPORTS = 4


@dataclass(frozen=True)
class Export:
    """One instalment of the export: what happened in [`since`, `until`), epoch seconds."""

    number: int
    since: int
    until: int

    @property
    def label(self) -> str:
        """Date of the first day, as it stands in the file names."""
        return datetime.fromtimestamp(self.since, UTC).date().isoformat()


@dataclass(frozen=True)
class DemoSettings:
    """Size, cadence, seed and end of a demo account.

    Attributes:
        contacts: distinct contacts in the contacts file.
        days: length of the account's history; it began with an imported list.
        seed: another seed, another account.
        cadence: how many times as often as usual the account sends broadcasts.
        end: the first day that is no longer part of the history, so that nothing lies in the future.

    Raises:
        ConfigurationError: the account would be too small or send too often, or reach back before the calendar of the
            files.

    """

    end: date
    contacts: int = 20_000
    days: int = 730
    seed: int = 1
    cadence: int = 1

    def __post_init__(self) -> None:
        if self.contacts < MIN_CONTACTS:
            raise ConfigurationError(f"A demo account needs at least {MIN_CONTACTS} contacts, not {self.contacts}.")
        if self.days < MIN_DAYS:
            raise ConfigurationError(f"A demo account needs at least {MIN_DAYS} days, not {self.days}.")
        if self.seed < 0:
            raise ConfigurationError(f"The seed of a demo account is a whole number from 0, not {self.seed}.")
        if not 1 <= self.cadence <= MAX_CADENCE:
            raise ConfigurationError(
                f"The cadence of a demo account is a whole number from 1 to {MAX_CADENCE}, not {self.cadence}."
            )
        if self.days > (self.end - date(1970, 1, 1)).days:
            raise ConfigurationError(f"{self.days} days before {self.end} reach back beyond 1970.")

    @property
    def until(self) -> int:
        """Midnight UTC at which the history ends, epoch seconds."""
        return int(datetime.combine(self.end, time(), UTC).timestamp())

    @property
    def since(self) -> int:
        """Midnight UTC at which the history begins, epoch seconds."""
        return int(datetime.combine(self.end - timedelta(days=self.days), time(), UTC).timestamp())

    def stream(self, name: str) -> np.random.Generator:
        """Random numbers of one part of the account: a change in one part leaves the others as they are."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(zlib.crc32(name.encode()),)))

    def exports(self) -> list[Export]:
        """The instalments, oldest first; each ends at a midnight."""
        count = max(MIN_EXPORTS, round(self.days / EXPORT_DAYS))
        cuts = [self.since + DAY * (self.days * number // count) for number in range(count + 1)]
        return [Export(number, cuts[number], cuts[number + 1]) for number in range(count)]
