"""The body of an answer as a file: inflated, bounded in size, and whole or an error."""

from __future__ import annotations

import http.client
import io
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from kg.errors import EngineError, LimitError

__all__ = ["Body", "BrokenAnswerError", "Ending"]

_PIECE = 64 * 1024
_LARGEST_ROW = 64 << 20
_DEEPEST = 100
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Ending:
    """How an exchange ends.

    Attributes:
        done: called once at the end; it is told whether the connection can be used again.
        expired: tells whether the time was up.
    """

    done: Callable[[bool], None]
    expired: Callable[[], bool]


class Body(io.RawIOBase):
    """What a server sends, read in pieces.

    Args:
        response: where it comes from.
        url: for messages.
        encoding: ``gzip``, ``deflate`` or ''.
        size: bytes at most, once inflated.
        exchange: what the body belongs to.
    """

    def __init__(
        self, response: http.client.HTTPResponse, url: str, encoding: str, size: int, exchange: Ending
    ) -> None:
        super().__init__()
        self._response, self._url, self._size = response, url, size
        self._encoding = encoding
        self._done, self._expired = exchange.done, exchange.expired
        self._inflate = zlib.decompressobj(47) if encoding else None
        self._packed = self._held = b""
        self._read_all = False
        self._total = self._since = 0
        self._depth: int | None = None
        self._rest = b""

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def mark(self) -> None:
        """Take note that a row is complete: one row alone may not grow without bound."""
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, b'' at the end.

        Raises:
            EngineError: the transfer broke off, or is nested so deep that no parser stands it.
            LimitError: larger than allowed, or the time is up.
        """
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(_PIECE), b""))
        if not self._held:
            self._held = self._checked(self._next(max(size, 1)))
        piece, self._held = self._held[:size], self._held[size:]
        return piece

    def peek(self, size: int) -> bytes:
        """Return up to so many of the next bytes, which stay to be read."""
        while len(self._held) < size:
            piece = self._checked(self._next(_PIECE))
            if not piece:
                break
            self._held += piece
        return self._held[:size]

    def _next(self, size: int) -> bytes:
        if self._inflate is None:
            return self._raw(max(size, _PIECE))
        while True:
            if not self._packed and not self._inflate.eof:
                self._packed = self._raw(_PIECE)
                if not self._packed:
                    raise self._broken("the compressed answer ends too early")
            if self._inflate.eof:
                self._raw(_PIECE)
                return b""
            found = self._inflated(_PIECE)
            if found:
                return found

    def _inflated(self, size: int) -> bytes:
        assert self._inflate is not None  # noqa: S101 - asked only where there is one
        packed = self._packed
        try:
            found = self._inflate.decompress(packed, size)
        except zlib.error as error:
            if self._encoding != "deflate" or self._total:
                raise self._broken(f"the answer is not {self._encoding}: {error}") from error
            self._inflate = zlib.decompressobj(-15)  # what many servers call deflate
            found = self._inflate.decompress(packed, size)
        self._packed = self._inflate.unconsumed_tail
        return found

    def _raw(self, size: int) -> bytes:
        if self._read_all:
            return b""
        try:
            found = self._response.read1(size)
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            raise self._broken(_reason(error)) from error
        if not found:
            left = self._response.length
            self._read_all = True
            if left or self._expired():
                raise self._broken(f"{left} bytes are missing" if left else "")
            self._finish(True)
        return found

    def _checked(self, piece: bytes) -> bytes:
        self._total += len(piece)
        self._since += len(piece)
        if self._total > self._size:
            raise self._stop(
                LimitError(
                    f"{self._url} answers with more than {self._size:,} bytes. Add a LIMIT, or allow"
                    " more with KGQ_ENDPOINT_SIZE_LIMIT."
                )
            )
        if self._since > _LARGEST_ROW:
            raise self._stop(
                LimitError(f"{self._url} sends a row of more than {_LARGEST_ROW:,} bytes. Narrow the query.")
            )
        self._watch(piece)
        return piece

    def _watch(self, piece: bytes) -> None:
        """Refuse triples in triples in triples: the parser recurses, and would take the process down."""
        if self._depth is None:
            if not re.search(rb'"triple"|<triple|<<', piece):
                return
            self._depth = 0
        bare = _STRING.sub(b"", self._rest + piece)
        cut = bare.rfind(b'"')
        self._rest = bare[cut:][-_PIECE:] if cut >= 0 else b""
        bare = bare[:cut] if cut >= 0 else bare
        opened = re.finditer(rb"[{]|<triple>|<<|[}]|</triple>|>>", bare)
        for mark in opened:
            self._depth += 1 if mark[0] in (b"{", b"<triple>", b"<<") else -1 if self._depth > 0 else 0
            if self._depth > _DEEPEST:
                raise self._stop(
                    EngineError(f"{self._url} sends terms nested over {_DEEPEST} deep. Narrow the query.")
                )

    def _broken(self, reason: str) -> EngineError:
        if self._expired():
            return self._stop(
                LimitError(f"{self._url} took too long to answer. Narrow the query, or allow more time.")
            )
        return self._stop(
            BrokenAnswerError(f"{self._url} broke off in the middle of its answer: {reason}. Try again.")
        )

    def _stop(self, error: EngineError) -> EngineError:
        self._finish(False)
        return error

    def _finish(self, reusable: bool) -> None:
        done, self._done = self._done, lambda _: None
        done(reusable)

    def close(self) -> None:
        """Give up what was not read."""
        if not self.closed:
            self._finish(False)
        super().close()


class BrokenAnswerError(EngineError):
    """An answer that stopped before its end; a query may be asked again."""


def _reason(error: BaseException) -> str:
    if isinstance(error, http.client.IncompleteRead):
        return "bytes are missing"
    if isinstance(error, TimeoutError):
        return "it fell silent"
    return " ".join(str(error).split()) or type(error).__name__
