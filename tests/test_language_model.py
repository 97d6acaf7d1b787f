"""Help from a language model: a local server that speaks the protocol, with recorded replies, good and bad."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from kg.errors import SourceError
from kg.knowledge_graph import KnowledgeGraph, open_graph
from kg.language_model.proposals import LanguageModel, assist
from kg.results import Answer, Reading

QUESTION = "who gobbles GPUs"
GOOD = {"synonyms": [{"word": "gobbles", "term": "aii:buys"}], "reading": None, "question": None}


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    return open_graph()


def names(answer: Answer) -> set[str]:
    return {row.cells[0].value for row in answer.rows if row.cells[0] is not None}


def ask(graph: KnowledgeGraph, server: Any, question: str = QUESTION) -> Answer:
    return assist(graph, graph.query(question), LanguageModel(server.url, "m-1", seconds=5))


# ---- what helps


def test_a_synonym_makes_a_question_understood_and_the_answer_says_who_helped(
    graph: KnowledgeGraph, server: Any
) -> None:
    answer = ask(graph, server)
    assert answer.status == "answered"
    assert "merchants" in names(answer)
    assert answer.assisted_by == "m-1"
    assert answer.question == QUESTION
    assert answer.explanation[0] == "with the help of m-1: 'gobbles' as property: buys"
    assert any(row.evidence for row in answer.rows)


def test_the_model_is_told_the_question_and_terms_and_no_claims(graph: KnowledgeGraph, server: Any) -> None:
    ask(graph, server)
    path, headers, body = server.requests[0]
    assert path == "/v1/chat/completions"
    assert "authorization" not in headers
    assert (body["model"], body["temperature"]) == ("m-1", 0)
    told = body["messages"][-1]["content"]
    assert QUESTION in told
    assert "aii:buys (property: buys)" in told
    assert "Buy GPUs (mostly NVIDIA)" not in json.dumps(body)


def test_a_question_that_is_understood_never_reaches_the_model(graph: KnowledgeGraph, server: Any) -> None:
    assert ask(graph, server, "who bears capex risk").assisted_by is None
    assert ask(graph, server, "do lenders bear capex risk").assisted_by is None
    assert server.requests == []


def test_another_wording_is_asked_like_any_question(graph: KnowledgeGraph, server: Any) -> None:
    server.says({"synonyms": [], "reading": None, "question": "who buys GPUs?"})
    answer = ask(graph, server)
    assert "merchants" in names(answer)
    assert answer.explanation[0] == "with the help of m-1: rephrased as: who buys GPUs?"
    assert answer.question == QUESTION


def test_a_reading_can_be_chosen(graph: KnowledgeGraph, server: Any) -> None:
    readings = (
        Reading(
            "Who rents?", "SELECT ?answer { ?claim1 kgq:claimSubject ?answer ; kgq:claimPredicate aii:leases }"
        ),
        Reading("Who buys?", "SELECT ?answer { ?claim1 kgq:claimSubject ?answer ; kgq:claimPredicate aii:buys }"),
    )
    server.says({"synonyms": [], "reading": 2, "question": None})
    answer = assist(graph, Answer("who?", "ambiguous", readings=readings), LanguageModel(server.url, "m-1"))
    assert (answer.status, answer.assisted_by) == ("answered", "m-1")
    assert "merchants" in names(answer)
    assert "2. Who buys?" in server.requests[0][2]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "content",
    [
        "```json\n" + json.dumps(GOOD) + "\n```",
        "Sure! Here it is: " + json.dumps(GOOD) + " Hope this helps.",
        {"synonyms": GOOD["synonyms"]},
        {"synonyms": [{"word": "Gobbles", "term": "https://w3id.org/kgq/aii#buys"}]},
        {"synonyms": [{"word": "gobbles", "term": "aii:noSuchTerm"}, *GOOD["synonyms"]]},  # type: ignore[misc]
    ],
)
def test_replies_in_other_forms_are_taken(graph: KnowledgeGraph, server: Any, content: Any) -> None:
    server.says(content)
    assert "merchants" in names(ask(graph, server))


def test_servers_that_know_no_schema_are_asked_without(graph: KnowledgeGraph, server: Any) -> None:
    def plain_only(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        if "response_format" in body:
            server.send(handler, b'{"error": {"message": "unknown field response_format"}}', 400)
        else:
            server.send(handler, server.completion(GOOD))

    server.reply = plain_only
    assert ask(graph, server).assisted_by == "m-1"
    formats = [body.get("response_format", {}).get("type") for _, _, body in server.requests]
    assert formats == ["json_schema", "json_object", None]


# ---- what does not


def unassisted(answer: Answer) -> str:
    """Return why a model was no help."""
    assert answer.status == "not_understood"
    assert answer.assisted_by is None
    assert answer.uncovered == ("gobbles",)
    assert answer.sparql is None
    assert "\n" not in answer.explanation[-1]
    return answer.explanation[-1]


@pytest.mark.parametrize(
    "content",
    [
        {"synonyms": [], "reading": None, "question": None},
        {"synonyms": [{"word": "gobbles", "term": "http://evil.example/steal"}]},
        {"synonyms": [{"word": "gobbles", "term": "DROP ALL"}]},
        {"synonyms": [{"word": "GPUs", "term": "aii:buys"}]},
        {"synonyms": [{"word": "hyperscalers", "term": "aii:buys"}]},
        {"synonyms": [{"word": "gobbles", "term": "aii:Company"}]},
        {"synonyms": "gobbles means buys"},
        {"synonyms": [["gobbles", "aii:buys"], None, 7, {"word": 1, "term": 2}, {"word": "", "term": "aii:buys"}]},
        {"synonyms": [{"word": "gobbles" * 99, "term": "aii:buys"}]},
        {"reading": 1},
        {"reading": True},
        {"reading": "1"},
        {"question": "INSERT DATA { <a> <b> <c> }"},
        {"question": "DROP ALL"},
        {"question": "SELECT * { SERVICE <http://evil.example/> { ?s ?p ?o } }"},
        {"question": "SELECT ?s { ?s ?p ?o }"},
        {"question": "who buys GPUs " * 100},
        {"question": "what do hyperscalers buy?"},
        {"question": "who does not buy GPUs?"},
        {"question": "which 3 companies buy GPUs?"},
        {"question": ["who buys GPUs?"]},
        {"answer": "CoreWeave buys GPUs", "rows": [["CoreWeave"]], "sparql": "SELECT * { ?s ?p ?o }"},
    ],
)
def test_what_the_graph_does_not_bear_out_is_not_taken(graph: KnowledgeGraph, server: Any, content: Any) -> None:
    server.says(content)
    assert "nothing it proposed can be understood" in unassisted(ask(graph, server))


# ---- settings


def test_the_key_goes_to_the_server_and_nowhere_else(
    graph: KnowledgeGraph, server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("s3cret\n", encoding="utf-8")
    monkeypatch.setenv("KGQ_LLM_URL", server.url)
    monkeypatch.setenv("KGQ_LLM_MODEL", "m-1")
    monkeypatch.setenv("KGQ_LLM_KEY_FILE", str(tmp_path / "key"))
    model = LanguageModel.from_environment()
    assert model is not None
    assert "s3cret" not in repr(model)
    answer = assist(graph, graph.query(QUESTION), model)
    assert server.requests[0][1]["authorization"] == "Bearer s3cret"
    assert "s3cret" not in answer.to_json()


def test_incomplete_settings_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KGQ_LLM_URL", raising=False)
    assert LanguageModel.from_environment() is None
    monkeypatch.setenv("KGQ_LLM_URL", "http://127.0.0.1:1/v1")
    monkeypatch.delenv("KGQ_LLM_MODEL", raising=False)
    with pytest.raises(SourceError, match="KGQ_LLM_MODEL is not"):
        LanguageModel.from_environment()
    monkeypatch.setenv("KGQ_LLM_MODEL", "m")
    monkeypatch.setenv("KGQ_LLM_SECONDS", "soon")
    with pytest.raises(SourceError, match="'soon'"):
        LanguageModel.from_environment()
    monkeypatch.delenv("KGQ_LLM_SECONDS")
    monkeypatch.setenv("KGQ_LLM_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(SourceError, match="Check KGQ_LLM_KEY_FILE"):
        LanguageModel.from_environment()


# ---- the command


@pytest.fixture
def configured(server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("KEY", "KEY_FILE", "SECONDS"):
        monkeypatch.delenv(f"KGQ_LLM_{name}", raising=False)
    monkeypatch.setenv("KGQ_LLM_URL", server.url)
    monkeypatch.setenv("KGQ_LLM_MODEL", "m-1")
    return server


def test_the_command_says_that_a_model_helped(run: Callable[..., Any], configured: Any) -> None:
    result = run("query", QUESTION)
    assert result.code == 0
    assert result.out.startswith("with the help of m-1: 'gobbles' as property: buys\n")
    answer = json.loads(run("query", "--format", "json", QUESTION).out)
    assert answer["assisted_by"] == "m-1"


def test_the_command_does_without_when_told(run: Callable[..., Any], configured: Any) -> None:
    assert run("query", "--no-llm", QUESTION).code == 3
    assert configured.requests == []


def test_the_command_says_why_the_model_was_no_help(run: Callable[..., Any], configured: Any) -> None:
    configured.replies(b"<html>")
    result = run("query", QUESTION)
    assert result.code == 3
    assert "no help from m-1: the reply is not JSON" in result.err
    assert "not understood" in result.err


def test_a_batch_is_helped_too(run: Callable[..., Any], configured: Any) -> None:
    result = run("query", "--batch", "-", stdin=f"{QUESTION}\nwho bears capex risk\n")
    assert [json.loads(line)["assisted_by"] for line in result.out.splitlines()] == ["m-1", None]


def test_incomplete_settings_cost_a_line_and_no_answer(
    run: Callable[..., Any], configured: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KGQ_LLM_MODEL")
    result = run("query", QUESTION)
    assert result.code == 3
    assert "KGQ_LLM_MODEL is not" in result.err
    assert run("query", "who bears capex risk").code == 0


def test_with_it_off_nothing_of_it_is_imported() -> None:
    program = (
        "import sys; from kgq.main import main\n"
        f"main(['query', {QUESTION!r}])\n"
        "found = {'kg.language_model.proposals', 'http.client', 'urllib.request', 'ssl', 'openai'}\n"
        "print(sorted(found & set(sys.modules)))"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{root}:{root / 'cli'}", "PATH": "", "KGQ_LEXICON": "off", "HOME": "/nonexistent"},
    )
    assert done.stdout.splitlines()[-1] == "[]"
