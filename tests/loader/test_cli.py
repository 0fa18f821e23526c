"""The commands as a user meets them: what they say, how they end, and what they never show."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from loader.cli import RejectLimit
from loader.console import Console
from loader.profile import find_profiles, read_target, secrets_of
from tests.loader.conftest import Account

SECRET = "ya29.top-secret-token"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--from", "files"], "--path"),
        (["--from", "demo", "--path", "x"], "--path"),
        (["--from", "files", "--path", "nowhere"], "nowhere does not exist"),
        (["--from", "demo", "--target", "moon"], "duckdb"),
        (["--from", "demo", "--datasets", "orders,sales"], "sales"),
        (["--from", "demo", "--max-rejects", "many"], "many"),
        (["--from", "demo", "--max-rejects", "101%"], "101%"),
        (["--from", "tape"], "tape"),
        (["--from", "demo", "--end", "tomorrow"], "tomorrow"),
        (["--from", "demo", "--cadence", "8"], "--cadence"),
        (["--from", "demo", "--datasets", " , "], "--datasets names none"),
        (["--from", "files", "--path", "x", "--contacts", "50", "--seed", "2"], "--contacts, --seed; --from demo does"),
        (["--from", "files", "--path", "x", "--cadence", "1"], "--cadence; --from demo does"),
        (["--from", "api", "--path", "x"], "--path; --from files does"),
        (["--from", "demo", "--dry-run"], "--dry-run; --from api does"),
        (["--from", "files", "--path", "x", "--cursor", "a=b"], "--cursor; --from database does"),
        (["--from", "database", "--tables", "t", "--max-rejects", "5"], "--from database takes no --max-rejects"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(account: Account, arguments: list[str], says: str) -> None:
    outcome = account.run("load", *arguments)
    assert outcome.code == 2
    assert says in outcome.err
    assert "Traceback" not in outcome.err
    assert not account.database.exists()


@pytest.mark.parametrize(
    ("profile", "says"),
    [
        ("other: {target: duckdb}\n", "esputnik"),
        (f"esputnik:\n  target: a\n  outputs:\n    a: {{token: '{SECRET}'\n", "not valid YAML"),
        (
            "esputnik: {target: a, outputs: {a: {type: duckdb, path: \"{{ env_var('NO_SUCH_VARIABLE') }}\"}}}\n",
            "NO_SUCH_",
        ),
        ("esputnik: {target: a, outputs: {a: {type: duckdb, path: '{{ 1 + }}'}}}\n", "Jinja"),
        ("esputnik: {target: a, outputs: {a: {type: postgres}}}\n", "postgres"),
        ("esputnik: {target: a, outputs: {a: {type: duckdb}}}\n", "path"),
        (
            "esputnik: {target: a, outputs: {a: {type: duckdb, path: /dev/null/folder/a.duckdb}}}\n",
            "/dev/null/folder/a.duckdb cannot be made: Not a directory",
        ),
        (
            f"esputnik: {{target: a, outputs: {{a: {{type: bigquery, project: p, dataset: d, token: '{SECRET}'}}}}}}\n",
            "authentication method",
        ),
        (
            "esputnik: {target: a, outputs: {a: {type: bigquery, method: service-account-json, project: p, dataset: d,"
            f" keyfile_json: {{private_key: '{SECRET}', client_email: '{SECRET}'}}}}}}}}\n",
            "service-account-json",
        ),
        (
            "esputnik: {target: a, outputs: {a: {type: bigquery, method: service-account, project: p, dataset: d,"
            " keyfile: /no/such/key.json}}}\n",
            "service-account",
        ),
    ],
)
def test_wrong_profile_is_named_and_no_secret_shown(account: Account, profile: str, says: str) -> None:
    (account.folder / "profiles.yml").write_text(profile)
    account.write("orders.csv", "orderId", "1")
    outcome = account.load()
    assert outcome.code == 2
    assert says in outcome.err
    assert "Traceback" not in outcome.err
    assert SECRET not in outcome.err + outcome.out


@pytest.mark.parametrize(
    ("share", "rejected", "read"), [("32.3%", 323, 1_000), ("64.6%", 323, 500), ("0.1%", 1, 1_000)]
)
def test_a_share_of_rejects_is_exact(share: str, rejected: int, read: int) -> None:
    limit = RejectLimit.parse(share)
    assert limit.allows(rejected, read)
    assert not limit.allows(rejected + 1, read)


def test_secrets_are_kept_out_of_any_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "profiles.yml").write_text(
        f"esputnik: {{target: a, outputs: {{a: {{type: bigquery, project: visible, token: '{SECRET}',"
        f" refresh_token: 'r{SECRET}', client_secret: 'c{SECRET}',"
        f' keyfile_json: {{private_key: "line 1\\nk{SECRET}"}}}}}}}}\n'
    )
    console = Console(secrets_of(read_target(tmp_path)))
    console.fail(f"project visible refuses token={SECRET}, r{SECRET}, c{SECRET} and line 1\nk{SECRET}")
    console.warn(f"{SECRET}")
    console.step(f"{SECRET}")
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
    assert "project visible refuses token=***, ***, *** and ***" in said.err


def test_secrets_of_extensions_are_known(tmp_path: Path) -> None:
    (tmp_path / "profiles.yml").write_text(
        "esputnik: {target: a, outputs: {a: {type: duckdb, path: x.duckdb, settings: {s3_region: eu-west-1,"
        f" s3_secret_access_key: '1{SECRET}', threads: 12345678}}, secrets: [{{type: s3, region: eu-west-1,"
        f" key_id: AKIA1234, secret: '2{SECRET}'}}], attach: [{{path: 'md:x',"
        f" options: {{token: '3{SECRET}'}}}}]}}}}}}\n"
    )
    hidden = secrets_of(read_target(tmp_path))
    assert {f"{number}{SECRET}" for number in (1, 2, 3)} <= set(hidden)
    assert not {"eu-west-1", "12345678", "x.duckdb", "md:x"} & set(hidden)


def test_profile_is_rendered_and_looked_up_as_dbt_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "esputnik:\n  target: \"{{ env_var('WHICH', 'first') }}\"\n"
        "  outputs:\n    first: {type: duckdb, path: a.duckdb}\n"
        "    second:\n      type: duckdb\n      path: \"{{ env_var('WHERE') }}/b.duckdb\"\n"
        "      threads: \"{{ env_var('THREADS', '3') | as_number }}\"\n"
    )
    for folder in ("here", "named", "home/.dbt"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "profiles.yml").write_text(text)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)
    assert find_profiles(None) == tmp_path / "here" / "profiles.yml"
    monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path / "named"))
    assert find_profiles(None) == tmp_path / "named" / "profiles.yml"
    assert find_profiles(tmp_path / "home" / ".dbt") == tmp_path / "home" / ".dbt" / "profiles.yml"
    assert read_target(tmp_path / "here").settings["path"] == "a.duckdb"
    monkeypatch.setenv("WHICH", "second")
    monkeypatch.setenv("WHERE", "/data")
    target = read_target(tmp_path / "here")
    assert (target.name, target.settings["path"], target.settings["threads"]) == ("second", "/data/b.duckdb", 3)
    assert read_target(tmp_path / "here", "first").settings["path"] == "a.duckdb"


def test_status_before_and_after_loads(account: Account) -> None:
    assert account.run("status", "--json").out == "[]\n"
    assert account.run("status").code == 0
    assert not account.database.exists()
    account.write("orders_1.csv", "orderId,orderDate", "1,2024-05-01 10:00:00", "2,2024-05-03 23:30:00-02:00", "x,")
    account.write("contactActivities.csv", "contactId,activityDateTime", "1,2024-01-05 00:00:00")
    began = datetime.now(UTC).replace(microsecond=0)
    account.load("--max-rejects", 1)
    account.write("orders_2.csv", "orderId,orderDate", "2,2024-05-02 00:00:00")
    account.load()
    found = {entry["dataset"]: entry for entry in json.loads(account.run("status", "--json").out)}
    assert list(found) == ["contactActivities", "orders"]
    last_load = datetime.fromisoformat(found["orders"].pop("last_load"))
    assert began <= last_load <= datetime.now(UTC)
    assert found["orders"] == {
        "dataset": "orders",
        "loads": 2,
        "files": 2,
        "loaded": 3,
        "superseded": 0,
        "rejected": 1,
        "newest": "2024-05-02",
    }
    assert found["contactActivities"]["newest"] == "2024-01-05"
    line = next(line for line in account.run("status").out.splitlines() if "orders" in line)
    assert line.split()[0::4] == ["orders", "2", "1"]


def test_database_that_another_program_holds(account: Account) -> None:
    account.write("orders.csv", "orderId", "1")
    hold = f"import duckdb; c = duckdb.connect({str(account.database)!r}); print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        outcome = account.load()
        holder.communicate(b"\n")
    assert outcome.code == 1
    assert "open in another program" in outcome.err
    assert "Traceback" not in outcome.err
    assert account.load().code == 0


def test_a_table_that_is_not_as_expected_is_one_sentence(account: Account) -> None:
    with duckdb.connect(str(account.database)) as connection:
        connection.execute("create schema esputnik_raw; set schema = 'esputnik_raw'")
        connection.execute("create table _load_files (x int); create table _dlt_loads (x int)")
        connection.execute("create schema esputnik_reports; set schema = 'esputnik_reports'")
        connection.execute("create table rpt_people_not_on_platform as select 'email' as key_field")
    for command in (["status"], ["export-missing", "--path", account.folder / "missing.csv"]):
        outcome = account.run(*command)
        assert outcome.code == 1
        (line,) = outcome.err.splitlines()
        assert line.startswith("Error: DuckDB refuses a statement of the loader: Binder Error")


def test_a_setting_that_duckdb_refuses_is_named(account: Account) -> None:
    with (account.folder / "profiles.yml").open("a") as profile:
        profile.write("      settings: {threads: 1, memory_limit: much}\n")
    account.write("orders.csv", "orderId", "1")
    outcome = account.load()
    assert outcome.code == 2
    assert "Target `duckdb`: DuckDB refuses its setting `memory_limit`: " in outcome.err


def test_a_file_that_is_no_database_is_not_taken_for_a_locked_one(account: Account) -> None:
    database = account.folder / "blocks.duckdb"
    profile = account.folder / "profiles.yml"
    profile.write_text(profile.read_text().replace("raw.duckdb", "blocks.duckdb"))
    database.write_bytes(b"no database" * 1_000)
    account.write("orders.csv", "orderId", "1")
    outcome = account.load()
    assert outcome.code == 2
    assert f"{database} cannot be opened as a DuckDB file: " in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [["--from", "api"], ["--from", "database", "--tables", "t"], ["--from", "files", "--path", "orders.csv"]],
)
def test_settings_of_dlt_that_are_no_toml_are_named(account: Account, arguments: list[str]) -> None:
    secrets = account.write("dlt/.dlt/secrets.toml", f"[[[ # {SECRET}")
    file = account.write("orders.csv", "orderId", "1")
    process = account.start(
        *("load", *(str(file) if part == "orders.csv" else part for part in arguments)),
        environment={"DLT_PROJECT_DIR": str(secrets.parents[1])},
    )
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    (line,) = [line for line in err.splitlines() if line.startswith("Error:")]
    assert str(secrets) in line
    assert "at line 1" in line
    assert "Traceback" not in err
    assert SECRET not in err


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("list.csv", "list.csv is no DuckDB file"),
        ("note.txt", "note.txt cannot be opened as a DuckDB file"),
        ("folder", "folder cannot be opened as a DuckDB file"),
        ("note.txt/raw.duckdb", "cannot be made"),
    ],
)
def test_a_path_where_no_database_can_be(account: Account, path: str, says: str) -> None:
    """DuckDB itself takes a table of another format for a database in memory: a load into it would be lost."""
    (account.folder / "list.csv").write_text("a,b\n1,2\n")
    (account.folder / "note.txt").write_text("no database")
    (account.folder / "folder").mkdir()
    profile = account.folder / "profiles.yml"
    profile.write_text(profile.read_text().replace("raw.duckdb", path))
    account.write("orders.csv", "orderId", "1")
    outcome = account.load()
    assert outcome.code == 2
    assert says in outcome.err
    assert "profiles.yml" in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert (account.folder / "list.csv").read_text() == "a,b\n1,2\n"


def test_rejects_name_their_tables(account: Account) -> None:
    account.write("orders.csv", "orderId", "x")
    account.write("contacts.csv", "contactId", "1")
    outcome = account.load()
    assert outcome.code == 3
    assert "See esputnik_raw.orders__rejected for the reasons" in outcome.err


def test_a_load_leaves_nothing_but_its_rows_and_tells_nobody(account: Account, tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    account.write("orders.csv", "orderId", "1")
    before = sorted(os.listdir())
    with socket.create_server(("127.0.0.1", 0)) as telemetry:
        telemetry.setblocking(False)
        process = account.start(
            *("load", "--from", "files", "--path", account.files),
            environment={
                "HOME": str(home),
                "TMPDIR": str(temporary),
                "RUNTIME__DLTHUB_TELEMETRY_ENDPOINT": f"http://127.0.0.1:{telemetry.getsockname()[1]}",
            },
        )
        _, err = process.communicate(timeout=120)
        with pytest.raises(BlockingIOError):
            telemetry.accept()
    assert process.returncode == 0, err
    assert list(home.iterdir()) == []
    assert list(temporary.iterdir()) == []
    assert sorted(os.listdir()) == before
    assert err.splitlines() == ["Reading orders, 1 file", "Writing 1 rows to duckdb, schema esputnik_raw"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_load_cleanly(
    account: Account, tmp_path: Path, number: signal.Signals, request: pytest.FixtureRequest
) -> None:
    # Whoever runs the suite in the background may have SIGINT ignored, and children inherit that.
    before = signal.signal(number, signal.SIG_DFL)
    request.addfinalizer(lambda: signal.signal(number, before))
    account.write("contactActivities.csv", "contactId,activityDateTime", *["1,2024-01-01 00:00:00"] * 300_000)
    process = account.start(
        *("load", "--from", "files", "--path", account.files), environment={"TMPDIR": str(tmp_path)}
    )
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(number)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1, err
    assert "nterrupted" in err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("esputnik-load")] == []
    assert account.rows("select * from _load_starts") == []
    assert account.load().code == 0
    assert account.rows("select count(*) from contactActivities") == [(300_000,)]


def test_export_demo_writes_files_that_load_without_rejects(account: Account) -> None:
    arguments = ("--contacts", 100, "--days", 60, "--seed", 5, "--end", "2026-01-31")
    from typer.testing import CliRunner

    from loader.cli import app

    result = CliRunner().invoke(
        app, ["export-demo", "--path", str(account.files), "--format", "csv", *map(str, arguments)]
    )
    assert result.exit_code == 0
    assert {path.suffix for path in account.files.rglob("*") if path.is_file()} == {".csv"}
    assert account.load().code == 0
