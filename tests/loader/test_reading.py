"""Sound files of every format become the same typed rows."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loader.contract import load_contract
from loader.errors import LoaderError
from loader.reading import type_dataset
from loader.reading.columns import column_name
from loader.sources.files import discover
from tests.loader.typed import LOAD_ID, type_files


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def parquet(**columns: pa.Array) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


ORDERS = {
    "csv": (
        b"totalCost,orderId,Status,orderDate\n"
        b'19.90,1,"a, ""b""\nc",2024-01-02 03:04:05\n'
        b"7,2,,2024-01-02T03:04:05.25+02:00\n"
        b',3,"",2024-01-02\n'
    ),
    "jsonl": (
        b'{"totalCost": 19.9, "orderId": 1, "Status": "a, \\"b\\"\\nc", "orderDate": "2024-01-02 03:04:05"}\n'
        b'{"orderId": "2", "Status": null, "totalCost": 7, "orderDate": "2024-01-02T03:04:05.25+02:00"}\n'
        b'{"orderId": 3.0, "Status": "", "orderDate": "2024-01-02"}\n'
    ),
    "parquet": parquet(
        totalCost=pa.array([Decimal("19.90"), Decimal("7.00"), None], pa.decimal128(9, 2)),
        orderId=pa.array([1.0, 2.0, 3.0], pa.float64()),
        Status=pa.array(['a, "b"\nc', None, ""], pa.string()).dictionary_encode(),
        orderDate=pa.array(["2024-01-02 03:04:05", "2024-01-02 01:04:05.25Z", "2024-01-02"], pa.large_string()),
    ),
}
TYPED = [
    (1, 'a, "b"\nc', 19.9, utc(2024, 1, 2, 3, 4, 5)),
    (2, None, 7.0, utc(2024, 1, 2, 1, 4, 5, 250000)),
    (3, "", None, utc(2024, 1, 2)),
]


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize("file_format", ["csv", "jsonl", "parquet"])
def test_every_format_gives_the_same_rows(tmp_path: Path, file_format: str, gzipped: bool) -> None:
    content = ORDERS[file_format]
    name = f"orders.{file_format}" + (".gz" if gzipped else "")
    outcome = type_files(tmp_path, "orders", {name: gzip.compress(content) if gzipped else content})
    assert outcome.rows("orderId", "Status", "totalCost", "orderDate") == TYPED
    assert outcome.counts == [(3, 3, 0, 0)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_line_ends_and_byte_order_marks(tmp_path: Path, delimiter: str, line_end: str) -> None:
    lines = [["Status", "orderId", "note; or, so"], ["a b", "1", "x"], ["é", "2", "y"]]
    text = line_end.join(delimiter.join(f'"{field}"' for field in line) for line in lines)
    outcome = type_files(tmp_path, "orders", {"orders.csv": b"\xef\xbb\xbf" + text.encode()})
    assert outcome.rows("orderId", "Status", "note__or__so") == [(1, "a b", "x"), (2, "é", "y")]


def test_rows_have_the_columns_of_the_contract_and_the_loaders_own(tmp_path: Path) -> None:
    outcome = type_files(tmp_path, "contactActivities", {"contactActivities.csv": b"contactId\n1\n"})
    contract = [column.name for column in load_contract()["contactActivities"].columns]
    assert outcome.table.column_names == [*contract, "_day", "_dlt_load_id"]
    assert outcome.table.column_names == [column.name for column in outcome.typed.columns]
    assert outcome.table.schema.field("activityDateTime").type == pa.timestamp("us", tz="UTC")
    assert outcome.table.schema.field("errorCode").type == pa.string()
    assert outcome.table.schema.field("_day").type == pa.date32()
    assert outcome.rows("contactId", "_day", "_dlt_load_id") == [(1, None, LOAD_ID)]


def test_the_day_is_the_utc_date_of_the_new_or_the_old_time(tmp_path: Path) -> None:
    content = (
        b"contactId,activityDateTime,started\n"
        b"1,2024-05-01 23:30:00-01:00,\n2,,2024-05-01 00:30:00\n3,2024-05-03,2024-05-04\n"
    )
    outcome = type_files(
        tmp_path, "contactActivities", {"contactActivities.csv": content}, export_timezone="Europe/Kyiv"
    )
    # Kyiv is three hours ahead of UTC in May: its midnight is 21:00 of the day before.
    assert outcome.rows("contactId", "_day") == [(1, date(2024, 5, 2)), (2, date(2024, 4, 30)), (3, date(2024, 5, 2))]


def test_a_local_time_that_a_clock_change_skips_is_kept(tmp_path: Path) -> None:
    content = b"orderId,orderDate\n1,2024-03-31 02:59:59\n2,2024-03-31 03:30:00\n3,2024-03-31 04:00:00\n"
    outcome = type_files(tmp_path, "orders", {"orders.csv": content}, export_timezone="Europe/Kyiv")
    assert outcome.rows("orderId", "orderDate") == [
        (1, utc(2024, 3, 31, 0, 59, 59)),
        (2, utc(2024, 3, 31, 1, 30)),  # read with the offset before the change: 04:30 by the new clock
        (3, utc(2024, 3, 31, 1, 0)),
    ]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Kyiv", datetime(2024, 10, 27, 4)),
        ("Europe/Kyiv", datetime(2024, 3, 31, 3)),
        ("Australia/Lord_Howe", datetime(2024, 4, 7, 2)),  # by half an hour
        ("America/New_York", datetime(2024, 11, 3, 2)),
        ("America/New_York", datetime(1, 1, 2)),
    ],
)
def test_local_times_around_a_clock_change(tmp_path: Path, kind: str, zone: str, change: datetime) -> None:
    """Python's time zones say the same: of an hour that comes twice the first."""
    times = [change + timedelta(minutes=15 * step) for step in range(-90, 130)]
    if kind == "csv":
        content = "\n".join(["orderDate", *(str(time) for time in times)]).encode()
    else:
        content = parquet(orderDate=pa.array(times, pa.timestamp("us")))
    outcome = type_files(tmp_path, "orders", {f"orders.{kind}": content}, export_timezone=zone)
    read = [moment for (moment,) in outcome.rows("orderDate")]
    assert read == sorted(time.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for time in times)


def test_parquet_types_beside_the_contracts(tmp_path: Path) -> None:
    moment = datetime(2024, 1, 2, 3, 4, 5, 6000)
    content = parquet(
        contactId=pa.array([1, None], pa.int32()),
        totalSent=pa.array([2**53 + 1, 5], pa.uint64()),
        totalViewed=pa.array(["9007199254740993", " 7 "]),
        createdDate=pa.array([moment, None], pa.timestamp("ms")),
        lastSentDate=pa.array([moment, None], pa.timestamp("ns", tz="Europe/Kyiv")),
        lastViewedDate=pa.array([date(2024, 7, 1), None], pa.date32()),
        externalCustomerId=pa.array([12345.0, 0.5]),
        sms=pa.array([380501234567, None], pa.int64()),
        firstName=pa.array([b"\xd0\x9e\xd0\xbb\xd1\x8f", None], pa.binary()),
        tags=pa.array([["a", "b"], None]),
        address=pa.array([{"city": "Kyiv", "zip": 1}, None]),
        subscribed=pa.array([True, None]),
    )
    outcome = type_files(tmp_path, "contacts", {"contacts.parquet": content}, export_timezone="Europe/Kyiv")
    numbers = outcome.rows("contactId", "totalSent", "totalViewed", "externalCustomerId", "sms")
    assert numbers == [(None, 5, 7, "0.5", None), (1, 2**53 + 1, 2**53 + 1, "12345", "380501234567")]
    assert outcome.rows("createdDate", "lastSentDate", "lastViewedDate")[1] == (
        utc(2024, 1, 2, 1, 4, 5, 6000),
        utc(2024, 1, 2, 3, 4, 5, 6000),  # an instant already: pyarrow takes the moment as UTC
        utc(2024, 6, 30, 21),
    )
    assert outcome.rows("firstName", "tags", "address", "subscribed")[1] == (
        "Оля",
        '["a","b"]',
        '{"city":"Kyiv","zip":1}',
        "true",
    )


def test_json_values_become_text_without_loss(tmp_path: Path) -> None:
    lines = [
        b'{"contactId": 9007199254740993, "externalCustomerId": 123456789012345678901234567890, "vip": true}',
        b"   ",
        b'{"contactId": 2, "externalCustomerId": "x", "cart": {"items": [1, 2.5]}, "vip": null}\r',
        b"",
        b'{"contactId": 3}',
    ]
    outcome = type_files(tmp_path, "contacts", {"contacts.jsonl": b"\xef\xbb\xbf" + b"\n".join(lines)})
    assert outcome.counts == [(3, 3, 0, 0)]
    assert outcome.rows("contactId", "externalCustomerId", "vip", "cart") == [
        (2, "x", None, '{"items":[1,2.5]}'),
        (3, None, None, None),
        (9007199254740993, "123456789012345678901234567890", "true", None),
    ]


def test_unknown_columns_are_kept_as_text_and_named(tmp_path: Path) -> None:
    files = {
        "contacts_1.csv": "contactId,City,2nd phone,_note,Місто\n1,Kyiv,x,y,z\n".encode(),
        "contacts_2.csv": b"CONTACTID,city,loyalty\n2,Lviv,5\n",
    }
    outcome = type_files(tmp_path, "contacts", files, known_extra_columns=["Loyalty", "gone"])
    assert outcome.typed.unknown_columns == ("City", "x2nd_phone", "x_note", "Misto")
    assert outcome.table.column_names[-7:] == [
        "Loyalty", "gone", "City", "x2nd_phone", "x_note", "Misto", "_dlt_load_id",
    ]  # fmt: skip
    assert outcome.rows("contactId", "City", "x2nd_phone", "x_note", "Misto", "Loyalty", "gone") == [
        (1, "Kyiv", "x", "y", "z", None, None),
        (2, "Lviv", None, None, None, "5", None),
    ]


@given(st.text(max_size=400))
@example("")
@example("_PARTITIONTIME")
def test_column_names_suit_every_destination(header: str) -> None:
    name = column_name(header)
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,299}", name)


def test_only_the_newest_generation_of_a_key_stays(tmp_path: Path) -> None:
    files = {
        "orders_1.csv": b"orderId,Status\n1,old\n1,old too\n2,only\n,no key\n",
        "orders_2.part-1.csv": b"orderId,Status\n1,new\n3,a\n",
        "orders_2.part-2.csv": b"orderId,Status\n1,new too\n3,a\n,no key\n",
    }
    outcome = type_files(tmp_path, "orders", files)
    assert outcome.counts == [(4, 2, 2, 0), (2, 2, 0, 0), (3, 3, 0, 0)]
    assert outcome.rows("orderId", "Status") == [
        (None, "no key"), (None, "no key"), (1, "new"), (1, "new too"), (2, "only"), (3, "a"), (3, "a"),
    ]  # fmt: skip


def test_a_key_of_two_columns_counts_as_one(tmp_path: Path) -> None:
    files = {
        "devices_1.csv": b"deviceId,applicationId,category\nd,1,old\nd,2,stays\nd,,no key\n",
        "devices_2.csv": b"deviceId,applicationId,category\nd,1,new\nd,,no key\n",
    }
    outcome = type_files(tmp_path, "devices", files)
    assert [row[2] for row in outcome.rows("deviceId", "applicationId", "category")] == [
        "no key", "no key", "new", "stays",
    ]  # fmt: skip


def test_what_stands_in_for_a_key_replaces_too(tmp_path: Path) -> None:
    files = {
        "revenue_1.csv": b"orderId,externalOrderId,totalCost\n,A,1\n7,A,2\n,,3\n",
        "revenue_2.csv": b"orderId,externalOrderId,totalCost\n,A,4\n,,5\n",
    }
    outcome = type_files(tmp_path, "revenue", files)
    assert outcome.rows("_set", "totalCost") == [(None, 3.0), (None, 5.0), ("external:A", 4.0), ("id:7", 2.0)]


def test_events_keep_every_row_of_every_file(tmp_path: Path) -> None:
    files = {f"events_{n}.csv": b"eventId,contactId\n1,2\n" for n in range(3)}
    assert type_files(tmp_path, "events", files).counts == [(1, 1, 0, 0)] * 3


def test_files_of_a_store_are_read_as_local_ones(tmp_path: Path) -> None:
    fsspec.filesystem("memory").pipe({"/export-b/orders.csv.gz": gzip.compress(ORDERS["csv"])})
    contract = load_contract()
    files = discover("memory://export-b", contract).files
    typed = type_dataset(contract["orders"], files, LOAD_ID, tmp_path)
    assert [(counts.uri, counts.loaded) for counts in typed.counts] == [("memory:///export-b/orders.csv.gz", 3)]


def test_a_store_that_breaks_off_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec.filesystem("memory").pipe({"/export-d/orders.csv": ORDERS["csv"]})
    contract = load_contract()
    files = discover("memory://export-d", contract).files

    def breaks(*arguments: object, **options: object) -> None:
        raise RuntimeError("connection reset")

    monkeypatch.setattr(MemoryFileSystem, "open", breaks)
    with pytest.raises(LoaderError, match=r"memory:///export-d/orders\.csv: cannot be read: connection reset"):
        type_dataset(contract["orders"], files, LOAD_ID, tmp_path)


def test_a_path_full_of_patterns_is_a_plain_path(tmp_path: Path) -> None:
    files = {"export [2024] 'a'/*/orders.csv": b"orderId\n1\n", "export [2024] 'a'/x/orders.csv": b"orderId\n2\n"}
    assert type_files(tmp_path, "orders", files).rows("orderId") == [(1,), (2,)]


def test_ten_megabytes_in_one_field(tmp_path: Path) -> None:
    value = '0123456789,\n"abc' * (10 * 2**20 // 16)
    rows = io.StringIO()
    csv.writer(rows).writerows([["contactId", "note"], [1, value], [2, "x"]])
    lines = "".join(json.dumps(row) + "\n" for row in ({"contactId": 3, "note": value}, {"contactId": 4, "note": "x"}))
    files = {"contacts_1.csv": rows.getvalue().encode(), "contacts_2.jsonl": lines.encode()}
    outcome = type_files(tmp_path, "contacts", files)
    assert outcome.rows("contactId", "note") == [(1, value), (2, "x"), (3, value), (4, "x")]


# Lone surrogates are no UTF-8; everything else may stand in an export.
_TEXT = st.one_of(
    st.none(), st.text(st.characters(codec="utf-8"), max_size=8), st.sampled_from(['"', '""', "\r\n", ","])
)
_ROWS = st.lists(st.tuples(_TEXT, _TEXT), max_size=8)


@settings(max_examples=100, deadline=None)
@given(_ROWS, st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "x", "1"]))
def test_any_text_comes_back_from_csv(
    rows: list[tuple[str | None, str | None]], delimiter: str, end: str, bad: str
) -> None:
    def field(value: str | None) -> str:
        return "" if value is None else '"' + value.replace('"', '""') + '"'

    lines = [["orderId", "Status", "note"], *([str(n), field(a), field(b)] for n, (a, b) in enumerate(rows))]
    if bad:  # a row of a wrong type (x,,) or shape (1) sends all of them through the reader of records
        lines.append([bad, "", ""] if bad == "x" else [bad])
    text = end.join(delimiter.join(line) for line in lines) + end
    with tempfile.TemporaryDirectory() as folder:
        outcome = type_files(Path(folder), "orders", {"orders.csv": text.encode()})
        assert outcome.counts == [(len(rows) + bool(bad), len(rows), 0, bool(bad))]
        assert [row for row, *_ in outcome.rejected] == ([len(rows) + 1] if bad else [])
        if rows:
            assert outcome.rows("orderId", "Status", "note") == [(n, *row) for n, row in enumerate(rows)]


@settings(max_examples=60, deadline=None)
@given(_ROWS, st.sampled_from([True, False]))
def test_any_text_comes_back_from_json_lines(rows: list[tuple[str | None, str | None]], ascii_only: bool) -> None:
    text = "".join(
        json.dumps({"orderId": n, "Status": a, 'it\'s "so"': b}, ensure_ascii=ascii_only) + "\n"
        for n, (a, b) in enumerate(rows)
    )
    with tempfile.TemporaryDirectory() as folder:
        outcome = type_files(Path(folder), "orders", {"orders.jsonl": text.encode()})
        assert outcome.counts == [(len(rows), len(rows), 0, 0)]
        if rows:
            assert outcome.rows("orderId", "Status", "it_s__so_") == [(n, *row) for n, row in enumerate(rows)]


def test_a_broken_parquet_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(LoaderError, match=r"orders\.parquet: is not a readable Parquet file"):
        type_files(tmp_path, "orders", {"orders.parquet": ORDERS["parquet"][:-20]})
