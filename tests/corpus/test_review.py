"""Deciding on suggestions: at a terminal, by the keyboard alone; nothing is lost, nothing half-written."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.conflicts import find_conflicts
from kg.corpus.adding import add_document
from kg.corpus.project import Project
from kg.corpus.reviewing import Sitting, edited, parts
from kg.corpus.suggestions import Suggestion, read_suggestions
from kg.errors import SourceError
from kg.knowledge_graph import open_graph
from kg.resources import ontology_folder

pytestmark = pytest.mark.slow

GRAPH = open_graph()
TEXT = """Notes

Hyperscalers bear technology risk. Lenders finance CoreWeave. Merchants do not shift risk to lenders.

Once more: Lenders finance CoreWeave. Oracle builds data centers.
"""
Run = Callable[..., Any]


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    """A sitting over one short document, the built-in graph under it."""
    (tmp_path / "notes.txt").write_text(TEXT, "utf-8")
    project = Project(tmp_path, (ontology_folder(),))
    add_document(project, tmp_path / "notes.txt")
    return Sitting(project, GRAPH, "Ada")


def one(sitting: Sitting, words: str) -> Suggestion:
    return next(item for item in sitting.queue("notes") if words in item.candidate.quote)


def table(sitting: Sitting, name: str = "claims.csv") -> list[dict[str, str]]:
    path = sitting.project.folder("notes") / name
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8")))) if path.is_file() else []


def test_a_decision_says_who_and_when(sitting: Sitting) -> None:
    decided = sitting.decide("notes", one(sitting, "technology risk"), "accepted")
    assert (decided.state, decided.by, decided.claim) == ("accepted", "Ada", "C001")
    assert decided.at.endswith("+00:00")
    kept = read_suggestions(sitting.project.folder("notes")).items
    assert [item.by for item in kept if item.state == "accepted"] == ["Ada"]
    assert table(sitting)[0]["quote"] == "Hyperscalers bear technology risk"


def test_what_says_the_same_is_asked_once_and_folded(sitting: Sitting) -> None:
    queue = sitting.queue("notes")
    assert len({json.dumps(parts(item.candidate)) for item in queue}) == len(queue)
    sitting.decide("notes", one(sitting, "finance CoreWeave"), "accepted")
    assert [row["object"] for row in table(sitting)] == ["coreweave"]
    assert not [item for item in sitting.queue("notes") if "finance CoreWeave" in item.candidate.quote]


def test_the_nearest_claims_are_those_of_the_same_things(sitting: Sitting) -> None:
    near = sitting.waiting("notes", one(sitting, "technology risk")).near
    assert near[0].text == "hyperscalers bear technology risk"
    assert near[0].quotes
    denial = sitting.waiting("notes", one(sitting, "do not shift"))
    assert any("merchants shift risk to lenders" in claim.text for claim in denial.near)
    assert denial.before.endswith("CoreWeave. ")


@pytest.mark.parametrize(
    ("part", "words", "message"),
    [
        ("predicate", "flies to", "'flies to' is no property"),
        ("polarity", "maybe", "'maybe' is no polarity. It is one of positive, negative."),
        ("modality", "certain", "'certain' is no modality"),
        ("object", "Trainium", "C001"),  # the shapes: a chip line is no kind of risk
        ("subject", "demand risk", "C001"),
    ],
)
def test_a_bad_edit_is_refused_in_one_line_and_nothing_is_written(
    sitting: Sitting, part: str, words: str, message: str
) -> None:
    item = one(sitting, "technology risk")
    with pytest.raises(SourceError) as caught:
        sitting.decide("notes", edited(GRAPH, item, {part: words}), "accepted")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert table(sitting) == []
    assert table(sitting, "entities.csv") == []
    assert one(sitting, "technology risk").state == "open"


def test_a_quote_that_the_text_does_not_have_is_refused(sitting: Sitting) -> None:
    item = one(sitting, "technology risk")
    forged = replace(item, candidate=replace(item.candidate, quote="Hyperscalers bear no risk"))
    with pytest.raises(SourceError):
        sitting.decide("notes", forged, "accepted")
    assert table(sitting) == []


def test_two_sittings_do_not_overwrite_each_other(sitting: Sitting) -> None:
    other = Sitting(sitting.project, GRAPH, "Grace")
    risk, lenders = one(other, "technology risk"), one(other, "finance CoreWeave")
    sitting.decide("notes", one(sitting, "technology risk"), "rejected")
    assert "technology risk" not in [item.candidate.quote for item in other.queue("notes")]
    with pytest.raises(SourceError, match="rejected by Ada meanwhile"):
        other.decide("notes", risk, "accepted")
    other.decide("notes", lenders, "rejected")
    assert sorted(i.by for i in read_suggestions(sitting.project.folder("notes")).items if i.by) == [
        "Ada",
        "Grace",
    ]


def test_an_edited_claim_keeps_what_it_was(sitting: Sitting) -> None:
    item = edited(GRAPH, one(sitting, "Oracle builds"), {"subject": "CoreWeave", "modality": "historical"})
    decided = sitting.decide("notes", item, "accepted")
    assert table(sitting)[0]["subject"] == "coreweave"
    assert table(sitting)[0]["modality"] == "historical"
    assert "subject was “Oracle”" in decided.note


def test_a_new_name_becomes_an_entity_of_the_document(sitting: Sitting) -> None:
    item = edited(GRAPH, one(sitting, "Oracle builds"), {"subject": "Northgate Compute"})
    sitting.decide("notes", item, "accepted")
    assert [row["label"] for row in table(sitting, "entities.csv")] == ["Northgate Compute"]
    assert sitting.project.build().failed is False


def test_claims_that_were_accepted_and_not_published_are_known(sitting: Sitting) -> None:
    assert sitting.unpublished() == 0
    sitting.decide("notes", one(sitting, "technology risk"), "accepted")
    assert sitting.unpublished() == 1


def test_the_last_decision_can_be_taken_back(sitting: Sitting) -> None:
    with pytest.raises(SourceError, match="no decision of this sitting"):
        sitting.take_back()
    sitting.decide("notes", one(sitting, "technology risk"), "accepted")
    kept = table(sitting)
    sitting.decide("notes", edited(GRAPH, one(sitting, "Oracle builds"), {"subject": "Northgate"}), "accepted")
    assert sitting.take_back().state == "open"
    assert table(sitting) == kept
    assert table(sitting, "entities.csv") == []
    assert one(sitting, "Oracle builds").state == "open"


def test_a_decision_is_not_taken_back_over_what_somebody_wrote_since(sitting: Sitting) -> None:
    sitting.decide("notes", one(sitting, "technology risk"), "accepted")
    file = sitting.project.folder("notes") / "claims.csv"
    file.write_text(file.read_text("utf-8").replace("hyperscalers", "oracle"), "utf-8")
    with pytest.raises(SourceError, match="changed since"):
        sitting.take_back()
    assert table(sitting)[0]["subject"] == "oracle"


def test_what_is_sure_is_checked_together(sitting: Sitting) -> None:
    sure = [item for item in sitting.queue("notes") if item.candidate.sure]
    assert len(sure) > 2
    assert sitting.pass_together("notes", sure)
    forged = replace(sure[1], candidate=replace(sure[1].candidate, quote="Lenders bear no risk"))
    assert not sitting.pass_together("notes", [sure[0], forged])
    assert table(sitting) == []


def test_amounts_that_two_documents_give_differently_are_a_conflict(tmp_path: Path) -> None:
    project = Project(tmp_path, (ontology_folder(),))
    texts = {
        "one": "Oracle has 162,000 employees. CoreWeave has revenue of $5.1 billion in 2025.",
        "two": "Oracle has 158,000 employees. CoreWeave has revenue of $5,100 million in 2025.",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
        add_document(project, tmp_path / f"{name}.txt")
    sitting = Sitting(project, GRAPH, "Ada")
    for name in texts:
        for item in sitting.queue(name):
            sitting.decide(name, item, "accepted")
    (found,) = find_conflicts(project.build().dataset)
    assert found.kind == "amounts"
    assert {found.first.value, found.second.value} == {"162000", "158000"}


@pytest.fixture
def desk(terminal: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """A terminal in a project without a store, with the short document added."""
    (tmp_path / "notes.txt").write_text(TEXT, "utf-8")
    add_document(Project(tmp_path), tmp_path / "notes.txt")
    monkeypatch.setenv("KGQ_WITH", "built-in")
    return lambda *more: terminal("review", "notes", "--as", "Ada", "--with", "built-in", *more)


def states(folder: Path) -> list[str]:
    return sorted(i.state for i in read_suggestions(folder / "documents" / "notes").items if i.by)


def test_at_a_terminal_every_key_decides_and_quitting_loses_nothing(
    desk: Callable[..., Any], tmp_path: Path
) -> None:
    sitting = desk()
    sitting.expect("»Hyperscalers bear technology risk«")
    sitting.expect("= hyperscalers bear technology risk")
    sitting.expect("[q]uit ")
    sitting.type("a")
    sitting.expect("accepted as C001.")
    sitting.expect("[q]uit ")
    sitting.type("r")
    sitting.expect("[q]uit ")
    sitting.type("u")
    sitting.expect("taken back.")
    sitting.expect("[q]uit ")
    sitting.type("r")
    sitting.expect("[q]uit ")
    sitting.type("l")
    sitting.expect("[q]uit ")
    sitting.type("q")
    code, seen = sitting.finish(60)
    assert code == 0, seen
    assert "1 accepted" in seen
    assert states(tmp_path) == ["accepted", "later", "rejected"]


def test_at_a_terminal_an_edit_is_checked_and_what_is_refused_is_asked_again(
    desk: Callable[..., Any], tmp_path: Path
) -> None:
    sitting = desk()
    sitting.expect("[q]uit ")
    sitting.type("e")
    for part, words in (
        ("subject", ""),
        ("predicate", "flies to"),
        ("object", ""),
        ("polarity", ""),
        ("modality", ""),
    ):
        sitting.expect(f"{part} [")
        sitting.type(f"{words}\n")
    sitting.expect("not done: 'flies to' is no property")
    sitting.expect("[q]uit ")
    sitting.type("e")
    for part, words in (
        ("subject", "Oracle"),
        ("predicate", ""),
        ("object", ""),
        ("polarity", "negative"),
        ("modality", ""),
    ):
        sitting.expect(f"{part} [")
        sitting.type(f"{words}\n")
    sitting.expect("Oracle · not bears risk · technology risk")
    sitting.expect("[q]uit ")
    sitting.type("a")
    sitting.expect("accepted as C001.")
    sitting.expect("[q]uit ")
    sitting.type("\x03")
    code, seen = sitting.finish()
    assert code == 130
    assert "every decision so far is kept" in seen
    (row,) = csv.DictReader(io.StringIO((tmp_path / "documents/notes/claims.csv").read_text("utf-8")))
    assert (row["subject"], row["polarity"]) == ("oracle", "negative")


def test_a_sitting_goes_on_where_it_was_left_off(desk: Callable[..., Any], tmp_path: Path) -> None:
    first = desk()
    first.expect("»Hyperscalers bear technology risk«")
    first.expect("[q]uit ")
    first.type("r")
    first.expect("[q]uit ")
    first.type("\x03")
    assert first.finish()[0] == 130
    assert states(tmp_path) == ["rejected"]
    again = desk()
    before = again.expect("[q]uit ")
    assert "»Hyperscalers" not in before
    again.type("q")
    assert again.finish()[0] == 0


def test_the_log_tells_who_decided_what_and_when(
    run: Run, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting.decide("notes", one(sitting, "technology risk"), "accepted")
    sitting.decide("notes", one(sitting, "finance CoreWeave"), "rejected", "hearsay")
    monkeypatch.chdir(sitting.project.root)
    done = run("review", "--log")
    assert "accepted as C001" in done.out
    assert "by Ada: hearsay" in " ".join(done.out.split())
    told = json.loads(run("review", "--log", "--format", "json").out)
    assert [(item["state"], item["by"]) for item in told] == [("accepted", "Ada"), ("rejected", "Ada")]
    assert os.fspath(sitting.project.root) not in done.out
