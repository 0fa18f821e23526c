"""Judges the project as `dbt compile` leaves it: each node's SQL on the columns of the nodes before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

from tests.bigquery.analyzer import Catalog, Columns, RefusedError, analyze


def judged_project(manifest: Mapping[str, Any], before: Catalog) -> tuple[dict[tuple[str, ...], Columns], list[str]]:
    """Judges every compiled model and test.

    Args:
        manifest: dbt's manifest after `dbt compile`.
        before: the tables that the project finds: raw tables, seeds, ledgers.

    Returns:
        The columns of all tables after that, and what BigQuery says of the nodes that it would refuse.

    """
    catalog = Catalog()
    catalog.tables.update(before.tables)
    refused = []
    for node in in_order(manifest["nodes"]):
        try:
            for statement in analyze(node["compiled_code"], catalog):
                if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral":
                    catalog.add((node["database"], node["schema"], node["alias"]), statement.columns)
        except RefusedError as error:
            refused.append(f"{node['unique_id']}, {node['compiled_path']}: {error}")
    return dict(catalog.tables), refused


def in_order(nodes: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The compiled nodes, each after those that it depends on."""
    order = TopologicalSorter({name: node["depends_on"].get("nodes", ()) for name, node in nodes.items()})
    for name in order.static_order():
        if nodes.get(name, {}).get("compiled_code"):
            yield nodes[name]
