"""What a language model's server may send instead of a reply: the unassisted answer comes, and a line on why."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from kg.evaluation import is_running
from kg.knowledge_graph import KnowledgeGraph, open_graph
from kg.language_model.chat_completions import ChatError, complete
from kg.language_model.proposals import LanguageModel, assist


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    return open_graph()


def reason(graph: KnowledgeGraph, url: str, seconds: float = 5.0) -> str:
    """Return why a model was no help with a question that is not understood."""
    answer = assist(graph, graph.query("who gobbles GPUs"), LanguageModel(url, "m-1", seconds=seconds))
    assert (answer.status, answer.assisted_by, answer.uncovered) == ("not_understood", None, ("gobbles",))
    assert "\n" not in answer.explanation[-1]
    return answer.explanation[-1]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<!DOCTYPE html><title>Welcome</title>", "not JSON"),
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"x" * 10_000_000, "too long"),
        (b"{}", "not a chat completion"),
        (b"[]", "not a chat completion"),
        (b'{"choices": []}', "not a chat completion"),
        (b'{"choices": [{"message": {"content": 7}}]}', "no text"),
    ],
)
def test_what_is_no_completion_is_told(graph: KnowledgeGraph, server: Any, data: bytes, told: str) -> None:
    server.replies(data, Content_Type="text/html" if data.startswith(b"<") else "application/json")
    assert told in reason(graph, server.url)


@pytest.mark.parametrize(
    "content", ["I cannot help with that.", "[1, 2]", "", "{" * 20_000 + "}" * 20_000, "{'a': 1}"]
)
def test_a_completion_that_is_no_json_object_is_told(graph: KnowledgeGraph, server: Any, content: str) -> None:
    server.says(content)
    assert "did not reply with a JSON object" in reason(graph, server.url)


def test_a_completion_without_text_is_told(graph: KnowledgeGraph, server: Any) -> None:
    server.says(None)
    assert "no text" in reason(graph, server.url)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "refuses the key"),
        (403, "refuses the key"),
        (404, "no such page or model"),
        (429, "Try again later"),
        (500, "status 500"),
        (400, "status 400"),
    ],
)
def test_a_refusal_is_told(graph: KnowledgeGraph, server: Any, status: int, told: str) -> None:
    server.replies(b"no", status)
    assert told in reason(graph, server.url)


@pytest.mark.parametrize("target", ["http://evil.example/v1", "file:///etc/passwd", "/elsewhere"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(graph: KnowledgeGraph, server: Any, status: int, target: str) -> None:
    server.replies(b"moved", status, Location=target)
    assert "sends elsewhere" in reason(graph, server.url)
    assert len(server.requests) == 1


def hang_up(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    handler.connection.close()


def cut_off(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.close_connection = True


def endless_header(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000)
    handler.close_connection = True


@pytest.mark.parametrize("reply", [hang_up, cut_off, endless_header])
def test_a_connection_that_breaks_off_is_told(graph: KnowledgeGraph, server: Any, reply: Any) -> None:
    server.reply = reply
    assert "cannot be reached, or breaks off" in reason(graph, server.url)


def test_a_slow_server_is_given_up_in_time(graph: KnowledgeGraph, server: Any) -> None:
    def drip(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _n in range(30):  # each byte in time, the whole never
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    server.reply = drip
    started = time.monotonic()
    assert "no reply within 0.4 s" in reason(graph, server.url, seconds=0.4)
    assert time.monotonic() - started < 1.4
    while is_running():  # a command run now would end this process for its sake
        time.sleep(0.05)


def test_a_server_that_is_not_there_is_told(graph: KnowledgeGraph, server: Any) -> None:
    server.close()
    assert "cannot be reached" in reason(graph, server.url)


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


def test_the_whole_address_may_be_given(server: Any) -> None:
    url = f"{server.url}/chat/completions?version=1"
    assert complete(url, "m", [{"role": "user", "content": "é"}], {}, seconds=5)["reading"] is None
    assert server.requests[0][0] == "/v1/chat/completions?version=1"
    assert json.dumps(server.requests[0][2]["messages"]) == '[{"role": "user", "content": "\\u00e9"}]'
