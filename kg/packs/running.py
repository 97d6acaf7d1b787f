"""Question packs: a file of questions with expected answers, by which people guard their own graphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kg.errors import KgError
from kg.packs.file import Expectation, Pack, read_pack
from kg.results import Answer, AnswerRow, Evidence, leaves

__all__ = ["Expectation", "Outcome", "Pack", "PackResult", "judge", "read_pack", "run_pack"]

Ask = Callable[[str, tuple[str, ...]], Answer]
"""What answers a question, given the kinds of claims that count."""

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question.

    Attributes:
        expected: the question and what was to come.
        answer: what came.
        verdict: ``right``, ``wrong`` (another answer was given) or ``refused`` (none was given).
        reason: why it is not right, '' where it is.
        missing: answers that were expected and did not come.
        unexpected: answers that came and were not expected.
        missing_evidence: quotes the answer should rest on and does not.
    """

    expected: Expectation
    answer: Answer
    verdict: str
    reason: str = ""
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    missing_evidence: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON-ready data."""
        return {
            "id": self.expected.id,
            "line": self.expected.line,
            "question": self.expected.question,
            "verdict": self.verdict,
            "reason": self.reason or None,
            "expected": list(self.expected.status),
            "status": self.answer.status,
            "boolean": self.answer.boolean,
            "answers": [[None if c is None else c.value for c in row.cells] for row in self.answer.rows],
            "missing": list(self.missing),
            "unexpected": list(self.unexpected),
            "missing_evidence": list(self.missing_evidence),
            "elapsed_ms": round(self.answer.elapsed_ms, 1),
        }


@dataclass(frozen=True, slots=True)
class PackResult:
    """What came of a whole pack."""

    name: str
    title: str
    outcomes: tuple[Outcome, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many are right, wrong and refused."""
        found = Counter(outcome.verdict for outcome in self.outcomes)
        return {verdict: found[verdict] for verdict in ("right", "wrong", "refused")}

    @property
    def ok(self) -> bool:
        """Whether every question went as expected."""
        return all(outcome.verdict == "right" for outcome in self.outcomes)

    def to_dict(self) -> dict[str, Any]:
        """Return the result in the published form of ``docs/pack_result.schema.json``."""
        return {
            "pack": self.name,
            "title": self.title or None,
            "ok": self.ok,
            "total": len(self.outcomes),
            **self.counts,
            "questions": [outcome.to_dict() for outcome in self.outcomes],
        }


def run_pack(pack: Pack, ask: Ask) -> Iterator[Outcome]:
    """Ask every question of a pack and judge each answer as it comes.

    Args:
        pack: what to ask.
        ask: what answers; an error that it raises is an answer not given.
    """
    for question in pack.questions:
        try:
            answer = ask(question.question, question.include)
        except Exception as error:  # noqa: BLE001 - one question that breaks must not hide the other results
            told = str(error) if isinstance(error, KgError) else f"unexpected {type(error).__name__}: {error}"
            answer = Answer(question.question, "error", error={"code": "error", "message": told})
        yield judge(question, answer)


def judge(expected: Expectation, answer: Answer) -> Outcome:
    """Hold an answer against what was expected.

    >>> judge(Expectation("1", "who?"), Answer("who?", "not_understood", uncovered=("who",))).verdict
    'refused'
    """
    if answer.status not in expected.status:
        wanted = " or ".join(expected.status)
        reason = f"expected {wanted}, got {answer.status}{_because(answer)}"
        verdict = "wrong" if answer.status in ("answered", "not_stated") else "refused"
        return Outcome(expected, answer, verdict, reason, unexpected=tuple(map(_shown, answer.rows[:20])))
    if answer.status in ("ambiguous", "not_understood"):
        return _judge_refusal(expected, answer)
    if answer.status == "answered" and expected.checks_boolean and answer.boolean != expected.boolean:
        reason = f"expected {_truth(expected.boolean)}, got {_truth(answer.boolean)}"
        return Outcome(expected, answer, "wrong", reason)
    return _judge_rows(expected, answer)


def _judge_rows(expected: Expectation, answer: Answer) -> Outcome:
    missing, unexpected = _differences(expected, answer)
    if missing or unexpected:
        reason = f"{_count(missing, 'answer')} missing, {len(unexpected)} unexpected"
        return Outcome(expected, answer, "wrong", reason, missing, unexpected)
    if expected.ordered and not _in_order(expected, answer):
        return Outcome(expected, answer, "wrong", "the answers come in another order")
    lost = _missing_evidence(expected.evidence, answer.rows)
    if lost:
        return Outcome(expected, answer, "wrong", f"{_count(lost, 'quote')} missing", missing_evidence=lost)
    return Outcome(expected, answer, "right")


def _judge_refusal(expected: Expectation, answer: Answer) -> Outcome:
    named = {_plain(word) for word in answer.uncovered}
    silent = tuple(word for word in expected.uncovered if _plain(word) not in named)
    if silent:
        return Outcome(expected, answer, "refused", f"does not name {_quoted(silent)}{_because(answer)}", silent)
    return Outcome(expected, answer, "right")


def _differences(expected: Expectation, answer: Answer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the expected answers that no row gives, and the rows that nobody expected."""
    if expected.answers is None or answer.boolean is not None:
        return (), ()
    missing = [" · ".join(want) for want in expected.answers if not any(_gives(row, want) for row in answer.rows)]
    further = [_shown(row) for row in answer.rows if not any(_gives(row, want) for want in expected.answers)]
    return tuple(missing), tuple(dict.fromkeys(further)) if expected.exactly else ()


def _in_order(expected: Expectation, answer: Answer) -> bool:
    wanted = expected.answers or ()
    places = [next(n for n, row in enumerate(answer.rows) if _gives(row, want)) for want in wanted]
    return places == sorted(places)


def _gives(row: AnswerRow, wanted: tuple[str, ...]) -> bool:
    """Whether a row shows every value wanted, in whatever column."""
    shown = {form for cell in row.cells if cell is not None for form in (cell.value, cell.iri or "")}
    forms = {_plain(form) for form in shown}
    return all(_plain(value) in forms for value in wanted)


def _plain(value: str) -> str:
    """Return what two ways to write one value share: case, spaces and the form of a number do not count."""
    text = _SPACE.sub(" ", value).strip().casefold()
    try:
        return f"{float(text.replace(',', '')):.10g}"
    except ValueError:
        return text


def _missing_evidence(wanted: Iterable[str], rows: Iterable[AnswerRow]) -> tuple[str, ...]:
    """Return the quotes that no row rests on; of two quotes one may be the longer."""
    held = [_SPACE.sub(" ", e.quote) for row in rows for e in _evidence(row)]
    return tuple(
        quote
        for quote in wanted
        if not any(_SPACE.sub(" ", quote) in h or h in _SPACE.sub(" ", quote) for h in held)
    )


def _evidence(row: AnswerRow) -> tuple[Evidence, ...]:
    return row.evidence + leaves(row.because)


def _because(answer: Answer) -> str:
    if answer.error is not None:
        return f": {answer.error['message']}"
    return f": {_quoted(answer.uncovered)}" if answer.uncovered else ""


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _shown(row: AnswerRow) -> str:
    return " · ".join("–" if cell is None else cell.value for cell in row.cells)


def _truth(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "neither yes nor no"}[value]


def _count(items: tuple[str, ...], noun: str) -> str:
    return f"{len(items)} {noun}" + ("" if len(items) == 1 else "s")
