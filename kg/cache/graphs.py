"""RDF files parsed once: the store and the vocabulary made of them, found again by content."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import Quad, Store

from kg.cache.files import digest, entry, forget, kept
from kg.cache.telling import Tell, say_nothing
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.errors import SourceError
from kg.vocabulary import Vocabulary

__all__ = ["CachedEngine", "cached_vocabulary", "code_of_vocabularies", "kept_vocabulary", "open_cached"]

_FORMAT = 1
_SMALLEST = 256 * 1024
_GROWTH = 8
"""A store takes about five times its file as Turtle, and the vocabulary as much as the file."""

Loader = Callable[[Store], dict[str, str]]
"""Fills a store from the files and returns their prefixes."""


class CachedEngine(OxigraphEngine):
    """A store on disk that several processes read and nobody writes.

    Args:
        entry: its folder in the cache.
        store: the same data in memory, where the entry was made just now.

    Attributes:
        entry: the folder; None once the data was added to.
    """

    def __init__(self, entry: Path, store: Store | None = None) -> None:
        super().__init__(Store.read_only(str(entry / "store")) if store is None else store)
        self.entry: Path | None = entry
        self.content = entry.name
        self._on_disk = store is None

    def add(self, quads: Iterable[Quad]) -> None:
        """Add quads, to a copy in memory: what is cached belongs to the file it was made of."""
        if self._on_disk:
            copy = Store()
            copy.bulk_extend(self.store)
            self.store, self._on_disk = copy, False
        self.entry = None
        self.content = ""
        super().add(quads)


def open_cached(files: Sequence[Path], load: Loader, *, union: bool | None = None) -> Dataset | None:
    """Return the dataset of files from the cache, made now if it is not there; None where that does not pay.

    Args:
        files: RDF files, in order.
        load: parses them; what it raises goes to the caller.
        union: as :func:`kg.knowledge_graph.open_graph` takes it.
    """
    try:
        size = sum(_weight(file) for file in files)
        if size < _SMALLEST:
            return None
        # The name counts too: relative IRIs in the file are resolved against it.
        digests = [digest(file) for file in files]
        key = ["graph", _FORMAT, pyoxigraph.__version__, [str(file.absolute()) for file in files], digests]

        made: list[Store] = []

        def make(scratch: Path) -> None:
            made.append(_make(scratch, load))
            if [digest(file, afresh=True) for file in files] != digests:
                raise _NotKeptError  # it changed while it was parsed

        return _open(lambda: entry(key, make, size=_GROWTH * size), made, union)
    except (OSError, _NotKeptError):
        return None  # whoever parses the files says what is wrong with them


class _NotKeptError(Exception):
    """What was made of a file cannot be kept, or belongs to no file any more."""


def _open(find: Callable[[], Path | None], made: list[Store], union: bool | None) -> Dataset | None:
    for _ in range(2):
        folder = find()
        if folder is None:
            return None
        try:
            facts = json.loads((folder / "facts.json").read_bytes())
            return Dataset(
                CachedEngine(folder, made[-1] if made else None),
                prefixes=facts["prefixes"],
                union=union,
                has_claims=facts["claims"],
                version=folder.name[:16],
            )
        except (OSError, ValueError, KeyError, TypeError):
            forget(folder)  # damaged, or removed just now: make it again
    return None


def _weight(file: Path) -> int:
    return file.stat().st_size * (8 if file.suffix.lower() == ".gz" else 1)


def _make(scratch: Path, load: Loader) -> Store:
    """Fill an entry and return the same data in memory: what reads all of it is faster there than on disk."""
    memory = Store()
    prefixes = load(memory)
    claims = Dataset(OxigraphEngine(memory)).has_claims
    try:
        on_disk = Store(str(scratch / "store"))
        load(on_disk)
        on_disk.flush()
    except (SourceError, OSError) as error:
        raise _NotKeptError from error  # what could be parsed a moment ago cannot be written: the disk is full
    text = json.dumps({"prefixes": prefixes, "claims": claims})
    (scratch / "facts.json").write_text(text, encoding="utf-8")
    return memory


def cached_vocabulary(
    dataset: Dataset, lang: str = "en", *, whole: bool = False, tell: Tell = say_nothing
) -> Vocabulary:
    """Return the vocabulary of a dataset: the one on disk where its data came from the cache or from a store.

    Of a large graph whose names were not read yet, it is one that looks them up.

    Args:
        dataset: any.
        lang: the language of labels, where there is a choice.
        whole: read all names now where that was not done, however long it takes.
        tell: told how far that is.
    """
    engine = dataset.engine
    content = engine.content if isinstance(engine, OxigraphEngine) else ""
    if not content:
        return Vocabulary.from_dataset(dataset, lang=lang)
    import sqlite3

    from kg.cache.sampled import is_large, is_sampled, sampled_vocabulary
    from kg.cache.vocabulary import open_vocabulary, write_vocabulary

    made: list[Vocabulary] = []

    def make(scratch: Path) -> None:
        path = scratch / "vocabulary.sqlite"
        if is_large(dataset):
            from kg.cache.surveyed import write_surveyed
            from kg.vocabulary.survey import survey

            tell("count", 0, 0)
            write_surveyed(survey(dataset.stream, lang), dataset.stream, path, tell)
            return
        made.append(Vocabulary.from_dataset(dataset, lang=lang))
        write_vocabulary(made[0], path)

    key = [content, dataset.union, lang, code_of_vocabularies()]
    if not whole and kept(["vocabulary", *key]) is None and (is_sampled(key, lang) or is_large(dataset)):
        return sampled_vocabulary(dataset, key, lang)
    try:
        folder = entry(["vocabulary", *key], make)
    except (sqlite3.Error, OSError):
        folder = None
    if folder is None:
        return made[0] if made else Vocabulary.from_dataset(dataset, lang=lang)
    try:
        # Also where it was made just now: in the file a misspelt name is found without looking at every name.
        return open_vocabulary(folder / "vocabulary.sqlite")
    except ValueError:
        forget(folder)
        return made[0] if made else Vocabulary.from_dataset(dataset, lang=lang)


def kept_vocabulary(dataset: Dataset, lang: str = "en") -> Path | None:
    """Return the file of a dataset's vocabulary in the cache, built now if it is not there; None without a cache.

    Args:
        dataset: of RDF files, in memory; its version says which.
        lang: the language of labels, where there is a choice.
    """
    import sqlite3

    from kg.cache.vocabulary import write_vocabulary

    def make(scratch: Path) -> None:
        write_vocabulary(Vocabulary.from_dataset(dataset, lang=lang), scratch / "vocabulary.sqlite")

    if not dataset.version:
        return None
    try:
        folder = entry(["vocabulary of files", dataset.version, dataset.union, lang, code_of_vocabularies()], make)
    except (sqlite3.Error, OSError):
        return None
    return None if folder is None else folder / "vocabulary.sqlite"


def code_of_vocabularies() -> list[Any]:
    """Identify the code that makes vocabularies: what other code made is not used."""
    here = Path(__file__)
    files = [here.with_name("vocabulary.py"), *sorted((here.parents[1] / "vocabulary").rglob("*.*"))]
    return [(f.name, s.st_size, s.st_mtime_ns) for f in files if f.suffix != ".pyc" for s in [f.stat()]]
