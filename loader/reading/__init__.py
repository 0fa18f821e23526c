"""Reading exported files into typed rows: one Parquet shape per dataset, and the rows that do not fit it."""

from loader.reading.dataset import TypedDataset, type_dataset

__all__ = ["TypedDataset", "type_dataset"]
