"""The pool: who gets a worker next, how long it may take, and what happens to those that take longer.

Requests wait in turn, one client after the other. A request that runs longer than half a second gives
up its place among the quick ones, and one that works for a tenth of a second its priority too, so that a few
long queries never hold up short ones; when the slow places are full as well, it keeps its quick place, and
others wait. The priority goes by CPU time: beside many others, a short query may take long by the clock.
"""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

from kg.errors import EngineError
from kg.server import wire
from kg.server.family import Nursery, Worker
from kg.server.job import Job
from kg.server.lending import Lending
from kg.server.settings import SLOTS

__all__ = ["BusyError", "Pool", "StoppedError"]

TICK = 0.025
SLOW = 0.25
WAIT = 0.5
"""Seconds after which a request gives up its place among the quick ones."""
_STARVED = 3
"""Times the limit for a request that got no CPU: its worker is not to blame."""
WORK = 0.1
"""CPU seconds after which it gives up its place, and its priority too."""
STALL = 30.0
"""Seconds for which a client may take nothing of its answer."""
WAITED = 300.0
"""Seconds a worker waits for a slow client in all."""
PATIENCE = 5.0
"""The same, once others wait for its place."""


class BusyError(EngineError):
    """Too many requests wait already."""


class StoppedError(EngineError):
    """A worker was stopped, or died, before it gave an answer.

    Attributes:
        status: the HTTP status that says so.
    """

    def __init__(self, message: str, status: int = 504) -> None:
        super().__init__(message)
        self.status = status


class Pool:
    """Readers of one graph.

    Args:
        nursery: where workers come from.
        workers: quick requests at a time; slow ones have places of their own beside them.
        time: seconds an evaluation may take.
        queue: requests that may wait.
        told: called with client, bytes, seconds and text of each request that a worker answered by itself.
    """

    def __init__(
        self,
        nursery: Nursery,
        *,
        workers: int,
        time: float,
        queue: int,
        told: Callable[[str, int, float, str], None] = lambda *_: None,
    ) -> None:
        self.nursery = nursery
        self.workers = workers
        self.time = time
        self.queue = queue
        self.kills = 0
        self.deaths = 0
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._bearing = 0
        self._slow = 0
        self._waiting: OrderedDict[str, deque[Job]] = OrderedDict()
        self._waiting_count = 0
        self._ticker: asyncio.TimerHandle | None = None
        self._closing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self.lending = Lending(self, nursery.board, min(workers, os.cpu_count() or 1), told)

    async def open(self) -> None:
        """Have two workers ready."""
        await asyncio.gather(self._bear(), self._bear())
        self._ticker = asyncio.get_running_loop().call_later(TICK, self._tick)

    @property
    def busy(self) -> int:
        """Evaluations under way."""
        return len(self._busy) + self.lending.busy

    @property
    def waiting(self) -> int:
        """Requests that wait."""
        return self._waiting_count

    def snapshots(self) -> set[str]:
        """Return the snapshots some worker has open, or will open."""
        waiting = {job.request[1] for line in self._waiting.values() for job in line}
        return waiting | {worker.snapshot for worker in (*self._idle, *self._busy, *self.lending.workers)}

    def submit(self, request: tuple[Any, ...], client: str) -> Job:
        """Start a request, or put it in the queue.

        Raises:
            BusyError: the queue is full.
        """
        job = Job(request, client, asyncio.get_running_loop())
        if self._idle and not self._waiting_count and len(self._busy) - self._slow < self.workers:
            self._start(self._idle.pop(), job)
            return job
        if self._waiting_count >= self.queue:
            raise BusyError("the server is busy and its queue is full. Try again in a moment.")
        self.enqueue(job)
        return job

    def enqueue(self, job: Job) -> None:
        """Put a request at the end of its client's line."""
        self._waiting.setdefault(job.client, deque()).append(job)
        self._waiting_count += 1
        self._hand_out()

    def leave_waiting(self) -> list[Job]:
        """Take the waiting requests away, for another pool."""
        found = [job for line in self._waiting.values() for job in line]
        self._waiting.clear()
        self._waiting_count = 0
        return found

    def abandon(self, job: Job) -> None:
        """Free what a request holds here: its client has gone, or no longer wants the rest.

        One that a worker of another pool does is that pool's affair: its place is counted there.
        """
        if job.worker is not None:
            if job.worker in self._busy:
                self._stop(job, "the client went away.")
        elif self._waiting_count:
            line = self._waiting.get(job.client)
            if line is not None and job in line:
                line.remove(job)
                self._waiting_count -= 1
                if not line:
                    del self._waiting[job.client]

    # --- workers -------------------------------------------------------------------------------------------

    async def _bear(self) -> None:
        self._bearing += 1
        worker = Worker(self._finished, self._gone, self.lending.hear)
        try:
            await self.nursery.bear("reader", worker)
        except (OSError, EngineError):
            return
        finally:
            self._bearing -= 1
        if not worker.doomed:
            self._idle.append(worker)
        self._hand_out()

    def _spawn(self) -> None:
        if not self._closing and self.nursery.alive:
            task = asyncio.get_running_loop().create_task(self._bear())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _start(self, worker: Worker, job: Job) -> None:
        self._busy.add(worker)
        job.started = asyncio.get_running_loop().time()
        worker.snapshot = job.request[1]
        worker.start(job)

    def _hand_out(self) -> None:
        while self._waiting_count and len(self._busy) - self._slow < self.workers:
            if not self._idle:
                if self._bearing < min(self._waiting_count, 4):
                    self._spawn()
                break
            self._start(self._idle.pop(), self._next())

    def _put_back(self, job: Job) -> None:
        self._waiting.setdefault(job.client, deque()).appendleft(job)
        self._waiting_count += 1

    def _next(self) -> Job:
        client, line = next(iter(self._waiting.items()))
        job = line.popleft()
        self._waiting_count -= 1
        if line:
            self._waiting.move_to_end(client)
        else:
            del self._waiting[client]
        return job

    def _finished(self, worker: Worker) -> None:
        """Take back a worker that has answered."""
        self._busy.discard(worker)
        self._slow -= worker.aside
        worker.aside = False
        if worker.niced or worker.doomed:  # priority cannot be given back, and memory seldom is
            worker.kill()
            self._gone(worker)
            return
        self.take_in(worker)

    def take_in(self, worker: Worker) -> None:
        """Have a worker that has nothing to do."""
        if self._closing or worker.doomed:
            worker.kill()
        else:
            self._idle.append(worker)
        if self._waiting_count:
            self._hand_out()

    def spare(self) -> Worker | None:
        """Give a worker away that has nothing to do and that nobody waits for; without one, have one more made."""
        full = len(self._busy) - self._slow >= self.workers
        if self._closing or not self._idle or (self._waiting_count and not full):
            if not self._idle and not self.growing:
                self._spawn()
            return None
        worker = self._idle.pop()
        if not self._idle:
            self._spawn()
        return worker

    @property
    def growing(self) -> bool:
        """Whether a worker is being made."""
        return bool(self._tasks)

    def adopt(self, worker: Worker, started: float, request: tuple[Any, ...], client: str) -> Job:
        """Watch over what a worker has begun by itself as over any other request."""
        job = Job(request, client, asyncio.get_running_loop())
        job.started, job.worker, worker.job = started, worker, job
        self._busy.add(worker)
        return job

    def _gone(self, worker: Worker) -> None:
        """Strike off a worker that was ended, or whose socket has closed."""
        if worker.lost:
            return
        worker.lost = True
        self.lending.lost(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        job = worker.job
        self._slow -= worker.aside
        worker.aside = False
        self._busy.discard(worker)
        worker.job = None
        if job is not None:
            job.worker = None
            self._lost(job, worker)
        if not self._idle:
            self._spawn()
        self._hand_out()

    def _lost(self, job: Job, worker: Worker) -> None:
        if not job.ended and not job.first.done() and not job.retried:
            ran = asyncio.get_running_loop().time() - job.started
            if worker.doomed or ran < SLOW:  # it may have been killed from outside: once more
                job.retried = True
                self._put_back(job)
                return
        if not job.ended:
            self.deaths += 1
        why = job.ended or "the evaluation ran out of memory or broke the engine. Ask for less."
        job.give(wire.ERROR, 0, wire.error_payload(504, why))

    def _stop(self, job: Job, why: str) -> None:
        worker = job.worker
        if worker is None:
            return
        job.ended = why
        self.kills += 1
        worker.kill()
        self._gone(worker)

    # --- time ----------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        self._ticker = loop.call_later(TICK, self._tick)
        now = loop.time()
        self.lending.tick(now)
        for worker in tuple(self._busy):
            job = worker.job
            if job is None:
                continue
            job.start_watching(self.abandon)
            waited, stalled = job.waited(now)
            ran = now - job.started - waited
            job.hard = job.hard or stalled > 0 or self._is_hard(worker, ran)
            if ran > self.time and (job.hard or ran > _STARVED * self.time):
                self._stop(job, f"the evaluation took longer than {self.time:g} seconds. Ask for less.")
            elif stalled > STALL or waited > WAITED:
                self._stop(job, "the client reads too slowly.")
            else:
                self._step_aside(worker, max(ran, stalled))
        for line in tuple(self._waiting.values()):
            for job in tuple(line):
                job.start_watching(self.abandon)
        if self._waiting_count and self._is_full():
            self._make_room(now)

    def _is_full(self) -> bool:
        return len(self._busy) - self._slow >= self.workers and self._slow >= (SLOTS - 1) * self.workers

    def _make_room(self, now: float) -> None:
        """Stop the answer that has waited longest for its client."""
        jobs = [worker.job for worker in self._busy if worker.job is not None]
        slowest = max(jobs, key=lambda job: job.waited(now)[0], default=None)
        if slowest is not None and slowest.waited(now)[0] > PATIENCE:
            self._stop(slowest, "the client reads too slowly, and others wait.")

    @staticmethod
    def _is_hard(worker: Worker, ran: float) -> bool:
        """Say whether a request is more than a moment's work; on a busy machine the clock does not tell."""
        if ran < TICK or not worker.pid:
            return False
        return worker.has_worked(TICK) or (ran > WAIT and worker.is_waiting())

    def _step_aside(self, worker: Worker, seconds: float) -> None:
        """Let what takes long give up its place, and its priority if it is work that makes it long."""
        worked = seconds > 2 * TICK and not worker.niced and worker.has_worked(WORK)
        if not worker.aside and (worked or seconds > WAIT) and self._slow < (SLOTS - 1) * self.workers:
            worker.aside = True
            self._slow += 1
            self._hand_out()
        if worked and worker.aside:
            worker.lower_priority()

    async def close(self, grace: float) -> None:
        """Let what runs finish, then end every worker."""
        self._closing = True
        for worker in tuple(self._idle):
            worker.kill()
        self._idle.clear()
        self.lending.close()
        deadline = asyncio.get_running_loop().time() + grace
        while (self._busy or self.lending) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(TICK)
        if self._ticker is not None:
            self._ticker.cancel()
        for worker in (*self._busy, *self.lending.workers):
            worker.kill()
        self.nursery.close()
        self.lending.discard()
