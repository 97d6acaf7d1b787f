"""Names that share their last word: *internal and external workloads*, *capex, demand and technology risk*."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.suggesting.chunk import Chunk
from kg.vocabulary.claim_terms import ClaimTerms, key_words

__all__ = ["with_shared_heads"]

_JOINS = ("and", "or", "+", "&", ",", "/")
_MOST = 6


def with_shared_heads(row: Sequence[Chunk], terms: ClaimTerms) -> list[Chunk]:
    """Return chunks where each word that shares the last word of the name after it is that whole name.

    >>> with_shared_heads([], ClaimTerms())
    []
    """
    found = list(row)
    for at in range(len(found) - 1, 1, -1):
        if found[at].kind == "THING" and " " in found[at].text.strip():
            _share(found, at, terms)
    return found


def _share(row: list[Chunk], at: int, terms: ClaimTerms) -> None:
    """Give the last word of the name at a place to the words joined before it."""
    last = row[at].text.split()[-1]
    place = at
    for _ in range(_MOST):
        before = place - 1
        while before >= 0 and row[before].lower in _JOINS:
            before -= 1
        if before < 0 or before == place - 1 or " " in row[before].text:
            return
        things = _things(f"{row[before].text} {last}", terms)
        if not things or (row[before].kind == "THING" and not row[before].alias):
            return
        row[before] = replace(row[before], kind="THING", things=things, words=(), alias=False)
        place = before


def _things(name: str, terms: ClaimTerms) -> tuple[str, ...]:
    words = terms.words(" ".join(key_words(name)))
    return tuple(dict.fromkeys(word.key for word in words if word.cat == "thing" and not word.cost))
