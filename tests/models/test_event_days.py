"""Incremental equals full: whatever arrives, in whatever order, the event model ends as its rows demand.

The expected rows are computed here, in plain Python, from the meaning of a repeated row: same identity within one UTC
day, latest completed load first, then the greatest value of each further column.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.models.arrival import DAYS, Activity, Raw, moment
from tests.support.dbt import ROOT, Dbt, calls_of

MODEL = "stg_esputnik__contact_activities"


def expected(raw: Raw) -> list[tuple[object, ...]]:
    return sorted(((a.contact, a.status, a.at, a.day, a.name) for a in raw.distinct()), key=repr)


def built(raw: Raw) -> list[tuple[object, ...]]:
    with duckdb.connect(str(raw.path)) as connection:
        connection.execute("set timezone = 'UTC'")
        rows = connection.execute(
            "select contact_id, activity_status, epoch_us(activity_at), activity_day, message_name"
            f" from esputnik_staging.{MODEL}"
        ).fetchall()
    return sorted(((c, s, moment(at), day, n) for c, s, at, day, n in rows), key=repr)


activities = st.lists(
    st.builds(
        Activity,
        contact=st.integers(1, 3),
        status=st.sampled_from(["DELIVERED", "RECEIVED"]),
        at=st.sampled_from([*DAYS, None]),
        name=st.sampled_from(["a", "b", None]),
    ),
    max_size=6,
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("load"), activities),
        st.tuples(st.just("die"), activities),
        st.tuples(st.just("complete_dead"), st.none()),
        st.tuples(st.just("purge_dead"), st.none()),
        st.tuples(st.just("delete_contact"), st.integers(1, 3)),
        st.tuples(st.just("build"), st.none()),
    ),
    min_size=3,
    max_size=8,
)


def build(dbt: Dbt, raw: Raw) -> str:
    """Builds the model; what dbt says of it."""
    (result,) = dbt("run", "--select", MODEL, database=raw.path)
    return str(result.message)


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_order_of_arrival_ends_in_the_same_rows(
    dbt: Dbt, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object]]
) -> None:
    raw = Raw(tmp_path_factory.mktemp("days") / "days.duckdb")
    build(dbt, raw)
    for step, value in steps:
        match step, value:
            case "load", list():
                raw.load(value, complete=True)
            case "die", list():
                raw.load(value, complete=False)
            case "delete_contact", int():
                raw.delete_contact(value)
            case "complete_dead", _:
                raw.complete_dead()
            case "purge_dead", _:
                raw.purge_dead()
            case "build", _:
                build(dbt, raw)
                assert built(raw) == expected(raw)
    build(dbt, raw)
    assert built(raw) == expected(raw)


def test_only_touched_days_are_rebuilt_and_none_when_nothing_changed(dbt: Dbt, tmp_path: Path) -> None:
    raw = Raw(tmp_path / "days.duckdb")
    raw.load([Activity(1, "DELIVERED", at, "a") for at in DAYS], complete=True)
    build(dbt, raw)
    assert build(dbt, raw) == "NO DAY TOUCHED"

    # A mark on every day shows which of them the next build writes anew.
    raw.execute(f"update esputnik_staging.{MODEL} set message_name = 'mark'")
    raw.load([Activity(2, "DELIVERED", DAYS[2], "late")], complete=True)
    build(dbt, raw)
    marked = {row[3] for row in built(raw) if row[4] == "mark"}
    assert marked == {dt.date(2024, 3, 1), dt.date(2024, 3, 3)}
    assert (2, "DELIVERED", DAYS[2], dt.date(2024, 3, 2), "late") in built(raw)


def test_rows_lie_by_day_and_then_as_they_are_clustered(dbt: Dbt, tmp_path: Path) -> None:
    """So that DuckDB finds the rows of some days without reading all, and equal values take less."""
    raw = Raw(tmp_path / "days.duckdb")

    def places() -> list[tuple[dt.date, int]]:
        with duckdb.connect(str(raw.path)) as connection:
            return connection.execute(f"select activity_day, contact_id from esputnik_staging.{MODEL}").fetchall()

    for contact in reversed(range(40)):
        raw.load([Activity(contact, "DELIVERED", at, "a") for at in DAYS], complete=True)
    build(dbt, raw)
    assert len(places()) == 40 * len(DAYS)
    assert places() == sorted(places())

    raw.load([Activity(contact, "DELIVERED", DAYS[-1], "a") for contact in (41, 40)], complete=True)
    build(dbt, raw)
    last_day = max(day for day, _ in places())
    last = [contact for day, contact in places() if day == last_day]
    assert {40, 41} < set(last)
    assert last == sorted(last)


def test_models_built_at_a_time_share_the_threads_unless_all_is_built(
    dbt: Dbt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = Raw(tmp_path / "days.duckdb")
    raw.load([Activity(1, "DELIVERED", at, "a") for at in DAYS], complete=True)
    calls = calls_of(monkeypatch, lambda sql: "external_threads" in sql)

    def shared(*options: str) -> list[str]:
        calls.clear()
        dbt("run", "--threads", "4", *options, database=raw.path)
        return [sql.rpartition("*/")[2].strip() for sql in calls if "reset" not in sql]

    two = ("--select", MODEL, "stg_esputnik__contacts")
    assert shared(*two) == []
    assert shared(*two) == ["set external_threads = least(2, current_setting('threads'))"]
    assert shared("--select", MODEL) == ["set external_threads = least(1, current_setting('threads'))"]
    assert shared(*two, "--full-refresh") == []


def test_hooks_run_with_the_model(tmp_path: Path) -> None:
    project = tmp_path / "hooked"
    project.mkdir()
    for name in ("models", "macros", "seeds"):
        (project / name).symlink_to(ROOT / name)
    settings = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    hook = "create or replace table hooked.{} as select count(*) as rows_seen from esputnik_staging." + MODEL
    settings["models"]["esputnik"] |= {
        "+pre-hook": "create schema if not exists hooked",
        "+post-hook": [hook.format("within"), {"sql": hook.format("after"), "transaction": False}],
    }
    (project / "dbt_project.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")

    raw = Raw(tmp_path / "days.duckdb")
    hooked = Dbt(tmp_path, project=project)
    for rows in (1, 2):
        raw.load([Activity(rows, "DELIVERED", DAYS[0], "a")], complete=True)
        build(hooked, raw)
        with duckdb.connect(str(raw.path)) as connection:
            query = "select * from hooked.within union all select * from hooked.after"
            assert connection.execute(query).fetchall() == [(rows,), (rows,)]


def test_a_range_of_days_can_be_rebuilt_by_hand(dbt: Dbt, tmp_path: Path) -> None:
    raw = Raw(tmp_path / "days.duckdb")
    raw.load([Activity(1, "DELIVERED", at, "a") for at in DAYS], complete=True)
    variables: dict[str, object] = {}
    dbt("run", "--select", MODEL, database=raw.path, variables=variables)
    raw.execute(f"update esputnik_staging.{MODEL} set message_name = 'mark'")
    variables = {"rebuild_from": "2024-03-02", "rebuild_to": "2024-03-02"}
    dbt("run", "--select", MODEL, database=raw.path, variables=variables)
    assert {row[3] for row in built(raw) if row[4] == "mark"} == {dt.date(2024, 3, 1), dt.date(2024, 3, 3)}


def test_a_full_build_that_died_is_built_in_full_again(dbt: Dbt, tmp_path: Path) -> None:
    raw = Raw(tmp_path / "days.duckdb")
    raw.load([Activity(1, "DELIVERED", at, "a") for at in DAYS], complete=True)
    build(dbt, raw)
    # What a build leaves that dies between its DDL and its ledger: some rows, and a void ledger.
    raw.execute(f"update esputnik_staging.{MODEL}__ledger set fingerprint = 'void' where day = '*'")
    raw.execute(f"delete from esputnik_staging.{MODEL} where activity_day = date '2024-03-02'")
    build(dbt, raw)
    assert built(raw) == expected(raw)


def test_days_and_ledger_change_together_or_not_at_all(dbt: Dbt, tmp_path: Path) -> None:
    raw = Raw(tmp_path / "days.duckdb")
    raw.load([Activity(1, "DELIVERED", at, "a") for at in DAYS], complete=True)
    build(dbt, raw)
    before = built(raw)
    raw.load([Activity(2, "DELIVERED", DAYS[0], "a")], complete=True)
    # The ledger refuses the new row, after the days were deleted and inserted.
    raw.execute(f"alter table esputnik_staging.{MODEL}__ledger alter rows_seen type tinyint")
    raw.load([Activity(contact, "DELIVERED", DAYS[0], "a") for contact in range(3, 203)], complete=True)
    assert not dbt.attempt("run", "--select", MODEL, database=raw.path).success
    assert built(raw) == before
    raw.execute(f"alter table esputnik_staging.{MODEL}__ledger alter rows_seen type bigint")
    build(dbt, raw)
    assert built(raw) == expected(raw)


def comments(raw: Raw) -> tuple[str, str]:
    """Those on the table and on one of its columns."""
    with duckdb.connect(str(raw.path)) as connection:
        ((table,),) = connection.execute(f"select comment from duckdb_tables() where table_name = '{MODEL}'").fetchall()
        ((column,),) = connection.execute(
            f"select comment from duckdb_columns() where table_name = '{MODEL}' and column_name = 'message_name'"
        ).fetchall()
    return table, column


def test_descriptions_are_written_by_the_next_build_where_they_changed(
    dbt: Dbt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = Raw(tmp_path / "days.duckdb")
    raw.load([Activity(1, "DELIVERED", at, "a") for at in DAYS], complete=True)
    (result,) = dbt("run", "--select", MODEL, database=raw.path)
    node = result.node
    described = node.description, node.columns["message_name"].description
    assert comments(raw) == described

    raw.execute(f"comment on table esputnik_staging.{MODEL} is 'by hand'")
    assert build(dbt, raw) == "NO DAY TOUCHED"
    assert comments(raw) == ("by hand", described[1])

    monkeypatch.setattr(node, "description", "What's new?")
    assert build(dbt, raw) == "NO DAY TOUCHED"
    assert comments(raw) == ("What's new?", described[1])

    monkeypatch.setattr(node.columns["message_name"], "description", "Its name now.")
    raw.load([Activity(2, "DELIVERED", DAYS[2], "late")], complete=True)
    build(dbt, raw)
    assert comments(raw) == ("What's new?", "Its name now.")
    monkeypatch.undo()

    # A ledger of the first releases knows the SQL alone: descriptions are written, and no row is.
    raw.execute(
        f"update esputnik_staging.{MODEL}__ledger set fingerprint = split_part(fingerprint, ' ', 1) where day = '*'"
    )
    raw.execute(f"update esputnik_staging.{MODEL} set message_name = 'mark'")
    build(dbt, raw)
    assert comments(raw) == described
    assert {row[4] for row in built(raw)} == {"mark"}

    dbt("run", "--select", MODEL, "--full-refresh", database=raw.path)
    assert comments(raw) == described


def test_a_day_takes_seven_calls_of_the_engine(dbt: Dbt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thrice the raw table's columns, the days with the ledger, its rows to be, the table's columns, and the rows."""
    raw = Raw(tmp_path / "days.duckdb")
    raw.load([Activity(1, "DELIVERED", at, "a") for at in DAYS], complete=True)
    build(dbt, raw)
    raw.load([Activity(2, "DELIVERED", DAYS[2], "late")], complete=True)
    # dbt and dbt-duckdb themselves look at schemas and constraints, once a run.
    calls = calls_of(monkeypatch, lambda sql: MODEL in sql and "duckdb_" not in sql and "system." not in sql)
    build(dbt, raw)
    assert len(calls) == 7, "\n".join(calls)
    calls.clear()
    assert build(dbt, raw) == "NO DAY TOUCHED"
    assert len(calls) == 4, "\n".join(calls)
