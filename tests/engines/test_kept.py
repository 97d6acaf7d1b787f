"""Names and vocabulary of an endpoint: kept while nothing changed, made again when something did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from engines.servers import oxigraph_serve

from kg.engines.http.settings import Endpoint
from kg.knowledge_graph import KnowledgeGraph, open_graph

pytestmark = pytest.mark.slow

WORDS = 'INSERT DATA {{ <http://e/{0}> a <http://e/Firm> ; <http://www.w3.org/2000/01/rdf-schema#label> "{0}" }}'


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph_serve([], tmp_path_factory.mktemp("kept"), writable=True) as running:
        yield running


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQ_CACHE", str(tmp_path / "cache"))


def opened(url: str, **said: object) -> KnowledgeGraph:
    endpoint = Endpoint(url, update_url=url.replace("/query", "/update"))
    return open_graph(replace(endpoint, **said))  # type: ignore[arg-type]


def update(graph: KnowledgeGraph, text: str) -> None:
    graph.dataset.engine.update(text)  # type: ignore[attr-defined]


def made(tmp_path: Path) -> int:
    return len(list((tmp_path / "cache" / "entries").glob("*/names.sqlite")))


def test_names_are_kept_until_the_data_changes(url: str, tmp_path: Path) -> None:
    graph = opened(url)
    update(graph, WORDS.format("Alpha"))
    assert graph.find("alpha").iri == "http://e/Alpha"
    assert graph.query("list every Firm").rows
    assert opened(url).find("ALPHA").iri == "http://e/Alpha"
    assert made(tmp_path) == 1
    update(graph, WORDS.format("Beta"))
    assert opened(url).find("beta").iri == "http://e/Beta"
    assert made(tmp_path) == 2


def test_they_are_made_anew_when_asked_for_or_old(url: str, tmp_path: Path) -> None:
    update(opened(url), WORDS.format("Gamma"))
    ways: tuple[dict[str, object], ...] = ({}, {"refresh": True}, {"max_age": 0.0}, {"max_age": 1e9})
    for n, said in enumerate(ways, 1):
        assert opened(url, **said).find("gamma").label == "Gamma"
        assert made(tmp_path) == min(n, 3)


def test_without_a_cache_it_works_the_same(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQ_CACHE", "off")
    graph = opened(url)
    update(graph, WORDS.format("Delta"))
    assert [hit.iri for hit in graph.search("dlta")] == ["http://e/Delta"]
    assert [hit.iri for hit in graph.search("delt")] == ["http://e/Delta"]
    assert not (tmp_path / "cache").exists()
