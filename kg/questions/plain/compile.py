"""From a query graph to SPARQL: SELECT or ASK by construction, constants bound in the patterns.

Generated from the graph's data, never from the question's text; IRIs and literals are escaped here and
nowhere else. Written for the embedded engine (constants as terms, VALUES, subqueries for extremes) and
plain SPARQL 1.1, so that any engine gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.questions.plain.columns import Column, columns_of
from kg.questions.plain.extremes import Extremes
from kg.questions.plain.graph import QueryGraph
from kg.questions.plain.patterns import AGGREGATES, iri
from kg.vocabulary import Vocabulary

__all__ = ["Compiled", "Pattern", "compile_graph", "pattern_of"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query and how to read its rows.

    Attributes:
        sparql: the text.
        form: ``select`` or ``ask``.
        columns: what the variables are.
    """

    sparql: str
    form: str
    columns: tuple[Column, ...]


def compile_graph(graph: QueryGraph, vocabulary: Vocabulary) -> Compiled:
    """Return the SPARQL of a reading."""
    return _Compiler(graph, vocabulary).run()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A reading's own facts.

    Attributes:
        lines: the graph pattern.
        triples: the plain triples in it, as SPARQL terms; paths and counts are none.
    """

    lines: tuple[str, ...]
    triples: tuple[tuple[str, str, str], ...]


def pattern_of(graph: QueryGraph, vocabulary: Vocabulary) -> Pattern:
    """Return the pattern of a reading with the triples that a row rests on."""
    compiler = _Compiler(graph, vocabulary)
    lines = compiler.body()
    return Pattern(tuple(lines), tuple(compiler.triples))


class _Compiler(Extremes):
    """Writes whole queries."""

    def body(self) -> list[str]:
        """Return the pattern of the whole reading."""
        return self._node(self.graph.focus, None, "")

    def run(self) -> Compiled:
        graph = self.graph
        columns = columns_of(graph, self.vocabulary)
        body = self._node(graph.focus, None, "")
        if graph.form == "ask":
            return Compiled(f"ASK WHERE {{\n{_indent(body)}\n}}", "ask", ())
        if graph.form == "count" or any(c.aggregate for c in columns):
            return self._aggregated(columns, body)
        for column in columns:
            body += self._display(column)
        for node, name in self.extra.items():
            said = graph.nodes[node]
            label = f"{said.aggregate or 'number of'} {said.words or 'them'}"
            columns = (*columns, Column(node, name, label, computed=True))
        names = [f"?{c.variable}" for c in columns]
        tail = self._order()
        text = f"SELECT DISTINCT {' '.join(names)} WHERE {{\n{_indent(body)}\n}}{tail}"
        return Compiled(text, "select", columns)

    def _order(self) -> str:
        if self.graph.order is not None:
            node, sign = self.graph.order
            return f"\nORDER BY {'ASC' if sign > 0 else 'DESC'}(?n{node})"
        return ""

    def _display(self, column: Column) -> list[str]:
        """Show a thing without a name by the property that identifies it."""
        if not column.key:
            return []
        return [f"OPTIONAL {{ ?n{column.node} {iri(column.key)} ?{column.variable} }}"]

    def _aggregated(self, columns: tuple[Column, ...], body: list[str]) -> Compiled:
        groups = [c for c in columns if not c.aggregate]
        for column in groups:
            body += self._display(column)
        names = [f"?{c.variable}" for c in groups]
        out = [*names]
        inner = [*names]
        for column in columns:
            if column.aggregate == "count":
                out.append(f"(COUNT(DISTINCT ?n{column.node}) AS ?{column.variable})")
                inner.append(f"?n{column.node}")
            elif column.aggregate:
                function = AGGREGATES[column.aggregate]
                out.append(f"({function}(?n{column.node}) AS ?{column.variable})")
                inner += [f"?n{column.node}", *(f"?n{o}" for o in self._owners(column.node))]
        distinct = f"SELECT DISTINCT {' '.join(dict.fromkeys(inner))} WHERE {{\n{_indent(body)}\n}}"
        tail = f"\nGROUP BY {' '.join(names)}" if names else ""
        text = f"SELECT {' '.join(out)} WHERE {{\n  {{ {distinct} }}\n}}{tail}"
        return Compiled(text, "select", columns)

    def _owners(self, node: int) -> list[int]:
        found = []
        for edge in self.graph.edges_of(node):
            other = edge.other(node)
            if not self._constant(self.graph.nodes[other], other):
                found.append(other)
        return found


def _indent(lines: Iterable[str]) -> str:
    return "\n".join(f"  {line}" for line in lines)
