"""What kgq writes of English gives the same answers on every server as on the embedded engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from engines.servers import REMOTE, ROOT

from kg.knowledge_graph import KnowledgeGraph, open_graph
from kg.results import Answer

if TYPE_CHECKING:
    from engines.conftest import Served

pytestmark = pytest.mark.slow

GRAPHS = Path(__file__).parents[1] / "questions" / "graphs"
SPELT = {"true": "1", "false": "0"}
EVERY = 6
"""On the slow way, that of CI, every question is asked of every server; else one in so many."""


def spelt(value: str) -> str:
    """Return a value as all servers spell it: booleans as numbers, numbers with the digits that they agree on."""
    try:
        return f"{float(SPELT.get(value, value)):.12g}"
    except ValueError:
        return value


def told(answer: Answer) -> tuple[object, ...]:
    """Return what an answer says."""
    rows = [
        (
            tuple(None if cell is None else spelt(cell.value) for cell in row.cells),
            row.kind,
            row.text,
            tuple(evidence.quote for evidence in row.evidence),
        )
        for row in answer.rows
    ]
    return answer.status, answer.boolean, rows if "ORDER BY" in (answer.sparql or "") else sorted(rows, key=str)


def compare(here: KnowledgeGraph, there: KnowledgeGraph, questions: list[str]) -> None:
    wrong = {}
    for question in questions:
        expected, found = told(here.query(question)), told(there.query(question))
        if expected != found:
            wrong[question] = (expected, found)
    assert wrong == {}


def questions_about(name: str) -> list[str]:
    pack = yaml.safe_load((GRAPHS / f"{name}.yaml").read_text(encoding="utf-8"))
    return [entry["q"] for entry in (pack if isinstance(pack, list) else pack["questions"])]


@pytest.mark.parametrize("engine", REMOTE)
@pytest.mark.parametrize("name", ["company", "films", "hospital", "packages"])
@pytest.mark.parametrize("step", [EVERY, pytest.param(1, marks=pytest.mark.slow)])
def test_questions_on_plain_rdf(engine: str, name: str, step: int, served: Served) -> None:
    file = GRAPHS / f"{name}.ttl"
    compare(open_graph(file), open_graph(served(engine, file)), questions_about(name)[::step])


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph that ships with kgq in one file, its words among it."""
    built = ROOT / "ontology" / "built"
    path = tmp_path_factory.mktemp("whole") / "whole.nq"
    path.write_bytes((built / "graph.nq").read_bytes() + (built / "aside.nq").read_bytes())
    return path


@pytest.mark.parametrize("engine", REMOTE)
@pytest.mark.parametrize("step", [6 * EVERY, pytest.param(2, marks=pytest.mark.slow)])
def test_questions_on_the_document(engine: str, step: int, served: Served, whole: Path) -> None:
    pack = yaml.safe_load((ROOT / "ontology" / "questions.yaml").read_text(encoding="utf-8"))
    asked = [entry["question"] for entry in pack][::step]
    compare(open_graph(), open_graph(served(engine, whole)), asked)
