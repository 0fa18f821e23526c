"""The whole examination, area by area; what one cannot tell does not keep the others from being looked at."""

from __future__ import annotations

from pathlib import Path

from loader.console import Console
from loader.contract import load_contract
from loader.doctor.api import examine_api
from loader.doctor.database import examine_database
from loader.doctor.finding import Finding, Level
from loader.doctor.freshness import examine_freshness
from loader.doctor.reader import examine_reader
from loader.doctor.segments import examine_segments
from loader.doctor.warehouse import examine_warehouse
from loader.errors import ConfigurationError
from loader.profile import Target, find_profiles, read_target, secrets_of


def examine(
    profiles_dir: Path | None, target: str | None, console: Console, reader_key: Path | None = None
) -> list[Finding]:
    """Looks at everything that a load, a build and the platform's reading rely on.

    Nothing is left behind: whether the warehouse can be written to is tried with tables that are dropped at once.

    Args:
        profiles_dir: folder of `profiles.yml`; None: where dbt looks for it.
        target: name of the target; None: the profile's default.
        console: told what is being looked at; gets the secrets to keep.
        reader_key: key file of the service account by which the platform reads the segment views; None: not known.

    Returns:
        Findings without any secret in them.

    """
    findings: list[Finding] = []
    readable: Target | None = None
    try:
        where = read_target(profiles_dir, target)
        console.secrets = secrets_of(where)
        findings.append(
            Finding("profile", Level.ok, f"Target {where.name} ({where.type}) of {find_profiles(profiles_dir)}")
        )
    except ConfigurationError as error:
        findings.append(Finding("profile", Level.problem, str(error), "Mend profiles.yml; see profiles.yml.example."))
    else:
        console.step(f"Looking at target {where.name}")
        found, can_be_read = examine_warehouse(where, load_contract())
        findings += found
        if can_be_read:
            findings += examine_segments(where)
            findings += examine_freshness(where)
            readable = where
    found, secrets = examine_reader(reader_key, readable)
    console.secrets = [*secrets, *console.secrets]
    findings += found
    console.step("Looking at the REST API and the database")
    for examine_area in (examine_api, examine_database):
        found, secrets = examine_area()
        console.secrets = [*secrets, *console.secrets]
        findings += found
    return [finding.without(console.secrets) for finding in findings]
