"""The HTTP protocol: uvicorn's, with the bounds it lacks, and shorter ways for the most frequent requests."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from typing import TYPE_CHECKING, Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.server.board import LARGEST
from kg.server.cache import SPELLED
from kg.server.lane import BEGINNING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from kg.server.app import Application
    from kg.server.lending import Adopt

__all__ = ["GuardedHttp"]

HEADER_BYTES = 256 * 1024
_HEADER = 32
"""Bytes that a header counts for beside its text."""
HEADER_TIME = 15.0
CONNECTIONS = 2048
_UPGRADE = re.compile(rb"\r\nupgrade:", re.IGNORECASE)
_SMALL = 16 * 1024
"""Bytes of an answer that a reader may send by itself, at most."""
_TRIALS = 64
"""Small queries in a row after which a connection is lent, at most; it is more each time it was unfit."""
_UNFIT = frozenset({"slow", "again", "large", "other"})
WRITE_TIME = 30.0
WRITE_RATE = 8 * 1024
"""Bytes a second that a client must take, over :data:`WRITE_TIME`, while something waits for it."""


def _without_upgrade(data: bytes) -> bytes:
    r"""Hide a wish for another protocol, which a server may ignore: the parser would take the body for it.

    Java's HTTP client, and so Jena, asks for HTTP/2 with every first request.

    >>> _without_upgrade(b"POST / HTTP/1.1\r\nUpgrade: h2c\r\n\r\nupgrade: no")
    b'POST / HTTP/1.1\r\nIgnored: h2c\r\n\r\nupgrade: no'
    """
    if b"pgrade" not in data:
        return data
    head, end, body = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(b"\r\nIgnored:", head) + end + body


def _end_for_all(descriptor: int) -> None:
    """End a connection in whatever process it is open."""
    with contextlib.suppress(OSError), socket.fromfd(descriptor, socket.AF_INET, socket.SOCK_STREAM) as shared:
        shared.shutdown(socket.SHUT_RDWR)


class GuardedHttp(HttpToolsProtocol):
    """A connection, with bounds on how long and how large a head may be, and on how slowly a client may read.

    A request for what is kept is answered from its bytes alone, before they are parsed; see
    :mod:`kg.server.shortcuts` for the rest of the short ways. All others go the whole way through ASGI.
    """

    app: Application  # what it is given in kg.server.running
    asked: Hashable = None
    """The key of a kept response that the request being parsed was answered with."""
    adopting: Adopt | None = None
    """Makes a job of the request being parsed, which a reader has begun already."""
    rest = b""
    """What followed the query in the last requests, each of which came as one piece."""
    streak = 0
    """Small queries in a row, spelt alike but for the query."""

    _said = b""
    _trial = 2
    _lent = _shared = _leaving = False
    _head = 0
    _named = False
    _begun = 0
    _reading = False
    _in_head = False
    _clock: asyncio.TimerHandle | None = None
    _write_clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Refuse connections beyond the bound; start the clock for the first request."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        self._clock = self.loop.call_later(HEADER_TIME, self._cut_off)

    def _cut_off(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        for clock in (self._clock, self._write_clock):
            if clock is not None:
                clock.cancel()
        if self._shared:  # a reader may hold it open still
            _end_for_all(self.fileno())
        super().connection_lost(exc)

    # --- reading -------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Parse what has come, unless it is a request whose answer is known."""
        begins = not self._reading and (self.cycle is None or self.cycle.response_complete)
        if begins and len(data) <= SPELLED and self.app.shortcuts.repeat(self, data):
            if self._clock is not None:
                self._clock.cancel()
                self._clock = None
            return
        self._begun = 0
        self._said = data if begins else b""
        self.asked = None
        heard = data if self._reading and not self._in_head else _without_upgrade(data)
        super().data_received(heard)
        if self.asked is not None and begins and self._begun == 1 and not self._reading:
            self.app.cache.spell(data, self.asked)  # these bytes were one request, and nothing else
        if self._in_head and self._clock is None:
            self._clock = self.loop.call_later(HEADER_TIME, self._cut_off)

    def on_message_begin(self) -> None:
        """Count the head anew."""
        self._head = 0
        self._named = False
        self._begun += 1
        self._reading = self._in_head = True
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Count the address."""
        self._grow(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header."""
        self._grow(len(name) + len(value) + _HEADER)
        if name.lower() == b"host":
            if self._named:
                raise httptools.HttpParserError("two hosts")
            self._named = True
        super().on_header(name, value)

    def _grow(self, size: int) -> None:
        self._head += size
        if self._head > HEADER_BYTES:
            raise httptools.HttpParserError("the head of the request is too large")

    def on_headers_complete(self) -> None:
        """Stop the clock: the rest has its own."""
        self._in_head = False
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that what comes next is another request."""
        self._reading = False
        super().on_message_complete()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        if not self.app.front.plain:
            self.app.front.apply(cycle.scope)
        if not self.app.shortcuts.take(self, cycle):
            super()._start_asgi_task(cycle, app)

    def hand_over(self, cycle: Any) -> None:
        """Let a request that a shortcut has begun go the whole way."""
        super()._start_asgi_task(cycle, cast("Any", self.app))

    # --- lending -------------------------------------------------------------------------------------------

    def fileno(self) -> int:
        """Return the descriptor of the connection."""
        found: int = self.transport.get_extra_info("socket").fileno()
        return found

    def consider(self, cycle: Any, size: int, lend: Callable[[], bool]) -> None:
        """Lend this connection to a reader, if it goes on like this; `cycle` was answered with some bytes."""
        said = self._said
        place = said.find(b" HTTP/1.1\r\n")
        # a reader takes what comes in one piece for one request, so it gets none that came with another
        alone = self._begun == 1 and place != -1 and said.startswith(BEGINNING)
        if not (alone and cycle.keep_alive and size <= _SMALL and len(said) <= LARGEST):
            self.streak = 0
            return
        rest = said[place:]
        self.streak = self.streak + 1 if rest == self.rest else 1
        self.rest = rest
        if self.streak >= self._trial:
            self.loop.call_soon(self._lend, cycle, lend)  # once what was written has left

    def _lend(self, cycle: Any, lend: Callable[[], bool]) -> None:
        waits = self.cycle is cycle and not self._reading and not self._leaving and not self.transport.is_closing()
        if not waits or self._lent or self.transport.get_write_buffer_size():
            return
        self.transport.pause_reading()
        if lend():
            self._lent = self._shared = True
            self._unset_keepalive_if_required()
        else:
            self.transport.resume_reading()

    def come_back(self, unread: bytes = b"", unsent: bytes = b"", *, why: str) -> None:
        """Be served here again; `unread` is what a reader has not answered, `unsent` the rest of an answer."""
        self._lent = False
        self.streak = 0
        if why in _UNFIT:
            self._trial = min(2 * self._trial, _TRIALS)
        if self.transport.is_closing():
            return
        if unsent:
            self.transport.write(unsent)
        self.transport.resume_reading()
        if unread:
            self.data_received(unread)
        else:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
        if self._leaving:
            super().shutdown()

    def adopt(self, request: bytes, take: Adopt) -> None:
        """Wait here for the answer to a request that a reader is working on."""
        self.adopting = take
        try:
            self.come_back(request, why="slow")
        finally:
            self.adopting = None

    def break_off(self) -> None:
        """End, since nobody knows what has been answered."""
        self._lent = False
        self._cut_off()

    def shutdown(self) -> None:
        """End once nothing is under way, here or in a reader."""
        if self._lent:
            self._leaving = True
            self.app.graph.pool.lending.recall()
        else:
            super().shutdown()

    # --- writing -------------------------------------------------------------------------------------------

    @property
    def quiet(self) -> bool:
        """Whether a response may be written at once."""
        return not (self.flow.write_paused or self.transport.is_closing())

    def write_whole(self, head: bytes, body: bytes, cycle: Any = None) -> None:
        """Write a 200 in one go, and wait for the next request.

        Args:
            head: its headers, as they are sent; the date is added here.
            body: what follows them.
            cycle: the request as the HTTP server keeps it, if it knows of it.
        """
        parts = [b"HTTP/1.1 200 OK\r\n"]
        for name, value in self.server_state.default_headers:
            parts += (name, b": ", value, b"\r\n")
        stays = cycle is None or cycle.keep_alive
        parts += (head, b"\r\n" if stays else b"connection: close\r\n\r\n", body)
        self.transport.write(b"".join(parts))
        if cycle is not None:
            cycle.response_started = cycle.response_complete = True
            cycle.message_event.set()
        if not stays:
            self.transport.close()
        self.on_response_complete()

    def pause_writing(self) -> None:
        """Watch how fast the client takes what waits for it."""
        super().pause_writing()
        if self._write_clock is None:
            self._watch(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Stop watching: it has taken nearly all."""
        if self._write_clock is not None:
            self._write_clock.cancel()
            self._write_clock = None
        super().resume_writing()

    def _watch(self, size: int) -> None:
        self._write_clock = self.loop.call_later(WRITE_TIME, self._check, size)

    def _check(self, before: int) -> None:
        size = self.transport.get_write_buffer_size()
        if before - size < min(before, WRITE_RATE * WRITE_TIME):
            self._cut_off()
        else:
            self._watch(size)

    def timeout_keep_alive_handler(self) -> None:
        """End an idle connection, also one whose client does not take what was sent."""
        if self.transport.get_write_buffer_size():
            self._cut_off()
        else:
            super().timeout_keep_alive_handler()
