"""The example consumer installs the repository as a package, without a network, and builds on it; the catalogue tells
of its sources and the package's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from loader.catalogue.documented import read_documentation
from loader.catalogue.examples import Source
from loader.catalogue.write import read_sources, write_catalogue
from loader.console import Console
from loader.profile import Target
from tests.support.browser import browser
from tests.support.dbt import ROOT, Dbt
from tests.support.velocity import rendered


@pytest.fixture(scope="module")
def consumer(tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    project = ROOT / "dbt_project"
    folder = tmp_path_factory.mktemp("consumer")
    command = [
        "deps",
        "--project-dir",
        str(project),
        "--profiles-dir",
        str(project),
        "--log-path",
        str(folder / "logs"),
    ]
    assert dbtRunner().invoke(command).success
    return Dbt(folder, project=project)


@pytest.fixture(scope="module")
def built(consumer: Dbt, demo_database: Path) -> Path:
    database = consumer.folder / "consumer.duckdb"
    database.write_bytes(demo_database.read_bytes())
    # Else nothing in the account were recent.
    as_of = {"as_of": "2024-07-01T00:00:00+00:00"}
    consumer("build", "--exclude-resource-type", "unit_test", database=database, variables=as_of)
    return database


def test_consumer_builds_on_the_package(built: Path) -> None:
    with duckdb.connect(str(built), read_only=True) as connection:
        # What the loader kept of the additional field, counted in the raw tables.
        expected = connection.execute(
            'select c.city, count(distinct o."orderId") from esputnik_raw.orders as o'
            ' join esputnik_raw.contacts as c using ("contactId") where c.city is not null group by 1 order by 1'
        ).fetchall()
        found = connection.execute("select city, orders_count from esputnik_reports.rpt_orders_by_city order by 1")
        assert found.fetchall() == expected
        assert len(expected) > 3
        (profiles,) = connection.execute("select count(*) from esputnik_segments.seg_contact_profile").fetchone() or (
            0,
        )
        assert profiles > 100
        # The package's report counts the project's own sources too.
        own = ("seg_boots_unread", "seg_campaign_audience", "seg_loyal_but_silent", "seg_milestone_nudge")
        sizes = {
            view: connection.execute(f"select count(*) from esputnik_segments.{view}").fetchall()[0][0] for view in own
        }
        covered = connection.execute(
            "select source_name, keys_on_platform from esputnik_reports.rpt_external_source_coverage"
            " where audience_column = 'all' and list_contains(?, source_name)",
            [list(own)],
        ).fetchall()
        assert dict(covered) == sizes
        assert any(sizes.values())


@pytest.fixture(scope="module")
def manifest(consumer: Dbt, built: Path) -> Path:
    return consumer.folder / "target" / "manifest.json"


@pytest.fixture(scope="module")
def sources(manifest: Path, built: Path) -> list[Source]:
    settings = {"path": str(built), "settings": {"TimeZone": "UTC"}}
    return read_sources(manifest, Target("duckdb", "duckdb", settings), Console())


@pytest.fixture(scope="module")
def pages(consumer: Dbt, sources: list[Source]) -> tuple[str, Path]:
    """The page in Markdown, and the path of that in HTML."""
    markdown, html = write_catalogue(consumer.folder / "docs", sources, Target("duckdb", "duckdb", {}))
    return markdown.read_text(encoding="utf-8"), html


def test_catalogue_has_every_source_and_says_something_of_each_column(
    built: Path, manifest: Path, sources: list[Source]
) -> None:
    with duckdb.connect(str(built), read_only=True) as connection:
        views = connection.execute(
            "select table_name, count(*) from information_schema.columns where table_schema = 'esputnik_segments'"
            " and (table_name like 'seg\\_%' escape '\\' or table_name like 'src\\_%' escape '\\') group by 1"
        ).fetchall()
    assert {source.documented.name: len(source.columns) for source in sources} == dict(views)
    documented = read_documentation(manifest, Target("duckdb", "duckdb", {})).sources
    assert {"esputnik", "my_shop"} == {source.package for source in documented}
    assert sources[0].documented.name == "seg_contact_profile"
    for source in sources:
        assert source.key == "email"
        assert source.documented.question.endswith("?")
        for column in source.columns:
            place = f"{source.documented.name}.{column.name}"
            assert column.meaning, f"{place} has no meaning"
            assert column.condition or column.name in ("email", "contact_id"), f"{place} has no condition"


def test_example_segments_of_descriptions_are_valid(built: Path, sources: list[Source]) -> None:
    checked = 0
    with duckdb.connect(str(built), read_only=True) as connection:
        for source in sources:
            _, _, examples = source.documented.explanation.partition("Condition, for example: ")
            for condition in re.findall(r"`([^`]+)`", examples):
                connection.execute(f"select * from esputnik_segments.{source.documented.view} where {condition}")
                checked += 1
    assert checked >= 15


def test_no_personal_data_is_in_the_catalogue(built: Path, pages: tuple[str, Path]) -> None:
    text = pages[0] + pages[1].read_text(encoding="utf-8")
    with duckdb.connect(str(built), read_only=True) as connection:
        rows = connection.execute(
            "select email_address, phone_number, cast(contact_id as varchar) from esputnik_marts.dim_contacts"
        ).fetchall()
    assert len(rows) > 300
    words = set(re.findall(r"[\w.@+-]+", text))
    assert not [value for row in rows for value in row if value in words]
    assert not re.findall(r"[\w.+-]+@[\w-]+\.\w+", text)


def test_snippets_say_in_a_real_engine_what_the_page_promises(
    built: Path, sources: list[Source], pages: tuple[str, Path]
) -> None:
    for source in sources:
        name = source.documented.name
        section = pages[0].split(f"\n### Messages with {name}\n")[1].split("\n## ")[0]
        promised, *without = section.split("\nAnd to a contact without ")
        says = re.findall("^> (.+)$", promised, re.MULTILINE)
        otherwise = re.findall("^> (.+)$", without[0], re.MULTILINE) if without else []
        assert says, f"the example of {name} shows nothing"
        snippets = re.findall("```velocity\n(.+?)\n```", section, re.DOTALL)
        assert len(snippets) == 4
        rows = _rows_of_the_example(built, source)
        for snippet, handed_over_as in zip(snippets, (name, name, "12345", "12345"), strict=True):
            assert rendered(snippet, handed_over_as, rows) == says, snippet
            assert rendered(snippet, handed_over_as, []) == otherwise, snippet
            assert rendered(snippet, handed_over_as, None) == otherwise, snippet


def _rows_of_the_example(built: Path, source: Source) -> Sequence[Mapping[str, str]]:
    """Rows of the example's contact, as the platform hands them to a triggered message: a JSON text of texts."""
    if source.example_key is None:
        return source.example_rows
    order = source.documented.rank if source.has_several_rows else source.key
    with duckdb.connect(str(built), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        found = connection.execute(
            f"select * replace (cast({source.key} as varchar) as {source.key}) from"
            f" esputnik_segments.{source.documented.view} where {source.key} = ? order by {order}",
            [source.example_key],
        )
        names = [str(column[0]) for column in found.description or []]
        # JSON knows no moments: DuckDB writes them as text with an offset, the platform with a Z.
        texts = [
            {
                name: value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "hour") else str(value)
                for name, value in zip(names, row, strict=True)
                if value is not None
            }
            for row in found.fetchall()
        ]
    parsed: Sequence[Mapping[str, str]] = json.loads(json.dumps(texts))
    return parsed


def test_page_works_in_a_browser(sources: list[Source], pages: tuple[str, Path]) -> None:
    with browser() as running:
        page = running.new_page(viewport={"width": 1280, "height": 900})
        complaints: list[str] = []
        requests: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        address = pages[1].as_uri()
        page.goto(address)
        assert page.title() == "External data sources"
        headings = page.locator("h2").all_inner_texts()
        assert headings == ["How to use a source", *(source.documented.name for source in sources)]
        links = page.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert len(links) >= 2 * len(sources)
        ids = page.locator("[id]").evaluate_all("found => found.map(element => element.id)")
        assert len(ids) == len(set(ids))
        assert {link.removeprefix("#") for link in links} <= set(ids)
        assert set(ids) >= {source.documented.name for source in sources}
        page.click("main a[href='#src_recent_orders']")
        top = page.evaluate("document.getElementById('src_recent_orders').getBoundingClientRect().top")
        assert abs(top) < 100
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            overhang = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overhang <= 0, f"wider than a screen of {width}"
        assert complaints == []
        assert [url for url in requests if url != address and not url.startswith("data:")] == []
