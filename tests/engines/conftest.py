"""Every engine behind one interface, each over the same file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest
import rdflib
from engines.servers import REMOTE, Virtuoso, kgq_serve, oxigraph_serve, virtuoso_serve
from pyoxigraph import RdfFormat, Store

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.engines.rdf_lib import RdflibEngine
from kg.opening import open_dataset

Opened: TypeAlias = Callable[[str, Path], Dataset]
Served: TypeAlias = Callable[[str, Path], str]


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """One Virtuoso for all files of a single graph."""
    with virtuoso_serve(tmp_path_factory.mktemp("virtuoso")) as running:
        yield running


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Served]:
    """Serve a file by a server of some name; return the address. Each pair is served once."""
    known: dict[tuple[str, Path], str] = {}
    with ExitStack() as stack:

        def serve(name: str, file: Path) -> str:
            if (name, file) not in known:
                folder = tmp_path_factory.mktemp(name)
                if name == "kgq":
                    known[name, file] = stack.enter_context(kgq_serve(file, folder))
                elif name == "oxigraph":
                    known[name, file] = stack.enter_context(oxigraph_serve([file], folder))
                elif file.suffix == ".nq":
                    # Its default graph is all that a server holds, so the server may hold nothing else.
                    known[name, file] = stack.enter_context(virtuoso_serve(folder)).load(file)
                else:
                    known[name, file] = request.getfixturevalue("virtuoso").load(file)
            return known[name, file]

        yield serve


@pytest.fixture(scope="session")
def dataset_of(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Open a file by an engine of some name."""
    known: dict[tuple[str, Path], Dataset] = {}

    def open_by(name: str, file: Path) -> Dataset:
        if (name, file) not in known:
            known[name, file] = _open(name, file)
        return known[name, file]

    def _open(name: str, file: Path) -> Dataset:
        form = RdfFormat.from_extension(file.suffix[1:])
        if name in REMOTE:
            return open_dataset(served(name, file))
        if name == "rdflib":
            graph = rdflib.Dataset() if file.suffix in (".nq", ".trig") else rdflib.Graph()
            graph.parse(file)
            return Dataset(RdflibEngine(graph))
        store = Store() if name == "memory" else Store(str(tmp_path_factory.mktemp("disk") / "store"))
        store.load(path=str(file), format=form)
        return Dataset(OxigraphEngine(store))

    return open_by
