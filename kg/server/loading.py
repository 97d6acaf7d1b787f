"""Opens the graph a nursery will share: RDF files in memory, or a snapshot of a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Store

from kg.engines.oxigraph import OxigraphEngine
from kg.terms import PREFIXES

__all__ = ["Opened", "open_files", "open_snapshot"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A graph, ready to be shared.

    Attributes:
        store: the graph in memory; None where readers open snapshots of a store.
        union: whether the default graph is the union of all graphs.
        prefixes: short names a query may use without declaring them.
        version: identifies the content.
    """

    store: Store | None
    union: bool
    prefixes: Mapping[str, str] = field(default_factory=dict)
    version: str = ""


def open_snapshot(data: str, place: str, *, union: bool | None) -> Opened:
    """Take a snapshot of a store on disk and say what readers of it need to know.

    Never called in a process that forks: the engine on disk has threads, and a fork would lose them.
    """
    from kg.dataset import Dataset

    store = Store(data)
    store.backup(place)
    seen = Dataset(OxigraphEngine(store), union=union)
    return Opened(None, seen.union, dict(PREFIXES) if seen.has_claims else {})


def open_files(sources: Sequence[str], *, union: bool | None) -> Opened:
    """Open RDF files, or the built-in graph where there are no sources, in memory.

    Raises:
        SourceError: a source is missing or broken.
    """
    from kg.opening import load_aside, open_dataset

    dataset = open_dataset(list(sources) or None, union=union)
    if not sources:
        load_aside(dataset)
    engine = dataset.engine
    assert isinstance(engine, OxigraphEngine)  # noqa: S101 - files and the built-in graph are opened by it
    return Opened(engine.store, dataset.union, dict(dataset.prefixes), dataset.version)
