"""The catalogue of external sources: what it says of a few rows, and how it ends where there is nothing to say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from loader.catalogue.conditions import Condition, usual_condition
from loader.catalogue.examples import masked, masked_addresses
from loader.catalogue.messages import Message
from loader.catalogue.pages import anchor, code, html_page
from loader.errors import ConfigurationError
from tests.loader.conftest import Account
from tests.loader.shop import PAGE, VIEWS, write_manifest
from tests.support.velocity import rendered


@pytest.fixture
def shop(account: Account) -> Account:
    with duckdb.connect(str(account.database)) as connection:
        connection.execute("set TimeZone = 'UTC'; create schema esputnik_segments")
        for name, sql in VIEWS.items():
            connection.execute(f"create view esputnik_segments.{name} as {sql.replace(' timestamp', ' timestamptz')}")
    return account


def test_page_of_a_few_rows(shop: Account, tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path / "manifest.json", seg_absent={})
    outcome = shop.run("catalogue", "--manifest", manifest, "--path", tmp_path / "pages")
    assert outcome.code == 0
    assert "3 external sources are described in" in outcome.out
    assert "Not built, so not in the catalogue: seg_absent." in outcome.err
    page = (tmp_path / "pages" / "sources.md").read_text(encoding="utf-8")
    assert page[page.index("\n## seg_empty") :] == PAGE
    contents = page[: page.index("\n## How")].splitlines()
    assert [line for line in contents if line.startswith("| [")] == [
        "| [seg_empty](#seg_empty) | Who is in seg_empty? | one | 0 |",
        "| [seg_points](#seg_points) | Who is in seg_points? | one | 3 |",
        "| [src_gifts](#src_gifts) | Who is in src_gifts? | several | 2 |",
    ]
    html = (tmp_path / "pages" / "sources.html").read_text(encoding="utf-8")
    assert '<h2 id="seg_points">seg_points</h2>' in html
    assert '<td data-label="In a segment">is at least <code>30</code> (2)</td>' in html
    for personal in ("ann@", "bob@", "eve@"):
        assert personal not in page + html


def test_view_with_nothing_but_keys(account: Account, tmp_path: Path) -> None:
    with duckdb.connect(str(account.database)) as connection:
        connection.execute("create schema esputnik_segments")
        connection.execute("create view esputnik_segments.seg_keys as select 'ann@shop.example' as email")
    manifest = write_manifest(tmp_path / "manifest.json", seg_keys={})
    assert account.run("catalogue", "--manifest", manifest, "--path", tmp_path).code == 0
    page = (tmp_path / "sources.md").read_text(encoding="utf-8")
    assert "\n| `email` | – | text | `a***@s***.example` | – |\n" in page
    assert "\n> You are on our list.\n" in page


def test_a_folder_that_cannot_be_written_is_one_sentence(shop: Account, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    manifest = write_manifest(tmp_path / "manifest.json", seg_points={})
    outcome = shop.run("catalogue", "--manifest", manifest, "--path", tmp_path / "file" / "pages")
    assert outcome.code == 1
    assert f"{tmp_path}/file/pages/sources.md cannot be written: Not a directory." in " ".join(outcome.err.split())
    assert "Traceback" not in outcome.err


def test_nothing_to_describe_is_one_sentence_and_exit_code_2(account: Account, tmp_path: Path) -> None:
    def says(*arguments: object) -> str:
        outcome = account.run("catalogue", "--path", tmp_path / "pages", *arguments)
        assert outcome.code == 2
        assert "Traceback" not in outcome.err
        assert not (tmp_path / "pages").exists()
        return " ".join(outcome.err.split())

    manifest = tmp_path / "manifest.json"
    assert "run `dbt build` first" in says("--manifest", manifest)
    assert "No external source is built in target duckdb yet: run `dbt build` first." in says(
        "--manifest", write_manifest(manifest)
    )
    assert "was made for bigquery" in says("--manifest", write_manifest(manifest, "bigquery"))
    manifest.write_text("{}")
    assert "is not a manifest" in says("--manifest", manifest)


@pytest.mark.parametrize(
    ("meta", "says"),
    [
        ({"message": "Hello"}, "The message in the meta of seg_points must be like"),
        ({"message": {"text": "Hello", "if": {}}}, "The message in the meta of seg_points must be like"),
        ({"message": {"text": "{pionts}"}}, "seg_points has no column pionts"),
        ({"message": {"text": "Hello", "when": {"vip": 1}}}, "seg_points has no column vip"),
    ],
)
def test_wrong_meta_is_named(shop: Account, tmp_path: Path, meta: dict[str, Any], says: str) -> None:
    manifest = write_manifest(tmp_path / "manifest.json", seg_points=meta)
    outcome = shop.run("catalogue", "--manifest", manifest, "--path", tmp_path / "pages")
    assert outcome.code == 2
    assert says in " ".join(outcome.err.split())


@pytest.mark.parametrize(
    ("column", "data_type", "facts", "expected"),
    [
        ("is_vip", "INT64", {"is_flag": True}, Condition("equals", 1)),
        ("days_since_order", "INT64", {"average": 200.0, "example": 12}, Condition("at_most", 30)),
        ("days_to_expiry", "INT64", {"average": 20.0, "example": 12}, Condition("at_most", 7)),
        ("hours_since_cart", "INT64", {"average": 20.0, "example": 12}, Condition("at_most", 24)),
        ("clicks_7d", "INT64", {"average": 0.02, "example": 0}, Condition("at_least", 1)),
        ("clicks_90d", "INT64", {"average": 2.6, "example": 0}, Condition("at_least", 3)),
        ("revenue", "FLOAT64", {"average": 1834.4, "example": 12.0}, Condition("at_least", 2000)),
        ("share", "FLOAT64", {"average": 0.368, "example": 0.1}, Condition("at_least", 0.4)),
        ("order_id", "INT64", {"average": 5000.0, "example": 4711}, Condition("equals", 4711)),
        ("best_send_hour", "INT64", {"average": 12.0, "example": 9}, Condition("equals", 9)),
        ("tier", "STRING", {"example": "gold"}, Condition("equals", "gold")),
        ("product_url", "STRING", {"example": "https://shop.example/p"}, Condition("is_filled")),
        ("tier", "STRING", {}, Condition("is_filled")),
    ],
)
def test_usual_conditions(column: str, data_type: str, facts: dict[str, Any], expected: Condition) -> None:
    assert (
        usual_condition(column, data_type, **{"is_flag": False, "average": None, "example": None, **facts}) == expected
    )


@pytest.mark.parametrize(
    ("entry", "words", "sql", "parameters"),
    [
        ({"at_least": 5}, "is at least", "c >= 5", []),
        ({"less_than": 0.5}, "is less than", "c < 0.5", []),
        ({"not_equals": "it's"}, "does not equal", "c <> ?", ["it's"]),
        ({"contains": "Boots"}, "contains", "lower(c) like ?", ["%boots%"]),
        ({"since": "2026-05-01"}, "is on or after", "cast(c as date) >= cast(? as date)", ["2026-05-01"]),
        ({"is_empty": True}, "is empty", "c is null", []),
    ],
)
def test_conditions_of_a_columns_meta(entry: dict[str, Any], words: str, sql: str, parameters: list[str]) -> None:
    condition = Condition.of("column c", entry)
    assert condition.words == words
    assert condition.sql("c") == (sql, parameters)


@pytest.mark.parametrize("entry", ["> 5", {"above": 5}, {"at_least": 5, "at_most": 6}, {"equals": None}])
def test_wrong_condition_is_named(entry: object) -> None:
    with pytest.raises(ConfigurationError, match="column c of seg_x"):
        Condition.of("column c of seg_x", entry)


def test_snippets_say_what_they_promise_for_any_rows() -> None:
    message = Message("{a}.com [{b}] costs $ 5", {"b": "yes", "c": "1"}, "Nothing.")
    rows = [
        {"a": "it's #1", "b": "yes", "c": "1"},
        {"a": "no", "b": "no", "c": "1"},
        {"a": "", "b": "yes", "c": "1"},
    ]
    says = ["it's #1.com [yes] costs $ 5", ".com [yes] costs $ 5"]
    assert message.says(rows) == says
    assert rendered(message.for_email("seg_x"), "seg_x", rows) == says
    assert rendered(message.for_short_channels("7", several=True), "7", rows) == says
    for nothing in (None, [], rows[1:2]):
        assert message.says(nothing or []) == ["Nothing."]
        assert rendered(message.for_email("seg_x"), "seg_x", nothing) == ["Nothing."]
        assert rendered(message.for_short_channels("7", several=False), "7", nothing) == ["Nothing."]


def test_personal_data_is_masked() -> None:
    assert masked("olena.k@mail.shop.example") == "o***@m***.example"
    assert masked("380671234567") == "38***"
    assert masked_addresses("of a.b@x.io, and c@y.com") == "of a***@x***.io, and c***@y***.com"


def test_markdown_of_odd_texts() -> None:
    assert code("a`b") == "``a`b``"
    assert code("`a`") == "`` `a` ``"
    assert code("") == "–"
    assert anchor("Columns of seg_a: b-c") == "columns-of-seg_a-b-c"
    html = html_page("# T\n\n## <b>x</b>\n\n| A | B |\n|---|---|\n| `a\\|b` | <script>alert(1)</script> |\n")
    assert "<script" not in html
    assert '<td data-label="A"><code>a|b</code></td>' in html
