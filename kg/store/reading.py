"""A store opened to be asked; imports no more than that takes, for a question waits for it."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Store

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.errors import KgError, SourceError
from kg.store.disk import disk_errors
from kg.store.folder import Reading, StoreFolder
from kg.store.generation import Facts

__all__ = ["StoreEngine", "read_dataset", "store_dataset"]


class StoreEngine(OxigraphEngine):
    """A state of a store, read from disk; it stays as it is whatever others write.

    Args:
        reading: the state, held as long as the engine is.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        if reading.generation is None:
            super().__init__()
        else:
            with disk_errors(reading.generation.path.parents[1], "read"):
                super().__init__(Store.read_only(str(reading.generation.data)))
        self.content = reading.identity

    def failure(self, error: Exception) -> KgError:
        """Return what to raise for what the engine reports while it reads: where files are damaged, what helps."""
        if self.reading.generation is not None:
            try:
                with disk_errors(self.reading.generation.path.parents[1], "read"):
                    raise error
            except SourceError as found:
                return found
            except (KgError, ValueError):
                pass
        return super().failure(error)


def store_dataset(path: str | Path, *, union: bool | None = None) -> Dataset:
    """Open the newest state of a store for reading.

    Args:
        path: the folder.
        union: whether the default graph is the union of all; by default where sources were loaded, each of which
            has a graph of its own, or where the data holds claims.

    Raises:
        SourceError: it is no store, damaged, or of a later version of kgq.
    """
    return read_dataset(StoreFolder(Path(path)).reading(), union=union)


def read_dataset(reading: Reading, *, union: bool | None = None) -> Dataset:
    """Open a state of a store that is held; :func:`store_dataset` says how."""
    facts = Facts() if reading.generation is None else reading.generation.facts()
    engine = StoreEngine(reading)
    found = Dataset(engine, prefixes=facts.prefixes, union=union, version=reading.identity)
    if union is None and any(graph for record in facts.sources.values() for graph in record.graphs):
        found.union = True
    return found
