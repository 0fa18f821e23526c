"""What the last `dbt build` made: every table with its rows, and a few rows of each report and segment view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from loader.destination import Warehouse
from loader.manifest import manifest_of
from loader.profile import Target

#: Folders of models that people read, in the data's order.
LAYERS = ("staging", "marts", "reports", "segments")
#: A sample shows this many rows, of as many columns as fit on a line.
SAMPLE_ROWS = 3
SAMPLE_COLUMNS = 8


@dataclass(frozen=True)
class BuiltModel:
    """A model that dbt built.

    Attributes:
        relation: its full name, quoted as the warehouse wants it.
        answers: first sentence of its description.
        columns: documented columns, in the model's order.

    """

    name: str
    layer: str
    relation: str
    answers: str
    columns: tuple[str, ...]


def built_models(manifest: Path, target: Target) -> list[BuiltModel]:
    """Models of the last build, in the order of the layers.

    Raises:
        ConfigurationError: the manifest is not there, or none for this target.

    """
    with manifest_of(manifest, target) as content:
        found = [
            BuiltModel(
                name=node["name"],
                layer=node["fqn"][1],
                relation=node["relation_name"],
                answers=node["description"].split("?")[0].strip().replace("\n", " ") + "?",
                columns=tuple(node["columns"]),
            )
            for node in content["nodes"].values()
            if node["resource_type"] == "model" and node["relation_name"] and node["fqn"][1] in LAYERS
        ]
    return sorted(found, key=lambda model: (LAYERS.index(model.layer), model.name))


def summarise(warehouse: Warehouse, models: list[BuiltModel]) -> Iterator[str | Table]:
    """Texts and tables to show, in order."""
    overview = Table("table", "answers", title="Built tables and views", title_justify="left")
    overview.add_column("rows", justify="right")
    counts = []
    for model in models:
        ((rows,),) = warehouse.execute(f"select count(*) from {model.relation}")
        overview.add_row(model.name, model.answers, f"{rows:,}")
        counts.append(rows)
    yield overview
    for model, rows in zip(models, counts, strict=True):
        if model.layer in ("reports", "segments"):
            yield _sample(warehouse, model, rows)


def _sample(warehouse: Warehouse, model: BuiltModel, rows_there: int) -> Table:
    columns = model.columns[:SAMPLE_COLUMNS]
    rows = warehouse.execute(
        f"select {', '.join(columns)} from {model.relation} order by {', '.join(columns)} limit {SAMPLE_ROWS}"
    )
    title = f"{model.name}, {_share(len(rows), rows_there)}"
    if len(columns) < len(model.columns):
        title += f" and {len(columns)} of {len(model.columns)} columns"
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(_shown(value) for value in row))
    return table


def _share(shown: int, there: int) -> str:
    if shown < there:
        return f"{shown} of {there:,} rows"
    return {0: "no rows", 1: "the only row"}.get(there, f"all {there} rows")


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


NEXT_STEPS = """\
Next:
  docs/sources.html                                      the segment views, for marketers; make catalogue writes it anew
  python -m loader status                                what is loaded
  python -m loader load --from files --path FOLDER       your own export, into the same tables
  dbt build                                              build again; only days that changed are read
  README.md                                              BigQuery, the native export, settings
"""
