"""*The second model*, *firms like CoreWeave*: what names a thing by its place or its like, put as its own name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kg.questions.claims.forms.order import in_order
from kg.questions.claims.forms.question import Question
from kg.questions.claims.lattice import Spelling, words_of

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["renamed"]

_PLACES = {
    word: place
    for place, words in enumerate(("first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th"))
    for word in words.split()
} | {"last": -1, "final": -1}
_LIKE = ("like", "type", "style")
_LONGEST = 3


def renamed(asker: ClaimAsker, question: Question) -> Iterator[Question]:
    """Yield the question with such a stretch of words replaced, each replacement on top of those before it."""
    changed = question
    for at in range(len(question.words) - 1, -1, -1):
        found = _placed(asker, changed, at) or _likened(asker, changed.words, at)
        if found is not None:
            name, end = found
            changed = changed._replace(words=(*changed.words[:at], *name, *changed.words[end:]))
    if changed.words != question.words:
        yield changed


def _placed(asker: ClaimAsker, question: Question, at: int) -> tuple[Sequence[Spelling], int] | None:
    """Return the name of the thing that stands at a place in the order of its kind, and where the words end."""
    place = _PLACES.get(question.words[at].lower)
    if place is None or _within_a_name(asker, question.words, at):
        return None
    for end in range(min(at + 1 + _LONGEST, len(question.words)), at + 1, -1):
        kinds = asker.kind_named(question.words[at + 1 : end])
        if kinds:
            things = [iri for iri, thing in asker.terms.things.items() if set(kinds) & set(thing.kinds)]
            ordered = in_order(asker, things)
            if place < len(ordered):
                return words_of(asker.terms.label(ordered[place])), end
            return None
    return None


def _within_a_name(asker: ClaimAsker, words: Sequence[Spelling], at: int) -> bool:
    """Whether an ordinal begins a name, as in *second tier LLMs*."""
    return any(
        word.cat == "thing"
        for end in range(at + 1, len(words) + 1)
        for word in asker.terms.words(" ".join(w.stem for w in words[at:end]))
    )


def _likened(asker: ClaimAsker, words: Sequence[Spelling], at: int) -> tuple[Sequence[Spelling], int] | None:
    """Return *X-like firms* for *firms like X* where that is a name, and where the words end."""
    if at + 2 >= len(words) or words[at + 1].lower != "like":
        return None
    for end in range(min(at + 2 + _LONGEST, len(words)), at + 2, -1):
        for suffix in _LIKE:
            name = (*words[at + 2 : end], *words_of(suffix), words[at])
            if any(w.cat == "thing" for w in asker.terms.words(" ".join(w.stem for w in name))):
                return name, end
    return None
