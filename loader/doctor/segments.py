"""Do the segment views keep what the platform's connector asks of an external data source?

One key column, the same in all of them; scalar columns of types that it is known to take; lower-case names. Whether
keys repeat or are missing is a matter of rows, which `dbt test` looks at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from loader.contract import DUCKDB_TYPES
from loader.destination import open_warehouse
from loader.doctor.finding import Finding, Level
from loader.errors import LoaderError
from loader.profile import Target, project_variables

SAFE_TYPES = tuple(DUCKDB_TYPES)

Columns = dict[str, dict[str, str]]
"""Type by column by view."""


def examine_segments(target: Target) -> list[Finding]:
    """Findings about each view in the schema of segments."""
    schema = target.built_schema("segments")
    try:
        views = columns_of_views(target, schema)
    except LoaderError as error:
        return [Finding("segments", Level.problem, f"{schema} cannot be read: {error}", "Grant reading of it.")]
    if not views:
        return [Finding("segments", Level.note, f"{schema} holds no segment view yet.", "Run `dbt build`.")]
    key = key_column()
    findings = [finding for name, columns in views.items() for finding in _view(name, columns, key)]
    if findings:
        return findings
    count = f"{len(views)} segment view{'s' if len(views) > 1 else ''}"
    return [
        Finding(
            "segments", Level.ok, f"{count} in {schema}: keyed on {key}, names and types as the platform takes them."
        )
    ]


def key_column() -> str:
    """Name of the key column in every segment view, after the project's var `contact_key`."""
    key = str(project_variables().get("contact_key") or "email")
    return "phone" if key == "sms" else key


def _view(name: str, columns: Mapping[str, str], key: str) -> list[Finding]:
    findings = []
    if key not in columns:
        findings.append(
            Finding(
                "segments",
                Level.problem,
                f"{name} has no column {key}, by which the platform would find its contacts.",
                "Add it, or set var contact_key in dbt_project.yml and build again.",
            )
        )
    if unfit := [column for column in columns if not re.fullmatch(r"[a-z_][a-z0-9_]*", column)]:
        findings.append(
            Finding(
                "segments",
                Level.problem,
                f"{name} has columns that message templates cannot name: {', '.join(unfit)}.",
                "Give them names in lower-case letters, digits and underscores.",
            )
        )
    if unsafe := [f"{column} ({kind})" for column, kind in columns.items() if kind not in SAFE_TYPES]:
        findings.append(
            Finding(
                "segments",
                Level.problem,
                f"{name} has columns of types that the platform is not known to take: {', '.join(unsafe)}.",
                f"Cast them to {', '.join(SAFE_TYPES)}.",
            )
        )
    return findings


def columns_of_views(target: Target, schema: str) -> Columns:
    """Columns of the views in a schema, with BigQuery's names of the types where DuckDB's mean the same."""
    with open_warehouse(target.at(schema), read_only=True) as warehouse:
        rows = warehouse.columns()
    names = {theirs: ours for ours, theirs in DUCKDB_TYPES.items()}
    views: Columns = {}
    for view, column, kind in rows:
        views.setdefault(view, {})[column] = str(names.get(kind, kind))
    return views
