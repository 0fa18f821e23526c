"""SQL that turns one field of a file into a typed value, or into null where it cannot be typed.

DuckDB's own casts are too lenient to be trusted with an export: `1.5` becomes the integer 2, `1_000` becomes
1000, `epoch` is a timestamp. Every cast here first takes the cheap way (cast, write back, compare: true of
almost every value) and asks a pattern only about the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from loader.contract import Column

INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
WIDE_INTEGERS = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT"})
FLOATS = frozenset({"FLOAT", "DOUBLE"})
NAIVE_TIMES = frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE"})

_BLANKS = r"E' \t\r\n'"
_INTEGER = r"\s*[+-]?[0-9]+(\.0+)?\s*"
_TIME = (
    r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)?\s*"
)
_OFFSET = r"\s*(Z|z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)\s*"
#: What BigQuery can store, in UTC.
_FIRST, _LAST = "TIMESTAMPTZ '0001-01-01 00:00:00+00'", "TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'"
#: The same years by the clock, within which DuckDB can reckon with time zones.
_LOCAL_YEARS = "between TIMESTAMP '0001-01-01 00:00:00' and TIMESTAMP '9999-12-31 23:59:59.999999'"

_KINDS = {
    "INT64": "an integer",
    "FLOAT64": "a number",
    "TIMESTAMP": "a timestamp",
    "STRING": "text",
}


@dataclass(frozen=True)
class Field:
    """A field of a file: SQL that reads it, and the DuckDB type it then has."""

    name: str
    sql: str
    duckdb_type: str = "VARCHAR"

    @property
    def is_text(self) -> bool:
        """Whether the field is text as DuckDB reads it."""
        return self.duckdb_type == "VARCHAR"


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _integer(x: str, kind: str) -> str:
    if kind in INTEGERS:
        return f"cast({x} as bigint)"
    if kind in WIDE_INTEGERS or kind == "BOOLEAN":
        return "cast(null as bigint)" if kind == "BOOLEAN" else f"try_cast({x} as bigint)"
    if kind in FLOATS or kind.startswith("DECIMAL"):
        return f"case when {x} = trunc({x}) then try_cast({x} as bigint) end"
    return (
        f"case when cast(try_cast({x} as bigint) as varchar) = {x} then try_cast({x} as bigint) "
        f"when regexp_full_match({x}, '{_INTEGER}') "
        f"then try_cast(split_part(trim({x}, {_BLANKS}), '.', 1) as bigint) end"
    )


def _number(x: str, kind: str) -> str:
    if kind in INTEGERS | WIDE_INTEGERS or kind.startswith("DECIMAL"):
        return f"cast({x} as double)"
    if kind in FLOATS:
        return f"case when isfinite({x}) then cast({x} as double) end"
    if kind == "BOOLEAN":
        return "cast(null as double)"
    return f"case when isfinite(try_cast({x} as double)) and not contains({x}, '_') then try_cast({x} as double) end"


def _in_zone(naive: str, timezone: str) -> str:
    """A time without offset as an instant.

    A local time that a clock change skips moves forward with it; of one that comes twice it is the first, as BigQuery
    takes it. DuckDB takes the second; by the clocks of the day before it is the first.
    """
    if timezone.upper() == "UTC":
        return f"make_timestamptz(epoch_us({naive}))"  # ICU would need a tenfold of the time for the same
    zone = literal(timezone)
    first = f"timezone({zone}, {naive} - interval 1 day) + interval 24 hours"
    return f"case when timezone({zone}, {first}) = {naive} then {first} else timezone({zone}, {naive}) end"


def _time(x: str, kind: str, timezone: str) -> str:
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"case when {x} between {_FIRST} and {_LAST} then {x} end"
    if kind in NAIVE_TIMES:
        naive = f"cast({x} as timestamp)"
        instant = f"case when {naive} {_LOCAL_YEARS} then {_in_zone(naive, timezone)} end"
    else:
        naive = f"try_cast({x} as timestamp)"
        # DuckDB reads +05:30 and +00, but neither Z in lower case nor a blank before the offset.
        offset = rf"regexp_replace(regexp_replace({x}, '\s*(Z|z|UTC)\s*$', '+00'), '\s+([+-][0-9:]+)\s*$', '\1')"
        instant = (
            f"case when cast({naive} as varchar) = {x} and {naive} {_LOCAL_YEARS} then {_in_zone(naive, timezone)} "
            f"when regexp_full_match({x}, '{_TIME}') then {_in_zone(naive, timezone)} "
            f"when regexp_full_match({x}, '{_TIME}{_OFFSET}') then try_cast({offset} as timestamptz) end"
        )
    return f"case when {instant} between {_FIRST} and {_LAST} then {instant} end"


def _text(x: str, kind: str) -> str:
    if kind == "VARCHAR":
        return x
    if kind == "BLOB":
        return f"try(decode({x}))"
    if kind in FLOATS:
        # pandas turns a column of whole numbers with gaps into floats: an id must not end in `.0`.
        whole = f"{x} = trunc({x}) and abs({x}) < 1e15"
        return f"case when {whole} then cast(cast({x} as bigint) as varchar) else cast({x} as varchar) end"
    if kind.startswith(("STRUCT", "MAP", "UNION")) or kind.endswith("]"):
        return f"cast(to_json({x}) as varchar)"
    return f"cast({x} as varchar)"


@dataclass(frozen=True)
class Cast:
    """How one field becomes a value of one column.

    Attributes:
        value: SQL of the typed value; null where the field cannot be typed.
        is_bad: SQL that is true where something is there and cannot be typed; never null. `{value}` in it
            stands for the typed value. None where every field can be typed.
        reason: SQL of the sentence that says so.

    """

    value: str
    is_bad: str | None
    reason: str


def cast(field: Field, column: Column, timezone: str) -> Cast:
    """The cast of a field to its column.

    Integers may carry a sign, blanks around them and a fraction of zeros (`12.0`, as floats of whole numbers
    are written); exponents, separators and other fractions are refused, and so is what leaves 64 bits.
    Numbers are finite, with a decimal point. Times are ISO 8601 dates or times, with or without offset, of
    the years 1 to 9999; those without are times of the zone given. An empty or blank field is null in every
    type but text.
    """
    x, kind = field.sql, field.duckdb_type
    if column.data_type == "INT64":
        value, safe = _integer(x, kind), kind in INTEGERS
    elif column.data_type == "FLOAT64":
        value, safe = _number(x, kind), kind in INTEGERS
    elif column.data_type == "TIMESTAMP":
        value, safe = _time(x, kind, timezone), False
    else:
        value, safe = _text(x, kind), kind != "BLOB"
        if column.is_json:
            value, safe = f"case when json_valid({value}) then {value} end", False
    filled = f"trim({x}, {_BLANKS}) <> ''" if field.is_text else f"{x} is not null"
    shown = f"coalesce(left({_text(x, kind)}, 100), '')"
    what = "valid JSON" if column.is_json else _KINDS[column.data_type]
    return Cast(
        value=value,
        is_bad=None if safe else f"{{value}} is null and {x} is not null and {filled}",
        reason=f"""{literal(column.name + ': "')} || {shown} || '" is not {what}'""",
    )
