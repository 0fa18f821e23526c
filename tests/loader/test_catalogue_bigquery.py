"""The catalogue reads the same from views on BigQuery's emulator."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.loader.conftest import Project
from tests.loader.shop import PAGE, VIEWS, write_manifest

pytestmark = pytest.mark.bigquery


def test_page_of_a_few_rows_on_bigquery(project: Project, tmp_path: Path) -> None:
    dataset = f"`{project.name}`.esputnik_segments"
    project.query(f"create schema {dataset}")
    for name, sql in VIEWS.items():
        project.query(f"create view {dataset}.{name} as {sql}")
    manifest = write_manifest(tmp_path / "manifest.json", "bigquery")
    outcome = project.account.run("catalogue", "--manifest", manifest, "--path", tmp_path)
    assert outcome.code == 0, outcome.err
    page = (tmp_path / "sources.md").read_text(encoding="utf-8")
    assert page[page.index("\n## seg_empty") :] == PAGE
