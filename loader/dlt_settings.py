"""dlt's settings: those that the raw tables rely on, and those of the user's that it keeps for the loader's sources."""

from __future__ import annotations

import logging
import os
from typing import Any

import dlt
from dlt.common.configuration.providers.toml import TomlProviderReadException

from loader.errors import ConfigurationError

#: Settings of dlt that the raw tables rely on. They go into this process's environment, since dlt reads those on
#: telemetry and logging at the first touch of its configuration.
DLT_SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    # What dlt logs is told by the loader's own messages, which keep secrets out.
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    # camelCase names stay as the export has them.
    "SCHEMA__NAMING": "direct",
    # Resources one after the other: the counts of a dataset are complete before they are written.
    "EXTRACT__NEXT_ITEM_MODE": "fifo",
    # The staging dataset would otherwise keep a second copy of the latest load's rows.
    "LOAD__TRUNCATE_STAGING_DATASET": "true",
    # dlt itself writes a few rows about its state only.
    "DATA_WRITER__DISABLE_COMPRESSION": "true",
}


def settle_dlt() -> None:
    """Puts these settings in force, in a process too in which dlt has been at work already.

    Raises:
        ConfigurationError: a file of the user's settings for dlt is no TOML.

    """
    os.environ.update(DLT_SETTINGS)
    logging.getLogger("dlt").setLevel(DLT_SETTINGS["RUNTIME__LOG_LEVEL"])
    try:
        # The first look at any setting reads the user's files.
        dlt.config.get("runtime.log_level")
    except TomlProviderReadException as error:
        raise ConfigurationError(f"dlt's settings cannot be read: {' '.join(str(error).split())}.") from error


def dlt_setting(name: str, *, is_secret: bool = False) -> Any:
    """The value of a setting in dlt's secrets.toml or config.toml, or its environment; None where none has it.

    Raises:
        ConfigurationError: one of the files is no TOML.

    """
    settle_dlt()
    return (dlt.secrets if is_secret else dlt.config).get(name)
