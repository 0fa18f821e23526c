"""What becomes of a message: delivered or not, opened, clicked, unsubscribed from, complained about."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from loader.sources.demo import campaigns
from loader.sources.demo.campaigns import CONTENT_LINKS, LINKS_PER_MESSAGE, UNSUBSCRIBE_LINK, Messages
from loader.sources.demo.channels import CHANNELS, EMAIL, FAILURE_SPANS, HARD_BOUNCES, IN_APP, MOBILE_PUSH, WEB_PUSH
from loader.sources.demo.contacts import NEVER, People
from loader.sources.demo.drawing import Codes, Flags, Floats, Ints, Rare
from loader.sources.demo.settings import DAY, HOUR, MINUTE, DemoSettings
from loader.sources.demo.workflows import Batch

STATUSES = (
    *("DELIVERED", "UNDELIVERED", "RECEIVED", "CLICKED", "UNSUBSCRIBED", "SPAM", "SUBSCRIPTION_CHANGED"),
    *("PUSH_SUBSCRIBED", "CONVERTED"),
)
DELIVERED, UNDELIVERED, OPENED, CLICKED, UNSUBSCRIBED, SPAM, CHANGED, PUSH_SUBSCRIBED, UNKNOWN = range(9)

UNSUBSCRIBE_RATE = 0.006
SPAM_RATE = 0.0012
CHANGED_RATE = 0.001
#: Deliveries that turn out to have failed after all; deliveries that were never reported, though opens were.
LATE_BOUNCE_RATE = 0.0006
LOST_DELIVERY_RATE = 0.001
#: Activities in a status that the platform does not document, per click.
UNKNOWN_STATUS_RATE = 0.002
_MACHINE_OPEN_RATE = 0.9

_OPENS = np.array([channel.opens for channel in CHANNELS])
_CLICKS = np.array([channel.clicks for channel in CHANNELS])
_FAILURES = np.array([channel.failures for channel in CHANNELS])
_SPANS = np.array(FAILURE_SPANS)


@dataclass(frozen=True)
class Rows:
    """Activities, one element each; positions are -1 where there is nothing to point at.

    Attributes:
        person, channel, message, broadcast, launch: positions, as in `Batch`.
        status: position in STATUSES.
        at: epoch seconds.
        detail: the link of a click, the reason of a failure.

    """

    person: Codes
    channel: Codes
    message: Codes
    broadcast: Codes
    launch: Codes
    status: Codes
    at: Ints
    detail: Codes

    def __len__(self) -> int:
        return len(self.person)

    def take(self, places: Ints | Flags | slice) -> Rows:
        """The rows at the places or in the slice, or those that are flagged."""
        return Rows(**{field.name: getattr(self, field.name)[places] for field in fields(Rows)})

    @staticmethod
    def concat(parts: list[Rows]) -> Rows:
        """All rows, part after part."""
        columns = {field.name: [getattr(part, field.name) for part in parts] for field in fields(Rows)}
        return Rows(**{name: np.concatenate(column) for name, column in columns.items()})

    @classmethod
    def push_subscriptions(cls, person: Ints, channel: int, at: Ints) -> Rows:
        """A browser or app that may get pushes from now on: no message, so no message instance."""
        none, channels, statuses = (_narrow(np.full(len(person), code)) for code in (-1, channel, PUSH_SUBSCRIBED))
        return cls(_narrow(person), channels, none, none, none, statuses, at, none)


class Audience:
    """The people of the account as they react to what they get, and whom bulk mail no longer reaches.

    Attributes:
        blocked_at: channels x people, the moment from which the channel's broadcasts leave the person out.

    """

    def __init__(self, settings: DemoSettings, people: People, messages: Messages) -> None:
        self.people = people
        self.messages = messages
        self.blocked_at = np.full((len(CHANNELS), len(people)), NEVER)
        self._rng = settings.stream("responses")
        self._unsubscribe, self._spam, self._changed = Rare(UNSUBSCRIBE_RATE), Rare(SPAM_RATE), Rare(CHANGED_RATE)
        self._late_bounce, self._lost = Rare(LATE_BOUNCE_RATE), Rare(LOST_DELIVERY_RATE)
        self._unknown = Rare(UNKNOWN_STATUS_RATE)
        self._failures = [Rare(channel.failures) for channel in CHANNELS]

    def receive(self, batch: Batch) -> Rows:
        """Sends a batch, and notes who is blocked from now on."""
        rng, people, size = self._rng, self.people, len(batch)
        channel = self.messages.channel[batch.message]
        mail = channel == EMAIL
        reports_opens = _OPENS[channel] > 0
        rows = _Collector(batch, channel)

        dead = mail & people.dead_address[batch.person]
        failed, reason = self._fail(channel, dead)
        delivered_at = batch.sent + rng.integers(1, 25, size)
        lost = self._lost.pick(rng, ~failed & mail)
        reported = ~failed
        reported[lost] = False
        rows.add(DELIVERED, reported, delivered_at)
        rows.add(UNDELIVERED, failed, delivered_at, reason)

        opened, opened_at = self._open(batch, channel, failed, delivered_at)
        opened[lost] = True
        bound = (batch.click_at > delivered_at + MINUTE) & ~failed
        opened_at = np.where(bound, batch.click_at - 20, opened_at)
        opened |= bound
        rows.add(OPENED, opened & reports_opens, opened_at)
        again = opened & reports_opens & (rng.random(size) < 0.15)
        rows.add(OPENED, again, opened_at + rng.integers(10 * MINUTE, 30 * HOUR, size))
        late = self._late_bounce.pick(rng, mail & ~failed & ~opened)
        rows.add_at(UNDELIVERED, late, delivered_at[late] + 9 * MINUTE, self._reasons(channel[late]))
        proxied = mail & ~failed & people.proxy[batch.person] & (rng.random(size) < _MACHINE_OPEN_RATE)
        rows.add(OPENED, proxied, delivered_at + rng.integers(1, 5, size))

        clicked = bound | (opened & (rng.random(size) < people.click_rate[batch.person] * _CLICKS[channel]))
        self._click(rows, batch, clicked, np.where(bound, batch.click_at, opened_at + rng.integers(8, 200, size)))
        self._scan(rows, batch, mail & ~failed & people.scanner[batch.person], delivered_at)
        self._leave(rows, batch, channel, opened, opened_at)
        self._block(channel[dead], batch.person[dead], delivered_at[dead])
        return rows.all()

    def _fail(self, channel: Ints, dead: Flags) -> tuple[Flags, Ints]:
        """Which sends are not delivered, and why; every channel with failures has at least one."""
        failed = dead.copy()
        for code in np.unique(channel):
            if _FAILURES[code]:
                failed[self._failures[code].pick(self._rng, (channel == code) & ~dead)] = True
        hard = self._rng.integers(0, len(HARD_BOUNCES), len(channel))
        return failed, np.where(dead, hard, self._reasons(channel))

    def _reasons(self, channel: Ints) -> Ints:
        first, last = _SPANS[channel].T
        reasons: Ints = self._rng.integers(first, last)
        return reasons

    def _open(self, batch: Batch, channel: Ints, failed: Flags, delivered_at: Ints) -> tuple[Flags, Ints]:
        """Who opens, and when: soon, or at the hour of the day at which the person likes to read; seldom at night.

        Channels that report no opens have them too, as what comes before a click; the caller keeps them silent.
        """
        rng, people, size = self._rng, self.people, len(batch)
        interested = np.where(batch.sent < people.interested_until[batch.person], 1.0, 0.04)
        weekend = np.where((batch.sent // DAY + 3) % 7 >= 5, 0.85, 1.0)
        factor = np.where(_OPENS[channel] > 0, _OPENS[channel], 1.0)
        triggered = np.where(batch.launch >= 0, 1.6, 1.0)
        chance = people.open_rate[batch.person] * factor * interested * weekend * triggered
        opened = ~failed & (rng.random(size) < np.minimum(chance, 0.95))
        favourite = people.favourite_hour[batch.person] * HOUR
        wait = (favourite - delivered_at % DAY) % DAY + rng.integers(0, 50 * MINUTE, size)
        soon = 6 + rng.lognormal(7.6, 1.5, size).astype(np.int64)
        at = delivered_at + np.where(rng.random(size) < 0.45, wait + 6, soon)
        hour = at % DAY // HOUR
        asleep = (hour < 4) & (batch.launch < 0)
        at = at + np.where(asleep, (5 - hour) * HOUR, 0)
        return opened, np.where(channel == IN_APP, delivered_at + 8, at)

    def _click(self, rows: _Collector, batch: Batch, clicked: Flags, at: Ints) -> None:
        rng, size = self._rng, len(batch)
        nps = np.isin(batch.message, (campaigns.NPS_MAIL, campaigns.NPS_WIDGET))
        link = LINKS_PER_MESSAGE * batch.message + np.minimum(rng.geometric(0.6, size) - 1, CONTENT_LINKS)
        link = np.where(nps, self.messages.first_nps_link + _nps_scores(rng, size), link)
        rows.add(CLICKED, clicked, at, link)
        another = clicked & ~nps & (rng.random(size) < 0.15)
        other = LINKS_PER_MESSAGE * batch.message + rng.integers(0, CONTENT_LINKS, size)
        rows.add(CLICKED, another, at + rng.integers(20, 400, size), other)
        odd = self._unknown.pick(rng, clicked)
        rows.add_at(UNKNOWN, odd, at[odd] + MINUTE)

    def _scan(self, rows: _Collector, batch: Batch, scanned: Flags, delivered_at: Ints) -> None:
        """A scanner clicks on the three content links within two seconds, whoever the reader is."""
        nps = np.isin(batch.message, (campaigns.NPS_MAIL, campaigns.NPS_WIDGET))
        for number in range(CONTENT_LINKS):
            link = np.where(nps, self.messages.first_nps_link + 4 + number, LINKS_PER_MESSAGE * batch.message + number)
            rows.add(CLICKED, scanned, delivered_at + 7 + number // 2, link)

    def _leave(self, rows: _Collector, batch: Batch, channel: Ints, opened: Flags, opened_at: Ints) -> None:
        """Unsubscribes, mostly by the link in the mail, complaints, and changes of categories."""
        rng, mail = self._rng, channel == EMAIL
        left = self._unsubscribe.pick(rng, opened & np.isin(channel, (EMAIL, WEB_PUSH, MOBILE_PUSH)))
        by_link = left[mail[left] & (np.arange(len(left)) % 5 != 4)]
        link = LINKS_PER_MESSAGE * batch.message[by_link] + UNSUBSCRIBE_LINK
        rows.add_at(CLICKED, by_link, opened_at[by_link] + 15, link)
        rows.add_at(UNSUBSCRIBED, left, opened_at[left] + 25)
        spam = self._spam.pick(rng, opened & mail)
        rows.add_at(SPAM, spam, opened_at[spam] + 30)
        changed = self._changed.pick(rng, opened & mail)
        rows.add_at(CHANGED, changed, opened_at[changed] + 90)
        for places in (left, spam):
            self._block(channel[places], batch.person[places], opened_at[places])

    def _block(self, channel: Ints, person: Ints, at: Ints) -> None:
        np.minimum.at(self.blocked_at, (channel, person), at)


class _Collector:
    """Rows of one batch."""

    def __init__(self, batch: Batch, channel: Ints) -> None:
        columns = (batch.person, channel, batch.message, batch.broadcast, batch.launch)
        self._columns = [_narrow(column) for column in columns]
        self._parts: list[Rows] = []

    def add(self, status: int, chosen: Flags, at: Ints, detail: Ints | None = None) -> None:
        """A row for each chosen send; `at` and `detail` are as long as the batch."""
        places = np.flatnonzero(chosen)
        self.add_at(status, places, at[places], None if detail is None else detail[places])

    def add_at(self, status: int, places: Ints, at: Ints, detail: Ints | None = None) -> None:
        """A row for each send at the places; `at` and `detail` are as long as the places."""
        person, channel, message, broadcast, launch = (column[places] for column in self._columns)
        statuses = _narrow(np.full(len(places), status))
        details = _narrow(np.full(len(places), -1) if detail is None else detail)
        self._parts.append(Rows(person, channel, message, broadcast, launch, statuses, at, details))

    def all(self) -> Rows:
        """The rows collected."""
        return Rows.concat(self._parts)


def _narrow(column: Ints) -> Codes:
    """The same in half the memory: positions and codes fit 32 bits, times do not."""
    return column.astype(np.int32)


def _nps_scores(rng: np.random.Generator, size: int) -> Ints:
    """Answers from 0 to 10: many promoters, some detractors."""
    weights: Floats = np.array([2, 1, 1, 2, 2, 4, 6, 13, 20, 24, 25], dtype=float)
    return rng.choice(11, size, p=weights / weights.sum())
