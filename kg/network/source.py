"""Reads the network out of a dataset: claims where there are any, else the triples between things."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.claims import KINDS, ClaimReader, claim_order
from kg.dataset import Dataset
from kg.network.blanks import blank_names
from kg.network.model import Network
from kg.network.names import SCHEMA, Names
from kg.results import Claim
from kg.terms import Term, lexical

__all__ = ["read_network"]

_READ_AT_MOST = 250_000
"""Triples read of a graph without claims: beyond that a picture needs a starting point, not more memory."""


def read_network(
    dataset: Dataset,
    *,
    include: Collection[str] = ("stated", "inferred"),
    limit: int = _READ_AT_MOST,
    lang: str = "en",
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
    """
    names = Names(dataset, lang)
    if dataset.has_claims:
        kinds = [kind for kind in KINDS if kind in include]
        reader = ClaimReader(dataset, lang)
        claims = sorted((c for kind in kinds for c in reader.matching(kind=kind)), key=claim_order)
        truncated = False
    else:
        claims, truncated = _triples_as_claims(dataset, names, limit)
    things = {iri for claim in claims for iri in (claim.subject, claim.object) if iri is not None}
    entities = {iri: names.entity(iri) for iri in sorted(things)}
    mentioned = {c for entity in entities.values() for c in entity.classes} | {c.predicate for c in claims}
    mentioned |= {iri for claim in claims for iri in (claim.scenario, claim.voice, claim.document) if iri}
    superclasses = names.superclasses()
    mentioned |= {above for many in superclasses.values() for above in many}
    return Network(
        tuple(claims), entities, {iri: names.label(iri) for iri in sorted(mentioned)}, superclasses, truncated
    )


def _triples_as_claims(dataset: Dataset, names: Names, limit: int) -> tuple[list[Claim], bool]:
    rows = dataset.select("SELECT DISTINCT ?s ?p ?o { ?s ?p ?o }", limit=limit + 1).rows
    read = [row for row in islice(rows, limit) if not _describes_itself(lexical(row[1]), row[2], names)]
    renamed = blank_names(read)

    def name(term: Term | None) -> str:
        return renamed.get(str(term), lexical(term)) if isinstance(term, BlankNode) else lexical(term)

    if renamed:
        names.take_blanks([(name(s), name(p), name(o)) for s, p, o in read if not isinstance(o, Literal)], renamed)
    claims = [_claim(name(s), name(p), o, None if isinstance(o, Literal) else name(o), names) for s, p, o in read]
    claims.sort(key=lambda c: (c.subject, c.predicate, c.object or "", c.value or ""))
    return claims, len(rows) > limit


def _describes_itself(predicate: str, value: Term | None, names: Names) -> bool:
    """Tell whether a triple is about words or the schema, not about what the graph is about."""
    if predicate in names.naming or predicate.startswith(SCHEMA):
        return True
    return not isinstance(value, (NamedNode, BlankNode, Literal))


def _claim(subject: str, predicate: str, value: Term | None, object_: str | None, names: Names) -> Claim:
    ends_in = lexical(value) if object_ is None else names.label(object_)
    written = object_ if isinstance(value, BlankNode) else str(value)
    return Claim(
        iri=f"{subject} {predicate} {written}",
        subject=subject,
        predicate=predicate,
        object=object_,
        value=lexical(value) if object_ is None else None,
        text=f"{names.label(subject)} {names.label(predicate)} {ends_in}",
        kind="stated",
        labels=_labels((subject, predicate, object_), names),
    )


def _labels(iris: Iterable[str | None], names: Names) -> dict[str, str]:
    return {iri: names.label(iri) for iri in iris if iri is not None}
