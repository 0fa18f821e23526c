"""The catalogue as a page in Markdown, and the same page in HTML that needs nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import jinja2
from markdown_it import MarkdownIt
from markdown_it.token import Token

from loader.catalogue.examples import Column, Source

TEMPLATES = Path(__file__).parent
#: How the contract's types are called where no engineer reads.
TYPE_NAMES = {
    "INT64": "whole number",
    "FLOAT64": "number",
    "STRING": "text",
    "DATE": "date",
    "TIMESTAMP": "date and time",
}
#: Stands for the number of a data source on the platform until the source's meta tells it.
SOME_NUMBER = "12345"


def markdown_page(sources: Sequence[Source], *, written_on: str, target: str) -> str:
    """The page in Markdown.

    Args:
        sources: in the page's order.
        written_on: date to show.
        target: name of the dbt target whose views it describes.

    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(code=code, cell=cell, type_name=type_name, condition=condition, anchor=anchor)
    return environment.get_template("sources.md.j2").render(
        sources=sources, written_on=written_on, target=target, some_number=SOME_NUMBER
    )


def html_page(markdown: str) -> str:
    """The page in HTML: headings have anchors, tables tell each cell its heading, so that it can be read on a phone."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    contents = _number_headings(tokens)
    _label_cells(tokens)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("sources.html.j2").render(
        body=parser.renderer.render(tokens, parser.options, {}), contents=contents
    )


def code(text: object) -> str:
    """A text as code in Markdown, in a table too; an empty one as a dash."""
    shown = " ".join(str(text).split()).replace("|", "\\|")
    if not shown:
        return "–"
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    blank = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{blank}{shown}{blank}{fence}"


def cell(text: str) -> str:
    """A text of Markdown for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def type_name(column: Column) -> str:
    """A column's type in words."""
    return "1 or 0" if column.is_flag else TYPE_NAMES.get(column.data_type, column.data_type)


def condition(column: Column) -> str:
    """A column's condition as the platform's segments show it: operator and value."""
    if column.condition is None:
        return "–"
    value = "" if column.condition.value is None else f" {code(column.condition.value)}"
    return f"{column.condition.words}{value}"


def anchor(heading: str) -> str:
    """The anchor that a heading gets, the one that GitHub gives it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _number_headings(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """Gives headings their anchors; returns anchor and text of those of the second level."""
    contents = []
    for token, content in pairwise(tokens):
        if token.type == "heading_open":
            text = "".join(child.content for child in content.children or [])
            token.attrSet("id", anchor(text))
            if token.tag == "h2":
                contents.append((anchor(text), text))
    return contents


def _label_cells(tokens: Sequence[Token]) -> None:
    """Gives each cell of a table the heading of its column, which a narrow screen shows before the cell."""
    headings: list[str] = []
    position = 0
    for token, content in pairwise(tokens):
        if token.type == "thead_open":
            headings = []
        elif token.type == "tr_open":
            position = 0
        elif token.type == "th_open":
            headings.append(content.content)
        elif token.type == "td_open":
            token.attrSet("data-label", headings[position])
            position += 1
