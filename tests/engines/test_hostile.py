"""Servers that are slow, broken or mean: one line with the address and a remedy, exit code 4, nothing else."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from kg.engines.http.settings import Endpoint
from kg.engines.remote import RemoteEngine
from kg.errors import EngineError, LimitError, QueryError

if TYPE_CHECKING:
    from conftest import Run

pytestmark = pytest.mark.slow

JSON = b"application/sparql-results+json"
YES = b'{"head":{},"boolean":true}'
XML = b"application/sparql-results+xml"
ROW = b'{"x":{"type":"literal","value":"%s"}}'
HEAD = b'{"head":{"vars":["x"]},"results":{"bindings":['


class RawServer:
    """Answers every request with bytes of our own; remembers what it was sent."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.says_yes = True
        self.reply: Callable[[socket.socket, int], None] = lambda _s, _n: None
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/sparql"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            client.settimeout(10)
            data = b""
            while b"\r\n\r\n" not in data:
                data += client.recv(65536)
            head, _, body = data.partition(b"\r\n\r\n")
            length = int(dict(re.findall(rb"(?i)\r\n(content-length): *(\d+)", head)).get(b"Content-Length", 0))
            while len(body) < length:
                body += client.recv(65536)
            self.requests.append(head + b"\r\n\r\n" + body)
            if b"ASK+%7B" in head and self.says_yes:
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n" % (JSON, len(YES)))
                client.sendall(b"Connection: close\r\n\r\n" + YES)
                return
            self.reply(client, len(self.requests))

    def says(self, body: bytes, media: bytes = JSON, status: bytes = b"200 OK", *headers: bytes) -> None:
        """Answer everything alike."""
        lines = [b"HTTP/1.1 " + status, b"Content-Type: " + media, b"Content-Length: %d" % len(body), *headers]
        self.reply = lambda client, _: client.sendall(
            b"\r\n".join(lines) + b"\r\nConnection: close\r\n\r\n" + body
        )

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a client
        self._listening.close()
        self._thread.join(5)


@pytest.fixture
def server() -> Iterator[RawServer]:
    running = RawServer()
    yield running
    running.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQ_ENDPOINT_TIMEOUT", "1")
    monkeypatch.setenv("KGQ_ENDPOINT_RETRIES", "1")


def refused(run: Run, server: RawServer, *words: str) -> str:
    done = run("-g", server.url, "query", *(words or ("SELECT ?x { ?s ?p ?x }",)))
    assert (done.code, done.out) == (4, ""), done
    assert done.err.count("\n") == 1, done.err
    assert "Traceback" not in done.err
    assert server.url.removesuffix("/sparql") in done.err
    return done.err


def deep(opened: bytes, middle: bytes, closed: bytes) -> bytes:
    return opened * 50_000 + middle + closed * 50_000


URI = b'{"type":"uri","value":"http://e/"}'
TRIPLE = b'{"type":"triple","value":{"subject":%s,"predicate":%s,"object":' % (URI, URI)
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/></head><results>'
    b'<result><binding name="x"><literal>&b;</literal></binding></result></results></sparql>'
)
BODIES = {
    "a web page": (b"<!DOCTYPE html><title>Login</title>", b"text/html", "a web page"),
    "a web page that says it is JSON": (b"<html><body>hello", JSON, "a web page"),
    "something else than it says": (b"x,y\r\n1,2", JSON, "something else"),
    "no media type that is known": (b"PK\x03\x04", b"application/zip", "application/zip"),
    "nothing": (b"", JSON, "something else"),
    "half of it": (HEAD + ROW % b"a", JSON, "cannot be read"),
    "JSON of another kind": (b'{"error": "no"}', JSON, "cannot be read"),
    "broken JSON": (HEAD + b'{"x":{"type":', JSON, "cannot be read"),
    "no term": (HEAD + b'{"x":{"type":"uri","value":"no iri"}}]}}', JSON, "cannot be read"),
    "broken XML": (b"<?xml version='1.0'?><sparql", XML, "cannot be read"),
    "an entity bomb": (
        BOMB,
        XML,
        "cannot be read",
    ),
    "brackets without end": (HEAD + b"[" * 200_000, JSON, "cannot be read"),
    "triples in triples": (HEAD + b'{"x":' + deep(TRIPLE, URI, b"}}"), JSON, "nested"),
    "not UTF-8": (HEAD + ROW % b"\xff\xfe" + b"]}}", JSON, "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_answer(name: str, server: RawServer, run: Run) -> None:
    body, media, expected = BODIES[name]
    server.says(body, media)
    assert expected in refused(run, server)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, "KGQ_ENDPOINT_TOKEN_FILE"), (403, "does not allow"), (404, "Check the URL"), (405, "Check the URL"),
     (406, "format"), (413, "too long"), (429, "too many"), (500, "simpler query"), (503, "Try again later"),
     (504, "took too long"), (418, "refuses"), (400, "refuses the query")],
)  # fmt: skip
def test_a_status_is_told_with_what_the_server_says(
    status: int, expected: str, server: RawServer, run: Run
) -> None:
    server.says(b"<html><title>So \x1b[31m sorry</title></html>", b"text/html", b"%d No" % status)
    message = refused(run, server)
    assert expected in message
    assert "\x1b" not in message


def test_syntax_that_is_wrong_is_the_users_affair(server: RawServer) -> None:
    server.says(b"bad", b"text/plain", b"400 Bad Request")
    engine = RemoteEngine(Endpoint(server.url))
    with pytest.raises(QueryError, match="it ends too early"):
        engine.select("SELECT ?x { ?x")
    with pytest.raises(EngineError, match=r"refuses the query: bad\."):
        engine.select("SELECT ?x { ?s ?p ?x }")


def test_a_gzip_bomb_is_given_up(server: RawServer, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQ_ENDPOINT_SIZE_LIMIT", "1000000")
    server.says(gzip.compress(HEAD + b" " * 50_000_000), JSON, b"200 OK", b"Content-Encoding: gzip")
    assert "more than 1,000,000 bytes" in refused(run, server)


def test_a_row_of_its_own_is_bounded(server: RawServer, run: Run) -> None:
    server.says(gzip.compress(HEAD + ROW % (b"a" * (66 << 20))), JSON, b"200 OK", b"Content-Encoding: gzip")
    assert "buffer maximal size" in refused(run, server)  # the parser's own bound comes first


@pytest.mark.parametrize("packed", [gzip.compress, zlib.compress, lambda d: zlib.compress(d)[2:-4]])
def test_what_is_compressed_is_read(packed: Callable[[bytes], bytes], server: RawServer, run: Run) -> None:
    name = b"gzip" if packed is gzip.compress else b"deflate"
    server.says(packed(HEAD + ROW % b"fine" + b"]}}"), JSON, b"200 OK", b"Content-Encoding: " + name)
    assert "fine" in run("-g", server.url, "query", "--format", "csv", "SELECT ?x { ?s ?p ?x }").out


def test_compression_that_lies_or_was_not_asked_for(server: RawServer, run: Run) -> None:
    server.says(b"{}", JSON, b"200 OK", b"Content-Encoding: gzip")
    assert "not gzip" in refused(run, server)
    server.says(b"{}", JSON, b"200 OK", b"Content-Encoding: br")
    said = refused(run, server)
    assert "'br'" in said
    assert "query=" not in said


def cut(client: socket.socket, _: int) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: 5000\r\n\r\n%s" % (JSON, HEAD))


def cut_chunks(client: socket.socket, _: int) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n" % JSON)
    client.sendall(b"%x\r\n%s\r\n" % (len(HEAD), HEAD))


def silent(_: socket.socket, __: int) -> None:
    time.sleep(3)


def falls_silent(client: socket.socket, number: int) -> None:
    cut(client, number)
    time.sleep(3)


def no_http(client: socket.socket, _: int) -> None:
    client.sendall(b"220 smtp.example.com ESMTP\r\n")


@pytest.mark.parametrize("reply", [cut, cut_chunks, silent, falls_silent, no_http], ids=lambda f: f.__name__)
def test_a_transfer_that_ends_early_or_never(
    reply: Callable[[socket.socket, int], None], server: RawServer, run: Run
) -> None:
    server.reply = reply
    started = time.monotonic()
    assert any(word in refused(run, server) for word in ("broke off", "in time", "cannot be reached"))
    assert time.monotonic() - started < 20


def test_dripping_is_ended_by_the_clock(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(client: socket.socket, _: int) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nX: %s" % (JSON, b"y" * 200):
            client.send(bytes([byte]))
            time.sleep(0.05)

    server.reply = drip
    server.says_yes = False
    engine = RemoteEngine(Endpoint(server.url, total_seconds=1.0))
    started = time.monotonic()
    with pytest.raises(LimitError):
        engine.ask("ASK {}")
    assert time.monotonic() - started < 3


def test_nobody_there_and_no_such_host(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/sparql"
    for address in (url, "http://nowhere.invalid/sparql"):
        done = run("-g", address, "query", "ASK {}")
        assert done.code == 4
        assert done.err.startswith(f"kgq: {address} cannot be reached: ")  # not the whole query
        assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [("http://", "not the URL"), ("http://user:secret@127.0.0.1/", "holds a password"),
     ("http://a b/", "not the URL"), ("https://[::1", "not a URL"), ("http://127.0.0.1:99999/", "not a URL")],
)  # fmt: skip
def test_an_address_that_is_none(url: str, expected: str, run: Run) -> None:
    done = run("-g", url, "query", "ASK {}")
    assert done.code == 4
    assert expected in done.err
    assert "secret" not in done.err


def test_json_results_are_valid_json_when_passed_through(server: RawServer, run: Run) -> None:
    server.says(HEAD + ROW % b"fine" + b"]}}")
    done = run("-g", server.url, "query", "--format", "json", "SELECT ?x { ?s ?p ?x }")
    assert json.loads(done.out)["results"]["bindings"][0]["x"]["value"] == "fine"
