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

from kg.cache.files import cache_folder, entry, kept
from kg.cache.graphs import code_of_vocabularies
from kg.cache.names import RemoteNames, StoredNames, write_names
from kg.cache.sampled import is_large, sampled_vocabulary
from kg.cache.telling import Tell, say_nothing
from kg.cache.vocabulary import open_vocabulary, write_vocabulary
from kg.dataset import Dataset
from kg.engines.remote import RemoteEngine
from kg.errors import SourceError
from kg.lookup.names import Names
from kg.vocabulary import Vocabulary

__all__ = ["endpoint_names", "endpoint_vocabulary"]

_FORMAT = 1
_QUICK = 0.5
_SHARE = 20.0
_SAMPLE_AGE = 3600.0
"""Seconds for which a sampled schema is kept: whether it is out of date is not asked."""
_NAMES: list[object] = ["names"]


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


def endpoint_names(dataset: Dataset, lang: str = "en") -> Names:
    """Return the names of an endpoint's graph: of a large one, looked up until something needs them all."""

    def read() -> StoredNames:
        return StoredNames(dataset, _kept(dataset, _NAMES, make) / "names.sqlite", lang)

    def make(folder: Path) -> None:
        _engine(dataset).notice("reading the names of the graph")
        write_names(dataset.stream, folder / "names.sqlite", claims=dataset.has_claims)

    if _is_kept(dataset, _NAMES) or not (_sampled(dataset) or is_large(dataset)):
        return read()
    return RemoteNames(dataset, read, lang)


def endpoint_vocabulary(
    dataset: Dataset, lang: str = "en", *, whole: bool = False, tell: Tell = say_nothing
) -> Vocabulary:
    """Return the vocabulary of an endpoint's graph, from the file that is kept of it or is made now.

    Of a large graph of which none is kept, it is one that looks names up.

    Args:
        dataset: at an endpoint.
        lang: the language of labels, where there is a choice.
        whole: read all names now where that was not done, however long it takes.
        tell: told how far that is.
    """

    def make(folder: Path) -> None:
        _engine(dataset).notice("reading the vocabulary of the graph")
        path = folder / "vocabulary.sqlite"
        if dataset.has_claims:
            write_vocabulary(Vocabulary.from_dataset(dataset, lang=lang), path)
            return
        from kg.cache.surveyed import write_surveyed
        from kg.vocabulary.survey import survey

        tell("count", 0, 0)
        write_surveyed(survey(dataset.stream, lang), dataset.stream, path, tell)

    what: list[object] = ["vocabulary", lang, code_of_vocabularies()]
    if whole or _is_kept(dataset, what):
        return open_vocabulary(_kept(dataset, what, make) / "vocabulary.sqlite")
    since = _sampled(dataset)
    if not since and is_large(dataset):
        since = time.time()
        _write(_place(_engine(dataset), dataset.union, "sampled"), _Record("sampled", built=since))
    if since:
        return sampled_vocabulary(dataset, ["endpoint", _engine(dataset).name, dataset.union, since, *what], lang)
    return open_vocabulary(_kept(dataset, what, make) / "vocabulary.sqlite")


def _engine(dataset: Dataset) -> RemoteEngine:
    assert isinstance(dataset.engine, RemoteEngine)  # noqa: S101 - asked for no other
    return dataset.engine


def _key(engine: RemoteEngine, union: bool, what: list[object]) -> list[object]:
    return ["endpoint", _FORMAT, engine.name, union, _fingerprint(engine, union), *what]


def _is_kept(dataset: Dataset, what: list[object]) -> bool:
    """Tell whether something is kept and up to date; where nothing is, the endpoint is not even asked."""
    engine = _engine(dataset)
    known = engine.fingerprint or _read(_place(engine, dataset.union)).fingerprint
    return bool(known) and kept(_key(engine, dataset.union, what)) is not None


def _sampled(dataset: Dataset) -> float:
    """Return when the schema was sampled that is kept of a large endpoint; 0 for none, or an old one."""
    endpoint = _engine(dataset).endpoint
    built = 0.0 if endpoint.refresh else _read(_place(_engine(dataset), dataset.union, "sampled")).built
    return built if 0 <= time.time() - built < min(_SAMPLE_AGE, endpoint.max_age) else 0.0


def _kept(dataset: Dataset, what: list[object], make: Callable[[Path], None]) -> Path:
    engine = _engine(dataset)
    try:
        folder = entry(_key(engine, dataset.union, what), make)
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


def _place(engine: RemoteEngine, union: bool, kind: str = "json") -> Path | None:
    folder = cache_folder()
    if folder is None:
        return None
    key = repr((_FORMAT, engine.name, union, engine.endpoint.authorization))
    return folder / "endpoints" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.{kind}"


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
