"""The seed `purchase_parameters`, in which dbt finds the parameters."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from loader.purchases.model import NAMES, Parameters

FILE_NAME = "purchase_parameters.csv"


def write_parameters(folder: Path, parameters: Parameters) -> Path:
    """Writes the seed into a folder of seeds; whoever reads it meanwhile finds the old or the new file, whole.

    Raises:
        OSError: the folder cannot be written to.

    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    values = zip(NAMES, parameters.as_array(), strict=True)
    text = "".join(["parameter,value\n", *(f"{name},{value:.6f}\n" for name, value in values)])
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        # mkstemp keeps the file to its owner; a seed is shared as any other file of the project.
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
