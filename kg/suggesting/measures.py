"""Amounts of a thing: *revenue of X was $2 billion*, *X’s headcount is 900*, *Revenue: $2 billion*."""

from __future__ import annotations

from collections.abc import Sequence

from kg.suggesting.chunk import Chunk
from kg.suggesting.clause import Clause, words_of

__all__ = ["read_measure"]


def read_measure(chunks: Sequence[Chunk], subject: Sequence[Chunk] = ()) -> Clause | None:
    """Return what a sentence or item says of an amount, None if it is of another form.

    Args:
        chunks: the sentence.
        subject: whose amount it is where the sentence does not say (of a list item, its heading).
    """
    row = [chunk for chunk in chunks if chunk.text != "."]
    clause = Clause()
    at = _owner(row, clause)
    if at is None or (not clause.subjects and not subject):
        return None
    if not clause.subjects:
        clause.subjects = list(subject)
        clause.doubt("the heading is taken for the subject")
    at = _copula(row, at, clause)
    if at is None or at >= len(row) or row[at].kind != "AMOUNT":
        return None
    clause.objects = [row[at]]
    clause.have, clause.prep = True, "of"
    _rest(row[at + 1 :], clause)
    clause.end = row[-1].end
    return clause


def _noun(chunk: Chunk) -> bool:
    return chunk.kind == "WORD" and any(word.cat == "noun" for word in chunk.words)


def _owner(row: Sequence[Chunk], clause: Clause) -> int | None:
    """Read *[the] NOUN [of NAME]* or *NAME’s NOUN*; return where it ends."""
    at = 1 if row and row[0].kind == "ART" else 0
    if at + 1 < len(row) and _noun(row[at]):
        clause.verb = row[at]
        if at + 2 < len(row) and row[at + 1].lower == "of" and row[at + 2].kind in ("THING", "NEW"):
            clause.subjects = [row[at + 2]]
            return at + 3
        return at + 1
    if at + 3 < len(row) and row[at].kind in ("THING", "NEW") and row[at + 1].lower == "'s" and _noun(row[at + 2]):
        clause.verb, clause.subjects = row[at + 2], [row[at]]
        return at + 3
    return None


def _copula(row: Sequence[Chunk], at: int, clause: Clause) -> int | None:
    """Read *is*, *was* or a colon, and what qualifies the amount; return where it ends."""
    if at >= len(row):
        return None
    if row[at].text != ":" and row[at].lower not in ("is", "are", "was", "were"):
        return None
    if row[at].lower in ("was", "were"):
        clause.modality = "historical"
    at += 1
    while at < len(row) and row[at].kind == "QUAL" and row[at].qualifier in ("quantity", "hedge"):
        clause.qualify(row[at].qualifier, row[at].text)
        at += 1
    return at


def _rest(rest: Sequence[Chunk], clause: Clause) -> None:
    """Take the time of the amount; everything else is left over."""
    left = [chunk for chunk in rest if chunk.text not in ("(", ")", ",")]
    for chunk in left:
        if chunk.kind == "PERIOD":
            clause.qualify("period", chunk.text)
    over = [chunk for chunk in left if chunk.kind != "PERIOD"]
    if over:
        clause.doubt(f"not understood: “{words_of(over)}”")
    clause.dropped = any(chunk.kind in ("NEG", "SCANT", "TURN") for chunk in over)
