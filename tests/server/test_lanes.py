"""Connections that readers serve by themselves: whatever comes on one is answered as if the parent had served it.

A connection is lent after a few small queries in a row; `kgq_lent_connections` in /metrics says how many are.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import threading
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from server.conftest import Endpoint, Eventually, Serve

pytestmark = pytest.mark.slow

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def point(number: int, more: str = "") -> str:
    return f"SELECT ?p ?o WHERE {{ <http://example.com/s{number % 100}> ?p ?o }} {more}#{number}"


def path(query: str) -> str:
    return "/sparql?" + urllib.parse.urlencode({"query": query})


def asked(connection: http.client.HTTPConnection, query: str) -> int:
    """Return how many rows the answer has."""
    connection.request("GET", path(query))
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, body
    return len(json.loads(body)["results"]["bindings"])


def lent(endpoint: Endpoint) -> int:
    found = re.search(r"^kgq_lent_connections (\d+)", endpoint.send("GET", "/metrics").text, re.MULTILINE)
    assert found is not None
    return int(found[1])


def warm(connection: http.client.HTTPConnection, endpoint: Endpoint, wanted: int = 1, start: int = 0) -> None:
    """Ask until the connection is lent."""
    for number in range(start, start + 500):
        assert asked(connection, point(number)) == 4
        if number % 8 == 7 and lent(endpoint) >= wanted:
            return
    raise AssertionError("the connection was never lent")


@contextmanager
def connected(endpoint: Endpoint) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=20)) as connection:
        yield connection


@pytest.fixture(scope="module")
def endpoint(serve: Serve, data: Path) -> Endpoint:
    return serve("-g", data, "--time-limit", "1", "--access-log", "access.log")


def test_a_lent_connection_gives_the_same_answers_with_the_same_headers(endpoint: Endpoint) -> None:
    with connected(endpoint) as connection:
        warm(connection, endpoint)
        for number in range(1000, 1020):
            connection.request("GET", path(point(number)))
            response = connection.getresponse()
            body = response.read()
            alone = endpoint.send("GET", path(point(number)))
            assert body == alone.body
            ours = {name.lower(): value for name, value in response.getheaders()}
            assert ours.keys() == alone.headers.keys()
            assert ours["etag"] == alone.headers["etag"]


ODD = {
    "another method": lambda c: c.request("HEAD", path(point(1))),
    "another path": lambda c: c.request("GET", "/health"),
    "a post": lambda c: c.request("POST", "/sparql", point(1), {"content-type": "application/sparql-query"}),
    "another type": lambda c: c.request("GET", path(point(1)), headers={"accept": "text/csv"}),
    "a large answer": lambda c: c.request("GET", path("SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 20000")),
    "more parameters": lambda c: c.request("GET", path(point(1)) + "&default-graph-uri=e:g"),
    "a query twice": lambda c: c.request("GET", path(point(1)) + "&query=ASK%7B%7D"),
    "no utf-8": lambda c: c.request("GET", "/sparql?query=ASK%FF"),
    "a syntax error": lambda c: c.request("GET", path("SELECT")),
    "an update": lambda c: c.request("GET", path("INSERT DATA { <e:a> <e:b> 1 }")),
    "a service": lambda c: c.request("GET", path("ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")),
    "deep nesting": lambda c: c.request("GET", path("ASK " + "{" * 1500)),
    "a graph": lambda c: c.request("GET", path("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3")),
    "a kept answer": lambda c: c.request("GET", path(point(1)), headers={"if-none-match": "*"}),
    "no query": lambda c: c.request("GET", "/sparql", headers={"accept": "application/n-triples"}),
    "an empty query": lambda c: c.request("GET", "/sparql?query="),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_out_of_the_ordinary_is_answered_as_on_any_connection(endpoint: Endpoint, name: str) -> None:
    found = []
    for lend in (False, True):
        with connected(endpoint) as connection:
            if lend:
                warm(connection, endpoint)
            ODD[name](connection)
            response = connection.getresponse()
            body = re.sub(rb"_:\w+", b"_:b", response.read())  # a blank node has another name each time
            found.append((response.status, sorted(body.splitlines())))
            assert asked(connection, point(7)) == 4
    assert found[0] == found[1]


def test_pieces_and_heaps_of_requests_are_answered_in_order(endpoint: Endpoint) -> None:
    with connected(endpoint) as connection:
        warm(connection, endpoint)
        head = f" HTTP/1.1\r\nHost: 127.0.0.1:{endpoint.port}\r\nAccept-Encoding: identity\r\n\r\n"
        requests = [f"GET {path(f'SELECT ({n} AS ?n) {{}}')}{head}".encode() for n in range(6)]
        plain: socket.socket = connection.sock
        plain.sendall(requests[0] + requests[1] + requests[2][:40])
        time.sleep(0.1)
        plain.sendall(requests[2][40:] + requests[3])
        for piece in range(0, len(requests[4]), 50):
            plain.sendall(requests[4][piece : piece + 50])
            time.sleep(0.01)
        plain.sendall(requests[5])
        seen = b""
        while seen.count(b'"value":') < 6:
            block = plain.recv(65536)
            assert block, seen
            seen += block
        assert [int(n) for n in re.findall(rb'"value":"(\d)"', seen)] == list(range(6))


def test_a_runaway_on_a_lent_connection_is_stopped_and_holds_up_nobody(endpoint: Endpoint) -> None:
    with ExitStack() as stack:
        connections = [stack.enter_context(connected(endpoint)) for _ in range(6)]
        for place, connection in enumerate(connections):
            warm(connection, endpoint, place + 1, start=place * 500)
        runaways, others = connections[:2], connections[2:]
        begun = time.monotonic()
        for connection in runaways:
            connection.request("GET", path(RUNAWAY))
        for connection in others:
            assert asked(connection, point(77)) == 4
        assert time.monotonic() - begun < 0.9
        for connection in runaways:
            response = connection.getresponse()
            assert response.status == 504
            assert b"longer than 1 seconds" in response.read()
        assert time.monotonic() - begun < 1.5
        for connection in connections:
            assert asked(connection, point(78)) == 4


def test_a_worker_that_dies_costs_a_lent_connection_at_most_one_request(
    endpoint: Endpoint, eventually: Eventually
) -> None:
    with ExitStack() as stack:
        connections = [stack.enter_context(connected(endpoint)) for _ in range(4)]
        for place, connection in enumerate(connections):
            warm(connection, endpoint, place + 1, start=5000 + place * 500)
        nursery = [pid for pid in endpoint.children() if endpoint.process.pid == _parent(pid)]
        for pid in set(endpoint.children()) - set(nursery):
            os.kill(pid, signal.SIGKILL)
        for connection in connections:  # nothing was under way, so none of them notices
            for number in range(6):
                assert asked(connection, point(9000 + number)) == 4
    assert eventually(lambda: lent(endpoint) == 0, 5)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])


def test_a_worker_that_dies_in_the_middle_of_a_query_is_replaced(
    endpoint: Endpoint, eventually: Eventually
) -> None:
    with connected(endpoint) as connection, connected(endpoint) as other:
        warm(connection, endpoint, 1, start=11_000)
        warm(other, endpoint, 2, start=12_000)
        connection.request("GET", path(RUNAWAY))
        time.sleep(0.05)
        nursery = [pid for pid in endpoint.children() if endpoint.process.pid == _parent(pid)]
        for pid in set(endpoint.children()) - set(nursery):
            os.kill(pid, signal.SIGKILL)
        response = connection.getresponse()
        assert response.status == 504, response.read()
        response.read()
        assert asked(other, point(3)) == 4
        assert asked(connection, point(4)) == 4


def test_who_hangs_up_frees_a_lane(endpoint: Endpoint, eventually: Eventually) -> None:
    with connected(endpoint) as connection:
        warm(connection, endpoint, start=13_000)
        connection.request("GET", path(RUNAWAY))
        time.sleep(0.2)
    running = re.compile(r"^kgq_evaluations 0", re.MULTILINE)
    assert eventually(lambda: running.search(endpoint.send("GET", "/metrics").text) is not None, 0.7)


def test_a_connection_that_falls_silent_comes_back_and_is_closed_when_it_should_be(
    endpoint: Endpoint, eventually: Eventually
) -> None:
    with connected(endpoint) as connection:
        warm(connection, endpoint, start=14_000)
        assert eventually(lambda: lent(endpoint) == 0, 5)
        assert asked(connection, point(1)) == 4
        connection.request("GET", path(point(2)), headers={"connection": "close"})
        assert connection.getresponse().read()
        assert connection.sock is None  # the client library saw that it was closed


def test_what_a_lane_answers_is_counted_and_logged(endpoint: Endpoint, eventually: Eventually) -> None:
    def counted() -> int:
        text = endpoint.send("GET", "/metrics").text
        found = re.search(r'^kgq_requests_total\{kind="query",status="200"\} (\d+)', text, re.MULTILINE)
        return int(found[1]) if found else 0

    log = endpoint.log.parent / "access.log"
    with connected(endpoint) as connection:
        warm(connection, endpoint, start=15_000)
        assert eventually(lambda: lent(endpoint) == 0, 5)
        before, lines = counted(), log.read_text().count('"kind": "query"')
        warm(connection, endpoint, start=16_000)
        for number in range(20):
            assert asked(connection, point(17_000 + number)) == 4
    assert eventually(lambda: counted() >= before + 28, 5)
    assert eventually(lambda: log.read_text().count('"kind": "query"') - lines == counted() - before, 5)
    last = json.loads(log.read_text().splitlines()[-1])
    assert {"client", "status", "bytes", "ms", "query"} <= last.keys() or last["path"] == "/metrics"


@pytest.mark.parametrize("end", ["a query that takes too long", "a signal"])
def test_what_a_lane_answered_before_it_was_killed_is_counted_and_logged(
    serve: Serve, data: Path, eventually: Eventually, end: str
) -> None:
    endpoint = serve("-g", data, "--time-limit", "1", "--access-log", "access.log")
    log, asks = endpoint.log.parent / "access.log", 0

    def counted() -> int:
        text = endpoint.send("GET", "/metrics").text
        found = re.search(r'^kgq_requests_total\{kind="query",status="200"\} (\d+)', text, re.MULTILINE)
        return int(found[1]) if found else 0

    with connected(endpoint) as connection:
        while not asks or lent(endpoint) == 0:
            for _ in range(8):
                assert asked(connection, point(asks)) == 4
                asks += 1
        for _ in range(150):
            assert asked(connection, point(asks)) == 4
            asks += 1
        if end == "a signal":
            nursery = [pid for pid in endpoint.children() if endpoint.process.pid == _parent(pid)]
            for pid in set(endpoint.children()) - set(nursery):
                os.kill(pid, signal.SIGKILL)
        else:
            connection.request("GET", path(RUNAWAY))
            assert connection.getresponse().status == 504
    assert eventually(lambda: counted() == asks, 3), (counted(), asks)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert len({line["query"] for line in lines if line["path"] == "/sparql" and line["status"] == 200}) == asks


def test_a_repeated_query_on_a_lent_connection_is_answered_from_the_cache(endpoint: Endpoint) -> None:
    def hits() -> int:
        found = re.search(r"^kgq_cache_hits_total (\d+)", endpoint.send("GET", "/metrics").text, re.MULTILINE)
        assert found is not None
        return int(found[1])

    with connected(endpoint) as connection:
        warm(connection, endpoint, start=18_000)
        before = hits()
        for _ in range(20):
            assert asked(connection, point(19_000)) == 4
        assert hits() >= before + 17


def test_a_lent_connection_reads_what_was_written(store: Endpoint) -> None:
    assert store.update("CLEAR ALL; INSERT DATA { <e:a> <e:n> 0 }").status == 204
    with connected(store) as connection:
        for turn in range(5):
            change = f"DELETE {{ <e:a> <e:n> ?n }} INSERT {{ <e:a> <e:n> {turn} }} WHERE {{ <e:a> <e:n> ?n }}"
            assert store.update(change).status == 204
            for number in range(300):
                connection.request("GET", path(f"SELECT ?n {{ <e:a> <e:n> ?n }} #{turn}-{number}"))
                response = connection.getresponse()
                assert json.loads(response.read())["results"]["bindings"][0]["n"]["value"] == str(turn)
                if number > 20 and number % 20 == 0 and lent(store):
                    break
            else:
                raise AssertionError("the connection was never lent")


def test_both_of_two_requests_sent_in_one_piece_are_answered_in_turn(endpoint: Endpoint) -> None:
    def request(number: int, more: str = "") -> bytes:
        return f"GET {path(point(number, more))} HTTP/1.1\r\nHost: x\r\n\r\n".encode()

    second = request(7000, "LIMIT 1")
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=5) as connection:
        heard = connection.makefile("rb")
        for number in range(7001, 7020):
            connection.sendall(request(number) + second)
            for rows in (4, 1):
                assert heard.readline() == b"HTTP/1.1 200 OK\r\n"
                length = 0
                while (header := heard.readline()) != b"\r\n":
                    if header.lower().startswith(b"content-length:"):
                        length = int(header.partition(b":")[2])
                assert len(json.loads(heard.read(length))["results"]["bindings"]) == rows
            time.sleep(0.02)


def test_a_connection_is_lent_though_others_wait_in_line_all_the_time(serve: Serve, data: Path) -> None:
    endpoint, over = serve("-g", data, "--workers", "1"), threading.Event()

    def keep_busy(who: int) -> None:
        number = 0
        while not over.is_set():
            number += 1
            query = f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f }} #{who} {number}"
            assert endpoint.send("POST", "/sparql", query, content_type="application/sparql-query").status == 200

    with ThreadPoolExecutor(3) as others, connected(endpoint) as connection:
        at_work = [others.submit(keep_busy, who) for who in range(3)]
        try:
            seen = [(asked(connection, point(number)), lent(endpoint)) for number in range(40)]
        finally:
            over.set()
        for each in at_work:
            each.result()
    assert (4, 1) in seen


def test_lent_connections_survive_a_reload_and_are_finished_at_the_end(serve: Serve, data: Path) -> None:
    endpoint = serve("-g", data)
    with connected(endpoint) as connection, connected(endpoint) as other:
        warm(connection, endpoint)
        warm(other, endpoint, 2, start=1000)
        endpoint.process.send_signal(signal.SIGHUP)
        for number in range(200):
            assert asked(connection, point(2000 + number)) == 4
        warm(other, endpoint, 1, start=3000)
        endpoint.process.send_signal(signal.SIGTERM)
        assert endpoint.process.wait(10) == 0
