"""Questions, entities, claims and maps over HTTP, as described in openapi.json."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from server.conftest import Answer, Endpoint


@pytest.fixture(scope="module")
def builtin(serve: Callable[..., Endpoint]) -> Endpoint:
    """An endpoint over the graph that ships with kgq."""
    return serve()


def get(endpoint: Endpoint, path: str, accept: str = "application/json") -> Answer:
    return endpoint.send("GET", path, accept=accept)


def test_a_question_is_answered_with_its_quotes(builtin: Endpoint) -> None:
    answer = get(builtin, "/ask?q=who+bears+capex+risk")
    found = json.loads(answer.body)
    assert (answer.status, found["status"]) == (200, "answered")
    assert found["rows"][0]["cells"][0]["value"] == "hyperscalers"
    assert all(row["evidence"] for row in found["rows"] if row["kind"] == "stated")
    assert get(builtin, "/ask?q=who+bears+capex+risk").headers["etag"] == answer.headers["etag"]


def test_a_map_is_drawn_once_and_kept(builtin: Endpoint) -> None:
    first = get(builtin, "/map?entity=CoreWeave", "text/html")
    assert first.status == 200
    assert len(first.body) > 256 * 1024
    before = get(builtin, "/metrics").text
    assert get(builtin, "/map?entity=CoreWeave", "text/html").body == first.body
    hits = "\nkgq_cache_hits_total "
    after = get(builtin, "/metrics").text
    assert int(after.partition(hits)[2].split()[0]) == int(before.partition(hits)[2].split()[0]) + 1


@pytest.mark.parametrize(
    "question", ["who bears climate risk", "zxq", "SELECT", "'; DROP ALL; --", "<script>", "?"]
)
def test_any_text_is_a_question(builtin: Endpoint, question: str) -> None:
    from urllib.parse import quote

    answer = get(builtin, f"/ask?q={quote(question)}")
    assert answer.status == 200
    assert json.loads(answer.body)["status"] in ("answered", "not_stated", "ambiguous", "not_understood", "error")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ask", 400),
        ("/ask?q=%20", 400),
        ("/ask?q=a&q=b", 400),
        ("/ask?q=a&include=everything", 400),
        ("/ask?q=" + "a" * 3000, 400),
        ("/claims?limit=-1", 400),
        ("/claims?kind=true", 400),
        ("/claims?subject=nobody", 404),
        ("/entity/nobody", 404),
        ("/map?entity=nobody", 404),
        ("/map?q=who+bears+climate+risk", 404),
    ],
)
def test_what_cannot_be_answered_gets_its_status(builtin: Endpoint, path: str, status: int) -> None:
    answer = get(builtin, path)
    assert (answer.status, answer.media) == (status, "text/plain")


def test_an_entity_is_page_json_or_rdf(builtin: Endpoint) -> None:
    assert json.loads(get(builtin, "/entity/CoreWeave").body)["label"] == "CoreWeave"
    page = get(builtin, "/entity/CoreWeave", "text/html,application/xhtml+xml,*/*;q=0.8")
    assert page.media == "text/html"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for accept in ("text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"):
        answer = get(builtin, "/entity/CoreWeave", accept)
        assert (answer.status, answer.media) == (200, accept)
        assert b"https://w3id.org/kgq/id/coreweave" in answer.body or b"id:coreweave" in answer.body


def test_claims_are_filtered_and_bounded(builtin: Endpoint) -> None:
    found = json.loads(get(builtin, "/claims?subject=merchants&predicate=shifts+risk+to").body)
    assert {claim["kind"] for claim in found["claims"]} <= {"stated", "inferred", "background"}
    assert not found["truncated"]
    few = json.loads(get(builtin, "/claims?limit=3").body)
    assert (len(few["claims"]), few["truncated"]) == (3, True)


def test_a_map_is_a_page_in_a_sandbox(builtin: Endpoint) -> None:
    answer = get(builtin, "/map?entity=CoreWeave", "text/html")
    assert answer.media == "text/html"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_data_that_looks_like_a_page_stays_data(serve: Callable[..., Endpoint], tmp_path: Any) -> None:
    evil = "<img src=x onerror=alert(1)></script><script>alert(1)</script>"
    path = tmp_path / "evil.ttl"
    label = json.dumps(evil)
    name = "<http://www.w3.org/2000/01/rdf-schema#label>"
    path.write_text(f"<http://example.com/a> a <http://example.com/C> ; {name} {label} .", encoding="utf-8")
    endpoint = serve("-g", path)
    for place in ("/search?q=img", "/entity/http%3A%2F%2Fexample.com%2Fa", "/overview"):
        assert get(endpoint, place).media == "application/json"
    assert get(endpoint, "/map", "text/html").body.count(b"<script>alert(1)") == 0


def test_the_description_matches_what_is_answered(builtin: Endpoint) -> None:
    described = json.loads(get(builtin, "/openapi.json").body)
    for path, required in (("/ask?q=x", "/ask"), ("/claims?limit=1", "/claims"), ("/overview", "/overview")):
        schema = described["paths"][required]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert set(schema["required"]) <= set(json.loads(get(builtin, path).body))


@pytest.mark.slow
def test_generated_requests_meet_the_description(builtin: Endpoint) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    from hypothesis import HealthCheck, given, settings

    schema = schemathesis.openapi.from_url(f"{builtin.url}/openapi.json")
    for operation in schema.get_all_operations():

        @settings(  # the same requests every time: another seed is a decision, not chance
            max_examples=8, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.ok().as_strategy())
        def conforms(case: Any) -> None:
            response = case.call(timeout=15)
            case.validate_response(response)

        conforms()


@pytest.mark.slow
def test_the_page_answers_refuses_and_runs_sparql_in_a_browser(builtin: Endpoint, browser: Browser) -> None:
    page = browser.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(builtin.url) else told.append(request.url))
    page.goto(builtin.url)
    page.get_by_role("searchbox").first.fill("who bears capex risk")
    page.keyboard.press("Enter")
    page.locator("#answer .fact").first.wait_for()
    assert "Capex risk" in page.locator("#answer blockquote").first.inner_text()
    page.goto(builtin.url + "/#ask=who%20bears%20climate%20risk")
    page.locator("#answer .box.bad").wait_for()
    page.goto(builtin.url + "/#sparql=" + "SELECT%20(1%20AS%20%3Fone)%20%7B%7D")
    page.locator("#results td").wait_for()
    page.goto(builtin.url + "/entity/CoreWeave")
    page.locator("#entity .fact").first.wait_for()
    assert page.locator("#browse-title").inner_text() == "CoreWeave"
    page.close()
    assert told == []


def test_a_browser_that_opens_the_endpoint_is_shown_where_to_type_a_query(builtin: Endpoint) -> None:
    answer = builtin.send(
        "GET", "/sparql", accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    )
    assert (answer.status, answer.headers["location"]) == (303, f"http://127.0.0.1:{builtin.port}/#sparql")
    assert get(builtin, "/sparql", "text/turtle, text/html").media == "text/turtle"
