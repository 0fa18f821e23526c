"""Writes the catalogue from dbt's manifest and the built views."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from loader.catalogue.documented import DocumentedSource, read_documentation
from loader.catalogue.examples import Source, read_source
from loader.catalogue.pages import html_page, markdown_page
from loader.console import Console
from loader.destination import open_warehouse
from loader.doctor.segments import columns_of_views
from loader.errors import ConfigurationError
from loader.profile import Target
from loader.whole_file import written_whole


def read_sources(manifest: Path, target: Target, console: Console) -> list[Source]:
    """The sources that are built, with what is in them.

    Raises:
        ConfigurationError: dbt has not run, has run for another engine, or has built no source.

    """
    documentation = read_documentation(manifest, target)
    sources: list[Source] = []
    missing: list[str] = []
    for schema in dict.fromkeys(source.schema for source in documentation.sources):
        here = [source for source in documentation.sources if source.schema == schema]
        found, absent = _read_schema(schema, here, documentation.personal, target)
        sources += found
        missing += absent
    if not sources:
        raise ConfigurationError(f"No external source is built in target {target.name} yet: run `dbt build` first.")
    if missing:
        console.warn(f"Not built, so not in the catalogue: {', '.join(missing)}. `dbt build` builds them.")
    order = [source.name for source in documentation.sources]
    return sorted(sources, key=lambda source: order.index(source.documented.name))


def write_catalogue(folder: Path, sources: Sequence[Source], target: Target) -> tuple[Path, Path]:
    """Writes `sources.md` and `sources.html` into the folder, and returns their paths.

    Raises:
        LoaderError: the folder cannot be written to.

    """
    text = markdown_page(sources, written_on=f"{datetime.now(UTC):%Y-%m-%d}", target=target.name)
    markdown, html = folder / "sources.md", folder / "sources.html"
    for path, page in ((markdown, text), (html, html_page(text))):
        with written_whole(path) as file:
            file.write(page)
    return markdown, html


def _read_schema(
    schema: str, documented: Sequence[DocumentedSource], personal: frozenset[str], target: Target
) -> tuple[list[Source], list[str]]:
    """The sources of a schema, and the names of those that are not built."""
    types = columns_of_views(target, schema)
    missing = [source.name for source in documented if source.view not in types]
    # Views are in the target's own database, wherever raw tables are.
    with open_warehouse(target.at(schema), read_only=True) as warehouse:
        return [
            read_source(warehouse, source, types[source.view], personal)
            for source in documented
            if source.view in types
        ], missing
