"""What the reports of products should hold, from the lines of the valid orders."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import permutations
from typing import Any

from .raw import Account, Row
from .sales import Sale, places, valid
from .sales_reports import Rows, grouped
from .settings import Settings

Line = tuple[Row, Sale]


def product_id(line: Row) -> str:
    return (line.get("externalProductId") or "").strip() or "unknown"


def amount(line: Row) -> Decimal:
    """Item revenue = cost x quantity."""
    return Decimal(str(line.get("cost") or 0)) * (line.get("quantity") or 0)


def called(account: Account, settings: Settings) -> dict[str, Row]:
    """The newest line of each product, by the order's number at equal times: it tells name, page and picture.

    Rows later than as_of count nowhere.
    """
    told = [line for line in account.items if line["orderDate"] <= settings.as_of]
    lines = sorted(told, key=lambda line: (line["orderDate"], line["orderId"]))
    return {product_id(line): line for line in lines} | {"unknown": {}}


def lines_sold(account: Account, found: list[Sale]) -> list[Line]:
    by_id = {sale.order.order_id: sale for sale in valid(found)}
    return [(line, by_id[line["orderId"]]) for line in account.items if line["orderId"] in by_id]


def products(account: Account, found: list[Sale], settings: Settings) -> Rows:
    """By product and currency of the order."""
    sold, names = lines_sold(account, found), called(account, settings)
    rows: Rows = {}
    for currency, of_currency in grouped(sold, lambda line: line[1].currency).items():
        everything = sum((amount(line) for line, _ in of_currency), Decimal(0))
        for product, lines in grouped(of_currency, lambda line: product_id(line[0])).items():
            quantity = sum(line.get("quantity") or 0 for line, _ in lines)
            revenue = sum((amount(line) for line, _ in lines), Decimal(0))
            delivered = sum((amount(line) for line, sale in lines if sale.is_delivered), Decimal(0))
            days = [sale.day for _, sale in lines]
            rows[product, currency] = {
                "product_name": names[product].get("name"),
                "orders": len({sale.order.order_id for _, sale in lines}),
                "customers": len({sale.person for _, sale in lines if sale.person is not None}),
                "quantity": quantity,
                "item_revenue": places(revenue),
                "delivered_item_revenue": places(delivered),
                "average_unit_cost": places(revenue / quantity) if quantity else None,
                "share_of_item_revenue": places(revenue / everything, 4) if everything else None,
                "first_order_date": min(days),
                "last_order_date": max(days),
                "days_since_last_order": (settings.day(settings.as_of) - max(days)).days,
            }
    return rows


def product_pairs(account: Account, found: list[Sale], settings: Settings) -> Rows:
    """Distinct products per order, all valid orders as the denominator, pairs of at least so many orders."""
    baskets: dict[int, set[str]] = {
        order_id: {product_id(line) for line, _ in lines} - {"unknown"}
        for order_id, lines in grouped(lines_sold(account, found), lambda line: line[1].order.order_id).items()
    }
    orders, names = len(valid(found)), called(account, settings)
    having = Counter(product for basket in baskets.values() for product in basket)
    together: Counter[tuple[Any, Any]] = Counter(
        pair for basket in baskets.values() for pair in permutations(sorted(basket), 2)
    )
    return {
        pair: {
            "product_name": names[pair[0]].get("name"),
            "other_product_name": names[pair[1]].get("name"),
            "orders": count,
            "product_orders": having[pair[0]],
            "other_product_orders": having[pair[1]],
            "support": count / orders,
            "confidence": count / having[pair[0]],
            "lift": (count / having[pair[0]]) / (having[pair[1]] / orders),
        }
        for pair, count in together.items()
        if count >= settings.product_pairs_min_orders
    }
