"""*Who says that …*, *does the prompt or the reply say …*: the voices behind claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.rows import make_row
from kg.results import Answer, Cell, Claim

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["answer_saying"]

_SAY = (
    r"(?:says?|said|states?|stated|claims?|claimed|mentions?|mentioned|asserts?|asserted|thinks?|argues?|argued"
    r"|suggests?"
    r"|suggested|believes?|points? out|predicts?|predicted|observes?|notes?|noted|asserting|saying|makes claim)"
)
_SAYING = (
    Frame(rf"(?:who|which voice|what voice|whose voice|which speaker|which side|which part of (?:document|text"
          rf"|post)) {_SAY}(?: that)? (?P<core>.+)"),
    Frame(r"according to (?:whom|who|which voice|which speaker)(?: ,)? (?:is it that )?(?P<core>.+)"),
    Frame(r"by whom is it (?:said|stated|claimed|argued|suggested)(?: that)? (?P<core>.+)"),
    Frame(r"in whose (?:words|voice|view|opinion)(?: is it (?:said|stated|claimed|argued|suggested)(?: that)?)?"
          r" (?P<core>.+)"),
    Frame(r"whose (?:claim|statement|view|opinion|words|assertion|observation) (?:is it|is|was it) (?:that"
          r" )?(?P<core>.+)"),
    Frame(rf"who (?:is it that |is one who )?{_SAY}(?: that)? (?P<core>.+)"),
    Frame(rf"does (?P<a>.+?) or (?P<b>.+?) {_SAY}(?: that)? (?P<core>.+)"),
    Frame(rf"is it (?P<a>.+?) or (?P<b>.+?) (?:that|who|which) {_SAY}(?: that)? (?P<core>.+)"),
)  # fmt: skip
_MENTION = Frame(
    r"(?:who|which voice|what voice|which speaker) (?:mentions?|mentioned|says anything about|speaks of|talks"
    r" about|brings up) .+"
)


def answer_saying(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer with the voices of the claims that make a statement; None where *say* is no frame around one."""
    found = next((m for frame in _SAYING if (m := frame.match(question.words))), None)
    if not found or not found["core"] or not asker.terms.voices:
        return None
    understood = asker.understand(found["core"], question.context)
    if not understood.readings:
        return None
    reading, context = understood.readings[0], understood.context
    if reading.form != "ask" and not _MENTION.match(question.words):
        return None
    claims = list(asker.find(reading, context).claims)
    if reading.term.iris and not reading.term.links:
        claims = asker.finder.about(reading.term.iris, context)
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.voice:
            groups.setdefault(claim.voice, []).append(claim)
    notes = (*question.notes, *understood.notes, "asked: who says so")
    if not groups:
        return asker.not_stated(question.text, reading, "", notes, context)
    rows = tuple(
        make_row(
            (Cell(asker.terms.label(voice), iri=voice),),
            [said],
            "; ".join(dict.fromkeys(c.text for c in said[:3])),
        )
        for voice, said in groups.items()
    )
    said = "; ".join(dict.fromkeys(c.text for c in claims[:2]))
    return Answer(
        question.text, "answered", columns=("voice",), rows=rows, explanation=notes,
        paraphrase=f"Who says this: {said}?", sparql=asker.about_sparql(claims),
    )  # fmt: skip
