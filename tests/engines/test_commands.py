"""Every reading command on an endpoint says what it says on the graph at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from engines.servers import REMOTE, ROOT
from pyoxigraph import RdfFormat, Store

if TYPE_CHECKING:
    from conftest import Run
    from engines.conftest import Served

pytestmark = pytest.mark.slow

GRAPH = ROOT / "ontology" / "built" / "graph.nq"
COMPANY = Path(__file__).parents[1] / "questions" / "graphs" / "company.ttl"
ALIKE = [
    ("query", "who bears capex risk"),
    ("query", "--format", "json", "SELECT ?who { ?c kgq:claimSubject ?who } ORDER BY ?who LIMIT 3"),
    ("show", "corewave"),
    ("show", "CoreWeave"),
    ("show", "the aws"),
    ("show", "id:capex-risk"),
    ("claims", "--subject", "Oracle"),
    ("explain", "F090"),
    ("search", "capex"),
    ("path", "Apple", "lenders"),
    ("compare", "Oracle", "CoreWeave", "--include", "stated"),
    ("cite", "F090"),
    ("export", "--format", "nanopub"),
]


@pytest.mark.parametrize("engine", REMOTE)
@pytest.mark.parametrize("words", ALIKE, ids=" ".join)
def test_a_command_says_the_same(engine: str, words: tuple[str, ...], served: Served, run: Run) -> None:
    here, there = run("-g", GRAPH, *words), run("-g", served(engine, GRAPH), *words)
    assert (there.code, there.err) == (here.code, here.err)
    if words[:2] == ("query", "--format"):
        assert json.loads(there.out)["results"] == json.loads(here.out)["results"] or engine == "virtuoso"
    else:
        assert there.out == here.out


@pytest.mark.parametrize("engine", REMOTE)
def test_stats_vocabulary_network_and_maps_work(engine: str, served: Served, run: Run, tmp_path: Path) -> None:
    url = served(engine, COMPANY)
    assert json.loads(run("-g", url, "stats", "--format", "json").out)["classes"]["Employee"] == 6
    assert "supplier" in run("-g", url, "vocabulary", "supplier").out
    assert "Karen Brant" in run("-g", url, "network", "--limit", "50").out
    for words in (
        ("Karen Brant",),
        (),
        ("--compare", "Karen Brant", "Bo Larsson"),
    ):
        page = tmp_path / "map.html"
        done = run("-g", url, "map", *words, "-o", page)
        assert (done.code, done.err) == (0, "")
        assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        page.unlink()


@pytest.mark.parametrize("engine", REMOTE)
@pytest.mark.parametrize("form", ["ntriples", "turtle", "nquads"])
def test_an_export_is_the_whole_graph(engine: str, form: str, served: Served, run: Run, tmp_path: Path) -> None:
    written = tmp_path / "all"
    done = run("-g", served(engine, COMPANY), "export", "--format", form, "-o", written)
    assert done.code == 0
    forms = {"ntriples": RdfFormat.N_TRIPLES, "turtle": RdfFormat.TURTLE, "nquads": RdfFormat.N_QUADS}
    found, expected = Store(), Store()
    found.load(path=str(written), format=forms[form])
    expected.load(path=str(COMPANY), format=RdfFormat.TURTLE)
    assert len(found) == len(expected)


@pytest.mark.parametrize("form", ["json", "csv", "tsv", "xml"])
@pytest.mark.parametrize("engine", REMOTE)
def test_results_pass_through_as_they_come(engine: str, form: str, served: Served, run: Run) -> None:
    done = run("-g", served(engine, COMPANY), "query", "--format", form, "SELECT ?s { ?s a ?c }")
    assert done.code == 0
    assert "http://company.example/data/e4" in done.out


def test_an_endpoint_stands_alone_and_files_of_settings_are_checked(run: Run, tmp_path: Path) -> None:
    done = run("-g", "http://127.0.0.1:9/sparql", "-g", COMPANY, "stats")
    assert done.code == 2
    assert "asked by itself" in done.err
    Path("kgq.toml").write_text('[endpoint."http://127.0.0.1:9/sparql"]\ntime = 3\n', encoding="utf-8")
    done = run("-g", "http://127.0.0.1:9/sparql", "stats")
    assert done.code == 2
    assert "Did you mean 'timeout'?" in done.err
