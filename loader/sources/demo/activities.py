"""The `contactActivities` dataset: sends and reactions instalment by instalment, with the mess of real exports."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from loader.sources.demo import campaigns
from loader.sources.demo.campaigns import Broadcasts, Messages
from loader.sources.demo.channels import (
    CHANNELS,
    EMAIL,
    FAILURES,
    MOBILE_PUSH,
    ODD_SPELLING_RATE,
    SMS,
    SPELLINGS,
    TELEGRAM,
    VIBER,
    WEB_PUSH,
)
from loader.sources.demo.contacts import LANGUAGES, NEVER, People, Totals
from loader.sources.demo.drawing import Flags, Ints, Rare, blank, flags_at, integers, joined, rare, texts, timestamps
from loader.sources.demo.orders import Orders
from loader.sources.demo.responses import (
    CLICKED,
    DELIVERED,
    OPENED,
    STATUSES,
    UNDELIVERED,
    Audience,
    Rows,
)
from loader.sources.demo.settings import HOUR, MINUTE, DemoSettings, Export
from loader.sources.demo.workflows import Batch, Launches

#: Rows that an export has twice, in one file and in two; rows that come one instalment late.
REPEATED_RATE = 0.002
REPEATED_LATER_RATE = 0.0005
LATE_RATE = 0.003
#: Sends of which the export does not tell the message instance.
NO_INSTANCE_RATE = 0.0005

#: How long before an order a broadcast may have gone out for the order to be led by it.
_INFLUENCE = 100 * HOUR
_OS_NAMES = ("Android 14", "Android 13", "iOS 17", "iOS 16", "Windows 11", "Windows 10", "macOS 14", None)
_OS_TYPES = ("Android", "Android", "iOS", "iOS", "Windows", "Windows", "macOS", None)
_FIRST_LAUNCH = 7_400_000


class Mailroom:
    """Sends broadcasts and workflow messages in order of time and hands out activities per instalment."""

    def __init__(
        self,
        settings: DemoSettings,
        people: People,
        orders: Orders,
        messages: Messages,
        broadcasts: Broadcasts,
        triggered: Batch,
    ) -> None:
        self._settings = settings
        self._people = people
        self._broadcasts = broadcasts
        self._triggered = triggered
        self._audience = Audience(settings, people, messages)
        self._rng = settings.stream("mailroom")
        self._mess = settings.stream("mess of activities")
        self._repeated, self._repeated_later = Rare(REPEATED_RATE), Rare(REPEATED_LATER_RATE)
        self._late = Rare(LATE_RATE)
        led = np.flatnonzero(orders.influenced)
        self._led_person, self._led_at = orders.person[led], orders.placed[led]

    def instalments(self) -> Iterator[tuple[Export, Rows, Rows]]:
        """Per instalment, the rows that happened in it, by time, and the rows of its file, mess included."""
        waiting = self._subscriptions()
        overdue: list[Rows] = []
        for export in self._settings.exports():
            rows = Rows.concat([waiting, *self._sends(export)])
            waiting = rows.take((rows.at >= export.until) & (rows.at < self._settings.until))
            rows = rows.take(rows.at < export.until)
            rows = rows.take(np.argsort(rows.at, kind="stable"))
            yield export, rows, self._spoil(export, rows, overdue)

    def _spoil(self, export: Export, rows: Rows, overdue: list[Rows]) -> Rows:
        """The file's rows: some twice, some missing until the next file; `overdue` goes from file to file."""
        rng = self._mess
        more = export.until < self._settings.until
        any_row = np.ones(len(rows), dtype=bool)
        late = self._late.pick(rng, any_row & more)
        on_time = ~flags_at(len(rows), late)
        again = self._repeated_later.pick(rng, on_time & more)
        twice = self._repeated.pick(rng, on_time)
        places = np.sort(np.concatenate([np.flatnonzero(on_time), twice]))
        file = Rows.concat([rows.take(places), *overdue])
        overdue[:] = [rows.take(np.concatenate([late, again]))]
        return file

    def _sends(self, export: Export) -> Iterator[Rows]:
        """Workflows first: whom they lose, the instalment's broadcasts know."""
        yield self._audience.receive(self._triggered.between(export.since, export.until))
        for batch in self._bulk(export):
            yield self._audience.receive(batch)

    def _bulk(self, export: Export) -> Iterator[Batch]:
        rng, everyone = self._rng, np.arange(len(self._people))
        for at in range(*np.searchsorted(self._broadcasts.started, [export.since, export.until])):
            started, channel = int(self._broadcasts.started[at]), int(self._broadcasts.channel[at])
            meant = self._broadcasts.targets[at][self._people.segment] & (self._people.created < started)
            meant &= self._reachable(channel, started) & (self._audience.blocked_at[channel] > started)
            person = everyone[meant]
            sent = started + rng.integers(0, 30 * MINUTE, len(person))
            yield Batch(
                person=person,
                message=np.full(len(person), self._broadcasts.message[at]),
                broadcast=np.full(len(person), at),
                launch=np.full(len(person), -1),
                sent=sent,
                click_at=self._clicks_before_orders(channel, started, person),
            )

    def _reachable(self, channel: int, moment: int) -> Flags:
        """Whom bulk mail of a channel may go to: an unconfirmed address gets none."""
        people = self._people
        by_channel = {
            EMAIL: people.has_email & people.confirmed,
            SMS: people.has_sms,
            VIBER: people.has_sms,
            WEB_PUSH: people.web_push_since < moment,
            TELEGRAM: people.has_telegram,
        }
        return by_channel.get(channel, people.mobile_push_since < moment)

    def _clicks_before_orders(self, channel: int, started: int, person: Ints) -> Ints:
        """When each person clicks because an order follows; each such order is led by one broadcast. 0: no reason."""
        moments = np.zeros(len(self._people), dtype=np.int64)
        if channel == EMAIL:
            near = (self._led_at > started + HOUR) & (self._led_at < started + _INFLUENCE)
            moments[self._led_person[near]] = self._led_at[near]
            got = np.isin(self._led_person, person) & near
            self._led_person, self._led_at = self._led_person[~got], self._led_at[~got]
        order_at = moments[person]
        ahead = self._rng.integers(4 * MINUTE, 5 * HOUR, len(person))
        return np.where(order_at > 0, np.maximum(order_at - ahead, started + 35 * MINUTE), 0)

    def _subscriptions(self) -> Rows:
        """PUSH_SUBSCRIBED rows of browsers and apps: no message, so no message instance."""
        parts = []
        for channel, since in ((WEB_PUSH, self._people.web_push_since), (MOBILE_PUSH, self._people.mobile_push_since)):
            who = np.flatnonzero(since < NEVER)
            parts.append(Rows.push_subscriptions(who, channel, since[who]))
        return Rows.concat(parts)


class Counters:
    """The platform's counters per contact, added up instalment by instalment."""

    def __init__(self, size: int) -> None:
        self._counts = {status: np.zeros(size, dtype=np.int64) for status in (DELIVERED, UNDELIVERED, OPENED, CLICKED)}
        self._last = {status: np.zeros(size, dtype=np.int64) for status in self._counts}

    def add(self, rows: Rows) -> None:
        """Counts an instalment's rows, which are in order of time."""
        for status, counts in self._counts.items():
            chosen = rows.status == status
            person = rows.person[chosen]
            counts += np.bincount(person, minlength=len(counts))
            # Of several values for a person numpy keeps the last.
            self._last[status][person] = rows.at[chosen]

    def totals(self) -> Totals:
        """The counters so far."""
        count, last = self._counts, self._last
        return Totals(
            sent=count[DELIVERED] + count[UNDELIVERED],
            received=count[DELIVERED],
            viewed=count[OPENED],
            clicked=count[CLICKED],
            last_sent=np.maximum(last[DELIVERED], last[UNDELIVERED]),
            last_received=last[DELIVERED],
            last_viewed=last[OPENED],
            last_clicked=last[CLICKED],
        )


class ActivityColumns:
    """Turns activities into columns of the export; also those that `revenue` shares."""

    def __init__(self, people: People, messages: Messages, broadcasts: Broadcasts, launches: Launches) -> None:
        self._people = people
        self._messages = messages
        self._links = messages.links()
        self._view_url = messages.view_url
        self._instance_id = np.append(messages.instance_id, 0)
        self._message_id = np.append(messages.message_id, 0)
        self._workflow = np.append(messages.workflow, -1)
        self._broadcast_id = np.append(broadcasts.broadcast_id, 0)
        self._launches = launches

    def shared(self, rows: Rows) -> dict[str, pa.Array]:
        """Columns of the same name in `contactActivities` and `revenue`."""
        workflow = self._workflow[rows.message]
        by_event = np.where(workflow == campaigns.WIN_BACK, -1, rows.person)
        return {
            "broadcastId": integers(self._broadcast_id[rows.broadcast], rows.broadcast < 0),
            "campaignType": texts(
                ("IM", "Group"), np.where(rows.broadcast >= 0, 1, np.where(rows.message >= 0, 0, -1))
            ),
            "clickEventLink": texts(self._links, np.where(rows.status == CLICKED, rows.detail, -1)),
            "contactId": integers(self._people.contact_id[rows.person]),
            "eventKey": self._people.identity.email.take(pa.array(by_event, mask=(by_event < 0) | (workflow < 0))),
            "eventTypeKey": texts(campaigns.WORKFLOW_EVENTS, workflow),
            "externalCustomerId": self._people.identity.customer_number.take(pa.array(rows.person)),
            "messageInstanceId": integers(self._instance_id[rows.message], rows.message < 0),
            "messageLanguageCode": texts(LANGUAGES, np.where(rows.message < 0, -1, self._people.language[rows.person])),
            "messageName": texts(self._messages.name, rows.message),
            "messageTags": texts(self._messages.tags, rows.message),
            "senderName": texts(("DemoShop",), np.where(rows.channel == VIBER, 0, -1)),
            "utmCampaign": texts(self._messages.utm, rows.message),
        }

    def workflow_ids(self, rows: Rows) -> Ints:
        """Numbers of the workflows; 0 for none."""
        numbers: Ints = np.append(campaigns.WORKFLOW_IDS, 0)[self._workflow[rows.message]]
        return numbers

    def view_urls(self, rows: Rows) -> pa.Array:
        """Web versions of the messages; null where there is none."""
        return texts(self._view_url, rows.message)

    def table(self, rng: np.random.Generator, export: Export, last: int, rows: Rows) -> pa.Table:
        """One file: older instalments use the old column names, the middle one both, newer ones the new names."""
        size = len(rows)
        columns = self.shared(rows)
        odd = flags_at(size, rare(rng, np.ones(size, dtype=bool), ODD_SPELLING_RATE))
        columns["mediaType"] = texts(SPELLINGS, rows.channel + len(CHANNELS) * odd)
        unknown_instance = rare(rng, rows.broadcast >= 0, NO_INSTANCE_RATE)
        columns["messageInstanceId"] = blank(columns["messageInstanceId"], flags_at(size, unknown_instance))
        columns["messageId"] = integers(self._message_id[rows.message], rows.message < 0)
        columns["messageURL"] = self.view_urls(rows)
        columns["workflowBlockId"] = texts(self._messages.block, rows.message)
        workflow_ids = [str(number) for number in campaigns.WORKFLOW_IDS]
        columns["workflowId"] = texts(workflow_ids, self._workflow[rows.message])
        columns["workflowInstanceId"] = blank(joined("wi-", _FIRST_LAUNCH + rows.launch), rows.launch < 0)
        renamed = {
            ("activityStatus", "activity"): texts(STATUSES, rows.status),
            ("activityDateTime", "started"): timestamps(rows.at),
            ("statusDescription", "errorCode"): texts(FAILURES, np.where(rows.status == UNDELIVERED, rows.detail, -1)),
        }
        middle = (last + 1) // 2
        for (new, old), values in renamed.items():
            if export.number <= middle:
                columns[old] = values
            if export.number >= middle:
                columns[new] = values
        if export.number > middle:
            columns |= self._later(rng, rows)
        return pa.table(columns)

    def _later(self, rng: np.random.Generator, rows: Rows) -> dict[str, pa.Array]:
        """Columns that the platform added with the new names."""
        reaction = (rows.status == OPENED) | (rows.status == CLICKED)
        system = np.where(reaction & (rows.channel != SMS), rng.integers(0, len(_OS_NAMES), len(rows)), -1)
        event = np.append(self._launches.event, -1)[rows.launch]
        return {
            "eventId": blank(pa.array(event).cast(pa.string()), event < 0),
            "iid": texts(("DemoShop",), np.where((rows.channel == EMAIL) | (rows.channel == SMS), 0, -1)),
            "osName": texts(_OS_NAMES, system),
            "osType": texts(_OS_TYPES, system),
        }
