"""Which messages get the credit for an order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .people import Person, key_by_contact, owner
from .purchases import VALID
from .raw import Account, Order, Row, channel
from .sends import Send, sends
from .settings import Settings


@dataclass(frozen=True)
class Credit:
    """A share of an order that goes to a message instance sent to a contact in a broadcast (or in none).

    The platform names no send: its credits have none.
    """

    order: Order
    share: Fraction
    channel: str
    broadcast_id: int | None
    contact_id: int | None
    instance_id: int | None
    send: Send | None = None

    @property
    def amount(self) -> Decimal:
        return self.order.total * self.share.numerator / self.share.denominator


def conversions(account: Account) -> list[Order]:
    """A conversion is a valid order."""
    return [order for order in account.orders if order.status in VALID]


def channels_of_revenue(account: Account, settings: Settings) -> Callable[[Row], str]:
    """The channel of a row of `revenue`; where it names none, that of the message instance."""
    of_instance: dict[int | None, set[str]] = defaultdict(set)
    for send in sends(account.activities, settings):
        of_instance[send.key[1]].add(send.channel)

    def channel_of(row: Row) -> str:
        named = {channel(row.get("mediaType"))} - {"other"} or of_instance[row.get("messageInstanceId")] - {"other"}
        return min(named, default="other")

    return channel_of


def platform(account: Account, settings: Settings) -> list[Credit]:
    """What `revenue` says: several rows of an order share it equally; rows without order_id go by external_order_id."""
    by_id = {order.order_id: order for order in conversions(account)}
    by_external: dict[str | None, Order] = {
        order.external_order_id: order for order in conversions(account) if order.external_order_id
    }
    channel_of = channels_of_revenue(account, settings)
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
            channel_of(row),
            row.get("broadcastId"),
            row.get("contactId"),
            row.get("messageInstanceId"),
        )
        for order_id, shared in rows.items()
        for row in shared
    ]


@dataclass(frozen=True)
class Touch:
    """A moment at which a send qualifies for the orders that follow within `window`."""

    at: datetime
    rank: tuple[bool, int, int]
    window: timedelta
    send: Send


def has_tag(tags: str | None, settings: Settings) -> bool:
    """Whether one of the tags keeps a message from earning orders."""
    return bool(set(settings.attribution_excluded_tags) & {tag.strip() for tag in (tags or "").split(",")})


def tagged_messages(account: Account, settings: Settings) -> set[int]:
    """Messages that earn no orders by the tags that they have today."""
    return {message["messageId"] for message in account.messages if has_tag(message.get("tags"), settings)}


def touches(send: Send, settings: Settings, tagged: set[int]) -> list[Touch]:
    """Each qualifying activity of the send, by seed `attribution_windows`; suspected machines make no touch."""
    moments = {
        "sent": send.of_type("DELIVERED", "UNDELIVERED")[:1],
        "delivered": send.deliveries,
        "opened": send.human_opens,
        "clicked": send.human_clicks,
    }
    if send.message_id in tagged or any(has_tag(activity.tags, settings) for activity in send.activities):
        return []
    return [
        Touch(
            at=activity.at,
            rank=(event == "clicked", send.key[1], send.contact_id or 0),
            window=timedelta(hours=hours),
            send=send,
        )
        for channel, event, hours in settings.attribution_windows
        if channel == send.channel
        for activity in moments[event]
    ]


def touches_by_person(
    account: Account, sends: list[Send], persons: dict[Any, Person], settings: Settings
) -> dict[Any, list[Touch]]:
    """The touches of all sends to contacts with a key."""
    keys = key_by_contact(persons)
    tagged = tagged_messages(account, settings)
    found: dict[Any, list[Touch]] = defaultdict(list)
    for send in sends:
        if send.contact_id in keys:
            found[keys[send.contact_id]] += touches(send, settings, tagged)
    return found


def credited_revenue(credits: list[Credit], currency: dict[int, str], settings: Settings) -> tuple[Decimal, Decimal]:
    """Of orders in the account's currency, and of the delivered ones among them."""
    counted = [credit for credit in credits if currency[credit.order.order_id] == settings.account_currency]
    delivered = [credit for credit in counted if credit.order.status == "delivered"]
    revenue, delivered_revenue = (sum((one.amount for one in some), Decimal(0)) for some in (counted, delivered))
    return revenue, delivered_revenue


def last_touch(account: Account, sends: list[Send], persons: dict[Any, Person], settings: Settings) -> list[Credit]:
    """The latest touch in time for the order gets it; at equal times a click beats an open, then highest ids win."""
    keys = key_by_contact(persons)
    touches_of = touches_by_person(account, sends, persons, settings)
    credits = []
    for order in conversions(account):
        candidates = touches_of.get(owner(order, keys, persons, settings), [])
        within = [touch for touch in candidates if touch.at <= order.at <= touch.at + touch.window]
        if within:
            send = max(within, key=lambda touch: (touch.at, touch.rank)).send
            to = (send.channel, send.broadcast_id, send.contact_id, send.key[1], send)
            credits.append(Credit(order, Fraction(1), *to))
    return credits
