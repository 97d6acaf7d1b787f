"""The graphs of the question packs, each opened once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import pytest
from pyoxigraph import RdfFormat, Store

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.vocabulary import Vocabulary

GRAPHS = Path(__file__).parent / "graphs"
Opened: TypeAlias = Callable[[str], tuple[Dataset, Vocabulary]]


@lru_cache
def open_graph(name: str) -> tuple[Dataset, Vocabulary]:
    store = Store()
    store.load(path=str(GRAPHS / f"{name}.ttl"), format=RdfFormat.TURTLE)
    dataset = Dataset(OxigraphEngine(store))
    return dataset, Vocabulary.from_dataset(dataset)


@pytest.fixture(scope="session")
def opened() -> Opened:
    """Open a graph of the packs by its name."""
    return open_graph
