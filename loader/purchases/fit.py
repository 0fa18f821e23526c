"""Parameters of the MBG/NBD model by maximum likelihood, with standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from loader.errors import LoaderError
from loader.purchases.model import NAMES, Floats, Histories, Parameters, log_likelihood, slope

#: Shapes to begin at; alpha follows from how often people bought. The best of the ends counts.
STARTS = ((1.0, 1.0, 2.0), (0.3, 0.5, 1.0), (3.0, 2.0, 8.0))
#: Bounds of the logarithms of the parameters, time measured in the mean age: what runs into one has no maximum inside.
LOWEST, HIGHEST = np.log(1e-5), np.log(1e5)
#: Slope of the log-likelihood per person, by the logarithms of the parameters, that counts as flat.
FLAT = 1e-6


class NotDetermined(LoaderError):
    """The histories do not tell the parameters."""


@dataclass(frozen=True)
class Fit:
    """The most likely parameters.

    Attributes:
        errors: their standard errors, from the curvature of the log-likelihood at its maximum.
        log_likelihood: its value there.
        people: how many people were counted.

    """

    parameters: Parameters
    errors: Parameters
    log_likelihood: float
    people: int


def fit(histories: Histories) -> Fit:
    """Finds the most likely parameters.

    Raises:
        NotDetermined: there is no maximum, or it is so flat that the parameters could be anything.

    """
    # In units of the mean age every parameter is within a few orders of magnitude of 1, whatever the unit of time.
    unit = float(np.average(histories.age, weights=histories.people)) if histories.total else 0.0
    if unit <= 0 or not (histories.repeats > 0).any():
        raise NotDetermined("Nobody bought twice, which leaves nothing to estimate from. Nothing was written.")
    scaled = Histories(histories.repeats, histories.recency / unit, histories.age / unit, histories.people)
    logs = _maximum(scaled)
    information = -_curvature(logs, scaled)
    try:
        np.linalg.cholesky(information)
        errors_of_logs = np.sqrt(np.diag(np.linalg.inv(information)))
    except np.linalg.LinAlgError:
        raise NotDetermined(
            "The likelihood has no clear maximum: these purchases do not tell the parameters. Nothing was written."
        ) from None
    values = np.exp(logs)
    scale = np.array([1.0, unit, 1.0, 1.0])
    # The log-likelihood of times in another unit differs by a constant for each purchase.
    parameters = Parameters(*(float(value) for value in values * scale))
    return Fit(
        parameters=parameters,
        errors=Parameters(*(float(error) for error in values * scale * errors_of_logs)),
        log_likelihood=log_likelihood(parameters, histories),
        people=histories.total,
    )


def _maximum(histories: Histories) -> Floats:
    """Logarithms of the most likely parameters."""
    total = histories.total
    per_purchase = float(histories.people @ histories.age) / float(histories.people @ histories.repeats)

    def cost(logs: Floats) -> float:
        return -log_likelihood(_parameters(logs), histories) / total

    def cost_slope(logs: Floats) -> Floats:
        return -_slope_of_logs(logs, histories) / total

    ends = [
        minimize(
            cost,
            np.log([r, r * per_purchase, a, b]),
            jac=cost_slope,
            method="L-BFGS-B",
            bounds=[(LOWEST, HIGHEST)] * 4,
            options={"ftol": 1e-15, "gtol": FLAT / 100, "maxiter": 2_000, "maxls": 50},
        )
        for r, a, b in STARTS
    ]
    best = min(ends, key=lambda end: float(end.fun))
    logs: Floats = np.asarray(best.x, dtype=np.float64)
    bounded = [name for name, value in zip(NAMES, logs, strict=True) if not LOWEST + 1 < value < HIGHEST - 1]
    if bounded:
        raise NotDetermined(
            f"The estimate of {' and '.join(bounded)} runs away without a maximum: people buy or leave too much alike,"
            " or too few bought again, for the model to tell. Nothing was written."
        )
    if float(np.abs(cost_slope(logs)).max()) > FLAT:
        raise NotDetermined(f"The optimiser did not converge ({best.message}). Nothing was written.")
    return logs


def _parameters(logs: Floats) -> Parameters:
    return Parameters(*(float(value) for value in np.exp(logs)))


def _slope_of_logs(logs: Floats, histories: Histories) -> Floats:
    """Derivatives by the logarithms of the parameters."""
    parameters = _parameters(logs)
    by_logs: Floats = slope(parameters, histories) * parameters.as_array()
    return by_logs


def _curvature(logs: Floats, histories: Histories) -> Floats:
    """Second derivatives by the logarithms, by central differences of the exact slope."""
    step = 1e-4
    rows = [
        (_slope_of_logs(logs + step * unit, histories) - _slope_of_logs(logs - step * unit, histories)) / (2 * step)
        for unit in np.eye(4)
    ]
    both: Floats = (np.array(rows) + np.array(rows).T) / 2
    return both
