"""Clients that people have, unchanged."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import rdflib
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

if TYPE_CHECKING:
    from server.conftest import Endpoint

EX = rdflib.Namespace("http://example.com/")


def test_rdflib_reads(endpoint: Endpoint) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{endpoint.url}/sparql"))
    assert [str(o) for o in graph.objects(EX.s1, EX.p1)] == ["value 1"]
    assert len(list(graph.query("SELECT * { ?s ?p ?o } LIMIT 7"))) == 7


def test_rdflib_writes(store: Endpoint) -> None:
    remote = SPARQLUpdateStore(f"{store.url}/sparql", f"{store.url}/sparql")
    graph = rdflib.Graph(remote, identifier=DATASET_DEFAULT_GRAPH_ID)
    store.update("DROP ALL")
    graph.add((EX.a, EX.b, rdflib.Literal("c")))
    assert list(graph) == [(EX.a, EX.b, rdflib.Literal("c"))]
    graph.remove((EX.a, None, None))
    assert list(graph) == []


def test_sparqlwrapper_reads_and_writes(store: Endpoint) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    client = wrapper.SPARQLWrapper(f"{store.url}/sparql")
    client.setMethod("POST")
    client.setQuery("DROP ALL ; INSERT DATA { <e:a> <e:b> 1 }")
    client.query()
    for form in (wrapper.JSON, wrapper.XML):
        client.setQuery("SELECT * { ?s ?p ?o }")
        client.setReturnFormat(form)
        assert client.query().convert()
    client.setQuery("CONSTRUCT WHERE { ?s ?p ?o }")
    client.setReturnFormat(wrapper.TURTLE)
    assert b"e:a" in client.query().convert()


def test_curl_asks(endpoint: Endpoint) -> None:
    command = ["curl", "-sf", "--compressed", "-H", "Accept: text/csv", "--data-urlencode", "query=ASK {}"]
    done = subprocess.run([*command, f"{endpoint.url}/sparql"], capture_output=True, text=True, check=True)
    assert done.stdout == "true"
