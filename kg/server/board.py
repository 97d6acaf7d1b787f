"""The board: a little memory that the parent shares with its readers, where each lane says what it is about.

A reader that serves connections by itself (:mod:`kg.server.lane`) cannot be asked anything while the engine runs,
so it writes down beforehand what it is about to do. Its place on the board has a lock, which the kernel releases
if the process dies: it holds the lock whenever it may touch a connection, and lets it go while the engine runs.
So whoever gets the lock in the meantime can take the connections away, and both know who owns them.

What a lane has answered and not yet said stands on the board too: if it is killed, the parent reads it there.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import marshal
import mmap
import os
import select
import struct
from typing import Any, NamedTuple

__all__ = ["BUSY", "IDLE", "LARGEST", "READING", "SENDING", "Board", "Doing", "Place"]

IDLE, READING, BUSY, SENDING = range(4)
LARGEST = 4096
"""Bytes of a request that a lane answers, at most."""

_GENERATION = struct.Struct("<q")
_DOING = struct.Struct("<BIdI")
_REVOKED = 32
_LENGTH = struct.Struct("<I")
_LENGTH_AT = 40
_HEAD = 64
_UNSAID_AT = 64 + LARGEST
_UNSAID = 32 * 1024
"""Bytes for what a lane has not said; the largest request fits several times."""
_PLACE = _UNSAID_AT + _UNSAID


class Doing(NamedTuple):
    """What a lane is about: its state, for which connection, since when, and the request as it came."""

    state: int
    connection: int
    started: float
    request: bytes


class Place:
    """One lane's place on the board.

    Args:
        memory: the board.
        descriptor: the file behind it.
        number: of the place, from 0.
    """

    __slots__ = ("_at", "_descriptor", "_memory", "_number")

    def __init__(self, memory: mmap.mmap, descriptor: int, number: int) -> None:
        self._memory = memory
        self._descriptor = descriptor
        self._number = number
        self._at = _HEAD + number * _PLACE

    def lock(self) -> None:
        """Own the connections of this lane; waits for the other process."""
        fcntl.lockf(self._descriptor, fcntl.LOCK_EX, 1, self._number)

    def try_lock(self) -> bool:
        """Own them unless the other process does."""
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self._number)
        except OSError:
            return False
        return True

    def unlock(self) -> None:
        """Let the other process have them."""
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, self._number)

    def note(self, state: int, connection: int = 0, started: float = 0.0, request: bytes = b"") -> None:
        """Write down what is about to be done."""
        if request:
            self._memory[self._at + 64 : self._at + 64 + len(request)] = request
        _DOING.pack_into(self._memory, self._at, state, connection, started, len(request))

    def read(self) -> Doing:
        """Return what was written down."""
        state, connection, started, length = _DOING.unpack_from(self._memory, self._at)
        return Doing(
            state, connection, started, self._memory[self._at + 64 : self._at + 64 + min(length, LARGEST)]
        )

    @property
    def revoked(self) -> bool:
        """Whether the parent has taken the connections away."""
        return self._memory[self._at + _REVOKED] != 0

    @revoked.setter
    def revoked(self, value: bool) -> None:
        self._memory[self._at + _REVOKED] = value

    def add(self, answered: tuple[Any, ...]) -> bool:
        """Keep plain values for the parent until they are said; False where they find no room."""
        note = marshal.dumps(answered)
        (length,) = _LENGTH.unpack_from(self._memory, self._at + _LENGTH_AT)
        if length + len(note) > _UNSAID:
            return False
        place = self._at + _UNSAID_AT + length
        self._memory[place : place + len(note)] = note
        _LENGTH.pack_into(self._memory, self._at + _LENGTH_AT, length + len(note))
        return True

    def unsaid(self) -> list[tuple[Any, ...]]:
        """Return what was kept, in its order."""
        (length,) = _LENGTH.unpack_from(self._memory, self._at + _LENGTH_AT)
        place = self._at + _UNSAID_AT
        notes = io.BytesIO(self._memory[place : place + min(length, _UNSAID)])
        found = []
        with contextlib.suppress(EOFError, ValueError, TypeError):  # at the end, or where its writer was killed
            while True:
                found.append(marshal.load(notes))  # noqa: S302 - plain values that our own process wrote
        return found

    def clear(self) -> None:
        """Keep nothing any more: it was said."""
        _LENGTH.pack_into(self._memory, self._at + _LENGTH_AT, 0)


class Board:
    """The memory and its places.

    Args:
        descriptor: a file in memory, as :meth:`make` opens it.
        places: lanes there can be at once.

    >>> board = Board.make(2)
    >>> board.place(1).note(BUSY, 7, 1.5, b"GET /")
    >>> board.place(1).read(), board.place(1).revoked, board.place(0).read().state
    (Doing(state=2, connection=7, started=1.5, request=b'GET /'), False, 0)
    >>> board.place(1).add(("answered", 1)), board.place(1).add(("answered", 2)), board.place(1).unsaid()
    (True, True, [('answered', 1), ('answered', 2)])
    """

    def __init__(self, descriptor: int, places: int) -> None:
        self.descriptor = descriptor
        self.places = places
        self._memory = mmap.mmap(descriptor, _HEAD + places * _PLACE)

    @staticmethod
    def possible() -> bool:
        """Say whether this system has what lanes need."""
        return hasattr(os, "memfd_create") and hasattr(select, "epoll")

    @classmethod
    def make(cls, places: int) -> Board:
        """Make a board in memory."""
        descriptor = os.memfd_create("kgq-board")
        os.ftruncate(descriptor, _HEAD + places * _PLACE)
        return cls(descriptor, places)

    def place(self, number: int) -> Place:
        """Return one place."""
        return Place(self._memory, self.descriptor, number)

    @property
    def generation(self) -> int:
        """A number that changes whenever what lanes answer from is no longer what is asked for."""
        found: int = _GENERATION.unpack_from(self._memory, 0)[0]
        return found

    @generation.setter
    def generation(self, value: int) -> None:
        _GENERATION.pack_into(self._memory, 0, value)

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        os.close(self.descriptor)
