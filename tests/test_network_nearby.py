"""A part of the network that is read for one question says what the whole network says."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from kg import KnowledgeGraph, Rows, open_graph
from kg.dataset import Dataset
from kg.network import compare, network_about, network_between, network_sample, read_network
from kg.network.model import Network

KINDS = ("stated", "inferred")
PLAIN = """@prefix ex: <http://example.com/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:a a ex:Town ; rdfs:label "A" ; ex:road ex:b, ex:c ; ex:size 3 .
ex:b a ex:Town ; rdfs:label "B" ; ex:road ex:d . ex:c a ex:Town ; ex:road ex:d ; ex:size 3 .
ex:d a ex:Town ; ex:road ex:e . ex:f a ex:Town ; ex:road ex:e . ex:island a ex:Town .
"""


@pytest.fixture(scope="module")
def built_in() -> KnowledgeGraph:
    return open_graph()


@pytest.fixture
def plain(tmp_path: Path) -> KnowledgeGraph:
    (tmp_path / "towns.ttl").write_text(PLAIN, encoding="utf-8")
    return open_graph(tmp_path / "towns.ttl")


def entities(network: Network, pairs: int) -> list[tuple[str, str]]:
    things = sorted(network.entities)
    every = list(itertools.permutations(things, 2))
    return every[:: max(1, len(every) // pairs)]


@pytest.mark.slow
@pytest.mark.parametrize("directed", [False, True])
def test_the_ways_between_two_things_are_those_of_all(built_in: KnowledgeGraph, directed: bool) -> None:
    whole = read_network(built_in.dataset, include=KINDS)
    found = 0
    for start, end in entities(whole, 60):
        part = network_between(
            built_in.dataset, built_in.names.label, start, end, include=KINDS, directed=directed
        )
        expected = whole.paths(start, end, directed=directed)
        assert part.paths(start, end, directed=directed) == expected
        found += bool(expected)
    assert found > 5


@pytest.mark.parametrize("directed", [False, True])
def test_the_ways_in_plain_rdf_are_those_of_the_whole_network(plain: KnowledgeGraph, directed: bool) -> None:
    whole = read_network(plain.dataset)
    for start, end in itertools.permutations(sorted(whole.entities), 2):
        part = network_between(plain.dataset, plain.names.label, start, end, include=KINDS, directed=directed)
        ways = [way.entities for way in part.paths(start, end, directed=directed)]
        assert ways == [way.entities for way in whole.paths(start, end, directed=directed)]


def test_the_comparison_of_two_things_is_that_of_the_whole_network(built_in: KnowledgeGraph) -> None:
    whole = read_network(built_in.dataset, include=KINDS)
    for first, second in entities(whole, 30):
        part = network_about(built_in.dataset, built_in.names.label, (first, second), include=KINDS)
        assert compare(part, first, second) == compare(whole, first, second)


def test_the_comparison_in_plain_rdf_holds_values_and_things(plain: KnowledgeGraph) -> None:
    a, c = "http://example.com/a", "http://example.com/c"
    found = compare(network_about(plain.dataset, plain.names.label, (a, c), include=KINDS), a, c)
    assert {(row.end, row.side) for row in found.rows} >= {("3", "both"), ("http://example.com/b", "first")}
    assert [claim.text for claim in found.between] == ["A road c"]


def test_a_sample_looks_its_names_up_together(plain: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    """One by one they were nearly three thousand requests to a remote engine."""
    asked: list[str] = []
    select = Dataset.select

    def noted(self: Dataset, text: str, **more: Any) -> Rows:
        asked.append(text)
        return select(self, text, **more)

    monkeypatch.setattr(Dataset, "select", noted)
    names = plain.names
    sample = network_sample(plain.dataset, names.label, include=KINDS, learn=names.learn)
    assert {entity.label for entity in sample.entities.values()} >= {"A", "B"}
    assert len([text for text in asked if "?x ?p ?label" in text]) <= 2
