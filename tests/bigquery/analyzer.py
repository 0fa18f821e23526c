"""The judge: Google's own analyzer of GoogleSQL (ZetaSQL), on a catalog of the tests' making.

The emulator runs SQL on DuckDB and lets through what BigQuery would refuse. The analyzer is the one that BigQuery is
built on: what it refuses, BigQuery refuses. It also tells columns and types of every statement, and what each reads.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import wasmtime
from zetasql.core import wasm_client
from zetasql.core.exceptions import ServerError
from zetasql.core.func_utils import parameters as _parameters  # noqa: F401 - the package has to be loaded in this order
from zetasql.wasi import get_wasm_path
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto import options_pb2, simple_catalog_pb2
from zetasql.wasi._pb2.zetasql.public import options_pb2 as public_options_pb2
from zetasql.wasi._pb2.zetasql.public import type_pb2
from zetasql.wasi._pb2.zetasql.resolved_ast import resolved_node_kind_pb2

Message = Any
Columns = Mapping[str, str]

#: BigQuery's names of types, and the analyzer's.
KINDS = {
    "BOOL": "TYPE_BOOL",
    "BYTES": "TYPE_BYTES",
    "DATE": "TYPE_DATE",
    "DATETIME": "TYPE_DATETIME",
    "FLOAT64": "TYPE_DOUBLE",
    "INT64": "TYPE_INT64",
    "JSON": "TYPE_JSON",
    "BIGNUMERIC": "TYPE_BIGNUMERIC",
    "NUMERIC": "TYPE_NUMERIC",
    "STRING": "TYPE_STRING",
    "TIME": "TYPE_TIME",
    "TIMESTAMP": "TYPE_TIMESTAMP",
}
#: Of the language's features those that BigQuery has although the analyzer counts them as an engine's own …
BIGQUERY_HAS = ["CREATE_VIEWS_WITH_COLUMN_OPTIONS", "CREATE_TABLE_CLONE", "ALTER_COLUMN_SET_DATA_TYPE"]
#: … and those that it does not have.
BIGQUERY_LACKS = [
    "V_1_4_AGGREGATE_FILTERING",
    "V_1_4_ALIASES_FOR_STRING_AND_DATE_FUNCTIONS",
    "V_1_4_ARRAY_FIND_FUNCTIONS",
    "V_1_4_FOR_UPDATE",
    "V_1_4_INSERT_ON_CONFLICT_CLAUSE",
    "V_1_4_LATERAL_JOIN",
    "V_1_4_MAP_TYPE",
    "V_1_4_MULTILEVEL_AGGREGATION",
    "V_1_4_UUID_TYPE",
    "V_1_3_INLINE_LAMBDA_ARGUMENT",
    "V_1_3_WITH_GROUP_ROWS",
    "TIMESTAMP_NANOS",
]
NAMES = {type_pb2.TypeKind.Value(kind): name for name, kind in KINDS.items()}


class RefusedError(AssertionError):
    """SQL that BigQuery would refuse; the message names the place and shows the line."""


@dataclass(frozen=True)
class Statement:
    """An analysed statement.

    Attributes:
        kind: the kind of its resolved tree, e.g. `ResolvedCreateTableAsSelectStmtProto`.
        tree: the resolved tree, a protocol buffer.
        sql: its text.

    """

    kind: str
    tree: Message
    sql: str

    @property
    def target(self) -> tuple[str, ...]:
        """Path of the table or view that it creates or drops; empty for other statements."""
        return tuple(own_fields(self.tree, "name_path"))

    @property
    def columns(self) -> dict[str, str]:
        """Names and types of the columns that it returns, or creates a table or view with."""
        outputs = list(own_fields(self.tree, "output_column_list"))
        if outputs:
            return {output.name: type_name(output.column.type) for output in outputs}
        return {
            definition.name: type_name(definition.type)
            for definition in own_fields(self.tree, "column_definition_list")
        }


class Catalog:
    """Tables by their path (project, dataset, …, table), each with the names and types of its columns."""

    def __init__(self) -> None:
        self.tables: dict[tuple[str, ...], Columns] = {}

    def add(self, path: tuple[str, ...], columns: Columns) -> None:
        """Adds a table or view, in the place of one of that name."""
        self.tables[path] = dict(columns)

    def proto(self, sql: str) -> Message:
        """The tables that the SQL names, as the analyzer takes them; all would be slow."""
        lowered = sql.lower()
        root = simple_catalog_pb2.SimpleCatalogProto(name="root")
        root.builtin_function_options.language_options.CopyFrom(_language())
        nodes: dict[tuple[str, ...], Message] = {(): root}
        for path, columns in self.tables.items():
            if path[-1].lower() not in lowered:
                continue
            for depth in range(1, len(path)):
                if path[:depth] not in nodes:
                    nodes[path[:depth]] = nodes[path[: depth - 1]].catalog.add(name=path[depth - 1])
            table = nodes[path[:-1]].table.add(name=path[-1], full_name=".".join(path))
            for name, data_type in columns.items():
                column = table.column.add(name=name, is_writable_column=True)
                column.type.CopyFrom(type_proto(data_type))
        return root


def analyze(sql: str, catalog: Catalog, *, positional: bool = False) -> Iterator[Statement]:
    """Analyses a statement or script, one statement after the other; the catalog may change in between.

    Args:
        sql: its text.
        catalog: the tables there are.
        positional: whether its parameters are written `?` rather than `@name`.

    Raises:
        RefusedError: BigQuery would refuse it.

    """
    sql = re.sub(r"`([^`\s]*)`", lambda name: "`" + name[1].replace(".", "`.`") + "`", sql)
    content = sql.encode()
    position = 0
    while not _is_blank(content[position:].decode()):
        request = service.AnalyzeRequest(options=options(positional), simple_catalog=catalog.proto(sql))
        request.parse_resume_location.input = sql
        request.parse_resume_location.byte_position = position
        try:
            tree, end = _analyzed(request)
        except ServerError as error:
            raise RefusedError(_explained(sql, error.message)) from None
        yield Statement(tree.DESCRIPTOR.name, tree, content[position:end].decode().strip())
        position = end


#: Answers of the analyzer by the hash of what it was asked: a data test is sent after every build, as it was before.
_ANSWERS: dict[bytes, tuple[Message, int]] = {}


def _analyzed(request: Message) -> tuple[Message, int]:
    """The tree of the next statement, and where the one after it begins."""
    asked = sha256(request.SerializeToString(deterministic=True)).digest()
    if asked not in _ANSWERS:
        response = client().call_grpc_func("ZetaSqlLocalService_Analyze", request, service.AnalyzeResponse)
        _ANSWERS[asked] = unwrap(response.resolved_statement), response.resume_byte_position
    return _ANSWERS[asked]


def type_name(data_type: Message) -> str:
    """BigQuery's name of a type, e.g. `ARRAY<STRING>`."""
    if data_type.HasField("array_type"):
        return f"ARRAY<{type_name(data_type.array_type.element_type)}>"
    if data_type.HasField("struct_type"):
        fields = (f"{field.field_name} {type_name(field.field_type)}".strip() for field in data_type.struct_type.field)
        return f"STRUCT<{', '.join(fields)}>"
    return NAMES.get(data_type.type_kind, type_pb2.TypeKind.Name(data_type.type_kind))


def type_proto(name: str) -> Message:
    """The analyzer's form of a type name."""
    found = type_pb2.TypeProto()
    name = name.strip()
    if name.startswith("ARRAY<"):
        found.type_kind = type_pb2.TYPE_ARRAY
        found.array_type.element_type.CopyFrom(type_proto(name[6:-1]))
    elif name.startswith("STRUCT<"):
        found.type_kind = type_pb2.TYPE_STRUCT
        for part in _split(name[7:-1]):
            field, _, field_type = part.strip().partition(" ")
            found.struct_type.field.add(field_name=field).field_type.CopyFrom(type_proto(field_type))
    else:
        found.type_kind = type_pb2.TypeKind.Value(KINDS[name])
    return found


def unwrap(node: Message) -> Message:
    """The node inside a protocol buffer that stands for `any` of several kinds."""
    while node.DESCRIPTOR.name.startswith("AnyResolved"):
        chosen = node.WhichOneof("node")
        if chosen is None:
            return node
        node = getattr(node, chosen)
    return node


def children(node: Message) -> Iterator[Message]:
    """The messages that a node holds, its base class's included."""
    for field, value in node.ListFields():
        if field.message_type is None:
            continue
        for item in value if isinstance(field.default_value, list) or _is_list(value) else [value]:
            yield unwrap(item)


def descend(node: Message) -> Iterator[Message]:
    """A node and everything in it."""
    yield node
    for child in children(node):
        yield from descend(child)


def own_fields(node: Message, name: str) -> list[Any]:
    """A repeated field of a node or of its base classes."""
    while node is not None:
        if name in node.DESCRIPTOR.fields_by_name:
            return list(getattr(node, name))
        node = getattr(node, "parent", None)
    return []


def _is_list(value: Any) -> bool:
    return hasattr(value, "append") or hasattr(value, "add")


def _split(text: str) -> Iterator[str]:
    """Parts between commas that are outside of angle brackets."""
    depth, start = 0, 0
    for place, character in enumerate(text):
        depth += (character == "<") - (character == ">")
        if character == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    if text:
        yield text[start:]


def _is_blank(sql: str) -> bool:
    return not re.sub(r"/\*.*?\*/|--[^\n]*|#[^\n]*|[\s;]", "", sql, flags=re.DOTALL)


def _explained(sql: str, message: str) -> str:
    place = re.search(r"\[at (\d+):(\d+)\]", message)
    if place is None:
        return message
    line = int(place[1])
    lines = sql.splitlines()
    shown = range(max(1, line - 2), min(len(lines), line + 1) + 1)
    numbered = (f"{'>' if number == line else ' '} {number:4} {lines[number - 1]}" for number in shown)
    return "\n".join([message, *numbered])


class _Client(wasm_client.WasmClient):  # type: ignore[misc]
    """The analyzer in WebAssembly, its compiled code cached between runs, its memory copied as a whole."""

    def write_bytes(self, ptr: int, data: bytes) -> None:
        ctypes.memmove(self._address(ptr), data, len(data))

    def read_bytes(self, ptr: int, size: int) -> bytes:
        return ctypes.string_at(self._address(ptr), size)

    def _address(self, ptr: int) -> int:
        return (ctypes.cast(self.memory.data_ptr(), ctypes.c_void_p).value or 0) + ptr


@cache
def client() -> _Client:
    """Analyzer and evaluator, one for the process."""
    plain = wasm_client.Config
    # In the virtual environment: compiling takes 20 s, and nothing is left behind elsewhere.
    folder = Path(sys.prefix) / "cache" / "wasmtime"
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "settings.toml"
    settings.write_text(f"[cache]\ndirectory = '{folder.resolve()}'\n", encoding="utf-8")

    def cached() -> wasmtime.Config:
        config = plain()
        config.cache = str(settings)
        return config

    wasm_client.Config = cached
    try:
        return _Client(get_wasm_path())
    finally:
        wasm_client.Config = plain


@cache
def _language() -> Message:
    response = client().call_grpc_func(
        "ZetaSqlLocalService_GetLanguageOptions",
        service.LanguageOptionsRequest(maximum_features=True),
        options_pb2.LanguageOptionsProto,
    )
    feature = public_options_pb2.LanguageFeature
    lacking = {feature.Value(f"FEATURE_{name}") for name in BIGQUERY_LACKS}
    enabled = [number for number in response.enabled_language_features if number not in lacking]
    response.ClearField("enabled_language_features")
    response.enabled_language_features.extend(enabled + [feature.Value(f"FEATURE_{name}") for name in BIGQUERY_HAS])
    response.product_mode = public_options_pb2.PRODUCT_EXTERNAL
    response.reserved_keywords.append("QUALIFY")
    kinds = resolved_node_kind_pb2.ResolvedNodeKind
    response.supported_statement_kinds.extend(number for name, number in kinds.items() if name.endswith("_STMT"))
    return response


@cache
def options(positional: bool = False) -> Message:
    """What the analyzer is told: BigQuery's language; parameters are written `?` where positional, else `@name`."""
    told = options_pb2.AnalyzerOptionsProto(
        prune_unused_columns=True, allow_undeclared_parameters=True, default_timezone="UTC"
    )
    told.language_options.CopyFrom(_language())
    if positional:
        told.parameter_mode = public_options_pb2.PARAMETER_POSITIONAL
    told.error_message_mode = public_options_pb2.ERROR_MESSAGE_ONE_LINE
    return told
