"""What `seg_contact_profile` should hold: one row per person."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import datetime
from typing import Any

from .engagement import Engagement
from .people import key_by_contact, people
from .purchases import (
    cents,
    monetary_scores,
    p_alive,
    purchases,
    rfm_segment,
    rounded,
)
from .raw import Account, Row
from .reachability import Reachability
from .sends import Send, sends
from .settings import Settings


def age_of(moment: datetime | None, settings: Settings) -> int | None:
    return None if moment is None else settings.age(moment)


def overdue(expected: datetime | None, settings: Settings) -> int:
    """as_of minus the expected next order, if positive; a count of days, so 0 where nothing is expected."""
    return 0 if expected is None else max(settings.age(expected), 0)


def random_bucket(key: Any) -> int:
    """0-9999 from the md5 of the key: its first eight hex digits, modulo 10,000."""
    return int(hashlib.md5(str(key).encode()).hexdigest()[:8], 16) % 10_000


def expected_profile(account: Account, settings: Settings) -> dict[Any, Row]:
    """Rows by key; money rounded to 2, the score to 2, probabilities to 4."""
    persons = people(account, settings)
    keys = key_by_contact(persons)
    bought = purchases(account, persons, settings)
    monetary, alive = monetary_scores(bought), p_alive(bought, settings)
    reach = Reachability(account, settings)
    sends_of: dict[Any, list[Send]] = defaultdict(list)
    for send in sends(account.activities, settings):
        if send.contact_id in keys:
            sends_of[keys[send.contact_id]].append(send)
    profile = {}
    for key, person in persons.items():
        orders = bought[key]
        engagement = Engagement(sends_of[key], settings)
        bulk, triggered = reach.email(person)
        average = orders.average_order_value
        profile[key] = {
            "contact_id": person.last_seen["contactId"],
            "contacts_count": len(person.contact_ids),
            "lifecycle_stage": orders.lifecycle_stage,
            "orders_count": len(orders.orders),
            "revenue": cents(orders.revenue),
            "delivered_revenue": cents(orders.delivered_revenue),
            "average_order_value": None if average is None else cents(average),
            "first_order_at": orders.first_at,
            "last_order_at": orders.last_at,
            "days_since_last_order": orders.days_since_last,
            "repeat_days": orders.repeat_days,
            "recency_days": orders.recency_days,
            "age_days": orders.age_days,
            "p_alive": rounded(alive.get(key), 4),
            "rfm_recency": orders.recency_score,
            "rfm_frequency": orders.frequency_score,
            "rfm_monetary": monetary.get(key),
            "rfm_segment": rfm_segment(orders),
            "engagement_tier": engagement.tier,
            "engagement_score": rounded(engagement.score, 2),
            "preferred_channel": engagement.preferred_channel,
            "best_send_hour": engagement.best_send_hour,
            "last_click_at": engagement.last_click_at,
            "last_open_at": engagement.last_open_at,
            "days_since_last_click": age_of(engagement.last_click_at, settings),
            "days_since_last_open": age_of(engagement.last_open_at, settings),
            "sends_7d": engagement.sends_in(7),
            "sends_30d": engagement.sends_in(30),
            "opens_30d": engagement.opens_in(30),
            "clicks_30d": engagement.clicks_in(30),
            "reachable_email": bulk,
            "reachable_email_triggered": triggered,
            "reachable_sms": reach.by_number("sms", person),
            "reachable_push": reach.push(person),
            "average_days_between_orders": rounded(orders.average_days_between, 2),
            "expected_next_order_at": orders.expected_next_at,
            "random_bucket": random_bucket(key),
            "overdue_days": overdue(orders.expected_next_at, settings),
        }
    return profile
