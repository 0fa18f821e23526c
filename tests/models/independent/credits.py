"""Credits for orders by all five attribution models, and the report that sums them by campaign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .attribution import Touch, channels_of_revenue, touches_by_person
from .people import Person
from .raw import Account, Row
from .sales import Sale, places, valid
from .sales_reports import Rows, grouped
from .sends import Send, sends
from .settings import Settings

HALF_LIFE_HOURS = 48


@dataclass(frozen=True)
class Campaign:
    """What a credit goes to."""

    channel: str
    kind: str
    campaign_id: str


UNATTRIBUTED = Campaign("unattributed", "unattributed", "unattributed")


def campaign(sent_by: str, broadcast_id: int | None, workflow_id: Any, message_id: int | None) -> Campaign:
    if broadcast_id is not None:
        return Campaign(sent_by, "broadcast", str(broadcast_id))
    if workflow_id is not None:
        return Campaign(sent_by, "workflow", str(workflow_id))
    return Campaign(sent_by, "message", "unknown" if message_id is None else str(message_id))


def paths(account: Account, sale_list: list[Sale], persons: dict[Any, Person], settings: Settings) -> dict[int, Any]:
    """The touches of each order, earliest first: one a send, at its latest qualifying activity within the window."""
    touches_of = touches_by_person(account, sends(account.activities, settings), persons, settings)
    found = {}
    for sale in valid(sale_list):
        latest: dict[Any, Touch] = {}
        for touch in touches_of.get(sale.person, []) if sale.person is not None else []:
            kept = latest.get(touch.send.key)
            is_later = kept is None or (touch.at, touch.rank) > (kept.at, kept.rank)
            if touch.at <= sale.order.at <= touch.at + touch.window and is_later:
                latest[touch.send.key] = touch
        found[sale.order.order_id] = sorted(latest.values(), key=lambda touch: (touch.at, touch.rank))
    return found


def weights(model: str, path: list[Touch], sale: Sale) -> list[float | Fraction]:
    """What each touch of a path weighs, earliest first."""
    if not path:
        return []
    if model == "linear":
        return [Fraction(1)] * len(path)
    if model == "time_decay":
        hours = [(sale.order.at - touch.at).total_seconds() / 3600 for touch in path]
        return [0.5 ** (hour / HALF_LIFE_HOURS) for hour in hours]
    if model == "first_touch":
        # Of those at the earliest time the one that outranks the others.
        winner = max((touch for touch in path if touch.at == path[0].at), key=lambda touch: touch.rank)
    else:
        winner = path[-1]
    return [Fraction(int(touch is winner)) for touch in path]


def split(order_total: Decimal, shares: list[float | Fraction]) -> list[tuple[Decimal, Decimal]]:
    """Credit to four digits and revenue to the cent for each share; the last takes what rounding leaves."""
    exact = [Decimal(share.numerator) / share.denominator if isinstance(share, Fraction) else share for share in shares]
    decimals = [Decimal(share) / sum(Decimal(each) for each in exact) for share in exact]
    credits = [places(share, 4) for share in decimals]
    amounts = [places(order_total * share) for share in decimals]
    credits[-1] = 1 - sum(credits[:-1], Decimal(0))
    amounts[-1] = order_total - sum(amounts[:-1], Decimal(0))
    return list(zip(credits, amounts, strict=True))


Split = tuple[str, Campaign, Sale, Decimal, Decimal]


def splits(account: Account, sale_list: list[Sale], persons: dict[Any, Person], settings: Settings) -> list[Split]:
    """Model, campaign, order, credit and revenue; an order without a touch goes to nobody."""
    by_order = paths(account, sale_list, persons, settings)
    message_of: dict[int | None, int] = {}
    for activity in account.activities:
        if activity.message_id is not None:
            message_of[activity.instance_id] = max(activity.message_id, message_of.get(activity.instance_id, 0))
    channel_of = channels_of_revenue(account, settings)
    found: list[Split] = []
    for sale in valid(sale_list):
        path = by_order[sale.order.order_id]
        named = _named_by_platform(account, sale, message_of, channel_of)
        for model in ("platform", "last_touch", "first_touch", "linear", "time_decay"):
            if model == "platform":
                campaigns, weighed = named, [Fraction(1)] * len(named)
            else:
                campaigns, weighed = [_of_send(touch.send) for touch in path], weights(model, path, sale)
            credited = [(to, weight) for to, weight in zip(campaigns, weighed, strict=True) if weight > 0]
            credited = credited or [(UNATTRIBUTED, Fraction(1))]
            parts = split(sale.order.total, [weight for _, weight in credited])
            found += [(model, to, sale, *part) for (to, _), part in zip(credited, parts, strict=True)]
    return found


def _of_send(send: Send) -> Campaign:
    return campaign(send.channel, send.broadcast_id, send.workflow_id, send.message_id)


def _named_by_platform(
    account: Account, sale: Sale, message_of: dict[int | None, int], channel_of: Callable[[Row], str]
) -> list[Campaign]:
    """Campaigns of the order's revenue rows, by time; a message is that of its instance."""
    order = sale.order
    own = [
        row
        for row in account.revenue
        if (row["orderId"] == order.order_id if row.get("orderId") is not None else _is_external(row, sale))
    ]
    own.sort(key=lambda row: (row["activityDateTime"], row.get("messageInstanceId") or 0))
    return [
        campaign(
            channel_of(row),
            row.get("broadcastId"),
            row.get("workflowId"),
            message_of.get(row.get("messageInstanceId")),
        )
        for row in own
    ]


def _is_external(row: Row, sale: Sale) -> bool:
    return sale.order.external_order_id is not None and row.get("externalOrderId") == sale.order.external_order_id


def attribution(account: Account, sale_list: list[Sale], persons: dict[Any, Person], settings: Settings) -> Rows:
    """By model, channel, campaign and currency."""
    found = splits(account, sale_list, persons, settings)
    totals = {
        group: sum((part[4] for part in parts), Decimal(0))
        for group, parts in grouped(found, lambda part: (part[0], part[2].currency)).items()
    }
    names = _names(account)
    report_model = settings.report_attribution_model or ("platform" if account.revenue else "last_touch")
    rows: Rows = {}
    for (model, to, currency), parts in grouped(found, lambda part: (part[0], part[1], part[2].currency)).items():
        revenue = sum((part[4] for part in parts), Decimal(0))
        everything = totals[model, currency]
        rows[model, to.channel, to.kind, to.campaign_id, currency] = {
            "is_report_model": int(model == report_model),
            "campaign_name": names.get((to.kind, to.campaign_id)),
            "orders": places(sum((part[3] for part in parts), Decimal(0)), 4),
            "first_orders": places(sum((part[3] for part in parts if part[2].number == 1), Decimal(0)), 4),
            "revenue": places(revenue),
            "delivered_revenue": places(sum((part[4] for part in parts if part[2].is_delivered), Decimal(0))),
            "share_of_revenue": places(revenue / everything, 4) if everything else None,
        }
    return rows


def _names(account: Account) -> dict[tuple[str, str], str | None]:
    """Names of broadcasts and messages; the export has none of workflows."""
    names = {("broadcast", str(row["id"])): row["name"] for row in account.broadcasts}
    return names | {("message", str(row["messageId"])): row["name"] for row in account.messages}
