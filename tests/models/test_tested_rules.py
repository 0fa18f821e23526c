"""The page that says which unit test shows which rule names tests that are there, and has every model it should."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from dbt.contracts.graph.manifest import Manifest

from tests.support.dbt import ROOT, Dbt

RULES = (
    "Null denominators",
    "Ties",
    "Cancelled and abandoned orders",
    "Several currencies",
    "A window's edge",
    "Midnight",
    "Clock changes",
)
#: Models with rules of their own that reports and segment views rest on without reading them, or not alone.
BEHIND = {
    "fct_attribution",
    "fct_orders",
    "fct_sends",
    "int_best_time",
    "int_channel_standing",
    "int_engagement",
    "int_engagement_tier",
    "int_lifecycle",
    "int_nps_answers",
    "int_p_alive",
    "int_preferred_channel",
    "int_purchases",
    "int_rfm",
    "int_touches",
}


@dataclass(frozen=True)
class Shown:
    """A unit test of the page.

    Attributes:
        model: whose test it is.
        unit_test: its name.
        models: that it speaks for; a test that is named alone speaks for its own model.
    """

    model: str
    unit_test: str
    models: frozenset[str]


@dataclass(frozen=True)
class Rule:
    """A section of the page: what shows the rule, and the models that do not use it."""

    shown: tuple[Shown, ...]
    unused: frozenset[str]


def read_page() -> dict[str, Rule]:
    """The page's sections by title; raises ValueError where an entry is of no known kind."""
    text = (ROOT / "docs" / "tested_rules.md").read_text(encoding="utf-8")
    _, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    return {title: read_rule(body) for title, body in (section.split("\n", 1) for section in sections)}


def read_rule(body: str) -> Rule:
    shown, unused = [], frozenset[str]()
    for entry in re.split(r"^- ", body, flags=re.MULTILINE)[1:]:
        words = " ".join(entry.split())
        models = frozenset(re.findall(r"\b(?:fct|int|rpt)_\w+(?![\w.])", words))
        if named := re.match(r"`(\w+)\.(\w+)`(: |$)", words):
            model, unit_test, rest = named.groups()
            shown.append(Shown(model, unit_test, models if rest else frozenset({model})))
        elif words.startswith("Not used ("):
            unused |= models
        else:
            raise ValueError(f"no entry of the page: {words}")
    return Rule(tuple(shown), unused)


@pytest.fixture(scope="module")
def manifest(dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    parsed: Manifest = dbt("parse", database=tmp_path_factory.mktemp("rules") / "demo.duckdb")
    return parsed


@pytest.fixture(scope="module")
def covered(manifest: Manifest) -> frozenset[str]:
    """The models that every rule has to name: reports, what segment views read, and what is behind them."""
    named = set(BEHIND)
    for node in manifest.nodes.values():
        if node.resource_type == "model" and "reports" in node.fqn:
            named.add(node.name)
        if node.resource_type == "model" and "segments" in node.fqn:
            named |= {manifest.nodes[parent].name for parent in node.depends_on_nodes if parent.startswith("model.")}
    return frozenset(named)


def test_the_page_has_every_rule() -> None:
    assert tuple(read_page()) == RULES


@pytest.mark.parametrize("rule", RULES)
def test_every_model_stands_under_the_rule(rule: str, covered: frozenset[str]) -> None:
    found = read_page()[rule]
    showing = frozenset[str]().union(*(shown.models for shown in found.shown))
    assert showing | found.unused == covered
    assert not showing & found.unused


@pytest.mark.parametrize("rule", RULES)
def test_what_is_named_is_there(rule: str, manifest: Manifest) -> None:
    """Each unit test is its model's, and the model is the one it speaks for or stands before it."""
    unit_tests = {(test.model, test.name) for test in manifest.unit_tests.values()}
    for shown in read_page()[rule].shown:
        assert (shown.model, shown.unit_test) in unit_tests
        for model in shown.models:
            assert shown.model in {model, *models_before(manifest, model)}, f"{model} does not rest on {shown.model}"


def models_before(manifest: Manifest, model: str) -> Iterator[str]:
    """Names of the models that a model reads, and of those behind them."""
    waiting, met = [f"model.esputnik.{model}"], set[str]()
    while waiting:
        for parent in manifest.nodes[waiting.pop()].depends_on_nodes:
            if parent.startswith("model.") and parent not in met:
                met.add(parent)
                waiting.append(parent)
                yield manifest.nodes[parent].name
