"""Sorts more quads, or other items, than memory holds: in parts, which wait in files and are merged."""

from __future__ import annotations

import heapq
import marshal
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

from pyoxigraph import Quad, RdfFormat, Triple, parse

from kg.terms import PREFIXES

__all__ = ["IN_MEMORY", "order_of", "sorted_items", "sorted_quads"]

IN_MEMORY = 100_000
"""Items that are sorted at once."""
_BATCH = 1_000
_FILES = 128
"""Files that are merged at once."""
_TYPE = PREFIXES["rdf"] + "type"

T = TypeVar("T")
_Record = tuple[str, str, bool, str, str, str]


def order_of(quad: Quad) -> tuple[str, str, bool, str, str]:
    """Return what quads are sorted by: graph, subject, classes first, predicate, object."""
    predicate = quad.predicate.value
    return str(quad.graph_name), str(quad.subject), predicate != _TYPE, predicate, str(quad.object)


def sorted_quads(quads: Iterable[Quad], most: int = IN_MEMORY) -> Iterator[Quad]:
    """Yield quads in order, each once.

    >>> from pyoxigraph import Literal, NamedNode
    >>> twice = [Quad(NamedNode("http://e/b"), NamedNode("http://e/p"), Literal(n)) for n in (2, 1, 2)]
    >>> [quad.object.value for quad in sorted_quads(twice, most=2)]
    ['1', '2']
    """
    rest = iter(quads)
    first = list(islice(rest, most))
    if len(first) < most:
        yield from _once(sorted(first, key=order_of))
        return
    records = (_record(quad) for quad in chain(first, rest))
    yield from _read_quads(_once(_merged(records, most)))


def sorted_items(items: Iterable[T], most: int = IN_MEMORY) -> Iterator[T]:
    """Yield items in order, each once: texts, bytes, or tuples of such and of numbers.

    >>> list(sorted_items(["b", "a", "b"], most=2))
    ['a', 'b']
    """
    return _once(_merged(items, most))


def _merged(items: Iterable[T], most: int) -> Iterator[T]:
    """Yield items in order; more than fit are written to files in parts."""
    rest = iter(items)
    first = sorted(islice(rest, most))  # type: ignore[type-var]
    if len(first) < most:
        yield from first
        return
    with tempfile.TemporaryDirectory(prefix="kgq-sorting-") as folder:
        place = Path(folder)
        runs = [_written(first, place / "0")]
        del first
        while part := sorted(islice(rest, most)):  # type: ignore[type-var]
            if len(runs) == _FILES:
                runs = [_joined(runs, place)]
            runs.append(_written(part, place / str(len(runs))))
            del part
        yield from heapq.merge(*map(_read, runs))


def _joined(runs: list[Path], place: Path) -> Path:
    """Merge files into one, which takes the place of the first."""
    joined = _written(heapq.merge(*map(_read, runs)), place / "joined")
    for run in runs:
        run.unlink()
    return joined.replace(place / "0")


def _written(items: Iterable[T], path: Path) -> Path:
    rest = iter(items)
    with path.open("wb") as out:
        while batch := list(islice(rest, _BATCH)):
            marshal.dump(batch, out)
    return path


def _read(path: Path) -> Iterator[Any]:
    with path.open("rb") as stream:
        while stream.peek(1):
            yield from marshal.load(stream)  # noqa: S302 - written a moment ago, into a folder of our own


def _once(items: Iterable[T]) -> Iterator[T]:
    last: T | None = None
    for item in items:
        if item != last:
            yield item
        last = item


def _record(quad: Quad) -> _Record:
    return (*order_of(quad), f"{quad} .\n" if isinstance(quad.object, Triple) else "")


def _read_quads(records: Iterable[_Record]) -> Iterator[Quad]:
    rest = iter(records)
    while batch := list(islice(rest, _BATCH)):
        text = "".join(map(_line, batch))
        yield from parse(text.encode("utf-8", "surrogatepass"), format=RdfFormat.N_QUADS, lenient=True)


def _line(record: _Record) -> str:
    graph, subject, _, predicate, object_, whole = record
    return whole or f"{subject} <{predicate}> {object_} {'' if graph == 'DEFAULT' else graph} .\n"
