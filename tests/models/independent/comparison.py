"""Where a built model and the calculation differ, cell by cell."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from .profile import expected_profile
from .raw import Account, Row
from .report import expected_report
from .settings import Settings


def rows(database: Path, query: str) -> list[Row]:
    """Rows of a query on a DuckDB file, times in UTC."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        found: list[Row] = connection.sql(query).to_arrow_table().to_pylist()
        return found


def report_differences(database: Path, account: Account, settings: Settings) -> list[str]:
    expected = of_one_column(expected_report(account, settings))
    return table_differences(database, "esputnik_reports.rpt_campaign_performance", ("broadcast_id",), expected)


def profile_differences(database: Path, account: Account, settings: Settings, key: str) -> list[str]:
    expected = of_one_column(expected_profile(account, settings))
    return table_differences(database, "esputnik_segments.seg_contact_profile", (key,), expected)


def of_one_column(expected: dict[Any, Row]) -> dict[Any, Row]:
    return {(key,): row for key, row in expected.items()}


def differences(actual: dict[Any, Row], expected: dict[Any, Row], grain: Sequence[str]) -> list[str]:
    """Every cell that differs, rows that only one side has, and columns that nothing is expected of."""
    found = [f"{key}: only in the model" for key in actual.keys() - expected.keys()]
    found += [f"{key}: missing from the model" for key in expected.keys() - actual.keys()]
    for key in actual.keys() & expected.keys():
        found += [
            f"{column}: {key} has {actual[key][column]!r}, expected {value!r}"
            for column, value in expected[key].items()
            if not alike(actual[key][column], value)
        ]
        unexpected = actual[key].keys() - expected[key].keys() - set(grain)
        found += [f"{column}: compared with nothing" for column in unexpected]
    return found


def alike(actual: Any, expected: Any) -> bool:
    """Counts, codes and money exactly, floats to nine digits, times to the microsecond."""
    if actual is None or expected is None or isinstance(expected, (str, date, bool)):
        return bool(actual == expected)
    if isinstance(expected, (int, Decimal)):
        return Decimal(str(actual)) == expected
    return math.isclose(float(actual), expected, rel_tol=1e-9, abs_tol=1e-12)


def table_differences(database: Path, table: str, grain: Sequence[str], expected: dict[Any, Row]) -> list[str]:
    """A built table against expected rows by the values of its grain."""
    listed = rows(database, f"select * from {table}")
    actual = {tuple(row[column] for column in grain): row for row in listed}
    repeated = [f"rows: {len(listed) - len(actual)} have the grain of another"] if len(actual) < len(listed) else []
    return repeated + differences(actual, expected, grain)


def said(found: list[str]) -> str:
    """How many cells of each column differ, and the first of each."""
    counts = Counter(line.split(":")[0] for line in found)
    examples = {line.split(":")[0]: line for line in reversed(found)}
    return "\n".join(f"{count} x {examples[column]}" for column, count in counts.most_common())
