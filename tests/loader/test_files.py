"""Finding files and telling their datasets, generations and versions."""

from __future__ import annotations

import os
from pathlib import Path

import fsspec
import pytest

from loader.contract import load_contract
from loader.errors import ConfigurationError
from loader.sources.files import discover

CONTRACT = load_contract()


def write(folder: Path, *names: str) -> str:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return str(folder)


def found(location: str, datasets: list[str] | None = None) -> dict[str, tuple[str, str, bool]]:
    files = discover(location, CONTRACT, datasets).files
    return {os.path.basename(file.uri): (file.dataset, file.file_format, file.gzipped) for file in files}


def test_a_store_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each store has errors of its own, which are no OSError."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    with pytest.raises(ConfigurationError, match=r"^s3://bucket/x cannot be listed: Unable to locate credentials$"):
        discover("s3://bucket/x", CONTRACT)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("contacts.csv", ("contacts", "csv", False)),
        ("CONTACTS.CSV", ("contacts", "csv", False)),
        ("contactActivities_2024-01-01.jsonl.gz", ("contactActivities", "jsonl", True)),
        ("orders-1.ndjson", ("orders", "jsonl", False)),
        ("orders/part-0.parquet", ("orders", "parquet", False)),
        ("orders/dt=2024-01-01/0001.csv.gz", ("orders", "csv", True)),
        ("orders/revenue_2024.tsv", ("revenue", "csv", False)),
    ],
)
def test_a_name_tells_dataset_and_format(tmp_path: Path, name: str, expected: tuple[str, str, bool]) -> None:
    assert list(found(write(tmp_path, name)).values()) == [expected]


def test_what_matches_nothing_is_named(tmp_path: Path) -> None:
    location = write(
        tmp_path, "contacts.csv", "notes.csv", "orders.xlsx", ".hidden/orders.csv", "orders/_SUCCESS", "ordersOld.csv"
    )
    unmatched = [str(Path(uri).relative_to(tmp_path)) for uri in discover(location, CONTRACT).unmatched]
    assert unmatched == [".hidden/orders.csv", "notes.csv", "orders.xlsx", "orders/_SUCCESS", "ordersOld.csv"]


def test_a_folder_of_one_dataset_by_its_own_name(tmp_path: Path) -> None:
    location = write(tmp_path / "orders", "part-0.parquet")
    assert found(location) == {"part-0.parquet": ("orders", "parquet", False)}


def test_a_single_file_and_a_glob(tmp_path: Path) -> None:
    write(tmp_path, "orders_1.csv", "orders_2.csv", "contacts.csv")
    assert list(found(str(tmp_path / "orders_2.csv"))) == ["orders_2.csv"]
    assert list(found(str(tmp_path / "orders_*.csv"))) == ["orders_1.csv", "orders_2.csv"]


def test_parts_share_a_generation_and_numbers_count_as_numbers(tmp_path: Path) -> None:
    location = write(
        tmp_path, "orders_10.csv", "orders_9.part-1.csv", "orders_9.part-2.csv", "orders_9.part-10.csv", "contacts.csv"
    )
    files = discover(location, CONTRACT).files
    assert [(os.path.basename(file.uri), file.generation) for file in files] == [
        ("contacts.csv", 0),
        ("orders_9.part-1.csv", 0),
        ("orders_9.part-2.csv", 0),
        ("orders_9.part-10.csv", 0),
        ("orders_10.csv", 1),
    ]


def test_a_changed_file_has_another_version(tmp_path: Path) -> None:
    location = write(tmp_path, "orders.csv")
    first = discover(location, CONTRACT).files[0]
    assert discover(location, CONTRACT).files[0] == first
    os.utime(first.uri, ns=(1, 1))
    changed = discover(location, CONTRACT).files[0]
    assert (changed.uri, changed.size) == (first.uri, first.size)
    assert changed.version != first.version


def test_only_the_datasets_wanted(tmp_path: Path) -> None:
    location = write(tmp_path, "orders.csv", "contacts.csv", "notes.csv")
    discovery = discover(location, CONTRACT, ["Contacts"])
    assert [file.dataset for file in discovery.files] == ["contacts"]
    assert [os.path.basename(uri) for uri in discovery.unmatched] == ["notes.csv"]


def test_an_address_of_a_store(tmp_path: Path) -> None:
    store = fsspec.filesystem("memory")
    store.pipe({"/export-a/orders/part-0.csv": b"orderId\n1\n", "/export-a/other.txt": b""})
    discovery = discover("memory://export-a", CONTRACT)
    assert [(file.uri, file.dataset, file.size) for file in discovery.files] == [
        ("memory:///export-a/orders/part-0.csv", "orders", 10)
    ]
    before = discovery.files[0].version
    store.pipe({"/export-a/orders/part-0.csv": b"orderId\n2\n"})
    assert discover("memory://export-a", CONTRACT).files[0].version != before


def test_nothing_that_matches_is_a_clear_error(tmp_path: Path) -> None:
    location = write(tmp_path, "notes.csv")
    with pytest.raises(ConfigurationError, match=r"holds no file of a dataset.*contactActivities\.csv") as caught:
        discover(location, CONTRACT)
    assert location in str(caught.value)
    assert caught.value.exit_code == 2
    for missing in (str(tmp_path / "nowhere"), str(tmp_path / "*.parquet"), "nosuchscheme://bucket/x"):
        with pytest.raises(ConfigurationError) as caught:
            discover(missing, CONTRACT)
        assert missing in str(caught.value)


def test_an_unknown_dataset_is_a_clear_error(tmp_path: Path) -> None:
    location = write(tmp_path, "orders.csv")
    with pytest.raises(ConfigurationError, match=r"No dataset is called order\. Choose from: broadcasts, "):
        discover(location, CONTRACT, ["order"])
