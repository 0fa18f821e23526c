"""How long the platform's question for one contact takes: `python -m benchmarks.lookup [--contacts N]`.

A demo account of a million contacts and some ten million activities is loaded, and its segment views are built in a
DuckDB file. Then each view is asked for the rows of single contacts, picked at random. Figures go into README.md beside
this file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.build import DBT, END, LOADER, PROFILE, run


def measure(database: Path, lookups: int) -> list[str]:
    """A row for each view: its rows, and milliseconds of a lookup, in the middle and at worst."""
    lines = []
    with duckdb.connect(str(database), read_only=True) as connection:
        views = connection.execute(
            "select view_name from duckdb_views() where schema_name = 'esputnik_segments' order by 1"
        ).fetchall()
        for (view,) in views:
            (count,) = connection.execute(f"select count(*) from esputnik_segments.{view}").fetchone() or (0,)
            keys = connection.execute(
                f"select email from (select distinct email from esputnik_segments.{view}) using sample {lookups} rows"
            ).fetchall()
            times = []
            for (key,) in keys:
                with connection.cursor() as reader:
                    start = time.perf_counter()
                    found = reader.execute(f"select * from esputnik_segments.{view} where email = ?", [key]).fetchall()
                    times.append((time.perf_counter() - start) * 1000)
                if not found or any(row[0] != key for row in found):
                    raise SystemExit(f"{view} does not find {key}.")
            shown = f"{statistics.median(times):.1f} ms | {max(times):.1f} ms" if times else " | "
            lines.append(f"| {view} | {count:,} | {shown} |")
    return lines


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=70)
    parser.add_argument("--lookups", type=int, default=200)
    options = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, DuckDB {duckdb.__version__}\n", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(PROFILE, folder / "profiles.yml")
        profiles = ["--profiles-dir", str(folder)]
        size = ["--contacts", str(options.contacts), "--days", str(options.days), "--end", END.date().isoformat()]
        run(folder, *LOADER, "load", "--from", "demo", *size, *profiles)
        variables = json.dumps({"as_of": END.isoformat()})
        run(folder, DBT, "--quiet", "build", "--select", "+esputnik.segments", "--exclude-resource-type", "test",
            "unit_test", *profiles, "--target-path", str(folder / "target"), "--vars", variables)  # fmt: skip
        database = folder / "benchmark.duckdb"
        with duckdb.connect(str(database), read_only=True) as connection:
            (rows,) = connection.execute('select count(*) from esputnik_raw."contactActivities"').fetchone() or (0,)
        print(f"{rows:,} activities, {options.contacts:,} contacts\n")
        print("| source | rows | a lookup | the longest |\n|---|---|---|---|")
        print("\n".join(measure(database, options.lookups)))


if __name__ == "__main__":
    main()
