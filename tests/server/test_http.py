"""Bytes on the wire: requests cut, joined, repeated, malformed or slow; and answers nobody takes."""

from __future__ import annotations

import gzip
import json
import os
import re
import socket
import time
import urllib.parse
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from server.conftest import Endpoint, Eventually

pytestmark = pytest.mark.slow

ONE = "/sparql?" + urllib.parse.urlencode(
    {"query": "SELECT ?o { <http://example.com/s1> <http://example.com/p1> ?o }"}
)
MANY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
FORM = "application/x-www-form-urlencoded"
SPARQL = "application/sparql-query"


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", "")).encode()


def talk(endpoint: Endpoint, *pieces: bytes, seconds: float = 5.0, pause: float = 0.05) -> bytes:
    """Send pieces with pauses between them; return what comes until nothing does."""
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=seconds) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:  # it has hung up on us
                break
            time.sleep(pause)
        found = b""
        try:
            while block := connection.recv(65_536):
                found += block
                connection.settimeout(0.5)
        except OSError:
            pass
        return found


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


# --- requests that arrive in unusual pieces -----------------------------------------------------------------


def test_a_repeated_request_is_answered_alike_whatever_way_it_comes(endpoint: Endpoint) -> None:
    request = get(ONE)
    answers = [talk(endpoint, request) for _ in range(3)]
    answers.append(talk(endpoint, request[:20], request[20:]))
    bodies = {answer.partition(b"\r\n\r\n")[2] for answer in answers}
    heads = {re.sub(rb"date: [^\r]*\r\n", b"", answer.partition(b"\r\n\r\n")[0]) for answer in answers}
    assert len(bodies) == len(heads) == 1
    assert b"value 1" in bodies.pop()


def test_requests_sent_at_once_are_answered_in_order(endpoint: Endpoint) -> None:
    other = get("/health")
    for _ in range(3):
        answer = talk(endpoint, get(ONE) + other + get(ONE) + other)
        assert statuses(answer) == [200] * 4
        assert [part[:4] for part in answer.split(b"\r\n\r\n")[1:]] == [b'{"he', b"ok\nH", b'{"he', b"ok\n"]


def test_bytes_that_were_a_request_are_none_inside_another(endpoint: Endpoint) -> None:
    request = get(ONE)
    talk(endpoint, request)
    talk(endpoint, request)
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {SPARQL}\r\nContent-Length: {len(request)}\r\n\r\n"
    answer = talk(endpoint, head.encode(), request)
    assert statuses(answer) == [400]
    assert statuses(talk(endpoint, b"GET /health HTTP/1.1\r\nX-A: ", request)) == [200]


def test_a_kept_answer_heeds_the_condition_and_the_connection(endpoint: Endpoint) -> None:
    for _ in range(3):
        answer = talk(endpoint, get(ONE))
    tag = re.search(rb"etag: ([^\r]*)", answer)
    assert tag is not None
    for _ in range(3):
        assert statuses(talk(endpoint, get(ONE, f"If-None-Match: {tag[1].decode()}"))) == [304]
        assert b"connection: close" in talk(endpoint, get(ONE, "Connection: close"))
        assert gzip.decompress(talk(endpoint, get("/sparql?query=SELECT%20*%7B%3Fs%20%3Fp%20%3Fo%7D",
                                                  "Accept-Encoding: gzip")).partition(b"\r\n\r\n")[2])  # fmt: skip


def test_a_wish_for_http_2_is_ignored_and_takes_no_body_away(endpoint: Endpoint) -> None:
    wish = (
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAA"
    )
    head = f"POST /sparql HTTP/1.1\r\n{wish}\r\nHost: x\r\nContent-Type: {SPARQL}\r\nContent-Length: 6\r\n\r\n"
    for pieces in (
        [head.encode(), b"ASK {}"],
        [head.encode() + b"ASK {}"],
        [head[:90].encode(), head[90:].encode() + b"ASK {}"],
    ):
        answer = talk(endpoint, *pieces)
        assert statuses(answer) == [200]
        assert b'"boolean":true' in answer


# --- malformed requests -------------------------------------------------------------------------------------

POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
MALFORMED = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "length and chunked": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
    "two lengths": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\nASK {}",
    "bad chunk": CHUNKED + b"ZZ\r\nASK {}\r\n0\r\n\r\n",
    "negative chunk": CHUNKED + b"-1\r\nA\r\n0\r\n\r\n",
    "huge chunk": CHUNKED + b"FFFFFFFFFFFFFFFFF\r\nA",
    "negative length": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "huge length": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "folded header": b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n b\x00c\r\n\r\n",
    "space before colon": b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n",
    "line feeds alone": b"GET /health HTTP/1.1\nHost: x\n\n",
    "two hosts": b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "a header of 300 kB": b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 300_000 + b"\r\n\r\n",
    "50,000 headers": b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 50_000 + b"\r\n",
    "an address of 300 kB": b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "control characters": b"GET /he\x01alth HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_request_is_refused_and_hides_no_other(endpoint: Endpoint, name: str) -> None:
    answer = talk(endpoint, MALFORMED[name], pause=0)
    assert set(statuses(answer)) <= {400}
    assert b"kgq_requests_total" not in answer
    assert endpoint.is_well()


@pytest.mark.parametrize(
    "path",
    [
        "/%", "/%zz", "/sparql?query=%", "/sparql?query=%zz", "/sparql?query=%00", "/sparql?%ff=%fe", "/%ff%fe",
        "/sparql?query=%C0%AF", "//", "/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/../app.py",
        "/assets/%2e%2e/app.py", "/assets/%2e%2e%2f%2e%2e%2fapp.py", "/assets/..%5capp.py", "/assets//etc/passwd",
        "/entity/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/entity/%00", "/entity/" + "a" * 20_000,
        "/rdf-graph-store/%2e%2e/%2e%2e/etc/passwd", "/rdf-graph-store/a%00b", "/rdf-graph-store/a%20%3C%3E",
        "/rdf-graph-store?graph=file:///etc/passwd", "/rdf-graph-store?graph=%0d%0aX:1", "/ask?q=%ff",
        "/ask?q=%00",
        "/search?q=" + "(" * 2000, "/map?entity=%00", "/claims?subject=%F0%9F%92%A9", "http://127.0.0.1:1/", "*",
    ],
)  # fmt: skip
def test_junk_in_an_address_gets_a_status_and_reads_no_file(endpoint: Endpoint, path: str) -> None:
    answer = talk(endpoint, get(path, "Connection: close"))
    assert statuses(answer)[0] in (200, 400, 404)
    assert b"root:" not in answer
    assert b"Traceback" not in answer
    assert b"import annotations" not in answer


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PATCH", "PROPFIND", "DELETE", "BREW"])
def test_other_methods_are_refused(endpoint: Endpoint, method: str) -> None:
    answer = talk(endpoint, f"{method} /sparql HTTP/1.1\r\nHost: x\r\nX-Secret: abc\r\n\r\n".encode())
    assert set(statuses(answer)) <= {400, 405}
    assert b"abc" not in answer


def test_a_method_cannot_be_overridden(store: Endpoint) -> None:
    assert store.update("INSERT DATA { GRAPH <e:kept> { <e:a> <e:b> 1 } }").status == 204
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        talk(store, get("/rdf-graph-store?graph=e:kept", f"{name}: DELETE", "Connection: close"))
    assert statuses(talk(store, get("/sparql?update=DROP%20ALL&_method=POST", "Connection: close"))) == [400]
    assert store.send("GET", "/rdf-graph-store?graph=e:kept").status == 200


def test_a_flood_of_ranges_and_types_costs_nothing(endpoint: Endpoint) -> None:
    ranges = "Range: bytes=" + ",".join(f"{i}-{i + 1}" for i in range(5000))
    accepts = "Accept: " + ",".join(f"text/x{i};q=0.{i}" for i in range(5000)) + ",*/*;q=0.1"
    begun = time.monotonic()
    assert statuses(talk(endpoint, get(ONE, ranges, "Connection: close"))) == [200]
    assert statuses(talk(endpoint, get(ONE, accepts, "Connection: close")))[0] in (200, 406)
    assert time.monotonic() - begun < 3


# --- bodies ---------------------------------------------------------------------------------------------------


def test_bodies_that_inflate_without_end_are_refused(serve: Callable[..., Endpoint], data: Path) -> None:
    endpoint = serve("-g", data, "--body-limit", "1M")
    bomb = gzip.compress(b" " * 50_000_000)
    answer = endpoint.send("POST", "/sparql", bomb, content_type=SPARQL, content_encoding="gzip")
    assert answer.status == 413
    assert endpoint.send("POST", "/sparql", b"ASK {}", content_type=SPARQL, content_encoding="gzip").status == 400
    for encoding in ("deflate", "br", "gzip, gzip", "zstd"):
        assert endpoint.send("POST", "/sparql", b"x", content_type=SPARQL, content_encoding=encoding).status == 415
    for head in ("Content-Length: 2000000", "Content-Length: 10000000000", "Transfer-Encoding: chunked"):
        declared = POST + f"Content-Type: {SPARQL}\r\n{head}\r\n\r\n".encode()
        assert statuses(talk(endpoint, declared, *[b"FFFF\r\n" + b"#" * 0xFFFF + b"\r\n"] * 20, pause=0)) == [413]
    assert endpoint.is_well()


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("application/rdf+xml", b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><a>&b;</a>'),
        ("application/rdf+xml", b'<!DOCTYPE a [<!EnTiTy x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        ("application/rdf+xml", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16")),
        ("text/turtle", b"<e:a> <e:b> \"\xff\xfe\" ."),
        ("text/turtle", b"<e:a> <e:b\x00> 1 ."),
        ("application/ld+json", b'{"@context": "http://127.0.0.1:1/", "@id": "e:a", "e:b": 1}'),
        ("application/ld+json", b'{"@context": {"@import": "http://127.0.0.1:1/"}, "@id": "e:a"}'),
        ("application/n-triples", b"<e:a> <e:b> <relative> ."),
        ("multipart/form-data", b"--x"),
    ],
)  # fmt: skip
def test_a_hostile_body_is_refused(store: Endpoint, media: str, body: bytes) -> None:
    answer = store.send("PUT", "/rdf-graph-store?graph=e:hostile", body, content_type=media)
    assert answer.status == 400
    assert "Traceback" not in answer.text
    assert store.send("GET", "/rdf-graph-store?graph=e:hostile").status == 404


def test_statements_cannot_leave_the_graph_they_are_put_in(store: Endpoint) -> None:
    store.update("DROP ALL; INSERT DATA { GRAPH <e:kept> { <e:a> <e:b> 1 } }")
    escape = r"\\u0022 } } ; DROP ALL ; INSERT DATA { GRAPH <e:in> { <e:h> <e:i> \\u0022"
    bodies = [
        ("text/turtle", f'<e:a> <e:b> "{escape}" .'),
        ("text/turtle", r'<e:a> <e:b> "\" } } ; DROP ALL #" .'),
        ("text/turtle", '<e:a> <e:b> """x\n" } } ; DROP ALL #""" .'),
        ("application/ld+json", json.dumps({"@id": "e:a", "e:b": '" } } ; DROP ALL #', "e:c": "\\u0022 } } ;"})),
    ]
    for media, body in bodies:
        assert store.send("PUT", "/rdf-graph-store?graph=e:in", body, content_type=media).status in (201, 204)
        assert store.send("GET", "/rdf-graph-store?graph=e:kept").status == 200
    names = ("e:x> { } } ; DROP ALL #", "e:x\\u003E", "e:x%0A>", 'e:"')
    for name in names:
        path = "/rdf-graph-store?" + urllib.parse.urlencode({"graph": name})
        assert store.send("PUT", path, "<e:a> <e:b> 1 .", content_type="text/turtle").status == 400
    assert store.send("GET", "/rdf-graph-store?graph=e:kept").status == 200


# --- pages from elsewhere, tokens, logs -----------------------------------------------------------------------


def test_a_page_from_elsewhere_writes_nothing(store: Endpoint) -> None:
    body = urllib.parse.urlencode({"update": "INSERT DATA { <e:foreign> <e:b> 1 }"})
    for headers in (
        {"origin": "https://evil.example"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"},
        {"host": "evil.example"}, {"host": "evil.example:80"},
    ):  # fmt: skip
        assert store.send("POST", "/sparql", body, 30.0, content_type=FORM, **headers).status == 403
    assert store.query("ASK { <e:foreign> ?p ?o }").text.endswith("false}")


def test_origins_get_what_was_listed_and_never_credentials(serve: Callable[..., Endpoint], data: Path) -> None:
    endpoint = serve("-g", data, "--cors", "https://good.example")
    for origin, allowed in (("https://good.example", True), ("https://evil.example", False), ("null", False),
                            ("https://good.example.evil.example", False)):  # fmt: skip
        for answer in (
            endpoint.query("ASK {}", origin=origin),
            endpoint.send("OPTIONS", "/sparql", origin=origin, access_control_request_method="POST"),
        ):
            assert (answer.headers.get("access-control-allow-origin") == origin) == allowed
            assert "access-control-allow-credentials" not in answer.headers
            assert "origin" in answer.headers["vary"]


def test_only_the_token_opens(serve: Callable[..., Endpoint], tmp_path: Path) -> None:
    endpoint = serve("-g", tmp_path, "--writable", KGQ_TOKEN="right", KGQ_READ_TOKEN="read")  # noqa: S106
    for given, status in (("", 401), ("Bearer wrong", 401), ("Bearer righ", 401), ("Basic right", 401),
                          ("Bearer \u00e9", 401), ("Bearer read", 401), ("bearer right", 204)):  # fmt: skip
        assert endpoint.update("INSERT DATA { <e:a> <e:b> 1 }", authorization=given).status == status
    for given, status in (("", 401), ("Bearer wrong", 401), ("Bearer read", 200), ("Bearer right", 200)):
        for _ in range(2):
            assert endpoint.query("ASK {}", authorization=given).status == status
            assert endpoint.send("GET", "/metrics", authorization=given).status == status
    assert endpoint.send("GET", "/sparql?access_token=read&query=ASK%20%7B%7D").status == 401


def test_a_client_cannot_forge_lines_of_the_log(endpoint: Endpoint) -> None:
    talk(endpoint, get("/a%0A%7B%22forged%22:1%7D%0D%1B%5B31m", "Connection: close"))
    endpoint.post('ASK {} # \n{"forged": 1}\x1b[31m\u2028', SPARQL)
    lines = (endpoint.log.parent / "access.log").read_text(encoding="utf-8").splitlines()
    assert all("forged" not in json.loads(line) for line in lines)
    assert "\x1b" not in "".join(lines)


# --- clients that take their time -----------------------------------------------------------------------------


def gauge(endpoint: Endpoint, name: str) -> int:
    return int(endpoint.send("GET", "/metrics").text.partition(f"\n{name} ")[2].split()[0])


@pytest.mark.slow
@pytest.mark.parametrize(
    "pieces",
    [
        [b"GET /sparql HT", b"TP/1.1\r\nHost", *[b"x"] * 20],
        [b"", *[b""] * 20],
        [get("/health"), b"GET /", *[b"a"] * 20],
        [f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {SPARQL}\r\nContent-Length: 90\r\n\r\n".encode(),
         *[b"#"] * 20],
    ],
    ids=["head", "nothing", "second head", "body"],
)  # fmt: skip
def test_a_request_that_never_ends_is_cut_off(impatient: Endpoint, pieces: list[bytes]) -> None:
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=5) as connection:
        found = b""
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(0.1)
            while block := connection.recv(65_536):
                found += block
        except OSError:
            pass
    assert time.monotonic() - begun < 4
    assert set(statuses(found)) <= {200, 408}


@pytest.mark.slow
def test_many_idle_connections_leave_room_for_others(impatient: Endpoint, eventually: Eventually) -> None:
    with ExitStack() as stack:
        for _ in range(1500):
            stack.enter_context(socket.create_connection(("127.0.0.1", impatient.port), timeout=5))
        assert impatient.is_well()
    descriptors = f"/proc/{impatient.process.pid}/fd"
    assert eventually(lambda: len(os.listdir(descriptors)) < 200, 10)  # noqa: PTH208


@pytest.mark.slow
def test_a_client_that_reads_nothing_is_cut_off_and_frees_its_worker(
    impatient: Endpoint, eventually: Eventually
) -> None:
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=5) as connection:
        connection.sendall(get("/sparql?" + urllib.parse.urlencode({"query": MANY})))
        assert eventually(lambda: gauge(impatient, "kgq_evaluations") == 1, 2)
        assert eventually(lambda: gauge(impatient, "kgq_evaluations") == 0, 8)
        received = block = b"-"
        with suppress(ConnectionResetError):
            while block:
                received, block = block, connection.recv(1 << 20)
        assert not received.endswith(b"0\r\n\r\n")


@pytest.mark.slow
def test_slow_readers_give_way_when_others_wait(impatient: Endpoint) -> None:
    query = get("/sparql?" + urllib.parse.urlencode({"query": MANY}))
    with ExitStack() as stack:
        slow = [
            stack.enter_context(socket.create_connection(("127.0.0.1", impatient.port), timeout=5))
            for _ in range(8)  # one worker has eight places
        ]
        for connection in slow:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(query)
        deadline = time.monotonic() + 6
        worst = 0.0
        while time.monotonic() < deadline:
            begun = time.monotonic()
            assert impatient.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", cache_control="no-store").status == 200
            worst = max(worst, time.monotonic() - begun)
            for connection in slow:  # they do read, but slowly
                connection.setblocking(False)
                with suppress(OSError):
                    connection.recv(16_384)
            time.sleep(0.05)
    assert worst < 8
