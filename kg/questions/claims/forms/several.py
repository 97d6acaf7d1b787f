"""*Who bears risk and what do they get in return*: two questions in one, the second leaning on the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.lattice import Spelling, words_of
from kg.results import Answer, AnswerRow, Cell

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["answer_several"]

_ASKING = (
    r"(?:who|whom|what|which|how|why|where|when|to whom|to what|through what|by what|in which|in what|under what"
    r"|(?:is|are|do|does|did|can|was|were) (?:it|they|this|that|he|she))"
)
_AND_WHY = Frame(
    r"(?P<a>(?:who|what|which|is|are|do|does|did|can) .+?)(?: ,)? and (?P<b>why|how come|for what reason)(?: not)?"
)
_AND_HOW = Frame(
    r"(?P<a>(?:to |from |with |on )?(?:who|whom|what|which|is|are|do|does|did|can) .+?)(?: ,)? and how"
)
_MEANS = ("mechanism", "manner", "condition")
_TWO = Frame(
    rf"(?P<a>(?:who|what|which|how|why|where|when|is|are|do|does|did|can|to|in|through) .+?)(?: ,)? (?:and|but"
    rf"|,) (?P<b>{_ASKING}\b.+)"
)
_PRONOUNS = frozenset(("they", "them", "it", "this", "these", "those", "he", "she"))


def answer_several(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer both questions, one after the other; not stated if either is not; None if either is no question."""
    if not any(w.lower in ("and", "but", ",") for w in question.words):
        return None
    found = _AND_HOW.match(question.words)
    if found and found["a"]:
        return _and_how(asker.answer_words(question, found["a"]))
    found = _AND_WHY.match(question.words)
    if found:
        found = {"a": found["a"], "b": (*words_of("why"), *found["a"])}
    found = found or _TWO.match(question.words)
    if not found or not found["a"] or not found["b"]:
        return None
    first = asker.answer_words(question, found["a"])
    if first.status != "answered":
        return first if first.status == "not_stated" else None
    second = _best(asker, question, found["a"], found["b"], first)
    if second is None or second.status != "answered":
        return None if second is None else second._replace(related=(*first.rows[:5], *second.related)[:5])
    rows = (*_labelled(found["a"], first), *_labelled(found["b"], second))
    return first._replace(
        columns=("asked", "answer"),
        rows=rows,
        boolean=None,
        explanation=(*first.explanation, *second.explanation, "two questions, answered one after the other"),
        paraphrase=f"{first.paraphrase or ''} {second.paraphrase or ''}".strip(),
    )


def _and_how(answer: Answer) -> Answer | None:
    """Return an answer whose rows say how, in the words that qualify them; None where none does."""
    if answer.status != "answered" or not any(name in row.qualifiers for row in answer.rows for name in _MEANS):
        return None
    return answer._replace(
        explanation=(*answer.explanation, "asked: and how, which the words beside each row say")
    )


def _best(
    asker: ClaimAsker, question: Question, left: Sequence[Spelling], right: Sequence[Spelling], first: Answer
) -> Answer | None:
    """Return the answer to the second question with its pronoun filled in one way or another."""
    worst: Answer | None = None
    for words in _filled(asker, left, right, first):
        answer = asker.answer_words(question, words)
        if answer.status == "answered":
            return answer
        if worst is None and answer.status == "not_stated":
            worst = answer
    return worst


def _filled(
    asker: ClaimAsker, left: Sequence[Spelling], right: Sequence[Spelling], first: Answer
) -> Iterator[tuple[Spelling, ...]]:
    if not any(w.lower in _PRONOUNS for w in right):
        yield tuple(right)
        return
    if any(w.lower == "many" for w in right):
        numbers = [
            w for w in right if w.lower not in _PRONOUNS and w.lower not in ("are", "is", "many", "how", "there")
        ]
        if not numbers and left[0].lower in ("who", "which", "what", "whom"):
            yield (*words_of("how many"), *(left[1:] if left[0].lower in ("which", "what") else left))
    labels = [c.value for r in first.rows[:1] for c in r.cells[:1] if c is not None and c.iri]
    named = list(_names(asker, left))
    for replacement in (*named, *(tuple(words_of(label)) for label in labels)):
        yield tuple(w for word in right for w in (replacement if word.lower in _PRONOUNS else (word,)))


def _names(asker: ClaimAsker, words: Sequence[Spelling]) -> Iterator[tuple[Spelling, ...]]:
    """Yield the words that name things, from left to right, the longest first."""
    at = 0
    while at < len(words):
        for end in range(len(words), at, -1):
            phrase = " ".join(w.stem for w in words[at:end])
            if any(w.cat == "thing" for w in asker.terms.words(phrase)):
                yield tuple(words[at:end])
                at = end
                break
        else:
            at += 1


def _labelled(words: Sequence[Spelling], answer: Answer) -> Iterator[AnswerRow]:
    text = " ".join(w.text for w in words)
    for row in answer.rows:
        if answer.disputed:
            cell: Cell | None = Cell("disputed")
        elif answer.boolean is not None:
            cell = Cell("yes" if answer.boolean else "no")
        else:
            cell = row.cells[0] if len(row.cells) < 3 else Cell(row.text or "")
        yield row._replace(cells=(Cell(text), cell))
