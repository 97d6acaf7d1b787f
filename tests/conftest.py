"""What several tests stand on: the small graph with claims, opened once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def claims_file() -> Path:
    """The hand-written graph with stated, inferred and background claims."""
    return DATA / "claims.trig"


@pytest.fixture(scope="session")
def claims_dataset(claims_file: Path) -> Dataset:
    """That graph, in the embedded engine."""
    engine = OxigraphEngine()
    engine.store.load(path=str(claims_file), format=RdfFormat.TRIG)
    return Dataset(engine)
