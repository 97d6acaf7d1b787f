"""Which relations fit which terms: domains, ranges, classes; and the relations that say what a thing is."""

from __future__ import annotations

import re
from functools import cached_property

from kg.questions.claims.meaning import Term, Way
from kg.vocabulary.claim_terms import ClaimTerms, stem_of

__all__ = ["Types"]

_MISFIT = 2.0
_PARTITIVE = re.compile(
    r"\{s\} (?:includes|consists of|comprises|contains|is made (?:up )?of|is composed of|splits into) \{o\}"
)


class Types:
    """Type checks over one graph's terms."""

    def __init__(self, terms: ClaimTerms) -> None:
        self.terms = terms
        self._verbs: dict[str, frozenset[str]] = {}

    def fit(self, ways: tuple[Way, ...], holder: Term, other: Term) -> tuple[tuple[Way, ...], float]:
        """Return the ways that join two terms, or all of them at a price if none does."""
        good = tuple(w for w in ways if self._holds(w, holder) and self._holds((w[0], not w[1]), other))
        if good or not ways:
            return good, 0.0
        return ways, _MISFIT

    def _holds(self, way: Way, term: Term) -> bool:
        """Whether a term can be the subject (or, inverse, the object) of a property."""
        relation = self.terms.relations.get(way[0])
        if relation is None:
            return True
        if any(not self._holds(way, item) for item in term.items):
            return False
        if way[1]:
            if relation.datatype:
                return not (term.iris or term.kinds) and term.wh != "who"
            return not term.value and self._within(term, relation.ranges)
        return not term.value and self._within(term, relation.domains)

    def _within(self, term: Term, classes: tuple[str, ...]) -> bool:
        if not classes:
            return True
        if term.iris:
            return any(self._thing_within(iri, classes) for iri in term.iris)
        return all(self._kind_within(kind, classes) for kind in term.kinds)

    def _thing_within(self, iri: str, classes: tuple[str, ...]) -> bool:
        thing = self.terms.things.get(iri)
        if thing is None or thing.background or not thing.kinds:
            return True
        return bool(set(classes) & set(thing.kinds))

    def _kind_within(self, iri: str, classes: tuple[str, ...]) -> bool:
        kind = self.terms.kinds.get(iri)
        if kind is None:
            return True
        return any(c in kind.below or c in kind.above for c in classes)

    def is_a(self, iri: str, kind: str) -> bool:
        """Whether a thing is declared an instance of a class."""
        thing = self.terms.things.get(iri)
        return thing is not None and kind in thing.kinds

    @cached_property
    def copulas(self) -> tuple[str, ...]:
        """The properties whose sentence says that the subject is the object."""
        return tuple(iri for iri, r in self.terms.relations.items() if r.copular)

    @cached_property
    def doings(self) -> tuple[Way, ...]:
        """The ways in which somebody *does* something, by the words of the graph."""
        words = (w for w in self.terms.words("do") if w.cat == "verb" and not w.prep)
        return tuple((w.key, w.inverse) for w in words)

    def verbs(self, iri: str) -> frozenset[str]:
        """Return the first verb of a property's label and of its sentence, as stems."""
        known = self._verbs.get(iri)
        if known is None:
            relation = self.terms.relations.get(iri)
            texts = (relation.label, relation.patterns[0].replace("{s}", "")) if relation else ()
            known = self._verbs[iri] = frozenset(stem_of(t.split()[0].lower()) for t in texts if t.split())
        return known

    @cached_property
    def partitives(self) -> tuple[str, ...]:
        """The properties whose sentence says what something consists of."""
        return tuple(iri for iri, r in self.terms.relations.items() if _PARTITIVE.fullmatch(r.patterns[0]))

    @cached_property
    def becomings(self) -> tuple[str, ...]:
        """The properties whose sentence says that the subject becomes the object."""
        return tuple(iri for iri, r in self.terms.relations.items() if r.patterns[0] == "{s} becomes {o}")

    @cached_property
    def havings(self) -> tuple[str, ...]:
        """The properties whose sentence is *the subject has the object*."""
        return tuple(iri for iri, r in self.terms.relations.items() if r.patterns[0] == "{s} has {o}")

    @cached_property
    def placements(self) -> tuple[str, ...]:
        """The properties that put things into groups."""
        return tuple(iri for iri, r in self.terms.relations.items() if r.placement)

    def stand_in(self, term: Term) -> tuple[str, Term] | None:
        """Return the property by which a term is named for something else, and what that is."""
        for iri, relation in self.terms.relations.items():
            kinds = tuple(k for k in relation.ranges if k in self.terms.kinds)
            if relation.stand_in and kinds and self._surely(term, relation.domains):
                return iri, Term(kinds=kinds[:1])
        return None

    def _surely(self, term: Term, classes: tuple[str, ...]) -> bool:
        """Whether a term is of one of some classes, and not only possibly so."""
        if term.iris:
            return all(any(self.is_a(iri, c) for c in classes) for iri in term.iris)
        known = [self.terms.kinds[k] for k in term.kinds if k in self.terms.kinds]
        return any(c in (kind.iri, *kind.above) for kind in known for c in classes)

    def memberships(self, group: Term) -> tuple[Way, ...]:
        """Return the ways in which something belongs to a group."""
        ways = tuple((iri, False) for iri in self.placements)
        return tuple(w for w in ways if self._holds((w[0], True), group))
