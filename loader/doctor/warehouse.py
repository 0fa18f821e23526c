"""Can the warehouse be reached, read and written, and which datasets are there?"""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from loader.contract import Contract
from loader.destination import Warehouse, open_warehouse
from loader.doctor.finding import Finding, Level
from loader.errors import ConfigurationError, LoaderError
from loader.profile import Target

#: What each right is called where it is given.
READ_ROLE = "On BigQuery it takes the roles BigQuery Job User on the project and BigQuery Data Viewer on the dataset."
WRITE_ROLE = (
    "On BigQuery it takes the role BigQuery Data Editor on the dataset. Reading a native export needs no writing."
)
LOAD = "Load something, `python -m loader load --from demo` for example; or set var raw_schema to the export's dataset."


def examine_warehouse(target: Target, contract: Contract) -> tuple[list[Finding], bool]:
    """Findings about the warehouse and the raw tables, and whether there is a warehouse to read on in."""
    path = str(target.settings.get("path") or ":memory:")
    if target.type == "duckdb" and path != ":memory:" and not Path(path).expanduser().exists():
        return [_new_file(Path(path).expanduser())], False
    try:
        warehouse = open_warehouse(target)
    except LoaderError as error:
        # One that is not about settings says itself what to do.
        is_setting = isinstance(error, ConfigurationError)
        action = "Mend the target in profiles.yml." if is_setting else "Then run doctor again."
        return [Finding("warehouse", Level.problem, str(error), action)], False
    with warehouse:
        try:
            tables = warehouse.tables()
        except LoaderError as error:
            return [Finding("warehouse", Level.problem, str(error), READ_ROLE)], False
        findings = [_datasets(tables, contract, warehouse.raw_schema)]
        present = [name for name in contract if name in tables]
        if present:
            findings.append(_reading(warehouse, contract, present))
        if tables:
            findings.append(_writing(warehouse))
        return findings, True


def _new_file(path: Path) -> Finding:
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if os.access(folder, os.W_OK):
        return Finding("warehouse", Level.note, f"{path} does not exist yet; the first load makes it.", LOAD)
    return Finding(
        "warehouse",
        Level.problem,
        f"{path} cannot be made: {folder} is read-only.",
        "Name another path in profiles.yml.",
    )


def _datasets(tables: set[str], contract: Contract, schema: str) -> Finding:
    absent = [name for name in contract if name not in tables]
    if len(absent) == len(contract):
        return Finding("raw", Level.note, f"{schema} holds no dataset yet.", LOAD)
    message = f"{schema} holds {len(contract) - len(absent)} of {len(contract)} datasets"
    if absent:
        message += f"; not {', '.join(absent)}, whose models stay empty"
    return Finding("raw", Level.note if absent else Level.ok, f"{message}.")


def _reading(warehouse: Warehouse, contract: Contract, present: list[str]) -> Finding:
    # Tables with a partition column may demand a filter on it, so others go first.
    name = min(present, key=lambda name: bool(contract[name].partition))
    condition = " where _day = date '2000-01-01'" if contract[name].partition else ""
    try:
        warehouse.execute(f"select 1 from {warehouse.table(name)}{condition} limit 1")
    except LoaderError as error:
        return Finding("raw", Level.problem, f"Table {name} cannot be read: {error}", READ_ROLE)
    return Finding("raw", Level.ok, f"{warehouse.raw_schema} can be read.")


def _writing(warehouse: Warehouse) -> Finding:
    table = warehouse.table(f"_doctor_{uuid.uuid4().hex}")
    try:
        warehouse.execute(f"create table {table} as select 1 as x")
        warehouse.execute(f"drop table {table}")
    except LoaderError as error:
        return Finding("raw", Level.problem, f"{warehouse.raw_schema} cannot be written to: {error}", WRITE_ROLE)
    return Finding("raw", Level.ok, f"{warehouse.raw_schema} can be written to.")
