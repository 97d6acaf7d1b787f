"""The parent's end of the nursery and of single workers: births, deaths, frames."""

from __future__ import annotations

import asyncio
import contextlib
import marshal
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from kg.errors import EngineError, SourceError
from kg.server import wire
from kg.server.board import Board
from kg.server.job import Job
from kg.server.nursery import PACKET

__all__ = ["Nursery", "Worker"]

_PLACES = 256
"""Places on the board; one is used again only after all others were."""


class Worker(asyncio.Protocol):
    """A reader process, seen from the parent.

    Attributes:
        pid: its process; 0 until the nursery has said.
        job: what it is doing.
        snapshot: the snapshot it has open.
        aside: whether it has given up its place among the quick ones.
        line: its socket, for what cannot go through the transport.
        loans: how often it lost all connections that were lent to it.
        niced: whether it has given up its priority, which cannot be given back.
    """

    __slots__ = (
        "_buffer",
        "_finished",
        "_gone",
        "_hear",
        "_paused",
        "_transport",
        "aside",
        "doomed",
        "job",
        "line",
        "loans",
        "lost",
        "niced",
        "pid",
        "snapshot",
    )

    def __init__(
        self,
        finished: Callable[[Worker], None],
        gone: Callable[[Worker], None],
        hear: Callable[[Worker, int, bytes], None],
    ) -> None:
        self._finished = finished
        self._gone = gone
        self._hear = hear
        self._buffer = b""
        self._paused = False
        self._transport: asyncio.Transport | None = None
        self.pid = 0
        self.job: Job | None = None
        self.snapshot = ""
        self.doomed = False
        self.line: socket.socket | None = None
        self.loans = 0
        self.lost = False
        self.niced = False
        self.aside = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def start(self, job: Job) -> None:
        """Send a request, to be done now."""
        self.job = job
        job.worker = self
        assert self._transport is not None  # noqa: S101 - workers are handed out connected
        self._transport.write(wire.pack_request(job.request))

    def say(self, message: bytes, descriptor: int | None = None) -> bool:
        """Send a message beside the jobs, and a descriptor with it; say whether that was done."""
        if self.line is None or self._transport is None or self._transport.get_write_buffer_size():
            return False
        return wire.send_now(self.line, message, descriptor)

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
        if kind >= wire.BACK:
            self._hear(self, kind, payload)
            return
        job = self.job
        if job is None:
            return
        if kind in (wire.WHOLE, wire.END, wire.ERROR):
            self.resume()
            job.worker = self.job = None
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

    def cpu(self) -> float:
        """Return the CPU seconds it has used."""
        return _used(self.pid)

    def has_worked(self, seconds: float) -> bool:
        """Say whether it has used this much CPU since it was first asked about this job.

        Time on the clock would not do: on a busy machine a short query waits long for its turn, and must not
        lose its priority for that.
        """
        job = self.job
        if job is None or not self.pid:  # it may have been forked just now
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
        board: what its readers and this process share; None where this system cannot.
    """

    def __init__(self) -> None:
        self.version = ""
        self.union = False
        self.prefixes: Mapping[str, str] = {}
        self.in_memory = True
        self.board: Board | None = None
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
            EngineError: the process ended before it had.
        """
        try:
            await self._open(settings)
        except BaseException:
            self.close()
            if self.board is not None:
                self.board.close()
            raise

    async def _open(self, settings: Mapping[str, Any]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            if Board.possible():
                self.board = Board.make(_PLACES)
            shared = (self.board.descriptor, _PLACES) if self.board is not None else None
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                f"import sys; sys.path[:] = {sys.path!r}; from kg.server.nursery import main; "
                f"sys.exit(main({theirs.fileno()}))",
                pass_fds=[theirs.fileno(), *([shared[0]] if shared else [])],
            )
        ours, loop, message = self._control, asyncio.get_running_loop(), b""
        ours.setblocking(False)
        with contextlib.suppress(ConnectionError):
            await loop.sock_sendall(ours, marshal.dumps({**settings, "board": shared}))
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
        worker.line = ours
        await asyncio.get_running_loop().create_connection(lambda: worker, sock=ours)

    def close(self) -> None:
        """Let the process end, and with it every worker it forked."""
        self.alive = False
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
