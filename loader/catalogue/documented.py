"""The external data sources as the YAML of their models documents them, read from dbt's manifest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from loader.catalogue.messages import Message
from loader.manifest import manifest_of
from loader.profile import Target

#: Models of these names are external data sources: one row per contact key, or several.
PREFIXES = ("seg_", "src_")
#: Numbers the rows of a contact, unless the source's test names another column.
RANK = "row_rank"


@dataclass(frozen=True)
class DocumentedColumn:
    """What the YAML says of a column.

    Attributes:
        condition: from its meta, `{operator: value}`; None: one by its type.
        example: from its meta, shown instead of what the view holds.
        is_personal: its meta lets it hold personal data.

    """

    meaning: str = ""
    condition: Mapping[str, Any] | None = None
    example: Any = None
    is_personal: bool = False


UNDOCUMENTED = DocumentedColumn()


@dataclass(frozen=True)
class DocumentedSource:
    """A model that the platform reads.

    Attributes:
        schema: where its view is.
        view: name of the view there.
        key: column with the contact key; empty: its first column.
        rank: column that numbers the rows of a contact.
        question: what it answers.
        explanation: the rest of its description.
        message: an example of what a message says with it; None: one by its columns.
        number: number of the data source on the platform, once it is known.

    """

    name: str
    package: str
    schema: str
    view: str
    key: str
    rank: str
    question: str
    explanation: str
    columns: Mapping[str, DocumentedColumn]
    message: Message | None
    number: str | None


@dataclass(frozen=True)
class Documentation:
    """All sources of a manifest.

    Attributes:
        personal: names of columns that hold personal data by the contract of raw tables.

    """

    sources: tuple[DocumentedSource, ...]
    personal: frozenset[str]


def read_documentation(path: Path, target: Target) -> Documentation:
    """Reads the sources from dbt's manifest, the profile first, those with several rows last.

    Raises:
        ConfigurationError: the manifest is not there, or none for this target; or a model's meta is not of the known
            form.

    """
    with manifest_of(path, target) as manifest:
        models = [node for node in manifest["nodes"].values() if _is_source(node)]
        arguments = _test_arguments(manifest)
        sources = [_source(node, arguments.get(node["unique_id"], {})) for node in models]
        return Documentation(
            sources=tuple(sorted(sources, key=lambda source: (source.name != "seg_contact_profile", source.name))),
            personal=frozenset(_personal_columns(manifest)),
        )


def _is_source(node: Mapping[str, Any]) -> bool:
    return node["resource_type"] == "model" and str(node["name"]).startswith(PREFIXES)


def _test_arguments(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Arguments of the test `external_source`, by the model that it is of."""
    return {
        node["attached_node"]: node["test_metadata"]["kwargs"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "external_source"
    }


def _source(node: Mapping[str, Any], arguments: Mapping[str, Any]) -> DocumentedSource:
    meta = node["config"].get("meta") or {}
    description = " ".join(node["description"].split())
    question, mark, explanation = description.partition("?")
    # Columns that a var names cannot stand in the YAML; such a model describes them in its meta.
    described = {**node["columns"], **(meta.get("columns") or {})}
    message = meta.get("message")
    number = meta.get("source_number")
    return DocumentedSource(
        name=node["name"],
        package=node["package_name"],
        schema=node["schema"],
        view=node["alias"],
        key=arguments.get("key") or "",
        rank=arguments.get("rank") or RANK,
        question=question + mark,
        explanation=explanation.strip(),
        columns=MappingProxyType({name: _column(entry) for name, entry in described.items()}),
        message=None if message is None else Message.of(node["name"], message),
        number=None if number is None else str(number),
    )


def _column(entry: Mapping[str, Any]) -> DocumentedColumn:
    meta = _meta(entry)
    return DocumentedColumn(
        meaning=" ".join(entry["description"].split()),
        condition=meta.get("condition"),
        example=meta.get("example"),
        is_personal=bool(meta.get("pii")),
    )


def _meta(column: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (column.get("config") or {}).get("meta") or column.get("meta") or {}
    return found


def _personal_columns(manifest: Mapping[str, Any]) -> list[str]:
    """As the macro `personal_columns` has them: the contract's in snake case, and their names behind staging."""
    return ["email", "email_address", "phone", "phone_number", "contact_id"] + [
        re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", column["name"]).lower()
        for source in manifest["sources"].values()
        for column in source["columns"].values()
        if _meta(column).get("pii")
    ]
