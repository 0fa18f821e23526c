"""What a message says with the rows of a source: as Velocity snippets, and as the text that comes of them.

Both are made from one text with the names of columns in braces, so what a snippet promises is not what some engine made
of it. The snippets keep to what every version of Velocity does alike: a loop, which does not run where a contact has no
row (asking for the first row would fail the message there); comparisons of texts; references that show nothing for
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from loader.errors import ConfigurationError

#: A row as messages get it: all values are texts, a missing one is empty.
Row = Mapping[str, str]

_COLUMN = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Message:
    """Example of what a message says, once for each row of a contact.

    Attributes:
        text: with names of columns in braces.
        when: values that columns must have for the text to be said.
        otherwise: said where a contact has no such row; empty: nothing is.

    """

    text: str
    when: Mapping[str, str]
    otherwise: str = ""

    @classmethod
    def of(cls, source: str, entry: object) -> Message:
        """Reads the `message` in a model's meta.

        Raises:
            ConfigurationError: it is not of the known form.

        """
        if isinstance(entry, Mapping) and isinstance(entry.get("text"), str):
            when = entry.get("when") or {}
            if isinstance(when, Mapping) and not set(entry) - {"text", "when", "otherwise"}:
                values = {str(column): str(value) for column, value in when.items()}
                return cls(entry["text"], values, str(entry.get("otherwise") or ""))
        raise ConfigurationError(
            f"The message in the meta of {source} must be like {{text: 'You have {{points}} points.',"
            " when: {column: value}, otherwise: 'Join us.'}, of which the last two may be left out."
        )

    @property
    def columns(self) -> set[str]:
        """Names of the columns that the message reads."""
        return {*_COLUMN.findall(self.text), *self.when}

    def says(self, rows: Sequence[Row]) -> list[str]:
        """The texts for a contact with these rows, in their order."""
        texts = [
            _filled(self.text, row.__getitem__)
            for row in rows
            if all(row[column] == value for column, value in self.when.items())
        ]
        return texts or [text for text in [self.otherwise] if text]

    def for_short_channels(self, source: str, *, several: bool) -> str:
        """The snippet for SMS, Viber, pushes and messengers: one line, or a line for each of several rows."""
        return ("\n" if several else "").join(self._parts(source, "{}", "{}"))

    def for_email(self, source: str) -> str:
        """The snippet for the HTML of an e-mail, where the platform wants directives in comments."""
        return "\n".join(self._parts(source, "<!--{}-->", "<p>{}</p>"))

    def _parts(self, source: str, directive: str, shown: str) -> list[str]:
        """The snippet in pieces, whose directives and texts are put into these frames."""

        def says(text: str) -> str:
            return shown.format(_filled(text, reference))

        tests = " && ".join(f'"{reference(column)}" == "{value}"' for column, value in self.when.items())
        said = ['#set($found = "yes")', says(self.text)] if self.otherwise else [says(self.text)]
        if tests:
            said = [f"#if({tests})", *said, "#end"]
        parts = [f"#foreach($row in $!data.get('{source}'))", *said, "#end"]
        if self.otherwise:
            parts = ['#set($found = "no")', *parts, '#if($found == "no")', says(self.otherwise), "#end"]
        return [directive.format(part) if part.startswith("#") else part for part in parts]


def _filled(text: str, value: Callable[[str], str]) -> str:
    """A text with something in the place of each column."""
    return _COLUMN.sub(lambda found: value(found[1]), text)


def reference(column: str) -> str:
    """A column of the loop's row: in braces, any text may follow; with a mark, nothing stays nothing."""
    return f"$!{{row.get('{column}')}}"


def platform_text(value: Any) -> str:
    """A value as messages get it: days and moments in ISO 8601, nothing for a missing one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return value.isoformat() if isinstance(value, date) else str(value)
