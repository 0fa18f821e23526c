"""The incremental build reads the touched days of event tables, and nothing else that is not accounted for."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.bigquery.account import Account
from tests.bigquery.analyzer import Catalog, analyze
from tests.bigquery.bytes_guard import Read, reads, with_views_inlined
from tests.bigquery.catalog import Replay
from tests.bigquery.emulator import PROJECT
from tests.bigquery.whole_reads import WHOLE_READS

DAY = "date '2024-01-01'"


@pytest.fixture(scope="module")
def small_catalog() -> Catalog:
    catalog = Catalog()
    catalog.add(("p", "d", "events"), {"day": "DATE", "n": "INT64", "s": "STRING", "m": "INT64"})
    catalog.add(("p", "d", "other"), {"day": "DATE", "n": "INT64"})
    return catalog


@pytest.mark.parametrize(
    ("pruned", "columns", "sql"),
    [
        (True, "day n", f"select n from p.d.events where day = {DAY}"),
        (True, "day n", f"with e as (select * from p.d.events) select n from e where day in ({DAY}) or day is null"),
        (
            True,
            "day",
            f"with a as (select day as d, n from p.d.events), b as (select d as e from a) "
            f"select e from b where e between {DAY} and {DAY}",
        ),
        (True, "day", f"select day, count(*) from p.d.events group by day having day = {DAY}"),
        (
            True,
            "day m n",
            f"select * from (select day, n, sum(m) over (partition by n, day) from p.d.events) where day = {DAY}",
        ),
        (True, "day n", f"select o.n from p.d.other as o left join p.d.events as e on o.n = e.n and e.day >= {DAY}"),
        (
            True,
            "day",
            f"select day from (select day from p.d.events union all select day from p.d.other) where day = {DAY}",
        ),
        (True, "day", f"delete from p.d.events where day in ({DAY}) or day is null"),
        (
            True,
            "day n",
            f"merge p.d.events as t using p.d.other as s on t.n = s.n and t.day = {DAY} "
            "when not matched then insert (n) values (s.n)",
        ),
        (False, "n", "select n from p.d.events"),
        (False, "s", "with e as (select * from p.d.events) select s from e"),
        (False, "day n", "select n from p.d.events where day >= date '0001-01-01' or day is null"),
        (False, "day n", f"select n from p.d.events where day <= {DAY}"),
        (False, "day n", f"select n from p.d.events where n = 1 or day = {DAY}"),
        (False, "day n", f"select n from p.d.events where not (day = {DAY})"),
        (False, "day n", "select n from p.d.events where day in (select day from p.d.other)"),
        (False, "day", f"select day from p.d.events where coalesce(day, {DAY}) = {DAY}"),
        (False, "day", "select day from p.d.events where day >= current_date()"),
        (
            False,
            "day m n",
            f"select * from (select day, n, sum(m) over (partition by n) from p.d.events) where day = {DAY}",
        ),
        (False, "n", f"select o.n from p.d.other as o left join p.d.events as e on o.n = e.n where o.day = {DAY}"),
        (False, "n", f"select (select max(n) from p.d.events) from p.d.other where day = {DAY}"),
        (False, "n", "delete from p.d.events where n = 1"),
        (False, "day", f"select * from (select day from p.d.events limit 5) where day = {DAY}"),
    ],
)
def test_reads_of_one_statement(small_catalog: Catalog, pruned: bool, columns: str, sql: str) -> None:
    (statement,) = analyze(sql, small_catalog)
    assert reads(statement.tree, {"p.d.events": "day"}) == [Read("p.d.events", frozenset(columns.split()), pruned)]


@pytest.mark.parametrize(
    "sql",
    ["insert into p.d.events (day, n) select day, n from p.d.other", "select n from p.d.events where false limit 0"],
)
def test_statements_that_read_nothing(small_catalog: Catalog, sql: str) -> None:
    (statement,) = analyze(sql, small_catalog)
    assert reads(statement.tree, {"p.d.events": "day"}) == []


def test_views_are_read_through(small_catalog: Catalog) -> None:
    views = {
        ("p", "d", "inner_view"): "select day, n from p.d.events",
        ("p", "d", "v"): "select n, day from p.d.inner_view",
    }
    sql = with_views_inlined(f"select v.n from `p`.`d`.`v` where v.day = {DAY}", views)
    (statement,) = analyze(sql, small_catalog)
    assert reads(statement.tree, {"p.d.events": "day"}) == [Read("p.d.events", frozenset({"day", "n"}), True)]


def partition_columns(account: Account) -> dict[str, str]:
    """Partition column of every event-sized table: the two raw ones, and each model that is partitioned."""
    found = {f"{PROJECT}.esputnik_raw.{name}": "_day" for name in ("contactActivities", "events")}
    for node in account.manifest["nodes"].values():
        if partition := node["config"].get("partition_by"):
            found[f"{node['database']}.{node['schema']}.{node['alias']}"] = partition["field"]
    return found


def test_incremental_build_reads_touched_days_only(account: Account, replay: Replay) -> None:
    tables = partition_columns(account)
    names = tuple(path.rpartition(".")[2] for path in [*tables, *(".".join(view) for view in replay.views)])
    whole: dict[tuple[str, str], set[str]] = defaultdict(set)
    pruned = 0
    catalog = Catalog()
    catalog.tables = {**replay.dropped, **replay.catalog.tables}
    for judged in replay.steps["second build"]:
        if judged.statement.kind == "ResolvedCreateViewStmtProto":
            continue
        if not any(name in judged.statement.sql for name in names):
            continue
        sql = with_views_inlined(judged.statement.sql, replay.views)
        for statement in analyze(sql, catalog):
            for read in reads(statement.tree, tables):
                pruned += read.pruned
                if not read.pruned:
                    whole[_short(judged.node), read.table.removeprefix(f"{PROJECT}.")] |= read.columns

    allowed = {(node, entry.table): entry.columns for entry in WHOLE_READS for node in entry.nodes}
    problems = [
        f"{node} reads {', '.join(sorted(columns))} of every day of {table}: filter its partition column by literals "
        "(touched_days, in_days, a window's first day), or account for it in tests/bigquery/whole_reads.py"
        for (node, table), columns in whole.items()
        if not columns <= allowed.get((node, table), frozenset())
    ]
    for entry in WHOLE_READS:
        readers = {node: whole.get((node, entry.table), set()) for node in entry.nodes}
        stale = {*(entry.columns - set().union(*readers.values())), *(node for node in readers if not readers[node])}
        if stale:
            problems.append(
                f"tests/bigquery/whole_reads.py has {', '.join(sorted(stale))} at {entry.table}, "
                "which is no longer so: take it out."
            )
    assert not problems, "\n".join(problems)
    assert pruned, "No read of touched days was seen: the second instalment touched nothing."


def _short(node: str) -> str:
    """`model.esputnik.name` and `test.esputnik.name.hash` as `model name` and `test name`."""
    kind, _, name, *_ = node.split(".")
    return f"{kind} {name}"
