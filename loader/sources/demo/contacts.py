"""The account's contacts: who they are, how they react, and the `contacts` dataset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loader.sources.demo.drawing import (
    Flags,
    Floats,
    Ints,
    blank,
    flags_at,
    integers,
    rare,
    texts,
    time_of_day,
    timestamps,
    weighted,
)
from loader.sources.demo.identities import Identity, identify
from loader.sources.demo.settings import DAY, HOUR, DemoSettings

#: Share of contacts of the list that the account was started with; the others sign up, ever more of them a day.
IMPORTED_SHARE = 0.2
#: Contacts deleted from the account since: their activities and orders are orphans.
DELETED_RATE = 0.004
#: Addresses that do not exist: the first mail bounces hard.
DEAD_ADDRESS_RATE = 0.02
#: Readers behind a mail privacy proxy, which opens within seconds, and behind a scanner, which clicks on every link.
PROXY_RATE = 0.08
SCANNER_RATE = 0.015

LANGUAGES = ("uk", "en", "pl", "de")
_LANGUAGE_WEIGHTS = (62, 17, 14, 5)
SEGMENTS = 6
_SOURCES = ("SITE_AUTOMATED", "SUBSCRIPTION", "ORDER", "API", "I_MESSAGE", "CAMPAIGN", "MANUAL", "IMPORT", "CRM_SYNC")
_SOURCE_WEIGHTS = (30, 28, 18, 12, 5, 3, 2, 0, 0.5)
_IMPORT = _SOURCES.index("IMPORT")
_LOYALTY = ("bronze", "silver", "gold", None)
_LOYALTY_WEIGHTS = (30, 14, 5, 51)
_SHOE_SIZES = tuple(f"{half / 2:g}" for half in range(70, 93))
_EMAIL_STATUSES = ("CONFIRMED", "UNCONFIRMED", "INVALID")

_FIRST_CONTACT_ID = 100_000_000
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class People:
    """Everybody who ever was a contact, in order of creation; all times in epoch seconds.

    Attributes:
        listed: still in the account, so in the contacts file.
        web_push_since, mobile_push_since: when the browser or app could first get pushes; `NEVER` if not.
        open_rate, click_rate: chance to open what was delivered, to click on what was opened.
        interested_until: after it the person hardly opens anything.

    """

    contact_id: Ints
    created: Ints
    listed: Flags
    source: Ints
    language: Ints
    segment: Ints
    has_email: Flags
    has_sms: Flags
    has_telegram: Flags
    web_push_since: Ints
    mobile_push_since: Ints
    open_rate: Floats
    click_rate: Floats
    interested_until: Ints
    favourite_hour: Ints
    proxy: Flags
    scanner: Flags
    dead_address: Flags
    confirmed: Flags
    identity: Identity

    def __len__(self) -> int:
        return len(self.contact_id)

    @property
    def imported(self) -> Flags:
        """On the list that the account was started with."""
        flags: Flags = self.source == _IMPORT
        return flags


def register(settings: DemoSettings) -> People:
    """Draws the people of the account."""
    rng = settings.stream("contacts")
    size = settings.contacts + max(1, round(DELETED_RATE * settings.contacts))
    created = _creation_times(settings, rng, size)
    imported = created < settings.since + DAY
    has_email = rng.random(size) < 0.94
    source = np.where(imported, _IMPORT, weighted(rng, _SOURCE_WEIGHTS, size))
    has_sms = rng.random(size) < 0.6
    confirmed = rng.random(size) < 0.93
    dead_address = flags_at(size, rare(rng, has_email, DEAD_ADDRESS_RATE))
    # Mails went to the deleted ones first, or nobody would miss them.
    mailed = np.flatnonzero(imported & has_email & confirmed & ~dead_address)
    deleted = rng.choice(mailed, size - settings.contacts, replace=False)
    return People(
        contact_id=_FIRST_CONTACT_ID + np.arange(size) * 7 + rng.integers(0, 6, size),
        created=created,
        listed=~flags_at(size, deleted),
        source=source,
        language=weighted(rng, _LANGUAGE_WEIGHTS, size),
        segment=rng.integers(0, SEGMENTS, size),
        has_email=has_email,
        has_sms=has_sms,
        has_telegram=rng.random(size) < 0.07,
        web_push_since=_subscription_times(rng, created, share=0.28),
        mobile_push_since=_subscription_times(rng, created, share=0.22),
        open_rate=rng.beta(1.1, 2.6, size),
        click_rate=rng.beta(1.2, 7.0, size),
        interested_until=created + (rng.exponential(500 * DAY, size)).astype(np.int64),
        favourite_hour=time_of_day(rng, size) // HOUR,
        proxy=flags_at(size, rare(rng, has_email, PROXY_RATE)),
        scanner=flags_at(size, rare(rng, has_email, SCANNER_RATE)),
        dead_address=dead_address,
        confirmed=confirmed,
        identity=identify(settings, has_email, has_sms),
    )


@dataclass(frozen=True)
class Totals:
    """What the platform counts per contact; times in epoch seconds, 0 where it never happened."""

    sent: Ints
    received: Ints
    viewed: Ints
    clicked: Ints
    last_sent: Ints
    last_received: Ints
    last_viewed: Ints
    last_clicked: Ints


def contacts_table(settings: DemoSettings, people: People, totals: Totals) -> pa.Table:
    """The `contacts` dataset with four additional fields of the account: city, loyaltyLevel, birthday, shoeSize."""
    rng = settings.stream("contacts file")
    size = len(people)
    status = np.where(people.dead_address, 2, np.where(people.confirmed, 0, 1))
    shoes = rng.integers(0, len(_SHOE_SIZES), size)
    birthday = np.datetime64("1955-01-01") + rng.integers(0, 365 * 52, size)
    table = pa.table(
        {
            "contactId": integers(people.contact_id),
            "contactSource": texts(_SOURCES, people.source),
            "createdDate": timestamps(people.created),
            "email": people.identity.odd_email,
            "emailDomain": pc.list_element(pc.split_pattern(people.identity.email, "@"), 1),
            "emailStatus": texts(_EMAIL_STATUSES, np.where(people.has_email, status, -1)),
            "externalCustomerId": people.identity.customer_number,
            "firstName": people.identity.first_name,
            "languageCode": texts(LANGUAGES, np.where(rng.random(size) < 0.03, -1, people.language)),
            "lastClickedDate": timestamps(totals.last_clicked, totals.last_clicked == 0),
            "lastName": people.identity.last_name,
            "lastReceivedDate": timestamps(totals.last_received, totals.last_received == 0),
            "lastSentDate": timestamps(totals.last_sent, totals.last_sent == 0),
            "lastViewedDate": timestamps(totals.last_viewed, totals.last_viewed == 0),
            "sms": people.identity.phone,
            "totalClicked": integers(totals.clicked),
            "totalReceived": integers(totals.received),
            "totalSent": integers(totals.sent),
            "totalViewed": integers(totals.viewed),
            "city": people.identity.city,
            "loyaltyLevel": texts(_LOYALTY, weighted(rng, _LOYALTY_WEIGHTS, size)),
            "birthday": blank(pa.array(birthday).cast(pa.string()), rng.random(size) < 0.55),
            "shoeSize": texts(_SHOE_SIZES, np.where(rng.random(size) < 0.7, -1, shoes)),
        }
    )
    return table.filter(pa.array(people.listed))


def _creation_times(settings: DemoSettings, rng: np.random.Generator, size: int) -> Ints:
    """A list imported on the first morning, then sign-ups that grow with the square root of time, day and night."""
    imported = max(2, round(IMPORTED_SHARE * size))
    on_import = settings.since + 7 * HOUR + rng.integers(0, 600, imported)
    position = rng.random(size - imported) ** (1 / 1.5)
    day = 1 + (position * (settings.days - 1)).astype(np.int64)
    signed_up = settings.since + day * DAY + time_of_day(rng, size - imported)
    return np.sort(np.concatenate([on_import, signed_up]))


def _subscription_times(rng: np.random.Generator, created: Ints, share: float) -> Ints:
    since = created + (rng.exponential(20 * DAY, len(created))).astype(np.int64) + 60
    return np.where(rng.random(len(created)) < share, since, NEVER)
