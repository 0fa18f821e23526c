"""What an examination found, for people and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from rich import box
from rich.markup import escape
from rich.table import Table


class Level(StrEnum):
    """How a finding is meant: all well; good to know; better looked at; something has to be done."""

    ok = "ok"
    note = "note"
    warn = "warn"
    problem = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        area: what it is about: `profile`, `warehouse`, `raw`, `segments`, `freshness`, `reader`, `api` or `database`.
        message: what was found.
        action: what to do about it; empty where there is nothing to do.

    """

    area: str
    level: Level
    message: str
    action: str = ""

    def as_json(self) -> dict[str, str]:
        """The same as texts."""
        return {name: str(value) for name, value in asdict(self).items()}

    def without(self, secrets: Sequence[str]) -> Finding:
        """The same with asterisks in the place of these texts."""
        message, action = self.message, self.action
        for secret in secrets:
            message, action = message.replace(secret, "***"), action.replace(secret, "***")
        return replace(self, message=message, action=action)


#: How a level is called and coloured in the table.
_SHOWN = {
    Level.ok: "[green]ok[/]",
    Level.note: "[cyan]note[/]",
    Level.warn: "[yellow]warn[/]",
    Level.problem: "[red]fail[/]",
}


def findings_table(findings: Sequence[Finding]) -> Table:
    """The findings in the order of the examination."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("area", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("finding")
    table.add_column("what to do")
    for finding in findings:
        table.add_row(finding.area, _SHOWN[finding.level], escape(finding.message), escape(finding.action))
    return table
