"""What can be asked of a graph, told to people: its classes, its properties, their words, and some questions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from kg.dataset import Dataset
from kg.lookup.names import Names
from kg.resources import ontology_folder
from kg.terms import PREFIXES, compact, lexical
from kg.vocabulary import PropertyTerm, Vocabulary

__all__ = ["Overview", "Term", "overview"]

_DEFINITIONS = """SELECT ?x ?text { VALUES ?x { %s } ?x ?p ?text FILTER(?p IN (skos:definition, rdfs:comment)) }"""
_WORDS = 6
_CHEAP = 0.1
_EXAMPLES = 12


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property that a question can mention.

    Attributes:
        words: other words for it; those read from object to subject begin with ``…``.
        count: things of the class, or facts with the property.
        domain, range: labels of what the property leads from and to, most used first.
    """

    iri: str
    curie: str
    label: str
    definition: str = ""
    words: tuple[str, ...] = ()
    count: int = 0
    domain: tuple[str, ...] = ()
    range: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the term as JSON-ready data."""
        return {
            "iri": self.iri,
            "curie": self.curie,
            "label": self.label,
            "definition": self.definition,
            "words": list(self.words),
            "count": self.count,
            "domain": list(self.domain),
            "range": list(self.range),
        }


@dataclass(frozen=True, slots=True)
class Overview:
    """What can be asked: classes and properties with their words, most used first, and example questions."""

    classes: tuple[Term, ...]
    properties: tuple[Term, ...]
    examples: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the overview as JSON-ready data."""
        return {
            "classes": [term.to_dict() for term in self.classes],
            "properties": [term.to_dict() for term in self.properties],
            "examples": list(self.examples),
        }

    def about(self, word: str) -> Overview:
        """Return the part whose labels, words or definitions hold a word."""
        wanted = word.casefold()

        def fits(term: Term) -> bool:
            return any(wanted in text.casefold() for text in (term.label, term.definition, *term.words))

        return Overview(
            tuple(filter(fits, self.classes)),
            tuple(filter(fits, self.properties)),
            tuple(question for question in self.examples if wanted in question.casefold()),
        )


def overview(dataset: Dataset, vocabulary: Vocabulary, names: Names, *, built_in: bool = False) -> Overview:
    """Gather what can be asked of a dataset.

    Args:
        dataset: where the definitions are.
        vocabulary: its vocabulary.
        names: its names.
        built_in: whether the competency questions that ship with kgq are about this graph.
    """
    used = {
        iri: term
        for iri, term in vocabulary.classes.items()
        if term.count and not any(map(_machinery, (iri, *(above for above in term.supers if above != _ENTITY))))
    }
    counts: dict[str, int] = defaultdict(int)
    for usage in vocabulary.usages:
        counts[usage.property] = max(counts[usage.property], usage.triples)
    asked = {iri: term for iri, term in vocabulary.properties.items() if counts[iri] and not _machinery(iri)}
    definitions = _definitions(dataset, [*used, *asked])

    def curie(iri: str) -> str:
        return compact(iri, dataset.prefixes)

    classes = [
        Term(iri, curie(iri), term.label, definitions.get(iri, ""), _words(term.label, term.forms), term.count)
        for iri, term in used.items()
    ]
    properties = [
        Term(
            iri,
            curie(iri),
            term.label,
            definitions.get(iri, ""),
            _property_words(term),
            counts[iri],
            *_ends(vocabulary, names, iri),
        )
        for iri, term in asked.items()
    ]
    by_use = sorted(properties, key=lambda term: (-term.count, term.label))
    examples = _competency_questions() if built_in else ()
    return Overview(
        tuple(sorted(classes, key=lambda term: (-term.count, term.label))),
        tuple(by_use),
        examples or _made_up(vocabulary, classes),
    )


_ENTITY = PREFIXES["kgq"] + "Entity"


def _machinery(iri: str) -> bool:
    return iri.startswith((PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["kgq"], PREFIXES["prov"]))


def _definitions(dataset: Dataset, iris: list[str]) -> dict[str, str]:
    if not iris:
        return {}
    rows = dataset.select(_DEFINITIONS % " ".join(f"<{iri}>" for iri in iris)).rows
    return {
        lexical(iri): lexical(text) for iri, text in sorted(rows, key=lambda row: lexical(row[1]), reverse=True)
    }


def _words(label: str, forms: tuple[tuple[str, float], ...]) -> tuple[str, ...]:
    known = (text for text, cost in sorted(forms, key=lambda form: form[1]) if cost <= _CHEAP)
    return tuple(dict.fromkeys(text for text in known if text.casefold() != label.casefold()))[:_WORDS]


def _property_words(term: PropertyTerm) -> tuple[str, ...]:
    cheap = sorted((form for form in term.forms if form[1] <= _CHEAP), key=lambda form: (form[2], form[1]))
    words = (f"… {text}" if inverse else text for text, _, inverse in cheap)
    return tuple(dict.fromkeys(text for text in words if text.casefold() != term.label.casefold()))[:_WORDS]


def _ends(vocabulary: Vocabulary, names: Names, iri: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels of the classes a property leads from and to, the most used first."""
    used = sorted((u for u in vocabulary.usages if u.property == iri), key=lambda u: -u.triples)
    used = [u for u in used if _ENTITY not in (u.domain, u.range)] or used

    def label(end: str) -> str:
        return vocabulary.classes[end].label if end in vocabulary.classes else names.label(end)

    return (
        tuple(dict.fromkeys(label(usage.domain) for usage in used if usage.domain))[:3],
        tuple(dict.fromkeys(label(usage.range) for usage in used if usage.range))[:3],
    )


def _competency_questions() -> tuple[str, ...]:
    """Return some of the questions that ship with kgq, spread over its subjects."""
    import yaml

    path = ontology_folder() / "questions.yaml"
    if not path.is_file():
        return ()
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    answered = [entry["question"] for entry in listed if entry.get("status") == "answered"]
    step = max(1, len(answered) // _EXAMPLES)
    return tuple(answered[::step][:_EXAMPLES])


def _made_up(vocabulary: Vocabulary, classes: list[Term]) -> tuple[str, ...]:
    """Make questions of the kinds that every graph can answer."""
    found: list[str] = []
    for term in sorted(classes, key=lambda term: (-term.count, term.label))[:3]:
        found += [f"list every {term.label}", f"how many things are a {term.label}"]
        thing = next((e for e in vocabulary.entities.values() if term.iri in e.types and e.label), None)
        if thing is not None:
            found.append(f"tell me about {thing.label}")
    return tuple(found)
