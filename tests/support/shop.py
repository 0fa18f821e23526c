"""A team's own dbt project that installs this one as a package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from dbt.cli.main import dbtRunner

from tests.support.dbt import ROOT


def write_shop(
    project: Path, models: Mapping[str, str], described: Sequence[Mapping[str, Any]], profiles: Path, **config: Any
) -> None:
    """Writes the project `shop` and installs the package in it.

    Args:
        project: an empty folder.
        models: SQL by name.
        described: what `models.yml` says of them.
        profiles: folder of the `profiles.yml` that it runs with.
        config: of all its models.

    """
    (project / "models").mkdir()
    for name, query in models.items():
        (project / "models" / f"{name}.sql").write_text(query, encoding="utf-8")
    files = {
        "models/models.yml": {"version": 2, "models": list(described)},
        "packages.yml": {"packages": [{"local": str(ROOT)}]},
        "dbt_project.yml": {
            "name": "shop",
            "version": "0.1.0",
            "config-version": 2,
            "profile": "esputnik",
            "flags": {"send_anonymous_usage_stats": False},
            "dispatch": [{"macro_namespace": "dbt", "search_order": ["shop", "esputnik", "dbt"]}],
            "models": {"shop": {f"+{name}": value for name, value in config.items()}},
        },
    }
    for path, content in files.items():
        (project / path).write_text(yaml.safe_dump(content), encoding="utf-8")
    (project / "profiles.yml").write_text((profiles / "profiles.yml").read_text(encoding="utf-8"), encoding="utf-8")
    options = ["--project-dir", str(project), "--profiles-dir", str(project), "--log-path", str(project / "logs")]
    assert dbtRunner().invoke(["deps", *options]).success
