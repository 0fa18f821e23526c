"""The materialization of the views that the platform reads, on BigQuery's emulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bigquery.emulator import PROJECT, Emulator
from tests.support.segment_view import tell

pytestmark = pytest.mark.bigquery


def test_the_platform_goes_on_reading_good_rows(emulator: Emulator, tmp_path: Path) -> None:
    project = tmp_path / "shop"
    project.mkdir()
    profiles = emulator.profiles_dir(dataset="shop")

    def build() -> list[str]:
        subprocess.run(
            [
                *(Path(sys.executable).with_name("dbt"), "--quiet", "build", "--select", "package:shop"),
                *("--project-dir", project, "--profiles-dir", profiles, "--target-path", tmp_path / "target"),
            ],
            env=os.environ | {"DO_NOT_TRACK": "1"},
            capture_output=True,
            timeout=300,
            check=False,
        )
        results = json.loads((tmp_path / "target" / "run_results.json").read_text())["results"]
        return [result["message"] for result in results if result["status"] not in ("success", "pass", "skipped")]

    emulator.query(f"create schema `{PROJECT}`.shop_data")
    since = emulator.mark()
    tell(project, profiles, f"`{PROJECT}`.shop_data", f"`{PROJECT}`.shop_segments", emulator.query, build)

    sent = [sql.lower() for sql in emulator.statements(since) if "__candidate" in sql]
    (made, *_) = [sql for sql in sent if "create or replace table" in sql and "cluster by email" in sql]
    assert "managed_by" not in made, "labels are those of the team's project"
    assert any(f"clone `{PROJECT}`.`shop_segments_tables`.`seg_points__candidate`" in sql for sql in sent)

    # Descriptions come with the view, in the script that puts its table in place; no request of their own does.
    (script, *_) = [sql for sql in emulator.statements(since) if "replace view" in sql and "seg_points" in sql]
    assert f"clone `{PROJECT}`.`shop_segments_tables`.`seg_points__candidate`" in script
    assert r"`points` options (description = 'What they\'ve got.\nA \\ is no line.')" in " ".join(script.split())
    assert "Who has how many points?" in script
    assert "expired" not in script
    assert not [request for request in emulator.requests(since) if request.method == "PATCH"]
