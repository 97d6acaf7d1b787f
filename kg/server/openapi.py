"""The description of the HTTP interface, in OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

__all__ = ["document"]

_ERRORS = {
    "400": "Malformed",
    "401": "A token is needed",
    "404": "Not in the graph",
    "405": "Another method",
    "406": "Type not offered",
    "409": "Several things have this name",
    "503": "Full",
    "504": "A limit was hit",
}


def _parameter(name: str, said: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    found = {"name": name, "in": "query", "description": said, "required": required}
    return {**found, "schema": {"type": "string", "maxLength": 2000, **schema}}


def _operation(said: str, media: dict[str, Any], parameters: list[dict[str, Any]], *codes: str) -> dict[str, Any]:
    responses: dict[str, Any] = {"200": {"description": "Answered", "content": media}}
    responses["304"] = {"description": "As you have it"}
    for code in ("400", "401", "405", "503", "504", *codes):
        responses[code] = {"description": _ERRORS[code], "content": {"text/plain": {"schema": {"type": "string"}}}}
    return {"get": {"summary": said, "parameters": parameters, "responses": responses}}


def _object(*names: str) -> dict[str, Any]:
    properties: dict[str, Any] = {name: {} for name in names}
    return {"application/json": {"schema": {"type": "object", "required": list(names), "properties": properties}}}


_HTML = {"text/html": {"schema": {"type": "string"}}}
_INCLUDE = _parameter("include", "Kinds of claims, separated by commas: stated, inferred, background.",
                      pattern="^(stated|inferred|background)(,(stated|inferred|background))*$")  # fmt: skip


def document(address: str, *, writable: bool) -> dict[str, Any]:
    """Return the description for an endpoint at an address.

    >>> sorted(document("http://127.0.0.1:8000", writable=False)["paths"])[0]
    '/ask'
    """
    filters = [
        _parameter(name, f"The {name} of the claims, by name.") for name in ("subject", "predicate", "object")
    ]
    filters += [_parameter("kind", "The kind of the claims.", enum=["stated", "inferred", "background"])]
    filters += [_parameter(name, f"The {name} of the claims.") for name in ("polarity", "modality", "scenario")]
    limit = {"name": "limit", "in": "query", "required": False, "description": "How many at most."}
    question = _parameter("q", "A question in English.", required=True, minLength=1, pattern=r"\S")
    reading = {"name": "reading", "in": "query", "required": False, "description": "The reading that is meant.",
               "schema": {"type": "integer", "minimum": 0, "maximum": 999}}  # fmt: skip
    words = _parameter("q", "Words to look for.", required=True, minLength=1, pattern=r"\S")
    answer = _object("id", "question", "status", "boolean", "columns", "rows", "paraphrase", "sparql")
    name = {"name": "name", "in": "path", "required": True, "description": "A name, a CURIE or an IRI.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 500}}  # fmt: skip
    paths = {
        "/ask": _operation(
            "Ask in English; the answer object, whatever its status.", answer, [question, reading, _INCLUDE], "404"
        ),
        "/claims": _operation(
            "Claims that match every filter.",
            _object("claims", "truncated"),
            [*filters, {**limit, "schema": {"type": "integer", "minimum": 0, "maximum": 10_000}}],
            "404",
            "409",
        ),
        "/search": _operation(
            "Names and quotes that hold some words.",
            _object("hits"),
            [words, {**limit, "schema": {"type": "integer", "minimum": 0, "maximum": 200}}],
        ),
        "/overview": _operation(
            "What can be asked.", _object("classes", "properties", "examples", "prefixes"), []
        ),
        "/map": _operation(
            "A map: of an answer (q), of an entity's surroundings, or of the whole graph.",
            _HTML,
            [_parameter("q", "A question."), _parameter("entity", "A name."), _INCLUDE],
            "404",
            "409",
        ),
        "/entity/{name}": _operation(
            "A thing: page, JSON or RDF by the Accept header.",
            {**_object("iri", "label", "claims"), **_HTML, "text/turtle": {"schema": {"type": "string"}}},
            [name],
            "404",
            "406",
            "409",
        ),
    }
    about = "SPARQL 1.1 at /sparql" + (" and the Graph Store at /rdf-graph-store" if writable else "") + "."
    return {
        "openapi": "3.1.0",
        "info": {"title": "kgq", "version": "1", "description": about},
        "servers": [{"url": address}],
        "paths": paths,
    }
