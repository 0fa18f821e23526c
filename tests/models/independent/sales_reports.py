"""What the reports of orders and customers should hold, each as rows by the values of its grain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import timedelta
from decimal import Decimal
from statistics import fmean, median
from typing import Any, TypeVar

from .people import LONG_AGO, Person
from .raw import Row
from .sales import Sale, bought, days_from, delivered_total, month_after, people_of, places, total, valid
from .settings import Settings

Rows = dict[Any, Row]
T = TypeVar("T")


def grouped(found: Iterable[T], key: Callable[[T], Hashable]) -> dict[Any, list[T]]:
    groups: dict[Any, list[T]] = defaultdict(list)
    for item in found:
        groups[key(item)].append(item)
    return groups


def revenue_daily(found: list[Sale], settings: Settings) -> Rows:
    """By day and currency; every day from the currency's first order of any status to as_of."""
    rows: Rows = {}
    for currency, of_currency in grouped(found, lambda sale: sale.currency).items():
        by_day = grouped(of_currency, lambda sale: sale.day)
        for day in days_from(min(by_day), settings.day(settings.as_of)):
            placed = by_day.get(day, [])
            counted = valid(placed)
            rows[day, currency] = {
                "orders": len(counted),
                "delivered_orders": sum(sale.is_delivered for sale in placed),
                "cancelled_orders": sum(sale.order.status == "cancelled" for sale in placed),
                "abandoned_carts": sum(sale.order.status == "abandoned_cart" for sale in placed),
                "customers": people_of(counted),
                "new_customers": sum(sale.number == 1 for sale in counted),
                "revenue": places(total(counted)),
                "delivered_revenue": places(delivered_total(counted)),
                "average_order_value": places(total(counted) / len(counted)) if counted else None,
            }
    return rows


def new_vs_returning(found: list[Sale]) -> Rows:
    """By month, currency and whether the order is a person's first valid one."""
    rows: Rows = {}
    for (month, currency), of_month in grouped(valid(found), lambda sale: (sale.month, sale.currency)).items():
        for kind, counted in grouped(of_month, _kind).items():
            rows[month, currency, kind] = {
                "orders": len(counted),
                "customers": people_of(counted),
                "revenue": places(total(counted)),
                "delivered_revenue": places(delivered_total(counted)),
                "average_order_value": places(total(counted) / len(counted)),
                "share_of_revenue": places(total(counted) / total(of_month), 4) if total(of_month) else None,
            }
    return rows


def _kind(sale: Sale) -> str:
    return "unknown" if sale.person is None else "new" if sale.number == 1 else "returning"


def order_status(found: list[Sale], settings: Settings) -> Rows:
    """By month, age in days at as_of, status and currency."""

    def age_band(sale: Sale) -> str:
        age = (settings.day(settings.as_of) - sale.day).days
        return next((name for last, name in ((7, "0_7"), (30, "8_30"), (90, "31_90")) if age <= last), "over_90")

    rows: Rows = {}
    for (month, band, currency), alike in grouped(found, lambda s: (s.month, age_band(s), s.currency)).items():
        for status, counted in grouped(alike, lambda sale: sale.order.status).items():
            rows[month, band, status, currency] = {
                "orders": len(counted),
                "total_cost": places(total(counted)),
                "share_of_orders": len(counted) / len(alike),
            }
    return rows


def cohorts(found: list[Sale], settings: Settings) -> tuple[Rows, Rows]:
    """Retention and revenue by month of the first valid order and months since; rates of months that are over."""
    today = settings.day(settings.as_of)
    by_person = grouped(bought(found), lambda sale: sale.person)
    retention: Rows = {}
    revenue: Rows = {}
    for cohort, members in grouped(by_person.values(), lambda own: min(sale.month for sale in own)).items():
        cumulative_orders, cumulative = 0, Decimal(0)
        month, number = cohort, 0
        while month <= today:
            is_over = month_after(month) <= today
            active = [[sale for sale in own if sale.month == month] for own in members]
            orders = [sale for own in active for sale in own]
            amount = total([sale for sale in orders if sale.currency == settings.account_currency])
            cumulative_orders, cumulative = cumulative_orders + len(orders), cumulative + amount
            shared = {"activity_month": month, "is_complete": int(is_over), "cohort_customers": len(members)}
            retention[cohort, number] = shared | {
                "active_customers": sum(bool(own) for own in active),
                "retention_rate": sum(bool(own) for own in active) / len(members) if is_over else None,
            }
            revenue[cohort, number] = shared | {
                "currency": settings.account_currency,
                "orders": len(orders),
                "revenue": places(amount),
                "cumulative_orders": cumulative_orders,
                "cumulative_revenue": places(cumulative),
                "orders_per_customer": places(Decimal(cumulative_orders) / len(members), 4) if is_over else None,
                "revenue_per_customer": places(cumulative / len(members)) if is_over else None,
            }
            month, number = month_after(month), number + 1
    return retention, revenue


def quantile(values: list[int], share: float) -> float | None:
    """Linear interpolation between the neighbours of place share * (n - 1)."""
    if not values:
        return None
    ordered, place = sorted(values), share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def purchase_intervals(found: list[Sale]) -> Rows:
    """By number of the day with a valid order: days to the person's next such day."""
    reached: dict[int, int] = defaultdict(int)
    gaps: dict[int, list[int]] = defaultdict(list)
    for own in grouped(bought(found), lambda sale: sale.person).values():
        days = sorted({sale.day for sale in own})
        for number, day in enumerate(days, start=1):
            reached[number] += 1
            if number < len(days):
                gaps[number].append((days[number] - day).days)
    return {
        (number,): {
            "customers": customers,
            "customers_again": len(gaps[number]),
            "repeat_rate": len(gaps[number]) / customers,
            "average_days": fmean(gaps[number]) if gaps[number] else None,
            "quarter_within_days": quantile(gaps[number], 0.25),
            "median_days": quantile(gaps[number], 0.5),
            "three_quarters_within_days": quantile(gaps[number], 0.75),
            "nine_tenths_within_days": quantile(gaps[number], 0.9),
        }
        for number, customers in reached.items()
    }


def signup_conversion(found: list[Sale], contacts: list[Row], persons: dict[Any, Person], settings: Settings) -> Rows:
    """By month and source of the person's first contact."""
    today = settings.day(settings.as_of)
    by_id = {contact["contactId"]: contact for contact in contacts}
    first_day = {own[0].person: own[0].day for own in grouped(bought(found), lambda sale: sale.person).values()}
    signups = []
    for person in persons.values():
        own = [by_id[contact_id] for contact_id in person.contact_ids if by_id[contact_id].get("createdDate")]
        if own:
            first = min(own, key=lambda contact: (contact["createdDate"] or LONG_AGO, contact["contactId"]))
            day = settings.day(first["createdDate"])
            ordered = first_day.get(person.key)
            signups.append((day, first.get("contactSource") or "unknown", ordered and (ordered - day).days))
    rows: Rows = {}
    for (month, source), group in grouped(signups, lambda one: (one[0].replace(day=1), one[1])).items():
        days = [waited for _, _, waited in group]
        new = [waited for waited in days if waited is None or waited >= 0]
        came = [waited for waited in new if waited is not None]
        row: Row = {
            "people": len(group),
            "bought_before_signup": len(days) - len(new),
            "new_people": len(new),
            "converted": len(came),
            "conversion_rate": len(came) / len(new) if new else None,
            "median_days_to_first_order": median(came) if came else None,
        }
        for window in (7, 30, 90):
            within = sum(waited <= window for waited in came)
            last_day = month_after(month) - timedelta(days=1) + timedelta(days=window)
            row[f"converted_{window}d"] = within
            row[f"conversion_rate_{window}d"] = within / len(new) if new and last_day < today else None
        rows[month, source] = row
    return rows
