"""What the segment views beside the profile should hold, by key and, where a key has several rows, their number."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import Any

from . import feedback, standing
from .engagement import Engagement
from .people import Person, key_by_contact, normalised
from .products import amount, called, lines_sold, product_id, product_pairs
from .profile import age_of
from .purchases import Purchases, band, p_alive, purchases, rounded, segment_of
from .raw import Account, Row, distinct
from .reachability import EMAIL_STATUSES, Reachability, device_channel
from .sales import Sale, bought, month_after, places
from .sales_reports import grouped
from .sends import Send, sends
from .settings import Settings

Rows = dict[Any, Row]

CHANNELS_WITH_OPENS = ("email", "viber", "mobile_push", "app_inbox", "in_app", "widget")
CHANNELS = (*CHANNELS_WITH_OPENS, "sms", "web_push", "telegram")
MILESTONES = (1, 2, 5, 10, 20, 50, 100)
HIGHEST_RANK = 10


def reachability(account: Account, persons: dict[Any, Person], settings: Settings) -> Rows:
    """Everybody, by channel."""
    reach = Reachability(account, settings)
    rows: Rows = {}
    for key, person in persons.items():
        address = normalised("email", person.last_seen.get("email"))
        email = "no_address"
        if address is not None:
            email = reach.obstacle("email", reach.contacts_of_address[address]) or "none"
        status = EMAIL_STATUSES.get((person.last_seen.get("emailStatus") or "").strip().upper())
        bulk, triggered = (status["allows_bulk"], status["allows_triggered"]) if status else ("1", "1")
        reasons = {
            "email": email if email != "none" or bulk == "1" else "unconfirmed" if triggered == "1" else "email_status",
            "email_triggered": email if email != "none" or triggered == "1" else "email_status",
        }
        for channel in ("sms", "viber"):
            number = normalised("sms", person.last_seen.get("sms"))
            reasons[channel] = reach.obstacle(channel, person.contact_ids) or "none" if number else "no_address"
        channels = {device_channel(device) for contact in person.contact_ids for device in reach.devices[contact]}
        for channel in ("web_push", "mobile_push"):
            known = channel in channels
            reasons[channel] = reach.obstacle(channel, person.contact_ids) or "none" if known else "no_address"
        row: Row = {f"{name}_block_reason": reason for name, reason in reasons.items()}
        row |= {f"reachable_{name}": int(reason == "none") for name, reason in reasons.items()}
        row["reachable_push"] = max(row["reachable_web_push"], row["reachable_mobile_push"])
        row["reachable_channels"] = [reasons[name] for name in reasons if name != "email_triggered"].count("none")
        rows[key] = row
    return rows


def engagement(account: Account, persons: dict[Any, Person], settings: Settings) -> Rows:
    """Everybody, with windows of every channel."""
    keys = key_by_contact(persons)
    of_person = grouped(sends(account.activities, settings), lambda send: keys.get(send.contact_id))
    return {key: _engagement(of_person.get(key, []), settings) for key in persons}


def _engagement(found: list[Send], settings: Settings) -> Row:
    whole = Engagement(found, settings)
    human = [activity.at for send in found for activity in send.human_opens + send.human_clicks]
    delivered = [(send.channel, send.last_delivery.at) for send in found if send.last_delivery]
    last = max(human, default=None)
    unread = sum(channel == "email" and settings.within(at, 180) for channel, at in delivered) >= 10
    row: Row = {
        "engagement_tier": whole.tier,
        "engagement_score": rounded(whole.score, 2),
        "preferred_channel": whole.preferred_channel,
        "best_send_hour": whole.best_send_hour,
        "best_send_weekday": None if whole.best_send_hour is None else _best_weekday(found, settings),
        "last_open_at": whole.last_open_at,
        "last_click_at": whole.last_click_at,
        "days_since_last_open": age_of(whole.last_open_at, settings),
        "days_since_last_click": age_of(whole.last_click_at, settings),
        "days_since_last_delivery": age_of(max((at for _, at in delivered), default=None), settings),
        "days_since_last_engagement": None if last is None else settings.age(last),
        "sends_1d": whole.sends_in(1),
        "sends_since_engagement": sum(last is None or send.at > last for send in found),
        "is_sunset_candidate": int(unread and not any(settings.within(at, 180) for at in human)),
    }
    for days in (7, 30, 90, 365):
        row |= {f"sends_{days}d": whole.sends_in(days), f"opens_{days}d": whole.opens_in(days)}
        row[f"clicks_{days}d"] = whole.clicks_in(days)
        for channel in CHANNELS:
            part = Engagement([send for send in found if send.channel == channel], settings)
            row[f"{channel}_sends_{days}d"] = part.sends_in(days)
            row[f"{channel}_clicks_{days}d"] = part.clicks_in(days)
            if channel in CHANNELS_WITH_OPENS:
                row[f"{channel}_opens_{days}d"] = part.opens_in(days)
    return row


def _best_weekday(found: list[Send], settings: Settings) -> int:
    """Most engaged activities in 180 days, account time; ties go to the earlier."""
    times = [
        at
        for send in found
        for at in {id(activity): activity.at for activity in send.human_opens + send.human_clicks}.values()
        if settings.within(at, 180)
    ]
    days = [at.astimezone(settings.zone).isoweekday() for at in times]
    return min(set(days), key=lambda day: (-days.count(day), day))


def lifecycle(account: Account, persons: dict[Any, Person], settings: Settings) -> Rows:
    """Everybody; who never bought is a prospect, now as before."""
    past, then = standing.earlier(account, settings)
    now = standing.lifecycle(standing.buyers(account, persons, settings))
    before = standing.lifecycle(standing.buyers(past, persons, then))
    reach, by_person = reachability(account, persons, settings), purchases(account, persons, settings)
    prospect: Row = {"lifecycle_stage": "prospect", "stage_since": None}
    rows: Rows = {}
    for key in persons:
        stage = now.get((key,), prospect)
        previous = before.get((key,), prospect)["lifecycle_stage"]
        orders, since = by_person[key], stage["stage_since"]
        rows[key] = stage | {
            "days_in_stage": None if since is None else (settings.day(settings.as_of) - since).days,
            "last_order_at": orders.last_at,
            "days_since_last_order": orders.days_since_last,
            "previous_lifecycle_stage": previous,
            "has_changed_stage": int(previous != stage["lifecycle_stage"]),
            "is_win_back_candidate": int(
                stage["lifecycle_stage"] in ("lapsed", "lost") and reach[key]["reachable_channels"] > 0
            ),
        }
    return rows


def rfm(account: Account, persons: dict[Any, Person], settings: Settings) -> Rows:
    """Everybody, in the grid of orders, now and before, and in that of engagement."""
    past, then = standing.earlier(account, settings)
    now = standing.rfm(standing.buyers(account, persons, settings))
    before = standing.rfm(standing.buyers(past, persons, then))
    keys = key_by_contact(persons)
    sends_of = grouped(sends(account.activities, settings), lambda send: keys.get(send.contact_id))
    nobody: Row = {"rfm_recency": None, "rfm_frequency": None, "rfm_monetary": None, "rfm_segment": "none"}
    rows: Rows = {}
    for key in persons:
        scores, previous = now.get((key,), nobody), before.get((key,), nobody)
        moved = 0
        if (key,) in now and (key,) in before:
            moved = sum(scores[name] - previous[name] for name in ("rfm_recency", "rfm_frequency"))
        human = [[activity.at for activity in send.human_opens + send.human_clicks] for send in sends_of.get(key, [])]
        last = max((at for times in human for at in times), default=None)
        engaged = sum(any(settings.within(at, 365) for at in times) for times in human)
        recency = None if last is None else band("recency", settings.age(last))
        frequency = band("frequency", engaged)
        rows[key] = scores | {
            "previous_rfm_recency": previous["rfm_recency"],
            "previous_rfm_frequency": previous["rfm_frequency"],
            "previous_rfm_segment": previous["rfm_segment"],
            "has_moved_up": int(moved > 0),
            "has_moved_down": int(moved < 0),
            "engagement_recency": recency,
            "engagement_frequency": frequency,
            "engagement_segment": segment_of(recency, frequency),
        }
    return rows


def nps(account: Account, persons: dict[Any, Person], settings: Settings) -> Rows:
    """Who answered in thirteen months; the latest counts, the lower of two at one moment."""
    keys = key_by_contact(persons)
    first = month_after(settings.day(settings.as_of).replace(day=1), -12)
    given = feedback.event_answers(account, keys, settings) + feedback.click_answers(account, keys, settings)
    rows: Rows = {}
    for key, answers in grouped((answer for answer in given if answer[0] >= first), lambda answer: answer[2]).items():
        if key is not None:
            ordered = sorted(answers, key=lambda answer: (-answer[3].timestamp(), answer[4]))
            score = ordered[0][4]
            rows[key] = {
                "nps_score": score,
                "nps_source": ordered[0][1],
                "nps_group": "promoter" if score >= 9 else "passive" if score >= 7 else "detractor",
                "answered_at": ordered[0][3],
                "days_since_answer": settings.age(ordered[0][3]),
                "previous_nps_score": ordered[1][4] if len(ordered) > 1 else None,
            }
    return rows


def milestones(bought_by: dict[Any, Purchases], settings: Settings) -> Rows:
    rows: Rows = {}
    for key, person in bought_by.items():
        count = len(person.orders)
        reached = max((number for number in MILESTONES if number <= count), default=0)
        following = min((number for number in MILESTONES if number > count), default=None)
        if count:
            at = person.orders[reached - 1].at
            rows[key] = {
                "orders_count": count,
                "milestone": reached,
                "milestone_at": at,
                "days_since_milestone": settings.age(at),
                "is_milestone_today": int(settings.age(at) == 0),
                "is_milestone_recent": int(settings.age(at) < 7),
                "next_milestone": following,
                "orders_to_next_milestone": None if following is None else following - count,
                "last_order_at": person.last_at,
                "days_since_last_order": person.days_since_last,
            }
    return rows


def churn_risk(bought_by: dict[Any, Purchases], settings: Settings) -> Rows:
    alive = p_alive(bought_by, settings)
    rows: Rows = {}
    for key, person in bought_by.items():
        if person.orders:
            gap, expected = person.average_days_between, person.expected_next_at
            late = None if expected is None else settings.age(expected)
            rows[key] = {
                "p_alive": rounded(alive.get(key), 4),
                "has_p_alive": int(alive.get(key) is not None),
                "orders_count": len(person.orders),
                "revenue": places(person.revenue),
                "last_order_at": person.last_at,
                "days_since_last_order": person.days_since_last,
                "average_days_between_orders": rounded(gap, 2),
                "expected_next_order_at": expected,
                "days_to_expected_order": None if late is None else max(-late, 0),
                "overdue_days": max(late or 0, 0),
                "is_overdue": int(late is not None and late > 0),
                "gaps_since_last_order": rounded((person.days_since_last or 0) / gap, 2) if gap else None,
            }
    return rows


def devices(account: Account, persons: dict[Any, Person], settings: Settings) -> Rows:
    """How many there are of what, and the one that a push reaches, an app first, of the highest version."""
    keys = key_by_contact(persons)
    reach = reachability(account, persons, settings)
    of_person = grouped(account.devices, lambda device: keys.get(device.get("contactId")))
    rows: Rows = {}
    for key, found in of_person.items():
        if key is not None:
            systems = {(device.get("osType") or "").lower() for device in found} - {""}
            channels = [device_channel(device) for device in found]
            described = max(found, key=_device_rank)
            rows[key] = {
                **{name: reach[key][name] for name in ("reachable_web_push", "reachable_mobile_push")},
                "application_id": described["applicationId"],
                "app_version": described.get("appVersion"),
                "os_type": described.get("osType"),
                "os_version": described.get("osVersion"),
                "device_model": described.get("deviceModel"),
                "device_category": described.get("category"),
                "language_code": described.get("languageCode"),
                "time_zone": described.get("timeZone"),
                "devices_count": len({device["deviceId"] for device in found}),
                "apps_count": channels.count("mobile_push"),
                "browsers_count": channels.count("web_push"),
                "push_tokens_count": sum(bool(device.get("pushToken")) for device in found),
                "has_ios": int("ios" in systems),
                "has_android": int("android" in systems),
                "has_other_os": int(bool(systems - {"ios", "android"})),
                "time_zones_count": len({device["timeZone"] for device in found if device.get("timeZone")}),
            }
    return rows


def _device_rank(device: Row) -> tuple[Any, ...]:
    """Versions by their numbers; of devices that are alike the last by name."""
    version = device.get("appVersion") or ""
    numbers = [int(number) for number in re.findall(r"\d+", version)]
    name = (version, device["deviceId"], device["applicationId"])
    return bool(device.get("pushToken")), device_channel(device) == "mobile_push", numbers, *name


def abandoned_carts(account: Account, found: list[Sale], settings: Settings) -> Rows:
    """The last cart of a person who has not ordered after it; sales come oldest first."""
    lines_of = grouped(account.items, lambda line: line["orderId"])
    last_order = {sale.person: sale.order.at for sale in bought(found)}
    rows: Rows = {}
    for sale in found:
        if sale.person is None or sale.order.status != "abandoned_cart":
            continue
        rows.pop(sale.person, None)
        at = sale.order.at
        if sale.person in last_order and last_order[sale.person] > at:
            continue
        lines = lines_of.get(sale.order.order_id, [])
        dearest = max(lines, key=lambda line: (amount(line), product_id(line)), default=None)
        rows[sale.person] = {
            "cart_id": sale.order.order_id,
            "external_cart_id": sale.order.external_order_id,
            "cart_at": at,
            "days_since_cart": settings.age(at),
            "hours_since_cart": int((settings.as_of - at).total_seconds() // 3600),
            "cart_value": places(sale.order.total),
            "cart_currency": sale.currency,
            "cart_lines": len(lines),
            "cart_quantity": sum(line.get("quantity") or 0 for line in lines),
            "product_id": None if dearest is None or product_id(dearest) == "unknown" else product_id(dearest),
            **_shown(dearest or {}, "name", "url", "imageUrl", "cost"),
        }
    return rows


def _shown(line: Row, *columns: str) -> Row:
    """What messages show of a product."""
    names = {"name": "product_name", "url": "product_url", "imageUrl": "image_url", "cost": "product_price"}
    return {names[column]: line.get(column) for column in columns}


def product_interest(account: Account, persons: dict[Any, Person], found: list[Sale], settings: Settings) -> Rows:
    """Buyers, and who looked at products in 180 days."""
    keys, names = key_by_contact(persons), called(account, settings)
    sales_of = grouped(bought(found), lambda sale: sale.person)
    lines_of = grouped(lines_sold(account, bought(found)), lambda line: line[1].person)
    events = distinct(
        ({**event, "day": event["occured"].date()} for event in account.events if event.get("eventId") is not None),
        ("eventId", "day"),
    )
    views_of = grouped(
        (
            event
            for event in events
            if event["eventTypeKey"] == "productViewed" and settings.within(event["occured"], 180)
        ),
        lambda event: keys.get(event.get("contactId")),
    )
    return {
        key: _named(
            _bought(sales_of.get(key, []), lines_of.get(key, []), settings)
            | _viewed(views_of.get(key, []), lines_of.get(key, []), settings),
            names,
        )
        for key in persons
        if sales_of.get(key) or views_of.get(key)
    }


def _named(row: Row, names: dict[str, Row]) -> Row:
    return row | {
        f"{which}_product_name": names.get(row[f"{which}_product_id"], {}).get("name")
        for which in ("favourite", "last_viewed")
    }


def _bought(orders: list[Sale], lines: list[tuple[Row, Sale]], settings: Settings) -> Row:
    products = grouped((line for line in lines if product_id(line[0]) != "unknown"), lambda line: product_id(line[0]))

    def place(product: str) -> tuple[Any, ...]:
        own = products[product]
        ids = {sale.order.order_id for _, sale in own}
        last = max(sale.order.at for _, sale in own)
        return -len(ids), -sum(line.get("quantity") or 0 for line, _ in own), -last.timestamp(), product

    favourite = min(products, key=place, default=None)
    amounts = [sale.order.total for sale in orders if sale.currency == settings.account_currency]
    discounted = sum(sale.order.discount > 0 for sale in orders)
    return {
        "favourite_product_id": favourite,
        "favourite_product_orders": 0 if favourite is None else -place(favourite)[0],
        "products_bought": len(products),
        "highest_order_value": places(max(amounts)) if amounts else None,
        "last_order_value": places(amounts[-1]) if amounts else None,
        "median_order_value": places(median(amounts)) if amounts else None,
        "discounted_share": places(Decimal(discounted) / len(orders), 4) if orders else None,
    }


def _viewed(views: list[Row], lines: list[tuple[Row, Sale]], settings: Settings) -> Row:
    named = [view for view in views if _parameter(view, "productId") is not None]
    last = max(named, key=lambda view: (view["occured"], view["eventId"]), default=None)
    product = None if last is None else _parameter(last, "productId")
    at: datetime | None = None if last is None else last["occured"]
    since = [sale for line, sale in lines if at is not None and product_id(line) == product and sale.order.at >= at]
    categories = grouped(views, lambda view: _parameter(view, settings.category_parameter))
    categories.pop(None, None)
    latest = {name: max(view["occured"] for view in own) for name, own in categories.items()}
    favourite = max(categories, key=lambda name: (len(categories[name]), latest[name], name), default=None)
    return {
        "favourite_category": favourite,
        "favourite_category_views": len(categories.get(favourite, [])),
        "last_viewed_product_id": product,
        "last_viewed_at": at,
        "days_since_last_view": None if at is None else settings.age(at),
        "views_30d": sum(settings.within(view["occured"], 30) for view in views),
        "is_viewed_not_bought": int(at is not None and not since),
    }


def _parameter(event: Row, name: str) -> str | None:
    parameters = json.loads(event.get("paramsJson") or "[]")
    return next((str(each["value"]).strip() or None for each in parameters if each["name"] == name), None)


def recent_orders(account: Account, found: list[Sale], settings: Settings) -> Rows:
    quantities = grouped(account.items, lambda line: line["orderId"])
    rows: Rows = {}
    for key, orders in grouped(bought(found), lambda sale: sale.person).items():
        for rank, sale in enumerate(reversed(orders[-HIGHEST_RANK:]), start=1):
            lines = quantities.get(sale.order.order_id, [])
            rows[key, rank] = {
                "order_id": sale.order.order_id,
                "external_order_id": sale.order.external_order_id,
                "order_status": sale.order.status,
                "order_at": sale.order.at,
                "days_since_order": settings.age(sale.order.at),
                "total_cost": places(sale.order.total),
                "discount": places(sale.order.discount),
                "currency": sale.currency,
                "order_quantity": sum(line.get("quantity") or 0 for line in lines),
                "delivery_method": sale.order.delivery_method,
                "payment_method": sale.order.payment_method,
            }
    return rows


def recent_items(account: Account, found: list[Sale], settings: Settings) -> Rows:
    """Within an order the marts number lines by descending product."""
    names = called(account, settings)
    rows: Rows = {}
    for key, lines in grouped(lines_sold(account, bought(found)), lambda line: line[1].person).items():
        products = grouped(lines, lambda line: product_id(line[0]))
        products.pop("unknown", None)
        last = {
            name: max(own, key=lambda line: (line[1].order.at, line[1].order.order_id))
            for name, own in products.items()
        }
        latest = {name: (sale.order.at, sale.order.order_id) for name, (_, sale) in last.items()}
        ordered = sorted(products, key=lambda name: (latest[name], name), reverse=True)
        for rank, name in enumerate(ordered[:HIGHEST_RANK], start=1):
            rows[key, rank] = {
                "product_id": name,
                "order_id": latest[name][1],
                "order_at": latest[name][0],
                "times_bought": len(products[name]),
                "days_since_order": settings.age(latest[name][0]),
                "currency": last[name][1].currency,
                **_shown(names[name], "name", "url", "imageUrl"),
                **_shown(last[name][0], "cost"),
            }
    return rows


def recommended_products(account: Account, found: list[Sale], settings: Settings) -> Rows:
    """By the strongest pair that leads from something owned to something that is not; lifts above 1 only."""
    pairs = product_pairs(account, found, settings)
    orders, names = sum(sale.is_valid for sale in found), called(account, settings)
    partners: dict[str, list[tuple[float, int, str]]] = defaultdict(list)
    for (product, other), pair in pairs.items():
        if pair["orders"] * orders > pair["product_orders"] * pair["other_product_orders"]:
            partners[product].append((-pair["confidence"], -pair["orders"], other))
    rows: Rows = {}
    for key, lines in grouped(lines_sold(account, bought(found)), lambda line: line[1].person).items():
        owned = {product_id(line) for line, _ in lines} - {"unknown"}
        best: dict[str, tuple[float, int, str]] = {}
        for product in owned:
            for confidence, together, other in sorted(partners[product])[: 2 * HIGHEST_RANK]:
                if other not in owned:
                    reason = (confidence, together, product)
                    best[other] = min(best.get(other, reason), reason)
        ordered = sorted(best, key=lambda name: (*best[name][:2], name))
        for rank, name in enumerate(ordered[:HIGHEST_RANK], start=1):
            rows[key, rank] = {
                "product_id": name,
                "because_of_product_id": best[name][2],
                "because_of_product_name": names[best[name][2]]["name"],
                **_shown(names[name], "name", "url", "imageUrl"),
                "confidence": rounded(-best[name][0], 4),
            }
    return rows


def expected_segments(
    account: Account, persons: dict[Any, Person], found: list[Sale], settings: Settings
) -> dict[str, Rows]:
    """Rows of each view by key, or by key and rank."""
    by_person = purchases(account, persons, settings)
    return {
        "seg_reachability": reachability(account, persons, settings),
        "seg_engagement": engagement(account, persons, settings),
        "seg_purchase_milestones": milestones(by_person, settings),
        "seg_churn_risk": churn_risk(by_person, settings),
        "seg_devices": devices(account, persons, settings),
        "seg_abandoned_cart": abandoned_carts(account, found, settings),
        "seg_product_interest": product_interest(account, persons, found, settings),
        "seg_lifecycle": lifecycle(account, persons, settings),
        "seg_rfm": rfm(account, persons, settings),
        "seg_nps": nps(account, persons, settings),
        "src_recent_orders": recent_orders(account, found, settings),
        "src_recent_items": recent_items(account, found, settings),
        "src_recommended_products": recommended_products(account, found, settings),
    }
