"""The embedded engine: oxigraph, in memory or on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TypeVar

from pyoxigraph import (
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
)

from kg.engines.select_all import spell_out
from kg.errors import EngineError, KgError, QueryError
from kg.results import Rows
from kg.terms import Term

__all__ = ["WRITTEN", "OxigraphEngine"]

WRITTEN: Mapping[str, QueryResultsFormat] = {
    "json": QueryResultsFormat.JSON,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
"""Formats of results that the engine writes well. XML is not among them: it lets through what XML cannot hold."""

T = TypeVar("T")


class OxigraphEngine:
    """An oxigraph store in memory.

    >>> engine = OxigraphEngine()
    >>> engine.ask("ASK { ?s ?p ?o }")
    False
    """

    name = "oxigraph"
    content = ""
    """Identifies what it holds, for caches; empty if that is not known."""

    def __init__(self, store: Store | None = None) -> None:
        self.store = Store() if store is None else store

    @classmethod
    def from_nquads(cls, path: Path) -> OxigraphEngine:
        """Open N-Quads that kgq wrote itself, and therefore need no checking again."""
        engine = cls()
        engine.store.load(path=str(path), format=RdfFormat.N_QUADS, lenient=True)
        return engine

    def _run(
        self,
        sparql: str,
        prefixes: Mapping[str, str] | None,
        union: bool,
        bindings: Mapping[str, Term] | None = None,
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        try:
            return self.store.query(
                spell_out(sparql, prefixes) if "*" in sparql else sparql,
                prefixes=prefixes if prefixes is None or isinstance(prefixes, dict) else dict(prefixes),
                use_default_graph_as_union=union,
                substitutions=None if not bindings else {Variable(name): term for name, term in bindings.items()},
            )
        except SyntaxError as error:
            from kg.engines.syntax_errors import explain_syntax

            raise QueryError(f"not valid SPARQL: {explain_syntax(sparql, str(error), prefixes)}") from error
        except (OSError, ValueError, RuntimeError) as error:  # the last: files that are damaged
            raise self.failure(error) from error

    def failure(self, error: Exception) -> KgError:
        """Return what to raise for what the engine reports while it reads."""
        return EngineError(f"the query failed: {error}")

    def select(
        self,
        sparql: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        union: bool = False,
        bindings: Mapping[str, Term] | None = None,
        limit: int | None = None,
    ) -> Rows:
        """Return the solutions of a SELECT."""
        found = self._run(sparql, prefixes, union, bindings)
        if not isinstance(found, QuerySolutions):
            raise QueryError("expected a SELECT query.")
        try:
            rows = tuple(map(tuple, islice(found, limit)))
        except (OSError, RuntimeError) as error:
            del found  # what the engine gave must not leave this thread with the error
            raise self.failure(error) from None
        return Rows(tuple(v.value for v in found.variables), rows)

    def serialize(
        self, sparql: str, form: str, *, prefixes: Mapping[str, str] | None = None, union: bool = False
    ) -> bytes | None:
        """Return the solutions of a SELECT in one of the formats of :data:`WRITTEN`, ended by a line break.

        None where that would be no table: in CSV, the engine quotes the parts of a triple term and not the whole.
        """
        found = self._run(sparql, prefixes, union)
        if not isinstance(found, QuerySolutions):
            raise QueryError("expected a SELECT query.")
        try:
            written = found.serialize(format=WRITTEN[form]) or b""
        except (OSError, RuntimeError) as error:
            raise EngineError(f"the query failed: {error}") from error
        if form == "csv" and not _is_table(written, len(found.variables)):
            return None
        return written if written.endswith(b"\n") else written + b"\n"

    def stream(
        self, sparql: str, *, prefixes: Mapping[str, str] | None = None, union: bool = False
    ) -> Iterator[tuple[Term | None, ...]]:
        """Yield the solutions of a SELECT as they are found, in the thread that began to ask."""
        found = self._run(sparql, prefixes, union)
        if not isinstance(found, QuerySolutions):
            raise QueryError("expected a SELECT query.")
        return self._checked(map(tuple, found))

    def _checked(self, found: Iterable[T]) -> Iterator[T]:
        try:
            yield from found
        except (OSError, RuntimeError) as error:
            del found
            raise self.failure(error) from None

    def ask(self, sparql: str, *, prefixes: Mapping[str, str] | None = None, union: bool = False) -> bool:
        """Return the result of an ASK."""
        found = self._run(sparql, prefixes, union)
        if not isinstance(found, QueryBoolean):
            raise QueryError("expected an ASK query.")
        return bool(found)

    def construct(
        self, sparql: str, *, prefixes: Mapping[str, str] | None = None, union: bool = False
    ) -> Iterator[Triple]:
        """Yield the triples of a CONSTRUCT or DESCRIBE."""
        found = self._run(sparql, prefixes, union)
        if not isinstance(found, QueryTriples):
            raise QueryError("expected a CONSTRUCT or DESCRIBE query.")
        yield from self._checked(found)

    def quads(self, *, graph: NamedNode | None = None) -> Iterator[Quad]:
        """Yield every quad, or those of one named graph."""
        return self._checked(self.store.quads_for_pattern(None, None, None, graph))

    def add(self, quads: Iterable[Quad]) -> None:
        """Add quads in one transaction."""
        self.store.extend(quads)

    def named_graphs(self) -> Iterator[str]:
        """Yield the IRIs of the named graphs."""
        for node in self.store.named_graphs():
            if isinstance(node, NamedNode):
                yield node.value


def _is_table(data: bytes, width: int) -> bool:
    """Tell whether every row of a CSV has all its fields."""
    if b'"' not in data:
        return True
    import csv
    from io import BytesIO, TextIOWrapper

    try:
        rows = csv.reader(TextIOWrapper(BytesIO(data), "utf-8", newline=""), strict=True)
        return all(len(row) == width or not row for row in rows)  # a line without anything is one empty field
    except csv.Error:
        return False
