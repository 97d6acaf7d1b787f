"""The parent's end of the nursery and of single workers: births, deaths, frames."""

from __future__ import annotations

import asyncio
import contextlib
import marshal
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, cast

from kg.errors import EngineError, SourceError
from kg.server import wire
from kg.server.nursery import PACKET

__all__ = ["Job", "Nursery", "Worker"]

_PAUSE = 1 << 20
"""Bytes that may wait for a client before its worker is told to wait too."""


class Job:
    """One request on its way through a worker.

    Attributes:
        request: the request as it travels.
        client: whom it is done for.
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
        "client", "ended", "first", "frames", "hard", "held", "noticed", "paused", "paused_since", "request",
        "retried", "started", "taker", "used", "waker", "watch", "watcher", "worker",
    )  # fmt: skip

    def __init__(self, request: tuple[Any, ...], client: str, loop: asyncio.AbstractEventLoop) -> None:
        self.request = request
        self.client = client
        self.first: asyncio.Future[tuple[int, int, bytes]] = loop.create_future()
        self.frames: deque[tuple[int, bytes]] = deque()
        self.held = 0
        self.started = 0.0
        self.used: float | None = None
        self.paused = 0.0
        self.paused_since = 0.0
        self.retried = False
        self.noticed = False
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

    def waited(self, now: float) -> tuple[float, float]:
        """Return the seconds it has waited for its client: in all, and since the client took something."""
        stalled = now - self.paused_since if self.paused_since else 0.0
        return self.paused + stalled, stalled

    def _is_taken(self, kind: int, extra: int, payload: bytes) -> bool:
        taker, self.taker = self.taker, None
        return taker is not None and taker(kind, extra, payload)

    def start_watching(self, hung_up: Callable[[Job], None]) -> None:
        """Notice from now on if the client hangs up."""
        if self.taker is not None and not self.noticed:
            self.noticed = True  # it may have come just now
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


class Worker(asyncio.Protocol):
    """A reader process, seen from the parent.

    Attributes:
        pid: its process; 0 until the nursery has said.
        job: what it is doing.
        next: what has been sent to it already, to be done after that.
        snapshot: the snapshot it has open.
        aside: whether it has given up its place among the quick ones.
        leaving: whether it ends with what it is doing, because it was sent something that another does now.
        niced: whether it has given up its priority, which cannot be given back.
    """

    __slots__ = (
        "_buffer",
        "_finished",
        "_gone",
        "_paused",
        "_transport",
        "aside",
        "doomed",
        "job",
        "leaving",
        "lost",
        "next",
        "niced",
        "pid",
        "snapshot",
    )

    def __init__(self, finished: Callable[[Worker], None], gone: Callable[[Worker], None]) -> None:
        self._finished = finished
        self._gone = gone
        self._buffer = b""
        self._paused = False
        self._transport: asyncio.Transport | None = None
        self.pid = 0
        self.job: Job | None = None
        self.next: Job | None = None
        self.snapshot = ""
        self.doomed = False
        self.leaving = False
        self.lost = False
        self.niced = False
        self.aside = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def start(self, job: Job) -> None:
        """Send a request, to be done now or after the one that is being done."""
        if self.job is None:
            self.job = job
            job.worker = self
        else:
            self.next = job
        assert self._transport is not None  # noqa: S101 - workers are handed out connected
        self._transport.write(wire.pack_request(job.request))

    def data_received(self, data: bytes) -> None:
        """Cut frames and hand them on."""
        if self._buffer:
            data = self._buffer + data
        place, size = 0, len(data)
        while size - place >= 6:
            kind, extra, length = wire.HEADER.unpack_from(data, place)
            if size - place - 6 < length:
                break
            payload = data[place + 6 : place + 6 + length]
            place += 6 + length
            self._take(kind, extra, payload)
        self._buffer = data[place:] if place < size else b""

    def _take(self, kind: int, extra: int, payload: bytes) -> None:
        if kind == wire.BYE:
            self.doomed = True
            return
        job = self.job
        if job is None:
            return
        if kind in (wire.WHOLE, wire.END, wire.ERROR):
            self.resume()
            job.worker = None
            self.job, self.next = self.next, None
            if self.job is not None:
                self.job.worker = self
            job.give(kind, extra, payload)
            self._finished(self)
        else:
            job.give(kind, extra, payload)

    def pause(self) -> None:
        """Let the worker wait: the client is slower than it."""
        if not self._paused and self._transport is not None and self.job is not None:
            self._paused = True
            self.job.paused_since = asyncio.get_running_loop().time()
            self._transport.pause_reading()

    def resume(self) -> None:
        """Let it go on."""
        if self._paused and self._transport is not None:
            self._paused = False
            if self.job is not None:
                self.job.paused += asyncio.get_running_loop().time() - self.job.paused_since
                self.job.paused_since = 0.0
            with contextlib.suppress(RuntimeError):
                self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that it has gone."""
        del exc
        self._transport = None
        self._gone(self)

    def kill(self) -> None:
        """End the process at once; what it was doing has been told why."""
        self.doomed = True
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        if self._transport is not None:
            self._transport.abort()

    def has_worked(self, seconds: float) -> bool:
        """Say whether it has used this much CPU since it was first asked about this job.

        Time on the clock would not do: on a busy machine a short query waits long for its turn, and must not
        lose its priority for that.
        """
        job = self.job
        if job is None:
            return False
        used = _used(self.pid)
        if job.used is None:
            job.used = used
        return used - job.used >= seconds

    def is_waiting(self) -> bool:
        """Say whether it waits for something other than its turn, such as another machine."""
        return _sleeps(self.pid)

    def lower_priority(self) -> None:
        """Let quick queries go first."""
        if self.pid and not self.niced:
            self.niced = True
            with contextlib.suppress(OSError):
                for thread in os.listdir(f"/proc/{self.pid}/task"):  # noqa: PTH208 - each has a priority of its own
                    os.setpriority(os.PRIO_PROCESS, int(thread), 19)


_TICKS = os.sysconf("SC_CLK_TCK")


def _used(pid: int) -> float:
    """Return the CPU seconds a process has used."""
    try:
        facts = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:  # it has just ended, or this system has no /proc
        return float("inf")
    return (int(facts[11]) + int(facts[12])) / _TICKS


def _sleeps(pid: int) -> bool:
    """Say whether no thread of a process wants to run; the one that evaluates is never the first."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return all(
            (one / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "S" for one in threads
        )
    except OSError:
        return True


class Nursery:
    """The nursery process, seen from the parent.

    Attributes:
        version: of the graph it opened.
        union: what its default graph is.
        prefixes: short names queries may use.
        in_memory: whether the graph is in its memory, or in snapshots of a store.
    """

    def __init__(self) -> None:
        self.version = ""
        self.union = False
        self.prefixes: Mapping[str, str] = {}
        self.in_memory = True
        self.alive = False
        self._control: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._born: dict[int, Worker] = {}
        self._token = 0
        self._ended: Callable[[], None] = lambda: None

    async def open(self, settings: Mapping[str, Any]) -> None:
        """Start the process and wait until it has opened the graph.

        Raises:
            SourceError: the graph cannot be opened.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                f"import sys; sys.path[:] = {sys.path!r}; from kg.server.nursery import main; "
                f"sys.exit(main({theirs.fileno()}))",
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        ours.setblocking(False)
        self._control = ours
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(ours, marshal.dumps(dict(settings)))
        message = await loop.sock_recv(ours, PACKET)
        if not message:
            raise EngineError("the process that opens the graph ended before it could. See the messages above.")
        kind, *found = marshal.loads(message)  # noqa: S302 - written by our own nursery
        if kind == "failed":
            raise SourceError(found[0])
        self.version, self.union, self.prefixes, self.in_memory = found
        self.alive = True
        loop.add_reader(ours, self._listen)

    def watch(self, ended: Callable[[], None]) -> None:
        """Say whom to tell that the nursery itself ended."""
        self._ended = ended

    def _listen(self) -> None:
        assert self._control is not None  # noqa: S101 - only called while it is open
        try:
            message = self._control.recv(PACKET)
        except BlockingIOError:
            return
        except OSError:
            message = b""
        if not message:
            self.close()
            self._ended()
            return
        token, pid = marshal.loads(message)  # noqa: S302 - written by our own nursery
        worker = self._born.pop(token, None)
        if worker is None or worker.doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if worker is not None:
            worker.pid = pid

    async def bear(self, kind: str, worker: Any, *arguments: Any) -> None:
        """Fork a worker and connect it to its protocol object (which has a ``pid`` and ``doomed``)."""
        if self._control is None:
            raise EngineError("the process that opens the graph has ended.")
        ours, theirs = socket.socketpair()
        self._token += 1
        self._born[self._token] = worker
        with theirs:
            message = marshal.dumps((kind, self._token, *arguments))
            socket.send_fds(self._control, [message], [theirs.fileno()])
        ours.setblocking(False)
        await asyncio.get_running_loop().create_connection(lambda: worker, sock=ours)

    def close(self) -> None:
        """Let the process end, and with it every worker it forked."""
        self.alive = False
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
