"""SPARQL results in the W3C formats, read back by another implementation."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse_query_results,
)

from kg.formats.results import RESULT_FORMATS, boolean_text, result_text
from kg.results import Rows
from kg.terms import Term, lexical

XSD = "http://www.w3.org/2001/XMLSchema#"
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
