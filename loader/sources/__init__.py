"""Where rows come from."""

from typing import Literal

#: Formats of exported files.
FileFormat = Literal["csv", "jsonl", "parquet"]
