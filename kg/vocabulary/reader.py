"""Reads a dataset once and sorts what it finds: labels, types, declarations, and the facts themselves.

On a graph with claims the facts are what the claims say, so that everything above sees one kind of
graph: subject, property, object.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode

from kg.dataset import Dataset
from kg.terms import PREFIXES, local_name
from kg.vocabulary.quads import vocabulary_quads

__all__ = ["LABELS", "SCHEMA_NAMESPACES", "SCHEMA_TYPES", "Facts", "FactsReader", "names_things", "read_facts"]

_RDF, _RDFS, _OWL, _SKOS = (PREFIXES[p] for p in ("rdf", "rdfs", "owl", "skos"))
_KGQ, _ONTOLEX = PREFIXES["kgq"], PREFIXES["ontolex"]
_SKOSXL = "http://www.w3.org/2008/05/skos-xl#"
_TYPE = _RDF + "type"
LABELS = {
    _RDFS + "label": "label",
    _SKOS + "prefLabel": "label",
    _SKOS + "altLabel": "alt",
    _SKOS + "hiddenLabel": "hidden",
}
_COMMENTS = frozenset(
    (_RDFS + "comment", _SKOS + "definition", "http://purl.org/dc/terms/description", _SKOS + "scopeNote")
)
SCHEMA_TYPES = {
    _OWL + "Class": "class",
    _RDFS + "Class": "class",
    _RDF + "Property": "property",
    _OWL + "ObjectProperty": "property",
    _OWL + "DatatypeProperty": "property",
    _OWL + "AnnotationProperty": "annotation",
    _OWL + "TransitiveProperty": "transitive",
    _OWL + "SymmetricProperty": "symmetric",
    _OWL + "Ontology": "ontology",
}
SCHEMA_NAMESPACES = (
    _RDF, _RDFS, _OWL, _ONTOLEX, PREFIXES["lexinfo"], PREFIXES["sh"], PREFIXES["vann"],
    "http://www.w3.org/ns/lemon/", "http://rdfs.org/ns/void#", "http://www.w3.org/ns/dcat#", _SKOSXL,
)  # fmt: skip
_MACHINERY = (_KGQ, PREFIXES["oa"], PREFIXES["prov"])
_NAME_WORDS = frozenset(
    ("name", "title", "label", "fullname", "full_name", "preflabel", "displayname", "display_name")
)


@dataclass(slots=True)
class Facts:
    """What one pass over a dataset found.

    Attributes:
        labels: (text, kind) of each IRI; kind is label, alt or hidden.
        comments: definitions of each IRI, joined.
        types: declared classes of each individual.
        classes, properties: IRIs declared or used as such.
        supers, super_properties, domains, ranges, inverses: as declared.
        triples: the facts: subject, property, object.
        lexicon: (words, inverse) by the IRI a lexical entry denotes.
        naming: properties whose values name their subjects.
    """

    labels: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    comments: dict[str, str] = field(default_factory=dict)
    types: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    classes: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)
    annotations: set[str] = field(default_factory=set)
    transitive: set[str] = field(default_factory=set)
    symmetric: set[str] = field(default_factory=set)
    supers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    domains: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    ranges: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    inverses: dict[str, str] = field(default_factory=dict)
    triples: list[tuple[str, str, str | Literal]] = field(default_factory=list)
    lexicon: dict[str, list[tuple[str, bool]]] = field(default_factory=lambda: defaultdict(list))
    naming: set[str] = field(default_factory=set)


def _triples(dataset: Dataset) -> Iterator[tuple[str, str, str | Literal]]:
    union = dataset.union
    for quad in vocabulary_quads(dataset):
        if not union and not isinstance(quad.graph_name, DefaultGraph):
            continue
        subject, object_ = quad.subject, quad.object
        if not isinstance(subject, NamedNode | BlankNode):
            continue
        left = subject.value if isinstance(subject, NamedNode) else f"_:{subject.value}"
        if isinstance(object_, NamedNode):
            yield left, quad.predicate.value, object_.value
        elif isinstance(object_, Literal):
            yield left, quad.predicate.value, object_
        elif isinstance(object_, BlankNode):
            yield left, quad.predicate.value, f"_:{object_.value}"


def _english(text: Literal) -> bool:
    return not text.language or text.language.lower().split("-")[0] == "en"


_OF_NO_COUNTRY = frozenset(("la", "mul", "und", "zxx"))
"""Languages whose names are used in every other: scientific names, and those of no language."""


class FactsReader:
    """Sorts triples into facts; declarations first, the rest is kept for a second look."""

    def __init__(self, claims: bool, lang: str) -> None:
        self.facts = Facts()
        self.claims = claims
        self.lang = lang
        self.foreign: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.rest: list[tuple[str, str, str | Literal]] = []
        self.nodes: dict[str, dict[str, str | Literal]] = defaultdict(dict)
        self.entries: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    def take(self, subject: str, predicate: str, object_: str | Literal) -> None:
        """Sort one triple."""
        if predicate in LABELS:
            self._take_label(subject, LABELS[predicate], object_)
        elif predicate == _TYPE and isinstance(object_, str):
            self._take_type(subject, object_)
        elif predicate in _COMMENTS and isinstance(object_, Literal):
            if _english(object_):
                old = self.facts.comments.get(subject)
                self.facts.comments[subject] = f"{old} {object_.value}" if old else object_.value
        elif predicate.startswith((_RDFS, _OWL)):
            self._take_declaration(subject, predicate, object_)
        elif predicate.startswith(_ONTOLEX) or predicate == _KGQ + "argumentOrder":
            value = object_ if isinstance(object_, str) else object_.value
            self.entries[subject][local_name(predicate)].append(value)
        elif self.claims and predicate.startswith(_KGQ + "claim"):
            self.nodes[subject][predicate[len(_KGQ) :]] = object_
        elif self.claims and predicate == _KGQ + "polarity":
            self.nodes[subject]["polarity"] = object_
        else:
            self.rest.append((subject, predicate, object_))

    def _take_label(self, subject: str, kind: str, object_: str | Literal) -> None:
        if not isinstance(object_, Literal):
            return
        language = (object_.language or "").lower().split("-")[0]
        wanted = language in ("", "en", self.lang)
        target = self.facts.labels if wanted else self.foreign
        if not wanted and language in _OF_NO_COUNTRY:
            self.facts.labels[subject].append((object_.value, "alt"))
        bucket = target[subject]
        if kind == "label" and language == self.lang:
            bucket.insert(0, (object_.value, kind))
        else:
            bucket.append((object_.value, kind))

    def _take_type(self, subject: str, type_: str) -> None:
        facts = self.facts
        role = SCHEMA_TYPES.get(type_)
        if role == "class":
            facts.classes.add(subject)
        elif role in ("property", "transitive", "symmetric"):
            facts.properties.add(subject)
            if role == "transitive":
                facts.transitive.add(subject)
            elif role == "symmetric":
                facts.symmetric.add(subject)
        elif role == "annotation":
            facts.annotations.add(subject)
        elif role is None and not type_.startswith(SCHEMA_NAMESPACES):
            facts.types[subject].add(type_)

    def _take_declaration(self, subject: str, predicate: str, object_: str | Literal) -> None:
        if not isinstance(object_, str):
            return
        name = local_name(predicate)
        targets = {"subClassOf": self.facts.supers, "domain": self.facts.domains, "range": self.facts.ranges}
        if name in targets:
            targets[name][subject].add(object_)
        elif name == "inverseOf":
            self.facts.inverses[subject] = object_
            self.facts.inverses.setdefault(object_, subject)

    def settle(self) -> None:
        """Take labels in other languages where there are none in ours, and the words of the lexicon."""
        self._take_foreign()
        self.foreign.clear()
        self._take_lexicon()
        self.entries.clear()

    def _take_foreign(self) -> None:
        for iri, labels in self.foreign.items():
            ours = self.facts.labels.get(iri, [])
            if not any(kind == "label" for _, kind in ours):
                self.facts.labels[iri] = [*labels, *ours]

    def finish(self) -> Facts:
        """Return the facts once every triple was taken."""
        facts = self.facts
        self._take_foreign()
        schema = facts.classes | facts.properties | facts.annotations
        if self.claims:
            facts.triples = list(self._claimed())
            facts.types = {
                iri: kept
                for iri, types in facts.types.items()
                if (kept := {t for t in types if not t.startswith(_MACHINERY)})
            }
            facts.properties = {p for p in facts.properties if not p.startswith(_MACHINERY)}
            facts.classes = {c for c in facts.classes if not c.startswith(_MACHINERY)}
        else:
            facts.triples = [t for t in self.rest if t[0] not in schema and not t[1].startswith(SCHEMA_NAMESPACES)]
        facts.properties |= {p for _, p, _ in facts.triples}
        facts.classes |= {c for types in facts.types.values() for c in types}
        self._take_names()
        self._take_lexicon()
        return facts

    def _claimed(self) -> Iterator[tuple[str, str, str | Literal]]:
        for node in self.nodes.values():
            subject, predicate = node.get("claimSubject"), node.get("claimPredicate")
            object_ = node.get("claimObject", node.get("claimValue"))
            if isinstance(subject, str) and isinstance(predicate, str) and object_ is not None:
                yield subject, predicate, object_

    def _take_names(self) -> None:
        labels = self.facts.labels
        naming = {p for p in self.facts.properties if names_things(self.facts, p)}
        self.facts.naming = naming
        for subject, predicate, object_ in self.facts.triples:
            if isinstance(object_, Literal) and predicate in naming and _english(object_):
                bucket = labels[subject]
                kind = "alt" if any(k == "label" for _, k in bucket) else "label"
                if all(text != object_.value for text, _ in bucket):
                    bucket.append((object_.value, kind))

    def _take_lexicon(self) -> None:
        for entry in self.entries.values():
            targets = list(entry.get("denotes", ()))
            for sense in entry.get("sense", ()):
                targets += self.entries.get(sense, {}).get("reference", [])
            words = list(entry.get("writtenRep", ()))
            for form in (
                *entry.get("canonicalForm", ()),
                *entry.get("otherForm", ()),
                *entry.get("lexicalForm", ()),
            ):
                words += self.entries.get(form, {}).get("writtenRep", [])
            inverse = "inverse" in entry.get("argumentOrder", ())
            for target in targets:
                self.facts.lexicon[target] += [(word, inverse) for word in words]


def names_things(facts: Facts, property_: str) -> bool:
    """Tell whether a property's label, or its local name where it has none, says that it names things."""
    said = [text for text, _ in facts.labels.get(property_, ())] or [local_name(property_)]
    return any(text.lower().replace(" ", "") in _NAME_WORDS for text in said)


def read_facts(dataset: Dataset, lang: str = "en") -> Facts:
    """Read every triple of a dataset once and return what it holds."""
    reader = FactsReader(dataset.has_claims, lang)
    for subject, predicate, object_ in _triples(dataset):
        reader.take(subject, predicate, object_)
    return reader.finish()
