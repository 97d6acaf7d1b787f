"""The label index: from the words of a question to the terms that carry them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kg.vocabulary.words import root

__all__ = ["Entry", "LabelIndex"]


class Entry(NamedTuple):
    """A term that a phrase may stand for.

    Attributes:
        kind: ``class``, ``property``, ``entity`` or ``value``.
        key: the IRI; for a value the property's IRI, the text and the datatype or @language, tab-separated.
        cost: how weak the evidence is, 0 for a label.
        inverse: of a property: the words read from object to subject.
    """

    kind: str
    key: str
    cost: float
    inverse: bool = False


class LabelIndex:
    """Phrases of stems and what they may stand for.

    >>> index = LabelIndex({"major citi": [Entry("class", "http://example.com/C", 0.0)]})
    >>> [(n, e.kind) for n, e in index.matches(("major", "citi", "in"), 0)]
    [(2, 'class')]
    """

    def __init__(self, phrases: dict[str, list[Entry]]) -> None:
        self.phrases = phrases
        self._longest: dict[str, int] = {}
        for phrase in phrases:
            first, _, _ = phrase.partition(" ")
            size = phrase.count(" ") + 1
            if size > self._longest.get(first, 0):
                self._longest[first] = size
        self._roots: dict[str, list[Entry]] | None = None
        self._words: dict[str, list[str]] | None = None
        self._sorted: dict[str, list[str]] = {}

    def matches(self, words: Sequence[str], start: int) -> Iterator[tuple[int, Entry]]:
        """Yield (number of words, entry) for every phrase that begins at a position."""
        longest = min(self._longest.get(words[start], 0), len(words) - start)
        for size in range(1, longest + 1):
            for entry in self.phrases.get(" ".join(words[start : start + size]), ()):
                yield size, entry

    def add(self, phrase: str, entries: Sequence[Entry]) -> None:
        """Take a phrase with what it may stand for; what was known of it stays.

        >>> index = LabelIndex({})
        >>> index.add("new york", [Entry("entity", "http://example.com/NY", 0.0)])
        >>> [size for size, _ in index.matches(("new", "york"), 0)]
        [2]
        """
        known = self.phrases.get(phrase, [])
        self.phrases[phrase] = [*known, *(entry for entry in entries if entry not in known)]
        first, size = phrase.partition(" ")[0], phrase.count(" ") + 1
        self._longest[first] = max(size, self._longest.get(first, 0))
        self._roots = self._words = None
        self._sorted.clear()

    def derived(self, words: Sequence[str]) -> Iterator[Entry]:
        """Yield classes and properties whose words share the roots of these words."""
        if self._roots is None:
            self._roots = defaultdict(list)
            for phrase, entries in self.phrases.items():
                schema = [e for e in entries if e.kind in ("class", "property")]
                if schema:  # of the many names of things no roots are wanted
                    self._roots[" ".join(root(word) for word in phrase.split())] += schema
        yield from self._roots.get(" ".join(root(word) for word in words), ())

    def near(self, word: str, limit: int = 3, *, loose: bool = False) -> list[str]:
        """Return known words that a misspelt word may stand for, nearest first."""
        if len(word) < (4 if loose else 5):
            return []
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        known = self.words()
        allowed = (1 if len(word) < 8 else 2) + (1 if loose else 0)
        found = process.extract(word, known.keys(), scorer=OSA.distance, score_cutoff=allowed, limit=limit * 3)
        best = [(score + (0 if hit[:1] == word[:1] else 0.5), hit) for hit, score, _ in found]
        return [hit for _, hit in sorted(best)[:limit]]

    def words(self) -> dict[str, list[str]]:
        """Return every single word and the phrases it occurs in."""
        if self._words is None:
            self._words = defaultdict(list)
            for phrase in self.phrases:
                for word in set(phrase.split()):
                    if len(word) > 2:
                        self._words[word].append(phrase)
        return self._words

    def phrases_beginning(self, start: str, limit: int) -> list[str]:
        """Return phrases that begin so, in alphabetical order.

        >>> LabelIndex({"new york": [], "newark": [], "york": []}).phrases_beginning("new", 5)
        ['new york', 'newark']
        """
        return self._beginning("phrases", self.phrases, start, limit)

    def words_beginning(self, start: str, limit: int) -> list[str]:
        """Return words of phrases that begin so, in alphabetical order."""
        return self._beginning("words", self.words(), start, limit)

    def _beginning(self, name: str, known: Iterable[str], start: str, limit: int) -> list[str]:
        ordered = self._sorted.get(name)
        if ordered is None:
            ordered = self._sorted[name] = sorted(known)
        place = bisect_left(ordered, start)
        return [text for text in ordered[place : place + limit] if text.startswith(start)]
