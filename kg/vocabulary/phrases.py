"""Phrases as they lie in a file: an object of JSON, a line a phrase, sorted; only lines asked for are read."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import ItemsView, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

__all__ = ["WrittenPhrases", "phrases_text"]

Rows = Sequence[Sequence[Any]]
"""What a phrase may stand for, each as the fields of a :class:`kg.vocabulary.claim_terms.Word`."""


def phrases_text(phrases: Mapping[str, Rows]) -> str:
    """Return phrases in the form that :class:`WrittenPhrases` reads."""
    lines = (_key(phrase) + json.dumps(rows, ensure_ascii=False) for phrase, rows in phrases.items())
    return "{\n" + ",\n".join(sorted(lines)) + "\n}\n"


class WrittenPhrases(Mapping[str, Rows]):
    """A mapping over the text of such a file.

    >>> found = WrittenPhrases(phrases_text({"bear": [["verb", "bears"]], "bear capex risk": []}))
    >>> found["bear"], "capex" in found, found.longest("bear")
    ([['verb', 'bears']], False, 3)
    """

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._end = len(self._lines) - 2  # the closing brace, and the end of its line

    @cached_property
    def _all(self) -> dict[str, Rows]:
        whole: dict[str, Rows] = json.loads("\n".join(self._lines))
        return whole

    def _from(self, start: str) -> int:
        return bisect_left(self._lines, start, 1, self._end)

    def __getitem__(self, phrase: str) -> Rows:
        start = _key(phrase)
        line = self._lines[self._from(start)]
        if not line.startswith(start):
            raise KeyError(phrase)
        rows: Rows = json.loads(line[len(start) :].rstrip(","))
        return rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def items(self) -> ItemsView[str, Rows]:
        """Return all of it, read at once."""
        return self._all.items()

    def longest(self, first: str) -> int:
        """Return how many words the longest phrase has that begins with a word."""
        start = f'"{first} '
        size = 1 if first in self else 0
        for at in range(self._from(start), self._end):
            line = self._lines[at]
            if not line.startswith(start):
                break
            size = max(size, line[: line.index('":')].count(" ") + 1)
        return size


def _key(phrase: str) -> str:
    """Return how the line of a phrase begins; stems hold no quotation marks."""
    return json.dumps(phrase, ensure_ascii=False) + ":"
