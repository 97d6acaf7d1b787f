"""What crosses the rooms: answers, rows, claims, evidence, problems. Frozen, and plain data.

The JSON that programs rely on is made here (``to_dict``); its schema is ``docs/answer.schema.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.statements import NO_WORDS, Claim, Derivation, Evidence, Premise, leaves
from kg.terms import Term, lexical, to_json

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "AS_WRITTEN",
    "UNJOINED",
    "Answer",
    "AnswerRow",
    "Cell",
    "Claim",
    "Derivation",
    "Evidence",
    "Premise",
    "Problem",
    "Reading",
    "Rows",
    "leaves",
]


AS_WRITTEN = "names in this large graph are looked up as they are written, and its schema is from a sample"
"""The last line of the explanation where not all names were at hand."""

UNJOINED = "each of these words is known, but nothing joins them"
"""The first line of the explanation where a question was not understood although its words were."""


class Cell(NamedTuple):
    """One value of an answer: its text and, for an IRI, the IRI; for a literal, datatype or language."""

    value: str
    iri: str | None = None
    datatype: str | None = None
    lang: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the cell as JSON-ready data."""
        return {"value": self.value, "iri": self.iri, "datatype": self.datatype, "lang": self.lang}


class AnswerRow(NamedTuple):
    """One row of an answer with everything that supports it.

    Attributes:
        cells: one per column of the answer; None where nothing is bound.
        claims: IRIs of the claims the row rests on (empty on a graph without claims).
        evidence: the quotes; of an inferred row those at the leaves of its proof.
        because: how an inferred row follows.
        triples: the supporting triples as (subject, predicate, object) in N-Triples syntax, on plain RDF.
        text: the row as a sentence, where there is one.
        disputed_by: claims of the other polarity that speak against the row, or against what it follows from.
    """

    cells: tuple[Cell | None, ...]
    kind: str = "stated"
    polarity: str = "positive"
    modality: str = "asserted"
    voice: str | None = None
    scenario: str | None = None
    qualifiers: Mapping[str, tuple[str, ...]] = NO_WORDS
    claims: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    because: tuple[Derivation, ...] = ()
    triples: tuple[tuple[str, str, str], ...] = ()
    text: str | None = None
    disputed_by: tuple[Premise, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON-ready data."""
        return {
            "cells": [None if cell is None else cell.to_dict() for cell in self.cells],
            "kind": self.kind,
            "polarity": self.polarity,
            "modality": self.modality,
            "voice": self.voice,
            "scenario": self.scenario,
            "qualifiers": {name: list(words) for name, words in self.qualifiers.items()},
            "claims": list(self.claims),
            "evidence": [e.to_dict() for e in self.evidence],
            "because": [d.to_dict() for d in self.because],
            "triples": [list(t) for t in self.triples],
            "text": self.text,
            "disputed_by": [claim.to_dict() for claim in self.disputed_by],
        }


class Reading(NamedTuple):
    """One way to understand a question: in English, in SPARQL, and what it cost."""

    paraphrase: str
    sparql: str
    cost: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as JSON-ready data."""
        return {"paraphrase": self.paraphrase, "sparql": self.sparql, "cost": round(self.cost, 3)}


class Answer(NamedTuple):
    """The answer to a question: rows with their support, or an honest refusal.

    Attributes:
        status: ``answered``, ``not_stated``, ``ambiguous``, ``not_understood`` or ``error``.
        boolean: the answer to a yes/no question; None for other questions, and where it is disputed.
        disputed: whether claims affirm and deny what a yes/no question asks; the rows are of both polarities.
        related: the nearest rows, when the graph does not state what was asked; their cells are
            subject, predicate and object.
        readings: the ways to understand an ambiguous question.
        uncovered: the words nothing accounts for.
        suggestions: the nearest terms to those words.
        explanation: one line a word or step: what it became and what it cost.
        sparql: the query that gives the rows.
    """

    question: str
    status: str
    boolean: bool | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[AnswerRow, ...] = ()
    related: tuple[AnswerRow, ...] = ()
    readings: tuple[Reading, ...] = ()
    uncovered: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    explanation: tuple[str, ...] = ()
    paraphrase: str | None = None
    sparql: str | None = None
    assisted_by: str | None = None
    truncated: bool = False
    error: Mapping[str, str] | None = None
    elapsed_ms: float = 0.0
    id: str | None = None
    disputed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the answer in the published form of ``docs/answer.schema.json``."""
        return {
            "id": self.id,
            "question": self.question,
            "status": self.status,
            "boolean": self.boolean,
            "disputed": self.disputed,
            "columns": list(self.columns),
            "rows": [row.to_dict() for row in self.rows],
            "related": [row.to_dict() for row in self.related],
            "readings": [reading.to_dict() for reading in self.readings],
            "uncovered": list(self.uncovered),
            "suggestions": list(self.suggestions),
            "explanation": list(self.explanation),
            "assisted_by": self.assisted_by,
            "truncated": self.truncated,
            "paraphrase": self.paraphrase,
            "sparql": self.sparql,
            "error": None if self.error is None else dict(self.error),
            "elapsed_ms": round(self.elapsed_ms, 1),
        }

    def to_json(self, indent: int | None = None) -> str:
        """Return the answer as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame, each with its kind, qualifiers and quotes.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        from kg.display import answer_frame

        return answer_frame(self)

    def __str__(self) -> str:
        from kg.display import answer_text

        return answer_text(self)

    def _repr_html_(self) -> str:
        from kg.display import answer_html

        return answer_html(self)


class Rows:
    """The solutions of a SPARQL SELECT.

    Attributes:
        variables: the names, in the order of the query.
        rows: one tuple a solution, a term or None for each variable.
    """

    __slots__ = ("rows", "variables")

    def __init__(self, variables: tuple[str, ...], rows: tuple[tuple[Term | None, ...], ...]) -> None:
        self.variables = variables
        self.rows = rows

    def __repr__(self) -> str:
        names = " ".join(f"?{name}" for name in self.variables)
        return f"<Rows: {len(self.rows)} solution{'' if len(self.rows) == 1 else 's'} of {names}>"

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Term | None, ...]]:
        return iter(self.rows)

    def dicts(self) -> Iterator[dict[str, Term]]:
        """Yield each solution as a mapping of its bound variables."""
        for row in self.rows:
            yield {name: term for name, term in zip(self.variables, row, strict=True) if term is not None}

    def column(self, name: str) -> Sequence[str]:
        """Return one variable's values as text, unbound ones left out."""
        index = self.variables.index(name)
        return [lexical(row[index]) for row in self.rows if row[index] is not None]

    def to_dict(self) -> dict[str, Any]:
        """Return the W3C SPARQL 1.1 results JSON form."""
        return {
            "head": {"vars": list(self.variables)},
            "results": {"bindings": [{k: to_json(v) for k, v in row.items()} for row in self.dicts()]},
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return the solutions as a pandas frame, a column a variable; numbers are numbers, IRIs are text.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        from kg.display import rows_frame

        return rows_frame(self)

    def _repr_html_(self) -> str:
        from kg.display import rows_html

        return rows_html(self)


class Problem(NamedTuple):
    """Something wrong in a source: what, where, and what to do.

    Attributes:
        severity: ``error``, ``warning`` or ``info``.
        file, line: the place, where the format allows; lines count from 1.
        value: the user's value.
        remedy: what to do about it.
        rule: a short stable name of the check.
    """

    severity: str
    message: str
    file: str = ""
    line: int | None = None
    value: str = ""
    remedy: str = ""
    rule: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        head = f"{place}: " if place else ""
        tail = f"; {self.remedy}" if self.remedy else ""
        return f"{head}{self.severity}: {self.message}{tail}"

    def to_dict(self) -> dict[str, Any]:
        """Return the problem as JSON-ready data."""
        return {
            "severity": self.severity,
            "message": self.message,
            "file": self.file,
            "line": self.line,
            "value": self.value,
            "remedy": self.remedy,
            "rule": self.rule,
        }
