"""Starting and stopping the endpoint: sockets, signals, the HTTP server with bounds it lacks by itself."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.errors import KgError
from kg.server.app import Application
from kg.server.graph import Graph
from kg.server.outgoing import Outgoing
from kg.server.settings import Settings

__all__ = ["run", "serve"]

HEADER_BYTES = 256 * 1024
HEADER_TIME = 15.0
CONNECTIONS = 2048


class GuardedHttp(HttpToolsProtocol):
    """The HTTP protocol with a bound on the head of a request, in bytes and in seconds."""

    _head = 0
    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Refuse connections beyond the bound; start the clock for the first request."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        self._clock = self.loop.call_later(HEADER_TIME, self._too_slow)

    def _too_slow(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        if self._clock is not None:
            self._clock.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Count the head anew."""
        self._head = 0
        if self._clock is None:
            self._clock = self.loop.call_later(HEADER_TIME, self._too_slow)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Count the address."""
        self._grow(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header."""
        self._grow(len(name) + len(value))
        super().on_header(name, value)

    def _grow(self, size: int) -> None:
        self._head += size
        if self._head > HEADER_BYTES:
            raise httptools.HttpParserError("the head of the request is too large")

    def on_headers_complete(self) -> None:
        """Stop the clock: the rest has its own."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        super().on_headers_complete()


class Server(uvicorn.Server):
    """The HTTP server; what signals do is decided below, so that a wished-for end is no failure."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

    def stop(self) -> None:
        """Finish what runs, then end; at the second call, end at once."""
        self.force_exit = self.should_exit
        self.should_exit = True


async def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP opens the graph anew.

    Args:
        settings: what the operator said.
        announce: called with the address once the endpoint is ready.

    Raises:
        KgError: a source cannot be opened, or the address is taken.
    """
    listener = _listen(settings)
    outgoing = Outgoing(
        settings.allow_service, settings.allow_load, seconds=settings.limits.time, size=settings.limits.body
    )
    await outgoing.open()
    graph = Graph(settings, outgoing.relay)
    try:
        await graph.open()
        app = Application(settings, graph, outgoing)
        server = Server(
            uvicorn.Config(
                app,
                http=GuardedHttp,
                ws="none",
                lifespan="off",
                log_level="critical",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=30,
                backlog=1024,
            )
        )
        _on_signals(graph, server)
        listener.listen(1024)
        announce(_address(listener))
        await server.serve(sockets=[listener])
    finally:
        listener.close()
        await graph.close()
        await outgoing.close()


def run(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve, on the quickest event loop there is."""
    try:
        import uvloop
    except ImportError:  # no wheel for this platform
        asyncio.run(serve(settings, announce))
    else:
        uvloop.run(serve(settings, announce))


def _on_signals(graph: Graph, server: Server) -> None:
    pending: set[asyncio.Task[None]] = set()

    async def reload() -> None:
        with contextlib.suppress(KgError):
            await graph.reload()

    def start() -> None:
        task = asyncio.get_running_loop().create_task(reload())
        pending.add(task)
        task.add_done_callback(pending.discard)

    loop = asyncio.get_running_loop()
    for number, action in ((signal.SIGTERM, server.stop), (signal.SIGINT, server.stop), (signal.SIGHUP, start)):
        loop.add_signal_handler(number, action)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))  # listened on once there is something to answer with
    except OSError as error:
        listener.close()
        raise KgError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}. "
            "Choose another --port (0 picks one)."
        ) from error
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
