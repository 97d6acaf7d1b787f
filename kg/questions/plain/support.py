"""The triples behind each row of an answer: the reading's own pattern, asked again with everything projected."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.dataset import Dataset
from kg.errors import KgError
from kg.questions.plain.compile import Compiled, pattern_of
from kg.questions.plain.graph import QueryGraph
from kg.results import AnswerRow
from kg.terms import Term
from kg.vocabulary import Vocabulary

__all__ = ["support_rows", "with_support"]

MAX_SUPPORTED = 200
"""Rows that get their triples; the query of an answer gives the rest."""

_Triple = tuple[str, str, str]


def with_support(
    dataset: Dataset, vocabulary: Vocabulary, graph: QueryGraph, compiled: Compiled, rows: tuple[AnswerRow, ...]
) -> tuple[AnswerRow, ...]:
    """Return rows with their supporting triples, as far as the reading names single facts."""
    if not rows or len(rows) > MAX_SUPPORTED or any(c.aggregate for c in compiled.columns):
        return rows
    found: dict[str, dict[_Triple, None]] = {}
    for solution, triples in _solutions(dataset, vocabulary, graph):
        key = _key(solution.get(f"n{graph.focus}"))
        found.setdefault(key, {}).update(dict.fromkeys(triples))
    return tuple(row._replace(triples=tuple(found.get(_cell_key(row), ()))) for row in rows)


def support_rows(dataset: Dataset, vocabulary: Vocabulary, graph: QueryGraph) -> tuple[AnswerRow, ...]:
    """Return the facts that make a yes: rows without cells, with triples."""
    for _, triples in _solutions(dataset, vocabulary, graph):
        return (AnswerRow((), triples=tuple(triples)),)
    return ()


def _solutions(
    dataset: Dataset, vocabulary: Vocabulary, graph: QueryGraph
) -> list[tuple[Mapping[str, Term], list[_Triple]]]:
    pattern = pattern_of(graph, vocabulary)
    if not pattern.triples:
        return []
    names = sorted(
        {t[1:] for triple in pattern.triples for t in triple if t.startswith("?")} | {f"n{graph.focus}"}
    )
    text = f"SELECT DISTINCT {' '.join(f'?{n}' for n in names)} WHERE {{ {' '.join(pattern.lines)} }}"
    try:
        rows = dataset.select(text, limit=5 * MAX_SUPPORTED)
    except KgError:
        return []
    found: list[tuple[Mapping[str, Term], list[_Triple]]] = []
    for solution in rows.dicts():
        triples = []
        for subject, predicate, object_ in pattern.triples:
            cells = [_text(subject, solution), predicate, _text(object_, solution)]
            if all(cells):
                triples.append((cells[0], cells[1], cells[2]))
        found.append((solution, triples))
    return found


def _text(term: str, solution: Mapping[str, Term]) -> str:
    if not term.startswith("?"):
        return term
    value = solution.get(term[1:])
    return "" if value is None else str(value)


def _key(term: Term | None) -> str:
    if isinstance(term, NamedNode | Literal | BlankNode):
        return term.value
    return "" if term is None else str(term)


def _cell_key(row: AnswerRow) -> str:
    cell = row.cells[0] if row.cells else None
    return "" if cell is None else cell.iri or cell.value
