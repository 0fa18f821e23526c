"""Can the company's own database be reached?"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from loader.doctor.finding import Finding, Level
from loader.errors import ConfigurationError
from loader.sources.database.address import (
    ADDRESS_VARIABLE,
    open_engine,
    read_address,
    reason_of,
    secrets_of_address,
    shown,
)


def examine_database() -> tuple[list[Finding], list[str]]:
    """Findings about the database, and the texts that must not be shown."""
    try:
        url = read_address()
    except ConfigurationError as error:
        return [_problem(str(error))], []
    if url is None:
        message = "No database is named; only `load --from database` needs one."
        return [Finding("database", Level.note, message, f"To load from one, set {ADDRESS_VARIABLE}.")], []
    secrets = secrets_of_address(url)
    try:
        engine = open_engine(url)
    except ConfigurationError as error:
        return [_problem(str(error))], secrets
    try:
        inspector = sa.inspect(engine)
        tables = len(inspector.get_table_names()) + len(inspector.get_view_names())
    except SQLAlchemyError as error:
        return [_problem(f"The tables of {shown(url)} cannot be listed: {reason_of(error, url)}")], secrets
    finally:
        engine.dispose()
    found = Finding("database", Level.ok, f"{shown(url)} answers; its default schema holds {tables} tables and views.")
    return [found], secrets


def _problem(message: str) -> Finding:
    return Finding(
        "database", Level.problem, message, f"Mend {ADDRESS_VARIABLE}, or the database's rights and network."
    )
