"""Reads what endpoints answer, row by row, and does not believe what they say of it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import IO, cast

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from kg.engines.http.body import Body
from kg.engines.http.client import Exchange
from kg.errors import EngineError, QueryError
from kg.terms import Term

__all__ = ["read_boolean", "read_solutions", "read_triples"]

_RESULTS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/xml": QueryResultsFormat.XML,
    "text/xml": QueryResultsFormat.XML,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
_GRAPHS = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/plain": RdfFormat.N_TRIPLES,
    "text/turtle": RdfFormat.TURTLE,
    "application/x-turtle": RdfFormat.TURTLE,
    "text/rdf+n3": RdfFormat.TURTLE,
    "text/n3": RdfFormat.TURTLE,
}
_FIRST = {QueryResultsFormat.JSON: b"{", QueryResultsFormat.XML: b"<"}
_PAGE = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)", re.IGNORECASE | re.DOTALL
)
_PIECE = 1 << 16
_NODE = 256
_VIRTUOSO_NODE = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*"|<bnode>)nodeID://')

_VIRTUOSO_ASK = "__ASK_RETVAL"


class _Lines(io.RawIOBase):
    """A body whose blank nodes have labels of RDF: Virtuoso's are no such labels (``nodeID://b10001``)."""

    def __init__(self, body: Body) -> None:
        super().__init__()
        self._body = body
        self._held = self._ready = b""
        self._place = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._place >= len(self._ready):
            self._ready, self._place = self._next(), 0
        end = len(self._ready) if size is None or size < 0 else self._place + size
        piece = self._ready[self._place : end]
        self._place += len(piece)
        return piece

    def _next(self) -> bytes:
        while True:
            piece = self._body.read(_PIECE)
            data = self._held + piece
            # What may be the beginning of a blank node waits for the rest.
            cut = len(data) if not piece else max(data.rfind(b"\n"), data.rfind(b"}"), data.rfind(b">")) + 1
            if len(data) - cut > _PIECE:  # a long text; no blank node begins before its end
                cut = len(data) - _NODE
            self._held = data[cut:]
            if cut or not piece:
                return _VIRTUOSO_NODE.sub(rb"\1", data[:cut])


def _opened(exchange: Exchange) -> QuerySolutions | QueryBoolean:
    body, media = exchange.body, exchange.media
    start = body.peek(512)
    found = _RESULTS.get(media)
    if found is None or _PAGE.match(start):
        raise _not_results(exchange, start, "SPARQL results")
    if not start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_FIRST.get(found, b"")):
        raise _wrong(exchange, f"says that it sends {media}, and sends something else")
    try:
        return parse_query_results(cast("IO[bytes]", _Lines(body)), found)
    except (SyntaxError, ValueError, OSError, MemoryError) as error:
        raise _wrong(exchange, f"sends {media} that cannot be read: {_first(error)}") from error


def read_boolean(exchange: Exchange) -> bool:
    """Return the truth value of an ASK; Virtuoso answers some with a table of one number."""
    found = _opened(exchange)
    try:
        if isinstance(found, QuerySolutions):
            if [v.value for v in found.variables] != [_VIRTUOSO_ASK]:
                raise _wrong(exchange, "sends a table where a yes or no was asked for")
            row = next(found, None)
            return row is not None and getattr(row[0], "value", "") in ("1", "true")
        while exchange.body.read(1 << 16):  # what is left is white space; the connection can serve again
            pass
        return bool(found)
    finally:
        del found  # a traceback would carry it to another thread, which the parser does not stand
        exchange.body.close()


def read_solutions(exchange: Exchange) -> tuple[tuple[str, ...], Iterator[tuple[Term | None, ...]]]:
    """Return the variables, and the rows as they arrive.

    Raises:
        EngineError: no results, or broken ones; also while rows are read.
        QueryError: the query was an ASK.
    """
    found = _opened(exchange)
    if isinstance(found, QueryBoolean) or [v.value for v in found.variables] == [_VIRTUOSO_ASK]:
        exchange.body.close()
        raise QueryError("expected a SELECT query.")
    return tuple(v.value for v in found.variables), _rows(exchange, found)


def _rows(exchange: Exchange, found: QuerySolutions) -> Iterator[tuple[Term | None, ...]]:
    try:
        for solution in found:
            exchange.body.mark()
            yield tuple(solution)
        while exchange.body.read(1 << 16):
            pass
    except (SyntaxError, ValueError, OSError, MemoryError) as error:
        raise _wrong(exchange, f"sends results that cannot be read: {_first(error)}") from error
    finally:
        del found  # as above
        exchange.body.close()


def read_triples(exchange: Exchange) -> Iterator[Triple]:
    """Yield the triples of a graph as they arrive."""
    start = exchange.body.peek(512)
    found = _GRAPHS.get(exchange.media)
    if found is None or _PAGE.match(start):
        raise _not_results(exchange, start, "RDF that kgq reads from endpoints (N-Triples or Turtle)")
    try:
        for quad in parse(cast("IO[bytes]", exchange.body), format=found):
            exchange.body.mark()
            yield quad.triple
    except (SyntaxError, ValueError, OSError, MemoryError) as error:
        raise _wrong(exchange, f"sends {exchange.media} that cannot be read: {_first(error)}") from error
    finally:
        exchange.body.close()


def _not_results(exchange: Exchange, start: bytes, wanted: str) -> EngineError:
    exchange.body.close()
    what = (
        "a web page" if _PAGE.match(start) or "html" in exchange.media else exchange.media or "something unnamed"
    )
    return EngineError(
        f"{_url(exchange)} sends {what} instead of {wanted}. Check that it is an endpoint's address."
    )


def _wrong(exchange: Exchange, what: str) -> EngineError:
    exchange.body.close()
    return EngineError(f"{_url(exchange)} {what}. Try again; if it stays so, tell whoever runs it.")


def _url(exchange: Exchange) -> str:
    return exchange.url.partition("?")[0]


def _first(error: Exception) -> str:
    return " ".join(str(getattr(error, "msg", None) or error).split())[:160].rstrip(".")
