"""The SPARQL Protocol and the Graph Store Protocol, as clients use them."""

from __future__ import annotations

import gzip
import json
import urllib.parse
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from server.conftest import Endpoint

FORM = "application/x-www-form-urlencoded"
ONE = "SELECT ?o WHERE { <http://example.com/s1> <http://example.com/p1> ?o }"


@pytest.mark.parametrize("how", ["get", "form", "direct"])
def test_a_query_is_answered_however_it_is_sent(endpoint: Endpoint, how: str) -> None:
    if how == "get":
        answer = endpoint.query(ONE)
    elif how == "form":
        answer = endpoint.post(urllib.parse.urlencode({"query": ONE}), FORM)
    else:
        answer = endpoint.post(ONE, "application/sparql-query")
    assert answer.status == 200
    assert answer.rows == [{"o": {"type": "literal", "value": "value 1"}}]


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (ONE, "*/*", "application/sparql-results+json"),
        (ONE, "application/sparql-results+xml", "application/sparql-results+xml"),
        (ONE, "text/csv", "text/csv"),
        (ONE, "text/tab-separated-values", "text/tab-separated-values"),
        ("ASK {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "*/*", "text/turtle"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples", "application/n-triples"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/trig", "application/trig"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-quads", "application/n-quads"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/rdf+xml", "application/rdf+xml"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/ld+json", "application/ld+json"),
        ("DESCRIBE <http://example.com/s1>", "text/html, text/turtle;q=0.5", "text/turtle"),
    ],
)
def test_the_accepted_type_is_sent(endpoint: Endpoint, query: str, accept: str, media: str) -> None:
    answer = endpoint.query(query, accept)
    assert (answer.status, answer.media) == (200, media)
    assert answer.body


@pytest.mark.parametrize(
    ("status", "method", "path", "body", "media"),
    [
        (400, "GET", "/sparql?query=SELECT", None, ""),
        (400, "GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", None, ""),
        (400, "GET", "/sparql?update=CLEAR%20ALL", None, ""),
        (400, "GET", "/sparql?query=%FF%FE", None, ""),
        (400, "POST", "/sparql", b"nothing=1", FORM),
        (403, "POST", "/sparql", b"CLEAR ALL", "application/sparql-update"),
        (400, "GET", "/sparql?query=CLEAR%20ALL", None, ""),
        (404, "GET", "/nowhere", None, ""),
        (405, "PUT", "/sparql", b"", "text/plain"),
        (406, "GET", "/sparql?query=ASK%7B%7D", None, "image"),
        (415, "POST", "/sparql", b"ASK {}", "text/plain"),
        (403, "PUT", "/rdf-graph-store?default", b"", "text/turtle"),
        (404, "GET", "/rdf-graph-store?graph=http://example.com/none", None, ""),
        (400, "GET", "/rdf-graph-store", None, ""),
    ],
)
def test_a_wrong_request_gets_its_status_and_one_readable_line(
    endpoint: Endpoint, status: int, method: str, path: str, body: bytes | None, media: str
) -> None:
    accept = "image/png" if media == "image" else "*/*"
    answer = endpoint.send(method, path, body, content_type=media or "text/plain", accept=accept)
    assert answer.status == status
    assert answer.media == "text/plain"
    assert answer.text.count("\n") == 1
    assert "Traceback" not in answer.text


P1 = "<http://example.com/p1>"


@pytest.mark.parametrize("filtered", ['?o = "value 7"', '?o IN ("value 7", "none")', 'STR(?o) = "value 7"'])
def test_a_comparing_filter_finds_what_is_equal(endpoint: Endpoint, filtered: str) -> None:
    answer = endpoint.query(f"SELECT ?s {{ ?s {P1} ?o FILTER({filtered}) }}")
    assert answer.rows == [{"s": {"type": "uri", "value": "http://example.com/s7"}}]


def test_a_wrong_query_with_a_comparing_filter_is_told_of_as_it_was_written(endpoint: Endpoint) -> None:
    query = f'SELECT ?s {{ ?s {P1} ?o FILTER(?o = "value 7") }} nonsense'
    answer = endpoint.query(query)
    assert answer.status == 400
    assert f"line 1, column {query.index('nonsense') + 1}: 'nonsense'" in answer.text


def test_an_etag_saves_the_second_transfer(endpoint: Endpoint) -> None:
    first = endpoint.query(ONE)
    tag = first.headers["etag"]
    second = endpoint.query(ONE, if_none_match=tag)
    assert (second.status, second.body) == (304, b"")
    assert endpoint.query(ONE, if_none_match='"other"').status == 200
    assert endpoint.query("SELECT (RAND() AS ?r) {}").headers.get("etag") is None


def test_a_long_answer_is_gzipped_for_who_takes_it(endpoint: Endpoint) -> None:
    plain = endpoint.query("SELECT * { ?s ?p ?o }")
    packed = endpoint.query("SELECT * { ?s ?p ?o }", accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) // 4
    assert sorted(json.loads(gzip.decompress(packed.body))["head"]["vars"]) == ["o", "p", "s"]


def test_head_has_the_headers_of_get_and_no_body(endpoint: Endpoint) -> None:
    path = "/sparql?" + urllib.parse.urlencode({"query": ONE})
    answer = endpoint.send("HEAD", path)
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


def test_a_large_answer_streams_whole(endpoint: Endpoint) -> None:
    answer = endpoint.query("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000")
    assert "content-length" not in answer.headers
    assert len(answer.rows) == 20_000


def test_the_service_description_names_its_endpoint(endpoint: Endpoint) -> None:
    for path in ("/sparql", "/.well-known/void"):
        answer = endpoint.send("GET", path, accept="text/turtle")
        assert f"<{endpoint.url}/sparql>" in answer.text
        assert "SPARQL11Query" in answer.text
        assert "SPARQL11Update" not in answer.text
        assert "void:triples 400" in answer.text


def test_health_and_readiness_and_metrics_are_told(endpoint: Endpoint) -> None:
    assert endpoint.send("GET", "/health").text == "ok\n"
    assert endpoint.send("GET", "/ready").text == "ready\n"
    endpoint.query(ONE)
    assert 'kgq_requests_total{kind="query",status="200"}' in endpoint.send("GET", "/metrics").text


# --- a writable store ---------------------------------------------------------------------------------------


def count(store: Endpoint, pattern: str = "?s ?p ?o") -> int:
    return int(store.query(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}").rows[0]["n"]["value"])


def test_a_client_reads_what_it_has_written(store: Endpoint) -> None:
    assert store.update("DROP ALL").status == 204
    for number in range(1, 6):
        assert (
            store.update(f"INSERT DATA {{ <http://example.com/a> <http://example.com/b> {number} }}").status == 204
        )
        assert count(store) == number


def test_an_update_is_done_whole_or_not_at_all(store: Endpoint) -> None:
    store.update("DROP ALL; INSERT DATA { <a:a> <a:b> 1 }")
    answer = store.update("INSERT DATA { <a:a> <a:b> 2 } ; DROP GRAPH <http://example.com/none>")
    assert answer.status == 500
    assert count(store) == 1


def test_the_version_changes_with_the_content(store: Endpoint) -> None:
    store.update("DROP ALL")
    first = store.query("ASK { ?s ?p ?o }").headers["etag"]
    store.update("INSERT DATA { <a:a> <a:b> 2 }")
    answer = store.query("ASK { ?s ?p ?o }", if_none_match=first)
    assert (answer.status, json.loads(answer.body)["boolean"]) == (200, True)


def test_the_graph_store_takes_and_gives_graphs(store: Endpoint) -> None:
    store.update("DROP ALL")
    path = "/rdf-graph-store?graph=http://example.com/g"
    turtle = b"<http://example.com/x> <http://example.com/y> 1, 2 ."
    assert store.send("PUT", path, turtle, content_type="text/turtle").status == 201
    assert store.send("PUT", path, turtle, content_type="text/turtle").status == 204
    assert store.send("POST", path, b"<a:a> <a:b> 3 .", content_type="text/turtle").status == 204
    assert store.send("GET", path, accept="application/n-triples").text.count("\n") == 3
    assert store.send("HEAD", path, accept="application/n-triples").body == b""
    assert store.send("DELETE", path).status == 204
    assert store.send("GET", path).status == 404
    assert store.send("DELETE", path).status == 404


def test_a_graph_posted_without_a_name_is_given_one(store: Endpoint) -> None:
    answer = store.send("POST", "/rdf-graph-store", b"<a:a> <a:b> 3 .", content_type="text/turtle")
    assert answer.status == 201
    place = urllib.parse.urlsplit(answer.headers["location"]).path
    assert store.send("GET", place, accept="application/n-triples").text.startswith("<a:a>")


def test_the_graphs_of_the_request_bound_the_update(store: Endpoint) -> None:
    store.update("DROP ALL; INSERT DATA { GRAPH <a:g1> { <a:a> <a:b> 1 } GRAPH <a:g2> { <a:a> <a:b> 2 } }")
    body = urllib.parse.urlencode(
        {"update": "INSERT { <a:new> <a:b> ?o } WHERE { ?s ?p ?o }", "using-graph-uri": "a:g2"}
    )
    assert store.post(body, FORM).status == 204
    assert store.query("SELECT ?o { <a:new> <a:b> ?o }").rows[0]["o"]["value"] == "2"


def test_many_clients_writing_at_once_lose_nothing(store: Endpoint) -> None:
    from concurrent.futures import ThreadPoolExecutor

    store.update("DROP ALL")
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda i: store.update(f"INSERT DATA {{ <a:a> <a:b> {i} }}").status, range(40))
        assert set(found) == {204}
    assert count(store) == 40
