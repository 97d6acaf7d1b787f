"""What two graphs answer differently: one pack of questions, asked of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kg.packs.file import Pack
from kg.packs.running import Ask, run_pack
from kg.results import Answer, AnswerRow

__all__ = ["AnswerChange", "diff_answers"]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A question that two graphs answer differently.

    Attributes:
        id: of the question in its pack.
        question: its words.
        before, after: the answers.
        lost, new: rows that only one of the answers has, as people read them.
    """

    id: str
    question: str
    before: Answer
    after: Answer
    lost: tuple[str, ...]
    new: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON-ready data."""
        return {
            "id": self.id,
            "question": self.question,
            "before": {"status": self.before.status, "boolean": self.before.boolean},
            "after": {"status": self.after.status, "boolean": self.after.boolean},
            "removed": list(self.lost),
            "added": list(self.new),
        }


def diff_answers(pack: Pack, before: Ask, after: Ask) -> Iterator[AnswerChange]:
    """Ask every question of a pack twice and yield those whose answers differ.

    An answer is its status, its verdict, and its rows with their kind, qualifiers and quotes; their order does not
    count.

    Args:
        pack: what to ask; what it expects does not matter.
        before: what answers for the one graph.
        after: what answers for the other.
    """
    for one, two in zip(run_pack(pack, before), run_pack(pack, after), strict=True):
        old, new = _rows(one.answer), _rows(two.answer)
        told = (one.answer.status, one.answer.boolean) == (two.answer.status, two.answer.boolean)
        if not told or set(old) != set(new):
            lost = tuple(text for key, text in old.items() if key not in new)
            gained = tuple(text for key, text in new.items() if key not in old)
            yield AnswerChange(one.expected.id, one.expected.question, one.answer, two.answer, lost, gained)


def _rows(answer: Answer) -> dict[object, str]:
    return {_key(row): _shown(row) for row in answer.rows}


def _key(row: AnswerRow) -> object:
    cells = tuple(None if cell is None else (cell.iri or cell.value, cell.datatype) for cell in row.cells)
    qualifiers = tuple(sorted((name, tuple(sorted(words))) for name, words in row.qualifiers.items()))
    quotes = tuple(sorted(evidence.quote for evidence in row.evidence))
    return cells, row.kind, row.polarity, row.modality, qualifiers, quotes


def _shown(row: AnswerRow) -> str:
    value = row.text or " · ".join("–" if cell is None else cell.value for cell in row.cells)
    quotes = "; ".join(f"“{evidence.quote}”" for evidence in row.evidence[:2])
    return f"{value} ({row.kind})" + (f" {quotes}" if quotes else "")
