"""From a question to an answer: read, rank, run, and say what was understood, or refuse."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode

from kg.dataset import Dataset
from kg.errors import EngineError, QueryError
from kg.questions.compile import Compiled, compile_graph
from kg.questions.graph import QueryGraph
from kg.questions.interpret import BEAM, interpret
from kg.questions.lattice import Lattice, build_lattice
from kg.questions.paraphrase import paraphrase
from kg.results import Answer, AnswerRow, Cell, Reading, Rows
from kg.terms import PREFIXES, Term
from kg.vocabulary import Vocabulary
from kg.vocabulary.words import tokenize

__all__ = ["ask"]

MAX_LENGTH = 2_000
MAX_TOKENS = 90
MAX_ROWS = 10_000
_MARGIN = 0.02
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
        from kg.questions.claims_ask import ask_claims

        return _timed(ask_claims(dataset, vocabulary.claim_terms, text, include=include, lang=lang), started)
    answer = _Asker(dataset, vocabulary, tuple(include), lang).answer(text)
    return _timed(answer, started)


def _timed(answer: Answer, started: float) -> Answer:
    from dataclasses import replace

    return replace(answer, elapsed_ms=(time.perf_counter() - started) * 1e3)


def _strain(graph: QueryGraph) -> float:
    """Return how far-fetched a reading is for its length: what it costs beyond one plain link for each thing named."""
    named = sum(1 for note in graph.notes if float(note.rsplit("[", 1)[1][:-1]) >= 0.25)
    extra = graph.cost - 0.25 * named
    ratio = extra / max(named, 1)
    return 0.0 if extra < 1.2 else min(ratio, 1.1) if extra < 2.6 else ratio


class _Asker:
    def __init__(self, dataset: Dataset, vocabulary: Vocabulary, include: tuple[str, ...], lang: str) -> None:
        self.dataset = dataset
        self.vocabulary = vocabulary
        self.include = include
        self.lang = lang

    def answer(self, text: str) -> Answer:
        tokens = tokenize(text[:MAX_LENGTH])
        if not tokens or len(tokens) > MAX_TOKENS or len(text) > MAX_LENGTH:
            return Answer(text, "not_understood", explanation=("a question of one sentence is expected",))
        lattice = build_lattice(tokens, self.vocabulary)
        if lattice.uncovered:
            return self._not_understood(text, lattice.uncovered)
        readings = interpret(lattice, self.vocabulary)
        if not readings or _strain(readings[0]) > _STRAINED:
            lattice = build_lattice(tokens, self.vocabulary, loose=True)
            second = interpret(lattice, self.vocabulary, beam=BEAM if not readings else BEAM // 2)
            readings = sorted([*readings, *second], key=lambda g: g.cost)
        if not readings or _strain(readings[0]) > _TOO_STRAINED:
            return self._not_understood(text, self._loose(lattice))
        return self._answer(text, readings)

    def _loose(self, lattice: Lattice) -> tuple[str, ...]:
        """Return the content words of a question that were recognised but fit nowhere."""
        words = []
        for start, chunks in enumerate(lattice.chunks):
            content = [c for c in chunks if c.kind != "operator"]
            if content and len(content) == len(chunks):
                words.append(lattice.tokens[start].text)
        return tuple(words)

    def _not_understood(self, text: str, uncovered: tuple[str, ...]) -> Answer:
        suggestions: list[str] = []
        for word in uncovered[:3]:
            for near in self.vocabulary.index.near(tokenize(word)[0].stem if tokenize(word) else "", loose=True):
                for phrase in self.vocabulary.index.words()[near][:2]:
                    for entry in self.vocabulary.index.phrases[phrase][:1]:
                        suggestions.append(self.vocabulary.label(entry.key.split("\t")[0]))
        return Answer(
            text, "not_understood", uncovered=uncovered, suggestions=tuple(dict.fromkeys(suggestions))[:5]
        )

    def _answer(self, text: str, readings: list[QueryGraph]) -> Answer:
        best = readings[0]
        compiled = compile_graph(best, self.vocabulary, include=self.include)
        rest: list[Reading] = []
        try:
            result = self._run(compiled)
        except (QueryError, EngineError) as error:
            return Answer(text, "error", sparql=compiled.sparql, error={"code": "query", "message": str(error)})
        english = paraphrase(best, self.vocabulary)
        notes = (*best.notes, f"cost {best.cost:.2f}")
        if isinstance(result, bool):
            return Answer(
                text, "answered", boolean=result, explanation=notes, paraphrase=english, sparql=compiled.sparql,
                readings=tuple(rest),
            )  # fmt: skip
        rows = self._rows(compiled, result)
        return Answer(
            text,
            "answered" if rows else "not_stated",
            columns=tuple(c.label for c in compiled.columns),
            rows=rows,
            explanation=notes,
            paraphrase=english,
            sparql=compiled.sparql,
            readings=tuple(rest),
            truncated=len(result) >= MAX_ROWS,
        )

    def _run(self, compiled: Compiled) -> Rows | bool:
        if compiled.form == "ask":
            return self.dataset.ask(compiled.sparql)
        return self.dataset.select(compiled.sparql, limit=MAX_ROWS)

    def _rows(self, compiled: Compiled, result: Rows) -> tuple[AnswerRow, ...]:
        width = len(compiled.columns)
        claims: dict[tuple[Cell | None, ...], list[str]] = {}
        for row in result:
            cells = tuple(self._cell(term) for term in row[:width])
            if all(cell is None for cell in cells):
                continue
            bucket = claims.setdefault(cells, [])
            for term in row[width:]:
                if isinstance(term, NamedNode) and term.value not in bucket:
                    bucket.append(term.value)
        return tuple(AnswerRow(cells, claims=tuple(found)) for cells, found in claims.items())

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
