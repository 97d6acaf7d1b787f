"""Another document on another subject is asked the same way: nothing knows the document that ships with kgq."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.building.build import build
from kg.building.sources import read_sources
from kg.questions import ask
from kg.results import Answer
from kg.vocabulary import Vocabulary

HARBOUR = Path(__file__).parent.parent / "data" / "harbour"


@pytest.fixture(scope="module")
def harbour() -> tuple[object, Vocabulary]:
    dataset = build(read_sources(HARBOUR)).dataset
    return dataset, Vocabulary.from_dataset(dataset)


def _ask(harbour: tuple[object, Vocabulary], question: str) -> Answer:
    dataset, vocabulary = harbour
    return ask(dataset, vocabulary, question)  # type: ignore[arg-type]


def _values(answer: Answer) -> set[str]:
    return {row.cells[0].value for row in answer.rows if row.cells[0]}


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("Who builds data centres?", {"Northwind Cloud", "Southgate"}),
        ("Who funds Southgate?", {"lenders"}),
        ("Through what do lenders fund Southgate?", {"bonds"}),
        ("To whom does Northwind rent capacity?", {"startups"}),
        ("How often does Northwind rent capacity to startups?", {"at times"}),
        ("Which instruments are there?", {"bonds"}),
        ("What does Southgate become if demand falls?", {"landlord"}),
        ("Which companies are there?", {"Northwind Cloud", "Southgate"}),
    ],
)
def test_a_question_on_another_document_is_answered(
    harbour: tuple[object, Vocabulary], question: str, values: set[str]
) -> None:
    answer = _ask(harbour, question)
    assert answer.status == "answered"
    assert _values(answer) == values


@pytest.mark.parametrize(
    "question",
    ["Does Southgate become a landlord?", "Do lenders fund Northwind?", "When was Northwind founded?"],
)
def test_what_another_document_does_not_say_is_not_stated(
    harbour: tuple[object, Vocabulary], question: str
) -> None:
    assert _ask(harbour, question).status == "not_stated"


def test_a_property_with_a_label_only_can_be_asked_for(harbour: tuple[object, Vocabulary]) -> None:
    answer = _ask(harbour, "Do lenders fund Southgate?")
    assert answer.boolean is True
    assert answer.rows[0].qualifiers == {"through": ("bonds",), "quantity": ("mostly",)}
