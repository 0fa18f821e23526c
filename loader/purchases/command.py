"""`python -m loader fit-purchases`: from the built purchase table to the seed `purchase_parameters`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rich.table import Table

from loader.console import Console
from loader.contract import PROJECT_ROOT
from loader.destination import Warehouse, open_warehouse
from loader.errors import ConfigurationError, LoaderError
from loader.manifest import manifest_of
from loader.profile import Target, project_variables, read_yaml
from loader.purchases.fit import Fit, fit
from loader.purchases.model import NAMES, Histories
from loader.purchases.seed import write_parameters

PACKAGE = "esputnik"
PURCHASE_TABLE = f"model.{PACKAGE}.int_purchases"


@dataclass(frozen=True)
class Project:
    """A dbt project that builds the purchase table: this one, or one that installs it as a package.

    Attributes:
        variables: vars as the package sees them, those of the command line aside.
        seeds: folder that its seeds are in.

    """

    folder: Path
    variables: dict[str, Any]
    seeds: Path

    @property
    def installs(self) -> bool:
        """Whether this project is another one, with the package installed in it."""
        return self.folder.resolve() != PROJECT_ROOT


def find_project(folder: Path | None) -> Project:
    """Reads a dbt project; without a folder the one here, or else this repository's.

    Raises:
        ConfigurationError: there is no dbt project in the folder, or its file is no YAML.

    """
    if folder is None:
        folder = Path.cwd() if (Path.cwd() / "dbt_project.yml").is_file() else PROJECT_ROOT
    file = folder / "dbt_project.yml"
    if not file.is_file():
        raise ConfigurationError(f"{folder} has no dbt_project.yml: --project-dir takes the folder of a dbt project.")
    settings = read_yaml(file)
    given = settings.get("vars") or {}
    variables = {**project_variables(), **given, **(given.get(PACKAGE) or {})}
    seeds = settings.get("seed-paths") or ["seeds"]
    return Project(folder, variables, folder / seeds[0])


def fit_purchases(project: Project, target: Target, console: Console) -> None:
    """Fits the parameters to what the last build found and writes them.

    Raises:
        ConfigurationError: the purchase table has not been built.
        LoaderError: the account is too thin, or its purchases do not tell the parameters; nothing is written.

    """
    relation = _purchase_table(project, target)
    with open_warehouse(target, read_only=True) as warehouse:
        histories, first, last = _read(warehouse, relation)
    _check_size(histories, first, last, project.variables)
    console.step(f"Fitting {histories.total:,} people of {relation}")
    found = fit(histories)
    path = write_parameters(project.seeds, found.parameters)
    console.result(_fit_table(found))
    console.result(_in_words(found, path, project))


def _purchase_table(project: Project, target: Target) -> str:
    """Full name of the built table, as dbt's manifest has it."""
    manifest = project.folder / "target" / "manifest.json"
    with manifest_of(manifest, target) as content:
        node = content["nodes"].get(PURCHASE_TABLE)
        if node is None:
            raise ConfigurationError(f"{manifest} knows no int_purchases: {project.folder} has to install {PACKAGE}.")
        return str(node["relation_name"])


def _read(warehouse: Warehouse, relation: str) -> tuple[Histories, date | None, date | None]:
    """Histories of everybody with a valid order, and the first and last day with one."""
    sql = (
        "select repeat_days, recency_days, age_days, count(*), min(first_order_date), max(last_order_date)"
        f" from {relation} group by 1, 2, 3 order by 1, 2, 3"
    )
    try:
        rows = warehouse.execute(sql)
    except LoaderError as error:
        raise ConfigurationError(f"{relation} cannot be read: run `dbt build` first. {error}") from None
    first = min((row[4] for row in rows), default=None)
    last = max((row[5] for row in rows), default=None)
    return Histories.of(row[:4] for row in rows), first, last


def _check_size(histories: Histories, first: date | None, last: date | None, variables: dict[str, Any]) -> None:
    """Refuses what `p_alive` stays empty for: a guess from less is worse than none."""
    days = (last - first).days if first and last else 0
    repeaters = int(histories.people[histories.repeats >= 2].sum())
    wanted = (
        ("p_alive_min_people", histories.total, "people with a valid order"),
        ("p_alive_min_days", days, "days between the first and the last valid order"),
        ("p_alive_min_repeaters", repeaters, "people who came back on two days or more"),
    )
    short = [
        f"{there:,} {what} where {variables[name]:,} are needed (var {name})"
        for name, there, what in wanted
        if there < variables[name]
    ]
    if short:
        raise LoaderError(f"The account tells too little: {'; '.join(short)}. Nothing was written.")


def _fit_table(found: Fit) -> Table:
    table = Table("parameter", title="MBG/NBD by maximum likelihood, days", title_justify="left")
    table.add_column("estimate", justify="right")
    table.add_column("standard error", justify="right")
    for name in NAMES:
        table.add_row(name, f"{getattr(found.parameters, name):,.4f}", f"{getattr(found.errors, name):,.4f}")
    return table


def _in_words(found: Fit, path: Path, project: Project) -> str:
    fitted = found.parameters
    lines = [
        f"Log-likelihood {found.log_likelihood:,.2f}, {found.people:,} people with a valid order.",
        f"While they stay, they order on one day in {fitted.alpha / fitted.r:,.0f} on average; after an order"
        f" {fitted.a / (fitted.a + fitted.b):.0%} are lost.",
        f"Written to {path}. Now: dbt build --select purchase_parameters int_p_alive+",
    ]
    if project.installs:
        lines.append(f"A seed of the project's own goes before that of the package {PACKAGE}.")
    return "\n".join(lines)
