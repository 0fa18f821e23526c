"""An example condition for each column, as a segment on the platform has it: a column, an operator, a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import floor, log10
from types import MappingProxyType
from typing import Any

from loader.errors import ConfigurationError

#: Operators by their name in a column's meta: how they read, and what they are in SQL.
OPERATORS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "equals": ("equals", "{column} = {value}"),
        "not_equals": ("does not equal", "{column} <> {value}"),
        "at_least": ("is at least", "{column} >= {value}"),
        "at_most": ("is at most", "{column} <= {value}"),
        "more_than": ("is more than", "{column} > {value}"),
        "less_than": ("is less than", "{column} < {value}"),
        "since": ("is on or after", "cast({column} as date) >= cast({value} as date)"),
        "before": ("is before", "cast({column} as date) < cast({value} as date)"),
        "contains": ("contains", "lower({column}) like {value}"),
        "is_filled": ("is not empty", "{column} is not null"),
        "is_empty": ("is empty", "{column} is null"),
    }
)
WITHOUT_VALUE = ("is_filled", "is_empty")


@dataclass(frozen=True)
class Condition:
    """A condition on one column.

    Attributes:
        value: what the column is compared with; None where nothing is.

    """

    operator: str
    value: str | int | float | None = None

    @classmethod
    def of(cls, place: str, entry: object) -> Condition:
        """Reads the `condition` in a column's meta, such as `{at_least: 5}` or `{is_filled: true}`.

        Raises:
            ConfigurationError: it is not of that form.

        """
        if isinstance(entry, Mapping) and len(entry) == 1:
            ((operator, value),) = entry.items()
            if operator in WITHOUT_VALUE:
                return cls(operator)
            if operator in OPERATORS and isinstance(value, str | int | float):
                return cls(operator, value)
        raise ConfigurationError(
            f"The condition in the meta of {place} must be like {{at_least: 5}}, with one of: {', '.join(OPERATORS)}."
        )

    @property
    def words(self) -> str:
        """The operator in words."""
        return OPERATORS[self.operator][0]

    def sql(self, column: str) -> tuple[str, list[str]]:
        """The condition in SQL that BigQuery and DuckDB read alike, and the parameters in it."""
        form = OPERATORS[self.operator][1]
        if self.value is None:
            return form.format(column=column), []
        if isinstance(self.value, str):
            value = f"%{self.value.lower()}%" if self.operator == "contains" else self.value
            return form.format(column=column, value="?"), [value]
        return form.format(column=column, value=self.value), []


def usual_condition(column: str, data_type: str, *, is_flag: bool, average: float | None, example: Any) -> Condition:
    """A condition that makes sense for a column of which nothing better is known.

    Args:
        column: its name tells numbers that count nothing, and days since or until something.
        data_type: one of the contract's.
        is_flag: it is 1 or 0.
        average: of a number's values; None: there are none.
        example: a value of it; None: there is none.

    """
    if is_flag:
        return Condition("equals", 1)
    if data_type == "INT64" and (limit := _usual_limit(column)):
        return Condition("at_most", limit)
    if example is None or column.endswith("_url"):
        return Condition("is_filled")
    if data_type in ("DATE", "TIMESTAMP"):
        assert isinstance(example, date | datetime)
        return Condition("since", f"{example:%Y-%m}-01")
    if data_type in ("INT64", "FLOAT64") and not column.endswith(("_id", "_hour", "_weekday")):
        threshold = _round_figure(average or 0)
        if data_type == "INT64":
            return Condition("at_least", max(1, round(threshold)))
        return Condition("at_least", int(threshold) if threshold == int(threshold) else threshold)
    return Condition("equals", example)


def _usual_limit(column: str) -> int | None:
    """How many days or hours are few, for a column that counts them."""
    limits = {r"^days_since_": 30, r"^days_(to|until|in)_": 7, r"^hours_since_": 24}
    return next((limit for pattern, limit in limits.items() if re.search(pattern, column)), None)


def _round_figure(number: float) -> float:
    """A number with one figure that is not zero: 0.4 for 0.37, 2000 for 1834."""
    if number == 0:
        return 0
    digits = -floor(log10(abs(number)))
    return round(number, digits)
