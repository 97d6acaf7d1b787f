"""The application: which request goes where, who may do what, and what every response carries."""

from __future__ import annotations

import asyncio
import hashlib
import re
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter, time
from typing import Any, TypeAlias

from kg.errors import KgError
from kg.server.cache import ResponseCache
from kg.server.evaluation import RefusedError
from kg.server.exchange import Exchange, Headers, Receive, Scope, Send
from kg.server.front import Front
from kg.server.graph import Graph
from kg.server.graph_store import ROOT, answer_graph_store
from kg.server.operations import Log, Metrics
from kg.server.outgoing import Outgoing
from kg.server.pool import BusyError, StoppedError
from kg.server.review import Reviewing, answer_review
from kg.server.settings import Settings, Tokens
from kg.server.shortcuts import Shortcuts
from kg.server.site import answer_api, answer_entity, answer_openapi, answer_page
from kg.server.sparql import answer_sparql, service_description

__all__ = ["Application"]

Handler: TypeAlias = Callable[["Application", Exchange], Awaitable[None]]

_HOST = re.compile(r"[\w.:\[\]-]{1,255}", re.ASCII)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Application:
    """The ASGI application.

    Args:
        settings: what the operator said.
        graph: the graph to serve, opened.
        outgoing: what may leave this machine; None where nothing may.
    """

    def __init__(self, settings: Settings, graph: Graph, outgoing: Outgoing | None = None) -> None:
        self.settings = settings
        self.graph = graph
        graph.told = self.record_lent
        self.outgoing = outgoing
        self.cache = ResponseCache(settings.cache)
        self.metrics = Metrics()
        self.log = Log(settings.access_log, settings.slow)
        self.started = time()
        self.tokens = Tokens(settings.write_token, settings.read_token)
        self.front = Front(settings.proxies, settings.root)
        self.shortcuts = Shortcuts(self)
        store = settings.sources[0] if settings.sources else None
        self.reviewing = Reviewing(settings.project, settings.base, store)
        self._open = {origin.rstrip("/").encode() for origin in settings.cors}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        exchange = Exchange(scope, receive, send, self.settings.limits.body)
        if self._open:
            exchange.extra = self._cors(exchange)
        try:
            await self._route(exchange)
        except RefusedError as refused:
            await self._refuse(exchange, refused.status, str(refused))
        except BusyError as busy:
            await self._refuse(exchange, 503, str(busy), [(b"retry-after", b"2")])
        except StoppedError as stopped:
            await self._refuse(exchange, stopped.status, str(stopped))
        except KgError as error:
            await self._refuse(exchange, 500, str(error))
        except ConnectionError:
            pass  # the client went away, or the transfer is to break off: leaving it unfinished does that
        except Exception:  # noqa: BLE001 - a bug must not show its traceback to the client, but to the operator
            traceback.print_exc(file=sys.stderr)
            await self._refuse(exchange, 500, "something went wrong here. The server's log says what.")
        self.record(exchange)

    async def _route(self, exchange: Exchange) -> None:
        if exchange.method == "OPTIONS":
            await self._options(exchange)
            return
        handler = _ROUTES.get(exchange.path)
        if handler is None:
            for prefix, below in _BELOW.items():
                if exchange.path.startswith(prefix):
                    handler = below
                    break
            else:
                raise RefusedError(404, f"there is nothing at {exchange.path[:200]}. The endpoint is at /sparql.")
        await handler(self, exchange)

    async def _refuse(self, exchange: Exchange, status: int, message: str, headers: Headers | None = None) -> None:
        exchange.note["error"] = message[:500]
        if exchange.status:  # the body has begun: it can only be broken off now
            return
        more = list(headers or ())
        if status == 401:
            more.append((b"www-authenticate", b'Bearer realm="kgq"'))
        if status in (408, 413):  # part of the body may still be on its way
            more.append((b"connection", b"close"))
        await exchange.say(status, message, more)

    def record(self, exchange: Exchange) -> None:
        """Count and log a request that has been answered."""
        note = exchange.note
        seconds = perf_counter() - exchange.began
        self.metrics.count(note.get("kind", "other"), exchange.status or 499, seconds, exchange.sent)
        if not self.log.wanted:
            return
        text = note.pop("text", "")
        facts = {
            "client": exchange.client,
            "method": exchange.method,
            "path": exchange.path,
            "status": exchange.status or 499,
            "bytes": exchange.sent,
            **note,
        }
        if text:
            facts["query"] = _hash(text)
        self.log.line(facts, seconds, text)

    def record_kept(self, client: str, size: int) -> None:
        """Count and log a query that was answered from the cache before it was looked at."""
        self.metrics.count("query", 200, 0.0, size)
        if self.log.wanted:
            self.log.line({**_facts(client, size), "cached": True}, 0.0, "")

    def record_lent(self, client: str, size: int, seconds: float, text: str) -> None:
        """Count and log a query that a reader answered by itself."""
        self.metrics.count("query", 200, seconds, size)
        if self.log.wanted:
            self.log.line(_facts(client, size, text), seconds, text)

    # --- who may -------------------------------------------------------------------------------------------

    def may_read(self, exchange: Exchange) -> bool:
        """Say whether this request may read."""
        token = self.tokens.read
        return not token or exchange.bears(token) or self._may_write_with(exchange)

    def _may_write_with(self, exchange: Exchange) -> bool:
        return bool(self.tokens.write) and exchange.bears(self.tokens.write)

    def check_reader(self, exchange: Exchange) -> None:
        """Refuse a request that may not read.

        Raises:
            RefusedError: 401.
        """
        if not self.may_read(exchange):
            raise RefusedError(401, "reading needs a token: send 'Authorization: Bearer …'.")

    def check_writer(self, exchange: Exchange) -> None:
        """Refuse a request that may not write: read-only, no token, or sent by a page from elsewhere.

        Raises:
            RefusedError: 401 or 403.
        """
        if not self.settings.writable:
            raise RefusedError(403, "this endpoint is read-only. Start it with --writable to take updates.")
        if self.tokens.write:
            if not self._may_write_with(exchange):
                raise RefusedError(401, "writing needs a token: send 'Authorization: Bearer …'.")
            return
        origin = exchange.header(b"origin")
        foreign = origin and origin != self._origin(exchange) and origin.encode() not in self._open
        if foreign or exchange.header(b"sec-fetch-site") in ("cross-site", "same-site"):
            raise RefusedError(403, "a page from elsewhere may not write here. Use a token.")
        if exchange.header(b"x-forwarded-for") or exchange.header(b"forwarded"):
            raise RefusedError(403, "without a token, nobody may write through a proxy. Use a token.")
        host = exchange.header(b"host").rpartition(":")[0] or exchange.header(b"host")
        if host.lower() not in _LOOPBACK and host != self.settings.host:
            raise RefusedError(403, "without a token, write to this machine by the name localhost or 127.0.0.1.")

    # --- every response ------------------------------------------------------------------------------------

    def address(self, exchange: Exchange) -> str:
        """Return the address the client used, with the path that the endpoint is found under."""
        return self._origin(exchange) + self.settings.root

    def _origin(self, exchange: Exchange) -> str:
        host = exchange.header(b"host") or f"{self.settings.host}:{self.settings.port}"
        if not _HOST.fullmatch(host):
            raise RefusedError(400, "the Host header is no host.")
        return f"{exchange.scope['scheme']}://{host}"

    def _cors(self, exchange: Exchange) -> Headers:
        origin = exchange.header(b"origin").encode("latin-1")
        if not origin or not (origin in self._open or b"*" in self._open):
            return [(b"vary", b"origin")]
        allowed = b"*" if b"*" in self._open else origin
        return [(b"access-control-allow-origin", allowed), (b"vary", b"origin"),
                (b"access-control-expose-headers", b"etag, location")]  # fmt: skip

    async def _options(self, exchange: Exchange) -> None:
        writes = self.settings.writable and exchange.path.startswith(ROOT)
        methods = b"GET, HEAD, PUT, POST, DELETE, OPTIONS" if writes else b"GET, HEAD, POST, OPTIONS"
        headers: Headers = [(b"allow", methods)]
        if any(name == b"access-control-allow-origin" for name, _ in exchange.extra):
            headers += [
                (b"access-control-allow-methods", methods),
                (b"access-control-allow-headers", b"authorization, content-type, accept, if-none-match"),
                (b"access-control-max-age", b"600"),
            ]
        await exchange.empty(204, headers)


def _facts(client: str, size: int, text: str = "") -> dict[str, Any]:
    """Return what is logged of a query by GET that was answered on a short way."""
    facts = {"client": client, "method": "GET", "path": "/sparql", "status": 200, "bytes": size, "kind": "query"}
    return {**facts, "query": _hash(text)} if text else facts


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


async def _health(app: Application, exchange: Exchange) -> None:
    del app
    await exchange.say(200, "ok")


async def _ready(app: Application, exchange: Exchange) -> None:
    if not app.graph.ready:
        raise RefusedError(503, "not ready: the graph is being opened or closed.")
    try:
        await asyncio.wait_for(app.graph.sizes(exchange.client), 5.0)
    except asyncio.TimeoutError as error:
        raise RefusedError(503, "not ready: no worker has answered within 5 seconds.") from error
    await exchange.say(200, "ready")


async def _metrics(app: Application, exchange: Exchange) -> None:
    app.check_reader(exchange)
    pool = app.graph.pool
    gauges = {
        "kgq_evaluations": ("gauge", "Evaluations under way.", pool.busy),
        "kgq_lent_connections": ("gauge", "Connections that readers serve by themselves.", len(pool.lending)),
        "kgq_waiting": ("gauge", "Requests waiting for a worker.", pool.waiting),
        "kgq_stopped_total": ("counter", "Evaluations stopped by a limit or a hang-up.", pool.kills),
        "kgq_worker_deaths_total": ("counter", "Workers that died by themselves.", pool.deaths),
        "kgq_cache_hits_total": ("counter", "Responses taken from the cache.", app.cache.hits),
        "kgq_cache_misses_total": ("counter", "Responses not in the cache.", app.cache.misses),
        "kgq_graph_opened_time_seconds": (
            "gauge",
            "When what is served was opened, in Unix time.",
            app.graph.opened,
        ),
        "process_start_time_seconds": ("gauge", "When the endpoint was started, in Unix time.", app.started),
    }
    body = app.metrics.text(gauges).encode()
    await exchange.reply(200, body, b"text/plain; version=0.0.4; charset=utf-8")


_ROUTES: dict[str, Handler] = {
    "/": answer_page,
    "/review": answer_page,
    "/openapi.json": answer_openapi,
    "/sparql": answer_sparql,
    ROOT: answer_graph_store,
    "/health": _health,
    "/ready": _ready,
    "/metrics": _metrics,
    "/.well-known/void": service_description,
}
for _name in ("/ask", "/claims", "/search", "/overview", "/map"):
    _ROUTES[_name] = answer_api
_BELOW: Mapping[str, Handler] = {
    ROOT + "/": answer_graph_store,
    "/entity/": answer_entity,
    "/assets/": answer_page,
    "/review/": answer_review,
}
