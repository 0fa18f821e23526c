"""Times `load --from files` against DuckDB's own reading of the same file: `python -m benchmarks.load [--rows N]`.

Each measurement is a whole process: wall-clock seconds and peak memory, the latter as the operating system counts it.
The two sides take turns, and the ratio is that of their medians. Figures go into README.md beside this file.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loader.contract import load_contract

ROOT = Path(__file__).resolve().parents[1]
PROFILE = """
esputnik:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: '{{ env_var("ESPUTNIK_DUCKDB_PATH") }}', schema: esputnik}
"""
#: An activity row as the export has it today, every column: two thirds bulk, one third from workflows; a link on
#: clicks, an error text on every fiftieth row, the web version's address on e-mails.
ACTIVITIES = """
    select
        (['DELIVERED', 'RECEIVED', 'CLICKED', 'UNDELIVERED'])[1 + i % 4] as activityStatus,
        case when i % 3 > 0 then i // 50000 end as broadcastId,
        case when i % 3 > 0 then 'Group' else 'IM' end as campaignType,
        case when i % 4 = 2 then 'https://shop.example/p/' || i % 5000 || '?utm_source=esputnik' end as clickEventLink,
        hash(i) % 1000000 as contactId,
        case when i % 50 = 3 then '550 5.1.1 The email account that you tried to reach does not exist' end
            as statusDescription,
        case when i % 3 = 0 then 'customer-' || hash(i) % 1000000 end as eventKey,
        case when i % 3 = 0 then (['cart', 'viewed', 'order'])[1 + i % 7 % 3] end as eventTypeKey,
        case when i % 3 = 0 then cast(900000 + i // 3 as varchar) end as eventId,
        'customer-' || hash(i) % 1000000 as externalCustomerId,
        case when i % 4 < 2 then 'DemoShop' end as iid,
        (['Email', 'Sms', 'Viber', 'Email'])[1 + i % 4] as mediaType,
        100 + i // 50000 as messageInstanceId,
        (['uk', 'en', 'pl'])[1 + i % 3] as messageLanguageCode,
        'Message number ' || i % 600 as messageName,
        i % 600 as messageId,
        'promo,spring' as messageTags,
        case when i % 4 in (0, 3) then 'https://view.example/m/' || i % 600 || '/' || i // 50000 end as messageURL,
        case when i % 4 in (1, 2) then (['iOS 17', 'Android 14', 'Windows'])[1 + i % 3] end as osName,
        case when i % 4 in (1, 2) then (['MOBILE', 'MOBILE', 'DESKTOP'])[1 + i % 3] end as osType,
        case when i % 4 = 2 then 'DemoShop' end as senderName,
        timestamptz '2024-01-01 00:00:00+00' + to_seconds(i * 3) as activityDateTime,
        'spring' as utmCampaign,
        case when i % 3 = 0 then cast(40 + i % 11 as varchar) end as workflowId,
        case when i % 3 = 0 then cast(700000 + i // 9 as varchar) end as workflowInstanceId,
        case when i % 3 = 0 then cast(1 + i % 5 as varchar) end as workflowBlockId
    from range({rows}) as t (i)
"""


@dataclass(frozen=True)
class Run:
    """One process: wall-clock seconds and peak memory in megabytes."""

    seconds: float
    megabytes: float


def measure(command: list[str], environment: dict[str, str]) -> Run:
    """Runs a command to its end; raises CalledProcessError where it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(time.perf_counter() - began, usage.ru_maxrss / 1024)


def plain(source: Path, database: Path, file_format: str) -> Run:
    """DuckDB alone: the file as a table, with the same types."""
    reader = f"read_parquet('{source}')"
    if file_format == "csv":
        columns = {column.name: column.duckdb_type for column in load_contract()["contactActivities"].columns}
        header = source.open().readline().strip().split(",")
        types = ", ".join(f"'{name}': '{columns[name]}'" for name in header)
        reader = f"read_csv('{source}', header = true, columns = {{{types}}})"
    statement = f"create table t as select * from {reader}"
    code = f"import duckdb; duckdb.connect({str(database)!r}).execute({statement!r})"
    return measure([sys.executable, "-c", code], {})


def loaded(source: Path, database: Path, profiles: Path) -> Run:
    """The loader, as a user runs it."""
    command = [sys.executable, "-m", "loader", "load", "--from", "files", "--path", str(source)]
    return measure([*command, "--profiles-dir", str(profiles)], {"ESPUTNIK_DUCKDB_PATH": str(database)})


def compare(folder: Path, rows: int, file_format: str, runs: int) -> str:
    """A row of the table of figures."""
    source = folder / f"contactActivities.{file_format}"
    options = "format parquet" if file_format == "parquet" else "format csv, header"
    query = ACTIVITIES.format(rows=rows)
    if file_format == "csv":
        query = f"select * replace (strftime(activityDateTime, '%Y-%m-%d %H:%M:%S') as activityDateTime) from ({query})"
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"copy ({query}) to '{source}' ({options})")
    alone, ours = [], []
    for _ in range(runs):
        for results in (alone, ours):
            database = folder / "benchmark.duckdb"
            database.unlink(missing_ok=True)
            results.append(
                plain(source, database, file_format) if results is alone else loaded(source, database, folder)
            )
    size = source.stat().st_size / 1e6
    source.unlink()
    seconds = [statistics.median(run.seconds for run in side) for side in (alone, ours)]
    peak = max(run.megabytes for run in ours)
    return (
        f"| {file_format} | {rows:,} | {size:,.0f} MB | {seconds[0]:.1f} s | {seconds[1]:.1f} s |"
        f" {seconds[1] / seconds[0]:.2f} | {peak:,.0f} MB |"
    )


def main() -> None:
    """Prints the table of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores")
    print(f"Python {platform.python_version()}, DuckDB {duckdb.__version__}\n")
    print(
        "| format | rows | file | DuckDB alone | loader | ratio | loader's peak memory |\n|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "profiles.yml").write_text(PROFILE)
        for file_format in ("parquet", "csv"):
            print(compare(folder, options.rows, file_format, options.runs), flush=True)


if __name__ == "__main__":
    main()
