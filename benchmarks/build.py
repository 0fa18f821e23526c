"""What one more day costs: `python -m benchmarks.build [--contacts N --days D --cadence C]`.

A demo account arrives without its last day and is built in full; then the last day arrives (activities, events, orders
with their items and revenue) and everything is built again, one day later. Seconds are from the start of the first
model to the end of the last. What dbt needs besides its parsing before it starts one, to make schemas, to ask which
tables there are and to run hooks, is told apart. The models that cost the most are listed for both.

By default each contact gets 217 broadcasts a year. The fewer it gets, the larger a part of the full build one more day
is: README.md beside this file, where the figures go, has such accounts too.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
DBT = str(Path(sys.executable).with_name("dbt"))
LOADER = (sys.executable, "-m", "loader")
PROFILE = ROOT / "profiles.yml.example"
END = datetime(2026, 7, 1, tzinfo=UTC)
#: Rows of the last day are told by these columns. Files with older names of them are older than that day.
TIMES = {
    "contactActivities": "activityDateTime",
    "events": "occured",
    "orders": "orderDate",
    "orderItems": "orderDate",
    "revenue": "orderDate",
}


@dataclass(frozen=True)
class Build:
    """Seconds from the first model's start to the last one's end, of dbt before and after that, and of each model."""

    seconds: float
    around: float
    models: dict[str, float]


def split(source: Path, before: Path, last_day: Path) -> None:
    """Puts the rows of the last day aside, file by file; whole files of datasets without a time go before."""
    cut = f"timestamptz '{(END - timedelta(days=1)).isoformat()}'"
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for file in sorted(source.rglob("*.parquet")):
            name = file.relative_to(source)
            time = TIMES.get(file.name.partition(".")[0].partition("_")[0])
            columns = [row[0] for row in connection.execute(f"describe select * from '{file}'").fetchall()]
            is_last = f'coalesce(try_cast("{time}" as timestamptz) >= {cut}, false)' if time in columns else "false"
            for folder, condition in ((before, f"not {is_last}"), (last_day, is_last)):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                connection.execute(f"copy (select * from '{file}' where {condition}) to '{target}' (format parquet)")
                if not connection.execute(f"select count(*) from '{target}'").fetchall()[0][0]:
                    target.unlink()


def run(folder: Path, *command: str) -> None:
    """Runs a command of the project on the benchmark's database; raises CalledProcessError where it fails."""
    environment = {**os.environ, "ESPUTNIK_DUCKDB_PATH": str(folder / "benchmark.duckdb")}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def build(folder: Path, as_of: datetime) -> Build:
    """Runs every model."""
    options = ["--profiles-dir", str(folder), "--target-path", str(folder / "target")]
    variables = json.dumps({"as_of": as_of.isoformat()})
    run(folder, DBT, "--quiet", "run", *options, "--vars", variables)
    results = json.loads((folder / "target" / "run_results.json").read_text())
    models = [result for result in results["results"] if result["unique_id"].startswith("model.")]
    steps = [step for model in models for step in model["timing"]]
    start = min(datetime.fromisoformat(step["started_at"]) for step in steps)
    end = max(datetime.fromisoformat(step["completed_at"]) for step in steps)
    seconds = (end - start).total_seconds()
    of_each = {model["unique_id"].rsplit(".", 1)[-1]: model["execution_time"] for model in models}
    return Build(seconds, results["elapsed_time"] - seconds, of_each)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=15_000)
    parser.add_argument("--days", type=int, default=1826)
    parser.add_argument("--cadence", type=int, default=7, help="how many times as often as usual broadcasts are sent")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it")
    options = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, DuckDB {duckdb.__version__}\n", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROFILE, folder / "profiles.yml")
        size = ["--contacts", str(options.contacts), "--days", str(options.days), "--cadence", str(options.cadence)]
        profiles = ["--profiles-dir", str(folder)]
        run(folder, *LOADER, "export-demo", "--path", str(folder / "all"), "--format", "parquet", *size,
            "--end", END.date().isoformat())  # fmt: skip
        split(folder / "all", folder / "before", folder / "last")
        run(folder, *LOADER, "load", "--from", "files", "--path", str(folder / "before"), "--max-rejects", "100%",
            *profiles)  # fmt: skip
        run(folder, DBT, "--quiet", "seed", *profiles, "--target-path", str(folder / "target"))
        full = build(folder, END - timedelta(days=1))
        run(folder, *LOADER, "load", "--from", "files", "--path", str(folder / "last"), "--max-rejects", "100%",
            *profiles)  # fmt: skip
        more = build(folder, END)
        with duckdb.connect(str(folder / "benchmark.duckdb"), read_only=True) as connection:
            rows = connection.execute('select count(*) from esputnik_raw."contactActivities"').fetchall()[0][0]
    print(f"{rows:,} activities, {options.contacts:,} contacts")
    print(f"full build {full.seconds:.1f} s, one more day {more.seconds:.1f} s: {more.seconds / full.seconds:.3f}")
    print(f"dbt before and after the models: {full.around:.1f} s, {more.around:.1f} s\n")
    print("| model | full | one more day |\n|---|---|---|")
    for model in sorted(full.models, key=lambda model: -max(full.models[model], 5 * more.models[model]))[:40]:
        print(f"| {model} | {full.models[model]:.2f} s | {more.models[model]:.2f} s |")


if __name__ == "__main__":
    main()
