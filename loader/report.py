"""What a load says at its end."""

from __future__ import annotations

from rich.table import Table

from loader.pipeline import Summary


def summary_table(summary: Summary) -> Table:
    """Files, rows and unknown columns per dataset."""
    table = Table("dataset", title=f"Load {summary.load_id}", title_justify="left")
    for title in ("files", "read", "loaded", "superseded", "rejected"):
        table.add_column(title, justify="right")
    table.add_column("unknown columns, kept as text")
    for name, typed in summary.datasets.items():
        sums = (sum(getattr(counts, title) for counts in typed.counts) for title in ("read", "loaded", "superseded", "rejected"))
        table.add_row(name, str(len(typed.counts)), *(f"{count:,}" for count in sums), ", ".join(typed.unknown_columns))
    return table
