"""What `rpt_campaign_performance` should hold: one row per broadcast."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from .attribution import last_touch, platform
from .people import people
from .purchases import cents, order_currency, rounded
from .raw import Account, Row, channel
from .sends import Send, reports_opens, sends
from .settings import Settings


def ratio(part: float | Decimal, whole: int) -> float | None:
    """Null where the denominator is 0."""
    return float(part) / whole if whole else None


def expected_report(account: Account, settings: Settings) -> dict[int, Row]:
    """Rows by broadcast_id."""
    all_sends = sends(account.activities, settings)
    model = settings.report_attribution_model or ("platform" if account.revenue else "last_touch")
    credits = (
        platform(account)
        if model == "platform"
        else last_touch(account, all_sends, people(account, settings), settings)
    )
    currency = order_currency(account, settings)
    sends_of: dict[int | None, list[Send]] = defaultdict(list)
    for send in all_sends:
        sends_of[send.broadcast_id].append(send)
    report = {}
    for broadcast in account.broadcasts:
        broadcast_id = broadcast["id"]
        if broadcast["createdDate"] > settings.as_of:
            continue
        own = [credit for credit in credits if credit.broadcast_id == broadcast_id]
        counted = [credit for credit in own if currency[credit.order.order_id] == settings.account_currency]
        revenue = sum((credit.amount for credit in counted), Decimal(0))
        buyers = {(credit.contact_id, credit.instance_id) for credit in own}
        rates = _rates(channel(broadcast["mediaType"]), sends_of[broadcast_id], buyers)
        report[broadcast_id] = {
            "broadcast_id": broadcast_id,
            "broadcast_name": broadcast["name"],
            "channel": channel(broadcast["mediaType"]),
            "orders": float(sum(credit.share for credit in own)),
            "revenue": cents(revenue),
            "revenue_per_delivered": rounded(ratio(revenue, rates["delivered"]), 4),
            "attribution_model": model,
            **rates,
        }
    return report


def _rates(sent_by: str, own: list[Send], buyers: set[tuple[Any, Any]]) -> Row:
    """Counts of a broadcast's sends, and the rates of the definitions.

    Suspected opens and clicks are counted beside opened and clicked, in the same unit: sends that nobody else opened.
    """
    delivered = sum(bool(send.deliveries) for send in own)
    bounced = sum(send.bounced for send in own)
    opened = sum(bool(send.opens) for send in own)
    clicked = sum(bool(send.clicks) for send in own)
    unsubscribed = sum(bool(send.of_type("UNSUBSCRIBED")) for send in own)
    complained = sum(bool(send.of_type("SPAM")) for send in own)
    converted = [send for send in own if (send.contact_id, send.key[1]) in buyers]
    seen = reports_opens(sent_by)
    return {
        "sends": len(own),
        "delivered": delivered,
        "bounced": bounced,
        "opened": opened,
        "clicked": clicked,
        "unsubscribed": unsubscribed,
        "complained": complained,
        "delivery_rate": ratio(delivered, len(own)),
        "bounce_rate": ratio(bounced, len(own)),
        "open_rate": ratio(opened, delivered) if seen else None,
        "click_rate": ratio(clicked, delivered),
        "click_to_open_rate": ratio(clicked, opened) if seen else None,
        "unsubscribe_rate": ratio(unsubscribed, delivered),
        "complaint_rate": ratio(complained, delivered),
        "suspected_opens": sum(bool(send.opens) and not send.human_opens for send in own),
        "suspected_clicks": sum(bool(send.clicks) and not send.human_clicks for send in own),
        "conversion_rate": ratio(len(converted), delivered),
        "purchase_to_open_rate": ratio(sum(bool(send.opens) for send in converted), opened) if seen else None,
        "purchase_to_click_rate": ratio(sum(bool(send.clicks) for send in converted), clicked),
    }
