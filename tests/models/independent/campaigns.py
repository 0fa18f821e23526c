"""What broadcasts cost and earn, and through which channels people come to an order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from statistics import fmean, median
from typing import Any

from .credits import paths
from .people import Person
from .purchases import rounded
from .raw import Account
from .report import expected_report, ratio
from .sales import Sale, places, total, valid
from .sales_reports import Rows, grouped
from .sends import sends
from .settings import Settings


@dataclass(frozen=True)
class Cost:
    """A row of seed `channel_costs`; without a broadcast it is for all others of the channel."""

    channel: str
    broadcast_id: int | None
    per_send: Decimal
    per_broadcast: Decimal


def campaign_roi(account: Account, costs: Iterable[Cost], settings: Settings) -> Rows:
    """By broadcast: what it earned against what it cost."""
    by_place = {(cost.channel, cost.broadcast_id): cost for cost in costs}

    def price(channel: str, broadcast_id: int) -> Cost:
        return by_place.get((channel, broadcast_id)) or by_place[channel, None]

    sending: defaultdict[int, Decimal] = defaultdict(Decimal)
    for send in sends(account.activities, settings):
        if send.broadcast_id is not None:
            sending[send.broadcast_id] += price(send.channel, send.broadcast_id).per_send
    rows: Rows = {}
    for broadcast_id, row in expected_report(account, settings).items():
        channel, sent, revenue = row["channel"], row["sends"], row["revenue"]
        cost = sending[broadcast_id] + price(channel, broadcast_id).per_broadcast if sent else Decimal(0)
        rows[broadcast_id,] = {
            "broadcast_name": row["broadcast_name"],
            "channel": channel,
            "started_date": row["started_date"],
            "sends": sent,
            "orders": row["orders"],
            "cost": places(cost),
            "revenue": revenue,
            "delivered_revenue": row["delivered_revenue"],
            "revenue_after_cost": places(revenue - cost),
            "currency": row["currency"],
            "roi": places((revenue - cost) / cost, 4) if cost else None,
            "cost_per_order": rounded(ratio(cost, row["orders"]), 2),
            "attribution_model": row["attribution_model"],
        }
    return rows


def customer_journeys(account: Account, found: list[Sale], persons: dict[Any, Person], settings: Settings) -> Rows:
    """By kind of order, channels on the way, and currency."""
    by_order = paths(account, found, persons, settings)
    journeys = []
    for sale in valid(found):
        touches = by_order[sale.order.order_id]
        steps = [channel for channel, _ in groupby(touch.send.channel for touch in touches)]
        kind = "unknown" if sale.person is None else "first" if sale.number == 1 else "repeat"
        hours = (sale.order.at - touches[0].at) / timedelta(hours=1) if touches else None
        journeys.append((kind, " > ".join(steps) or "none", sale, len(touches), hours))
    of_kind = grouped(journeys, lambda one: (one[0], one[2].currency))
    rows: Rows = {}
    for (kind, path, currency), group in grouped(journeys, lambda one: (one[0], one[1], one[2].currency)).items():
        waits = [hours for *_, hours in group if hours is not None]
        rows[kind, path, currency] = {
            "orders": len(group),
            "share_of_orders": len(group) / len(of_kind[kind, currency]),
            "revenue": places(total([sale for _, _, sale, _, _ in group])),
            "average_touches": rounded(fmean(touches for _, _, _, touches, _ in group), 2),
            "median_hours_to_order": rounded(median(waits), 2) if waits else None,
        }
    return rows
