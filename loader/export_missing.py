"""`export-missing`: who is in the warehouse and not on the platform, as a file for the platform's contact import.

Who that is stands in the report `rpt_people_not_on_platform`, which `dbt build` makes; here its rows are only written
down. The import lets its user say which column is which field, so columns bear the names of the fields.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from loader.destination import Warehouse, open_warehouse
from loader.errors import ConfigurationError
from loader.profile import Target
from loader.whole_file import written_whole

REPORT = "rpt_people_not_on_platform"
#: Title in the file by column of the report.
TITLES: Mapping[str, str] = MappingProxyType(
    {"email_address": "Email", "phone_number": "Phone number", "first_name": "First name", "last_name": "Last name"}
)
#: Title of a key that is neither e-mail address nor phone number; an additional field's is its name.
KEY_TITLES: Mapping[str, str] = MappingProxyType({"external_customer_id": "External ID"})
#: The platform refuses larger files, in bytes.
IMPORT_LIMIT = 300_000_000

Row = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """What the file holds and what it does not.

    Attributes:
        people: rows of the file.
        former: people whose orders name a contact that is not exported any more; in the file unless left out.
        malformed: people left out since their key is no address or phone number.
        size: of the file, in bytes.

    """

    people: int
    former: int
    malformed: int
    size: int


def export_missing(target: Target, path: Path, *, overwrite: bool, without_former: bool) -> Written:
    """Writes the file, whole or not at all, readable by its owner alone.

    Args:
        target: warehouse in which the models are built.
        path: of the file.
        overwrite: whether a file that is there already may be replaced.
        without_former: whether people are left out whose orders name a contact that is not exported any more.

    Raises:
        ConfigurationError: that is no place for a file, the report is not built, or the contact key is none that can
            be imported.
        LoaderError: the warehouse cannot be read, or the file not written.

    """
    _check_place(path, overwrite=overwrite)
    with open_warehouse(target.at(target.built_schema("reports")), read_only=True) as warehouse:
        if REPORT not in warehouse.tables():
            raise ConfigurationError(f"{warehouse.raw_schema} holds no {REPORT} yet. Run `dbt build` first.")
        titles = _titles(warehouse)
        return _write(path, titles, _rows(warehouse, list(titles)), without_former=without_former)


def _check_place(path: Path, *, overwrite: bool) -> None:
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder; --path takes the name of a file.")
    if not path.parent.is_dir():
        raise ConfigurationError(f"There is no folder {path.parent} to write {path.name} to.")
    if path.exists() and not overwrite:
        raise ConfigurationError(f"{path} is there already. Name another file, or add --force to replace it.")


def _titles(warehouse: Warehouse) -> dict[str, str]:
    """Title of each column of the file, by the report's column."""
    fields = [field for (field,) in warehouse.execute(f"select distinct key_field from {warehouse.table(REPORT)}")]
    if fields == ["contact_id"]:
        raise ConfigurationError(
            "The models are keyed on contact_id, which the platform gives and no import takes. Set var contact_key to"
            " email, sms or external_customer_id and build again."
        )
    if not fields or fields[0] in ("email", "sms"):
        return dict(TITLES)
    return {"contact_key": KEY_TITLES.get(fields[0], fields[0]), **TITLES}


def _rows(warehouse: Warehouse, columns: Sequence[str]) -> Iterator[Row]:
    query = (
        f"select {', '.join(columns)}, was_contact, is_malformed from {warehouse.table(REPORT)} order by contact_key"
    )
    for batch in warehouse.batches(query):
        yield from batch.to_pylist()


def _write(path: Path, titles: Mapping[str, str], rows: Iterator[Row], *, without_former: bool) -> Written:
    people = former = malformed = 0
    with written_whole(path, 0o600) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(titles.values())
        for row in rows:
            if row["is_malformed"]:
                malformed += 1
                continue
            former += row["was_contact"]
            if not (row["was_contact"] and without_former):
                writer.writerow([row[column] for column in titles])
                people += 1
    return Written(people, former, malformed, path.stat().st_size)
