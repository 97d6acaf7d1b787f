"""*Was it issued in 2026*, *before March 2026*: a date that the one that is stated bears out.

Where it does not, the answer is *not stated* beside the date that is: a claim denies only what it denies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.lattice import words_of
from kg.vocabulary.datatypes import is_date
from kg.vocabulary.words import tokenize

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker
    from kg.results import Answer

__all__ = ["answer_dated"]

_DATED = Frame(
    r"(?P<be>is|are|was|were|did|does|do) (?P<core>.+?) (?P<when>in|on|before|after|since)"
    r" (?P<date>[a-z0-9, -]*\b\d{4}(?:-\d\d){0,2})"
)


def answer_dated(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer whether something was at, before or after a date, from the date that is stated."""
    found = _DATED.match(question.words)
    if not found:
        return None
    said = _date(" ".join(w.text for w in found["date"]))
    if not said:
        return None
    answer = asker.answer_words(question, (*words_of("when"), *found["be"], *found["core"]))
    values = [row.cells[0] for row in answer.rows]
    if (
        answer.status != "answered"
        or len(values) != 1
        or values[0] is None
        or not is_date(values[0].datatype or "")
    ):
        return None
    when = found["when"][0].lower
    told = f"{(answer.paraphrase or '').rstrip('?')}, and is it {when} {said}?"
    if _holds(values[0].value, when, said):
        return answer._replace(boolean=True, paraphrase=told)
    return answer._replace(status="not_stated", rows=(), related=answer.rows, paraphrase=told)


def _holds(value: str, when: str, said: str) -> bool:
    """Whether a date is in, before or after another, as far as the other says."""
    start = value[: len(said)]
    return {"before": start < said, "after": start > said, "since": start >= said}.get(when, start == said)


def _date(text: str) -> str:
    """Return a date as far as it is said: *2026*, *2026-03*, *2026-03-27*."""
    from kg.questions.plain.quantities import quantities

    tokens = tokenize(text)
    whole = [c for c in quantities(tokens, 0) if c.size == len(tokens) and c.texts and not c.unit]
    return next((c.texts[0][0] for c in whole if c.texts[0][0][:4].isdigit()), "")
