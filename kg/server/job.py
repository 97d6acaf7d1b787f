"""One request on its way through a worker."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.server.family import Worker

__all__ = ["Job"]

_BRIEF = 0.25
"""Seconds for which nobody watches whether the client hangs up: most are answered by then, and watching costs."""
_PAUSE = 1 << 20
"""Bytes that may wait for a client before its worker is told to wait too."""


class Job:
    """One request on its way through a worker.

    Attributes:
        request: the request as it travels.
        client: whom it is done for.
        version: of the graph it is done on.
        first: resolves with the first frame: (kind, extra byte, payload).
        started: loop time of its start; 0 while it waits.
        taker: given the first frame before anybody waits for it, or kind 0 if it takes a moment; says whether the
            request is done with that. Called once.
        used: CPU seconds its worker had used when it was first looked at.
        hard: whether it takes so long that none may wait behind it.
        ended: why it was stopped, if it was.
        watch: returns once the client has hung up; None while nobody needs to know.
        watcher: the task that waits for that.
    """

    __slots__ = (
        "born", "client", "ended", "first", "frames", "hard", "held", "paused", "paused_since", "request",
        "retried", "started", "taker", "used", "version", "waker", "watch", "watcher", "worker",
    )  # fmt: skip

    def __init__(self, request: tuple[Any, ...], client: str, loop: asyncio.AbstractEventLoop) -> None:
        self.request = request
        self.client = client
        self.version = ""
        self.first: asyncio.Future[tuple[int, int, bytes]] = loop.create_future()
        self.frames: deque[tuple[int, bytes]] = deque()
        self.held = 0
        self.started = 0.0
        self.used: float | None = None
        self.paused = 0.0
        self.paused_since = 0.0
        self.retried = False
        self.born = monotonic()
        self.hard = False
        self.ended = ""
        self.worker: Worker | None = None
        self.watch: Callable[[], Coroutine[Any, Any, None]] | None = None
        self.watcher: asyncio.Task[None] | None = None
        self.taker: Callable[[int, int, bytes], bool] | None = None
        self.waker: asyncio.Future[None] | None = None

    def give(self, kind: int, extra: int, payload: bytes) -> None:
        """Take a frame from the worker."""
        if self._is_taken(kind, extra, payload):
            return
        if not self.first.done():
            self.first.set_result((kind, extra, payload))
            return
        self.frames.append((kind, payload))
        self.held += len(payload)
        if self.held > _PAUSE and self.worker is not None:
            self.worker.pause()
        if self.waker is not None and not self.waker.done():
            self.waker.set_result(None)

    def move(self, snapshot: str, version: str) -> None:
        """Have it done on another state of the graph; only while it waits."""
        self._is_taken(0, 0, b"")  # at once it would be given away under the old version
        self.request = (self.request[0], snapshot, *self.request[2:])
        self.version = version

    def waited(self, now: float) -> tuple[float, float]:
        """Return the seconds it has waited for its client: in all, and since the client took something."""
        stalled = now - self.paused_since if self.paused_since else 0.0
        return self.paused + stalled, stalled

    def _is_taken(self, kind: int, extra: int, payload: bytes) -> bool:
        taker, self.taker = self.taker, None
        return taker is not None and taker(kind, extra, payload)

    def start_watching(self, hung_up: Callable[[Job], None]) -> None:
        """Notice from now on if the client hangs up."""
        if self.taker is not None and monotonic() - self.born < _BRIEF:
            return
        self._is_taken(0, 0, b"")
        watch, self.watch = self.watch, None
        if watch is None:
            return

        def noticed(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and not self.first.done():
                self.first.set_exception(ConnectionResetError())
                hung_up(self)

        self.watcher = asyncio.get_running_loop().create_task(watch())
        self.watcher.add_done_callback(noticed)

    async def next(self) -> tuple[int, bytes]:
        """Wait for the next frame after HEAD."""
        while not self.frames:
            self.waker = asyncio.get_running_loop().create_future()
            await self.waker
        kind, payload = self.frames.popleft()
        self.held -= len(payload)
        if self.held < _PAUSE // 2 and self.worker is not None:
            self.worker.resume()
        return kind, payload
