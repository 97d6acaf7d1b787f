"""JSON Schemas of what tools take and give, written with a few words each."""

from __future__ import annotations

from typing import Any

__all__ = ["INPUTS", "KINDS", "OUTPUTS"]

Schema = dict[str, Any]

KINDS = ("stated", "inferred", "background")
_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(**properties: Schema) -> Schema:
    """Return the schema of an object that has all of these, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_DEFINITIONS: dict[str, Schema] = {
    "evidence": _object(
        document=_TEXT, heading=_TEXT, quote=_TEXT, start={"type": "integer"}, end={"type": "integer"}
    ),
    "derivation": {
        "type": "object",
        "properties": {"rule": _TEXT, "label": _TEXT, "premises": _list(_ref("premise"))},
        "required": ["rule", "premises"],
    },
    "premise": {
        "type": "object",
        "properties": {
            "claim": _TEXT,
            "kind": _TEXT,
            "text": _TEXT,
            "evidence": _list(_ref("evidence")),
            "because": _list(_ref("derivation")),
        },
        "required": ["claim", "kind", "text", "evidence"],
    },
    "cell": {
        "type": ["object", "null"],
        "properties": {"value": _TEXT, "iri": _MAYBE, "datatype": _MAYBE, "lang": _MAYBE},
        "required": ["value", "iri", "datatype", "lang"],
    },
    "row": _object(
        cells=_list(_ref("cell")),
        kind={"enum": list(KINDS)},
        polarity={"enum": ["positive", "negative"]},
        modality=_TEXT,
        voice=_MAYBE,
        scenario=_MAYBE,
        qualifiers={"type": "object", "additionalProperties": _list(_TEXT)},
        claims=_list(_TEXT),
        evidence=_list(_ref("evidence")),
        because=_list(_ref("derivation")),
        disputed_by=_list(_ref("premise")),
        triples=_list(_list(_TEXT)),
        text=_MAYBE,
    ),
    "claim": _object(
        iri=_TEXT,
        id=_MAYBE,
        text=_TEXT,
        subject=_TEXT,
        predicate=_TEXT,
        object=_MAYBE,
        value=_MAYBE,
        kind={"enum": list(KINDS)},
        polarity={"enum": ["positive", "negative"]},
        modality=_TEXT,
        voice=_MAYBE,
        scenario=_MAYBE,
        document=_MAYBE,
        source=_MAYBE,
        qualifiers={"type": "object", "additionalProperties": _list(_TEXT)},
        relations={"type": "object", "additionalProperties": _list(_TEXT)},
        note=_MAYBE,
        labels={"type": "object", "additionalProperties": _TEXT},
        evidence=_list(_ref("evidence")),
        because=_list(_ref("derivation")),
    ),
    "thing": _object(iri=_TEXT, label=_TEXT, curie=_TEXT),
}
_NEEDED = {
    "evidence": (),
    "derivation": ("premise", "evidence"),
    "row": ("cell", "evidence", "derivation", "premise"),
    "claim": ("evidence", "derivation", "premise"),
    "thing": (),
}


def _output(*definitions: str, **properties: Schema) -> Schema:
    """Return the schema of a result, with the parts it refers to and what every page says of itself."""
    names = dict.fromkeys(part for name in definitions for part in (name, *_NEEDED[name]))
    return {
        **_object(**properties, truncated=_FLAG, remaining=_COUNT, shortened=_FLAG, cursor=_MAYBE),
        "$defs": {name: _DEFINITIONS[name] for name in names},
    }


_TERM: Schema = {
    "type": "object",
    "properties": {
        "curie": _TEXT,
        "label": _TEXT,
        "count": _COUNT,
        "definition": _TEXT,
        "words": _list(_TEXT),
        "domain": _list(_TEXT),
        "range": _list(_TEXT),
    },
    "required": ["curie", "label", "count"],
}

OUTPUTS: dict[str, Schema] = {
    "ask": _output(
        "row",
        id=_MAYBE,
        question=_TEXT,
        status={"enum": ["answered", "not_stated", "ambiguous", "not_understood", "error"]},
        boolean={"type": ["boolean", "null"]},
        disputed=_FLAG,
        columns=_list(_TEXT),
        rows=_list(_ref("row")),
        related=_list(_ref("row")),
        readings=_list(_object(paraphrase=_TEXT, sparql=_TEXT, cost={"type": "number"})),
        uncovered=_list(_TEXT),
        suggestions=_list(_TEXT),
        explanation=_list(_TEXT),
        assisted_by=_MAYBE,
        paraphrase=_MAYBE,
        sparql=_MAYBE,
        error={"type": ["object", "null"]},
        elapsed_ms={"type": "number"},
    ),
    "find_entity": _output(
        name=_TEXT,
        candidates=_list(
            _object(
                iri=_TEXT,
                label=_TEXT,
                curie=_TEXT,
                kind={"enum": ["entity", "class", "property"]},
                types=_list(_TEXT),
                score={"type": "number"},
            )
        ),
    ),
    "describe": _output(
        "claim",
        "thing",
        iri=_TEXT,
        label=_TEXT,
        curie=_TEXT,
        types=_list(_ref("thing")),
        aliases=_list(_TEXT),
        definition=_TEXT,
        note=_TEXT,
        claims=_list(_ref("claim")),
        mentions=_list(_ref("claim")),
        properties=_list(_object(property=_ref("thing"), value=_TEXT, iri=_MAYBE)),
        references=_list(_object(property=_ref("thing"), thing=_ref("thing"))),
        instances=_list(_ref("thing")),
    ),
    "path": _output(
        "claim",
        "thing",
        **{
            "from": _ref("thing"),
            "to": _ref("thing"),
            "paths": _list(
                _object(
                    directed=_FLAG,
                    entities=_list(_TEXT),
                    hops=_list(_object(**{"from": _TEXT, "to": _TEXT, "claims": _list(_ref("claim"))})),
                    labels=_list(_TEXT),
                )
            ),
        },
    ),
    "compare": _output(
        "claim",
        "thing",
        first=_ref("thing"),
        second=_ref("thing"),
        rows=_list(
            _object(
                relation=_TEXT,
                outgoing=_FLAG,
                end=_TEXT,
                negative=_FLAG,
                scenario=_MAYBE,
                said_of={"enum": ["both", "first", "second"]},
                first=_list(_ref("claim")),
                second=_list(_ref("claim")),
                relation_label=_TEXT,
                end_label=_TEXT,
            )
        ),
        between=_list(_ref("claim")),
    ),
    "evidence": _output(
        documents=_list(
            _object(
                document=_TEXT,
                title=_MAYBE,
                issued=_MAYBE,
                sha256=_MAYBE,
                points={"type": ["integer", "null"]},
                claims={"type": ["integer", "null"]},
            )
        ),
        quotes=_list(
            _object(
                document=_TEXT,
                heading=_TEXT,
                quote=_TEXT,
                start={"type": "integer"},
                end={"type": "integer"},
                claims=_list(_object(iri=_TEXT, id=_MAYBE, text=_TEXT)),
            )
        ),
    ),
    "explain": _output("claim", claim=_ref("claim")),
    "sparql": _output(
        form={"enum": ["SELECT", "ASK", "CONSTRUCT"]},
        variables=_list(_TEXT),
        boolean={"type": ["boolean", "null"]},
        note=_TEXT,
        rows=_list({"type": "object", "additionalProperties": {"type": "object"}}),
        triples=_list(_list(_TEXT)),
    ),
    "schema": _output(
        has_claims=_FLAG,
        note=_TEXT,
        pattern=_TEXT,
        prefixes={"type": "object", "additionalProperties": _TEXT},
        properties=_list(_TERM),
        classes=_list(_TERM),
        examples=_list(_TEXT),
    ),
}


def _text(description: str, longest: int = 500, **more: Any) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": longest, "description": description, **more}


_NAME = "Label, alias, CURIE (prefix:name) or IRI, as find_entity gives it."
_CLAIM = "A claim: its identifier (F090), or the IRI that another tool gave."
_PAGE: dict[str, Schema] = {
    "limit": {
        "type": "integer",
        "minimum": 1,
        "maximum": 200,
        "description": "Items on this page at most. Fewer are given where they would not fit.",
    },
    "cursor": {
        "type": "string",
        "maxLength": 100,
        "description": "The 'cursor' of the last result, to go on where it ended. Repeat the other arguments.",
    },
}
_INCLUDE: dict[str, Schema] = {
    "include": {
        "type": "array",
        "items": {"enum": list(KINDS)},
        "minItems": 1,
        "uniqueItems": True,
        "description": "Kinds of claims to rest on; stated and inferred unless you say otherwise. 'background' is "
        "common knowledge that is not in the documents.",
    }
}


def _input(required: tuple[str, ...], **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


INPUTS: dict[str, Schema] = {
    "ask": _input(
        ("question",),
        question=_text("A question in plain English, one at a time: 'who bears capex risk'.", 2000),
        reading={
            "type": "integer",
            "minimum": 0,
            "description": "Which of the 'readings' is meant, counted from 0, after the status 'ambiguous'.",
        },
        **_INCLUDE,
        **_PAGE,
    ),
    "find_entity": _input(
        ("name",),
        name=_text("A name or a part of one; a slip of the pen is forgiven."),
        kind={"enum": ["entity", "class", "property"], "description": "Only these; all three otherwise."},
        **_PAGE,
    ),
    "describe": _input(("entity",), entity=_text(_NAME), **_PAGE),
    "path": _input(
        ("from", "to"),
        **{"from": _text(_NAME), "to": _text(_NAME)},
        directed={"type": "boolean", "description": "Walk every claim from its subject to its object only."},
        **_INCLUDE,
        **_PAGE,
    ),
    "compare": _input(("first", "second"), first=_text(_NAME), second=_text(_NAME), **_INCLUDE, **_PAGE),
    "evidence": _input(
        (),
        claim=_text(_CLAIM),
        entity=_text(f"Quotes of every claim about this thing. {_NAME}"),
        words=_text("Quotes that hold these words."),
        **_PAGE,
    ),
    "explain": _input(
        ("claim",), claim=_text("A claim: its identifier (F090), or the IRI that another tool gave.")
    ),
    "sparql": _input(
        ("query",),
        query=_text(
            "One SELECT, ASK or CONSTRUCT. The prefixes that 'schema' lists need no declaration. No SERVICE, "
            "FROM, LOAD or update.",
            20_000,
        ),
        **_PAGE,
    ),
    "schema": _input(
        (),
        about=_text("Only classes, properties and examples with this word.", 100),
        detail={"enum": ["names", "full"], "description": "'full' adds definitions, words, domains and ranges."},
        **_PAGE,
    ),
}
