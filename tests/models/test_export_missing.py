"""`export-missing` on hand-made accounts of a few rows: whom it writes, and how."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from loader import export_missing
from loader.cli import app
from tests.support.dbt import Dbt

CONTACTS = """\
contactId,email,sms,externalCustomerId,createdDate
1,Olena@Shop.example,+380 67 111 11 11,A1,2026-01-01 00:00:00
2,,380672222222,,2026-01-01 00:00:00
3,broken,none,,2026-01-01 00:00:00
"""
#: 1: of a contact, whatever address it bears; 2: a contact's address without the contact's number; 3 and 4: a guest
#: with two spellings of one address; 5: of a contact that is not there any more; 6: no real address; 7: none at all.
ORDERS = """\
orderId,contactId,email,Phone,firstName,lastName,Status,orderDate,totalCost
1,1,other@shop.example,380679999999,Olena,K,DELIVERED,2026-02-01 00:00:00,10
2,,OLENA@shop.example ,,Olena,K,DELIVERED,2026-02-02 00:00:00,20
3,,guest@shop.example,+38067 3333333,Ганна,"Old, name",DELIVERED,2026-02-03 00:00:00,30
4,, Guest@Shop.Example,380673333333,Ганна,"O""Hara, jr",CANCELED,2026-02-04 00:00:00,40
5,9,former@shop.example,380674444444,Petro,P,DELIVERED,2026-02-05 00:00:00,50
6,,guest at shop,,Nobody,N,DELIVERED,2026-02-06 00:00:00,60
7,,,380675555555,Ivan,I,DELIVERED,2026-02-07 00:00:00,70
"""
NO_OTHERS = dict.fromkeys(
    (
        *("seg_contact_profile", "seg_lifecycle", "seg_rfm", "seg_reachability", "seg_engagement"),
        *("seg_purchase_milestones", "seg_churn_risk", "seg_nps", "seg_devices", "seg_abandoned_cart"),
        *("seg_product_interest", "src_recent_orders", "src_recent_items", "src_recommended_products"),
    )
)


@pytest.fixture(scope="module")
def loaded(dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The account's raw tables and seeds."""
    folder = tmp_path_factory.mktemp("missing")
    (folder / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    database = folder / "missing.duckdb"
    dbt.load("--from", "files", "--path", str(folder / "*.csv"), database=database)
    dbt("seed", database=database, variables=variables("email"))
    return database


def variables(key: str) -> dict[str, Any]:
    """Codes are the only source, so that little has to be built."""
    return {"contact_key": key, "as_of": "2026-03-01T00:00:00+00:00", "covered_sources": NO_OTHERS}


@pytest.fixture
def build(loaded: Path, dbt: Dbt, tmp_path: Path) -> Callable[[str, list[str]], Path]:
    def built(key: str, owners: list[str]) -> Path:
        """A copy of the account, built with another key and with codes for these people."""
        database = tmp_path / loaded.name
        shutil.copy(loaded, database)
        with duckdb.connect(str(database)) as connection:
            connection.execute("delete from esputnik_seeds.personal_codes")
            codes = [(owner, f"CODE{number}") for number, owner in enumerate(owners)]
            connection.executemany("insert into esputnik_seeds.personal_codes values (?, ?, null, null)", codes)
        dbt("run", "--select", "+rpt_people_not_on_platform", database=database, variables=variables(key))
        return database

    return built


@pytest.fixture
def run(dbt: Dbt, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    def command(database: Path, *arguments: object) -> tuple[int, str, str]:
        monkeypatch.setenv("ESPUTNIK_DUCKDB_PATH", str(database))
        given = ["export-missing", *map(str, arguments), "--profiles-dir", str(dbt.folder)]
        done = CliRunner().invoke(app, given)
        return done.exit_code, done.stdout, " ".join(done.stderr.split())

    return command


def test_people_by_email(
    build: Callable[[str, list[str]], Path], run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    """A holder of a code is written once, beside the guest; one who is a contact is not."""
    database = build("email", ["crm@shop.example", "GUEST@shop.example", "olena@shop.example", "crm@shop.example"])
    path = tmp_path / "missing.csv"
    code, out, err = run(database, "--path", path)
    assert code == 0
    assert out == f"3 people not on the platform, in {path}.\n"
    assert "1 person of these placed orders as contacts that are not exported any more" in err
    assert "1 person left out: their key is no e-mail address or phone number" in err
    assert path.read_bytes().decode() == (
        "Email,Phone number,First name,Last name\n"
        "crm@shop.example,,,\n"
        "former@shop.example,380674444444,Petro,P\n"
        'guest@shop.example,380673333333,Ганна,"O""Hara, jr"\n'
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    code, _, err = run(database, "--path", path, "--without-former")
    assert code == 2
    assert "is there already" in err
    assert path.read_bytes().count(b"\n") == 4, "nothing was written over"
    code, out, err = run(database, "--path", path, "--without-former", "--force")
    assert (code, out) == (0, f"2 people not on the platform, in {path}.\n")
    assert "1 person left out whose orders name contacts" in err
    assert "former" not in path.read_text(encoding="utf-8")
    assert sorted(os.listdir(tmp_path)) == ["missing.csv", "missing.duckdb"], "nothing is left beside it"


def test_people_by_phone(
    build: Callable[[str, list[str]], Path], run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    """Contact 2 is a contact here; the buyer without an address is a person."""
    database = build("sms", ["+380 67 222-22-22", "38 067 666-66-66", "102"])
    path = tmp_path / "missing.csv"
    code, out, err = run(database, "--path", path)
    assert (code, out) == (0, f"4 people not on the platform, in {path}.\n")
    assert err.count("1 person") == 2
    assert path.read_text(encoding="utf-8").splitlines() == [
        "Email,Phone number,First name,Last name",
        'guest@shop.example,380673333333,Ганна,"O""Hara, jr"',
        "former@shop.example,380674444444,Petro,P",
        ",380675555555,Ivan,I",
        ",380676666666,,",
    ]


def test_other_keys(
    build: Callable[[str, list[str]], Path], run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    """By a customer's number only sources tell of people; contacts' own numbers are given by the platform."""
    path = tmp_path / "missing.csv"
    code, out, _ = run(build("external_customer_id", ["A1", " 007 "]), "--path", path)
    assert (code, out) == (0, f"1 person not on the platform, in {path}.\n")
    assert path.read_text(encoding="utf-8") == ("External ID,Email,Phone number,First name,Last name\n007,,,,\n")
    code, _, err = run(build("contact_id", ["77"]), "--path", path, "--force")
    assert code == 2
    assert "keyed on contact_id" in err


def test_wrong_places(loaded: Path, run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    for place, said in ((tmp_path, "is a folder"), (tmp_path / "no" / "missing.csv", "There is no folder")):
        code, _, err = run(loaded, "--path", place)
        assert code == 2
        assert said in err
    code, _, err = run(loaded, "--path", tmp_path / "missing.csv")
    assert code == 2
    assert "Run `dbt build` first" in err
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "missing.csv"
    path.write_text("old")

    def rows() -> Iterator[dict[str, Any]]:
        yield {"email_address": "a@x.example", "was_contact": 0, "is_malformed": 0}
        raise RuntimeError("the network is gone")

    with pytest.raises(RuntimeError, match="network"):
        export_missing._write(path, {"email_address": "Email"}, rows(), without_former=False)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
