"""The MBG/NBD model: likelihood of what people bought, its slope, and the chance that a buyer still buys.

Batislam, Denizel, Filiztekin, "Empirical validation and comparison of models for customer base analysis",
International Journal of Research in Marketing 24 (2007), 201-209; the same model is the CBG/NBD of Hoppe, Wagner,
"Customer base analysis: the case for a central variant of the Betageometric/NBD model", Marketing: Journal of Research
and Management 3 (2007), 75-90. A person buys at a rate drawn from Gamma(r, rate alpha) and is lost after any purchase,
the first one included, with a probability drawn from Beta(a, b).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln

Floats = npt.NDArray[np.float64]

#: In the order of every array of parameters here.
NAMES = ("r", "alpha", "a", "b")


@dataclass(frozen=True)
class Parameters:
    """Parameters of the model, all above 0.

    Attributes:
        r, alpha: shape and rate of how often people buy; alpha is in the unit of the times.
        a, b: shapes of how likely they are to leave after a purchase.

    """

    r: float
    alpha: float
    a: float
    b: float

    def as_array(self) -> Floats:
        """The four in the order of `NAMES`."""
        return np.array(astuple(self), dtype=np.float64)


@dataclass(frozen=True)
class Histories:
    """What people bought, those with the same history in one row.

    Attributes:
        repeats: x, purchases after the first.
        recency: t_x, time from the first purchase to the last.
        age: T, time from the first purchase to the end of what is known.
        people: how many people have this history.

    """

    repeats: Floats
    recency: Floats
    age: Floats
    people: Floats

    @classmethod
    def of(cls, rows: Iterable[tuple[float, float, float, float]]) -> Histories:
        """Makes them of rows (repeats, recency, age, people)."""
        table = np.array(list(rows), dtype=np.float64).reshape(-1, 4)
        return cls(*table.T)

    @property
    def total(self) -> int:
        """Number of people."""
        return int(self.people.sum())


def log_likelihood(parameters: Parameters, histories: Histories) -> float:
    """Logarithm of the likelihood of all histories (Batislam et al. 2007, equation 3).

    A person either stayed after each of the x + 1 purchases and then bought nothing until T, or left after the last
    one. Both terms are kept as logarithms, since for regular buyers either is far below the smallest float.
    """
    r, alpha, a, b = parameters.as_array()
    x = histories.repeats
    staying, leaving = _ends(parameters, histories)
    each = (
        (gammaln(r + x) - gammaln(r) + r * np.log(alpha))
        + (gammaln(a + b) - gammaln(b) + gammaln(b + x + 1) - gammaln(a + b + x + 1))
        + np.logaddexp(staying, leaving)
    )
    return float(histories.people @ each)


def slope(parameters: Parameters, histories: Histories) -> Floats:
    """Derivatives of `log_likelihood` by r, alpha, a and b."""
    r, alpha, a, b = parameters.as_array()
    x, people = histories.repeats, histories.people
    alive = chance_alive(parameters, histories)
    gone = 1 - alive
    until_end, until_last = alpha + histories.age, alpha + histories.recency
    both = digamma(a + b) - digamma(a + b + x + 1)
    by_r = digamma(r + x) - digamma(r) + np.log(alpha) - alive * np.log(until_end) - gone * np.log(until_last)
    by_alpha = r / alpha - (r + x) * (alive / until_end + gone / until_last)
    by_a = both + gone / a
    by_b = both - digamma(b) + digamma(b + x + 1) - gone / (b + x)
    return np.array([people @ each for each in (by_r, by_alpha, by_a, by_b)])


def chance_alive(parameters: Parameters, histories: Histories) -> Floats:
    """Chance of each that they still buy (Batislam et al. 2007, equation 5)."""
    staying, leaving = _ends(parameters, histories)
    return np.exp(staying - np.logaddexp(staying, leaving))


def _ends(parameters: Parameters, histories: Histories) -> tuple[Floats, Floats]:
    """The two ways to have bought nothing since the last purchase, as logarithms without what they share."""
    r, alpha, a, b = parameters.as_array()
    power = r + histories.repeats
    staying = -power * np.log(alpha + histories.age)
    leaving = np.log(a) - np.log(b + histories.repeats) - power * np.log(alpha + histories.recency)
    return staying, leaving
