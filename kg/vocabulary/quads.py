"""The quads that vocabularies are made of: all of a graph at hand; of a remote one with claims, what matters."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import DefaultGraph, NamedNode, Quad

from kg.dataset import Dataset
from kg.terms import expand, lexical

__all__ = ["vocabulary_quads"]

_LABELS = "rdfs:label skos:prefLabel"
_ALIASES = "skos:altLabel skos:hiddenLabel"
_SCHEMA = (
    "rdf:type rdfs:subClassOf rdfs:subPropertyOf rdfs:domain rdfs:range owl:inverseOf rdfs:comment skos:definition"
    " skos:scopeNote kgq:domainIncludes kgq:rangeIncludes kgq:excludes kgq:claimClass kgq:singularPattern"
    " kgq:pluralPattern kgq:negativeSingularPattern kgq:negativePluralPattern"
    " kgq:grammaticalNumber kgq:argumentOrder"
)
_WORDS = (
    "ontolex:denotes ontolex:sense ontolex:reference ontolex:canonicalForm ontolex:otherForm ontolex:lexicalForm"
    " ontolex:writtenRep lexinfo:partOfSpeech"
)
_CLAIMS = "kgq:claimSubject kgq:claimPredicate kgq:claimObject kgq:claimValue kgq:polarity"
_QUALIFIERS = "SELECT DISTINCT ?p { ?p rdfs:subPropertyOf+ kgq:qualifier }"


def vocabulary_quads(dataset: Dataset) -> Iterator[Quad]:
    """Yield the quads of a dataset that its vocabulary is made of; quotes and proofs of a remote one are not read.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> list(vocabulary_quads(Dataset(OxigraphEngine())))
    []
    """
    if not dataset.is_remote:
        yield from dataset.engine.quads()
        return
    names = [name for part in (_LABELS, _SCHEMA, _WORDS, _CLAIMS) for name in part.split()]
    qualifiers = sorted(lexical(row[0]) for row in dataset.select(_QUALIFIERS))
    for iri in [*(expand(name) or "" for name in names), *qualifiers]:
        predicate = NamedNode(iri)
        for s, o in dataset.stream(f"SELECT DISTINCT ?s ?o {{ ?s {predicate} ?o }}"):
            yield Quad(s, predicate, o, DefaultGraph())  # type: ignore[arg-type]
    for name in _ALIASES.split():  # the graph tells names that the document uses from borrowed ones
        predicate = NamedNode(expand(name) or "")
        for s, o, g in dataset.stream(f"SELECT ?s ?o ?g {{ GRAPH ?g {{ ?s {predicate} ?o }} }}"):
            yield Quad(s, predicate, o, g)  # type: ignore[arg-type]
