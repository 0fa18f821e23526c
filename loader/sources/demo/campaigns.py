"""What the account sends: message templates, broadcasts and the messages of its workflows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa

from loader.sources.demo.catalogue import SHOP
from loader.sources.demo.channels import (
    APP_INBOX,
    CHANNELS,
    EMAIL,
    IN_APP,
    MOBILE_PUSH,
    SMS,
    SPELLINGS,
    TELEGRAM,
    VIBER,
    WEB_PUSH,
    WIDGET,
)
from loader.sources.demo.contacts import LANGUAGES, SEGMENTS
from loader.sources.demo.drawing import Flags, Ints, flags_at, integers, rare, texts, timestamps
from loader.sources.demo.settings import DAY, HOUR, DemoSettings

WELCOME, CART_REMINDER, AFTER_PURCHASE, WIN_BACK = range(4)
WORKFLOW_IDS = (50_101, 50_102, 50_103, 50_104)
#: Event that starts each workflow, as it is called in `events`; nothing but a timer starts the last.
WORKFLOW_EVENTS = ("contactCreated", "abandonedCart", "orderCreated", None)

#: Messages of the workflows, which come first among the templates: workflow, block, channel, name, tags.
#: Their positions have names below.
_TRIGGERED = (
    (WELCOME, "email-1", EMAIL, "Welcome", "welcome"),
    (WELCOME, "email-2", EMAIL, "Our story", "welcome"),
    (WELCOME, "inapp-1", IN_APP, "Tour of the app", "welcome"),
    (CART_REMINDER, "email-1", EMAIL, "You left something", "cart"),
    (CART_REMINDER, "push-1", MOBILE_PUSH, "Your cart waits", "cart"),
    (CART_REMINDER, "sms-1", SMS, "Cart reminder", "cart"),
    (AFTER_PURCHASE, "email-1", EMAIL, "Your order", "receipt,transactional"),
    (AFTER_PURCHASE, "viber-1", VIBER, "On its way", "transactional"),
    (AFTER_PURCHASE, "email-2", EMAIL, "How likely are you to recommend us?", "nps"),
    (AFTER_PURCHASE, "widget-1", WIDGET, "Rate your purchase", "nps"),
    (WIN_BACK, "email-1", EMAIL, "We miss you", "reactivation"),
    (WIN_BACK, "sms-1", SMS, "A gift for you", "reactivation,promo"),
    (WIN_BACK, "push-1", WEB_PUSH, "Come back", "reactivation"),
)
WELCOME_MAIL, STORY_MAIL, APP_TOUR = 0, 1, 2
CART_MAIL, CART_PUSH, CART_SMS = 3, 4, 5
RECEIPT, SHIPPED, NPS_MAIL, NPS_WIDGET = 6, 7, 8, 9
WIN_BACK_MAIL, WIN_BACK_SMS, WIN_BACK_PUSH = 10, 11, 12

#: Regular broadcasts at the usual cadence: channel, weekday (Monday is 0), every how many weeks.
_SCHEDULE = (
    *((EMAIL, 1, 1), (EMAIL, 4, 1), (WEB_PUSH, 2, 1), (MOBILE_PUSH, 3, 1), (VIBER, 4, 2), (SMS, 5, 4)),
    *((APP_INBOX, 0, 2), (TELEGRAM, 6, 2)),
)
_HOURS = (7, 8, 9, 9, 15, 17)
_THEMES = (
    *("New arrivals", "Sale", "Guide", "Bestsellers", "Back in stock"),
    *("Season's end", "Members' day", "Gift ideas"),
)
_CATEGORIES = ("new", "sale", "women", "men", "kids", "outdoor")

#: Links per message: three of content, the account page, and the link to unsubscribe.
LINKS_PER_MESSAGE = 5
CONTENT_LINKS = 3
UNSUBSCRIBE_LINK = 4

_FIRST_MESSAGE_ID = 3_100_001
_FIRST_INSTANCE_ID = 880_000_017
_FIRST_BROADCAST_ID = 61_001
_FIRST_GROUP_ID = 9_001


@dataclass(frozen=True)
class Messages:
    """Templates by position, those of workflows first; `workflow` is -1 for the others."""

    channel: Ints
    workflow: Ints
    block: list[str | None]
    name: list[str]
    tags: list[str | None]
    utm: list[str | None]
    updated: Ints

    def __len__(self) -> int:
        return len(self.name)

    @property
    def message_id(self) -> Ints:
        """Numbers of the templates."""
        return _FIRST_MESSAGE_ID + 11 * np.arange(len(self))

    @property
    def instance_id(self) -> Ints:
        """One run of the message: a broadcast's, or the standing one of a workflow's block."""
        return _FIRST_INSTANCE_ID + 3 * np.arange(len(self))

    @property
    def view_url(self) -> list[str | None]:
        """Web version; only e-mails have one."""
        return [
            f"{SHOP}/view/{number}" if channel == EMAIL else None
            for number, channel in zip(self.message_id, self.channel, strict=True)
        ]

    def links(self) -> list[str]:
        """Every link: `LINKS_PER_MESSAGE` a message in order of the messages, then the eleven NPS answers."""
        found = []
        for number in range(len(self)):
            query = f"?utm_source=esputnik&utm_medium={CHANNELS[self.channel[number]].spelling.lower()}"
            query += f"&utm_campaign={self.utm[number]}" if self.utm[number] else ""
            category = _CATEGORIES[number % len(_CATEGORIES)]
            found += [f"{SHOP}/{query}", f"{SHOP}/c/{category}{query}", f"{SHOP}/lookbook/{number}{query}"]
            found += [f"{SHOP}/account{query}", f"{SHOP}/unsubscribe{query}"]
        return found + [f"{SHOP}/nps?score={score}" for score in range(11)]

    @property
    def first_nps_link(self) -> int:
        """Position of the link that answers 0; the other scores follow."""
        return LINKS_PER_MESSAGE * len(self)


@dataclass(frozen=True)
class Broadcasts:
    """Bulk sends by position, in order of time; the one scheduled for after the account's end has no sends.

    Attributes:
        targets: broadcasts x segments, true where the broadcast went to the segment.

    """

    channel: Ints
    message: Ints
    started: Ints
    targets: Flags

    def __len__(self) -> int:
        return len(self.started)

    @property
    def broadcast_id(self) -> Ints:
        """Numbers of the broadcasts."""
        return _FIRST_BROADCAST_ID + 2 * np.arange(len(self))


def plan(settings: DemoSettings) -> tuple[Messages, Broadcasts]:
    """The account's templates and broadcasts."""
    rng = settings.stream("campaigns")
    channel, started = _calendar(settings, rng)
    size = len(started)
    targets = np.argsort(rng.random((size, SEGMENTS)), axis=1) < rng.integers(1, 3, size)[:, None]
    first = len(_TRIGGERED)
    themes = rng.integers(0, len(_THEMES), size)
    names = [f"{_THEMES[theme]} {number + 1}" for number, theme in enumerate(themes)]
    tagged = np.where(rng.random(size) < 0.25, -1, themes)
    messages = Messages(
        channel=np.concatenate([[row[2] for row in _TRIGGERED], channel]),
        workflow=np.concatenate([[row[0] for row in _TRIGGERED], np.full(size, -1)]),
        block=[*(row[1] for row in _TRIGGERED), *[None] * size],
        name=[*(row[3] for row in _TRIGGERED), *names],
        tags=[*(row[4] for row in _TRIGGERED), *(None if at < 0 else _slug(_THEMES[at]) for at in tagged)],
        utm=[*(f"auto-{_slug(row[3])}" for row in _TRIGGERED), *(_slug(name) for name in names)],
        updated=np.concatenate([np.full(first, settings.since), started - 3 * HOUR]),
    )
    return messages, Broadcasts(channel=channel, message=first + np.arange(size), started=started, targets=targets)


def messages_table(settings: DemoSettings, messages: Messages) -> pa.Table:
    """The `messages` dataset."""
    rng = settings.stream("messages file")
    size = len(messages)
    mail = messages.channel == EMAIL
    tires = mail | (messages.channel == MOBILE_PUSH)
    odd = flags_at(size, rare(rng, np.ones(size, dtype=bool), 0.02))
    number = np.arange(size)
    return pa.table(
        {
            "annoyanceLevel": integers(rng.integers(1, 4, size), ~tires),
            "language": texts(LANGUAGES, np.zeros(size, dtype=np.int64)),
            "mediaType": texts(SPELLINGS, messages.channel + len(CHANNELS) * odd),
            "messageId": integers(messages.message_id),
            "name": pa.array(messages.name),
            "replyTo": texts(["care@shop.example"], np.where(mail, 0, -1)),
            "sender": texts(["Demo Shop <news@shop.example>", "DemoShop"], np.where(mail, 0, 1)),
            "subject": texts([f"{name} — for you" for name in messages.name], np.where(mail, number, -1)),
            "tags": pa.array(messages.tags, pa.string()),
            "translations": texts(["en,pl", "en,pl,de", None], number % 3),
            "updateDate": timestamps(messages.updated),
        }
    )


def broadcasts_table(settings: DemoSettings, messages: Messages, broadcasts: Broadcasts) -> pa.Table:
    """The `broadcasts` dataset: a row per broadcast and segment."""
    rng = settings.stream("broadcasts file")
    which, segment = np.nonzero(broadcasts.targets)
    size = len(broadcasts)
    scheduled = broadcasts.started >= settings.until
    blocked = flags_at(size, rare(rng, np.arange(size) < size - 10, 0.002))
    code = np.where(scheduled, 1, np.where(broadcasts.started > settings.until - DAY // 2, 2, blocked * 3))
    odd = flags_at(size, rare(rng, np.ones(size, dtype=bool), 0.02))
    updated = np.where(scheduled, settings.until - 2 * HOUR, broadcasts.started + HOUR)
    spelling = broadcasts.channel + len(CHANNELS) * odd
    names = [messages.name[at] for at in broadcasts.message]
    return pa.table(
        {
            "createdDate": timestamps(broadcasts.started[which] - 2 * DAY),
            "groupId": integers(_FIRST_GROUP_ID + 7 * segment),
            "id": integers(broadcasts.broadcast_id[which]),
            "mediaType": texts(SPELLINGS, spelling[which]),
            "messageId": integers(messages.message_id[broadcasts.message][which]),
            "name": texts(names, which),
            "startedDate": timestamps(broadcasts.started[which], scheduled[which]),
            "status": texts(("IDLE", "SCHEDULED", "RUNNING", "BLOCKED"), code[which]),
            "updatedDate": timestamps(np.minimum(updated, settings.until)[which]),
        }
    )


def _calendar(settings: DemoSettings, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Channel and start of every broadcast, by time; the last is scheduled for the day after the account's end.

    The schedule is repeated as often as the cadence says, each time a weekday later; from the fourth time on there are
    days with two e-mails, mostly to different segments.
    """
    first_weekday = (settings.since // DAY + 3) % 7  # 1970-01-01 was a Thursday, weekday 3
    channels, starts = [], []
    for later, (code, weekday, weeks) in product(range(settings.cadence), _SCHEDULE):
        days = np.arange((weekday + later - first_weekday) % 7, settings.days, 7 * weeks)
        at = settings.since + days * DAY + rng.choice(_HOURS, len(days)) * HOUR + rng.integers(0, 4, len(days)) * 900
        channels.append(np.full(len(days), code))
        starts.append(at)
    channel, started = np.concatenate([*channels, [EMAIL]]), np.concatenate([*starts, [settings.until + DAY]])
    order = np.argsort(started, kind="stable")
    return channel[order], started[order]


def _slug(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-")
