"""Word order: *for which courses is X a prerequisite* is put as *X is a prerequisite for which courses*.

Between two things of one class, only the order of the words tells which of them has the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.vocabulary import Vocabulary
from kg.vocabulary.words import Token

__all__ = ["ordered"]

_ASKING = frozenset(("which", "what"))
_BE = frozenset(("is", "are", "was", "were"))
_HAVE = frozenset(("has", "have", "had"))
_ARTICLES = frozenset(("a", "an", "the"))
_PREPOSITIONS = frozenset(("of", "for", "to"))


def ordered(tokens: Sequence[Token], vocabulary: Vocabulary) -> tuple[Token, ...]:
    """Return a question in the order of a statement, where a name is said to be somebody's something."""
    words = tuple(t for t in tokens if t.is_word or t.lower == "'s")
    lower = [t.lower for t in words]
    fronted = bool(lower) and lower[0] in _PREPOSITIONS
    first = int(fronted)
    if len(lower) <= first or not (lower[first] in _ASKING or lower[first : first + 2] == ["how", "many"]):
        return tuple(tokens)
    at = next((i for i, w in enumerate(lower) if w in _BE or w in _HAVE), -1)
    if at <= first:
        return tuple(tokens)
    if lower[at] in _HAVE:
        return _having(words, lower, at, vocabulary) or tuple(tokens)
    stranded = lower[-1] in _PREPOSITIONS
    if fronted == stranded:
        return tuple(tokens)
    end = len(words) - int(stranded)
    article = next((i for i in range(end - 1, at, -1) if lower[i] in _ARTICLES), -1)
    if not at + 1 < article < end - 1 or not _named(words[at + 1 : article], vocabulary):
        return tuple(tokens)
    preposition = words[0] if fronted else words[-1]
    return (*words[at + 1 : article], words[at], *words[article:end], preposition, *words[first:at])


def _having(
    words: tuple[Token, ...], lower: Sequence[str], at: int, vocabulary: Vocabulary
) -> tuple[Token, ...] | None:
    """Return *which courses have the prerequisite X* for *which courses have X as a prerequisite*."""
    for said in range(at + 2, len(lower) - 1):
        if lower[said] == "as" and _named(words[at + 1 : said], vocabulary):
            role = words[said + 1 :]
            return (*words[: at + 1], *(role[1:] if role[0].lower in _ARTICLES else role), *words[at + 1 : said])
    return None


def _named(words: Sequence[Token], vocabulary: Vocabulary) -> bool:
    """Whether some words are the whole name of a thing."""
    rest = words[1:] if words and words[0].lower in _ARTICLES else words
    found = vocabulary.index.phrases.get(" ".join(t.stem for t in rest), ())
    return any(entry.kind == "entity" for entry in found)
