"""The lock of a store: one process writes, and whoever waits is told for whom.

The lock is flock(2) on a file. The system frees it when its holder ends, however it ends, so no lock can be stale;
the number of the process in the file is there to be read by people.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from kg.errors import SourceError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["WAIT", "engine_is_busy", "is_locked", "share", "try_exclusive", "write_lock"]

WAIT = 10.0
"""Seconds a writer waits for another."""

_PAUSE = 0.02


def _flock(descriptor: int, how: str) -> bool:
    """Take a lock now, or say that it cannot be had."""
    if fcntl is None:
        raise SourceError("a store needs file locks, which this system lacks. Use RDF files, or kgq in WSL.")
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if how == "exclusive" else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def write_lock(
    path: Path, *, command: str = "", wait: float = WAIT, waiting: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Be the only one who writes, for as long as the block runs.

    Args:
        path: the file of the lock.
        command: what those who wait are told about the holder.
        wait: seconds to wait for another writer.
        waiting: called once with a sentence on who is waited for.

    Raises:
        SourceError: another process still writes after that time; says which.
        OSError: the file cannot be written to.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        deadline = time.monotonic() + wait
        told = False
        while not _flock(descriptor, "exclusive"):
            holder = _holder(descriptor)
            if time.monotonic() >= deadline:
                patience = f" Waited {wait:g} seconds." if wait >= 1 else ""
                raise SourceError(f"{holder}.{patience} Try again later, or stop it.", path=str(path.parent))
            if waiting is not None and not told:
                waiting(f"{holder}. Waiting for it …")
                told = True
            time.sleep(_PAUSE)
        since = datetime.now(timezone.utc).isoformat(timespec="seconds")
        os.ftruncate(descriptor, 0)
        os.pwrite(
            descriptor, json.dumps({"pid": os.getpid(), "command": command[:200], "since": since}).encode(), 0
        )
        yield
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    try:
        found = json.loads(os.pread(descriptor, 4096, 0))
        what = f" ({found['command']})" if found.get("command") else ""
        return f"process {found['pid']} is writing to this store{what}"
    except (OSError, ValueError, TypeError, KeyError):
        return "another process is writing to this store"


def is_locked(path: Path) -> bool:
    """Say whether a process holds a lock now."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _flock(descriptor, "shared")
    finally:
        os.close(descriptor)


def share(path: Path) -> int | None:
    """Hold a file together with others until the descriptor returned is closed; None if somebody removes it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    if _flock(descriptor, "shared") and _still_there(path, descriptor):
        return descriptor
    os.close(descriptor)
    return None


def try_exclusive(path: Path) -> int | None:
    """Hold a file alone until the descriptor returned is closed; None if others hold it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except FileNotFoundError:
        return None
    if _flock(descriptor, "exclusive"):
        return descriptor
    os.close(descriptor)
    return None


def _still_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def engine_is_busy(data: Path, seconds: float = 3.0) -> bool:
    """Say whether a process still has the engine's files open for writing, after waiting a little for its end.

    An endpoint that is killed lets go of the store's lock a moment before its writer has ended.
    """
    if fcntl is None:
        return False
    deadline = time.monotonic() + seconds
    while True:
        try:
            with (data / "LOCK").open("rb") as file:
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
        except FileNotFoundError:
            return False
        except (BlockingIOError, PermissionError):
            if time.monotonic() >= deadline:
                return True
        time.sleep(_PAUSE)
