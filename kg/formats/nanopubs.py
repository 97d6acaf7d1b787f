"""Claims as nanopublications: each with what it asserts, where that comes from, and about itself, in TriG.

The structure is that of nanopub.net/guidelines: a head that names three further graphs, all of them apart. A
statement stands in the assertion as a plain triple only where the claim asserts it outright: not where it is
denied, hypothetical, historical, confined to a scenario, or qualified. The claim that says all this is always
there.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from kg.dataset import Dataset
from kg.formats.written import Export
from kg.terms import PREFIXES

__all__ = ["nanopublications"]

_NP = "http://www.nanopub.org/nschema#"
_KGQ, _PROV, _DCTERMS = PREFIXES["kgq"], PREFIXES["prov"], PREFIXES["dcterms"]
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_KINDS = tuple(_KGQ + name for name in ("StatedClaim", "InferredClaim", "BackgroundClaim"))
_ORIGIN = frozenset(
    [_KGQ + name for name in ("hasEvidence", "statedBy", "inDocument", "byRule", "hasDerivation")]
    + [_PROV + name for name in ("wasDerivedFrom", "qualifiedDerivation", "wasGeneratedBy")]
    + [_DCTERMS + "source"]
)
_LOSSES = (
    "the graph does not say who publishes the claims, when and under which licence; add that to each pubinfo.",
    "entities, ontology and rules are no claims, and are left out; trig and nquads hold them.",
)
_PLAIN = frozenset(
    _KGQ + name for name in ("claimSubject", "claimPredicate", "claimObject", "claimValue", "polarity", "modality")
) | {_DCTERMS + "identifier", _TYPE.value, PREFIXES["rdfs"] + "label"}


def nanopublications(dataset: Dataset) -> Export:
    """Return every claim of a dataset as a nanopublication.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> nanopublications(Dataset(OxigraphEngine())).losses
    ('there are no claims, and nanopublications are made of claims.',)

    Args:
        dataset: the graph.
    """
    kinds = " ".join(f"<{kind}>" for kind in _KINDS)
    rows = dataset.engine.select(
        f"SELECT DISTINCT ?claim {{ VALUES ?kind {{ {kinds} }} ?claim a ?kind }}", union=True
    )
    claims = sorted((row[0] for row in rows if isinstance(row[0], NamedNode)), key=str)
    if not claims:
        return Export(b"", ("there are no claims, and nanopublications are made of claims.",))
    about: dict[object, list[Quad]] = {}
    for quad in dataset.engine.quads():
        about.setdefault(quad.subject, []).append(quad)
    quads = [quad for claim in claims for quad in _nanopublication(claim, about)]
    prefixes = {**dataset.prefixes, "np": _NP}
    data = serialize(quads, format=RdfFormat.TRIG, prefixes=prefixes) or b""
    return Export(data, _LOSSES)


def _nanopublication(claim: NamedNode, about: dict[object, list[Quad]]) -> Iterator[Quad]:
    base = f"{claim.value}/nanopub"
    itself = NamedNode(base)
    head, assertion, provenance, info = (
        NamedNode(f"{base}#{name}") for name in ("Head", "assertion", "provenance", "pubinfo")
    )
    yield Quad(itself, _TYPE, NamedNode(_NP + "Nanopublication"), head)
    for name, graph in (("Assertion", assertion), ("Provenance", provenance), ("PublicationInfo", info)):
        yield Quad(itself, NamedNode(_NP + f"has{name}"), graph, head)
    said = sorted(about.get(claim, ()), key=str)
    yield from _assertion(claim, said, assertion)
    yield from _provenance(said, about, assertion, provenance)
    documents = [quad.object for quad in said if quad.predicate.value == _KGQ + "inDocument"]
    for document in documents:
        yield Quad(itself, NamedNode(_DCTERMS + "isPartOf"), document, info)
    yield Quad(itself, NamedNode(_PROV + "wasDerivedFrom"), claim, info)
    yield Quad(itself, NamedNode(_DCTERMS + "subject"), claim, info)


def _assertion(claim: NamedNode, said: list[Quad], graph: NamedNode) -> Iterator[Quad]:
    parts = {quad.predicate.value: quad.object for quad in said}
    for quad in said:
        if quad.predicate.value not in _ORIGIN:
            yield Quad(claim, quad.predicate, quad.object, graph)
    outright = (
        parts.get(_KGQ + "polarity") == NamedNode(_KGQ + "positive")
        and parts.get(_KGQ + "modality") == NamedNode(_KGQ + "asserted")
        and all(quad.predicate.value in _PLAIN | _ORIGIN for quad in said)
    )
    subject, predicate = parts.get(_KGQ + "claimSubject"), parts.get(_KGQ + "claimPredicate")
    target = parts.get(_KGQ + "claimObject") or parts.get(_KGQ + "claimValue")
    if outright and isinstance(subject, NamedNode) and isinstance(predicate, NamedNode) and target is not None:
        yield Quad(subject, predicate, target, graph)


def _provenance(
    said: list[Quad], about: dict[object, list[Quad]], assertion: NamedNode, graph: NamedNode
) -> Iterator[Quad]:
    origins: list[NamedNode | BlankNode | Literal | Triple] = []
    for quad in said:
        name = quad.predicate.value
        if name not in _ORIGIN:
            continue
        origins.append(quad.object)
        if name == _KGQ + "statedBy":
            yield Quad(assertion, NamedNode(_PROV + "wasAttributedTo"), quad.object, graph)
        elif name == _DCTERMS + "source":
            yield Quad(assertion, NamedNode(_PROV + "hadPrimarySource"), quad.object, graph)
        elif name in (_KGQ + "hasEvidence", _KGQ + "inDocument", _PROV + "wasDerivedFrom"):
            yield Quad(assertion, NamedNode(_PROV + "wasDerivedFrom"), quad.object, graph)
        else:
            yield Quad(assertion, quad.predicate, quad.object, graph)
    if not origins:
        yield Quad(assertion, NamedNode(_PROV + "wasDerivedFrom"), said[0].subject, graph)
    for origin in origins:
        yield from _described(origin, about, graph)


def _described(origin: object, about: dict[object, list[Quad]], graph: NamedNode) -> Iterator[Quad]:
    """Yield what is said of a quote and its selectors, or of a derivation; not of claims, documents and rules."""
    inside = ("/evidence/", "/derivation/")
    waiting, seen = [origin], set()
    while waiting:
        node = waiting.pop()
        if node in seen or not isinstance(node, NamedNode) or not any(part in node.value for part in inside):
            continue
        seen.add(node)
        for quad in sorted(about.get(node, ()), key=str):
            yield Quad(quad.subject, quad.predicate, quad.object, graph)
            waiting.append(quad.object)
