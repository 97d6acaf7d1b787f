"""From a reading to SPARQL over claims: every relation is a claim node, and projected as its support."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from kg.questions.claims.meaning import Link, Term, Way
from kg.terms import PREFIXES
from kg.vocabulary.claim_terms import ClaimTerms

__all__ = ["Context", "Query", "compile_term", "kinds_below"]

_KIND_CLASSES = {"stated": "StatedClaim", "inferred": "InferredClaim", "background": "BackgroundClaim"}
_ROOT = PREFIXES["kgq"] + "Entity"
LIMIT = 2_000


class Context(NamedTuple):
    """What holds for a whole question.

    Attributes:
        include: kinds of claims that count.
        scenarios: the scenarios it is set in; ``("*",)`` for any one.
        voices: who must say it; empty for anybody.
        present: it asks about now.
        past: it asks about what was once.
        certain: it asks what *will* be, so that a mere *may* is no answer.
        strengths: (strength, word) of adverbs such as *always*.
        wordings: words that the claims' qualifiers must hold.
        both: *both* or *each* was said.
        excluded: things left out of the answer (*besides CoreWeave*).
        numbers: how many things it speaks of (*the two models*).
        loose: every kind, scenario and polarity counts: what comes near.
    """

    include: tuple[str, ...] = ("stated", "inferred")
    scenarios: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    present: bool = False
    past: bool = False
    certain: bool = False
    strengths: tuple[tuple[str, str], ...] = ()
    wordings: tuple[str, ...] = ()
    both: bool = False
    excluded: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    loose: bool = False


class Query(NamedTuple):
    """A compiled reading.

    Attributes:
        sparql: the query.
        links: (variable, link) of each claim, in the order projected after the answer.
        owner: variable of the coordinated end, '' if there is none.
    """

    sparql: str
    links: tuple[tuple[str, Link], ...]
    owner: str


def compile_term(term: Term, terms: ClaimTerms, context: Context, *, denied: bool = False) -> Query:
    """Return the SPARQL that finds a term and the claims behind it.

    Args:
        term: what is asked for.
        terms: of the graph.
        context: scenario, voices and kinds of claims.
        denied: ask for claims that deny the main relations.
    """
    return _Compiler(terms, context, denied).compile(term)


def kinds_below(terms: ClaimTerms, kind: str) -> tuple[str, ...]:
    """Return a class and all classes below it."""
    known = terms.kinds.get(kind)
    return known.below if known else (kind,)


class _Compiler:
    def __init__(self, terms: ClaimTerms, context: Context, denied: bool) -> None:
        self.terms = terms
        self.context = context
        self.denied = denied
        self.links: list[tuple[str, Link]] = []
        self.owner = ""
        self.fresh = 0

    def compile(self, term: Term) -> Query:
        body = self._term("?answer", term)
        names = [
            "?answer",
            *([self.owner] if self.owner else []),
            *(name for name, _ in self.links),
        ]
        lines = "\n".join(f"  {line}" for line in body)
        sparql = f"SELECT DISTINCT {' '.join(names)} WHERE {{\n{lines}\n}}"
        return Query(sparql, tuple(self.links), self.owner)

    def _name(self, stem: str) -> str:
        self.fresh += 1
        return f"?{stem}{self.fresh}"

    def _term(self, name: str, term: Term) -> list[str]:
        lines = []
        iris = term.iris or tuple(i for item in term.items for i in item.iris)
        if iris:
            lines.append(f"VALUES {name} {{ {' '.join(map(_iri, iris))} }}")
        if term.items and not iris:
            kinds = tuple(k for item in term.items for k in item.kinds)
            lines += self._typed(name, kinds)
        if term.value:
            lines.append(f"FILTER(LCASE(STR({name})) = {Literal(term.value.lower())})")
        links = [line for link in term.links for line in self._link(name, link)]
        for kind in term.kinds:
            if kind != _ROOT:
                lines += self._typed(name, (kind,))
        return [*links, *lines] if term.value else [*lines[: 1 if iris else 0], *links, *lines[1 if iris else 0 :]]

    def _typed(self, name: str, kinds: Sequence[str]) -> list[str]:
        below = tuple(dict.fromkeys(k for kind in kinds for k in kinds_below(self.terms, kind)))
        if len(below) == 1:
            return [f"{name} a {_iri(below[0])} ."]
        kind = self._name("kind")
        return [f"{name} a {kind} . VALUES {kind} {{ {' '.join(map(_iri, below))} }}"]

    def _link(self, holder: str, link: Link) -> list[str]:
        claim = self._name("claim")
        self.links.append((claim, link))
        other = self._name("other")
        if link.other.mode == "and" and not self.owner:
            self.owner = other
        lines = self._ends(claim, holder, link.ways, other)
        lines += self._conditions(claim, link)
        return (
            [*self._term(other, link.other), *lines]
            if link.other.fixed
            else [*lines, *self._term(other, link.other)]
        )

    def _ends(self, claim: str, holder: str, ways: tuple[Way, ...], other: str) -> list[str]:
        if not ways:
            forth = f"{claim} kgq:claimSubject {holder} ; kgq:claimObject {other} ."
            back = f"{claim} kgq:claimSubject {other} ; kgq:claimObject {holder} ."
            return [f"{{ {forth} }} UNION {{ {back} }}"]
        forward = self.terms.below(p for p, inverse in ways if not inverse or self._symmetric(p))
        backward = self.terms.below(p for p, inverse in ways if inverse or self._symmetric(p))
        options = []
        for properties, subject, object_ in ((forward, holder, other), (backward, other, holder)):
            if properties:
                options.append(self._pattern(claim, subject, properties, object_))
        return options if len(options) == 1 else [" UNION ".join(f"{{ {o} }}" for o in options)]

    def _symmetric(self, iri: str) -> bool:
        relation = self.terms.relations.get(iri)
        return relation is not None and relation.symmetric

    def _pattern(self, claim: str, subject: str, properties: Sequence[str], object_: str) -> str:
        data = {bool(r.datatype) for p in properties if (r := self.terms.relations.get(p)) is not None}
        end = (
            "kgq:claimValue"
            if data == {True}
            else "kgq:claimObject"
            if True not in data
            else "(kgq:claimObject|kgq:claimValue)"
        )
        ends = f"{claim} kgq:claimSubject {subject} ; {end} {object_}"
        if len(properties) == 1:
            return f"{ends} ; kgq:claimPredicate {_iri(properties[0])} ."
        predicate = self._name("property")
        return (
            f"VALUES {predicate} {{ {' '.join(map(_iri, properties))} }} {ends} ; kgq:claimPredicate {predicate} ."
        )

    def _conditions(self, claim: str, link: Link) -> list[str]:
        if self.context.loose:
            return []
        negative = link.negative != (self.denied and link.main)
        lines = [f"{claim} kgq:polarity kgq:{'negative' if negative else 'positive'} ."]
        kinds = [f"kgq:{_KIND_CLASSES[k]}" for k in self.context.include if k in _KIND_CLASSES]
        kind = self._name("type")
        lines.append(f"{claim} a {kind} . VALUES {kind} {{ {' '.join(kinds)} }}")
        if self.context.voices and link.main:
            voice = self._name("voice")
            lines.append(
                f"{claim} kgq:statedBy {voice} . VALUES {voice} {{ {' '.join(map(_iri, self.context.voices))} }}"
            )
        if self.context.scenarios and link.main:
            scenario = self._name("scenario")
            lines.append(f"{claim} kgq:inScenario {scenario} .")
            if self.context.scenarios != ("*",):
                lines.append(f"VALUES {scenario} {{ {' '.join(map(_iri, self.context.scenarios))} }}")
        elif not self.context.scenarios:
            scenario = self._name("scenario")  # a scenario's own name is told in the scenario itself
            lines.append(
                f"FILTER NOT EXISTS {{ {claim} kgq:inScenario {scenario} . "
                f"FILTER NOT EXISTS {{ {claim} kgq:claimSubject {scenario} }} }}"
            )
        return lines


def _iri(text: str) -> str:
    return str(NamedNode(text))
