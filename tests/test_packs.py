"""Question packs: read with file and line, run against a real graph, right / wrong / refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.packs.running import Expectation, judge, read_pack, run_pack
from kg.results import Answer, AnswerRow, Cell, Derivation, Evidence, Premise
from kgq.main import main

ROOT = Path(__file__).parents[1]
GRAPH = """@prefix : <http://example.com/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:City a rdfs:Class ; rdfs:label "city" . :Country a rdfs:Class ; rdfs:label "country" .
:capital rdfs:label "capital" ; rdfs:domain :Country ; rdfs:range :City .
:fr a :Country ; rdfs:label "France" ; :capital :paris . :de a :Country ; rdfs:label "Germany" ; :capital :berlin .
:paris a :City ; rdfs:label "Paris" . :berlin a :City ; rdfs:label "Berlin" . :lyon a :City ; rdfs:label "Lyon" .
"""


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "places.ttl"
    path.write_text(GRAPH, encoding="utf-8")
    return path


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "pack.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def rows(*values: str) -> tuple[AnswerRow, ...]:
    return tuple(AnswerRow((Cell(value),)) for value in values)


def expect(**fields: Any) -> Expectation:
    return Expectation("1", "q", **fields)


def test_a_pack_that_holds_exits_0_and_says_so_for_each_question(
    tmp_path: Path, graph: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = write(tmp_path, "- question: which cities are there?\n  answers: [Paris, berlin, Lyon]\n")
    assert main(["test", str(pack), "-g", str(graph)]) == 0
    out = capsys.readouterr().out
    assert "1  right    which cities are there?" in out
    assert "1 question: 1 right, 0 wrong, 0 refused." in out


def test_a_pack_that_does_not_hold_exits_1_and_says_why(
    tmp_path: Path, graph: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = write(
        tmp_path,
        "- question: which cities are there?\n  answers: [Paris, Berlin, Rome]\n"
        "- {id: k, question: 'which zorkmids are there?', answers: []}\n"
        "- question: which cities are there?\n",
    )
    assert main(["test", str(pack), "-g", str(graph)]) == 1
    out = capsys.readouterr().out
    assert "missing: Rome" in out
    assert "unexpected: Lyon" in out
    assert "k  refused" in out
    assert "'zorkmids'" in out
    assert "3 questions: 1 right, 1 wrong, 1 refused." in out


def test_only_what_fails_is_shown_when_asked_for(
    tmp_path: Path, graph: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = write(tmp_path, "- question: which cities are there?\n- question: which zorkmids are there?\n")
    assert main(["test", str(pack), "-g", str(graph), "--failing"]) == 1
    out = capsys.readouterr().out
    assert "right  " not in out
    assert "refused  which zorkmids" in out


def test_json_follows_its_schema(tmp_path: Path, graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    validator = pytest.importorskip("jsonschema_rs")
    schema = json.loads((ROOT / "docs" / "pack_result.schema.json").read_text("utf-8"))
    pack = write(tmp_path, "title: Places\nquestions:\n- question: which cities are there?\n  answers: [Rome]\n")
    assert main(["test", str(pack), "-g", str(graph), "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    validator.validator_for(schema).validate(data)
    assert (data["title"], data["wrong"], data["questions"][0]["missing"]) == ("Places", 1, ["Rome"])


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", 1, "empty"),
        ("questions: []\n", 1, "no questions"),
        ("just a text\n", 1, "no questions"),
        ("- question: a\n- answers: [x]\n", 2, "no question"),
        ("- plain\n", 1, "not a question"),
        ("- question: a\n  anwsers: [x]\n", 2, "did you mean 'answers'?"),
        ("- question: a\n  status: unknown\n", 2, "the choices are answered, not_stated"),
        ("- question: a\n  boolean: maybe\n", 2, "write true, false or null"),
        ("- question: a\n  answers: [{b: c}]\n", 2, "neither a value nor a list"),
        ("- question: a\n  include: guessed\n", 2, "unknown include 'guessed'"),
        ("- {id: x, question: a}\n- {id: x, question: b}\n", 2, "taken by line 1"),
        ("- question: [a]\n", 1, "not one text"),
        ("- question: a\n  question: b\n", 2, "given twice"),
        ("- question: 'a\n", 2, "not YAML"),
        ("- &a {question: b}\n- *a\n", 1, "aliases"),
    ],
)
def test_a_bad_pack_is_told_with_file_line_and_remedy(
    tmp_path: Path, text: str, line: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = write(tmp_path, text)
    assert main(["test", str(pack)]) == 4
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"{pack}:{line}: error:" in captured.err
    assert told in captured.err
    assert "; " in captured.err


def test_a_pack_that_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(tmp_path / "none.yaml")]) == 4
    assert "cannot be read" in capsys.readouterr().err
    (tmp_path / "latin.yaml").write_bytes(b"- question: caf\xe9\n")
    assert main(["test", str(tmp_path / "latin.yaml")]) == 4
    assert "save it as UTF-8" in capsys.readouterr().err


def test_without_a_pack_a_graph_of_ones_own_needs_one(graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "-g", str(graph)]) == 2
    assert "Name a pack" in capsys.readouterr().err


def test_the_pack_in_the_folder_of_a_graph_is_its_own(graph: Path) -> None:
    (graph.parent / "questions.yaml").write_text("- question: which cities are there?\n", encoding="utf-8")
    assert main(["test", "-g", str(graph.parent)]) == 0


def test_an_unknown_id_is_told_with_the_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = write(tmp_path, "- {id: cities, question: a}\n")
    assert main(["test", str(pack), "--only", "citis"]) == 2
    assert "Did you mean 'cities'?" in capsys.readouterr().err


def test_the_competency_questions_are_a_pack() -> None:
    validator = pytest.importorskip("jsonschema_rs")
    path = ROOT / "ontology" / "questions.yaml"
    pack = read_pack(path)
    assert not pack.problems
    assert len(pack.questions) > 100
    schema = json.loads((ROOT / "docs" / "pack.schema.json").read_text("utf-8"))
    validator.validator_for(schema).validate(yaml.safe_load(path.read_text("utf-8")))


@pytest.mark.slow
def test_the_built_in_graph_answers_its_own_questions(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["test", "--failing"])
    assert code == 0, capsys.readouterr().out


def test_the_pack_in_the_documentation_is_one(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "how-to" / "ask.md").read_text("utf-8")
    found = read_pack(write(tmp_path, text.split("```yaml\n")[1].split("```")[0]))
    assert not found.problems
    assert len(found.questions) == 4


def test_values_match_whatever_their_case_and_the_form_of_their_number() -> None:
    answer = Answer("q", "answered", rows=rows("Hyperscalers", "10.50", "1,000"))
    assert judge(expect(answers=(("hyperscalers",), ("10.5",), ("1000.0",))), answer).verdict == "right"


def test_an_iri_and_several_columns_can_be_expected() -> None:
    row = AnswerRow((Cell("Paris", iri="http://example.com/paris"), None, Cell("2")))
    answer = Answer("q", "answered", rows=(row,))
    assert judge(expect(answers=(("http://example.com/paris",),)), answer).verdict == "right"
    assert judge(expect(answers=(("Paris", "2"),)), answer).verdict == "right"
    assert judge(expect(answers=(("Paris", "3"),)), answer).verdict == "wrong"


def test_further_rows_are_wrong_unless_at_least_is_asked_for() -> None:
    answer = Answer("q", "answered", rows=rows("a", "b"))
    assert judge(expect(answers=(("a",),)), answer).unexpected == ("b",)
    assert judge(expect(answers=(("a",),), exactly=False), answer).verdict == "right"


def test_order_counts_only_when_asked_for() -> None:
    answer = Answer("q", "answered", rows=rows("b", "a"))
    assert judge(expect(answers=(("a",), ("b",))), answer).verdict == "right"
    assert (
        judge(expect(answers=(("a",), ("b",)), ordered=True), answer).reason == "the answers come in another order"
    )


@pytest.mark.parametrize(
    ("expected", "got", "verdict"),
    [(True, True, "right"), (True, False, "wrong"), (False, None, "wrong"), (None, None, "right")],
)
def test_a_verdict_must_be_the_one_expected(expected: bool | None, got: bool | None, verdict: str) -> None:
    answer = Answer("q", "answered", boolean=got)
    assert judge(expect(boolean=expected, checks_boolean=True), answer).verdict == verdict


@pytest.mark.parametrize(
    ("wanted", "status", "verdict"),
    [
        (("not_stated",), "not_stated", "right"),
        (("not_stated",), "answered", "wrong"),
        (("answered",), "not_stated", "wrong"),
        (("not_stated",), "not_understood", "refused"),
        (("not_stated", "not_understood"), "not_understood", "right"),
        (("not_understood",), "ambiguous", "refused"),
        (("answered",), "error", "refused"),
    ],
)
def test_a_question_not_answered_is_refused_and_one_answered_otherwise_is_wrong(
    wanted: tuple[str, ...], status: str, verdict: str
) -> None:
    assert judge(expect(status=wanted), Answer("q", status)).verdict == verdict


def test_a_refusal_must_name_the_words_expected() -> None:
    answer = Answer("q", "not_understood", uncovered=("Zork",))
    assert judge(expect(status=("not_understood",), uncovered=("zork",)), answer).verdict == "right"
    assert "does not name 'mid'" in judge(expect(status=("not_understood",), uncovered=("mid",)), answer).reason


def test_evidence_may_lie_at_the_leaves_of_a_proof() -> None:
    quote = Evidence("d", "h", "They  bear capex risk", 0, 20)
    proof = Derivation("r", (Premise("c", "stated", "t", (quote,)),))
    answer = Answer("q", "answered", rows=(AnswerRow((Cell("a"),), because=(proof,)),))
    assert judge(expect(evidence=("bear capex risk",)), answer).verdict == "right"
    lost = judge(expect(evidence=("bear demand risk",)), answer)
    assert (lost.verdict, lost.missing_evidence) == ("wrong", ("bear demand risk",))


def test_a_question_that_breaks_the_engine_does_not_hide_the_others(tmp_path: Path) -> None:
    def ask(text: str, include: tuple[str, ...]) -> Answer:
        if text == "a":
            raise ZeroDivisionError("by zero")
        assert include == ("background",)
        return Answer(text, "answered")

    pack = read_pack(write(tmp_path, "include: background\nquestions: [{question: a}, {question: b}]\n"))
    first, second = run_pack(pack, ask)
    assert (first.verdict, second.verdict) == ("refused", "right")
    assert "ZeroDivisionError" in first.reason
