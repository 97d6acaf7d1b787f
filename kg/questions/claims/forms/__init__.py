"""The forms of questions about claims, tried in order; the plain clause comes last.

A form is a function of the asker and the question that returns an answer, or None where it does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from kg.questions.claims.forms.compare import answer_comparison
from kg.questions.claims.forms.describe import answer_about, answer_identity
from kg.questions.claims.forms.evidence import answer_evidence
from kg.questions.claims.forms.exchange import answer_exchange
from kg.questions.claims.forms.order import answer_order
from kg.questions.claims.forms.premise import answer_premise
from kg.questions.claims.forms.qualifier import answer_qualifier
from kg.questions.claims.forms.question import Question
from kg.questions.claims.forms.scenario import answer_happening, answer_which_scenario
from kg.questions.claims.forms.setting import read_setting
from kg.questions.claims.forms.why import answer_why
from kg.results import Answer

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker
    from kg.questions.claims.compile import Context
    from kg.questions.claims.lattice import Spelling

__all__ = ["FORMS", "Form", "answer_form"]

Form: TypeAlias = "Callable[[ClaimAsker, Question], Answer | None]"

FORMS: tuple[Form, ...] = (
    answer_premise,
    answer_exchange,
    answer_why,
    answer_evidence,
    answer_which_scenario,
    answer_happening,
    answer_comparison,
    answer_about,
    answer_order,
    answer_identity,
    answer_qualifier,
)


def answer_form(asker: ClaimAsker, text: str, words: Sequence[Spelling], context: Context) -> Answer:
    """Answer a question by the first form that fits it, else as a plain clause."""
    question = read_setting(Question(text, tuple(words), context), asker.terms)
    for form in FORMS:
        answer = form(asker, question)
        if answer is not None:
            return answer
    return asker.answer_plain(question)
