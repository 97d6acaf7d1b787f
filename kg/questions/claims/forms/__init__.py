"""The forms of questions about claims, tried in order; the plain clause comes last.

A form is a function of the asker and the question that returns an answer, or None where it does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from kg.questions.claims.forms.choice import answer_choice
from kg.questions.claims.forms.compare import answer_comparison
from kg.questions.claims.forms.dated import answer_dated
from kg.questions.claims.forms.describe import answer_about, answer_called, answer_identity
from kg.questions.claims.forms.every import answer_every
from kg.questions.claims.forms.evidence import answer_evidence
from kg.questions.claims.forms.exchange import answer_exchange
from kg.questions.claims.forms.keywords import answer_relation
from kg.questions.claims.forms.manner import answer_manner, answer_so
from kg.questions.claims.forms.most import answer_each, answer_most
from kg.questions.claims.forms.order import answer_order
from kg.questions.claims.forms.premise import answer_premise
from kg.questions.claims.forms.qualifier import answer_qualifier
from kg.questions.claims.forms.question import Question
from kg.questions.claims.forms.saying import answer_saying
from kg.questions.claims.forms.scenario import answer_happening, answer_which_scenario
from kg.questions.claims.forms.setting import read_setting
from kg.questions.claims.forms.several import answer_several
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
    answer_choice,
    answer_dated,
    answer_saying,
    answer_relation,
    answer_each,
    answer_most,
    answer_every,
    answer_several,
    answer_exchange,
    answer_why,
    answer_evidence,
    answer_which_scenario,
    answer_happening,
    answer_comparison,
    answer_about,
    answer_order,
    answer_called,
    answer_identity,
    answer_manner,
    answer_so,
    answer_qualifier,
)


def answer_form(asker: ClaimAsker, text: str, words: Sequence[Spelling], context: Context) -> Answer:
    """Answer a question as it is worded, else as it could have been."""
    asked = Question(text, tuple(words), context)
    first = _answer(asker, asked)
    if first.status == "answered":
        return first
    from kg.questions.claims.forms.heads import answer_head

    better: Question | None = None
    asker.brief = True
    for other in _others(asker, asked):
        answer = _answer(asker, other)
        if answer.status == "answered":
            said = " ".join(w.text for w in other.words)
            return answer._replace(explanation=(f"read as: {said}", *answer.explanation))
        if answer.status == "not_stated" and first.status == "not_understood":
            better = better or other
    found = answer_head(asker, asked, lambda question: _answer(asker, question))
    found = found or _unjoined(asker, asked)
    asker.brief = False
    if found is not None:
        return found
    return first if better is None else _answer(asker, better)


def _unjoined(asker: ClaimAsker, asked: Question) -> Answer | None:
    """Answer a question the grammar makes nothing of: as supposed, or with claims that account for every word."""
    from kg.questions.claims.forms.coverage import answer_coverage
    from kg.questions.claims.forms.supposing import answer_supposed

    def ask(question: Question) -> Answer:
        answer = _answer(asker, question)
        if answer.status != "answered":
            answer = answer_coverage(asker, read_setting(question, asker.terms)) or answer
        return answer

    return answer_supposed(asker, asked, ask) or answer_coverage(asker, read_setting(asked, asker.terms))


def _others(asker: ClaimAsker, asked: Question) -> Iterator[Question]:
    """Yield a question in other words, and what is left of it without its setting in other words."""
    from kg.questions.claims.forms.renaming import renamed
    from kg.questions.claims.forms.rewording import reworded

    for named in renamed(asker, asked):
        yield named
        for words in reworded(named.words):
            yield named._replace(words=words)
    for words in reworded(asked.words):
        yield asked._replace(words=words)
    bare = read_setting(asked, asker.terms)
    if bare.words != asked.words:
        for words in reworded(bare.words):
            yield bare._replace(words=words)


def _answer(asker: ClaimAsker, question: Question) -> Answer:
    """Answer one wording of a question."""
    question = read_setting(question, asker.terms)
    for form in FORMS:
        answer = form(asker, question)
        if answer is not None:
            return answer
    return asker.answer_plain(question)
