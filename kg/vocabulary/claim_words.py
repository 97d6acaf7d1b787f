"""Words for the terms of a graph with claims: what its lexicon, labels and sentence patterns give, by rule.

A property is found by its lexical entries, its label, and the words between ``{s}`` and ``{o}`` of its
pattern; a preposition at the end may stand elsewhere in a question, so it is noted and taken off.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.terms import PREFIXES
from kg.vocabulary.claim_terms import PREPOSITIONS, ClaimTerms, Relation, Word, key_words

__all__ = ["Sources", "collect_words", "is_copular"]

_KGQ = PREFIXES["kgq"]
_BE = frozenset(["be", "been", "being", "is", "are", "was", "were", "am", "become"])
_ARTICLES = frozenset(("a", "an", "the"))
_COPULAS = frozenset(
    (
        "", "a member of", "an example of", "a kind of", "a type of", "a case of", "one of", "an instance of",
        "a variant of", "a version of", "characterised as", "characterized as", "described as", "called",
        "considered", "classed as", "known as",
    )
)  # fmt: skip
_MAX_WORDING = 6
_HAVING = re.compile(r"(?:has|have)(?: the| a| an)?(?: \w+){0,2}(?: of)?")
_STRAY = re.compile(r"[:;,.“”\"]+")


@dataclass(slots=True)
class Sources:
    """Raw words, before they become phrases.

    Attributes:
        labels: (text, cost) by IRI.
        entries: lexical entries as (what they denote, part of speech, inverse, written forms).
        wordings: the words of qualifiers.
        values: the literals of claims.
    """

    labels: dict[str, list[tuple[str, float]]] = field(default_factory=lambda: defaultdict(list))
    entries: list[tuple[tuple[str, ...], str, bool, tuple[str, ...]]] = field(default_factory=list)
    wordings: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)


def is_copular(pattern: str) -> bool:
    """Whether a sentence pattern says that its subject is its object.

    >>> is_copular("{s} is the {o}"), is_copular("{s} is backed by {o}")
    (True, False)
    """
    match = re.fullmatch(r"\{s\} (?:is|are) ?(.*?) ?\{o\}\.?", pattern)
    if match is None:
        return False
    return match.group(1) in _COPULAS | _ARTICLES


def collect_words(terms: ClaimTerms, sources: Sources) -> dict[str, list[Sequence[Any]]]:
    """Return the phrases of every term, sorted, each with what it may stand for."""
    found: dict[str, dict[tuple[str, str, bool, str, bool], float]] = defaultdict(dict)

    def add(text: str | Sequence[str], word: Word) -> None:
        phrase = " ".join(key_words(text if isinstance(text, str) else " ".join(text)))
        key = word.cat, word.key, word.inverse, word.prep, word.be
        if phrase and word.cost < found[phrase].get(key, 9.0):
            found[phrase][key] = word.cost

    for text, word in _all_words(terms, sources):
        add(text, word)
    return {
        phrase: [Word(*key, round(cost, 3)) for key, cost in sorted(words.items())]
        for phrase, words in sorted(found.items())
    }


def _all_words(terms: ClaimTerms, sources: Sources) -> Iterator[tuple[str | Sequence[str], Word]]:
    plain = (
        (terms.things, "thing"),
        (terms.kinds, "kind"),
        (terms.voices, "voice"),
        (terms.qualifiers, "qualifier"),
    )
    for group, cat in plain:
        for iri in group:
            for text, cost in sources.labels.get(iri, ()):
                yield text, Word(cat, iri, cost=cost)
                if cat == "thing" and re.fullmatch(r"[^\W\d_-]+ [a-z]+", text):
                    first, last = text.split()
                    yield f"{last} of {first}", Word(cat, iri, cost=cost + 0.05)
                    yield f"{first}'s {last}", Word(cat, iri, cost=cost + 0.05)
                turned = re.fullmatch(r"(\w+) of (\w+)", text) if cat == "kind" else None
                if turned:
                    yield f"{turned.group(2)} {turned.group(1)}", Word(cat, iri, cost=cost + 0.02)
    for relation in terms.relations.values():
        yield from _relation_words(relation, sources)
    for targets, pos, inverse, written in sources.entries:
        for iri in targets:
            for text in written:
                yield from _entry_words(terms, iri, pos, inverse, text)
    yield from _said(terms, sources)


def _said(terms: ClaimTerms, sources: Sources) -> Iterator[tuple[str, Word]]:
    """Yield the words of qualifiers, but no names of things, and the literals of claims."""
    names = {key_words(text) for iri in terms.things for text, _ in sources.labels.get(iri, ())}
    for text in sources.wordings:
        keys = key_words(text)
        named = keys in names or (text.split()[0].lower() in PREPOSITIONS and keys[1:] in names)
        if len(text.split()) <= _MAX_WORDING and text.lower() not in _BE and not named:
            for said in _ways_to_say(text):
                yield said, Word("wording", text)
    for text in sources.values:
        if len(text.split()) <= 2 * _MAX_WORDING:
            yield text, Word("value", text, cost=0.1)


def _ways_to_say(text: str) -> Iterator[str]:
    """Yield the words of a qualifier, and *when …* for *if …*, *from top to bottom* for *top to bottom*."""
    yield text
    first, _, rest = text.partition(" ")
    if first.lower() == "if" and rest:
        for word in ("when", "once", "whenever", "in case"):
            yield f"{word} {rest}"
    if re.fullmatch(r"\w+ to \w+", text):
        yield f"from {text}"


def _entry_words(
    terms: ClaimTerms, iri: str, pos: str, inverse: bool, text: str
) -> Iterator[tuple[str | Sequence[str], Word]]:
    if iri in terms.relations:
        inverse = inverse or (pos == "noun" and bool(terms.relations[iri].datatype))
        yield from _lexical(iri, text.split(), pos, inverse, 0.0)
    elif iri in terms.qualifiers:
        words = text.split()
        base = words[:-1] if pos == "noun" and words[-1] in PREPOSITIONS and len(words) > 1 else words
        yield base, Word("qualifier", iri, cost=0.02)
    elif iri in terms.links:
        yield text, Word("link", iri, inverse, cost=0.02)
    elif iri in terms.claim_classes:
        yield text, Word("claims", iri, cost=0.05)
    elif iri in terms.kinds:
        yield text, Word("kind", iri, cost=0.02)
    elif iri in terms.things:
        yield text, Word("thing", iri, cost=0.03)


def _lexical(
    iri: str, words: Sequence[str], pos: str, inverse: bool, cost: float
) -> Iterator[tuple[Sequence[str], Word]]:
    """Yield the phrases of one word for a property."""
    if pos == "noun":
        prep = words[-1] if words[-1] in PREPOSITIONS and len(words) > 1 else "of"
        base = words[:-1] if words[-1] in PREPOSITIONS and len(words) > 1 else words
        yield base, Word("noun", iri, inverse, prep, cost=cost)
    elif pos in ("adjective", "adverb"):
        yield words, Word("adjective", iri, inverse, be=True, cost=cost)
    else:
        yield from _verbal(iri, words, inverse, cost)


def _verbal(iri: str, words: Sequence[str], inverse: bool, cost: float) -> Iterator[tuple[Sequence[str], Word]]:
    be = len(words) > 1 and words[0] in _BE
    body = [w for w in (words[1:] if be else words) if w not in _ARTICLES]
    if not body:
        return
    yield body, Word("verb", iri, inverse, "", be, cost)
    last = body[-1]
    if last in PREPOSITIONS and len(body) > 1:
        yield body[:-1], Word("verb", iri, inverse, last, be, cost + 0.02)
        if not be and len(body) in (3, 4):
            turned = [body[1], body[0], *body[2:-1]]
            yield turned, Word("passive", iri, inverse, last, True, cost + 0.02)
            yield [*turned, last], Word("passive", iri, inverse, "", True, cost + 0.02)


def _relation_words(relation: Relation, sources: Sources) -> Iterator[tuple[str | Sequence[str], Word]]:
    ranges = {key_words(text) for c in relation.ranges for text, _ in sources.labels.get(c, ())}
    for text, cost in sources.labels.get(relation.iri, ()) or [(relation.label, 0.0)]:
        yield from _labelled(relation, text.lower().split(), cost + 0.01, ranges)
    for pattern in relation.patterns[:2]:
        match = re.search(r"\{s\} (.*?) ?\{o\}", pattern)
        if match:
            words = _STRAY.sub("", match.group(1)).split()
            if words:
                yield from _labelled(relation, words, 0.01, ranges)
                if _HAVING.fullmatch(" ".join(words)):
                    yield ["have"], Word("verb", relation.iri, cost=0.1)


def _labelled(
    relation: Relation, words: Sequence[str], cost: float, ranges: set[tuple[str, ...]]
) -> Iterator[tuple[Sequence[str], Word]]:
    """Read a label or the middle of a pattern as a verb, as a noun, or as both."""
    iri = relation.iri
    rest = [w for w in words[1:] if w not in _ARTICLES]
    if words[0] in ("has", "have", "had") and rest:
        base = rest[:-1] if rest[-1] in PREPOSITIONS and len(rest) > 1 else rest
        yield base, Word("noun", iri, True, "of", cost=cost)
    elif words[0] in _BE and rest:
        yield from _verbal(iri, ["be", *rest], False, cost)
        if len(rest) > 1 and rest[-1] == "of":
            yield rest[:-1], Word("noun", iri, False, "of", cost=cost)
    else:
        body = [w for w in words if w not in _ARTICLES]
        if not body or _BE.issuperset(body):
            return
        yield from _verbal(iri, body, False, cost)
        for size in (1, 2):
            if len(body) > size and key_words(" ".join(body[-size:])) in ranges:
                yield body[:-size], Word("verb", iri, cost=cost + 0.05)
        if relation.datatype:
            yield body, Word("noun", iri, True, "of", cost=cost)
            if body[-1] in PREPOSITIONS:
                yield from _verbal(iri, ["be", *body], False, cost)
