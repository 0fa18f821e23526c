"""The database's address: where it is set, how it is opened, and what is said when that fails, without its password."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from loader.dlt_settings import dlt_setting
from loader.errors import ConfigurationError

ADDRESS_VARIABLE = "ESPUTNIK_DATABASE_URL"
#: Where dlt's own `sql_database` source looks for the address.
SECRET = "sources.sql_database.credentials"
EXAMPLE = "postgresql://user:password@host:5432/database"
CONNECT_SECONDS = 10


def read_address() -> sa.URL | None:
    """The address from the environment, else from dlt's secrets; None where neither has one.

    Raises:
        ConfigurationError: what is set is no address, or dlt's secrets cannot be read.

    """
    place, value = ADDRESS_VARIABLE, os.environ.get(ADDRESS_VARIABLE)
    if not value:
        place, value = f"{SECRET} of dlt's secrets", dlt_setting(SECRET, is_secret=True)
    if not value:
        return None
    try:
        url = sa.URL.create(**value) if isinstance(value, Mapping) else sa.make_url(value)
    except (ArgumentError, TypeError, ValueError):
        raise ConfigurationError(f"{place} is not an address like {EXAMPLE}.") from None
    if "@" in (url.host or ""):
        # What follows the first @ of a password would be taken for the host, and shown.
        raise ConfigurationError(f"{place} has two @: write one that belongs to the user name or password as %40.")
    # The short name that many hosting services hand out.
    return url.set(drivername="postgresql") if url.drivername == "postgres" else url


def required_address() -> sa.URL:
    """The address.

    Raises:
        ConfigurationError: none is set, or what is set is no address.

    """
    url = read_address()
    if url is None:
        raise ConfigurationError(
            f"No database is named: set {ADDRESS_VARIABLE}, or {SECRET} in dlt's secrets, to an address like {EXAMPLE}."
        )
    return url


def secrets_of_address(url: sa.URL) -> list[str]:
    """Texts of the address that must never be shown, longest first: as they are, and as they stand in an address."""
    hidden = [url.password] if url.password else []
    for name, values in url.query.items():
        if re.search("password|secret|token|key", name, re.IGNORECASE):
            hidden += [values] if isinstance(values, str) else list(values)
    written = {form for text in hidden for form in (text, quote(text), quote(text, safe=""), quote_plus(text))}
    return sorted(written - {""}, key=len, reverse=True)


def shown(url: sa.URL) -> str:
    """The address as it may be shown: without the password and without options, which may hold another."""
    return url.set(query={}).render_as_string(hide_password=True)


def open_engine(url: sa.URL) -> sa.Engine:
    """Connects to the database, once, to see that it answers.

    Raises:
        ConfigurationError: the driver is unknown or not installed, or the database cannot be reached or refuses.

    """
    if url.get_backend_name() == "sqlite" and not _is_there(url.database):
        # SQLite would create an empty file.
        raise ConfigurationError(f"There is no SQLite file {url.database or '(no path given)'}.")
    try:
        engine = sa.create_engine(
            url, connect_args=_connect_arguments(url), execution_options={"postgresql_readonly": True}
        )
    except NoSuchModuleError:
        raise ConfigurationError(
            f"`{url.drivername}` is no kind of database that SQLAlchemy knows; an address looks like {EXAMPLE}."
        ) from None
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"The driver for `{url.drivername}` is not installed: it needs the Python package with module"
            f" `{error.name}`."
        ) from None
    except (SQLAlchemyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"{shown(url)} cannot be used: {reason_of(error, url)}") from None
    try:
        engine.connect().close()
    except (SQLAlchemyError, OSError, UnicodeError) as error:
        engine.dispose()
        raise ConfigurationError(f"{shown(url)} cannot be opened: {reason_of(error, url)}") from None
    return engine


def reason_of(error: BaseException, url: sa.URL) -> str:
    """What the driver says, on one line, ended by a full stop, without the address's secrets."""
    said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    line = " ".join(said.splitlines()[0].split())
    for secret in secrets_of_address(url):
        line = line.replace(secret, "***")
    return line.rstrip(".") + "."


def _is_there(database: str | None) -> bool:
    return bool(database) and (str(database).startswith("file:") or Path(str(database)).is_file())


def _connect_arguments(url: sa.URL) -> dict[str, int]:
    """PostgreSQL's and MySQL's drivers would wait for minutes for a host that does not answer."""
    waits_forever = url.get_backend_name() in ("postgresql", "mysql", "mariadb")
    return {"connect_timeout": CONNECT_SECONDS} if waits_forever and "connect_timeout" not in url.query else {}
