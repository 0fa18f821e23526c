"""What a load would take: calls per dataset, told without loading anything."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table

from loader.sources.api import wall
from loader.sources.api.asking import Asker
from loader.sources.api.client import ApiClient, NotThere
from loader.sources.api.entities import CATALOGUES, CONTACTS, GROUPS
from loader.sources.api.listing import Listing
from loader.sources.api.mapping import MESSAGE_CHANNELS
from loader.sources.api.plan import Bounds
from loader.sources.api.run import ACTIVITIES, BROADCASTS, ApiOrder
from loader.sources.api.stretches import AIM

#: Hours looked at to learn how many activities there are.
_SAMPLES = 24


@dataclass(frozen=True)
class Estimate:
    """Calls that a dataset needs, and what that number rests on."""

    dataset: str
    calls: int
    because: str


def estimate(client: ApiClient, order: ApiOrder, stretches: Sequence[Bounds]) -> list[Estimate]:
    """Estimates a load; itself takes a call per list, and 24 or a few more for activities.

    Lists say how long they are. How many activities there are is guessed from an hour on each of 24 days: broadcasts
    make some hours a thousand times as full as others, so that the guess may be wrong by half.
    """
    found = []
    if order.wants("contacts"):
        total, calls = _listed(client, CONTACTS)
        found.append(Estimate("contacts", calls + len(CATALOGUES), f"{total:,} contacts"))
    if order.wants("messages"):
        lists = [_listed(client, f"v1/messages/{channel}") for channel in MESSAGE_CHANNELS]
        messages = sum(total for total, _ in lists)
        found.append(Estimate("messages", sum(calls for _, calls in lists), f"{messages:,} messages"))
    if order.wants("segments"):
        total, calls = _listed(client, GROUPS)
        found.append(Estimate("segments", calls, f"{total:,} segments"))
    if order.wants("segmentMembers"):
        lists = [_listed(client, f"v1/group/{item['id']}/contacts") for item in Listing(client, GROUPS)]
        members = sum(total for total, _ in lists)
        calls = sum(calls for _, calls in lists) + 1
        found.append(Estimate("segmentMembers", calls, f"{len(lists):,} segments with {members:,} members"))
    if order.wants(ACTIVITIES):
        found.append(_activities(client, stretches))
        if order.wants(BROADCASTS):
            found.append(Estimate(BROADCASTS, 0, "and one for each broadcast that the activities name"))
    return found


def _listed(client: ApiClient, call: str) -> tuple[int, int]:
    """Length of a list and the calls to read it."""
    try:
        listing = Listing(client, call)
        total = listing.total() or 0
    except NotThere:
        return 0, 1
    return total, listing.calls(total)


def _activities(client: ApiClient, stretches: Sequence[Bounds]) -> Estimate:
    asker = Asker(client)
    step = max(1, len(stretches) / _SAMPLES)
    rows = seconds = 0
    for number in range(min(_SAMPLES, len(stretches))):
        start, end = stretches[int(number * step)]
        # Another hour on each day, so that all hours of the day have their share.
        hour = start + (number * 7 % 24) * 3_600 % max(1, end - start)
        length = min(3_600, end - hour)
        while (window := asker.window(hour, hour + length)).is_full and length > 1:
            length = max(1, length // 8)
        rows, seconds = rows + window.rows, seconds + length
    asked = sum(end - start for start, end in stretches)
    total = rows * asked / seconds if seconds else 0.0
    calls = max(len(stretches), math.ceil(total / (AIM * client.settings.most_rows)))
    return Estimate(ACTIVITIES, calls, f"about {total:,.0f} activities on {asked / wall.DAY:,.0f} days")


def estimate_table(estimates: Sequence[Estimate]) -> Table:
    """The estimate for people."""
    table = Table(title="Calls that the load needs", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("dataset", no_wrap=True)
    table.add_column("calls", justify="right")
    table.add_column("because of")
    for entry in estimates:
        table.add_row(entry.dataset, f"{entry.calls:,}", entry.because)
    table.add_row("all", f"{sum(entry.calls for entry in estimates):,}", "")
    return table
