"""*Quote the passage on …*, *where does it say that …*: the quotes behind claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.rows import make_row
from kg.results import Answer, AnswerRow, Cell, Claim, Evidence
from kg.vocabulary.claim_terms import PREPOSITIONS

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["answer_evidence"]

_PASSAGE = (
    r"(?:passages?|quotes?|quotations?|evidence|sentences?|exact words|words|wording|proofs?|lines?"
    r"|support|citations?"
    r"|source|sources|basis|part|text)"
)
_DOCUMENT = r"(?:document|text|source|article|post|paper|report|it|author|blog|prompt|reply)"
_SAY = r"(?:says?|states?|mentions?|claims?|talks?|discusses|shows?|proves?|supports?|backs?)"
_FRAMES = (
    Frame(rf"(?:which|what) {_PASSAGE} {_SAY}(?: that| about)? (?P<core>.+)"),
    Frame(
        rf"where (?:in|within) {_DOCUMENT} (?:is|are|does|do) (?P<core>.+?)(?: mentioned| stated| said|"
        rf" described| named)?"
    ),
    Frame(r"(?P<core>.+) (?:evidence|quote|quotes|passage|citation|source)"),
    Frame(
        rf"(?:please )?(?:quote|cite|show|give|find|provide|list|locate|point to)(?: me| us)?(?: exact|"
        rf" relevant| original)?"
        rf" {_PASSAGE}(?: (?:on|about|for|that|of|regarding|concerning|where|which|saying|behind"
        rf"|supporting|in which))*"
        rf"(?: {_DOCUMENT} {_SAY}(?: about| that| of| on)?| {_SAY}(?: that| about)?)? (?P<core>.+)"
    ),
    Frame(
        r"(?:please )?(?:quote|cite) (?:what (?:(?:it|document|text|post|article) says|is (?:said|written|stated))"
        r" (?:about|on|of|regarding|concerning) )?(?P<core>.+)"
    ),
    Frame(
        rf"where (?:exactly )?(?:does|do|did|is|in {_DOCUMENT} does) (?:{_DOCUMENT} )?(?:it )?"
        rf"(?:say|state|mention|claim|said|stated|mentioned|written|talk)(?: that| about| of)? (?P<core>.+)"
    ),
    Frame(
        rf"(?:what|which|what kind of) (?:is |are )?(?:exact )?{_PASSAGE}(?: is there| are there| do you"
        rf" have| exists)?"
        rf"(?: (?:for|that|of|on|about|behind|to support|showing|saying))* (?:claim that |statement that"
        rf" )?(?P<core>.+)"
    ),
    Frame(rf"{_PASSAGE} (?:on|about|for|that|of|regarding|behind)(?: {_SAY})? (?P<core>.+)"),
    Frame(rf"which {_PASSAGE} {_SAY}(?: that| about)? (?P<core>.+)"),
    Frame(
        rf"in (?:which|what) (?:section|part|heading|passage)(?: of {_DOCUMENT})? (?:is|are|does|do) (?P<core>.+)"
    ),
    Frame(r"how do (?:you|we) know(?: that| about)? (?P<core>.+)"),
)


def answer_evidence(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer a request for quotes."""
    core = next((m["core"] for frame in _FRAMES if (m := frame.match(question.words))), None)
    if not core or all(w.lower in PREPOSITIONS for w in core):
        return None
    understood = asker.understand(core, question.context)
    if not understood.readings:
        return (
            None
            if understood.uncovered and len(core) > 12
            else asker.not_understood(question.text, understood.uncovered)
        )
    reading, context = understood.readings[0], understood.context
    term = reading.term
    notes = (*question.notes, *understood.notes, "asked: the passages")
    sparql = ""
    if term.iris and not term.links:
        claims: Sequence[Claim] = asker.finder.about(term.iris, context)
    else:
        found = asker.find(reading, context)
        if not found.claims and not context.scenarios:  # a passage may tell of a scenario; its heading says so
            found = asker.find(reading, context._replace(scenarios=("*",)))
        claims, sparql = found.claims, found.sparql
    stated = [c for c in claims if c.kind == "stated"]
    rows = quote_rows(stated or claims)
    if not rows:
        return asker.not_stated(question.text, reading, sparql, notes, context)
    said = ", ".join(asker.terms.label(i) for i in term.iris) or "; ".join(
        dict.fromkeys(c.text for c in claims[:2])
    )
    return Answer(
        question.text,
        "answered",
        columns=("quote", "section"),
        rows=rows,
        explanation=notes,
        paraphrase=f"Which passages speak of this: {said}?",
        sparql=sparql or None,
    )


def quote_rows(claims: Sequence[Claim]) -> tuple[AnswerRow, ...]:
    """Return one row for each quote behind some claims, in the order of the text."""
    groups: dict[Evidence, list[Claim]] = {}
    for claim in claims:
        for evidence in claim.quotes:
            groups.setdefault(evidence, []).append(claim)
    ordered = sorted(groups.items(), key=lambda x: (x[0].document, x[0].start, x[0].end))
    rows = []
    for evidence, found in ordered:
        row = make_row((Cell(evidence.quote), Cell(evidence.heading)), [found])
        rows.append(row._replace(evidence=(evidence,)))
    return tuple(rows)
