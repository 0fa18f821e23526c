"""The MBG/NBD parameters: a published case, integrals solved numerically, the demo account, and what cannot be told."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, gamma

from loader.errors import LoaderError
from loader.purchases import seed
from loader.purchases.command import find_project
from loader.purchases.fit import NotDetermined, fit
from loader.purchases.model import NAMES, Histories, Parameters, chance_alive, log_likelihood, slope
from loader.sources.demo import PURCHASE_PARAMETERS, DemoSettings
from loader.sources.demo.purchases import simulate_purchases
from tests.loader.conftest import Account
from tests.support.dbt import Dbt

HERE = Path(__file__).parent
#: Parameters of the demo account, and those of CDNOW in weeks.
DEMO = Parameters(0.6, 45.0, 0.6, 2.4)
CDNOW = Parameters(0.525, 6.183, 0.891, 1.614)
#: (x, t_x, T): never came back, long ago and just now; came back once; a regular; one lost; all on the last day.
SOME = [(0, 0, 0), (0, 0, 300), (1, 20, 25), (12, 355, 360), (12, 100, 700), (3, 90, 90)]


def cdnow() -> Histories:
    with (HERE / "cdnow" / "histories.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = ("repeats", "recency_days", "age_days", "people")
    return Histories.of(tuple(float(row[name]) for name in names) for row in rows)


def one_of_each(histories: list[tuple[int, int, int]]) -> Histories:
    return Histories.of((*history, 1) for history in histories)


def ends(parameters: Parameters, x: int, recency: float, age: float) -> tuple[float, float]:
    """Likelihood of a history that goes on, and of one that ended with the last purchase: the integrals over the rates
    and chances to leave of everybody, solved numerically.
    """
    rates = gamma(parameters.r, scale=1 / parameters.alpha)
    leaving = beta(parameters.a, parameters.b)
    # Substituted, so that densities without a bound at 0 or 1 do no harm: u runs evenly through the people.
    never_left = quad(lambda u: (1 - leaving.ppf(u)) ** (x + 1), 0, 1, epsabs=0, limit=400)[0]
    left_last = quad(lambda u: leaving.ppf(u) * (1 - leaving.ppf(u)) ** x, 0, 1, epsabs=0, limit=400)[0]
    until_end = quad(lambda u: rates.ppf(u) ** x * np.exp(-rates.ppf(u) * age), 0, 1, epsabs=0, limit=400)[0]
    until_last = quad(lambda u: rates.ppf(u) ** x * np.exp(-rates.ppf(u) * recency), 0, 1, epsabs=0, limit=400)[0]
    return never_left * until_end, left_last * until_last


@pytest.mark.parametrize("history", SOME)
def test_likelihood_and_chance_alive_are_the_integrals(history: tuple[int, int, int]) -> None:
    going_on, ended = ends(DEMO, *history)
    found = one_of_each([history])
    assert log_likelihood(DEMO, found) == pytest.approx(np.log(going_on + ended), rel=1e-6, abs=1e-6)
    assert chance_alive(DEMO, found)[0] == pytest.approx(going_on / (going_on + ended), rel=1e-6)


def test_chance_alive_is_that_of_the_sql() -> None:
    """The formula of int_p_alive, run on a customer of CDNOW (x 2, t_x 30.43, T 38.86 weeks) and others."""
    sql = (Path(__file__).parents[2] / "models" / "intermediate" / "int_p_alive.sql").read_text(encoding="utf-8")
    [formula] = re.findall(r"set p_alive -%}(.*?){%- endset", sql, re.S)
    histories = [(2, 213, 272), *SOME]
    in_days = Parameters(CDNOW.r, CDNOW.alpha * 7, CDNOW.a, CDNOW.b)
    with duckdb.connect() as connection:
        connection.execute("create table purchases (repeat_days int, recency_days int, age_days int)")
        connection.executemany("insert into purchases values (?, ?, ?)", histories)
        connection.execute(
            "create table parameters as select ? as r, ? as alpha, ? as a, ? as b", list(in_days.as_array())
        )
        rows = connection.execute(f"select {formula} from purchases, parameters order by purchases.rowid").fetchall()
    assert [chance for (chance,) in rows] == pytest.approx(list(chance_alive(in_days, one_of_each(histories))))
    going_on, ended = ends(CDNOW, 2, 30.43, 38.86)
    assert rows[0][0] == pytest.approx(going_on / (going_on + ended), abs=1e-4)


def test_slope_is_that_of_the_likelihood() -> None:
    histories = one_of_each(SOME)
    for place, name in enumerate(NAMES):
        step = 1e-5 * DEMO.as_array()[place]
        beside = [Parameters(*(DEMO.as_array() + sign * step * np.eye(4)[place])) for sign in (1, -1)]
        expected = (log_likelihood(beside[0], histories) - log_likelihood(beside[1], histories)) / (2 * step)
        assert slope(DEMO, histories)[place] == pytest.approx(expected, rel=1e-5), name


def test_published_parameters_of_cdnow() -> None:
    found = fit(cdnow())
    assert found.people == 2357
    assert found.parameters.alpha / 7 == pytest.approx(CDNOW.alpha, abs=0.0006)
    for name in ("r", "a", "b"):
        assert getattr(found.parameters, name) == pytest.approx(getattr(CDNOW, name), abs=0.0006)


def test_other_units_of_time_and_rows_per_person_change_nothing() -> None:
    days = cdnow()
    each = [np.repeat(column, days.people.astype(int)) for column in (days.repeats, days.recency / 7, days.age / 7)]
    in_weeks = fit(Histories(*each, people=np.ones(len(each[0]))))
    in_days = fit(days)
    for name, factor in zip(NAMES, (1, 7, 1, 1), strict=True):
        assert getattr(in_days.parameters, name) == pytest.approx(factor * getattr(in_weeks.parameters, name), rel=1e-4)
        assert getattr(in_days.errors, name) == pytest.approx(factor * getattr(in_weeks.errors, name), rel=1e-3)


def test_standard_errors_are_how_far_estimates_scatter() -> None:
    """Forty accounts of the process itself: estimates lie around the truth as the errors say."""
    away = []
    for number in range(40):
        rng = np.random.default_rng(number)
        age = rng.uniform(30, 900, 3_000)
        who, day = simulate_purchases(rng, age)
        last = np.zeros(len(age))
        np.maximum.at(last, who, day)
        found = fit(Histories(np.bincount(who, minlength=len(age)).astype(float), last, age, np.ones(len(age))))
        away.append((found.parameters.as_array() - DEMO.as_array()) / found.errors.as_array())
    # Of 40 standard normal values the mean lies within 0.5 and the spread within 0.65 to 1.4, but for 1 in 1,000.
    assert np.abs(np.mean(away, axis=0)).max() < 0.5
    assert (np.std(away, axis=0) > 0.65).all()
    assert (np.std(away, axis=0) < 1.4).all()


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "Nobody bought twice"),
        ([(0, 0, 100, 500), (0, 0, 10, 100)], "Nobody bought twice"),
        # All come back every tenth day: neither rates nor leaving differ.
        ([(age // 10, age // 10 * 10, age, 50) for age in range(50, 500, 7)], "runs away"),
    ],
)
def test_what_cannot_be_told_is_refused(rows: list[tuple[int, int, int, int]], says: str) -> None:
    with pytest.raises(NotDetermined, match=says):
        fit(Histories.of(rows))


# ---- the command, on a built demo account

#: That of `make demo`, with a fixed end.
SETTINGS = DemoSettings(contacts=20_000, days=730, seed=1, end=date(2026, 6, 30))


@pytest.fixture(scope="module")
def built(dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project's folder: a profile, a database with the purchases built, and the manifest of that build."""
    folder = tmp_path_factory.mktemp("purchases") / "account"
    folder.mkdir()
    database = folder / "raw.duckdb"
    size = ("--contacts", str(SETTINGS.contacts), "--days", str(SETTINGS.days), "--seed", str(SETTINGS.seed))
    dbt.load(
        "--from", "demo", *size, "--end", SETTINGS.end.isoformat(), "--datasets", "contacts,orders", database=database
    )
    dbt(
        "build",
        *("--select", "+int_p_alive", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        database=database,
        variables={"as_of": SETTINGS.end.isoformat()},
    )
    (folder / "dbt_project.yml").write_text("name: shop\n", encoding="utf-8")
    (folder / "target").mkdir()
    shutil.copy(dbt.folder / "target" / "manifest.json", folder / "target" / "manifest.json")
    return folder


@pytest.fixture
def project(built: Path, account: Account) -> Account:
    """The built project, each test with files of its own."""
    for path in built.iterdir():
        if path.is_dir():
            shutil.copytree(path, account.folder / path.name)
        else:
            shutil.copy(path, account.folder / path.name)
    return account


def test_known_parameters_of_the_demo_account_are_recovered(project: Account) -> None:
    outcome = project.run("fit-purchases", "--project-dir", project.folder)
    assert outcome.code == 0, outcome.err
    written = project.folder / "seeds" / "purchase_parameters.csv"
    with written.open(encoding="utf-8") as file:
        values = {row["parameter"]: float(row["value"]) for row in csv.DictReader(file)}
    shown = {name: re.search(rf"\b{name} +│ +([\d.,]+) │ +([\d.,]+)", outcome.out) for name in NAMES}
    for name in NAMES:
        found = shown[name]
        assert found is not None, outcome.out
        estimate, error = float(found[1].replace(",", "")), float(found[2].replace(",", ""))
        assert values[name] == pytest.approx(estimate, abs=5e-5)
        # Within one standard error; the test of scatter above says how far the process alone leads away.
        assert abs(estimate - getattr(PURCHASE_PARAMETERS, name)) < error, outcome.out
    people = re.search(r"([\d,]+) people with a valid order", outcome.out)
    assert people is not None
    assert int(people[1].replace(",", "")) > 7_500
    assert {path.name for path in written.parent.iterdir()} == {"purchase_parameters.csv"}


@pytest.mark.parametrize(
    ("thresholds", "says"),
    [
        ("p_alive_min_people: 1000000", "var p_alive_min_people"),
        ("p_alive_min_days: 5000", "var p_alive_min_days"),
        ("p_alive_min_repeaters: 1000000", "var p_alive_min_repeaters"),
    ],
)
def test_an_account_too_thin_is_refused(project: Account, thresholds: str, says: str) -> None:
    (project.folder / "dbt_project.yml").write_text(f"vars: {{esputnik: {{{thresholds}}}}}\n", encoding="utf-8")
    outcome = project.run("fit-purchases", "--project-dir", project.folder)
    assert outcome.code == 1
    assert says in outcome.err
    assert not (project.folder / "seeds").exists()


def test_nothing_built_is_wrong_usage(project: Account) -> None:
    (project.folder / "raw.duckdb").unlink()
    assert_wrong_usage(project, "dbt build")
    (project.folder / "target" / "manifest.json").write_text(
        '{"nodes": {}, "metadata": {"adapter_type": "duckdb"}}', encoding="utf-8"
    )
    assert_wrong_usage(project, "int_purchases")
    (project.folder / "target" / "manifest.json").write_text("{", encoding="utf-8")
    assert_wrong_usage(project, "is not a manifest")
    (project.folder / "target" / "manifest.json").unlink()
    assert_wrong_usage(project, "dbt build")
    (project.folder / "dbt_project.yml").write_text("vars: [", encoding="utf-8")
    assert_wrong_usage(project, "dbt_project.yml is not valid YAML, line 1")
    (project.folder / "dbt_project.yml").unlink()
    assert_wrong_usage(project, "--project-dir")


def assert_wrong_usage(project: Account, says: str) -> None:
    outcome = project.run("fit-purchases", "--project-dir", project.folder)
    assert outcome.code == 2
    assert says in outcome.err
    assert "Traceback" not in outcome.err


def test_who_may_read_a_seed_stays_as_it_was(tmp_path: Path) -> None:
    path = seed.write_parameters(tmp_path, DEMO)
    assert path.stat().st_mode & 0o777 == 0o644
    path.chmod(0o664)
    seed.write_parameters(tmp_path, DEMO)
    assert path.stat().st_mode & 0o777 == 0o664


def test_a_seed_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = seed.write_parameters(tmp_path, DEMO)
    before = path.read_text(encoding="utf-8")
    assert before == "parameter,value\nr,0.600000\nalpha,45.000000\na,0.600000\nb,2.400000\n"

    def fails(self: Path, target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(LoaderError, match=r"purchase_parameters\.csv cannot be written: disk full"):
        seed.write_parameters(tmp_path, CDNOW)
    assert path.read_text(encoding="utf-8") == before
    assert list(tmp_path.iterdir()) == [path]


def test_without_a_folder_the_project_is_the_one_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dbt_project.yml").write_text(
        "name: shop\nseed-paths: [data]\nvars: {compare_days: 7, esputnik: {p_alive_min_people: 9}}\n"
    )
    monkeypatch.chdir(tmp_path)
    here = find_project(None)
    assert (here.seeds, here.installs) == (tmp_path / "data", True)
    assert (here.variables["compare_days"], here.variables["p_alive_min_people"]) == (7, 9)
    assert here.variables["p_alive_min_days"] == 180
    monkeypatch.chdir(tmp_path.parent)
    assert not find_project(None).installs
