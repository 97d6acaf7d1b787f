"""`kgq query`: SPARQL and English in, the published formats out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

if TYPE_CHECKING:
    from conftest import Run

SCHEMA = Path(__file__).parents[1] / "docs" / "answer.schema.json"
SELECT = "SELECT ?s ?label { ?s a ex:Company ; rdfs:label ?label } ORDER BY ?label"
LABELS = ["Amazon Web Services", "Google Cloud", "Oracle"]


def solutions(text: str, form: QueryResultsFormat) -> list[str]:
    found = parse_query_results(text.encode(), format=form)
    assert isinstance(found, QuerySolutions)
    return [row["label"].value for row in found]


@pytest.mark.parametrize(
    ("name", "form"),
    [("json", QueryResultsFormat.JSON), ("xml", QueryResultsFormat.XML), ("tsv", QueryResultsFormat.TSV)],
)
def test_select_in_the_formats_of_the_w3c(
    run: Run, claims_file: Path, name: str, form: QueryResultsFormat
) -> None:
    done = run("-g", claims_file, "query", "--format", name, SELECT)
    assert (done.code, done.err) == (0, "")
    assert solutions(done.out, form) == LABELS


def test_select_as_csv_table_and_markdown(run: Run, claims_file: Path) -> None:
    rows = list(csv.reader(io.StringIO(run("-g", claims_file, "query", "--format", "csv", SELECT).out)))
    assert rows[0] == ["s", "label"]
    assert [label for _, label in rows[1:]] == LABELS
    table = run("-g", claims_file, "query", SELECT).out.splitlines()
    assert table[0].split() == ["s", "label"]
    assert table[1].split(maxsplit=1) == ["id:aws", "Amazon Web Services"]
    markdown = run("-g", claims_file, "query", "--format", "md", SELECT).out.splitlines()
    assert markdown[1] == "| --- | --- |"
    assert markdown[2] == "| id:aws | Amazon Web Services |"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        (None, RdfFormat.TURTLE),
        ("turtle", RdfFormat.TURTLE),
        ("ntriples", RdfFormat.N_TRIPLES),
        ("rdfxml", RdfFormat.RDF_XML),
        ("jsonld", RdfFormat.JSON_LD),
    ],
)
@pytest.mark.parametrize("query", ["CONSTRUCT { ?s a ?t } WHERE { ?s a ?t }", "DESCRIBE id:oracle"])
def test_construct_and_describe_give_turtle_unless_told_otherwise(
    run: Run, claims_file: Path, name: str | None, form: RdfFormat, query: str
) -> None:
    done = run("-g", claims_file, "query", *(("--format", name) if name else ()), query)
    assert done.code == 0
    assert len(list(parse(done.out.encode(), format=form))) >= 3


@pytest.mark.parametrize(
    ("name", "yes"), [("json", '{"head":{},"boolean":true}'), ("table", "true"), ("csv", "true")]
)
def test_ask(run: Run, claims_file: Path, name: str, yes: str) -> None:
    done = run("-g", claims_file, "query", "--format", name, "ASK { ?s ?p ?o }")
    assert (done.code, done.out.strip()) == (0, yes)


def test_the_text_comes_from_a_file_or_from_standard_input(run: Run, claims_file: Path) -> None:
    Path("q.rq").write_text("\ufeff# companies\n" + SELECT, encoding="utf-8")
    direct = run("-g", claims_file, "query", SELECT).out
    assert run("-g", claims_file, "query", "@q.rq").out == direct
    assert run("-g", claims_file, "query", "-", stdin=SELECT).out == direct
    assert run("query", "-", stdin="  \n").code == 2


def test_a_file_that_is_no_text_is_refused(run: Run) -> None:
    Path("q.rq").write_bytes(b"SELECT \xff")
    done = run("query", "@q.rq")
    assert (done.code, done.out) == (4, "")
    assert done.err == "kgq: q.rq: not UTF-8 at byte 7. Save it as UTF-8.\n"
    assert run("query", "-", stdin=b"\xff").code == 4


def test_a_row_limit_cuts_and_says_so(run: Run, claims_file: Path) -> None:
    done = run("-g", claims_file, "query", "--format", "csv", "--row-limit", "2", SELECT)
    assert done.code == 4
    assert done.out.count("\r\n") == 3
    assert done.err == "kgq: stopped after 2 rows. Raise --row-limit for the rest.\n"
    assert run("-g", claims_file, "query", "--row-limit", "3", SELECT).code == 0


def test_the_language_can_be_decided_by_hand(run: Run, claims_file: Path) -> None:
    assert run("-g", claims_file, "query", "--sparql", "who bears capex risk").code == 2
    assert run("-g", claims_file, "query", "--english", "ASK { ?s ?p ?o }").code in (1, 3)


def test_words_need_no_quotes(run: Run, claims_file: Path) -> None:
    quoted = json.loads(run("-g", claims_file, "query", "--format", "json", "who bears capex risk").out)
    loose = json.loads(run("-g", claims_file, "query", "--format", "json", "who", "bears", "capex", "risk").out)
    assert loose["question"] == quoted["question"]


def checked(text: str) -> dict[str, Any]:
    jsonschema = pytest.importorskip("jsonschema")
    answer: dict[str, Any] = json.loads(text)
    jsonschema.validate(answer, json.loads(SCHEMA.read_text("utf-8")))
    return answer


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ("who bears capex risk", "answered", 0),
        ("does Oracle shift risk to lenders", "answered", 0),
        ("who frobnicates the gizmo", "not_understood", 3),
        ("who designs Trainium", "not_stated", 1),
    ],
)
def test_an_english_question_gives_the_published_object(
    run: Run, claims_file: Path, question: str, status: str, code: int
) -> None:
    done = run("-g", claims_file, "query", "--format", "json", question)
    answer = checked(done.out)
    assert (answer["status"], done.code) == (status, code)
    assert answer["question"] == question
    line = run("-g", claims_file, "query", "--format", "jsonl", question).out
    assert line.count("\n") == 1
    assert json.loads(line)["rows"] == answer["rows"]


def test_what_is_not_understood_is_said_on_standard_error_with_the_word(run: Run, claims_file: Path) -> None:
    done = run("-g", claims_file, "query", "who frobnicates the gizmo")
    assert (done.code, done.out) == (3, "")
    assert "'frobnicates'" in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("form", ["csv", "tsv", "md"])
def test_tables_of_an_answer_carry_what_supports_each_row(run: Run, claims_file: Path, form: str) -> None:
    done = run("-g", claims_file, "query", "--format", form, "who bears capex risk")
    head = done.out.splitlines()[0]
    assert all(name in head for name in ("kind", "qualifiers", "quote", "claims"))
    assert "hyperscalers" in done.out


def test_explain_shows_the_words_the_sparql_and_the_grounds(run: Run, claims_file: Path) -> None:
    done = run("-g", claims_file, "query", "--explain", "who bears capex risk")
    assert done.code == 0
    assert "Understood as:" in done.out
    assert "SELECT" in done.out
    assert "Why" in done.out


def test_a_batch_answers_line_by_line_in_order(run: Run, claims_file: Path) -> None:
    lines = [
        "who bears capex risk",
        "",
        '{"id": "mine", "question": "who frobnicates the gizmo"}',
        '{"id": 7, "question": "who shifts risk to lenders"}',
        "  ",
        "does Oracle shift risk to lenders\r",
    ]
    done = run("-g", claims_file, "query", "--batch", "-", stdin="\n".join(lines))
    answers = [checked(line) for line in done.out.splitlines()]
    assert [answer["id"] for answer in answers] == ["1", "mine", "7", "6"]
    assert [answer["status"] for answer in answers] == ["answered", "not_understood", "answered", "answered"]
    assert (done.code, done.err) == (0, "")
    assert answers[3]["question"] == "does Oracle shift risk to lenders"


def test_a_batch_goes_on_after_a_line_that_fails(run: Run, claims_file: Path) -> None:
    Path("q.txt").write_bytes(b'{"id": "a"}\n{"question"\n\xff\xfe\nwho bears capex risk\n{"question": 5}\n[1]\n')
    done = run("-g", claims_file, "query", "--batch", "q.txt", "-o", "out.jsonl")
    assert (done.code, done.out) == (4, "")
    answers = [checked(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]
    assert [a["status"] for a in answers[:5]] == ["error", "error", "error", "answered", "error"]
    assert len(answers) == 6
    assert "has no question" in answers[0]["error"]["message"]
    assert [a["id"] for a in answers] == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--batch", "missing.txt"), 4),
        (("--batch", "-", "a question"), 2),
        (("--batch", "-", "--format", "csv"), 2),
    ],
)
def test_a_batch_that_cannot_begin(run: Run, claims_file: Path, arguments: tuple[str, ...], code: int) -> None:
    done = run("-g", claims_file, "query", *arguments)
    assert (done.code, done.out) == (code, "")


def test_a_batch_reads_questions_only_and_may_be_empty(run: Run, claims_file: Path) -> None:
    assert run("-g", claims_file, "query", "--batch", "-", stdin="\n\n").code == 0


def test_a_question_loads_only_the_part_of_the_built_in_graph_that_it_needs(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(dataset: object) -> None:
        raise AssertionError("the larger part is for SPARQL, checks and exports")

    monkeypatch.setattr("kg.knowledge_graph.load_aside", refuse)
    for question in ("who bears capex risk", "do lenders bear capex risk", "who is the president of France"):
        done = run("query", question)
        assert done.code in (0, 1, 3), done.err


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.csv", "s,label"), ("a.JSON", '{"head"'), ("a.tsv", "?s\t?label"), ("a.txt", "s "), ("a.srx", "<?xml")],
)
def test_the_ending_of_the_file_tells_the_form(
    run: Run, claims_file: Path, tmp_path: Path, name: str, begins: str
) -> None:
    file = tmp_path / name
    assert run("-g", claims_file, "query", SELECT, "-o", file).code == 0
    assert file.read_text(encoding="utf-8").startswith(begins)
    assert run("-g", claims_file, "query", SELECT, "-o", file, "--format", "md").code == 0
    assert file.read_text(encoding="utf-8").startswith("| s |")


def test_select_all_keeps_the_order_of_the_query(run: Run, claims_file: Path) -> None:
    query = "SELECT DISTINCT * { ?z rdfs:label ?a . { SELECT ?z { ?z a ex:Company ; ?hidden ?b } } }"
    for form in ("csv", "table"):
        first = run("-g", claims_file, "query", query, "--format", form).out.splitlines()[0]
        assert first.replace(",", " ").split() == ["z", "a"]


def test_a_file_given_as_a_question_is_pointed_out(run: Run, claims_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "zzz.rq"
    file.write_text(SELECT, encoding="utf-8")
    done = run("-g", claims_file, "query", file)
    assert done.code == 3
    assert f"write @{file}" in done.err


def test_what_is_neither_english_nor_sparql_is_called_so(run: Run, claims_file: Path) -> None:
    done = run("-g", claims_file, "query", "SELCT ?s { ?s ?p ?s }")
    assert (done.code, done.err.count("'s'")) == (3, 1)
    assert "--sparql says what is wrong with it" in done.err


def test_the_prefix_without_a_name_is_used_in_what_is_shown(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "own.ttl"
    file.write_text("@prefix : <http://example.org/> . :a :p :b .", encoding="utf-8")
    assert run("-g", file, "query", "SELECT * { :a ?p ?o }").out.splitlines()[1].split() == [":p", ":b"]


def test_the_union_of_all_graphs_can_be_asked_for_and_done_without(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "graphs.trig"
    file.write_text("<e:g> { <e:a> <e:p> 1 } <e:b> <e:p> 2 .", encoding="utf-8")
    values = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"
    for flags, found in (((), ["2"]), (("--union",), ["1", "2"]), (("--no-union",), ["2"])):
        assert run("-g", file, "query", *flags, "--format", "csv", values).out.split()[1:] == found
    assert run("query", "--no-union", "ASK { ?claim a kgq:StatedClaim }").code == 1
