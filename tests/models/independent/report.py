"""What `rpt_campaign_performance` should hold: one row per broadcast."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from .attribution import last_touch, platform
from .people import people
from .purchases import cents, order_currency
from .raw import Row, channel, read_account
from .sends import Send, reports_opens, sends
from .settings import Settings


def ratio(part: float | Decimal, whole: int) -> float | None:
    """Null where the denominator is 0."""
    return float(part) / whole if whole else None


def expected_report(folder: Path, settings: Settings) -> dict[int, Row]:
    """Rows by broadcast_id."""
    account = read_account(folder, settings.as_of)
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
        own = [credit for credit in credits if credit.broadcast_id == broadcast_id]
        counted = [credit for credit in own if currency[credit.order.order_id] == settings.account_currency]
        buyers = {(credit.contact_id, credit.instance_id) for credit in own}
        report[broadcast_id] = {
            "broadcast_id": broadcast_id,
            "broadcast_name": broadcast["name"],
            "channel": channel(broadcast["mediaType"]),
            "orders": float(sum(credit.share for credit in own)),
            "revenue": cents(sum((credit.amount for credit in counted), Decimal(0))),
            "attribution_model": model,
            **_rates(channel(broadcast["mediaType"]), sends_of[broadcast_id], buyers),
        }
    return report


def _rates(sent_by: str, own: list[Send], buyers: set[tuple[Any, Any]]) -> Row:
    """Counts of a broadcast's sends, and the rates of the definitions."""
    delivered = sum(bool(send.deliveries) for send in own)
    bounced = sum(send.bounced for send in own)
    opened = sum(bool(send.opens) for send in own)
    clicked = sum(bool(send.clicks) for send in own)
    unsubscribed = sum(bool(send.of_type("UNSUBSCRIBED")) for send in own)
    complained = sum(bool(send.of_type("SPAM")) for send in own)
    converted = sum((send.contact_id, send.key[1]) in buyers for send in own)
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
        "conversion_rate": ratio(converted, delivered),
    }
