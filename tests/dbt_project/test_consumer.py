"""The example consumer installs the repository as a package, without a network, and builds on it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from tests.support.dbt import ROOT, Dbt


@pytest.fixture(scope="module")
def consumer(tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    project = ROOT / "dbt_project"
    folder = tmp_path_factory.mktemp("consumer")
    command = [
        "deps",
        "--project-dir",
        str(project),
        "--profiles-dir",
        str(project),
        "--log-path",
        str(folder / "logs"),
    ]
    assert dbtRunner().invoke(command).success
    return Dbt(folder, project=project)


def test_consumer_builds_on_the_package(consumer: Dbt, demo_database: Path, tmp_path: Path) -> None:
    database = tmp_path / "consumer.duckdb"
    database.write_bytes(demo_database.read_bytes())
    consumer("build", "--exclude-resource-type", "unit_test", database=database, variables={})
    with duckdb.connect(str(database)) as connection:
        # What the loader kept of the additional field, counted in the raw tables.
        expected = connection.execute(
            'select c.city, count(distinct o."orderId") from esputnik_raw.orders as o'
            ' join esputnik_raw.contacts as c using ("contactId") where c.city is not null group by 1 order by 1'
        ).fetchall()
        found = connection.execute("select city, orders_count from esputnik_reports.rpt_orders_by_city order by 1")
        assert found.fetchall() == expected
        assert len(expected) > 3
        (profiles,) = connection.execute("select count(*) from esputnik_segments.seg_contact_profile").fetchone() or (
            0,
        )
        assert profiles > 100
        # The package's report counts the project's own sources too.
        own = ("seg_boots_unread", "seg_campaign_audience", "seg_loyal_but_silent", "seg_milestone_nudge")
        sizes = {
            view: connection.execute(f"select count(*) from esputnik_segments.{view}").fetchall()[0][0] for view in own
        }
        covered = connection.execute(
            "select source_name, keys_on_platform from esputnik_reports.rpt_external_source_coverage"
            " where audience_column = 'all' and list_contains(?, source_name)",
            [list(own)],
        ).fetchall()
        assert dict(covered) == sizes
        assert any(sizes.values())
