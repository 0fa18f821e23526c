"""Staging carries every column of the contract, under the name that the interface promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loader.contract import Dataset, load_contract

STAGING = Path(__file__).resolve().parents[2] / "models" / "staging"
#: Names that are not the raw name in snake case.
TIMES = {"occured": "occurred_at", "activityDateTime": "activity_at", "updateDate": "updated_at"}


def staging_name(raw: str) -> str:
    if raw in TIMES:
        return TIMES[raw]
    snake = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", raw.replace("URL", "Url")).lower()
    return re.sub(r"_date$", "_at", snake)


@pytest.mark.parametrize("dataset", load_contract().values(), ids=lambda dataset: dataset.name)
def test_every_contract_column_is_carried(dataset: Dataset) -> None:
    model = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", dataset.name).lower()
    sql = (STAGING / f"stg_esputnik__{model}.sql").read_text(encoding="utf-8")
    replaced = {column.replaces for column in dataset.columns}
    (listed,) = re.findall(r"set columns = \{(.*?)\}", sql, re.DOTALL)
    mapped = dict(re.findall(r"'(\w+)': '(\w+)'", listed))
    if dataset.name == "revenue":
        assert "as workflow_id" in sql
        mapped["workflow_id"] = "workflowId"
    assert mapped == {staging_name(c.name): c.name for c in dataset.columns if c.name not in replaced}
