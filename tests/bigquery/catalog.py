"""Replays what was sent to BigQuery before the judge: each statement on a catalog made by the statements before it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.bigquery.analyzer import Catalog, Columns, RefusedError, Statement, analyze, descend, type_name
from tests.bigquery.emulator import PROJECT, SentRequest

Path = tuple[str, ...]

#: Columns of BigQuery's views of metadata that the project reads, from Google's reference.
INFORMATION_SCHEMA: Mapping[str, Columns] = {
    "COLUMNS": {
        "table_catalog": "STRING",
        "table_schema": "STRING",
        "table_name": "STRING",
        "column_name": "STRING",
        "ordinal_position": "INT64",
        "is_nullable": "STRING",
        "data_type": "STRING",
        "is_partitioning_column": "STRING",
        "clustering_ordinal_position": "INT64",
        "column_default": "STRING",
    },
    "PARTITIONS": {
        "table_catalog": "STRING",
        "table_schema": "STRING",
        "table_name": "STRING",
        "partition_id": "STRING",
        "total_rows": "INT64",
        "total_logical_bytes": "INT64",
        "total_billable_bytes": "INT64",
        "last_modified_time": "TIMESTAMP",
        "storage_tier": "STRING",
    },
    "SCHEMATA": {"catalog_name": "STRING", "schema_name": "STRING", "location": "STRING"},
    "TABLES": {
        "table_catalog": "STRING",
        "table_schema": "STRING",
        "table_name": "STRING",
        "table_type": "STRING",
        "ddl": "STRING",
    },
}

#: Types of a load job's schema, where they differ from those of SQL.
LOAD_TYPES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}


@dataclass(frozen=True)
class Judged:
    """A statement that BigQuery would run, and the dbt node (empty: the loader) that sent it."""

    node: str
    statement: Statement


@dataclass
class Replay:
    """The statements of a session, judged.

    Attributes:
        judged: those that BigQuery takes.
        refused: what it says of the others, with the node that sent them.
        views: the queries of the views, by path.
        dropped: tables that are no more, as statements before their end still name them.
        steps: the judged statements by the step of the session that they belong to.

    """

    catalog: Catalog = field(default_factory=Catalog)
    judged: list[Judged] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    views: dict[Path, str] = field(default_factory=dict)
    dropped: dict[Path, Columns] = field(default_factory=dict)
    steps: dict[str, list[Judged]] = field(default_factory=dict)

    def step(self, name: str, requests: Iterable[SentRequest]) -> None:
        """Judges the requests of one step, whose statements are kept under its name."""
        before = len(self.judged)
        self.play(requests)
        self.steps[name] = self.judged[before:]

    def play(self, requests: Iterable[SentRequest]) -> None:
        """Judges the statements of these requests, in order; those that failed have changed nothing."""
        for request in requests:
            if request.status >= 400:
                continue
            if request.sql is not None:
                self._judge(request.sql, request.has_positional_parameters)
            elif request.method == "POST" and request.path.split("?")[0].endswith("/datasets"):
                self._add_information_schema(request.body["datasetReference"]["datasetId"])
            elif request.method == "DELETE" and (
                table := re.search(r"/datasets/([^/?]+)/tables/([^/?]+)", request.path)
            ):
                self._drop((PROJECT, *table.groups()))
            elif isinstance(request.body, dict) and "load" in request.body.get("configuration", {}):
                self._load(request.body["configuration"]["load"])

    def _judge(self, sql: str, positional: bool) -> None:
        node = node_of(sql)
        try:
            for statement in analyze(sql, self.catalog, positional=positional):
                self.judged.append(Judged(node, statement))
                self._apply(statement)
        except RefusedError as error:
            self.refused.append(f"{node or 'loader'}: {error}")

    def _drop(self, path: Path) -> None:
        if columns := self.catalog.tables.pop(path, None):
            self.dropped[path] = columns
        self.views.pop(path, None)

    def _add_information_schema(self, dataset: str) -> None:
        for view, columns in INFORMATION_SCHEMA.items():
            self.catalog.add((PROJECT, dataset, "INFORMATION_SCHEMA", view), columns)

    def _load(self, load: Mapping[str, object]) -> None:
        """A load job with a schema creates its table, as dbt's seeds are."""
        schema, table = load.get("schema"), load["destinationTable"]
        if isinstance(schema, dict) and isinstance(table, dict):
            types = {name["name"]: str(name["type"]).upper() for name in schema["fields"]}
            self.catalog.add(
                (table["projectId"], table["datasetId"], table["tableId"]),
                {name: LOAD_TYPES.get(data_type, data_type) for name, data_type in types.items()},
            )

    def _cloned(self, statement: Statement) -> dict[str, str]:
        """The columns of the table that `create table … clone …` copies."""
        (scan,) = [node for node in descend(statement.tree) if node.DESCRIPTOR.name == "ResolvedTableScanProto"]
        return dict(self.catalog.tables[tuple(scan.table.full_name.split("."))])

    def _apply(self, statement: Statement) -> None:
        path = statement.target if len(statement.target) != 2 else (PROJECT, *statement.target)
        if statement.kind == "ResolvedCreateSchemaStmtProto":
            self._add_information_schema(path[-1])
        elif statement.kind in ("ResolvedCreateTableStmtProto", "ResolvedCreateTableAsSelectStmtProto"):
            if path not in self.catalog.tables or "if not exists" not in statement.sql.lower():
                self.catalog.add(path, statement.columns or self._cloned(statement))
        elif statement.kind == "ResolvedCreateViewStmtProto":
            self.catalog.add(path, statement.columns)
            (base,) = [node for node in descend(statement.tree) if "sql" in node.DESCRIPTOR.fields_by_name]
            self.views[path] = base.sql
        elif statement.kind == "ResolvedDropStmtProto":
            self._drop(path)
        elif statement.kind == "ResolvedAlterTableStmtProto":
            added = {
                definition.name: type_name(definition.type)
                for action in descend(statement.tree)
                if action.DESCRIPTOR.name == "ResolvedAddColumnActionProto"
                for definition in [action.column_definition]
            }
            self.catalog.add(path, {**self.catalog.tables.get(path, {}), **added})


def node_of(sql: str) -> str:
    """The dbt node that sent a statement, from the comment that dbt writes before it; empty for the loader's."""
    comment = re.match(r"\s*/\* (\{.*?\}) \*/", sql)
    if comment is None:
        return ""
    told = json.loads(comment[1])
    return str(told.get("node_id") or told.get("connection_name"))
