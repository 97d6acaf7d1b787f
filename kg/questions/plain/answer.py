"""From a question to an answer: read, rank, run, and say what was understood, or refuse."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.dataset import Dataset
from kg.errors import EngineError, QueryError
from kg.questions.plain.arithmetic import Part, calculate, fits
from kg.questions.plain.calculation import Calculation, calculations
from kg.questions.plain.columns import without_blanks
from kg.questions.plain.compile import Compiled, compile_graph
from kg.questions.plain.graph import QueryGraph
from kg.questions.plain.interpret import BEAM, interpret
from kg.questions.plain.lattice import Lattice, build_lattice
from kg.questions.plain.order import ordered
from kg.questions.plain.paraphrase import paraphrase
from kg.questions.plain.support import support_rows, with_support
from kg.results import AS_WRITTEN, UNJOINED, Answer, AnswerRow, Cell, Reading, Rows
from kg.terms import PREFIXES, Term
from kg.vocabulary import Vocabulary
from kg.vocabulary.words import Token, tokenize

__all__ = ["ask"]

MAX_LENGTH = 2_000
MAX_TOKENS = 90
MAX_ROWS = 10_000
_GRADING = frozenset(("adj", "adjsup", "adjcmp", "how", "unitword"))
"""Operators that are words with a meaning of their own: *young*, *longest*, *in dollars*."""
_MARGIN = 0.01
_UNNAMED = 0.04
"""How much better a relation must be that no word of the question names: its use in the data is a weak hint."""
_NEAR = 0.1
_MAX_TRIED = 4
_STRAINED = 0.45
_TOO_STRAINED = 1.2
_STRING = PREFIXES["xsd"] + "string"


def ask(
    dataset: Dataset,
    vocabulary: Vocabulary,
    text: str,
    *,
    include: Sequence[str] = ("stated", "inferred"),
    lang: str = "en",
) -> Answer:
    """Answer an English question from a dataset, or say why not.

    Args:
        dataset: what is asked.
        vocabulary: of that dataset.
        text: the question.
        include: kinds of claims that count, on a graph with claims.
        lang: language of the labels shown.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> dataset = Dataset(OxigraphEngine())
    >>> ask(dataset, Vocabulary.from_dataset(dataset), "who buys chips?").uncovered
    ('buys', 'chips')
    """
    started = time.perf_counter()
    if vocabulary.claim_terms is not None:
        from kg.questions.claims.ask import ask_claims

        return _timed(ask_claims(dataset, vocabulary.claim_terms, text, include=include, lang=lang), started)
    vocabulary.hear(text[:MAX_LENGTH])
    answer = _Asker(dataset, vocabulary).answer(text)
    if not vocabulary.is_complete:
        answer = answer._replace(explanation=(*answer.explanation, AS_WRITTEN))
    return _timed(answer, started)


def _timed(answer: Answer, started: float) -> Answer:
    return answer._replace(elapsed_ms=(time.perf_counter() - started) * 1e3)


def _strain(graph: QueryGraph) -> float:
    """Return how far-fetched a reading is: its cost beyond a plain link for each thing named, per thing."""
    named = sum(1 for note in graph.notes if float(note.rsplit("[", 1)[1][:-1]) >= 0.25)
    extra = graph.cost - 0.25 * named
    ratio = extra / max(named, 1)
    return 0.0 if extra < 1.2 else min(ratio, 1.1) if extra < 2.6 else ratio


def _row_key(row: AnswerRow) -> tuple[tuple[int, float, str], ...]:
    return tuple(_cell_key(cell) for cell in row.cells)


def _cell_key(cell: Cell | None) -> tuple[int, float, str]:
    if cell is None:
        return 2, 0.0, ""
    try:
        return (0, float(cell.value), "") if cell.iri is None else (1, 0.0, cell.value)
    except ValueError:
        return 1, 0.0, cell.value


@dataclass(frozen=True, slots=True)
class _Tried:
    """A reading with its query and what the query gave."""

    graph: QueryGraph
    compiled: Compiled
    result: Rows | bool

    @property
    def found(self) -> bool:
        """Whether it found anything."""
        return self.result if isinstance(self.result, bool) else len(self.result) > 0

    def differs(self, other: _Tried) -> bool:
        """Whether it answers otherwise, and with something."""
        if isinstance(self.result, bool) or isinstance(other.result, bool):
            return self.result is not other.result
        return self.found and {r[0] for r in self.result} != {r[0] for r in other.result}


class _Asker:
    def __init__(self, dataset: Dataset, vocabulary: Vocabulary) -> None:
        self.dataset = dataset
        self.vocabulary = vocabulary

    def answer(self, text: str) -> Answer:
        tokens = tokenize(text[:MAX_LENGTH])
        if not tokens or len(tokens) > MAX_TOKENS or len(text) > MAX_LENGTH:
            return Answer(text, "not_understood", explanation=("a question of one sentence is expected",))
        computed = self._calculated(text)
        if computed is not None:
            return computed
        lattice, readings = self._read(ordered(tokens, self.vocabulary))
        if lattice.uncovered:
            return self._not_understood(text, lattice.uncovered)
        if not readings:
            unjoined = self._loose(lattice)
            return Answer(text, "not_understood", uncovered=unjoined, explanation=(UNJOINED,))
        return self._answer(text, readings)

    def _read(self, tokens: Sequence[Token]) -> tuple[Lattice, list[QueryGraph]]:
        """Return the readings of a question that are not too far-fetched, cheapest first."""
        lattice = build_lattice(tokens, self.vocabulary)
        if lattice.uncovered:
            return lattice, []
        readings = interpret(lattice, self.vocabulary)
        if not readings or _strain(readings[0]) > _STRAINED:
            lattice = build_lattice(tokens, self.vocabulary, loose=True)
            second = interpret(lattice, self.vocabulary, beam=BEAM if not readings else BEAM // 2)
            readings = sorted([*readings, *second], key=lambda g: g.cost)
        if readings and _strain(readings[0]) > _TOO_STRAINED:
            readings = []
        return lattice, readings

    def _calculated(self, text: str) -> Answer | None:
        """Answer a question that computes with the answers of two; None where it is none of these."""
        for calculation in calculations(text):
            if calculation.marker and calculation.marker in self.vocabulary.index.phrases:
                return None
            left, right = self._part(calculation.left), self._part(calculation.right)
            if left is None or right is None or not fits(calculation, left, right, self.vocabulary):
                continue
            sparql = calculate(calculation, left, right, self.vocabulary)
            try:
                rows = self.dataset.select(sparql, limit=2)
            except (QueryError, EngineError) as error:
                return Answer(text, "error", error={"code": "query", "message": str(error)})
            if len(rows) < 2:
                return self._computed(text, calculation, (left, right), sparql, rows)
        return None

    def _part(self, text: str) -> Part | None:
        """Return the one reading of a part of a calculation."""
        _, readings = self._read(tokenize(text))
        if not readings or (len(readings) > 1 and readings[1].cost - readings[0].cost <= _MARGIN):
            return None
        compiled = compile_graph(readings[0], self.vocabulary)
        return Part(readings[0], compiled) if compiled.columns else None

    def _computed(
        self, text: str, calculation: Calculation, parts: tuple[Part, Part], sparql: str, rows: Rows
    ) -> Answer:
        graphs = [part.graph for part in parts]
        said = [paraphrase(graph, self.vocabulary) for graph in graphs]
        triples = [t for g in graphs if g.form != "count" for t in support_rows(self.dataset, self.vocabulary, g)]
        support = tuple(dict.fromkeys(t for row in triples for t in row.triples))
        found = tuple(
            AnswerRow(tuple(self._cell(term) for term in row), triples=support)
            for row in rows
            if row[0] is not None
        )
        return Answer(
            text,
            "answered" if found else "not_stated",
            columns=(calculation.kind, said[0], said[1]),
            rows=found,
            explanation=tuple(note for graph in graphs for note in graph.notes),
            paraphrase=f"{calculation.kind.capitalize()}: {said[0]}; {said[1]}",
            sparql=sparql,
        )

    def _loose(self, lattice: Lattice) -> tuple[str, ...]:
        """Return the content words of a question that were recognised but fit nowhere."""
        words = []
        for start, chunks in enumerate(lattice.chunks):
            content = [c for c in chunks if c.kind != "operator" or c.note in _GRADING]
            if content and len(content) == len(chunks):
                words.append(lattice.tokens[start].text)
        return tuple(words)

    def _not_understood(self, text: str, uncovered: tuple[str, ...]) -> Answer:
        suggestions: list[str] = []
        for word in uncovered[:3]:
            for near in self.vocabulary.index.near(tokenize(word)[0].stem if tokenize(word) else "", loose=True):
                for phrase in self.vocabulary.index.words()[near][:2]:
                    entry = self.vocabulary.index.phrases[phrase][0]
                    suggestions.append(self.vocabulary.label(entry.key.split("\t")[0]))
        return Answer(
            text, "not_understood", uncovered=uncovered, suggestions=tuple(dict.fromkeys(suggestions))[:5]
        )

    def _answer(self, text: str, readings: list[QueryGraph]) -> Answer:
        try:
            tried = self._try(readings)
        except (QueryError, EngineError) as error:
            return Answer(text, "error", error={"code": "query", "message": str(error)})
        best = tried[0]
        rivals = [t for t in tried[1:] if self._rivals(best.graph, t.graph) and t.differs(best)]
        rest = tuple(self._reading(t) for t in tried[1:] if t.differs(best))
        notes = (*best.graph.notes, f"cost {best.graph.cost:.2f}")
        english = paraphrase(best.graph, self.vocabulary)
        sparql = best.compiled.sparql
        if rivals:
            found = tuple(self._reading(t) for t in (best, *rivals))
            return Answer(text, "ambiguous", readings=found, explanation=notes, paraphrase=english, sparql=sparql)
        if isinstance(best.result, bool):
            rows = support_rows(self.dataset, self.vocabulary, best.graph) if best.result else ()
            return Answer(
                text, "answered", boolean=best.result, rows=rows, explanation=notes, paraphrase=english,
                sparql=sparql, readings=rest,
            )  # fmt: skip
        rows = with_support(self.dataset, self.vocabulary, best.graph, best.compiled, self._rows(best))
        columns, rows = without_blanks(best.compiled.columns, rows)
        return Answer(
            text,
            "answered" if rows else "not_stated",
            columns=tuple(c.label for c in columns),
            rows=rows,
            explanation=notes,
            paraphrase=english,
            sparql=sparql,
            readings=rest,
            truncated=len(best.result) >= MAX_ROWS,
        )

    @staticmethod
    def _rivals(best: QueryGraph, other: QueryGraph) -> bool:
        """Whether another reading is as good: as cheap, or the same but for a relation that nothing names."""
        if other.cost - best.cost <= _MARGIN:
            return True
        pairs = [(a, b) for a, b in zip(best.edges, other.edges, strict=False) if a.steps != b.steps]
        return (
            other.cost - best.cost <= _UNNAMED
            and len(best.edges) == len(other.edges)
            and len(pairs) == 1
            and all(not e.verb and len(e.steps) == 1 for e in pairs[0])
            and [n.words for n in best.nodes] == [n.words for n in other.nodes]
        )

    def _try(self, readings: list[QueryGraph]) -> list[_Tried]:
        """Run the cheapest reading and those close to it; one that finds something goes before its equals."""
        tried: list[_Tried] = []
        for graph in readings[:_MAX_TRIED]:
            if graph.cost - readings[0].cost > _NEAR:
                break
            compiled = compile_graph(graph, self.vocabulary)
            if all(compiled.sparql != t.compiled.sparql for t in tried):
                tried.append(_Tried(graph, compiled, self._run(compiled)))
        if len(tried) > 1 and not tried[0].found:
            tried.sort(key=lambda t: not t.found)
        return tried

    def _reading(self, tried: _Tried) -> Reading:
        return Reading(paraphrase(tried.graph, self.vocabulary), tried.compiled.sparql, tried.graph.cost)

    def _run(self, compiled: Compiled) -> Rows | bool:
        if compiled.form == "ask":
            return self.dataset.ask(compiled.sparql)
        return self.dataset.select(compiled.sparql, limit=MAX_ROWS)

    def _rows(self, tried: _Tried) -> tuple[AnswerRow, ...]:
        if isinstance(tried.result, bool):
            return ()
        self.vocabulary.meet({t.value for row in tried.result for t in row if isinstance(t, NamedNode)})
        rows = dict.fromkeys(tuple(self._cell(term) for term in row) for row in tried.result)
        found = [AnswerRow(cells) for cells in rows if any(cell is not None for cell in cells)]
        if tried.graph.order is None:
            found.sort(key=_row_key)
        return tuple(found)

    def _cell(self, term: Term | None) -> Cell | None:
        if term is None:
            return None
        if isinstance(term, NamedNode):
            return Cell(self.vocabulary.label(term.value), iri=term.value)
        if isinstance(term, Literal):
            datatype = term.datatype.value
            plain = datatype == _STRING or term.language
            return Cell(term.value, datatype=None if plain else datatype, lang=term.language or None)
        return Cell(str(term))
