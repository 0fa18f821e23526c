"""Which columns a typed file has, and under which names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from text_unidecode import unidecode

from loader.contract import Column, Dataset
from loader.errors import LoaderError
from loader.reading.casts import Field

LOAD_ID = Column("_dlt_load_id", "STRING", "Load that wrote the row, as in `_dlt_loads`.")
DAY = Column("_day", "DATE", "UTC date of the row's time; null where it has none.")
SET = Column("_set", "STRING", "What a load replaces the row by: its key, or what stands in for it.")

#: The longest name BigQuery allows a column.
_LONGEST_NAME = 300


def column_name(header: str) -> str:
    """The column name of a header that the contract does not know, valid on every destination.

    Letters outside ASCII are transliterated, everything else but letters, digits and the underscore becomes
    an underscore, and a name that would begin with a digit or an underscore (which is the loader's own mark)
    gets an `x` in front: `Місто проживання` is `Misto_prozhivannia`, `2nd phone` is `x2nd_phone`.
    """
    name = re.sub(r"[^A-Za-z0-9_]", "_", unidecode(header.strip())) or "_"
    return (name if name[0].isalpha() else f"x{name}")[:_LONGEST_NAME]


def _unknown(name: str) -> Column:
    return Column(name, "STRING", "Field of the export that the contract does not know, kept as text.")


class Layout:
    """The columns of a dataset's typed rows: the contract's, unknown ones, the loader's own."""

    def __init__(self, dataset: Dataset, known_extra_columns: Iterable[str]) -> None:
        self.dataset = dataset
        self._extra = {name.lower(): name for name in known_extra_columns if name.lower() not in dataset.by_name}
        self._new: dict[str, str] = {}

    def match(self, uri: str, fields: Sequence[Field]) -> dict[str, Field]:
        """The fields of a file by lower-case column name; fields never seen before become columns.

        Raises:
            LoaderError: two headers of the file mean the same column, or none is a column of the dataset.

        """
        matched: dict[str, Field] = {}
        for field in fields:
            header = field.name.strip()
            known = header.lower() in self.dataset.by_name or header.lower() in self._extra
            name = header if known else column_name(header)
            if name.lower() in matched:
                raise LoaderError(
                    f"{uri}: the columns {matched[name.lower()].name!r} and {field.name!r} are the same column "
                    f"(names are compared without case). Rename or remove one of them and load again."
                )
            matched[name.lower()] = field
            if name.lower() not in self.dataset.by_name and name.lower() not in self._extra:
                self._new.setdefault(name.lower(), name)
        if matched and not matched.keys() & self.dataset.by_name.keys():
            name, has = self.dataset.name, ", ".join(field.name for field in matched.values())
            raise LoaderError(
                f"{uri}: none of its columns is one of {name}; it has '{has[:200]}'. Mend the file (columns are divided"
                " by comma, semicolon or tab), or rename it so that it matches no dataset, and load again."
            )
        return matched

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names of the columns that appeared in these files first."""
        return tuple(self._new.values())

    @property
    def data_columns(self) -> tuple[Column, ...]:
        """The contract's columns, then unknown ones: those of the destination, then new ones."""
        extra = (*self._extra.values(), *self._new.values())
        return (*self.dataset.columns, *(_unknown(name) for name in extra))

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, in the order in which they are written."""
        own = [DAY] if self.dataset.write == "append" else []
        own += [SET] if self.dataset.or_key else []
        return (*self.data_columns, *own, LOAD_ID)
