"""Every tool over both transports: what it finds, what it refuses, and what it then tells the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from mcp.types import PromptReference, ResourceTemplateReference

from kg import open_graph
from kg.mcp.budgets import measure

if TYPE_CHECKING:
    from assistants.conftest import Assistant

ANSWER = json.loads((Path(__file__).parents[2] / "docs" / "answer.schema.json").read_text(encoding="utf-8"))
QUOTE = "Hyperscalers • Bear: • Technology risk • Demand risk • Capex risk"
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("ask", {"question": "who bears capex risk"}),
    ("find_entity", {"name": "corwave"}),
    ("describe", {"entity": "merchants"}),
    ("path", {"from": "Apple", "to": "lenders"}),
    ("compare", {"first": "hyperscalers", "second": "merchants"}),
    ("evidence", {"entity": "capex risk"}),
    ("explain", {"claim": "F090"}),
    ("sparql", {"query": "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 100"}),
    ("sparql", {"query": "CONSTRUCT { ?s rdfs:label ?o } WHERE { ?s rdfs:label ?o }"}),
    ("schema", {"detail": "full"}),
]
MARKS = {"truncated", "remaining", "shortened", "cursor"}


def test_every_tool_says_what_it_is_and_that_it_only_reads(assistant: Assistant) -> None:
    listed = assistant.run(assistant.client.list_tools()).tools
    assert [tool.name for tool in listed] == [
        "ask", "find_entity", "describe", "path", "compare", "evidence", "explain", "sparql", "schema",
    ]  # fmt: skip
    for tool in listed:
        assert tool.title
        assert len(tool.description or "") > 80
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.open_world_hint is False
        assert all(option.get("description") for option in tool.input_schema["properties"].values())
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)


def test_the_instructions_ask_for_quotes_and_for_not_stated(assistant: Assistant) -> None:
    said = assistant.client.instructions or ""
    assert "quote" in said
    assert '"not stated"' in said


@pytest.mark.parametrize(("tool", "arguments"), CALLS)
def test_results_fit_their_schema_and_the_budget(
    assistant: Assistant, tool: str, arguments: dict[str, Any]
) -> None:
    (listed,) = [one for one in assistant.run(assistant.client.list_tools()).tools if one.name == tool]
    result = assistant.call(tool, **arguments)
    assert not result.is_error
    jsonschema.validate(result.structured_content, listed.output_schema)
    assert measure(result.structured_content) <= 16_000
    assert len(assistant.text(result).encode()) <= 16_000
    assert assistant.text(result).strip()


@pytest.mark.parametrize(("tool", "arguments"), CALLS)
def test_the_pages_of_a_result_are_the_whole_of_it(
    assistant: Assistant, tool: str, arguments: dict[str, Any]
) -> None:
    if tool == "explain":
        assert not assistant.found(tool, **arguments)["truncated"]
        return
    by_threes = assistant.pages(tool, limit=7, **arguments)
    by_many = assistant.pages(tool, limit=200, **arguments)
    assert joined(by_threes) == joined(by_many)
    assert [page["remaining"] for page in by_threes][-1] == 0
    assert all(page["truncated"] for page in by_threes[:-1])


def joined(found: Any) -> dict[str, list[str]]:
    """Return the items of all pages by section; blank nodes and times apart, they are the same for every walk."""
    names = [name for name, value in found[0].items() if isinstance(value, list) and name != "variables"]
    once = {"columns", "readings", "uncovered", "suggestions", "explanation", "types", "aliases", "documents"}
    return {
        name: sorted(json.dumps(item, sort_keys=True) for page in found for item in page[name])
        for name in names
        if name not in once
    }


def test_an_answer_has_its_published_form_and_its_quote(assistant: Assistant) -> None:
    result = assistant.call("ask", question="who bears capex risk")
    found = dict(result.structured_content)
    assert found["rows"][0]["cells"][0]["value"] == "hyperscalers"
    assert found["rows"][0]["evidence"][0]["quote"] == QUOTE
    assert f"“{QUOTE}”" in assistant.text(result)
    published = {name: value for name, value in found.items() if name not in MARKS - {"truncated"}}
    jsonschema.validate(published, ANSWER)


def test_the_answer_is_the_one_the_library_gives(assistant: Assistant) -> None:
    found = assistant.found("ask", question="what do merchants buy?")
    expected = json.loads(open_graph().query("what do merchants buy?").to_json())
    assert found["rows"] == expected["rows"][: len(found["rows"])]
    assert found["sparql"] == expected["sparql"]


def test_what_is_not_stated_is_said_to_be_so(assistant: Assistant) -> None:
    result = assistant.call("ask", question="does Microsoft own CoreWeave")
    assert result.structured_content["status"] == "not_stated"
    assert result.structured_content["rows"] == []
    assert assistant.text(result).startswith("NOT STATED")


def test_an_unknown_word_is_named(assistant: Assistant) -> None:
    result = assistant.call("ask", question="what does AWS blorp")
    assert result.structured_content["uncovered"] == ["blorp"]
    assert "'blorp'" in assistant.text(result)


def test_background_counts_only_when_asked_for(assistant: Assistant) -> None:
    both = [
        assistant.found("ask", question="what does CoreWeave do", include=include)
        for include in (["stated"], ["stated", "inferred"])
    ]
    assert {row["kind"] for row in both[0]["rows"]} <= {"stated"}
    assert len(both[1]["rows"]) >= len(both[0]["rows"])


def test_a_reading_that_is_not_offered_is_refused(assistant: Assistant) -> None:
    said = assistant.refusal("ask", question="who bears capex risk", reading=7)
    assert "reading 7" in said


def test_a_misspelt_name_is_found(assistant: Assistant) -> None:
    found = assistant.found("find_entity", name="corwave")["candidates"]
    assert found[0]["label"] == "CoreWeave"
    assert found[0]["curie"] == "id:coreweave"


def test_a_part_of_a_name_is_found(assistant: Assistant) -> None:
    labels = [one["label"] for one in assistant.found("find_entity", name="amazon web")["candidates"]]
    assert "Amazon Web Services" in labels


def test_nothing_found_is_said_and_not_silent(assistant: Assistant) -> None:
    result = assistant.call("find_entity", name="qqqqq zzzzz")
    assert result.structured_content["candidates"] == []
    assert "Nothing in the graph" in assistant.text(result)


def test_a_claim_is_explained_down_to_its_quotes(assistant: Assistant) -> None:
    row = next(
        r for r in assistant.found("ask", question="who bears capex risk")["rows"] if r["kind"] == "inferred"
    )
    claim = assistant.found("explain", claim=row["claims"][0])["claim"]
    assert claim["because"][0]["premises"][0]["evidence"][0]["quote"]


def test_evidence_names_the_document_and_its_digest(assistant: Assistant) -> None:
    found = assistant.found("evidence", claim="F090")
    assert found["quotes"][0]["quote"] == QUOTE
    assert len(found["documents"][0]["sha256"]) == 64
    by_words = assistant.found("evidence", words="enormous capex")["quotes"]
    assert any("Enormous capex risk" in quote["quote"] for quote in by_words)


def test_a_path_and_a_comparison_carry_quotes(assistant: Assistant) -> None:
    way = assistant.found("path", **{"from": "Apple", "to": "lenders"})["paths"][0]
    assert way["labels"][0] == "Apple"
    assert way["labels"][-1] == "lenders"
    assert all(hop["claims"] for hop in way["hops"])
    rows = assistant.found("compare", first="hyperscalers", second="merchants")["rows"]
    assert {"both", "first"} <= {row["said_of"] for row in rows} | {"first"}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT * { SERVICE <http://example.com/> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "FROM is refused"),
        ("SELECT *FROM NAMED<http://example.com/>{ ?s ?p ?o }", "FROM is refused"),
        ("LOAD <http://example.com/>", "read-only"),
        ("INSERT DATA { <a:a> <a:a> <a:a> }", "read-only"),
        ("DROP ALL", "read-only"),
        ("ASK {} ; DROP ALL", "not valid SPARQL"),
        ("DESCRIBE id:aws", "'describe'"),
        ("who bears risk", "'ask'"),
        ("SELECT * { ?s ?p", "Correct the query"),
        ("ASK { " + "{" * 1500 + "}" * 1500 + " }", "nests"),
        ("SELECT * { ?s nope:x ?o }", "schema"),
    ],
)
def test_queries_that_are_refused_say_what_to_do(assistant: Assistant, query: str, says: str) -> None:
    assert says.casefold() in assistant.refusal("sparql", query=query).casefold()


def test_a_query_that_matches_nothing_says_so(assistant: Assistant) -> None:
    result = assistant.call("sparql", query="SELECT ?s { ?s a id:nothing }")
    assert result.structured_content["rows"] == []
    assert "Nothing matches" in assistant.text(result)


def test_ask_queries_and_unbound_cells_are_told(assistant: Assistant) -> None:
    assert assistant.found("sparql", query="ASK { id:aws ?p ?o }")["boolean"] is True
    rows = assistant.found("sparql", query="SELECT ?a ?b { VALUES (?a ?b) { (1 UNDEF) } }")["rows"]
    assert rows == [
        {"a": {"type": "literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}}
    ]


def test_the_word_limit_in_a_variable_is_no_limit(assistant: Assistant) -> None:
    found = assistant.found("sparql", query="SELECT ?creditLimit { ?creditLimit ?p ?o }", limit=5)
    assert len(found["rows"]) == 5
    assert found["remaining"] > 100


def test_the_schema_gives_what_a_query_needs(assistant: Assistant) -> None:
    found = assistant.found("schema")
    assert found["has_claims"]
    assert found["prefixes"]["id"] == "https://w3id.org/kgq/id/"
    pattern = found["pattern"].replace("PROPERTY", found["properties"][0]["curie"])
    assert assistant.found("sparql", query=pattern)["rows"]
    assert assistant.found("ask", question=assistant.pages("schema")[-1]["examples"][0])["status"] == "answered"


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("nope", {}, "There is no tool 'nope'"),
        ("asks", {}, "Did you mean 'ask'?"),
        ("ask", {}, "needs 'question'"),
        ("ask", {"question": "   "}, "blank"),
        ("ask", {"question": 7}, "must be of type string"),
        ("ask", {"question": "x" * 3000}, "at most 2,000"),
        ("ask", {"question": "who", "format": "json"}, "takes no 'format'"),
        ("ask", {"question": "who", "include": ["facts"]}, "must be one of stated"),
        ("ask", {"question": "who", "limit": 0}, "must be 1 or more"),
        ("ask", {"question": "who", "limit": 10_000}, "must be 200 or less"),
        ("ask", {"question": "who", "cursor": "made-up.3"}, "without cursor"),
        ("describe", {"entity": "Corewave Inc"}, "find_entity"),
        ("describe", {"entity": "<http://[>"}, "find_entity"),
        ("path", {"from": "Apple", "to": "xyzzy"}, "'xyzzy'"),
        ("compare", {"first": "Apple"}, "needs 'second'"),
        ("explain", {"claim": "F999"}, "Did you mean"),
        ("evidence", {}, "one of 'claim', 'entity' or 'words'"),
        ("evidence", {"claim": "F090", "words": "risk"}, "one of 'claim', 'entity' or 'words'"),
    ],
)
def test_calls_that_make_no_sense_say_what_would(
    assistant: Assistant, tool: str, arguments: dict[str, Any], says: str
) -> None:
    assert says in assistant.refusal(tool, **arguments)


def test_a_cursor_goes_on_only_with_its_own_call(assistant: Assistant) -> None:
    query = "SELECT ?s { ?s ?p ?o }"
    cursor = assistant.found("sparql", query=query, limit=2)["cursor"]
    assert "belongs to another call" in assistant.refusal("sparql", query="SELECT ?o { ?s ?p ?o }", cursor=cursor)
    assert "belongs to another call" in assistant.refusal("schema", cursor=cursor)
    assert "was changed" in assistant.refusal("sparql", query=query, cursor=cursor.partition(".")[0] + ".99999999")
    assert len(assistant.found("sparql", query=query, limit=3, cursor=cursor)["rows"]) == 3


def test_resources_are_read_by_address(assistant: Assistant) -> None:
    listed = assistant.run(assistant.client.list_resources()).resources
    assert [str(one.uri) for one in listed] == ["kgq://schema", "kgq://documents"]
    for uri, says in (
        ("kgq://schema", "Prefixes:"),
        ("kgq://documents", "sha256"),
        ("kgq://entity/CoreWeave", "merchants"),
        ("kgq://entity/Amazon%20Web%20Services", "id:aws"),
        ("kgq://claim/F090", QUOTE),
        ("kgq://document/8a0f5a5cf5c8", "LDC Build-Out"),
    ):
        (content,) = assistant.run(assistant.client.read_resource(uri)).contents
        assert says in content.text, uri


@pytest.mark.parametrize("uri", ["kgq://entity/xyzzy", "kgq://nope", "kgq://claim/F999", "file:///etc/passwd"])
def test_a_resource_that_is_not_there_is_an_error_of_the_protocol(assistant: Assistant, uri: str) -> None:
    with pytest.raises(Exception, match="Nothing in the graph"):
        assistant.run(assistant.client.read_resource(uri))


def test_names_and_claims_are_completed(assistant: Assistant) -> None:
    def complete(template: str, variable: str, start: str) -> list[str]:
        reference = ResourceTemplateReference(type="ref/resource", uri=template)
        result = assistant.run(assistant.client.complete(reference, {"name": variable, "value": start}))
        found: list[str] = result.completion.values
        return found

    assert complete("kgq://entity/{name}", "name", "core")[0] == "CoreWeave"
    assert complete("kgq://entity/{name}", "name", "amazon w") == ["Amazon Web Services"]
    assert complete("kgq://claim/{claim}", "claim", "f09")[0].startswith("F09")
    assert complete("kgq://entity/{name}", "name", "") == []
    assert complete("kgq://nope/{x}", "x", "a") == []


def test_prompts_are_filled_in(assistant: Assistant) -> None:
    listed = assistant.run(assistant.client.list_prompts()).prompts
    assert {prompt.name for prompt in listed} == {"answer_with_quotes", "brief_on_entity", "audit_claim"}
    found = assistant.run(assistant.client.get_prompt("brief_on_entity", {"name": "CoreWeave"}))
    assert "'CoreWeave'" in found.messages[0].content.text
    reference = PromptReference(type="ref/prompt", name="brief_on_entity")
    completed = assistant.run(assistant.client.complete(reference, {"name": "name", "value": "orac"}))
    assert completed.completion.values == ["Oracle"]
    with pytest.raises(Exception, match="missing"):
        assistant.run(assistant.client.get_prompt("brief_on_entity", {}))
