"""What of a text suggested nothing, and why: so that a reader knows what was not understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kg.suggesting.chunk import Chunk
from kg.suggesting.clause import Clause
from kg.suggesting.units import Unit

__all__ = ["REASONS", "Skipped", "why"]

REASONS = {
    "table": "a row of a table",
    "task": "a task with a box to tick",
    "question": "a question",
    "long": "too long for a sentence",
    "turned": "denied or made unreal by the heading it stands under",
    "denial": "a denial that was not understood, so nothing of it is suggested",
    "no name": "names nothing that the graph knows",
    "no verb": "no verb or noun of the graph’s lexicon",
    "no subject": "whom it is about was not understood",
    "no property": "the graph has no property that relates these",
    "not understood": "words without a place in the grammar",
}
"""Why a passage suggested nothing."""

_LONGEST = 160
_DENIALS = ("NEG", "SCANT", "TURN")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sentence, item or row that suggested nothing.

    Attributes:
        quote, start, end: the passage, in code points of the text.
        heading: the headings it stands under, joined by “ › ”.
        reason: a key of :data:`REASONS`.
    """

    quote: str
    start: int
    end: int
    heading: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the passage as JSON-ready data."""
        return {
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "heading": self.heading,
            "reason": self.reason,
        }


def why(unit: Unit, row: Sequence[Chunk], clauses: Sequence[Clause], *, subject: bool, turned: bool) -> str:
    """Return why a passage suggested nothing: a key of :data:`REASONS`.

    Args:
        unit: the passage.
        row: its chunks.
        clauses: what was understood of it.
        subject: whether headings or items above say whom it is about.
        turned: whether a heading denies what stands below it.
    """
    kinds = {chunk.kind for chunk in row}
    tests = (
        ("table", unit.form == "row"),
        ("task", unit.form == "task"),
        ("question", "?" in unit.text[-3:]),
        ("long", len(row) > _LONGEST),
        ("turned", turned),
        ("no property", any(clause.subjects and clause.objects for clause in clauses)),
        ("denial", any(chunk.kind in _DENIALS for chunk in row)),
        ("no name", not kinds & {"THING", "NEW", "PRON"} or kinds <= {"NEW", "MARK", "P"}),
        ("no verb", "WORD" not in kinds and not (subject and "AMOUNT" in kinds)),
        ("no subject", not subject and bool(clauses) and not any(clause.subjects for clause in clauses)),
    )
    return next((name for name, holds in tests if holds), "not understood")
