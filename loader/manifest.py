"""dbt's manifest: what its last run knew of the project, where its models are among it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loader.contract import PROJECT_ROOT
from loader.errors import ConfigurationError
from loader.profile import Target

#: Where dbt writes it when it runs in this repository.
MANIFEST = PROJECT_ROOT / "target" / "manifest.json"


@contextmanager
def manifest_of(path: Path, target: Target) -> Iterator[Mapping[str, Any]]:
    """Yields the content of a manifest, to be taken apart within: it is dbt's, whose versions differ.

    Raises:
        ConfigurationError: dbt has not run, or for another engine than the target's, or the file is not of the form
            that is looked for.

    """
    if not path.is_file():
        raise ConfigurationError(f"There is no {path}: run `dbt build` first.")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        adapter = manifest["metadata"]["adapter_type"]
        if adapter != target.type:
            raise ConfigurationError(
                f"{path} was made for {adapter}, and target {target.name} is of type {target.type}:"
                f" run `dbt build --target {target.name}`."
            )
        yield manifest
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{path} is not a manifest of this version of dbt: run `dbt build`.") from error
