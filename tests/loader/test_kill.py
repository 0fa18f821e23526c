"""A load killed at a random moment, then run again, ends in the raw tables of an undisturbed one.

Each trial starts from an account with one load, kills the second (new rows, newer versions of old ones, rows without a
key) in a process of its own, and runs it again.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

from loader.sources.demo import DemoSettings, export_demo
from tests.loader.conftest import Account, new_account

#: Set it to repeat the moments of a failed run.
SEED = int(os.environ.get("KILL_SEED", random.randrange(10**6)))

TRIALS = [pytest.param(number, marks=[pytest.mark.slow] if number >= 3 else []) for number in range(20)]


@dataclass(frozen=True)
class Undisturbed:
    """An account before and after its second load, and when that load said what, in seconds since its start."""

    before: Account
    after: Account
    reading: float
    writing: float
    end: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    first = new_account(folder / "first")
    files = export_demo(folder / "demo", DemoSettings(end=date(2026, 1, 31), contacts=2_000, days=360), "parquet")
    # The earliest instalments of what comes in instalments, everything of the rest.
    by_dataset: dict[str, list[Path]] = {}
    for file in sorted(files):
        by_dataset.setdefault(file.name.split(".")[0].split("_")[0], []).append(file)
    first.files.mkdir()
    for instalments in by_dataset.values():
        shutil.copy(instalments[0], first.files)
    first.write("revenue_0.csv", "orderId,externalOrderId,totalCost", ",,1.5", "900001,,2.5")
    assert first.load().code == 0
    before = _copy(first, folder / "before")
    for instalments in by_dataset.values():
        for file in instalments[1:]:
            shutil.copy(file, before.files)
    before.write("revenue_999.csv", "orderId,externalOrderId,totalCost", ",,3.5", "900001,,4.5", ",E-1,5.5")
    before.write("contacts_999.csv", "contactId,email,visits", "1,new@x.io,7", ",nobody@x.io,8")
    after = _copy(before, folder / "after")
    began = time.monotonic()
    process = after.start("load", "--from", "files", "--path", before.files)
    assert process.stderr is not None
    reading = writing = 0.0
    for line in process.stderr:
        if line.startswith("Reading") and not reading:
            reading = time.monotonic() - began
        if line.startswith("Writing"):
            writing = time.monotonic() - began
    assert process.wait() == 0
    return Undisturbed(before, after, reading, writing, time.monotonic() - began)


def _copy(account: Account, folder: Path) -> Account:
    copied = new_account(folder)
    shutil.copytree(account.files, copied.files)
    if account.database.exists():
        shutil.copy(account.database, copied.database)
    return copied


@pytest.mark.parametrize("trial", TRIALS)
def test_killed_load_is_completed_by_the_next(undisturbed: Undisturbed, tmp_path: Path, trial: int) -> None:
    rng = random.Random(SEED * 100 + trial)
    account = _copy(undisturbed.before, tmp_path / "account")
    arguments = ("load", "--from", "files", "--path", undisturbed.before.files)
    process = account.start(*arguments, environment={"TMPDIR": str(tmp_path)})
    assert process.stderr is not None
    # Half of the moments while files are read, half while the warehouse is written to.
    phase, length = rng.choice(
        [("Reading", undisturbed.writing - undisturbed.reading), ("Writing", undisturbed.end - undisturbed.writing)]
    )
    for line in process.stderr:
        if line.startswith(phase):
            break
    moment = rng.uniform(0, length)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    story = f"KILL_SEED={SEED}, trial {trial}: killed {moment:.3f} s into {phase.lower()}"
    outcome = account.run(*arguments)
    assert outcome.code == 0, f"{story}\n{outcome.err}"
    _assert_equal(account, undisturbed.after, story)
    folders = [path.name for path in tmp_path.iterdir() if path.name.startswith("esputnik-load")]
    assert len(folders) <= 1, f"{story}: folders of dead runs {folders}"


def _assert_equal(account: Account, expected: Account, story: str) -> None:
    """The same rows in every raw table, but for the load that brought them; none of a load without a record."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{account.database}' as got (read_only)")
        connection.execute(f"attach '{expected.database}' as want (read_only)")
        assert account.tables() == expected.tables(), story
        tables = sorted(name for name in account.tables() if not name.startswith("_dlt"))
        assert len(tables) == 11, "nine datasets, _load_files and _load_starts"
        for table in tables:
            hidden = "" if table == "_load_starts" else "exclude (_dlt_load_id)"
            for one, other in (("got", "want"), ("want", "got")):
                difference = connection.sql(
                    f'select * {hidden} from {one}.esputnik_raw."{table}"'
                    f' except all select * {hidden} from {other}.esputnik_raw."{table}"'
                ).fetchall()
                assert difference == [], f"{story}: {table} has rows that {other} has not: {difference[:3]}"
            if hidden:
                dead = connection.sql(
                    f'select distinct _dlt_load_id from got.esputnik_raw."{table}"'
                    " where _dlt_load_id not in (select load_id from got.esputnik_raw._dlt_loads where status = 0)"
                ).fetchall()
                assert dead == [], f"{story}: {table} holds rows of a dead load"
