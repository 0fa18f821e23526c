"""The contract between raw tables and models: dbt's own source file, read once and typed.

A raw column's name, type and role stand in `models/staging/_esputnik__sources.yml` and nowhere else; everything
the loader knows about a dataset comes from here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml

PROJECT_ROOT = Path(__file__).resolve().parent.parent
CONTRACT_FILE = PROJECT_ROOT / "models" / "staging" / "_esputnik__sources.yml"
#: What only the REST API has: datasets that the platform does not export.
API_CONTRACT_FILE = PROJECT_ROOT / "models" / "staging" / "_esputnik_api__sources.yml"

DataType = Literal["INT64", "FLOAT64", "STRING", "TIMESTAMP", "DATE"]

#: How each type of the contract is called in DuckDB and in dlt.
DUCKDB_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "INT64": "BIGINT",
        "FLOAT64": "DOUBLE",
        "STRING": "VARCHAR",
        "TIMESTAMP": "TIMESTAMP WITH TIME ZONE",
        "DATE": "DATE",
    }
)
DLT_TYPES: Mapping[str, str] = MappingProxyType(
    {"INT64": "bigint", "FLOAT64": "double", "STRING": "text", "TIMESTAMP": "timestamp", "DATE": "date"}
)


@dataclass(frozen=True)
class Column:
    """One column of a raw table."""

    name: str
    data_type: DataType
    description: str
    replaces: str | None = None
    is_json: bool = False
    is_pii: bool = False

    @property
    def duckdb_type(self) -> str:
        """The column's type as DuckDB calls it."""
        return DUCKDB_TYPES[self.data_type]


@dataclass(frozen=True)
class Dataset:
    """One dataset of the export: a raw table and how a load changes it.

    Attributes:
        write: `append` adds rows; `replace` puts a load's rows in the place of all older rows with the same key.
        key: columns a replacing load replaces by, together; a row with a null among them is appended.
        or_key: column that stands in where the (single) key column is null.
        identity: columns that make two rows the same row.
        cursor: time column whose UTC date is the partition `_day` of an appended table.

    """

    name: str
    description: str
    write: Literal["append", "replace"]
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    or_key: str | None = None
    identity: tuple[str, ...] = ()
    cursor: str | None = None
    partition: str | None = None
    cluster: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Columns by lower-case name: names are compared without case, as BigQuery does."""
        return MappingProxyType({column.name.lower(): column for column in self.columns})

    @property
    def rejected_table(self) -> str:
        """Raw table of the dataset's rows that could not be typed."""
        return f"{self.name}__rejected"


Contract = Mapping[str, Dataset]


def _descriptions(folder: Path) -> dict[str, str]:
    """Texts of dbt's doc blocks in a folder's Markdown files, by name."""
    block = re.compile(r"{%\s*docs\s+(\w+)\s*%}(.*?){%\s*enddocs\s*%}", re.DOTALL)
    return {
        name: " ".join(text.split())
        for path in sorted(folder.glob("*.md"))
        for name, text in block.findall(path.read_text(encoding="utf-8"))
    }


def _described(text: str, docs: Mapping[str, str]) -> str:
    """A description with its `{{ doc('name') }}` put in."""
    filled = re.sub(r"{{\s*doc\('(\w+)'\)\s*}}", lambda found: docs[found[1]], text)
    return " ".join(filled.split())


def _column(entry: Mapping[str, Any], docs: Mapping[str, str]) -> Column:
    meta = entry.get("config", {}).get("meta", {})
    return Column(
        name=entry["name"],
        data_type=entry["data_type"],
        description=_described(entry["description"], docs),
        replaces=meta.get("replaces"),
        is_json=meta.get("format") == "json",
        is_pii=meta.get("pii", False),
    )


def _dataset(entry: Mapping[str, Any], docs: Mapping[str, str]) -> Dataset:
    meta = entry["config"]["meta"]
    or_key = meta.get("or_key", [])
    return Dataset(
        name=entry["name"],
        description=_described(entry["description"], docs),
        write=meta["write"],
        columns=tuple(_column(column, docs) for column in entry["columns"]),
        key=tuple(meta.get("key", ())),
        or_key=or_key[0] if or_key else None,
        identity=tuple(meta.get("identity", ())),
        cursor=meta.get("cursor"),
        partition=meta.get("partition"),
        cluster=tuple(meta.get("cluster", ())),
    )


@cache
def load_contract(path: Path = CONTRACT_FILE) -> Contract:
    """Reads the contract; datasets by name, in the order of the file."""
    sources = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    docs = _descriptions(path.parent)
    return MappingProxyType({entry["name"]: _dataset(entry, docs) for entry in sources[0]["tables"]})


@cache
def full_contract() -> Contract:
    """The nine exported datasets and those of the REST API."""
    return MappingProxyType({**load_contract(), **load_contract(API_CONTRACT_FILE)})
