"""MetricFlow in this process: what a BI tool gets that asks for metrics by name, without a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import get_adapter_by_type
from dbt_metricflow.cli.dbt_connectors.adapter_backed_client import AdapterBackedSqlClient
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from tests.support.dbt import Dbt


class Metrics:
    """The metrics of a project on the database that it was built in last.

    The engine is used as it is, beneath the command `mf`, which asks the package index for a newer version at every
    start; the engine itself sends nothing, its telemetry goes to Python's log.
    """

    def __init__(self, dbt: Dbt) -> None:
        manifest = (dbt.folder / "target" / "semantic_manifest.json").read_text(encoding="utf-8")
        lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(manifest_json_string=manifest))
        self._engine = MetricFlowEngine(lookup, AdapterBackedSqlClient(get_adapter_by_type("duckdb")))

    def names(self) -> set[str]:
        """Names of all metrics."""
        return {metric.name for metric in self._engine.list_metrics()}

    def ask(self, metrics: Sequence[str], by: Sequence[str] = (), where: str | None = None) -> list[dict[str, Any]]:
        """Rows of a query, by the names of their columns."""
        request = MetricFlowQueryRequest.create(
            metric_names=list(metrics), group_by_names=list(by), where_constraints=[where] if where else None
        )
        try:
            found = self._engine.query(request).result_df
            assert found is not None
            return [dict(zip(found.column_names, row, strict=True)) for row in found.rows]
        finally:
            # Else this process would keep the file locked.
            DuckDBConnectionManager.close_all_connections()
