"""Judges the project as `dbt compile` leaves it: each node's SQL on the columns of the nodes before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

from tests.bigquery.analyzer import Catalog, Columns, RefusedError, analyze


def judged_project(
    manifest: Mapping[str, Any], before: Catalog, judged: Mapping[str, Any]
) -> tuple[dict[tuple[str, ...], Columns], list[str]]:
    """Judges every compiled model and test whose SQL is new, or reads columns that are.

    Args:
        manifest: dbt's manifest after `dbt compile`.
        before: the tables that the project finds: raw tables, seeds, ledgers, and models as they were built last.
        judged: dbt's manifest of that build, whose every statement was judged.

    Returns:
        The columns of all tables after that, and what BigQuery says of the nodes that it would refuse.

    """
    catalog = Catalog()
    catalog.tables.update(before.tables)
    refused = []
    changed: set[str] = set()
    for node in in_order(manifest["nodes"]):
        name = node["unique_id"]
        is_as_it_was = judged["nodes"].get(name, {}).get("compiled_code") == node["compiled_code"]
        if is_as_it_was and changed.isdisjoint(node["depends_on"]["nodes"]):
            continue
        path = (node["database"], node["schema"], node["alias"])
        try:
            for statement in analyze(node["compiled_code"], catalog):
                if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral":
                    if statement.columns != before.tables.get(path):
                        changed.add(name)
                    catalog.add(path, statement.columns)
        except RefusedError as error:
            changed.add(name)
            refused.append(f"{name}, {node['compiled_path']}: {error}")
    return dict(catalog.tables), refused


def in_order(nodes: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The compiled nodes, each after those that it depends on."""
    order = TopologicalSorter({name: node["depends_on"].get("nodes", ()) for name, node in nodes.items()})
    for name in order.static_order():
        if nodes.get(name, {}).get("compiled_code"):
            yield nodes[name]
