"""What an answer carries: refusals that name the word, rivals, triples, and one result on every engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import rdflib
from pyoxigraph import RdfFormat

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.engines.rdf_lib import RdflibEngine
from kg.questions import ask
from kg.results import Answer
from kg.vocabulary import Vocabulary

GRAPHS = Path(__file__).parent / "graphs"
Opened: TypeAlias = "Callable[[str], tuple[Dataset, Vocabulary]]"


def from_turtle(text: str) -> tuple[Dataset, Vocabulary]:
    engine = OxigraphEngine()
    engine.store.load(text.encode(), format=RdfFormat.TURTLE)
    dataset = Dataset(engine)
    return dataset, Vocabulary.from_dataset(dataset)


def test_a_refusal_names_the_word_and_offers_the_nearest_terms(opened: Opened) -> None:
    answer = ask(*opened("company"), "Which suppliers have a warantee?")
    assert answer.status == "not_understood"
    assert answer.uncovered == ("warantee",)
    assert ask(*opened("company"), "suppliers of reliabilty xyzzy").uncovered == ("xyzzy",)


def test_a_misspelt_name_is_read_and_the_reading_says_so(opened: Opened) -> None:
    answer = ask(*opened("company"), "Which suppliers are in Germny?")
    assert [row.cells[0].value for row in answer.rows if row.cells[0]] == [
        "Fisher Components",
        "Heidelberg Optics",
    ]
    assert any("read as" in line for line in answer.explanation)


def test_rows_carry_the_triples_that_support_them(opened: Opened) -> None:
    answer = ask(*opened("company"), "Who is the manager of Bo Larsson?")
    assert answer.rows[0].triples == (
        ("<http://company.example/data/e4>", "<http://company.example/schema/hasManager>", "<http://company.example/data/e3>"),
    )  # fmt: skip


def test_a_condition_that_must_not_hold_is_no_support(opened: Opened) -> None:
    answer = ask(*opened("company"), "Which products are not supplied by Fisher Components?")
    assert answer.rows
    assert all("hasSupplier" not in predicate for row in answer.rows for _, predicate, _ in row.triples)


def test_an_understood_question_without_facts_is_not_stated(opened: Opened) -> None:
    answer = ask(*opened("company"), "Which products are supplied by Lyon Cables?")
    assert (answer.status, answer.rows) == ("not_stated", ())


def test_a_count_of_nothing_is_zero(opened: Opened) -> None:
    answer = ask(*opened("company"), "How many products are supplied by Lyon Cables?")
    assert [row.cells[0].value for row in answer.rows if row.cells[0]] == ["0"]


def test_namesakes_with_equal_claims_are_told_apart_by_asking_back() -> None:
    graph = from_turtle(
        """@prefix e: <http://e.example/> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> .
        e:Dog a r:Class . e:Ship a r:Class .
        e:d a e:Dog ; r:label "Rex" ; e:weight 30 . e:s a e:Ship ; r:label "Rex" ; e:weight 900 ."""
    )
    answer = ask(*graph, "what is the weight of Rex")
    assert answer.status == "ambiguous"
    assert len(answer.readings) == 2
    assert ask(*graph, "what is the weight of the ship Rex").rows[0].cells[0].value == "900"  # type: ignore[union-attr]


def test_words_added_to_the_graph_work_at_once() -> None:
    text = """@prefix e: <http://e.example/> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix o: <http://www.w3.org/ns/lemon/ontolex#> . @prefix k: <https://w3id.org/kgq/core#> .
        e:Firm a r:Class . e:a a e:Firm ; r:label "Alpha" ; e:p77 e:b . e:b a e:Firm ; r:label "Beta" .
        e:p77 r:label "owns" ."""
    lexicon = """ e:x a o:LexicalEntry ; o:canonicalForm [ o:writtenRep "belongs to" ] ; o:denotes e:p77 ;
        k:argumentOrder "inverse" ."""
    question = "Which firm gobbles Beta?"
    assert ask(*from_turtle(text), question).status == "not_understood"
    found = ask(*from_turtle(text + lexicon.replace("belongs to", "gobbled by")), "Which firm is Beta gobbled by?")
    assert [row.cells[0].value for row in found.rows if row.cells[0]] == ["Alpha"]


QUESTIONS = [
    "Which suppliers deliver more than 2 products?",
    "What are the 3 cheapest products?",
    "What is the average salary of employees in Research?",
    "how many employees are in each department?",
    "Which suppliers have no products?",
    "Which supplier supplies the heaviest product?",
    "Which suppliers were founded between 1990 and 2012?",
    "Which category has the most products?",
    "Is Nordic Sensors located in Sweden?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_engine_gives_the_same_rows(question: str, opened: Opened) -> None:
    graph = rdflib.Graph()
    graph.parse(GRAPHS / "company.ttl")
    other = Dataset(RdflibEngine(graph))
    embedded, vocabulary = opened("company")
    left, right = ask(embedded, vocabulary, question), ask(other, Vocabulary.from_dataset(other), question)
    assert left.boolean == right.boolean

    def rows(answer: Answer) -> list[list[str]]:
        found = answer.rows
        return sorted(
            [c.iri or f"{float(c.value):.6g}" if c.iri or c.datatype else c.value for c in row.cells if c]
            for row in found
        )

    assert rows(left) == rows(right)


def test_what_is_listed_side_by_side_shows_the_number_of_the_nameless_thing_between() -> None:
    dataset, vocabulary = from_turtle(
        """@prefix : <http://order.example/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        :Buyer a rdfs:Class ; rdfs:label "buyer" . :Parcel a rdfs:Class ; rdfs:label "parcel" .
        :Order a rdfs:Class ; rdfs:label "order" . :orderNumber rdfs:label "order number" .
        :placedBy rdfs:label "placed by" . :contains rdfs:label "contains" .
        :a a :Buyer ; rdfs:label "Ada" . :b a :Buyer ; rdfs:label "Ben" .
        :p a :Parcel ; rdfs:label "Blue parcel" . :q a :Parcel ; rdfs:label "Red parcel" .
        :o1 a :Order ; :orderNumber "N-17" ; :placedBy :a ; :contains :p .
        :o2 a :Order ; :orderNumber "N-18" ; :placedBy :a ; :contains :p , :q .
        :o3 a :Order ; :orderNumber "N-19" ; :placedBy :b ; :contains :q ."""
    )
    answer = ask(dataset, vocabulary, "List the buyers and the parcels")
    rows = {tuple(cell.value for cell in row.cells if cell) for row in answer.rows}
    assert ("Ada", "Blue parcel", "N-17") in rows
    assert ("Ada", "Blue parcel", "N-18") in rows
    assert "order number" in answer.columns


def test_a_number_after_at_least_is_a_bound_and_nothing_else(opened: Opened) -> None:
    answer = ask(*opened("wines"), "Which wines have an alcohol content of at least 14?")
    assert answer.status == "answered"
    assert {row.cells[0].value for row in answer.rows if row.cells[0]} == {"Puma Roja", "Sereno Riserva"}


def test_a_blank_node_is_told_by_what_is_said_of_it(opened: Opened) -> None:
    answer = ask(*opened("procure"), "What is the address of Baltic Care?")
    assert [[cell.value for cell in row.cells if cell] for row in answer.rows] == [["Riga", "Latvia"]]
    assert answer.columns == ("city", "country")


def test_a_denial_is_never_dropped(opened: Opened) -> None:
    answer = ask(*opened("bugs"), "Who is not a member of any team?")
    assert [row.cells[0].value for row in answer.rows if row.cells[0]] == ["Ed Moss"]


def test_the_thing_a_question_names_is_no_answer_to_it(opened: Opened) -> None:
    assert ask(*opened("space"), "Who owns the Kite?").status == "not_understood"


def test_a_number_of_one_unit_is_not_compared_with_a_count_of_things(opened: Opened) -> None:
    assert ask(*opened("realty"), "Which apartments are larger than 50 square metres?").status == "not_understood"


def test_the_first_n_are_n_things_and_those_that_tie_with_the_last(opened: Opened) -> None:
    answer = ask(*opened("uni"), "the top 2 courses by credits")
    assert {row.cells[0].value for row in answer.rows if row.cells[0]} == {"Advanced Logic", "Proof Theory"}
    assert answer.paraphrase == "Courses with the 2 highest credits, with credits"


def test_which_end_of_a_rank_is_the_best_is_not_guessed(opened: Opened) -> None:
    assert ask(*opened("uni"), "Which student has the best grade?").status == "not_understood"
