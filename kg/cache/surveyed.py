"""The vocabulary of a graph that is not read whole, written as it arrives: client memory does not grow with it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, ValuesView
from itertools import chain, groupby, islice, repeat
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar, cast

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.cache.telling import Tell, say_nothing
from kg.cache.vocabulary import SCHEMA, as_text, entity_text, entries_text, write_facts
from kg.terms import Term, lexical
from kg.vocabulary import EntityTerm, Vocabulary
from kg.vocabulary.build import build_entity, build_schema
from kg.vocabulary.datatypes import is_number
from kg.vocabulary.reader import LABELS, SCHEMA_NAMESPACES, Facts, FactsReader
from kg.vocabulary.survey import Ask, Survey, is_fact, is_searched
from kg.vocabulary.usage import MAX_VALUE
from kg.vocabulary.words import root, stems

__all__ = ["write_surveyed"]

_STAGING = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;
CREATE TABLE types (iri TEXT, class TEXT);
CREATE TABLE labels (iri TEXT, property TEXT, text TEXT, lang TEXT);
CREATE TABLE forms (phrase TEXT, kind TEXT, key TEXT, cost REAL, inverse INTEGER);
"""
_THINGS = """SELECT iri, class, '', '' FROM types UNION ALL
  SELECT iri, '', property, text || char(9) || lang FROM labels ORDER BY 1"""
_PHRASES = """SELECT phrase, kind, key, min(cost), inverse FROM forms GROUP BY phrase, kind, key, inverse
  ORDER BY phrase, kind, key, inverse"""
_LONGEST = "INSERT INTO longest VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)"
_TYPES = "SELECT ?s ?o { ?s a ?o }"
_NAMES = "SELECT ?s ?o {{ ?s {} ?o }}"
_TEXTS = "SELECT DISTINCT ?o {{ ?s {} ?o FILTER(isLiteral(?o)) }}"
_MOST_VALUES = 100_000
_SHORTEST = 2
_TOGETHER = 1_000
"""Things whose words are made together."""
_TOLD = 10_000
_EXAMPLES = 20

T = TypeVar("T")


def write_surveyed(found: Survey, ask: Ask, path: Path, tell: Tell = say_nothing) -> None:
    """Write the vocabulary of a surveyed graph to a new file; its names and values are asked for now.

    Args:
        found: the schema and the counts.
        ask: streams the rows of a SELECT.
        path: where; a file of the same name and ``.staging`` comes and goes beside it.
        tell: told how far it is.

    Raises:
        sqlite3.Error: it cannot be written.
    """
    tell("names", 0, 0)
    aside = path.with_name(path.name + ".staging")
    staging = sqlite3.connect(aside, isolation_level=None)
    target = sqlite3.connect(path, isolation_level=None)
    try:
        staging.executescript(_STAGING)
        target.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + SCHEMA)
        staging.execute("BEGIN")
        target.execute("BEGIN")
        _stage(found, ask, staging)
        parts, nouns = build_schema(found.reader.facts, found.supers, found.classes, found.usage)
        schema = Vocabulary(parts)
        for phrase, entries in schema.index.phrases.items():
            staging.executemany(
                "INSERT INTO forms VALUES (?, ?, ?, ?, ?)", ((phrase, *entry) for entry in entries)
            )

        def build(facts: Facts, iri: str, classes: set[str]) -> EntityTerm:
            types = classes.union(*(found.supers.get(c, ()) for c in classes))
            return build_entity(facts, iri, tuple(sorted(types)), 0, nouns)

        kinds = _write_entities(found, staging, target, build, tell)
        tell("words", 0, 0)
        _write_values(schema, found, ask, staging)
        _write_phrases(staging, target)
        _write_words(staging, target)
        target.execute("COMMIT")
        target.execute("CREATE INDEX turned ON words (turned)")
        write_facts(schema, path, kinds)
    finally:
        staging.close()
        target.close()
        aside.unlink(missing_ok=True)


def _stage(found: Survey, ask: Ask, staging: sqlite3.Connection) -> None:
    rows = ((_node(s), lexical(o)) for s, o in ask(_TYPES) if isinstance(o, NamedNode))
    kept = (row for row in rows if not row[1].startswith(SCHEMA_NAMESPACES))
    staging.executemany("INSERT INTO types VALUES (?, ?)", kept)
    implied = ((iri, class_) for iri, classes in found.implied.items() for class_ in classes)
    staging.executemany("INSERT INTO types VALUES (?, ?)", implied)
    for property_ in (*LABELS, *found.naming):
        named = (
            (_node(s), property_, o.value, o.language or "")
            for s, o in ask(_NAMES.format(f"<{property_}>"))
            if isinstance(o, Literal)
        )
        staging.executemany("INSERT INTO labels VALUES (?, ?, ?, ?)", named)


def _write_entities(
    found: Survey,
    staging: sqlite3.Connection,
    target: sqlite3.Connection,
    build: Callable[[Facts, str, set[str]], EntityTerm],
    tell: Tell,
) -> _Kinds:
    """Write each thing with its words; what has its names and types read one after the other."""
    ((total,),) = staging.execute("SELECT (SELECT COUNT(*) FROM types) + (SELECT COUNT(*) FROM labels)")
    kinds = _Kinds()
    rows = _counted(staging.cursor().execute(_THINGS), total, tell)
    made = ((term, _forms(term)) for term in _terms(found, rows, build))
    while some := list(islice(made, _TOGETHER)):
        things = [(term.iri, entity_text(term)) for term, _ in some]
        target.executemany("INSERT OR IGNORE INTO entities VALUES (?, ?)", things)
        forms = (form for _, forms in some for form in forms)
        staging.executemany("INSERT INTO forms VALUES (?, 'entity', ?, ?, 0)", forms)
        for term, _ in some:
            kinds.add(term)
    return kinds


def _forms(term: EntityTerm) -> list[tuple[str, str, float]]:
    forms = ((" ".join(stems(text)), term.iri, cost) for text, cost in term.forms)
    return [form for form in forms if form[0]]


def _counted(rows: Iterable[T], total: int, tell: Tell) -> Iterator[T]:
    for number, row in enumerate(rows):
        if number % _TOLD == 0:
            tell("things", number, total)
        yield row


def _terms(
    found: Survey, rows: Iterable[Any], build: Callable[[Facts, str, set[str]], EntityTerm]
) -> Iterator[EntityTerm]:
    facts = found.reader.facts
    skip = facts.classes | facts.properties | facts.annotations
    reader = FactsReader(False, found.reader.lang)
    for number, (iri, about) in enumerate(groupby(rows, key=itemgetter(0))):
        if iri in skip:
            continue
        if number % _TOGETHER == 0:
            reader = FactsReader(False, found.reader.lang)  # one for many things: there is much in it
        classes = _gathered(reader, iri, about)
        if iri in facts.lexicon:
            reader.facts.lexicon[iri] = facts.lexicon[iri]
        yield build(reader.facts, iri, classes)


def _gathered(reader: FactsReader, iri: str, rows: Iterable[Any]) -> set[str]:
    """Take the names of a thing, and return its classes."""
    classes, names = set(), []
    for _, class_, property_, text in rows:
        if class_:
            classes.add(class_)
            continue
        value, _, tag = text.rpartition("\t")
        literal = Literal(value, language=tag) if tag else Literal(value)
        if property_ in LABELS:
            reader.take(iri, property_, literal)
        elif not tag or tag.lower().split("-")[0] == "en":
            names.append(value)
    if iri in reader.foreign:
        reader.facts.labels.setdefault(iri, reader.foreign[iri])
    for name in names:
        bucket = reader.facts.labels[iri]
        kind = "alt" if any(k == "label" for _, k in bucket) else "label"
        if all(text != name for text, _ in bucket):
            bucket.append((name, kind))
    return classes


class _Kinds(Mapping[str, EntityTerm]):
    """As many things as were added, of each kind the first ones in place of all: for counting."""

    def __init__(self) -> None:
        self._some: dict[tuple[object, ...], list[EntityTerm]] = {}
        self._number: Counter[tuple[object, ...]] = Counter()

    def add(self, term: EntityTerm) -> None:
        """Count a thing."""
        kind = (term.types, term.named, term.iri.startswith("_:"))
        self._number[kind] += 1
        some = self._some.setdefault(kind, [])
        if len(some) < (_EXAMPLES if len(self._some) < _TOGETHER else 1):
            some.append(term)

    def values(self) -> ValuesView[EntityTerm]:
        """Yield the things."""
        every = (chain(some, repeat(some[-1], self._number[k] - len(some))) for k, some in self._some.items())
        return cast("ValuesView[EntityTerm]", chain.from_iterable(every))

    def __getitem__(self, iri: str) -> EntityTerm:
        return next(term for some in self._some.values() for term in some if term.iri == iri)

    def __iter__(self) -> Iterator[str]:
        return (term.iri for term in self.values())

    def __len__(self) -> int:
        return self._number.total()


def _write_values(schema: Vocabulary, found: Survey, ask: Ask, staging: sqlite3.Connection) -> None:
    """Write the texts that a question may name; of a property with very many, some."""
    for property_ in sorted(p for p in found.sizes if is_fact(p) and is_searched(p, found)):
        term = schema.properties.get(property_)
        values = islice(ask(_TEXTS.format(f"<{property_}>")), _MOST_VALUES)
        staging.executemany(
            "INSERT INTO forms VALUES (?, 'value', ?, 0.15, 0)",
            _value_forms(property_, values, numbers=term is not None and term.identifying),
        )


def _value_forms(
    property_: str, values: Iterable[tuple[Term | None, ...]], numbers: bool
) -> Iterator[tuple[str, str]]:
    for (value,) in values:
        if not isinstance(value, Literal) or len(value.value) > MAX_VALUE:
            continue
        tag = f"@{value.language}" if value.language else value.datatype.value
        phrase = " ".join(stems(value.value))
        if phrase and (numbers or not is_number(tag)):
            yield phrase, f"{property_}\t{value.value}\t{tag}"


def _write_phrases(staging: sqlite3.Connection, target: sqlite3.Connection) -> None:
    roots: dict[str, list[Any]] = {}
    target.executemany(
        "INSERT OR REPLACE INTO longest VALUES (?, ?)", _longest(_put_phrases(staging, target, roots))
    )
    target.executemany("INSERT INTO roots VALUES (?, ?)", ((k, entries_text(e)) for k, e in roots.items()))


def _put_phrases(
    staging: sqlite3.Connection, target: sqlite3.Connection, roots: dict[str, list[Any]]
) -> Iterator[list[str]]:
    """Yield the words of each phrase, in order, as it is written."""
    for phrase, rows in groupby(staging.cursor().execute(_PHRASES), key=itemgetter(0)):
        entries = [(kind, key, round(cost, 3), bool(inverse)) for _, kind, key, cost, inverse in rows]
        target.execute("INSERT INTO phrases VALUES (?, ?)", (phrase, entries_text(entries)))
        words = phrase.split(" ")
        if schema := [e for e in entries if e[0] in ("class", "property")]:
            roots.setdefault(" ".join(map(root, words)), []).extend(schema)
        yield words


def _longest(phrases: Iterable[list[str]]) -> Iterator[tuple[str, int]]:
    """Yield how many words the longest phrase with each first word has; in order, these stand together."""
    for first, some in groupby(phrases, key=itemgetter(0)):
        yield first, max(map(len, some))


def _write_words(staging: sqlite3.Connection, target: sqlite3.Connection) -> None:
    staging.execute("CREATE TABLE words (word TEXT, phrase TEXT)")
    pairs = (
        (word, phrase)
        for (phrase,) in target.cursor().execute("SELECT key FROM phrases")
        for word in set(phrase.split(" "))
        if len(word) > _SHORTEST
    )
    staging.executemany("INSERT INTO words VALUES (?, ?)", pairs)
    ordered = staging.cursor().execute("SELECT word, phrase FROM words ORDER BY word")
    for word, rows in groupby(ordered, key=itemgetter(0)):
        phrases = [phrase for _, phrase in islice(rows, 1_000)]
        target.execute(
            "INSERT OR IGNORE INTO words VALUES (?, ?, ?, ?)", (word, as_text(phrases), word[::-1], len(word))
        )


def _node(term: Term | None) -> str:
    return f"_:{term.value}" if isinstance(term, BlankNode) else lexical(term)
