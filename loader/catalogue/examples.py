"""What the built views hold: counts, example conditions with the contacts that they find, and the rows of one contact.

No personal data leaves here: the key and columns that may hold such data are masked as soon as they are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loader.catalogue.conditions import Condition, usual_condition
from loader.catalogue.documented import UNDOCUMENTED, DocumentedColumn, DocumentedSource
from loader.catalogue.messages import Message, Row, platform_text
from loader.destination import Warehouse
from loader.errors import ConfigurationError

#: What stands in an empty view's example, by type.
MADE_UP: Mapping[str, str] = {
    "INT64": "3",
    "FLOAT64": "12.5",
    "STRING": "text",
    "DATE": "2026-01-31",
    "TIMESTAMP": "2026-01-31T12:00:00Z",
}
#: A code that says that there is nothing to say makes no good example.
NOTHING = "none"


@dataclass(frozen=True)
class Column:
    """A column of a view.

    Attributes:
        data_type: in the contract's words.
        is_flag: it is 1 or 0.
        example: as messages show it; empty where no contact has a value.
        condition: None for what is personal, as the key is.
        found: how many contacts the condition finds.

    """

    name: str
    meaning: str
    data_type: str
    is_flag: bool
    example: str
    condition: Condition | None
    found: int = 0


@dataclass(frozen=True)
class Source:
    """An external data source, ready to be shown.

    Attributes:
        columns: in the view's order.
        contacts: keys in it.
        rows: of all contacts together.
        most_rows: of one contact.
        example_key: the contact whose rows the examples are; None in an empty view. Never shown.
        example_rows: its rows as messages get them, masked; in an empty view one made up, for which the message is.

    """

    documented: DocumentedSource
    key: str
    columns: tuple[Column, ...]
    contacts: int
    rows: int
    most_rows: int
    message: Message
    example_key: Any
    example_rows: tuple[Row, ...]

    @property
    def has_several_rows(self) -> bool:
        """Whether a contact may have several rows."""
        return any(column.name == self.documented.rank for column in self.columns)


def read_source(
    warehouse: Warehouse, documented: DocumentedSource, types: Mapping[str, str], personal: frozenset[str]
) -> Source:
    """Reads a view.

    Args:
        warehouse: opened on the view's schema.
        documented: what the YAML says of it.
        types: type by column of the view, in the contract's words.
        personal: names of columns that hold personal data.

    Raises:
        ConfigurationError: the source's meta names a column that the view does not have, or is not of the known form.

    """
    view = _View(warehouse, documented, types, personal)
    contacts, rows, most_rows = view.counts()
    key, raw_rows = view.example_contact()
    columns = view.columns(raw_rows)
    made_up = {column.name: column.example for column in columns} | dict(view.message.when)
    example_rows = [view.shown(row) for row in raw_rows] or [made_up]
    return Source(documented, view.key, columns, contacts, rows, most_rows, view.message, key, tuple(example_rows))


class _View:
    """A view, and the questions that the catalogue has for it."""

    def __init__(
        self, warehouse: Warehouse, documented: DocumentedSource, types: Mapping[str, str], personal: frozenset[str]
    ) -> None:
        self.warehouse = warehouse
        self.documented = documented
        self.types = types
        self.relation = warehouse.table(documented.view)
        self.key = documented.key or next(iter(types))
        self.has_several_rows = documented.rank in types
        self.personal = {name for name in types if name == self.key or name in personal or self._of(name).is_personal}
        self.message = documented.message or self._usual_message()
        if unknown := (self.message.columns | {self.key}) - set(types):
            raise ConfigurationError(
                f"{documented.name} has no column {', '.join(sorted(unknown))}, which its meta or its test names."
            )

    def counts(self) -> tuple[int, int, int]:
        """Contacts, rows, and the most rows of one contact."""
        ((contacts, rows, most),) = self.warehouse.execute(
            "select count(*), coalesce(sum(rows_of_key), 0), coalesce(max(rows_of_key), 0)"
            f" from (select {self.key}, count(*) as rows_of_key from {self.relation} group by {self.key}) as keys"
        )
        return int(contacts), int(rows), int(most)

    def example_contact(self) -> tuple[Any, list[Mapping[str, Any]]]:
        """Key and rows of the contact that shows most; of equal ones the first key, so that pages do not change."""
        when = self.message.when
        fits = " and ".join(f"cast({column} as string) = ?" for column in when) or "true"
        filled = ", ".join(f"case when {name} is null then '' else '.' end" for name in self.types)
        found = self.warehouse.execute(
            f"select {self.key} from {self.relation} group by {self.key} order by"
            f" max(case when {fits} then 1 else 0 end) desc, case when count(*) in (2, 3) then 0 else 1 end,"
            f" sum(length(concat({filled}))) desc, {self.key} limit 1",
            list(when.values()),
        )
        if not found:
            return None, []
        ((key,),) = found
        order = self.documented.rank if self.has_several_rows else self.key
        rows = self.warehouse.execute(
            f"select {', '.join(self.types)} from {self.relation} where {self.key} = ? order by {order}", [key]
        )
        return key, [dict(zip(self.types, row, strict=True)) for row in rows]

    def columns(self, example_rows: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
        """All columns, with conditions by their meta, or by what is usual for their type, name and values."""
        averages, values = self._averages_and_values()
        examples = {
            name: next((row[name] for row in example_rows if row[name] not in (None, NOTHING)), values[name])
            for name in self.types
        }
        conditions = {
            name: self._condition(name, averages.get(name), examples[name])
            for name in self.types
            if name not in self.personal
        }
        found = self._found_by(conditions)
        return tuple(
            Column(
                name=name,
                meaning=self._of(name).meaning,
                data_type=data_type,
                is_flag=self._is_flag(name),
                example=self.shown({name: examples[name]})[name] if example_rows else self._made_up(name),
                condition=conditions.get(name),
                found=found.get(name, 0),
            )
            for name, data_type in self.types.items()
        )

    def shown(self, row: Mapping[str, Any]) -> Row:
        """A row as messages get it, without personal data."""
        return {name: self._shown(name, value) for name, value in row.items()}

    def _of(self, column: str) -> DocumentedColumn:
        return self.documented.columns.get(column, UNDOCUMENTED)

    def _is_flag(self, column: str) -> bool:
        return self.types[column] == "INT64" and re.match("1 (when|where|for) ", self._of(column).meaning) is not None

    def _shown(self, column: str, value: Any) -> str:
        text = platform_text(value)
        if not text:
            return ""
        if self._of(column).example is not None:
            return platform_text(self._of(column).example)
        return masked(text) if column in self.personal else masked_addresses(text)

    def _made_up(self, column: str) -> str:
        example = self._of(column).example
        if example is not None:
            return platform_text(example)
        if column in self.personal:
            return masked("somebody@shop.example")
        return "1" if self._is_flag(column) or column == self.documented.rank else MADE_UP.get(self.types[column], "")

    def _usual_message(self) -> Message:
        names = [name for name in self.types if name not in {*self.personal, self.documented.rank}][:2]
        return Message(", ".join(f"{name}: {{{name}}}" for name in names) or "You are on our list.", {})

    def _condition(self, column: str, average: float | None, example: Any) -> Condition:
        if (entry := self._of(column).condition) is not None:
            return Condition.of(f"column {column} of {self.documented.name}", entry)
        if self._of(column).example is not None or self._shown(column, example) != platform_text(example):
            # What is not shown as it is, no condition may tell either.
            return Condition("is_filled")
        if column == self.documented.rank:
            return Condition("equals", 1)
        return usual_condition(
            column, self.types[column], is_flag=self._is_flag(column), average=average, example=example
        )

    def _averages_and_values(self) -> tuple[dict[str, float | None], dict[str, Any]]:
        """The average of each column of numbers, and some value of each column, the same one every time."""
        names = list(self.types)
        texts = [name for name in names if self.types[name] == "STRING"]
        numbers = [name for name in names if self.types[name] in ("INT64", "FLOAT64")]
        values = [f"min(nullif({name}, '{NOTHING}'))" if name in texts else f"min({name})" for name in names]
        averages = [f"avg({name})" for name in numbers]
        (row,) = self.warehouse.execute(f"select {', '.join(values + averages)} from {self.relation}")
        return dict(zip(numbers, row[len(names) :], strict=True)), dict(zip(names, row[: len(names)], strict=True))

    def _found_by(self, conditions: Mapping[str, Condition]) -> dict[str, int]:
        """How many contacts each condition finds."""
        if not conditions:
            return {}
        parts, parameters = [], []
        for column, condition in conditions.items():
            text, given = condition.sql(column)
            parts.append(f"count(distinct case when {text} then {self.key} end)")
            parameters += given
        (row,) = self.warehouse.execute(f"select {', '.join(parts)} from {self.relation}", parameters)
        return dict(zip(conditions, row, strict=True))


def masked(text: str) -> str:
    """A value of personal data, so that its form can be seen and its owner cannot."""
    name, at, domain = text.partition("@")
    if at:
        return f"{name[:1]}***@{domain[:1]}***.{domain.rpartition('.')[2]}"
    return f"{text[:2]}***"


def masked_addresses(text: str) -> str:
    """The text with e-mail addresses in it masked, for columns that should hold none."""
    return re.sub(r"[^\s@<>,;:()]+@[^\s@<>,;:()]+\.\w+", lambda found: masked(found[0]), text)
