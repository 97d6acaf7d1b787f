"""Exports of graphs that memory does not hold: the same bytes, sorted in parts."""

from __future__ import annotations

import io
import os
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple

from kg import open_graph
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.formats import graphs, nanopubs, sorting
from kg.formats.graphs import export, write_graph
from kg.formats.sorting import sorted_items, sorted_quads
from kg.network import NETWORK_FORMATS, export_network, network_parts, network_text, parts, read_network
from kg.network.edge_data import EDGE_DATA, edge_data

if TYPE_CHECKING:
    from conftest import Run

FORMATS = ["trig", "turtle", "ntriples", "nquads", "jsonld", "rdfxml", "rdf12"]
PREFIXES = "@prefix ex: <http://e/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
BLANK = f"""{PREFIXES}ex:Line rdfs:label "line" . ex:o1 a ex:Order ; rdfs:label "Order 1" ;
  ex:note [ ex:by ex:x ] ;
  ex:item [ a ex:Line ; ex:of ex:x ; ex:count 2 ] . ex:named rdfs:label "name" .
ex:o2 a ex:Order ; ex:named "Order 2" ; ex:item [ a ex:Line ; rdfs:label "the line" ; ex:count 2 ] ."""
PLAIN = f"""{PREFIXES}ex:a a ex:Person ; rdfs:label "Ann"@en ; ex:knows ex:b , ex:a ; ex:pays ex:b ; ex:age 42 .
ex:b a ex:Person ; rdfs:label "Bob"@en, "Robert"@de ; ex:knows ex:a ; ex:worksFor ex:c .
ex:c a ex:Firm . ex:d ex:worksFor ex:c . ex:Firm rdfs:label "firm" . ex:e ex:age 7 ."""
NODES = [NamedNode(f"http://e/{name}") for name in ("a", "b#c", "d/e")]


def quads(count: int) -> list[Quad]:
    texts = ['plain "quoted"', "tab\tline\n\u0001", "é\U0001f600", "\\", ""]
    found = []
    for n in range(count):
        subject = BlankNode(f"n{n % 7}") if n % 3 == 0 else NODES[n % 3]
        object_: NamedNode | BlankNode | Literal | Triple = Literal(f"{texts[n % 5]}{n}", language="en")
        if n % 4 == 0:
            object_ = BlankNode(f"n{(n + 1) % 7}")
        elif n % 5 == 0:
            object_ = Triple(NODES[0], NODES[1], Triple(NODES[1], NODES[2], Literal(n)))
        place = {"graph_name": NODES[n % 2]} if n % 6 else {}
        found.append(Quad(subject, NODES[n % 3], object_, **place))
    return found


@pytest.mark.parametrize("most", [1, 3, 10, 1_000])
def test_quads_sorted_in_parts_are_those_sorted_at_once(most: int) -> None:
    given = quads(400)
    assert list(sorted_quads(given + given[:50], most)) == sorted(set(given), key=sorting.order_of)


def test_more_parts_than_files_may_be_open_are_merged_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "_FILES", 3)
    lines = [f"{n * 7919 % 1000}\n".encode() for n in range(1000)]
    assert list(sorted_items(iter(lines), 10)) == sorted(lines)


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_in_parts_gives_the_same_bytes(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    store.extend(
        quad for quad in quads(300) if form not in ("rdfxml", "jsonld") or not isinstance(quad.object, Triple)
    )
    dataset = Dataset(OxigraphEngine(store), prefixes={"e": "http://e/", "x": "http://x/"})
    whole = export(dataset, form)
    monkeypatch.setattr(graphs, "sorted_quads", lambda found: sorted_quads(found, 7))
    monkeypatch.setattr(graphs, "sorted_items", lambda found: sorted_items(found, 7))
    out = io.BytesIO()
    assert (write_graph(dataset, form, out), out.getvalue()) == (whole.losses, whole.data)
    assert b"http://x/" not in whole.data


def test_nanopublications_some_claims_at_a_time_are_those_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = open_graph().dataset
    whole = export(dataset, "nanopub")
    monkeypatch.setattr(nanopubs, "_BATCH", 7)
    monkeypatch.setattr(nanopubs, "sorted_items", lambda found: sorted_items(found, 50))
    assert export(dataset, "nanopub") == whole
    assert whole.data.count(b"np:Nanopublication") == len(open_graph().claims())


@pytest.mark.parametrize("graph", [pytest.param("built-in", marks=pytest.mark.slow), "blank.ttl", "plain.ttl"])
def test_a_network_in_parts_has_the_same_things_and_edges(
    graph: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "blank.ttl").write_text(BLANK, encoding="utf-8")
    (tmp_path / "plain.ttl").write_text(PLAIN, encoding="utf-8")
    dataset = open_graph(None if graph == "built-in" else tmp_path / graph).dataset
    whole = read_network(dataset)
    monkeypatch.setattr(parts, "_WHOLE", 0)
    monkeypatch.setattr(parts, "_PART", 50 if graph == "built-in" else 3)
    found = network_parts(dataset)
    things = [entity for part in found.things() for entity in part.entities.values()]
    assert [(e.iri, e.label, e.classes) for e in things] == [
        (e.iri, e.label, e.classes) for e in whole.entities.values()
    ]
    for form in NETWORK_FORMATS if graph != "built-in" else ("edges",):
        in_parts = "".join(network_text(found.things(), found.statements(), form))
        assert lines_of(in_parts, form) == lines_of(export_network(whole, form), form)


def lines_of(text: str, form: str) -> list[str]:
    """Return the lines in order; edges are in another, and GEXF numbers them."""
    return sorted(re.sub(r' id="\d+"', "", text).splitlines() if form == "gexf" else text.splitlines())


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_networkx_reads_back_what_it_would_have_written(form: str) -> None:
    network = read_network(open_graph().dataset)
    text = io.BytesIO(export_network(network, form).encode())
    found: Any
    found = networkx.read_gexf(text) if form == "gexf" else networkx.read_graphml(text, force_multigraph=True)
    assert set(found) == set(network.entities)
    expected = {claim.iri: (claim.subject, claim.object, edge_data(network, claim)) for claim in network.edges}
    edges = found.edges(keys=True, data=True)
    assert {k: (s, t, {name: data[name] for name in EDGE_DATA}) for s, t, k, data in edges} == expected


def test_an_unsorted_export_is_the_same_graph(run: Run) -> None:
    assert run("export", "--format", "nquads", "-o", "sorted.nq").code == 0
    assert run("export", "--format", "nquads", "--unsorted", "-o", "unsorted.nq").code == 0
    one, other = (sorted(Path(name).read_bytes().splitlines()) for name in ("sorted.nq", "unsorted.nq"))
    assert one == other
    assert run("export", "--format", "jsonld", "--unsorted").code == 2


def test_what_is_no_file_is_written_to_and_not_replaced(run: Run) -> None:
    pipe = Path("pipe")
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert run("export", "--format", "nquads", "--unsorted", "-o", pipe).code == 0
    reader.join(20)
    assert pipe.is_fifo()
    assert read[0].count(b"\n") > 1000


def test_a_failed_export_leaves_the_file_as_it_was(run: Run) -> None:
    Path("all.nq").write_bytes(b"before")
    Path("broken.ttl").write_text("<e:a> <e:b> .", encoding="utf-8")
    assert run("-g", "broken.ttl", "export", "--format", "nquads", "-o", "all.nq").code == 4
    assert run("export", "--format", "nquads", "-o", "nowhere/all.nq").code == 2
    assert Path("all.nq").read_bytes() == b"before"


def test_formats_are_read_back(run: Run) -> None:
    run("export", "--format", "trig", "-o", "all.trig")
    store = Store()
    store.load(path="all.trig", format=RdfFormat.TRIG)
    assert len(store) == run("export", "--format", "nquads").out.count("\n")
