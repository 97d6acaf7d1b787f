"""What is kept of an endpoint between runs: its names and its vocabulary, until they may be out of date.

Answers always come from the endpoint itself; what is kept only tells which words stand for what. It is used while
a count of the endpoint's triples is what it was, which is asked again unless that was answered a moment ago, and
for a day at most, for a count can stay the same while things change.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
import time
import weakref
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kg.cache.files import cache_folder, entry
from kg.cache.graphs import code_of_vocabularies
from kg.cache.names import StoredNames, write_names
from kg.cache.vocabulary import open_vocabulary, write_vocabulary
from kg.dataset import Dataset
from kg.engines.remote import RemoteEngine
from kg.errors import SourceError
from kg.vocabulary import Vocabulary

__all__ = ["endpoint_names", "endpoint_vocabulary"]

_FORMAT = 1
_QUICK = 0.5
_SHARE = 20.0


@dataclass(frozen=True)
class _Record:
    """What was last seen of an endpoint.

    Attributes:
        fingerprint: under which its things are kept.
        count: of its triples, -1 where it does not say.
        tag: the entity tag of that answer.
        built: when it got its fingerprint, in seconds since 1970.
        checked: when it was last asked.
        seconds: how long the asking took.
    """

    fingerprint: str = ""
    count: int = -1
    tag: str = ""
    built: float = 0.0
    checked: float = 0.0
    seconds: float = 0.0


def endpoint_names(dataset: Dataset, lang: str = "en") -> StoredNames:
    """Return the names of an endpoint's graph, from the file that is kept of them or is made now."""

    def make(folder: Path) -> None:
        _engine(dataset).notice("reading the names of the graph")
        write_names(dataset.stream, folder / "names.sqlite", claims=dataset.has_claims)

    return StoredNames(dataset, _kept(dataset, ["names"], make) / "names.sqlite", lang)


def endpoint_vocabulary(dataset: Dataset, lang: str = "en") -> Vocabulary:
    """Return the vocabulary of an endpoint's graph, from the file that is kept of it or is made now."""

    def make(folder: Path) -> None:
        _engine(dataset).notice("reading the vocabulary of the graph")
        path = folder / "vocabulary.sqlite"
        if dataset.has_claims:
            write_vocabulary(Vocabulary.from_dataset(dataset, lang=lang), path)
            return
        from kg.cache.surveyed import write_surveyed
        from kg.vocabulary.survey import survey

        write_surveyed(survey(dataset.stream, lang), dataset.stream, path, lang)

    folder = _kept(dataset, ["vocabulary", lang, code_of_vocabularies()], make)
    return open_vocabulary(folder / "vocabulary.sqlite")


def _engine(dataset: Dataset) -> RemoteEngine:
    assert isinstance(dataset.engine, RemoteEngine)  # noqa: S101 - asked for no other
    return dataset.engine


def _kept(dataset: Dataset, what: list[object], make: Callable[[Path], None]) -> Path:
    engine = _engine(dataset)
    fingerprint = _fingerprint(engine, dataset.union)
    try:
        folder = entry(["endpoint", _FORMAT, engine.name, dataset.union, fingerprint, *what], make)
        if folder is not None:
            return folder
        scratch = Path(tempfile.mkdtemp(prefix="kgq-endpoint-"))  # no cache: for this run alone
        weakref.finalize(engine, shutil.rmtree, scratch, ignore_errors=True)
        make(scratch)
    except sqlite3.Error as error:
        raise SourceError(
            f"no room for what is kept of {engine.name}: {error}. Free some, or name another folder in KGQ_CACHE."
        ) from error
    return scratch


def _fingerprint(engine: RemoteEngine, union: bool) -> str:
    """Return what an endpoint's things are kept under: the same while nothing tells that they changed."""
    if not engine.fingerprint:
        place = _place(engine, union)
        old = _Record() if engine.endpoint.refresh else _read(place)
        record = _current(engine, union, old)
        _write(place, record)
        engine.fingerprint = record.fingerprint
    return engine.fingerprint


def _current(engine: RemoteEngine, union: bool, old: _Record) -> _Record:
    now = time.time()
    lasts = bool(old.fingerprint) and 0 <= now - old.built < engine.endpoint.max_age
    if lasts and old.seconds > _QUICK and 0 <= now - old.checked < _SHARE * old.seconds:
        return old
    started = time.monotonic()
    count, tag = engine.count(union=union, tag=old.tag if lasts else "")
    seconds = time.monotonic() - started
    if lasts and count in (None, old.count):
        return replace(old, checked=now, seconds=seconds)
    return _Record(f"{count}-{now}", -1 if count is None else count, tag, now, now, seconds)


def _place(engine: RemoteEngine, union: bool) -> Path | None:
    folder = cache_folder()
    if folder is None:
        return None
    key = repr((_FORMAT, engine.name, union, engine.endpoint.authorization))
    return folder / "endpoints" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"


def _read(place: Path | None) -> _Record:
    try:
        return _Record(**json.loads(place.read_bytes())) if place is not None else _Record()
    except (OSError, ValueError, TypeError):
        return _Record()


def _write(place: Path | None, record: _Record) -> None:
    if place is None:
        return
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = place.with_suffix(f".{time.monotonic_ns()}")
        part.write_text(json.dumps(asdict(record)), encoding="utf-8")
        part.replace(place)
    except OSError:
        return
