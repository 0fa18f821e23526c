"""What a load says at its end."""

from __future__ import annotations

from rich import box
from rich.table import Table

from loader.pipeline import Summary

COUNTS = ("read", "loaded", "superseded", "rejected")


def summary_table(summary: Summary) -> Table:
    """Files and rows per dataset, and the columns that the contract does not know."""
    table = Table(title=f"Load {summary.load_id}", title_justify="left", caption_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("dataset", no_wrap=True)
    for title in ("files", *COUNTS):
        table.add_column(title, justify="right")
    for name, typed in summary.datasets.items():
        sums = (sum(getattr(counts, count) for counts in typed.counts) for count in COUNTS)
        table.add_row(name, str(len(typed.counts)), *(f"{number:,}" for number in sums))
    unknown = [
        f"New columns, kept as text: {name} - {', '.join(typed.unknown_columns)}"
        for name, typed in summary.datasets.items()
        if typed.unknown_columns
    ]
    table.caption = "\n".join(unknown) or None
    return table
