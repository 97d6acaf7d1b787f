"""Questions that lean on the last answer, on a graph with claims and on plain RDF."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kg.conversation.conversation import Conversation, Turn
from kg.conversation.mentions import mentions
from kg.knowledge_graph import KnowledgeGraph, open_graph

PLAIN = """@prefix : <http://example.com/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
:City a owl:Class ; rdfs:label "city" . :State a owl:Class ; rdfs:label "state" .
:borders a owl:ObjectProperty ; rdfs:label "borders" ; rdfs:domain :State ; rdfs:range :State .
:capital a owl:ObjectProperty ; rdfs:label "capital" ; rdfs:domain :State ; rdfs:range :City .
:locatedIn a owl:ObjectProperty ; rdfs:label "located in" ; rdfs:domain :City ; rdfs:range :State .
:population a owl:DatatypeProperty ; rdfs:label "population" ; rdfs:domain :State .
:tx a :State ; rdfs:label "Texas" ; :population 14000 ; :capital :austin ; :borders :ok, :la .
:ok a :State ; rdfs:label "Oklahoma" ; :population 3000 ; :capital :okc ; :borders :tx, :ks .
:la a :State ; rdfs:label "Louisiana" ; :population 4200 ; :capital :br ; :borders :tx .
:ks a :State ; rdfs:label "Kansas" ; :population 2300 ; :capital :topeka ; :borders :ok .
:austin a :City ; rdfs:label "Austin" ; :locatedIn :tx . :waco a :City ; rdfs:label "Waco" ; :locatedIn :tx .
:okc a :City ; rdfs:label "Oklahoma City" ; :locatedIn :ok .
:br a :City ; rdfs:label "Baton Rouge" ; :locatedIn :la .
:topeka a :City ; rdfs:label "Topeka" ; :locatedIn :ks .
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    path = tmp_path_factory.mktemp("plain") / "states.ttl"
    path.write_text(PLAIN, encoding="utf-8")
    return open_graph(path)


@pytest.fixture(scope="module")
def claims() -> KnowledgeGraph:
    return open_graph()


def values(turn: Turn) -> set[str]:
    return {row.cells[0].value for row in turn.answer.rows if row.cells[0] is not None}


def say(graph: KnowledgeGraph, *texts: str) -> Turn:
    """Say one thing after the other and return what came of the last."""
    talk = graph.conversation()
    return [talk.ask(text) for text in texts][-1]


def test_a_question_that_stands_alone_is_asked_as_it_is(plain: KnowledgeGraph) -> None:
    turn = say(plain, "which states border Texas?")
    assert (turn.kind, turn.question) == ("question", "which states border Texas?")
    assert values(turn) == {"Oklahoma", "Louisiana"}


@pytest.mark.parametrize("text", ["and Oklahoma?", "what about Oklahoma?", "and how about Oklahoma", "Oklahoma?"])
def test_a_name_takes_the_place_of_one_like_it(plain: KnowledgeGraph, text: str) -> None:
    turn = say(plain, "which states border Texas?", text)
    assert turn.kind == "follow-up"
    assert turn.question == "which states border Oklahoma?"
    assert values(turn) == {"Texas", "Kansas"}
    assert turn.answer.explanation[0] == "read as: which states border Oklahoma?"


def test_a_name_with_its_preposition_takes_the_place_of_both(plain: KnowledgeGraph) -> None:
    turn = say(plain, "which cities are located in Texas?", "and in Kansas?")
    assert turn.question == "which cities are located in Kansas?"
    assert values(turn) == {"Topeka"}


def test_follow_ups_follow_follow_ups(plain: KnowledgeGraph) -> None:
    turn = say(plain, "which states border Texas?", "and Oklahoma?", "and Kansas?")
    assert values(turn) == {"Oklahoma"}


def test_of_those_narrows_the_last_answer(plain: KnowledgeGraph) -> None:
    turn = say(plain, "which states border Texas?", "of those, which have a population of more than 4000?")
    assert values(turn) == {"Louisiana"}
    assert "thosefound" not in repr(turn)


def test_a_superlative_is_sought_among_those(plain: KnowledgeGraph) -> None:
    turn = say(plain, "which states border Oklahoma?", "which of them has the smallest population?")
    assert values(turn) == {"Kansas"}


def test_a_number_takes_the_place_of_a_number_and_those_stay(plain: KnowledgeGraph) -> None:
    first = "of those, which have a population of more than 4000?"
    turn = say(plain, "which states border Texas?", first, "and more than 1000?")
    assert values(turn) == {"Louisiana", "Oklahoma"}


def test_it_is_what_was_answered(plain: KnowledgeGraph) -> None:
    turn = say(plain, "which states border Kansas?", "what is its capital?")
    assert values(turn) == {"Oklahoma City"}


def test_they_are_all_that_was_answered(plain: KnowledgeGraph) -> None:
    turn = say(plain, "which states border Texas?", "what are their capitals?")
    assert values(turn) == {"Oklahoma City", "Baton Rouge"}


def test_it_is_what_was_asked_about_where_the_answer_was_yes(plain: KnowledgeGraph) -> None:
    turn = say(plain, "does Texas border Oklahoma?", "what is its capital?")
    assert values(turn) == {"Austin"}


def test_how_many_counts_the_last_answer_and_those_stay(plain: KnowledgeGraph) -> None:
    talk = plain.conversation()
    talk.ask("which states border Texas?")
    counted = talk.ask("how many?")
    assert (counted.kind, values(counted)) == ("count", {"2"})
    rows = plain.select(counted.answer.sparql or "")
    assert rows.column("count") == ["2"]
    assert values(talk.ask("what are their capitals?")) == {"Oklahoma City", "Baton Rouge"}


def test_a_follow_up_first_is_a_question_like_any_other(plain: KnowledgeGraph) -> None:
    assert say(plain, "and Oklahoma?").kind == "question"
    assert say(plain, "why?").answer.status == "not_understood"


def test_a_question_not_understood_is_no_ground_to_stand_on(plain: KnowledgeGraph) -> None:
    turn = say(plain, "which states border Texas?", "which zorkmids are there?", "and Kansas?")
    assert turn.question == "which states border Kansas?"


def test_words_nobody_knows_are_named_in_a_follow_up_too(plain: KnowledgeGraph) -> None:
    turn = say(plain, "which states border Texas?", "and in Ruritania?")
    assert turn.answer.status == "not_understood"
    assert "Ruritania" in turn.answer.uncovered


def test_a_new_question_is_not_bent_to_the_last(plain: KnowledgeGraph) -> None:
    turn = say(plain, "which states border Texas?", "what is the capital of Kansas?")
    assert (turn.kind, values(turn)) == ("question", {"Topeka"})


@pytest.mark.parametrize("text", ["why?", "Why is that?", "how do you know that", "says who?", "prove it"])
def test_why_asks_for_the_grounds_of_the_last_answer(claims: KnowledgeGraph, text: str) -> None:
    turn = say(claims, "what do merchants buy?", text)
    assert turn.kind == "why"
    assert turn.answer.rows[0].evidence


def test_why_a_name_asks_for_its_row(claims: KnowledgeGraph) -> None:
    turn = say(claims, "who bears capex risk?", "why Google Cloud?")
    assert (turn.kind, values(turn)) == ("why", {"Google Cloud"})
    assert turn.answer.rows[0].because


def test_a_question_with_why_is_still_a_question(claims: KnowledgeGraph) -> None:
    assert say(claims, "who bears capex risk?", "why do merchants shift risk to lenders?").kind == "question"


def test_those_among_claims_keep_their_evidence(claims: KnowledgeGraph) -> None:
    turn = say(claims, "who bears capex risk?", "of those, which are hyperscalers?")
    assert values(turn) == {"Amazon Web Services", "Meta Platforms", "Google Cloud"}
    assert all(row.evidence for row in turn.answer.rows)
    found = claims.select(turn.answer.sparql or "").column("answer")
    assert {claims.names.label(iri) for iri in found} == values(turn)


def test_a_name_unlike_any_asks_whether_it_is_among_the_answers(claims: KnowledgeGraph) -> None:
    turn = say(claims, "who bears capex risk?", "and Google Cloud?")
    assert turn.answer.boolean is True


def test_what_is_unlike_is_not_exchanged(claims: KnowledgeGraph) -> None:
    turn = say(claims, "who bears capex risk?", "and demand risk?")
    assert turn.question == "who bears demand risk?"


def test_the_last_word_of_a_name_is_enough(claims: KnowledgeGraph) -> None:
    turn = say(claims, "what does CoreWeave become in Scenario A?", "and in Scenario B?", "what about C?")
    assert turn.question == "what does CoreWeave become in Scenario C?"


def test_several_things_are_meant_by_they_among_claims(claims: KnowledgeGraph) -> None:
    turn = say(claims, "who shifts risk to lenders?", "what do they buy?")
    assert "GPUs" in values(turn)


def test_mentions_are_the_longest_names(plain: KnowledgeGraph) -> None:
    text = "is Oklahoma City in Oklahoma?"
    found = [text[m.start : m.end] for m in mentions(plain.vocabulary, text)]
    assert found == ["Oklahoma City", "Oklahoma"]


@pytest.mark.parametrize(
    "text", ["", "?", "and", "of those", "which of them", "why " * 50, "and \x00 \u202e", "it" * 999]
)
def test_nothing_that_is_said_raises(plain: KnowledgeGraph, text: str) -> None:
    assert say(plain, "which states border Texas?", text).text == text


@pytest.mark.parametrize("text", ["why" + " " * 9_000 + "x", "and " * 3_000, "of those " * 2_000, "it " * 5_000])
def test_long_texts_take_no_time(plain: KnowledgeGraph, text: str) -> None:
    talk = plain.conversation()
    talk.ask("which states border Texas?")
    started = time.perf_counter()
    talk.ask(text)
    assert time.perf_counter() - started < 1


def test_a_conversation_needs_no_facade(plain: KnowledgeGraph, tmp_path: Path) -> None:
    talk = Conversation(plain.asker(), plain.vocabulary)
    assert talk.last is None
    talk.ask("which states border Texas?")
    assert talk.last is talk.turns[0]


def test_another_name_for_the_first_question_is_narrowed_again(plain: KnowledgeGraph) -> None:
    first = "of those, which have a population of more than 4000?"
    turn = say(plain, "which states border Oklahoma?", first, "and Texas?")
    assert values(turn) == {"Louisiana"}
    turn = say(plain, "which states border Texas?", first, "and more than 1000?", "and Oklahoma?")
    assert "more than 1000" in turn.question
    assert values(turn) == {"Texas", "Kansas"}


def test_the_largest_of_those_is_one_of_them(plain: KnowledgeGraph) -> None:
    turn = say(plain, "which states border Oklahoma?", "of those, which is the most populous?")
    assert values(turn) == {"Texas"}


def test_of_those_leans_on_no_answer_that_gave_nothing(claims: KnowledgeGraph) -> None:
    turn = say(claims, "what are the weaknesses of the merchant model?", "of those, which are enormous?")
    assert turn.answer.status == "not_understood"
