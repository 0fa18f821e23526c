"""What a load leaves in the raw tables. Expected rows are worked by hand from the files that each test writes."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, date, datetime

import duckdb
import pytest
from dlt.normalize.items_normalizers.arrow import ArrowItemsNormalizer

from tests.loader.conftest import Account

FILE_COUNTS = "select dataset, read, loaded, superseded, rejected from _load_files order by dataset, file"


def test_rows_arrive_typed_and_dated(account: Account) -> None:
    account.write(
        "contactActivities.csv",
        "contactId,activityStatus,activityDateTime,messageInstanceId",
        "7,DELIVERED,2024-03-31 23:59:59,11",
        "8,CLICKED,2024-04-01T02:30:00+03:00,12",
        "9,OPENED,,13",
    )
    outcome = account.load()
    assert (outcome.code, outcome.err.count("Error")) == (0, 0)
    assert account.rows(
        "select contactId, activityStatus, activityDateTime, _day from contactActivities order by 1"
    ) == [
        (7, "DELIVERED", datetime(2024, 3, 31, 23, 59, 59, tzinfo=UTC), date(2024, 3, 31)),
        (8, "CLICKED", datetime(2024, 3, 31, 23, 30, tzinfo=UTC), date(2024, 3, 31)),
        (9, "OPENED", None, None),
    ]
    ((columns,),) = account.rows("select count(*) from duckdb_columns() where table_name = 'contactActivities'")
    assert columns == 31, "29 columns of the contract, _day and _dlt_load_id"
    assert account.rows(FILE_COUNTS) == [("contactActivities", 3, 3, 0, 0)]
    assert account.rows("select distinct _dlt_load_id from contactActivities") == account.rows(
        "select load_id from _dlt_loads where status = 0"
    )


def test_same_files_change_nothing(account: Account) -> None:
    account.write("contactActivities.csv", "contactId,activityDateTime", "1,2024-01-01 00:00:00")
    account.load()
    before = account.rows("select * from contactActivities")
    outcome = account.load()
    assert (outcome.code, outcome.out) == (0, "Nothing new: every file is loaded already.\n")
    assert account.rows("select * from contactActivities") == before
    assert account.rows("select count(*) from _dlt_loads") == [(1,)]


def test_changed_file_is_loaded_again_and_others_are_not(account: Account) -> None:
    changed = account.write("contacts.csv", "contactId,email", "1,a@x.io", "2,b@x.io")
    account.write("contactActivities.csv", "contactId,activityDateTime", "1,2024-01-01 00:00:00")
    account.load()
    account.write("contacts.csv", "contactId,email", "2,new@x.io", "3,c@x.io")
    os.utime(changed, (1, 1))
    assert account.load().code == 0
    assert account.rows("select contactId, email from contacts order by 1") == [
        (1, "a@x.io"),
        (2, "new@x.io"),
        (3, "c@x.io"),
    ]
    assert account.rows("select count(*) from contactActivities") == [(1,)]


def test_replaced_datasets_are_replaced_key_by_key(account: Account) -> None:
    account.write("broadcasts_1.csv", "id,groupId,status", "1,10,RUNNING", "1,11,RUNNING", "2,10,RUNNING", ",99,DRAFT")
    account.write("devices_1.csv", "deviceId,applicationId,osType", "d1,1,old", "d1,2,old")
    account.write("revenue_1.csv", "orderId,externalOrderId,totalCost", "5,,10", "5,,20", ",A,30", ",,40")
    account.load()
    account.write("broadcasts_2.csv", "id,groupId,status", "1,12,FINISHED", ",99,DRAFT")
    account.write("devices_2.csv", "deviceId,applicationId,osType", "d1,2,new")
    account.write("revenue_2.csv", "orderId,externalOrderId,totalCost", "5,X,11", ",A,31", ",A,32", ",,41")
    account.load()
    # Broadcast 1 went to segments 10 and 11; its new export names segment 12 only. Rows without a key come on top.
    assert account.rows("select id, groupId, status from broadcasts order by id nulls last, 2") == [
        (1, 12, "FINISHED"),
        (2, 10, "RUNNING"),
        (None, 99, "DRAFT"),
        (None, 99, "DRAFT"),
    ]
    assert account.rows("select applicationId, osType from devices order by 1") == [(1, "old"), (2, "new")]
    assert account.rows("select orderId, externalOrderId, totalCost from revenue order by 3") == [
        (5, "X", 11.0),
        (None, "A", 31.0),
        (None, "A", 32.0),
        (None, None, 40.0),
        (None, None, 41.0),
    ]


def test_older_versions_in_one_load_are_superseded(account: Account) -> None:
    account.write("orders_2024-01.csv", "orderId,Status", "1,IN PROGRESS", "2,DELIVERED")
    account.write("orders_2024-02.csv", "orderId,Status", "1,DELIVERED")
    outcome = account.load()
    assert account.rows("select orderId, Status from orders order by 1") == [(1, "DELIVERED"), (2, "DELIVERED")]
    assert account.rows(FILE_COUNTS) == [("orders", 2, 1, 1, 0), ("orders", 1, 1, 0, 0)]
    assert [line.split() for line in outcome.out.splitlines() if "orders" in line] == [
        ["orders", "2", "3", "2", "1", "0"]
    ]


def test_unknown_columns_become_text_columns(account: Account) -> None:
    account.write("contacts_1.csv", "contactId,city", "1,Kyiv")
    account.load()
    account.write("contacts_2.csv", "contactId,City,shoeSize", "2,Lviv,44")
    outcome = account.load()
    assert "contacts - shoeSize" in outcome.out
    assert account.rows("select contactId, city, shoeSize from contacts order by 1") == [
        (1, "Kyiv", None),
        (2, "Lviv", "44"),
    ]
    account.write("contacts_3.csv", "contactId", "3")
    account.load()
    assert account.rows("select city, shoeSize from contacts where contactId = 3") == [(None, None)]


def test_dlt_hands_the_files_on_as_they_are(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it rewrites every row in Python's process, which takes longer than all the rest."""

    def rewrite(normalizer: ArrowItemsNormalizer, path: str, table: str, add_ids: bool) -> None:
        raise AssertionError(f"dlt rewrites {table}")

    monkeypatch.setattr(ArrowItemsNormalizer, "_write_with_dlt_columns", rewrite)
    account.write("contacts_1.csv", "contactId,city", "1,Kyiv")
    account.write("contactActivities_1.csv", "contactId,activityDateTime,a", "1,2024-01-01 00:00:00,x", "no,,")
    assert account.load().code == 3
    account.write("contacts_2.csv", "shoe,contactId", "44,2")
    account.write("contactActivities_2.csv", "b,contactId,activityDateTime", "x,1,2024-01-01 00:00:00", "y,no,")
    assert account.load().code == 3


def test_rejected_records_are_kept_and_counted(account: Account) -> None:
    path = account.write("orders.csv", "orderId,totalCost", "1,10.5", "two,1,5", "x3,free", "4,20")
    outcome = account.load()
    assert outcome.code == 3
    assert "2 of 4 records were rejected" in outcome.err
    assert account.rows("select orderId, totalCost from orders order by 1") == [(1, 10.5), (4, 20.0)]
    assert account.rows("select _file, _row from orders__rejected order by _row") == [(str(path), 2), (str(path), 3)]
    ((reasons,),) = account.rows("select _reasons from orders__rejected where _row = 3")
    assert "orderId" in reasons
    assert "totalCost" in reasons
    assert account.rows(FILE_COUNTS) == [("orders", 4, 2, 0, 2)]


@pytest.mark.parametrize(
    ("limit", "code"), [("0", 3), ("1", 3), ("2", 0), ("49.9%", 3), ("50%", 0)], ids=lambda value: str(value)
)
def test_max_rejects(account: Account, limit: str, code: int) -> None:
    account.write("orders.csv", "orderId", "1", "a", "b", "4")
    assert account.load("--max-rejects", limit).code == code


def test_failed_load_leaves_nothing_and_the_next_completes_it(account: Account) -> None:
    account.write("contactActivities.csv", "contactId,activityDateTime", "1,2024-01-01 00:00:00")
    broken = account.files / "orders.csv.gz"
    whole = gzip.compress(b"orderId,totalCost\n" + b"".join(b"%d,1.5\n" % number for number in range(1000)))
    broken.write_bytes(whole[:-200])
    outcome = account.load()
    assert outcome.code == 1
    assert str(broken) in outcome.err
    assert "Traceback" not in outcome.err
    assert not account.tables() & {"contactActivities", "orders", "_load_files", "_dlt_loads"}
    broken.write_bytes(whole)
    account.write("messages.csv", "messageId", "5")
    assert account.load().code == 0
    assert account.rows("select (select count(*) from contactActivities), (select sum(orderId) from orders)") == [
        (1, 499_500)
    ]
    assert account.rows("select messageId from messages") == [(5,)]


def test_rows_of_a_dead_run_are_purged(account: Account) -> None:
    account.write("contactActivities_1.csv", "contactId,activityDateTime", "1,2024-01-01 00:00:00")
    account.write("contacts_1.csv", "contactId,email", "1,a@x.io", ",nobody@x.io")
    account.load()
    with duckdb.connect(str(account.database)) as connection:
        for statement in (
            "set schema = 'esputnik_raw'",
            "insert into _load_starts values ('r', 'dead', 'host', 1, 1, 1)",
            "insert into contactActivities (contactId, _dlt_load_id) values (666, 'dead')",
            "insert into contacts (contactId, _dlt_load_id) values (null, 'dead'), (666, 'dead')",
            "insert into _load_files (file, _dlt_load_id) values ('ghost', 'dead')",
        ):
            connection.execute(statement)
    account.write("messages.csv", "messageId", "5")
    assert account.load().code == 0
    assert account.rows("select contactId from contactActivities") == [(1,)]
    assert account.rows("select count(*) from _load_files where file = 'ghost'") == [(0,)]
    # A keyed row has taken the place of an older one, which is gone: it stays until its file is loaded.
    assert account.rows("select contactId, email from contacts order by 1 nulls last") == [
        (1, "a@x.io"),
        (666, None),
        (None, "nobody@x.io"),
    ]
    assert account.rows("select * from _load_starts") == []


def test_header_alone_makes_an_empty_table(account: Account) -> None:
    account.write("orders.csv", "orderId,totalCost")
    assert account.load().code == 0
    assert account.rows("select count(*), count(totalCost) from orders") == [(0, 0)]
    assert account.rows(FILE_COUNTS) == [("orders", 0, 0, 0, 0)]


def test_only_the_datasets_asked_for(account: Account) -> None:
    account.write("orders.csv", "orderId", "1")
    account.write("messages.csv", "messageId", "1")
    account.load("--datasets", "messages")
    assert "messages" in account.tables()
    assert "orders" not in account.tables()
    account.load()
    assert "orders" in account.tables()


def test_staging_dataset_keeps_no_copy_of_the_rows(account: Account) -> None:
    account.write("contacts.csv", "contactId,email", "1,a@x.io")
    account.load()
    assert account.rows("select count(*) from esputnik_raw_staging.contacts") == [(0,)]


def test_demo_account_is_loaded_once(account: Account) -> None:
    arguments = ("load", "--from", "demo", "--contacts", 100, "--days", 60, "--end", "2026-01-31")
    assert account.run(*arguments).code == 0
    counts = account.rows("select (select count(*) from contactActivities), (select count(*) from orders)")
    assert account.run(*arguments).out == "Nothing new: every file is loaded already.\n"
    assert account.rows("select (select count(*) from contactActivities), (select count(*) from orders)") == counts
    assert min(counts[0]) > 0


def test_a_second_demo_account_does_not_come_on_top(account: Account) -> None:
    size = ("load", "--from", "demo", "--contacts", 100, "--days", 60)
    assert account.run(*size, "--end", "2026-01-31").code == 0
    before = account.rows("select count(*), max(_dlt_load_id) from contactActivities")
    # Loads of before there was a cadence have this name, and are recognised by it.
    (name,) = account.rows("select distinct split_part(file, '/', 1) from _load_files")
    assert name == ("demo:contacts=100,days=60,end=2026-01-31,seed=1",)
    # On a later day the end date is another one, unless it is asked for.
    assert account.run(*size).out == "Nothing new: every file is loaded already.\n"
    for other in (("--end", "2026-02-01"), ("--seed", 2), ("--cadence", 2)):
        outcome = account.run(*size, *other)
        assert outcome.code == 2
        assert "end=2026-01-31" in outcome.err
    assert account.rows("select count(*), max(_dlt_load_id) from contactActivities") == before
