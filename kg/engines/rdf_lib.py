"""An rdflib graph or dataset that the caller already holds, seen through the engine interface.

rdflib evaluates SPARQL itself here: slower than the embedded engine, and a second opinion on every
query kgq generates. FROM and SERVICE never leave the process: the text is guarded before it comes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import rdflib
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple
from rdflib.plugins import sparql as rdflib_sparql

from kg.errors import EngineError, QueryError
from kg.results import Rows
from kg.terms import Term, from_rdflib, to_rdflib

__all__ = ["RdflibEngine"]

rdflib_sparql.SPARQL_LOAD_GRAPHS = False  # FROM <file:…> in a query would read files and fetch URLs


class RdflibEngine:
    """A view of an ``rdflib.Graph`` or ``rdflib.Dataset``; the caller keeps ownership.

    >>> import rdflib
    >>> RdflibEngine(rdflib.Graph()).ask("ASK { ?s ?p ?o }")
    False
    """

    name = "rdflib"

    def __init__(self, graph: rdflib.Graph) -> None:
        self.graph = graph

    def _run(
        self,
        sparql: str,
        prefixes: Mapping[str, str] | None,
        union: bool,
        bindings: Mapping[str, Term] | None = None,
    ) -> Any:
        target = self.graph
        if isinstance(target, rdflib.Dataset) and target.default_union != union:
            target = rdflib.Dataset(store=target.store, default_union=union)
        try:
            return target.query(
                sparql,
                initNs=dict(prefixes or {}),
                initBindings={name: to_rdflib(term) for name, term in (bindings or {}).items()},  # type: ignore[misc]
            )
        except SyntaxError as error:
            raise QueryError(f"not valid SPARQL: {error}") from error
        except Exception as error:
            kind = QueryError if "Expected" in str(error) or "prefix" in str(error).lower() else EngineError
            raise kind(f"not valid SPARQL: {' '.join(str(error).split())}") from error

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
        if found.type != "SELECT":
            raise QueryError("expected a SELECT query.")
        rows = tuple(
            tuple(None if cell is None else from_rdflib(cell) for cell in row) for row in islice(found, limit)
        )
        return Rows(tuple(str(v) for v in found.vars), rows)

    def ask(self, sparql: str, *, prefixes: Mapping[str, str] | None = None, union: bool = False) -> bool:
        """Return the result of an ASK."""
        found = self._run(sparql, prefixes, union)
        if found.type != "ASK":
            raise QueryError("expected an ASK query.")
        return bool(found.askAnswer)

    def construct(
        self, sparql: str, *, prefixes: Mapping[str, str] | None = None, union: bool = False
    ) -> Iterator[Triple]:
        """Yield the triples of a CONSTRUCT or DESCRIBE."""
        found = self._run(sparql, prefixes, union)
        if found.type not in ("CONSTRUCT", "DESCRIBE"):
            raise QueryError("expected a CONSTRUCT or DESCRIBE query.")
        for subject, predicate, object_ in found.graph:
            yield Triple(from_rdflib(subject), from_rdflib(predicate), from_rdflib(object_))  # type: ignore[arg-type]

    def quads(self, *, graph: NamedNode | None = None) -> Iterator[Quad]:
        """Yield every quad, or those of one named graph."""
        if isinstance(self.graph, rdflib.Dataset):
            for s, p, o, g in self.graph.quads((None, None, None, None)):
                name = DefaultGraph() if g is None else from_rdflib(g)
                if graph is None or name == graph:
                    yield Quad(from_rdflib(s), from_rdflib(p), from_rdflib(o), name)  # type: ignore[arg-type]
        elif graph is None:
            for s, p, o in self.graph:
                yield Quad(from_rdflib(s), from_rdflib(p), from_rdflib(o))  # type: ignore[arg-type]

    def add(self, quads: Iterable[Quad]) -> None:
        """Add quads; a plain graph takes triples of the default graph only."""
        for quad in quads:
            triple = to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)
            if isinstance(self.graph, rdflib.Dataset) and isinstance(quad.graph_name, NamedNode | BlankNode):
                self.graph.graph(to_rdflib(quad.graph_name)).add(triple)  # type: ignore[arg-type]
            else:
                self.graph.add(triple)

    def named_graphs(self) -> Iterator[str]:
        """Yield the IRIs of the named graphs."""
        if isinstance(self.graph, rdflib.Dataset):
            for graph in self.graph.graphs():
                if (
                    isinstance(graph.identifier, rdflib.URIRef)
                    and graph.identifier != rdflib.graph.DATASET_DEFAULT_GRAPH_ID
                ):
                    yield str(graph.identifier)
