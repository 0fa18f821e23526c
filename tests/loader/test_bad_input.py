"""Bad input: every row is loaded or rejected with its place and reasons, or the load fails and names the place."""

from __future__ import annotations

import gzip
import io
import random
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loader.errors import LoaderError
from loader.reading.csv import CsvScan
from tests.loader.typed import LOAD_ID, type_files


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("12", 12), ("-7", -7), ("+7", 7), (" 7 ", 7), ("007", 7), ("12.0", 12), ("12.000", 12),
        ("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)), ("  ", None), ('""', None),
        ("9007199254740993.0", 2**53 + 1),
    ],
)  # fmt: skip
def test_integers(tmp_path: Path, value: str, expected: int | None) -> None:
    outcome = type_files(tmp_path, "orders", {"orders.csv": f"orderId;Status\n{value};x\n".encode()})
    assert outcome.rows("orderId") == [(expected,)]


@pytest.mark.parametrize(
    "value", ["12x", "12.5", "1e2", "1_000", "0x1F", "9223372036854775808", "1,0", "12.", ".0", "٣", "1 2", "true"]
)
def test_what_is_no_integer(tmp_path: Path, value: str) -> None:
    outcome = type_files(tmp_path, "orders", {"orders.csv": f"orderId;Status\n{value};x\n".encode()})
    assert outcome.rejected == [(1, f"{value};x", f'orderId: "{value}" is not an integer')]
    assert outcome.counts == [(1, 0, 0, 1)]


@pytest.mark.parametrize(
    ("value", "expected"), [("19.90", 19.9), (" -1.5 ", -1.5), ("1e3", 1000.0), (".5", 0.5), ("7", 7.0)]
)
def test_numbers(tmp_path: Path, value: str, expected: float) -> None:
    outcome = type_files(tmp_path, "orders", {"orders.csv": f"totalCost;Status\n{value};x\n".encode()})
    assert outcome.rows("totalCost") == [(expected,)]


@pytest.mark.parametrize("value", ["1,5", "abc", "nan", "inf", "-Infinity", "1e400", "1_000", "0x10", "1 000", "$5"])
def test_what_is_no_number(tmp_path: Path, value: str) -> None:
    outcome = type_files(tmp_path, "orders", {"orders.csv": f"totalCost;Status\n{value};x\n".encode()})
    assert outcome.rejected == [(1, f"{value};x", f'totalCost: "{value}" is not a number')]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-01-02 03:04:05", "2024-01-02T03:04:05"),
        ("2024-01-02T03:04:05", "2024-01-02T03:04:05"),
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05"),
        ("2024-01-02t03:04:05z", None),
        ("2024-01-02 03:04:05.123456", "2024-01-02T03:04:05.123456"),
        ("2024-01-02 03:04:05.1234567", "2024-01-02T03:04:05.123456"),
        ("2024-01-02 03:04:05.5", "2024-01-02T03:04:05.500000"),
        ("2024-01-02 03:04", "2024-01-02T03:04:00"),
        ("2024-01-02", "2024-01-02T00:00:00"),
        (" 2024-01-02 03:04:05 ", "2024-01-02T03:04:05"),
        ("2024-01-02 03:04:05+02", "2024-01-02T01:04:05"),
        ("2024-01-02 03:04:05 +0530", "2024-01-01T21:34:05"),
        ("2024-01-02T03:04:05.5-05:00", "2024-01-02T08:04:05.500000"),
        ("2024-01-02 03:04:05 UTC", "2024-01-02T03:04:05"),
        ("0001-01-01 00:00:00", "0001-01-01T00:00:00"),
        ("9999-12-31 23:59:59", "9999-12-31T23:59:59"),
        ("9999-12-31 23:59:59-01:00", None),
        ("10000-01-01 00:00:00", None),
        ("12024-01-01", None),
        ("0000-01-01", None),
        ("0001-01-01 (BC) 00:00:00", None),
        ("2024-02-30", None),
        ("2024-01-02 25:00:00", None),
        ("1704164645", None),
        ("epoch", None),
        ("infinity", None),
        ("02.01.2024", None),
        ("2024/01/02", None),
        ("2024-1-2", None),
        ("2024-01-02 03:04:05 Europe/Kyiv", None),
    ],
)
def test_timestamps(tmp_path: Path, value: str, expected: str | None) -> None:
    outcome = type_files(tmp_path, "orders", {"orders.csv": f"orderDate;Status\n{value};x\n".encode()})
    if expected is None:
        assert outcome.rejected == [(1, f"{value};x", f'orderDate: "{value}" is not a timestamp')]
    else:
        assert [row[0].isoformat() for row in outcome.rows("orderDate")] == [f"{expected}+00:00"]


@pytest.mark.parametrize(("value", "is_valid"), [('{"a": [1]}', True), ("5", True), ("", True), ("{a: 1", False)])
def test_json_columns(tmp_path: Path, value: str, is_valid: bool) -> None:
    content = f"eventId;paramsJson\n1;{value}\n".encode()
    outcome = type_files(tmp_path, "events", {"events.csv": content})
    if is_valid:
        assert outcome.rows("paramsJson") == [(value or None,)]
    else:
        assert [reasons for *_, reasons in outcome.rejected] == [f'paramsJson: "{value}" is not valid JSON']


def test_a_row_with_three_faults_is_one_reject(tmp_path: Path) -> None:
    content = b'orderId,totalCost,orderDate,Status\n1,1,2024-01-01,ok\n12x,abc,soon,"a ""b"", c"\n2,2,,\n'
    outcome = type_files(tmp_path, "orders", {"orders.csv": content})
    assert outcome.rejected == [
        (
            2,
            '12x,abc,soon,"a ""b"", c"',
            'orderDate: "soon" is not a timestamp; orderId: "12x" is not an integer; totalCost: "abc" is not a number',
        )
    ]
    assert outcome.counts == [(3, 2, 0, 1)]
    table = pq.read_table(outcome.typed.rejected)
    assert table.column_names == ["_file", "_row", "_text", "_reasons", "_dlt_load_id"]
    assert table["_file"].to_pylist() == [outcome.typed.counts[0].uri]
    assert table["_dlt_load_id"].to_pylist() == [LOAD_ID]


def test_rows_of_a_wrong_shape_are_rejected_with_their_numbers(tmp_path: Path) -> None:
    content = (
        b'orderId,Status,note\n1,"two\nlines",a\n2,few\n\n3,b,c\n4,too,many,fields\n5x,d,e\n6,"f"g,h\n'
        b"7,\xff\xfe,i\n8,j,k\n9,12\x00,l\nx,m,n\n"
    )
    outcome = type_files(tmp_path, "orders", {"orders.csv": content})
    assert [(row, reasons) for row, _, reasons in outcome.rejected] == [
        (2, "2 fields where the header has 3"),
        (4, "4 fields where the header has 3"),
        (5, 'orderId: "5x" is not an integer'),
        (6, "a quote or a carriage return out of place"),
        (7, "not valid UTF-8"),
        (10, 'orderId: "x" is not an integer'),
    ]
    assert [text for _, text, _ in outcome.rejected[:4]] == ["2,few", "4,too,many,fields", "5x,d,e", '6,"f"g,h']
    assert outcome.rows("orderId") == [(1,), (3,), (8,), (9,)]
    assert outcome.counts == [(10, 4, 0, 6)]


def test_numbers_of_rejects_in_a_file_of_many_buffers(tmp_path: Path) -> None:
    total, chosen = 400_000, random.Random(7).sample(range(400_000), 40)
    faults = {n: ("few" if n % 2 else "typed") for n in chosen}
    lines = [f"{n},some text that fills the row,{'x' * 60}" for n in range(total)]
    for n, fault in faults.items():
        lines[n] = f"{n}" if fault == "few" else f"{n}?,a,b"
    content = ("orderId,Status,note\n" + "\n".join(lines)).encode()
    assert len(content) > 36_000_000
    outcome = type_files(tmp_path, "orders", {"orders.csv": content})
    assert [row for row, _, _ in outcome.rejected] == sorted(n + 1 for n in chosen)
    assert [text for _, text, _ in outcome.rejected] == [lines[n] for n in sorted(chosen)]
    assert outcome.counts == [(total, total - 40, 0, 40)]
    good = pa.array(sorted(set(range(total)) - set(chosen)))
    assert outcome.table["orderId"].combine_chunks().sort() == good


def test_broken_json_lines(tmp_path: Path) -> None:
    lines = [
        b'{"orderId": 1}',
        b'{"orderId": 2',
        b"",
        b"[3]",
        b"null",
        b'{"orderId": "4x"}',
        b'{"Status": "\xff"}',
        b"{}",
    ]
    outcome = type_files(tmp_path, "orders", {"orders.jsonl": b"\r\n".join(lines)})
    assert outcome.rejected == [
        (2, '{"orderId": 2', "not valid JSON"),
        (3, "[3]", "not a JSON object"),
        (4, "null", "not a JSON object"),
        (5, '{"orderId": "4x"}', 'orderId: "4x" is not an integer'),
        (6, '{"Status": "\N{REPLACEMENT CHARACTER}"}', "not valid UTF-8"),
    ]
    assert outcome.rows("orderId") == [(None,), (1,)]
    assert outcome.counts == [(7, 2, 0, 5)]


def test_a_csv_file_called_json_lines(tmp_path: Path) -> None:
    outcome = type_files(tmp_path, "orders", {"orders.jsonl": b"orderId,Status\n1,x\n"})
    assert [reasons for *_, reasons in outcome.rejected] == ["not valid JSON"] * 2
    assert outcome.typed.parts == ()


def test_bad_values_in_parquet(tmp_path: Path) -> None:
    sink = io.BytesIO()
    columns = {
        "orderId": pa.array([1.0, 2.5, float("nan"), None]),
        "totalCost": pa.array([1.0, float("inf"), 2.0, None]),
        "Status": pa.array(["a", "b", "c", "d"]),
    }
    pq.write_table(pa.table(columns), sink)
    outcome = type_files(tmp_path, "orders", {"orders.parquet": sink.getvalue()})
    assert [(row, reasons) for row, _, reasons in outcome.rejected] == [
        (2, 'orderId: "2.5" is not an integer; totalCost: "inf" is not a number'),
        (3, 'orderId: "nan" is not an integer'),
    ]
    assert outcome.rejected[0][1] == '{"orderId":2.5,"totalCost":Infinity,"Status":"b"}'
    assert outcome.rows("orderId", "Status") == [(None, "d"), (1, "a")]


def test_long_records_are_cut_in_the_rejects(tmp_path: Path) -> None:
    content = b"orderId,Status\nx," + b"y" * 3_000_000 + b"\n"
    outcome = type_files(tmp_path, "orders", {"orders.csv": content})
    assert outcome.rejected[0][1] == "x," + "y" * 999_998


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n"])
@pytest.mark.parametrize("name", ["orders.csv", "orders.jsonl"])
def test_an_empty_file_has_no_rows(tmp_path: Path, name: str, content: bytes) -> None:
    outcome = type_files(tmp_path, "orders", {name: content})
    assert (outcome.counts, outcome.typed.parts) == ([(0, 0, 0, 0)], ())


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    outcome = type_files(tmp_path, "orders", {"orders.csv": b"orderId,Status,extra"})
    assert (outcome.counts, outcome.typed.unknown_columns) == ([(0, 0, 0, 0)], ("extra",))


def test_empty_lines_above_the_header(tmp_path: Path) -> None:
    outcome = type_files(tmp_path, "orders", {"orders.csv": b"\r\n\r\norderId,Status\r\n1,a\r\n2x,b\r\n"})
    assert outcome.rows("orderId", "Status") == [(1, "a")]
    assert [row for row, *_ in outcome.rejected] == [2]


@pytest.mark.parametrize("name", ["orders.csv.gz", "orders.jsonl.gz", "orders.parquet.gz"])
@pytest.mark.parametrize("cut", [-9, 5, None])
def test_a_broken_gzip_file_fails_the_load(tmp_path: Path, name: str, cut: int | None) -> None:
    content = gzip.compress(b"orderId\n" + b"".join(b"%d\n" % n for n in range(10_000)))
    damaged = content[:cut] if cut else content[:5000] + bytes(20) + content[5020:]
    with pytest.raises(LoaderError, match=rf"{name}: .*{'ends too early' if cut else 'is not a sound gzip file'}"):
        type_files(tmp_path, "orders", {name: damaged})


@pytest.mark.parametrize("rows_behind", [3, 400_000])
def test_a_quote_that_never_closes_fails_the_load(tmp_path: Path, rows_behind: int) -> None:
    behind = b"".join(b"%d,some text that fills the row,%s\n" % (n, b"x" * 60) for n in range(rows_behind))
    content = b'orderId,Status,note\n1,"a\n\nb",c\n\n2,d,e\n3,"f,g\n' + behind
    with pytest.raises(LoaderError, match=r"orders\.csv: row 3 opens a quote that never closes"):
        type_files(tmp_path, "orders", {"orders.csv": content})


def test_mixed_line_ends_are_read(tmp_path: Path) -> None:
    content = b'orderId,Status\r\n1,"a\r\nb"\n2,"c\nd"\r\n\r\n3,e\n'
    outcome = type_files(tmp_path, "orders", {"orders.csv": content})
    assert outcome.rows("orderId", "Status") == [(1, "a\r\nb"), (2, "c\nd"), (3, "e")]
    assert outcome.counts == [(3, 3, 0, 0)]


def test_mixed_line_ends_far_apart_are_read(tmp_path: Path) -> None:
    half = [f"{n},some text that fills the row,{'x' * 60}" for n in range(200_000)]
    content = "orderId,Status,note\r\n" + "\r\n".join(half) + "\n" + "\n".join(half)
    outcome = type_files(tmp_path, "orders", {"orders.csv": content.encode()})
    assert outcome.counts == [(400_000, 400_000, 0, 0)]


def test_a_lone_carriage_return_among_other_line_ends_is_rejected(tmp_path: Path) -> None:
    outcome = type_files(tmp_path, "orders", {"orders.csv": b"orderId,Status\n1,a\r2,b\n3,c\n"})
    assert outcome.rejected == [(1, "1,a\r2,b", "a quote or a carriage return out of place")]
    assert outcome.rows("orderId", "Status") == [(3, "c")]


@pytest.mark.parametrize("header_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("inner", [b"\n", b"\r\n", b"\r"])
def test_any_mixture_of_line_ends_is_read(tmp_path: Path, header_end: bytes, line_end: bytes, inner: bytes) -> None:
    header = b'orderId,"my' + inner + b'note",Status'
    content = header_end.join((header, line_end.join((b'1,"a' + inner + b'b",x', b"2,c,y", b"3,,z"))))
    outcome = type_files(tmp_path, "orders", {"orders.csv": content})
    name = outcome.typed.unknown_columns[0]
    assert outcome.rows("orderId", name, "Status") == [(1, f"a{inner.decode()}b", "x"), (2, "c", "y"), (3, None, "z")]


def test_a_quote_left_open_until_another_quote_fails_the_load(tmp_path: Path) -> None:
    content = b'orderId,Status,note\n1,"a",b\n2,"c,d\n3,"e",f\n4,g,h\n'
    with pytest.raises(LoaderError, match=r"row 2 opens a quote that does not close before the next row"):
        type_files(tmp_path, "orders", {"orders.csv": content})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("contacts.csv", b"contactId,City,city\n1,a,b\n"),
        ("contacts.csv", b"contactId,City,contactid\n1,a,b\n"),
        ("contacts.csv", b"contactId,City,City\n1,a,b\n"),
        ("contacts.csv", b"contactId,my field,my-field\n1,a,b\n"),
        ("contacts.jsonl", b'{"contactId": 1, "City": "a"}\n{"contactId": 2, "city": "b"}\n'),
    ],
)
def test_headers_that_mean_one_column_fail_the_load(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(LoaderError, match=r"contacts\.\w+: the columns '.*' and '.*' are the same column"):
        type_files(tmp_path, "contacts", {name: content})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("orders.csv", b"orderId|Status\n1|DELIVERED\n"),
        ("orders.csv", b"PK\x03\x04 a workbook that was only renamed\n1\n"),
        ("orders.jsonl", b'{"number": 1, "state": "new"}\n'),
    ],
)
def test_a_file_without_any_column_of_its_dataset_fails_the_load(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(LoaderError, match=rf"{name}: none of its columns is one of orders; it has '.*'\. Mend"):
        type_files(tmp_path, "orders", {name: content})


def test_parquet_columns_that_differ_by_case_fail_the_load(tmp_path: Path) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"City": ["a"], "city": ["b"]}), sink)
    with pytest.raises(LoaderError, match="the columns 'City' and 'city' are the same column"):
        type_files(tmp_path, "contacts", {"contacts.parquet": sink.getvalue()})


def test_a_header_in_another_encoding_fails_the_load(tmp_path: Path) -> None:
    with pytest.raises(LoaderError, match=r"contacts\.csv: the header is not UTF-8"):
        type_files(tmp_path, "contacts", {"contacts.csv": "contactId,Місто\n1,x\n".encode("cp1251")})


def test_rows_that_the_quick_reader_loses_are_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = CsvScan.relation

    def forgetful(scan: CsvScan, connection: duckdb.DuckDBPyConnection) -> str:
        return f"(select * from {quick(scan, connection)} limit 1)"

    monkeypatch.setattr(CsvScan, "relation", forgetful)
    content = b'orderId,Status\n1,"a\n""b""\n"\n2,c\n3,d'
    outcome = type_files(tmp_path, "orders", {"orders.csv": content})
    assert outcome.rows("orderId", "Status") == [(1, 'a\n"b"\n'), (2, "c"), (3, "d")]
