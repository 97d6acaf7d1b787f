"""The façade: one object to ask, to look things up in, and to take along."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import rdflib

from kg import AmbiguousNameError, KnowledgeGraph, MissingExtraError, Rows, UnknownEntityError, open_graph


@pytest.fixture(scope="module")
def built_in() -> KnowledgeGraph:
    return open_graph()


@pytest.fixture
def small(claims_file: Path) -> KnowledgeGraph:
    return open_graph(claims_file)


def test_a_question_is_answered(built_in: KnowledgeGraph) -> None:
    answer = built_in.query("who bears capex risk")
    assert answer.status == "answered"
    assert answer.rows[0].cells[0] is not None
    assert answer.rows[0].cells[0].value == "hyperscalers"


def test_the_part_that_questions_need_not_is_loaded_when_sparql_asks_for_it() -> None:
    graph = open_graph()
    count = "SELECT (COUNT(*) AS ?n) { ?entry a ontolex:LexicalEntry }"
    assert int(graph.select(count).column("n")[0]) > 100


def test_names_of_all_kinds_find_the_same_thing(built_in: KnowledgeGraph) -> None:
    names = ["hyperscalers", "Hyperscalers", "the hyperscalers", "hyperscaler", "id:hyperscalers",
             "https://w3id.org/kgq/id/hyperscalers", "<https://w3id.org/kgq/id/hyperscalers>"]  # fmt: skip
    assert {built_in.find(name).iri for name in names} == {"https://w3id.org/kgq/id/hyperscalers"}


def test_every_label_of_a_thing_finds_it_or_says_that_it_is_shared(built_in: KnowledgeGraph) -> None:
    names = built_in.names
    for iri, every in names.labels.items():
        for rank, name in every:
            if rank:
                continue
            with suppress(AmbiguousNameError):
                found = built_in.find(name)
                assert found.iri == iri or found.label == name


def test_an_unknown_name_carries_the_nearest_ones(built_in: KnowledgeGraph) -> None:
    with pytest.raises(UnknownEntityError) as caught:
        built_in.find("corewave")
    assert caught.value.suggestions[0] == "CoreWeave"


def test_a_name_with_two_letters_exchanged_is_told_before_what_shares_an_end_with_it() -> None:
    with pytest.raises(UnknownEntityError) as caught:
        open_graph().find("Orcale")  # opened anew: before all names were read
    assert caught.value.suggestions[0] == "Oracle"


def test_a_kind_that_there_is_not_is_refused_and_not_taken_for_none(built_in: KnowledgeGraph) -> None:
    for asked in (
        lambda: built_in.query("who bears capex risk", include=("stated", "bakground")),
        lambda: built_in.claims(kind="statd"),
        lambda: built_in.claims(polarity="maybe"),
    ):
        with pytest.raises(ValueError, match=r"is no (kind|polarity) of (claims|a claim); there are "):
            asked()


def test_sparql_put_as_a_question_is_told_where_it_belongs(built_in: KnowledgeGraph) -> None:
    answer = built_in.query("SELECT ?s { ?s ?p ?o }")
    assert answer.status == "not_understood"
    assert answer.suggestions == ()
    assert "graph.select" in answer.explanation[0]


def test_an_answer_is_printed_to_be_read(built_in: KnowledgeGraph) -> None:
    printed = str(built_in.query("who bears capex risk"))
    assert printed.splitlines()[0] == "who bears capex risk"
    assert "hyperscalers" in printed
    assert "“Hyperscalers • Bear: • Technology risk • Demand risk • Capex risk”" in printed
    assert len(printed) < 1000
    assert str(built_in.query("do lenders bear capex risk")).splitlines()[1].startswith("Not stated")


def test_rows_say_what_they_are_in_a_session(built_in: KnowledgeGraph) -> None:
    assert repr(built_in.select("SELECT ?s ?p { ?s ?p ?o } LIMIT 2")) == "<Rows: 2 solutions of ?s ?p>"
    assert repr(built_in.select("SELECT ?s { ?s ?p ?o } LIMIT 1")) == "<Rows: 1 solution of ?s>"


def test_claims_take_names(small: KnowledgeGraph) -> None:
    (claim,) = small.claims(subject="Oracle", predicate="is a member of")
    assert claim.qualifiers == {"degree": ("to a degree",)}
    with pytest.raises(UnknownEntityError):
        small.claims(subject="nobody")


def test_everything_said_about_a_claim_is_reached_from_its_identifier(built_in: KnowledgeGraph) -> None:
    claim = built_in.explain("F050")
    assert claim.text.endswith("(to a degree)")
    assert built_in.explain(claim.iri) == claim
    assert built_in.cite([claim]).startswith("[1] ")


def test_every_inferred_claim_ends_in_quotes(built_in: KnowledgeGraph) -> None:
    for claim in built_in.claims(kind="inferred"):
        assert claim.because
        assert claim.quotes


def test_a_copy_for_rdflib_has_the_union_as_its_default_graph(small: KnowledgeGraph) -> None:
    copy = small.to_rdflib()
    assert isinstance(copy, rdflib.Dataset)
    assert copy.default_union
    found = copy.query("SELECT ?o { id:hyperscalers rdfs:label ?o }", initNs={"id": "http://example.org/id/"})
    assert [str(row[0]) for row in found] == ["hyperscalers"]  # type: ignore[index]
    assert len({graph.identifier for graph in copy.graphs()}) > 4


def test_an_rdflib_dataset_answers_the_same_questions(small: KnowledgeGraph) -> None:
    other = open_graph(small.to_rdflib(), union=True)
    question = "who bears capex risk"
    assert {row.cells for row in other.query(question).rows} == {row.cells for row in small.query(question).rows}
    assert other.find("AWS").iri == small.find("AWS").iri


def test_an_export_can_be_opened_again(small: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "copy.trig"
    path.write_bytes(small.export("trig"))
    assert open_graph(path).export("nquads") == small.export("nquads")
    with pytest.raises(ValueError, match="no export format"):
        small.export("docx")


def test_blank_nodes_are_named_by_what_they_are_not_by_chance(tmp_path: Path) -> None:
    path = tmp_path / "blank.ttl"
    path.write_text("[] <http://e/p> [ <http://e/q> 1 ] , [ <http://e/q> 2 ] .")
    assert open_graph(path).export("ntriples") == open_graph(path).export("ntriples")


def test_the_statistics_say_which_version_was_counted(built_in: KnowledgeGraph) -> None:
    data = built_in.stats()
    assert len(data["version"]) == 64
    assert data["claims"]["stated"] > 200


def test_rows_become_a_frame(small: KnowledgeGraph) -> None:
    pytest.importorskip("pandas")
    rows = small.select("SELECT ?s ?n { ?c kgq:claimSubject ?s OPTIONAL { ?c kgq:claimValue ?n } } ORDER BY ?n")
    frame = rows.to_pandas()
    assert list(frame.columns) == ["s", "n"]
    assert frame["n"].max() == 1200
    answer = small.query("who bears capex risk").to_pandas()
    assert {"kind", "quote", "claims"} <= set(answer.columns)
    assert len(small.select("SELECT ?x {} LIMIT 0").to_pandas()) == 0


def test_without_pandas_the_extra_is_named(small: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pandas", None)  # how Python marks a module that cannot be imported
    with pytest.raises(MissingExtraError, match=r"kgq\[tables\]"):
        small.select("SELECT * {}").to_pandas()


def test_a_notebook_gets_escaped_html(tmp_path: Path, small: KnowledgeGraph) -> None:
    path = tmp_path / "evil.ttl"
    path.write_text('<http://e/x> <http://www.w3.org/2000/01/rdf-schema#label> "<script>alert(1)</script>" .')
    rows = open_graph(path).select("SELECT ?o { ?s ?p ?o }")
    shown = [rows._repr_html_(), open_graph(path)._repr_html_()]
    shown += [thing._repr_html_() for thing in (small, small.explain("F001"), small.claims(kind="inferred")[0])]
    questions = ("who bears capex risk", "who <b>frobnicates</b> it", "who designs Trainium")
    shown += [small.query(question)._repr_html_() for question in questions]
    assert "&lt;script&gt;" in shown[0]
    for html in shown:
        assert "<script" not in html
        assert "<b>frob" not in html
    assert "Hyperscalers • Bear: • Capex risk" in shown[3]


def test_long_results_are_cut_in_a_notebook() -> None:
    html = Rows(("x",), tuple((None,) for _ in range(300)))._repr_html_()
    assert "200 more rows" in html
