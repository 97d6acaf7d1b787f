"""Questions on the document as people ask them: what it supports is answered, what it does not is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.knowledge_graph import KnowledgeGraph, open_graph
from kg.results import Answer

PACK = Path(__file__).parent.parent / "data" / "document_questions.yaml"
QUESTIONS: list[dict[str, Any]] = yaml.load(PACK.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    return open_graph()


@pytest.fixture(scope="module")
def asked(graph: KnowledgeGraph) -> Callable[[str], Answer]:
    """Return what asks the graph, each question once."""
    return cache(graph.query)


@pytest.mark.parametrize("expected", QUESTIONS, ids=[q["question"] for q in QUESTIONS])
def test_a_question_gets_what_the_document_supports(
    asked: Callable[[str], Answer], expected: Mapping[str, Any]
) -> None:
    answer = asked(expected["question"])
    if expected["status"] == "unanswered":
        assert answer.status in ("not_stated", "not_understood")
        return
    assert answer.status == expected["status"]
    assert answer.boolean is expected.get("boolean")
    if "answers" in expected:
        assert {row.cells[0].value for row in answer.rows if row.cells[0]} == set(expected["answers"])


def test_every_row_of_an_answer_has_claims_and_quotes(asked: Callable[[str], Answer]) -> None:
    for expected in QUESTIONS[::5]:
        for row in asked(expected["question"]).rows:
            assert row.claims, expected["question"]
            assert row.evidence, expected["question"]


def test_a_qualified_yes_carries_its_qualifier(graph: KnowledgeGraph) -> None:
    answer = graph.query("Is Oracle a merchant?")
    assert answer.boolean is True
    assert answer.rows[0].qualifiers["degree"] == ("to a degree",)


def test_no_is_said_only_where_a_placement_excludes(graph: KnowledgeGraph) -> None:
    answer = graph.query("Is CoreWeave a hyperscaler?")
    assert answer.boolean is False
    assert answer.rows[0].text == "CoreWeave is a member of merchants"
    assert graph.query("Is Oracle a hyperscaler?").boolean is None


def test_a_name_from_common_knowledge_is_owned_up_to(graph: KnowledgeGraph) -> None:
    answer = graph.query("Does Facebook bear demand risk?")
    assert answer.boolean is True
    assert any("the text does not use this name" in line for line in answer.explanation)


def test_background_answers_only_when_it_is_included(graph: KnowledgeGraph) -> None:
    question = "Does AWS design Trainium?"
    answer = graph.query(question)
    assert (answer.status, answer.boolean) == ("not_stated", None)
    assert any(row.kind == "background" for row in answer.related)
    included = graph.query(question, include=("stated", "inferred", "background"))
    assert (included.boolean, included.rows[0].kind) == (True, "background")


def test_what_holds_in_a_scenario_is_answered_only_there(graph: KnowledgeGraph) -> None:
    assert graph.query("What does CoreWeave become?").status == "not_stated"
    answer = graph.query("What does CoreWeave become in scenario A?")
    assert {row.cells[0].value for row in answer.rows if row.cells[0]} == {"niche", "acquisition target"}
    assert {row.scenario for row in answer.rows} == {"Scenario A"}


def test_claims_of_one_clause_must_agree_in_their_own_words(graph: KnowledgeGraph) -> None:
    assert graph.query("Do merchants shift risk to lenders through debt?").boolean is True
    assert graph.query("Do merchants shift risk to lenders through long-term contracts?").boolean is None


def test_a_false_premise_is_named(graph: KnowledgeGraph) -> None:
    answer = graph.query("Since lenders bear capex risk, who protects them?")
    assert answer.status == "not_stated"
    assert any("not stated: lenders bear" in line for line in answer.explanation)


def test_an_unknown_word_is_named_and_nothing_is_answered(graph: KnowledgeGraph) -> None:
    answer = graph.query("What is the weather in Paris?")
    assert (answer.status, answer.rows) == ("not_understood", ())
    assert "weather" in answer.uncovered


def test_nothing_near_is_said_at_length(asked: Callable[[str], Answer]) -> None:
    for expected in QUESTIONS:
        if expected["status"] == "not_stated":
            assert len(asked(expected["question"]).related) <= 5
