"""Errors that end a command, each with the exit code that tells its kind."""

from __future__ import annotations


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
