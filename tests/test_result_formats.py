"""SPARQL results in the W3C formats, read back by another implementation."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse_query_results,
)

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.engines.rdf_lib import RdflibEngine
from kg.errors import QueryError
from kg.evaluation import serialize
from kg.formats.results import RESULT_FORMATS, boolean_text, result_text
from kg.formats.tables import rows_table
from kg.results import Rows
from kg.terms import Term, lexical
from kgq.main import main

XSD = "http://www.w3.org/2001/XMLSchema#"
XSD_INTEGER, XSD_DATE = NamedNode(XSD + "integer"), NamedNode(XSD + "date")
TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"], whitelist_characters="\t\n"), max_size=20)
TERMS = st.one_of(
    st.none(),
    TEXT.map(Literal),
    TEXT.map(lambda text: Literal(text, language="en")),
    TEXT.map(lambda text: Literal(text, datatype=NamedNode(XSD + "gYear"))),
    st.integers().map(lambda n: Literal(str(n), datatype=NamedNode(XSD + "integer"))),
    st.sampled_from(
        [Literal("1.50", datatype=NamedNode(XSD + "decimal")), Literal("x", datatype=NamedNode(XSD + "integer"))]
    ),
    st.sampled_from([NamedNode("http://e/é?a=1&b=2"), NamedNode("urn:x:y")]),
)
FORMATS = {"json": QueryResultsFormat.JSON, "tsv": QueryResultsFormat.TSV}
SPARQL = "{http://www.w3.org/2005/sparql-results#}"


@pytest.mark.parametrize("form", FORMATS)
@given(rows=st.lists(st.tuples(TERMS, TERMS), max_size=5))
def test_what_is_written_is_read_back_the_same(form: str, rows: list[tuple[Term | None, Term | None]]) -> None:
    text = result_text(Rows(("a", "b"), tuple(rows)), form)
    found = parse_query_results(text.encode(), format=FORMATS[form])
    assert isinstance(found, QuerySolutions)
    assert [variable.value for variable in found.variables] == ["a", "b"]
    assert [(row[0], row[1]) for row in found] == rows


@pytest.mark.parametrize("form", ["json", "csv", "tsv"])
@given(terms=st.lists(TERMS, max_size=5))
def test_the_engine_writes_what_is_written_of_its_solutions(form: str, terms: list[Term | None]) -> None:
    engine = OxigraphEngine()
    subject, predicate = NamedNode("http://e/s"), NamedNode("http://e/p")
    engine.add(Quad(subject, predicate, term) for term in terms if term is not None)
    query = "SELECT ?o ?none { ?s ?p ?o FILTER(?s = <http://e/s>) }"
    rows = engine.select(query)
    assert serialize(Dataset(engine, has_claims=False), query, form) == result_text(rows, form).encode()


INNER = Triple(NamedNode("http://e/s"), NamedNode("http://e/p"), Literal('o, "p"', language="en"))


@pytest.mark.parametrize("form", ["json", "csv", "tsv"])
@pytest.mark.parametrize("subject", ["http://e/s", "http://e/s,t"])
def test_triple_terms_break_no_table(form: str, subject: str) -> None:
    engine = OxigraphEngine()
    term = Triple(NamedNode(subject), NamedNode("http://e/p"), INNER)
    engine.add([Quad(NamedNode("http://e/s"), NamedNode("http://e/p"), term)])
    query = "SELECT ?o ?none { ?s ?p ?o }"
    written = serialize(Dataset(engine, has_claims=False), query, form)
    text = result_text(engine.select(query), form)
    if form == "csv":
        assert written is None
        assert [len(row) for row in csv.reader(text.splitlines(), strict=True)] == [2, 2]
    else:
        assert written == text.encode()


def test_what_the_engine_does_not_write_well_is_left_to_others() -> None:
    dataset = Dataset(OxigraphEngine(), has_claims=False)
    assert serialize(dataset, "SELECT * { ?s ?p ?o }", "xml") is None
    assert serialize(dataset, "ASK { ?s ?p ?o }", "json") is None
    assert serialize(Dataset(RdflibEngine(rdflib.Graph())), "SELECT * { ?s ?p ?o }", "json") is None
    with pytest.raises(QueryError, match="not valid SPARQL"):
        serialize(dataset, "SELECT * { ?s ?p ?o", "json")


@given(rows=st.lists(st.tuples(TERMS, TERMS), max_size=5))
def test_xml_holds_every_value(rows: list[tuple[Term | None, Term | None]]) -> None:
    root = ElementTree.fromstring(result_text(Rows(("a", "b"), tuple(rows)), "xml"))  # noqa: S314 - our own
    written = [[binding[0].text or "" for binding in result] for result in root.iter(f"{SPARQL}result")]
    assert written == [[lexical(term) for term in row if term is not None] for row in rows]


def test_csv_is_as_the_recommendation_says() -> None:
    rows = Rows(("x", "y"), ((NamedNode("http://e/a"), Literal('say "hi", you')), (None, Literal("two\nlines"))))
    assert result_text(rows, "csv") == 'x,y\r\nhttp://e/a,"say ""hi"", you"\r\n,"two\nlines"\r\n'


def test_tsv_writes_plain_numbers_plainly() -> None:
    rows = Rows(("n",), ((Literal(5),), (Literal("1.5", datatype=NamedNode(XSD + "decimal")),), (Literal(True),)))
    assert result_text(rows, "tsv") == "?n\n5\n1.5\ntrue\n"


def test_blank_nodes_and_triple_terms_are_written() -> None:
    triple = Triple(NamedNode("http://e/s"), NamedNode("http://e/p"), Literal("o"))
    rows = Rows(("t", "b"), ((triple, BlankNode("b0")),))
    found = parse_query_results(result_text(rows, "xml").encode(), format=QueryResultsFormat.XML)
    assert isinstance(found, QuerySolutions)
    assert [row[0] for row in found] == [triple]
    assert '"type":"bnode"' in result_text(rows, "json")


def test_characters_that_xml_cannot_hold_do_not_break_it() -> None:
    text = result_text(Rows(("x",), ((Literal("a\x01b"),),)), "xml")
    assert "\x01" not in text


@pytest.mark.parametrize("form", RESULT_FORMATS)
@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_is_written_in_every_format(form: str, value: bool) -> None:
    assert str(value).lower() in boolean_text(value, form)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no result format"):
        result_text(Rows((), ()), "docx")


MIXED = Rows(
    ("text", "number", "day", "mixed"),
    (
        (
            Literal("=1+1"),
            Literal("12", datatype=XSD_INTEGER),
            Literal("2024-05-01", datatype=XSD_DATE),
            Literal("x"),
        ),
        (None, None, None, Literal("3", datatype=XSD_INTEGER)),
    ),
)


def test_parquet_keeps_numbers_and_dates_and_says_what_became_text() -> None:
    import io

    import pyarrow.parquet as pq

    written = rows_table(MIXED, "parquet")
    table = pq.read_table(io.BytesIO(written.data))
    assert [str(field.type) for field in table.schema] == ["string", "int64", "date32[day]", "string"]
    assert table.to_pylist()[0]["day"].isoformat() == "2024-05-01"
    assert table.to_pylist()[1] == {"text": None, "number": None, "day": None, "mixed": "3"}
    assert written.losses == ("the column 'mixed' holds values of several types, and is written as text.",)


def test_excel_holds_text_that_looks_like_a_formula_as_text() -> None:
    import io

    import openpyxl

    long = Rows(("x",), ((Literal("=" + "y" * 40_000),), (Literal("a\x01b"),)))
    assert [loss.split(" ")[0] for loss in rows_table(long, "xlsx").losses] == ["1", "control"]
    book = openpyxl.load_workbook(io.BytesIO(rows_table(MIXED, "xlsx").data))
    cells = list(book.active.iter_rows())
    assert (cells[1][0].value, cells[1][0].data_type) == ("=1+1", "s")
    assert cells[1][1].value == 12
    assert rows_table(MIXED, "xlsx").losses == ()


@pytest.mark.parametrize("form", ["parquet", "xlsx"])
def test_any_query_gives_a_table(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"answer.{form}"
    assert main(["query", "who bears capex risk", "--format", form, "-o", str(path)]) == 0
    import pandas as pd

    frame = pd.read_parquet(path) if form == "parquet" else pd.read_excel(path)
    assert frame["answer"][0] == "hyperscalers"
    assert "Capex risk" in frame["quote"][0]


NP = "http://www.nanopub.org/nschema#"


def test_every_claim_is_a_nanopublication_of_the_right_structure() -> None:
    """The rules of nanopub.net/guidelines/working_draft, sections 2 and 3, on the graph that ships with kgq."""
    from pyoxigraph import NamedNode, RdfFormat, Store

    from kg import open_graph

    graph = open_graph()
    store = Store()
    store.load(graph.export("nanopub"), format=RdfFormat.TRIG)
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    heads = list(store.quads_for_pattern(None, kind, NamedNode(NP + "Nanopublication"), None))
    assert len(heads) == len(graph.claims())
    every = {head.graph_name for head in heads}
    for head in heads:
        itself, parts = head.subject, [head.graph_name]
        for name in ("hasAssertion", "hasProvenance", "hasPublicationInfo"):
            (link,) = store.quads_for_pattern(itself, NamedNode(NP + name), None, None)
            assert link.graph_name == head.graph_name
            parts.append(link.object)  # type: ignore[arg-type]
        assert len(set(parts)) == 4
        _, assertion, provenance, info = parts
        assert list(store.quads_for_pattern(None, None, None, assertion))
        assert list(store.quads_for_pattern(assertion, None, None, provenance))  # type: ignore[arg-type]
        assert list(store.quads_for_pattern(itself, None, None, info))
        every |= set(parts)
    assert {quad.graph_name for quad in store} == every


def test_what_is_denied_or_supposed_is_not_asserted_by_a_nanopublication() -> None:
    from pyoxigraph import RdfFormat, Store

    from kg import open_graph

    graph = open_graph()
    store = Store()
    store.load(graph.export("nanopub"), format=RdfFormat.TRIG)
    outright = 0
    for claim in graph.claims():
        pattern = f"<{claim.subject}> <{claim.predicate}>"
        asked = f"ASK {{ GRAPH <{claim.iri}/nanopub#assertion> {{ {pattern} ?any }} }}"
        stands = bool(store.query(asked))
        outright += stands
        if claim.polarity == "negative" or claim.modality != "asserted" or claim.scenario or claim.qualifiers:
            assert not stands, claim.text
    assert outright > 100
