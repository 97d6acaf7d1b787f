"""Opens the graph a nursery will share: RDF files in memory, or a state of a store."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pyoxigraph import RdfFormat

from kg.engines.oxigraph import OxigraphEngine
from kg.server.reader import store_of
from kg.terms import PREFIXES

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.server.settings import Settings
    from kg.store.folder import Reading, StoreFolder

__all__ = ["Newest", "Opened", "open_files", "open_newest", "open_state", "told"]

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


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest state of a store, held for readers.

    Attributes:
        reading: what holds it.
        opened: what readers need to know of it.
        dump: a file of all it says, to be removed once that is in memory; empty where readers open the state.
    """

    reading: Reading
    opened: Opened
    dump: str

    @property
    def snapshot(self) -> str:
        """What readers open; empty for a graph in memory."""
        generation = self.reading.generation
        return "" if self.dump or generation is None else str(generation.data)


def open_newest(folder: StoreFolder, *, union: bool | None, small: bool) -> Newest:
    """Hold the newest state of a store for readers.

    Args:
        folder: the store.
        union: whether the default graph is the union of all graphs; None to go by the data.
        small: whether a small store is dumped, to be answered from memory.

    Raises:
        SourceError: the store is damaged.
    """
    reading = folder.reading()
    place = Path(tempfile.gettempdir()) / f"kgq-{secrets.token_hex(8)}.nq"
    try:
        opened = open_state(reading, union=union, dump=str(place) if small else "")
    except BaseException:
        place.unlink(missing_ok=True)
        reading.close()
        raise
    return Newest(reading, opened, str(place) if place.exists() else "")


def told(settings: Settings, newest: Newest | None, relay: str) -> dict[str, Any]:
    """Return what a nursery is told.

    Args:
        settings: what the operator said.
        newest: the state of a store; None where files are served.
        relay: address that SERVICE calls go through; empty where they are refused.
    """
    dump = newest.dump if newest else ""
    return {
        "sources": [dump] if dump else [str(path) for path in settings.sources],
        "on_disk": newest is not None and not dump,
        "union": newest.opened.union if newest else settings.union,
        "prefixes": dict(newest.opened.prefixes) if newest else {},
        "rows": settings.limits.rows,
        "size": settings.limits.size,
        "memory": settings.limits.memory,
        "relay": relay,
    }


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
