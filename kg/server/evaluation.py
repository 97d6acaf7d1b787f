"""One request inside a reader: text in, serialised bytes out. Nothing here knows of HTTP or sockets."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import IO, Any, cast

from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from kg.engines.select_all import spell_out
from kg.errors import LimitError, PolicyError, QueryError
from kg.server import media
from kg.server.mending import mend
from kg.sparql_filters import bind_filters
from kg.sparql_text import declares_all, guard, is_small, scan

__all__ = ["Output", "RefusedError", "evaluate", "read_graph"]

BLOCK = 256 * 1024
PATIENCE = 0.1
_CHUNK = 64 * 1024
_WORTHWHILE = 1400
_VOLATILE = frozenset({"RAND", "UUID", "STRUUID", "NOW", "BNODE", "SERVICE"})
_REMARKABLE = (
    "rand", "uuid", "now", "bnode", "true", "false", "count", "sum", "min", "max", "avg", "sample",
    "concat", "graph", "<<", "<?", "* ", "? ", "*\n", "?\n", "*\t", "?\t", "*\r", "?\r", "insert", "delete",
)  # fmt: skip
"""What any mending or cache looks for, as it may stand in a short query."""
_ROW_MARKS = {0: b',{"', 1: b"<result>", 2: b"\r\n", 3: b"\n"}


class RefusedError(Exception):
    """A request that cannot be answered, with the status that says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(slots=True)
class Bounds:
    """What a result may not exceed; 0 is no limit."""

    rows: int
    size: int


class Output:
    """A file the engine writes to: holds the first block back, then streams.

    Args:
        head: called once when the answer starts to stream, with whether it is gzipped.
        data: called with each block after that.
        bounds: what the result may not exceed.
        compress: whether the bytes are gzipped.
        whole: whether all of it is held back, since it is all there already.

    Raises:
        LimitError: from :meth:`write`, which makes the engine stop.
    """

    def __init__(
        self,
        head: Callable[[bool], None],
        data: Callable[[bytes], None],
        bounds: Bounds,
        *,
        compress: bool,
        whole: bool = False,
    ) -> None:
        self._head = head
        self._data = data
        self._bounds = bounds
        self._parts: list[bytes] = []
        self._held = 0
        self._total = 0
        self._rows = 0
        self._mark = b""
        self._tail = b""
        self._due = inf if whole else monotonic() + PATIENCE
        self._hold = inf if whole else BLOCK
        self._compress = compress
        self._gzip: Any = None
        self.streaming = False
        self.compressed = False

    def count_rows(self, mark: bytes) -> None:
        """Count rows by the mark that starts each in this format, if rows are limited."""
        self._mark = mark if self._bounds.rows else b""

    def write(self, block: bytes) -> int:
        """Take a block from the engine."""
        size = len(block)
        self._total += size
        if self._bounds.size and self._total > self._bounds.size:
            raise LimitError(f"the result is larger than {self._bounds.size} bytes. Add LIMIT or ask for less.")
        if self._mark:
            self._check_rows(block)
        if self._gzip is not None:
            block = self._gzip.compress(block)
        if block:
            self._parts.append(block)
            self._held += len(block)
        if self._held >= (_CHUNK if self.streaming else self._hold) or (
            self._parts and not self.streaming and monotonic() > self._due
        ):
            self._flush()
        return size

    def flush(self) -> None:
        """Do nothing: blocks leave when they are full."""

    def _check_rows(self, block: bytes) -> None:
        window = self._tail + block
        self._rows += window.count(self._mark)
        keep = len(self._mark) - 1
        self._tail = window[-keep:] if keep else b""
        if self._rows > self._bounds.rows:
            raise LimitError(f"the result has more than {self._bounds.rows} rows. Add LIMIT or ask for less.")

    def _flush(self) -> None:
        if not self.streaming:
            self.streaming = True
            if self._compress:
                self._start_compressing()
            self._head(self.compressed)
        self._data(b"".join(self._parts))
        self._parts.clear()
        self._held = 0

    def _start_compressing(self) -> None:
        self.compressed = True
        self._gzip = zlib.compressobj(5, zlib.DEFLATED, 31)
        self._parts = [self._gzip.compress(b"".join(self._parts))]

    def finish(self) -> bytes:
        """Return what is still held: the whole answer, unless it streamed."""
        if self._compress and not self.streaming and self._held > _WORTHWHILE:
            self._start_compressing()
        if self._gzip is not None:
            self._parts.append(self._gzip.flush())
        return b"".join(self._parts)


def _nodes(iris: Sequence[str] | None) -> list[NamedNode] | None:
    return None if iris is None else [_node(iri) for iri in iris]


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise RefusedError(400, f"'{iri[:200]}' is not an IRI. Give an absolute one.") from error


def _run(store: Store, text: str, options: Mapping[str, Any]) -> Any:
    """Begin to evaluate in the form that the engine likes; errors are told of the text as it came."""
    lowered = text.lower()
    bound = bind_filters(text) if "filter" in lowered else text
    alone = "prefixes" in options and "prefix" not in lowered and declares_all(text)
    if alone or bound != text:
        with suppress(SyntaxError, ValueError, RuntimeError):
            return store.query(bound, **({**options, "prefixes": None} if alone else options))
    try:
        return store.query(text, **options)
    except SyntaxError as error:
        from kg.engines.syntax_errors import explain_syntax

        why = explain_syntax(text, str(error), options.get("prefixes"), base=options.get("base_iri"))
        raise RefusedError(400, f"not valid SPARQL: {why[:2000]}") from error
    except (ValueError, RuntimeError) as error:
        message = " ".join(str(error).split())[:2000]
        raise RefusedError(
            501 if "not supported" in message else 500, f"the query cannot be evaluated: {message}"
        ) from error


@dataclass(slots=True)
class Answering:
    """What stays the same from one request to the next.

    Attributes:
        store: the graph.
        union: whether the default graph is the union of all graphs.
        prefixes: short names a query may use without declaring them.
        service: rewrites the SERVICE addresses of a query to where they may be reached, or refuses.
        bounds: what a result may not exceed.
    """

    store: Store
    union: bool
    prefixes: Mapping[str, str]
    service: Callable[[str, str], str] | None
    bounds: Bounds


def _is_plain(text: str) -> bool:
    lowered = text.lower()
    return not any(word in lowered for word in _REMARKABLE)


def _prepared(answering: Answering, text: str, base: str) -> tuple[str, bool]:
    """Return the text to evaluate, and whether its result may differ next time."""
    if is_small(text) and _is_plain(text):
        return text, False  # nothing in it to bound or to mend
    try:
        seen = guard(text, service=answering.service is not None, length=0)
        if seen.form == "UPDATE":
            raise RefusedError(400, "this is an update. Send it as an update.")
        volatile = not _VOLATILE.isdisjoint(seen.keywords) or seen.mentions("SERVICE")
        if answering.service is not None and seen.mentions("SERVICE"):
            text = answering.service(text, base)
        return mend(text, seen, answering.store, answering.prefixes), volatile
    except QueryError as error:
        raise RefusedError(400, str(error)) from error
    except PolicyError as error:
        raise RefusedError(400 if scan(text).form == "UPDATE" else 403, str(error)) from error


def evaluate(
    answering: Answering,
    request: tuple[str, str, int, int, Sequence[str] | None, Sequence[str] | None],
    output: Callable[[int, bool], Output],
) -> tuple[int, bool, Output]:
    """Evaluate one query and serialise its result.

    Args:
        answering: the graph and its settings.
        request: text, base IRI, media type for results, media type for graphs, default graphs, named graphs.
        output: makes the file to write to, given media type and whether the result is volatile.

    Raises:
        RefusedError: bad syntax, a form that is not offered in the accepted types, an IRI that is none.
        LimitError: the result is too large.
    """
    text, base, results, graph, default, named = request
    text, volatile = _prepared(answering, text, base)
    options: dict[str, Any] = {"base_iri": base}
    if answering.prefixes:
        options["prefixes"] = answering.prefixes
    if default is None and named is None:
        options["use_default_graph_as_union"] = answering.union
    else:
        options["default_graph"] = _nodes(default) or []
        options["named_graphs"] = _nodes(named) or []
    found = _run(answering.store, spell_out(text, answering.prefixes, base), options)
    chosen = results if isinstance(found, (QuerySolutions, QueryBoolean)) else graph
    if chosen < 0:
        offered = media.RESULTS if isinstance(found, (QuerySolutions, QueryBoolean)) else media.GRAPH
        raise RefusedError(
            406, f"none of the accepted media types is offered. Ask for one of {', '.join(media.listed(offered))}."
        )
    sink = output(chosen, volatile)
    if isinstance(found, QuerySolutions):
        sink.count_rows(_ROW_MARKS[chosen])
        found.serialize(cast("IO[bytes]", sink), media.RESULT_FORMATS[chosen])
    elif isinstance(found, QueryBoolean):
        sink.write(found.serialize(format=media.RESULT_FORMATS[chosen]) or b"")
    else:
        prefixes = dict(answering.prefixes) if chosen == 4 else None
        serialize(found, cast("IO[bytes]", sink), media.RDF_FORMATS[chosen], prefixes=prefixes)
    return chosen, volatile, sink


def read_graph(store: Store, name: str | None, chosen: int, output: Callable[[int, bool], Output]) -> Output:
    """Serialise one graph of the store; ``None`` is the default graph.

    Raises:
        RefusedError: there is no such graph.
    """
    graph = DefaultGraph() if name is None else _node(name)
    if isinstance(graph, NamedNode) and not store.contains_named_graph(graph):
        raise RefusedError(404, f"there is no graph <{name}>. The service description lists the graphs there are.")
    sink = output(chosen, False)
    quads = store.quads_for_pattern(None, None, None, graph)
    serialize(_triples(quads), cast("IO[bytes]", sink), media.RDF_FORMATS[chosen])
    return sink


def _triples(quads: Iterator[Quad]) -> Iterator[Triple]:
    for quad in quads:
        yield quad.triple


def count_graphs(store: Store, limit: int = 10_000) -> list[tuple[str | None, int]]:
    """Return the graphs and how many triples each holds, the default graph (None) first."""
    names: list[str | None] = [None]
    for name in store.named_graphs():
        if isinstance(name, NamedNode):
            names.append(name.value)
        if len(names) > limit:
            break
    return [(name, _size(store, name)) for name in names]


def _size(store: Store, name: str | None) -> int:
    where = "{ ?s ?p ?o }" if name is None else f"{{ GRAPH {NamedNode(name)} {{ ?s ?p ?o }} }}"
    found = store.query(f"SELECT (COUNT(*) AS ?n) {where}")
    assert isinstance(found, QuerySolutions)  # noqa: S101 - a SELECT gives solutions
    return int(next(found)["n"].value)


def parsed(body: bytes, form: RdfFormat, base: str) -> bytes:
    """Return RDF as N-Quads, with blank nodes that clash with no others; runs in a reader, which may die.

    Raises:
        RefusedError: it does not parse, or it declares XML entities.
    """
    from pyoxigraph import parse

    if form == RdfFormat.RDF_XML and (b"<!ENTITY" in body.upper() or b"\x00" in body):
        raise RefusedError(400, "XML entity declarations are refused. Write the text out and send it again.")
    try:
        quads = parse(body, form, base_iri=base or None, rename_blank_nodes=True)
        found = serialize(quads, format=RdfFormat.N_QUADS)
    except (SyntaxError, ValueError) as error:
        raise RefusedError(400, f"not valid {form.name}: {' '.join(str(error).split())[:2000]}") from error
    return found or b""
