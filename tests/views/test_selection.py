"""Some documents or voices only, what was known by a date, what is stated only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg import KnowledgeGraph, SourceError, UnknownEntityError, open_graph
from kg.claims import ClaimReader
from kg.views.selection import Selection, select_claims

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run


def values(graph: KnowledgeGraph, question: str) -> set[str]:
    answer = graph.query(question)
    return {row.cells[0].value for row in answer.rows if row.cells[0] is not None}


def test_a_document_answers_for_itself(both: KnowledgeGraph) -> None:
    first = select_claims(both, Selection(documents=("LDC Build-Out",)))
    letter = select_claims(both, Selection(documents=("compute letter",)))
    assert "merchants" not in values(first, "who bears demand risk")
    assert {"hyperscalers", "merchants"} <= values(letter, "who bears demand risk")
    assert "merchants" in values(both, "who bears demand risk")


def test_what_follows_from_two_documents_needs_both(both: KnowledgeGraph) -> None:
    # Northgate is a merchant by the letter, and what merchants do the first document tells
    question = "who shifts risk to customers of merchants"
    assert "Northgate Compute" in values(both, question)
    for name in ("LDC Build-Out", "Compute Letter"):
        assert "Northgate Compute" not in values(select_claims(both, Selection(documents=(name,))), question)


def test_a_date_leaves_out_what_came_later(both: KnowledgeGraph) -> None:
    question = "who finances CoreWeave"
    assert values(select_claims(both, Selection(as_of="2026-05-11")), question) == {"lenders"}
    assert values(select_claims(both, Selection(as_of="2026")), question) == {"lenders"}
    assert select_claims(both, Selection(as_of="2026-04")).query(question).status == "not_stated"


def test_what_was_left_out_is_understood_and_not_stated(shipped: KnowledgeGraph) -> None:
    prompt = select_claims(shipped, Selection(voices=("the prompt",)))
    assert prompt.query("who bears capex risk").status == "not_stated"
    assert prompt.query("who bears zork risk").status == "not_understood"


def test_stated_only_infers_nothing(shipped: KnowledgeGraph) -> None:
    stated = select_claims(shipped, Selection(stated_only=True))
    assert values(stated, "who bears capex risk") == {"hyperscalers"}
    kinds = {claim.kind for claim in ClaimReader(stated.dataset).matching()}
    assert kinds == {"stated"}


def test_quotes_of_what_was_left_out_are_not_found(both: KnowledgeGraph) -> None:
    letter = select_claims(both, Selection(documents=("Compute Letter",)))
    quotes = [hit.text for hit in letter.search("Enormous capex risk") if hit.kind == "quote"]
    assert [text for text in quotes if "Enormous" in text] == []
    assert letter.verify() == []
    assert "Weakness • Enormous capex risk" in [hit.text for hit in both.search("Enormous capex risk")]


def test_an_unknown_document_names_those_there_are(both: KnowledgeGraph) -> None:
    with pytest.raises(UnknownEntityError, match="Compute Letter"):
        select_claims(both, Selection(documents=("annual report",)))
    with pytest.raises(UnknownEntityError):
        select_claims(both, Selection(voices=("nobody",)))


def test_a_graph_without_claims_has_nothing_to_select(tmp_path: Path) -> None:
    path = tmp_path / "plain.ttl"
    path.write_text("<http://e/a> <http://e/p> <http://e/b> .")
    with pytest.raises(SourceError, match="no claims"):
        select_claims(open_graph(path), Selection(stated_only=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "shown", "hidden"),
    [
        (("query", "who bears demand risk"), "merchants bear demand risk", "Hyperscalers • Bear"),
        (("show", "merchants"), "merchants do not shift risk to lenders", "capital arbitrage"),
        (("claims", "merchants"), "merchants bear demand risk", "capital arbitrage"),
        (("search", "lenders"), "Lenders finance CoreWeave", "To lenders (debt)"),
        (("stats",), "Compute Letter", "zzz"),
        (("network", "--format", "csv"), "merchants", "toll roads"),
        (("risk",), "merchants bear demand risk", "To lenders (debt)"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_every_reading_command_takes_a_document(
    run: Run, both_file: Path, command: tuple[str, ...], shown: str, hidden: str
) -> None:
    done = (
        run("-g", both_file, *command, "--document", "Compute Letter", "--include", "stated")
        if (command[0] == "network")
        else run("-g", both_file, *command, "--document", "Compute Letter")
    )
    assert shown in done.out
    assert hidden not in done.out


def test_a_date_that_is_none_is_refused(run: Run) -> None:
    done = run("query", "who bears capex risk", "--as-of", "yesterday")
    assert done.code == 2
    assert "'yesterday' is no date" in done.err
