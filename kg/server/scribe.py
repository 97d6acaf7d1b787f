"""The parent's end of the writer: one update at a time, its time limit, its successor when it is killed."""

from __future__ import annotations

import asyncio
import contextlib
import marshal
import os
import secrets
import shutil
import signal
from pathlib import Path
from typing import Any, cast

from kg.errors import EngineError
from kg.server import wire
from kg.server.evaluation import RefusedError
from kg.server.family import Nursery
from kg.server.pool import BusyError, StoppedError
from kg.server.settings import Settings

__all__ = ["Scribe"]


class _Line(asyncio.Protocol):
    """The connection to one writer process."""

    def __init__(self) -> None:
        self.pid = 0
        self.doomed = False
        self.transport: asyncio.Transport | None = None
        self.answers: dict[int, asyncio.Future[int]] = {}
        self.ended: Exception = StoppedError("the writer was stopped before it could say whether it was done.")
        self.closed = asyncio.get_running_loop().create_future()
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= 6:
            _, _, length = wire.HEADER.unpack_from(self._buffer)
            if len(self._buffer) < 6 + length:
                return
            number, status, message, last = marshal.loads(self._buffer[6 : 6 + length])  # noqa: S302 - our own
            self._buffer = self._buffer[6 + length :]
            self.doomed = self.doomed or last  # it ends after this answer, and takes no more
            if number == wire.NEVER_BEGAN:
                self.ended = RefusedError(status, message)
            answer = self.answers.pop(number, None)
            if answer is not None and not answer.done():
                if last:  # nobody knows what of it is on the disk
                    answer.set_exception(StoppedError(message, status))
                elif status >= 400:
                    answer.set_exception(RefusedError(status, message))
                else:
                    answer.set_result(status)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.transport = None
        for answer in self.answers.values():
            if not answer.done():
                answer.set_exception(self.ended)
        self.answers.clear()
        if not self.closed.done():
            self.closed.set_result(None)

    def send(self, number: int, *request: Any) -> asyncio.Future[int]:
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if self.transport is None:
            answer.set_exception(self.ended)
            return answer
        self.answers[number] = answer
        self.transport.write(wire.pack_request((number, *request)))
        return answer

    async def kill(self) -> None:
        self.doomed = True
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        if self.transport is not None:
            self.transport.abort()
        await self.closed


class Scribe:
    """Runs updates in order, each within its time.

    Args:
        nursery: where the writer is forked from.
        data: the engine's files that are written to.
        settings: what the operator said.

    Attributes:
        epoch: part of the version that no restart repeats.
    """

    def __init__(self, nursery: Nursery, data: Path, settings: Settings) -> None:
        self.epoch = secrets.token_hex(5)
        self._nursery = nursery
        self._data = data
        self._settings = settings
        self._turn = asyncio.Lock()
        self._opening = asyncio.Lock()
        self._line: _Line | None = None
        self._number = 0
        self._waiting = 0

    async def open(self) -> None:
        """Start the writer."""
        await self._connected()

    async def move(self, nursery: Nursery) -> None:
        """Go on with a writer forked from another nursery."""
        async with self._turn:
            if self._line is not None:
                await self._retire(self._line)
            self._nursery = nursery
            self._line = None

    async def _connected(self) -> _Line:
        async with self._opening:
            if self._line is None or self._line.transport is None or self._line.doomed:
                line = _Line()
                limits = self._settings.limits
                await self._nursery.bear("writer", line, str(self._data), limits.memory, self._settings.durable)
                self._line = line
            return self._line

    async def snapshot(self, place: str) -> None:
        """Make a snapshot; also beside a running update, and after a writer has been killed.

        Raises:
            RefusedError: there is no writer, because the store cannot be written to.
            EngineError: it could not be made.
        """
        for _ in range(5):
            line = await self._connected()
            self._number += 1
            try:
                await line.send(self._number, "snapshot", place)
            except StoppedError as stopped:
                shutil.rmtree(place, ignore_errors=True)
                if stopped.status == 507:
                    raise
                await asyncio.sleep(0.05)
                continue
            return
        raise EngineError("no snapshot of the store could be made. The server's log says why.")

    async def write(self, verb: str, *arguments: Any) -> int:
        """Run one update.

        Raises:
            BusyError: too many wait.
            StoppedError: it took longer than it may; nothing of it was written, or all of it.
            RefusedError: it is not valid.
        """
        if self._waiting >= self._settings.limits.queue:
            raise BusyError("the server is busy and its queue is full. Try again in a moment.")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._write(verb, *arguments)
        finally:
            self._waiting -= 1

    async def _write(self, verb: str, *arguments: Any) -> int:
        line = await self._connected()
        self._number += 1
        answer = line.send(self._number, verb, *arguments)
        seconds = self._settings.limits.time
        done, _ = await asyncio.wait([answer], timeout=seconds)
        if done:
            return answer.result()
        await line.kill()
        with contextlib.suppress(StoppedError, RefusedError):
            return answer.result()  # it finished while it was being stopped
        raise StoppedError(
            f"the update took longer than {seconds:g} seconds and was stopped. Do it in smaller steps."
        )

    async def _retire(self, line: _Line) -> None:
        if line.transport is not None:
            line.transport.write_eof() if line.transport.can_write_eof() else line.transport.close()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.shield(line.closed), 10.0)

    async def close(self) -> None:
        """Let the running update finish and the writer end."""
        async with self._turn:
            if self._line is not None:
                await self._retire(self._line)
