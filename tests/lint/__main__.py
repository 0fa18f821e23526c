"""Lints the models as BigQuery gets them: `python -m tests.lint`, or `python -m tests.lint fix`.

sqlfluff has dbt compile each model, and dbt looks at the raw tables while it does. So that this needs no account, the
emulator stands in, with a small demo account loaded. The models under test are compiled for BigQuery, not for DuckDB:
what the macros of `macros/dialect/` make of them is BigQuery's dialect too, and nothing has to be left out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bigquery.emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]
SQL = ["models", "tests/dbt"]


def main(command: str = "lint") -> int:
    with tempfile.TemporaryDirectory() as folder:
        emulator = Emulator(Path(folder))
        try:
            profiles = str(emulator.profiles_dir())
            load = ["load", "--from", "demo", "--contacts", "100", "--days", "60", "--profiles-dir", profiles]
            subprocess.run([sys.executable, "-m", "loader", *load], cwd=ROOT, check=True, capture_output=True)
            sqlfluff = [str(Path(sys.executable).with_name("sqlfluff")), command, *SQL]
            return subprocess.run(sqlfluff, cwd=ROOT, env={**os.environ, "DBT_PROFILES_DIR": profiles}).returncode
        finally:
            emulator.stop()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
