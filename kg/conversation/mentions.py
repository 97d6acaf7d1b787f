"""Which stretches of a question name terms of the graph: the longest names, left to right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.vocabulary import Vocabulary
from kg.vocabulary.claim_terms import key_words
from kg.vocabulary.words import STOP_WORDS, Token, stems, tokenize

__all__ = ["Mention", "mentions"]

_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that names a thing, a class or a value.

    Attributes:
        start, end: positions in the text, in code points.
        kind: ``entity``, ``class`` or ``value``.
        iris: what it may name.
        types: the classes of each thing named; of a class itself and those above it.
    """

    start: int
    end: int
    kind: str
    iris: tuple[str, ...]
    types: tuple[frozenset[str], ...]

    def likeness(self, other: Mention) -> float:
        """Return how alike two mentions are, from 0 to 1: how well one can stand in the other's place."""
        if self.kind != other.kind:
            return 0.0
        return max((_shared(a, b) for a in self.types for b in other.types), default=0.0)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return 1.0 if one == other else len(one & other) / len(one | other)


def mentions(vocabulary: Vocabulary, text: str) -> list[Mention]:
    """Return the terms a text names.

    >>> from kg.dataset import Dataset
    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> mentions(Vocabulary.from_dataset(Dataset(OxigraphEngine())), "who buys chips?")
    []
    """
    vocabulary.hear(text)
    tokens = [token for token in tokenize(text) if token.is_word or token.lower == "'s"]
    found: list[Mention] = []
    at = 0
    while at < len(tokens):
        mention = next(_longest(vocabulary, text, tokens, at), None)
        if mention is None:
            at += 1
            continue
        found.append(mention)
        while at < len(tokens) and tokens[at].start < mention.end:
            at += 1
    return found


def _longest(vocabulary: Vocabulary, text: str, tokens: list[Token], at: int) -> Iterator[Mention]:
    for size in range(min(_LONGEST, len(tokens) - at), 0, -1):
        part = tokens[at : at + size]
        if (size == 1 and part[0].lower in STOP_WORDS and part[0].text.islower()) or part[0].lower in (
            "the",
            "'s",
        ):
            continue
        start, end = part[0].start, part[-1].end
        named = _named(vocabulary, text[start:end])
        if named is not None:
            kind, iris, types = named
            yield Mention(start, end, kind, iris, types)


def _named(vocabulary: Vocabulary, phrase: str) -> tuple[str, tuple[str, ...], tuple[frozenset[str], ...]] | None:
    terms = vocabulary.claim_terms
    if terms is not None:
        words = list(terms.words(" ".join(key_words(phrase))))
        things = tuple(w.key for w in words if w.cat == "thing")
        if things:
            every = {
                iri for iri, kind in terms.kinds.items() if kind.size >= len(terms.things)
            }  # tells nothing apart
            return "entity", things, tuple(frozenset(terms.things[iri].kinds) - every for iri in things)
        kinds = tuple(w.key for w in words if w.cat == "kind")
        return (
            ("class", kinds, tuple(frozenset((iri, *terms.kinds[iri].above)) for iri in kinds)) if kinds else None
        )
    entries = vocabulary.index.phrases.get(" ".join(stems(phrase)), [])
    things = tuple(e.key for e in entries if e.kind == "entity")
    if things:
        return "entity", things, tuple(frozenset(vocabulary.entities[iri].types) for iri in things)
    kinds = tuple(e.key for e in entries if e.kind == "class")
    if kinds:
        return "class", kinds, tuple(frozenset((iri, *vocabulary.classes[iri].supers)) for iri in kinds)
    values = tuple(e.key for e in entries if e.kind == "value")
    return ("value", values, tuple(frozenset((v.split("\t")[0],)) for v in values)) if values else None
