"""What hold-outs brought to light: people left out of campaigns against the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import sqrt
from statistics import NormalDist, fmean, variance
from typing import Any

from .people import Person
from .profile import random_bucket
from .purchases import rounded
from .raw import Account
from .sales import Sale, bought
from .sales_reports import Rows
from .settings import Settings


@dataclass(frozen=True)
class Holdout:
    """A row of seed `holdouts`."""

    name: str
    first: int
    last: int
    since: date
    until: date | None


def holdout_lift(
    account: Account, found: list[Sale], persons: dict[Any, Person], holdouts: list[Holdout], settings: Settings
) -> Rows:
    """By hold-out that has begun and measure: means by person, and the difference with its interval by Welch."""
    created = {contact["contactId"]: contact.get("createdDate") for contact in account.contacts}
    signed_up = {
        key: min(settings.day(at) for at in times)
        for key, person in persons.items()
        if (times := [at for contact_id in person.contact_ids if (at := created[contact_id]) is not None])
    }
    rows: Rows = {}
    for holdout in holdouts:
        members = [key for key, day in signed_up.items() if day < holdout.since]
        if holdout.since > settings.day(settings.as_of) or not members:
            continue
        orders = dict.fromkeys(members, 0)
        revenue = dict.fromkeys(members, Decimal(0))
        for sale in bought(found):
            if sale.person in orders and holdout.since <= sale.day <= (holdout.until or date.max):
                orders[sale.person] += 1
                revenue[sale.person] += sale.order.total if sale.currency == settings.account_currency else 0
        for measure, amounts in (("orders", orders), ("revenue", revenue)):
            groups: dict[bool, list[float]] = {True: [], False: []}
            for key, amount in amounts.items():
                groups[holdout.first <= random_bucket(key) <= holdout.last].append(float(amount))
            rows[holdout.name, measure] = {
                "bucket_from": holdout.first,
                "bucket_to": holdout.last,
                "since_date": holdout.since,
                "until_date": holdout.until,
                "people_undated": len(persons) - len(signed_up),
                **_compared(groups[True], groups[False]),
            }
    return rows


def _compared(held_out: list[float], rest: list[float]) -> dict[str, Any]:
    low, high = (fmean(group) if group else None for group in (held_out, rest))
    difference = None if low is None or high is None else high - low
    margin = None
    if len(held_out) > 1 and len(rest) > 1:
        squared_error = variance(held_out) / len(held_out) + variance(rest) / len(rest)
        margin = NormalDist().inv_cdf(0.975) * sqrt(squared_error)
    has_margin = difference is not None and margin is not None
    return {
        "people_held_out": len(held_out),
        "people_rest": len(rest),
        "per_person_held_out": rounded(low, 4),
        "per_person_rest": rounded(high, 4),
        "difference": rounded(difference, 4),
        "difference_low": rounded(difference - margin, 4) if has_margin else None,
        "difference_high": rounded(difference + margin, 4) if has_margin else None,
        "lift": rounded(difference / low, 4) if difference is not None and low else None,
        "gained": rounded(difference * len(rest), 2) if difference is not None else None,
    }
