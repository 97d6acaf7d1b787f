"""Two documents that contradict each other: no plain yes, and both quotes with their documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kg import KnowledgeGraph

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run


@pytest.mark.parametrize(
    "question",
    [
        "does Oracle shift risk to lenders",
        "does Oracle not shift risk to lenders",
        "do merchants shift risk to lenders",
        "does CoreWeave shift risk to lenders",  # it follows only from what is denied
    ],
)
def test_what_one_document_affirms_and_another_denies_is_disputed(both: KnowledgeGraph, question: str) -> None:
    answer = both.query(question)
    assert (answer.status, answer.boolean, answer.disputed) == ("answered", None, True)
    assert {row.polarity for row in answer.rows} == {"positive", "negative"}
    assert len({e.document for row in answer.rows for e in row.evidence}) == 2


@pytest.mark.parametrize(
    ("question", "boolean"),
    [
        ("do hyperscalers bear technology risk", True),
        ("does Oracle shift risk", True),  # to customers it does, and nobody denies that
        ("does Northgate Compute shift risk to customers of merchants", True),
    ],
)
def test_what_nobody_denies_is_answered_as_before(both: KnowledgeGraph, question: str, boolean: bool) -> None:
    answer = both.query(question)
    assert (answer.boolean, answer.disputed) == (boolean, False)


def test_what_one_document_says_is_not_held_against_the_other(both: KnowledgeGraph) -> None:
    from kg.views.selection import Selection, select_claims

    alone = select_claims(both, Selection(as_of="2026-04"))
    answer = alone.query("do merchants shift risk to lenders")
    assert (answer.boolean, answer.disputed) == (True, False)


def test_the_shipped_document_disputes_nothing(shipped: KnowledgeGraph) -> None:
    answer = shipped.query("does Oracle shift risk to lenders")
    assert (answer.boolean, answer.disputed) == (True, False)


def test_a_row_that_another_claim_denies_is_marked(both: KnowledgeGraph) -> None:
    rows = {r.cells[0].value: r for r in both.query("who shifts risk to lenders").rows if r.cells[0] is not None}
    (denial,) = rows["merchants"].disputed_by
    assert denial.text == "merchants do not shift risk to lenders"
    assert [e.quote for e in denial.evidence] == ["Merchants do not shift risk to lenders"]
    assert {claim.text for claim in rows["Oracle"].disputed_by} == {
        "Oracle does not shift risk to lenders",
        "merchants do not shift risk to lenders",
    }
    assert all(not row.disputed_by for row in both.query("who bears technology risk").rows)


def test_the_terminal_shows_both_sides_with_their_documents(run: Run, both_file: Path) -> None:
    done = run("-g", both_file, "query", "does Oracle shift risk to lenders")
    assert done.code == 0
    assert done.out.startswith("Disputed: Oracle shifts risk to lenders\n")
    words = " ".join(done.out.split())
    assert "“CoreWeave-type players • Shift risk: • To lenders (debt)”" in words
    assert "“Oracle does not shift risk to lenders either” The Compute Letter No. 7" in words
    assert "but: merchants do not" in run("-g", both_file, "query", "who shifts risk to lenders").out


@pytest.mark.slow
def test_one_answer_from_two_documents_shows_a_quote_of_each(run: Run, both_file: Path) -> None:
    done = run("-g", both_file, "query", "who bears technology risk")
    words = " ".join(done.out.split())
    assert "LDC Build-Out -- Two Business Models" in words
    assert "“Hyperscalers bear technology risk” The Compute Letter No. 7" in words
    answer = json.loads(run("-g", both_file, "query", "--format", "json", "who bears technology risk").out)
    assert len({e["document"] for e in answer["rows"][0]["evidence"]}) == 2
