"""The graph behind the endpoint, as the parent sees it: readers, the writer, snapshots, the version."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from time import monotonic, time
from typing import Any

from kg.errors import KgError, SourceError
from kg.server import wire
from kg.server.commits import Commits
from kg.server.evaluation import RefusedError
from kg.server.family import Nursery
from kg.server.job import Job
from kg.server.lending import Adopt, Borrowed
from kg.server.loading import Newest, open_newest, told
from kg.server.pool import BusyError, Pool, StoppedError
from kg.server.scribe import Scribe
from kg.server.settings import Settings
from kg.store.folder import Reading, StoreFolder, is_store
from kg.store.live import LiveStore

__all__ = ["Graph"]

_GRACE = 30.0
_PATIENCE = 2.0
_PACE = 0.02
"""Seconds from a commit to the copy that others see, if none was made just before."""


class Graph:
    """What the application asks: reads, writes, and a version that changes with the content.

    Args:
        settings: what the operator said.
        relay: address that SERVICE calls go through; empty where they are refused.

    Attributes:
        snapshot: the newest one; '' for a graph in memory.
        told: called with client, bytes, seconds and text of each query that a reader answered by itself.
    """

    def __init__(self, settings: Settings, relay: str = "") -> None:
        self.settings = settings
        self.relay = relay
        self.version = ""
        self.ready = False
        self.told: Callable[[str, int, float, str], None] = lambda *_: None
        self.folder: StoreFolder | None = None
        self._pool: Pool | None = None
        self._scribe: Scribe | None = None
        self.snapshot = ""
        self._commits = Commits()
        self._refreshing: asyncio.Task[None] | None = None
        self._held = ExitStack()
        self._live: LiveStore | None = None
        self._readings: list[Reading] = []
        self._switching, self._reloading = asyncio.Lock(), asyncio.Lock()
        self._writing = 0
        self._begun = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._pace = self._published = self.opened = 0.0
        self._newest: Newest | None = None
        self._recovery: asyncio.Task[None] | None = None
        self._closing: set[Pool] = set()
        self._sizes: tuple[str, list[tuple[str | None, int]]] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def pool(self) -> Pool:
        """The readers."""
        assert self._pool is not None  # noqa: S101 - asked for after open() only
        return self._pool

    @property
    def nursery(self) -> Nursery:
        """The process readers come from."""
        return self.pool.nursery

    @property
    def prefixes(self) -> Mapping[str, str]:
        """Short names a query may use without declaring them."""
        return self.nursery.prefixes

    @property
    def union(self) -> bool:
        """Whether the default graph is the union of all graphs."""
        return self.nursery.union

    async def open(self) -> None:
        """Open the sources and have readers, and the writer, ready.

        Raises:
            SourceError: a source is missing, broken, or held by another process.
        """
        sources = self.settings.sources
        if len(sources) == 1 and (is_store(sources[0]) or (self.settings.writable and not sources[0].exists())):
            self.folder = StoreFolder(sources[0])
            self.folder.prepare()
        if self.settings.writable and self.folder is None:
            raise SourceError("writing needs a store. Name one store folder, or an empty folder to make one.")
        if self.folder is not None and self.settings.writable:
            self._held.enter_context(self.folder.locked("kgq serve", wait=_PATIENCE))
            self._live = LiveStore(self.folder, "kgq serve")
        newest = await self._open_newest()
        self._go_to(await self._make_pool(newest), newest)
        if self._live is not None:
            self._scribe = Scribe(self.nursery, self._live.generation.data, self.settings)
            await self._scribe.open()
        self.ready = True

    async def _open_newest(self) -> Newest | None:
        """Hold the newest state of the store; None where files are served."""
        if self.folder is None:
            return None
        found = partial(open_newest, self.folder, union=self.settings.union, small=not self.settings.writable)
        return await asyncio.get_running_loop().run_in_executor(None, found)

    async def _make_pool(self, newest: Newest | None) -> Pool:
        settings, limits = self.settings, self.settings.limits
        nursery = Nursery()
        try:
            await nursery.open(told(settings, newest, self.relay))
        except BaseException:
            if newest is not None and newest is not self._newest:
                newest.reading.close()
            raise
        finally:
            if newest is not None and newest.dump:
                Path(newest.dump).unlink(missing_ok=True)
        pool = Pool(nursery, workers=settings.workers, time=limits.time, queue=limits.queue, told=self.told)
        await pool.open()
        nursery.watch(lambda: self._nursery_ended(pool))
        return pool

    def _go_to(self, pool: Pool, newest: Newest | None) -> None:
        """Have new requests answered there, all at once: a version means one content."""
        self._pool, self.opened = pool, time()
        self.version = pool.nursery.version or secrets.token_hex(6)
        if newest is not None and newest is not self._newest:
            self._newest, self.snapshot = newest, newest.snapshot
            self._readings.append(newest.reading)

    def _nursery_ended(self, pool: Pool) -> None:
        """Start another nursery: its readers and the writer ended with it."""
        if pool is self._pool and self.ready:
            self._recovery = asyncio.get_running_loop().create_task(self._recover(pool))

    async def _recover(self, ended: Pool) -> None:
        async with self._reloading:
            if ended is self._pool:  # else it was replaced meanwhile
                await self._replace(ended)
        self._take_over(ended)

    def _take_over(self, old: Pool) -> None:
        """Do what waits there."""
        for job in old.leave_waiting():
            job.move(self.snapshot, self.version)
            self.pool.enqueue(job)

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def reload(self) -> None:
        """Open the sources again beside what runs, then let new requests go there.

        Raises:
            SourceError: they cannot be opened now; what was open stays.
        """
        async with self._reloading:
            await self._replace(self.pool)

    async def _replace(self, old: Pool) -> None:
        newest = self._newest if self.settings.writable else await self._open_newest()
        self._go_to(await self._make_pool(newest), newest)
        old.lending.close()
        self._take_over(old)
        if self._scribe is not None:
            await self._scribe.move(self.nursery)
        self._spawn(self._retire(old))

    async def _retire(self, pool: Pool) -> None:
        self._closing.add(pool)
        await pool.close(_GRACE)
        self._closing.discard(pool)

    @property
    def current(self) -> bool:
        """Whether the newest snapshot holds every commit."""
        return self._commits.current

    def abandon(self, job: Job) -> None:
        """Free what a read holds."""
        for pool in (self._pool, *self._closing):
            if pool is not None:
                pool.abandon(job)

    async def sizes(self, client: str) -> list[tuple[str | None, int]]:
        """Return the graphs and their sizes; counted once a version."""
        if self._sizes is None or self._sizes[0] != self.version or not self.current:
            job = await self.read("graphs", (), client)
            kind, _, payload = await job.first
            if kind == wire.ERROR:
                raise RefusedError(*wire.read_error(payload))
            self._sizes = self.version, [(name, size) for name, size in json.loads(payload)]
        return self._sizes[1]

    # --- reading -------------------------------------------------------------------------------------------

    def read_now(self, verb: str, arguments: tuple[Any, ...], client: str) -> Job | None:
        """Start a read if the newest snapshot holds every commit; None if :meth:`read` must make one first."""
        if not self.current or not self.nursery.alive:
            return None
        return self._submit(verb, arguments, client)

    async def read(self, verb: str, arguments: tuple[Any, ...], client: str) -> Job:
        """Start a read that sees everything that was acknowledged before.

        Raises:
            BusyError: too many requests wait.
        """
        await self._alive()
        await self._fresh()
        return self._submit(verb, arguments, client)

    def _submit(self, verb: str, arguments: tuple[Any, ...], client: str) -> Job:
        job = self.pool.submit((verb, self.snapshot, *arguments), client)
        job.version = self.version
        return job

    def lend(
        self, connection: Borrowed, rest: bytes, arguments: tuple[Any, ...], about: tuple[str, bool, bool]
    ) -> bool:
        """Let a reader serve a connection by itself; say whether that was done.

        Args:
            connection: the connection, which waits for its next request.
            rest: what follows the query in each of its requests.
            arguments: what a reader is told of a query, its text left out.
            about: the client, whether answers are kept, whether texts are to be told.
        """
        if not self.current or not self.ready:
            return False
        request = ("query", self.snapshot, None, *arguments)
        return self.pool.lending.lend(connection, rest, request, (self.version, *about))

    def adopted(self, take: Adopt, arguments: tuple[Any, ...], client: str) -> Job:
        """Return the job of a query that a reader has begun by itself, on the graph as it is now."""
        job = take(("query", self.snapshot, *arguments), client)
        job.version = self.version
        return job

    async def compute(self, verb: str, arguments: tuple[Any, ...], client: str) -> Job:
        """Start work that needs a reader but not the graph.

        Raises:
            BusyError: too many requests wait.
        """
        await self._alive()
        return self.pool.submit((verb, self.snapshot, *arguments), client)

    async def _alive(self) -> None:
        """Wait for the next nursery, if this one has ended."""
        if not self.nursery.alive and self._recovery is not None:
            await asyncio.shield(self._recovery)

    async def _refresh(self) -> None:
        """Publish a copy of what has been committed."""
        updates, begun = self._commits.updates, self._begun
        self._commits.updates, self._begun = [], 0.0
        try:
            await self._copy(updates, begun)
        except BaseException:
            self._commits.failed(updates)
            raise

    async def _copy(self, updates: list[str], begun: float) -> None:
        assert self._scribe is not None and self._live is not None  # noqa: PT018, S101 - only writers commit
        live, started, loop = self._live, monotonic(), asyncio.get_running_loop()
        target = self._commits.done
        made = live.new_copy()
        await self._scribe.snapshot(str(made.data))
        await loop.run_in_executor(None, live.finish_copy, made)
        async with self._switching:
            more = self._writing > 0 or self._commits.done != target
            details = [f"{len(updates)} updates", *updates[:20]] if len(updates) > 1 else updates
            publish = partial(live.publish, made, details, monotonic() - (begun or started), more=more,
                              durable=self.settings.durable)  # fmt: skip
            noted, self._begun = self._begun, 0.0  # a note before the published entry counts no longer
            await loop.run_in_executor(None, publish)
            if more:
                self._begun = noted or monotonic()
        self.snapshot, self._commits.seen = str(made.data), target
        self.version = f"{self._scribe.epoch}-{target}"
        self._published = monotonic()
        self._pace = 2 * (self._published - started)
        kept = frozenset(Path(place).parent.name for place in self.pool.snapshots() | {self.snapshot})
        await loop.run_in_executor(None, live.collect, kept)

    def _publish_soon(self) -> None:
        """See to it that whoever reads the store by other means sees this too."""
        if self._timer is None and self.ready:
            now = monotonic()
            pause = max(_PACE, self._published + self._pace - now, self._commits.pause())
            self._timer = asyncio.get_running_loop().call_later(pause, self._publish_now)

    def _publish_now(self) -> None:
        self._timer = None
        if not self.current and self.ready:
            self._spawn(self._publish())

    async def _publish(self) -> None:
        with contextlib.suppress(KgError, RefusedError, StoppedError):  # the next read will say why
            await self._fresh()
        if not self.current:
            self._publish_soon()

    async def _fresh(self) -> None:
        """Wait until the newest snapshot holds every commit; those acknowledged, where none can be made."""
        target = self._commits.done
        while self._commits.seen < target and not self._commits.bearable:
            if self._refreshing is None or self._refreshing.done():
                self._refreshing = asyncio.get_running_loop().create_task(self._refresh())
            try:
                await asyncio.shield(self._refreshing)
            except (KgError, RefusedError):
                if not self._commits.bearable:
                    raise

    # --- writing -------------------------------------------------------------------------------------------

    async def write(self, verb: str, *arguments: Any) -> int:
        """Run an update and return its number; it is there or it is not.

        Raises:
            StoppedError: it took too long, or the writer died.
            RefusedError: it is not valid, or could not be done.
        """
        if self._scribe is None or self._live is None:
            raise StoppedError("this endpoint is read-only.", 403)
        async with self._switching:
            if not self._begun:
                self._live.begin()
                self._begun = monotonic()
            self._writing += 1
        changed, sure = True, False  # unless it is known that it did not
        try:
            found = await self._scribe.write(verb, *arguments)
            changed, sure = not (verb == "drop" and found), True  # there was no such graph
            return found
        except (RefusedError, BusyError):
            changed = False
            raise
        finally:
            self._writing -= 1
            if changed:
                self._commits.add(verb, arguments, sure=sure)
                self.pool.lending.outdate()
                self._publish_soon()
            else:
                await asyncio.shield(self._spawn(self._withdraw()))  # nothing is noted while it writes

    async def _withdraw(self) -> None:
        """Take back the note that something may be written, if nothing was and nothing will be."""
        assert self._live is not None  # noqa: S101 - somebody wanted to write
        async with self._switching:
            if self._begun and not self._writing and self.current and self.ready:
                self._begun = 0.0
                with contextlib.suppress(KgError):  # a note that stays costs the next writer a copy, no more
                    await asyncio.get_running_loop().run_in_executor(None, self._live.withdraw)

    async def close(self) -> None:
        """Finish what runs and end every process."""
        self.ready = False
        if self._timer is not None:
            self._timer.cancel()
        if self._scribe is not None:
            with contextlib.suppress(KgError, RefusedError, StoppedError):
                await self._fresh()
            await self._scribe.close()
        if self._pool is not None:
            await self._pool.close(_GRACE)
        for reading in self._readings:
            reading.close()
        if self._live is not None and self.current:  # else the next writer takes what is there
            async with self._switching:
                with contextlib.suppress(KgError):
                    self._live.close()
        self._held.close()
