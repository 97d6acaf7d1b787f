"""What the endpoint says of itself: SPARQL Service Description, with VoID, as N-Triples-to-anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, serialize

from kg.server import media

__all__ = ["describe"]

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = "http://rdfs.org/ns/void#"
_FORMATS = "http://www.w3.org/ns/formats/"
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_INTEGER = NamedNode("http://www.w3.org/2001/XMLSchema#integer")
_PREFIXES = {"sd": _SD, "void": _VOID, "formats": _FORMATS}
_OUT = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads",
)  # fmt: skip
_IN = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads")


def describe(
    endpoint: str,
    graphs: Sequence[tuple[str | None, int]],
    *,
    union: bool,
    writable: bool,
    service: bool,
    chosen: int,
) -> bytes:
    """Return the service description of an endpoint.

    Args:
        endpoint: its address.
        graphs: the graphs with their sizes, the default graph (None) first.
        union: whether the default graph is the union of all.
        writable: whether it takes updates.
        service: whether it evaluates SERVICE.
        chosen: number of the media type.
    """
    triples = _triples(endpoint, graphs, union=union, writable=writable, service=service)
    found = serialize(triples, format=media.RDF_FORMATS[chosen], prefixes=_PREFIXES if chosen == 4 else None)
    return found or b""


def _triples(
    endpoint: str, graphs: Sequence[tuple[str | None, int]], *, union: bool, writable: bool, service: bool
) -> Iterator[Triple]:
    def sd(name: str) -> NamedNode:
        return NamedNode(_SD + name)

    root, dataset, default = NamedNode(endpoint + "#service"), BlankNode(), BlankNode()
    yield Triple(root, _TYPE, sd("Service"))
    yield Triple(root, sd("endpoint"), NamedNode(endpoint))
    for language in ("SPARQL10Query", "SPARQL11Query", *(("SPARQL11Update",) if writable else ())):
        yield Triple(root, sd("supportedLanguage"), sd(language))
    for name in _OUT:
        yield Triple(root, sd("resultFormat"), NamedNode(_FORMATS + name))
    for name in _IN if writable else ():
        yield Triple(root, sd("inputFormat"), NamedNode(_FORMATS + name))
    features = ["EmptyGraphs"] if writable else []
    features += ["UnionDefaultGraph"] if union else []
    features += ["BasicFederatedQuery"] if service else []
    for feature in features:
        yield Triple(root, sd("feature"), sd(feature))
    yield Triple(root, sd("defaultEntailmentRegime"), NamedNode("http://www.w3.org/ns/entailment/Simple"))
    yield Triple(root, sd("defaultDataset"), dataset)
    yield Triple(dataset, _TYPE, sd("Dataset"))
    yield Triple(dataset, _TYPE, NamedNode(_VOID + "Dataset"))
    yield Triple(dataset, NamedNode(_VOID + "sparqlEndpoint"), NamedNode(endpoint))
    yield Triple(dataset, sd("defaultGraph"), default)
    total = sum(size for _, size in graphs)
    yield Triple(dataset, NamedNode(_VOID + "triples"), _number(total))
    for graph_name, size in graphs:
        graph: NamedNode | BlankNode = default
        if graph_name is not None:
            entry, graph = BlankNode(), BlankNode()
            yield Triple(dataset, sd("namedGraph"), entry)
            yield Triple(entry, _TYPE, sd("NamedGraph"))
            yield Triple(entry, sd("name"), NamedNode(graph_name))
            yield Triple(entry, sd("graph"), graph)
        yield Triple(graph, _TYPE, sd("Graph"))
        yield Triple(graph, NamedNode(_VOID + "triples"), _number(total if union and graph_name is None else size))


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=_INTEGER)
