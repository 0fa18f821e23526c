"""Reads the dbt profile: where the raw tables go and with which credentials.

The loader has no connection settings of its own. It looks for `profiles.yml` where dbt does and renders the target's
Jinja as dbt does; importing dbt itself for that would cost several seconds at every start.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jinja2
import yaml

from loader.contract import PROJECT_ROOT
from loader.errors import ConfigurationError

PROFILE = "esputnik"
PROJECT_FILE = PROJECT_ROOT / "dbt_project.yml"


@dataclass(frozen=True)
class Target:
    """One output of the profile, rendered, with the project's vars that concern raw tables.

    Attributes:
        settings: the output's entries as the profile gives them; may hold secrets, so never shown.
        raw_database: project (BigQuery) of the raw tables; empty: the target's own.
        export_timezone: zone of times that are written without an offset.

    """

    name: str
    type: str
    settings: Mapping[str, Any] = field(repr=False)
    raw_schema: str = "esputnik_raw"
    raw_database: str = ""
    export_timezone: str = "UTC"

    def built_schema(self, layer: str) -> str:
        """Schema (DuckDB) or dataset (BigQuery) in which dbt builds a layer: staging, marts, reports, segments."""
        return f"{self.settings.get('schema') or self.settings.get('dataset')}_{layer}"

    def at(self, schema: str) -> Target:
        """The same target with another schema of its own database in the place of the raw tables'."""
        return replace(self, raw_schema=schema, raw_database="")


def find_profiles(profiles_dir: Path | None) -> Path:
    """The `profiles.yml` that dbt would use: the option, then `DBT_PROFILES_DIR`, here, the project, `~/.dbt`."""
    if profiles_dir is None and os.environ.get("DBT_PROFILES_DIR"):
        profiles_dir = Path(os.environ["DBT_PROFILES_DIR"])
    folders = [profiles_dir] if profiles_dir else [Path.cwd(), PROJECT_ROOT, Path.home() / ".dbt"]
    for folder in folders:
        if (folder / "profiles.yml").is_file():
            return folder / "profiles.yml"
    places = ", ".join(str(folder) for folder in dict.fromkeys(folders))
    raise ConfigurationError(
        f"No profiles.yml in {places}. Copy profiles.yml.example to profiles.yml and set the target you load into."
    )


def read_target(profiles_dir: Path | None = None, target: str | None = None) -> Target:
    """Reads the target to load into.

    Args:
        profiles_dir: folder of `profiles.yml`; None: where dbt looks for it.
        target: name of the output; None: the profile's default.

    Raises:
        ConfigurationError: no such file, profile or target, unreadable YAML, or an unset environment variable.

    """
    path = find_profiles(profiles_dir)
    profile = read_yaml(path).get(PROFILE)
    if not isinstance(profile, dict) or not isinstance(profile.get("outputs"), dict):
        raise ConfigurationError(f"{path} has no profile `{PROFILE}` with `outputs`; see profiles.yml.example.")
    outputs = profile["outputs"]
    name = target or str(_rendered(profile.get("target", "default"), path))
    output = outputs.get(name)
    if not isinstance(output, dict):
        raise ConfigurationError(
            f"{path} has no target `{name}` in profile `{PROFILE}`; it has: {', '.join(map(str, outputs))}."
        )
    settings = _rendered(output, path)
    if settings.get("type") not in ("duckdb", "bigquery"):
        raise ConfigurationError(
            f"Target `{name}` in {path} is of type `{settings.get('type')}`; the loader knows duckdb and bigquery."
        )
    variables = project_variables()
    return Target(
        name=name,
        type=settings["type"],
        settings=settings,
        raw_schema=variables.get("raw_schema") or "esputnik_raw",
        raw_database=variables.get("raw_database") or "",
        export_timezone=variables.get("export_timezone") or "UTC",
    )


def secrets_of(target: Target) -> list[str]:
    """Texts of the target that must never be shown, longest first; those of DuckDB's extensions too."""
    hidden = {text for name, value in target.settings.items() for text in _secrets_in(name, value)}
    return sorted((text for text in hidden if len(text) > 5), key=len, reverse=True)


def _secrets_in(name: str, value: Any) -> Iterator[str]:
    """Secrets in a setting, however deep; in a mapping each entry's own name tells, but where all of it is secret."""
    is_whole = name in ("keyfile_json", "token_endpoint")
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _secrets_in(name if is_whole else str(key), item)
    elif isinstance(value, list):
        for item in value:
            yield from _secrets_in(name, item)
    elif is_whole or (name != "token_uri" and re.search("token|secret|password|key$", name)):
        yield str(value)


def project_variables() -> dict[str, Any]:
    """Vars of the project in this repository, as its `dbt_project.yml` sets them."""
    return read_yaml(PROJECT_FILE).get("vars") or {}


def read_yaml(path: Path) -> dict[str, Any]:
    """Reads a YAML file that holds a mapping.

    Raises:
        ConfigurationError: it cannot be read, or is something else; nothing of its content is quoted.

    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        # The error's own text quotes the file, which may hold a secret: only the place is named.
        mark = error.problem_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigurationError(f"{path} is not valid YAML{place}: {error.problem}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {type(error).__name__}.") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path} is empty or not a mapping.")
    return content


def _env_var(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise ConfigurationError(f"Environment variable {name} is not set, but the profile asks for it.")
    return value


def _rendered(value: Any, path: Path) -> Any:
    """A value of the profile with its Jinja rendered, as dbt does: texts inside lists and mappings too."""
    if isinstance(value, dict):
        return {key: _rendered(item, path) for key, item in value.items()}
    if isinstance(value, list):
        return [_rendered(item, path) for item in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    environment.globals.update(env_var=_env_var)
    # dbt's filters tell it the type of a rendered text; as YAML they come out the same.
    kept_as_text = {"as_text", "as_native"}
    environment.filters.update(dict.fromkeys((*kept_as_text, "as_number", "as_bool"), lambda text: text))
    try:
        text = environment.from_string(value).render()
    except jinja2.TemplateError as error:
        raise ConfigurationError(f"{path} holds Jinja that cannot be rendered: {error.message}.") from None
    typed = any(name in value for name in ("as_number", "as_bool"))
    return yaml.safe_load(text) if typed else text
