"""What kgq asks of a remote engine, as its graph grows: requests, bytes, and CPU on both sides."""

from __future__ import annotations

import http.client
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from bench.measuring import cpu_of_tree, run
from bench.results import Curve, Result, Table
from bench.workplace import Workplace

__all__ = ["measure"]

_READING_ALL = 1_000_000
"""Triples up to which the command that reads all names is run."""


class _Count:
    """Requests and bytes that went through."""

    def __init__(self) -> None:
        self.requests = self.received = 0


@contextmanager
def counting(url: str, count: _Count) -> Iterator[str]:
    """Stand before a server and count what goes through; give the address to ask."""
    target = urlsplit(url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            self.forward()

        def do_POST(self) -> None:
            self.forward()

        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = f"?{urlsplit(self.path).query}" if "?" in self.path else ""
            upstream = http.client.HTTPConnection(target.hostname or "", target.port, timeout=900)
            headers = {name: value for name, value in self.headers.items() if name not in ("Host", "Connection")}
            upstream.request(self.command, f"{target.path}{query}", body or None, headers)
            answer = upstream.getresponse()
            count.requests += 1
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            self.end_headers()
            try:
                while block := answer.read(1 << 16):
                    count.received += len(block)
                    self.wfile.write(block)
            except OSError:
                pass  # the client has enough
            upstream.close()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}{target.path}"
    finally:
        server.shutdown()
        server.server_close()


def measure(place: Workplace, sizes: list[int]) -> Result:
    """Run commands against the native oxigraph server with each size."""
    result = Result(
        "remote", "On a remote engine",
        "Each command as a process of its own against the native oxigraph server, through a proxy that counts. Nothing is"
        " kept from before the first question; the others use what it kept.",
        missing=place.peers.absent("oxigraph"),
    )  # fmt: skip
    if not place.peers.oxigraph:
        return result
    curve = Curve("KB received from the remote engine", "triples", "KB", name="remote")
    for size in sizes:
        told = place.told(size)
        table = Table(
            f"{size:,} triples",
            ["kgq …", "requests", "KB received", "server CPU s", "kgq CPU s", "wall s", "answered"],
        )
        count = _Count()
        with ExitStack() as stack:
            url, pid = stack.enter_context(place.oxigraph(size))
            address = stack.enter_context(counting(url, count))
            cache = stack.enter_context(tempfile.TemporaryDirectory())
            for name, arguments in _commands(told, size).items():
                before, had = cpu_of_tree(pid), (count.requests, count.received)
                kgq = [sys.executable, "-m", "kgq", "-q", "-g", address, *arguments]
                arguments_out = [word.replace("OUT", cache) for word in kgq]
                taken = run(arguments_out, check=False, env={"KGQ_CACHE": cache})
                seen = (count.requests - had[0], (count.received - had[1]) / 1e3)
                table.rows.append(
                    [
                        name,
                        *seen,
                        cpu_of_tree(pid) - before,
                        taken.cpu,
                        taken.wall,
                        "yes" if taken.output else "no",
                    ]
                )
                curve.series.setdefault(name, []).append((size, max(seen[1], 0.1)))
        result.tables.append(table)
    result.curves.append(curve)
    return result


def _commands(told: list[dict[str, str]], size: int) -> dict[str, list[str]]:
    one, other = told[1]["company"], told[2]["company"]
    found = {
        "query, the first question": ["query", f"How many employees does {one} have?"],
        "query, the next": ["query", f"Which chip lines does {other} make?"],
        "query, a count of a class": ["query", "how many companies are there?"],
        "query, SPARQL look-up": ["query", "SELECT ?p ?o { <http://example.com/Company/7> ?p ?o }"],
        "show": ["show", one],
        "compare": ["compare", one, other],
        "path": ["path", one, other],
        "map THING": ["map", one, "-o", "OUT/map.html"],
        "network": ["network"],
    }
    if size <= _READING_ALL:
        found["search, the first time"] = ["search", one.split()[0]]
    return found
