"""Runs a query that somebody else wrote: bounded in depth, in time and in rows, whatever its text.

The embedded engine recurses over the text, cannot be interrupted, and keeps Ctrl-C waiting. So the text is bounded
first, evaluation has a thread of its own with a deep stack, and the caller's thread stays free.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from pyoxigraph import Triple

from kg.dataset import Dataset
from kg.errors import LimitError, QueryError
from kg.results import Rows
from kg.sparql_text import guard

__all__ = ["STACK_BYTES", "evaluate", "is_running", "run_bounded"]

STACK_BYTES = 256 * 1024 * 1024
"""Stack of the thread that evaluates. Address space, not memory: pages are taken when touched."""

T = TypeVar("T")
_starting = threading.Lock()
_abandoned: list[threading.Thread] = []


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
    results: list[T] = []
    failures: list[BaseException] = []
    done = threading.Event()

    def target() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
            failures.append(error)
        finally:
            done.set()

    thread = _start(target)
    try:
        finished = done.wait(time_limit)
    except KeyboardInterrupt:
        _abandoned.append(thread)
        raise
    if not finished:
        _abandoned.append(thread)
        raise LimitError(
            f"no answer within {time_limit:g} s. Narrow the question, or allow more with --time-limit."
        )
    if failures:
        raise failures[0]
    return results[0]


def is_running() -> bool:
    """Tell whether work that was given up still runs; then only ``os._exit`` ends the process at once."""
    return any(thread.is_alive() for thread in _abandoned)


def _start(target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, daemon=True)
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
    seen = guard(sparql)
    # A dataset clause says itself what the default graph is; the union would overrule it.
    union = dataset.union and "FROM" not in seen.keywords
    engine, prefixes = dataset.engine, dataset.prefixes

    def work() -> Rows | bool | list[Triple]:
        if seen.form == "SELECT":
            return engine.select(sparql, prefixes=prefixes, union=union, limit=limit)
        if seen.form == "ASK":
            return engine.ask(sparql, prefixes=prefixes, union=union)
        if seen.form in ("CONSTRUCT", "DESCRIBE"):
            triples = sorted(set(engine.construct(sparql, prefixes=prefixes, union=union)), key=str)
            return triples[:limit]
        raise QueryError("not valid SPARQL: no SELECT, ASK, CONSTRUCT or DESCRIBE in it. Write one of them.")

    return run_bounded(work, time_limit=time_limit)
