"""Requests a second of ``kgq serve`` against the native oxigraph server and rdflib-endpoint, in one run.

All serve the same triples on loopback; the client is one process with one select loop and ready-made requests.
``kgq store`` serves a store on disk as the native server does; ``kgq memory`` a file; ``kgq store cached`` the store
again with its cache on and the same request repeated. All servers run at once and are asked in turn, in short rounds,
so that a busy moment of the machine is everybody's. The CPU time of a request is that of all of a server's processes:
it says the same on a busy machine.
"""

from __future__ import annotations

import random
import selectors
import socket
import statistics
import sys
import time
import urllib.parse
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.graph import BASE, people
from bench.measuring import cpu_of_tree
from bench.results import Result, Table
from bench.servers import free_port, running
from bench.workplace import PATIENCE, Workplace

__all__ = ["measure"]

_POINT = f"SELECT ?p ?o WHERE {{{{ <{BASE}Person/{{}}> ?p ?o }}}}"
_THOUSAND = "SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} OFFSET {} LIMIT 1000"
_KINDS = ("point", "1,000 rows")
Key = tuple[str, int]


class Measured(NamedTuple):
    """Requests a second, the 99th percentile in milliseconds, microseconds of CPU a request."""

    rate: float
    slowest: float
    cpu: float


@dataclass
class Server:
    """A server to be measured: its name, the path of its endpoint, its command with PORT for the port.

    Attributes:
        repeated: whether it is asked the same request again and again.
        found: the measurements, one a round, for each kind of request and number of connections.
    """

    name: str
    path: str
    command: list[str]
    repeated: bool = False
    port: int = 0
    pid: int = 0
    prepared: dict[str, list[bytes]] = field(default_factory=dict)
    found: dict[Key, list[Measured]] = field(default_factory=dict)

    def start(self, place: Workplace, stack: ExitStack) -> None:
        """Run it until the stack is closed."""
        self.port = free_port()
        arguments = [part.replace("PORT", str(self.port)) for part in self.command]
        url = f"http://127.0.0.1:{self.port}{self.path}"
        self.pid = stack.enter_context(running(arguments, url, place.folder, patience=PATIENCE)).pid

    def measure(self, key: Key, seconds: float) -> None:
        """Ask for some seconds and keep what was seen."""
        before = cpu_of_tree(self.pid)
        rate, slowest = load(self.port, self.prepared[key[0]], key[1], seconds)
        used = (cpu_of_tree(self.pid) - before) / max(1.0, rate * seconds)
        self.found.setdefault(key, []).append(Measured(rate, slowest, used * 1e6))


def measure(place: Workplace, triples: int, rounds: int, seconds: float, connections: list[int]) -> Result:
    """Ask all servers in turn."""
    result = Result(
        "endpoint", "Endpoint",
        f"Requests a second on loopback, all servers up at once and asked in turn; medians of the rounds. {triples:,} triples."
        " The ratios are of what was measured side by side: over 1.0 is ahead of the peer. Goals: point queries ≥ 0.35 ×"
        " native and ≥ 4 × rdflib-endpoint, 1,000 rows ≥ 0.9 × and ≥ 8 ×; cached ahead of native.",
        missing=place.peers.absent("oxigraph", "rdflib_endpoint"),
    )  # fmt: skip
    numbers = [random.Random(7).randrange(people(triples)) for _ in range(20_000)]  # noqa: S311 - not for secrets
    servers = _servers(place, triples)
    with ExitStack() as stack:
        for server in servers:
            few = numbers[: 1 if server.repeated else None]
            texts = ([_POINT.format(n) for n in few], [_THOUSAND.format(n % 1000) for n in few[:200]])
            server.prepared = {
                kind: requests(server.path, several) for kind, several in zip(_KINDS, texts, strict=True)
            }
            server.start(place, stack)
        for server in servers:
            for prepared in server.prepared.values():
                load(server.port, prepared, 4, seconds)
        for _ in range(rounds):
            for key in ((kind, count) for kind in _KINDS for count in connections):
                for server in servers:
                    server.measure(key, seconds)
    result.tables += [_rates(servers), _ratios(servers)]
    return result


def _servers(place: Workplace, triples: int) -> list[Server]:
    store, peers, file = str(place.kgq_store(triples)[0]), place.peers, str(place.graph(triples))
    ours = [sys.executable, "-m", "kgq", "serve", "--port", "PORT"]
    found = [
        Server("kgq store", "/sparql", [*ours, "-g", store, "--cache-size", "0"]),
        Server("kgq memory", "/sparql", [*ours, "-g", file, "--cache-size", "0"]),
        Server("kgq store cached", "/sparql", [*ours, "-g", store], repeated=True),
    ]
    if peers.oxigraph:
        native = str(place.oxigraph_store(triples)[0])
        command = [peers.oxigraph, "serve-read-only", "-l", native, "-b", "127.0.0.1:PORT"]
        found.append(Server("oxigraph native", "/query", command))
    if peers.rdflib_endpoint:
        command = [peers.rdflib_endpoint, "serve", "--host", "127.0.0.1", "--port", "PORT", file]
        found.append(Server("rdflib-endpoint", "/", command))
    return found


def _rates(servers: list[Server]) -> Table:
    table = Table(
        "Requests a second", ["server", "requests", "connections", "a second", "p99 ms", "CPU µs a request"]
    )
    for server in servers:
        for key, several in server.found.items():
            middle = [statistics.median(values) for values in zip(*several, strict=True)]
            table.rows.append([server.name, *key, *middle])
    return table


def _ratios(servers: list[Server]) -> Table:
    table = Table("Against the peers", ["kgq", "peer", "requests", "connections", "rate", "by CPU"])
    for peer in (each for each in servers if not each.name.startswith("kgq")):
        for server in (each for each in servers if each.name.startswith("kgq")):
            for key, several in server.found.items():
                pairs = list(zip(several, peer.found[key], strict=True))
                rate = statistics.median(one.rate / max(other.rate, 0.1) for one, other in pairs)
                cpu = statistics.median(other.cpu / max(one.cpu, 1.0) for one, other in pairs)
                table.rows.append([server.name, peer.name, *key, rate, cpu])
    return table


# --- the client --------------------------------------------------------------------------------------------------


@dataclass
class Connection:
    """One connection of the client, and the answer it waits for."""

    socket: socket.socket
    begun: float = 0.0
    data: bytes = b""
    expected: int = 0


def requests(path: str, queries: list[str]) -> list[bytes]:
    """Return ready-made requests."""
    head = " HTTP/1.1\r\nHost: localhost\r\nAccept: application/sparql-results+json\r\n\r\n"
    return [f"GET {path}?{urllib.parse.urlencode({'query': query})}{head}".encode() for query in queries]


def load(port: int, prepared: list[bytes], connections: int, seconds: float) -> tuple[float, float]:
    """Return requests a second and the 99th percentile in milliseconds."""
    selector = selectors.DefaultSelector()
    place = 0

    def ask(connection: Connection) -> None:
        nonlocal place
        connection.socket.send(prepared[place % len(prepared)])
        place += 1
        connection.begun, connection.data, connection.expected = time.perf_counter(), b"", 0

    with ExitStack() as stack:
        for _ in range(connections):
            made = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(made)
            selector.register(made, selectors.EVENT_READ, connection)
            ask(connection)
        times: list[float] = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            for key, _ in selector.select(1):
                connection = key.data
                connection.data += _received(connection.socket)
                if complete(connection):
                    times.append(time.perf_counter() - connection.begun)
                    ask(connection)
    times.sort()
    return len(times) / seconds, times[int(len(times) * 0.99)] * 1000 if times else float("inf")


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 18)
    if not data:  # or it would be waited for until the time is over, and over again
        raise RuntimeError(f"port {connection.getpeername()[1]} ended a connection in the middle of an answer")
    return data


def complete(connection: Connection) -> bool:
    """Say whether the whole answer is there."""
    if not connection.expected:
        head, found, _ = connection.data.partition(b"\r\n\r\n")
        if not found:
            return False
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head[:200])
        length = head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
        connection.expected = len(head) + 4 + int(length) if length else -1
    if connection.expected < 0:
        return connection.data.endswith(b"0\r\n\r\n")
    return len(connection.data) >= connection.expected
