"""The grammar of questions about claims: what two neighbouring phrases make together, and at what cost.

Categories: N a noun phrase, Q one with a question word, R a noun that names a relation (*weakness of*), V a
verb, I a verb whose subject is left out (*risk is shifted to*), A an adjective, VP what is said of a subject,
VPR the same after *be* or after a noun, G a clause whose object is asked for, D a statement, S a question.
Articles are gone, and words without weight (X) join whatever is next to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from kg.questions.claims_english import HOW_PREPOSITIONS, WHERE_PREPOSITIONS, is_gerund, is_participle
from kg.questions.claims_meaning import ANY, Clause, Link, Predicate, Reading, Term, Way, flip, merge
from kg.questions.claims_types import Types
from kg.vocabulary.claim_terms import ClaimTerms, key_words, stem_of
from kg.vocabulary.terms import is_date

__all__ = ["Grammar"]

_LOOSE = ("of", "for", "in", "to", "with", "behind", "from", "on", "at", "about", "among", "between", "by")
_MAX_LINKS = 4
_LIGHT = frozenset(map(stem_of, "have face get see show experience enjoy suffer offer carry play take bear hold".split()))
Results = Iterable[tuple[str, Any, float]]
_NOTHING: Results = ()


class Grammar:
    """The rules over one graph's terms; ``binary`` and ``unary`` are the tables."""

    def __init__(self, terms: ClaimTerms) -> None:
        self.terms = terms
        self.types = Types(terms)
        self.binary: dict[tuple[str, str], list[Callable[[Any, Any], Results]]] = defaultdict(list)
        self.unary: dict[str, list[Callable[[Any], Results]]] = defaultdict(list)
        self._nouns()
        self._verbs()
        self._clauses()
        self._questions()

    def _on(self, left: str, right: str, rule: Callable[[Any, Any], Results]) -> None:
        for a in left.split():
            for b in right.split():
                self.binary[a, b].append(rule)

    # ---- noun phrases

    def _nouns(self) -> None:
        self._on("N", "N", self.compound)
        self._on("N", "N", lambda a, b: [("NM", (a, b), 0.1)] if a.iris and b.iris and a.words and b.words else _NOTHING)
        self._on("N", "R", lambda n, r: self.related(n, r, "of", 0.25, compound=True))
        self._on("A", "N", self.modified)
        self._on("N", "POSS", lambda n, _: [("N's", n, 0.0)] if not n.wh else _NOTHING)
        self._on("N's", "R", lambda n, r: self.related(n, r, "of", 0.0))
        self._on("N's", "N", lambda n, m: self.any_link(m, n, 0.25))
        self._on("P", "N", lambda p, n: [("PP", (p, n), 0.0)])
        self._on("P", "Q", lambda p, q: [("PQ", (p, q), 0.0)])
        self._on("R", "PP", lambda r, pp: self.related(pp[1], r, pp[0], 0.0))
        self._on("RQ", "PP", lambda r, pp: self.asked_relation(r, pp))
        self._on("N Q", "PP", self.located)
        self._on("AND", "N", lambda _, n: [("&N", ("and", n), 0.0)])
        self._on("OR", "N", lambda _, n: [("&N", ("or", n), 0.0)])
        self._on("COMMA", "N", lambda _, n: [("&N", ("and", n), 0.1)])
        self._on("COMMA", "&N", lambda _, n: [("&N", n, 0.0)])
        self._on("N", "&N", self.joined)
        self._on("REL", "VP", lambda _, c: [("RC", c, 0.0)])
        self._on("REL", "G", lambda _, c: [("RG", c, 0.0)])
        self._on("N Q", "RC VPR", lambda n, c: self.described(n, c, "N" if not n.wh else "Q"))
        self._on("N Q", "RG G", self.relative_object)
        self._on("WHICH", "N", self.which)
        self._on("WHICH", "R", lambda _, r: [("RQ", (r, "which"), 0.0)])
        self._on("WHICH WHAT", "PP", self.which_of)
        self._on("HOWMANY", "N", lambda _, n: self.how_many(n))
        self._on("HOWMANY", "R", lambda _, r: [("RQ", (r, "many"), 0.0)])
        self.unary["R"].append(self.relation_alone)
        self.unary["N"].append(self.doing)
        self.unary["RQ"].append(self.asked_alone)
        self.unary["ANYONE"].append(lambda word: [("N", Term(words=word), 0.3)])
        for cat, wh in (("WHO", "who"), ("WHAT", "what"), ("WHICH", "which")):
            self.unary[cat].append(lambda _, wh=wh: [("Q", Term(wh=wh), 0.0 if wh != "which" else 0.2)])

    def modified(self, adjective: Predicate, noun: Term) -> Results:
        """*most likely scenario*."""
        if not noun.fixed:
            ways, cost = self.types.fit(tuple((p, i) for p, i, _ in adjective.ways), noun, ANY)
            yield "N", replace(noun, links=(*noun.links, Link(ways, ANY, main=True))), cost

    def compound(self, left: Term, right: Term) -> Results:
        """*the company Oracle*, *Oracle company*, *hyperscaler chips*."""
        if left.links or right.links or left.items or right.items:
            return
        if left.iris and right.kinds and not right.iris:
            if all(self.types.is_a(i, right.kinds[0]) for i in left.iris):
                yield "N", replace(left, words=f"{left.words} {right.words}"), 0.1
            yield from self.any_link(right, left, 0.4)
        elif left.kinds and not left.iris and right.iris:
            if all(self.types.is_a(i, left.kinds[0]) for i in right.iris):
                yield "N", replace(right, words=f"{left.words} {right.words}"), 0.1
            else:
                yield from self.any_link(left, right, 0.6)

    def any_link(self, head: Term, other: Term, cost: float) -> Results:
        """*risks of hyperscalers*: the class, joined to the thing by whatever relation there is."""
        if head.wh or len(head.links) < _MAX_LINKS:
            if head.iris and not (head.kinds or head.links):
                cost += 0.3
            cat = "Q" if head.wh else "N"
            yield cat, replace(head, links=(*head.links, Link((), other, main=True))), cost

    def related(self, owner: Term, noun: Predicate, prep: str, cost: float, *, compound: bool = False) -> Results:
        """*weaknesses of hyperscalers*: what stands in the noun's relation to its owner."""
        ways = tuple(
            (p, inverse)
            for p, inverse, wanted in noun.ways
            if prep in ("of", "for", wanted)
            or (wanted == "of" and prep in ("to", "in", "with", "from", "by", "behind"))
        )
        if not ways:
            return
        if compound and owner.links:
            return
        fitting, price = self.types.fit(ways, ANY, owner)
        yield "N", Term(links=(Link(fitting, owner, main=True),), words=noun.words), cost + price

    def relation_alone(self, noun: Predicate) -> Results:
        """*weaknesses*, of anything."""
        ways = tuple((p, inverse) for p, inverse, _ in noun.ways)
        yield "N", Term(links=(Link(ways, ANY, main=True),), words=noun.words), 0.5

    def asked_alone(self, asked: tuple[Predicate, str]) -> Results:
        """*which weaknesses*."""
        for _, term, cost in self.relation_alone(asked[0]):
            yield "Q", replace(term, wh="which", count=asked[1] == "many"), cost

    def asked_relation(self, asked: tuple[Predicate, str], phrase: tuple[str, Term]) -> Results:
        """*which weaknesses of hyperscalers*."""
        for _, term, cost in self.related(phrase[1], asked[0], phrase[0], 0.0):
            yield "Q", replace(term, wh="which", count=asked[1] == "many"), cost

    def located(self, head: Term, phrase: tuple[str, Term]) -> Results:
        """*risks of hyperscalers*; only a class may be joined by an unnamed relation."""
        prep, other = phrase
        if other.kinds and head.kinds and not (other.iris or other.links or head.iris or head.links):
            kind = self.terms.kinds.get(head.kinds[0])
            if kind is not None and other.kinds[0] in (*kind.above, *kind.below):
                yield ("Q" if head.wh else "N"), head, 0.05
                return
        if head.iris and other.iris and prep in ("in", "of", "within"):
            ways = tuple((p, True) for p in self.types.partitives)
            if prep != "of" and ways:
                yield "N", replace(head, links=(*head.links, Link(ways, other))), 0.5
            else:
                yield "N", replace(head, links=(*head.links, Link((), other))), 0.8
        if prep in _LOOSE and head.kinds and not head.iris:
            yield from self.any_link(head, other, 0.45 if prep in ("of", "for") else 0.6)

    def joined(self, left: Term, more: tuple[str, Term]) -> Results:
        """*hyperscalers and merchants*."""
        mode, right = more
        if left.wh or right.wh:
            return
        items = (*(left.items if left.mode else (left,)), *(right.items if right.mode == mode else (right,)))
        yield "N", Term(items=items, mode=mode), 0.05

    def described(self, noun: Term, clause: Clause, cat: str) -> Results:
        """*companies that design chips*, *companies exposed to demand risk*."""
        joined = self.attach(noun, clause)
        if joined is not None:
            yield cat, joined[0], joined[1] + (0.15 if noun.iris else 0.0)

    def relative_object(self, noun: Term, clause: Clause) -> Results:
        """*the chips that hyperscalers design*."""
        for found, cost in self.as_object(noun, clause, ""):
            yield "Q" if noun.wh else "N", found, cost + 0.2

    def which(self, word: str, noun: Term) -> Results:
        """*which companies*; of a named group its members."""
        if noun.wh or noun.items:
            return
        if not noun.iris:
            yield "Q", replace(noun, wh="which"), 0.0
            return
        ways = self.types.memberships(noun)
        if ways:
            yield "Q", Term(links=(Link(ways, noun),), wh="which", words=noun.words), 0.3

    def which_of(self, word: str, phrase: tuple[str, Term]) -> Results:
        """*which of the hyperscalers*, *which of the two models*."""
        if phrase[0] in ("of", "among", "from"):
            yield from self.which(word, phrase[1])
            if phrase[1].items and phrase[1].mode == "and":
                yield "Q", replace(phrase[1], mode="or", wh="which"), 0.1

    def how_many(self, noun: Term) -> Results:
        """*how many companies*, *how many hyperscalers*."""
        for _, term, cost in self.which("", noun):
            yield "Q", replace(term, count=True), cost

    def doing(self, noun: Term) -> Results:
        """*is racing up the stack*, *is financed externally*: a name that reads as what something does or has."""
        if len(noun.iris) != 1 or noun.links or not noun.words:
            return
        words = noun.words.lower().split()
        first = words[0]
        label = self.terms.label(noun.iris[0]).split()[0].lower()
        if is_gerund(label):
            ways, cost = self.types.fit(self.types.doings, ANY, noun)
            if ways and not cost:
                clause = Clause(Term(links=(Link(ways, noun, main=True),)))
                yield ("VPR", clause, 0.0) if is_gerund(first) else ("VP", clause, 0.45)
        elif key_words(noun.words) != key_words(self.terms.label(noun.iris[0])) and (
            len(words) == 1 or any(w.cat == "verb" for w in self.terms.words(stem_of(first)))
        ):
            ways = tuple((iri, False) for iri, r in self.terms.relations.items() if not r.datatype)
            ways, cost = self.types.fit(ways, ANY, noun)
            if ways and not cost:
                yield "VP", Clause(Term(links=(Link(ways, noun, main=True),))), 0.6
        if any(map(is_participle, words[:2])):
            ways, cost = self.types.fit(tuple((p, False) for p in self.types.havings), ANY, noun)
            if ways and not cost:
                yield "VPR", Clause(Term(links=(Link(ways, noun, main=True),))), 0.15

    # ---- verbs

    def _verbs(self) -> None:
        self._on("V MV", "N", self.verb_object)
        self._on("V", "NM", self.sourced)
        self._on("OR", "V", lambda _, v: [("&V", v, 0.0)])
        self._on("V", "&V", self.either)
        self._on("V", "PP", self.verb_phrase)
        self._on("VP VPR", "PP", self.more)
        self._on("I IB", "N", lambda i, n: self.impersonal(i, n, ""))
        self._on("I IB", "PP", lambda i, pp: self.impersonal(i, pp[1], pp[0]))
        self._on("BE", "VPR", self.be_said)
        self._on("BE", "N", self.be_noun)
        self._on("BE", "N", lambda be, n: [("N", n, 0.2)] if be == "being" else _NOTHING)
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
        self._on("HAVE", "VPR", lambda _, c: [("VP", c, 0.3)])
        self._on("AND", "VP", lambda _, c: [("&VP", c, 0.0)])
        self._on("COMMA", "&VP", lambda _, c: [("&VP", c, 0.0)])
        self._on("VP", "&VP", self.both)
        self.unary["V"].append(self.verb_alone)
        self.unary["A"].append(self.adjective)

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

    def either(self, left: Predicate, right: Predicate) -> Results:
        """*lease or build*."""
        if left.be == right.be:
            yield "V", replace(left, ways=(*left.ways, *right.ways), words=f"{left.words} or {right.words}"), 0.05

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
        cost = 0.5 if verb.taking("") else 0.7
        clause = Clause(Term(links=(Link(verb.taking("") or ways, ANY, main=True),)), verb)
        yield ("VPR" if verb.be or verb.gerund else "VP"), clause, cost

    def adjective(self, predicate: Predicate) -> Results:
        """*most likely*: a value that the adjective itself names, or any."""
        ways = tuple((p, inverse) for p, inverse, _ in predicate.ways)
        yield "VPR", Clause(Term(links=(Link(ways, ANY, main=True),)), predicate), 0.1

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
            yield "VP", replace(clause, term=replace(clause.term, links=(*clause.term.links, more))), cost + 0.1
        elif noun.iris and prep in ("through", "by", "via", "with", "using", "for", "during", "from", "under"):
            wording = tuple(self.terms.label(i) for i in noun.iris)
            changed = replace(link, wording=(*link.wording, *wording))
            yield "VP", replace(clause, term=replace(clause.term, links=(*clause.term.links[:-1], changed))), 1.0

    def impersonal(self, verb: Predicate, noun: Term, prep: str) -> Results:
        """*risk is shifted to lenders*."""
        ways = verb.taking(prep)
        if ways:
            ways, cost = self.types.fit(ways, ANY, noun)
            yield "DI", Clause(Term(links=(Link(ways, noun, main=True),)), verb), cost

    def be_said(self, _: str, clause: Clause) -> Results:
        yield "VP", clause, 0.0

    def be_noun(self, _: str, noun: Term) -> Results:
        """*is a member of the merchants*, *is a company*, *is a hyperscaler*."""
        yield "BN", noun, 0.0
        if noun.items:
            return
        if noun.iris or noun.value:
            ways = tuple((iri, False) for iri in self.types.copulas)
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

    def denied(self, clause: Clause) -> Clause:
        """Return the clause with its main relations denied."""
        links = tuple(replace(x, negative=True) if x.main else x for x in clause.term.links)
        return replace(clause, term=replace(clause.term, links=links), negative=True)

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
        if left.negative == right.negative:
            links = (*left.term.links, *right.term.links)
            kinds = (*left.term.kinds, *right.term.kinds)
            yield "VP", replace(left, term=Term(kinds=kinds, links=links), predicate=None), 0.05

    # ---- clauses

    def _clauses(self) -> None:
        self._on("N", "VP", self.statement)
        self._on("N", "V", lambda n, v: [("G", Clause(n, v), 0.0)] if not v.be else _NOTHING)
        self._on("BN", "V", lambda n, v: [("GB", Clause(n, v), 0.0)])
        self._on("BE", "V", lambda _, v: [("BV", v, 0.0)])
        self._on("N", "BV", lambda n, v: [("G", Clause(n, v), 0.05)])
        self._on("BN", "VPR", self.statement)
        self._on("BN", "NEG", lambda n, _: [("BNN", n, 0.0)])
        self._on("BNN", "V", lambda n, v: [("GB", Clause(n, v, True), 0.0)])
        self._on("BNN", "VPR N", self.not_statement)
        self._on("BN", "N", self.is_statement)
        self._on("DI", "PP", self.by_whom)
        self._on("G GB", "PP", self.gap_more)
        self._on("G", "P", lambda c, p: [("GP", (c, p), 0.05)])
        self._on("GB", "P", lambda c, p: [("GDP", (c, p), 0.05)])
        self._on("N", "NEG", lambda n, _: [("NN", n, 0.0)])
        self._on("NN", "V", lambda n, v: [("G", Clause(n, v, True), 0.0)] if not v.be else _NOTHING)
        self._on("NN", "VP", lambda n, c: self.statement(n, self.denied(c)))
        self._on("DO", "G", lambda do, c: [("GD", self.able(do, c), 0.0)])
        self._on("DON", "G", lambda do, c: [("GD", replace(self.able(do, c), negative=True), 0.0)])
        self._on("DO", "GP", lambda _, c: [("GDP", c, 0.0)])
        self._on("N", "HAVE", lambda n, _: [("GH", n, 0.0)])
        self._on("DO", "GH", lambda _, n: [("GDH", n, 0.0)])
        self._on("HAVE", "D", lambda _, d: [("S", self.ask(d), 0.4)])
        self.unary["GB"].append(lambda c: [("GD", c, 0.0)])
        self.unary["DI"].append(lambda c: [("D", c.term, 0.3)])

    def attach(self, subject: Term, clause: Clause) -> tuple[Term, float] | None:
        """Return the subject with what is said of it, types checked."""
        links, cost = [], 0.0
        for link in clause.term.links:
            ways, price = self.types.fit(link.ways, subject, link.other)
            links.append(replace(link, ways=ways))
            cost += price
        if subject.fixed and clause.term.kinds and not clause.term.links:
            joined: Term | None = replace(
                subject, kinds=tuple(dict.fromkeys((*subject.kinds, *clause.term.kinds)))
            )
        else:
            joined = merge(subject, replace(clause.term, links=tuple(links)))
        if joined is None or len(joined.links) > _MAX_LINKS:
            return None
        return joined, cost

    def statement(self, subject: Term, clause: Clause) -> Results:
        """*hyperscalers bear capex risk*."""
        found = self.attach(subject, clause)
        if found is not None:
            yield "D", found[0], found[1]

    def not_statement(self, subject: Term, said: Clause | Term) -> Results:
        """*is X not Y*: asked as *is X Y*."""
        if isinstance(said, Clause):
            yield from self.statement(subject, self.denied(said))
        else:
            for _, term, cost in self.is_statement(subject, said):
                links = tuple(replace(x, negative=True) if x.main else x for x in term.links)
                yield "D", replace(term, links=links), cost

    def is_statement(self, subject: Term, noun: Term) -> Results:
        """*Is CoreWeave a hyperscaler*."""
        for cat, clause, cost in self.be_noun("", noun):
            if cat == "VP":
                for _, term, more in self.statement(subject, clause):
                    yield "D", term, cost + more

    def able(self, do: str, clause: Clause) -> Clause:
        """*what can merchants do*: what they are able to do counts too."""
        verb = clause.predicate
        if do not in ("can", "could") or verb is None or stem_of(verb.words.lower()) != "do":
            return clause
        more = tuple((w.key, w.inverse, w.prep) for w in self.terms.words("can do") if w.cat == "verb")
        return replace(clause, predicate=replace(verb, ways=(*verb.ways, *more)))

    def by_whom(self, clause: Clause, phrase: tuple[str, Term]) -> Results:
        """*risk is shifted to lenders* + *by merchants*."""
        if phrase[0] == "by":
            yield from self.statement(phrase[1], clause)

    def gap_more(self, clause: Clause, phrase: tuple[str, Term]) -> Results:
        """*merchants shift* + *to lenders*, of what is asked for."""
        verb = clause.predicate
        ways = verb.taking(phrase[0]) if verb else ()
        if ways and len(clause.extra) < 2:
            ways, cost = self.types.fit(ways, clause.term, phrase[1])
            yield "G", replace(clause, extra=(*clause.extra, Link(ways, phrase[1], main=True, paired=True))), cost + 0.1

    def plainest(self, verb: Predicate, ways: tuple[Way, ...]) -> tuple[Way, ...]:
        """Return the ways whose own sentence has the verb, if any: *what do they run* is about what they run."""
        said = stem_of(verb.words.lower().split()[0])
        own = tuple(w for w in ways if said in self.types.verbs(w[0]))
        return own or ways

    def as_object(self, asked: Term, clause: Clause, prep: str) -> Iterator[tuple[Term, float]]:
        """Yield what is asked for as the object of a clause, with its cost."""
        verb, subject = clause.predicate, clause.term
        if verb is None or asked.fixed or len(asked.links) >= _MAX_LINKS:
            return
        ways = flip(verb.taking(prep))
        if prep == "by" and verb.participle and not verb.be:
            ways = (*ways, *verb.taking(""))
        if asked.bare and not prep:
            ways = self.plainest(verb, ways)
        extra = 0.0
        if not ways and not prep:
            ways, extra = flip(tuple((p, i) for p, i, _ in verb.ways)), 0.45
        if not ways:
            return
        if clause.extra:
            subject = replace(subject, links=(*subject.links, *clause.extra))
        ways, cost = self.types.fit(ways, asked, subject)
        link = Link(ways, subject, clause.negative, main=True)
        yield replace(asked, links=(*asked.links, link)), cost + extra

    # ---- questions

    def _questions(self) -> None:
        self._on("Q", "VP", self.ask_subject)
        self._on("Q", "GD", lambda q, c: self.ask_object(q, c, ""))
        self._on("Q", "GDP", lambda q, cp: self.ask_object(q, cp[0], cp[1]))
        self._on("Q", "BN", self.ask_what)
        self._on("PQ", "GD", lambda pq, c: self.ask_object(pq[1], c, pq[0]))
        self._on("PQ", "BN", self.ask_where)
        self._on("Q", "GDH", lambda *_: _NOTHING)
        self._on("RQ", "GDH", self.ask_having)
        self._on("BE", "PP", lambda _, pp: [("BPP", pp, 0.0)])
        self._on("EX", "PP", lambda _, pp: [("BPP", pp, 0.0)])
        self._on("Q", "BPP", lambda q, pp: [("S", self.select(n), k) for _, n, k in self.located(q, pp)])
        self._on("RQ", "BPP", lambda r, pp: [("S", self.select(q), k) for _, q, k in self.asked_relation(r, pp)])
        self._on("RQ", "GD", self.ask_same)
        self._on("HOW", "GD", lambda _, c: self.ask_prepositions(c, HOW_PREPOSITIONS))
        self._on("WHERE", "GDP", lambda _, cp: self.ask_object(Term(wh="where"), cp[0], cp[1]))
        self._on("WHERE", "GD", lambda _, c: self.ask_prepositions(c, WHERE_PREPOSITIONS))
        self._on("WHEN", "GD", self.ask_when)
        self._on("BE", "IB I", lambda _, i: [("BI", i, 0.0)])
        self._on("PQ", "BI IB", lambda pq, i: self.ask_impersonal(pq[1], i, pq[0], ANY))
        self._on("Q", "BI IB", lambda q, i: self.ask_impersonal(q, i, "", ANY))
        self._on("DO BE", "D", lambda _, d: [("S", self.ask(d), 0.0)])
        self._on("DON", "D", lambda _, d: [("S", self.ask(d), 0.0)])
        self._on("BE", "DI", lambda _, c: [("S", self.ask(c.term), 0.0)])
        self._on("MV", "N", lambda v, n: [("MVS", (v, n), 0.0)])
        self._on("MVS", "N", self.ask_able)
        self._on("MVS", "NEG", lambda vs, _: [("MVT", vs, 0.0)])
        self._on("MVT", "N", lambda vs, n: [(c, r, k) for c, r, k in self.ask_able(vs, n, negative=True)])
        self._on("HOW", "A", lambda _, a: [("HA", a, 0.0)])
        self._on("HA", "BN", self.ask_how)
        self._on("BE", "DI", lambda _, c: [("BDI", c, 0.0)])
        self._on("PQ", "DI BDI", self.ask_by)
        self._on("Q", "MVS", lambda q, vs: self.ask_object(q, Clause(vs[1], vs[0]), ""))
        self._on("WHOSE", "R", lambda _, r: [("WR", r, 0.0)])
        self._on("WR", "BN", self.ask_whose)
        self._on("BE", "THERE", lambda *_: [("EX", "there", 0.0)])
        self._on("THERE", "BE", lambda *_: [("EX", "there", 0.0)])
        self._on("Q", "EX", lambda q, _: [("S", self.select(q), 0.0)])
        self._on("EX", "N", lambda _, n: [("S", self.ask(n), 0.1)])
        self._on("LIST", "N Q", lambda _, n: [("S", self.select(replace(n, wh=n.wh or "which")), 0.1)])
        self.unary["D"].append(lambda d: [("S", self.ask(d), 0.4)])
        self.unary["N"].append(lambda n: [("S", self.select(replace(n, wh="which")), 0.7)])
        self.unary["Q"].append(lambda q: [("S", self.select(q), 0.6)] if not q.bare else _NOTHING)

    def select(self, term: Term) -> Reading:
        return Reading("count" if term.count else "select", term)

    def ask(self, term: Term, *, negative: bool = False) -> Reading:
        if negative:
            links = tuple(replace(x, negative=True) if x.main else x for x in term.links)
            term = replace(term, links=links)
        return Reading("ask", term)

    def ask_subject(self, asked: Term, clause: Clause) -> Results:
        """*who bears capex risk*."""
        found = self.attach(asked, clause)
        if found is not None and not (found[0].bare):
            yield "S", self.select(found[0]), found[1]

    def ask_object(self, asked: Term, clause: Clause, prep: str) -> Results:
        """*what do hyperscalers bear*, *to whom do merchants shift risk*."""
        for term, cost in self.as_object(asked, clause, prep):
            yield "S", self.select(term), cost

    def ask_what(self, asked: Term, noun: Term) -> Results:
        """*what is the real underlying difference*: the complement is asked for."""
        if noun.iris and not noun.items:
            ways, cost = self.types.fit(tuple((iri, True) for iri in self.types.copulas), asked, noun)
            if not cost:
                first = 0.05 if asked.wh in ("what", "which") and not asked.kinds else 0.2
                yield "S", self.select(replace(asked, links=(*asked.links, Link(ways, noun, main=True)))), first

    def ask_where(self, asked: tuple[str, Term], noun: Term) -> Results:
        """*in which tier is Apple*."""
        prep, term = asked
        ways = tuple(
            (w.key, not w.inverse) for w in self.terms.words(prep) if w.cat == "verb" and w.be and not w.prep
        )
        ways, cost = self.types.fit(ways, term, noun)
        if ways:
            yield "S", self.select(replace(term, links=(*term.links, Link(ways, noun, main=True)))), cost
        elif term.kinds and prep in _LOOSE:
            yield "S", self.select(replace(term, links=(*term.links, Link((), noun, main=True)))), 0.6

    def ask_having(self, asked: tuple[Predicate, str], owner: Term) -> Results:
        """*which weaknesses do hyperscalers have*."""
        for _, term, cost in self.related(owner, asked[0], "of", 0.0):
            yield "S", self.select(replace(term, wh="which", count=asked[1] == "many")), cost

    def ask_same(self, asked: tuple[Predicate, str], clause: Clause) -> Results:
        """*what revenue does X earn*: noun and verb name the same relation."""
        verb = clause.predicate
        if verb is None:
            return
        same = {p for p, _, _ in verb.ways}
        ways = tuple(w for w in asked[0].ways if w[0] in same)
        if not ways and stem_of(verb.words.lower().split()[0]) in _LIGHT:
            ways = asked[0].ways
        if ways:
            noun = replace(asked[0], ways=ways)
            yield from self.ask_having((noun, asked[1]), clause.term)

    def ask_prepositions(self, clause: Clause, prepositions: tuple[str, ...]) -> Results:
        """*how is it characterised* (as), *how do merchants shift risk* (through)."""
        if clause.predicate is None:
            return
        ways: list[Way] = []
        for prep in prepositions:
            ways += flip(clause.predicate.taking(prep))
        if ways:
            found, cost = self.types.fit(tuple(ways), ANY, clause.term)
            term = Term(links=(Link(found, clause.term, clause.negative, main=True),), wh="what")
            yield "S", self.select(term), cost

    def ask_when(self, _: str, clause: Clause) -> Results:
        """*when was the post published*."""
        if clause.predicate is None:
            return
        dated = tuple(
            (p, not inverse)
            for p, inverse, _ in clause.predicate.ways
            if (relation := self.terms.relations.get(p)) is not None and is_date(relation.datatype)
        )
        if dated:
            ways, cost = self.types.fit(dated, ANY, clause.term)
            yield "S", self.select(Term(links=(Link(ways, clause.term, main=True),), wh="when")), cost

    def ask_impersonal(self, asked: Term, verb: Predicate, prep: str, subject: Term) -> Results:
        """*to whom is risk shifted*."""
        ways = flip(verb.taking(prep))
        if not ways and prep == "by":
            ways = tuple((p, i) for p, i, _ in verb.ways)
        if ways:
            ways, cost = self.types.fit(ways, asked, subject)
            yield "S", self.select(replace(asked, links=(*asked.links, Link(ways, subject, main=True)))), cost

    def ask_by(self, asked: tuple[str, Term], clause: Clause) -> Results:
        """*by whom is risk shifted to lenders*."""
        if asked[0] == "by":
            yield from self.ask_subject(asked[1], clause)

    def ask_how(self, adjective: Predicate, noun: Term) -> Results:
        """*how likely is scenario C*."""
        ways, cost = self.types.fit(tuple((p, not i) for p, i, _ in adjective.ways), ANY, noun)
        yield "S", self.select(Term(links=(Link(ways, noun, main=True),), wh="what")), cost

    def ask_able(self, said: tuple[Predicate, Term], noun: Term, *, negative: bool = False) -> Results:
        """*can hyperscalers pivot*: a modal that is a property, before its subject."""
        verb, subject = said
        ways, cost = self.types.fit(verb.taking(""), subject, noun)
        if ways and not cost:
            link = Link(ways, noun, negative, main=True)
            yield "S", self.ask(replace(subject, links=(*subject.links, link))), 0.1

    def ask_whose(self, noun: Predicate, thing: Term) -> Results:
        """*whose idea is the cookie cutter approach*."""
        ways = flip(tuple((p, inverse) for p, inverse, _ in noun.ways))
        ways, cost = self.types.fit(ways, ANY, thing)
        yield "S", self.select(Term(links=(Link(ways, thing, main=True),), wh="who")), cost
