"""Errors that end a command, each with the exit code that tells its kind."""

from __future__ import annotations

import re


class LoaderError(Exception):
    """A failure the user can act on; its message is one or more whole sentences.

    Raised as it is when a load failed; nothing of the load is visible then.
    """

    exit_code = 1


class ConfigurationError(LoaderError):
    """Wrong usage or settings: nothing was attempted."""

    exit_code = 2


class TooManyRejects(LoaderError):
    """Everything that could be loaded was, but more rows were rejected than allowed."""

    exit_code = 3


def root_cause(error: BaseException) -> str:
    """What lies at the bottom of a failed call, on one line.

    What network libraries wrap around it names objects, and the address at length.
    """
    inner = error
    while (following := _wrapped_in(inner)) is not None and following is not inner:
        inner = following
    return " ".join(re.sub(r"<[^>]*>:?\s*", "", str(inner)).split()).rstrip(".")[:200] or type(inner).__name__


def _wrapped_in(error: BaseException) -> BaseException | None:
    named = getattr(error, "cause", None) or getattr(error, "reason", None) or (error.args[0] if error.args else None)
    return named if isinstance(named, BaseException) else error.__cause__ or error.__context__
