"""What the rules of the grammar share: tables, type checks, and how a subject or an object is put in its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kg.questions.claims.meaning import Clause, Link, Predicate, Term, Way, flip, merge
from kg.questions.claims.types import Types
from kg.vocabulary.claim_terms import ClaimTerms, stem_of

__all__ = ["LOOSE", "MAX_LINKS", "NOTHING", "Joining", "Results"]

LOOSE = ("of", "for", "in", "to", "with", "behind", "from", "on", "at", "about", "among", "between", "by")
"""Prepositions that may join a class to a thing by a relation that is not named."""

MAX_LINKS = 4
_STAND_IN = 0.6
"""What it costs to ask something of those that a thing is named for."""
Results = Iterable[tuple[str, Any, float]]
NOTHING: Results = ()


class Joining:
    """Tables of rules over one graph's terms, and what several rules do."""

    def __init__(self, terms: ClaimTerms) -> None:
        self.terms = terms
        self.types = Types(terms)
        self.binary: dict[tuple[str, str], list[Callable[[Any, Any], Results]]] = defaultdict(list)
        self.unary: dict[str, list[Callable[[Any], Results]]] = defaultdict(list)

    def _on(self, left: str, right: str, rule: Callable[[Any, Any], Results]) -> None:
        for a in left.split():
            for b in right.split():
                self.binary[a, b].append(rule)

    def attach(self, subject: Term, clause: Clause) -> tuple[Term, float] | None:
        """Return the subject with what is said of it, types checked."""
        links, cost = [], 0.0
        for link in clause.term.links:
            ways, price = self.types.fit(link.ways, subject, link.other)
            stood = self._stood_in(subject, link) if price else None
            links.append(stood or link._replace(ways=ways))
            cost += price if stood is None else _STAND_IN
        if subject.fixed and clause.term.kinds and not clause.term.links:
            joined: Term | None = subject._replace(
                kinds=tuple(dict.fromkeys((*subject.kinds, *clause.term.kinds)))
            )
        else:
            joined = merge(subject, clause.term._replace(links=tuple(links)))
        if joined is None or len(joined.links) > MAX_LINKS:
            return None
        return joined, cost

    def _stood_in(self, subject: Term, link: Link) -> Link | None:
        """Return *practised by those that lease capacity* for *leases capacity*, said of a way to do business."""
        found = self.types.stand_in(subject)
        if found is None or subject.items:
            return None
        iri, actor = found
        ways, price = self.types.fit(link.ways, actor, link.other)
        if price or not ways:
            return None
        return Link(((iri, False),), Term(links=(link._replace(ways=ways),)), main=link.main)

    def as_object(self, asked: Term, clause: Clause, prep: str) -> Iterator[tuple[Term, float]]:
        """Yield what is asked for as the object of a clause, with its cost."""
        verb, subject = clause.predicate, clause.term
        if verb is None or (asked.fixed and asked.wh != "which") or len(asked.links) >= MAX_LINKS:
            return
        ways = flip(verb.taking(prep))
        if prep == "by" and verb.participle and not verb.be:
            ways = (*ways, *verb.taking(""))
        if asked.bare and not prep:
            ways = self.plainest(verb, self.types.fit(ways, asked, subject)[0])
        extra = 0.0
        if not ways and not prep:
            ways, extra = flip(tuple((p, i) for p, i, _ in verb.ways)), 0.45
        if not ways:
            return
        if clause.extra:
            subject = subject._replace(links=(*subject.links, *clause.extra))
        fitting, cost = self.types.fit(ways, asked, subject)
        stood = self.types.stand_in(subject) if cost and not subject.items else None
        if stood is not None:
            iri, actor = stood
            others, price = self.types.fit(ways, asked, actor)
            if not price:
                fitting, cost = others, _STAND_IN
                subject = Term(links=(Link(((iri, True),), subject),))
        link = Link(fitting, subject, clause.negative, main=True)
        yield asked._replace(links=(*asked.links, link)), cost + extra

    def plainest(self, verb: Predicate, ways: tuple[Way, ...]) -> tuple[Way, ...]:
        """Return the ways whose own sentence has the verb, if any: *what do they run* is about what they run."""
        said = stem_of(verb.words.lower().split()[0])
        own = tuple(w for w in ways if said in self.types.verbs(w[0]))
        return own or ways

    def denied(self, clause: Clause) -> Clause:
        """Return the clause with its main relations denied."""
        links = tuple(x._replace(negative=True) if x.main else x for x in clause.term.links)
        return clause._replace(term=clause.term._replace(links=links), negative=True)
