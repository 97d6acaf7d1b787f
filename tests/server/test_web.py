"""Bombs, browsers and forgers: what any HTTP service meets."""

from __future__ import annotations

import gzip
import json
import socket
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from server.conftest import Endpoint


SERVE = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
TOKENS = {"KGQ_TOKEN": "open sesame", "KGQ_READ_TOKEN": "peep"}
HEAD = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"


def test_a_gzip_bomb_is_refused(endpoint: Endpoint) -> None:
    body = gzip.compress(b" " * 200_000_000, 9)
    answer = endpoint.send("POST", "/sparql", body, content_type=SERVE, content_encoding="gzip")
    assert answer.status == 413
    assert endpoint.is_well()


def test_entity_declarations_are_refused(store: Endpoint) -> None:
    bomb = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
    for body in (bomb, bomb.decode().encode("utf-16")):
        answer = store.send("PUT", "/rdf-graph-store?graph=e:x", body, content_type="application/rdf+xml")
        assert answer.status == 400


def test_a_body_announced_too_large_is_refused_at_once(endpoint: Endpoint) -> None:
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=5) as connection:
        connection.sendall(HEAD + b"Content-Length: 10000000000\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_an_endless_body_is_cut(endpoint: Endpoint) -> None:
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=5) as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        block = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        with pytest.raises((BrokenPipeError, ConnectionResetError)):  # noqa: PT012 - whichever send meets it
            for _ in range(200):
                connection.sendall(block)
    assert endpoint.is_well()


def test_a_giant_head_is_refused(endpoint: Endpoint) -> None:
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=5) as connection:
        try:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: " + b"a" * 2_000_000 + b"\r\n\r\n")
            got = connection.recv(100)
        except OSError:
            got = b""
    assert got == b"" or got.startswith(b"HTTP/1.1 4")
    assert endpoint.is_well()


def test_idle_and_slow_connections_hold_nobody_up(endpoint: Endpoint) -> None:
    idle = [socket.create_connection(("127.0.0.1", endpoint.port)) for _ in range(200)]
    for connection in idle[::2]:
        connection.sendall(b"GET /sparql?query=ASK")
    assert endpoint.is_well()
    for connection in idle:
        connection.close()


# --- the web ------------------------------------------------------------------------------------------------


def test_other_origins_are_told_nothing_unless_listed(endpoint: Endpoint) -> None:
    answer = endpoint.query("ASK {}", origin="http://evil.example")
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_listed_origins_may_ask_without_credentials(serve: Callable[..., Endpoint], data: Path) -> None:
    endpoint = serve("-g", data, "--cors", "http://good.example")
    good = endpoint.query("ASK {}", origin="http://good.example")
    assert good.headers["access-control-allow-origin"] == "http://good.example"
    assert "access-control-allow-credentials" not in good.headers
    assert "access-control-allow-origin" not in endpoint.query("ASK {}", origin="http://evil.example").headers
    preflight = endpoint.send(
        "OPTIONS", "/sparql", origin="http://good.example", access_control_request_method="POST"
    )
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_a_form_on_another_site_cannot_write(store: Endpoint) -> None:
    body = urllib.parse.urlencode({"update": "CLEAR ALL"})
    assert store.post(body, FORM, origin="http://evil.example").status == 403
    assert store.post(body, FORM, sec_fetch_site="cross-site").status == 403
    assert store.post(body, FORM, host="evil.example").status == 403


def test_writing_needs_the_token(serve: Callable[..., Endpoint], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("guarded")
    endpoint = serve("-g", folder, "--writable", **TOKENS)
    update = "INSERT DATA { <e:a> <e:b> 1 }"
    assert endpoint.update(update).status == 401
    assert endpoint.update(update, authorization="Bearer peep").status == 401
    assert endpoint.update(update, authorization="Bearer open sesame").status == 204
    assert endpoint.query("ASK {}").status == 401
    assert endpoint.query("ASK {}", authorization="Bearer peep").status == 200
    assert endpoint.send("GET", "/metrics").status == 401
    assert endpoint.send("GET", "/health").status == 200
    assert "sesame" not in endpoint.log.read_text() + Path(f"/proc/{endpoint.process.pid}/cmdline").read_text()


@pytest.mark.parametrize(
    "path", ["/../../etc/passwd", "/static/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd"]
)
def test_paths_lead_out_of_nothing(endpoint: Endpoint, path: str) -> None:
    answer = endpoint.send("GET", path)
    assert answer.status in (400, 404)
    assert b"root:" not in answer.body


def test_every_response_says_nosniff_and_none_shows_a_traceback(endpoint: Endpoint) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/sparql?query=x", "/nowhere", "/sparql", "/health"):
        answer = endpoint.send("GET", path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert b"Traceback" not in answer.body


def test_a_client_cannot_forge_log_lines(endpoint: Endpoint) -> None:
    endpoint.send("GET", "/x%0A%7B%22status%22%3A200%7D%1B%5B31m")
    endpoint.query('ASK { FILTER("\\n{}\\u001b" = "x") }')
    lines = (endpoint.log.parent / "access.log").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert all(character.isprintable() for line in lines for character in line)
    assert any(record["path"].startswith("/x\n") for record in records)
    assert any("query" in record for record in records)
