"""Media types the endpoint speaks, and which of them a client wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from pyoxigraph import QueryResultsFormat, RdfFormat

__all__ = [
    "DATASET",
    "GRAPH",
    "MEDIA",
    "RDF_FORMATS",
    "RESULTS",
    "RESULT_FORMATS",
    "choose",
    "graph_format",
    "listed",
    "offer",
]

MEDIA: tuple[str, ...] = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv; charset=utf-8",
    "text/tab-separated-values; charset=utf-8",
    "text/turtle; charset=utf-8",
    "application/n-triples",
    "application/rdf+xml",
    "application/ld+json",
    "application/trig",
    "application/n-quads",
    "application/json",
    "text/plain; charset=utf-8",
    "text/html; charset=utf-8",
)
"""Every media type a response can have; a number crosses between processes, not the text."""

RESULT_FORMATS: Mapping[int, QueryResultsFormat] = {
    0: QueryResultsFormat.JSON,
    1: QueryResultsFormat.XML,
    2: QueryResultsFormat.CSV,
    3: QueryResultsFormat.TSV,
}
RDF_FORMATS: Mapping[int, RdfFormat] = {
    4: RdfFormat.TURTLE,
    5: RdfFormat.N_TRIPLES,
    6: RdfFormat.RDF_XML,
    7: RdfFormat.JSON_LD,
    8: RdfFormat.TRIG,
    9: RdfFormat.N_QUADS,
}

Names = Mapping[str, int]
RESULTS: Names = {
    "application/sparql-results+json": 0,
    "application/json": 0,
    "application/sparql-results+xml": 1,
    "application/xml": 1,
    "text/xml": 1,
    "text/csv": 2,
    "text/tab-separated-values": 3,
    "*/*": 0,
    "application/*": 0,
    "text/*": 2,
}
GRAPH: Names = {
    "text/turtle": 4,
    "application/turtle": 4,
    "application/x-turtle": 4,
    "application/n-triples": 5,
    "text/plain": 5,
    "application/rdf+xml": 6,
    "application/xml": 6,
    "text/xml": 6,
    "application/ld+json": 7,
    "application/json": 7,
    "application/trig": 8,
    "application/n-quads": 9,
    "text/n-quads": 9,
    "text/n3": 4,
    "text/rdf+n3": 4,
    "*/*": 4,
    "text/*": 4,
    "application/*": 5,
}
DATASET: Names = {**GRAPH, "*/*": 8, "application/*": 8}
"""As :data:`GRAPH`, for a whole dataset: formats that hold named graphs come first."""

_INPUT: Mapping[str, RdfFormat] = {
    "text/turtle": RdfFormat.TURTLE,
    "application/turtle": RdfFormat.TURTLE,
    "application/x-turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/plain": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/xml": RdfFormat.RDF_XML,
    "text/xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/json": RdfFormat.JSON_LD,
    "application/trig": RdfFormat.TRIG,
    "application/n-quads": RdfFormat.N_QUADS,
}


def _ranges(accept: str) -> list[tuple[float, str]]:
    found = []
    for place, part in enumerate(accept.split(",")[:64]):
        name, *parameters = part.split(";")
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        name = name.strip().lower()
        if name:
            # the more specific range wins at equal weight, then the earlier one
            found.append((weight - name.count("*") * 1e-4 - place * 1e-6, name))
    return sorted(found, reverse=True)


@lru_cache(maxsize=512)
def _choose(accept: str, offered: tuple[tuple[str, int], ...]) -> int:
    names = dict(offered)
    refused = {name for weight, name in _ranges(accept) if weight <= 0}
    for weight, name in _ranges(accept):
        if weight > 0 and name in names and name not in refused:
            return names[name]
    return -1


_KEYS: dict[int, tuple[tuple[str, int], ...]] = {
    id(names): tuple(names.items()) for names in (RESULTS, GRAPH, DATASET)
}


def offer(names: Names) -> None:
    """Make a table of media types one that :func:`choose` takes; it must stay as it is."""
    _KEYS[id(names)] = tuple(names.items())


def choose(accept: str, offered: Names) -> int:
    """Return the number of the media type an Accept header prefers, or -1 if none is offered.

    >>> MEDIA[choose("text/turtle;q=0.5, application/ld+json", GRAPH)]
    'application/ld+json'
    >>> choose("image/png", RESULTS)
    -1
    """
    return _choose(accept or "*/*", _KEYS[id(offered)])


def graph_format(content_type: str) -> RdfFormat | None:
    """Return the RDF format of a Content-Type, or None if it is not one.

    >>> graph_format("text/turtle; charset=utf-8")
    <RdfFormat Turtle>
    """
    return _INPUT.get(content_type.partition(";")[0].strip().lower())


def listed(offered: Names) -> Sequence[str]:
    """Return the names of what is offered, for an error message."""
    return [name for name in offered if "*" not in name]
