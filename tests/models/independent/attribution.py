"""Which messages get the credit for an order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .people import Person, key_by_contact, owner
from .purchases import VALID
from .raw import Account, Order
from .sends import Send
from .settings import Settings, seed

WINDOWS = seed("attribution_windows")


@dataclass(frozen=True)
class Credit:
    """A share of an order that goes to a message instance sent to a contact in a broadcast (or in none)."""

    order: Order
    share: Fraction
    broadcast_id: int | None
    contact_id: int | None
    instance_id: int | None

    @property
    def amount(self) -> Decimal:
        return self.order.total * self.share.numerator / self.share.denominator


def conversions(account: Account) -> list[Order]:
    """A conversion is a valid order."""
    return [order for order in account.orders if order.status in VALID]


def platform(account: Account) -> list[Credit]:
    """What `revenue` says: several rows of an order share it equally; rows without order_id go by external_order_id."""
    by_id = {order.order_id: order for order in conversions(account)}
    by_external: dict[str | None, Order] = {
        order.external_order_id: order for order in conversions(account) if order.external_order_id
    }
    rows = defaultdict(list)
    for row in account.revenue:
        if row.get("orderId") is not None:
            order = by_id.get(row["orderId"])
        else:
            order = by_external.get(row.get("externalOrderId"))
        if order is not None:
            rows[order.order_id].append(row)
    return [
        Credit(
            by_id[order_id],
            Fraction(1, len(shared)),
            row.get("broadcastId"),
            row.get("contactId"),
            row.get("messageInstanceId"),
        )
        for order_id, shared in rows.items()
        for row in shared
    ]


def qualifying(send: Send, event: str, settings: Settings) -> list[datetime]:
    """Times of the activities that make a send a touch; suspected machines make none."""
    activities = {
        "sent": send.of_type("DELIVERED", "UNDELIVERED")[:1],
        "delivered": send.deliveries,
        "opened": send.human_opens,
        "clicked": send.human_clicks,
    }[event]
    excluded = set(settings.attribution_excluded_tags)
    if any(excluded & {tag.strip() for tag in (activity.tags or "").split(",")} for activity in send.activities):
        return []
    return [activity.at for activity in activities]


def last_touch(account: Account, sends: list[Send], persons: dict[Any, Person], settings: Settings) -> list[Credit]:
    """The latest touch gets the order; at equal times a click beats an open, then the highest ids win."""
    keys = key_by_contact(persons)
    sends_of: dict[Any, list[Send]] = defaultdict(list)
    for send in sends:
        if send.contact_id in keys:
            sends_of[keys[send.contact_id]].append(send)
    credits = []
    for order in conversions(account):
        candidates = sends_of.get(owner(order, keys, persons, settings), [])
        touches = [touch for send in candidates if (touch := _touch(send, order, settings))]
        if touches:
            send = max(touches, key=lambda touch: touch[:2])[2]
            credits.append(Credit(order, Fraction(1), send.broadcast_id, send.contact_id, send.key[1]))
    return credits


def _touch(send: Send, order: Order, settings: Settings) -> tuple[datetime, tuple[bool, int, int], Send] | None:
    """The send's latest qualifying activity at or before the order within a window, edges included."""
    found = [
        (at, (window["event"] == "clicked", send.key[1], send.contact_id or 0), send)
        for window in WINDOWS
        if window["channel"] == send.channel
        for at in qualifying(send, window["event"], settings)
        if timedelta(0) <= order.at - at <= timedelta(hours=float(window["window_hours"]))
    ]
    return max(found, key=lambda touch: touch[:2], default=None)
