"""The grammar of questions about claims: what two neighbouring phrases make together, and at what cost.

Categories: N a noun phrase, Q one with a question word, R a noun that names a relation (*weakness of*), V a
verb, I a verb whose subject is left out (*risk is shifted to*), A an adjective, VP what is said of a subject,
VPR the same after *be* or after a noun, G a clause whose object is asked for, D a statement, S a question.
Articles are gone, and words without weight (X) join whatever is next to them.
"""

from __future__ import annotations

from kg.questions.claims.english import HOW_PREPOSITIONS, WHERE_PREPOSITIONS
from kg.questions.claims.joining import NOTHING, Results
from kg.questions.claims.meaning import ANY, Clause, Link, Predicate, Reading, Term, Way, flip
from kg.questions.claims.verbs import VerbPhrases
from kg.vocabulary.claim_terms import ClaimTerms, stem_of
from kg.vocabulary.datatypes import is_date

__all__ = ["Grammar"]

_LIGHT = frozenset(
    map(
        stem_of,
        (
            "have",
            "face",
            "get",
            "see",
            "show",
            "experience",
            "enjoy",
            "suffer",
            "offer",
            "carry",
            "play",
            "take",
            "hold",
        ),
    )
)


class Grammar(VerbPhrases):
    """The rules over one graph's terms; ``binary`` and ``unary`` are the tables."""

    def __init__(self, terms: ClaimTerms) -> None:
        super().__init__(terms)
        self._nouns()
        self._verbs()
        self._clauses()
        self._questions()

    # ---- clauses

    def _clauses(self) -> None:
        self._on("N", "VP", self.statement)
        self._on("N", "V", lambda n, v: [("G", Clause(n, v), 0.0)] if not v.be else NOTHING)
        self._on("N", "LV", lambda n, v: [("G", Clause(n, Predicate((), words=v)), 0.2)])
        self._on("BN", "N's", lambda n, o: [("D", n._replace(links=(*n.links, Link((), o, main=True))), 0.3)])
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
        self._on("NN", "V", lambda n, v: [("G", Clause(n, v, True), 0.0)] if not v.be else NOTHING)
        self._on("NN", "VP", lambda n, c: self.statement(n, self.denied(c)))
        self._on("DO", "G", lambda do, c: [("GD", self.able(do, c), 0.0)])
        self._on("DON", "G", lambda do, c: [("GD", self.able(do, c)._replace(negative=True), 0.0)])
        self._on("DO", "GP", lambda _, c: [("GDP", c, 0.0)])
        self._on("N", "VV", lambda n, v: [("GG", tuple(Clause(n, one) for one in v), 0.0)])
        self._on("DO", "GG", lambda _, c: [("GG", c, 0.0)])
        self._on("N", "HAVE", lambda n, _: [("GH", n, 0.0)])
        self._on("DO", "GH", lambda _, n: [("GDH", n, 0.0)])
        self._on("HAVE", "D", lambda _, d: [("S", self.ask(d), 0.4)])
        self.unary["GB"].append(lambda c: [("GD", c, 0.0)])
        self.unary["DI"].append(lambda c: [("D", c.term, 0.3)])

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
                links = tuple(x._replace(negative=True) if x.main else x for x in term.links)
                yield "D", term._replace(links=links), cost

    def is_statement(self, subject: Term, noun: Term) -> Results:
        """*Is CoreWeave a hyperscaler*."""
        for cat, clause, cost in self.be_noun("", noun):
            if cat == "VP":
                for _, term, more in self.statement(subject, clause):
                    yield "D", term, cost + more

    def able(self, do: str, clause: Clause) -> Clause:
        """Count what somebody is able to do among *what can merchants do*."""
        verb = clause.predicate
        if do not in ("can", "could") or verb is None or stem_of(verb.words.lower()) != "do":
            return clause
        more = tuple((w.key, w.inverse, w.prep) for w in self.terms.words("can do") if w.cat == "verb")
        return clause._replace(predicate=verb._replace(ways=(*verb.ways, *more)))

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
            yield (
                "G",
                clause._replace(extra=(*clause.extra, Link(ways, phrase[1], main=True, paired=True))),
                cost + 0.1,
            )

    # ---- questions

    def _questions(self) -> None:
        self._on("Q", "VP", self.ask_subject)
        self._on("Q", "GD", lambda q, c: self.ask_object(q, c, ""))
        self._on("Q", "GG", self.ask_objects)
        self._on("Q", "GDP", lambda q, cp: self.ask_object(q, cp[0], cp[1]))
        self._on("Q", "BN", self.ask_what)
        self._on("PQ", "GD", lambda pq, c: self.ask_object(pq[1], c, pq[0]))
        self._on("PQ", "BN", self.ask_where)
        self._on("Q", "GDH", lambda *_: NOTHING)
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
        self._on("WHEN", "BV", lambda w, v: self.ask_when(w, Clause(ANY, v)))
        self._on("BE", "IB I", lambda _, i: [("BI", i, 0.0)])
        self._on("PQ", "BI IB", lambda pq, i: self.ask_impersonal(pq[1], i, pq[0], ANY))
        self._on("Q", "BI IB", lambda q, i: self.ask_impersonal(q, i, "", ANY))
        self._on("BI IB", "PP", lambda i, pp: [("IP", (i, pp[1]), 0.0)] if pp[0] == "by" else NOTHING)
        self._on("PQ", "IP", lambda pq, ip: self.ask_impersonal(pq[1], ip[0], pq[0], ip[1]))
        self._on("DO BE", "D", lambda _, d: [("S", self.ask(d), 0.0)])
        self._on("DON", "D", lambda _, d: [("S", self.ask(d), 0.0)])
        self._on("BE", "DI", lambda _, c: [("S", self.ask(c.term), 0.0)])
        self._on("MV", "N", lambda v, n: [("MVS", (v, n), 0.0)])
        self._on("MVS", "N", self.ask_able)
        self._on("MVN", "N", lambda v, n: [("MVT", (v, n), 0.1)])
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
        self._on("EX", "N", lambda _, n: [("S", self.ask(n), 0.3 if n.iris else 0.1)])
        self._on("LIST", "N", lambda _, n: [("S", self.select(q), k) for c, q, k in self.which("", n) if q.links])
        self._on(
            "LIST",
            "N Q",
            lambda _, n: [("S", self.select(n._replace(wh=n.wh or "which")), 0.6 if n.iris else 0.1)],
        )
        self.unary["D"].append(lambda d: [("S", self.ask(d), 0.9)])
        self.unary["N"].append(lambda n: [("S", self.select(n._replace(wh="which")), 0.7)])
        self.unary["Q"].append(lambda q: [("S", self.select(q), 0.6)] if not q.bare else NOTHING)

    def select(self, term: Term) -> Reading:
        """Return a question for things or their number."""
        return Reading("count" if term.counted else "select", term)

    def ask(self, term: Term, *, negative: bool = False) -> Reading:
        """Return a yes/no question."""
        if negative:
            links = tuple(x._replace(negative=True) if x.main else x for x in term.links)
            term = term._replace(links=links)
        return Reading("ask", term)

    def ask_subject(self, asked: Term, clause: Clause) -> Results:
        """*who bears capex risk*."""
        found = self.attach(asked, clause)
        if found is not None and not (found[0].bare):
            yield "S", self.select(found[0]), found[1]

    def ask_object(self, asked: Term, clause: Clause, prep: str) -> Results:
        """Ask for an object: *what do hyperscalers bear*, *to whom do merchants shift risk*."""
        for term, cost in self.as_object(asked, clause, prep):
            yield "S", self.select(term), cost

    def ask_objects(self, asked: Term, clauses: tuple[Clause, ...]) -> Results:
        """Ask for the one object of several verbs: *what do merchants finance and build*."""
        found = [(asked, 0.0)]
        for clause in clauses:
            found = [(term, k + cost) for one, k in found for term, cost in self.as_object(one, clause, "")]
        for term, cost in found:
            yield "S", self.select(term), cost

    def ask_what(self, asked: Term, noun: Term) -> Results:
        """Ask for the complement: *what is the real underlying difference*."""
        if noun.iris and not noun.items:
            if asked.wh == "kind" and all(self.types.is_a(i, k) for i in noun.iris for k in asked.kinds):
                asked = asked._replace(kinds=())  # *what kind of company is X* asks what X is
            ways, cost = self.types.fit(tuple((iri, True) for iri in self.types.copulas), asked, noun)
            if not cost:
                first = 0.05 if asked.wh in ("what", "which") and not asked.kinds else 0.2
                yield "S", self.select(asked._replace(links=(*asked.links, Link(ways, noun, main=True)))), first

    def ask_where(self, asked: tuple[str, Term], noun: Term) -> Results:
        """*in which tier is Apple*."""
        prep, term = asked
        ways = tuple(
            (w.key, not w.inverse) for w in self.terms.words(prep) if w.cat == "verb" and w.be and not w.prep
        )
        ways, cost = self.types.fit(ways, term, noun)
        if ways:
            yield "S", self.select(term._replace(links=(*term.links, Link(ways, noun, main=True)))), cost
        elif term.kinds and prep in ("in", "on", "at", "among", "within"):
            yield "S", self.select(term._replace(links=(*term.links, Link((), noun, main=True)))), 0.6

    def ask_having(self, asked: tuple[Predicate, str], owner: Term) -> Results:
        """*which weaknesses do hyperscalers have*."""
        for _, term, cost in self.related(owner, asked[0], "of", 0.0):
            yield "S", self.select(term._replace(wh="which", counted=asked[1] == "many")), cost

    def ask_same(self, asked: tuple[Predicate, str], clause: Clause) -> Results:
        """Let noun and verb name the same relation: *what revenue does X earn*."""
        verb = clause.predicate
        if verb is None:
            return
        same = {p for p, _, _ in verb.ways}
        ways = tuple(w for w in asked[0].ways if w[0] in same)
        if not ways and stem_of(verb.words.lower().split()[0]) in _LIGHT:
            ways = asked[0].ways
        if ways:
            noun = asked[0]._replace(ways=ways)
            yield from self.ask_having((noun, asked[1]), clause.term)

    def ask_prepositions(self, clause: Clause, prepositions: tuple[str, ...]) -> Results:
        """*how is it characterised* (as), *how do merchants shift risk* (through)."""
        if clause.predicate is None:
            return
        ways: list[Way] = []
        for prep in prepositions:
            ways += flip(clause.predicate.taking(prep))
        if ways:
            subject = clause.term._replace(links=(*clause.term.links, *clause.extra))
            found, cost = self.types.fit(tuple(ways), ANY, subject)
            term = Term(links=(Link(found, subject, clause.negative, main=True),), wh="what")
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
        if dated and not clause.extra:
            ways, cost = self.types.fit(dated, ANY, clause.term)
            yield "S", self.select(Term(links=(Link(ways, clause.term, main=True),), wh="when")), cost

    def ask_impersonal(self, asked: Term, verb: Predicate, prep: str, subject: Term) -> Results:
        """*to whom is risk shifted*."""
        ways = flip(verb.taking(prep))
        if not ways and prep == "by":
            ways = tuple((p, i) for p, i, _ in verb.ways)
        if ways:
            ways, cost = self.types.fit(ways, asked, subject)
            yield "S", self.select(asked._replace(links=(*asked.links, Link(ways, subject, main=True)))), cost

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
            yield "S", self.ask(subject._replace(links=(*subject.links, link))), 0.1

    def ask_whose(self, noun: Predicate, thing: Term) -> Results:
        """*whose idea is the cookie cutter approach*."""
        ways = flip(tuple((p, inverse) for p, inverse, _ in noun.ways))
        ways, cost = self.types.fit(ways, ANY, thing)
        yield "S", self.select(Term(links=(Link(ways, thing, main=True),), wh="who")), cost
