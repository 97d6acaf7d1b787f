"""Names and classes of everything in a dataset, for those who draw or list it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from kg.dataset import Dataset
from kg.network.blanks import blank_labels
from kg.network.model import Entity
from kg.terms import PREFIXES, Term, lexical, local_name
from kg.vocabulary.reader import Facts, names_things

__all__ = ["LABELS", "SCHEMA", "Names"]

_TYPE = PREFIXES["rdf"] + "type"
LABELS = (
    PREFIXES["skos"] + "prefLabel",
    PREFIXES["rdfs"] + "label",
    "http://schema.org/name",
    "https://schema.org/name",
    "http://xmlns.com/foaf/0.1/name",
    PREFIXES["dcterms"] + "title",
)
"""Properties that name things in every graph, the best first."""
_ALIAS = PREFIXES["skos"] + "altLabel"
_NOTE = PREFIXES["skos"] + "note"
SCHEMA = tuple(PREFIXES[name] for name in ("rdf", "rdfs", "owl", "skos", "sh", "ontolex", "lexinfo", "vann"))
"""Namespaces of what describes the graph itself."""


class Names:
    """Labels, aliases and classes of everything, by a few queries whatever the number of things.

    Args:
        dataset: where the things are.
        lang: the language of labels, where there is a choice.
        of: what to read of; by default everything.
        naming: the properties that name things, where they are known from before.
    """

    def __init__(
        self,
        dataset: Dataset,
        lang: str,
        of: Iterable[str] | None = None,
        naming: Sequence[str] | None = None,
    ) -> None:
        self._dataset = dataset
        self._made: dict[str, str] = {}
        self._order = {lang: 0, None: 1, "en": 2}
        if naming is None:
            naming = (*LABELS, *(() if dataset.has_claims else self._own_naming()))
        self.naming = tuple(naming)
        self._words: dict[str, dict[str, list[Literal]]] = defaultdict(lambda: defaultdict(list))
        self._classes: dict[str, set[str]] = defaultdict(set)
        if of is None:
            self._take("?x ?p ?o . VALUES ?p { %s }")
        else:
            self.learn(of)

    def learn(self, iris: Iterable[str]) -> None:
        """Read the names and classes of some things, and the names of these classes."""
        new = [iri for iri in dict.fromkeys(iris) if not iri.startswith("_:")]
        self._take_of(new)
        self._take_of(sorted({c for iri in new for c in self._classes.get(iri, ())}.difference(new)))

    def _take_of(self, iris: Sequence[str]) -> None:
        if iris:  # with two VALUES, the engine would go through all statements
            self._take(f"VALUES ?x {{ <{'> <'.join(iris)}> }} ?x ?p ?o FILTER(?p IN (%s))", ", ")

    def learn_blanks(self) -> None:
        """Read the names and classes of all blank nodes."""
        self._take("?x ?p ?o . VALUES ?p { %s } FILTER(isBlank(?x))")
        self.learn(sorted({c for iri, many in self._classes.items() if iri.startswith("_:") for c in many}))

    def _take(self, where: str, between: str = " ") -> None:
        properties = between.join(f"<{iri}>" for iri in (*self.naming, _ALIAS, _NOTE))
        for thing, predicate, value in _rows(self._dataset, where % properties):
            if isinstance(value, Literal):
                self._words[_name(thing)][lexical(predicate)].append(value)
        for thing, _, value in _rows(self._dataset, where % f"<{_TYPE}>"):
            if isinstance(value, NamedNode) and not value.value.startswith(SCHEMA):
                self._classes[_name(thing)].add(value.value)

    def _own_naming(self) -> list[str]:
        """Return the properties of this graph that name things, by what they are called themselves."""
        used = self._dataset.select("SELECT DISTINCT ?p { ?s ?p ?o . FILTER(isLiteral(?o)) }").rows
        facts = Facts()
        for property_ in sorted(lexical(p) for (p,) in used):
            rows = self._dataset.select(f"SELECT ?l {{ <{property_}> <{LABELS[1]}> ?l }}").rows
            facts.labels[property_] += [(lexical(label), "label") for (label,) in rows]
        return [iri for iri in facts.labels if iri not in LABELS and names_things(facts, iri)]

    def take_blanks(self, triples: Sequence[tuple[str, str, str]], renamed: Mapping[str, str]) -> None:
        """Call blank nodes by their new names, and those without a label by what they are.

        Args:
            triples: the triples between things, with the new names.
            renamed: the new name of each.
        """
        for old, new in renamed.items():
            if old in self._words:
                self._words[new] = self._words.pop(old)
            if old in self._classes:
                self._classes[new] = self._classes.pop(old)
        self._made = blank_labels(triples, self._classes, self.label)

    def copy_blanks(self, other: Names, iris: Iterable[str]) -> None:
        """Take over what others know of some blank nodes, by their new names."""
        blanks = [iri for iri in iris if iri.startswith("_:")]
        for iri in blanks:
            self._words[iri], self._classes[iri] = other._words[iri], other._classes[iri]
            self._made[iri] = other._made.get(iri, "")
        if blanks:
            self.learn(sorted({c for iri in blanks for c in self._classes[iri]}))

    def label(self, iri: str) -> str:
        """Return the label of a thing; without one, the last part of its IRI."""
        words = self._words.get(iri, {})
        for predicate in self.naming:
            if values := words.get(predicate):
                return min(values, key=self._rank).value
        return self._made.get(iri) or local_name(iri) or iri

    def _rank(self, value: Literal) -> tuple[int, str]:
        return self._order.get(value.language, 3), value.value

    def entity(self, iri: str) -> Entity:
        """Return what is known of a thing."""
        words = self._words.get(iri, {})
        return Entity(
            iri,
            self.label(iri),
            tuple(sorted(self._classes.get(iri, ()))),
            tuple(sorted({v.value for v in words.get(_ALIAS, ())})),
            " ".join(sorted(v.value for v in words.get(_NOTE, ()))),
        )

    def superclasses(self) -> dict[str, tuple[str, ...]]:
        """Return the classes directly above each class."""
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
