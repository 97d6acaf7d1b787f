"""A query that somebody else wrote: bounded in depth, time and rows, whatever its text."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad

from kg import KnowledgeGraph, LimitError, PolicyError, QueryError, Rows, open_graph
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.evaluation import evaluate, run_bounded
from kg.query_plan import plan
from kg.sparql_filters import bind_filters
from kg.sparql_text import MAX_NESTING, MAX_OPERATORS, declares_all, looks_like_sparql, scan

TIMES = " ".join(map(str, range(40)))
SLOW = f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . VALUES ?g {{ {TIMES} }} FILTER(STR(?c) < STR(?f)) }}"
"""Takes about a second of this process: what is given up here runs on beside the tests that follow."""


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    return open_graph()


def test_each_form_gives_its_own_type(claims_dataset: Dataset) -> None:
    assert isinstance(evaluate(claims_dataset, "SELECT * { ?s ?p ?o }"), Rows)
    assert evaluate(claims_dataset, "ASK { ?s ?p ?o }") is True
    triples = evaluate(claims_dataset, "CONSTRUCT { ?s a ?o } { ?s a ?o }")
    assert isinstance(triples, list)
    assert triples == sorted(set(triples), key=str)


def test_prefixes_of_the_graph_need_no_declaration(graph: KnowledgeGraph) -> None:
    assert graph.ask("ASK { id:oracle a aii:Company }")


def test_a_query_that_takes_too_long_is_given_up(claims_dataset: Dataset) -> None:
    start = time.perf_counter()
    with pytest.raises(LimitError, match=r"within 0.2 s"):
        evaluate(claims_dataset, SLOW, time_limit=0.2)
    assert time.perf_counter() - start < 5


def test_a_limit_stops_early(graph: KnowledgeGraph) -> None:
    assert len(graph.select("SELECT * { ?s ?p ?o }", limit=3)) == 3
    assert len(graph.construct("CONSTRUCT WHERE { ?s ?p ?o }", limit=3)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { " + "{" * 3000 + "}" * 3000 + " }",
        "SELECT * { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }",
        "SELECT * { FILTER(" + "!" * 50_000 + "true) }",
        "SELECT * { FILTER(" + "1+" * 50_000 + "1) }",
        "ASK { ?s " + "<http://e/p>/" * 50_000 + "<http://e/p> ?o }",
        "ASK { " + "{ ?s ?p ?o } UNION " * 20_000 + "{ ?s ?p ?o } }",
        "SELECT * { FILTER(?x IN (" + "<< " * 4000 + "}",
        "ASK { ?s ?p " + "[ <http://e/p> " * 5000 + "1" + " ]" * 5000 + " }",
        "ASK { ?s ?p " + "( " * 5000 + ") " * 5000 + " }",
        "ASK { " + "?s ?p ?o . " * 400_000 + " }",
        "ASK { ?s ?p (" + "1 " * 500_000 + ") }",
    ],
    ids=["groups", "brackets", "not", "plus", "path", "union", "triples", "blank", "lists", "statements", "items"],
)
def test_no_depth_of_text_takes_the_process_down(graph: KnowledgeGraph, text: str) -> None:
    with pytest.raises(QueryError):
        graph.evaluate(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { " + "{ " * (MAX_NESTING - 2) + "}" * (MAX_NESTING - 2) + " }",
        "SELECT (1" + "+1" * (MAX_OPERATORS - 10) + " AS ?x) {}",
        "ASK { FILTER(" + "!" * (MAX_OPERATORS - 10) + "true) }",
        "ASK { ?s " + "<http://e/p>/" * 200 + "<http://e/p> ?o }",  # its joins are ordered in cubic time
        "ASK { " + "{ ?s ?p ?o } UNION " * (MAX_OPERATORS // 2) + "{ ?s ?p ?o } }",
        "ASK { " + "OPTIONAL { ?s ?p ?o } " * (MAX_OPERATORS - 10) + " }",
        "ASK { ?a ?b ?c " + " ".join(f"MINUS {{ ?a ?b{n} ?c }}" for n in range(MAX_OPERATORS // 3)) + " }",
        "SELECT * { VALUES ?x { " + "1 " * 90_000 + "} } LIMIT 1",
        "ASK { " + "?s ?p ?o . " * 50 + "}",
    ],
    ids=["groups", "plus", "not", "path", "union", "optional", "minus", "values", "triples"],
)
def test_what_the_bounds_let_through_runs_without_harm(text: str) -> None:
    evaluate(Dataset(OxigraphEngine()), text, time_limit=20)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SELECT * { SERVICE <http://example.com/> { ?s ?p ?o } }", PolicyError),
        ("SELECT * { SERVICE SILENT <file:///etc/passwd> { ?s ?p ?o } }", PolicyError),
        ("select * { service ?x { ?s ?p ?o } }", PolicyError),
        ("INSERT DATA { <http://e/a> <http://e/p> 1 }", PolicyError),
        ("LOAD <file:///etc/passwd>", PolicyError),
        ("DROP ALL", PolicyError),
        ("who bears capex risk", QueryError),
        ("SELECT ?x {", QueryError),
        ("SELECT ?x { ?x nope:p 1 }", QueryError),
        ("", QueryError),
    ],
)
def test_what_is_no_query_is_refused(graph: KnowledgeGraph, text: str, error: type[Exception]) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    before = graph.select(count).rows
    with pytest.raises(error) as caught:
        graph.evaluate(text)
    assert "\n" not in str(caught.value)
    assert graph.select(count).rows == before


def test_from_reads_no_file_and_names_a_graph_of_the_dataset(claims_dataset: Dataset, tmp_path: object) -> None:
    path = f"{tmp_path}/secret.ttl"
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - the path goes into a query as text
        file.write("<http://e/secret> <http://e/p> 1 .")
    for clause in (f"FROM <file://{path}>", f"FROM NAMED <file://{path}>", "FROM <http://example.com/x>"):
        assert evaluate(claims_dataset, f"ASK {clause} {{ ?s ?p ?o }}") is False
    assert evaluate(claims_dataset, "ASK FROM <http://example.org/graph/claims> { ?s a kgq:StatedClaim }") is True
    assert evaluate(claims_dataset, "ASK FROM <http://example.org/graph/claims> { ?s a owl:Class }") is False


def test_an_error_of_the_work_is_raised_to_the_caller() -> None:
    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        run_bounded(fail)


def test_the_stack_of_other_threads_stays_as_it_was() -> None:
    before = threading.stack_size()
    assert run_bounded(lambda: 1) == 1
    assert threading.stack_size() == before


def test_a_selection_of_the_wrong_form_is_refused(graph: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match=r"ask\(\)"):
        graph.select("ASK { ?s ?p ?o }")
    with pytest.raises(QueryError, match=r"select\(\)"):
        graph.ask("SELECT * { ?s ?p ?o }")
    with pytest.raises(QueryError, match=r"select\(\)"):
        graph.construct("SELECT * { ?s ?p ?o }")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a comment\nselect * {?s ?p ?o}", True),
        ("BASE <http://e/> ASK {}", True),
        ("prefix a: <http://e/>", True),
        ("DESCRIBE id:aws", True),
        ("describe <http://e/a>", True),
        ("INSERT DATA {}", True),
        ("describe CoreWeave", False),
        ("select the best chip", False),
        ("load growth of data centers", False),
        ("# what is this", False),
        ("", False),
    ],
)
def test_english_and_sparql_are_told_apart(text: str, expected: bool) -> None:
    assert looks_like_sparql(text) is expected


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("SELECTASKfrom{}()<>?.:;,'\"\\#*/|^!=+- \n\tx1é@_")), max_size=120))
def test_any_text_gives_a_result_or_an_error_of_the_library(text: str) -> None:
    looks_like_sparql(text)
    with suppress(QueryError, PolicyError):
        evaluate(Dataset(OxigraphEngine()), text, time_limit=10)


def test_a_thread_is_kept_for_the_next_call() -> None:
    assert len({run_bounded(threading.get_ident) for _ in range(5)}) == 1


def test_a_forked_process_begins_without_the_threads_of_its_parent() -> None:
    code = (
        "import os; from kg.evaluation import run_bounded; run_bounded(lambda: 1); pid = os.fork()\n"
        "if pid == 0: os._exit(run_bounded(lambda: 42, time_limit=20))\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "42\n"


LOOK_UP = "SELECT ?o { <http://e/s> <http://e/p> ?o }"


class Watched(OxigraphEngine):
    """The engine, which remembers in which thread it was asked and with which prefixes."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[int] = []
        self.prefixes: list[object] = []

    def select(self, sparql: str, **options: Any) -> Rows:
        self.threads.append(threading.get_ident())
        self.prefixes.append(options.get("prefixes"))
        return super().select(sparql, **options)


def test_only_what_was_over_in_a_moment_is_done_in_the_callers_thread_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = threading.get_ident()
    engine = Watched()
    dataset = Dataset(engine)
    monkeypatch.setattr("kg.evaluation.MOMENT", 0.0)
    for limit in (None, 1, None):
        evaluate(dataset, LOOK_UP, limit=limit)
    monkeypatch.setattr("kg.evaluation.MOMENT", 60.0)
    evaluate(dataset, LOOK_UP, limit=1)
    evaluate(dataset, LOOK_UP)
    assert here not in engine.threads
    evaluate(dataset, LOOK_UP)
    assert engine.threads[-1] == here
    evaluate(dataset, LOOK_UP, time_limit=5.0)
    assert engine.threads[-1] != here
    other = Watched()
    evaluate(Dataset(other), LOOK_UP)
    assert here not in other.threads


def test_a_thread_with_a_stack_of_unknown_depth_evaluates_nothing_itself() -> None:
    engine = Watched()
    dataset = Dataset(engine)
    threads: list[int] = []

    def ask() -> None:
        threads.append(threading.get_ident())
        for _ in range(3):
            evaluate(dataset, LOOK_UP)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert set(threads).isdisjoint(engine.threads)


@pytest.mark.parametrize("deep", ["(" * 60 + "?s" + ")" * 60, "!" * 60 + "?s"])
def test_what_nests_deep_gets_a_deep_stack_every_time(deep: str) -> None:
    engine = Watched()
    for _ in range(3):
        evaluate(Dataset(engine), f"SELECT ?s {{ ?s ?p ?o FILTER({deep}) }}")
    assert threading.get_ident() not in engine.threads


def test_prefixes_are_given_to_the_engine_where_a_query_does_not_declare_them_all() -> None:
    engine = Watched()
    dataset = Dataset(engine, prefixes={"": "http://e/", "e": "http://e/"})
    engine.add([Quad(NamedNode("http://e/s"), NamedNode("http://e/p"), NamedNode("http://e/o"))])
    for text in (
        "SELECT ?o { :s e:p ?o }",
        "SELECT ?o { <http://e/s> e:p ?o }",
        "PREFIX a: <http://e/> SELECT ?o { a:s :p ?o }",
        "PREFIX a: <http://e/> SELECT ?o { a:s e:p ?o FILTER(?o < 1 || ?o = e:o || ?o > 1) }",
        "PREFIX a: <http://e/> SELECT ?o { a:s a:p ?o FILTER(?o = :o) }",
        "PREFIX a: <http://e/> SELECT ?o { a:s a:p ?o FILTER(?o = a:o) }",
        LOOK_UP,
    ):
        assert len(evaluate(dataset, text)) == 1, text  # type: ignore[arg-type]
    assert [each is None for each in engine.prefixes[-2:]] == [True, True]


def test_a_word_that_only_looks_like_a_dataset_clause_leaves_the_default_graph_as_it_is(
    claims_dataset: Dataset,
) -> None:
    for name in ("from", "o # FROM <http://example.org/graph/claims>\n"):
        assert evaluate(claims_dataset, f"ASK {{ ?{name} a kgq:StatedClaim }}") is True


@pytest.mark.parametrize(
    "query",
    [
        "",
        "# SELECT\nASK {}",
        "select*{}",
        "BASE <a> PREFIX select: <b> describe select:x",
        "ASK { ?from ?p 'SERVICE' }",
        "PREFIX : <u:> CONSTRUCT WHERE { ?s ?p ?o }",
        "ASK FROM <u:> { ?s ?p ?o }",
        "selection",
        "SELECT * {" + " " * 5000 + "}",
    ],
)
def test_a_glance_at_a_query_sees_what_reading_it_sees(query: str) -> None:
    seen, known = scan(query), plan(query)
    assert (known.form, known.has_dataset) == (seen.form, "FROM" in seen.keywords)


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX " + " " * 190_000,
        "#" * 190_000,
        "PREFIX a: <b>#\n" * 10_000 + "BASE <",
        "SELECT * { ?s ?p '" + "a" * 190_000 + "' }",
        "SELECT * { ?s ?p <" + "a" * 190_000,
        "SELECT * { ?s ?p ?o FILTER(" + " " * 190_000,
        "SELECT * { ?s ?p ?o FILTER" + " " * 190_000,
        "SELECT * { ?s ?p ?o FILTER(" + "= " * 400 + " " * 180_000,
        "SELECT * { ?s ?p ?o " + "FILTER " * 25_000,
        "SELECT * { ?s ?p ?o " + "FILTER(?s = ?p) " * 900,
        "SELECT * { ?s ?p ?o " + "FILTER(?o IN (" * 90 + ", <a>" * 30_000,
    ],
)
def test_a_hostile_text_is_read_in_linear_time(text: str) -> None:
    begun = time.process_time()
    looks_like_sparql(text)
    declares_all(text)
    bind_filters(text)
    with suppress(QueryError):
        assert plan(text).bound
    assert time.process_time() - begun < 2
