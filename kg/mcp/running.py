"""Starting and stopping: over the standard streams, or over HTTP on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

from kg.errors import KgError, SourceError
from kg.mcp.server import make_server
from kg.mcp.service import Service
from kg.mcp.settings import LOOPBACK, Settings

__all__ = ["PATH", "run_http", "run_stdio"]

PATH = "/mcp"
_LINE = 4 * 1024 * 1024
_BODY = 1024 * 1024
_CONNECTIONS = 256

Message = MutableMapping[str, Any]


def run_stdio(settings: Settings) -> None:
    """Serve one assistant over standard input and output until it closes the input.

    Raises:
        SourceError: the graph cannot be opened.
    """
    _quieten()
    asyncio.run(_serve(settings, _over_streams))


def run_http(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve assistants over HTTP until SIGTERM or SIGINT.

    Args:
        settings: what the operator said.
        announce: called with the address once it is listened on.

    Raises:
        KgError: the graph cannot be opened, or the address is taken.
    """
    _quieten()
    listener = _listen(settings)
    with listener:
        asyncio.run(_serve(settings, lambda service: _over_http(service, listener, announce)))


async def _serve(settings: Settings, transport: Callable[[Service], Awaitable[None]]) -> None:
    """Open the graph and speak at once: the handshake does not wait for a large graph, calls do."""
    for source in settings.sources:
        if "://" not in source and not Path(source).exists():
            raise SourceError("no such file or folder. Check the path.", path=source)
    service = Service(settings)
    opening = asyncio.ensure_future(service.workers.open())
    speaking = asyncio.ensure_future(transport(service))
    try:
        await asyncio.wait({opening, speaking}, return_when=asyncio.FIRST_COMPLETED)
        if opening.done():
            opening.result()
        await asyncio.wait({speaking})
        if not speaking.cancelled():  # by SIGTERM
            speaking.result()
    finally:
        for task in (opening, speaking):
            task.cancel()
        await asyncio.gather(opening, speaking, return_exceptions=True)
        await service.close()


def _quieten() -> None:
    """Let the SDK say nothing but what is wrong: every request of a client is not news."""
    for name in ("mcp", "uvicorn", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


# --- standard streams ----------------------------------------------------------------------------------------


class _Lines:
    """The lines of a descriptor, read by a thread that holds nobody up when the program ends."""

    def __init__(self, descriptor: int) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(descriptor,), daemon=True).start()

    def _read(self, descriptor: int) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while block := os.read(descriptor, 65_536):
                *lines, rest = (rest + block).split(b"\n")
                for line in lines:
                    self._put(line.decode("utf-8", "replace"))
                if len(rest) > _LINE:
                    rest = b"\xff"  # no JSON: the client is told that it cannot be read
        self._put(None)

    def _put(self, line: str | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)

    def __aiter__(self) -> _Lines:
        return self

    async def __anext__(self) -> str:
        line = await self._lines.get()
        if line is None:
            raise StopAsyncIteration
        return line


async def _over_streams(service: Service) -> None:
    server = make_server(service)
    lines: Any = _Lines(0)
    with contextlib.suppress(NotImplementedError, ValueError):  # not on Windows, and only in the main thread
        task = asyncio.current_task()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: task and task.cancel())
    try:
        async with stdio_server(stdin=lines) as (read, write):
            await server.run(read, write, server.create_initialization_options())
    except Exception as error:
        if not all(isinstance(leaf, OSError) for leaf in _leaves(error)):
            raise  # else the assistant has gone, and there is nobody to tell


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """Yield what an exception group holds, or the exception itself."""
    within = getattr(error, "exceptions", None)
    if within is None:
        yield error
    else:
        for part in within:
            yield from _leaves(part)


# --- HTTP ------------------------------------------------------------------------------------------------------


async def _over_http(service: Service, listener: socket.socket, announce: Callable[[str], None]) -> None:
    settings = service.settings
    names = ["127.0.0.1", "localhost", "[::1]", *settings.hosts]
    if settings.host not in LOOPBACK:
        names.append(f"[{settings.host}]" if ":" in settings.host else settings.host)
    app = make_server(service).streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=_BODY,
        transport_security=TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=[entry for name in names for entry in (name, f"{name}:*")],
            allowed_origins=[entry for name in names for entry in (f"http://{name}", f"http://{name}:*")],
        ),
    )
    config = uvicorn.Config(
        _Gate(app, settings.token),
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, ValueError):
            loop.add_signal_handler(number, server.stop)
    listener.listen(128)
    announce(_address(listener))
    await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """The HTTP server; a signal is a wish to end, not a failure."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

    def stop(self) -> None:
        """Finish what runs, then end; at the second call, end at once."""
        self.force_exit = self.should_exit
        self.should_exit = True


class _Gate:
    """Lets requests through that carry the token, if one is set."""

    def __init__(self, app: Any, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode() if token else b""

    async def __call__(self, scope: Message, receive: Any, send: Callable[[Message], Awaitable[None]]) -> None:
        if scope["type"] == "http" and self._expected:
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._expected):
                await _refuse(send)
                return
        await self._app(scope, receive, send)


async def _refuse(send: Callable[[Message], Awaitable[None]]) -> None:
    body = b"A token is needed: send it as 'Authorization: Bearer ...'.\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"www-authenticate", b"Bearer"),
    ]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if os.name != "nt":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise KgError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}. "
            "Choose another --port (0 picks one)."
        ) from error
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}{PATH}" if ":" in host else f"http://{host}:{port}{PATH}"
