"""Lending: which connections are served by which reader, from the parent's side; see :mod:`kg.server.lane`."""

from __future__ import annotations

import marshal
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from kg.server import wire
from kg.server.board import BUSY, IDLE, Board, Doing, Place
from kg.server.lane import Loan

if TYPE_CHECKING:
    from kg.server.family import Worker
    from kg.server.job import Job
    from kg.server.pool import Pool

__all__ = ["Adopt", "Borrowed", "Lending"]

Adopt: TypeAlias = Callable[[tuple[Any, ...], str], "Job"]
"""Makes a job of what a reader is working on, given the request and the client."""

_LONG = 0.025
"""CPU seconds after which an evaluation is taken to be long, and the other connections are taken back."""
_LOANS = 64
"""Connections a lane has at once, at most: they take turns there, so one client must not bring a thousand."""
_STARVED = 0.25
"""The same by the clock, for one that gets no CPU."""


class Borrowed(Protocol):
    """A connection as the lending knows it."""

    def fileno(self) -> int:
        """Return its descriptor."""

    def come_back(self, unread: bytes = b"", unsent: bytes = b"", *, why: str) -> None:
        """Go on with what was read and not answered, after what is still to be sent."""

    def adopt(self, request: bytes, take: Adopt) -> None:
        """Wait for the answer to a request that a reader is working on."""

    def break_off(self) -> None:
        """End, since nobody knows what has been answered."""


@dataclass(slots=True)
class _Lane:
    """A reader that serves connections: its place, what it was lent and in which generation, what it does."""

    place: Place
    lent: dict[int, tuple[Borrowed, int]] = field(default_factory=dict)
    watched: tuple[int, float, float] = (0, 0.0, 0.0)
    recalled: bool = False


class Lending:
    """The connections that are lent, and how they come back.

    Args:
        pool: whose readers they are lent to.
        board: where the readers say what they are about; None where there are no lanes.
        lanes: readers that serve connections at once, at most.
        told: called with client, bytes, seconds and text of each request that was answered.
    """

    def __init__(
        self, pool: Pool, board: Board | None, lanes: int, told: Callable[[str, int, float, str], None]
    ) -> None:
        self._pool = pool
        self._board = board
        self._most = lanes if board is not None else 0
        self._told = told
        self._free = deque(range(board.places)) if board is not None else deque()
        self._places: dict[Worker, int] = {}
        self._lanes: dict[Worker, _Lane] = {}
        self._numbers = 0

    def __len__(self) -> int:
        return sum(len(lane.lent) for lane in self._lanes.values())

    @property
    def workers(self) -> tuple[Worker, ...]:
        """The readers that serve connections."""
        return tuple(self._lanes)

    @property
    def busy(self) -> int:
        """Readers of these that evaluate something now."""
        return sum(lane.place.read().state == BUSY for lane in self._lanes.values())

    def outdate(self) -> None:
        """Have everything back as soon as it asks something: what lanes have open is no longer the graph."""
        if self._board is not None:
            self._board.generation += 1

    def lend(self, connection: Borrowed, rest: bytes, request: tuple[Any, ...], about: tuple[Any, ...]) -> bool:
        """Lend a connection that waits for its next request; say whether that was done.

        Args:
            connection: the connection; nothing of it may have been read.
            rest: what follows the query in each of its requests.
            request: the request for a reader, with a place for the query's text.
            about: the graph's version, the client, whether answers are kept, whether texts are to be told.
        """
        worker = self._choose()
        if worker is None or self._board is None:
            return False
        lane = self._lanes[worker]
        self._numbers += 1
        loan = Loan(self._numbers, worker.loans, self._board.generation, rest, request, *about)
        message = wire.pack_request(("lend", self._places[worker], loan.order()))
        if not worker.say(message, connection.fileno()):
            if not lane.lent:
                self._return(worker)
            return False
        worker.snapshot = request[1]
        lane.lent[loan.number] = connection, loan.generation
        lane.recalled = False
        return True

    def _choose(self) -> Worker | None:
        assert self._board is not None or not self._most  # noqa: S101 - no board, no lanes
        if len(self._lanes) < self._most and self._free and (worker := self._pool.spare()) is not None:
            assert self._board is not None  # noqa: S101 - as above
            known = worker in self._places
            number = self._places[worker] if known else self._places.setdefault(worker, self._free.popleft())
            place = self._board.place(number)
            if not known:
                place.note(IDLE)
                place.clear()
                place.revoked = False
            self._lanes[worker] = _Lane(place)
            return worker
        if len(self._lanes) < self._most and self._free and self._pool.growing:
            return None  # the next time there is one, and all connections need not share what there is now
        least = min(self._lanes, key=lambda one: len(self._lanes[one].lent), default=None)
        return least if least is not None and len(self._lanes[least].lent) < _LOANS else None

    # --- what lanes say ------------------------------------------------------------------------------------

    def hear(self, worker: Worker, kind: int, payload: bytes) -> None:
        """Take what a lane says."""
        found = marshal.loads(payload)  # noqa: S302 - plain values; a worker evaluates, it is not a stranger
        if kind == wire.TOLD:
            for answered in found:
                self._told(*answered)
        elif kind == wire.TAKE:
            number, started, request = found
            if worker in self._lanes:
                self._adopt(worker, Doing(BUSY, number, started, request))
        elif worker in self._lanes:
            number, unread, unsent, why = found
            lane = self._lanes[worker]
            connection, _ = lane.lent.pop(number)
            if not lane.lent:
                self._return(worker)
            connection.come_back(unread, unsent, why=why)

    def _return(self, worker: Worker) -> None:
        """Make an ordinary reader of a lane that has nothing left."""
        del self._lanes[worker]
        self._pool.take_in(worker)

    def _adopt(self, worker: Worker, doing: Doing) -> None:
        """Make a job of what a lane is working on, and take all the others back."""
        lane = self._lanes.pop(worker)
        worker.loans += 1
        connection, generation = lane.lent.pop(doing.connection)
        for other, _ in lane.lent.values():
            other.come_back(why="taken")
        if self._board is not None and generation == self._board.generation:
            connection.adopt(doing.request, partial(self._pool.adopt, worker, doing.started))
        else:  # what it is about to answer is not what is asked for any more
            connection.come_back(doing.request, why="outdated")
        if worker.job is None and not worker.lost:  # nobody waits for it
            worker.kill()

    # --- when it takes long, or ends -----------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Take back what waits behind a long evaluation, and watch over that as over any other."""
        for worker, lane in tuple(self._lanes.items()):
            doing = lane.place.read()
            if doing.state != BUSY or now - doing.started < _LONG:
                continue
            if lane.watched[:2] != (doing.connection, doing.started):
                lane.watched = (doing.connection, doing.started, worker.cpu())
            elif now - doing.started > _STARVED or worker.cpu() - lane.watched[2] >= _LONG:
                self._revoke(worker, lane)

    def _revoke(self, worker: Worker, lane: _Lane) -> None:
        if not lane.place.try_lock():
            return  # it has just finished
        doing = lane.place.read()
        if doing.state == BUSY:
            lane.place.revoked = True
        lane.place.unlock()
        if doing.state == BUSY:
            self._adopt(worker, doing)

    def lost(self, worker: Worker) -> None:
        """Take everything back from a worker that has ended, if it was a lane."""
        if worker in self._places:
            number = self._places.pop(worker)
            self._say_for(number)
            self._free.append(number)
        lane = self._lanes.get(worker)
        if lane is None:
            return
        doing = lane.place.read()
        if doing.state == BUSY and doing.connection in lane.lent:
            self._adopt(worker, doing)
            return
        del self._lanes[worker]
        for number, (connection, _) in lane.lent.items():
            if doing.state != IDLE and number == doing.connection:
                connection.break_off()
            else:
                connection.come_back(why="taken")

    def _say_for(self, number: int) -> None:
        """Tell what a lane had answered when it was killed, and cannot tell itself."""
        if self._board is not None:
            place = self._board.place(number)
            for answered in place.unsaid():
                self._told(*answered)
            place.clear()

    def recall(self) -> None:
        """Have everything back now."""
        for worker, lane in self._lanes.items():
            if not lane.recalled:
                lane.recalled = worker.say(wire.pack_request(("recall", "")))

    def close(self) -> None:
        """Lend nothing from now on, and have everything back."""
        self._most = 0
        self.outdate()
        self.recall()

    def discard(self) -> None:
        """Give the board back, once the workers have been ended."""
        for number in self._places.values():
            self._say_for(number)
        board, self._board = self._board, None
        if board is not None:
            board.close()
