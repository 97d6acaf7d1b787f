"""Differences, ratios, shares and spans of time: what is computed of two answers, and what is refused."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.questions import ask
from kg.questions.plain.calculation import calculations
from kg.results import Answer
from kg.vocabulary import Vocabulary

_TURTLE = """@prefix : <http://works.example/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Bridge a rdfs:Class ; rdfs:label "bridge" . :Tunnel a rdfs:Class ; rdfs:label "tunnel" .
:length rdfs:label "length (m)" . :cost rdfs:label "cost (EUR)" . :opened rdfs:label "opening date" .
:begun rdfs:label "start of construction" . :lanes rdfs:label "lanes" .
:a a :Bridge ; rdfs:label "Alder Bridge" ; :length 1200 ; :cost 500 ; :lanes 4 ; :opened "2000-03-31"^^xsd:date ;
  :begun "1996-02-29"^^xsd:date .
:b a :Bridge ; rdfs:label "Birch Bridge" ; :length 300 ; :cost 0 ; :lanes 4 ; :opened "2001-03-30"^^xsd:date ;
  :begun "1999-12-31"^^xsd:date .
:c a :Bridge ; rdfs:label "Cedar Bridge" ; :lanes 2 ; :opened "1899-12-31"^^xsd:date .
:toll rdfs:label "toll" . :a :toll 12 . :b :toll 5 . :c :toll "free" .
:t a :Tunnel ; rdfs:label "Oak Tunnel" ; :length 5000 ; :cost 900 ; :lanes 2 .
"""


@pytest.fixture(scope="module")
def works() -> tuple[Dataset, Vocabulary]:
    engine = OxigraphEngine()
    engine.store.load(_TURTLE.encode(), format=RdfFormat.TURTLE)
    dataset = Dataset(engine)
    return dataset, Vocabulary.from_dataset(dataset)


def first(answer: Answer) -> str | None:
    cell = answer.rows[0].cells[0] if answer.rows else None
    return None if cell is None else cell.value


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What is the difference in length between Alder Bridge and Birch Bridge?", 900),
        ("What is the difference in length between Birch Bridge and Alder Bridge?", 900),
        ("How much longer is the Oak Tunnel than the Alder Bridge?", 3800),
        ("How much longer is the Birch Bridge than the Alder Bridge?", -900),
        ("What is the ratio of bridges to tunnels?", 3),
        ("What is the ratio of the length of Alder Bridge to the length of Birch Bridge?", 4),
        ("What percentage of bridges have 4 lanes?", 200 / 3),
        ("How many days are between the opening date of Alder Bridge and the opening date of Birch Bridge?", 364),
        ("How many weeks are between the opening date of Alder Bridge and the opening date of Birch Bridge?", 52),
        ("How many months are between the opening date of Alder Bridge and the opening date of Birch Bridge?", 11),
        ("How many years are between the opening date of Alder Bridge and the opening date of Birch Bridge?", 0),
        ("How many years are between the start of construction and the opening date of Alder Bridge?", 4),
        ("How many days are between the start of construction and the opening date of Alder Bridge?", 1492),
        ("How many years are between the opening date of Cedar Bridge and the opening date of Alder Bridge?", 100),
    ],
)
def test_two_answers_are_computed_with(works: tuple[Dataset, Vocabulary], question: str, wanted: float) -> None:
    answer = ask(*works, question)
    assert answer.status == "answered", answer.uncovered
    assert float(first(answer) or "nan") == pytest.approx(wanted), answer.sparql


def test_the_one_with_more_is_chosen_whichever_is_named_first(works: tuple[Dataset, Vocabulary]) -> None:
    assert first(ask(*works, "Which is longer, Alder Bridge or Oak Tunnel?")) == "Oak Tunnel"
    assert first(ask(*works, "Which is longer, Oak Tunnel or Alder Bridge?")) == "Oak Tunnel"
    assert first(ask(*works, "Which is shorter, Oak Tunnel or Alder Bridge?")) == "Alder Bridge"


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference in length between Alder Bridge and Cedar Bridge?",  # of one it is not known
        "Which is longer, Alder Bridge or Cedar Bridge?",
        "What is the ratio of the cost of Alder Bridge to the cost of Birch Bridge?",  # nothing is a part of zero
        "How many days are between the opening date of Alder Bridge and the opening date of Oak Tunnel?",
    ],
)
def test_what_cannot_be_computed_has_no_number(works: tuple[Dataset, Vocabulary], question: str) -> None:
    answer = ask(*works, question)
    assert first(answer) is None, answer.sparql
    assert answer.status in ("not_stated", "not_understood")


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference in length between Alder Bridge and Atlantis Bridge?",
        "What is the difference between the length of Alder Bridge and the cost of Birch Bridge?",  # metres, euros
        "How many years are between the length of Alder Bridge and the length of Birch Bridge?",
        "How many days are between Alder Bridge and Birch Bridge?",
    ],
)
def test_what_is_of_different_kinds_is_not_computed(works: tuple[Dataset, Vocabulary], question: str) -> None:
    answer = ask(*works, question)
    assert answer.status in ("not_understood", "ambiguous"), (answer.sparql, first(answer))


@pytest.mark.parametrize(
    "text", ["", "difference", "the difference between", "which is longer", "how many days between"]
)
def test_half_a_calculation_is_none(text: str) -> None:
    assert list(calculations(text)) == []


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Which bridge has the highest toll?", "Alder Bridge"),
        ("Which bridge has the lowest toll?", "Birch Bridge"),
        ("Which bridge has the second highest toll?", "Birch Bridge"),
        ("What is the average toll of bridges?", "8.5"),
    ],
)
def test_a_text_among_numbers_is_not_measured(
    works: tuple[Dataset, Vocabulary], question: str, wanted: str
) -> None:
    assert first(ask(*works, question)) == wanted
