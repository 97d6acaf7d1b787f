"""One request and its response, over ASGI: headers, bounded bodies, tokens, and how errors look."""

from __future__ import annotations

import asyncio
import hmac
import zlib
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from time import perf_counter
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from kg.server.evaluation import RefusedError
from kg.server.responses import NOSNIFF

__all__ = ["Exchange", "Headers", "Receive", "Scope", "Send"]

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]

BODY_TIME = 30.0
_ONCE = frozenset({"query", "update"})


class Exchange:
    """A request as the handlers see it.

    Attributes:
        method: ``GET``, ``HEAD``, ``POST`` …
        path: the path, percent-decoded once.
        query: the query string, as bytes.
        client: address of whoever asks.
        status: what was answered; 0 until then.
        sent: bytes of body sent.
        began: when it came, by :func:`time.perf_counter`.
        note: facts for the log, such as the query's hash.
    """

    __slots__ = (
        "_headers", "_receive", "_send", "began", "body_limit", "client", "extra", "method", "note", "path",
        "query", "scope", "sent", "status",
    )  # fmt: skip

    def __init__(self, scope: Scope, receive: Receive, send: Send, body_limit: int) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        client = scope.get("client")
        self.client: str = client[0] if client else ""
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self.body_limit = body_limit
        self.extra: Headers = []
        self.began = perf_counter()
        self.status = 0
        self.sent = 0
        self.note: dict[str, Any] = {}

    def header(self, name: bytes) -> str:
        """Return a request header, or ''."""
        return self._headers.get(name, b"").decode("latin-1")

    @property
    def head(self) -> bool:
        """Whether only the headers are wanted."""
        return self.method == "HEAD"

    @property
    def accepts_gzip(self) -> bool:
        """Whether the client takes gzip."""
        accepted = self._headers.get(b"accept-encoding")
        return accepted is not None and b"gzip" in accepted and b"gzip;q=0" not in accepted.replace(b" ", b"")

    # --- request -------------------------------------------------------------------------------------------

    def parameters(self, text: bytes | None = None) -> list[tuple[str, str]]:
        """Return the parameters of the query string, or of a form.

        Raises:
            RefusedError: they are not UTF-8, or there are too many.
        """
        raw = self.query if text is None else text
        try:
            return parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=1000)
        except UnicodeDecodeError as error:
            raise RefusedError(
                400, "the parameters are not UTF-8. Encode them as UTF-8, then percent-encode."
            ) from error
        except ValueError as error:
            raise RefusedError(400, "more than 1000 parameters. Send fewer.") from error

    async def body(self) -> bytes:
        """Return the request body, inflated if it was sent gzipped.

        Raises:
            RefusedError: it is too large, too slow, or in an unknown encoding.
        """
        declared = self._headers.get(b"content-length", b"")
        if declared.isdigit() and int(declared) > self.body_limit:
            raise self._too_large()
        encoding = self.header(b"content-encoding").strip().lower()
        if encoding not in ("", "identity", "gzip"):
            raise RefusedError(415, f"the content encoding '{encoding[:40]}' is not offered. Send gzip or none.")
        try:
            found = await asyncio.wait_for(self._read(), BODY_TIME)
        except asyncio.TimeoutError as error:
            raise RefusedError(408, f"the body did not arrive within {BODY_TIME:g} seconds.") from error
        return self._inflated(found) if encoding == "gzip" else found

    async def _read(self) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError
            part = message.get("body", b"")
            size += len(part)
            if size > self.body_limit:
                raise self._too_large()
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)

    def _too_large(self) -> RefusedError:
        return RefusedError(413, f"the body is larger than {self.body_limit} bytes. Send it in parts.")

    def _inflated(self, body: bytes) -> bytes:
        try:
            inflater = zlib.decompressobj(31)
            found = inflater.decompress(body, self.body_limit + 1)
        except zlib.error as error:
            raise RefusedError(400, "the body is not gzip, though its Content-Encoding says so.") from error
        if len(found) > self.body_limit:
            raise self._too_large()
        if not inflater.eof:
            raise RefusedError(400, "the gzipped body is cut short.")
        return found

    async def gone(self) -> None:
        """Return once the client has hung up; only after the body was read."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def bears(self, token: str) -> bool:
        """Say whether the request carries this bearer token, in constant time."""
        scheme, _, given = self.header(b"authorization").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())

    # --- response ------------------------------------------------------------------------------------------

    async def start(self, status: int, headers: Headers) -> None:
        """Send the status line and headers."""
        self.status = status
        if self.extra:
            headers = headers + self.extra
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def more(self, block: bytes) -> None:
        """Send a block of the body; returns when the client has room for the next."""
        self.sent += len(block)
        await self._send({"type": "http.response.body", "body": block, "more_body": True})

    async def end(self, block: bytes = b"") -> None:
        """Send the last block."""
        self.sent += len(block)
        await self._send({"type": "http.response.body", "body": block})

    async def reply(
        self, status: int, body: bytes, media: bytes, headers: Sequence[tuple[bytes, bytes]] = ()
    ) -> None:
        """Send a whole response."""
        size = b"%d" % len(body)
        await self.start(status, [(b"content-type", media), (b"content-length", size), NOSNIFF, *headers])
        await self.end(b"" if self.head else body)

    async def say(self, status: int, message: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        """Send a status and one readable line."""
        text = message[:4000].encode("utf-8", "replace") + b"\n"
        await self.reply(status, text, b"text/plain; charset=utf-8", headers)

    async def empty(self, status: int, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        """Send a status and no body."""
        fixed = [] if status in (204, 304) else [(b"content-length", b"0")]
        await self.start(status, [*fixed, NOSNIFF, *headers])
        await self.end()
