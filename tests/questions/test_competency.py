"""The project's competency questions: every one answered as it says, or reported as not stated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from kg.knowledge_graph import KnowledgeGraph, open_graph
from kg.resources import ontology_folder

QUESTIONS: list[dict[str, Any]] = yaml.load(
    (ontology_folder() / "questions.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
)


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    return open_graph()


@pytest.mark.parametrize("expected", QUESTIONS, ids=[q["id"] for q in QUESTIONS])
def test_a_competency_question_gets_the_answer_it_names(
    graph: KnowledgeGraph, expected: Mapping[str, Any]
) -> None:
    answer = graph.query(expected["question"])
    assert answer.status == expected["status"]
    if "boolean" in expected:
        assert answer.boolean is expected["boolean"]
    if expected.get("answers"):
        assert {row.cells[0].value for row in answer.rows if row.cells[0]} == set(expected["answers"])
    quotes = [evidence.quote for row in answer.rows for evidence in row.evidence]
    for wanted in expected.get("evidence", ()):
        assert any(wanted in quote or quote in wanted for quote in quotes), wanted
