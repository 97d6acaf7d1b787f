"""The workers as the server sees them: who answers a call, how long it may take, and what is then ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from typing import Any

from kg.errors import EngineError, KgError, LimitError, SourceError
from kg.mcp.lookups import Found
from kg.mcp.settings import Settings

__all__ = ["BusyError", "RefusedCallError", "Workers"]

_WAITING = 64
_START = 600.0
"""Seconds that opening a graph, or building its vocabulary, may take: some where there are millions of triples."""
_PATIENCE = 45.0
"""Seconds a call waits for a worker; assistants give up after a minute."""


class RefusedCallError(KgError):
    """A call that cannot be answered; the message is for the model."""


class BusyError(EngineError):
    """Too many calls wait, or the graph is still being opened."""


class _Worker:
    """One worker process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def hello(self) -> dict[str, Any]:
        """Return what the worker says once it has opened the graph.

        Raises:
            SourceError: it could not.
        """
        try:
            found = await self._receive()
        except EOFError as error:
            raise SourceError("the process that opens the graph ended. See the messages above.") from error
        if "failed" in found:
            raise SourceError(found["failed"])
        return found

    async def exchange(self, verb: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request and return the answer.

        Raises:
            EOFError: the worker died.
        """
        assert self._process.stdin is not None  # noqa: S101 - started with pipes
        line = json.dumps({"verb": verb, "given": given}, ensure_ascii=False)
        self._process.stdin.write(line.encode("utf-8", "replace") + b"\n")
        with contextlib.suppress(ConnectionError):
            await self._process.stdin.drain()
        return await self._receive()

    async def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101 - started with pipes
        try:
            size = int.from_bytes(await self._process.stdout.readexactly(4), "big")
            found: dict[str, Any] = json.loads(await self._process.stdout.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise EOFError from error
        return found

    async def end(self) -> None:
        """End the process at once, whatever it is doing."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()


class Workers:
    """Processes that answer calls, each on a graph of its own.

    Another is started when all are busy, up to the number set; one that takes too long is killed and replaced.

    Args:
        settings: what the operator said.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.kills = 0
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._alive: set[_Worker] = set()
        self._starting = 0
        self._waiting = 0
        self._opened = asyncio.Event()
        self._prepared = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def open(self) -> None:
        """Start a first worker and wait until it has opened the graph and built what questions need.

        Raises:
            SourceError: the graph cannot be opened.
        """
        worker = await self._start()
        self._opened.set()
        if self.settings.workers > 1:
            self._spawn()  # answers SPARQL while the other may still build the vocabulary
        try:
            await asyncio.wait_for(worker.exchange("prepare", {}), _START)
        except (EOFError, asyncio.TimeoutError):
            await self._discard(worker)
        else:
            self._idle.put_nowait(worker)
        self._prepared.set()

    async def call(self, verb: str, given: Mapping[str, Any]) -> Found:
        """Return what a worker found.

        Raises:
            RefusedCallError: the call cannot be answered as it is.
            LimitError: it took too long, or too much memory.
            BusyError: no worker was free in time.
        """
        worker = await self._free(wait_for_vocabulary=verb != "sparql")
        limit = self.settings.time
        done = False
        try:
            found = await asyncio.wait_for(worker.exchange(verb, given), limit)
            done = True
        except (TimeoutError, asyncio.TimeoutError):
            raise LimitError(
                f"no answer within {limit:g} s, so the call was stopped. Ask for less: add LIMIT, fix a subject "
                "or a property, or leave out what multiplies."
            ) from None
        except EOFError:
            raise LimitError(
                "the call took too much memory, or broke the engine, and was stopped. Ask for less: add LIMIT, or "
                "select fewer variables."
            ) from None
        finally:
            if done:
                self._idle.put_nowait(worker)
            else:  # it still evaluates, for a call that nobody waits for any more
                self.kills += 1
                self._run(self._replace(worker))
        if "refused" in found:
            raise RefusedCallError(found["refused"])
        return found["head"], found["sections"]

    async def _free(self, *, wait_for_vocabulary: bool) -> _Worker:
        """Wait for a worker that is free; the next call gets it as soon as it has answered."""
        if self._waiting >= _WAITING:
            raise BusyError("too many calls wait already. Wait for some to return, then call again.")
        self._waiting += 1
        try:
            return await asyncio.wait_for(self._take(wait_for_vocabulary), _PATIENCE)
        except (TimeoutError, asyncio.TimeoutError):
            ready = self._prepared.is_set()
            raise BusyError(
                "all workers are busy. Wait a little, then call again."
                if ready
                else "the graph is large and still being opened for the first time. Call again in a minute; "
                "'sparql' is ready first."
            ) from None
        finally:
            self._waiting -= 1

    async def _take(self, wait_for_vocabulary: bool) -> _Worker:
        await (self._prepared if wait_for_vocabulary else self._opened).wait()
        while True:
            if self._idle.empty() and len(self._alive) + self._starting < self.settings.workers:
                self._spawn()
            worker = await self._idle.get()
            if worker.alive:
                return worker
            await self._discard(worker)

    async def _start(self) -> _Worker:
        settings = self.settings
        given = {
            "sources": list(settings.sources),
            "lang": settings.lang,
            "lexicon": settings.lexicon,
            "memory": settings.memory,
        }
        code = f"import sys; sys.path[:] = {sys.path!r}; from kg.mcp.worker import main; main({given!r})"
        self._starting += 1
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                code,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for the server, which then ends its workers
            )
            worker = _Worker(process)
            self._alive.add(worker)
        finally:
            self._starting -= 1
        try:
            await asyncio.wait_for(worker.hello(), _START)
        except BaseException:
            await self._discard(worker)
            raise
        return worker

    def _spawn(self) -> None:
        self._run(self._add())

    async def _add(self) -> None:
        with contextlib.suppress(KgError, OSError):
            self._idle.put_nowait(await self._start())

    async def _replace(self, worker: _Worker) -> None:
        await self._discard(worker)
        if not self._closing and self._idle.empty():
            await self._add()

    async def _discard(self, worker: _Worker) -> None:
        self._alive.discard(worker)
        await worker.end()

    def _run(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End every worker."""
        self._closing = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in tuple(self._alive):
            await self._discard(worker)
