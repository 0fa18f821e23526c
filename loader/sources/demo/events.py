"""The `events` dataset: what people did on the site and in the app, and what they answered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from loader.sources.demo.catalogue import Catalogue
from loader.sources.demo.contacts import People
from loader.sources.demo.drawing import (
    Codes,
    Ints,
    Rare,
    blank,
    flags_at,
    integers,
    joined,
    plain_texts,
    rare,
    time_of_day,
    timestamps,
)
from loader.sources.demo.items import external_order_ids
from loader.sources.demo.orders import CART, Orders
from loader.sources.demo.responses import Rows
from loader.sources.demo.settings import DAY, HOUR, MINUTE, DemoSettings, Export
from loader.sources.demo.workflows import contact_events, order_events

#: Visits of a contact over the account's history, on average for one that opens everything.
VISITS = 12.0
#: Views by nobody known.
ANONYMOUS_RATE = 0.02
#: People who left the mailing list and come back to it, and after how many days.
RETURN_RATE = 0.08
DAYS_AWAY = 10
REPEATED_RATE = 0.002
LATE_RATE = 0.003

_FIRST_OTHER_EVENT = 6_000_000_000


def events_tables(
    settings: DemoSettings, people: People, orders: Orders, goods: Catalogue, answers: tuple[Rows, Codes], leavers: Rows
) -> Iterator[tuple[Export, pa.Table]]:
    """The events, instalment by instalment; a few rows twice, a few one instalment late.

    `answers` are the clicks on NPS answers and their scores, `leavers` the unsubscribes.
    """
    rng = settings.stream("events")
    events = pa.concat_tables(
        [
            _sign_ups(people),
            _orders(people, orders),
            *_views(settings, rng, people, orders, goods),
            _answers(people, *answers),
            _returns(rng, people, leavers),
        ]
    )
    at = events["occured"].to_numpy()
    number = events["eventId"].to_numpy()
    # The numbers of contacts' and orders' events are known to the workflows that they start; the others follow.
    numbers = np.where(number > 0, number, _FIRST_OTHER_EVENT + np.arange(len(events)))
    events = events.set_column(events.schema.get_field_index("eventId"), "eventId", integers(numbers))
    order = np.argsort(at, kind="stable")
    order = order[at[order] < settings.until]
    arriving = np.searchsorted(at[order], [export.until for export in settings.exports()], side="left")
    late, repeated = Rare(LATE_RATE), Rare(REPEATED_RATE)
    overdue, start = order[:0], 0
    for export, stop in zip(settings.exports(), arriving, strict=True):
        own = order[start:stop]
        more = export.until < settings.until
        held = flags_at(len(own), late.pick(rng, np.ones(len(own), dtype=bool) & more))
        twice = own[repeated.pick(rng, ~held)]
        places = np.concatenate([own[~held], twice, overdue])
        overdue, start = own[held], stop
        chosen = events.take(pa.array(places))
        field = chosen.schema.get_field_index("occured")
        yield export, chosen.set_column(field, "occured", timestamps(at[places]))


def _table(
    people: People, person: Ints | Codes, at: Ints, type_key: str, params: pa.Array, number: Ints | None = None
) -> pa.Table:
    """Events of one type; `occured` still in epoch seconds, a number of 0 where it is still to be given."""
    size = len(person)
    return pa.table(
        {
            "contactId": integers(people.contact_id[person]),
            "eventId": integers(np.zeros(size, dtype=np.int64) if number is None else number),
            "eventTypeKey": pa.array([type_key]).take(pa.array(np.zeros(size, dtype=np.int64))),
            "keyValue": people.identity.email.take(pa.array(person)),
            "occured": pa.array(at, pa.int64()),
            "paramsJson": params,
        }
    )


def _sign_ups(people: People) -> pa.Table:
    """The imported list caused no events, and older integrations send none of the parameters."""
    who = np.flatnonzero(~people.imported)
    params = plain_texts(['[{"name": "form", "value": "footer"}]', None], np.minimum(who % 5, 1))
    return _table(people, who, people.created[who], "contactCreated", params, contact_events(who))


def _orders(people: People, orders: Orders) -> pa.Table:
    number = np.arange(len(orders))
    cart = orders.kind == CART
    params = joined('[{"name": "externalOrderId", "value": "', external_order_ids(orders).fill_null(""), '"}]')
    table = _table(people, orders.person, orders.placed, "orderCreated", params, order_events(number))
    kinds = plain_texts(["orderCreated", "abandonedCart"], cart.astype(np.int64))
    guests = blank(table["contactId"].combine_chunks(), orders.guest)
    return table.set_column(2, "eventTypeKey", kinds).set_column(0, "contactId", guests)


def _views(
    settings: DemoSettings, rng: np.random.Generator, people: People, orders: Orders, goods: Catalogue
) -> Iterator[pa.Table]:
    """Visits at any time of a contact's life, and what leads to orders and carts."""
    share = people.open_rate * (settings.until - people.created) / (settings.until - settings.since)
    visitor = np.repeat(np.arange(len(people)), rng.poisson(VISITS * share))
    day = people.created[visitor] + rng.random(len(visitor)) * (settings.until - people.created[visitor])
    visited = np.maximum(
        day.astype(np.int64) // DAY * DAY + time_of_day(rng, len(visitor)), people.created[visitor] + 1
    )
    # Whoever signed up by ordering was nobody known while choosing.
    order = np.flatnonzero(orders.placed - people.created[orders.person] > HOUR)
    placed = orders.placed[order]
    before = np.repeat(placed, 2) - rng.integers(6 * MINUTE, 50 * MINUTE, 2 * len(order))
    person = np.concatenate([visitor, np.repeat(orders.person[order], 2)])
    seen = rng.choice(len(goods), len(person), p=goods.popularity)
    params = [
        f'[{{"name": "productId", "value": "{product}"}}, {{"name": "price", "value": "{price / 100:.2f}"}}]'
        for product, price in zip(goods.product_id, goods.price, strict=True)
    ]
    views = _table(people, person, np.concatenate([visited, before]), "productViewed", plain_texts(params, seen))
    nobody = flags_at(len(person), rare(rng, np.ones(len(person), dtype=bool), ANONYMOUS_RATE))
    for field in ("contactId", "keyValue"):
        place = views.schema.get_field_index(field)
        views = views.set_column(place, field, blank(views[field].combine_chunks(), nobody))
    yield views
    put = seen[len(visitor) :: 2]
    yield _table(people, orders.person[order], placed - 4 * MINUTE, "addToCart", plain_texts(params, put))


def _answers(people: People, clicks: Rows, scores: Codes) -> pa.Table:
    """NPS answers of people; a scanner clicks on the answers but sends no form."""
    human = ~people.scanner[clicks.person]
    params = [f'[{{"name": "score", "value": "{score}"}}]' for score in range(11)]
    return _table(people, clicks.person[human], clicks.at[human] + 5, "npsAnswer", plain_texts(params, scores[human]))


def _returns(rng: np.random.Generator, people: People, leavers: Rows) -> pa.Table:
    back = rare(rng, np.ones(len(leavers), dtype=bool), RETURN_RATE)
    params = plain_texts(['[{"name": "source", "value": "preference centre"}]'], np.zeros(len(back), dtype=np.int64))
    return _table(people, leavers.person[back], leavers.at[back] + DAYS_AWAY * DAY, "emailSubscribed", params)
