"""Purchase behaviour of persons: orders, RFM, lifecycle, the chance that a customer is still one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from .people import Person, key_by_contact, owner
from .raw import Account, Order
from .settings import Settings, seed

VALID = ("initialized", "in_progress", "delivered")
CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def rounded(number: float | None, digits: int) -> float | None:
    """Halves go away from zero, as in both engines; Python's own round takes them to the even digit."""
    if number is None:
        return None
    return float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def order_currency(account: Account, settings: Settings) -> dict[int, str]:
    """Currency of an order = that of its revenue rows, else var account_currency."""
    by_external: dict[str | None, int] = {
        order.external_order_id: order.order_id for order in account.orders if order.external_order_id
    }
    currency = {order.order_id: settings.account_currency for order in account.orders}
    for row in account.revenue:
        order_id = row["orderId"] if row.get("orderId") is not None else by_external.get(row.get("externalOrderId"))
        if order_id is not None and row.get("currency"):
            currency[order_id] = row["currency"]
    return currency


def band(measure: str, number: int) -> int | None:
    """Score of days since, or of how many: bands of 30, 90, 180, 365 days and of 1, 2, 3-4, 5-9, 10+."""
    if measure == "recency":
        return 5 - sum(number > edge for edge in (30, 90, 180, 365))
    return sum(number >= edge for edge in (1, 2, 3, 5, 10)) or None


@dataclass
class Purchases:
    """The valid orders of one person up to as_of, oldest first; `foreign` are those in other currencies."""

    settings: Settings
    orders: list[Order] = field(default_factory=list)
    foreign: set[int] = field(default_factory=set)

    @cached_property
    def counted(self) -> list[Order]:
        """Per-person money counts orders in account_currency only."""
        return [order for order in self.orders if order.order_id not in self.foreign]

    @property
    def revenue(self) -> Decimal:
        return sum((order.total for order in self.counted), Decimal(0))

    @property
    def delivered_revenue(self) -> Decimal:
        return sum((order.total for order in self.counted if order.status == "delivered"), Decimal(0))

    @property
    def average_order_value(self) -> Decimal | None:
        return self.revenue / len(self.counted) if self.counted else None

    @property
    def first_at(self) -> datetime | None:
        return self.orders[0].at if self.orders else None

    @property
    def last_at(self) -> datetime | None:
        return self.orders[-1].at if self.orders else None

    @cached_property
    def days(self) -> list[date]:
        """Distinct days with a valid order."""
        return sorted({self.settings.day(order.at) for order in self.orders})

    @property
    def repeat_days(self) -> int:
        """X = distinct days with a valid order, minus 1."""
        return max(len(self.days) - 1, 0)

    @property
    def age_days(self) -> int | None:
        """T = days from first order day to as_of."""
        return self.settings.age(self.orders[0].at) if self.orders else None

    @property
    def recency_days(self) -> int | None:
        """t_x = days from first order day to last order day."""
        return (self.days[-1] - self.days[0]).days if self.days else None

    @property
    def days_since_last(self) -> int | None:
        """T - t_x."""
        return self.settings.age(self.orders[-1].at) if self.orders else None

    @property
    def average_days_between(self) -> float | None:
        """t_x / x where x > 0; shown with two decimals."""
        return self.recency_days / self.repeat_days if self.recency_days and self.repeat_days else None

    @property
    def expected_next_at(self) -> datetime | None:
        """Last order time + average_days_between_orders days, to the second."""
        days = self.average_days_between
        return self.last_at + timedelta(seconds=round(days * 86_400)) if self.last_at and days else None

    @property
    def recency_score(self) -> int | None:
        """Bands of 30, 90, 180, 365 days since the last order."""
        days = self.days_since_last
        return None if days is None else band("recency", days)

    @property
    def frequency_score(self) -> int | None:
        """Bands of 1, 2, 3-4, 5-9, 10+ orders."""
        return band("frequency", len(self.orders))

    @property
    def lifecycle_stage(self) -> str:
        """The first that fits."""
        since = self.days_since_last
        if since is None or self.age_days is None:
            return "prospect"
        if len(self.orders) == 1 and self.age_days <= 30:
            return "new"
        if since <= 90 and len(self.days) > 1 and (self.days[-1] - self.days[-2]).days > 180:
            return "reactivated"
        return "active" if since <= 90 else "at_risk" if since <= 180 else "lapsed" if since <= 365 else "lost"


def purchases(account: Account, persons: dict[Any, Person], settings: Settings) -> dict[Any, Purchases]:
    """Valid orders by person key; persons without any have an empty list."""
    keys = key_by_contact(persons)
    currency = order_currency(account, settings)
    found: dict[Any, Purchases] = defaultdict(lambda: Purchases(settings))
    for key in persons:
        found[key] = Purchases(settings)
    for order in sorted(account.orders, key=lambda order: (order.at, order.order_id)):
        key = owner(order, keys, persons, settings)
        if key is not None and order.status in VALID:
            found[key].orders.append(order)
            if currency[order.order_id] != settings.account_currency:
                found[key].foreign.add(order.order_id)
    return dict(found)


def monetary_scores(found: dict[Any, Purchases]) -> dict[Any, int]:
    """least(5, 1 + floor(5 * percent_rank)) over people with a valid order, ties equal."""
    revenue = {key: person.revenue for key, person in found.items() if person.orders}
    others = max(len(revenue) - 1, 1)
    amounts = sorted(revenue.values())
    rank = {amount: number for number, amount in reversed(list(enumerate(amounts)))}
    return {key: min(5, 1 + 5 * rank[amount] // others) for key, amount in revenue.items()}


def rfm_segment(person: Purchases) -> str:
    """Names in seed `rfm_segments`; `none` for people without a valid order."""
    return segment_of(person.recency_score, person.frequency_score)


def segment_of(recency: int | None, frequency: int | None) -> str:
    names = {(row["recency_score"], row["frequency_score"]): row["rfm_segment"] for row in seed("rfm_segments")}
    return names.get((str(recency), str(frequency)), "none")


def p_alive(found: dict[Any, Purchases], settings: Settings) -> dict[Any, float | None]:
    """MBG/NBD: 1 / (1 + a/(b+x) * ((alpha+T)/(alpha+t_x))^(r+x)); null where the account shows too little."""
    buyers = {key: person for key, person in found.items() if person.orders}
    days = [day for person in buyers.values() for day in person.days]
    enough = (
        len(buyers) >= settings.p_alive_people
        and (max(days) - min(days)).days >= settings.p_alive_days
        and sum(person.repeat_days >= 2 for person in buyers.values()) >= settings.p_alive_repeaters
    )
    if not enough:
        return {}
    parameters = {row["parameter"]: float(row["value"]) for row in seed("purchase_parameters")}
    r, alpha, a, b = (parameters[name] for name in ("r", "alpha", "a", "b"))
    chances: dict[Any, float | None] = {}
    for key, person in buyers.items():
        x, t_x, age = person.repeat_days, person.recency_days or 0, person.age_days or 0
        chances[key] = 1 / (1 + a / (b + x) * ((alpha + age) / (alpha + t_x)) ** (r + x))
    return chances
