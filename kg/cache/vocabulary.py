"""A vocabulary on disk: opened in milliseconds at any size, read as a question needs it.

Classes, properties and their usage are few and are read whole. Entities and phrases may be millions: they lie in
B-trees of SQLite, and only the rows a question touches are fetched. The file is written once and never changed.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from kg.vocabulary import ClassTerm, EntityTerm, PropertyTerm, Usage, Vocabulary
from kg.vocabulary.build import Parts
from kg.vocabulary.claim_terms import ClaimTerms
from kg.vocabulary.index import Entry, LabelIndex
from kg.vocabulary.words import root

__all__ = [
    "SCHEMA",
    "as_text",
    "entity_text",
    "entries_text",
    "open_vocabulary",
    "write_facts",
    "write_vocabulary",
]

FORMAT = 2
_ROWS_KEPT = 20_000
_SHORTEST = 2

V = TypeVar("V")

SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE entities (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE phrases (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE longest (key TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
CREATE TABLE roots (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE words (key TEXT PRIMARY KEY, value TEXT, turned TEXT, size INTEGER) WITHOUT ROWID;
"""


def write_vocabulary(vocabulary: Vocabulary, path: Path) -> None:
    """Write a vocabulary to a new file.

    Args:
        vocabulary: what to write, index included.
        path: where; nothing may be there yet.

    Raises:
        sqlite3.Error: it cannot be written.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + SCHEMA)
        connection.execute("BEGIN")
        for table, rows in _tables(vocabulary):
            marks = "?, ?, ?, ?" if table == "words" else "?, ?"
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - our own names
        connection.execute("CREATE INDEX turned ON words (turned)")
        connection.execute("COMMIT")
    finally:
        connection.close()


def _tables(vocabulary: Vocabulary) -> Iterator[tuple[str, Iterable[tuple[Any, ...]]]]:
    index = vocabulary.index
    longest: dict[str, int] = defaultdict(int)
    roots: dict[str, list[Entry]] = defaultdict(list)
    words: dict[str, list[str]] = defaultdict(list)
    for phrase, entries in index.phrases.items():
        parts = phrase.split(" ")
        longest[parts[0]] = max(longest[parts[0]], len(parts))
        schema = [e for e in entries if e.kind in ("class", "property")]
        if schema:
            roots[" ".join(map(root, parts))] += schema
        for word in set(parts):
            if len(word) > _SHORTEST:
                words[word].append(phrase)
    yield "facts", _facts(vocabulary)
    yield "entities", ((iri, as_text(_row(term))) for iri, term in vocabulary.entities.items())
    yield "phrases", ((phrase, as_text(entries)) for phrase, entries in index.phrases.items())
    yield "longest", longest.items()
    yield "roots", ((key, as_text(entries)) for key, entries in roots.items())
    yield "words", ((word, as_text(phrases), word[::-1], len(word)) for word, phrases in words.items())


def _facts(vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    yield "format", as_text(FORMAT)
    yield "claims", as_text(vocabulary.has_claims)
    yield "classes", as_text([_row(term) for term in vocabulary.classes.values()])
    yield "properties", as_text([_row(term) for term in vocabulary.properties.values()])
    yield "usages", as_text([_row(usage) for usage in vocabulary.usages])
    terms = vocabulary.claim_terms
    yield "claim_terms", as_text(None if terms is None else terms.to_data())
    for name in _counted():
        yield f"counted {name}", as_text(_packed(getattr(vocabulary, name)))


def entity_text(term: EntityTerm) -> str:
    """Return the row of a thing."""
    return as_text(_row(term))


def entries_text(entries: Sequence[tuple[str, str, float, bool]]) -> str:
    """Return the row of a phrase."""
    return as_text(entries)


def write_facts(schema: Vocabulary, path: Path, things: Mapping[str, EntityTerm]) -> None:
    """Write what is read whole, once things and phrases are in the file.

    Args:
        schema: a vocabulary of classes, properties and usage alone.
        path: the file.
        things: those of the file, or as many of the same kinds.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    file = _File(connection)
    schema.entities = cast("dict[str, EntityTerm]", things)
    schema.index = _StoredIndex(file)
    connection.executemany("INSERT INTO facts VALUES (?, ?)", list(_facts(schema)))
    connection.close()


def _counted() -> list[str]:
    """Return the names of what a vocabulary counts over all of its entities when first asked."""
    return [name for name, value in vars(Vocabulary).items() if isinstance(value, cached_property)]


def _packed(value: Any) -> Any:
    return {"set": sorted(value)} if isinstance(value, (set, frozenset)) else value


def _unpacked(value: Any) -> Any:
    return frozenset(map(_frozen, value["set"])) if isinstance(value, dict) and set(value) == {"set"} else value


def _row(term: Any) -> list[Any]:
    """Return the fields of a term; ``dataclasses.astuple`` would copy all that is in them."""
    return [getattr(term, name) for name in _FIELDS[type(term)]]


_FIELDS = {kind: [f.name for f in fields(kind)] for kind in (ClassTerm, PropertyTerm, EntityTerm, Usage)}
as_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def open_vocabulary(path: Path) -> Vocabulary:
    """Open the file that :func:`write_vocabulary` wrote.

    Raises:
        ValueError: it is not such a file, or another version wrote it.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )
    try:
        facts = {name: json.loads(value) for name, value in connection.execute("SELECT name, value FROM facts")}
        if facts.get("format") != FORMAT:
            connection.close()
            raise ValueError(f"{path}: another version wrote this vocabulary. Build it again.")
        return _Stored(facts, _File(connection))
    except (sqlite3.Error, KeyError, TypeError) as error:
        connection.close()
        raise ValueError(f"{path}: not a vocabulary: {error}. Build it again.") from error


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


class _File:
    """The open file that the tables of one vocabulary share; closed once nothing reads it any more."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        weakref.finalize(self, connection.close)

    def rows(self, query: str, values: tuple[Any, ...]) -> list[Any]:
        """Return the rows of a query."""
        with self._lock:  # one connection serves the threads in which questions run
            return self._connection.execute(query, values).fetchall()

    def stream(self, query: str) -> Iterator[Any]:
        """Yield the rows of a query, which may be more than memory holds."""
        with self._lock:
            cursor = self._connection.cursor().execute(query)
        while True:
            with self._lock:
                rows = cursor.fetchmany(1_000)
            if not rows:
                return
            yield from rows


class _Table(Mapping[str, V], Generic[V]):
    """A table seen as a mapping, one row fetched at a time."""

    def __init__(self, file: _File, name: str, make: Callable[[Any], V]) -> None:
        self._file = file
        self._name = name
        self._make = make
        self._get = lru_cache(maxsize=_ROWS_KEPT)(self._fetch)

    def _rows(self, columns: str, further: str = "", *values: Any) -> list[Any]:
        query = f"SELECT {columns} FROM {self._name} {further}"  # noqa: S608 - our own names
        return self._file.rows(query, values)

    def _fetch(self, key: str) -> V | None:
        rows = self._rows("value", "WHERE key = ?", key)
        return self._make(rows[0][0]) if rows else None

    def __getitem__(self, key: str) -> V:
        found = self._get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        return (row[0] for row in self._rows("key"))

    def __len__(self) -> int:
        return int(self._rows("count(*)")[0][0])

    def items(self) -> Any:
        """Yield every row; for what must look at all of them."""
        rows = self._file.stream(f"SELECT key, value FROM {self._name}")  # noqa: S608 - our own names
        return ((key, self._make(value)) for key, value in rows)

    def values(self) -> Any:
        """Yield every value."""
        return (value for _, value in self.items())

    def begin(self, column: str, start: str, limit: int = -1) -> list[str]:
        """Return the keys of the rows that begin so in a column, in its order where there is a limit."""
        further = f"WHERE {column} >= ? AND {column} < ?" + (f" ORDER BY {column} LIMIT ?" if limit >= 0 else "")
        values = (start, start + "\U0010ffff", *((limit,) if limit >= 0 else ()))
        return [row[0] for row in self._rows("key", further, *values)]

    def sized(self, low: int, high: int) -> list[str]:
        """Return the keys of so many characters."""
        return [row[0] for row in self._rows("key", "WHERE size BETWEEN ? AND ?", low, high)]


class _StoredIndex(LabelIndex):
    """The label index over tables."""

    def __init__(self, file: _File) -> None:
        super().__init__({})
        entries = _entries
        self.phrases = cast("dict[str, list[Entry]]", _Table(file, "phrases", entries))
        self._longest = cast("dict[str, int]", _Table(file, "longest", int))
        self._roots = cast("dict[str, list[Entry]]", _Table(file, "roots", entries))
        self._known: _Table[list[str]] = _Table(file, "words", json.loads)

    def words(self) -> dict[str, list[str]]:
        """Return every single word and the phrases it occurs in."""
        return cast("dict[str, list[str]]", self._known)

    def phrases_beginning(self, start: str, limit: int) -> list[str]:
        """Return phrases that begin so, in alphabetical order."""
        return cast("_Table[list[Entry]]", self.phrases).begin("key", start, limit)

    def words_beginning(self, start: str, limit: int) -> list[str]:
        """Return words of phrases that begin so, in alphabetical order."""
        return self._known.begin("key", start, limit)

    def near(self, word: str, limit: int = 3, *, loose: bool = False) -> list[str]:
        """Return known words that a misspelt word may stand for, nearest first.

        A slip leaves one end of a word as it is, so only words with the same beginning or ending are compared;
        all words of about its length only where none of those is near.
        """
        if len(word) < (4 if loose else 5):
            return []
        allowed = (1 if len(word) < 8 else 2) + (1 if loose else 0)
        piece = max(2, len(word) // (allowed + 1))
        pools = (
            lambda: {
                *self._known.begin("key", word[:piece]),
                *self._known.begin("turned", word[: -piece - 1 : -1]),
            },
            lambda: self._known.sized(len(word) - allowed, len(word) + allowed),
        )
        for pool in pools:
            found = _nearest(word, pool(), allowed, limit)
            if found:
                return found
        return []


def _nearest(word: str, known: Iterable[str], allowed: int, limit: int) -> list[str]:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    found = process.extract(word, list(known), scorer=OSA.distance, score_cutoff=allowed, limit=limit * 3)
    best = [(score + (0 if hit[:1] == word[:1] else 0.5), hit) for hit, score, _ in found]
    return [hit for _, hit in sorted(best)[:limit]]


def _entries(value: str) -> list[Entry]:
    return [Entry(*entry) for entry in json.loads(value)]


def _entity(value: str) -> EntityTerm:
    return EntityTerm(*map(_frozen, json.loads(value)))


class _Stored(Vocabulary):
    """A vocabulary whose entities and phrases stay on disk."""

    def __init__(self, facts: Mapping[str, Any], file: _File) -> None:
        parts = Parts()
        parts.classes = {row[0]: ClassTerm(*map(_frozen, row)) for row in facts["classes"]}
        parts.properties = {row[0]: PropertyTerm(*map(_frozen, row)) for row in facts["properties"]}
        parts.usages = [Usage(*row) for row in facts["usages"]]
        super().__init__(parts, {}, has_claims=facts["claims"])
        self.entities = cast("dict[str, EntityTerm]", _Table(file, "entities", _entity))
        self.index = _StoredIndex(file)
        if facts["claim_terms"] is not None:
            self.claim_terms = ClaimTerms.from_data(facts["claim_terms"])
        for name in _counted():
            self.__dict__[name] = _unpacked(facts[f"counted {name}"])
