"""The words that pass between the parent and its workers: a kind, a length, and bytes.

Requests are marshalled tuples of plain values: the parent is trusted. Answers are never unmarshalled, and never
unpickled; errors, and what is said of connections, are marshalled plain values.
"""

from __future__ import annotations

import marshal
import socket
import struct
from collections import deque
from typing import Any

__all__ = [
    "BACK", "BYE", "DATA", "END", "ERROR", "HEAD", "HEADER", "NEVER_BEGAN", "TAKE", "TOLD", "WHOLE", "Requests",
    "pack_request", "send", "send_now",
]  # fmt: skip

HEADER = struct.Struct(">BBI")
"""Kind, a byte of its own for the kind (media type, flags), length of what follows."""

WHOLE = 1
"""A complete, small answer; the byte is media type + flags."""
HEAD = 2
"""The answer begins; DATA follows until END or ERROR."""
DATA = 3
END = 4
ERROR = 5
"""Marshalled ``(status, message)``."""
BYE = 6
"""The worker retires; whatever is under way without an answer should go to another."""
BACK = 7
"""Marshalled number of a connection that was lent, what it has not answered, what is still to be sent, why."""
TAKE = 8
"""Marshalled number of a connection, when its request began, the request; the answer goes through the parent."""
TOLD = 9
"""Marshalled list of client, bytes, seconds and text of what was answered."""

NEVER_BEGAN = 0
"""In place of a request's number: the writer could not begin, and says why."""

VOLATILE = 0x40
"""Flag on WHOLE and HEAD: another evaluation may give another answer."""
COMPRESSED = 0x80
"""Flag on WHOLE and HEAD: the bytes are gzipped."""
MEDIA_MASK = 0x3F

_LENGTH = struct.Struct(">I")


def pack_request(request: tuple[Any, ...]) -> bytes:
    r"""Return a request as it travels.

    >>> pack_request(("q",))[:4].hex()
    '00000005'
    """
    body = marshal.dumps(request)
    return _LENGTH.pack(len(body)) + body


class Requests:
    """The requests that arrive on a connection, one after the other, and the descriptors that ride along."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._rest = b""
        self._descriptors: deque[int] = deque()

    @property
    def waiting(self) -> bool:
        """Whether something has been read that :meth:`next` would give without reading more."""
        return bool(self._rest)

    def next(self) -> tuple[Any, ...] | None:
        """Wait for the next request; None once the parent has gone."""
        data = self._rest or self._receive(65_536)
        while len(data) < 4:
            more = self._receive(65_536)
            if not more:
                return None
            data += more
        (length,) = _LENGTH.unpack_from(data)
        if len(data) < length + 4:
            whole = bytearray(data)
            while len(whole) < length + 4:
                more = self._receive(min(1 << 20, length + 4 - len(whole)))
                if not more:
                    return None
                whole += more
            data = bytes(whole)
        self._rest = data[4 + length :]
        found: tuple[Any, ...] = marshal.loads(data[4 : 4 + length])  # noqa: S302 - written by our own parent
        return found

    def descriptor(self) -> int:
        """Return the descriptor that came with the request last returned."""
        return self._descriptors.popleft()

    def _receive(self, size: int) -> bytes:
        data, descriptors, _, _ = socket.recv_fds(self._connection, size, 1)
        self._descriptors += descriptors
        return data


def send(connection: socket.socket, kind: int, extra: int = 0, payload: bytes = b"") -> None:
    """Send one frame."""
    connection.sendall(HEADER.pack(kind, extra, len(payload)) + payload)


def send_now(connection: socket.socket, message: bytes, descriptor: int | None = None) -> bool:
    """Send a small message without waiting, and a descriptor with it; say whether that was done."""
    try:
        if descriptor is None:
            return connection.send(message, socket.MSG_DONTWAIT) == len(message)
        return socket.send_fds(connection, [message], [descriptor], socket.MSG_DONTWAIT) == len(message)
    except OSError:
        return False


def error_payload(status: int, message: str) -> bytes:
    """Return a status and a message as :func:`read_error` takes them."""
    return marshal.dumps((status, message))


def read_error(payload: bytes) -> tuple[int, str]:
    """Return what :func:`error_payload` gave."""
    status, message = marshal.loads(payload)  # noqa: S302 - two plain values; a worker evaluates, it is not a stranger
    return int(status), str(message)
