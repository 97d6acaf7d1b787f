"""Help from a language model: a local server that speaks the protocol, with recorded replies, good and bad."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kg.chat_completions import ChatError, complete
from kg.errors import SourceError
from kg.evaluation import is_running
from kg.knowledge_graph import KnowledgeGraph, open_graph
from kg.language_model import LanguageModel, assist
from kg.results import Answer, Reading

Reply = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]
QUESTION = "who gobbles GPUs"
GOOD = {"synonyms": [{"word": "gobbles", "term": "aii:buys"}], "reading": None, "question": None}


def completion(content: Any) -> bytes:
    """Return a reply of the protocol, as servers send it."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return json.dumps({"id": "c1", "object": "chat.completion", "model": "m", "choices": [choice]}).encode()


def send(handler: BaseHTTPRequestHandler, data: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(data)


class Server:
    """A server that speaks the protocol and replies as it is told.

    Attributes:
        requests: what it was sent: path, headers, body.
    """

    def __init__(self) -> None:
        self.reply: Reply = lambda handler, _: send(handler, completion(GOOD))
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                with suppress(OSError):  # the client had enough
                    outer.reply(self, body)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def says(self, content: Any) -> None:
        """Reply with this content from now on."""
        self.reply = lambda handler, _: send(handler, completion(content))

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    return open_graph()


def names(answer: Answer) -> set[str]:
    return {row.cells[0].value for row in answer.rows if row.cells[0] is not None}


def ask(graph: KnowledgeGraph, server: Server, question: str = QUESTION, seconds: float = 5.0) -> Answer:
    return assist(graph, graph.query(question), LanguageModel(server.url, "m-1", seconds=seconds))


# ---- what helps


def test_a_synonym_makes_a_question_understood_and_the_answer_says_who_helped(
    graph: KnowledgeGraph, server: Server
) -> None:
    answer = ask(graph, server)
    assert answer.status == "answered"
    assert "merchants" in names(answer)
    assert answer.assisted_by == "m-1"
    assert answer.question == QUESTION
    assert answer.explanation[0] == "with the help of m-1: 'gobbles' as property: buys"
    assert any(row.evidence for row in answer.rows)


def test_the_model_is_told_the_question_and_terms_and_no_claims(graph: KnowledgeGraph, server: Server) -> None:
    ask(graph, server)
    path, headers, body = server.requests[0]
    assert path == "/v1/chat/completions"
    assert "authorization" not in headers
    assert (body["model"], body["temperature"]) == ("m-1", 0)
    told = body["messages"][-1]["content"]
    assert QUESTION in told
    assert "aii:buys (property: buys)" in told
    assert "Buy GPUs (mostly NVIDIA)" not in json.dumps(body)


def test_a_question_that_is_understood_never_reaches_the_model(graph: KnowledgeGraph, server: Server) -> None:
    assert ask(graph, server, "who bears capex risk").assisted_by is None
    assert ask(graph, server, "do lenders bear capex risk").assisted_by is None
    assert server.requests == []


def test_another_wording_is_asked_like_any_question(graph: KnowledgeGraph, server: Server) -> None:
    server.says({"synonyms": [], "reading": None, "question": "who buys GPUs?"})
    answer = ask(graph, server)
    assert "merchants" in names(answer)
    assert answer.explanation[0] == "with the help of m-1: rephrased as: who buys GPUs?"
    assert answer.question == QUESTION


def test_a_reading_can_be_chosen(graph: KnowledgeGraph, server: Server) -> None:
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
def test_replies_in_other_forms_are_taken(graph: KnowledgeGraph, server: Server, content: Any) -> None:
    server.says(content)
    assert "merchants" in names(ask(graph, server))


def test_servers_that_know_no_schema_are_asked_without(graph: KnowledgeGraph, server: Server) -> None:
    def plain_only(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        if "response_format" in body:
            send(handler, b'{"error": {"message": "unknown field response_format"}}', 400)
        else:
            send(handler, completion(GOOD))

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
def test_what_the_graph_does_not_bear_out_is_not_taken(
    graph: KnowledgeGraph, server: Server, content: Any
) -> None:
    server.says(content)
    assert "nothing it proposed can be understood" in unassisted(ask(graph, server))


def raw(data: bytes, status: int = 200, **headers: str) -> Reply:
    return lambda handler, _: send(handler, data, status, **headers)


def hang_up(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    handler.connection.close()


def cut_off(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.close_connection = True


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (raw(b"<!DOCTYPE html><title>Welcome</title>", Content_Type="text/html"), "not JSON"),
        (raw(b""), "not JSON"),
        (raw(b"\xff\xfe\x00"), "not JSON"),
        (raw(b"[" * 100_000), "not JSON"),
        (raw(b"x" * 10_000_000), "too long"),
        (raw(b"{}"), "not a chat completion"),
        (raw(b'{"choices": []}'), "not a chat completion"),
        (raw(b'{"choices": [{"message": {"content": 7}}]}'), "no text"),
        (raw(completion(None)), "no text"),
        (raw(completion("I cannot help with that.")), "did not reply with a JSON object"),
        (raw(completion("[1, 2]")), "did not reply with a JSON object"),
        (raw(completion("{" * 20_000 + "}" * 20_000)), "did not reply with a JSON object"),
        (raw(b"moved", 302, Location="http://evil.example/v1"), "sends elsewhere"),
        (raw(b"moved", 307, Location="file:///etc/passwd"), "sends elsewhere"),
        (raw(b"no", 401), "refuses the key"),
        (raw(b"no", 404), "no such page or model"),
        (raw(b"no", 429), "Try again later"),
        (raw(b"no", 500), "status 500"),
        (raw(b"no", 400), "status 400"),
        (hang_up, "cannot be reached, or breaks off"),
        (cut_off, "cannot be reached, or breaks off"),
    ],
)
def test_a_broken_reply_gives_the_unassisted_answer_and_a_line(
    graph: KnowledgeGraph, server: Server, reply: Reply, told: str
) -> None:
    server.reply = reply
    assert told in unassisted(ask(graph, server))


def test_a_slow_server_is_given_up_in_time(graph: KnowledgeGraph, server: Server) -> None:
    def drip(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _n in range(40):  # each byte in time, the whole never
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    server.reply = drip
    started = time.monotonic()
    assert "no reply within 0.4 s" in unassisted(ask(graph, server, seconds=0.4))
    assert time.monotonic() - started < 3
    while is_running():  # a command run now would end this process for its sake
        time.sleep(0.05)


def test_a_server_that_is_not_there_is_told(graph: KnowledgeGraph, server: Server) -> None:
    url = server.url
    server.close()
    answer = assist(graph, graph.query(QUESTION), LanguageModel(url, "m-1", seconds=5))
    assert "cannot be reached" in unassisted(answer)
    server.http = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # for the fixture to close
    server.thread = threading.Thread(target=server.http.serve_forever, args=(0.02,), daemon=True)
    server.thread.start()


# ---- settings


@pytest.mark.parametrize(
    ("url", "key", "told"),
    [
        ("ftp://host/v1", "", "not an http or https URL"),
        ("http://[::1", "", "not a URL"),
        ("http://host:port/", "", "not a URL"),
        ("nonsense", "", "not an http or https URL"),
        ("http://user:secret@host/v1", "", "holds a password"),
        ("http://model.example/v1", "secret", "in the clear"),
        ("http://127.0.0.1:1/v1", "sec\r\nret: x", "characters"),
        ("http://127.0.0.1:1/v1\r\nHost: evil", "", "not an http or https URL"),
    ],
)
def test_a_bad_address_is_told_before_anything_is_sent(url: str, key: str, told: str) -> None:
    with pytest.raises(ChatError, match=told):
        complete(url, "m", [], {}, key=key, seconds=2)


def test_the_key_goes_to_the_server_and_nowhere_else(
    graph: KnowledgeGraph, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
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
def configured(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    for name in ("KEY", "KEY_FILE", "SECONDS"):
        monkeypatch.delenv(f"KGQ_LLM_{name}", raising=False)
    monkeypatch.setenv("KGQ_LLM_URL", server.url)
    monkeypatch.setenv("KGQ_LLM_MODEL", "m-1")
    return server


def test_the_command_says_that_a_model_helped(run: Callable[..., Any], configured: Server) -> None:
    result = run("query", QUESTION)
    assert result.code == 0
    assert result.out.startswith("with the help of m-1: 'gobbles' as property: buys\n")
    answer = json.loads(run("query", "--format", "json", QUESTION).out)
    assert answer["assisted_by"] == "m-1"


def test_the_command_does_without_when_told(run: Callable[..., Any], configured: Server) -> None:
    assert run("query", "--no-llm", QUESTION).code == 3
    assert configured.requests == []


def test_the_command_says_why_the_model_was_no_help(run: Callable[..., Any], configured: Server) -> None:
    configured.reply = raw(b"<html>")
    result = run("query", QUESTION)
    assert result.code == 3
    assert "no help from m-1: the reply is not JSON" in result.err
    assert "not understood" in result.err


def test_a_batch_is_helped_too(run: Callable[..., Any], configured: Server) -> None:
    result = run("query", "--batch", "-", stdin=f"{QUESTION}\nwho bears capex risk\n")
    assert [json.loads(line)["assisted_by"] for line in result.out.splitlines()] == ["m-1", None]


def test_incomplete_settings_cost_a_line_and_no_answer(
    run: Callable[..., Any], configured: Server, monkeypatch: pytest.MonkeyPatch
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
        "found = {'kg.language_model', 'kg.chat_completions', 'http.client', 'urllib.request', 'ssl', 'openai'}\n"
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
