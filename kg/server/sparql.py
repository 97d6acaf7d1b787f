"""The SPARQL endpoint itself: queries, updates, the service description."""

from __future__ import annotations

import asyncio
import marshal
from typing import TYPE_CHECKING, Any

from kg.server import media, wire
from kg.server.cache import Cached
from kg.server.description import describe
from kg.server.evaluation import RefusedError
from kg.server.exchange import Exchange, Headers
from kg.server.protocol import Operation, read_operation
from kg.server.responses import REVALIDATE, TYPES, VARY, query_headers, rendered

if TYPE_CHECKING:
    from kg.server.app import Application
    from kg.server.job import Job

__all__ = [
    "STARTED",
    "answer_sparql",
    "conditional",
    "gathered",
    "query_arguments",
    "reply_cached",
    "request_key",
    "transfer",
    "whole",
]

STARTED = "kgq.job"
"""Where the scope of a request holds the job that a shortcut has started for it."""


async def answer_sparql(app: Application, exchange: Exchange) -> None:
    """Answer a request to ``/sparql``."""
    if exchange.method == "POST" or STARTED in exchange.scope:
        operation = await read_operation(exchange)
    else:
        found = _found(app, exchange)
        if found is not None:
            await reply_cached(exchange, found)
            return
        operation = await read_operation(exchange)
    exchange.note["kind"] = operation.kind
    if operation.kind == "query":
        app.check_reader(exchange)
        exchange.note["text"] = operation.text
        await _query(app, exchange, operation)
    elif operation.kind == "update":
        app.check_writer(exchange)
        exchange.note["text"] = operation.text
        await _update(app, exchange, operation)
    elif exchange.header(b"accept").startswith("text/html"):  # a browser: the page has a place to type a query
        page = f"{app.address(exchange)}/#sparql".encode()
        await exchange.empty(303, [(b"location", page), (b"vary", b"accept")])
    else:
        app.check_reader(exchange)
        await service_description(app, exchange)


# --- queries ------------------------------------------------------------------------------------------------


def request_key(exchange: Exchange) -> tuple[bytes, str, str, str, bool]:
    """Return what the answer to a GET depends on, beside the graph."""
    scheme: str = exchange.scope["scheme"]
    return exchange.query, scheme, exchange.header(b"host"), exchange.header(b"accept"), exchange.accepts_gzip


def _found(app: Application, exchange: Exchange) -> Cached | None:
    """Return a kept response to exactly this GET, before anything is parsed."""
    if not exchange.query or not app.may_read(exchange) or not app.graph.current:
        return None
    return app.cache.get(app.graph.version, request_key(exchange))


async def reply_cached(exchange: Exchange, found: Cached) -> None:
    """Send a kept response, or 304 to who has it already."""
    exchange.note.setdefault("kind", "query")
    exchange.note["cached"] = True
    wanted = exchange.header(b"if-none-match")
    if wanted and found.etag.decode() in wanted:
        await exchange.empty(304, [(b"etag", found.etag), VARY, REVALIDATE])
        return
    await exchange.start(200, found.headers)
    await exchange.end(b"" if exchange.head else found.body)


async def _query(app: Application, exchange: Exchange, operation: Operation) -> None:
    job: Job | None = exchange.scope.get(STARTED)
    if job is not None:
        await transfer(app, exchange, job, request_key(exchange))
        return
    arguments = query_arguments(app, exchange, operation)
    posted = exchange.method == "POST"
    key: Any = arguments if posted else request_key(exchange)
    if posted and app.graph.current:
        found = app.cache.get(app.graph.version, key)
        if found is not None:
            await reply_cached(exchange, found)
            return
    job = app.graph.read_now("query", arguments, exchange.client)
    if job is None:
        job = await app.graph.read("query", arguments, exchange.client)
    await transfer(app, exchange, job, key)


def query_arguments(app: Application, exchange: Exchange, operation: Operation) -> tuple[Any, ...]:
    """Return what a reader is told of a query."""
    accept = exchange.header(b"accept")
    results, graph = media.choose(accept, media.RESULTS), media.choose(accept, media.GRAPH)
    base = app.address(exchange) + "/sparql"
    return operation.text, base, results, graph, operation.default, operation.named, exchange.accepts_gzip


async def transfer(app: Application, exchange: Exchange, job: Job, key: Any = None) -> None:
    """Bring a worker's answer to the client; stop the worker if the client goes away.

    Raises:
        RefusedError: the worker refused, or was stopped before the first byte.
    """
    try:
        kind, extra, payload = await _first(exchange, job)
    except BaseException:
        app.graph.abandon(job)
        raise
    if kind == wire.ERROR:
        raise RefusedError(*wire.read_error(payload))
    version = job.version  # only now: it may have been moved while it waited
    headers = query_headers(version, extra)
    if kind == wire.WHOLE:
        size = b"%d" % len(payload)
        headers.append((b"content-length", size))
        if key is not None and version == app.graph.version and not extra & wire.VOLATILE:
            app.cache.put(version, key, Cached(headers[1][1], headers, payload, rendered(version, extra, size)))
            if await conditional(exchange, headers[1][1]):
                return
        await exchange.start(200, headers)
        await exchange.end(b"" if exchange.head else payload)
        return
    await _stream(app, exchange, job, headers)


async def _first(exchange: Exchange, job: Job) -> tuple[int, int, bytes]:
    """Wait for the first frame; the pool starts to watch for a hang-up if that takes a moment."""
    if not job.first.done():
        job.watch = exchange.gone
    try:
        return await job.first
    finally:
        job.watch = None
        if job.watcher is not None:
            job.watcher.cancel()


async def _stream(app: Application, exchange: Exchange, job: Job, headers: Headers) -> None:
    """Send the blocks as they come. A failure on the way breaks the transfer off, for all to see."""
    gone = asyncio.ensure_future(exchange.gone())
    gone.add_done_callback(lambda done: None if done.cancelled() else app.graph.abandon(job))
    try:
        await exchange.start(200, headers)
        if exchange.head:
            await exchange.end()
            return
        while True:
            kind, payload = await job.next()
            if kind == wire.DATA:
                await exchange.more(payload)
            elif kind == wire.END:
                await exchange.end()
                return
            else:
                exchange.note["broken"] = wire.read_error(payload)[1]
                raise ConnectionAbortedError
    finally:
        gone.cancel()
        app.graph.abandon(job)


async def conditional(exchange: Exchange, etag: bytes) -> bool:
    """Answer 304 if the client has exactly this already."""
    wanted = exchange.header(b"if-none-match")
    if not wanted or exchange.method == "POST" or etag.decode() not in wanted:
        return False
    await exchange.empty(304, [(b"etag", etag), VARY, REVALIDATE])
    return True


# --- updates ------------------------------------------------------------------------------------------------


async def _update(app: Application, exchange: Exchange, operation: Operation) -> None:
    # a reader checks and rewrites it: even looking through a hostile text can take longer than it may
    found = await whole(app, exchange, "update", operation.text, operation.default, operation.named)
    text, loads = marshal.loads(found)  # noqa: S302 - written by our own reader
    if loads:
        text = await _loaded(app, exchange, text, loads)
    await app.graph.write("update", text, app.address(exchange) + "/sparql", dict(app.graph.prefixes))
    await exchange.empty(204)


async def _loaded(
    app: Application, exchange: Exchange, text: str, loads: list[tuple[int, int, bool, str, str]]
) -> str:
    """Fetch what LOAD names, where that is allowed, and put it in its place."""
    pieces: list[str] = []
    place = 0
    for start, end, silent, source, target in loads:
        pieces.append(text[place:start])
        place = end
        try:
            body = (await _fetched(app, exchange, source)).decode()
        except RefusedError:
            if not silent:
                raise
            body = ""
        pieces.append(
            f"INSERT DATA {{ GRAPH <{target}> {{ {body} }} }}" if target else f"INSERT DATA {{ {body} }}"
        )
    pieces.append(text[place:])
    return "".join(pieces)


async def _fetched(app: Application, exchange: Exchange, source: str) -> bytes:
    if app.outgoing is None or not app.outgoing.may_load(source):
        raise RefusedError(
            403, f"LOAD <{source[:200]}> is not allowed. Start with --allow-load and a prefix of it."
        )
    media_type, body = await app.outgoing.load(source)
    return await whole(app, exchange, "parse", body, media_type, source)


# --- description --------------------------------------------------------------------------------------------


async def service_description(app: Application, exchange: Exchange) -> None:
    """Answer with what this endpoint is and holds."""
    chosen = media.choose(exchange.header(b"accept"), media.GRAPH)
    if chosen < 0:
        offered = ", ".join(media.listed(media.GRAPH))
        raise RefusedError(406, f"none of the accepted media types is offered. Ask for one of {offered}.")
    graphs = await app.graph.sizes(exchange.client)
    body = describe(
        app.address(exchange) + "/sparql",
        graphs,
        union=app.graph.union,
        writable=app.settings.writable,
        service=bool(app.settings.allow_service),
        chosen=chosen,
    )
    etag = f'"{app.graph.version}.sd{chosen}"'.encode()
    if not await conditional(exchange, etag):
        await exchange.reply(200, body, TYPES[chosen], [(b"etag", etag), VARY, REVALIDATE])


async def whole(app: Application, exchange: Exchange, verb: str, *arguments: Any) -> bytes:
    """Return what a reader makes of a body, whatever the graph holds.

    Raises:
        RefusedError: the reader refused, or was stopped.
    """
    return await gathered(exchange, await app.graph.compute(verb, arguments, exchange.client))


async def gathered(exchange: Exchange, job: Job) -> bytes:
    """Return all of a worker's answer at once.

    Raises:
        RefusedError: the reader refused, or was stopped.
    """
    kind, _, payload = await _first(exchange, job)
    if kind == wire.ERROR:
        raise RefusedError(*wire.read_error(payload))
    parts = [payload]
    while kind not in (wire.WHOLE, wire.END):
        kind, payload = await job.next()
        if kind == wire.ERROR:
            raise RefusedError(*wire.read_error(payload))
        parts.append(payload)
    return b"".join(parts)
