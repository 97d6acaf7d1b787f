"""Words on top of a vocabulary: a user's own, or what *those* stands for in a conversation."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from kg.vocabulary import Vocabulary
from kg.vocabulary.claim_terms import ClaimTerms, Word, key_words
from kg.vocabulary.claim_words import Sources, collect_words
from kg.vocabulary.index import Entry, LabelIndex
from kg.vocabulary.words import stems

__all__ = ["LexicalWord", "kind_of", "with_words"]

_COST = 0.02
_DEMOTED = 0.3
"""What other meanings of a word cost more, once somebody said which is meant; beyond what counts as a tie."""
_KINDS = ("class", "property", "entity")

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class LexicalWord:
    """A word or phrase and what it stands for.

    Attributes:
        text: the word, in any form that inflects by rule.
        targets: IRIs of terms; of several things any is meant.
        part_of_speech: ``noun``, ``verb`` or ``adjective``.
        inverse: of a property: the word reads from object to subject.
    """

    text: str
    targets: tuple[str, ...]
    part_of_speech: str = "noun"
    inverse: bool = False


def kind_of(vocabulary: Vocabulary, iri: str) -> str:
    """Return ``class``, ``property`` or ``entity``, '' for what the vocabulary does not know."""
    terms = vocabulary.claim_terms
    groups: tuple[Container[str], ...] = (
        (vocabulary.classes, vocabulary.properties, vocabulary.entities)
        if terms is None
        else (terms.kinds, terms.relations, terms.things)
    )
    return next((kind for kind, group in zip(_KINDS, groups, strict=True) if iri in group), "")


def with_words(vocabulary: Vocabulary, words: Iterable[LexicalWord]) -> Vocabulary:
    """Return a vocabulary that knows further words; targets it does not know are left out.

    >>> from kg.dataset import Dataset
    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> empty = Vocabulary.from_dataset(Dataset(OxigraphEngine()))
    >>> with_words(empty, [LexicalWord("supplier", ("http://example.com/none",))]) is empty
    True
    """
    known = []
    for word in words:
        targets = tuple(iri for iri in word.targets if kind_of(vocabulary, iri))
        if targets and stems(word.text):
            known.append(replace(word, targets=targets))
    if not known:
        return vocabulary
    found = copy.copy(vocabulary)
    if vocabulary.claim_terms is not None:
        found.claim_terms = _claim_terms(vocabulary.claim_terms, known)
    else:
        found.index = _OverlayIndex(vocabulary.index, _phrases(vocabulary, known))
    return found


def _phrases(vocabulary: Vocabulary, words: Sequence[LexicalWord]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for word in words:
        for iri in word.targets:
            kind = kind_of(vocabulary, iri)
            inverse = word.inverse and kind == "property"
            found[" ".join(stems(word.text))].append(Entry(kind, iri, _COST, inverse))
    return dict(found)


class _Chain(Mapping[str, V]):
    """Two mappings to lists seen as one; what both have is joined."""

    def __init__(self, upper: Mapping[str, list[Any]], lower: Mapping[str, list[Any]]) -> None:
        self._upper = upper
        self._lower = lower

    def __getitem__(self, key: str) -> V:
        above, below = self._upper.get(key), self._lower.get(key)
        if above is None and below is None:
            raise KeyError(key)
        return cast("V", [*(above or ()), *(below or ())])

    def __iter__(self) -> Iterator[str]:
        yield from self._upper
        yield from (key for key in self._lower if key not in self._upper)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _OverlayIndex(LabelIndex):
    """A label index over another."""

    def __init__(self, base: LabelIndex, phrases: dict[str, list[Entry]]) -> None:
        self._base = base
        self._own = LabelIndex(phrases)
        self.phrases = cast("dict[str, list[Entry]]", _Chain(phrases, base.phrases))

    def matches(self, words: Sequence[str], start: int) -> Iterator[tuple[int, Entry]]:
        """Yield (number of words, entry) for every phrase that begins at a position."""
        own = list(self._own.matches(words, start))
        yield from own
        said = {size: {entry.key for number, entry in own if number == size} for size, _ in own}
        for size, entry in self._base.matches(words, start):
            if entry.key not in said.get(size, ()):
                yield size, entry._replace(cost=entry.cost + _DEMOTED) if size in said else entry

    def derived(self, words: Sequence[str]) -> Iterator[Entry]:
        """Yield classes and properties whose words share the roots of these words."""
        yield from self._own.derived(words)
        yield from self._base.derived(words)

    def near(self, word: str, limit: int = 3, *, loose: bool = False) -> list[str]:
        """Return known words that a misspelt word may stand for, the user's own first."""
        found = [*self._own.near(word, limit, loose=loose), *self._base.near(word, limit, loose=loose)]
        return list(dict.fromkeys(found))[:limit]

    def words(self) -> dict[str, list[str]]:
        """Return every single word and the phrases it occurs in."""
        return cast("dict[str, list[str]]", _Chain(self._own.words(), self._base.words()))

    def phrases_beginning(self, start: str, limit: int) -> list[str]:
        """Return phrases that begin so, in alphabetical order."""
        found = {*self._own.phrases_beginning(start, limit), *self._base.phrases_beginning(start, limit)}
        return sorted(found)[:limit]

    def words_beginning(self, start: str, limit: int) -> list[str]:
        """Return words of phrases that begin so, in alphabetical order."""
        found = {*self._own.words_beginning(start, limit), *self._base.words_beginning(start, limit)}
        return sorted(found)[:limit]


def _claim_terms(terms: ClaimTerms, words: Sequence[LexicalWord]) -> ClaimTerms:
    added: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for word in words:
        things = [iri for iri in word.targets if iri in terms.things]
        if len(things) > 1:
            added[" ".join(key_words(word.text))].append(Word("things", " ".join(things), cost=_COST))
        for iri in word.targets:
            if iri not in things or len(things) == 1:
                for phrase, found in _claim_words(terms, word, iri).items():
                    added[phrase] += found
    phrases = dict(terms.phrases.items())
    for phrase, found in added.items():
        rivals = [Word(*known) for known in phrases.get(phrase, ()) if known[1] not in {w[1] for w in found}]
        phrases[phrase] = [*found, *(word._replace(cost=word.cost + _DEMOTED) for word in rivals)]
    return terms.with_phrases(phrases)


def _claim_words(terms: ClaimTerms, word: LexicalWord, iri: str) -> dict[str, list[Sequence[Any]]]:
    """Return the phrases of one entry, made by the rules that the graph's own lexicon goes through."""
    alone = ClaimTerms(
        {iri: terms.relations[iri]} if iri in terms.relations else {},
        {iri: terms.things[iri]} if iri in terms.things else {},
        {iri: terms.kinds[iri]} if iri in terms.kinds else {},
    )
    sources = Sources(entries=[((iri,), word.part_of_speech, word.inverse, (word.text,))])
    return collect_words(alone, sources)
