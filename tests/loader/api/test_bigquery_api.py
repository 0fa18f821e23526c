"""Loads from the API into the BigQuery emulator: read again, the raw table does not grow."""

from __future__ import annotations

import pytest

from tests.fake_platform.account import IDENTITY
from tests.loader.api.conftest import Start, load
from tests.loader.conftest import Project

pytestmark = pytest.mark.bigquery


def test_rows_are_there_once_however_often_they_are_read(project: Project, start: Start) -> None:
    platform = start()
    want = {tuple(row[name] for name in IDENTITY) for row in platform.account.export_rows}
    for _ in range(2):
        since = project.emulator.mark()
        outcome = load(project.account, "--datasets", "contactActivities,segmentMembers")
        assert outcome.code == 0, outcome.err
        got = project.query(f"select {', '.join(IDENTITY)} from raw.contactActivities where _day > '1970-01-01'")
        assert len(got) == len(want)
        assert set(got) == want
    reads = [sql for sql in project.emulator.statements(since) if " as k0" in sql]
    assert reads
    assert all("where _day in (date '" in sql for sql in reads), "only the partitions of the days read again"
