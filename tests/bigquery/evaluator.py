"""The reference: Google's own evaluator of GoogleSQL (ZetaSQL), which computes what BigQuery would.

The emulator computes on DuckDB, so it cannot tell where the two engines differ. The evaluator shares no code with it.
It is slow and stores nothing, so it gets few rows: as literals, or as what another query gave.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from zetasql.core.exceptions import ServerError

from loader.contract import DUCKDB_TYPES as CONTRACT_TYPES
from tests.bigquery import analyzer
from tests.bigquery.analyzer import Catalog, Message, type_name

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: What DuckDB calls BigQuery's types.
DUCKDB_TYPES = {
    **CONTRACT_TYPES,
    "BOOL": "boolean",
    "DATETIME": "timestamp",
    "NUMERIC": "decimal(38, 9)",
}


class EvaluationError(AssertionError):
    """SQL that the evaluator refuses, or that fails on the values; the message is the evaluator's, and the SQL."""


@dataclass(frozen=True)
class Answer:
    """What a query gave.

    Attributes:
        columns: names and BigQuery's types.
        rows: values as Python has them; dates and times as DuckDB's client gives them.
        content: the rows as the evaluator has them.

    """

    columns: Mapping[str, str]
    rows: list[tuple[Any, ...]]
    content: Message


class Evaluator:
    """Queries, on tables that were put there."""

    def __init__(self) -> None:
        self._catalog = Catalog()
        self._contents: dict[str, Message] = {}

    def put(self, schema: str, table: str, answer: Answer) -> None:
        """Makes what a query gave a table, which other queries name by project, schema and its own name."""
        # The evaluator finds the rows of tables without a schema only.
        name = f"{schema}__{table}"
        self._catalog.add((name,), answer.columns)
        self._contents[name] = answer.content

    def query(self, sql: str) -> Answer:
        """Runs a query; raises EvaluationError."""
        sql = re.sub(r"`[\w-]+`\.`(\w+)`\.`(\w+)`", r"`\1__\2`", sql)
        request = analyzer.service.EvaluateQueryRequest(
            sql=sql, options=analyzer.options(), simple_catalog=self._catalog.proto(sql)
        )
        for name in request.simple_catalog.table:
            request.table_content[name.name].CopyFrom(self._contents[name.name])
        try:
            answer = analyzer.client().call_grpc_func(
                "ZetaSqlLocalService_EvaluateQuery", request, analyzer.service.EvaluateQueryResponse
            )
        except ServerError as error:
            raise EvaluationError(f"{error.message}\n{sql}") from None
        types = [column.type for column in answer.prepared.columns]
        return Answer(
            {column.name: type_name(column.type) for column in answer.prepared.columns},
            [
                tuple(_value(cell, data_type) for data_type, cell in zip(types, row.cell, strict=True))
                for row in answer.content.table_data.row
            ],
            answer.content,
        )


def _value(cell: Message, data_type: Message) -> Any:
    kind = cell.WhichOneof("value")
    if kind is None:
        return None
    content = getattr(cell, kind)
    if kind == "array_value":
        return [_value(element, data_type.array_type.element_type) for element in content.element]
    if kind == "date_value":
        return (EPOCH + timedelta(days=content)).date()
    if kind == "datetime_value":
        # Fields of 6, 6, 5, 5, 4 and 14 bits, from seconds up to years.
        packed = content.bit_field_datetime_seconds
        year, month, day, hour = packed >> 26, packed >> 22 & 15, packed >> 17 & 31, packed >> 12 & 31
        return datetime(year, month, day, hour, packed >> 6 & 63, packed & 63, content.nanos // 1000)
    if kind == "timestamp_value":
        return EPOCH + timedelta(seconds=content.seconds, microseconds=content.nanos // 1000)
    if kind == "numeric_value":
        return Decimal(int.from_bytes(content, "little", signed=True)).scaleb(-9)
    return content


def literal(value: Any, data_type: str, *, is_bigquery: bool) -> str:
    """A value (None, text or what `str` gives the text of, or a list) as SQL of one of the engines."""
    if data_type.startswith("ARRAY<"):
        element = data_type[6:-1]
        name = data_type if is_bigquery else f"{DUCKDB_TYPES[element]}[]"
        if value is None:
            return f"cast(null as {name})"
        elements = ", ".join(literal(part, element, is_bigquery=is_bigquery) for part in value)
        return f"{name}[{elements}]" if is_bigquery else f"cast([{elements}] as {name})"
    name = data_type if is_bigquery else DUCKDB_TYPES[data_type]
    if value is None:
        return f"cast(null as {name})"
    quoted = json.dumps(str(value), ensure_ascii=False) if is_bigquery else "'" + str(value).replace("'", "''") + "'"
    return f"cast({quoted} as {name})"


def table(columns: Mapping[str, str], rows: Sequence[Sequence[Any]], *, is_bigquery: bool) -> str:
    """Rows as a query of one of the engines, with their place among them as column `n`."""
    return " union all ".join(
        f"select {number} as n, "
        + ", ".join(
            f"{literal(value, data_type, is_bigquery=is_bigquery)} as {name}"
            for value, (name, data_type) in zip(row, columns.items(), strict=True)
        )
        for number, row in enumerate(rows)
    )
