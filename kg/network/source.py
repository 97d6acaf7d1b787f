"""Reads the network out of a dataset: claims where there are any, else the triples between things."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.claims import KINDS, ClaimReader, claim_order
from kg.dataset import Dataset
from kg.network.blanks import blank_names
from kg.network.model import Network
from kg.network.names import SCHEMA, Names
from kg.network.neighbourhood import claims_near, count_statements, triples_near
from kg.results import Claim
from kg.terms import Term, lexical

__all__ = ["claim_joining", "describes_itself", "read_network"]

_READ_AT_MOST = 250_000
"""Triples read of a graph without claims: beyond that a picture needs a starting point, not more memory."""
_LARGE = 5_000
"""Above so many claims or triples, only what is near is read where that is known."""


def read_network(
    dataset: Dataset,
    *,
    include: Collection[str] = ("stated", "inferred"),
    limit: int = _READ_AT_MOST,
    lang: str = "en",
    around: Sequence[str] = (),
    hops: int = 1,
) -> Network:
    """Return the network of a dataset.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> read_network(Dataset(OxigraphEngine())).claims
    ()

    Args:
        dataset: where the claims or triples are.
        include: the kinds of claims to take; a graph without claims has stated ones only.
        limit: how many triples to read of a graph without claims.
        lang: the language of labels, where there is a choice.
        around: IRIs of things; of a graph that is large only what is near them is read.
        hops: how near.
    """
    names = Names(dataset, lang)
    near = bool(around) and count_statements(dataset) > _LARGE
    if dataset.has_claims:
        reader = ClaimReader(dataset, lang)
        if near:
            found = [c for c in reader.many(claims_near(dataset, around, hops, limit)) if c.kind in include]
        else:
            found = [c for kind in KINDS if kind in include for c in reader.matching(kind=kind)]
        claims, truncated = sorted(found, key=claim_order), False
    else:
        rows = triples_near(dataset, around, hops, limit + 1) if near else _all_triples(dataset, limit + 1)
        claims, truncated = _triples_as_claims(rows[:limit], names), len(rows) > limit
    things = {iri for claim in claims for iri in (claim.subject, claim.object) if iri is not None}
    entities = {iri: names.entity(iri) for iri in sorted(things)}
    mentioned = {c for entity in entities.values() for c in entity.classes} | {c.predicate for c in claims}
    mentioned |= {iri for claim in claims for iri in (claim.scenario, claim.voice, claim.document) if iri}
    superclasses = names.superclasses()
    mentioned |= {above for many in superclasses.values() for above in many}
    return Network(
        tuple(claims), entities, {iri: names.label(iri) for iri in sorted(mentioned)}, superclasses, truncated
    )


def _all_triples(dataset: Dataset, limit: int) -> Sequence[Sequence[Term | None]]:
    return dataset.select("SELECT DISTINCT ?s ?p ?o { ?s ?p ?o }", limit=limit).rows


def _triples_as_claims(rows: Sequence[Sequence[Term | None]], names: Names) -> list[Claim]:
    read = [row for row in rows if not describes_itself(lexical(row[1]), row[2], names.naming)]
    renamed = blank_names(read)

    def name(term: Term | None) -> str:
        return renamed.get(str(term), lexical(term)) if isinstance(term, BlankNode) else lexical(term)

    if renamed:
        names.take_blanks([(name(s), name(p), name(o)) for s, p, o in read if not isinstance(o, Literal)], renamed)
    claims = [
        _claim_of_value(name(s), name(p), o, names)
        if isinstance(o, Literal)
        else claim_joining(name(s), name(p), name(o), names)
        for s, p, o in read
    ]
    claims.sort(key=lambda c: (c.subject, c.predicate, c.object or "", c.value or ""))
    return claims


def describes_itself(predicate: str, value: Term | None, naming: Collection[str]) -> bool:
    """Tell whether a triple is about words or the schema, not about what the graph is about.

    >>> describes_itself("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", None, ())
    True

    Args:
        predicate: IRI of its property.
        value: its object.
        naming: the properties that name things.
    """
    if predicate in naming or predicate.startswith(SCHEMA):
        return True
    return not isinstance(value, (NamedNode, BlankNode, Literal))


def claim_joining(subject: str, predicate: str, object_: str, names: Names) -> Claim:
    """Return the triple between two things as a claim.

    Args:
        subject: its IRI, or the name of a blank node.
        predicate: IRI of the property.
        object_: as the subject.
        names: knows the labels of all three.
    """
    written = object_ if object_.startswith("_:") else f"<{object_}>"
    return Claim(
        iri=f"{subject} {predicate} {written}",
        subject=subject,
        predicate=predicate,
        object=object_,
        value=None,
        text=f"{names.label(subject)} {names.label(predicate)} {names.label(object_)}",
        kind="stated",
        labels=_labels((subject, predicate, object_), names),
    )


def _claim_of_value(subject: str, predicate: str, value: Literal, names: Names) -> Claim:
    return Claim(
        iri=f"{subject} {predicate} {value}",
        subject=subject,
        predicate=predicate,
        object=None,
        value=value.value,
        text=f"{names.label(subject)} {names.label(predicate)} {value.value}",
        kind="stated",
        labels=_labels((subject, predicate), names),
    )


def _labels(iris: Iterable[str], names: Names) -> dict[str, str]:
    return {iri: names.label(iri) for iri in iris}
