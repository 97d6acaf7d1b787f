"""*How often …*, *to what extent …*, *under what condition …*, *when …*: the words that qualify a claim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.meaning import Reading, Term
from kg.questions.claims.rows import claim_rows, make_row
from kg.results import Answer, AnswerRow, Cell, Claim
from kg.terms import local_name

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker, Understood
    from kg.questions.claims.compile import Context

__all__ = ["answer_qualifier"]

_FRAMES: tuple[tuple[Frame, tuple[str, ...]], ...] = (
    (Frame(r"(?:how often|how frequently|how regularly|how many times) (?P<core>.+)"), ("frequency",)),
    (
        Frame(
            r"(?:to what (?:extent|degree)|to which (?:extent|degree)|how far|how much|how (?:strongly"
            r"|completely|fully|closely|deeply|truly|entirely"
            r"|tightly|firmly|widely|really|well)) (?P<core>.+)"
        ),
        ("degree", "magnitude", "quantity", "scope"),
    ),
    (
        Frame(r"(?:how fast|how quickly|in what manner|in which manner|in what way|in which way) (?P<core>.+)"),
        ("manner",),
    ),
    (
        Frame(
            r"(?:(?:by|through|via|with|using) (?:what|which) (?:means|mechanisms?|instruments?|method|tools?"
            r"|vehicles?"
            r"|channels?|route|device)|by means of what|by way of what|through what|via what) (?P<core>.+)"
        ),
        ("mechanism", "manner"),
    ),
    (
        Frame(
            r"(?:under (?:what|which) (?:conditions?|circumstances?)|on what condition|on which condition"
            r"|in what case|in which case"
            r"|in what circumstances|in which circumstances) (?P<core>.+)"
        ),
        ("condition", "exception", "period"),
    ),
    (
        Frame(
            r"(?:with what exceptions?|under (?:what|which) exceptions?|unless what|with which exceptions?)"
            r" (?P<core>.+)"
        ),
        ("exception",),
    ),
    (
        Frame(r"how (?:large|big|great|enormous|severe|serious|heavy|high|strong|significant|huge) (?P<core>.+)"),
        ("magnitude", "quantity"),
    ),
    (Frame(r"(?:how many of|what (?:share|part|proportion|portion) of|how much of) (?P<core>.+)"), ("quantity",)),
    (Frame(r"(?:since when|until when|when|in what period|at what time) (?P<core>.+)"), ("period", "condition")),
    (
        Frame(r"how (?P<core>(?:do|does|did|can|could|is|are|was|were|will|would|may|might) .+)"),
        ("mechanism", "manner"),
    ),
)


_ALSO = {"mechanism": ("through", "by", "using", "means", "instrument"), "period": ("time", "during", "since")}


def answer_qualifier(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer a question for the words that qualify a claim; None where another form may answer it."""
    for frame, names in _FRAMES:
        found = frame.match(question.words)
        if not found:
            continue
        plain = asker.understand(question.words, question.context)
        if plain.readings and names[0] in ("mechanism", "period", "manner"):
            answer = asker.respond(question.text, plain, notes=question.notes)
            if answer.status == "answered":
                return answer
        understood = asker.understand(found["core"], question.context)
        if not understood.readings or understood.readings[0].form != "ask":
            continue
        means = _means(asker, question, understood) if names[0] == "mechanism" else None
        if means is not None:
            return means
        return _qualified(asker, question, understood, names, plain)
    return None


def _means(asker: ClaimAsker, question: Question, understood: Understood) -> Answer | None:
    """Answer *how can X avoid Y*: what avoids Y, in a claim whose own words name X."""
    term = understood.readings[0].term
    if len(term.iris) != 1 or len(term.links) != 1 or not term.links[0].other.fixed:
        return None
    link = term.links[0]._replace(wording=(asker.terms.label(term.iris[0]),))
    reading = Reading("select", Term(links=(link,), wh="what"))
    found = asker.find(reading, understood.context)
    if not found.rows:
        return None
    return asker.answered(question.text, reading, found, (*question.notes, *understood.notes), understood.context)


def _qualified(
    asker: ClaimAsker, question: Question, understood: Understood, names: Sequence[str], plain: Understood
) -> Answer:
    reading, context = understood.readings[0], understood.context
    found = asker.find(reading, context)
    for other in understood.readings[1:]:
        if not found.claims:
            reading, found = other, asker.find(other, context)
    if not found.claims:
        reading, found = understood.readings[0], asker.find(understood.readings[0], context)
    if not found.claims and any(link.negative for link in reading.term.links):
        positive = tuple(link._replace(negative=False) for link in reading.term.links)
        reading = reading._replace(term=reading.term._replace(links=positive))
        found, names = asker.find(reading, context), ("exception",)
    notes = (*question.notes, *understood.notes, f"asked: {' or '.join(names[:2])}")
    rows = _rows(found.claims, names) or _rows(_same_ends(asker, found.claims, context), names)
    if rows:
        return Answer(
            question.text,
            "answered",
            columns=(names[0],),
            rows=rows,
            explanation=notes,
            paraphrase=f"{names[0].capitalize()} with which {found.claims[0].text}?",
            sparql=found.sparql or None,
        )
    if plain.readings and not found.claims:
        return asker.respond(question.text, plain, notes=question.notes)
    answer = asker.not_stated(question.text, reading, found.sparql, notes, context)
    if found.claims:
        lines = (*notes, f"stated, but without {' or '.join(names[:2])}")
        answer = answer._replace(related=claim_rows(found.claims, asker.terms)[:5], explanation=lines)
    return answer


def _same_ends(asker: ClaimAsker, claims: Sequence[Claim], context: Context) -> list[Claim]:
    """Return the claims that join the same two things by another relation: one fact may be told twice."""
    ends = {(c.subject, c.object) for c in claims if c.object}
    about = asker.finder.about(tuple({s for s, _ in ends}), context) if ends else []
    return [c for c in about if (c.subject, c.object) in ends and c.polarity == "positive" and c.scenario is None]


def _rows(claims: Sequence[Claim], names: Sequence[str]) -> tuple[AnswerRow, ...]:
    """Return a row for each wording, of the first of the qualifiers that any claim has."""
    for name in names:
        groups: dict[str, list[Claim]] = {}
        for claim in claims:
            for known, words in claim.qualifiers.items():
                if local_name(known).lower().removeprefix("via") in (name, *_ALSO.get(name, ())):
                    for text in words:
                        groups.setdefault(text, []).append(claim)
        if groups:
            return tuple(make_row((Cell(text),), [found]) for text, found in groups.items())
    return ()
