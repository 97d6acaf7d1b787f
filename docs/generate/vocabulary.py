"""The reference of the classes and properties, made of the Turtle they are written in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store

from docs.generate.diagram import Row, diagram
from kg.resources import ontology_folder

__all__ = ["diagrams", "vocabulary_page"]

PREFIXES = {
    "kgq": "https://w3id.org/kgq/core#",
    "aii": "https://w3id.org/kgq/aii#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "ontolex": "http://www.w3.org/ns/lemon/ontolex#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "bibo": "http://purl.org/ontology/bibo/",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
}
PARTS = {"core": "https://w3id.org/kgq/core", "compute": "https://w3id.org/kgq/aii"}
_OPENING = """\
<!-- generated: python -m docs.generate -->
# Classes and properties

The two vocabularies that ship with kgq, from `ontology/core.ttl` and `ontology/compute.ttl`, with the words that
questions use for their terms, from `ontology/lexicon.ttl`. `kgq vocabulary` lists what any graph can be asked.
[Claims and evidence](../explanation/claims.md) tells how claims are put together with these terms.
"""


@dataclass(frozen=True)
class Term:
    """A class, a property or an individual, and what its vocabulary says of it."""

    iri: str
    kinds: frozenset[str]
    label: str
    definition: str
    note: str
    above: tuple[str, ...]
    domain: str
    range: str
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its CURIE."""
        return curie(self.iri)


def curie(iri: str) -> str:
    """Return an IRI in short."""
    for prefix, base in PREFIXES.items():
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    return f"<{iri}>"


@cache
def _store() -> Store:
    store = Store()
    for name in ("core.ttl", "compute.ttl", "lexicon.ttl"):
        store.load(path=str(ontology_folder() / name), format=RdfFormat.TURTLE)
    return store


def _rows(query: str) -> list[tuple[str, ...]]:
    found = _store().query(query, prefixes=PREFIXES)
    if not isinstance(found, QuerySolutions):
        raise TypeError(query)
    names = [variable.value for variable in found.variables]
    return [
        tuple(value.value if isinstance(value := row[name], (NamedNode, Literal)) else "" for name in names)
        for row in found
    ]


def _grouped(query: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for subject, value in sorted(_rows(query)):
        found[subject].append(value)
    return found


@cache
def terms(part: str) -> tuple[Term, ...]:
    """Return the terms of a vocabulary, in the order of their labels."""
    own = f"?term rdfs:isDefinedBy <{PARTS[part]}>"
    kinds = _grouped(f"SELECT ?term ?kind {{ {own} ; a ?kind }}")
    above = _grouped(
        f"SELECT ?term ?above {{ {own} ; rdfs:subClassOf|rdfs:subPropertyOf ?above FILTER(isIRI(?above)) }}"
    )
    said = {
        name: _grouped(f"SELECT ?term ?value {{ {own} ; {name} ?value }}")
        for name in ("rdfs:label", "skos:definition", "skos:scopeNote", "rdfs:domain", "rdfs:range")
    }
    words = _grouped(
        f"SELECT ?term ?word {{ {own} ."
        " ?entry ontolex:denotes ?term ; ontolex:canonicalForm/ontolex:writtenRep ?word }"
    )

    def one(name: str, iri: str) -> str:
        return next(iter(said[name].get(iri, ())), "")

    found = [
        Term(
            iri,
            frozenset(map(curie, kinds[iri])),
            label=" ".join(said["rdfs:label"].get(iri, ())),
            definition=" ".join(said["skos:definition"].get(iri, ())),
            note=" ".join(said["skos:scopeNote"].get(iri, ())),
            above=tuple(above.get(iri, ())),
            domain=one("rdfs:domain", iri),
            range=one("rdfs:range", iri),
            words=tuple(dict.fromkeys(words.get(iri, ()))),
        )
        for iri in kinds
    ]
    return tuple(sorted(found, key=lambda term: (term.label.lower(), term.iri)))


def _labels() -> dict[str, str]:
    return {term.iri: term.label for part in PARTS for term in terms(part)}


def _label(iri: str) -> str:
    return _labels().get(iri) or curie(iri)


def _classes(part: str) -> list[Term]:
    return [term for term in terms(part) if "owl:Class" in term.kinds]


def _properties(part: str) -> list[Term]:
    return [term for term in terms(part) if any(kind.endswith("Property") for kind in term.kinds)]


def vocabulary_page() -> str:
    """Return the page."""
    lines = [_OPENING]
    titles = {"core": "Claims: `kgq:`", "compute": "AI infrastructure: `aii:`"}
    for part, title in titles.items():
        ((about,),) = _rows(f"SELECT ?about {{ <{PARTS[part]}> dcterms:description ?about }}")
        lines += [f"## {title}", "", about, ""]
        lines += [f"![{_caption(part)}](../images/vocabulary-{part}.svg)", ""]
        lines += [f"### Classes of {part}", ""]
        lines += _tree(_classes(part))
        lines += ["", f"### Properties of {part}", ""]
        lines += [_entry(term) for term in _properties(part)]
        rest = [t for t in terms(part) if t not in _classes(part) and t not in _properties(part) and t.definition]
        if rest:
            lines += ["", f"### Individuals of {part}", ""]
            lines += [_entry(term) for term in rest]
        lines.append("")
    return "\n".join(lines)


def _caption(part: str) -> str:
    return (
        f"Which classes the properties of {part} relate: those they start from, the properties, those they lead to"
    )


def _tree(classes: Sequence[Term], above: str = "", depth: int = 0) -> Iterator[str]:
    """Yield classes with the ones below them indented; those whose superclass is elsewhere stand at the top."""
    own = {term.iri for term in classes}
    for term in classes:
        parents = [iri for iri in term.above if iri in own]
        if (above in parents) if above else not parents:
            yield "  " * depth + _entry(term)
            yield from _tree(classes, term.iri, depth + 1)


def _entry(term: Term) -> str:
    said = [f"- **{term.label or term.name}** `{term.name}`", f": {term.definition}" if term.definition else "."]
    if term.note:
        said.append(f" {term.note}")
    if term.domain or term.range:
        ends = [_label(end) if end else "anything" for end in (term.domain, term.range)]
        said.append(f" *{ends[0]} → {ends[1]}.*")
    outside = [curie(iri) for iri in term.above if iri not in _labels()]
    if outside:
        said.append(f" Below `{'`, `'.join(outside)}`.")
    if any(kind.endswith("Property") for kind in term.kinds) and any(iri in _labels() for iri in term.above):
        said.append(f" Part of *{', '.join(_label(iri) for iri in term.above if iri in _labels())}*.")
    words = [word for word in term.words if word != term.label]
    if words:
        said.append(f" Words: {', '.join(words)}.")
    return "".join(said)


def diagrams() -> Mapping[str, str]:
    """Return the pictures of the page, by name."""
    found = {}
    for part in PARTS:
        rows = [
            Row(
                _label(term.domain) if term.domain else "anything",
                term.label,
                _label(term.range) if term.range else "text or number",
            )
            for term in _properties(part)
            if term.domain or term.range
        ]
        below = defaultdict(list)
        for term in _classes(part):
            for iri in term.above:
                below[_label(iri)].append(term.label)
        found[f"vocabulary-{part}"] = diagram(rows, below, _caption(part))
    return found
