"""*Since lenders bear risk, who …*: a question that takes something for granted, which is looked up first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.results import Answer

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["answer_premise"]

_GIVEN = (
    Frame(r"(?:since|given that|given|because|considering that|considering|now that|as|although|even"
          r" though|seeing that)"
          r" (?P<premise>.+?) , (?P<rest>.+)"),
    Frame(r"(?P<rest>(?:who|what|which|how|why|where|when) .+?) (?:given that|considering that|now that"
          r"|seeing that) (?P<premise>.+)"),
)  # fmt: skip


def answer_premise(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer what follows the premise if the premise is stated; else say that it is not."""
    found = next((m for frame in _GIVEN if (m := frame.match(question.words))), None)
    if not found or not found["premise"] or not found["rest"]:
        return None
    understood = asker.understand(found["premise"], question.context)
    if not understood.readings:
        return asker.not_understood(question.text, understood.uncovered)
    reading = understood.readings[0]
    given = asker.find(reading, understood.context)
    notes = (*question.notes, *understood.notes)
    if reading.form == "ask" and given.verdict is not True:
        return asker.not_stated(
            question.text,
            reading,
            given.sparql,
            (*notes, "the question takes for granted what is not stated"),
            understood.context,
        )
    return asker.answer_words(question, found["rest"])
