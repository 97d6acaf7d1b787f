"""Nothing leaves the endpoint: no connection and no file, except to what an operator listed."""

from __future__ import annotations

import http.server
import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from server.conftest import Endpoint

pytestmark = pytest.mark.slow


SERVE = "application/sparql-query"


class Canary:
    """A server that must not hear from the endpoint."""

    def __init__(self) -> None:
        heard: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append(self.path)
                if self.path.startswith("/to?"):
                    self.send_response(302)
                    self.send_header("Location", urllib.parse.unquote(self.path[4:]))
                    self.end_headers()
                    return
                body = (
                    b"<e:a> <e:b> <e:c> ."
                    if self.command == "GET"
                    else b'{"head":{"vars":["x"]},"results":{"bindings":[]}}'
                )
                self.send_response(200)
                self.send_header(
                    "Content-Type", "text/turtle" if self.command == "GET" else "application/sparql-results+json"
                )
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815 - the name the base class calls

            def log_message(self, *_: Any) -> None:
                pass

        self.heard = heard
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    found = Canary()
    yield found
    found.server.shutdown()
    found.server.server_close()


REACHING = [
    "SELECT * { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <http://localhost:PORT/> { ?s ?p ?o } }",
    "SELECT * { BIND(<http://127.0.0.1:PORT/> AS ?g) SERVICE ?g { ?s ?p ?o } }",
    "PREFIX c: <http://127.0.0.1:PORT/> SELECT * { SERVICE c:x { ?s ?p ?o } }",
    "BASE <http://127.0.0.1:PORT/> SELECT * { SERVICE <x> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://2130706433:PORT/> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://[::ffff:127.0.0.1]:PORT/> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://0x7f.1:PORT/> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://[::1]:PORT/> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://169.254.169.254:PORT/latest/meta-data/> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://user@127.0.0.1:PORT/> { ?s ?p ?o } }",
    "SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE <file:///etc/passwd> { ?s ?p ?o } }",
    "SELECT * { service# <x>\n<http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "ASK { ?s ?p trueSERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "ASK { ?s ?p ?o.SERVICE<http://127.0.0.1:PORT/>{ ?s ?p ?o } }",
    "ASK { ?s ?p ?o SERVICESILENT<http://127.0.0.1:PORT/>{ ?s ?p ?o } }",
    "ASK { ?s ?p 1e5SERVICE<http://127.0.0.1:PORT/>{ ?s ?p ?o } }",
    "PREFIX c: <http://127.0.0.1:PORT/> ASK { SERVICEc:x { ?s ?p ?o } }",
    "SELECT * FROM <http://127.0.0.1:PORT/> { ?s ?p ?o }",
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "SELECT * FROM NAMED <http://127.0.0.1:PORT/> { GRAPH ?g { ?s ?p ?o } }",
    "DESCRIBE <http://127.0.0.1:PORT/>",
]


@pytest.mark.parametrize("text", REACHING)
def test_a_query_reaches_nothing(endpoint: Endpoint, canary: Canary, text: str) -> None:
    canary.heard.clear()
    answer = endpoint.post(text.replace("PORT", str(canary.port)), SERVE, "*/*")
    assert answer.status in (200, 400, 403)
    if answer.status == 200 and answer.media.endswith("json"):
        assert answer.rows == []
    assert canary.heard == []


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:PORT/>",
        "LOAD <file:///etc/passwd>",
        "INSERT DATA { <e:a> <e:b> 1 } ; LOAD SILENT <http://127.0.0.1:PORT/> INTO GRAPH <e:g>",
        "PREFIX c: <http://127.0.0.1:PORT/> LOAD c:x",
        "LOADSILENT<http://127.0.0.1:PORT/>",
        "CLEAR ALL;LOAD<http://127.0.0.1:PORT/>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    ],
)
def test_an_update_reaches_nothing(store: Endpoint, canary: Canary, text: str) -> None:
    canary.heard.clear()
    answer = store.update(text.replace("PORT", str(canary.port)))
    assert answer.status == (204 if " SILENT" in text else 400 if "c:x" in text else 403)
    assert canary.heard == []


def test_a_remote_context_is_not_fetched(store: Endpoint, canary: Canary) -> None:
    canary.heard.clear()
    for place in (f"http://127.0.0.1:{canary.port}/context", "file:///etc/passwd"):
        body = json.dumps({"@context": place, "@id": "e:a", "e:b": 1}).encode()
        answer = store.send("PUT", "/rdf-graph-store?graph=e:c", body, content_type="application/ld+json")
        assert answer.status == 400
    assert canary.heard == []


@pytest.fixture(scope="module")
def reaching(serve: Callable[..., Endpoint], canary: Canary, tmp_path_factory: pytest.TempPathFactory) -> Endpoint:
    """An endpoint that may reach the canary's /open, and example.com."""
    return serve(
        "-g", tmp_path_factory.mktemp("reaching"), "--writable", "--no-token",
        "--allow-service", f"http://127.0.0.1:{canary.port}/open", "--allow-service", "http://example.com/",
        "--allow-load", f"http://127.0.0.1:{canary.port}/open", "--allow-load", f"http://127.0.0.1:{canary.port}/to",
    )  # fmt: skip


def test_what_is_listed_is_reached_and_nothing_else(reaching: Endpoint, canary: Canary) -> None:
    canary.heard.clear()
    place = f"http://127.0.0.1:{canary.port}"
    assert reaching.query(f"SELECT * {{ SERVICE <{place}/open> {{ ?x ?y ?z }} }}").status == 200
    assert canary.heard == ["/open"]
    assert reaching.query(f"SELECT * {{ SERVICE <{place}/closed> {{ ?x ?y ?z }} }}").status >= 400
    assert reaching.query(f"SELECT * {{ BIND(<{place}/open> AS ?g) SERVICE ?g {{ ?x ?y ?z }} }}").status == 403
    assert reaching.update(f"LOAD <{place}/open> INTO GRAPH <e:loaded>").status == 204
    assert reaching.query("ASK { GRAPH <e:loaded> { <e:a> <e:b> <e:c> } }").text.endswith("true}")
    assert canary.heard == ["/open", "/open"]


def test_a_redirect_leads_nowhere_else(reaching: Endpoint, canary: Canary) -> None:
    canary.heard.clear()
    place = f"http://127.0.0.1:{canary.port}"
    target = urllib.parse.quote(f"{place}/closed", safe="")
    assert reaching.update(f"LOAD <{place}/to?{target}>").status == 403
    assert [path for path in canary.heard if not path.startswith("/to")] == []


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """An endpoint that may reach every public address; the name inside.example is this machine's."""
    from server.conftest import serving

    code = (
        "import socket; ask = socket.getaddrinfo; "
        "inside = lambda host: '127.0.0.1' if host == 'inside.example' else host; "
        "socket.getaddrinfo = lambda host, *a, **k: ask(inside(host), *a, **k); "
        "import sys; from kgq.main import main; sys.exit(main())"
    )
    allowed = ("--allow-service", "http://", "--allow-load", "http://")
    folder = tmp_path_factory.mktemp("trusting")
    with serving(folder, "-g", folder / "store", "--writable", "--no-token", *allowed, code=("-c", code)) as found:
        yield found


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "0", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
     "[64:ff9b:1::7f00:1]", "[fec0::1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "224.0.0.1", "[ff0e::1]",
     "inside.example", "169.254.169.254", "10.0.0.1", "user@127.0.0.1"],
)  # fmt: skip
def test_what_is_public_leads_to_nothing_private(trusting: Endpoint, canary: Canary, host: str) -> None:
    canary.heard.clear()
    place = f"http://{host}:{canary.port}/"
    assert trusting.query(f"SELECT * {{ SERVICE <{place}> {{ ?s ?p ?o }} }}").status >= 400
    assert trusting.update(f"LOAD <{place}>").status == 403
    assert canary.heard == []
