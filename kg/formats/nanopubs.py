"""Claims as nanopublications: each with what it asserts, where that comes from, and about itself, in TriG.

The structure is that of nanopub.net/guidelines: a head that names three further graphs, all of them apart. A
statement stands in the assertion as a plain triple only where the claim asserts it outright: not where it is
denied, hypothetical, historical, confined to a scenario, or qualified. The claim that says all this is always
there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import IO, TypeAlias

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from kg.dataset import Dataset
from kg.formats.sorting import sorted_items
from kg.terms import PREFIXES, Term, lexical

__all__ = ["write_nanopublications"]

_NP = "http://www.nanopub.org/nschema#"
_KGQ, _PROV, _DCTERMS = PREFIXES["kgq"], PREFIXES["prov"], PREFIXES["dcterms"]
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_KINDS = tuple(_KGQ + name for name in ("StatedClaim", "InferredClaim", "BackgroundClaim"))
_ORIGIN = frozenset(
    [_KGQ + name for name in ("hasEvidence", "statedBy", "inDocument", "byRule", "hasDerivation")]
    + [_PROV + name for name in ("wasDerivedFrom", "qualifiedDerivation", "wasGeneratedBy")]
    + [_DCTERMS + "source"]
)
_PARTS = ("/evidence/", "/derivation/")
_BATCH = 150
_SAID = "SELECT DISTINCT ?s ?p ?o { VALUES ?s { %s } ?s ?p ?o }"
_LOSSES = (
    "the graph does not say who publishes the claims, when and under which licence; add that to each pubinfo.",
    "entities, ontology and rules are no claims, and are left out; trig and nquads hold them.",
)
_PLAIN = frozenset(
    _KGQ + name for name in ("claimSubject", "claimPredicate", "claimObject", "claimValue", "polarity", "modality")
) | {_DCTERMS + "identifier", _TYPE.value, PREFIXES["rdfs"] + "label"}

_Fact: TypeAlias = tuple[NamedNode, Term]
_About: TypeAlias = dict[str, list[_Fact]]


def write_nanopublications(dataset: Dataset, out: IO[bytes]) -> tuple[str, ...]:
    """Write every claim of a dataset as a nanopublication, some claims at a time; return what was lost.

    >>> import io
    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> write_nanopublications(Dataset(OxigraphEngine()), io.BytesIO())
    ('there are no claims, and nanopublications are made of claims.',)

    Args:
        dataset: the graph, at hand or elsewhere.
        out: where to write.

    Raises:
        OSError: there is no room for what is sorted, or written.
    """
    claims = _claims(dataset)
    first = list(islice(claims, 1))
    if not first:
        return ("there are no claims, and nanopublications are made of claims.",)
    quads = _nanopublications(dataset, chain(first, claims))
    serialize(quads, out, format=RdfFormat.TRIG, prefixes={**dataset.prefixes, "np": _NP})
    return _LOSSES


def _claims(dataset: Dataset) -> Iterator[str]:
    """Yield the IRIs of claims in order, each once; where they are many, they wait in files."""
    kinds = " ".join(f"<{kind}>" for kind in _KINDS)
    rows = dataset.stream(f"SELECT ?claim {{ VALUES ?kind {{ {kinds} }} ?claim a ?kind }}", union=True)
    lines = (f"{claim.value}\n".encode() for (claim,) in rows if isinstance(claim, NamedNode))
    return (line[:-1].decode() for line in sorted_items(lines))


def _nanopublications(dataset: Dataset, claims: Iterator[str]) -> Iterator[Quad]:
    while some := list(islice(claims, _BATCH)):
        about = _facts_of(dataset, some)
        for claim in some:
            yield from _nanopublication(NamedNode(claim), about)


def _facts_of(dataset: Dataset, claims: Sequence[str]) -> _About:
    """Return what is said of claims, and of the quotes and derivations under them, each in order."""
    about: _About = {}
    waiting = list(claims)
    while waiting:
        below: list[str] = []
        for n in range(0, len(waiting), _BATCH):
            subjects = " ".join(f"<{iri}>" for iri in waiting[n : n + _BATCH])
            about.update((iri, []) for iri in waiting[n : n + _BATCH])
            for s, p, o in dataset.engine.select(_SAID % subjects, union=True):
                if not isinstance(p, NamedNode) or o is None:
                    continue
                about[lexical(s)].append((p, o))
                if _is_part(o):
                    below.append(lexical(o))
        waiting = [iri for iri in dict.fromkeys(below) if iri not in about]
    for said in about.values():
        said.sort(key=lambda fact: (str(fact[0]), str(fact[1])))
    return about


def _nanopublication(claim: NamedNode, about: _About) -> Iterator[Quad]:
    base = f"{claim.value}/nanopub"
    itself = NamedNode(base)
    head, assertion, provenance, info = (
        NamedNode(f"{base}#{name}") for name in ("Head", "assertion", "provenance", "pubinfo")
    )
    yield Quad(itself, _TYPE, NamedNode(_NP + "Nanopublication"), head)
    for name, graph in (("Assertion", assertion), ("Provenance", provenance), ("PublicationInfo", info)):
        yield Quad(itself, NamedNode(_NP + f"has{name}"), graph, head)
    said = about[claim.value]
    yield from _assertion(claim, said, assertion)
    yield from _provenance(claim, about, assertion, provenance)
    for document in (value for predicate, value in said if predicate.value == _KGQ + "inDocument"):
        yield Quad(itself, NamedNode(_DCTERMS + "isPartOf"), document, info)
    yield Quad(itself, NamedNode(_PROV + "wasDerivedFrom"), claim, info)
    yield Quad(itself, NamedNode(_DCTERMS + "subject"), claim, info)


def _assertion(claim: NamedNode, said: Sequence[_Fact], graph: NamedNode) -> Iterator[Quad]:
    parts = {name.value: value for name, value in said}
    for name, value in said:
        if name.value not in _ORIGIN:
            yield Quad(claim, name, value, graph)
    outright = (
        parts.get(_KGQ + "polarity") == NamedNode(_KGQ + "positive")
        and parts.get(_KGQ + "modality") == NamedNode(_KGQ + "asserted")
        and all(part in _PLAIN | _ORIGIN for part in parts)
    )
    subject, predicate = parts.get(_KGQ + "claimSubject"), parts.get(_KGQ + "claimPredicate")
    target = parts.get(_KGQ + "claimObject") or parts.get(_KGQ + "claimValue")
    if outright and isinstance(subject, NamedNode) and isinstance(predicate, NamedNode) and target is not None:
        yield Quad(subject, predicate, target, graph)


def _provenance(claim: NamedNode, about: _About, assertion: NamedNode, graph: NamedNode) -> Iterator[Quad]:
    origins: list[Term] = []
    for predicate, value in about[claim.value]:
        name = predicate.value
        if name not in _ORIGIN:
            continue
        origins.append(value)
        if name == _KGQ + "statedBy":
            yield Quad(assertion, NamedNode(_PROV + "wasAttributedTo"), value, graph)
        elif name == _DCTERMS + "source":
            yield Quad(assertion, NamedNode(_PROV + "hadPrimarySource"), value, graph)
        elif name in (_KGQ + "hasEvidence", _KGQ + "inDocument", _PROV + "wasDerivedFrom"):
            yield Quad(assertion, NamedNode(_PROV + "wasDerivedFrom"), value, graph)
        else:
            yield Quad(assertion, predicate, value, graph)
    if not origins:
        yield Quad(assertion, NamedNode(_PROV + "wasDerivedFrom"), claim, graph)
    for origin in origins:
        yield from _described(origin, about, graph)


def _described(origin: Term, about: _About, graph: NamedNode) -> Iterator[Quad]:
    """Yield what is said of a quote and its selectors, or of a derivation; not of claims, documents and rules."""
    waiting, seen = [origin], set[Term]()
    while waiting:
        node = waiting.pop()
        if node in seen or not isinstance(node, NamedNode) or not _is_part(node):
            continue
        seen.add(node)
        for predicate, value in about.get(node.value, ()):
            yield Quad(node, predicate, value, graph)
            waiting.append(value)


def _is_part(node: Term | None) -> bool:
    return isinstance(node, NamedNode) and any(part in node.value for part in _PARTS)
