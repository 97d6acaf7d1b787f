"""What stands around a statement, taken off before it is read: who says so, if what, in contrast to what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.suggesting.chunk import Chunk
from kg.suggesting.clause import words_of
from kg.suggesting.cues import SUBORDINATORS

__all__ = ["Peeled", "peel"]

_NAMES = ("THING", "NEW")
_VERBAL = ("DO", "BE", "HAVE", "MODAL", "NEG", "SCANT", "WORD", "TURN")
_RELATIVES = frozenset(("who", "which"))
_CONDITIONS = ("condition", "exception")


@dataclass
class Peeled:
    """A stretch of a sentence without what stood around its statement.

    Attributes:
        chunks: what is left to read.
        shared: qualifiers and their wording, for all of it.
        doubts: why none of it is sure.
        asides: names, and what a relative clause says of them.
    """

    chunks: list[Chunk]
    shared: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    asides: list[tuple[list[Chunk], list[Chunk]]] = field(default_factory=list)


def peel(chunks: Sequence[Chunk]) -> Peeled:
    """Return a stretch without attribution, condition, contrast and insertion.

    >>> from kg.suggesting.chunks import chunks
    >>> from kg.vocabulary.claim_terms import ClaimTerms
    >>> found = peel(chunks("If it rains, we wait.", ClaimTerms()))
    >>> found.shared, len(found.chunks)
    ([('condition', 'If it rains')], 2)
    """
    row = [chunk for chunk in chunks if chunk.text != "."]
    found = Peeled(row[2:] if _is_answer(row) else row)
    _attribution(found)
    _condition(found)
    _contrasts(found)
    _insertion(found)
    return found


def _is_answer(row: Sequence[Chunk]) -> bool:
    """Whether a sentence begins with *Yes,* or *No,*: it answers a question, and says the rest by itself."""
    return len(row) > 2 and row[0].lower in ("yes", "no") and row[1].text == ","


def _comma(chunks: Sequence[Chunk], at: int) -> int:
    """Return the place of the next comma, or the end."""
    return next((n for n in range(at, len(chunks)) if chunks[n].text == ","), len(chunks))


def _attribution(found: Peeled) -> None:
    """*According to its lenders, …* and *…, according to its lenders*: somebody else says so."""
    words = [chunk.lower for chunk in found.chunks]
    at = next((n for n in range(len(words) - 1) if words[n : n + 2] == ["according", "to"]), None)
    if at is None:
        return
    end = _comma(found.chunks, at) if at == 0 else len(words)
    if any(chunk.kind in ("NEG", "SCANT", "TURN") for chunk in found.chunks[at:end]):
        return
    found.doubts.append(f"said of somebody: {words_of(found.chunks[at:end])}")
    before = at - (at > 0 and words[at - 1] == ",")
    found.chunks = [*found.chunks[:before], *found.chunks[end + (at == 0) :]]


def _condition(found: Peeled) -> None:
    """*If …, X does*, and *X does if …*: the condition is kept in its words, and nothing is read in it."""
    chunks = found.chunks
    for n, chunk in enumerate(chunks):
        named = SUBORDINATORS.get(chunk.lower, "") if chunk.kind == "SUB" else chunk.qualifier
        if n == 0 and chunk.lower == "once" and 1 < _comma(chunks, 1) < len(chunks):
            named = "condition"
        if named not in _CONDITIONS:
            continue
        leading = n <= 1
        comma = _comma(chunks, n)
        end = comma if leading else len(chunks)
        found.shared.append((named, words_of(chunks[n:end])))
        if named == "exception" or chunk.lower in ("as if", "as though", "only if", "only when"):
            found.doubts.append(f"it holds only in part: {words_of(chunks[n:end])}")
        before = n - (not leading and chunks[n - 1].text == ",")
        found.chunks = [*chunks[:before], *(chunks[end + 1 :] if leading and comma < len(chunks) else [])]
        return


def _contrasts(found: Peeled) -> None:
    """*Instead of …, X does* and *X does … rather than …*: what is set against the statement is passed over."""
    for _ in range(3):
        chunks = found.chunks
        at = next((n for n, chunk in enumerate(chunks) if chunk.kind == "CONTRAST"), None)
        if at is None:
            return
        end = _comma(chunks, at + 1)
        words = words_of(chunks[at:end])
        found.shared.append(("contrast", words))
        found.doubts.append(f"passed over: “{words}”")
        before = at - (at > 0 and chunks[at - 1].text == ",")
        inside = before < at and end < len(chunks)
        found.chunks = [*chunks[:before], *chunks[end + (inside or at == 0) :]]


def _insertion(found: Peeled) -> None:
    """*X, a latecomer, does* and *X, who does this, does that*: what stands between the commas is passed over."""
    chunks = found.chunks
    first = _comma(chunks, 0)
    lead = chunks[:first]
    names = [chunk for chunk in lead if chunk.kind in _NAMES]
    if not names or any(chunk.kind not in (*_NAMES, "ART", "QUANT", "QUAL", "AND") for chunk in lead):
        return
    for end in range(first + 2, min(len(chunks) - 1, first + 60)):
        if chunks[end].text != ",":
            continue
        inner = chunks[first + 1 : end]
        if chunks[end + 1].kind not in (*_VERBAL, "QUAL"):
            if chunks[end + 1].kind in _NAMES or inner[0].kind in _VERBAL:
                return
            continue
        plain = all(c.kind in ("QUAL", "PERIOD") for c in inner) or (
            inner[0].kind in (*_NAMES, "AND") and all(c.kind in (*_NAMES, "AND", "ART", "MARK") for c in inner)
        )
        if plain or inner[0].kind in _VERBAL:
            return
        found.doubts.append(f"passed over: “{words_of(inner)}”")
        if inner[0].lower in _RELATIVES:
            found.asides.append((names, inner[1:]))
        found.chunks = [*lead, *chunks[end + 1 :]]
        return
