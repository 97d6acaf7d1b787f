"""Writes a whole graph in an RDF format: sorted, so that the same graph gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Literal, NamedNode, Quad, RdfFormat, Triple, serialize
from pyoxigraph import Dataset as QuadSet

from kg.dataset import Dataset
from kg.formats.nanopubs import nanopublications
from kg.formats.written import Export
from kg.terms import PREFIXES

__all__ = ["FORMATS", "Export", "export", "triples_text"]

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
_REIFIES = NamedNode(PREFIXES["rdf"] + "reifies")
_PARTS = frozenset(_KGQ + name for name in ("claimSubject", "claimPredicate", "claimObject", "claimValue"))
_UNWRITTEN = frozenset(
    [PREFIXES["rdf"] + "type", PREFIXES["rdf"] + "langString"]
    + [PREFIXES["xsd"] + name for name in ("string", "integer", "decimal", "boolean", "double")]
)
"""IRIs for which Turtle has a shorter form than any prefix."""
_NAME_END = re.compile(r"[^\W\d][\w.-]*\Z")


def export(dataset: Dataset, format: str) -> Export:  # noqa: A002 - what everybody calls it
    """Write a dataset in one of :data:`FORMATS`.

    Quads are sorted; blank nodes are named by RDF Dataset Canonicalization 1.0, so their names do not change
    from run to run.

    Raises:
        ValueError: no such format.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> export(Dataset(OxigraphEngine()), "ntriples").data
    b''
    """
    if format not in FORMATS:
        raise ValueError(f"no export format '{format}'; there are {', '.join(FORMATS)}.")
    rdf_format, _ = FORMATS[format]
    if format == "nanopub":
        return nanopublications(dataset)
    quads = _named(dataset.engine.quads())
    losses: list[str] = []
    if format == "rdf12":
        quads = _reified(quads)
    if not rdf_format.supports_datasets:
        quads = _flattened(quads, losses)
    if format == "rdfxml":
        quads = _expressible(quads, losses)
    data = serialize(sorted(quads, key=_order), format=rdf_format, prefixes=_used(dataset.prefixes, quads))
    text = data or b""
    if rdf_format in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS):
        text = b"".join(sorted(text.splitlines(keepends=True)))
    return Export(text, tuple(losses))


def triples_text(triples: Iterable[Triple], format: str, prefixes: Mapping[str, str]) -> bytes:  # noqa: A002
    """Return triples in a format of one graph, sorted, with the prefixes that they use declared.

    >>> triples_text([], "ntriples", {})
    b''
    """
    quads = {Quad(triple.subject, triple.predicate, triple.object) for triple in triples}
    if format == "rdfxml":
        quads = _expressible(quads, [])
    chosen = _used(prefixes, quads)
    ordered = [Triple(quad.subject, quad.predicate, quad.object) for quad in sorted(quads, key=_order)]
    return serialize(ordered, format=FORMATS[format][0], prefixes=chosen) or b""


def _order(quad: Quad) -> tuple[str, str, bool, str, str]:
    return (
        str(quad.graph_name),
        str(quad.subject),
        quad.predicate.value != PREFIXES["rdf"] + "type",
        quad.predicate.value,
        str(quad.object),
    )


def _named(quads: Iterable[Quad]) -> set[Quad]:
    """Return the quads with blank nodes named for good, where there are any."""
    found = set(quads)
    if any(isinstance(part, BlankNode) for quad in found for part in (quad.subject, quad.object, quad.graph_name)):
        canonical = QuadSet(found)
        canonical.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        return set(canonical)
    return found


def _flattened(quads: set[Quad], losses: list[str]) -> set[Quad]:
    graphs = {quad.graph_name for quad in quads if isinstance(quad.graph_name, (NamedNode, BlankNode))}
    if not graphs:
        return quads
    losses.append(f"{len(graphs)} named graphs are merged into one; trig, nquads and jsonld keep them apart.")
    return {Quad(quad.subject, quad.predicate, quad.object) for quad in quads}


def _expressible(quads: set[Quad], losses: list[str]) -> set[Quad]:
    """Leave out what XML has no name for: it writes a property as an element."""
    kept = {quad for quad in quads if _NAME_END.search(quad.predicate.value)}
    if len(kept) < len(quads):
        count = len(quads) - len(kept)
        losses.append(f"{count} statements are left out: XML has no element name for their property.")
    return kept


def _reified(quads: set[Quad]) -> set[Quad]:
    """Replace subject, predicate and object of each claim by a triple term that the claim reifies.

    The statement itself is not asserted: a claim may deny it, or confine it to a scenario.
    """
    parts: dict[tuple[object, object], dict[str, NamedNode | BlankNode | Literal | Triple]] = {}
    rest: set[Quad] = set()
    for quad in sorted(quads, key=_order):
        about = parts.setdefault((quad.subject, quad.graph_name), {}) if quad.predicate.value in _PARTS else None
        name = quad.predicate.value[len(_KGQ) :]
        if about is None or name in about:  # a second object is not part of the statement
            rest.add(quad)
        else:
            about[name] = quad.object
    for (claim, graph), about in parts.items():
        subject, predicate = about.get("claimSubject"), about.get("claimPredicate")
        target = about.get("claimObject", about.get("claimValue"))
        if isinstance(subject, (NamedNode, BlankNode)) and isinstance(predicate, NamedNode) and target is not None:
            statement = Triple(subject, predicate, target)
            rest.add(Quad(claim, _REIFIES, statement, graph))  # type: ignore[arg-type]
        else:
            rest.update(
                Quad(claim, NamedNode(_KGQ + name), value, graph)  # type: ignore[arg-type]
                for name, value in about.items()
            )
    return rest


def _used(prefixes: Mapping[str, str], quads: set[Quad]) -> dict[str, str]:
    """Return the prefixes that some IRI of the quads begins with; the others are noise."""
    iris = {
        part.value
        for quad in quads
        for part in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        if isinstance(part, NamedNode)
    }
    iris |= {quad.object.datatype.value for quad in quads if isinstance(quad.object, Literal)}
    iris -= _UNWRITTEN
    return {name: base for name, base in prefixes.items() if any(iri.startswith(base) for iri in iris)}
