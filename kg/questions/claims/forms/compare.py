"""*Compare X and Y*, *how do they differ*, *what do they have in common*: claims about two things side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.lattice import words_of
from kg.questions.claims.meaning import Reading, Term
from kg.questions.claims.rows import make_row
from kg.results import Answer, AnswerRow, Cell, Claim
from kg.vocabulary.claim_terms import key_words

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker
    from kg.questions.claims.lattice import Spelling

__all__ = ["answer_comparison"]

_DIFFERENCE = (
    r"(?:main |key |real |essential |underlying |biggest |basic |fundamental )?(?:differences?"
    r"|contrasts?|distinctions?|comparison)"
)
_SIDE_BY_SIDE = (
    Frame(r"(?:please )?(?:compare|contrast|compare and contrast|distinguish)(?: between)? (?P<a>.+?)"
          r" (?:and|with|to|vs|versus|against|from|,) (?P<b>.+)"),
    Frame(r"(?:how|in what way|in what ways|in which way) (?:do|does|is|are) (?P<a>.+?) (?:and|,)"
          r" (?P<b>.+?) (?:differ|compare|different|contrast|distinguished|stack up)(?: from each other)?"),
    Frame(r"(?:how|in what way|in what ways) (?:do|does|is|are) (?P<a>.+?) (?:differ|different|compare"
          r"|distinguished) (?:from|to|with) (?P<b>.+)"),
    Frame(rf"(?:what|which) (?:is|are) {_DIFFERENCE} between (?P<a>.+?) (?:and|vs|versus) (?P<b>.+)"),
    Frame(rf"{_DIFFERENCE} (?:between|of) (?P<a>.+?) (?:and|vs|versus) (?P<b>.+)"),
    Frame(r"what (?:distinguishes|separates|differentiates|sets) (?P<a>.+?) (?:from|and|apart from) (?P<b>.+)"),
    Frame(r"(?P<a>.+?) (?:vs|versus|compared to|compared with|in comparison with) (?P<b>.+)"),
)  # fmt: skip
_IN_COMMON = (
    Frame(r"what (?:do|does|is) (?P<a>.+?) (?:and|,) (?P<b>.+?) (?:have in common|share|common)"),
    Frame(r"(?:what|which) (?:is|are) (?:common to|similarities between|similarity between|commonalities"
          r" between|commonalities of|shared by|in common between) (?P<a>.+?) and (?P<b>.+)"),
    Frame(r"(?:how|in what way|in what ways) (?:are|is) (?P<a>.+?) (?:and|like|similar to) (?P<b>.+?)(?:"
          r" similar| alike)?"),
    Frame(r"(?:similarities|similarity|commonalities) (?:between|of) (?P<a>.+?) and (?P<b>.+)"),
    Frame(r"what (?:do|does|did) (?P<a>.+?) (?:have in common|share) with (?P<b>.+)"),
)  # fmt: skip
_BARE = Frame(r"(?:compare|contrast|difference|differences|comparison) (?P<both>(?!between).+)")
_BOTH = (
    (Frame(r"what (?:do|does|is|are) (?:both(?: of)?|two) (?P<kind>.+?) (?:have in common|share|common)"), True),
    (Frame(r"(?:what|which) (?:is|are) (?:common to|shared by|similarities between|in common between)"
           r" (?:both(?: of)?|two) (?P<kind>.+)"), True),
    (Frame(r"(?:please )?(?:compare|contrast) (?:both(?: of)?|two) (?P<kind>.+)"), False),
    (Frame(r"(?:how|in what way|in what ways) (?:do|does|are) (?:both(?: of)?|two) (?P<kind>.+?) (?:differ"
           r"|compare|different)"
           r"(?: from each other)?"), False),
    (Frame(rf"(?:what|which) (?:is|are) {_DIFFERENCE} between (?:both(?: of)?|two) (?P<kind>.+)"), False),
)  # fmt: skip
_Side = Mapping[tuple[str, bool], list[Claim]]


_IN_RESPECT = Frame(
    r"(?P<core>.*?(?:compare|contrast|differs?|different|differences?|separates?|distinguish(?:es)?|sets).*?)"
    r" (?:in terms of|with regard to|with respect to|when it comes to|as regards|regarding|concerning|as to|in|on"
    r"|by) (?P<respect>.+)"
)


def answer_comparison(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer a comparison of two named things, in one respect if it says so."""
    found = _IN_RESPECT.match(question.words)
    whole = _answer_comparison(asker, question._replace(words=found["core"])) if found else None
    if found and whole is not None and whole.status == "answered":
        wanted = {w.stem for w in found["respect"]} - {w.stem for w in words_of("who which what of")}
        rows = tuple(row for row in whole.rows if _concerns(row, wanted))
        if rows:
            said = " ".join(w.text for w in found["respect"])
            return whole._replace(rows=rows, explanation=(*whole.explanation, f"in respect of: {said}"))
    return _answer_comparison(asker, question)


def _concerns(row: AnswerRow, wanted: set[str]) -> bool:
    """Whether the property of a row, or what it says of either thing, has one of some words."""
    return any(wanted & set(key_words(cell.value)) for cell in row.cells if cell is not None)


def _answer_comparison(asker: ClaimAsker, question: Question) -> Answer | None:
    bare = _BARE.match(question.words)
    if bare:
        for at in range(1, len(bare["both"])):
            left, right = asker.named(bare["both"][:at]), asker.named(bare["both"][at:])
            if left and right:
                return _compared(asker, question, left, right, common=False)
    for frame, common in _BOTH:
        found = frame.match(question.words)
        pair = _pair(asker, found["kind"]) if found else ()
        if pair:
            return _compared(asker, question, pair[:1], pair[1:], common=common)
    for frames, common in ((_SIDE_BY_SIDE, False), (_IN_COMMON, True)):
        for frame in frames:
            found = frame.match(question.words)
            if not found or asker.named(question.words):
                continue
            left, right = asker.named(found["a"]), asker.named(found["b"])
            if left and right:
                return _compared(asker, question, left, right, common=common)
    return None


def _pair(asker: ClaimAsker, words: Sequence[Spelling]) -> tuple[str, ...]:
    """Return the two instances of a class that has two."""
    kind = asker.kind_named(words)
    members = asker.finder.members(kind[0]) if kind else ()
    return members if len(members) == 2 else ()


def _compared(
    asker: ClaimAsker, question: Question, left: tuple[str, ...], right: tuple[str, ...], *, common: bool
) -> Answer:
    claims = asker.finder.about((*left, *right), question.context)
    inside = tuple(i for i in (*left, *right) if i in asker.terms.scenarios)
    if inside:
        claims = [*claims, *(c for c in asker.finder.inside(inside, question.context) if c not in claims)]
    sides = tuple(_side(claims, things, inside) for things in (left, right))
    names = tuple(", ".join(asker.terms.label(i) for i in things) for things in (left, right))
    rows = _shared(asker, sides) if common else _beside(asker, sides)
    notes = (*question.notes, f"compared: {names[0]} and {names[1]}")
    verb = "in common" if common else "side by side"
    paraphrase = f"What is said of {names[0]} and {names[1]}, {verb}?"
    if not rows:
        reading = Reading("select", Term(iris=(*left, *right)))
        return asker.not_stated(question.text, reading, "", (*notes, "nothing stated in common"), question.context)
    columns = ("property", "object") if common else ("property", *names)
    return Answer(
        question.text, "answered", columns=columns, rows=rows, explanation=notes, paraphrase=paraphrase,
        sparql=asker.about_sparql(claims),
    )  # fmt: skip


def _side(claims: Sequence[Claim], things: tuple[str, ...], scenarios: tuple[str, ...]) -> _Side:
    found: dict[tuple[str, bool], list[Claim]] = {}
    for claim in claims:
        if claim.scenario is not None and claim.scenario in scenarios:
            if claim.scenario in things:
                found.setdefault((claim.predicate, False), []).append(claim)
        elif claim.subject in things:
            found.setdefault((claim.predicate, False), []).append(claim)
        elif claim.object in things:
            found.setdefault((claim.predicate, True), []).append(claim)
    return found


def _beside(asker: ClaimAsker, sides: tuple[_Side, ...]) -> tuple[AnswerRow, ...]:
    keys = list(dict.fromkeys((*sides[0], *sides[1])))
    keys.sort(key=lambda k: (not (k in sides[0] and k in sides[1]), k[1]))
    rows = []
    for key in keys:
        cells = [Cell(asker.terms.label(key[0]), iri=key[0])]
        texts = []
        for side in sides:
            claims = side.get(key, [])
            shown = dict.fromkeys(_end(asker, c, inverse=key[1]) for c in claims)
            cells.append(Cell("; ".join(shown)) if shown else None)  # type: ignore[arg-type]
            texts += list(dict.fromkeys(c.text for c in claims))
        both = [c for side in sides for c in side.get(key, [])]
        rows.append(make_row(tuple(cells), [both], "; ".join(texts)))
    return tuple(rows)


def _end(asker: ClaimAsker, claim: Claim, *, inverse: bool) -> str:
    if claim.scenario is not None:
        return claim.text
    end = claim.subject if inverse else claim.object
    text = asker.terms.label(end) if end else claim.value or ""
    return f"not {text}" if claim.polarity == "negative" else text


def _shared(asker: ClaimAsker, sides: tuple[_Side, ...]) -> tuple[AnswerRow, ...]:
    rows = []
    for key, claims in sides[0].items():
        others = sides[1].get(key, [])
        ends = {_of(c, inverse=key[1]): None for c in claims}
        for end in ends:
            mine = [c for c in claims if _of(c, inverse=key[1]) == end]
            theirs = [c for c in others if _of(c, inverse=key[1]) == end]
            if theirs and end[0]:
                cells = (Cell(asker.terms.label(key[0]), iri=key[0]), Cell(asker.terms.label(end[0]), iri=end[0]))
                text = "; ".join(dict.fromkeys(c.text for c in (*mine[:1], *theirs[:1])))
                rows.append(make_row(cells, [mine, theirs], text))
    return tuple(rows)


def _of(claim: Claim, *, inverse: bool) -> tuple[str, str]:
    return ((claim.subject if inverse else claim.object or claim.value) or "", claim.polarity)
