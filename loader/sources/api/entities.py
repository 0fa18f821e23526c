"""Everything of an account but its activities, as JSON lines: contacts, messages, segments and their members."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dlt.common.json import json

from loader.contract import Contract
from loader.sources.api import mapping
from loader.sources.api.client import ApiClient, NotThere
from loader.sources.api.listing import Listing, fetch_all
from loader.sources.api.mapping import Row

CONTACTS = "v1/contacts"
GROUPS = "v1/groups"
#: Calls that list the additional contact fields; accounts differ in which they have.
CATALOGUES = ("v1/addressbooks", "v1/additionalfields")

#: What this module reads, in the order in which it is read.
ENTITIES = ("contacts", "messages", "segments", "segmentMembers")


def write_entity(client: ApiClient, dataset: str, contract: Contract, path: Path) -> int:
    """Reads one dataset into a file; returns its rows."""
    if dataset == "contacts":
        return _write(path, _contacts(client, contract))
    if dataset == "messages":
        return _write(path, _messages(client))
    if dataset == "segments":
        return _write(path, (mapping.mapped(item, mapping.SEGMENTS) for item in Listing(client, GROUPS)))
    return _write(path, _members(client))


def write_broadcasts(client: ApiClient, ids: Iterable[int], path: Path) -> int:
    """Reads these broadcasts into a file; returns its rows. Broadcasts that are gone are left out."""

    def fetch(call: str) -> list[Row]:
        try:
            return mapping.broadcast(client.get(call).body)
        except NotThere:
            return []

    calls = [f"v1/broadcast/{number}" for number in sorted(ids)]
    return _write(path, (row for rows in fetch_all(client, calls, fetch) for row in rows))


def _write(path: Path, rows: Iterable[Row]) -> int:
    written = 0
    with open(path, "wb") as file:
        for row in rows:
            file.write(json.dumpb(row) + b"\n")
            written += 1
    return written


def _contacts(client: ApiClient, contract: Contract) -> Iterable[Row]:
    catalogues = []
    for call in CATALOGUES:
        try:
            catalogues.append(client.get(call).body)
        except NotThere:
            continue
    names = mapping.additional_fields(catalogues, [column.name for column in contract["contacts"].columns])
    return (mapping.contact(item, names) for item in Listing(client, CONTACTS))


def _messages(client: ApiClient) -> Iterable[Row]:
    for channel in mapping.MESSAGE_CHANNELS:
        try:
            for item in Listing(client, f"v1/messages/{channel}"):
                yield mapping.message(item, channel)
        except NotThere:
            continue  # an account without the channel


def _members(client: ApiClient) -> Iterable[Row]:
    def fetch(number: str) -> tuple[str, list[int]]:
        try:
            return number, [item["id"] for item in Listing(client, f"v1/group/{number}/contacts")]
        except NotThere:
            return number, []  # deleted since the list was read

    numbers = [str(item["id"]) for item in Listing(client, GROUPS)]
    for number, members in fetch_all(client, numbers, fetch):
        yield from ({"segmentId": number, "contactId": member} for member in members)
        if not members:
            yield {"segmentId": number}
