"""The seed `purchase_parameters`, in which dbt finds the parameters."""

from __future__ import annotations

from pathlib import Path

from loader.purchases.model import NAMES, Parameters
from loader.whole_file import written_whole

FILE_NAME = "purchase_parameters.csv"


def write_parameters(folder: Path, parameters: Parameters) -> Path:
    """Writes the seed into a folder of seeds; returns its path.

    Raises:
        LoaderError: the folder cannot be written to.

    """
    path = folder / FILE_NAME
    with written_whole(path) as file:
        file.write("parameter,value\n")
        for name, value in zip(NAMES, parameters.as_array(), strict=True):
            file.write(f"{name},{value:.6f}\n")
    return path
