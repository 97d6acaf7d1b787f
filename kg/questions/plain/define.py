"""Quantities a question defines for itself: *total loss, which is the sum of A, B and C*."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.vocabulary import Vocabulary
from kg.vocabulary.datatypes import is_number
from kg.vocabulary.words import Token

__all__ = ["Definition", "extract_definitions"]

_SUM = (("sum", "of"), ("total", "of"))
_STOPS = frozenset(("by", "for", "per", "where", "?", "grouped", "sorted"))
_BEFORE = frozenset(
    ("the", "is", "are", "what", "a", "an", "each", "and", ",", "show", "list", "give", "me", "return")
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A name and the properties whose values it adds up.

    Attributes:
        name: the stems of its words.
        parts: IRIs of numeric properties.
    """

    name: tuple[str, ...]
    parts: tuple[str, ...]


def extract_definitions(tokens: Sequence[Token], vocabulary: Vocabulary) -> tuple[list[Token], list[Definition]]:
    """Return a question without its definitions, and the definitions; as it was if there is none."""
    words = [t.lower for t in tokens]
    for i in range(len(words) - 1):
        if (words[i], words[i + 1]) not in _SUM:
            continue
        start = i - 1 if i and words[i - 1] == "the" else i
        if start < 2 or words[start - 1] not in ("is", "are", "as"):
            continue
        end = next((j for j in range(i + 2, len(words)) if words[j] in _STOPS), len(words))
        parts = _parts(tokens[i + 2 : end], vocabulary)
        if not parts:
            continue
        begin, name = _name(tokens, start - 1)
        if not name:
            continue
        rest = [*tokens[:begin], *tokens[end:]]
        return rest, [Definition(tuple(t.stem for t in name), parts)]
    return list(tokens), []


def _name(tokens: Sequence[Token], verb: int) -> tuple[int, list[Token]]:
    """Return where a definition begins and the words it defines, given its verb."""
    words = [t.lower for t in tokens]
    if verb >= 1 and words[verb - 1] == "which":
        end = verb - 2 if words[verb - 2] == "," else verb - 1
        begin = end
        while begin > 0 and words[begin - 1] not in _BEFORE:
            begin -= 1
        cut = end
        return cut, list(tokens[begin:end])
    if "where" in words[:verb]:
        place = max(i for i in range(verb) if words[i] == "where")
        name = [t for t in tokens[place + 1 : verb] if t.lower not in ("the", "a")]
        return place, name
    return 0, []


def _parts(tokens: Sequence[Token], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the numeric properties a list names; the head noun of the last item may stand for all."""
    items: list[list[Token]] = [[]]
    for token in tokens:
        if token.lower in (",", "and"):
            if items[-1]:
                items.append([])
        elif token.is_word and token.lower != "the":
            items[-1].append(token)
    items = [item for item in items if item]
    if len(items) < 2:
        return ()
    head = items[-1][-1].stem
    found = []
    for item in items:
        stems = [t.stem for t in item]
        options = [stems, [*stems, head]]
        match = next((m for o in options if (m := _numeric(" ".join(o), vocabulary))), "")
        if not match:
            return ()
        found.append(match)
    return tuple(found)


def _numeric(phrase: str, vocabulary: Vocabulary) -> str:
    entries = vocabulary.index.phrases.get(phrase, ())
    for entry in sorted(entries, key=lambda e: e.cost):
        if entry.kind == "property" and is_number(vocabulary.properties[entry.key].datatype) and entry.cost < 0.3:
            return entry.key
    return ""
