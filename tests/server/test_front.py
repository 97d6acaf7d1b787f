"""Behind a proxy: whose word on the client, the scheme and the host is taken, and links below a path."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from kg.server.front import Front

if TYPE_CHECKING:
    from server.conftest import Endpoint

FORWARDED: Any = {
    "X-Forwarded-For": "203.0.113.9, 192.0.2.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "graph.example.org",
}
RELATIVE = "SELECT (STR(<x>) AS ?x) {}"


def scope(client: str, **headers: str) -> dict[str, object]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"client": (client, 1), "scheme": "http", "path": "/sparql", "raw_path": b"/sparql", "headers": named}


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("6.6.6.6, 192.0.2.7", "192.0.2.7"),
        ("192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("2001:db8::1", "2001:db8::1"),
        ("forged\r\nline, 192.0.2.7", "192.0.2.7"),
        ("nonsense", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_the_client_is_the_nearest_address_that_no_trusted_proxy_has(chain: str, client: str) -> None:
    request = scope("10.0.0.1", x_forwarded_for=chain)
    Front(["10.0.0.0/8"]).apply(request)
    assert request["client"][0] == client  # type: ignore[index]


def test_nobody_else_is_believed() -> None:
    request = scope("192.0.2.1", x_forwarded_for="1.2.3.4", x_forwarded_proto="https", x_forwarded_host="evil.org")
    before = dict(request)
    Front(["10.0.0.0/8"]).apply(request)
    assert request == before


@pytest.mark.parametrize("host", ["evil.org/path", "a b", "", "x" * 300])
def test_a_host_that_is_none_changes_nothing(host: str) -> None:
    request = scope("10.0.0.1", host="inside", x_forwarded_host=host)
    Front(["10.0.0.1"]).apply(request)
    assert (b"host", b"inside") in request["headers"]  # type: ignore[operator]


@pytest.mark.slow
def test_addresses_are_those_of_the_proxy_that_is_trusted(serve: Callable[..., Endpoint], data: Path) -> None:
    endpoint = serve(
        "-g", data, "--trust-proxy", "127.0.0.1", "--root-path", "/graph", "--access-log", "access.log"
    )
    outside = "https://graph.example.org/graph"
    described = endpoint.send("GET", "/sparql", accept="application/n-triples", **FORWARDED).text
    assert f"<{outside}/sparql>" in described
    assert "127.0.0.1" not in described
    for path in ("/sparql", "/graph/sparql"):
        for _ in range(6):
            answer = endpoint.send(
                "GET", f"{path}?query=SELECT%20(STR(%3Cx%3E)%20AS%20%3Fx)%20%7B%7D", **FORWARDED
            )
            assert answer.rows[0]["x"]["value"] == f"{outside}/x"
    assert endpoint.query(RELATIVE).rows[0]["x"]["value"] == f"http://127.0.0.1:{endpoint.port}/graph/x"
    page = endpoint.send("GET", "/graph/", **FORWARDED).text
    assert 'src="/graph/assets/page.js"' in page
    assert '="/assets' not in page
    assert endpoint.send("GET", "/graph/assets/page.js").status == 200
    assert json.loads(endpoint.send("GET", "/openapi.json", **FORWARDED).body)["servers"] == [{"url": outside}]
    log = [json.loads(line) for line in (endpoint.log.parent / "access.log").read_text().splitlines()]
    assert log[0]["client"] == "192.0.2.7"
    assert log[0]["path"] == "/sparql"


@pytest.mark.slow
def test_nothing_is_believed_unless_that_was_asked_for(endpoint: Endpoint) -> None:
    answer = endpoint.send("GET", f"/sparql?query={quote(RELATIVE)}", **FORWARDED)
    assert answer.rows[0]["x"]["value"] == f"http://127.0.0.1:{endpoint.port}/x"


@pytest.mark.slow
def test_nobody_writes_through_a_proxy_without_a_token(store: Endpoint) -> None:
    for header in ("X-Forwarded-For", "Forwarded"):
        headers: Any = {header: "for=192.0.2.7", "Content-Type": "application/sparql-update"}
        answer = store.send("POST", "/sparql", "INSERT DATA { <e:a> <e:b> 1 }", **headers)
        assert answer.status == 403
        assert "proxy" in answer.text
