"""Requests of the SPARQL 1.1 Protocol."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from kg.engines.http import Endpoint
from kg.engines.http.client import Request

__all__ = ["GRAPHS", "RESULTS", "UNION_WAYS", "read_request", "update_request"]

RESULTS = "application/sparql-results+json, application/sparql-results+xml;q=0.8, text/tab-separated-values;q=0.3"
"""Media types of results, the best first."""

GRAPHS = "application/n-triples, text/turtle;q=0.8"
"""Media types of graphs, the best first. Not RDF/XML: its entities can make gigabytes of a few hundred bytes."""

UNION_WAYS: tuple[Mapping[str, str], ...] = (
    {},
    {"union-default-graph": ""},  # Oxigraph
    {"default-graph-uri": "urn:x-arq:UnionGraph"},  # Apache Jena
    {"default-graph-uri": "tag:stardog:api:context:all"},  # Stardog
)
"""What servers take for the union of all graphs; each is tried, and the first that works is used."""

_SHORT = 2_000


def read_request(endpoint: Endpoint, text: str, accept: str, dataset: Mapping[str, str]) -> Request:
    """Return the request of a query: GET while it is short, for caches between, else a form.

    A form and not the bare text, which some servers (Virtuoso 7.2.5) wait on for ever.
    """
    pairs = urlencode({"query": text, **dataset})
    url = endpoint.url
    joined = f"{url}{'&' if '?' in url else '?'}{pairs}"
    if len(joined) <= _SHORT:
        return Request("GET", joined, {"Accept": accept})
    headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
    return Request("POST", url, headers, pairs.encode("ascii"))


def update_request(endpoint: Endpoint, text: str) -> Request:
    """Return the request of an update; sent twice it might change twice."""
    headers = {"Accept": "*/*", "Content-Type": "application/x-www-form-urlencoded"}
    return Request("POST", endpoint.writes_to, headers, urlencode({"update": text}).encode("ascii"), again=False)
