"""Launches of the account's workflows and the messages they send."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from loader.sources.demo import campaigns
from loader.sources.demo.contacts import NEVER, People
from loader.sources.demo.drawing import Flags, Ints
from loader.sources.demo.orders import CART, VALID, Orders
from loader.sources.demo.settings import DAY, HOUR, MINUTE, DemoSettings

#: Days without an order after which a customer is written to.
WIN_BACK_DAYS = 90

_FIRST_CONTACT_EVENT = 4_000_000_000
_FIRST_ORDER_EVENT = 5_000_000_000


def contact_events(people: Ints) -> Ints:
    """Numbers of the events that tell of new contacts, by position in `People`."""
    return _FIRST_CONTACT_EVENT + people


def order_events(orders: Ints) -> Ints:
    """Numbers of the events that tell of orders and carts, by position in `Orders`."""
    return _FIRST_ORDER_EVENT + orders


@dataclass(frozen=True)
class Batch:
    """Messages about to be sent, one element each; times in epoch seconds.

    Attributes:
        person, message: positions in `People` and `Messages`.
        broadcast: position in `Broadcasts`; -1 for a workflow's message.
        launch: launch of the workflow; -1 for a broadcast's message.
        click_at: when the person is bound to click, since an order follows; 0 where nothing is known.

    """

    person: Ints
    message: Ints
    broadcast: Ints
    launch: Ints
    sent: Ints
    click_at: Ints

    def __len__(self) -> int:
        return len(self.person)

    def between(self, since: int, until: int) -> Batch:
        """The messages of a span of time; the batch is in order of time."""
        start, stop = np.searchsorted(self.sent, [since, until])
        return Batch(**{field.name: getattr(self, field.name)[start:stop] for field in fields(Batch)})


@dataclass(frozen=True)
class Launches:
    """Launches of workflows by number; `event` is the event that started one, -1 for a timer."""

    workflow: Ints
    event: Ints


def run_workflows(settings: DemoSettings, people: People, orders: Orders) -> tuple[Launches, Batch]:
    """Every launch of the account's history, and the messages sent in them by time."""
    rng = settings.stream("workflows")
    desk = _Desk()
    _welcome(desk, people)
    _remind_of_carts(desk, rng, people, orders)
    _follow_purchases(desk, rng, people, orders)
    _win_back(desk, people, orders)
    return desk.launches(), desk.batch(settings.until)


class _Desk:
    """Numbers launches and collects their messages."""

    def __init__(self) -> None:
        self._workflows: list[Ints] = []
        self._events: list[Ints] = []
        self._sends: list[tuple[Ints, Ints, Ints, Ints, Ints]] = []
        self._count = 0

    def open(self, workflow: int, events: Ints) -> Ints:
        """Numbers of new launches of a workflow, one per event."""
        self._workflows.append(np.full(len(events), workflow))
        self._events.append(events)
        self._count += len(events)
        return np.arange(self._count - len(events), self._count)

    def send(
        self, message: int, launch: Ints, person: Ints, sent: Ints, to: Flags, click_at: Ints | None = None
    ) -> None:
        """Sends one block's message in the launches where `to`."""
        click = np.zeros(len(sent), dtype=np.int64) if click_at is None else click_at
        self._sends.append((person[to], np.full(to.sum(), message), launch[to], sent[to], click[to]))

    def launches(self) -> Launches:
        """All launches, by number."""
        return Launches(np.concatenate(self._workflows), np.concatenate(self._events))

    def batch(self, until: int) -> Batch:
        """The messages sent before `until`, by time."""
        person, message, launch, sent, click_at = (np.concatenate(column) for column in zip(*self._sends, strict=True))
        order = np.argsort(sent, kind="stable")
        order = order[sent[order] < until]
        broadcast = np.full(len(order), -1)
        return Batch(person[order], message[order], broadcast, launch[order], sent[order], click_at[order])


def _welcome(desk: _Desk, people: People) -> None:
    """Sign-ups get a mail at once and one after three days, app users a tour; the imported list gets none."""
    has_app = people.mobile_push_since < NEVER
    who = np.flatnonzero(~people.imported & (people.has_email | has_app))
    created, mail = people.created[who], people.has_email[who]
    installed = np.where(has_app[who], people.mobile_push_since[who], 0)
    launch = desk.open(campaigns.WELCOME, contact_events(who))
    desk.send(campaigns.WELCOME_MAIL, launch, who, created + 5 * MINUTE, mail)
    desk.send(campaigns.STORY_MAIL, launch, who, created + 3 * DAY, mail)
    desk.send(campaigns.APP_TOUR, launch, who, installed + MINUTE, has_app[who])


def _remind_of_carts(desk: _Desk, rng: np.random.Generator, people: People, orders: Orders) -> None:
    """A mail after an hour, a push or SMS after a day if no order followed; recovered carts mostly by the mail."""
    cart = np.flatnonzero(orders.kind == CART)
    who, left, order = orders.person[cart], orders.placed[cart], orders.recovered_by[cart]
    recovered = order >= 0
    click_at = np.where(recovered, orders.placed[order] - rng.integers(10 * MINUTE, 40 * MINUTE, len(cart)), 0)
    click_at[rng.random(len(cart)) < 0.4] = 0
    launch = desk.open(campaigns.CART_REMINDER, order_events(cart))
    push = (people.mobile_push_since[who] < left) & ~recovered
    desk.send(campaigns.CART_MAIL, launch, who, left + HOUR, people.has_email[who], click_at)
    desk.send(campaigns.CART_PUSH, launch, who, left + DAY, push)
    desk.send(campaigns.CART_SMS, launch, who, left + DAY, people.has_sms[who] & ~recovered & ~push)


def _follow_purchases(desk: _Desk, rng: np.random.Generator, people: People, orders: Orders) -> None:
    """A receipt at once, a message when the parcel leaves, a question how it was."""
    bought = np.flatnonzero((orders.kind == VALID) & ~orders.guest)
    who, placed = orders.person[bought], orders.placed[bought]
    delivered = placed + orders.days_to_deliver[bought] * DAY
    launch = desk.open(campaigns.AFTER_PURCHASE, order_events(bought))
    mail = people.has_email[who]
    shipped = placed + orders.days_to_ship[bought] * DAY
    desk.send(campaigns.RECEIPT, launch, who, placed + MINUTE, mail)
    desk.send(campaigns.SHIPPED, launch, who, shipped, people.has_sms[who])
    desk.send(campaigns.NPS_MAIL, launch, who, delivered + 2 * DAY, mail)
    desk.send(campaigns.NPS_WIDGET, launch, who, delivered + 3 * DAY, rng.random(len(who)) < 0.3)


def _win_back(desk: _Desk, people: People, orders: Orders) -> None:
    """Customers without an order for three months get a mail, then an SMS or a push."""
    bought = np.flatnonzero((orders.kind == VALID) & ~orders.guest)
    by_person = bought[np.lexsort((orders.placed[bought], orders.person[bought]))]
    person, placed = orders.person[by_person], orders.placed[by_person]
    following = np.append(placed[1:], NEVER)
    following[np.append(person[1:] != person[:-1], True)] = NEVER
    quiet = following > placed + WIN_BACK_DAYS * DAY
    who, since = person[quiet], placed[quiet] // DAY * DAY + WIN_BACK_DAYS * DAY + 9 * HOUR
    launch = desk.open(campaigns.WIN_BACK, np.full(len(who), -1))
    sms = people.has_sms[who]
    desk.send(campaigns.WIN_BACK_MAIL, launch, who, since, people.has_email[who])
    desk.send(campaigns.WIN_BACK_SMS, launch, who, since + 3 * DAY, sms)
    desk.send(campaigns.WIN_BACK_PUSH, launch, who, since + 3 * DAY, (people.web_push_since[who] < since) & ~sms)
