"""`load --from database`: from the options to what is printed."""

from __future__ import annotations

from collections.abc import Sequence

from loader.console import Console
from loader.destination import open_warehouse
from loader.errors import ConfigurationError
from loader.profile import Target
from loader.sources.database.address import open_engine, required_address, secrets_of_address
from loader.sources.database.load import EXTRA_SCHEMA, copies_table, copy_tables
from loader.sources.database.tables import plan_tables
from loader.workspace import private_folder


def load_from_database(tables: Sequence[str], cursors: Sequence[str], where: Target, console: Console) -> None:
    """Copies tables into the target's schema `esputnik_extra` and prints what was done.

    Args:
        tables: their names in the database.
        cursors: `table=column` for each table of which only what is new is read.
        where: the target as the profile has it.
        console: gets the address's secrets to keep.

    Raises:
        ConfigurationError: wrong options, no such database, table or column; nothing was changed.
        LoaderError: the load failed.

    """
    by_table = _by_table(cursors)
    address = required_address()
    console.secrets = [*secrets_of_address(address), *console.secrets]
    engine = open_engine(address)
    try:
        plans = plan_tables(engine, tables, by_table)
        with private_folder() as workdir, open_warehouse(where.at(EXTRA_SCHEMA)) as warehouse:
            copies = copy_tables(engine, plans, warehouse, workdir, console)
    finally:
        engine.dispose()
    console.result(copies_table(copies))


def _by_table(cursors: Sequence[str]) -> dict[str, str]:
    """Cursor column by table, from options like `orders=updated_at`."""
    found: dict[str, str] = {}
    for option in cursors:
        table, _, column = (part.strip() for part in option.partition("="))
        if not table or not column or table in found:
            raise ConfigurationError(
                f"--cursor takes TABLE=COLUMN, once a table, like orders=updated_at; not {option!r}."
            )
        found[table] = column
    return found
