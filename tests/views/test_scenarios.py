"""What if: claims taken away and taken for granted, and what follows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import KnowledgeGraph, SourceError
from kg.claims import ClaimReader
from kg.views.overlay import overlaid, resting_on
from kg.views.scenario import document_scenarios, suppose, suppose_described
from kg.views.scenario_file import Change, ScenarioFile, read_scenario, scenario_name, scenario_text

if TYPE_CHECKING:
    from conftest import Run

DEBT = ScenarioFile(
    "debt-dries-up",
    "Debt dries up",
    retractions=(Change(subject="merchants", predicate="shifts risk to", object="lenders"),),
    assertions=(
        Change(subject="merchants", predicate="bears risk", object="capex risk", why="nobody else is left"),
    ),
)
words = (
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20).map(str.strip).filter(bool)
)
changes = st.builds(Change, subject=words, predicate=words, object=words, why=st.text("ab: #'\"-", max_size=9))


def rows(graph: KnowledgeGraph, question: str) -> dict[str, tuple[str, str]]:
    return {r.cells[0].value: (r.kind, r.modality) for r in graph.query(question).rows if r.cells[0] is not None}


def said(found: Iterable[Change]) -> list[tuple[str, ...]]:
    return [(c.subject, c.predicate, c.object, c.why.strip()) for c in found]


def test_what_rests_on_a_retracted_claim_falls_with_it(shipped: KnowledgeGraph) -> None:
    supposed = suppose(shipped, DEBT)
    fallen = {claim.text for claim in ClaimReader(shipped.dataset).many(supposed.fallen)}
    assert "CoreWeave shifts risk to lenders (by debt)" in fallen
    assert supposed.graph.query("who shifts risk to lenders").status == "not_stated"
    assert shipped.query("who shifts risk to lenders").status == "answered"


def test_what_follows_from_an_assumption_is_marked_as_assumed(shipped: KnowledgeGraph) -> None:
    found = rows(suppose(shipped, DEBT).graph, "who bears capex risk")
    assert found["merchants"] == ("stated", "assumed")
    assert found["CoreWeave"] == ("inferred", "assumed")
    assert found["hyperscalers"] == ("stated", "asserted")


def test_a_conclusion_with_another_proof_stays(shipped: KnowledgeGraph) -> None:
    """CoreWeave is a merchant by the prompt and by the reply: one of the two may go."""
    one = ScenarioFile("one", retractions=(Change(subject="CoreWeave", predicate="follows model"),))
    assert "CoreWeave" in rows(suppose(shipped, one).graph, "who shifts risk to lenders")
    assert "Oracle" not in rows(
        suppose(
            shipped, ScenarioFile("o", retractions=(Change(subject="Oracle", predicate="follows model"),))
        ).graph,
        "who shifts risk to lenders",
    )


def test_a_described_scenario_comes_about_without_losing_its_place(shipped: KnowledgeGraph) -> None:
    (iri,) = [iri for iri, label in document_scenarios(shipped).items() if label == "Scenario A"]
    held = suppose_described(shipped, iri)
    assert rows(shipped, "does Trainium undercut NVIDIA economics") == {}
    assert rows(held.graph, "does Trainium undercut NVIDIA economics") == {"Trainium": ("stated", "assumed")}
    assert rows(held.graph, "who wins in Scenario A") == rows(shipped, "who wins in Scenario A")
    assert held.graph.verify() == []


@pytest.mark.slow
def test_nothing_but_the_claims_named_is_missing(shipped: KnowledgeGraph) -> None:
    (claim,) = ClaimReader(shipped.dataset).identified("F090")
    before = {c.iri for c in ClaimReader(shipped.dataset).matching()}
    after = {c.iri for c in ClaimReader(overlaid(shipped.dataset, without=[claim.iri])).matching()}
    assert before - after == {claim.iri} | resting_on(shipped.dataset, [claim.iri])


@given(st.lists(changes, max_size=4), st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30))
def test_a_scenario_comes_back_from_its_file(
    tmp_path_factory: pytest.TempPathFactory, found: list[Change], title: str
) -> None:
    path = tmp_path_factory.mktemp("s") / "x.yaml"
    written = ScenarioFile("x", title.strip() or "x").adding(retract=found[:2], assert_=found[2:])
    path.write_text(scenario_text(written), encoding="utf-8")
    read = read_scenario(path)
    assert said(read.retractions) == said(written.retractions)
    assert said(read.assertions) == said(written.assertions)
    assert read.title == written.title


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("retract: F090", "x.yaml:1: 'retract' is not a list"),
        ("retract:\n- claim: F999", "x.yaml:2: nothing in the graph is called 'F999'"),
        ("retract:\n- clam: F090", "x.yaml:2: unknown field 'clam' of 'retract'. Did you mean 'claim'?"),
        ("assert:\n- {subject: Oracle, predicate: bears risk}", "x.yaml:2: a claim that is asserted needs"),
        (
            "assert:\n- {subject: Oracle, predicate: bears risk, object: CoreWeave}",
            "x.yaml:2: 'CoreWeave' is no kind",
        ),
        ("assert:\n- {subject: Oracle, predicate: Apple, object: CoreWeave}", "x.yaml:2: 'Apple' is no property"),
        ("assert:\n- {subject: O, predicate: b, object: c, polarity: maybe}", "x.yaml:2: polarity 'maybe'"),
        ("retract: [", "not YAML"),
        ("", "the file is empty"),
        ("[1, 2]", "a scenario is not a mapping"),
    ],
)
def test_a_broken_scenario_is_refused_with_its_line(
    shipped: KnowledgeGraph, tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(SourceError) as caught:
        suppose(shipped, read_scenario(path))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "../..", "!!!", "  "])
def test_a_name_without_letters_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        scenario_name(name)


@pytest.mark.slow
def test_the_command_makes_asks_and_compares_a_scenario(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("scenario", "new", "Debt dries up").code == 0
    assert run("scenario", "new", "debt-dries-up").code == 2
    done = run("scenario", "retract", "debt-dries-up", "F093a", "--why", "no lender renews")
    assert "1 retracted, 4 conclusions fall, 0 assumed" in done.err
    assert run("scenario", "assert", "debt-dries-up", "merchants", "bears risk", "capex risk").code == 0
    before = Path("scenarios/debt-dries-up.yaml").read_text()
    refused = run("scenario", "assert", "debt-dries-up", "merchants", "bears risk", "Oracle")
    assert refused.code == 4
    assert Path("scenarios/debt-dries-up.yaml").read_text() == before
    assert "merchants" in run("query", "--scenario", "debt-dries-up", "who bears capex risk").out
    assert "debt-dries-up" in run("scenario", "list").out
    assert "Assumed (1)" in run("scenario", "show", "debt-dries-up").out


def test_the_difference_names_the_claims_that_make_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("scenarios").mkdir()
    Path("scenarios/d.yaml").write_text(scenario_text(DEBT))
    Path("pack.yaml").write_text(
        "- question: Who shifts risk to lenders?\n- question: Who bears technology risk?\n"
    )
    done = run("scenario", "diff", "d", "pack.yaml")
    assert done.code == 1
    assert "F093a: merchants shift risk to lenders" in done.out
    assert "technology" not in done.out
    found = json.loads(run("scenario", "diff", "d", "pack.yaml", "--format", "json").out)
    assert [changed["status"] for changed in found["changed"]] == [["answered", "not_stated"]]
    Path("none.yaml").write_text("- question: Who bears technology risk?\n")
    assert run("scenario", "diff", "d", "none.yaml").code == 0


def test_an_unknown_scenario_names_those_there_are(run: Run) -> None:
    done = run("query", "--scenario", "doomsday", "who wins")
    assert done.code == 3
    assert "Scenario A" in done.err
