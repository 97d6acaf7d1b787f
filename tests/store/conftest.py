"""A store with two sources, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg.store import DiskStore, open_store

Says = Callable[[Path], set[str]]


@pytest.fixture
def says() -> Says:
    """Return the statements of a store, as strings."""
    from kg.store import store_dataset

    return lambda path: set(map(str, store_dataset(path).engine.quads()))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with files to load."""
    folder = tmp_path / "project"
    folder.mkdir()
    prefix = "@prefix ex: <http://example.com/> .\n"
    (folder / "a.ttl").write_text(prefix + "ex:a ex:p 1, 2 .\n", encoding="utf-8")
    (folder / "b.ttl").write_text(prefix + "ex:b ex:p 3 .\n", encoding="utf-8")
    (folder / "c.trig").write_text(
        prefix + "ex:g { ex:c ex:p 4, 5 . [] ex:q 6 } ex:c ex:r 7 .\n", encoding="utf-8"
    )
    (folder / "d.trig").write_text(prefix + "ex:g { ex:c ex:p 5, 8 }\n", encoding="utf-8")
    (folder / "broken.ttl").write_text(prefix + "ex:a ex:p 1, .\n", encoding="utf-8")
    return folder


@pytest.fixture
def store(project: Path) -> DiskStore:
    """An empty store beside them."""
    return open_store(project / "store", create=True, wait=0.2)
