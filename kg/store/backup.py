"""A store in one file: the state that counts and the log, compressed, each file with its hash.

The archive is a tar of plain files under zstd, with ``backup.json`` last: names, sizes and SHA-256 of all others.
It appears whole or not at all, and so does the store that is made of it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import shutil
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from kg.errors import SourceError
from kg.store.disk import disk_errors, sync
from kg.store.folder import MARKER, Reading, State, StoreFolder
from kg.store.generation import Generation
from kg.store.loading import Progress, Report
from kg.store.lock import try_exclusive

__all__ = ["Backup", "backup", "restore"]

_LIST = "backup.json"
_NAMES = re.compile(r"(?:kgq-store\.json|log\.jsonl|(?:facts|files)\.json|(?:data|shared)/[\w.-]{1,100})\Z")
_BLOCK = 1 << 20
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written or read.

    Attributes:
        files: how many files.
        size: their bytes.
        quads: the statements in them; None if nobody counted.
        change: the number of the last change in the log.
    """

    files: int
    size: int
    quads: int | None
    change: int


def backup(folder: StoreFolder, target: Path, *, report: Report | None = None) -> Backup:
    """Write the newest state of a store to a file; others may read and write meanwhile.

    Args:
        folder: the store.
        target: the file; one that is there is replaced once the new one is complete.
        report: called with how far it is.

    Raises:
        SourceError: the store is damaged, or the file cannot be written.
    """
    change, reading = _newest(folder)
    made = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    try:
        if not target.parent.is_dir():
            raise SourceError(f"there is no folder '{target.parent}'. Create it first.", path=str(target))
        with disk_errors(target, "written"):
            with made.open("wb") as file:
                found = _write(folder, reading, change, file, report)
                file.flush()
                os.fsync(file.fileno())
            made.replace(target)
            sync(target.parent)
        return found
    finally:
        made.unlink(missing_ok=True)
        reading.close()


def _newest(folder: StoreFolder) -> tuple[int, Reading]:
    """Return a state, held, and the number of its change."""
    while True:
        state = folder.state()
        reading = folder.reading()
        if folder.state() == state:
            return state.change, reading
        reading.close()


def _write(folder: StoreFolder, reading: Reading, change: int, file: IO[bytes], report: Report | None) -> Backup:
    generation = reading.generation
    entries = folder.journal.entries(change)
    log = b"".join(json.dumps(entry.to_dict(), ensure_ascii=False).encode() + b"\n" for entry in entries)
    members: list[tuple[str, Path | bytes]] = [
        (MARKER, (folder.path / MARKER).read_bytes()),
        ("log.jsonl", log),
    ]
    if generation is not None:
        seal = [generation.path / "files.json"] if generation.is_sealed else []
        members += [(p.relative_to(generation.path).as_posix(), p) for p in [*generation.files(), *seal]]
    total = sum(item.stat().st_size if isinstance(item, Path) else len(item) for _, item in members)
    listed: dict[str, Any] = {}
    done = 0
    with _compressed(file) as stream, tarfile.open(fileobj=stream, mode="w|") as archive:
        for name, item in members:
            listed[name] = _add(archive, name, item)
            done += listed[name]["size"]
            if report is not None:
                report(Progress("backup", done, total))
        about = {
            "format": _FORMAT,
            "generation": "" if generation is None else generation.name,
            "change": change,
            "files": listed,
        }
        _add(archive, _LIST, json.dumps(about, indent=1).encode())
    quads = 0 if generation is None else generation.facts().quads
    return Backup(len(listed), total, quads, change)


class _Hashed:
    """A file whose bytes are hashed as they are read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.hash.update(data)
        return data


def _add(archive: tarfile.TarFile, name: str, item: Path | bytes) -> dict[str, Any]:
    info = tarfile.TarInfo(name)
    info.mode = 0o644
    with io.BytesIO(item) if isinstance(item, bytes) else item.open("rb") as stream:
        info.size = len(item) if isinstance(item, bytes) else os.fstat(stream.fileno()).st_size
        hashed = _Hashed(stream)
        archive.addfile(info, cast("IO[bytes]", hashed))
    return {"size": info.size, "sha256": hashed.hash.hexdigest()}


def restore(source: Path, target: Path, *, report: Report | None = None) -> Backup:
    """Make a store of a backup, every file compared with its hash.

    Args:
        source: the file that :func:`backup` wrote.
        target: the folder; nothing may be in it.
        report: called with how far it is.

    Raises:
        SourceError: the file is no backup, or damaged, or the folder is not empty, or the disk is full.
    """
    target = target.absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise SourceError("is not an empty folder. Name another one; nothing is overwritten.", path=str(target))
    if not target.parent.is_dir():
        raise SourceError(f"there is no folder '{target.parent}'. Create it first.", path=str(target))
    _sweep(target)
    scratch = target.with_name(f".{target.name}.restoring-{secrets.token_hex(4)}")
    with disk_errors(target, "written to"):
        scratch.mkdir()
        held = try_exclusive(scratch / "lock")
    try:
        found = _read(source, scratch, report)
        with disk_errors(target, "written to"):
            sync(scratch)
            scratch.rename(target)
            sync(target.parent)
        return found
    finally:
        if held is not None:
            os.close(held)
        shutil.rmtree(scratch, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Remove what a restore that was killed left beside the folder."""
    for left in target.parent.glob(f".{target.name}.restoring-*"):
        held = try_exclusive(left / "lock")
        if held is not None:
            shutil.rmtree(left, ignore_errors=True)
            os.close(held)


def _read(source: Path, scratch: Path, report: Report | None) -> Backup:
    unpacked = scratch / "generations" / "unpacked"
    with disk_errors(scratch, "written to"):
        generation = Generation(unpacked)
        generation.create()
        generation.data.mkdir()
    seen = dict(_unpack(source, unpacked, report))
    about = _listed(source, unpacked, seen)
    with disk_errors(scratch, "written to"):
        for name in (MARKER, "log.jsonl"):
            (unpacked / name).rename(scratch / name)
            sync(scratch / name)
        if about["generation"]:
            unpacked.rename(unpacked.with_name(about["generation"]))
            sync(scratch / "generations")
        else:
            shutil.rmtree(unpacked)
        folder = StoreFolder(scratch)
        folder.layout()
        folder.switch(State(about["generation"], "", about["change"]))
    quads: int | None = 0
    if about["generation"]:
        restored = folder.generation(about["generation"])
        if not restored.is_sealed:
            restored.seal()
        restored.check()
        quads = restored.facts().quads
    return Backup(len(seen), sum(int(one["size"]) for one in seen.values()), quads, about["change"])


def _unpack(source: Path, place: Path, report: Report | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Write the files of a backup, and yield what they are."""
    total = source.stat().st_size if source.is_file() else 0
    with _archive(source) as (archive, file):
        for info in archive:
            if (info.name != _LIST and not _NAMES.match(info.name)) or not info.isreg():
                raise SourceError(f"is not a backup of kgq: it holds '{info.name[:100]}'.", path=str(source))
            stream = archive.extractfile(info)
            assert stream is not None  # noqa: S101 - it is a file
            with disk_errors(place.parents[1], "written to"):
                digest = _copy(stream, place / info.name, source)
            if info.name != _LIST:
                yield info.name, {"size": info.size, "sha256": digest}
            if report is not None:
                report(Progress("restore", file.tell(), total))


def _copy(stream: IO[bytes], place: Path, source: Path) -> str:
    found = hashlib.sha256()
    with place.open("wb") as out:
        while True:
            try:
                block = stream.read(_BLOCK)
            except (EOFError, OSError, tarfile.TarError) as error:
                raise _broken(source, error) from error
            if not block:
                break
            found.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return found.hexdigest()


def _listed(source: Path, place: Path, seen: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Compare what was unpacked with what the backup says was packed."""
    try:
        about: dict[str, Any] = json.loads((place / _LIST).read_bytes())
        (place / _LIST).unlink()
        generation, change, files = str(about["generation"]), int(about["change"]), dict(about["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError("is not a whole backup: its list of files is missing.", path=str(source)) from error
    if about.get("format") != _FORMAT or not re.fullmatch(r"[\w-]{0,60}", generation):
        raise SourceError("was written by a later kgq. Install that one.", path=str(source))
    wrong = sorted(name for name in {*files, *seen} if files.get(name) != seen.get(name))
    if wrong or MARKER not in seen or "log.jsonl" not in seen:
        what = wrong[0] if wrong else MARKER
        raise SourceError(f"is damaged: {what} is not what was packed. Use another backup.", path=str(source))
    return {"generation": generation, "change": change}


@contextmanager
def _archive(source: Path) -> Iterator[tuple[tarfile.TarFile, IO[bytes]]]:
    try:
        with (
            source.open("rb") as file,
            _inflated(file) as stream,
            tarfile.open(fileobj=stream, mode="r|") as found,
        ):
            yield found, file
    except FileNotFoundError as error:
        raise SourceError("no such file. Check the path.", path=str(source)) from error
    except (tarfile.TarError, EOFError) as error:
        raise _broken(source, error) from error
    except OSError as error:
        raise SourceError(
            f"cannot be read: {error.strerror or error}. Check the file.", path=str(source)
        ) from error


def _broken(source: Path, error: Exception) -> SourceError:
    return SourceError(f"is not a whole backup of kgq: {' '.join(str(error).split())}.", path=str(source))


def _zstd() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _compressed(file: IO[bytes]) -> Any:
    return _zstd().open(file, "wb", level=3)


@contextmanager
def _inflated(file: IO[bytes]) -> Iterator[IO[bytes]]:
    zstd = _zstd()
    try:
        with zstd.open(file, "rb") as stream:
            yield stream
    except zstd.ZstdError as error:
        raise SourceError(f"is not a backup of kgq: {error}", path=getattr(file, "name", "")) from error
