"""Writes a whole graph in an RDF format: sorted, so that the same graph gives the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain, groupby, islice
from typing import IO

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, NamedNode, Quad, RdfFormat, Triple, serialize
from pyoxigraph import Dataset as QuadSet

from kg.dataset import Dataset
from kg.formats.nanopubs import write_nanopublications
from kg.formats.sorting import order_of, sorted_items, sorted_quads
from kg.formats.used_prefixes import UsedPrefixes
from kg.formats.written import Export
from kg.terms import PREFIXES

__all__ = ["FORMATS", "Export", "export", "triples_text", "write_graph"]

FORMATS: dict[str, tuple[RdfFormat, str]] = {
    "turtle": (RdfFormat.TURTLE, "Turtle, one graph"),
    "trig": (RdfFormat.TRIG, "TriG, with the named graphs"),
    "ntriples": (RdfFormat.N_TRIPLES, "N-Triples, one graph"),
    "nquads": (RdfFormat.N_QUADS, "N-Quads, with the named graphs"),
    "jsonld": (RdfFormat.JSON_LD, "JSON-LD, with the named graphs"),
    "rdfxml": (RdfFormat.RDF_XML, "RDF/XML, one graph"),
    "rdf12": (RdfFormat.TRIG, "TriG of RDF 1.2: each claim reifies its statement"),
    "nanopub": (RdfFormat.TRIG, "TriG, a nanopublication for each claim"),
}
"""The formats by name, with what each is."""

_KGQ = PREFIXES["kgq"]
_CLAIM = _KGQ + "claimPredicate"
_REIFIES = NamedNode(PREFIXES["rdf"] + "reifies")
_PARTS = frozenset(_KGQ + name for name in ("claimSubject", "claimPredicate", "claimObject", "claimValue"))
_NAME_END = re.compile(r"[^\W\d][\w.-]*\Z")


def export(dataset: Dataset, format: str) -> Export:  # noqa: A002 - what everybody calls it
    """Write a dataset in one of :data:`FORMATS`; :func:`write_graph` says how.

    Raises:
        ValueError: no such format.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> export(Dataset(OxigraphEngine()), "ntriples").data
    b''
    """
    out = io.BytesIO()
    losses = write_graph(dataset, format, out)
    return Export(out.getvalue(), losses)


def write_graph(
    dataset: Dataset,
    format: str,  # noqa: A002 - what everybody calls it
    out: IO[bytes],
) -> tuple[str, ...]:
    """Write a dataset in one of :data:`FORMATS`, in memory that does not grow with it; return what was lost.

    Quads are sorted, with files where they are many; blank nodes are named by RDF Dataset Canonicalization 1.0, so
    their names do not change from run to run. Only the quads that have blank nodes are held at once.

    Raises:
        ValueError: no such format.
        OSError: there is no room for what is sorted, or written.
    """
    if format not in FORMATS:
        raise ValueError(f"no export format '{format}'; there are {', '.join(FORMATS)}.")
    rdf_format, _ = FORMATS[format]
    if format == "nanopub":
        return write_nanopublications(dataset, out)
    named, left_out = set[object](), list[None]()
    quads = _named(dataset.engine.quads)
    if not rdf_format.supports_datasets:
        quads = _flattened(quads, named)
    if format == "rdfxml":
        quads = _expressible(quads, left_out)
    if rdf_format in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS):
        out.writelines(sorted_items(_lines(quads, rdf_format)))
    else:
        prefixes = UsedPrefixes(dataset.prefixes, {_CLAIM: _REIFIES.value} if format == "rdf12" else {})
        ordered = sorted_quads(prefixes.watch(quads))
        if format == "rdf12":
            ordered = _reified(ordered)
        first = list(islice(ordered, 1))  # once there is a first one, all have been seen
        serialize(chain(first, ordered), out, format=rdf_format, prefixes=prefixes.used())
    return tuple(_losses(named, left_out))


def _losses(named: Collection[object], left_out: Collection[object]) -> Iterator[str]:
    if named:
        yield f"{len(named)} named graphs are merged into one; trig, nquads and jsonld keep them apart."
    if left_out:
        yield f"{len(left_out)} statements are left out: XML has no element name for their property."


def triples_text(triples: Iterable[Triple], format: str, prefixes: Mapping[str, str]) -> bytes:  # noqa: A002
    """Return triples in a format of one graph, sorted, with the prefixes that they use declared.

    >>> triples_text([], "ntriples", {})
    b''
    """
    quads = _flattened((Quad(t.subject, t.predicate, t.object) for t in triples), set())
    watched = UsedPrefixes(prefixes)
    ordered = sorted_quads(watched.watch(_expressible(quads, []) if format == "rdfxml" else quads))
    found = [Triple(quad.subject, quad.predicate, quad.object) for quad in ordered]
    return serialize(found, format=FORMATS[format][0], prefixes=watched.used()) or b""


def _named(quads: Callable[[], Iterable[Quad]]) -> Iterator[Quad]:
    """Yield quads with blank nodes named for good, where there are any; only what has some is held at once."""
    blank = QuadSet(quad for quad in quads() if _has_blank(quad))
    blank.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    yield from blank
    yield from (quad for quad in quads() if not _has_blank(quad))


def _has_blank(part: Quad | Triple) -> bool:
    object_ = part.object
    return (
        isinstance(part.subject, BlankNode)
        or isinstance(object_, BlankNode)
        or (isinstance(object_, Triple) and _has_blank(object_))
        or (isinstance(part, Quad) and isinstance(part.graph_name, BlankNode))
    )


def _flattened(quads: Iterable[Quad], graphs: set[object]) -> Iterator[Quad]:
    for quad in quads:
        if isinstance(quad.graph_name, (NamedNode, BlankNode)):
            graphs.add(quad.graph_name)
            yield Quad(quad.subject, quad.predicate, quad.object)
        else:
            yield quad


def _expressible(quads: Iterable[Quad], left_out: list[None]) -> Iterator[Quad]:
    """Leave out what XML has no name for: it writes a property as an element."""
    for quad in quads:
        if _NAME_END.search(quad.predicate.value):
            yield quad
        else:
            left_out.append(None)


def _lines(quads: Iterable[Quad], form: RdfFormat) -> Iterator[bytes]:
    """Yield the lines of quads, as the engine writes them."""
    rest = iter(quads)
    while batch := list(islice(rest, 1_000)):
        yield from (serialize(batch, format=form) or b"").splitlines(keepends=True)


def _reified(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Replace subject, predicate and object of each claim by a triple term that the claim reifies.

    The statement itself is not asserted: a claim may deny it, or confine it to a scenario.

    Args:
        quads: in order, so that what is said of a claim in a graph stands together.
    """
    for _, said in groupby(quads, key=lambda quad: (quad.graph_name, quad.subject)):
        yield from sorted(_with_statement(list(said)), key=order_of)


def _with_statement(said: list[Quad]) -> Iterator[Quad]:
    about: dict[str, Quad] = {}
    for quad in said:
        name = quad.predicate.value
        if name not in _PARTS or name in about:  # a second object is not part of the statement
            yield quad
        else:
            about[name] = quad
    subject, predicate = about.get(_KGQ + "claimSubject"), about.get(_KGQ + "claimPredicate")
    target = about.get(_KGQ + "claimObject", about.get(_KGQ + "claimValue"))
    if subject is None or predicate is None or target is None:
        yield from about.values()
    elif isinstance(subject.object, (NamedNode, BlankNode)) and isinstance(predicate.object, NamedNode):
        statement = Triple(subject.object, predicate.object, target.object)
        yield Quad(subject.subject, _REIFIES, statement, subject.graph_name)
    else:
        yield from about.values()
