"""A question that no rule of the grammar joins, where single claims account for every word of it.

Tried last. A claim answers only if each word of the question is a name of one of its ends, a word for its
property, a word of its qualifiers, or carries no content; and only where no other order of the words could turn
the claim round: its ends are of sorts that cannot change places. What denies, grades or counts is left to the
grammar, so that a question is refused sooner than bent.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from kg.questions.claims.english import FUNCTION_WORDS, NUMBERS
from kg.questions.claims.forms.fitting import Fit, Fitting, names_of
from kg.questions.claims.forms.question import Question
from kg.questions.claims.lattice import Spelling
from kg.questions.claims.meaning import Link, Reading, Term
from kg.questions.claims.paraphrase import sentence_of
from kg.questions.claims.rows import claim_rows, make_row
from kg.results import Answer, AnswerRow, Cell, Claim

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["answer_coverage"]

_ASKING = frozenset(("who", "whom", "what", "which", "whose", "where"))
_OPENING = frozenset(("do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "can", "could"))
_FORBIDDEN = frozenset(
    [
        "how", "why", "when", "or", "than", "more", "less", "same", "nobody", "none", "nothing", "they", "them",
        "it", "he", "she", "themselves", "itself", "first", "last", "according",
    ]
)  # fmt: skip
_NAMING = frozenset(("called", "named", "name", "titled", "termed"))
_GRADES = {
    f"how {word}": names
    for words, names in (
        ("often frequently regularly", ("frequency",)),
        ("big large great high serious severe strong heavy significant massive huge", ("magnitude", "quantity")),
        ("much far fully strongly closely", ("degree", "magnitude", "quantity")),
        ("likely probable", ("likelihood",)),
        ("fast quickly rapidly", ("manner",)),
    )
    for word in words.split()
} | {"when": ("condition", "period", "exception")}
"""The qualifiers of a claim that a question of degree or time asks for."""
_AGENTS = frozenset(("who", "whom"))
_MAX_WORDS = 20


def answer_coverage(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer with the claims that account for every word; None if there is none, or the words forbid it.

    Args:
        asker: the kit.
        question: with its setting set apart.
    """
    words = question.words
    graded, words = _grading(words)
    plain = [w.lower for w in words]
    if len(words) == len(question.words) and plain[0] in ("when", "how"):
        return None
    if not _NAMING.isdisjoint(question.text.lower().strip("?!. ").split()):
        return None
    if not 3 <= len(words) <= _MAX_WORDS or not _FORBIDDEN.isdisjoint(plain):
        return None
    if any("NEG" in FUNCTION_WORDS.get(w, ()) for w in plain):
        return None
    if plain[0] not in _OPENING and not _ASKING & set(plain) and not {*_OPENING, "has", "be"}.isdisjoint(plain):
        return None  # a statement
    asking = next((w for w in plain if w in _ASKING), "")
    return _Cover(asker, question._replace(words=words), asking, graded).answer()


def _grading(words: tuple[Spelling, ...]) -> tuple[tuple[str, ...], tuple[Spelling, ...]]:
    """Return the qualifiers that *how often* or *when* ask for, and the words without these."""
    for size in (2, 1):
        names = _GRADES.get(" ".join(w.lower for w in words[:size]))
        if names and len(words) > size and words[size].lower in _OPENING:
            return names, words[size:]
    return (), words


class _Cover(Fitting):
    """Looks for the claims that answer one question, and says with which end they do."""

    def __init__(self, asker: ClaimAsker, question: Question, asking: str, graded: tuple[str, ...]) -> None:
        super().__init__(asker, question)
        self.asker = asker
        self.question = question
        self.asking = asking
        self.graded = graded
        self._out = asker.finder.left_out(question.context)
        first = question.words[0].lower
        self.asks = bool(asking) or "LIST" in FUNCTION_WORDS.get(first, ())
        asked = question.text.lower().split()
        self.bare = not self.asks and first not in _OPENING and asked[0] not in {*_OPENING, *_ASKING}

    def answer(self) -> Answer | None:
        """Return the answer, or None."""
        names = {iri: e for edges in self.edges for e in edges for iri in names_of(e) if iri in self.terms.things}
        if not names:
            return None
        found: list[tuple[Fit, str]] = []
        self.about = [c for c in self.asker.finder.about(tuple(names), self.question.context) if self._eligible(c)]
        for claim in self.about:
            fit = self.fit(claim)
            end = self._asked(fit) if fit is not None else None
            if fit is not None and end is not None:
                found.append((fit, end))
        if not found:
            return None
        return self._answer(found)

    def _answer(self, found: Sequence[tuple[Fit, str]]) -> Answer | None:
        claims = [fit.claim for fit, _ in found]
        verdict: bool | None = None
        columns = ("answer",) if self.asks or self.graded else ("subject", "property", "object")
        if self.graded:
            rows = _graded(claims, self.graded)
        elif self.asks:
            rows = self._rows(found)
        elif self.bare:
            rows = claim_rows(claims, self.terms)
        else:
            if len({c.polarity for c in claims}) > 1:
                return None
            rows, verdict = claim_rows(claims, self.terms), claims[0].polarity == "positive"
        wanted = {
            NUMBERS[w.lower]
            for i, w in enumerate(self.words)
            if w.lower in NUMBERS and (not i or self.words[i - 1].lower != "of")
        }  # *of the two models* says how many there are, not how many are asked for
        if not rows or (wanted and (wanted != {len(rows)} or not self.asks)):
            return None
        said = "; ".join(
            dict.fromkeys(self._affirmed(c) if verdict is False else c.text or "" for c in claims[:3])
        )
        return Answer(
            self.question.text,
            "answered",
            boolean=verdict,
            columns=columns,
            rows=rows,
            explanation=(*self.question.notes, "every word is one of these claims' own"),
            paraphrase=f"Is it stated that {said}?"
            if verdict is not None
            else f"What has all these words: {said}?",
            sparql=self.asker.about_sparql(claims),
        )

    def _affirmed(self, claim: Claim) -> str:
        """Return what a claim denies, as a sentence."""
        link = Link(((claim.predicate, False),), Term(iris=(claim.object or "",)), main=True)
        reading = Reading("ask", Term(iris=(claim.subject,), links=(link,)))
        return sentence_of(reading, self.terms, self.question.context)

    def _rows(self, found: Sequence[tuple[Fit, str]]) -> tuple[AnswerRow, ...]:
        grouped: dict[str, tuple[list[Claim], list[Claim]]] = {}
        for fit, end in found:
            beside, claims = grouped.setdefault(end, ([], []))
            beside += fit.beside
            claims.append(fit.claim)
        return tuple(
            make_row((Cell(self.terms.label(end), iri=end),), [beside, claims])
            for end, (beside, claims) in grouped.items()
        )

    def _eligible(self, claim: Claim) -> bool:
        relation = self.terms.relations.get(claim.predicate)
        if relation is None or claim.object is None or (self.asks and claim.polarity == "negative"):
            return False
        if not self._out.isdisjoint((claim.subject, claim.object)):
            return False
        return not claim.scenario or bool(self.question.context.scenarios)

    @cached_property
    def _weak(self) -> frozenset[str]:
        """The properties that *be*, *have* and *do* may stand for."""
        types = self.types
        return frozenset((*types.havings, *types.partitives, *types.copulas, *(p for p, _ in types.doings)))

    # ---- what is asked

    def _asked(self, fit: Fit) -> str | None:
        """Return the end that a claim answers with (its subject for yes or no), None where it does not fit."""
        claim = fit.claim
        ends = (claim.subject, claim.object or "")
        weak = claim.predicate in self._weak
        if not self._ordered(fit) or self._paired(fit):
            return None
        if not self.asks:
            joined = (
                fit.predicate
                or weak
                or fit.headed
                or (self.owning and fit.whole >= set(ends))
                or (bool(self.graded) and fit.named >= set(ends))
            )
            whole = all(map(fit.touched, ends)) or (self.bare and (fit.predicate or fit.headed))
            # *how big is the capex risk*, whoever has it
            big = {"magnitude"} <= {*self.graded} & set(claim.qualifiers) and claim.object in fit.named
            return claim.subject if big or (whole and fit.named and (joined or self.bare)) else None
        open_ends = [e for e in ends if e not in fit.named]
        if len(open_ends) != 1 or not fit.named:
            return None
        end = open_ends[0]
        part = end in fit.partly and self.asking not in _AGENTS
        doer = self.asking == "whom" and end == claim.subject and "by" not in self._plain
        if doer or (not fit.predicate and not (weak and (part or fit.kinds))):
            return None
        owned = fit.owners and not fit.verbs and "have" not in self.stems
        if owned and self.asking != "whose" and end in fit.owners and len(fit.owners) == 1:
            return None
        return end if self._sort(end, fit) else None

    def _ordered(self, fit: Fit) -> bool:
        """Whether the ends stand where the verb or noun of the question wants them."""
        ends = (fit.claim.subject, fit.claim.object or "")
        swappable = self.swappable(fit.claim)
        if not fit.verbs or (self.bare and not swappable):
            return not swappable or bool(self.asks and fit.owners and fit.owners <= fit.named)
        for at, inverse, be, participle in fit.verbs:
            passive = participle and not be and self._passive(at)
            if participle and not be and not passive and not swappable:
                return True
            before = [e for e in ends if e in fit.named and fit.at[e] < at]
            if len(before) > 1:
                continue
            holder = before[0] if before else next((e for e in ends if e not in fit.named), None)
            if holder == ends[inverse != passive]:
                return True
        return False

    def _paired(self, fit: Fit) -> bool:
        """Whether *and* or a comma joins the ends, which then stand side by side and in no relation."""
        both = {fit.claim.subject, fit.claim.object or ""}
        for i, word in enumerate(self.words[1:-1], start=1):
            if word.lower in ("and", ","):
                left = {iri for e in self.names[i - 1] for iri in e.meaning.iris} & both
                right = {iri for e in self.names[i + 1] for iri in e.meaning.iris} & both
                if left and right and left | right == both:
                    return True
        return False

    def _passive(self, at: int) -> bool:
        """Whether a participle follows a form of *be* or *get*, or has *by* after it."""
        before = self.words[max(0, at - 6) : at]
        after = self.words[at + 1 : at + 3]
        return any("BE" in FUNCTION_WORDS.get(w.lower, ()) or w.stem == "get" for w in before) or any(
            w.lower == "by" for w in after
        )

    def _sort(self, end: str, fit: Fit) -> bool:
        """Whether an end is of the sort that the question word asks for."""
        thing = self.terms.things.get(end)
        if thing is None:
            return False
        if fit.kinds and not any(self.types.is_a(end, k) for k in fit.kinds):
            return False
        return self.asking != "where" or (not fit.predicate and end in fit.partly)


def _graded(claims: Sequence[Claim], names: Sequence[str]) -> tuple[AnswerRow, ...]:
    """Return the words by which claims are qualified in some way, each with the claims it qualifies."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        for name in names:
            for text in claim.qualifiers.get(name, ()):
                found.setdefault(text, []).append(claim)
    return tuple(make_row((Cell(text),), [said]) for text, said in found.items())
