"""Where people stand and stood: RFM, lifecycle and tiers at two moments, and the reports of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import fmean
from typing import Any

from .engagement import Engagement
from .people import Person, key_by_contact
from .purchases import Purchases, cents, monetary_scores, p_alive, purchases, rfm_segment, rounded
from .raw import Account
from .reachability import Reachability
from .sales_reports import Rows, grouped
from .sends import Send, sends
from .settings import Settings


def earlier(account: Account, settings: Settings) -> tuple[Account, Settings]:
    """The account's orders and activities up to as_of minus compare_days, and the settings of then."""
    then = settings.as_of - timedelta(days=settings.compare_days)
    return (
        replace(
            account,
            orders=[order for order in account.orders if order.at <= then],
            activities=[activity for activity in account.activities if activity.at <= then],
        ),
        replace(settings, as_of=then),
    )


def buyers(account: Account, persons: dict[Any, Person], settings: Settings) -> dict[Any, Purchases]:
    return {key: person for key, person in purchases(account, persons, settings).items() if person.orders}


def rfm(bought: dict[Any, Purchases]) -> Rows:
    """Scores and segment by person with a valid order."""
    monetary = monetary_scores(bought)
    return {
        (key,): {
            "rfm_recency": person.recency_score,
            "rfm_frequency": person.frequency_score,
            "rfm_monetary": monetary[key],
            "rfm_segment": rfm_segment(person),
        }
        for key, person in bought.items()
    }


def stage_on(person: Purchases, day: date) -> str:
    """The stage as the evening of a day found it, or as_of where that comes first."""
    settings = person.settings
    evening = datetime.combine(day, time(23, 59, 59, 999_999), settings.zone)
    then = replace(settings, as_of=min(evening, settings.as_of))
    orders = [order for order in person.orders if order.at <= then.as_of]
    return Purchases(then, orders, person.foreign).lifecycle_stage


def lifecycle(bought: dict[Any, Purchases]) -> Rows:
    """Stage, and the first of the days up to as_of on all of which it holds, found by going back day by day."""
    rows: Rows = {}
    for key, person in bought.items():
        stage = person.lifecycle_stage
        since = person.settings.day(person.settings.as_of)
        while since > person.days[0] and stage_on(person, since - timedelta(days=1)) == stage:
            since -= timedelta(days=1)
        rows[key,] = {"lifecycle_stage": stage, "stage_since": since}
    return rows


def tiers(account: Account, persons: dict[Any, Person], settings: Settings) -> Rows:
    """Tier by person with a send."""
    keys = key_by_contact(persons)
    sends_of: dict[Any, list[Send]] = defaultdict(list)
    for send in sends(account.activities, settings):
        if send.contact_id in keys:
            sends_of[keys[send.contact_id]].append(send)
    return {(key,): {"engagement_tier": Engagement(own, settings).tier} for key, own in sends_of.items()}


def spent(people: Collection[Purchases]) -> Decimal:
    return sum((person.revenue for person in people), Decimal(0))


def rfm_report(bought: dict[Any, Purchases]) -> Rows:
    """By recency and frequency score."""
    monetary = monetary_scores(bought)
    rows: Rows = {}
    for cell, group in grouped(bought.items(), lambda one: (one[1].recency_score, one[1].frequency_score)).items():
        people = [person for _, person in group]
        revenue, counted = spent(people), sum(len(person.counted) for person in people)
        rows[cell] = {
            "rfm_segment": rfm_segment(people[0]),
            "people": len(people),
            "share_of_people": len(people) / len(bought),
            "orders": sum(len(person.orders) for person in people),
            "revenue": cents(revenue),
            "delivered_revenue": cents(sum((person.delivered_revenue for person in people), Decimal(0))),
            "share_of_revenue": rounded(float(revenue / spent(bought.values())), 4),
            "average_order_value": cents(revenue / counted) if counted else None,
            "revenue_per_person": cents(revenue / len(people)),
            "average_monetary": rounded(fmean(monetary[key] for key, _ in group), 2),
        }
    return rows


def rfm_migration(before: dict[Any, Purchases], now: dict[Any, Purchases]) -> Rows:
    """By segment before and now; `none` for people who had no order before."""

    def previous(key: Any) -> str:
        return rfm_segment(before[key]) if key in before else "none"

    moves = grouped(now, lambda key: (previous(key), rfm_segment(now[key])))
    came_from = grouped(now, previous)
    return {
        (origin, segment): {
            "has_moved": int(origin != segment),
            "people": len(keys),
            "share_of_previous": len(keys) / len(came_from[origin]),
            "revenue_since": cents(
                spent([now[key] for key in keys]) - spent([before[key] for key in keys if key in before])
            ),
        }
        for (origin, segment), keys in moves.items()
    }


def lifecycle_report(account: Account, persons: dict[Any, Person], settings: Settings) -> Rows:
    """By stage, prospects too."""
    everybody = purchases(account, persons, settings)
    staged = lifecycle({key: person for key, person in everybody.items() if person.orders})
    reach = Reachability(account, settings)
    today = settings.day(settings.as_of)
    rows: Rows = {}
    for stage, keys in grouped(persons, lambda key: everybody[key].lifecycle_stage).items():
        revenue = spent([everybody[key] for key in keys])
        email = [reach.email(persons[key]) for key in keys]
        sms = [reach.by_number("sms", persons[key]) for key in keys]
        viber = [reach.by_number("viber", persons[key]) for key in keys]
        push = [reach.push(persons[key]) for key in keys]
        reachable = sum(any((mail[0], *others)) for mail, *others in zip(email, sms, viber, push, strict=True))
        days = [(today - staged[key,]["stage_since"]).days for key in keys if (key,) in staged]
        rows[stage,] = {
            "people": len(keys),
            "share_of_people": len(keys) / len(persons),
            "orders": sum(len(everybody[key].orders) for key in keys),
            "revenue": cents(revenue),
            "share_of_revenue": rounded(float(revenue / spent(everybody.values())), 4),
            "revenue_per_person": cents(revenue / len(keys)),
            "reachable": reachable,
            "reachable_email": sum(bulk for bulk, _ in email),
            "reachable_email_triggered": sum(triggered for _, triggered in email),
            "reachable_sms": sum(sms),
            "reachable_viber": sum(viber),
            "reachable_push": sum(push),
            "reachable_rate": reachable / len(keys),
            "entered_30d": sum(age < 30 for age in days) if days else None,
            "average_days_in_stage": rounded(fmean(days), 1) if days else None,
        }
    return rows


def churn_risk(bought: dict[Any, Purchases], settings: Settings) -> Rows:
    """By tenth of the people by p_alive; equal chances are in one tenth."""
    chances = {key: rounded(chance, 4) or 0.0 for key, chance in p_alive(bought, settings).items()}

    def tenth(key: Any) -> int:
        below = sum(chance < chances[key] for chance in chances.values())
        return min(10, 1 + 10 * below // (len(chances) - 1))

    def last_year(person: Purchases) -> Decimal:
        return sum((order.total for order in person.counted if settings.within(order.at, 365)), Decimal(0))

    rows: Rows = {}
    for number, keys in grouped(chances, tenth).items():
        people = [bought[key] for key in keys]
        rows[number,] = {
            "people": len(keys),
            "average_p_alive": rounded(fmean(chances[key] for key in keys), 4),
            "lowest_p_alive": min(chances[key] for key in keys),
            "highest_p_alive": max(chances[key] for key in keys),
            "average_days_since_last_order": rounded(fmean(person.days_since_last or 0 for person in people), 1),
            "revenue_365d": cents(sum(map(last_year, people), Decimal(0))),
            "revenue_at_risk": cents(
                sum((last_year(bought[key]) * (1 - Decimal(str(chances[key]))) for key in keys), Decimal(0))
            ),
        }
    return rows
