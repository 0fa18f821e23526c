"""The SQL that makes typed rows of the fields of one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loader.contract import Column
from loader.reading.casts import Cast, Field, cast, literal, quoted
from loader.reading.columns import DAY, LOAD_ID, SET, Layout

#: What the quick statement fails with on a value that cannot be typed.
_BAD_VALUE = "a value cannot be typed"


@dataclass(frozen=True)
class _Value:
    column: Column
    alias: str
    cast: Cast | None

    @property
    def sql(self) -> str:
        return self.cast.value if self.cast else f"cast(null as {self.column.duckdb_type})"

    @property
    def is_bad(self) -> str | None:
        """True, false, never null; in terms of the fields and of this value's alias."""
        return self.cast.is_bad.format(value=self.alias) if self.cast and self.cast.is_bad else None


class RowSelect:
    """Statements over one file's relation. A typed value is `v<n>`, by place among the data columns."""

    def __init__(self, layout: Layout, fields: Mapping[str, Field], timezone: str, load_id: str) -> None:
        self._layout, self._load_id = layout, load_id
        found = [fields.get(column.name.lower()) for column in layout.data_columns]
        self._values = [
            _Value(column, f"v{i}", cast(field, column, timezone) if field else None)
            for i, (column, field) in enumerate(zip(layout.data_columns, found, strict=True))
        ]
        self._by_name = {value.column.name.lower(): value for value in self._values}

    def quick(self, relation: str) -> str:
        """Every row typed, in one scan; fails on the first value that cannot be."""

        def guarded(value: _Value) -> str:
            if value.is_bad is None:
                return value.alias
            return f"case when {value.is_bad} then error({literal(_BAD_VALUE)}) else {value.alias} end"

        return self._select({value.alias: guarded(value) for value in self._values}, relation, "true")

    def good(self, relation: str) -> str:
        """The rows of which every value can be typed."""
        return self._select({value.alias: value.alias for value in self._values}, relation, f"not ({self._any_bad})")

    def bad(self, relation: str) -> str:
        """The others: `_row`, `_text` and all `_reasons`."""
        reasons = ", ".join(
            f"case when {value.is_bad} then {value.cast.reason} end"
            for value in self._values
            if value.cast and value.is_bad
        )
        reasons = f"concat_ws('; ', {reasons})" if reasons else "''"
        return f"(select _row, _text, {reasons} as _reasons from {self._typed(relation)} where {self._any_bad})"

    @property
    def _any_bad(self) -> str:
        return " or ".join(f"({value.is_bad})" for value in self._values if value.is_bad) or "false"

    def _typed(self, relation: str) -> str:
        return f"(select *, {', '.join(f'{value.sql} as {value.alias}' for value in self._values)} from {relation})"

    def _select(self, values: Mapping[str, str], relation: str, condition: str) -> str:
        columns = [f"{values[value.alias]} as {quoted(value.column.name)}" for value in self._values]
        if self._layout.dataset.write == "append":
            columns.append(f"{self._day()} as {DAY.name}")
        if self._layout.dataset.or_key:
            columns.append(f"{self._set()} as {SET.name}")
        columns.append(f"{literal(self._load_id)} as {LOAD_ID.name}")
        return f"select {', '.join(columns)} from {self._typed(relation)} where {condition}"

    def _day(self) -> str:
        dataset = self._layout.dataset
        cursor = dataset.by_name[str(dataset.cursor).lower()]
        names = [cursor.name, cursor.replaces] if cursor.replaces else [cursor.name]
        times = ", ".join(self._by_name[name.lower()].alias for name in names)
        return f"cast(make_timestamp(epoch_us(coalesce({times}))) as date)"

    def _set(self) -> str:
        dataset = self._layout.dataset
        key, other = (self._by_name[name.lower()].alias for name in (dataset.key[0], str(dataset.or_key)))
        return f"coalesce('id:' || {key}, 'external:' || {other})"
