"""Opens the graph a nursery will share: RDF files in memory, or a state of a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, cast

from pyoxigraph import RdfFormat

from kg.engines.oxigraph import OxigraphEngine
from kg.server.reader import store_of
from kg.terms import PREFIXES

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.store.folder import Reading

__all__ = ["Opened", "open_files", "open_state"]

_SMALL = 200_000
_QUICK = 20_000
"""Quads of which a vocabulary is built in a blink; beyond that a process of its own does it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A graph, ready to be shared.

    Attributes:
        graph: the graph in memory; None where readers open snapshots of a store.
        union: whether the default graph is the union of all graphs.
        prefixes: short names a query may use without declaring them.
        version: identifies the content.
    """

    graph: KnowledgeGraph | None
    union: bool
    prefixes: Mapping[str, str] = field(default_factory=dict)
    version: str = ""


def open_state(reading: Reading, *, union: bool | None, dump: str = "") -> Opened:
    """Say what readers of a state of a store need to know.

    A small store that nobody writes to is dumped to the file ``dump`` too: from memory it is answered twice as
    fast.

    Never called in a process that forks: the engine on disk has threads, and a fork would lose them.

    Raises:
        SourceError: the store is damaged.
    """
    from kg.store.reading import read_dataset

    seen = read_dataset(reading, union=union)
    store = cast("OxigraphEngine", seen.engine).store
    size = sum(1 for _ in islice(store.quads_for_pattern(None, None, None), _SMALL + 1)) if dump else 0
    if 0 < size <= _SMALL:
        store.dump(output=dump, format=RdfFormat.N_QUADS)
    own = {} if reading.generation is None else reading.generation.facts().prefixes
    return Opened(None, seen.union, {**(PREFIXES if seen.has_claims else {}), **own})


def open_files(sources: Sequence[str], *, union: bool | None) -> Opened:
    """Open RDF files, or the built-in graph where there are no sources, in memory.

    Raises:
        SourceError: a source is missing or broken.
    """
    from kg.cache.files import cache_folder
    from kg.knowledge_graph import KnowledgeGraph
    from kg.opening import open_dataset

    graph = KnowledgeGraph(open_dataset(list(sources) or None, union=union), built_in=not sources)
    dataset = graph.dataset
    quick = _SMALL if cache_folder() is None else _QUICK
    if not sources or len(store_of(graph)) < quick:
        _ = graph.vocabulary, graph.names  # made once here, shared by every reader
    return Opened(graph, dataset.union, dict(dataset.prefixes), dataset.version)
