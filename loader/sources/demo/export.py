"""Puts the demo account together and writes its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from loader.sources import FileFormat
from loader.sources.demo.activities import ActivityColumns, Counters, Mailroom
from loader.sources.demo.campaigns import broadcasts_table, messages_table, plan
from loader.sources.demo.catalogue import stock
from loader.sources.demo.contacts import contacts_table, register
from loader.sources.demo.devices import devices_table
from loader.sources.demo.drawing import rare
from loader.sources.demo.events import events_tables
from loader.sources.demo.items import exported, fill_baskets, items_table, orders_table
from loader.sources.demo.orders import place_orders
from loader.sources.demo.responses import CLICKED, UNSUBSCRIBED, Rows
from loader.sources.demo.revenue import credit, revenue_table
from loader.sources.demo.settings import DemoSettings
from loader.sources.demo.workflows import run_workflows
from loader.sources.demo.writing import ExportFolder

#: Rows of the files of contacts and orders that stand there twice.
REPEATED_RATE = 0.001
#: Activities of one file; a larger instalment comes in parts, which bounds the memory of a large account.
PART_ROWS = 1_000_000


def export_demo(directory: Path, settings: DemoSettings, file_format: FileFormat = "parquet") -> list[Path]:
    """Writes the demo account of the settings as files in the platform's export format.

    Contacts, devices, broadcasts and messages come in one file each, as they are at the account's end; the other
    datasets in instalments, named by their first day (`orders_2025-01-01.parquet`).

    Returns:
        The files, in the order of writing.

    Raises:
        LoaderError: the folder or a file cannot be written.

    """
    folder = ExportFolder(directory, file_format)
    goods, people = stock(settings), register(settings)
    orders = place_orders(settings, people)
    messages, broadcasts = plan(settings)
    launches, triggered = run_workflows(settings, people, orders)
    columns = ActivityColumns(people, messages, broadcasts, launches)
    mess = settings.stream("mess of files")
    last = len(settings.exports()) - 1

    mailroom = Mailroom(settings, people, orders, messages, broadcasts, triggered)
    counters, kept = Counters(len(people)), []
    for export, rows, in_file in mailroom.instalments():
        counters.add(rows)
        kept.append(rows.take((rows.status == CLICKED) | (rows.status == UNSUBSCRIBED)))
        for part, start in enumerate(range(0, len(in_file), PART_ROWS)):
            name = f"contactActivities_{export.label}" + (f".part-{part}" if len(in_file) > PART_ROWS else "")
            some = in_file.take(slice(start, start + PART_ROWS))
            folder.write(name, columns.table(mess, export, last, some))
    reactions = Rows.concat(kept)
    clicks = reactions.take(reactions.status == CLICKED)

    credits = credit(settings, orders, clicks)
    baskets = fill_baskets(settings, goods, orders, credits.in_euro)
    for export in settings.exports():
        chosen = exported(orders, export)
        folder.write(
            f"orders_{export.label}", _with_repeats(mess, orders_table(people, orders, baskets, chosen, export))
        )
        folder.write(f"orderItems_{export.label}", items_table(goods, orders, baskets, chosen, export))
        folder.write(f"revenue_{export.label}", revenue_table(columns, orders, baskets, credits, chosen, export, last))

    score = clicks.detail - messages.first_nps_link
    answers = clicks.take(score >= 0), score[score >= 0]
    leavers = reactions.take(reactions.status == UNSUBSCRIBED)
    for export, table in events_tables(settings, people, orders, goods, answers, leavers):
        folder.write(f"events_{export.label}", table)

    folder.write("contacts", _with_repeats(mess, contacts_table(settings, people, counters.totals())))
    folder.write("devices", devices_table(settings, people))
    folder.write("broadcasts", broadcasts_table(settings, messages, broadcasts))
    folder.write("messages", messages_table(settings, messages))
    return folder.paths


def _with_repeats(rng: np.random.Generator, table: pa.Table) -> pa.Table:
    places = np.arange(len(table))
    twice = rare(rng, np.ones(len(table), dtype=bool), REPEATED_RATE)
    return table.take(pa.array(np.concatenate([places, twice])))
