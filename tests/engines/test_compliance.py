"""What every engine must give alike: all kinds of terms, all forms of queries, and what kgq itself writes."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from engines.servers import EMBEDDED, REMOTE
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.engines.query_text import page_of
from kg.errors import QueryError
from kg.terms import Term

if TYPE_CHECKING:
    from engines.conftest import Opened

pytestmark = pytest.mark.slow

DATA = Path(__file__).parents[1] / "data"
TERMS = DATA / "terms.ttl"
E = "PREFIX e: <http://terms.example/>"
ENGINES = (*EMBEDDED, *REMOTE)

SELECTS = {
    "an IRI": "SELECT ?x { e:b e:knows ?x }",
    "an IRI with marks": "SELECT ?x { e:a e:link ?x }",
    "languages": "SELECT ?x { e:a rdfs:label ?x }",
    "a language asked for": 'SELECT ?s { ?s rdfs:label "Käse"@de }',
    "no other language": 'SELECT ?s { ?s rdfs:label "Käse"@en }',
    "unicode": 'SELECT ?s { ?s rdfs:label "チーズ 🧀" }',
    "escapes": "SELECT ?x { e:a e:text ?x }",
    "empty text": "SELECT ?x { e:a e:empty ?x }",
    "integers": "SELECT ?s ?x { ?s e:integer ?x FILTER(isIRI(?s)) }",
    "a negative integer": "SELECT ?x { e:a e:negative ?x }",
    "an integer beyond doubles": "SELECT ?x { e:a e:long ?x }",
    "a decimal": "SELECT ?x { e:a e:decimal ?x }",
    "a double": "SELECT ?x { e:a e:double ?x }",
    "booleans": "SELECT ?x ?y { e:a e:yes ?x ; e:no ?y }",
    "a date": "SELECT ?x { e:a e:date ?x }",
    "a time": "SELECT ?x { e:a e:time ?x }",
    "a year": "SELECT ?x { e:a e:year ?x }",
    "a datatype of one's own": "SELECT ?x { e:a e:own ?x }",
    "blank nodes": "SELECT ?b ?x { ?s e:part ?b . ?b e:integer ?x }",
    "unbound": "SELECT ?s ?k { ?s a e:Thing OPTIONAL { ?s e:knows ?k } }",
    "a number as a term": "SELECT ?s { ?s e:integer 42 }",
    "a decimal as a term": "SELECT ?s { ?s e:decimal 3.25 }",
    "a boolean as a term": "SELECT ?s { ?s e:yes true }",
    "a date as a term": 'SELECT ?s { ?s e:date "2024-02-29"^^xsd:date }',
    "VALUES": "SELECT ?s ?x { VALUES ?s { e:a e:b } ?s e:integer ?x }",
    "VALUES of two": "SELECT ?s ?x { VALUES (?s ?x) { (e:a 42) (e:b 6) } ?s e:integer ?x }",
    "VALUES of texts": 'SELECT ?s { VALUES ?l { "cheese"@en "cheese" } ?s rdfs:label ?l }',
    "a comparison": "SELECT ?s { ?s e:integer ?x FILTER(?x > 4 && isIRI(?s)) }",
    "NOT EXISTS": "SELECT ?s { ?s a e:Thing FILTER NOT EXISTS { ?s e:knows ?x } }",
    "UNION": "SELECT ?x { { e:b e:knows ?x } UNION { e:c e:knows ?x } }",
    "BIND": "SELECT ?y { e:b e:integer ?x BIND(?x + 1 AS ?y) }",
    "a path": "SELECT ?x { e:c e:knows+ ?x }",
    "an inverse path": "SELECT ?x { e:a ^e:knows ?x }",
    "alternatives": "SELECT ?x { e:c (e:knows|rdf:type) ?x }",
    "a count": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s e:integer ?x }",
    "groups": "SELECT ?s (COUNT(?k) AS ?n) { ?s e:knows ?k } GROUP BY ?s",
    "an average": "SELECT (AVG(?x) AS ?m) { ?s e:integer ?x FILTER(isIRI(?s)) }",
    "an extreme": "SELECT ?s { ?s e:integer ?x . { SELECT (MAX(?y) AS ?m) { ?t e:integer ?y } } FILTER(?x = ?m) }",
    "the text of a term": 'SELECT ?s { ?s e:date ?d FILTER(STRSTARTS(STR(?d), "2024")) }',
    "lower case": 'SELECT ?s { ?s rdfs:label ?l FILTER(LCASE(STR(?l)) = "cheese") }',
    "nothing": "SELECT ?s { ?s e:nowhere ?x }",
}
ORDERED = {
    "numbers by value": "SELECT ?x { ?s e:integer ?x } ORDER BY ?x",
    "downwards": "SELECT ?x { ?s e:integer ?x } ORDER BY DESC(?x) LIMIT 2",
    "a page": "SELECT ?x { ?s e:integer ?x } ORDER BY ?x LIMIT 2 OFFSET 1",
}
WRONG = {
    ("virtuoso", "booleans"): "xsd:boolean comes back as the integer 1 or 0",
    ("virtuoso", "a path"): "a thing that two ways lead to comes twice",
}
"""Where an engine is known to give something else, and what; see docs/how-to/remote-engine.md."""


def plain(term: Term | None) -> object:
    """Return a term as what it stands for: a number's lexical form does not matter, nor a blank node's label."""
    if isinstance(term, BlankNode):
        return "_:"
    if isinstance(term, Literal):
        kind = term.datatype.value.rpartition("#")[2]
        if kind in ("integer", "decimal", "double", "float", "int", "long"):
            return Decimal(term.value), "number"
        if kind == "dateTime":
            return term.value.replace("+00:00", "Z"), kind
        return term.value, (term.language or "").lower() or kind
    return None if term is None else str(term)


def rows_of(opened: Opened, engine: str, query: str) -> list[tuple[object, ...]]:
    found = opened(engine, TERMS).select(f"{E} {query}")
    return [tuple(map(plain, row)) for row in found]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", SELECTS)
def test_solutions_are_the_same(engine: str, name: str, dataset_of: Opened) -> None:
    expected = Counter(rows_of(dataset_of, "memory", SELECTS[name]))
    found = Counter(rows_of(dataset_of, engine, SELECTS[name]))
    if WRONG.get((engine, name)):
        assert found != expected, "it does it right now: correct docs/how-to/remote-engine.md"
    else:
        assert found == expected


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ORDERED)
def test_order_is_the_same(engine: str, name: str, dataset_of: Opened) -> None:
    assert rows_of(dataset_of, engine, ORDERED[name]) == rows_of(dataset_of, "memory", ORDERED[name])


@pytest.mark.parametrize("engine", ENGINES)
def test_ask_construct_and_describe_are_the_same(engine: str, dataset_of: Opened) -> None:
    dataset = dataset_of(engine, TERMS)
    assert dataset.ask(f"{E} ASK {{ e:b e:knows e:a }}")
    assert not dataset.ask(f"{E} ASK {{ e:a e:knows e:b }}")
    made = dataset.construct(f"{E} CONSTRUCT {{ ?y e:knownBy ?x }} WHERE {{ ?x e:knows ?y }}")
    assert len(set(made)) == 3
    told = set(map(str, dataset.construct(f"{E} DESCRIBE e:b")))
    assert "<http://terms.example/b> <http://terms.example/knows> <http://terms.example/a>" in told


@pytest.mark.parametrize("engine", ENGINES)
def test_a_wrong_query_is_said_to_be_wrong(engine: str, dataset_of: Opened) -> None:
    dataset = dataset_of(engine, TERMS)
    with pytest.raises(QueryError):
        dataset.select("SELECT ?x { ?x")
    with pytest.raises(QueryError, match="expected a"):
        dataset.select("ASK { ?s ?p ?o }")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_limit_stops_and_bindings_bind(engine: str, dataset_of: Opened) -> None:
    dataset = dataset_of(engine, TERMS)
    assert len(dataset.select("SELECT ?s { ?s ?p ?o }", limit=3)) == 3
    bound = dataset.select(
        f"{E} SELECT ?s ?x {{ ?s e:integer ?x }}", bindings={"s": NamedNode("http://terms.example/b")}
    )
    assert [plain(x) for _, x in bound] == [(Decimal(5), "number")]


@pytest.mark.parametrize("engine", REMOTE)
def test_what_a_server_cuts_off_is_asked_for_in_pages(engine: str, dataset_of: Opened, many: Path) -> None:
    dataset = dataset_of(engine, many)
    rows = dataset.select("SELECT ?s ?o { ?s <http://many.example/p> ?o }")
    assert len(rows) == len(set(rows)) == 2_600
    assert sum(1 for _ in dataset.stream("SELECT ?s { ?s <http://many.example/p> ?o }")) == 2_600


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("many") / "many.nt"
    lines = (f'<http://many.example/{n}> <http://many.example/p> "{n}" .\n' for n in range(2_600))
    path.write_text("".join(lines))
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?x { ?x ?p ?o } ORDER BY ?x", "SELECT ?x { ?x ?p ?o } ORDER BY ?x\nOFFSET 5 LIMIT 9"),
        ("SELECT ?x { ?x ?p ?o } VALUES ?x { 1 }", "SELECT ?x { ?x ?p ?o }\nOFFSET 5 LIMIT 9\nVALUES ?x { 1 }"),
        ("SELECT * { { SELECT * {} LIMIT 3 } }", "SELECT * { { SELECT * {} LIMIT 3 } }\nOFFSET 5 LIMIT 9"),
        ("SELECT ?x { ?x ?p ' LIMIT 3 ' } # LIMIT", "SELECT ?x { ?x ?p ' LIMIT 3 ' } # LIMIT\nOFFSET 5 LIMIT 9"),
        ("SELECT ?x { ?x ?p ?o } OFFSET 3", None),
        ("ASK { ?x ?p ?o }", None),
    ],
)  # fmt: skip
def test_a_page_is_a_bound_at_the_end_of_the_query_itself(text: str, expected: str | None) -> None:
    assert page_of(text, 5, 9) == expected
