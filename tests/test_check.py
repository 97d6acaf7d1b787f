"""`kgq check`: any source, its problems with file and line, and an exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kg.checks.sources import UNFINISHED, check
from kgq.commands.check import exit_code
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


@pytest.mark.slow
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
        ("empty.ttl", b"", 4, "empty.ttl: error: the file is empty; give it data"),
        ("blank.csv", b" \n\n", 4, "the file is empty"),
        ("broken.ttl", b"@prefix a: <http://a/> .\n\na:b a:c ;; a:e", 4, "broken.ttl:3: error: not valid Turtle:"),
        ("broken.jsonld", b'{"@id": ', 4, "error: not valid JSON-LD:"),
        ("latin.csv", b"id,type,label,alt\nx,Company,caf\xe9,\n", 4, "latin.csv:2: error: byte 0xE9 at offset 31"),
        ("latin.ttl", b"<http://a/b> <http://a/c> '\xe9' .", 4, "byte 0xE9 at offset 27 is not UTF-8"),
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


@pytest.mark.slow
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


UNTIDY = """@prefix e: <http://e/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
e:C a owl:Class ; rdfs:label "C" ; rdfs:subClassOf e:D .
e:D a owl:Class ; rdfs:label "D" ; rdfs:subClassOf e:C .
e:p a owl:ObjectProperty ; rdfs:label "p" .
e:a a e:C ; rdfs:label "same" ; e:p e:b .
e:b a e:C ; rdfs:label "same" ; e:pp e:zz .
e:c a e:C .
e:d e:p e:c .
e:S a sh:NodeShape ; sh:targetClass e:C ; sh:property [ sh:path rdfs:label ; sh:minCount 1 ] .
"""
EXPECTED = {
    ("cycle", 5, "error"),
    ("shacl", 10, "error"),
    ("label-clash", 8, "warning"),
    ("dangling-reference", 9, "warning"),
    ("undeclared-term", 9, "warning"),
    ("unlabelled", 10, "warning"),
    ("untyped", 11, "warning"),
}


@pytest.fixture
def untidy(tmp_path: Path) -> Path:
    """A graph of somebody else's with one fault of each kind."""
    path = tmp_path / "untidy.ttl"
    path.write_text(UNTIDY, encoding="utf-8")
    return path


def test_a_graph_of_anybodys_is_held_against_its_shapes_and_hygiene(untidy: Path) -> None:
    problems = check([untidy])
    assert {(problem.rule, problem.line, problem.severity) for problem in problems} == EXPECTED
    assert all(problem.remedy and problem.file == str(untidy) for problem in problems)


def test_a_value_of_another_type_than_the_range_says_is_told_and_kinds_of_numbers_are_not(tmp_path: Path) -> None:
    path = tmp_path / "values.ttl"
    path.write_text(
        """@prefix e: <http://e/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
e:seats a owl:DatatypeProperty ; rdfs:label "seats" ; rdfs:range xsd:integer .
e:price a owl:DatatypeProperty ; rdfs:label "price" ; rdfs:range xsd:decimal .
e:name a owl:DatatypeProperty ; rdfs:label "name" ; rdfs:range xsd:string .
e:page a owl:DatatypeProperty ; rdfs:label "page" ; rdfs:range xsd:anyURI .
e:since a owl:DatatypeProperty ; rdfs:label "since" ; rdfs:range xsd:date .
e:C a owl:Class ; rdfs:label "C" .
e:a a e:C ; rdfs:label "a" ; e:seats 5 ; e:price 1 , 2.5 , 1e3 ; e:name "A"@en , "B" ; e:page <http://x/> .
e:b a e:C ; rdfs:label "b" ; e:seats "many" .
e:c a e:C ; rdfs:label "c" ; e:since "2020"^^xsd:gYear ; e:name e:a .
""",
        encoding="utf-8",
    )
    found = [(problem.line, problem.message) for problem in check([path]) if problem.rule == "range"]
    assert found == [
        (12, "'many', as e:seats of e:b, is xsd:string, and its range is xsd:integer"),
        (13, "'2020', as e:since of e:c, is xsd:gYear, and its range is xsd:date"),
        (13, "e:a, as e:name of e:c, is no literal, and its range is xsd:string"),
    ]


def test_the_graph_named_with_g_is_checked_the_same(untidy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-g", str(untidy), "--format", "json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert {(problem["rule"], problem["line"], problem["severity"]) for problem in problems} == EXPECTED


def test_shapes_of_the_users_own_replace_the_graphs(untidy: Path, tmp_path: Path) -> None:
    shapes = tmp_path / "mine.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e/> .\n"
        "e:Mine a sh:NodeShape ; sh:targetClass e:C ; sh:property [ sh:path e:p ; sh:maxCount 0 ] .",
        encoding="utf-8",
    )
    found = [problem for problem in check([untidy], shapes=[shapes]) if problem.rule == "shacl"]
    assert [(problem.line, problem.message[:9]) for problem in found] == [(8, "e:p: More")]


def test_shapes_cannot_reach_the_network_or_run_scripts(untidy: Path, tmp_path: Path) -> None:
    head = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e/> .\n"
    for name, body, said in (
        ("service", 'sh:sparql [ sh:select "SELECT $this { SERVICE <http://x/> { $this ?p ?o } }" ]', "SERVICE"),
        ("script", "sh:js [ sh:jsFunctionName 'f' ]", "JavaScript"),
    ):
        path = tmp_path / f"{name}.ttl"
        path.write_text(f"{head}e:S a sh:NodeShape ; sh:targetClass e:C ; {body} .", encoding="utf-8")
        problems = check([untidy], shapes=[path])
        assert said in problems[0].message


def test_a_check_that_takes_too_long_is_given_up_and_said_to_be(untidy: Path) -> None:
    problems = check([untidy], time_limit=0)
    assert {problem.rule for problem in problems} == {UNFINISHED}
    assert "was given up after 0 s" in problems[0].message
    assert exit_code(problems) == 4


def test_sarif_has_what_its_schema_requires(untidy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The required members of SARIF 2.1.0 (OASIS, 3.13 to 3.28), and where code scanning looks for the place."""
    assert main(["check", str(untidy), "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "kgq"
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(rules) == len(set(rules))
    for result in run["results"]:
        assert set(result) <= {"ruleId", "ruleIndex", "level", "message", "locations"}
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note", "none")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].startswith("file:///")
        assert place["region"]["startLine"] >= 1


def test_junit_fails_a_case_for_each_error(untidy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from xml.etree import ElementTree

    assert main(["check", str(untidy), "--format", "junit"]) == 1
    suite = ElementTree.fromstring(capsys.readouterr().out)[0]  # noqa: S314 - our own
    assert suite.get("failures") == "2"
    assert len(suite.findall("testcase/failure")) == 2
    assert "has no type" in (suite.findtext("system-out") or "")


@pytest.mark.slow
def test_fix_mends_what_only_one_thing_can_be_meant_by_and_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claims = folder / "claims.csv"
    good = claims.read_bytes()
    replace(claims, "northwind,builds", "Northwind,Builds")
    broken = claims.read_bytes()
    assert main(["check", str(folder), "--fix", "--dry-run"]) == 1
    said = capsys.readouterr().err
    assert "would fix" in said
    assert "'Builds' → 'builds' (letter case)" in said
    assert claims.read_bytes() == broken
    assert main(["check", str(folder), "--fix"]) == 0
    assert "fixed: " in capsys.readouterr().err
    assert claims.read_bytes() == good


def test_fix_takes_typography_and_start_from_the_text(folder: Path) -> None:
    from kg.documents.claim_rows import CLAIM_COLUMNS, CLAIM_OPTIONAL
    from kg.documents.tables import read_table

    claims = folder / "claims.csv"
    rows, _ = read_table(claims, CLAIM_COLUMNS, CLAIM_OPTIONAL)
    quote = next(row["quote"] for row in rows if " " in row["quote"])
    replace(claims, quote, quote.replace(" ", "  ", 1))
    assert main(["check", str(folder), "--fix"]) == 0
    assert [row["quote"] for row in read_table(claims, CLAIM_COLUMNS, CLAIM_OPTIONAL)[0]] == [
        row["quote"] for row in rows
    ]


def test_fix_does_not_guess(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(folder / "claims.csv", "northwind,builds", "northwind,bilds")
    before = (folder / "claims.csv").read_bytes()
    assert main(["check", str(folder), "--fix"]) == 1
    assert "nothing can be mended" in capsys.readouterr().err
    assert (folder / "claims.csv").read_bytes() == before


def test_claims_without_the_ontology_are_checked_with_it(
    claims_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["check", "-g", str(claims_file)])
    assert "which is not declared" not in capsys.readouterr().out


def test_a_mapping_is_checked_by_what_it_makes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text("id,name\n1,x\n2,x\n", encoding="utf-8")
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "mappings: {p: {sources: [t.csv], s: 'http://e/$(id)', po: [[a, 'http://e/P'], [rdfs:label, $(name)]]}}",
        encoding="utf-8",
    )
    assert main(["check", str(mapping)]) == 0
    assert "have the same label 'x'" in capsys.readouterr().out
    (tmp_path / "t.csv").write_text("id,nam\n1,x\n", encoding="utf-8")
    assert main(["check", str(mapping)]) == 4
    assert f"{mapping}:1: error: unknown column 'name'" in capsys.readouterr().out


def test_packed_files_have_lines_too(untidy: Path, tmp_path: Path) -> None:
    import gzip

    packed = tmp_path / "untidy.ttl.gz"
    packed.write_bytes(gzip.compress(untidy.read_bytes()))
    assert {(problem.rule, problem.line, problem.severity) for problem in check([packed])} == EXPECTED


def test_claims_with_tabs_are_claims(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import csv

    with (folder / "claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    (folder / "claims.csv").unlink()
    with (folder / "claims.tsv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t").writerows(rows)
    assert main(["check", str(folder)]) == 0
    replace(folder / "claims.tsv", "northwind\tbuilds", "northwind\tbilds")
    assert main(["check", str(folder / "claims.tsv")]) == 1
    assert "claims.tsv:2: error: unknown predicate 'bilds'" in capsys.readouterr().out


def test_packed_claims_are_checked_as_claims(
    claims_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import gzip

    packed = tmp_path / "claims.trig.gz"
    packed.write_bytes(gzip.compress(claims_file.read_bytes()))
    assert main(["check", str(packed)]) == 1
    assert f"{packed}:5: error: " in capsys.readouterr().out
