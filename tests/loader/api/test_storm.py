"""Several misbehaviours at once and a kill -9 at a random moment: after the next run the raw tables are the truth.

The seed of every trial is printed. `API_STORM_SEED=n` replays that trial alone; `API_STORM_TRIALS` says how many there
are.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fake_platform import FakeAccount, FakePlatform, Vices
from tests.loader.api.conftest import (
    arguments,
    assert_activities,
    assert_broadcasts,
    assert_contacts,
    assert_messages,
    assert_segments,
    settings_of,
)
from tests.loader.api.forked import ForkedLoader
from tests.loader.conftest import Account, new_account

#: Trials of `make test`; the others are left to the long run.
FEW = 2
TRIALS = int(os.environ.get("API_STORM_TRIALS", "200"))
REPLAYED = os.environ.get("API_STORM_SEED")
#: Another one for every session, the same for all its workers.
FIRST = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID")).randrange(10**6)
SEEDS = [int(REPLAYED)] if REPLAYED else [FIRST + number for number in range(TRIALS)]


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.slow] if place >= FEW else []) for place, seed in enumerate(SEEDS)]
)
def test_a_killed_run_is_completed_by_the_next(fake_account: FakeAccount, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    vices = Vices.mixture(rng)
    account = new_account(tmp_path / "account")
    with FakePlatform(fake_account, vices, seed) as platform:
        environment = {**settings_of(platform), "TMPDIR": str(tmp_path)}
        story = f"API_STORM_SEED={seed}: {vices}"
        killed = load_and_kill(rng, account, environment, platform)
        story += f"; killed {killed}"
        print(story)
        platform.late_arrive()
        run = ForkedLoader(command(account), environment, tmp_path / "second.txt")
        assert run.wait(300) == 0, f"{story}\n{run.said}"
        assert_activities(account, platform, story)
        assert_contacts(account, platform, story)
        assert_messages(account, platform, story)
        assert_broadcasts(account, platform, story)
        assert_segments(account, platform, story)
        assert_no_dead_rows(account, story)
        assert platform.key not in run.said, story


def command(account: Account) -> list[str]:
    return [*map(str, arguments()), "--profiles-dir", str(account.folder)]


def load_and_kill(rng: random.Random, account: Account, environment: Mapping[str, str], platform: FakePlatform) -> str:
    """Starts a load and kills it: after a random number of calls and a random time more."""
    calls, seconds = rng.randrange(1, 150), rng.choice([0.0, rng.uniform(0, 0.3), rng.uniform(0, 2.5)])
    run = ForkedLoader(command(account), environment, account.folder / "first.txt")
    while len(platform.calls) < calls and run.process.is_alive():
        time.sleep(0.01)
    code = run.wait(seconds)
    if code is None:
        run.process.kill()
        run.wait()
        return f"after {calls} calls and {seconds:.2f} s"
    assert code == 0, run.said
    assert platform.key not in run.said
    return "not, it had ended"


def assert_no_dead_rows(account: Account, story: str) -> None:
    """Appended tables hold no row of a load that did not end."""
    for table in ("contactActivities", "_load_files", "_api_runs"):
        dead = account.rows(
            f"select count(*) from {table} where _dlt_load_id not in (select load_id from _dlt_loads where status = 0)"
        )
        assert dead == [(0,)], f"{story}: {table}"
