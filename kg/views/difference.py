"""Which answers to a pack of questions change under a scenario, and through which claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kg.results import Answer, AnswerRow, Derivation
from kg.views.scenario import Supposed

__all__ = ["Changed", "RowChange", "compare_answers", "rests_on"]

Ask = Callable[[str, tuple[str, ...]], Answer]


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that one of two answers has and the other has not.

    Attributes:
        row: the row.
        gained: whether it is new; else it is gone.
        through: IRIs of the claims that make the difference: retracted or fallen ones, or assumed ones.
    """

    row: AnswerRow
    gained: bool
    through: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON-ready data."""
        return {"change": "gained" if self.gained else "lost", "through": list(self.through), **self.row.to_dict()}


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that is answered otherwise under a scenario."""

    id: str
    question: str
    before: Answer
    after: Answer
    rows: tuple[RowChange, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON-ready data."""
        sides = (self.before, self.after)
        return {
            "id": self.id,
            "question": self.question,
            "status": [side.status for side in sides],
            "boolean": [side.boolean for side in sides],
            "disputed": [side.disputed for side in sides],
            "rows": [change.to_dict() for change in self.rows],
        }


def compare_answers(
    questions: Iterable[tuple[str, str, tuple[str, ...]]], before: Ask, after: Ask, supposed: Supposed
) -> Iterator[Changed]:
    """Ask every question twice and yield those whose answers differ.

    Args:
        questions: identifier, question and kinds of claims that count.
        before: answers as things stand.
        after: answers under the scenario.
        supposed: what the scenario took away and added.
    """
    lost = supposed.retracted | supposed.fallen
    for identifier, question, include in questions:
        old, new = before(question, include), after(question, include)
        rows = tuple(_differences(old, new, lost, supposed.assumed))
        if rows or (old.status, old.boolean, old.disputed) != (new.status, new.boolean, new.disputed):
            yield Changed(identifier, question, old, new, rows)


def _differences(old: Answer, new: Answer, lost: frozenset[str], assumed: frozenset[str]) -> Iterator[RowChange]:
    earlier = {_shown(row) for row in old.rows}
    later = {_shown(row) for row in new.rows}
    for row in old.rows:
        if _shown(row) not in later:
            yield RowChange(row, gained=False, through=tuple(sorted(rests_on(row) & lost)))
    for row in new.rows:
        if _shown(row) not in earlier:
            yield RowChange(row, gained=True, through=tuple(sorted(rests_on(row) & assumed)))


def rests_on(row: AnswerRow) -> frozenset[str]:
    """Return every claim a row rests on, through its proofs down to the last premise.

    >>> rests_on(AnswerRow((), claims=("https://example.org/claim",)))
    frozenset({'https://example.org/claim'})
    """
    found = set(row.claims)
    waiting: list[Derivation] = list(row.because)
    while waiting:
        for premise in waiting.pop().premises:
            found.add(premise.claim)
            waiting.extend(premise.because)
    return frozenset(found)


def _shown(row: AnswerRow) -> tuple[object, ...]:
    """Return what tells rows apart for a reader: values, how they are known, and what limits them."""
    values = tuple(None if cell is None else (cell.iri or cell.value) for cell in row.cells)
    return values, row.kind, row.polarity, row.modality, tuple(sorted(row.qualifiers.items()))
