"""Finds what a person means by a name: a label, an alias, a misspelling on record, a CURIE, an IRI or a slug."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.dataset import Dataset
from kg.errors import AmbiguousNameError, UnknownEntityError
from kg.results import Rows
from kg.terms import PREFIXES, compact, expand, local_name

__all__ = ["ALIASES", "NAMING", "Entity", "Names", "key_of"]

NAMING = (
    "rdfs:label", "skos:prefLabel", "skos:altLabel", "skos:hiddenLabel", "dcterms:title",
    "<http://xmlns.com/foaf/0.1/name>", "<http://schema.org/name>", "<https://schema.org/name>",
)  # fmt: skip
"""Properties that name things, as SPARQL writes them."""

ALIASES = {"skos:altLabel": 1, "skos:hiddenLabel": 2}
"""Those that do not give the name to show, with how much less they count."""

_NAMING = f"VALUES ?p {{ {' '.join(NAMING)} }}"
_LABELS = f"SELECT ?x ?p ?label {{ {_NAMING} ?x ?p ?label }}"
_WRITTEN = f"SELECT ?x ?p ?label {{ VALUES ?label {{ %s }} {_NAMING} ?x ?p ?label }}"
_OF_THESE = f"SELECT ?x ?p ?label {{ VALUES ?x {{ %s }} ?x ?p ?label FILTER(?p IN ({', '.join(NAMING)})) }}"
"""A second VALUES in place of the filter makes the embedded engine read all names."""
_LOW = f"SELECT ?x ?p ?label {{ {_NAMING} ?x ?p ?label BIND(LCASE(STR(?label)) AS ?low) FILTER(%s) }}"
_SUBJECTS = "SELECT DISTINCT ?x { ?x ?p ?o FILTER(isIRI(?x))"
_SCHEMA = """SELECT DISTINCT ?x { VALUES ?type { rdfs:Class owl:Class rdf:Property owl:ObjectProperty
  owl:DatatypeProperty owl:AnnotationProperty kgq:Rule } ?x a ?type }"""
_ALIAS = {PREFIXES["skos"] + "altLabel": 1, PREFIXES["skos"] + "hiddenLabel": 2}
_NEAR = 62.0
_SURE = 80.0
_PIECE = 3
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing in the graph: its IRI, its label, and the short name that always finds it."""

    iri: str
    label: str
    curie: str

    def to_dict(self) -> dict[str, Any]:
        """Return the entity as JSON-ready data."""
        return {"iri": self.iri, "label": self.label, "curie": self.curie}


class Names:
    """The names of one dataset.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> Names(Dataset(OxigraphEngine())).labels
    {}

    Args:
        dataset: what they are names of.
        lang: the language of labels, where there is a choice.
        many: tells whether there are so many that they are looked up rather than read; asked when that matters.
    """

    def __init__(self, dataset: Dataset, lang: str = "en", many: Callable[[], bool] = lambda: False) -> None:
        self._dataset = dataset
        self._lang = lang
        self._many = many
        self._looked_up: dict[str, list[tuple[int, str]]] = {}

    @cached_property
    def are_many(self) -> bool:
        """Whether there are so many that they are looked up as they are written, before all are read."""
        return self._many()

    @cached_property
    def labels(self) -> dict[str, list[tuple[int, str]]]:
        """Every name of each IRI with its rank: 0 for a label, 1 for an alias, 2 for a misspelling."""
        return self._ranked(self._dataset.select(_LABELS))

    def _ranked(self, rows: Rows) -> dict[str, list[tuple[int, str]]]:
        found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for node, predicate, label in rows:
            if isinstance(node, NamedNode) and isinstance(predicate, NamedNode) and isinstance(label, Literal):
                preference = {self._lang: 0, None: 1, "en": 2}.get(label.language, 3)
                found[node.value].append((_ALIAS.get(predicate.value, 0), preference, label.value))
        return {
            iri: [(rank, text) for rank, _, text in sorted(set(names))] for iri, names in sorted(found.items())
        }

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[int, str]]]:
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for iri, names in self.labels.items():
            for rank, text in names:
                found[key_of(text)].append((rank, iri))
        return found

    @cached_property
    def _by_slug(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        rows = self._dataset.select(_SUBJECTS + " }")
        for iri in sorted(rows.column("x")):
            found[local_name(iri).casefold()].append(iri)
        return found

    @cached_property
    def schema(self) -> frozenset[str]:
        """IRIs of the classes, properties and rules."""
        return frozenset(self._dataset.select(_SCHEMA).column("x"))

    def of(self, iri: str) -> list[tuple[int, str]]:
        """Return the names of one IRI, best first, without reading those of all others."""
        if "labels" in self.__dict__:
            return self.labels.get(iri, [])
        if iri not in self._looked_up:
            found = self._ranked(self._dataset.select(_OF_THESE % f"<{iri}>")) if _is_iri(iri) else {}
            self._looked_up[iri] = found.get(iri, [])
        return self._looked_up[iri]

    def label(self, iri: str) -> str:
        """Return the best label of an IRI, else its local name."""
        names = self.of(iri)
        return names[0][1] if names and names[0][0] == 0 else local_name(iri)

    def entity(self, iri: str) -> Entity:
        """Return the entity behind an IRI, whether or not the graph knows it."""
        return Entity(iri, self.label(iri), compact(iri, self._dataset.prefixes))

    def find(self, name: str) -> Entity:
        """Return the one thing a name stands for.

        Args:
            name: label, alias, CURIE, IRI, or the last part of an IRI; case and a leading "the" do not matter.

        Raises:
            UnknownEntityError: nothing has this name; it carries the nearest names.
            AmbiguousNameError: several things have it, none better than the others.
        """
        name = name.strip()
        iri = expand(name, self._dataset.prefixes)
        if iri is not None and self._exists(iri):
            return self.entity(iri)
        best = self._written(name)
        if not best:
            candidates = self._called(name)
            best = sorted(iri for rank, iri in candidates if rank == min(candidates)[0])
        best = best or self._slugged(name)
        things = [iri for iri in best if iri not in self.schema] or best
        if len(things) > 1:
            raise AmbiguousNameError(name, [compact(iri, self._dataset.prefixes) for iri in things])
        if not things:
            raise UnknownEntityError(name, self.nearest(local_name(name) if iri is not None else name))
        return self.entity(things[0])

    def nearest(self, name: str, limit: int = 3) -> list[str]:
        """Return the labels most like a name, best first, one for each thing."""
        from rapidfuzz import fuzz, process

        found: dict[str, None] = {}
        for names in self._pools(name):
            found.clear()
            pool = {(iri, text): key_of(text) for iri, names_of in names.items() for _, text in names_of}
            hits = process.extract(key_of(name), pool, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=limit * 4)
            for _, _, (iri, _) in hits:
                if len(found) < limit:
                    found.setdefault(self.label(iri))
            if hits and hits[0][1] >= _SURE:
                break  # what is only a little like it may be less so than a name that shares no piece with it
        return list(found)

    def _called(self, name: str) -> list[tuple[int, str]]:
        """Return what has a name, whatever its case, with the rank of the name."""
        key = key_of(name)
        if "labels" not in self.__dict__ and key.isascii():
            some = self._containing([max(key.split(), key=len, default="")])
            return [(rank, iri) for iri, names in some.items() for rank, text in names if key_of(text) == key]
        return self._by_name.get(key, [])

    def _slugged(self, name: str) -> list[str]:
        """Return the IRIs that end so."""
        if "_by_slug" not in self.__dict__ and name.isascii():
            ending = Literal(name.lower())
            found = self._dataset.select(f"{_SUBJECTS} FILTER(STRENDS(LCASE(STR(?x)), {ending})) }}").column("x")
            return sorted(iri for iri in found if local_name(iri).casefold() == name.casefold())
        return self._by_slug.get(name.casefold(), [])

    def _pools(self, name: str) -> Iterator[dict[str, list[tuple[int, str]]]]:
        """Yield the names among which those near a name are looked for: some first, then all."""
        if "labels" not in self.__dict__:
            words = [word for word in key_of(name).split() if len(word) > _PIECE]
            # a slip or two leave one end of a word as it is
            yield self._containing([piece for word in words for piece in (word[:_PIECE], word[-_PIECE:])])
        yield self.labels

    def _containing(self, pieces: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
        """Return the names with one of some pieces in them, without reading all others."""
        plain = [Literal(piece) for piece in dict.fromkeys(pieces) if piece.isascii() and piece]
        if not plain:
            return {}
        tests = " || ".join(f"CONTAINS(?low, {piece})" for piece in plain)
        return self._ranked(self._dataset.select(_LOW % tests))

    def holding(self, words: Sequence[str]) -> dict[str, list[tuple[int, str]]]:  # noqa: ARG002 - likewise
        """Return the names of what may have some words in its names."""
        return self.labels

    def learn(self, iris: Iterable[str]) -> None:
        """Look up the names of many IRIs at once, so that :meth:`of` need not ask for each."""
        new = [iri for iri in dict.fromkeys(iris) if iri not in self._looked_up and _is_iri(iri)]
        if "labels" in self.__dict__:
            return
        for n in range(0, len(new), _BATCH):
            part = new[n : n + _BATCH]
            found = self._ranked(self._dataset.select(_OF_THESE % " ".join(f"<{iri}>" for iri in part)))
            self._looked_up.update({iri: found.get(iri, []) for iri in part})

    def _written(self, name: str) -> list[str]:
        """Return what has exactly this name, or of many the name as names are written: quick at any size."""
        found = self._spelt([name])
        if not found and self.are_many:
            from kg.vocabulary.words import spelt

            found = self._spelt(spelt(name))
        return found

    def _spelt(self, names: Iterable[str]) -> list[str]:
        forms = {str(Literal(n, language=tag)) for n in names for tag in (None, self._lang, "en")}
        rows = self._dataset.select(_WRITTEN % " ".join(sorted(forms)))
        ranked = [(names[0][0], iri) for iri, names in self._ranked(rows).items()]
        return sorted(iri for rank, iri in ranked if rank == min(ranked)[0])

    def _exists(self, iri: str) -> bool:
        if not _is_iri(iri):
            return False
        node = NamedNode(iri)
        return self._dataset.ask(f"ASK {{ {{ {node} ?p ?o }} UNION {{ ?s ?p {node} }} UNION {{ ?s {node} ?o }} }}")


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def key_of(text: str) -> str:
    """Return what names have in common that people take for the same."""
    words = text.casefold().replace("“", "").replace("”", "").replace("-", " ").split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)
