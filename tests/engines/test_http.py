"""How an endpoint is spoken to: credentials, redirects, repeats, addresses, proxies."""

from __future__ import annotations

import base64
import http.server
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from engines.servers import kgq_serve, oxigraph_serve
from pyoxigraph import Literal, NamedNode, Quad

from kg.engines.http.settings import Endpoint
from kg.engines.remote import RemoteEngine
from kg.errors import EngineError, SourceError

pytestmark = pytest.mark.slow

JSON = "application/sparql-results+json"
YES = b'{"head":{},"boolean":true}'


class Answering:
    """An HTTP server whose answers are functions of the request and its number."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.answer: Callable[[Any, int], tuple[int, dict[str, str], bytes]] = lambda _r, _n: (200, {}, YES)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.seen.append(self)
                status, headers, body = outer.answer(self, len(outer.seen))
                self.send_response(status)
                sent = {
                    "Content-Type": "application/sparql-results+json",
                    "Content-Length": str(len(body)),
                    **headers,
                }
                for name, value in sent.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = handle_any  # noqa: N815 - names of the library

            def log_message(self, *_: Any) -> None:
                pass

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_port
        self.url = f"http://127.0.0.1:{self.port}/sparql"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Answering]:
    running = Answering()
    yield running
    running.close()


@pytest.fixture
def other() -> Iterator[Answering]:
    running = Answering()
    yield running
    running.close()


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def ask(endpoint: Endpoint, query: str = "ASK {}") -> bool:
    engine = RemoteEngine(endpoint)
    try:
        return engine.ask(query)
    finally:
        engine.close()


def test_short_queries_are_got_and_long_ones_are_a_form(server: Answering) -> None:
    long = f"ASK {{ ?s ?p '{'x' * 3000}' }}"
    assert ask(Endpoint(server.url))
    assert ask(Endpoint(server.url), long)
    assert [r.command for r in server.seen] == ["GET", "POST"]
    assert parse_qs(urlsplit(server.seen[0].path).query)["query"] == ["ASK {}"]
    assert parse_qs(server.seen[1].body.decode())["query"] == [long]


def test_one_connection_serves_many_queries(server: Answering) -> None:
    engine = RemoteEngine(Endpoint(server.url))
    assert all(engine.ask("ASK {}") for _ in range(5))
    engine.close()
    assert len({r.client_address for r in server.seen}) == 1


@pytest.mark.parametrize("way", ["token", "token file", "password", "password file"])
def test_credentials_come_from_files_and_the_environment(
    way: str, server: Answering, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush\n", encoding="ascii")
    if way.startswith("token"):
        name, value = ("TOKEN_FILE", str(secret)) if "file" in way else ("TOKEN", "hush")
        expected = "Bearer hush"
    else:
        monkeypatch.setenv("KGQ_ENDPOINT_USER", "anna")
        name, value = ("PASSWORD_FILE", str(secret)) if "file" in way else ("PASSWORD", "hush")
        expected = "Basic " + base64.b64encode(b"anna:hush").decode()
    monkeypatch.setenv(f"KGQ_ENDPOINT_{name}", value)
    endpoint = Endpoint.from_environment(server.url)
    assert ask(endpoint)
    assert server.seen[0].headers["Authorization"] == expected
    assert "hush" not in repr(endpoint)


def test_credentials_do_not_go_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQ_ENDPOINT_TOKEN", "hush")
    with pytest.raises(SourceError, match="in the clear") as caught:
        Endpoint.from_environment("http://sparql.example.org/")
    assert "hush" not in str(caught.value)
    monkeypatch.setenv("KGQ_ENDPOINT_CLEAR", "yes")
    assert Endpoint.from_environment("http://sparql.example.org/").clear


def test_a_redirect_is_followed_but_takes_no_credentials_elsewhere(server: Answering, other: Answering) -> None:
    server.answer = lambda r, _: (307, {"Location": other.url + "?" + urlsplit(r.path).query}, b"")
    assert ask(Endpoint(server.url))
    assert len(other.seen) == 1
    with pytest.raises(EngineError, match="credentials are not sent there"):
        ask(Endpoint(server.url, authorization="Bearer hush"))
    assert len(other.seen) == 1


def test_redirects_end(server: Answering) -> None:
    server.answer = lambda r, _: (302, {"Location": r.path}, b"")
    with pytest.raises(EngineError, match="redirects more than 5 times"):
        ask(Endpoint(server.url))
    server.answer = lambda _r, _n: (302, {"Location": "file:///etc/passwd"}, b"")
    with pytest.raises(EngineError, match="not followed"):
        ask(Endpoint(server.url))


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_passes_is_waited_for(status: int, server: Answering) -> None:
    server.answer = lambda _, n: (status, {"Retry-After": "0"}, b"") if n < 3 else (200, {}, YES)
    assert ask(Endpoint(server.url))
    assert len(server.seen) == 3


def test_retry_after_is_respected_and_not_for_ever(server: Answering) -> None:
    server.answer = lambda _, n: (503, {"Retry-After": "1"}, b"") if n < 2 else (200, {}, YES)
    started = time.monotonic()
    assert ask(Endpoint(server.url))
    assert time.monotonic() - started >= 1
    server.answer = lambda _r, _n: (503, {"Retry-After": "86400"}, b"maintenance")
    started = time.monotonic()
    with pytest.raises(EngineError, match=r"503: it has too much to do \(maintenance\)"):
        ask(Endpoint(server.url))
    assert time.monotonic() - started < 1


def test_what_is_refused_for_good_is_not_asked_again(server: Answering) -> None:
    server.answer = lambda _r, _n: (403, {}, b"")
    with pytest.raises(EngineError):
        ask(Endpoint(server.url))
    assert len(server.seen) == 1


def test_an_update_is_sent_once_and_to_its_own_address(server: Answering, other: Answering) -> None:
    other.answer = lambda _r, _n: (502, {}, b"")
    engine = RemoteEngine(Endpoint(server.url, update_url=other.url))
    with pytest.raises(EngineError):
        engine.update("INSERT DATA { <http://e/a> <http://e/b> 1 }")
    assert (len(server.seen), len(other.seen)) == (0, 1)
    assert "update=INSERT" in other.seen[0].body.decode()
    engine.close()


def test_a_proxy_of_the_environment_is_used(
    server: Answering, other: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://me:pw@127.0.0.1:{other.port}")
    monkeypatch.setenv("no_proxy", "")
    assert ask(Endpoint(server.url))
    assert (len(server.seen), len(other.seen)) == (0, 1)
    assert other.seen[0].path.startswith(server.url)
    assert other.seen[0].headers["Proxy-Authorization"] == "Basic " + base64.b64encode(b"me:pw").decode()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert ask(Endpoint(server.url))
    assert len(server.seen) == 1


def test_data_is_written_to_a_real_server(tmp_path: Path) -> None:
    with oxigraph_serve([], tmp_path) as url:
        engine = RemoteEngine(Endpoint(url, update_url=url.replace("/query", "/update")))
        node, graph = NamedNode("http://e/a"), NamedNode("http://e/g")
        engine.add([Quad(node, node, Literal('q"\n\\'), graph), Quad(node, node, Literal(7))])
        assert engine.ask("ASK { GRAPH <http://e/g> { ?s ?p 'q\\\"\\n\\\\' } ?s ?p 7 }")
        assert list(engine.named_graphs()) == ["http://e/g"]
        assert len(engine.select("SELECT * { ?s ?p ?o }", union=True)) == 2
        assert len(set(engine.quads())) == 2
        engine.close()


def test_a_token_opens_a_closed_endpoint(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a-long-token-of-our-own", encoding="ascii")
    with (
        pytest.MonkeyPatch.context() as patch,
        kgq_serve(None, tmp_path, "--read-token-file", str(token)) as url,
    ):
        with pytest.raises(EngineError, match="401"):
            ask(Endpoint(url))
        patch.setenv("KGQ_ENDPOINT_TOKEN_FILE", str(token))
        assert not ask(Endpoint.from_environment(url), "ASK { <http://e/none> ?p ?o }")
