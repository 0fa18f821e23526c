"""When people order and leave carts, and what becomes of their orders."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from loader.sources.demo.contacts import People
from loader.sources.demo.drawing import Flags, Ints, flags_at, rare, time_of_day
from loader.sources.demo.purchases import simulate_purchases
from loader.sources.demo.settings import DAY, HOUR, MINUTE, DemoSettings

#: Share of people who ever buy, and how long after sign-up they do, on average.
CUSTOMER_SHARE = 0.45
DAYS_TO_FIRST_PURCHASE = 40.0
#: Valid orders with a second one on the same day: no repeat day.
SECOND_ORDER_RATE = 0.01
#: Cancelled orders per valid order: half just before it (ordered anew), half at any time after the first purchase.
CANCELLED_RATE = 0.08
#: Orders in a status that the platform does not document, per valid order.
UNKNOWN_STATUS_RATE = 0.002
#: Carts per valid order: left before it (recovered), and left for good.
RECOVERED_CART_RATE = 0.08
ABANDONED_CART_RATE = 0.22
#: Orders that a message led to: the customer clicked in a recent mail shortly before.
INFLUENCED_RATE = 0.35
#: Orders placed without signing in: an e-mail address, no contact.
GUEST_RATE = 0.01
#: Of the orders that change between two instalments, those whose total changes: a line or some money comes off.
REVISED_RATE = 0.2

VALID, CANCELLED, UNKNOWN, CART = range(4)

_FIRST_ORDER_ID = 700_000_001
_STATUSES = (
    *("INITIALIZED", "IN PROGRESS", "DELIVERED", "CANCELED", "RETURN_REQUESTED", "ABANDONED_SHOPPING_CART"),
    *("IN_PROGRESS", "in progress", "Delivered", "CANCELLED"),
)
_IN_PROGRESS_ODD, _DELIVERED_ODD, _CANCELLED_ODD = (6, 7), 8, 9
ODD_STATUS_RATE = 0.03


@dataclass(frozen=True)
class Orders:
    """Orders and carts in order of time; `valid` ones are exactly the purchase process.

    Attributes:
        person: position in `People`.
        placed: epoch seconds.
        kind: VALID, CANCELLED, UNKNOWN or CART.
        recovered_by: of a cart, the position of the order that followed it; else -1.
        days_to_ship, days_to_deliver: age at which the order turns IN PROGRESS and DELIVERED (or CANCELED).

    """

    person: Ints
    placed: Ints
    kind: Ints
    recovered_by: Ints
    influenced: Flags
    guest: Flags
    revised: Flags
    odd_status: Flags
    days_to_ship: Ints
    days_to_deliver: Ints

    def __len__(self) -> int:
        return len(self.person)

    @property
    def order_id(self) -> Ints:
        """Numbers the platform gives, ascending with time."""
        return _FIRST_ORDER_ID + 3 * np.arange(len(self))

    def statuses(self, moment: int) -> pa.Array:
        """Each order's status as an export at `moment` (epoch seconds) writes it."""
        age = (moment - self.placed) // DAY
        code = np.where(age < self.days_to_ship, 0, np.where(age < self.days_to_deliver, 1, 2))
        code = np.where(self.odd_status & (code == 1), np.take(_IN_PROGRESS_ODD, self.order_id % 2), code)
        code = np.where(self.odd_status & (code == 2), _DELIVERED_ODD, code)
        cancelled = np.where(self.odd_status, _CANCELLED_ODD, 3)
        code = np.where((self.kind == CANCELLED) & (age >= 1), cancelled, code)
        code = np.where((self.kind == UNKNOWN) & (age >= 1), 4, code)
        code = np.where(self.kind == CART, 5, code)
        return pa.array(_STATUSES, pa.string()).take(pa.array(code))

    def settled_at(self) -> Ints:
        """Moment of the last change, epoch seconds; a cart never changes."""
        days = np.where(self.kind == VALID, self.days_to_deliver, np.where(self.kind == CART, 0, 1))
        moments: Ints = self.placed + days * DAY
        return moments


def place_orders(settings: DemoSettings, people: People) -> Orders:
    """Draws every order and cart of the account's history."""
    rng = settings.stream("orders")
    person, placed = _purchases(settings, people, rng)
    again = rare(rng, placed % DAY < 20 * HOUR, SECOND_ORDER_RATE)
    person = np.concatenate([person, person[again]])
    placed = np.concatenate([placed, placed[again] + rng.integers(HOUR, 3 * HOUR, len(again))])
    cancelled_person, cancelled_at = _cancelled(settings, people, rng, person, placed)
    cart_person, cart_at, recovered_by = _carts(settings, people, rng, person, placed)
    odd = rare(rng, placed < settings.until - 10 * DAY, UNKNOWN_STATUS_RATE)
    parts = [
        (person, placed, VALID),
        (cancelled_person, cancelled_at, CANCELLED),
        (person[odd], placed[odd] + rng.integers(HOUR, 9 * DAY, len(odd)), UNKNOWN),
        (cart_person, cart_at, CART),
    ]
    kind = np.concatenate([np.full(len(who), code) for who, _, code in parts])
    size = len(kind)
    everybody = np.concatenate([who for who, _, _ in parts])
    days_to_ship = rng.integers(1, 3, size)
    days_to_deliver = days_to_ship + rng.integers(2, 6, size)
    when = np.concatenate([when for _, when, _ in parts])
    age = (_next_cut(settings, when) - when) // DAY
    in_progress = (kind == VALID) & (age >= days_to_ship) & (age < days_to_deliver)
    changing = (age < days_to_deliver) & (when + days_to_deliver * DAY < settings.until)
    odd_places = [
        rare(rng, kind == VALID, ODD_STATUS_RATE),
        rare(rng, in_progress, 0.1),
        rare(rng, kind == CANCELLED, 0.3),
    ]
    return _by_time(
        Orders(
            person=everybody,
            placed=when,
            kind=kind,
            recovered_by=np.concatenate([np.full(size - len(cart_person), -1), recovered_by]),
            influenced=(rng.random(size) < INFLUENCED_RATE) & (kind != CART),
            guest=flags_at(size, rare(rng, people.has_email[everybody] & (kind == VALID), GUEST_RATE)),
            revised=flags_at(size, rare(rng, (kind == VALID) & changing, REVISED_RATE)),
            odd_status=flags_at(size, np.concatenate(odd_places)),
            days_to_ship=days_to_ship,
            days_to_deliver=days_to_deliver,
        )
    )


def _purchases(settings: DemoSettings, people: People, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Person and time of the orders of the purchase process: its days as they fall, its hours by the daily rhythm."""
    size = len(people)
    first = people.created // DAY * DAY + rng.exponential(DAYS_TO_FIRST_PURCHASE * DAY, size)
    buyers = np.flatnonzero((rng.random(size) < CUSTOMER_SHARE) & (first < settings.until))
    horizon = (settings.until - first[buyers]) / DAY
    repeater, day = simulate_purchases(rng, horizon)
    person = np.concatenate([buyers, buyers[repeater]])
    moment = np.concatenate([first[buyers], first[buyers][repeater] + day * DAY])
    placed = moment.astype(np.int64) // DAY * DAY + time_of_day(rng, len(person))
    # Whoever buys on the day of the sign-up does so after it.
    same_day = placed <= people.created[person]
    placed = np.where(same_day, people.created[person] + rng.integers(1, 5 * MINUTE, len(person)), placed)
    seen = placed < settings.until
    return person[seen], placed[seen]


def _cancelled(
    settings: DemoSettings, people: People, rng: np.random.Generator, person: Ints, placed: Ints
) -> tuple[Ints, Ints]:
    chosen = rare(rng, placed - people.created[person] > DAY, CANCELLED_RATE)
    shortly_before = placed[chosen] - rng.integers(5 * MINUTE, 90 * MINUTE, len(chosen))
    left = settings.until - placed[chosen]
    any_time = placed[chosen] + (rng.random(len(chosen)) * left).astype(np.int64)
    anew = np.arange(len(chosen)) % 2 == 0
    return person[chosen], np.where(anew, shortly_before, any_time)


def _carts(
    settings: DemoSettings, people: People, rng: np.random.Generator, person: Ints, placed: Ints
) -> tuple[Ints, Ints, Ints]:
    """Person, time, and the order that recovered the cart (-1: none)."""
    known = placed - people.created[person] > DAY
    recovering = rare(rng, known, RECOVERED_CART_RATE)
    left_before = placed[recovering] - rng.integers(3 * HOUR, 20 * HOUR, len(recovering))
    lost = max(1, round(ABANDONED_CART_RATE * len(person)))
    browsing = rng.choice(np.flatnonzero(people.created < settings.until - DAY), lost)
    span = settings.until - people.created[browsing]
    lost_at = people.created[browsing] + (rng.random(lost) * span).astype(np.int64)
    return (
        np.concatenate([person[recovering], browsing]),
        np.concatenate([left_before, lost_at]),
        np.concatenate([recovering, np.full(lost, -1)]),
    )


def _next_cut(settings: DemoSettings, moment: Ints) -> Ints:
    """End of the instalment in which each moment lies, epoch seconds."""
    cuts = np.array([export.until for export in settings.exports()])
    return cuts[np.searchsorted(cuts, moment, side="right")]


def _by_time(orders: Orders) -> Orders:
    """The same orders by time, with the links between them kept."""
    order = np.argsort(orders.placed, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    moved = replace(orders, recovered_by=np.where(orders.recovered_by < 0, -1, place[orders.recovered_by]))
    return Orders(**{field.name: getattr(moved, field.name)[order] for field in fields(Orders)})
