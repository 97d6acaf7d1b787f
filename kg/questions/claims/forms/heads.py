"""*Which templates …* where a name ends in *templates*: an answer whose name has the noun that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.lattice import words_of
from kg.results import Answer
from kg.vocabulary.claim_terms import key_words

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["answer_head"]

_WHICH = Frame(
    r"(?:which|what|name|list)(?: (?:other|kind of|kinds of|type of|types of))? (?P<noun>\w+) (?P<rest>.+)"
)


def answer_head(asker: ClaimAsker, question: Question, ask: Callable[[Question], Answer]) -> Answer | None:
    """Answer *what …* in place of *which templates …*, and keep the answers that are called templates.

    Args:
        asker: the kit.
        question: in its own words.
        ask: answers a question in one wording.
    """
    found = _WHICH.match(question.words)
    if not found:
        return None
    noun = found["noun"][0]
    named = [asker.terms.things[w.key] for w in asker.terms.words(noun.stem) if w.cat == "thing"]
    # *which hyperscaler* is one of them, and *which stack* another than the one that is called so
    own = any(thing.plural or not noun.lower.endswith("s") for thing in named)
    answer = ask(question._replace(words=(*words_of("what"), *found["rest"])))
    if answer.status != "answered" or answer.boolean is not None:
        return None
    rows = tuple(
        r
        for r in answer.rows
        if r.cells[0] is not None
        and (noun.stem,) == key_words(r.cells[0].value)[-1:]
        and not (own and len(key_words(r.cells[0].value)) == 1)
    )
    if not rows:
        return None
    return answer._replace(rows=rows, explanation=(*answer.explanation, f"asked: those called {noun.text}"))
