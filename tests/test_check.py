"""`kgq check`: any source, its problems with file and line, and an exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kg.checks.sources import check
from kgq.main import main

ROOT = Path(__file__).parents[1]
HARBOUR = Path(__file__).parent / "data" / "harbour"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a small document that is in order."""
    target = tmp_path / "harbour"
    shutil.copytree(HARBOUR, target)
    return target


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_ships_with_kgq_conforms(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "conforms\n"


@pytest.mark.parametrize("name", ["", "claims.csv"])
def test_a_folder_in_order_conforms_whole_or_by_a_file(folder: Path, name: str) -> None:
    assert main(["check", str(folder / name)]) == 0


def test_a_problem_is_one_line_with_its_place_and_remedy(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(folder / "claims.csv", "northwind,builds", "northwind,bilds")
    assert main(["check", str(folder)]) == 1
    line = capsys.readouterr().out.splitlines()[0]
    assert line == (
        f"{folder / 'claims.csv'}:2: error: unknown predicate 'bilds'; did you mean 'builds'? "
        "Otherwise declare it in the ontology (a *.ttl file of the folder)"
    )


def test_shapes_speak_of_the_row(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(folder / "claims.csv", "H1,northwind,builds", "H1,bonds,builds")
    assert main(["check", str(folder)]) == 1
    assert (
        f"{folder / 'claims.csv'}:2: error: claim H1 has a subject that is not in the domain"
        in capsys.readouterr().out
    )


def test_the_report_can_be_read_by_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(folder / "claims.csv", "northwind,builds", "northwind,bilds")
    assert main(["check", str(folder), "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    schema = json.loads((ROOT / "docs" / "check.schema.json").read_text("utf-8"))
    assert set(schema["required"]) <= set(report) <= set(schema["properties"])
    assert set(report["problems"][0]) == set(schema["$defs"]["problem"]["required"])
    assert report["conforms"] is False
    assert report["problems"][0]["line"] == 2
    assert report["problems"][0]["rule"] == "unknown-predicate"


def test_a_warning_does_not_fail(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (folder / "entities.csv").open("a", encoding="utf-8") as file:
        file.write("eastgate,Company,Eastgate,,,singular,\n")
    assert main(["check", str(folder)]) == 0
    assert "warning: no claim speaks of id:eastgate" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "data", "code", "said"),
    [
        ("gone.ttl", None, 4, "no such file"),
        ("empty.ttl", b"", 4, "empty.ttl:1: error: the file is empty"),
        ("blank.csv", b" \n\n", 4, "the file is empty"),
        ("broken.ttl", b"@prefix a: <http://a/> .\n\na:b a:c ;; a:e", 4, "broken.ttl:3: error: syntax:"),
        ("broken.jsonld", b'{"@id": ', 4, "syntax"),
        ("latin.csv", b"id,type,label,alt\nx,Company,caf\xe9,\n", 4, "latin.csv:2: error: byte 0xE9 at offset 31"),
        ("latin.ttl", b"<http://a/b> <http://a/c> '\xe9' .", 4, "syntax"),
        ("claims-2.csv", b"id,subject\nx,y\n", 4, "missing columns"),
        ("open.csv", b'id,type,label,alt\nx,"Company,y,\n', 4, "not CSV"),
        ("claims.docx", b"x", 4, "not a kind of source"),
        ("rule.rq", b"SELECT * {}", 4, "no label"),
        ("people.csv", b"id,type,label,alt\nx,Compony,X,\n", 1, "people.csv:2: error: unknown class 'Compony'"),
        ("fine.csv", b"id,type,label,alt\nx,Company,X,\n", 0, "conforms"),
        ("fine.nt", b"<http://a/b> <http://a/c> <http://a/d> .", 0, "conforms"),
        ("fine.rq", b"# label: x\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", 0, "conforms"),
    ],
)
def test_a_lone_file_is_judged_by_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes | None, code: int, said: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    assert main(["check", str(tmp_path / name)]) == code
    assert said in capsys.readouterr().out


def test_claims_under_another_name_are_checked_next_to_their_document(folder: Path) -> None:
    rows = (folder / "claims.csv").read_text("utf-8").replace("northwind,builds", "northwind,bilds")
    (folder / "more.csv").write_text(rows, encoding="utf-8")
    problems = check([folder / "more.csv"])
    assert [(problem.rule, problem.line) for problem in problems] == [("unknown-predicate", 2)]


def test_claims_in_turtle_meet_the_same_shapes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = """@prefix kgq: <https://w3id.org/kgq/core#> .
@prefix e: <http://example.com/> .

e:claim1 a kgq:StatedClaim ; kgq:claimPredicate e:likes .
"""
    (tmp_path / "claims.ttl").write_text(text, encoding="utf-8")
    assert main(["check", str(tmp_path / "claims.ttl")]) == 1
    said = capsys.readouterr().out
    assert f"{tmp_path / 'claims.ttl'}:4: error:" in said
    assert "needs exactly one subject" in said


def test_a_folder_without_sources_cannot_be_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path)]) == 4
    assert "no sources here" in capsys.readouterr().out


def test_several_files_are_reported_together(tmp_path: Path) -> None:
    for name in ("one.ttl", "two.ttl"):
        (tmp_path / name).write_text("broken", encoding="utf-8")
    assert {Path(problem.file).name for problem in check([tmp_path / "one.ttl", tmp_path / "two.ttl"])} == {
        "one.ttl",
        "two.ttl",
    }
