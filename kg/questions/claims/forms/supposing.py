"""*If demand falls, who …*: a condition that the claims of one scenario say, so that the rest is asked of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.results import Answer

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker
    from kg.questions.claims.lattice import Spelling

__all__ = ["answer_supposed"]

_IF = (
    Frame(r"(?:if|when|should|once|assuming|suppose|supposing|in case|in event)(?: that)? (?P<condition>[^,]+) ,"
          r"(?: then)? (?P<rest>.+)"),
    Frame(r"(?P<rest>.+?) (?:if|assuming|supposing|in case|in event)(?: that)? (?P<condition>.+)"),
)  # fmt: skip
_WOULD = Frame(r"(?:who|what|which|whose|to whom|how) (?:\w+ )*?(?:would|could|might|may) .+")


def answer_supposed(asker: ClaimAsker, question: Question, ask: Callable[[Question], Answer]) -> Answer | None:
    """Answer in the one scenario whose claims say the condition, or in any where a question says *would*.

    Args:
        asker: the kit.
        question: in its own words.
        ask: answers a question in one wording.
    """
    if not asker.terms.scenarios or question.context.scenarios:
        return None
    for frame in _IF:
        found = frame.match(question.words)
        inside = _scenario_of(asker, question, found["condition"]) if found else ""
        if found and inside:
            context = question.context._replace(scenarios=(inside,))
            note = f"set in {asker.terms.label(inside)}"
            answer = ask(question._replace(words=found["rest"], context=context, notes=(*question.notes, note)))
            return answer if answer.status == "answered" else None
    open_to_any = _WOULD.match(question.words) is not None
    if open_to_any and not any(w.lower in ("if", "when", "unless") for w in question.words):
        answer = ask(question._replace(context=question.context._replace(scenarios=("*",))))
        return answer if answer.status == "answered" and answer.boolean is None else None
    return None


def _scenario_of(asker: ClaimAsker, question: Question, condition: tuple[Spelling, ...]) -> str:
    """Return the scenario that says so; none if none or several do."""
    context = question.context._replace(scenarios=("*",))
    understood = asker.understand(condition, context)
    if not understood.readings or understood.readings[0].form != "ask":
        return ""
    result = asker.find(understood.readings[0], understood.context)
    found = {c.scenario for c in result.claims if c.scenario and c.polarity == "positive"}
    return found.pop() or "" if len(found) == 1 and result.verdict else ""
