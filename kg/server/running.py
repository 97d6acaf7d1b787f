"""Starting and stopping the endpoint: sockets, signals, the HTTP server with bounds it lacks by itself."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable, Iterator

import uvicorn

from kg.errors import KgError
from kg.server.app import Application
from kg.server.connection import GuardedHttp
from kg.server.graph import Graph
from kg.server.outgoing import Outgoing
from kg.server.settings import Settings, Tokens

__all__ = ["run", "serve"]


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


Reread = Callable[[], Tokens]
"""Reads the tokens anew where they lie in files."""


async def serve(settings: Settings, announce: Callable[[str], None], reread: Reread | None = None) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP opens the graph, the access log and the tokens anew.

    Args:
        settings: what the operator said.
        announce: called with the address once the endpoint is ready.
        reread: gives the tokens as they are now; without it they stay.

    Raises:
        KgError: a source cannot be opened, or the address is taken.
    """
    listener = _listen(settings)
    outgoing = Outgoing(
        settings.allow_service, settings.allow_load, seconds=settings.limits.time, size=settings.limits.body
    )
    await outgoing.open()
    graph = Graph(settings, outgoing.relay)
    app = Application(settings, graph, outgoing)
    try:
        await graph.open()
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
        _on_signals(app, server, reread)
        listener.listen(1024)
        announce(_address(listener))
        await server.serve(sockets=[listener])
    finally:
        listener.close()
        await app.reviewing.close()
        await graph.close()
        await outgoing.close()


def run(settings: Settings, announce: Callable[[str], None], reread: Reread | None = None) -> None:
    """Serve, on the quickest event loop there is."""
    try:
        import uvloop
    except ImportError:  # no wheel for this platform
        asyncio.run(serve(settings, announce, reread))
    else:
        uvloop.run(serve(settings, announce, reread))


def _on_signals(app: Application, server: Server, reread: Reread | None) -> None:
    pending: set[asyncio.Task[None]] = set()

    async def reload() -> None:
        try:
            app.log.reopen()
            app.tokens = reread() if reread is not None else app.tokens
        except (KgError, OSError) as error:
            _say(f"not everything is opened anew: {error}")
        try:
            await app.graph.reload()
        except (KgError, OSError) as error:
            _say(f"the graph is not opened anew, and is served as it was: {error}")
        else:
            _say("the graph is opened anew.")

    def start() -> None:
        task = asyncio.get_running_loop().create_task(reload())
        pending.add(task)
        task.add_done_callback(pending.discard)

    loop = asyncio.get_running_loop()
    for number, action in ((signal.SIGTERM, server.stop), (signal.SIGINT, server.stop), (signal.SIGHUP, start)):
        loop.add_signal_handler(number, action)


def _say(message: str) -> None:
    with contextlib.suppress(OSError):
        sys.stderr.write(f"kgq: {' '.join(message.split())}\n")
        sys.stderr.flush()


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
