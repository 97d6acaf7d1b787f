"""Short ways for the most frequent requests: a query by GET answered before, or answered at once.

Tasks, ASGI messages and two writes cost more than a point query does. A short way is taken only where it ends
as the whole way would; whatever is out of the ordinary (a token, an origin, a condition, an error, a long
answer, a moment's wait) is handed over to the whole way, which begins where the short one stopped.
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
from kg.server.sparql import STARTED, query_arguments, query_headers, rendered, request_key

if TYPE_CHECKING:
    from kg.server.app import Application
    from kg.server.connection import GuardedHttp

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
        key = request_key(exchange)
        found = self._app.cache.get(self._app.graph.version, key)
        if found is None:
            return self._start(connection, cycle, exchange)
        if cycle.keep_alive:
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
        job.taker = partial(self._answer, connection, cycle, exchange, version)
        return True

    def _answer(  # noqa: PLR0917 - a partial function of the first frame
        self,
        connection: GuardedHttp,
        cycle: Any,
        exchange: Exchange,
        version: str,
        kind: int,
        extra: int,
        payload: bytes,
    ) -> bool:
        """Send a small whole answer; hand everything else over."""
        if kind != wire.WHOLE or not connection.quiet:
            connection.hand_over(cycle)
            return False
        app = self._app
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
        return True

    def _send_kept(self, connection: GuardedHttp, cycle: Any, found: Cached) -> None:
        connection.write_whole(found.head, found.body, cycle)
        self._app.record_kept(connection.client[0] if connection.client else "", len(found.body))
