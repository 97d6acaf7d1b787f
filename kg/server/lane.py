"""A lane: a reader that serves connections which were lent to it, from their sockets and without the parent.

Passing a point query to another process and its answer back costs more than the query. So the parent lends a
connection that asks one small query after the other, and has it back at once when anything else comes: a request
that is spelt otherwise than the ones before, one that was asked already (the parent keeps its answer), an update
of the graph, a second without a request. The parent keeps the socket open too, so that no connection ends with
this process; what may happen while the engine runs is in :mod:`kg.server.board`.
"""

from __future__ import annotations

import marshal
import os
import re
import select
import socket
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from time import monotonic, thread_time, time
from typing import Any
from urllib.parse import unquote_plus

from kg.server import wire
from kg.server.board import BUSY, IDLE, LARGEST, READING, SENDING, Board, Place
from kg.server.responses import rendered

__all__ = ["BEGINNING", "Lane", "Loan"]

BEGINNING = b"GET /sparql?query="
_PLAIN = re.compile(rb"[\w\-.~!*'(),:@/?$+%]+", re.ASCII)
_SWEEP = 1.0
"""Seconds after which a connection that asks nothing goes back."""
_HEAVY = 0.003
"""CPU seconds of a query after which its connection goes back: others wait behind it."""
_TOLD = 256
_REMEMBERED = 8192


@dataclass(slots=True)
class Loan:
    """A connection as it is lent.

    Attributes:
        number: of the connection.
        turn: how often this reader had lost all it was lent, when this was lent.
        generation: of the board, when it was lent.
        rest: what follows the query in each of its requests.
        request: the request for a reader, with a place for the query's text.
        version: of the graph.
        client: the address of who asks.
        cached: whether the parent keeps answers that are asked for again.
        told: whether the parent wants to know the text of each query.
        asked: when it last asked something.
        socket: the connection, here.
    """

    number: int
    turn: int
    generation: int
    rest: bytes
    request: tuple[Any, ...]
    version: str
    client: str
    cached: bool
    told: bool
    asked: float = 0.0
    socket: socket.socket | None = None

    def order(self) -> tuple[Any, ...]:
        """Return the loan as it travels."""
        return (self.number, self.turn, self.generation, self.rest, self.request, self.version, self.client,
                self.cached, self.told)  # fmt: skip


class Lane:
    """The connections that are lent to this reader.

    Args:
        parent: the socket to the parent.
        board: where it says what it is about.
        answer: evaluates a request for a reader, and gives what comes of it to the function it is given.
    """

    def __init__(
        self,
        parent: socket.socket,
        board: Board,
        answer: Callable[[tuple[Any, ...], Callable[[int, int, bytes], None]], None],
    ) -> None:
        self._parent = parent
        self._board = board
        self._answer = answer
        self._place: Place | None = None
        self._loans: dict[int, Loan] = {}
        self._poll = select.epoll()
        self._seen: set[int] = set()
        self._turn = 0
        self._told: list[tuple[str, int, float, str]] = []
        self._swept = 0.0
        self._dated = (0, b"")
        self._current: tuple[Loan, bytes, str, float] | None = None
        self._handed_over = False

    @property
    def open(self) -> bool:
        """Whether any connection is lent."""
        return bool(self._loans)

    def take(self, place: int, order: tuple[Any, ...], descriptor: int) -> None:
        """Take a connection, unless it was lent before the parent knew that all of them had gone back."""
        loan = Loan(*order)
        if loan.turn != self._turn:
            os.close(descriptor)
            return
        loan.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, fileno=descriptor)
        loan.asked = monotonic()
        if not self._loans:
            self._place = self._board.place(place)
            self._place.lock()
            self._poll.register(self._parent.fileno(), select.EPOLLIN)
        self._loans[descriptor] = loan
        self._poll.register(descriptor, select.EPOLLIN)

    def serve(self) -> None:
        """Answer what comes on the connections, until the parent says something or none is left."""
        parent = self._parent.fileno()
        while self._loans:
            for descriptor, _ in self._poll.poll(_SWEEP):
                if descriptor == parent:
                    return
                loan = self._loans.get(descriptor)
                if loan is not None:
                    self._serve(loan)
            now = monotonic()
            if now - self._swept > _SWEEP:
                self._swept = now
                self._tell()
                for loan in [one for one in self._loans.values() if now - one.asked > _SWEEP]:
                    self._give_back(loan, why="idle")

    def recall(self) -> None:
        """Give everything back."""
        for loan in tuple(self._loans.values()):
            self._give_back(loan, why="recalled")

    def _serve(self, loan: Loan) -> None:
        assert self._place is not None and loan.socket is not None  # noqa: PT018, S101 - it was lent
        self._place.note(READING, loan.number)
        try:
            data = loan.socket.recv(LARGEST + 1, socket.MSG_DONTWAIT)
        except BlockingIOError:
            self._place.note(IDLE)
            return
        except OSError:
            data = b""
        text, why = self._read(loan, data)
        if not text:
            self._give_back(loan, data, why=why)
            return
        started = monotonic()
        self._place.note(BUSY, loan.number, started, data)
        self._place.unlock()
        worked = thread_time()
        self._current = loan, data, text, started
        verb, snapshot, _, *rest = loan.request
        self._answer((verb, snapshot, text, *rest), self._send)
        loan.asked = started
        self._current = None
        self._handed_over = False
        if loan.socket is not None and thread_time() - worked > _HEAVY:
            self._give_back(loan, why="slow")

    def _read(self, loan: Loan, data: bytes) -> tuple[str, str]:
        """Return the query that a request asks, or why it is none of ours."""
        if loan.generation != self._board.generation:
            return "", "outdated"
        if len(data) > LARGEST or not data.startswith(BEGINNING) or not data.endswith(loan.rest):
            return "", "other"
        asked = data[len(BEGINNING) : -len(loan.rest)]
        if _PLAIN.fullmatch(asked) is None:
            return "", "other"
        if loan.cached:
            known = hash(data)
            if known in self._seen:
                return "", "again"
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen.add(known)
        try:
            return unquote_plus(asked.decode("ascii"), errors="strict"), "other"
        except UnicodeDecodeError:
            return "", "other"

    # --- answers -------------------------------------------------------------------------------------------

    def _send(self, kind: int, extra: int, payload: bytes) -> None:
        """Take what the reader has to say: a whole answer goes to the client, all else through the parent."""
        if self._handed_over:
            wire.send(self._parent, kind, extra, payload)
            return
        assert self._place is not None and self._current is not None  # noqa: PT018, S101 - it is being served
        loan, data, text, started = self._current
        self._place.lock()
        if self._place.revoked:
            self._place.revoked = False
            self._hand_over(kind, extra, payload)
        elif kind != wire.WHOLE:
            self._tell()
            wire.send(self._parent, wire.TAKE, 0, marshal.dumps((loan.number, started, data)))
            self._hand_over(kind, extra, payload)
        else:
            answered = loan.client, len(payload), monotonic() - started, text if loan.told else ""
            if not self._place.add(answered):
                self._tell()
                self._place.add(answered)
            self._told.append(answered)
            self._reply(loan, extra, payload)
            if len(self._told) >= _TOLD:
                self._tell()

    def _hand_over(self, kind: int, extra: int, payload: bytes) -> None:
        """Forget all connections, for the parent has them, and be a reader that does what it is told."""
        assert self._place is not None  # noqa: S101 - it is being served
        self._handed_over = True
        self._turn += 1
        for loan in self._loans.values():
            self._forget(loan)
        self._loans.clear()
        self._poll.close()
        self._poll = select.epoll()
        self._place.note(IDLE)
        self._place.unlock()
        self._tell()
        wire.send(self._parent, kind, extra, payload)

    def _reply(self, loan: Loan, extra: int, payload: bytes) -> None:
        assert self._place is not None and loan.socket is not None  # noqa: PT018, S101 - it is being served
        self._place.note(SENDING, loan.number)
        head = rendered(loan.version, extra, b"%d" % len(payload))
        whole = b"".join((b"HTTP/1.1 200 OK\r\n", self._date(), head, b"\r\n", payload))
        try:
            sent = loan.socket.send(whole, socket.MSG_DONTWAIT)
        except OSError:  # full, or gone: the parent will see
            sent = 0
        if sent < len(whole):
            self._give_back(loan, unsent=whole[sent:], why="large")
        else:
            self._place.note(IDLE)

    def _date(self) -> bytes:
        second = int(time())
        if self._dated[0] != second:
            self._dated = second, f"date: {formatdate(second, usegmt=True)}\r\n".encode()
        return self._dated[1]

    # --- back to the parent --------------------------------------------------------------------------------

    def _give_back(self, loan: Loan, unread: bytes = b"", unsent: bytes = b"", *, why: str) -> None:
        assert self._place is not None and loan.socket is not None  # noqa: PT018, S101 - it was lent
        descriptor = loan.socket.fileno()
        self._poll.unregister(descriptor)
        del self._loans[descriptor]
        self._forget(loan)
        self._tell()
        wire.send(self._parent, wire.BACK, 0, marshal.dumps((loan.number, unread, unsent, why)))
        self._place.note(IDLE)
        if not self._loans:
            self._poll.unregister(self._parent.fileno())
            self._place.unlock()

    @staticmethod
    def _forget(loan: Loan) -> None:
        if loan.socket is not None:
            loan.socket.close()
            loan.socket = None

    def _tell(self) -> None:
        """Tell the parent what was answered, for its counts and its log."""
        if self._told and self._place is not None:
            wire.send(self._parent, wire.TOLD, 0, marshal.dumps(self._told))
            self._told.clear()
            self._place.clear()
