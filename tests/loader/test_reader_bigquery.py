"""What `doctor` finds of the platform's service account, and `export-missing`, on the BigQuery emulator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dbt.cli.main import dbtRunner

from tests.loader.conftest import ROOT, Project
from tests.loader.reader import gate_before, reader_key

pytestmark = pytest.mark.bigquery


def test_what_the_account_may_read(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    account = project.account
    account.write("contacts.csv", "contactId,email", "1,a@x.io")
    account.write("contactActivities.csv", "contactId,activityDateTime", "1,2024-01-01 00:00:00")
    assert account.load().code == 0
    for dataset in ("segments", "segments_tables", "staging"):
        project.query(f"create schema `{project.name}`.esputnik_{dataset}")
    project.query(f"create table `{project.name}`.esputnik_segments_tables.seg_a as select 'a@x.io' as email")
    project.query(f"create table `{project.name}`.esputnik_staging.stg_esputnik__contacts as select 1 as contact_id")
    for view in ("seg_a", "seg_b"):
        project.query(
            f"create view `{project.name}`.esputnik_segments.{view} as"
            f" select email from `{project.name}`.esputnik_segments_tables.seg_a"
        )
    profiles = account.folder / "profiles.yml"
    key = account.folder / "reader.json"
    with gate_before(project.emulator.url) as gate:
        profiles.write_text(profiles.read_text().replace(project.emulator.url, gate.url))
        key.write_text(json.dumps(reader_key(f"{gate.url}/token", project.name)))
        key.chmod(0o600)

        def findings() -> list[tuple[str, str]]:
            gate.asked.clear()
            outcome = account.run("doctor", "--json", "--reader-key", key)
            found = [one for one in json.loads(outcome.out) if one["area"] == "reader"]
            assert outcome.code == (2 if any(one["level"] == "problem" for one in found) else 0)
            assert all(one["action"] for one in found if one["level"] in ("problem", "warn"))
            assert all(asked["dryRun"] for asked in gate.asked), "nothing is billed"
            return [(one["level"], one["message"]) for one in found[2:]]

        gate.readable = {"esputnik_segments"}
        assert findings() == [
            ("ok", "The account can read all 2 views in esputnik_segments."),
            ("ok", "The account cannot read esputnik_raw, esputnik_staging, esputnik_segments_tables."),
        ]
        assert len(gate.asked) == 2 + 3
        gate.readable |= {"esputnik_raw", "esputnik_segments_tables"}
        assert findings()[1] == (
            "warn",
            "The account can read esputnik_raw, esputnik_segments_tables too;"
            " the platform needs esputnik_segments only.",
        )
        gate.readable = set()
        refused = findings()
        assert [level for level, _ in refused] == ["problem", "problem", "ok"]
        assert refused[0][1].startswith("The account cannot read esputnik_segments.seg_a: Access Denied")
        gate.runs_jobs = False
        assert findings() == [("problem", f"The account may not run queries in project {project.name}.")]
        gate.takes_key = False
        ((level, message),) = findings()
        assert level == "problem"
        assert message.startswith("Google refuses the key")

    profiles.write_text(profiles.read_text().replace(gate.url, project.emulator.url))
    outcome = account.run("doctor", "--json")
    ((level, message),) = [(one["level"], one["message"]) for one in json.loads(outcome.out) if one["area"] == "reader"]
    assert level == "note"
    assert "is not named" in message


def test_age_of_the_segment_views(project: Project) -> None:
    """Where the platform reads, two missed days are a failure."""
    project.query(f"create schema `{project.name}`.esputnik_reports")
    for hours, code, level in ((1, 0, "ok"), (27, 0, "warn"), (51, 2, "problem")):
        project.query(
            f"create or replace table `{project.name}`.esputnik_reports.rpt_external_source_coverage as"
            f" select timestamp_sub(current_timestamp(), interval {hours} hour) as as_of"
        )
        outcome = project.account.run("doctor", "--json")
        found = [one["level"] for one in json.loads(outcome.out) if one["area"] == "freshness"]
        assert (outcome.code, found) == (code, [level])


def test_grants_on_the_views(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESPUTNIK_SEGMENT_READERS", "serviceAccount:a@x.iam.gserviceaccount.com,group:b@x.io")
    command = ["--quiet", "parse", "--project-dir", str(ROOT), "--profiles-dir", str(project.account.folder)]
    parsed = dbtRunner().invoke([*command, "--target-path", str(tmp_path), "--log-path", str(tmp_path)])
    granted = {node.name: node.config.grants for node in parsed.result.nodes.values() if node.resource_type == "model"}
    readers = ["serviceAccount:a@x.iam.gserviceaccount.com", "group:b@x.io"]
    assert granted["seg_contact_profile"] == granted["src_recent_orders"] == {"roles/bigquery.dataViewer": readers}
    assert not any(grants for name, grants in granted.items() if not name.startswith(("seg_", "src_")))


def test_missing_people(project: Project, tmp_path: Path) -> None:
    project.query(f"create schema `{project.name}`.esputnik_reports")
    project.query(
        f"create table `{project.name}`.esputnik_reports.rpt_people_not_on_platform as"
        " select 'b@x.io' as contact_key, 'email' as key_field, 'b@x.io' as email_address,"
        " '380671111111' as phone_number, 'Ганна' as first_name, cast(null as string) as last_name,"
        " 0 as was_contact, 0 as is_malformed"
        " union all select 'a@x.io', 'email', 'a@x.io', null, 'A, B', 'C', 0, 0"
        " union all select 'c@x.io', 'email', 'c@x.io', null, null, null, 1, 0"
    )
    path = tmp_path / "missing.csv"
    outcome = project.account.run("export-missing", "--path", path, "--without-former")
    assert (outcome.code, outcome.out) == (0, f"2 people not on the platform, in {path}.\n")
    assert path.read_text(encoding="utf-8") == (
        'Email,Phone number,First name,Last name\na@x.io,,"A, B",C\nb@x.io,380671111111,Ганна,\n'
    )
