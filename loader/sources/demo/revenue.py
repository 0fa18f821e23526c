"""The `revenue` dataset: the platform's own attribution of orders to messages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loader.sources.demo.activities import ActivityColumns
from loader.sources.demo.channels import EMAIL, SPELLINGS
from loader.sources.demo.drawing import Flags, Ints, blank, flags_at, integers, money, rare, texts, timestamps
from loader.sources.demo.items import Baskets, external_order_ids, revised_by
from loader.sources.demo.orders import CANCELLED, VALID, Orders
from loader.sources.demo.responses import STATUSES, Rows
from loader.sources.demo.settings import HOUR, DemoSettings, Export

#: A click counts for orders up to so long after it.
EMAIL_WINDOW = 120 * HOUR
OTHER_WINDOW = 24 * HOUR
#: Credited orders that the platform credits twice; rows that name the order by its external number only.
TWICE_CREDITED_RATE = 0.02
NO_ORDER_ID_RATE = 0.02
#: Credited orders in euros; all others are in hryvnias.
EURO_RATE = 0.01

_PERSON = 1 << 33  # more than any epoch second: person and time in one sortable number


@dataclass(frozen=True)
class Credits:
    """Orders credited to clicks: positions in `Orders` and, per credit, the click's row."""

    order: Ints
    click: Rows
    in_euro: Flags
    no_order_id: Flags


def credit(settings: DemoSettings, orders: Orders, clicks: Rows) -> Credits:
    """Credits every order to the contact's last click within the channel's window, a few to the one before as well.

    `clicks` are all clicks of the account.
    """
    rng = settings.stream("revenue")
    mail = clicks.channel == EMAIL
    eligible = np.flatnonzero(((orders.kind == VALID) | (orders.kind == CANCELLED)) & ~orders.guest)
    last = np.full(len(eligible), -1)
    before = np.full(len(eligible), -1)
    for group, window in ((mail, EMAIL_WINDOW), (~mail, OTHER_WINDOW)):
        places = np.flatnonzero(group)
        found, earlier = _last_clicks(orders, eligible, clicks, places, window)
        later = np.where(found < 0, -1, clicks.at[found]) > np.where(last < 0, -1, clicks.at[last])
        before = np.where(later & (earlier >= 0), earlier, before)
        last = np.where(later, found, last)
    credited = np.flatnonzero(last >= 0)
    twice = rare(rng, (last >= 0) & (before >= 0), TWICE_CREDITED_RATE)
    order = np.concatenate([eligible[credited], eligible[twice]])
    click = clicks.take(np.concatenate([last[credited], before[twice]]))
    euro_orders = eligible[credited[rare(rng, np.ones(len(credited), dtype=bool), EURO_RATE)]]
    numbered = pc.is_valid(external_order_ids(orders)).to_numpy(zero_copy_only=False)[order]
    return Credits(
        order=order,
        click=click,
        in_euro=flags_at(len(orders), euro_orders),
        no_order_id=flags_at(len(order), rare(rng, numbered, NO_ORDER_ID_RATE)),
    )


def revenue_table(
    columns: ActivityColumns,
    orders: Orders,
    baskets: Baskets,
    credits: Credits,
    chosen: Ints,
    export: Export,
    last: int,
) -> pa.Table:
    """The `revenue` rows that go with the `orders` rows of the same instalment; old column names in older ones."""
    rows = np.flatnonzero(flags_at(len(orders), chosen)[credits.order])
    order, click = credits.order[rows], credits.click.take(rows)
    revised = revised_by(orders, export.until)[order].astype(np.int64)
    workflow = columns.workflow_ids(click)
    table = columns.shared(click)
    table |= {
        "currency": texts(("UAH", "EUR"), credits.in_euro[order].astype(np.int64)),
        "externalOrderId": external_order_ids(orders).take(pa.array(order)),
        "mediaType": texts(SPELLINGS, click.channel),
        "messageUrl": columns.view_urls(click),
        "orderDate": timestamps(orders.placed[order]),
        "orderId": integers(orders.order_id[order], credits.no_order_id[rows]),
        "totalCost": money(np.stack(baskets.total)[revised, order]),
        "workflowId": blank(integers(workflow), workflow == 0),
    }
    old = export.number < (last + 1) // 2
    table["activity" if old else "activityStatus"] = texts(STATUSES, click.status)
    table["started" if old else "activityDateTime"] = timestamps(click.at)
    return pa.table(table)


def _last_clicks(orders: Orders, eligible: Ints, clicks: Rows, places: Ints, window: int) -> tuple[Ints, Ints]:
    """Per eligible order, the last click at or before it within the window, and the one before that; -1 for none."""
    none = np.full(len(eligible), -1)
    if not len(places):
        return none, none
    by_person = places[np.lexsort((clicks.at[places], clicks.person[places]))]
    keys = clicks.person[by_person].astype(np.int64) * _PERSON + clicks.at[by_person]
    person, placed = orders.person[eligible], orders.placed[eligible]
    at = np.searchsorted(keys, person * _PERSON + placed, side="right") - 1
    earliest = person * _PERSON + placed - window
    found, earlier = (
        np.where((place >= 0) & (keys[np.maximum(place, 0)] >= earliest), by_person[np.maximum(place, 0)], -1)
        for place in (at, at - 1)
    )
    return found, np.where(found >= 0, earlier, -1)
