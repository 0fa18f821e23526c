"""What becomes of the carts that were left."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Any

from .people import Person, key_by_contact
from .purchases import rounded
from .raw import Account
from .sales import Sale, bought, month_after, places, total
from .sales_reports import Rows, grouped
from .sends import sends
from .settings import Settings

RECOVERY_DAYS = 7


def abandoned_carts(account: Account, found: list[Sale], persons: dict[Any, Person], settings: Settings) -> Rows:
    """By month of the cart, channel of the last message before the recovery, and currency."""
    keys = key_by_contact(persons)
    deliveries: dict[Any, list[tuple[datetime, str]]] = defaultdict(list)
    for send in sends(account.activities, settings):
        if send.contact_id in keys and send.deliveries:
            deliveries[keys[send.contact_id]].append((send.deliveries[0].at, send.channel))
    orders_of = grouped(bought(found), lambda sale: sale.person)

    def fate(cart: Sale) -> tuple[str, float | None]:
        """The channel, and the hours to the first order within seven days."""
        if cart.person is None:
            return "unknown", None
        left_at = cart.order.at
        last_moment = left_at + timedelta(days=RECOVERY_DAYS)
        orders = [sale.order.at for sale in orders_of.get(cart.person, []) if left_at < sale.order.at <= last_moment]
        recovered_at = min(orders, default=None)
        until = recovered_at or last_moment
        touched = [(at, channel) for at, channel in deliveries[cart.person] if left_at < at <= until]
        channel = max(touched)[1] if touched else "none"
        return channel, None if recovered_at is None else (recovered_at - left_at) / timedelta(hours=1)

    carts = [(sale, *fate(sale)) for sale in found if sale.order.status == "abandoned_cart"]
    rows: Rows = {}
    # A cart that belongs to nobody cannot be recovered.
    for place, group in grouped(carts, lambda one: (one[0].month, one[1], one[0].currency)).items():
        waits = [hours for _, _, hours in group if hours is not None]
        rated = place[1] != "unknown" and _is_over(place[0], settings)
        rows[place] = {
            "carts": len(group),
            "recovered_carts": len(waits),
            "cart_value": places(total([cart for cart, _, _ in group])),
            "recovered_value": places(total([cart for cart, _, hours in group if hours is not None])),
            "recovery_rate": len(waits) / len(group) if rated else None,
            "average_hours_to_recovery": rounded(fmean(waits), 2) if waits else None,
        }
    return rows


def _is_over(month: date, settings: Settings) -> bool:
    """Whether a cart of the month's last day has had its days."""
    last_day = month_after(month) - timedelta(days=1)
    return last_day + timedelta(days=RECOVERY_DAYS) < settings.day(settings.as_of)
