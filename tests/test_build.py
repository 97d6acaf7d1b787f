"""`kgq build`: the same bytes every time, nothing written when anything is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.building.build import ASIDE_GRAPHS, build, changed_files, folder_files, write_file, write_folder
from kg.building.sources import read_sources
from kg.dataset import Dataset
from kg.documents.rdf import read_rdf
from kg.engines.oxigraph import OxigraphEngine
from kg.resources import ontology_folder
from kgq.main import main

ROOT = Path(__file__).parents[1]
TEXT = os.environ.get("KGQ_SOURCE")
HARBOUR = Path(__file__).parent / "data" / "harbour"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a small document that is in order."""
    target = tmp_path / "harbour"
    shutil.copytree(HARBOUR, target)
    return target


@pytest.fixture(autouse=True)
def _no_text_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KGQ_SOURCE", raising=False)


def test_the_built_files_are_what_the_sources_give() -> None:
    """Committed files and sources go together; run `kgq build` where this fails."""
    made = folder_files(build(read_sources(), validate=False))
    committed = {path.name: path.read_bytes() for path in (ontology_folder() / "built").iterdir()}
    assert made.keys() == committed.keys()
    changed = [name for name, data in made.items() if data != committed[name]]
    assert changed == []


def test_the_build_does_not_depend_on_the_text_being_at_hand() -> None:
    if TEXT is None:
        pytest.skip("KGQ_SOURCE is not set: the text is not at hand")
    with_text = build(read_sources(source=Path(TEXT)), validate=False)
    assert with_text.problems == []
    assert with_text.unchecked_quotes() == 0
    assert with_text.lines() == build(read_sources(), validate=False).lines()


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_same_sources_give_the_same_bytes_under_any_hash_seed(tmp_path: Path, seed: str) -> None:
    program = f"""
from pathlib import Path
from kg.building.build import build, folder_files
from kg.building.sources import read_sources
import hashlib
for folder in (None, Path({str(HARBOUR)!r})):
    for name, data in folder_files(build(read_sources(folder), validate=False)).items():
        print(name, hashlib.sha256(data).hexdigest())
"""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    import hashlib

    expected = [
        f"{name} {hashlib.sha256(data).hexdigest()}"
        for source in (None, HARBOUR)
        for name, data in folder_files(build(read_sources(source), validate=False)).items()
    ]
    assert run.stdout.split("\n")[:-1] == expected


def test_the_order_of_rows_does_not_matter(folder: Path) -> None:
    before = build(read_sources(folder), validate=False).lines()
    header, *rows = (folder / "entities.csv").read_text("utf-8").splitlines()
    (folder / "entities.csv").write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    assert build(read_sources(folder), validate=False).lines() == before


def test_the_built_graph_has_no_blank_node_and_is_sorted() -> None:
    for name in ("graph.nq", "aside.nq"):
        lines = (ontology_folder() / "built" / name).read_text("utf-8").split("\n")[:-1]
        assert lines == sorted(set(lines))
        assert not any(line.startswith("_:") or " _:" in line.split('"')[0] for line in lines)


def test_questions_are_spared_words_shapes_and_alignments() -> None:
    engine = OxigraphEngine.from_nquads(ontology_folder() / "built" / "graph.nq")
    graphs = set(engine.named_graphs())
    assert not graphs & ASIDE_GRAPHS
    assert any(graph.endswith("/claims") for graph in graphs)


def test_a_folder_of_ones_own_becomes_one_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = folder.parent / "harbour.nq"
    assert main(["build", str(folder), "-o", str(target)]) == 0
    assert capsys.readouterr().out.strip() == str(target)
    dataset = Dataset(OxigraphEngine.from_nquads(target))
    rows = dataset.select(
        """SELECT ?who ?words ?exact { ?claim kgq:claimSubject ?s ; kgq:claimPredicate ?p ; kgq:quantity ?words ;
             kgq:hasEvidence/oa:hasSelector/oa:exact ?exact .
             ?s rdfs:label ?who . ?p rdfs:label "funds company"@en }"""
    )
    assert [[term.value for term in row] for row in rows] == [  # type: ignore[union-attr]
        ["lenders", "mostly", "Lenders finance Southgate, mostly through bonds.\n"]
    ]


def test_trig_holds_the_same_graph(folder: Path) -> None:
    built = build(read_sources(folder), validate=False)
    write_file(built, folder.parent / "h.trig")
    rdf, problems = read_rdf(folder.parent / "h.trig")
    assert problems == []
    assert rdf is not None
    shapes = "<https://w3id.org/kgq/graph/shapes> ."
    assert {f"{quad} ." for quad in rdf.quads} == {line for line in built.lines() if not line.endswith(shapes)}


@pytest.mark.slow
def test_building_twice_into_the_folder_itself_changes_nothing(folder: Path) -> None:
    assert main(["build", str(folder)]) == 0
    first = {path.name: path.read_bytes() for path in (folder / "built").iterdir()}
    words = {"vocabulary.json", "terms.json", "phrases.json"}
    assert set(first) == {"graph.nq", "aside.nq", "manifest.json"} | words
    write_folder(build(read_sources(folder), validate=False), folder / "built")
    assert {path.name: path.read_bytes() for path in (folder / "built").iterdir()} == first


def test_two_documents_share_their_entities_and_keep_their_claims_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(HARBOUR, tmp_path / name)
    (tmp_path / "two" / "entities.csv").unlink()
    text = (tmp_path / "two" / "post.txt").read_text("utf-8")
    (tmp_path / "two" / "post.txt").write_text(text + "again", encoding="utf-8")
    for name in ("one", "two"):
        shutil.move(tmp_path / name / "finance.ttl", tmp_path / "finance.ttl")
        shutil.rmtree(tmp_path / name / "built", ignore_errors=True)
    sources = read_sources(tmp_path)
    assert sources.problems == []
    dataset = build(sources, validate=False).dataset
    rows = dataset.select('SELECT DISTINCT ?g { GRAPH ?g { ?claim dcterms:identifier "H1" } }')
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "place", "said"),
    [
        ("claims.csv", b"northwind,builds", b"northwind,bilds", 1, ":2:", "did you mean 'builds'"),
        ("claims.csv", b"builds data centers,114", b"builds data centers,", 1, ":4:", "occurs 2 times"),
        ("claims.csv", b"may become a landlord", b"might become a landlord", 1, ":7:", "is not in the text"),
        ("claims.csv", b"id,subject", b"id,subjekt", 1, ":1:", "missing column 'subject'"),
        ("claims.csv", b"northwind,foundedIn", b"northw\xefnd,foundedIn", 4, ":8:", "is not UTF-8"),
        ("claims.csv", b"", None, 4, ":1:", "the file is empty"),
        ("entities.csv", b"", None, 4, ":1:", "the file is empty"),
        ("document.yaml", b"post.txt", b"past.txt", 4, "past.txt:", "no such file"),
        ("document.yaml", b"title:", b"- title:", 4, ":2:", "not YAML"),
        ("finance.ttl", b"a owl:Class", b"a owl:Class ,,", 4, ":9:", "syntax"),
        ("finance.ttl", b"kgq:pluralPattern", b"kgq:pluralPatern", 1, ":", "not declared with a label"),
    ],
)
def test_nothing_is_written_when_anything_is_wrong(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    old: bytes,
    new: bytes | None,
    code: int,
    place: str,
    said: str,
) -> None:
    data = (folder / name).read_bytes()
    assert old in data
    (folder / name).write_bytes(b"" if new is None else data.replace(old, new))
    target = folder.parent / "out.nq"
    target.write_text("what was there before", encoding="utf-8")
    assert main(["build", str(folder), "-o", str(target)]) == code
    assert target.read_text("utf-8") == "what was there before"
    captured = capsys.readouterr()
    assert captured.out == ""
    *problems, summary = captured.err.splitlines()
    assert "nothing written" in summary
    line = next(line for line in problems if said in line)
    file = folder / ("" if place == "past.txt:" else name)
    assert line.startswith(f"{file}{'/' if place == 'past.txt:' else ''}{place}")
    assert " error: " in line
    assert "; " in line
    assert sorted(path.name for path in folder.parent.iterdir()) == ["harbour", "out.nq"]


def test_a_change_of_the_text_is_noticed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (folder / "post.txt").read_text("utf-8")
    (folder / "post.txt").write_text(text.replace("data centers and", "data centres and"), encoding="utf-8")
    assert main(["build", str(folder), "-o", str(folder.parent / "out.nq")]) == 1
    assert "is not in the text" in capsys.readouterr().err


def test_a_text_that_is_not_the_documents_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.txt").write_text("something else", encoding="utf-8")
    assert main(["build", "-o", str(tmp_path / "out.nq"), "--source", str(tmp_path / "other.txt")]) == 1
    assert "SHA-256" in capsys.readouterr().err
    assert not (tmp_path / "out.nq").exists()


def test_a_text_in_the_environment_that_is_another_documents_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGQ_SOURCE", str(folder / "entities.csv"))
    assert main(["build", str(folder), "-o", str(folder.parent / "out.nq")]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["build", "no-such-folder"], 4, "no such folder"),
        (["build", "{empty}"], 4, "no sources here"),
        (["build", "{folder}", "-o", "{empty}/graph.ttl"], 2, ".nq or .trig"),
        (["build", "{folder}", "-o", "{folder}/claims.csv/x.nq"], 4, "cannot be made"),
    ],
)
def test_what_cannot_be_built_is_said_in_one_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    filled = [argument.format(folder=folder, empty=tmp_path / "empty") for argument in arguments]
    assert main(filled) == code
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_the_report_can_be_read_by_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(folder), "-o", str(folder.parent / "o.nq"), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "conforms": True,
        "written": str(folder.parent / "o.nq"),
        "problems": [],
    }


@pytest.mark.slow
def test_a_built_file_that_was_changed_is_noticed(folder: Path) -> None:
    write_folder(build(read_sources(folder), validate=False), folder / "built")
    assert changed_files(folder / "built") == []
    graph = folder / "built" / "graph.nq"
    graph.write_bytes(graph.read_bytes().replace(b"Lenders finance", b"Lenders founded"))
    assert [(problem.file, problem.severity) for problem in changed_files(folder / "built")] == [
        (str(graph), "error")
    ]


@pytest.mark.slow
def test_a_source_that_was_changed_after_the_build_is_noticed(folder: Path) -> None:
    write_folder(build(read_sources(folder), validate=False), folder / "built")
    with (folder / "entities.csv").open("a", encoding="utf-8") as file:
        file.write("eastgate,Company,Eastgate,,,singular,\n")
    (stale,) = changed_files(folder / "built")
    assert (stale.file, stale.severity) == (str(folder / "entities.csv"), "warning")
