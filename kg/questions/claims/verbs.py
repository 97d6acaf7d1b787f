"""Verb phrases in questions about claims: objects, prepositions, passives, *be* and *have*, denial."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kg.questions.claims.english import is_gerund
from kg.questions.claims.joining import NOTHING, Results
from kg.questions.claims.meaning import ANY, Clause, Link, Predicate, Term, flip
from kg.questions.claims.nouns import NounPhrases

__all__ = ["VerbPhrases"]


class VerbPhrases(NounPhrases):
    """Rules that make VP, VPR and impersonal clauses."""

    def _verbs(self) -> None:
        self._on("V MV", "N", self.verb_object)
        self._on("V", "NM", self.sourced)
        self._on("NEG", "N", lambda _, n: [("NO", n, 0.0)])
        self._on("V", "NO", lambda v, n: [(c, self.denied(m), k) for c, m, k in self.verb_object(v, n)])
        self._on("OR", "V", lambda _, v: [("&V", v, 0.0)])
        self._on("V", "&V", self.either)
        self._on("V", "PP", self.verb_phrase)
        self._on("VP VPR", "PP", self.more)
        self._on("I IB", "N", lambda i, n: self.impersonal(i, n, ""))
        self._on("I IB", "PP", lambda i, pp: self.impersonal(i, pp[1], pp[0]))
        self._on("BE", "VPR", self.be_said)
        self._on("BE", "N", self.be_noun)
        self._on("BE", "N", lambda be, n: [("N", n, 0.2)] if be == "being" else NOTHING)
        self._on("HAVE", "R", self.have_relation)
        self._on("HAVE", "N", self.have_noun)
        self._on("DON", "VP", lambda _, c: [("VP", self.denied(c), 0.0)])
        self._on("DO", "NEG", lambda do, _: [("DON", do, 0.0)])
        self._on("BE", "NEG", lambda *_: [("BEN", "not", 0.0)])
        self._on("MV", "NEG", lambda v, _: [("MVN", v, 0.0)])
        self._on("MVN", "N", lambda v, n: [(c, self.denied(m), k) for c, m, k in self.verb_object(v, n)])
        self._on("BEN", "VPR N", lambda _, c: self.be_not(c))
        self._on("DO", "VP", lambda _, c: [("VP", c, 0.05)])
        self._on("NEG", "VP", lambda _, c: [("VP", self.denied(c), 0.1)])
        self._on("HAVE", "V", lambda _, v: [("V", v, 0.1)] if v.participle and not v.be else NOTHING)
        self._on("HAVE", "VPR", lambda _, c: [("VP", c, 0.3)])
        self._on("AND", "VP", lambda _, c: [("&VP", c, 0.0)])
        self._on("COMMA", "&VP", lambda _, c: [("&VP", c, 0.0)])
        self._on("COMMA", "VP", lambda _, c: [("&VP", c, 0.1)])
        self._on("VP", "&VP", self.both)
        self._on("AND", "V", lambda _, v: [("&&V", (v,), 0.0)])
        self._on("COMMA", "&&V", lambda _, v: [("&&V", v, 0.0)])
        self._on("COMMA", "VV", lambda _, v: [("&&V", v, 0.0)])
        self._on("V", "&&V", lambda v, more: [("VV", (v, *more), 0.05)])
        self._on("VV", "N", lambda v, n: self.all_of(v, lambda one: self.verb_object(one, n)))
        self._on("VV", "PP", lambda v, pp: self.all_of(v, lambda one: self.verb_phrase(one, pp)))
        self.unary["V"].append(self.verb_alone)
        self.unary["A"].append(self.adjective)
        self._on("LEAST", "A", self.least)

    def verb_object(self, verb: Predicate, noun: Term) -> Results:
        """*bears capex risk*."""
        ways = verb.taking("")
        if ways:
            ways, cost = self.types.fit(ways, ANY, noun)
            yield from self._said(verb, Link(ways, noun, main=True), cost)

    def sourced(self, verb: Predicate, pair: tuple[Term, Term]) -> Results:
        """*buy NVIDIA GPUs*: GPUs, and from NVIDIA."""
        maker, thing = pair
        ways, source = verb.taking(""), verb.taking("from") or verb.taking("of")
        if ways and source:
            ways, cost = self.types.fit(ways, ANY, thing)
            source, more = self.types.fit(source, ANY, maker)
            links = (Link(ways, thing, main=True), Link(source, maker, main=True))
            yield "VP", Clause(Term(links=links), verb), cost + more + 0.2

    def all_of(
        self, verbs: tuple[Predicate, ...], phrase: Callable[[Predicate], Results]
    ) -> Iterator[tuple[str, Clause, float]]:
        """*finances and builds data centers*: each verb with what follows the last, or with anything."""
        links: list[Link] = []
        total = 0.0
        for i, verb in enumerate(verbs):
            said = [(c, k) for cat, c, k in phrase(verb) if cat == "VP"]
            if not said and i < len(verbs) - 1:
                said = [(c, k) for cat, c, k in self.verb_alone(verb) if cat == "VP"]
            if not said:
                return
            clause, cost = min(said, key=lambda x: x[1])
            links += clause.term.links
            total += cost
        yield "VP", Clause(Term(links=tuple(links))), total

    def either(self, left: Predicate, right: Predicate) -> Results:
        """*lease or build*."""
        if left.be == right.be:
            yield "V", left._replace(ways=(*left.ways, *right.ways), words=f"{left.words} or {right.words}"), 0.05

    def verb_phrase(self, verb: Predicate, phrase: tuple[str, Term]) -> Results:
        """*rents capacity to startups*; *is designed by hyperscalers*."""
        prep, noun = phrase
        ways = verb.taking(prep)
        if ways:
            ways, cost = self.types.fit(ways, ANY, noun)
            yield from self._said(verb, Link(ways, noun, main=True), cost)
        if prep == "by" and verb.participle and not verb.be:
            ways, cost = self.types.fit(flip(verb.taking("")), ANY, noun)
            if ways:
                yield "VPR", Clause(Term(links=(Link(ways, noun, main=True),)), verb), cost

    def _said(self, verb: Predicate, link: Link, cost: float) -> Results:
        clause = Clause(Term(links=(link,)), verb)
        if verb.be:
            yield "VPR", clause, cost
            return
        if not verb.gerund:
            yield "VP", clause, cost
        else:
            yield "VPR", clause, cost
            yield "VP", clause, cost + 0.4

    def verb_alone(self, verb: Predicate) -> Results:
        """*who shifts risk*, *is capex risk borne*: to or by anything."""
        ways = tuple((p, inverse) for p, inverse, _ in verb.ways)
        if verb.participle and not verb.be:
            passive = verb.taking("")
            if passive:
                yield "VPR", Clause(Term(links=(Link(flip(passive), ANY, main=True),)), verb), 0.5
        cost = (0.5 if verb.taking("") else 0.7) + (0.8 if verb.participle and not verb.be else 0.0)
        clause = Clause(Term(links=(Link(verb.taking("") or ways, ANY, main=True),)), verb)
        yield ("VPR" if verb.be or verb.gerund else "VP"), clause, cost

    def adjective(self, predicate: Predicate) -> Results:
        """*most likely*: a value that the adjective itself names, or any."""
        ways = tuple((p, inverse) for p, inverse, _ in predicate.ways)
        yield "VPR", Clause(Term(links=(Link(ways, ANY, main=True),)), predicate), 0.1

    def least(self, word: str, predicate: Predicate) -> Results:
        """*least likely*: a value of these very words, if there is one."""
        ways = tuple((p, inverse) for p, inverse, _ in predicate.ways)
        value = Term(value=f"{word} {predicate.words}")
        yield "VPR", Clause(Term(links=(Link(ways, value, main=True),)), predicate), 0.1

    def more(self, clause: Clause, phrase: tuple[str, Term]) -> Results:
        """*shift capex risk* + *to lenders*: the same verb with a preposition; else words of the claim."""
        prep, noun = phrase
        verb, link = clause.predicate, clause.term.links[-1] if clause.term.links else None
        if verb is None or link is None or len(clause.term.links) > 2:
            return
        ways = verb.taking(prep)
        if prep == "by" and link.other is not ANY and verb.participle:
            ways = ()
        if ways and not link.other.bare:
            ways, cost = self.types.fit(ways, ANY, noun)
            more = Link(ways, noun, main=True, paired=True)
            yield "VP", clause._replace(term=clause.term._replace(links=(*clause.term.links, more))), cost + 0.1
        elif noun.iris and prep in ("through", "by", "via", "with", "using", "for", "during", "from", "under"):
            wording = tuple(self.terms.label(i) for i in noun.iris)
            changed = link._replace(wording=(*link.wording, *wording))
            yield "VP", clause._replace(term=clause.term._replace(links=(*clause.term.links[:-1], changed))), 1.0

    def impersonal(self, verb: Predicate, noun: Term, prep: str) -> Results:
        """*risk is shifted to lenders*."""
        ways = verb.taking(prep)
        if ways:
            ways, cost = self.types.fit(ways, ANY, noun)
            yield "DI", Clause(Term(links=(Link(ways, noun, main=True),)), verb), cost

    def be_said(self, _: str, clause: Clause) -> Results:
        """Take *is* off *is exposed to risk*."""
        yield "VP", clause, 0.0

    def be_noun(self, _: str, noun: Term) -> Results:
        """*is a member of the merchants*, *is a company*, *is a hyperscaler*."""
        yield "BN", noun, 0.0
        if noun.items and not all(item.iris for item in noun.items):
            return
        if noun.fixed:
            said = (*self.types.copulas, *self.types.becomings, *self.types.placements)
            ways = tuple((iri, False) for iri in dict.fromkeys(said))
            ways, cost = self.types.fit(ways, ANY, noun)
            cost += 0.3 if noun.words and is_gerund(noun.words.split()[0].lower()) else 0.0
            yield "VP", Clause(Term(links=(Link(ways, noun, main=True),))), cost + 0.1
        else:
            yield "VP", Clause(noun), 0.1

    def be_not(self, said: Clause | Term) -> Results:
        """*is not a hyperscaler*, *is not optimized for …*."""
        if isinstance(said, Clause):
            yield "VP", self.denied(said), 0.0
            return
        yield "BN", said, 0.0
        for cat, clause, cost in self.be_noun("", said):
            if cat == "VP":
                yield cat, self.denied(clause), cost

    def have_relation(self, _: str, noun: Predicate) -> Results:
        """*have weaknesses*."""
        ways = flip(tuple((p, inverse) for p, inverse, _ in noun.ways))
        yield "VP", Clause(Term(links=(Link(ways, ANY, main=True),))), 0.1

    def have_noun(self, _: str, noun: Term) -> Results:
        """*have the weakness of capex risk*: the thing is in the noun's relation to the subject."""
        if len(noun.links) == 1 and noun.links[0].other.fixed and not noun.iris:
            link = noun.links[0]
            yield "VP", Clause(Term(links=(Link(flip(link.ways), link.other, main=True),))), 0.3

    def both(self, left: Clause, right: Clause) -> Results:
        """*design chips and build data centers*."""
        links = (*left.term.links, *right.term.links)
        kinds = (*left.term.kinds, *right.term.kinds)
        yield "VP", left._replace(term=Term(kinds=kinds, links=links), predicate=None), 0.05
