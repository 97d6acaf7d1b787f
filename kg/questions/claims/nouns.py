"""Noun phrases in questions about claims: names, classes, relational nouns, what modifies and joins them."""

from __future__ import annotations

from kg.questions.claims.english import is_gerund, is_participle
from kg.questions.claims.joining import LOOSE, MAX_LINKS, NOTHING, Joining, Results
from kg.questions.claims.meaning import ANY, Clause, Link, Predicate, Term
from kg.vocabulary.claim_terms import key_words, stem_of

__all__ = ["NounPhrases"]


class NounPhrases(Joining):
    """Rules that make N, Q, R and RQ."""

    def _nouns(self) -> None:
        self._on("N", "N", self.compound)
        self._on(
            "N", "N", lambda a, b: [("NM", (a, b), 0.1)] if a.iris and b.iris and a.words and b.words else NOTHING
        )
        self._on("N", "R", lambda n, r: self.related(n, r, "of", 0.25, compound=True))
        self._on("A", "N", self.modified)
        self._on("R", "N", lambda r, n: self.related(n, r, "of", 0.5, compound=True))
        self._on("N", "POSS", lambda n, _: [("N's", n, 0.0)] if not n.wh else NOTHING)
        self._on("N's", "R", lambda n, r: self.related(n, r, "of", 0.0))
        self._on("N's", "N", lambda n, m: self.any_link(m, n, 0.25))
        self._on("P", "N", lambda p, n: [("PP", (p, n), 0.0)])
        self._on("P", "Q", lambda p, q: [("PQ", (p, q), 0.0)])
        self._on("R", "PP", lambda r, pp: self.related(pp[1], r, pp[0], 0.0))
        self._on("RQ", "PP", self.asked_relation)
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
        self._on("AND OR", "R", lambda _, r: [("&R", r, 0.0)])
        self._on(
            "R",
            "&R",
            lambda a, b: [("R", a._replace(ways=(*a.ways, *b.ways), words=f"{a.words}, {b.words}"), 0.1)],
        )
        self._on("WHICH", "N", self.which)
        self._on("WHICH", "R", lambda _, r: [("RQ", (r, "which"), 0.0)])
        self._on("WHICH WHAT", "PP", self.which_of)
        self._on("HOWMANY", "N", lambda _, n: self.how_many(n))
        self._on("HOWMANY", "R", lambda _, r: [("RQ", (r, "many"), 0.0)])
        self.unary["R"].append(self.relation_alone)
        self.unary["N"].append(self.doing)
        self.unary["RQ"].append(self.asked_alone)
        self.unary["ANYONE"].append(lambda word: [("N", Term(words=word), 0.3)])
        self.unary["WHO"].append(lambda _: [("Q", Term(wh="who"), 0.0)])
        self.unary["WHAT"].append(lambda _: [("Q", Term(wh="what"), 0.0)])
        self.unary["WHICH"].append(lambda _: [("Q", Term(wh="which"), 0.2)])

    def modified(self, adjective: Predicate, noun: Term) -> Results:
        """*most likely scenario*."""
        if not noun.fixed:
            ways, cost = self.types.fit(tuple((p, i) for p, i, _ in adjective.ways), noun, ANY)
            yield "N", noun._replace(links=(*noun.links, Link(ways, ANY, main=True))), cost

    def compound(self, left: Term, right: Term) -> Results:
        """Join two nouns: *the company Oracle*, *Oracle company*, *hyperscaler chips*."""
        if left.links or right.links or left.items or right.items:
            return
        if left.iris and right.kinds and not right.iris:
            if all(self.types.is_a(i, right.kinds[0]) for i in left.iris):
                yield "N", left._replace(words=f"{left.words} {right.words}"), 0.1
            yield from self.any_link(right, left, 0.4)
        elif left.kinds and not left.iris and right.iris:
            if all(self.types.is_a(i, left.kinds[0]) for i in right.iris):
                yield "N", right._replace(words=f"{left.words} {right.words}"), 0.1
            else:
                yield from self.any_link(left, right, 0.6)

    def any_link(self, head: Term, other: Term, cost: float) -> Results:
        """*risks of hyperscalers*: the class, joined to the thing by whatever relation there is."""
        if head.wh or len(head.links) < MAX_LINKS:
            if head.iris and not (head.kinds or head.links):
                cost += 0.3
            cat = "Q" if head.wh else "N"
            yield cat, head._replace(links=(*head.links, Link((), other, main=True))), cost

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
            yield "Q", term._replace(wh="which", counted=asked[1] == "many"), cost

    def asked_relation(self, asked: tuple[Predicate, str], phrase: tuple[str, Term]) -> Results:
        """*which weaknesses of hyperscalers*."""
        for _, term, cost in self.related(phrase[1], asked[0], phrase[0], 0.0):
            yield "Q", term._replace(wh="which", counted=asked[1] == "many"), cost

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
                yield "N", head._replace(links=(*head.links, Link(ways, other))), 0.5
            else:
                yield "N", head._replace(links=(*head.links, Link((), other))), 0.8
        if prep in LOOSE and head.kinds and not head.iris:
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
        """Attach a clause without its object: *the chips that hyperscalers design*."""
        if noun.bare and noun.wh == "which":  # *which firms lease …* asks for firms
            return
        for found, cost in self.as_object(noun, clause, ""):
            yield "Q" if noun.wh else "N", found, cost + 0.2

    def which(self, word: str, noun: Term) -> Results:
        """*which companies*; of a named group its members."""
        if noun.wh or noun.items:
            return
        if not noun.iris:
            kind = word.startswith(("what kind", "what type", "what sort"))
            yield "Q", noun._replace(wh="kind" if kind else "which"), 0.0
            return
        ways = self.types.memberships(noun)
        if ways:
            yield "Q", Term(links=(Link(ways, noun),), wh="which", words=noun.words), 0.3
        elif not noun.links:
            yield "Q", noun._replace(wh="which"), 0.6

    def which_of(self, word: str, phrase: tuple[str, Term]) -> Results:
        """*which of the hyperscalers*, *which of the two models*."""
        if phrase[0] in ("of", "among", "from"):
            yield from self.which(word, phrase[1])
            if phrase[1].items and phrase[1].mode == "and":
                yield "Q", phrase[1]._replace(mode="or", wh="which"), 0.1

    def how_many(self, noun: Term) -> Results:
        """*how many companies*, *how many hyperscalers*."""
        for _, term, cost in self.which("", noun):
            yield "Q", term._replace(counted=True), cost

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
