"""Twenty loads into BigQuery, each killed at a random moment and then run again, end as undisturbed loads do.

The demo account arrives file by file. What is compared at the end are the staging tables: those built on BigQuery from
what the killed loads and their successors left, and those built on DuckDB from one load of everything.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from loader.contract import load_contract
from loader.sources.demo import DemoSettings, export_demo
from tests.bigquery.emulator import Emulator
from tests.bigquery.test_end_to_end import difference

ROOT = Path(__file__).resolve().parents[2]
#: Set it to repeat the moments of a failed run.
SEED = int(os.environ.get("KILL_SEED", random.randrange(10**6)))
END = date(2026, 1, 31)
KILLS = 20


@pytest.fixture(scope="module")
def own_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator of this module's own: its raw tables have the names that every account's have."""
    running = Emulator(tmp_path_factory.mktemp("emulator"))
    yield running
    running.stop()


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "loader", "load", "--from", "files", *map(str, arguments)]


def complete(*arguments: object) -> float:
    """Runs a load to its end; returns its seconds."""
    began = time.monotonic()
    done = subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"KILL_SEED={SEED}\n{done.stdout}{done.stderr}"
    return time.monotonic() - began


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_loads_are_completed_by_the_next(own_emulator: Emulator, tmp_path: Path) -> None:
    rng = random.Random(SEED)
    print(f"KILL_SEED={SEED}")
    profiles = own_emulator.profiles_dir()
    exported = export_demo(tmp_path / "demo", DemoSettings(end=END, contacts=150, days=400), "csv")
    # A dataset that comes in instalments has the day of each in its files' names.
    days = {path: found[0] for path in exported if (found := re.search(r"\d{4}-\d{2}-\d{2}", path.name))}
    instalments = sorted(days, key=lambda path: (days[path], path.name))
    assert len(instalments) == KILLS
    arrived = tmp_path / "arrived"
    arrived.mkdir()
    for path in set(exported) - set(instalments):
        shutil.copy(path, arrived)
    into_bigquery = ("--path", arrived, "--target", "bigquery", "--profiles-dir", profiles)
    seconds = complete(*into_bigquery)
    told = own_emulator.client()
    killed = []
    for path in instalments:
        shutil.copy(path, arrived)
        process = subprocess.Popen(
            command(*into_bigquery), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        began = time.monotonic()
        # From the first word on: before it nothing but imports happens.
        process.stderr.readline()
        time.sleep(rng.uniform(0, max(seconds - (time.monotonic() - began), 0.5)))
        process.send_signal(signal.SIGKILL)
        killed.append(process.wait() == -signal.SIGKILL)
        seconds = complete(*into_bigquery)
        dataset = load_contract()[path.name.split("_")[0]]
        condition = "(_day is null or _day >= date '0001-01-01') and" if dataset.partition else ""
        dead = own_emulator.query(
            f"select count(*) from esputnik_raw.{dataset.name}"
            f" where {condition} _dlt_load_id not in (select load_id from esputnik_raw._dlt_loads)"
        )
        assert dead == [(0,)], f"KILL_SEED={SEED}, after {path.name}"
    assert sum(killed) >= KILLS // 2, f"KILL_SEED={SEED}: only {sum(killed)} loads were still running when killed"

    complete("--path", arrived, "--target", "duckdb", "--profiles-dir", profiles)
    for target in ("bigquery", "duckdb"):
        subprocess.run(
            [
                *(Path(sys.executable).with_name("dbt"), "run", "--target", target, "--select", "staging"),
                *("--profiles-dir", profiles, "--target-path", tmp_path / target, "--log-path", tmp_path / target),
            ],
            cwd=ROOT,
            check=True,
        )
    nodes = json.loads((tmp_path / "duckdb" / "manifest.json").read_text())["nodes"].values()
    staging = [node["alias"] for node in nodes if node["resource_type"] == "model" and "staging" in node["fqn"]]
    assert len(staging) >= len(load_contract())
    with duckdb.connect(str(profiles / "warehouse.duckdb"), read_only=True) as duck:
        duck.execute("set TimeZone = 'UTC'")
        for table in staging:
            found = difference(duck, told, "esputnik_staging", table)
            assert not found, f"KILL_SEED={SEED}\n{found}"
