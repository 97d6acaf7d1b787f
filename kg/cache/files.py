"""The user's cache folder: what was made of a file once is found again by the file's content.

Nothing in it is ever needed: with ``KGQ_CACHE=off``, on a full disk or a folder that is not one's own, kgq works
the same and takes longer. Entries are written beside their place and renamed into it, so that processes which run
at once see a whole entry or none.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["DEFAULT_SIZE", "cache_folder", "digest", "entry", "forget", "size_limit"]

DEFAULT_SIZE = 2 << 30
"""Bytes that all entries together may take, unless ``KGQ_CACHE_SIZE`` says otherwise."""

_OFF = frozenset(("off", "no", "none", "false", "0"))
_UNITS = {"": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}
_SETTLED_NS = 2_000_000_000
_IN_USE_S = 3600.0
_MARK = "used"


def cache_folder() -> Path | None:
    """Return the folder for what can be made again, or None where caching is off.

    ``KGQ_CACHE`` names it or says ``off``; else it lies where the platform keeps such things.
    """
    named = os.environ.get("KGQ_CACHE", "").strip()
    if named.lower() in _OFF:
        return None
    try:
        return Path(named).expanduser().absolute() if named else _platform_folder()
    except RuntimeError:  # no home folder
        return None


def _platform_folder() -> Path:
    xdg = os.environ.get("XDG_CACHE_HOME", "")
    if xdg and Path(xdg).is_absolute():
        return Path(xdg) / "kgq"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "kgq"
    local = os.environ.get("LOCALAPPDATA", "")
    if sys.platform == "win32" and local:
        return Path(local) / "kgq" / "Cache"
    return Path.home() / ".cache" / "kgq"


def size_limit() -> int:
    """Return how many bytes the cache may take: ``KGQ_CACHE_SIZE``, such as ``500MB``."""
    text = os.environ.get("KGQ_CACHE_SIZE", "").strip().lower().replace(" ", "")
    number = text.rstrip("kmgb")
    unit = text[len(number) :]
    try:
        return int(float(number) * _UNITS[unit if unit in _UNITS else f"{unit}b"])
    except (ValueError, KeyError, OverflowError):
        return DEFAULT_SIZE


def entry(key: Sequence[object], make: Callable[[Path], None], *, size: int = 0) -> Path | None:
    """Return the folder of an entry, made now if it is not there yet; None where there can be none.

    Args:
        key: what the entry depends on, all of it: content, versions, settings.
        make: fills an empty folder. What it raises goes to the caller, and nothing is kept.
        size: bytes that the entry may take, roughly; more than the cache may hold is not kept.
    """
    folder = cache_folder()
    if folder is None:
        return None
    target = _place(folder, key)
    try:
        if (target / _MARK).is_file():
            (target / _MARK).touch()
            return target
        if not _prepare(folder, size):
            return None
        scratch = Path(tempfile.mkdtemp(prefix="making-", dir=folder))
    except OSError:
        return None
    try:
        make(scratch)
        (scratch / _MARK).touch()
        return _put(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def kept(key: Sequence[object]) -> Path | None:
    """Return the folder of an entry if it is there; None otherwise."""
    folder = cache_folder()
    if folder is None:
        return None
    target = _place(folder, key)
    try:
        os.utime(target / _MARK)  # which makes nothing, if another process has just removed it
    except OSError:
        return None
    return target


def _place(folder: Path, key: Sequence[object]) -> Path:
    return folder / "entries" / hashlib.sha256(repr(tuple(key)).encode()).hexdigest()[:32]


def _prepare(folder: Path, size: int) -> bool:
    """Make the folder and room in it; tell whether an entry may be made."""
    (folder / "entries").mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "geteuid") and folder.stat().st_uid != os.geteuid():
        return False  # whoever owns the folder could put other data under our keys
    limit = size_limit()
    if size > limit or shutil.disk_usage(folder).free < 3 * size:
        return False
    _make_room(folder, limit - size)
    return True


def _put(scratch: Path, target: Path) -> Path | None:
    try:
        scratch.rename(target)
    except OSError:
        if not (target / _MARK).is_file():
            return None
    return target  # else another process was faster: its entry is as good as ours


def _make_room(folder: Path, limit: int) -> None:
    """Remove the entries that went unused for longest until the rest fits; what may be in use stays."""
    now = time.time()
    for left in folder.glob("making-*"):
        if now - left.stat().st_mtime > 24 * _IN_USE_S:
            shutil.rmtree(left, ignore_errors=True)
    entries = []
    for path in (folder / "entries").iterdir():
        mark = path / _MARK
        if mark.is_file():
            entries.append((mark.stat().st_mtime, _bytes(path), path))
    total = sum(size for _, size, _ in entries)
    for used, size, path in sorted(entries):
        if total <= limit or now - used < _IN_USE_S:
            break
        forget(path)
        total -= size


def forget(path: Path) -> None:
    """Remove an entry: first its name, then its data, so that nobody finds half of it."""
    grave = path.parents[1] / f"making-{path.name}-{os.getpid()}"
    try:
        path.rename(grave)
    except OSError:
        return
    shutil.rmtree(grave, ignore_errors=True)


def _bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def digest(path: Path, *, afresh: bool = False) -> str:
    """Return the SHA-256 of a file's content.

    A file whose size, times and identity are those of a hash on record is not read again. Such a record is made
    only once the file has rested for two seconds, for two changes within the clock's tick look like one.

    Args:
        path: the file.
        afresh: read it in any case.

    Raises:
        OSError: the file cannot be read.
    """
    stamp = _stamp(path)
    folder = cache_folder()
    record = None
    if folder is not None:
        name = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        record = folder / "stamps" / f"{name}.json"
        known = _recorded(record)
        if known is not None and known[:-1] == stamp and not afresh:
            return str(known[-1])
    started = time.time_ns()
    found = _read_digest(path)
    times = (stamp[-2], stamp[-1])
    if record is not None and _stamp(path) == stamp and started - max(times) > _SETTLED_NS:
        _record(record, [*stamp, found])
    return found


def _stamp(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def _read_digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()


def _recorded(record: Path) -> list[object] | None:
    try:
        data = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return None
    return data if isinstance(data, list) and len(data) == 6 else None


def _record(record: Path, data: list[object]) -> None:
    try:
        record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=record.parent)
        with os.fdopen(handle, "w") as file:
            json.dump(data, file)
        Path(name).replace(record)
    except OSError:
        return
