"""How customers buy: the MBG/NBD process with known parameters.

Model: Batislam, Denizel, Filiztekin, "Empirical validation and comparison of models for customer base analysis",
International Journal of Research in Marketing 24 (2007). A customer buys at rate lambda, drawn from
Gamma(r, rate alpha), while alive; after every purchase, the first one included, the customer is lost with
probability p, drawn from Beta(a, b).
"""

from __future__ import annotations

import numpy as np

from loader.purchases.model import Parameters
from loader.sources.demo.drawing import Floats, Ints

#: Times are in days: about 75 between purchases on average. One customer in five is lost after any given purchase.
PURCHASE_PARAMETERS = Parameters(r=0.6, alpha=45.0, a=0.6, b=2.4)


def simulate_purchases(rng: np.random.Generator, horizon: Floats) -> tuple[Ints, Floats]:
    """Draws repeat purchases of customers observed for `horizon` days after their first purchase.

    Returns:
        customer: position in `horizon` of each repeat purchase;
        day: time of that purchase in days after the customer's first, below the horizon. First purchases (day 0)
        are not among them.

    """
    r, alpha, a, b = PURCHASE_PARAMETERS.as_array()
    rate = rng.gamma(r, 1 / alpha, len(horizon))
    leaving = rng.beta(a, b, len(horizon))
    customer = np.flatnonzero(rng.random(len(horizon)) >= leaving)
    day = np.zeros(len(customer))
    customers: list[Ints] = [customer[:0]]
    days: list[Floats] = [day[:0]]
    while len(customer):
        # A rate of almost 0 gives an infinite wait, which the horizon cuts off like any other.
        with np.errstate(divide="ignore", over="ignore"):
            day = day + rng.standard_exponential(len(customer)) / rate[customer]
        bought = day < horizon[customer]
        customer, day = customer[bought], day[bought]
        customers.append(customer)
        days.append(day)
        stays = rng.random(len(customer)) >= leaving[customer]
        customer, day = customer[stays], day[stays]
    return np.concatenate(customers), np.concatenate(days)
