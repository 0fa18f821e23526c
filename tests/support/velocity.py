"""A catalogue's snippets, rendered by an engine for Velocity that is not the project's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import airspeed


def rendered(snippet: str, source: str, rows: Sequence[Mapping[str, str]] | None) -> list[str]:
    """Lines that a message shows, without the tags and comments of an e-mail.

    Args:
        snippet: in Velocity.
        source: what the platform hands the rows over as: name or number of the data source.
        rows: those of the contact; None: the platform hands over no such source.

    """
    data = {} if rows is None else {source: list(rows)}
    shown = airspeed.Template(snippet).merge({"data": data})
    lines = re.sub(r"<!--.*?-->|</?p>", "", shown).splitlines()
    return [line for line in lines if line]
