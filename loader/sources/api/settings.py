"""Settings of the REST API source: from the environment, or from dlt's secrets and config."""

from __future__ import annotations

import base64
import math
import os
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from loader.dlt_settings import dlt_setting
from loader.errors import ConfigurationError

DEFAULT_URL = "https://esputnik.com/api"

#: Where dlt keeps the settings: `[sources.esputnik_api]` in its secrets.toml and config.toml.
_SECTION = "sources.esputnik_api"


class NoApiKey(ConfigurationError):
    """Nothing says which account it is: the API is not in use here, or not set up yet."""


@dataclass(frozen=True)
class ApiSettings:
    """How to reach an account.

    A field `name` is read from the environment variable `ESPUTNIK_API_<NAME>`, else from dlt's
    `sources.esputnik_api.<name>`.

    Attributes:
        key: the API key; never shown.
        url: address under which the platform's `/v1` and `/v2` lie.
        timezone: zone of the user whose key it is; the platform reads and writes times in it.
        timeout: seconds that the platform may take for an answer. It takes minutes while a broadcast goes out.
        backoff: seconds before the first repeat of a failed call; each further one doubles them, up to a minute.
        reread_days: a window of time counts as complete when it was read this many days after its end.
        most_rows: activities asked for in one call; the platform is known to misbehave above 1,000.
        batch_rows: activities that are loaded together at least; up to four times as many where loading takes long.
        most_parallel: calls under way at once, at most; fewer where the platform bears fewer.

    """

    key: str = field(repr=False)
    url: str = DEFAULT_URL
    timezone: str = "UTC"
    timeout: float = 300.0
    backoff: float = 1.0
    reread_days: float = 3.0
    most_rows: int = 1_000
    batch_rows: int = 50_000
    most_parallel: int = 8

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError(f"ESPUTNIK_API_URL must be an address like {DEFAULT_URL}.")
        if parts.username or parts.password:
            raise ConfigurationError("ESPUTNIK_API_URL must not hold a user or password: the key has its own setting.")
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            raise ConfigurationError(
                f"ESPUTNIK_API_TIMEZONE is {self.timezone!r}, which is no time zone; an example is Europe/Kyiv."
            ) from None
        for name in ("timeout", "backoff", "reread_days", "most_rows", "batch_rows", "most_parallel"):
            number = getattr(self, name)
            if not math.isfinite(number) or number < (0 if name in ("backoff", "reread_days") else 1e-3):
                raise ConfigurationError(f"ESPUTNIK_API_{name.upper()} must be a positive number.")

    @property
    def zone(self) -> ZoneInfo:
        """The platform's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def secrets(self) -> list[str]:
        """Texts that must never be shown: the key, and the key as it travels."""
        return [self.key, base64.b64encode(f"{USER}:{self.key}".encode()).decode()]


#: The platform takes any user name; the key is the password.
USER = "loader"


def read_settings() -> ApiSettings:
    """Reads the settings.

    Raises:
        NoApiKey: there is no key.
        ConfigurationError: a setting makes no sense, or dlt's cannot be read.

    """
    found: dict[str, Any] = {}
    for entry in fields(ApiSettings):
        value = os.environ.get(f"ESPUTNIK_API_{entry.name.upper()}") or dlt_setting(
            f"{_SECTION}.{entry.name}", is_secret=entry.name == "key"
        )
        if value is None:
            continue
        kind = {"float": float, "int": int}.get(str(entry.type), str)
        try:
            found[entry.name] = kind(str(value).strip())
        except ValueError:
            raise ConfigurationError(f"ESPUTNIK_API_{entry.name.upper()} must be a number.") from None
    if not found.get("key"):
        raise NoApiKey(
            "There is no API key. Set the environment variable ESPUTNIK_API_KEY, or `key` under"
            f" [{_SECTION}] in .dlt/secrets.toml; the platform makes keys under Settings, API."
        )
    found["url"] = found.get("url", DEFAULT_URL).rstrip("/")
    return ApiSettings(**found)
