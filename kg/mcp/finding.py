"""Finds what a name means, exactly or nearly: by the label index, without reading all names of a large graph."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from kg.cache.graphs import CachedEngine
from kg.errors import AmbiguousNameError, UnknownEntityError
from kg.lookup.names import Entity
from kg.terms import compact, expand, local_name
from kg.vocabulary.words import stem, stems

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.vocabulary.index import LabelIndex

__all__ = ["Candidate", "Finder"]

_SAME, _BEGINS, _MISSPELT = 1.0, 0.8, 0.6
_PHRASES = 2_000
"""Phrases looked at for each word; a word in more of them tells little."""
_BEST = 200
"""Phrases whose things are looked at; more than one call may show."""
_COMPLETIONS = 100
_KINDS = ("entity", "class", "property")
_HASH = 40
"""Characters from which a name that nothing labels is a digest, and nobody looks for it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something a name may mean.

    Attributes:
        kind: ``entity``, ``class`` or ``property``.
        types: labels of its classes.
        score: 1 for its very name, less for a part of it, an alias, or a slip of the pen.
    """

    entity: Entity
    kind: str
    types: tuple[str, ...]
    score: float

    def to_dict(self) -> dict[str, Any]:
        """Return the candidate as JSON-ready data."""
        return {
            **self.entity.to_dict(),
            "kind": self.kind,
            "types": list(self.types),
            "score": round(self.score, 3),
        }


class Finder:
    """The names of one graph.

    >>> from kg import open_graph
    >>> Finder(open_graph()).resolve("AWS").label
    'Amazon Web Services'
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        self._large = isinstance(graph.dataset.engine, CachedEngine)

    @property
    def _index(self) -> LabelIndex:
        return self._graph.vocabulary.index

    def resolve(self, name: str) -> Entity:
        """Return the one thing a name stands for.

        Args:
            name: label, alias, CURIE, IRI, or the last part of an IRI.

        Raises:
            UnknownEntityError: nothing has this name; it carries the nearest names.
            AmbiguousNameError: several things have it, none better than the others.
        """
        named = self._by_iri(name)
        if named is not None:
            return named
        if not self._large:
            return self._graph.find(name)
        self._graph.vocabulary.hear(name)
        exact = [c for c in self._exact(name) if c.kind == "entity"] or list(self._exact(name))
        best = [c for c in exact if c.score == max(other.score for other in exact)]
        same = [c for c in best if c.entity.label.casefold() == name.strip().casefold()] or best
        if len(same) > 1:
            raise AmbiguousNameError(name, [c.entity.curie for c in same[:20]])
        if not same:
            raise UnknownEntityError(name, [c.entity.label for c in self.candidates(name, limit=3)])
        return same[0].entity

    def _by_iri(self, name: str) -> Entity | None:
        iri = expand(name.strip(), self._graph.dataset.prefixes)
        if iri is None:
            return None
        try:
            node = NamedNode(iri)
        except ValueError:
            return None
        if not self._graph.dataset.ask(f"ASK {{ {{ {node} ?p ?o }} UNION {{ ?s ?p {node} }} }}"):
            return None
        return self._graph.names.entity(iri)

    def candidates(self, name: str, *, kinds: Collection[str] = _KINDS, limit: int = 200) -> list[Candidate]:
        """Return what a name may mean, the likeliest first: by the very name, or by its words, misspelt or not."""
        self._graph.vocabulary.hear(name)
        found = {c.entity.iri: c for c in self._exact(name)}
        for candidate in self._by_words(name):
            known = found.get(candidate.entity.iri)
            if known is None or known.score < candidate.score:
                found[candidate.entity.iri] = candidate
        named = self._by_iri(name)
        if named is not None:
            found[named.iri] = self._candidate(*self._kind(named.iri), _SAME)
        fitting = [candidate for candidate in found.values() if candidate.kind in kinds]
        return sorted(fitting, key=lambda c: (-c.score, len(c.entity.label), c.entity.label, c.entity.iri))[:limit]

    def _exact(self, name: str) -> Iterator[Candidate]:
        for entry in self._index.phrases.get(" ".join(_words(name)), ()):
            if entry.kind in _KINDS and not self._is_digest(entry.kind, entry.key):
                yield self._candidate(entry.key, entry.kind, _SAME - entry.cost)

    def _by_words(self, name: str) -> Iterator[Candidate]:
        wanted = _words(name)
        scores: dict[str, float] = {}
        for word in wanted:
            best: dict[str, float] = {}
            for known, score in self._like(word):
                for phrase in self._index.words().get(known, ())[:_PHRASES]:
                    best[phrase] = max(best.get(phrase, 0.0), score)
            for phrase, score in best.items():
                scores[phrase] = scores.get(phrase, 0.0) + score
        whole = [phrase for phrase, score in scores.items() if score >= _MISSPELT * len(wanted)]
        shares = {phrase: scores[phrase] / max(len(wanted), phrase.count(" ") + 1) for phrase in whole or scores}
        for phrase in heapq.nlargest(_BEST, shares, key=shares.__getitem__):
            share = shares[phrase]
            for entry in self._index.phrases.get(phrase, ()):
                if entry.kind in _KINDS and not self._is_digest(entry.kind, entry.key):
                    yield self._candidate(entry.key, entry.kind, 0.9 * share * (1 - entry.cost))

    def _like(self, word: str) -> Iterator[tuple[str, float]]:
        words = self._index.words()
        if word in words:
            yield word, _SAME
        if len(word) > 2:
            yield from ((known, _BEGINS) for known in self._index.words_beginning(word, 50) if known != word)
        if word not in words:
            yield from ((known, _MISSPELT) for known in self._index.near(word, 5, loose=True))

    def _is_digest(self, kind: str, iri: str) -> bool:
        term = self._graph.vocabulary.entities.get(iri) if kind == "entity" else None
        return term is not None and not term.named and len(local_name(iri)) >= _HASH

    def _kind(self, iri: str) -> tuple[str, str]:
        vocabulary = self._graph.vocabulary
        kind = "class" if iri in vocabulary.classes else "property" if iri in vocabulary.properties else "entity"
        return iri, kind

    def _candidate(self, iri: str, kind: str, score: float) -> Candidate:
        vocabulary = self._graph.vocabulary
        term = vocabulary.entities.get(iri) if kind == "entity" else None
        types = (
            ()
            if term is None
            else tuple(vocabulary.classes[t].label for t in term.types[:5] if t in vocabulary.classes)
        )
        label = self._graph.names.label(iri)
        return Candidate(Entity(iri, label, compact(iri, self._graph.dataset.prefixes)), kind, types[:5], score)

    def completions(self, start: str) -> list[str]:
        """Return names of entities that begin so, at most a hundred."""
        pieces = start.split()
        if not pieces:
            return []
        found: dict[str, None] = {}
        for last in dict.fromkeys((pieces[-1].casefold(), stem(pieces[-1].casefold()))):
            prefix = " ".join((*stems(" ".join(pieces[:-1])), last))
            for phrase in self._index.phrases_beginning(prefix, _PHRASES):
                for entry in self._index.phrases.get(phrase, ()):
                    if entry.kind == "entity" and not self._is_digest(entry.kind, entry.key):
                        found.setdefault(self._graph.names.label(entry.key))
                if len(found) >= _COMPLETIONS:
                    break
        begin = start.casefold()
        return sorted(found, key=lambda name: (not name.casefold().startswith(begin), name.casefold()))[
            :_COMPLETIONS
        ]


def _words(name: str) -> tuple[str, ...]:
    words = stems(name)
    return words[1:] if len(words) > 1 and words[0] == "the" else words
