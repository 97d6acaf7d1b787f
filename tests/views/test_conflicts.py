"""Where claims disagree, and who is left with a risk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kg import KnowledgeGraph
from kg.conflicts import find_conflicts
from kg.risk import follow_risk
from kg.views.scenario import suppose
from kg.views.scenario_file import Change, ScenarioFile

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run


def under(graph: KnowledgeGraph, *assertions: Change) -> KnowledgeGraph:
    return suppose(graph, ScenarioFile("test", assertions=assertions)).graph


def pairs(graph: KnowledgeGraph) -> list[tuple[str, str, str]]:
    return [(c.kind, c.first.text, c.second.text) for c in find_conflicts(graph.dataset)]


def test_the_document_does_not_contradict_itself(shipped: KnowledgeGraph) -> None:
    assert pairs(shipped) == []


def test_two_documents_that_disagree_are_shown_with_both_quotes(both: KnowledgeGraph) -> None:
    found = find_conflicts(both.dataset)
    assert [c.kind for c in found] == ["polarity", "polarity"]
    for conflict in found:
        assert conflict.first.quotes
        assert conflict.second.quotes
    assert found[0].first.document != found[0].second.document


def test_a_denied_conclusion_is_a_conflict_with_its_proof(both: KnowledgeGraph) -> None:
    (oracle,) = [c for c in find_conflicts(both.dataset) if "Oracle" in c.first.text]
    assert oracle.first.text == "Oracle does not shift risk to lenders"
    assert oracle.second.kind == "inferred"
    assert "Oracle (to a degree)" in " ".join(e.quote for e in oracle.second.quotes)


def test_bearing_and_shifting_the_same_risk_is_a_conflict(shipped: KnowledgeGraph) -> None:
    shifts = Change(subject="hyperscalers", predicate="shifts risk", object="capex risk")
    found = pairs(under(shipped, shifts))
    assert ("roles", "hyperscalers bear capex risk", "hyperscalers shift capex risk") in found
    assert pairs(under(shipped, Change(subject="merchants", predicate="shifts risk", object="capex risk"))) == []


def test_two_values_of_a_property_that_has_one_are_a_conflict(shipped: KnowledgeGraph) -> None:
    years = [
        Change(subject="Oracle", predicate="founded on", value=f'"{year}-01-01"^^xsd:date')
        for year in (1977, 1979)
    ]
    assert [kind for kind, *_ in pairs(under(shipped, *years))] == ["values"]
    assert pairs(under(shipped, years[0])) == []


def test_what_only_follows_from_a_conflict_is_not_listed_again(shipped: KnowledgeGraph) -> None:
    denied = Change(subject="hyperscalers", predicate="bears risk", object="capex risk", polarity="negative")
    assert len(pairs(under(shipped, denied))) == 1


def test_scenarios_and_history_contradict_nobody(shipped: KnowledgeGraph) -> None:
    # “In Scenario A, CoreWeave becomes niche” says nothing against a denial for the present
    denied = Change(subject="CoreWeave", predicate="becomes", object="niche", polarity="negative")
    assert pairs(under(shipped, denied)) == []


@pytest.mark.slow
def test_the_command_exits_1_where_claims_disagree(run: Run, both_file: Path) -> None:
    assert run("conflicts").code == 0
    done = run("-g", both_file, "conflicts", "Oracle")
    assert done.code == 1
    assert "“Oracle does not shift risk to lenders either”" in done.out
    assert "in The Compute Letter No. 7" in done.out
    assert len(json.loads(run("-g", both_file, "conflicts", "--format", "json").out)) == 2
    assert run("-g", both_file, "conflicts", "--as-of", "2026-04").code == 0


def test_a_risk_that_was_shifted_is_not_said_to_be_borne(shipped: KnowledgeGraph) -> None:
    picture = follow_risk(shipped.dataset)
    left = {picture.labels[h.holder]: h for h in picture.holdings if h.hops}
    assert set(left) == {"lenders", "customers of merchants"}
    assert all(h.borne is None and h.risk is None for h in left.values())
    borne = {(picture.labels[h.holder], picture.labels[h.risk or ""]) for h in picture.holdings if h.borne}
    assert ("hyperscalers", "capex risk") in borne
    assert not any(holder == "merchants" for holder, _ in borne)


def test_a_chain_of_shifts_is_followed_to_its_end_and_not_in_circles(shipped: KnowledgeGraph) -> None:
    on = Change(subject="lenders", predicate="shifts risk to", object="capital markets")
    back = Change(subject="capital markets", predicate="shifts risk to", object="merchants")
    picture = follow_risk(under(shipped, on).dataset)
    ends = {picture.labels[h.holder] for h in picture.holdings if h.hops}
    assert ends == {"capital markets", "customers of merchants"}
    round_trip = follow_risk(under(shipped, on, back).dataset)
    assert all(len({c.subject for c in h.hops}) == len(h.hops) for h in round_trip.holdings)


@pytest.mark.slow
def test_risk_as_text_csv_and_map(run: Run, tmp_path: Path) -> None:
    done = run("risk", "Oracle", "--map", tmp_path / "risk.html")
    assert done.code == 0
    assert "Oracle (to a degree) → lenders" in done.out
    assert "<html" in (tmp_path / "risk.html").read_text(encoding="utf-8")[:500]
    header, *rows = run("risk", "--format", "csv").out.splitlines()
    assert header == "risk,holder,way,mechanisms,borne,kind,claims,quotes"
    assert any(row.startswith(",lenders,merchants > lenders,debt,,stated,F093a") for row in rows)
    assert run("risk", "toll roads").code == 1
