"""*Do all hyperscalers bear capex risk*: of a group, asked of each member that the graph names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.meaning import Link, Reading, Term
from kg.results import Answer, AnswerRow

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["answer_every"]

_EVERY = Frame(
    r"(?P<do>do|does|did|is|are|was|were|have|has|can|could|will) (?:all|every|each)(?: one)?(?: of)? (?P<rest>.+)"
)
_PARTLY = frozenset(("quantity", "frequency"))


def answer_every(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer yes where every named member has its claim, and no claim says *mostly* or *at times*; else None."""
    every = len(question.words) > 1 and question.words[1].lower in ("all", "every", "each")
    found = _EVERY.match(question.words) if every else None
    if not found or question.context.scenarios:
        return None
    understood = asker.understand((*found["do"], *found["rest"]), question.context)
    if not understood.readings:
        return None
    reading, context = understood.readings[0], understood.context
    ways = asker.grammar.types.memberships(Term(iris=reading.term.iris)) if len(reading.term.iris) == 1 else ()
    if reading.form != "ask" or not ways:
        return None
    inside = Reading("select", Term(links=(Link(ways, Term(iris=reading.term.iris), main=True),)))
    members = [c.iri for r in asker.find(inside, context).rows for c in r.cells[:1] if c is not None and c.iri]
    rows: list[AnswerRow] = []
    for member in members:
        held = asker.find(reading._replace(term=reading.term._replace(iris=(member,))), context)
        if held.verdict is not True or any(_PARTLY & set(row.qualifiers) for row in held.rows):
            return None
        rows += held.rows
    if not rows:
        return None
    group = asker.terms.label(reading.term.iris[0])
    notes = (
        *question.notes,
        *understood.notes,
        f"asked of each of {group} that the graph names; there may be others",
    )
    answer = asker.answered(question.text, reading, asker.find(reading, context), notes, context)
    return answer if answer.disputed else answer._replace(boolean=True, rows=tuple(rows))
