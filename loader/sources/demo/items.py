"""The `orders` and `orderItems` datasets: what was bought, for how much, and how orders change between exports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from loader.sources.demo.catalogue import Catalogue
from loader.sources.demo.contacts import People
from loader.sources.demo.drawing import (
    Flags,
    Ints,
    blank,
    flags_at,
    integers,
    joined,
    money,
    padded,
    texts,
    timestamps,
    weighted,
)
from loader.sources.demo.orders import CART, Orders
from loader.sources.demo.settings import DemoSettings, Export

#: Chance that the product that goes with another is bought along.
COMPANION_RATE = 0.3
DISCOUNT_RATE = 0.22
#: Hryvnias per euro.
EURO = 45

_DELIVERY = ("Nova Poshta", "Ukrposhta", "Courier", "Pickup", None)
_PAYMENT = ("card", "cash on delivery", "Apple Pay", "instalments")


@dataclass(frozen=True)
class Baskets:
    """Lines of all orders, by order; amounts in hundredths of the order's currency.

    Attributes:
        dropped: lines that the order has only until it is revised.
        discount: per order, at first and when revised.
        total: the same: sum of the lines less the discount.

    """

    order: Ints
    product: Ints
    quantity: Ints
    cost: Ints
    dropped: Flags
    discount: tuple[Ints, Ints]
    total: tuple[Ints, Ints]


def fill_baskets(settings: DemoSettings, goods: Catalogue, orders: Orders, in_euro: Flags) -> Baskets:
    """Draws what each order contains; a revised order loses its last line or gets a larger discount, in turns."""
    rng = settings.stream("items")
    loses_line = flags_at(len(orders), np.flatnonzero(orders.revised)[::2])
    count = np.maximum(1 + rng.poisson(0.7, len(orders)), np.where(loses_line, 2, 1))
    order = np.repeat(np.arange(len(orders)), count)
    product = rng.choice(len(goods), len(order), p=goods.popularity)
    along = rng.random(len(order)) < COMPANION_RATE
    order = np.concatenate([order, order[along]])
    product = np.concatenate([product, goods.companion[product[along]]])
    by_order = np.argsort(order, kind="stable")
    order, product = order[by_order], product[by_order]
    quantity = 1 + weighted(rng, (86, 11, 3), len(order))
    cost = np.where(in_euro[order], np.maximum(goods.price[product] // EURO, 1), goods.price[product])

    last_line = np.append(order[1:] != order[:-1], True)
    dropped = loses_line[order] & last_line
    all_lines = np.bincount(order, cost * quantity, len(orders)).astype(np.int64)
    kept_lines = all_lines - np.bincount(order, cost * quantity * dropped, len(orders)).astype(np.int64)
    percent = np.where(rng.random(len(orders)) < DISCOUNT_RATE, rng.integers(5, 21, len(orders)), 0)
    discount = kept_lines * percent // 100
    revised_discount = np.where(orders.revised & ~loses_line, discount + kept_lines // 20, discount)
    return Baskets(
        order=order,
        product=product,
        quantity=quantity,
        cost=cost,
        dropped=dropped,
        discount=(discount, revised_discount),
        total=(all_lines - discount, kept_lines - revised_discount),
    )


def exported(orders: Orders, export: Export) -> Ints:
    """Orders of one instalment: those placed in it, and older ones that changed since the last one."""
    placed = (orders.placed >= export.since) & (orders.placed < export.until)
    changed = (orders.placed < export.since) & (orders.settled_at() >= export.since)
    return np.flatnonzero(placed | changed)


def revised_by(orders: Orders, moment: int) -> Flags:
    """Which orders have had their total revised: when they are settled."""
    return orders.revised & (orders.settled_at() < moment)


def external_order_ids(orders: Orders) -> pa.Array:
    """Numbers in the shop's own system; carts have none yet."""
    number = np.arange(len(orders))
    return blank(joined("SO-", padded(number + 1, 7)), (number % 50 == 49) | (orders.kind == CART))


def orders_table(people: People, orders: Orders, baskets: Baskets, chosen: Ints, export: Export) -> pa.Table:
    """The `orders` rows of one instalment, each in its state at the instalment's end."""
    person, guest = orders.person[chosen], orders.guest[chosen]
    revised = revised_by(orders, export.until)[chosen].astype(np.int64)
    take = pa.array(person)
    discount, total = (np.stack(versions)[revised, chosen] for versions in (baskets.discount, baskets.total))
    method = orders.order_id[chosen] // 3 % 11 % len(_DELIVERY)
    address = joined(people.identity.city.take(take), ", ", "warehouse ", orders.order_id[chosen] % 97 + 1)
    return pa.table(
        {
            "contactId": integers(people.contact_id[person], guest),
            "deliveryAddress": address,
            "deliveryMethod": texts(_DELIVERY, method),
            "discount": blank(money(discount), (discount == 0) & (orders.order_id[chosen] % 2 == 0)),
            "email": people.identity.email.take(take),
            "externalOrderId": external_order_ids(orders).take(pa.array(chosen)),
            "firstName": people.identity.first_name.take(take),
            "lastName": people.identity.last_name.take(take),
            "orderCreatedDate": timestamps(orders.placed[chosen] + orders.order_id[chosen] % 40),
            "orderDate": timestamps(orders.placed[chosen]),
            "orderId": integers(orders.order_id[chosen]),
            "paymentMethod": texts(_PAYMENT, orders.order_id[chosen] % 13 % len(_PAYMENT)),
            "Phone": people.identity.phone.take(take),
            "Status": orders.statuses(export.until).take(pa.array(chosen)),
            "totalCost": money(total),
        }
    )


def items_table(goods: Catalogue, orders: Orders, baskets: Baskets, chosen: Ints, export: Export) -> pa.Table:
    """The `orderItems` rows that go with the `orders` rows of the same instalment."""
    wanted = flags_at(len(orders), chosen)
    gone = baskets.dropped & revised_by(orders, export.until)[baskets.order]
    lines = np.flatnonzero(wanted[baskets.order] & ~gone)
    order, product = baskets.order[lines], baskets.product[lines]
    return pa.table(
        {
            "cost": money(baskets.cost[lines]),
            "description": texts(goods.description, product),
            "externalProductId": texts(goods.product_id, product),
            "imageUrl": texts(goods.image_url, product),
            "name": texts(goods.name, product),
            "orderDate": timestamps(orders.placed[order]),
            "orderId": integers(orders.order_id[order]),
            "quantity": integers(baskets.quantity[lines]),
            "url": texts(goods.url, product),
        }
    )
