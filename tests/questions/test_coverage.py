"""Questions that no rule of the grammar joins: claims that own every word answer, and nothing else does."""

from __future__ import annotations

import pytest

from kg.knowledge_graph import KnowledgeGraph, open_graph


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    return open_graph()


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Where are AI factories replicated?", {"global replication"}),
        ("In which field has the cookie cutter idea become relevant again?", {"AI"}),
        ("Which company's ecosystem is tightly integrated?", {"Apple"}),
        ("Who has dominance over integrated workloads in scenario C?", {"hyperscalers"}),
        ("Startups would be handled by which players in scenario C?", {"merchants"}),
        ("What sort of advantage on costs does the hyperscaler model give?", {"cost curve advantage"}),
        ("How big is the capex risk of the hyperscaler model?", {"Enormous"}),
        (
            "What financial engineering techniques do merchants use?",
            {"long-term contracts", "debt", "structured financing"},
        ),
        ("If AI demand outgrows hyperscaler capacity, who funds the fleets?", {"capital markets"}),
        ("Who, apart from CoreWeave and Oracle, is an example of the merchant model?", {"emerging GPU lessors"}),
        ("Which groups build LDCs besides the hyperscalers?", {"merchants", "emerging GPU lessors"}),
        ("Which risks come with the hyperscaler model?", {"capex risk"}),
        ("What could undercut NVIDIA's economics?", {"custom silicon", "Trainium", "TPU"}),
        ("How severe is the capex risk?", {"Enormous"}),
        ("In one phrase, what is the hyperscaler model?", {"full-stack ownership"}),
        ("What date does the document bear?", {"2026-03-27"}),
        ("CoreWeave-type players behave more like what?", {"toll roads for compute"}),
        ("What would happen to third-party GPU clouds in the first scenario?", {"third-party GPU clouds"}),
        ("When is it that not everyone can get capacity from AWS or Google?", {"during shortages"}),
        ("What is it that both models depend on now?", {"industrialization layer"}),
        ("Who dominates integrated workloads if a hybrid equilibrium comes about?", {"hyperscalers"}),
    ],
)
def test_a_claim_that_owns_every_word_answers(graph: KnowledgeGraph, question: str, answers: set[str]) -> None:
    answer = graph.query(question)
    assert answer.status == "answered"
    assert {row.cells[0].value for row in answer.rows if row.cells[0]} == answers
    assert all(row.evidence for row in answer.rows)


@pytest.mark.parametrize(
    "question",
    [
        "Were the deployment templates of the cookie cutter repeatable?",
        "Is financial engineering an element of the merchants' strategy?",
        "Do big hyperscalers build their own LDCs?",
        "Has Apple got its own silicon?",
        "Is META a hyperscaler in the prompt's view?",
        "Does anything in the text say that hyperscalers bear demand risk?",
        "Is it possible that the models will converge?",
        "Does the hyperscaler strategy involve tight vertical integration?",
    ],
)
def test_a_claim_that_owns_every_word_affirms(graph: KnowledgeGraph, question: str) -> None:
    assert graph.query(question).boolean is True


@pytest.mark.parametrize(
    "question",
    [
        "Who finances CoreWeave?",  # the other way round
        "What does technology risk bear?",
        "Do enterprises rent out capacity to merchants?",
        "What do lenders shift to merchants?",
        "Which hyperscaler designed the TPU?",  # a member of the group, not the group
        "Which company designs Trainium?",
        "Who is squeezed?",  # in a scenario only
        "Who dominates baseline workloads these days?",
        "Is the cookie cutter approach financed externally?",  # said of something with a longer name
        "Is Oracle's cookie cutter pre-sold?",
        "Who replicates AI factories globally?",  # done, but nobody is said to do it
        "Which company is financed externally?",
        "Where are data centers built?",  # no place is named
        "Does Oracle still use the cookie cutter approach?",  # told of the past
        "What does LDC stand for?",
        "What is Apple's chip called?",
        "Who else bears capex risk besides hyperscalers?",  # the members are left out with their group
        "Is it true that merchants are toll roads?",
        "Did the reply mention EDGE vs CLOUD first?",
        "Who else shifts risk to lenders besides CoreWeave-type players?",
        "Does the hyperscaler strategy involve debt?",
        "If CoreWeave becomes niche, what happens to Oracle?",
        "Is compute demand backed by debt?",
        "apple capex risk",
        "Can anyone get capacity from Google during shortages?",  # that not everyone can is no answer
        "How big is CoreWeave?",
        "How big is demand risk?",
        "Do merchants mostly lease data centers?",
        "Who would acquire CoreWeave?",
        "What do merchants do with the capital they raise?",
        "Do merchants shift risk to lenders through long-term contracts?",
    ],
)
def test_words_that_no_one_claim_owns_are_not_answered(graph: KnowledgeGraph, question: str) -> None:
    answer = graph.query(question)
    assert answer.status in ("not_stated", "not_understood")
    assert answer.boolean is None


@pytest.mark.parametrize(
    ("question", "shown", "left_out"),
    [
        ("Compare the two models in terms of strategic logic", "has strategic logic", "practised by"),
        ("What separates hyperscalers from merchants when it comes to risk?", "bears risk", "designs"),
        ("Tell me how hyperscalers and merchants differ in who bears risk", "bears risk", "designs"),
    ],
)
def test_a_comparison_in_one_respect_keeps_to_it(
    graph: KnowledgeGraph, question: str, shown: str, left_out: str
) -> None:
    names = {row.cells[0].value for row in graph.query(question).rows if row.cells[0]}
    assert shown in names
    assert left_out not in names


def test_a_participle_after_its_subject_is_passive(graph: KnowledgeGraph) -> None:
    answer = graph.query("Is the prompter's framing considered right?")
    assert answer.boolean is True
    assert answer.rows[0].text == "AI reply agrees with AI prompt"
