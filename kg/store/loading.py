"""Sources into a store: as fast as the engine reads where it can, graph by graph where it must."""

from __future__ import annotations

import io
import mmap
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store, Triple

from kg.errors import SourceError
from kg.reading.quads import native, said_by
from kg.reading.sources import SourceFile
from kg.store.generation import Facts
from kg.store.sources import DEFAULT_GRAPH, SharedGraphs, graph_of, node_of
from kg.syntaxes import RDF_SYNTAXES

__all__ = ["Filler", "Progress", "Report", "prefixes_of"]

_EVERY = 0.2
_TRIPLES = frozenset({"turtle", "ntriples", "n3", "rdfxml"})
_PLAIN = frozenset({"turtle", "ntriples", "n3"})
_HEAD = 1 << 20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something has come.

    Attributes:
        step: what is done now.
        done: bytes read.
        total: bytes there are; 0 if unknown.
        seconds: since it began.
    """

    step: str
    done: int = 0
    total: int = 0
    seconds: float = 0.0


Report = Callable[[Progress], None]


def prefixes_of(source: SourceFile) -> dict[str, str]:
    """Return the prefixes that RDF in a file declares before its first statement."""
    if source.path is None or not source.is_rdf or source.form in ("ntriples", "nquads", "jsonld"):
        return {}
    with source.open() as stream:
        found = native(io.BytesIO(stream.read(_HEAD)), source.form, source.name, source.base)
        next(found, None)
        return dict(found.prefixes)


class Filler:
    """Fills a store from sources and notes what sources say in graphs that they share.

    Args:
        engine: the store.
        shared: where that is noted.
        facts: which source brought what.
        report: called from time to time with how far it is.
    """

    def __init__(self, engine: Store, shared: SharedGraphs, facts: Facts, report: Report | None) -> None:
        self._engine = engine
        self._shared = shared
        self._facts = facts
        self._report = report

    def fill(self, source: SourceFile, called: str, *, default_graph: bool) -> set[str]:
        """Load a source and return its graphs.

        Args:
            source: what to read.
            called: its name in the store.
            default_graph: whether triples go to the default graph, and not to one of their own.

        Raises:
            SourceError: it is not valid.
        """
        with _engine_apart():
            return self._fill(source, called, DEFAULT_GRAPH if default_graph else graph_of(called))

    def _fill(self, source: SourceFile, called: str, graph: str) -> set[str]:
        if source.form in _TRIPLES and not self._taken({graph}):
            self._triples(source, graph)
            return {graph}
        if source.form == "claims":
            return self.extend(called, source.quads())
        if next(iter(self._engine), None) is None:
            return self._first(source, graph)
        return self._noting(source, called, graph)

    def extend(self, called: str, quads: Iterable[Quad]) -> set[str]:
        """Add what has been read; return its graphs."""
        found = list(quads)
        graphs = {_name(quad) for quad in found}
        taken = self._taken(graphs)
        self._shared.share(self._facts, self._engine, called, taken)
        self._engine.bulk_extend(found)
        self._keep(called, found, taken)
        return graphs

    def _triples(self, source: SourceFile, graph: str) -> None:
        """Load triples into a graph that is empty, the engine reading the file itself where that is safe."""
        path = source.path
        if path is None or source.packing or source.form not in _PLAIN or _has_triple_terms(path):
            source.load(self._engine, graph=graph or None, progress=self._told(source))
            return
        with said_by(source.name, source.form, None, source.open), _watched(path, self._report):
            self._engine.bulk_load(
                path=str(path),
                format=RDF_SYNTAXES[source.form],
                base_iri=None if source.form == "ntriples" else source.base,
                to_graph=node_of(graph),
            )

    def _first(self, source: SourceFile, graph: str) -> set[str]:
        """Load what may name its graphs into a store that is empty."""
        found: set[str] = set()

        def noted() -> Iterator[Quad]:
            for quad in self._placed(source, node_of(graph)):
                found.add(_name(quad))
                yield quad

        self._engine.bulk_extend(noted())
        return found

    def _noting(self, source: SourceFile, called: str, graph: str) -> set[str]:
        """Load what may name graphs that hold something; read twice, unless it comes but once."""
        if source.path is None:
            return self.extend(called, self._placed(source, node_of(graph)))
        graphs = {_name(quad) for quad in self._placed(source, node_of(graph), silent=True)}
        taken = self._taken(graphs)
        self._shared.share(self._facts, self._engine, called, taken)
        own: list[Quad] = []

        def noted() -> Iterator[Quad]:
            for quad in self._placed(source, node_of(graph)):
                if _name(quad) in taken:
                    own.append(quad)
                yield quad

        self._engine.bulk_extend(noted())
        self._keep(called, own, taken)
        return graphs

    def _taken(self, graphs: set[str]) -> set[str]:
        """Return the graphs that hold something already."""
        pattern = self._engine.quads_for_pattern
        return {graph for graph in graphs if next(pattern(None, None, None, node_of(graph)), None) is not None}

    def _keep(self, called: str, quads: list[Quad], taken: set[str]) -> None:
        own = [quad for quad in quads if _name(quad) in taken]
        if own:
            self._shared.write(called, own)

    def _placed(
        self, source: SourceFile, target: NamedNode | DefaultGraph, *, silent: bool = False
    ) -> Iterator[Quad]:
        """Yield the quads of a source: triples in the graph given, blank nodes under names of their own."""
        mark, default = secrets.token_hex(6), DefaultGraph()
        for quad in source.quads(progress=None if silent else self._told(source)):
            name = target if quad.graph_name == default else _own(quad.graph_name, mark)
            yield Quad(_own(quad.subject, mark), quad.predicate, _own(quad.object, mark), name)

    def _told(self, source: SourceFile) -> Callable[[int], None]:
        """Return what a source tells how many more bytes were read."""
        begun, done, total = time.monotonic(), 0, source.size or 0

        def told(count: int) -> None:
            nonlocal done
            done += count
            if self._report is not None:
                self._report(Progress("load", done, total, time.monotonic() - begun))

        return told


@contextmanager
def _engine_apart() -> Iterator[None]:
    """Raise what the engine could not write as that, and not as a file that cannot be read."""
    try:
        yield
    except SourceError as error:
        if isinstance(error.__cause__, (OSError, RuntimeError)) and "IO error" in str(error.__cause__):
            raise error.__cause__ from None
        raise


def _own(term: T, mark: str) -> T:
    """Return a term with its blank nodes renamed: those of two files are two, whatever they are called."""
    if isinstance(term, BlankNode):
        return BlankNode(f"{mark}x{term.value}")  # type: ignore[return-value]
    if isinstance(term, Triple):
        return Triple(_own(term.subject, mark), term.predicate, _own(term.object, mark))  # type: ignore[return-value]
    return term


def _name(quad: Quad) -> str:
    """Return the graph of a quad as sources are noted with it."""
    if isinstance(quad.graph_name, NamedNode):
        return quad.graph_name.value
    return DEFAULT_GRAPH if isinstance(quad.graph_name, DefaultGraph) else f"_:{quad.graph_name.value}"


def _has_triple_terms(path: Path) -> bool:
    """Say whether a file may hold triples in triples: too many in each other would end the engine's parser."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(b"<<") >= 0


@contextmanager
def _watched(path: Path, report: Report | None) -> Iterator[None]:
    """Report how much of a file has been read, by looking at the place of whoever has it open."""
    if report is None:
        yield
        return
    total, begun, ended = path.stat().st_size, time.monotonic(), threading.Event()

    def watch() -> None:
        while not ended.wait(_EVERY):
            report(Progress("load", min(_place(path), total), total, time.monotonic() - begun))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
        report(Progress("load", total, total, time.monotonic() - begun))
    finally:
        ended.set()
        watcher.join()


def _place(path: Path) -> int:
    """Return how far this process has read an open file; 0 where the system does not say."""
    target = str(path.resolve())
    try:
        for link in Path("/proc/self/fd").iterdir():
            if str(link.readlink()) == target:
                text = Path(f"/proc/self/fdinfo/{link.name}").read_text(encoding="ascii")
                return int(text.partition("pos:")[2].split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return 0
