"""A question as the forms see it: its words, what was set apart already, and frames that pick words out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from kg.questions.claims.compile import Context
from kg.questions.claims.forms.first_words import first_words
from kg.questions.claims.lattice import Spelling

__all__ = ["Frame", "Question", "cut"]

_NO_CONTEXT = Context()


class Question(NamedTuple):
    """The words of a question and its setting.

    Attributes:
        text: as it was asked.
        words: what is left once scenario, voice and the like are set apart.
        context: what was set apart.
        notes: one line for each of these.
    """

    text: str
    words: tuple[Spelling, ...]
    context: Context = _NO_CONTEXT
    notes: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """The words in lower case, one blank between them."""
        return " ".join(w.lower for w in self.words)


class Frame:
    """A pattern over the plain words of a question; its groups give back the words.

    >>> from kg.questions.claims.lattice import words_of
    >>> found = Frame(r"why (?P<core>.+)").match(words_of("Why do lenders lend?"))
    >>> [w.text for w in found["core"]]
    ['do', 'lenders', 'lend']
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._compiled: re.Pattern[str] | None = None
        self._first: frozenset[str] | None = None

    def match(self, words: Sequence[Spelling]) -> dict[str, tuple[Spelling, ...]] | None:
        """Return the words of each group, empty for one that took no part; None if the frame does not fit."""
        if self._first is None:
            self._first = first_words(self._pattern)
        if self._first and words and words[0].lower not in self._first:
            return None
        if self._compiled is None:
            self._compiled = re.compile(self._pattern)
        plain = " ".join(w.lower for w in words)
        match = self._compiled.fullmatch(plain)
        if match is None:
            return None
        found: dict[str, tuple[Spelling, ...]] = {}
        for name, text in match.groupdict().items():
            if text is None or not text.strip():
                found[name] = ()
                continue
            start, end = match.span(name)
            first = plain[:start].count(" ")
            found[name] = tuple(words[first : first + plain[start:end].strip().count(" ") + 1])
        return found


def cut(question: Question, start: int, end: int) -> Question:
    """Return a question without some of its words, and without a comma that they leave at either end."""
    words = (*question.words[:start], *question.words[end:])
    while words and words[0].lower in (",", "then", "that"):
        words = words[1:]
    while words and words[-1].lower in (",", "then"):
        words = words[:-1]
    return question._replace(words=words)
