"""Runs a query that somebody else wrote: bounded in depth, in time and in rows, whatever its text.

The embedded engine recurses over the text, cannot be interrupted, and keeps Ctrl-C waiting. So the text is bounded
first, evaluation has a thread of its own with a deep stack, kept for the next query, and the caller's stays free.
Only what was over in a moment the last time, and needs no deep stack, is evaluated in the caller's thread then.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import TypeVar, cast

from pyoxigraph import Triple

from kg.dataset import Dataset
from kg.errors import LimitError, QueryError
from kg.query_plan import QueryPlan, plan
from kg.results import Rows

__all__ = ["MOMENT", "STACK_BYTES", "evaluate", "is_running", "run_bounded", "serialize"]

STACK_BYTES = 256 * 1024 * 1024
"""Stack of the thread that evaluates. Address space, not memory: pages are taken when touched."""

_MOST_IDLE = 2
"""Threads kept for the next call: starting one and touching its stack costs more than a small query."""

MOMENT = 0.002
"""Seconds that Ctrl-C can wait; in a query that takes longer, handing it over to a thread does not show."""

_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})

T = TypeVar("T")
_starting = threading.Lock()
_idle: list[_Worker] = []
_abandoned: list[_Job] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # threads do not survive a fork


class _Job:
    """Work, and what came of it."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self.result: object = None
        self.failure: BaseException | None = None
        self.running = threading.Lock()  # cheaper than an event, and a look-up is short
        self.running.acquire()

    def run(self) -> None:
        try:
            self.result = self._work()
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
            self.failure = error


class _Worker(threading.Thread):
    """A thread with a deep stack that does one job after the other."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._job: _Job | None = None
        self._asked = threading.Lock()  # held while there is nothing to do
        self._asked.acquire()

    def take(self, job: _Job) -> None:
        """Begin a job; the worker is idle."""
        self._job = job
        self._asked.release()

    def run(self) -> None:
        """Work until enough others are idle."""
        stays = True
        while stays:
            self._asked.acquire()
            job, self._job = self._job, None
            if job is None:
                continue
            job.run()
            stays = len(_idle) < _MOST_IDLE
            if stays:
                _idle.append(self)
            job.running.release()
            del job  # whatever it holds is the caller's alone


def run_bounded(work: Callable[[], T], *, time_limit: float | None = None) -> T:
    """Run work in a thread with a deep stack and return its result.

    Args:
        work: what to run; its exceptions are raised here.
        time_limit: seconds of wall time after which to give up; None for no limit. The thread itself cannot be
            stopped and runs on until its call returns: see :func:`is_running`.

    Raises:
        LimitError: the time is up, or no thread could be started.

    >>> run_bounded(lambda: 6 * 7)
    42
    """
    job = _Job(work)
    _worker().take(job)
    try:
        finished = job.running.acquire(timeout=-1 if time_limit is None else max(0.0, time_limit))
    except KeyboardInterrupt:
        _abandoned.append(job)
        raise
    if not finished:
        _abandoned.append(job)
        raise LimitError(f"no answer within {time_limit:g} s. Narrow the question, or raise the time limit.")
    if job.failure is not None:
        raise job.failure
    return cast("T", job.result)


def is_running() -> bool:
    """Tell whether work that was given up still runs; then only ``os._exit`` ends the process at once."""
    return any(job.running.locked() for job in _abandoned)


def _worker() -> _Worker:
    """Return a thread that waits for work: an idle one, or a new one."""
    try:
        return _idle.pop()
    except IndexError:
        thread = _Worker()
    with _starting:
        before = threading.stack_size(STACK_BYTES)
        try:
            thread.start()
        except RuntimeError as error:
            raise LimitError(
                f"no memory for a thread to run the query: {error}. Raise the memory limit."
            ) from error
        finally:
            threading.stack_size(before)
    return thread


def evaluate(
    dataset: Dataset, sparql: str, *, time_limit: float | None = None, limit: int | None = None
) -> Rows | bool | list[Triple]:
    """Evaluate a query of any form: rows for SELECT, a truth value for ASK, sorted triples otherwise.

    Args:
        dataset: what to query.
        sparql: the text; it may use the dataset's prefixes without declaring them.
        time_limit: seconds.
        limit: solutions or triples at most.

    Raises:
        QueryError: not valid SPARQL, or nested too deep.
        PolicyError: the text asks for an update, or to open a connection.
        LimitError: the time is up.
    """
    known = plan(sparql)
    if known.form not in _FORMS:
        raise QueryError("not valid SPARQL: no SELECT, ASK, CONSTRUCT or DESCRIBE in it. Write one of them.")
    engine, prefixes = dataset.engine, dataset.prefixes
    # A dataset clause says itself what the default graph is; the union would overrule it.
    union = dataset.union and not known.has_dataset

    def run(text: str, prefixes: Mapping[str, str] | None) -> Rows | bool | list[Triple]:
        if known.form == "SELECT":
            return engine.select(text, prefixes=prefixes, union=union, limit=limit)
        if known.form == "ASK":
            return engine.ask(text, prefixes=prefixes, union=union)
        triples = sorted(set(engine.construct(text, prefixes=prefixes, union=union)), key=str)
        return triples[:limit]

    def work() -> Rows | bool | list[Triple]:
        if engine.name != "oxigraph":
            return run(sparql, prefixes)
        begun = perf_counter()
        found = _as_liked(known, sparql, prefixes, run)
        if limit is None:
            known.note(dataset, quick=perf_counter() - begun < MOMENT)
        return found

    if time_limit is None and known.is_quick(dataset) and threading.current_thread() is threading.main_thread():
        return work()  # Ctrl-C can wait as long, and the stack is deep enough
    return run_bounded(work, time_limit=time_limit)


def _as_liked(
    known: QueryPlan,
    sparql: str,
    prefixes: Mapping[str, str],
    run: Callable[[str, Mapping[str, str] | None], T],
) -> T:
    """Run a query in the form that the embedded engine likes, or as it was written where that is no SPARQL."""
    try:
        return run(known.bound, None if known.is_closed else prefixes)
    except QueryError:
        if known.bound == sparql and not known.is_closed:
            raise
        return run(sparql, prefixes)  # an error is told in the words of the query as it was written


def serialize(dataset: Dataset, sparql: str, form: str, *, time_limit: float | None = None) -> bytes | None:
    r"""Return the solutions of a SELECT as the engine itself writes them, which makes no object of any term.

    Args:
        dataset: what to query.
        sparql: the text; it may use the dataset's prefixes without declaring them.
        form: ``json``, ``csv`` or ``tsv``.
        time_limit: seconds.

    Returns:
        The text in UTF-8; None where the engine does not write that well, or the query is no SELECT: evaluate it.

    Raises:
        QueryError, PolicyError, LimitError: as :func:`evaluate`.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> serialize(Dataset(OxigraphEngine()), "SELECT * { ?s ?p ?o }", "csv")
    b's,p,o\r\n'
    """
    known, engine = plan(sparql), dataset.engine
    if known.form != "SELECT" or engine.name != "oxigraph":
        return None
    from kg.engines.oxigraph import WRITTEN, OxigraphEngine

    if form not in WRITTEN or not isinstance(engine, OxigraphEngine):
        return None
    union = dataset.union and not known.has_dataset

    def run(text: str, prefixes: Mapping[str, str] | None) -> bytes | None:
        return engine.serialize(text, form, prefixes=prefixes, union=union)

    return run_bounded(lambda: _as_liked(known, sparql, dataset.prefixes, run), time_limit=time_limit)
