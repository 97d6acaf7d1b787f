"""The queries that engines are compared on, over the graph of :mod:`bench.graph`."""

from __future__ import annotations

from bench.graph import SCHEMA

__all__ = ["ANALYTIC", "MORE", "TRAPS"]

_PREFIXES = (
    f"PREFIX : <{SCHEMA}> PREFIX c: <http://example.com/Company/> PREFIX p: <http://example.com/Person/> "
    "PREFIX city: <http://example.com/City/> PREFIX k: <http://example.com/Contract/> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
)


def _all(queries: dict[str, str]) -> dict[str, str]:
    return {name: _PREFIXES + text for name, text in queries.items()}


ANALYTIC = _all(
    {
        "point look-up": "SELECT ?p ?o { c:7 ?p ?o }",
        "star join": "SELECT ?c ?e ?f ?s { ?c a :Company ; :employees ?e ; :founded ?f ; :operates ?s . ?s :locatedIn city:3 }",
        "3-hop chain": "SELECT ?k { ?s :locatedIn city:3 . ?c :operates ?s . ?k :client ?c }",
        "path down, closure": "SELECT ?p { ?p :hasManager+ p:40 }",
        "path up, closure": "SELECT ?m { p:90 :hasManager+ ?m }",
        "GROUP BY": "SELECT ?risk (COUNT(?b) AS ?n) { ?b :risk ?risk ; :bearer ?c . ?c :employees ?e FILTER(?e > 50000) } GROUP BY ?risk",
        "SUM, top 10": "SELECT ?c (SUM(?v) AS ?t) { ?k :supplier ?c ; :value ?v } GROUP BY ?c ORDER BY DESC(?t) ?c LIMIT 10",
        "CONTAINS over labels": 'SELECT ?s ?l { ?s rdfs:label ?l FILTER(CONTAINS(LCASE(STR(?l)), "bade")) }',
        "ORDER BY LIMIT 10": "SELECT ?k ?v { ?k :value ?v ; :supplier ?c } ORDER BY DESC(?v) ?k LIMIT 10",
        "NOT EXISTS": "SELECT (COUNT(?k) AS ?n) { ?k a :Contract FILTER NOT EXISTS { ?k :signed ?d } }",
        "DESCRIBE": "DESCRIBE c:7",
        "1,000 rows": "SELECT ?c ?l { ?c a :Company ; rdfs:label ?l } LIMIT 1000",
    }
)
"""Twelve that people ask of a graph of companies."""

MORE = _all(
    {
        "OPTIONAL": "SELECT ?k ?d { ?k :supplier c:7 OPTIONAL { ?k :signed ?d } }",
        "UNION": "SELECT ?x { { c:7 :operates ?x } UNION { c:7 :makes ?x } UNION { ?x :worksFor c:7 } }",
        "COUNT DISTINCT": "SELECT (COUNT(DISTINCT ?city) AS ?n) { ?s :locatedIn ?city }",
        "ASK": "ASK { c:7 :operates/:locatedIn city:1 }",
        "range of dates": 'SELECT (COUNT(*) AS ?n) { ?c :founded ?d FILTER(?d >= "2010-01-01"^^xsd:date) }',
    }
)
"""Five more, for what kgq costs over the engine itself."""

TRAPS = {
    name: tuple(_PREFIXES + text for text in pair)
    for name, pair in {
        "FILTER(?l = \"…\")": (
            'SELECT ?s { ?s rdfs:label ?l FILTER(?l = "capex risk") }',
            'SELECT ?s { ?s rdfs:label "capex risk" }',
        ),
        "FILTER(STR(?l) = \"…\")": (
            'SELECT ?s { ?s rdfs:label ?l FILTER(STR(?l) = "capex risk") }',
            'SELECT ?s { ?s rdfs:label "capex risk" }',
        ),
        "FILTER(?c = <iri>)": (
            "SELECT ?s ?v { ?s :supplier ?c ; :value ?v FILTER(?c = c:7) }",
            "SELECT ?s ?v { VALUES ?c { c:7 } ?s :supplier ?c ; :value ?v }",
        ),
        "FILTER(?c IN (…))": (
            "SELECT ?s ?v { ?s :supplier ?c ; :value ?v FILTER(?c IN (c:7, c:8)) }",
            "SELECT ?s ?v { VALUES ?c { c:7 c:8 } ?s :supplier ?c ; :value ?v }",
        ),
        "OPTIONAL, then FILTER": (
            'SELECT ?c ?s { ?c a :Company ; rdfs:label ?l OPTIONAL { ?c :operates ?s } FILTER(?l = "nobody") }',
            'SELECT ?c ?s { ?c a :Company ; rdfs:label "nobody" OPTIONAL { ?c :operates ?s } }',
        ),
    }.items()
}  # fmt: skip
"""Filters that an engine evaluates row by row, each with the form that a person would write by hand."""
