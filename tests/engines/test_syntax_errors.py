"""What is said of SPARQL that does not parse: where it breaks off, and why."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from kg.engines.syntax_errors import explain_syntax

PREFIXES = {"rdfs": "http://www.w3.org/2000/01/rdf-schema#", "": "http://example.org/"}

BROKEN = [
    ("SELECT ?s { ?s nope:name ?l } LIMIT 3", "line 1, column 16: the prefix 'nope:' is not declared."),
    ("PREFIX a: <http://a/>\nASK {\n  ?s b:c 1 }", "line 3, column 6: the prefix 'b:' is not declared."),
    ("SELECT ?s { ?s ?p ?o } LIMT 3", "line 1, column 24: 'LIMT 3' is not expected here."),
    ("SELECT ?s { ?s ?p ?o LIMIT 3", "line 1, column 22: 'LIMIT 3' is not expected here. The '{' of line 1,"),
    ("SELECT ?s {\n ?s ?p ?o\n FILTER(?o > 3\n}", "line 4, column 1: '}' is not expected here. The '(' of line 3"),
    ("SELECT ?s { ?s ?p ?o FILTER(bound2(?o)) }", "line 1, column 29: 'bound2(?o)) }' is not expected here."),
    ("SELECT ?s, ?o { ?s ?p ?o }", "line 1, column 10: ', ?o { ?s ?p ?o }' is not expected here."),
    ("SELECT COUNT(?s) { ?s ?p ?o }", "line 1, column 8: 'COUNT(?s) { ?s ?p ?o }' is not expected here."),
    ("SELECT ?s { ?s ?p 'x }", "line 1, column 19: the text that begins with ' here has no end."),
    ("SELECT ?s { ?s ?p <http://a b> }", "line 1, column 19: '<http://a b> }' does not begin with a whole IRI."),
    ("SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }", "Add it to GROUP BY."),
    ("SELECT (?s AS ?o) { ?s ?p ?o }", "Take another name."),
    ("SELECT ?s { { ?s ?p ?o }", "it ends too early. The '{' of line 1, column 11 is not closed."),
    ("SELECT ?s { ?s :p/rdfs:label+ ?o } ORDR BY ?s", "line 1, column 36: 'ORDR BY ?s' is not expected here."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_the_place_and_the_reason_are_those_a_reader_would_name(text: str, said: str) -> None:
    with pytest.raises(SyntaxError) as error:
        Store().query(text, prefixes=PREFIXES)
    assert said in explain_syntax(text, str(error.value), PREFIXES)


def test_an_undeclared_prefix_is_answered_with_those_that_are_there() -> None:
    said = explain_syntax("ASK { ?s nope:name ?l }", "error at 1:20: expected Prefix not found", PREFIXES)
    assert said.endswith("Declare it, or use one of rdfs.")


def test_updates_are_explained_like_queries() -> None:
    text = "INSERT DATA { <a> <b> 1 } ; INSERT DAT { <a> <b> 2 }"
    with pytest.raises(SyntaxError) as error:
        Store().update(text, base_iri="http://example.org/")
    said = explain_syntax(text, str(error.value), base="http://example.org/", update=True)
    assert said == "line 1, column 36: 'DAT { <a> <b> 2 }' is not expected here."


def test_a_very_long_text_is_not_parsed_again() -> None:
    text = "SELECT ?s { " + "?s ?p ?o . " * 10_000 + "} LIMT"
    with pytest.raises(SyntaxError) as error:
        Store().query(text)
    assert explain_syntax(text, str(error.value)).startswith("line 1, column ")
