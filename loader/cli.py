"""The commands of `python -m loader`: `load`, `export-demo`, `export-missing`, `status`, `doctor`, `summary`,
`catalogue` and `fit-purchases`.
"""

from __future__ import annotations

import json
import re
import signal
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from loader.console import Console
from loader.contract import full_contract, load_contract
from loader.errors import ConfigurationError, LoaderError, TooManyRejects
from loader.profile import Target, read_target, secrets_of
from loader.sources import FileFormat

if TYPE_CHECKING:
    from loader.pipeline import Summary
    from loader.sources.demo import DemoSettings

app = typer.Typer(
    help="Loads eSputnik's datasets into raw tables that look like its own export.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Source(StrEnum):
    """Where a load takes its rows from."""

    demo = "demo"
    files = "files"
    api = "api"
    database = "database"


#: Options of `load` that one source takes, by the parameter's name.
SOURCE_OF_OPTION = {
    **dict.fromkeys(("contacts", "days", "seed", "cadence", "end"), Source.demo),
    "path": Source.files,
    **dict.fromkeys(("since", "until", "dry_run", "allow_full_seconds"), Source.api),
    **dict.fromkeys(("tables", "cursors"), Source.database),
}
#: Options of all sources but databases, whose tables are no datasets and whose rows are not rejected.
NOT_OF_DATABASES = ("datasets", "max_rejects")


TargetOption = Annotated[
    str | None,
    typer.Option("--target", "-t", envvar="DBT_TARGET", help="Target of the dbt profile. [default: its own]"),
]
ProfilesDirOption = Annotated[
    Path | None, typer.Option("--profiles-dir", help="Folder of profiles.yml. [default: where dbt looks for it]")
]
ContactsOption = Annotated[int, typer.Option("--contacts", min=1, help="Demo account: number of contacts.")]
DaysOption = Annotated[int, typer.Option("--days", min=1, help="Demo account: days of history.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Demo account: another seed, another account.")]
CadenceOption = Annotated[
    int,
    typer.Option("--cadence", min=1, max=7, help="Demo account: how many times as often as usual it sends broadcasts."),
]
EndOption = Annotated[
    datetime | None,
    typer.Option(
        "--end",
        formats=["%Y-%m-%d"],
        help="Demo account: the day after its last. [default: today, UTC; of `load`, that of the loaded account]",
    ),
]
SinceOption = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], help="API: first day of activities. [default: the first ever loaded, or 90 days ago]"
    ),
]
UntilOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="API: last day of activities. [default: today]")
]


@dataclass(frozen=True)
class RejectLimit:
    """How many rejected records a load may have, as a number or as a share of the records read."""

    number: Decimal
    is_percent: bool

    @classmethod
    def parse(cls, text: str) -> RejectLimit:
        """Reads the option `--max-rejects`: `100` or `0.5%`."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%?)", text.strip())
        if found is None or (not found[2] and "." in found[1]) or (found[2] and Decimal(found[1]) > 100):
            raise ConfigurationError(
                f"--max-rejects takes a number of rows or a percentage, like 100 or 0.5%, not {text!r}."
            )
        return cls(Decimal(found[1]), bool(found[2]))

    def allows(self, rejected: int, read: int) -> bool:
        """Whether so many rejected records of those read are within the limit."""
        return rejected <= (read * self.number / 100 if self.is_percent else self.number)


@app.command()
def load(
    context: typer.Context,
    source: Annotated[Source, typer.Option("--from", help="Where the rows come from.")],
    path: Annotated[str | None, typer.Option("--path", help="Folder, file, pattern or gs://, s3:// address.")] = None,
    datasets: Annotated[str | None, typer.Option("--datasets", help="Only these, separated by commas.")] = None,
    target: TargetOption = None,
    profiles_dir: ProfilesDirOption = None,
    max_rejects: Annotated[str, typer.Option("--max-rejects", help="Rows, or N%, that may be rejected.")] = "0",
    tables: Annotated[
        str | None, typer.Option("--tables", help="Database: tables or views, separated by commas.")
    ] = None,
    cursors: Annotated[
        list[str] | None,
        typer.Option("--cursor", help="Database: read only what is new by a column, as TABLE=COLUMN; can be repeated."),
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="API: only tell how many calls it takes.")] = False,
    allow_full_seconds: Annotated[
        bool,
        typer.Option("--allow-full-seconds", help="API: go on where it does not give all activities of a second."),
    ] = False,
    contacts: ContactsOption = 20_000,
    days: DaysOption = 730,
    seed: SeedOption = 1,
    cadence: CadenceOption = 1,
    end: EndOption = None,
) -> None:
    """Load what is new into the raw tables."""
    with reported() as console:
        _check_options(context, source)
        limit = RejectLimit.parse(max_rejects)
        names = _split(datasets) if datasets is not None else None
        if names == []:
            raise ConfigurationError("--datasets names none; leave it out to load all.")
        if source is Source.files and path is None:
            raise ConfigurationError("--from files needs --path.")
        copied = _split(tables or "")
        if source is Source.database and not copied:
            raise ConfigurationError("--from database needs --tables.")
        where = _target(console, profiles_dir, target)
        if source is Source.database:
            from loader.sources.database.command import load_from_database

            load_from_database(copied, cursors or [], where, console)
            return
        # dlt takes seconds to import; wrong usage should not have to wait for it.
        if source is Source.api:
            from loader.sources.api.command import estimate_from_api, load_from_api
            from loader.sources.api.run import ApiOrder

            order = ApiOrder(since and since.date(), until and until.date(), names, allow_full_seconds)
            if dry_run:
                estimate_from_api(order, where, console)
                return
            summary = load_from_api(order, where, console)
        elif path is not None:
            summary = _load_files(path, names, where, console)
        else:
            wanted = _demo(contacts, days, seed, cadence, end)
            summary = _load_demo(wanted, names, where, console, end_is_given=end is not None)
        from loader.report import summary_table

        if not summary.datasets:
            console.result("Nothing new: every file is loaded already.")
            return
        console.result(summary_table(summary))
        rejected, read = summary.total("rejected"), summary.total("read")
        if not limit.allows(rejected, read):
            tables = ", ".join(
                f"{where.raw_schema}.{typed.dataset.rejected_table}"
                for typed in summary.datasets.values()
                if typed.rejected is not None
            )
            raise TooManyRejects(
                f"{rejected:,} of {read:,} records were rejected, more than --max-rejects {max_rejects} allows. The"
                f" others are loaded. See {tables} for the reasons, mend the files and load again."
            )


@app.command("export-demo")
def export_demo_command(
    path: Annotated[Path, typer.Option("--path", help="Folder for the files; created where there is none.")],
    file_format: Annotated[FileFormat, typer.Option("--format", help="Format of the files.")] = "parquet",
    contacts: ContactsOption = 20_000,
    days: DaysOption = 730,
    seed: SeedOption = 1,
    cadence: CadenceOption = 1,
    end: EndOption = None,
) -> None:
    """Write the demo account as files, in the platform's export format."""
    with reported() as console:
        from loader.sources.demo import export_demo

        written = export_demo(path, _demo(contacts, days, seed, cadence, end), file_format)
        console.result(
            f"{len(written)} files in {path}. Load them with: python -m loader load --from files --path {path}"
        )


@app.command("export-missing")
def export_missing_command(
    path: Annotated[Path, typer.Option("--path", help="File to write, like missing.csv.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file where there is one.")] = False,
    without_former: Annotated[
        bool,
        typer.Option(
            "--without-former", help="Leave out people whose orders name a contact that is not there any more."
        ),
    ] = False,
    target: TargetOption = None,
    profiles_dir: ProfilesDirOption = None,
) -> None:
    """Write people who are in the warehouse and not on the platform, as a CSV file for its contact import."""
    with reported() as console:
        where = _target(console, profiles_dir, target)
        from loader.export_missing import IMPORT_LIMIT, export_missing

        written = export_missing(where, path, overwrite=force, without_former=without_former)
        console.result(f"{_people(written.people)} not on the platform, in {path}.")
        if written.former and without_former:
            console.step(
                f"{_people(written.former)} left out whose orders name contacts that are not exported any more."
            )
        elif written.former:
            console.warn(
                f"{_people(written.former)} of these placed orders as contacts that are not exported any more. They may"
                " have asked to be deleted: --without-former leaves them out."
            )
        if written.malformed:
            console.warn(
                f"{_people(written.malformed)} left out: their key is no e-mail address or phone number. They are in"
                " the report rpt_people_not_on_platform, with is_malformed = 1."
            )
        if written.size > IMPORT_LIMIT:
            console.warn(f"The file has {written.size / 1e6:,.0f} MB; the platform takes up to 300. Split it.")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    target: TargetOption = None,
    profiles_dir: ProfilesDirOption = None,
) -> None:
    """Show loads, rows, rejects and newest data per dataset."""
    with reported() as console:
        where = _target(console, profiles_dir, target)
        from loader.destination import open_warehouse
        from loader.status import read_status, status_table

        with open_warehouse(where, read_only=True) as warehouse:
            found = read_status(warehouse, full_contract())
        if as_json:
            print(json.dumps([entry.as_json() for entry in found], indent=2))
        elif found:
            console.result(status_table(found))
        else:
            console.result(f"Nothing is loaded into {where.raw_schema} of target {where.name} yet.")


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    reader_key: Annotated[
        Path | None,
        typer.Option(
            "--reader-key",
            envvar="ESPUTNIK_READER_KEY",
            help="Key file of the service account by which the platform reads the segment views.",
        ),
    ] = None,
    target: TargetOption = None,
    profiles_dir: ProfilesDirOption = None,
) -> None:
    """Check credentials, permissions, segment views, API and database; exit 2 where something has to be done."""
    with reported() as console:
        from loader.doctor.examine import examine
        from loader.doctor.finding import Level, findings_table

        found = examine(profiles_dir, target, console, reader_key)
        if as_json:
            print(json.dumps([finding.as_json() for finding in found], indent=2))
        else:
            console.result(findings_table(found))
        if any(finding.level is Level.problem for finding in found):
            raise typer.Exit(ConfigurationError.exit_code)


@app.command()
def summary(target: TargetOption = None, profiles_dir: ProfilesDirOption = None) -> None:
    """Show what the last `dbt build` made, and a few rows of each report and segment view."""
    with reported() as console:
        where = _target(console, profiles_dir, target)
        from loader.destination import open_warehouse
        from loader.manifest import MANIFEST
        from loader.summary import NEXT_STEPS, built_models, summarise

        models = built_models(MANIFEST, where)
        with open_warehouse(where, read_only=True) as warehouse:
            for part in summarise(warehouse, models):
                console.result(part)
        console.result(NEXT_STEPS)


@app.command()
def catalogue(
    path: Annotated[Path, typer.Option("--path", help="Folder for sources.md and sources.html.")] = Path("docs"),
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", help="dbt's manifest.json. [default: that of the project in this repository]"),
    ] = None,
    target: TargetOption = None,
    profiles_dir: ProfilesDirOption = None,
) -> None:
    """Write what each external source offers for segments and messages, as a page in Markdown and in HTML."""
    with reported() as console:
        where = _target(console, profiles_dir, target)
        from loader.catalogue.write import read_sources, write_catalogue
        from loader.manifest import MANIFEST

        sources = read_sources(manifest or MANIFEST, where, console)
        markdown, html = write_catalogue(path, sources, where)
        console.result(f"{len(sources)} external sources are described in {markdown} and {html}.")


@app.command("fit-purchases")
def fit_purchases_command(
    project_dir: Annotated[
        Path | None,
        typer.Option("--project-dir", help="dbt project that built the tables. [default: the one here]"),
    ] = None,
    target: TargetOption = None,
    profiles_dir: ProfilesDirOption = None,
) -> None:
    """Estimate how people buy from the last `dbt build`, and write it as seed purchase_parameters, for p_alive."""
    with reported() as console:
        from loader.purchases.command import find_project, fit_purchases

        project = find_project(project_dir)
        where = _target(console, profiles_dir, target)
        fit_purchases(project, where, console)


def _check_options(context: typer.Context, source: Source) -> None:
    """Refuses options that the source would ignore."""

    def names(options: Iterable[str]) -> str:
        flags = {flag.name: flag.opts[0] for flag in context.command.params}
        return ", ".join(flags[option] for option in options)

    given = [
        name for name in context.params if (told := context.get_parameter_source(name)) and told.name == "COMMANDLINE"
    ]
    for other in Source:
        if other is not source and (wrong := [name for name in given if SOURCE_OF_OPTION.get(name) is other]):
            raise ConfigurationError(f"--from {source} takes no {names(wrong)}; --from {other} does.")
    if source is Source.database and (wrong := [name for name in given if name in NOT_OF_DATABASES]):
        raise ConfigurationError(f"--from database takes no {names(wrong)}; the other sources do.")


def _target(console: Console, profiles_dir: Path | None, target: str | None) -> Target:
    """The target to work on; the console keeps its secrets from now on."""
    where = read_target(profiles_dir, target)
    console.secrets = secrets_of(where)
    return where


def _load_files(path: str, names: list[str] | None, where: Target, console: Console) -> Summary:
    from loader.deliveries import file_delivery
    from loader.destination import open_warehouse
    from loader.pipeline import load as load_delivery
    from loader.workspace import private_folder

    delivery = file_delivery(path, load_contract(), names, console)
    with private_folder() as workdir, open_warehouse(where) as warehouse:
        return load_delivery(delivery, full_contract(), where, warehouse, workdir, console)


def _load_demo(
    wanted: DemoSettings, names: list[str] | None, where: Target, console: Console, *, end_is_given: bool
) -> Summary:
    from loader.deliveries import demo_delivery, demo_settings
    from loader.destination import open_warehouse
    from loader.pipeline import load as load_delivery
    from loader.sources.files import wanted_datasets
    from loader.workspace import private_folder

    contract = load_contract()
    # What was asked for wrongly is told before a warehouse is touched.
    wanted_datasets(contract, names)
    with private_folder() as workdir, open_warehouse(where) as warehouse:
        settings = demo_settings(wanted, warehouse, end_is_given=end_is_given)
        delivery = demo_delivery(settings, contract, names, workdir, console)
        return load_delivery(delivery, full_contract(), where, warehouse, workdir, console)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _split(text: str) -> list[str]:
    """The parts of an option that takes several, separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def _demo(contacts: int, days: int, seed: int, cadence: int, end: datetime | None) -> DemoSettings:
    from loader.sources.demo import DemoSettings

    until = end.date() if end else datetime.now(UTC).date()
    return DemoSettings(contacts=contacts, days=days, seed=seed, cadence=cadence, end=until)


@contextmanager
def reported() -> Iterator[Console]:
    """Turns failures into a sentence and an exit code, and SIGTERM into the same end as Ctrl-C."""
    console = Console()

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    try:
        yield console
    except LoaderError as error:
        console.fail(str(error))
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        console.fail("Interrupted. No table is left half-changed; run it again to complete it.")
        raise typer.Exit(1) from None
    except typer.Exit:
        raise
    except Exception:
        # Not foreseen, so whoever mends it needs the traceback; the console keeps secrets out of it.
        console.fail(traceback.format_exc())
        raise typer.Exit(1) from None
