"""Short ways for the most frequent requests: a query by GET answered before, or answered at once.

Tasks, ASGI messages and two writes cost more than a point query does. A short way is taken only where it ends
as the whole way would; whatever is out of the ordinary (a token, an origin, a condition, an error, a long
answer, a moment's wait) is handed over to the whole way, which begins where the short one stopped. A connection
that has asked several small queries in a row is lent to a reader, which is the shortest way: see
:mod:`kg.server.lane`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from kg.server import wire
from kg.server.cache import Cached
from kg.server.evaluation import RefusedError
from kg.server.exchange import Exchange
from kg.server.pool import BusyError
from kg.server.protocol import read_simple
from kg.server.responses import query_headers, rendered
from kg.server.sparql import STARTED, query_arguments, request_key

if TYPE_CHECKING:
    from kg.server.app import Application
    from kg.server.connection import GuardedHttp
    from kg.server.lending import Adopt

__all__ = ["Shortcuts"]

_SPECIAL = frozenset({b"if-none-match", b"expect", b"content-length", b"transfer-encoding", b"upgrade"})


class Shortcuts:
    """The short ways of one application.

    Args:
        app: the whole way.
    """

    def __init__(self, app: Application) -> None:
        self._app = app
        self._open = not (app.settings.read_token or app.settings.cors)

    def repeat(self, connection: GuardedHttp, data: bytes) -> bool:
        """Answer bytes that were a request before, if its response is kept; say whether that was done."""
        app = self._app
        if not (self._open and app.graph.current):
            return False
        found = app.cache.recall(app.graph.version, data)
        if found is None or not connection.quiet:
            return False
        self._send_kept(connection, None, found)
        return True

    def take(self, connection: GuardedHttp, cycle: Any) -> bool:
        """Answer a request whose head has been parsed, or start a reader on it; say whether that was done."""
        scope = cycle.scope
        if not self._open or scope["path"] != "/sparql" or scope["method"] != "GET" or not connection.quiet:
            return False
        headers = scope["headers"]
        if len({name for name, _ in headers} - _SPECIAL) != len(headers) or not self._app.graph.current:
            return False
        exchange = Exchange(scope, cycle.receive, cycle.send, 0)
        if connection.adopting is not None:
            return self._adopt(connection.adopting, exchange)
        key = request_key(exchange)
        found = self._app.cache.get(self._app.graph.version, key)
        if found is None:
            return self._start(connection, cycle, exchange)
        if cycle.keep_alive and self._app.front.plain:
            connection.asked = key
        self._send_kept(connection, cycle, found)
        return True

    def _start(self, connection: GuardedHttp, cycle: Any, exchange: Exchange) -> bool:
        try:
            operation = read_simple(exchange.query)
            if operation is None:
                return False
            version = self._app.graph.version
            arguments = query_arguments(self._app, exchange, operation)
            job = self._app.graph.read_now("query", arguments, exchange.client)
        except (RefusedError, BusyError):
            return False
        if job is None:
            return False
        exchange.scope[STARTED] = job
        exchange.note.update(kind="query", text=operation.text)
        job.taker = partial(self._answer, connection, cycle, exchange, (version, *arguments[1:]))
        return True

    def _adopt(self, take: Adopt, exchange: Exchange) -> bool:
        """Let a request that a reader has begun by itself go the whole way, from where it is."""
        operation = read_simple(exchange.query)
        if operation is not None:
            arguments = query_arguments(self._app, exchange, operation)
            exchange.scope[STARTED] = self._app.graph.adopted(take, arguments, exchange.client)
        return False

    def _answer(  # noqa: PLR0917 - a partial function of the first frame
        self,
        connection: GuardedHttp,
        cycle: Any,
        exchange: Exchange,
        about: tuple[Any, ...],
        kind: int,
        extra: int,
        payload: bytes,
    ) -> bool:
        """Send a small whole answer; hand everything else over."""
        if kind != wire.WHOLE or not connection.quiet:
            connection.hand_over(cycle)
            return False
        app = self._app
        version, *arguments = about
        size = b"%d" % len(payload)
        head = rendered(version, extra, size)
        if not extra & wire.VOLATILE and app.cache.size:
            headers = query_headers(version, extra)
            etag = headers[1][1]
            headers.append((b"content-length", size))
            app.cache.put(version, request_key(exchange), Cached(etag, headers, payload, head))
        connection.write_whole(head, payload, cycle)
        exchange.status, exchange.sent = 200, len(payload)
        app.record(exchange)
        told = (exchange.client, app.cache.size > 0, app.log.wanted)
        connection.consider(
            cycle, len(payload), lambda: app.graph.lend(connection, connection.rest, tuple(arguments), told)
        )
        return True

    def _send_kept(self, connection: GuardedHttp, cycle: Any, found: Cached) -> None:
        connection.streak = 0
        connection.write_whole(found.head, found.body, cycle)
        self._app.record_kept(connection.client[0] if connection.client else "", len(found.body))
