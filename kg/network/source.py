"""Reads the network out of a dataset: claims where there are any, else the triples between things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.claims import KINDS, ClaimReader, claim_order
from kg.dataset import Dataset
from kg.network.model import Entity, Network
from kg.results import Claim
from kg.terms import PREFIXES, Term, lexical, local_name

__all__ = ["read_network"]

_TYPE = PREFIXES["rdf"] + "type"
_LABELS = (
    PREFIXES["skos"] + "prefLabel",
    PREFIXES["rdfs"] + "label",
    "http://schema.org/name",
    "https://schema.org/name",
    "http://xmlns.com/foaf/0.1/name",
    PREFIXES["dcterms"] + "title",
)
_ALIAS = PREFIXES["skos"] + "altLabel"
_NOTE = PREFIXES["skos"] + "note"
_SCHEMA = tuple(PREFIXES[name] for name in ("rdf", "rdfs", "owl", "skos", "sh", "ontolex", "lexinfo", "vann"))
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
    names = _Names(dataset, lang)
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


class _Names:
    """Labels, aliases and classes of everything, by two queries whatever the number of things."""

    def __init__(self, dataset: Dataset, lang: str) -> None:
        self._dataset = dataset
        self._order = {lang: 0, None: 1, "en": 2}
        properties = " ".join(f"<{iri}>" for iri in (*_LABELS, _ALIAS, _NOTE))
        self._words: dict[str, dict[str, list[Literal]]] = defaultdict(lambda: defaultdict(list))
        for thing, predicate, value in _rows(dataset, f"?x ?p ?o . VALUES ?p {{ {properties} }}"):
            if isinstance(value, Literal):
                self._words[_name(thing)][lexical(predicate)].append(value)
        self._classes: dict[str, set[str]] = defaultdict(set)
        for thing, _, value in _rows(dataset, "?x ?p ?o . VALUES ?p { rdf:type }"):
            if isinstance(value, NamedNode) and not value.value.startswith(_SCHEMA):
                self._classes[_name(thing)].add(value.value)

    def label(self, iri: str) -> str:
        words = self._words.get(iri, {})
        for predicate in _LABELS:
            if values := words.get(predicate):
                return min(values, key=self._rank).value
        return local_name(iri) or iri

    def _rank(self, value: Literal) -> tuple[int, str]:
        return self._order.get(value.language, 3), value.value

    def entity(self, iri: str) -> Entity:
        words = self._words.get(iri, {})
        return Entity(
            iri,
            self.label(iri),
            tuple(sorted(self._classes.get(iri, ()))),
            tuple(sorted({v.value for v in words.get(_ALIAS, ())})),
            " ".join(sorted(v.value for v in words.get(_NOTE, ()))),
        )

    def superclasses(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = defaultdict(set)
        for below, _, above in _rows(self._dataset, "?x ?p ?o . VALUES ?p { rdfs:subClassOf }"):
            if isinstance(below, NamedNode) and isinstance(above, NamedNode) and below != above:
                found[below.value].add(above.value)
        return {iri: tuple(sorted(many)) for iri, many in sorted(found.items())}


def _rows(dataset: Dataset, where: str) -> Iterator[tuple[Term | None, ...]]:
    return iter(dataset.select(f"SELECT DISTINCT ?x ?p ?o {{ {where} }}").rows)


def _name(term: Term | None) -> str:
    """Return the IRI, or a blank node's own name."""
    return lexical(term)


def _triples_as_claims(dataset: Dataset, names: _Names, limit: int) -> tuple[list[Claim], bool]:
    rows = dataset.select("SELECT DISTINCT ?s ?p ?o { ?s ?p ?o }", limit=limit + 1).rows
    claims = [
        _claim(lexical(s), lexical(p), o, names)
        for s, p, o in islice(rows, limit)
        if o is not None and not _describes_itself(lexical(p), o)
    ]
    claims.sort(key=lambda c: (c.subject, c.predicate, c.object or "", c.value or ""))
    return claims, len(rows) > limit


def _describes_itself(predicate: str, value: Term) -> bool:
    """Tell whether a triple is about words or the schema, not about what the graph is about."""
    if predicate in _LABELS or predicate.startswith(_SCHEMA):
        return True
    return not isinstance(value, (NamedNode, BlankNode, Literal))


def _claim(subject: str, predicate: str, value: Term, names: _Names) -> Claim:
    object_ = None if isinstance(value, Literal) else lexical(value)
    ends_in = value.value if isinstance(value, Literal) else names.label(lexical(value))
    return Claim(
        iri=f"{subject} {predicate} {value}",
        subject=subject,
        predicate=predicate,
        object=object_,
        value=value.value if isinstance(value, Literal) else None,
        text=f"{names.label(subject)} {names.label(predicate)} {ends_in}",
        kind="stated",
        labels=_labels((subject, predicate, object_), names),
    )


def _labels(iris: Iterable[str | None], names: _Names) -> dict[str, str]:
    return {iri: names.label(iri) for iri in iris if iri is not None}
