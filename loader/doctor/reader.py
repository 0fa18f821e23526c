"""The service account by which the platform reads: is its key file kept safe, and may it read the segment views only?

What an account may read is tried with its own key by dry runs, which BigQuery checks for permission and does not bill.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from loader.contract import full_contract
from loader.destination import open_warehouse
from loader.doctor.finding import Finding, Level
from loader.errors import LoaderError
from loader.profile import Target

#: Layers that only the builder reads; the platform's account has no business in them.
INTERNAL_LAYERS = ("staging", "marts", "reports", "seeds", "segments_tables")
NEEDED = ("client_email", "private_key", "project_id", "token_uri")
NEW_KEY = "Make a key of the account in the Google Cloud console or by `gcloud iam service-accounts keys create`."
GRANT = (
    "Give the account BigQuery Data Viewer on the dataset; where it has it, authorise the dataset of the views' tables."
)
SEE = "See docs/access.md."


def examine_reader(key_file: Path | None, target: Target | None) -> tuple[list[Finding], list[str]]:
    """Findings about the account, and the texts that must not be shown.

    Args:
        key_file: its key; None: not named.
        target: where the views are, if they can be looked at.

    """
    if key_file is None:
        if target is None or target.type != "bigquery":
            return [], []
        message = "The key file of the platform's service account is not named, so what it may read is not known."
        return [Finding("reader", Level.note, message, "Name it: `doctor --reader-key FILE`.")], []
    try:
        text = key_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{key_file} cannot be read: {type(error).__name__}."
        return [Finding("reader", Level.problem, message, "Name the JSON key file of the account.")], []
    findings = [_mode(key_file)]
    key = _parsed(text)
    if isinstance(key, str):
        return [*findings, Finding("reader", Level.problem, f"{key_file} {key}", NEW_KEY)], []
    secrets = [str(key[name]) for name in ("private_key", "private_key_id") if key.get(name)]
    findings.append(Finding("reader", Level.ok, f"{key_file} is a key of {key['client_email']}."))
    if target is None:
        return findings, secrets
    if target.type != "bigquery":
        message = f"Target {target.name} is no BigQuery, so what the account may read is not looked at."
        return [
            *findings,
            Finding("reader", Level.note, message, "Run it with the target that the platform reads."),
        ], secrets
    return [*findings, *_reading(key, target)], secrets


def _mode(key_file: Path) -> Finding:
    mode = stat.S_IMODE(os.stat(key_file).st_mode)
    safe = f"Run `chmod 600 {key_file}`; if others use this machine, make a new key and delete this one."
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        message = f"{key_file} can be read or changed by everybody on this machine (mode {mode:o})."
        return Finding("reader", Level.problem, message, safe)
    if mode & (stat.S_IRGRP | stat.S_IWGRP):
        message = f"{key_file} can be read or changed by a group (mode {mode:o})."
        return Finding("reader", Level.warn, message, safe)
    return Finding("reader", Level.ok, f"{key_file} is its owner's alone.")


def _parsed(text: str) -> dict[str, Any] | str:
    """The key's entries, or what is wrong with them; never a part of the file."""
    try:
        key = json.loads(text)
    except json.JSONDecodeError:
        return "is not JSON."
    if not isinstance(key, dict) or key.get("type") != "service_account":
        return "is no key of a service account: its `type` is not `service_account`."
    if absent := [name for name in NEEDED if not key.get(name)]:
        return f"lacks {', '.join(absent)}."
    # Google's libraries take seconds to import.
    from google.oauth2 import service_account

    try:
        service_account.Credentials.from_service_account_info(key)  # type: ignore[no-untyped-call]
    except ValueError:
        return "holds a private key that cannot be read."
    return key


def _reading(key: Mapping[str, Any], target: Target) -> list[Finding]:
    from loader.doctor.reader_client import CannotAsk, ReaderClient

    segments = target.built_schema("segments")
    try:
        views = _tables(target.at(segments))
        others = {schema: _probe(names) for schema, names in _internal(target).items() if names}
    except LoaderError as error:
        message = f"What there is to read cannot be listed: {error}"
        return [Finding("reader", Level.problem, message, "Mend the target in profiles.yml.")]
    if not views:
        message = f"{segments} holds no view that the account could read yet."
        return [Finding("reader", Level.note, message, "Run `dbt build`.")]
    client = ReaderClient(key, target)
    try:
        refused = {view: reason for view in sorted(views) if (reason := client.refusal(segments, view))}
        open_schemas = [
            schema
            for schema, (database, table, condition) in others.items()
            if client.refusal(schema, table, condition, database) is None
        ]
    except CannotAsk as error:
        return [Finding("reader", Level.problem, str(error), error.action)]
    finally:
        client.close()
    findings = [
        Finding("reader", Level.problem, f"The account cannot read {segments}.{view}: {reason}", f"{GRANT} {SEE}")
        for view, reason in refused.items()
    ]
    if not refused:
        message = f"The account can read all {len(views)} views in {segments}."
        findings.append(Finding("reader", Level.ok, message))
    if open_schemas:
        message = f"The account can read {', '.join(open_schemas)} too; the platform needs {segments} only."
        action = f"Take its roles on the project and on these datasets away, but BigQuery Job User. {SEE}"
        findings.append(Finding("reader", Level.warn, message, action))
    elif others:
        findings.append(Finding("reader", Level.ok, f"The account cannot read {', '.join(others)}."))
    return findings


Probe = tuple[str, str, str]
"""Project (empty: the target's), table and condition of a query that shows whether a dataset can be read."""


def _internal(target: Target) -> dict[str, tuple[str, set[str]]]:
    """Tables by dataset that is not for the platform, with the dataset's project."""
    found = {target.raw_schema: (target.raw_database, _tables(target))}
    for layer in INTERNAL_LAYERS:
        schema = target.built_schema(layer)
        found[schema] = ("", _tables(target.at(schema)))
    return {schema: place for schema, place in found.items() if place[1]}


def _tables(target: Target) -> set[str]:
    with open_warehouse(target, read_only=True) as warehouse:
        return warehouse.tables()


def _probe(place: tuple[str, Iterable[str]]) -> Probe:
    """A table of a dataset to try; those that demand a filter on their partition come last."""
    database, names = place
    contract = full_contract()
    partitioned = {name for name, dataset in contract.items() if dataset.partition}
    name = min(names, key=lambda name: (name in partitioned, name.startswith("_"), name))
    return database, name, " where _day = date '2000-01-01'" if name in partitioned else ""
