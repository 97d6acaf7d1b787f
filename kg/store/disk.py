"""What every part of a store does to the disk: whole files or none, and what went wrong in one sentence."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kg.errors import EngineError, KgError, SourceError
from kg.store.damage import remedy

__all__ = ["disk_errors", "read_json", "sync", "write_whole"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_LOCKED_AWAY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def sync(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all, also after a power cut."""
    made = path.with_name(f".{path.name}.new")
    with made.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a file.

    Raises:
        SourceError: there is none, or the file is damaged.
    """
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise SourceError(
            f"the store is damaged: {path.name} cannot be read ({error.strerror}). Restore a backup.",
            path=str(path.parent),
        ) from error
    except ValueError as error:
        raise SourceError(
            f"the store is damaged: {path.name} is not what kgq wrote. Restore a backup.", path=str(path.parent)
        ) from error
    if not isinstance(found, dict):
        raise SourceError(
            f"the store is damaged: {path.name} is not what kgq wrote. Restore a backup.", path=str(path.parent)
        )
    return found


@contextmanager
def disk_errors(place: Path, doing: str) -> Iterator[None]:
    """Say in one sentence what the system or the engine reported.

    Args:
        place: the store, or the file, that is meant.
        doing: what could not be done, such as "written to".

    Raises:
        SourceError: the disk is full, may not be written to, or what is on it is damaged.
        EngineError: anything else the engine reports.
    """
    try:
        yield
    except KgError:
        raise
    except OSError as error:
        raise SourceError(_said(str(error), error.errno, doing), path=str(place)) from error
    except RuntimeError as error:
        text = " ".join(str(error).split())
        if "Corruption" in text or "No such file" in text:
            what = text[:400].rstrip(". ")
            raise SourceError(f"the store is damaged: {what}. {remedy(place, what)}", path=str(place)) from error
        if "IO error" in text:
            raise SourceError(_said(text, None, doing), path=str(place)) from error
        raise EngineError(f"{place}: cannot be {doing}: {text[:200].rstrip('. ')}.") from error
    except MemoryError as error:
        raise EngineError(
            f"{place}: cannot be {doing}: there is not enough memory. Load less at a time."
        ) from error


def _said(text: str, number: int | None, doing: str) -> str:
    """Name the cause; the engine gives its own as text only."""
    text = " ".join(text.split())
    if number in _FULL or any(os.strerror(code) in text for code in _FULL):
        return f"cannot be {doing}: the disk is full, or a file may not grow so large. Nothing was changed."
    if number in _LOCKED_AWAY or any(os.strerror(code) in text for code in _LOCKED_AWAY):
        return f"cannot be {doing}: the disk or the folder is read-only here. Nothing was changed."
    return f"cannot be {doing}: {text[:200].rstrip('. ')}. Check the disk."
