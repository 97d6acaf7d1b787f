"""Ways to say a question that hold for any graph: a thing by its place or its like, *is X A or B*."""

from __future__ import annotations

import pytest

from kg.knowledge_graph import KnowledgeGraph, open_graph
from kg.results import Answer


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    return open_graph()


def _values(answer: Answer) -> set[str]:
    return {row.cells[0].value for row in answer.rows if row.cells[0]}


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("Which firms are examples of the second model?", {"CoreWeave", "Oracle"}),
        ("Who practises the 1st model?", {"hyperscalers"}),
        ("Which weaknesses does the first business model have?", {"capex risk", "inability to pivot quickly"}),
        ("Who rents to second tier LLMs?", {"merchants", "CoreWeave", "Oracle", "emerging GPU lessors"}),
    ],
)
def test_a_thing_is_named_by_its_place_in_an_order(graph: KnowledgeGraph, question: str, values: set[str]) -> None:
    assert _values(graph.query(question)) == values


@pytest.mark.parametrize("question", ["Who follows the fourth model?", "What do the second lenders bear?"])
def test_a_place_that_nothing_takes_is_not_understood(graph: KnowledgeGraph, question: str) -> None:
    assert graph.query(question).status == "not_understood"


def test_a_group_is_named_by_one_like_its_members(graph: KnowledgeGraph) -> None:
    answer = graph.query("What do players like CoreWeave become in scenario B?")
    assert _values(answer) == {"“ExxonMobil of compute”"}
    assert graph.query("What do firms like Oracle become in scenario B?").status != "answered"


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Is Apple edge or cloud?", True),
        ("Is Apple edge?", True),
        ("Is Apple cloud?", False),
        ("Is NVIDIA edge or cloud?", None),
        ("Is Oracle only partly a merchant?", True),
        ("Is CoreWeave only partly a merchant?", None),
        ("Do merchants only sometimes rent to hyperscalers?", True),
        ("Do merchants only sometimes rent to enterprises?", None),
    ],
)
def test_yes_needs_a_claim_that_says_as_much(graph: KnowledgeGraph, question: str, verdict: bool | None) -> None:
    assert graph.query(question).boolean is verdict


def test_what_is_only_likened_to_a_thing_does_not_belong_to_it(graph: KnowledgeGraph) -> None:
    for question in ("Which companies does the hyperscaler model have as examples?",
                     "companies of the hyperscaler model"):  # fmt: skip
        assert _values(graph.query(question)) == {"Amazon Web Services", "Meta Platforms", "Google Cloud"}


def test_a_relative_clause_never_makes_the_subject_something_else(graph: KnowledgeGraph) -> None:
    answer = graph.query("Which companies belong to the tier that bears capex risk?")
    assert answer.status == "not_stated"


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("Which model designs chips?", {"Hyperscaler Model"}),
        ("Which business model shifts risk to lenders?", {"AI Infrastructure Merchant Model"}),
        ("Which companies belong to the model that bears demand risk?",
         {"Amazon Web Services", "Meta Platforms", "Google Cloud"}),
        ("Who does the second model shift risk to?", {"lenders", "customers of merchants"}),
        ("Which philosophy bears capex risk?", set()),
        ("Which scenario bears capex risk?", set()),
    ],
)  # fmt: skip
def test_a_model_is_asked_for_what_those_do_who_practise_it(
    graph: KnowledgeGraph, question: str, values: set[str]
) -> None:
    answer = graph.query(question)
    assert _values(answer) == values
    assert all(row.evidence for row in answer.rows)


def test_what_a_model_stands_for_is_never_said_of_another(graph: KnowledgeGraph) -> None:
    assert graph.query("Does the hyperscaler model bear technology risk?").boolean is True
    assert graph.query("Does the merchant model bear technology risk?").boolean is None
    assert graph.query("Which model builds hospitals?").status == "not_understood"


def test_a_reading_is_said_with_relative_clauses(graph: KnowledgeGraph) -> None:
    said = graph.query("Which model designs chips?").paraphrase
    assert said == "Which business model is practised by something that designs chips?"


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("What stack do hyperscalers own?", {"networking stack", "software stack"}),
        (
            "Whoever bears technology risk?",
            {"hyperscalers", "Amazon Web Services", "Google Cloud", "Meta Platforms"},
        ),
        ("Why is deployment faster for merchants?", {"merchants are capable of spinning up clusters (quickly)"}),
        ("In exchange for the risk, what do hyperscalers capture?", {"full margin stack"}),
        ("Which scenario is more likely than the others?", {"Scenario C"}),
        ("How many scenarios are considered?", {"3"}),
        ("What does the vertically integrated stack start with?", {"silicon"}),
        ("What does the stack end with?", {"application"}),
        ("Which companies shift their risk elsewhere?", {"CoreWeave", "Oracle"}),
    ],
)
def test_a_wording_is_answered(graph: KnowledgeGraph, question: str, values: set[str]) -> None:
    assert _values(graph.query(question)) == values


@pytest.mark.parametrize(
    "question",
    [
        "What kinds of financing do merchants rely on?",
        "Whom does the long tail strategy serve?",
        "Which are enormous merchants?",
        "What is the cookie cutter idea according to the bottom line?",
        "Is scenario A more likely than the others?",
    ],
)
def test_a_question_is_never_turned_into_another(graph: KnowledgeGraph, question: str) -> None:
    assert graph.query(question).status != "answered"


@pytest.mark.parametrize(
    "question",
    [
        "What would make hyperscalers unable to pivot?",
        "What prevents hyperscalers from pivoting?",
    ],
)
def test_what_keeps_from_doing_asks_for_the_condition(graph: KnowledgeGraph, question: str) -> None:
    assert _values(graph.query(question)) == {"if architecture shifts"}


def test_why_not_without_a_reason_shows_what_is_denied(graph: KnowledgeGraph) -> None:
    answer = graph.query("Why can't hyperscalers pivot quickly?")
    assert answer.status == "not_stated"
    assert [row.polarity for row in answer.related] == ["negative"]


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Quote what is said on legacy constraints", "No legacy constraints"),
        ("Where does the text say that Oracle is only partly a merchant?", "Oracle (to a degree)"),
    ],
)
def test_a_passage_is_found_by_what_it_says(graph: KnowledgeGraph, question: str, quote: str) -> None:
    assert quote in _values(graph.query(question))


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Which scenario is deemed most likely?", "Scenario C"),
        ("Which of the scenarios is rated the most likely?", "Scenario C"),
    ],
)
def test_what_is_deemed_is_asked_as_what_is(graph: KnowledgeGraph, question: str, value: str) -> None:
    assert _values(graph.query(question)) == {value}
    assert graph.query("Might the two models merge eventually?").boolean is True


def test_one_object_of_two_verbs_may_be_a_pronoun(graph: KnowledgeGraph) -> None:
    answer = graph.query("Do merchants build data centers or lease them?")
    assert answer.boolean is True
    assert {row.text for row in answer.rows} == {
        "merchants build data centers (Build or lease)",
        "merchants lease data centers (Build or lease)",
    }


def test_what_is_denied_is_said_as_it_was_asked(graph: KnowledgeGraph) -> None:
    answer = graph.query("Is merchant infrastructure meant for general cloud?")
    assert answer.boolean is False
    assert answer.paraphrase == "Is it stated that merchants are optimized for general cloud?"


def test_a_role_is_what_is_said_of_it(graph: KnowledgeGraph) -> None:
    assert graph.query("What is Oracle's role?").rows == graph.query("describe Oracle").rows
    assert graph.query("What is Oracle's role in scenario C?").status == "not_stated"
    assert graph.query("What is the role of Microsoft?").status == "not_stated"


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Was the document published in 2026?", True),
        ("Was the post published on March 27, 2026?", True),
        ("Was the post issued on 27 March 2026?", True),
        ("Was the post published in April 2026?", None),
        ("Was the post published before 2026-03-27?", None),
        ("Was the post published before 2027?", True),
        ("Was the post published after February 2026?", True),
        ("Was Oracle published in 2026?", None),
        ("Did Oracle build data centers in 2026?", None),
    ],
)
def test_a_date_is_held_against_the_one_that_is_stated(
    graph: KnowledgeGraph, question: str, verdict: bool | None
) -> None:
    answer = graph.query(question)
    assert answer.boolean is verdict
    assert answer.status != "answered" or all(row.evidence for row in answer.rows)
