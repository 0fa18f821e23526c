"""What `rpt_campaign_performance` should hold: one row per broadcast."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from .attribution import Credit, credited_revenue, last_touch, platform
from .people import Person, people
from .purchases import cents, order_currency
from .raw import Account, Row, channel
from .sales import places
from .sends import Send, reports_opens, sends
from .settings import Settings


def ratio(part: float | Decimal, whole: int) -> float | None:
    """Null where the denominator is 0."""
    return float(part) / whole if whole else None


def per_delivered(revenue: Decimal, delivered: int) -> Decimal | None:
    """As decimals, so that halves are halves."""
    return places(revenue / delivered, 4) if delivered else None


def expected_report(account: Account, settings: Settings) -> dict[int, Row]:
    """Rows by broadcast_id."""
    all_sends = sends(account.activities, settings)
    model, credits = report_credits(account, all_sends, people(account, settings), settings)
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
        revenue, delivered = credited_revenue(own, currency, settings)
        sent = sends_of[broadcast_id]
        rates = send_numbers(sent) | telling_numbers(sent) | conversion_rates(sent, own)
        report[broadcast_id] = {
            "broadcast_id": broadcast_id,
            "broadcast_name": broadcast["name"],
            "channel": channel(broadcast["mediaType"]),
            "started_at": broadcast.get("startedDate"),
            "started_date": settings.day(broadcast.get("startedDate")) if broadcast.get("startedDate") else None,
            "currency": settings.account_currency,
            "orders": float(sum(credit.share for credit in own)),
            "revenue": cents(revenue),
            "delivered_revenue": cents(delivered),
            "revenue_per_delivered": per_delivered(revenue, rates["delivered"]),
            "attribution_model": model,
            **rates,
        }
    return report


def report_credits(
    account: Account, all_sends: list[Send], persons: dict[Any, Person], settings: Settings
) -> tuple[str, list[Credit]]:
    """The model that reports use, and its credits."""
    told = any(row["activityDateTime"] <= settings.as_of for row in account.revenue)
    model = settings.report_attribution_model or ("platform" if told else "last_touch")
    credits = platform(account, settings) if model == "platform" else last_touch(account, all_sends, persons, settings)
    return model, credits


def telling(own: list[Send]) -> list[Send]:
    """The sends of channels that report opens: of the others nobody knows who opened them."""
    return [send for send in own if reports_opens(send.channel)]


def telling_numbers(own: list[Send]) -> Row:
    """What the rates of opens are made of."""
    return {
        "delivered_telling_opens": sum(bool(send.deliveries) for send in telling(own)),
        "opened_telling_opens": sum(bool(send.opens) for send in telling(own)),
        "clicked_telling_opens": sum(bool(send.clicks) for send in telling(own)),
    }


def send_numbers(own: list[Send]) -> Row:
    """Counts of sends, and the rates of the definitions; those of opens by the sends whose channel reports them.

    Suspected opens and clicks are counted beside opened and clicked, in the same unit: sends that nobody else opened.
    """
    delivered = sum(bool(send.deliveries) for send in own)
    bounced = sum(send.bounced for send in own)
    opened = sum(bool(send.opens) for send in own)
    clicked = sum(bool(send.clicks) for send in own)
    unsubscribed = sum(bool(send.of_type("UNSUBSCRIBED")) for send in own)
    complained = sum(bool(send.of_type("SPAM")) for send in own)
    told = telling_numbers(own)
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
        "open_rate": ratio(told["opened_telling_opens"], told["delivered_telling_opens"]),
        "click_rate": ratio(clicked, delivered),
        "click_to_open_rate": ratio(told["clicked_telling_opens"], told["opened_telling_opens"]),
        "unsubscribe_rate": ratio(unsubscribed, delivered),
        "complaint_rate": ratio(complained, delivered),
        "suspected_opens": sum(bool(send.opens) and not send.human_opens for send in own),
        "suspected_clicks": sum(bool(send.clicks) and not send.human_clicks for send in own),
    }


def conversion_rates(own: list[Send], credits: list[Credit]) -> Row:
    """Rates of sends with an attributed order: a credit's own send, or all that went by what the platform names."""
    by_send = {credit.send.key for credit in credits if credit.send is not None}
    by_name = {(credit.contact_id, credit.instance_id, credit.broadcast_id) for credit in credits if not credit.send}
    converted = [send for send in own if send.key in by_send or send.key[:3] in by_name]
    opened, clicked = [send for send in telling(own) if send.opens], [send for send in own if send.clicks]
    return {
        "conversion_rate": ratio(len(converted), sum(bool(send.deliveries) for send in own)),
        "purchase_to_open_rate": ratio(sum(send in opened for send in converted), len(opened)),
        "purchase_to_click_rate": ratio(sum(send in clicked for send in converted), len(clicked)),
    }
