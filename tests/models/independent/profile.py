"""What `seg_contact_profile` should hold: one row per person."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from .engagement import Engagement
from .people import key_by_contact, people
from .purchases import (
    cents,
    monetary_scores,
    p_alive,
    purchases,
    rfm_segment,
)
from .raw import Row, read_account
from .reachability import Reachability
from .sends import Send, sends
from .settings import Settings


def expected_profile(folder: Path, settings: Settings) -> dict[Any, Row]:
    """Rows by key; money rounded to 2, the score to 2, probabilities to 4."""
    account = read_account(folder, settings.as_of)
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
        average, chance = orders.average_order_value, alive.get(key)
        profile[key] = {
            "contact_id": person.last_seen["contactId"],
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
            "p_alive": None if chance is None else round(chance, 4),
            "rfm_recency": orders.recency_score,
            "rfm_frequency": orders.frequency_score,
            "rfm_monetary": monetary.get(key),
            "rfm_segment": rfm_segment(orders),
            "engagement_tier": engagement.tier,
            "engagement_score": round(engagement.score, 2),
            "preferred_channel": engagement.preferred_channel,
            "best_send_hour": engagement.best_send_hour,
            "last_click_at": engagement.last_click_at,
            "last_open_at": engagement.last_open_at,
            "sends_7d": engagement.sends_in(7),
            "sends_30d": engagement.sends_in(30),
            "opens_30d": engagement.opens_in(30),
            "clicks_30d": engagement.clicks_in(30),
            "reachable_email": bulk,
            "reachable_email_triggered": triggered,
            "reachable_sms": reach.sms(person),
            "reachable_push": reach.push(person),
            "average_days_between_orders": orders.average_days_between,
            "expected_next_order_at": orders.expected_next_at,
        }
    return profile
