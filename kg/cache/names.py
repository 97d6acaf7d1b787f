"""The names of a graph that lies elsewhere, kept in a file: found exactly, by words, and misspelt."""

from __future__ import annotations

import re
import sqlite3
import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.dataset import Dataset
from kg.lookup.names import ALIASES, NAMING, Names, key_of
from kg.terms import lexical, local_name
from kg.vocabulary.survey import Ask

__all__ = ["RemoteNames", "StoredNames", "write_names"]

_SCHEMA = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
CREATE TABLE names (number INTEGER PRIMARY KEY, iri TEXT, rank INTEGER, lang TEXT, text TEXT, key TEXT, slug TEXT);
CREATE TABLE quotes (number INTEGER PRIMARY KEY, claim TEXT, id TEXT, quote TEXT, heading TEXT);
CREATE TABLE words (word TEXT PRIMARY KEY, turned TEXT, size INTEGER) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX by_key ON names (key);
CREATE INDEX by_slug ON names (slug);
CREATE INDEX by_iri ON names (iri);
CREATE VIRTUAL TABLE found USING fts5(text,
  content='names', content_rowid='number', tokenize='unicode61 remove_diacritics 0');
INSERT INTO found(found) VALUES ('rebuild');
CREATE VIRTUAL TABLE cited USING fts5(quote,
  content='quotes', content_rowid='number', tokenize='unicode61 remove_diacritics 0');
INSERT INTO cited(cited) VALUES ('rebuild');
CREATE VIRTUAL TABLE known USING fts5vocab(found, row);
"""
_LABELS = "SELECT ?x ?label {{ ?x {} ?label }}"
_QUOTES = """SELECT ?claim ?id ?quote ?heading { ?claim kgq:hasEvidence ?evidence .
  ?evidence oa:hasSelector ?selector . ?selector oa:exact ?quote .
  OPTIONAL { ?evidence kgq:sectionHeading ?heading } OPTIONAL { ?claim dcterms:identifier ?id } }"""
_MOST = 2_000
_WORD = re.compile(r"\w+")


def write_names(ask: Ask, path: Path, *, claims: bool) -> None:
    """Write the names of a graph, and the quotes of one with claims, to a new file, as they arrive.

    Raises:
        sqlite3.Error: it cannot be written.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        for property_ in NAMING:
            connection.executemany(
                "INSERT INTO names (iri, rank, lang, text, key, slug) VALUES (?, ?, ?, ?, ?, ?)",
                _named(ask(_LABELS.format(property_)), ALIASES.get(property_, 0)),
            )
        if claims:
            rows = (tuple(map(lexical, row)) for row in ask(_QUOTES))
            connection.executemany("INSERT INTO quotes (claim, id, quote, heading) VALUES (?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)
        words = connection.cursor().execute("SELECT term FROM known")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT OR IGNORE INTO words VALUES (?, ?, ?)", ((w, w[::-1], len(w)) for (w,) in words)
        )
        connection.execute("CREATE INDEX turned ON words (turned)")
        connection.execute("COMMIT")
    finally:
        connection.close()


def _named(rows: Iterable[Sequence[Any]], rank: int) -> Iterator[tuple[Any, ...]]:
    for node, label in rows:
        if isinstance(node, NamedNode) and isinstance(label, Literal):
            slug = local_name(node.value).casefold()
            yield node.value, rank, label.language or "", label.value, key_of(label.value), slug


class StoredNames(Names):
    """Names over the file that :func:`write_names` wrote.

    Args:
        dataset: what they are names of; what the file does not hold is asked of it.
        path: the file.
        lang: the language of labels, where there is a choice.
    """

    def __init__(self, dataset: Dataset, path: Path, lang: str = "en") -> None:
        super().__init__(dataset, lang)
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        weakref.finalize(self, self._connection.close)
        self._lock = threading.Lock()

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _of(self, iris: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
        wanted = list(dict.fromkeys(iris))
        found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for n in range(0, len(wanted), 500):
            part = wanted[n : n + 500]
            marks = ",".join("?" * len(part))
            query = f"SELECT iri, rank, lang, text FROM names WHERE iri IN ({marks})"  # noqa: S608 - marks alone
            for iri, rank, lang, text in self._rows(query, *part):
                found[iri].append((rank, {self._lang: 0, "": 1, "en": 2}.get(lang, 3), text))
        return {iri: [(rank, text) for rank, _, text in sorted(set(names))] for iri, names in found.items()}

    @cached_property
    def labels(self) -> dict[str, list[tuple[int, str]]]:
        """Every name of each IRI: all of them are read, which only what is asked about the whole graph needs."""
        return self._of(iri for (iri,) in self._rows("SELECT DISTINCT iri FROM names"))

    def of(self, iri: str) -> list[tuple[int, str]]:
        """Return the names of one IRI, best first."""
        if iri not in self._looked_up:
            self._looked_up[iri] = self._of([iri]).get(iri, [])
        return self._looked_up[iri]

    def learn(self, iris: Iterable[str]) -> None:
        """Look up the names of many IRIs at once."""
        new = [iri for iri in dict.fromkeys(iris) if iri not in self._looked_up]
        found = self._of(new)
        self._looked_up.update({iri: found.get(iri, []) for iri in new})

    def _called(self, name: str) -> list[tuple[int, str]]:
        rows = self._rows("SELECT rank, iri FROM names WHERE key = ?", key_of(name))
        return [(rank, iri) for rank, iri in rows]

    def _slugged(self, name: str) -> list[str]:
        return [iri for (iri,) in self._rows("SELECT DISTINCT iri FROM names WHERE slug = ?", name.casefold())]

    def holding(self, words: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
        """Return the names of what has a word in its names, one that begins so, or one that it may misspell."""
        found: dict[str, None] = {}
        forms = {form: None for word in words for form in (*self._beginning(word), *self._near(word))}
        for form in forms:
            query = "SELECT DISTINCT iri FROM names JOIN found ON number = found.rowid WHERE found MATCH ? LIMIT ?"
            found.update(dict.fromkeys(iri for (iri,) in self._rows(query, f'"{form}"', _MOST)))
        return self._of(found)

    def quotes(self, words: Sequence[str]) -> list[tuple[str, str, str, str]]:
        """Return (claim, identifier, quote, heading) of the quotes that hold some words, or begin so."""
        wanted = " OR ".join(f'"{word}"*' for word in words)
        query = (
            "SELECT claim, id, q.quote, heading FROM quotes q JOIN cited ON number = cited.rowid"
            " WHERE cited MATCH ? LIMIT ?"
        )
        return [(c, i, q, h) for c, i, q, h in self._rows(query, wanted, _MOST)]

    def _beginning(self, word: str) -> list[str]:
        query = "SELECT word FROM words WHERE word >= ? AND word < ? ORDER BY size LIMIT 50"
        return [found for (found,) in self._rows(query, word, word + "\U0010ffff")] if len(word) > 1 else [word]

    def _near(self, word: str) -> list[str]:
        """Return known words that differ by a slip or two; a slip leaves one end of a word as it is."""
        if len(word) < 4 or self._rows("SELECT 1 FROM words WHERE word = ?", word):
            return []
        from rapidfuzz import fuzz, process

        piece = max(2, len(word) // 3)
        pool = {
            found
            for column, start in (("word", word[:piece]), ("turned", word[: -piece - 1 : -1]))
            for (found,) in self._rows(
                f"SELECT word FROM words WHERE {column} >= ? AND {column} < ?",  # noqa: S608 - our own names
                start,
                start + "\U0010ffff",
            )
        }
        return [hit for hit, _, _ in process.extract(word, pool, scorer=fuzz.ratio, score_cutoff=75.0, limit=10)]

    def _pools(self, name: str) -> Iterator[dict[str, list[tuple[int, str]]]]:
        yield self.holding(_WORD.findall(name.casefold()))


class RemoteNames(Names):
    """Names of a large graph that lies elsewhere, looked up as they are written; where that fails, all are read.

    Args:
        dataset: what they are names of.
        read: reads them all, and keeps them.
        lang: the language of labels, where there is a choice.
    """

    def __init__(self, dataset: Dataset, read: Callable[[], StoredNames], lang: str = "en") -> None:
        super().__init__(dataset, lang, lambda: True)
        self._read = read

    @cached_property
    def _all(self) -> StoredNames:
        return self._read()

    @cached_property
    def labels(self) -> dict[str, list[tuple[int, str]]]:
        """Every name of each IRI."""
        return self._all.labels

    def _called(self, name: str) -> list[tuple[int, str]]:
        return self._all._called(name)

    def _slugged(self, name: str) -> list[str]:
        return self._all._slugged(name)

    def _pools(self, name: str) -> Iterator[dict[str, list[tuple[int, str]]]]:
        yield self.holding(_WORD.findall(name.casefold()))

    def holding(self, words: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
        """Return the names of what has a word in its names, one that begins so, or one that it may misspell."""
        return self._all.holding(words)

    def quotes(self, words: Sequence[str]) -> list[tuple[str, str, str, str]]:
        """Return (claim, identifier, quote, heading) of the quotes that hold some words, or begin so."""
        return self._all.quotes(words)
