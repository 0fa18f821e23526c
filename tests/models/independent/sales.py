"""Orders with what reports need to know of each: its person, its number among the person's, its currency, its day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .people import Person, key_by_contact, owner
from .purchases import VALID, order_currency
from .raw import Account, Order
from .settings import Settings


@dataclass(frozen=True)
class Sale:
    """An order of any status. `number` counts the valid orders of a person from 1; others have none."""

    order: Order
    person: Any
    currency: str
    number: int | None
    day: date

    @property
    def is_valid(self) -> bool:
        return self.order.status in VALID

    @property
    def is_delivered(self) -> bool:
        return self.order.status == "delivered"

    @property
    def month(self) -> date:
        return self.day.replace(day=1)


def sales(account: Account, persons: dict[Any, Person], settings: Settings) -> list[Sale]:
    """All orders up to as_of, oldest first."""
    keys = key_by_contact(persons)
    currency = order_currency(account, settings)
    made: Counter[Any] = Counter()
    found = []
    for order in sorted(account.orders, key=lambda order: (order.at, order.order_id)):
        person = owner(order, keys, persons, settings)
        number = None
        if person is not None and order.status in VALID:
            made[person] += 1
            number = made[person]
        found.append(Sale(order, person, currency[order.order_id], number, settings.day(order.at)))
    return found


def valid(found: list[Sale]) -> list[Sale]:
    return [sale for sale in found if sale.is_valid]


def bought(found: list[Sale]) -> list[Sale]:
    """The valid orders of somebody."""
    return [sale for sale in found if sale.number is not None]


def total(found: list[Sale]) -> Decimal:
    return sum((sale.order.total for sale in found), Decimal(0))


def delivered_total(found: list[Sale]) -> Decimal:
    return total([sale for sale in found if sale.is_delivered])


def people_of(found: list[Sale]) -> int:
    return len({sale.person for sale in found if sale.person is not None})


def places(amount: Decimal, digits: int = 2) -> Decimal:
    """To so many digits, halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def month_after(month: date, months: int = 1) -> date:
    """The first day of the month so many months later."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def days_from(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
