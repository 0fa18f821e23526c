"""What `doctor` finds on the BigQuery emulator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bigquery.emulator import PROJECT, Emulator
from tests.loader.conftest import Account

pytestmark = pytest.mark.bigquery


def test_raw_tables_and_segment_views(tmp_path: Path) -> None:
    running = Emulator(tmp_path)
    try:
        account = Account(running.profiles_dir())

        def findings() -> list[tuple[str, str, str]]:
            outcome = account.run("doctor", "--target", "bigquery", "--json")
            found = [(one["area"], one["level"], one["message"]) for one in json.loads(outcome.out)]
            assert outcome.code == (2 if any(level == "problem" for _, level, _ in found) else 0)
            return [one for one in found if one[0] in ("raw", "segments")]

        assert findings() == [
            ("raw", "note", "esputnik_raw holds no dataset yet."),
            ("segments", "note", "esputnik_segments holds no segment view yet."),
        ]
        account.write("contacts.csv", "contactId,email", "1,a@x.io")
        account.write("contactActivities.csv", "contactId,activityDateTime", "1,2024-01-01 00:00:00")
        assert account.load("--target", "bigquery").code == 0
        dataset = f"`{PROJECT}`.esputnik_segments"
        running.query(f"create schema {dataset}")
        running.query(
            f"create view {dataset}.seg_a as select 'a' as email, 1 as n, 1.5 as score, current_date() as day,"
            " current_timestamp() as at"
        )
        mark = running.mark()
        assert findings() == [
            (
                *("raw", "note"),
                "esputnik_raw holds 2 of 9 datasets; not broadcasts, devices, events, messages, orderItems, orders,"
                " revenue, whose models stay empty.",
            ),
            ("raw", "ok", "esputnik_raw can be read."),
            ("raw", "ok", "esputnik_raw can be written to."),
            (
                *("segments", "ok"),
                "1 segment view in esputnik_segments: keyed on email, names and types as the platform takes them.",
            ),
        ]
        statements = [sql for sql in running.statements(mark) if "_doctor_" in sql]
        assert [sql.split()[0] for sql in statements] == ["create", "drop"]
        running.query(f"create view {dataset}.seg_b as select 'a' as email, cast(1 as numeric) as total, [1] as list")
        assert findings()[-1] == (
            *("segments", "problem"),
            "seg_b has columns of types that the platform is not known to take: total (NUMERIC), list (ARRAY<INT64>).",
        )
    finally:
        running.stop()
