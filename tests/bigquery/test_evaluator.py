"""BigQuery, as Google's evaluator computes, and DuckDB make the same of macros and models: what a person worked out.

Whatever two engines may read differently is called here on values that are apt to show it. What models make of rows is
told by dbt's unit tests: those that ran through the emulator, and so on DuckDB, are put before the evaluator.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from tests.bigquery.account import ROOT, Account
from tests.bigquery.catalog import node_of
from tests.bigquery.compile import in_order
from tests.bigquery.evaluator import Evaluator, table
from tests.support.dbt import Dbt

pytestmark = pytest.mark.bigquery

PROFILES = """
esputnik:
  outputs:
    bigquery: {type: bigquery, method: oauth-secrets, token: x, project: none, dataset: none, threads: 1}
    duckdb: {type: duckdb, path: ":memory:", schema: none, threads: 1}
"""
#: Kyiv's clocks are two hours before UTC, in summer three; they change on 31 March and 27 October 2024, at 01:00 UTC.
VARIABLES = {
    "account_timezone": "Europe/Kyiv",
    "export_timezone": "Europe/Kyiv",
    "as_of": "2024-07-01T22:30:00.5+00:00",
}


#: Of the account made by hand: clocks are put back three days before. Thresholds are such that its few rows count.
BY_HAND = {
    "raw_schema": "by_hand",
    "as_of": "2026-10-28T12:00:00",
    "account_timezone": "Europe/Kyiv",
    "export_timezone": "Europe/Kyiv",
    "nps_source": {"event_type_key": "npsAnswer", "parameter": "score", "link_pattern": "score=([0-9]+)"},
    "resubscription_events": ["resubscribed"],
    "p_alive_min_people": 1,
    "p_alive_min_days": 1,
    "p_alive_min_repeaters": 1,
    "product_pairs_min_orders": 1,
    "best_hour_min_sends": 1,
    "sunset_min_emails": 1,
}
#: Types of raw tables, seeds and ledgers, as DuckDB's client calls them, and BigQuery.
TYPES = {"BIGINT": "INT64", "INTEGER": "INT64", "DOUBLE": "FLOAT64", "DATE": "DATE", "VARCHAR": "STRING"}


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


@dataclass(frozen=True)
class Case:
    """A macro on some rows.

    Attributes:
        sql: an expression with calls of macros, in Jinja, over the columns.
        columns: type of each column, by name.
        expected: the values of a row's columns, and what the expression is for that row.

    """

    sql: str
    columns: dict[str, str]
    expected: list[tuple[Any, ...]]


@dataclass(frozen=True)
class ByHand:
    """The account made by hand: the DuckDB file in which it was built, and the manifest compiled for BigQuery."""

    database: Path
    manifest: Mapping[str, Any]

    def models(self) -> Iterator[Mapping[str, Any]]:
        """The models that become tables or views, each after those that it reads."""
        for node in in_order(self.manifest["nodes"]):
            if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral":
                yield node


def raw(from_bigquery: str, from_duckdb: str, data_type: str) -> str:
    return (
        f"{{{{ esputnik.cast_raw('x', '{from_bigquery}' if target.type == 'bigquery' else '{from_duckdb}', "
        f"'{data_type}') }}}}"
    )


X = {"x": "STRING"}
CASES = {
    # --- raw columns: what staging makes of types that are not the contract's
    "text to timestamp": Case(
        raw("string", "varchar", "TIMESTAMP"),
        X,
        [
            ("2024-01-05", utc(2024, 1, 4, 22)),
            ("2024-07-05 10:00", utc(2024, 7, 5, 7)),
            ("2024-01-05T10:00:30", utc(2024, 1, 5, 8, 0, 30)),
            (" 2024-01-05 10:00:30 ", utc(2024, 1, 5, 8, 0, 30)),
            ("2024-01-05 10:00:00.5", utc(2024, 1, 5, 8, 0, 0, 500000)),
            ("2024-01-05 10:00:00.123456", utc(2024, 1, 5, 8, 0, 0, 123456)),
            ("2024-01-05 10:00:00.123456999", utc(2024, 1, 5, 8, 0, 0, 123456)),
            ("2024-01-05T10:00:00Z", utc(2024, 1, 5, 10)),
            ("2024-01-05T10:00:00z", utc(2024, 1, 5, 10)),
            ("2024-01-05 10:00:00 UTC", utc(2024, 1, 5, 10)),
            ("2024-01-05 10:00:00.25+02", utc(2024, 1, 5, 8, 0, 0, 250000)),
            ("2024-01-05 10:00:00 +0530", utc(2024, 1, 5, 4, 30)),
            ("2024-01-05T10:00:00-00:30", utc(2024, 1, 5, 10, 30)),
            ("2024-01-05T10:00:00+14:00\n", utc(2024, 1, 4, 20)),
            # Clocks go forward from 03:00 to 04:00, and back from 04:00 to 03:00.
            ("2024-03-31 02:59:59", utc(2024, 3, 31, 0, 59, 59)),
            ("2024-03-31 03:30:00", utc(2024, 3, 31, 1, 30)),
            ("2024-03-31 04:00:00", utc(2024, 3, 31, 1)),
            ("2024-10-27 02:59:59", utc(2024, 10, 26, 23, 59, 59)),
            ("2024-10-27 03:00:00", utc(2024, 10, 27, 0)),
            ("2024-10-27 03:59:59.999999", utc(2024, 10, 27, 0, 59, 59, 999999)),
            ("2024-10-27 04:00:00", utc(2024, 10, 27, 2)),
            ("9999-12-31 23:59:59", utc(9999, 12, 31, 21, 59, 59)),
            ("0001-01-01 00:00:00", None),
            ("0001-01-01 00:00:00+02", None),
            ("9999-12-31 23:59:59-01", None),
            ("0000-01-01", None),
            ("10000-01-01", None),
            ("2024-02-30", None),
            ("2024-1-5", None),
            ("2024-01-05 24:00:00", None),
            ("2024-01-05 10:00:60", None),
            ("2024-01-05 10:00:00+2", None),
            ("2024-01-05 10:00:00+14:30", None),
            ("2024-01-05 10:00:00.Z", None),
            ("2024-01-05 10:00Z", None),
            ("2024-01-05t10:00:00", None),
            ("2024-01-05  10:00:00", None),
            ("2024-01-05 (BC)", None),
            ("-2024-01-05", None),
            ("2024/01/05", None),
            ("20240105", None),
            ("1704448800", None),
            ("infinity", None),
            ("epoch", None),
            ("", None),
            (None, None),
        ],
    ),
    "text to timestamp, in UTC": Case(
        "{{ adapter.dispatch('local_moment', 'esputnik')(esputnik.safe_cast('x', esputnik.datetime_type()), 'UTC') }}",
        X,
        [
            ("2024-03-31 03:30:00", utc(2024, 3, 31, 3, 30)),
            ("0001-01-01 00:00:00", utc(1, 1, 1)),
            ("9999-12-31 23:59:59.999999", utc(9999, 12, 31, 23, 59, 59, 999999)),
            ("x", None),
            (None, None),
        ],
    ),
    "date to timestamp": Case(
        raw("date", "date", "TIMESTAMP"),
        {"x": "DATE"},
        [("2024-03-31", utc(2024, 3, 30, 22)), ("2024-04-01", utc(2024, 3, 31, 21)), ("0001-01-01", None)],
    ),
    "datetime to timestamp": Case(
        raw("datetime", "timestamp", "TIMESTAMP"),
        {"x": "DATETIME"},
        [
            ("2024-10-27 03:30:00", utc(2024, 10, 27, 0, 30)),
            ("2024-07-01 00:00:00", utc(2024, 6, 30, 21)),
            (None, None),
        ],
    ),
    "text to whole number": Case(
        raw("string", "varchar", "INT64"),
        X,
        [
            ("0", 0),
            ("+5", 5),
            ("-5", -5),
            ("007", 7),
            (" 7 ", 7),
            ("\t7\r\n", 7),
            ("7.0", 7),
            ("9223372036854775807", 9223372036854775807),
            ("-9223372036854775808", -9223372036854775808),
            ("9223372036854775808", None),
            ("7.5", None),
            ("7.", None),
            ("1e2", None),
            ("0x1F", None),
            ("1_000", None),
            ("1 000", None),
            ("٧", None),
            ("-", None),
            ("", None),
            (None, None),
        ],
    ),
    "text to number": Case(
        raw("string", "varchar", "FLOAT64"),
        X,
        [
            ("1", 1.0),
            (" -1.5\n", -1.5),
            ("+.5", 0.5),
            ("5.", 5.0),
            ("1.5E-3", 0.0015),
            ("1e308", 1e308),
            ("1e-400", 0.0),
            ("1e400", None),
            ("-1e400", None),
            ("0x1F", None),
            ("0x1p3", None),
            ("1_000", None),
            ("1,5", None),
            ("1.5f", None),
            ("inf", None),
            ("-Infinity", None),
            ("nan", None),
            ("true", None),
            ("", None),
            (None, None),
        ],
    ),
    "float to whole number": Case(
        raw("float64", "double", "INT64"),
        {"x": "FLOAT64"},
        [(3.0, 3), (-3.0, -3), (1e18, 10**18), (0.5, None), (2.5, None), (1e19, None), ("inf", None), ("nan", None)],
    ),
    "decimal to whole number": Case(
        raw("numeric", "decimal(38,9)", "INT64"),
        {"x": "NUMERIC"},
        [("3", 3), ("-3", -3), ("2.5", None), ("1e19", None), (None, None)],
    ),
    "float to text": Case(
        raw("float64", "double", "STRING"),
        {"x": "FLOAT64"},
        [
            (3.0, "3"),
            (-3.0, "-3"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (380501234567.0, "380501234567"),
            (1234567890123456.0, "1234567890123456"),
            ("-0.0", "0"),
            ("inf", "inf"),
            ("nan", "nan"),
            (None, None),
        ],
    ),
    "decimal to text": Case(
        raw("numeric", "decimal(38,9)", "STRING"),
        {"x": "NUMERIC"},
        [("100", "100"), ("1.50", "1.5"), ("-0.000000001", "-0.000000001"), ("0", "0"), (None, None)],
    ),
    "timestamp to text": Case(
        raw("timestamp", "timestamp with time zone", "STRING"),
        {"x": "TIMESTAMP"},
        [
            ("2024-07-01 02:00:00+02", "2024-07-01 00:00:00+00"),
            ("2024-07-01 00:00:00.5+00", "2024-07-01 00:00:00.5+00"),
            ("2024-07-01 00:00:00.123456+00", "2024-07-01 00:00:00.123456+00"),
            (None, None),
        ],
    ),
    "datetime to text": Case(
        raw("datetime", "timestamp", "STRING"),
        {"x": "DATETIME"},
        [("2024-07-01 00:00:00", "2024-07-01 00:00:00"), ("2024-07-01 09:00:00.25", "2024-07-01 09:00:00.25")],
    ),
    "date to text": Case(raw("date", "date", "STRING"), {"x": "DATE"}, [("0001-01-09", "0001-01-09"), (None, None)]),
    "truth to text": Case(
        raw("bool", "boolean", "STRING"), {"x": "BOOL"}, [("true", "true"), ("false", "false"), (None, None)]
    ),
    "whole number to text": Case(raw("int64", "bigint", "STRING"), {"x": "INT64"}, [(-7, "-7"), (None, None)]),
    "whole number to number": Case(
        raw("int64", "bigint", "FLOAT64"), {"x": "INT64"}, [(7, 7.0), (2**53 + 1, float(2**53)), (None, None)]
    ),
    # --- keys
    "trim_blanks": Case(
        "{{ esputnik.trim_blanks('x') }}",
        X,
        [
            *(
                (blank + "a b" + blank, "a b")
                for blank in "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u3000"
            ),
            *((kept + "a" + kept, kept + "a" + kept) for kept in "\x1f\u180e\u200b\u2060\ufeff"),
            ("  ", ""),
            ("", ""),
            (None, None),
        ],
    ),
    "normalised_key of e-mail": Case(
        "{{ esputnik.normalised_key('x', 'email') }}",
        X,
        [
            (" Anna@Shop.UA\n", "anna@shop.ua"),
            ("ЮЛІЯ@пошта.УКР", "юлія@пошта.укр"),
            ("ÄßÉ@x.de", "äßé@x.de"),
            ("İrem@x.tr", "irem@x.tr"),
            ("ΝΙΚΟΣ@x.gr", "νικοσ@x.gr"),
            ("\u212a", "k"),
            ("\xa0", None),
            ("", None),
            (None, None),
        ],
    ),
    "normalised_key of sms": Case(
        "{{ esputnik.normalised_key('x', 'sms') }}",
        X,
        [("+38 (050) 123-45-67", "380501234567"), ("00380", "00380"), ("٣٨٠", None), ("none", None), (None, None)],
    ),
    "normalised_key of a number": Case(
        "{{ esputnik.normalised_key('x', 'contact_id') }}", {"x": "INT64"}, [(42, "42"), (-1, "-1"), (None, None)]
    ),
    "normalised_key of others": Case(
        "{{ esputnik.normalised_key('x', 'external_customer_id') }}", X, [(" 007 ", "007"), ("Ab", "Ab"), (" ", None)]
    ),
    "is_malformed_key of e-mail": Case(
        "{{ esputnik.is_malformed_key('x', 'email') }}",
        X,
        [
            ("a@b.c", False),
            ("ю@ю.ю", False),
            ("😀@b.c", False),
            ("a%_\\@b.c", False),
            ("a@b", True),
            ("@b.c", True),
            ("a@.c", True),
            ("a@b.", True),
            ("a b@c.d", True),
            ("a@b@c.d", True),
            ("", True),
        ],
    ),
    "is_malformed_key of sms": Case(
        "{{ esputnik.is_malformed_key('x', 'sms') }}",
        X,
        [("123456", True), ("1234567", False), ("123456789012345", False), ("1234567890123456", True)],
    ),
    "spelling_key": Case(
        "{{ esputnik.spelling_key('x') }}",
        X,
        [("IN PROGRESS", "inprogress"), ("in_Progress-2", "inprogress2"), ("İn", "in"), ("Ä", ""), (None, None)],
    ),
    "random_bucket": Case(
        # The first of RFC 1321's examples of md5, and their beginnings.
        "{{ esputnik.random_bucket('x') }}",
        X,
        [
            ("a", 0x0CC175B9 % 10000),
            ("", 0xD41D8CD9 % 10000),
            ("message digest", 0xF96B697D % 10000),
            (None, None),
        ],
    ),
    "surrogate_key": Case(
        "{{ esputnik.surrogate_key(['x', 'y']) }}",
        {"x": "STRING", "y": "INT64"},
        [
            ("ю", 1, md5("ю|1")),
            (None, -1, md5("~|-1")),
            ("", None, md5("|~")),
        ],
    ),
    "like_any": Case(
        r"""{{ esputnik.like_any('x', ['%unsub%', 'a_c', '100\\%', 'do\\_not%', "it's"]) }}""",
        X,
        [
            ("an unsubscribe link", 1),
            ("UNSUB", 0),
            ("abc", 1),
            ("a😀c", 1),
            ("a\nc", 1),
            ("ac", 0),
            ("100%", 1),
            ("1000", 0),
            ("do_not_mail", 1),
            ("do-not-mail", 0),
            ("it's", 1),
            ("", 0),
            (None, 0),
        ],
    ),
    "like_any of no pattern": Case("{{ esputnik.like_any('x', []) }}", X, [("a", 0), (None, 0)]),
    "is_like": Case(
        "{{ esputnik.is_like('x', 'y') }}",
        {"x": "STRING", "y": "STRING"},
        [
            ("5.1.1", "5.1.%", True),
            ("450", "4__", True),
            ("45", "4__", False),
            ("100%", "100\\%", True),
            ("1000", "100\\%", False),
            ("", "%", True),
            (None, "%", None),
            ("a", None, None),
        ],
    ),
    "has_tag": Case(
        r"""{{ esputnik.has_tag('x', ['Receipt', 'order confirmation', "it's", 'a\\b']) }}""",
        X,
        [
            ("receipt", 1),
            ("news, RECEIPT ,x", 1),
            ("receipts", 0),
            ("Order Confirmation", 1),
            ("IT'S", 1),
            ("A\\B", 1),
            ("", 0),
            (None, 0),
        ],
    ),
    "text_list": Case(
        r"""coalesce(x in ({{ esputnik.text_list(["it's", 'a\\b', 'line\nbreak', '"']) }}), false)""",
        X,
        [("it's", True), ("a\\b", True), ("line\nbreak", True), ('"', True), ("its", False), (None, False)],
    ),
    "text_list of none": Case("coalesce(x in ({{ esputnik.text_list([]) }}), false)", X, [("a", False), (None, False)]),
    "device_channel": Case("{{ esputnik.device_channel('x') }}", X, [("1.0", "mobile_push"), (None, "web_push")]),
    "version_part, first": Case(
        "{{ esputnik.version_part('x', 1) }}",
        X,
        [("4.10.2", 4), ("004", 4), ("4-beta", 4), ("v4", -1), ("1234567890", -1), ("", -1), (None, -1)],
    ),
    "version_part, third": Case(
        "{{ esputnik.version_part('x', 3) }}", X, [("4.10.2", 2), ("4.10.2rc1", 2), ("4.10", -1), (None, -1)]
    ),
    # --- links and events
    "link_without_tracking": Case(
        "{{ esputnik.link_without_tracking('x') }}",
        X,
        [
            ("https://x.ua/p?utm_source=a&b=1", "https://x.ua/p?b=1"),
            (" https://x.ua/p?b=1&UTM_Source=a&c=2#frag ", "https://x.ua/p?b=1&c=2"),
            ("https://x.ua/p?utm_source=a&gclid=b", "https://x.ua/p"),
            ("https://x.ua/п?я=1&utm_term=Ї", "https://x.ua/п?я=1"),
            ("https://x.ua/p?&&b=1", "https://x.ua/p?b=1"),
            ("https://x.ua/p?a=utm_x=1", "https://x.ua/p?a=utm_x=1"),
            ("https://x.ua/?#utm_x=1", "https://x.ua/"),
            ("?utm_a=1", None),
            ("#", None),
            ("", None),
            (None, None),
        ],
    ),
    "event_parameter": Case(
        "{{ esputnik.event_parameter('x', 'a.b') }}",
        X,
        [
            ('[{"name":"a.b","value":"9"}]', "9"),
            ('[{"value" : "9", "name" : "a.b"}]', "9"),
            ('[{"name":"a.b","value":-9.5}]', "-9.5"),
            ('[{"value":true,"name":"a.b"}]', "true"),
            ('[{"name":"a.b",\n\t"value":\n"x, y}"}]', "x, y}"),
            ('[{"name":"x","value":"1"},{"name":"a.b","value":"ю"}]', "ю"),
            ('[{"name":"a.b","value":null},{"name":"a.b","value":"5"}]', "5"),
            ('[{"name":"a.b","value":"null"}]', "null"),
            ('[{"name":"a.b","value":null}]', None),
            ('[{"value":null,"name":"a.b"}]', None),
            ('[{"name":"a.b","value":""}]', None),
            ('[{"name":"a.b","value":[1]}]', None),
            ('[{"name":"a.b","value":{"c":1}}]', None),
            ('[{"name":"axb","value":"1"}]', None),
            ("[]", None),
            ("", None),
            (None, None),
        ],
    ),
    "event_parameter with a quote in its name": Case(
        """{{ esputnik.event_parameter('x', "it's") }}""",
        X,
        [('[{"name":"it\'s","value":"9"}]', "9"), ('[{"name":"its","value":"9"}]', None)],
    ),
    "regexp_capture": Case(
        "{{ esputnik.regexp_capture('x', 'a([0-9]*)c') }}",
        X,
        [("xa12c a3c", "12"), ("ac", None), ("x", None), (None, None)],
    ),
    "regexp_remove": Case(
        "{{ esputnik.regexp_remove('x', '[0-9]+') }}", X, [("1a23b", "ab"), ("1", ""), ("", ""), (None, None)]
    ),
    # --- numbers
    "money_of_float": Case(
        "{{ esputnik.money_of_float('x') }}",
        {"x": "FLOAT64"},
        [
            *(
                (amount, Decimal(amount).quantize(Decimal("1e-9"), ROUND_HALF_UP))
                for amount in (
                    0.1,
                    -19.99,
                    1.005,
                    2.675,
                    1234567.89,
                    12345678901.23,
                    -99999999999.995,
                    1e15,
                    1e18,
                    1e-10,
                )
            ),
            (None, None),
        ],
    ),
    "money of a small float": Case(
        "{{ esputnik.money('x') }}",
        {"x": "FLOAT64"},
        [
            (0.1, Decimal("0.1")),
            (-19.99, Decimal("-19.99")),
            (1.005, Decimal("1.005")),
            (1e-10, Decimal(0)),
            (None, None),
        ],
    ),
    "money of a decimal": Case(
        "{{ esputnik.money('x') }}",
        {"x": "NUMERIC"},
        [
            ("0.000000001", Decimal("0.000000001")),
            ("-12345678901234567890123456789.123456789", Decimal("-12345678901234567890123456789.123456789")),
            ("0", Decimal(0)),
        ],
    ),
    "money of a whole number": Case(
        "{{ esputnik.money('x') }}", {"x": "INT64"}, [(2**62, Decimal(2**62)), (-1, Decimal(-1))]
    ),
    "rounded": Case(
        "{{ esputnik.rounded('x') }}",
        {"x": "FLOAT64"},
        [
            (2.675, 2.68),
            (1.005, 1.01),
            (-1.005, -1.01),
            (0.004999, 0.0),
            (1234567.885, 1234567.89),
            (None, None),
        ],
    ),
    "rounded to whole numbers": Case(
        "{{ esputnik.rounded('x', 0) }}",
        {"x": "NUMERIC"},
        [("0.5", 1.0), ("1.5", 2.0), ("2.5", 3.0), ("-0.5", -1.0), ("0.499999999", 0.0)],
    ),
    "shown_money": Case(
        "{{ esputnik.shown_money('x') }}",
        {"x": "FLOAT64"},
        [(8.115, Decimal("8.12")), (-0.005, Decimal("-0.01")), (12345678901.23, Decimal("12345678901.23"))],
    ),
    "ratio": Case(
        "{{ esputnik.ratio('x', 'y') }}",
        {"x": "INT64", "y": "INT64"},
        [(1, 4, 0.25), (-7, 2, -3.5), (0, 5, 0.0), (1, 0, None), (0, 0, None), (None, 1, None)],
    ),
    "ratio of money, rounded": Case(
        "{{ esputnik.rounded(esputnik.ratio('x', 'y'), 4) }}",
        {"x": "NUMERIC", "y": "INT64"},
        [("10", 3, 3.3333), ("1", 20000, 0.0001), ("2.00025", 2, 1.0001), ("100000.01", 7, 14285.7157), ("1", 0, None)],
    ),
    "flag": Case("{{ esputnik.flag('x') }}", {"x": "INT64"}, [(1, 1), (0, 0), (None, 0)]),
    # Wilson 1927 as in Brown, Cai, DasGupta 2001, by hand to six places: of 5 in 10 0.236593 to 0.763407.
    "wilson, lower end": Case(
        "{{ esputnik.rounded(esputnik.wilson('x', 'y', -1), 6) }}",
        {"x": "INT64", "y": "INT64"},
        [(5, 10, 0.236593), (0, 10, 0.0), (10, 10, 0.722467), (0, 0, None)],
    ),
    "wilson, upper end": Case(
        "{{ esputnik.rounded(esputnik.wilson('x', 'y', 1), 6) }}",
        {"x": "INT64", "y": "INT64"},
        [(5, 10, 0.763407), (0, 10, 0.277533), (10, 10, 1.0), (0, 0, None)],
    ),
    # --- time
    "local_date": Case(
        "{{ esputnik.local_date('x') }}",
        {"x": "TIMESTAMP"},
        [
            ("2024-01-01 21:59:59.999999+00", date(2024, 1, 1)),
            ("2024-01-01 22:00:00+00", date(2024, 1, 2)),
            ("2024-07-01 20:59:59+00", date(2024, 7, 1)),
            ("2024-07-01 21:00:00+00", date(2024, 7, 2)),
            ("1969-12-31 20:00:00+00", date(1969, 12, 31)),
            ("9999-12-31 21:59:59+00", date(9999, 12, 31)),
            ("9999-12-31 22:00:00+00", None),
            (None, None),
        ],
    ),
    "local_date west of Greenwich": Case(
        "{{ adapter.dispatch('local_date', 'esputnik')('x', 'America/New_York') }}",
        {"x": "TIMESTAMP"},
        [
            ("0001-01-01 00:00:00+00", None),
            ("0001-01-01 12:00:00+00", date(1, 1, 1)),
            ("9999-12-31 23:59:59+00", date(9999, 12, 31)),
        ],
    ),
    "local_date in UTC": Case(
        "{{ adapter.dispatch('local_date', 'esputnik')('x', 'UTC') }}",
        {"x": "TIMESTAMP"},
        [("0001-01-01 00:00:00+00", date(1, 1, 1)), ("9999-12-31 23:59:59+00", date(9999, 12, 31)), (None, None)],
    ),
    "local_hour": Case(
        "{{ esputnik.local_hour('x') }}",
        {"x": "TIMESTAMP"},
        [
            ("2024-03-31 00:59:59+00", 2),
            ("2024-03-31 01:00:00+00", 4),
            ("2024-10-27 00:30:00+00", 3),
            ("2024-10-27 01:30:00+00", 3),
            ("2024-01-01 22:00:00+00", 0),
            ("2024-01-01 21:59:59.999999+00", 23),
            (None, None),
        ],
    ),
    "utc_date": Case(
        "{{ esputnik.utc_date('x') }}",
        {"x": "TIMESTAMP"},
        [
            ("2024-01-01 23:59:59.999999+00", date(2024, 1, 1)),
            ("1969-12-31 23:59:59.999999+00", date(1969, 12, 31)),
            (None, None),
        ],
    ),
    "unix_micros": Case(
        "{{ esputnik.unix_micros('x') }}",
        {"x": "TIMESTAMP"},
        [("1970-01-01 00:00:01.000002+00", 1000002), ("1969-12-31 23:59:59.999999+00", -1), (None, None)],
    ),
    "add_seconds": Case(
        "{{ esputnik.add_seconds('x', 'y') }}",
        {"x": "TIMESTAMP", "y": "INT64"},
        [
            ("2024-03-31 00:59:59.5+00", 86400, utc(2024, 4, 1, 0, 59, 59, 500000)),
            ("2024-01-01 00:00:00+00", -1, utc(2023, 12, 31, 23, 59, 59)),
            (None, 1, None),
            ("2024-01-01 00:00:00+00", None, None),
        ],
    ),
    "add_to_date, days": Case(
        "{{ esputnik.add_to_date('x', 'y', 'day') }}",
        {"x": "DATE", "y": "INT64"},
        [("2024-02-28", 1, date(2024, 2, 29)), ("2024-03-01", -1, date(2024, 2, 29)), ("2024-01-01", None, None)],
    ),
    "add_to_date, months": Case(
        "{{ esputnik.add_to_date('x', 'y', 'month') }}",
        {"x": "DATE", "y": "INT64"},
        [
            ("2024-01-31", 1, date(2024, 2, 29)),
            ("2024-02-29", 12, date(2025, 2, 28)),
            ("2024-03-31", -1, date(2024, 2, 29)),
            (None, 1, None),
        ],
    ),
    "month_start": Case(
        "{{ esputnik.month_start('x') }}",
        {"x": "DATE"},
        [("2024-02-29", date(2024, 2, 1)), ("1969-12-31", date(1969, 12, 1)), (None, None)],
    ),
    "days_between": Case(
        "{{ esputnik.days_between('x', 'y') }}",
        {"x": "DATE", "y": "DATE"},
        [("2024-02-28", "2024-03-01", 2), ("2024-03-01", "2024-02-28", -2), (None, "2024-01-01", None)],
    ),
    "months_between": Case(
        "{{ esputnik.months_between('x', 'y') }}",
        {"x": "DATE", "y": "DATE"},
        [
            ("2024-01-31", "2024-02-01", 1),
            ("2024-01-01", "2024-01-31", 0),
            ("2023-11-30", "2024-02-01", 3),
            ("2024-02-01", "2024-01-31", -1),
            (None, "2024-01-01", None),
        ],
    ),
    "iso_weekday": Case(
        "{{ esputnik.iso_weekday('x') }}",
        {"x": "DATE"},
        [("2024-07-01", 1), ("2024-07-07", 7), ("1969-12-28", 7), ("1969-12-29", 1), (None, None)],
    ),
    # as_of lies on 2 July in Kyiv, on 1 July in UTC.
    "as_of": Case("{{ esputnik.as_of() }}", X, [(None, utc(2024, 7, 1, 22, 30, 0, 500000))]),
    "as_of, two days ago": Case("{{ esputnik.as_of(2) }}", X, [(None, utc(2024, 6, 29, 22, 30, 0, 500000))]),
    "as_of_date": Case("{{ esputnik.as_of_date() }}", X, [(None, date(2024, 7, 2))]),
    "as_of_date, a week before": Case("{{ esputnik.as_of_date(7) }}", X, [(None, date(2024, 6, 25))]),
    "days_since": Case(
        "{{ esputnik.days_since('x') }}", {"x": "DATE"}, [("2024-07-02", 0), ("2024-06-30", 2), (None, None)]
    ),
    "in_window": Case(
        "{{ esputnik.in_window('x', 7) }}",
        {"x": "DATE"},
        [("2024-07-02", True), ("2024-06-26", True), ("2024-06-25", False), (None, False)],
    ),
    "utc_day_window": Case(
        "coalesce({{ esputnik.utc_day_window('x', 7) }}, false)",
        {"x": "DATE"},
        [("2024-07-02", False), ("2024-07-01", True), ("2024-06-25", True), ("2024-06-24", False), (None, False)],
    ),
    # --- arrays, and several rows
    "count_distinct_elements": Case(
        "{{ esputnik.count_distinct_elements('x') }}",
        {"x": "ARRAY<STRING>"},
        [(["a", "b", "a"], 2), (["a", None], 1), ([None], 0), ([], 0), (None, 0)],
    ),
    "has_element_in": Case(
        "{{ esputnik.has_element_in('x', ['2024-01-01', '2024-01-02', 'none']) }}",
        {"x": "ARRAY<DATE>"},
        [
            (["2024-01-02"], True),
            (["2024-01-03", None, "2024-01-01"], True),
            (["2024-01-03", None], False),
            ([], False),
            (None, False),
        ],
    ),
    "unnested": Case(
        "(select count(*) from {{ esputnik.unnested('given.x', 'element') }} where element <> 'b')",
        {"x": "ARRAY<STRING>"},
        [(["a", "b", "a", None], 2), ([], 0), (None, 0)],
    ),
    "numbers_up_to": Case(
        "(select sum(number) from {{ esputnik.numbers_up_to('given.x', 'number') }})",
        {"x": "INT64"},
        [(3, 6), (0, 0), (-1, None)],
    ),
    "percentile": Case(
        "{{ esputnik.percentile('y', 0.25, 'x') }}",
        {"x": "STRING", "y": "INT64"},
        [
            ("a", 1, 2.5),
            ("a", 3, 2.5),
            ("a", 8, 2.5),
            ("a", 4, 2.5),
            ("b", 5, 5.0),
            ("b", None, 5.0),
            ("c", None, None),
        ],
    ),
    "percent_rank of ties, as rfm takes it": Case(
        "cast(least(5, 1 + floor(5 * percent_rank() over (order by x))) as {{ esputnik.contract_type('INT64') }})",
        {"x": "NUMERIC"},
        # Ranks 1, 2, 2, 4, 5, 6: shares 0, 0.2, 0.2, 0.6, 0.8, 1.
        [("1", 1), ("2", 2), ("2.0", 2), ("7", 4), ("8.5", 5), ("9", 5)],
    ),
    "newest_first": Case(
        "row_number() over (order by {{ esputnik.newest_first(['x', 'y']) }})",
        {"_dlt_load_id": "STRING", "x": "STRING", "y": "TIMESTAMP"},
        [
            (None, "z", None, 6),
            ("1717.5", "b", None, 5),
            ("1717.5", "b", "2024-01-01 00:00:00+00", 4),
            ("1717.5", "ю", None, 2),
            ("1717.5", "é", None, 3),
            ("1718", None, None, 1),
        ],
    ),
    "count_where": Case(
        "{{ esputnik.count_where('x > 1') }} over ()", {"x": "INT64"}, [(2, 2), (1, 2), (None, 2), (3, 2)]
    ),
    "channel_of_send": Case(
        "{{ esputnik.channel_of_send() | replace('end)', 'end) over ()') }}",
        {"channel": "STRING"},
        [("other", "sms"), ("viber", "sms"), ("sms", "sms"), (None, "sms")],
    ),
    "all_but": Case(
        "(select kept from (select {{ esputnik.all_but(['n']) }} from (select 1 as n, 'a' as kept) as one) as two)",
        X,
        [(None, "a")],
    ),
}


#: Macros of the dialect that make statements or settings, not values.
STATEMENTS = {
    "bills_reads",  # of two ways to read, the evaluator takes the one of BigQuery
    "clustered_table",
    "committed_statement",
    "create_or_replace_view",
    "drop_other_type",
    "duckdb__comments",
    "get_empty_schema_sql",
    "in_transaction",
    "laid_out",
    "partitioned_by_day",
    "put_in_place",
    "raw_days_listing",  # metadata of partitions, which the evaluator has none of
    "raw_days_seen",
    "replace_table",
    "share_threads",
    "table_and_view",
}


def test_every_macro_in_which_engines_differ_is_called() -> None:
    """By a case, or by a macro that a case calls."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "macros").rglob("*.sql")}
    called: set[str] = set()
    found = {name for case in CASES.values() for name in names_of_macros(case.sql)}
    while found:
        called |= found
        found = {name for macro in found for name in names_of_macros(texts.get(macro, ""))} - called
    assert {path.stem for path in (ROOT / "macros" / "dialect").glob("*.sql")} - called == STATEMENTS


def names_of_macros(text: str) -> set[str]:
    return set(re.findall(r"(?:\besputnik\.|\bdispatch\(')(\w+)", text))


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The expressions as dbt makes them, by target and case: of the macros alone, which dbt reads in a second."""
    folder = tmp_path_factory.mktemp("evaluator")
    shutil.copytree(ROOT / "macros", folder / "macros")
    shutil.copy(ROOT / "dbt_project.yml", folder)
    (folder / "profiles.yml").write_text(PROFILES, encoding="utf-8")
    inline = "\n---\n".join(case.sql for case in CASES.values())
    found = {}
    for target in ("bigquery", "duckdb"):
        paths = [
            "--project-dir",
            folder,
            "--profiles-dir",
            folder,
            "--target-path",
            folder / target,
            "--log-path",
            folder,
        ]
        options = ["--target", target, "--vars", json.dumps(VARIABLES), "--no-populate-cache", *paths]
        run = dbtRunner().invoke(["--quiet", "compile", "--inline", inline, *map(str, options)])
        assert run.success, run.exception
        found[target] = dict(zip(CASES, run.result.results[0].node.compiled_code.split("\n---\n"), strict=True))
    return found


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connected:
        connected.execute("set timezone = 'UTC'")
        yield connected


@pytest.mark.parametrize("name", CASES)
def test_macro(compiled: dict[str, dict[str, str]], connection: duckdb.DuckDBPyConnection, name: str) -> None:
    case = CASES[name]
    rows = [row[:-1] for row in case.expected]
    expected = [(*row[:-1], shown(row[-1])) for row in case.expected]

    def query(target: str) -> str:
        given = table(case.columns, rows, is_bigquery=target == "bigquery")
        return f"select {compiled[target][name]} as result from ({given}) as given order by n"

    on_bigquery = Evaluator().query(query("bigquery")).rows
    assert [(*row, shown(result)) for row, (result,) in zip(rows, on_bigquery, strict=True)] == expected
    on_duckdb = connection.execute(query("duckdb")).fetchall()
    assert [(*row, shown(result)) for row, (result,) in zip(rows, on_duckdb, strict=True)] == expected


def shown(value: Any) -> Any:
    """A value with its kind, so that 1 is not 1.0, nor true; decimals as text, without zeros at their end."""
    if isinstance(value, Decimal):
        return "decimal", f"{value.normalize():f}"
    if isinstance(value, datetime):
        return "moment", value.astimezone(UTC).isoformat()
    return type(value).__name__, value


def test_unit_tests_of_the_models(account: Account) -> None:
    """What dbt sent for each unit test, rows and expectation in it, comes to the same on the evaluator."""
    unit_tests = account.manifest["unit_tests"]
    sent = {
        name: request.sql
        for request in account.requests("first build", "second load")
        if request.sql and (name := node_of(request.sql)) in unit_tests
    }
    assert sent.keys() == unit_tests.keys()
    wrong = []
    for name, sql in sent.items():
        answer = Evaluator().query(sql)
        *_, kind = answer.columns
        assert kind == "actual_or_expected"
        # To nine digits, since fixtures are written in few.
        actual, expected = (
            sorted((comparable(row[:-1], 9) for row in answer.rows if row[-1] == half), key=repr)
            for half in ("actual", "expected")
        )
        if actual != expected:
            wrong.append(f"{name}: {list(answer.columns)}\nactual: {actual}\nexpected: {expected}")
    assert not wrong, "\n\n".join(wrong)


@pytest.fixture(scope="module")
def by_hand(account: Account, dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> ByHand:
    """The account of `by_hand/`, built on DuckDB and compiled for BigQuery.

    Its raw tables are like a native export's in which everything is text.
    """
    files = {path.stem: path for path in sorted((Path(__file__).parent / "by_hand").glob("*.csv"))}
    database = tmp_path_factory.mktemp("by_hand") / "warehouse.duckdb"
    account.emulator.query("create schema by_hand")
    with duckdb.connect(str(database)) as connected:
        connected.execute("create schema by_hand")
        for name, path in files.items():
            connected.execute(f"create table by_hand.{name} as from read_csv('{path}', all_varchar = true)")
            columns = [column for column, *_ in connected.execute(f"describe by_hand.{name}").fetchall()]
            account.emulator.query(f"create table by_hand.{name} ({', '.join(f'{one} string' for one in columns)})")
    folder = database.parent / "compiled"
    models = ("--select", "resource_type:model", "--exclude", "resource_type:test", "resource_type:unit_test")
    with ThreadPoolExecutor() as pool:
        compiled = pool.submit(
            account.dbt, "compile", "bigquery", "--full-refresh", *models, variables=BY_HAND, folder=folder
        )
        dbt("build", "--exclude-resource-type", "test", "unit_test", database=database, variables=BY_HAND)
        compiled.result()
    return ByHand(database, json.loads((folder / "manifest.json").read_text()))


def test_models_of_an_account_made_by_hand(by_hand: ByHand) -> None:
    """Each model's query on the evaluator, on what the queries before it gave, makes the rows that DuckDB built."""
    evaluator = Evaluator()
    wrong, empty = [], set()
    with duckdb.connect(str(by_hand.database), read_only=True) as connected:
        connected.execute("set timezone = 'UTC'")

        def built(schema: str, name: str) -> tuple[dict[str, str], list[tuple[Any, ...]]]:
            found = connected.execute(f"select * from {schema}.{name}")
            return {column: str(data_type) for column, data_type, *_ in found.description}, found.fetchall()

        for schema, name in connected.execute(
            # What the models read and do not make: raw tables, seeds, and the ledgers of how they were built.
            "select schema_name, table_name from duckdb_tables()"
            " where schema_name in ('by_hand', 'esputnik_seeds') or table_name like '%\\_\\_ledger' escape '\\'"
        ).fetchall():
            columns, rows = built(schema, name)
            types = {column: TYPES[data_type] for column, data_type in columns.items()}
            given = table(types, rows, is_bigquery=True)
            evaluator.put(schema, name, evaluator.query(f"select * except (n) from ({given}) as given"))

        for node in by_hand.models():
            answer = evaluator.query(node["compiled_code"])
            evaluator.put(node["schema"], node["alias"], answer)
            columns, rows = built(node["schema"], node["alias"])
            assert list(answer.columns) == list(columns), node["name"]
            there, here = (sorted((comparable(row, 12) for row in some), key=repr) for some in (answer.rows, rows))
            if there != here:
                only_there, only_here = (
                    [row for row in some if row not in other] for some, other in ((there, here), (here, there))
                )
                wrong.append(f"{node['name']}: {list(columns)}\nevaluator: {only_there}\nDuckDB: {only_here}")
            if not rows:
                empty.add(node["name"])
    assert not wrong, "\n\n".join(wrong)
    assert empty == {
        # The API's datasets; the one code of the seed has expired; there are no codes or sources of strangers.
        "stg_esputnik__segments",
        "stg_esputnik__segment_members",
        "int_personal_codes",
        "src_personal_codes",
        "rpt_external_source_unmatched",
        # Nobody told of loads.
        "int_loads",
        "rpt_loads",
    }


def comparable(row: tuple[Any, ...], digits: int) -> list[Any]:
    """Values of a row of either engine: numbers with so many digits, whatever their type, and moments in UTC."""
    return [
        float(f"{value:.{digits}g}")
        if isinstance(value, (int, float, Decimal))
        else value.astimezone(UTC)
        if isinstance(value, datetime) and value.tzinfo
        else value
        for value in row
    ]
