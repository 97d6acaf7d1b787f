"""Which source brought which graph, and how one is taken out again, also where several share a graph.

A file of triples gets a graph of its own. Files of quads keep the names of their graphs, and two of them may write
into the same one; then what each says is kept beside the engine's files, and the graph is what all of them say.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse, serialize

from kg.errors import SourceError
from kg.store.generation import Facts, Generation, SourceRecord

__all__ = ["DEFAULT_GRAPH", "SOURCE_GRAPHS", "SharedGraphs", "find_source", "graph_of", "node_of", "source_name"]

SOURCE_GRAPHS = "https://w3id.org/kgq/source/"
"""Graphs of sources are named so, followed by the name of the source."""

DEFAULT_GRAPH = ""
"""How the default graph is written where others have an IRI."""

_BY_HAND = ""


def graph_of(name: str) -> str:
    """Return the graph of a source.

    >>> graph_of("my data.ttl")
    'https://w3id.org/kgq/source/my%20data.ttl'
    """
    return SOURCE_GRAPHS + quote(name, safe="/-._~")


def node_of(graph: str) -> NamedNode | DefaultGraph:
    """Return the name of a graph as a term."""
    return NamedNode(graph) if graph else DefaultGraph()


def source_name(path: Path, project: Path) -> str:
    """Return what a source is called: its path below the folder that the store lies in, else its file's name."""
    try:
        return path.resolve().relative_to(project.resolve()).as_posix()
    except ValueError:
        return path.name


def find_source(facts: Facts, named: str, project: Path) -> SourceRecord:
    """Return the source that a user means: by its name, its path, or the last part of either.

    Raises:
        SourceError: none is meant, or several are.
    """
    if named in facts.sources:
        return facts.sources[named]
    path = str(Path(named).resolve())
    by_name = source_name(Path(named), project)
    found = [
        record
        for record in facts.sources.values()
        if record.path == path or record.name == by_name or record.name.rpartition("/")[2] == named
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise SourceError(f"'{named}' may be {', '.join(sorted(r.name for r in found))}. Give the whole name.")
    from difflib import get_close_matches

    near = get_close_matches(named, facts.sources, n=1)
    known = ", ".join(sorted(facts.sources)[:10]) or "nothing"
    raise SourceError(
        f"no source '{named}' in the store. " + (f"Did you mean '{near[0]}'?" if near else f"It holds {known}.")
    )


class SharedGraphs:
    """What sources that share a graph say, each in a file of N-Quads beside the engine's files."""

    def __init__(self, generation: Generation) -> None:
        self._folder = generation.shared

    def _file(self, source: str) -> Path:
        return self._folder / f"{hashlib.sha256(source.encode()).hexdigest()[:24]}.nq.gz"

    def has(self, source: str) -> bool:
        """Say whether a source has a file here."""
        return self._file(source).is_file()

    def write(self, source: str, quads: Iterable[Quad]) -> None:
        """Keep what a source says."""
        file = self._file(source)
        file.unlink(missing_ok=True)  # it may be the earlier generation's too
        with gzip.open(file, "wb", compresslevel=1) as stream:
            serialize(quads, output=cast("IO[bytes]", stream), format=RdfFormat.N_QUADS)

    def read(self, source: str) -> Iterator[Quad]:
        """Yield what a source says; blank nodes under the names they have in the engine."""
        if self.has(source):
            with gzip.open(self._file(source), "rb") as stream:
                yield from parse(cast("IO[bytes]", stream), format=RdfFormat.N_QUADS)

    def forget(self, source: str) -> None:
        """Remove what a source says."""
        self._file(source).unlink(missing_ok=True)

    def share(self, facts: Facts, engine: Store, source: str, graphs: set[str]) -> None:
        """Note what the present owners of graphs say, before another source writes into them."""
        for graph in sorted(graphs):
            name = node_of(graph)
            owners = [r.name for r in facts.sources.values() if graph in r.graphs and r.name != source]
            if any(self.has(owner) and self._speaks(owner, name) for owner in (*owners, _BY_HAND)):
                continue
            present = list(engine.quads_for_pattern(None, None, None, name))
            owner = owners[0] if owners else _BY_HAND
            if present:
                self.write(owner, [*self.read(owner), *present])

    def _speaks(self, source: str, graph: NamedNode | DefaultGraph) -> bool:
        return any(quad.graph_name == graph for quad in self.read(source))

    def rest(self, facts: Facts, source: str, graphs: Iterable[str]) -> list[Quad]:
        """Return what other sources say in the graphs of one that is taken out."""
        wanted = {node_of(graph) for graph in graphs}
        names = [name for name in facts.sources if name != source]
        return [quad for name in (*names, _BY_HAND) for quad in self.read(name) if quad.graph_name in wanted]
