"""Are the segment views of today, and has every load gone into them?

The coverage report is built once every data source has passed its tests, and names the moment that they describe: what
dbt stopped at keeps that moment from moving on. What the last build knew of the loads stands in the report of data
health.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from loader.contract import full_contract
from loader.destination import open_warehouse
from loader.doctor.finding import Finding, Level
from loader.errors import LoaderError
from loader.profile import Target
from loader.status import read_status

COVERAGE, HEALTH = "rpt_external_source_coverage", "rpt_data_health"
#: A daily build may take its time or begin a little later than yesterday; two that did not happen are a failure.
LATE, STALE = timedelta(hours=26), timedelta(hours=50)
BUILD = "Run `dbt build`, and see to it that it runs every day behind the load."


def examine_freshness(target: Target) -> list[Finding]:
    """Findings about the age of the segment views and about loads that they do not know yet."""
    try:
        as_of, seen = _built(target)
        if as_of is None:
            message = (
                f"{target.built_schema('reports')} holds no {COVERAGE}, which tells how old the segment views are."
            )
            return [Finding("freshness", Level.note, message, "Run `dbt build`.")]
        return [_age(as_of, target), *_loads(target, seen)]
    except LoaderError as error:
        message = f"How old the segment views are cannot be told: {error}"
        return [Finding("freshness", Level.problem, message, "Grant reading of the reports.")]


def _built(target: Target) -> tuple[datetime | None, dict[str, datetime]]:
    """Moment that all views describe, and the last load of each dataset that a build knew."""
    with open_warehouse(target.at(target.built_schema("reports")), read_only=True) as warehouse:
        tables = warehouse.tables()
        if COVERAGE not in tables:
            return None, {}
        ((as_of,),) = warehouse.execute(f"select max(as_of) from {warehouse.table(COVERAGE)}")
        loads: list[tuple[Any, ...]] = []
        if HEALTH in tables:
            loads = warehouse.execute(f"select dataset, last_load_at from {warehouse.table(HEALTH)}")
        return _utc(as_of), {dataset: _utc(at) for dataset, at in loads if at is not None}


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _age(as_of: datetime, target: Target) -> Finding:
    age = datetime.now(UTC) - as_of
    hours = f"{max(age, timedelta(0)).total_seconds() / 3600:,.0f} hours"
    message = f"The segment views describe {as_of:%Y-%m-%d %H:%M} UTC, {hours} ago"
    if age <= LATE:
        return Finding("freshness", Level.ok, f"{message}.")
    # The platform reads BigQuery; a DuckDB file may well lie as it is.
    level = Level.problem if age > STALE and target.type == "bigquery" else Level.warn
    failed = (
        "Run `dbt build`; if it ran, a test of some data source failed, and the platform reads the rows from before."
    )
    return Finding("freshness", level, f"{message}: that is not today's standing.", failed)


def _loads(target: Target, seen: dict[str, datetime]) -> list[Finding]:
    with open_warehouse(target, read_only=True) as warehouse:
        statuses = read_status(warehouse, full_contract())
    # Under a native export nothing tells of loads, and there is nothing to compare.
    newer = [
        status.dataset
        for status in statuses
        if status.dataset in seen and status.last_load > seen[status.dataset].replace(microsecond=0)
    ]
    if newer:
        message = f"Loaded since the last build, and not in the segment views yet: {', '.join(newer)}."
        return [Finding("freshness", Level.warn, message, BUILD)]
    if seen:
        return [Finding("freshness", Level.ok, "Every load has gone into the segment views.")]
    return []
