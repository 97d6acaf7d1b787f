"""The graph that ships with kgq beside a second document that agrees, contradicts and extends."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import KnowledgeGraph, open_graph
from kg.building.build import build, write_file
from kg.building.sources import read_sources
from kg.resources import ontology_folder

LETTER = Path(__file__).parents[1] / "data" / "letter"


@pytest.fixture(scope="session")
def both_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of both documents."""
    path = tmp_path_factory.mktemp("both") / "both.nq"
    built = build(read_sources(LETTER, base=[ontology_folder()]))
    assert [str(problem) for problem in built.problems if problem.severity == "error"] == []
    write_file(built, path)
    return path


@pytest.fixture(scope="session")
def both(both_file: Path) -> KnowledgeGraph:
    """That graph, opened."""
    return open_graph(both_file)


@pytest.fixture(scope="session")
def shipped() -> KnowledgeGraph:
    """The graph that ships with kgq."""
    return open_graph()
