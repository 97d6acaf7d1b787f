"""`kgq verify`: one changed character is enough, wherever it is changed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from kg.building.build import build, write_file
from kg.building.sources import read_sources
from kg.checks.quotes import verify_quotes
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.knowledge_graph import open_graph
from kg.resources import ontology_folder
from kgq.main import main

HARBOUR = Path(__file__).parent / "data" / "harbour"
TEXT = HARBOUR / "post.txt"


@pytest.fixture(autouse=True)
def _no_text_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KGQ_SOURCE", raising=False)
    monkeypatch.delenv("KGQ_GRAPH", raising=False)


@pytest.fixture(scope="module")
def source() -> Path:
    """The text of the document that ships with kgq; it is not part of the project."""
    name = os.environ.get("KGQ_SOURCE")
    if name is None:
        pytest.skip("KGQ_SOURCE is not set: the text is not at hand")
    return Path(name)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small graph in one file; nothing here changes it."""
    path = tmp_path_factory.mktemp("verify") / "harbour.nq"
    write_file(build(read_sources(HARBOUR), validate=False), path)
    return path


def altered(path: Path, target: Path, old: str, new: str) -> Path:
    """Write a copy of a file in which some words differ."""
    data = path.read_bytes().decode("utf-8")
    assert old in data
    target.write_bytes(data.replace(old, new).encode("utf-8"))
    return target


def test_every_quote_holds_against_the_text(graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-g", str(graph), "verify", "--source", str(TEXT)]) == 0
    said = capsys.readouterr().out
    assert "5 quotes: nothing broken; 5 compared word by word with “Harbour Compute, a note”" in said


def test_without_the_text_it_says_what_was_not_checked(graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-g", str(graph), "verify"]) == 0
    said = capsys.readouterr().out
    assert "not compared with “Harbour Compute, a note”, whose text is not at hand" in said
    assert "lengths and limits alone" in said


def test_one_character_changed_in_the_text_is_found(
    graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = altered(TEXT, tmp_path / "post.txt", "Lenders finance", "Lenders Finance")
    assert main(["-g", str(graph), "verify", "--source", str(text)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert "SHA-256" in said[0]
    assert "broken quote at 139–188" in "\n".join(said)


def test_one_character_changed_in_the_graph_is_found(
    graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = altered(graph, tmp_path / "changed.nq", "Lenders finance", "Lenders Finance")
    assert main(["-g", str(changed), "verify", "--source", str(TEXT)]) == 1
    assert "the text has “Lenders finance" in capsys.readouterr().out


def test_a_character_too_many_is_found_without_the_text(graph: Path, tmp_path: Path) -> None:
    changed = altered(graph, tmp_path / "changed.nq", "Lenders finance", "The lenders finance")
    assert main(["-g", str(changed), "verify"]) == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('#start> "25"', '#start> "24"', "its place has room for"),
        ('codePoints> "325"', 'codePoints> "100"', "ends after the document"),
        ('extentEnd> "293"', 'extentEnd> "200"', "outside the encoded part"),
        ('oa#prefix> "', 'oa#prefix> "x', "prefix or suffix"),
        ("oa#hasSource>", "oa#hadSource>", "lacks its document"),
        ("core#hasEvidence>", "core#hadEvidence>", "has no quote"),
    ],
)
def test_a_graph_that_was_tampered_with_is_found(
    graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    changed = altered(graph, tmp_path / "changed.nq", old, new)
    assert main(["-g", str(changed), "verify", "--source", str(TEXT)]) == 1
    assert said in capsys.readouterr().out


def test_another_text_is_named_as_such(graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.txt").write_text("Harbour", encoding="utf-8")
    assert main(["-g", str(graph), "verify", "--source", str(tmp_path / "other.txt")]) == 1
    assert "“Harbour Compute, a note” has" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "data"), [("gone.txt", None), ("empty.txt", b""), ("latin.txt", b"caf\xe9")])
def test_a_text_that_cannot_be_read_exits_4(graph: Path, tmp_path: Path, name: str, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    assert main(["-g", str(graph), "verify", "--source", str(tmp_path / name)]) == 4


def test_the_result_can_be_read_by_programs(graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-g", str(graph), "verify", "--source", str(TEXT), "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    schema = json.loads((Path(__file__).parents[1] / "docs" / "verify.schema.json").read_text("utf-8"))
    assert set(report) == set(schema["required"])
    assert report == {
        "ok": True,
        "quotes": 5,
        "compared": 5,
        "documents": ["Harbour Compute, a note"],
        "not_compared": [],
        "problems": [],
    }


def test_what_ships_with_kgq_is_what_was_built(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify"]) == 0
    assert "nothing broken" in capsys.readouterr().out


def test_every_quote_that_ships_with_kgq_holds(source: Path) -> None:
    assert main(["verify", "--source", str(source)]) == 0
    assert open_graph().verify(source) == []


def test_one_character_of_the_real_text_changed_is_found(source: Path, tmp_path: Path) -> None:
    text = altered(source, tmp_path / source.name, "Capex risk", "capex risk")
    assert main(["verify", "--source", str(text)]) == 1


def test_one_character_of_the_real_graph_changed_is_found(source: Path, tmp_path: Path) -> None:
    built = ontology_folder() / "built" / "graph.nq"
    changed = altered(built, tmp_path / "changed.nq", "Demand risk • Capex risk", "Demand risk • capex risk")
    dataset = Dataset(OxigraphEngine.from_nquads(changed))
    assert len(verify_quotes(dataset, [source]).problems) == 1
    assert main(["-g", str(changed), "verify", "--source", str(source)]) == 1


def test_a_changed_file_of_the_installed_graph_is_found_without_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ontology_folder() / "built", tmp_path / "built")
    graph = tmp_path / "built" / "graph.nq"
    altered(graph, graph, "Demand risk • Capex risk", "Demand risk • capex risk")
    monkeypatch.setattr("kg.building.build.ontology_folder", lambda: tmp_path)
    assert main(["verify"]) == 1
    assert "changed after it was built" in capsys.readouterr().out
