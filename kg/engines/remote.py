"""The remote engine: any endpoint that speaks the SPARQL 1.1 Protocol.

Nothing here asks for the whole graph. Results are read as they arrive; where a server cuts them off, the rest is
asked for in pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.engines.http import Client, Endpoint
from kg.engines.http.body import BrokenAnswerError
from kg.engines.http.client import Exchange
from kg.engines.http.refusals import RefusedQueryError
from kg.engines.protocol import GRAPHS, RESULTS, UNION_WAYS, read_request, update_request
from kg.engines.query_text import complete, is_valid, page_of
from kg.engines.remote_results import read_boolean, read_solutions, read_triples
from kg.errors import EngineError, LimitError, QueryError
from kg.results import Rows
from kg.terms import Term

__all__ = ["RemoteEngine"]

T = TypeVar("T")
_TRIES = 3
_PAGE = 10_000
_ROUND = 1_000
_BATCH = 500
_COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_COUNT_SECONDS = 60.0
_STREAM_SECONDS = 24 * 3600.0
_LIST_GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
_ONE_NAMED = "SELECT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } FILTER(isIRI(?s)) } LIMIT 1"


class RemoteEngine:
    """An endpoint somewhere else.

    >>> RemoteEngine(Endpoint("https://sparql.example.org/query")).name
    'https://sparql.example.org/query'

    Args:
        endpoint: where it is, and what is known of it.

    Attributes:
        fingerprint: what its names and vocabulary are kept under, once that is known.
        notice: is told what takes long.
    """

    is_remote = True

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.name = endpoint.url
        self.fingerprint = ""
        self.notice: Callable[[str], None] = lambda _: None
        self._client = Client(endpoint)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._client.close()

    # ---- the union of all graphs

    @property
    def is_bounded(self) -> bool:
        """Whether the address itself says what the default graph is; nothing else is asked for then."""
        return "default-graph-uri=" in self.endpoint.url

    @cached_property
    def union_way(self) -> Mapping[str, str]:
        """What a request must say for the union of all graphs: nothing on most servers, which is tried first."""
        if self.is_bounded:
            return {}
        named = next(self._solutions(_ONE_NAMED, {})[1], None)
        if named is None or not all(isinstance(term, (NamedNode, Literal)) for term in named):
            return {}  # nothing, or nothing that could be asked for again, lies in a named graph
        probe = f"ASK {{ {' '.join(map(str, named))} }}"
        for way in UNION_WAYS:
            with suppress(EngineError):  # a server may refuse what another one wants
                if self._boolean(probe, way):
                    return way
        raise EngineError(
            f"{self.name} does not show its named graphs in the default graph, in no way that kgq knows."
            " Let its default graph be the union of all graphs (docs/how-to/remote-engine.md)."
        )

    def _dataset(self, union: bool) -> Mapping[str, str]:
        return self.union_way if union else {}

    # ---- asking

    def select(
        self,
        sparql: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        union: bool = False,
        bindings: Mapping[str, Term] | None = None,
        limit: int | None = None,
    ) -> Rows:
        """Return the solutions of a SELECT; what a server cuts off is asked for again from there."""
        text = complete(sparql, prefixes, bindings)

        def collect() -> Rows:
            variables, rows = self.stream(text, union=union, limit=limit)
            return Rows(variables, tuple(rows))

        return self._repeated(collect)

    def stream(
        self, text: str, *, union: bool = False, limit: int | None = None
    ) -> tuple[tuple[str, ...], Iterator[tuple[Term | None, ...]]]:
        """Return the variables of a complete SELECT and its solutions as they arrive."""
        dataset = self._dataset(union)
        bounded = None if limit is None else page_of(text, 0, limit)
        variables, rows = self._solutions(bounded or text, dataset)
        return variables, islice(self._all(rows, text, dataset, limit), limit)

    def _all(
        self, rows: _Solutions, text: str, dataset: Mapping[str, str], limit: int | None
    ) -> Iterator[tuple[Term | None, ...]]:
        """Yield solutions; where the server stopped early, go on behind the last one."""
        seen = 0
        while True:
            before = seen
            for row in rows:
                seen += 1
                yield row
            full = limit is not None and seen >= limit
            if full or seen == before or not (rows.cut or (seen - before) % _ROUND == 0):
                return
            further = page_of(text, seen, max(_PAGE, seen - before) if limit is None else limit - seen)
            if further is None:
                if rows.cut:
                    raise LimitError(
                        f"{self.name} cuts results off after {seen:,} rows. Ask for fewer with LIMIT."
                    )
                return
            rows = self._solutions(further, dataset)[1]

    def ask(self, sparql: str, *, prefixes: Mapping[str, str] | None = None, union: bool = False) -> bool:
        """Return the result of an ASK."""
        text = complete(sparql, prefixes)
        return self._repeated(lambda: self._boolean(text, self._dataset(union)))

    def construct(
        self, sparql: str, *, prefixes: Mapping[str, str] | None = None, union: bool = False
    ) -> Iterator[Triple]:
        """Yield the triples of a CONSTRUCT or DESCRIBE as they arrive."""
        text = complete(sparql, prefixes)
        exchange = self._explained(text, lambda: self._send(text, GRAPHS, self._dataset(union)))
        cut = exchange.headers.get("x-sparql-maxrows")
        yield from read_triples(exchange)
        if cut:
            raise LimitError(f"{self.name} cuts results off after {cut} rows. Ask for fewer with LIMIT.")

    def count(self, *, union: bool = False, tag: str = "") -> tuple[int | None, str]:
        """Return how many triples there are and the entity tag of that answer; None where it has that tag still.

        -1 stands for a server that does not tell.
        """
        try:
            request = read_request(self.endpoint, _COUNT, RESULTS, self._dataset(union))
            if tag:
                request = replace(request, headers={**request.headers, "If-None-Match": tag})
            exchange = self._client.send(request, seconds=_COUNT_SECONDS)
            if exchange.status == 304:
                exchange.body.close()
                return None, tag
            first = next(read_solutions(exchange)[1], None)
            cell = None if first is None else first[0]
            return int(cell.value) if isinstance(cell, Literal) else -1, exchange.headers.get("etag", "")
        except (EngineError, ValueError):
            return -1, ""

    def open(self, text: str, accept: str, *, union: bool = False) -> Exchange:
        """Return the answer to a complete query as it comes, in a format asked for by its media type."""
        return self._explained(text, lambda: self._send(text, accept, self._dataset(union), _STREAM_SECONDS))

    def quads(self, *, graph: NamedNode | None = None) -> Iterator[Quad]:
        """Yield every quad as it arrives, or those of one named graph. This is for export: it asks for all."""
        if graph is None and self.is_bounded:
            yield from (Quad(s, p, o) for s, p, o in self.stream("SELECT ?s ?p ?o { ?s ?p ?o }")[1])  # type: ignore[arg-type]
            return
        place = "?g" if graph is None else str(graph)
        head = "?s ?p ?o ?g" if graph is None else "?s ?p ?o"
        text = f"SELECT {head} {{ GRAPH {place} {{ ?s ?p ?o }} }}"
        for row in self.stream(text)[1]:
            yield Quad(row[0], row[1], row[2], graph or row[3])  # type: ignore[arg-type]
        if graph is None and not self.shows_named_graphs:
            for s, p, o in self.stream("SELECT ?s ?p ?o { ?s ?p ?o }")[1]:
                yield Quad(s, p, o)  # type: ignore[arg-type]

    @cached_property
    def shows_named_graphs(self) -> bool:
        """Whether the default graph of the server is the union of its named graphs, of which there are some."""
        named = self.ask("ASK { GRAPH ?g { ?s ?p ?o } }")
        return named and not self.union_way

    def named_graphs(self) -> Iterator[str]:
        """Yield the IRIs of the named graphs."""
        for (graph,) in self.stream(_LIST_GRAPHS)[1]:
            if isinstance(graph, NamedNode):
                yield graph.value

    # ---- writing

    def update(self, sparql: str) -> None:
        """Run an update, at the address for updates; it is sent once."""
        self._client.send(update_request(self.endpoint, sparql)).body.close()

    def add(self, quads: Iterable[Quad]) -> None:
        """Add quads, a request for some hundred at a time: all or none only as far as the server has it so."""
        found = iter(quads)
        while batch := list(islice(found, _BATCH)):
            self.update("INSERT DATA {\n" + "\n".join(map(_data, batch)) + "\n}")

    # ---- exchanges

    def _send(self, text: str, accept: str, dataset: Mapping[str, str], seconds: float | None = None) -> Exchange:
        return self._client.send(read_request(self.endpoint, text, accept, dataset), seconds=seconds)

    def _solutions(self, text: str, dataset: Mapping[str, str]) -> tuple[tuple[str, ...], _Solutions]:
        exchange = self._explained(text, lambda: self._send(text, RESULTS, dataset))
        partial = exchange.headers.get("x-sql-state", "")
        if partial:
            exchange.body.close()
            raise LimitError(f"{self.name} gave up before the answer was complete ({partial}). Narrow the query.")
        variables, rows = read_solutions(exchange)
        return variables, _Solutions(rows, "x-sparql-maxrows" in exchange.headers)

    def _boolean(self, text: str, dataset: Mapping[str, str]) -> bool:
        return read_boolean(self._explained(text, lambda: self._send(text, RESULTS, dataset)))

    def _explained(self, text: str, work: Callable[[], T]) -> T:
        try:
            return work()
        except RefusedQueryError:
            is_valid(text)  # says where it breaks, if it is the text
            raise

    def _repeated(self, work: Callable[[], T]) -> T:
        """Ask again where an answer breaks off in the middle, which a query does no harm by."""
        for _ in range(_TRIES - 1):
            with suppress(BrokenAnswerError):
                return work()
        return work()


class _Solutions(Iterator["tuple[Term | None, ...]"]):
    """Solutions as they arrive, and whether the server says that it cut them off."""

    def __init__(self, rows: Iterator[tuple[Term | None, ...]], cut: bool) -> None:
        self._rows = rows
        self.cut = cut

    def __next__(self) -> tuple[Term | None, ...]:
        return next(self._rows)


def _data(quad: Quad) -> str:
    if isinstance(quad.graph_name, BlankNode):
        raise QueryError("an update cannot name a graph by a blank node. Give the graph an IRI.")
    triple = f"{quad.subject} {quad.predicate} {quad.object} ."
    return f"GRAPH {quad.graph_name} {{ {triple} }}" if isinstance(quad.graph_name, NamedNode) else triple
