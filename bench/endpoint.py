"""Requests a second of ``kgq serve`` against the native oxigraph server and rdflib-endpoint, in one run.

All serve the same triples on loopback; the client is one process with one select loop and ready-made requests.
``kgq store`` serves a store on disk as the native server does; ``kgq memory`` a file; ``cached`` the store again
with its cache on and the same requests repeated. Peers are given by their commands; one that is not given is
left out. All servers run at once and are asked in turn, in short rounds, so that a busy moment of the machine is
everybody's; the ratios are medians over the rounds of what was measured side by side. The CPU time of a request is
that of all of a server's processes: it says the same on a busy machine.
"""

from __future__ import annotations

import argparse
import os
import random
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
POINT = "SELECT ?p ?o WHERE {{ <http://example.com/s{}> ?p ?o }}"
THOUSAND = "SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} OFFSET {} LIMIT 1000"


@dataclass
class Connection:
    """One connection of the client, and the answer it waits for."""

    socket: socket.socket
    begun: float = 0.0
    data: bytes = b""
    expected: int = 0


class Measured(NamedTuple):
    """Requests a second, the 99th percentile in milliseconds, microseconds of CPU a request."""

    rate: float
    slowest: float
    cpu: float


def requests(
    path: str, query: str, numbers: list[int], accept: str = "application/sparql-results+json"
) -> list[bytes]:
    """Return ready-made requests, one for each number put into the query."""
    head = f" HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n"
    return [f"GET {path}?{urllib.parse.urlencode({'query': query.format(n)})}{head}".encode() for n in numbers]


def load(port: int, prepared: list[bytes], connections: int, seconds: float) -> tuple[float, float]:
    """Return requests a second and the 99th percentile in milliseconds."""
    selector = selectors.DefaultSelector()
    place = 0

    def ask(connection: Connection) -> None:
        nonlocal place
        connection.socket.send(prepared[place % len(prepared)])
        place += 1
        connection.begun, connection.data, connection.expected = time.perf_counter(), b"", 0

    opened = []
    for _ in range(connections):
        made = socket.create_connection(("127.0.0.1", port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(made)
        selector.register(made, selectors.EVENT_READ, connection)
        opened.append(connection)
        ask(connection)
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key, _ in selector.select(1):
            connection = key.data
            connection.data += connection.socket.recv(1 << 18)
            if complete(connection):
                times.append(time.perf_counter() - connection.begun)
                ask(connection)
    for connection in opened:
        connection.socket.close()
    times.sort()
    return len(times) / seconds, times[int(len(times) * 0.99)] * 1000 if times else float("inf")


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


@contextmanager
def running(command: list[str], port: int) -> Iterator[int]:
    """Run a server until the block ends, and give its process; it listens on the port."""
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    try:
        for _ in range(1800):  # a peer may parse for minutes on a busy machine
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(0.5)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_data(folder: Path, subjects: int, oxigraph: str) -> tuple[Path, Path, Path]:
    """Write the triples as a file, as a store of kgq, and as a store of the native server."""
    file, store, native = folder / "data.nt", folder / "store", folder / "native"
    with file.open("w", encoding="utf-8") as out:
        for i in range(subjects):
            for j in range(4):
                out.write(f'<http://example.com/s{i}> <http://example.com/p{j}> "value {i * j}" .\n')
    sys.path[:0] = [str(ROOT)]
    from pyoxigraph import RdfFormat, parse

    from kg.store import open_store

    with open_store(store, create=True).transaction() as transaction:
        transaction.add(parse(path=str(file), format=RdfFormat.N_TRIPLES))
    if oxigraph:
        subprocess.run([oxigraph, "load", "-l", str(native), "-f", str(file)], check=True, capture_output=True)
        subprocess.run([oxigraph, "optimize", "-l", str(native)], check=True, capture_output=True)
    return file, store, native


def cpu(root: int) -> float:
    """Return the CPU seconds that a process and those below it have used."""
    found, wanted = 0, [root]
    while wanted:
        pid = wanted.pop()
        try:
            facts = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            found += sum(map(int, facts[11:15]))
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                wanted += [int(child) for child in task.read_text(encoding="ascii").split()]
        except OSError:  # it has ended
            continue
    return found / os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A server to be measured: its name, the path of its endpoint, its command with PORT for the port.

    Attributes:
        repeated: whether it is asked the same few requests again and again.
        found: a list of measurements, one a round, for each kind of request and number of connections.
    """

    name: str
    path: str
    command: list[str]
    repeated: bool = False
    port: int = 0
    pid: int = 0
    found: dict[tuple[str, int], list[Measured]] = field(default_factory=dict)

    def measure(self, kind: str, prepared: list[bytes], count: int, seconds: float) -> None:
        """Ask for some seconds and keep what was seen."""
        before = cpu(self.pid)
        rate, slowest = load(self.port, prepared, count, seconds)
        used = (cpu(self.pid) - before) / max(1.0, rate * seconds)
        self.found.setdefault((kind, count), []).append(Measured(rate, slowest, used * 1e6))

    def middle(self, key: tuple[str, int]) -> Measured:
        """Return the medians over the rounds."""
        return Measured(*(statistics.median(values) for values in zip(*self.found[key], strict=True)))


def main() -> None:
    """Print a line a server and load, and the ratios to the peers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=7, help="of all servers in turn; medians are compared")
    parser.add_argument("--subjects", type=int, default=50_000, help="things with four triples each")
    parser.add_argument("--connections", default="1,8,32")
    parser.add_argument("--oxigraph", default=shutil.which("oxigraph") or "", help="the native server's command")
    parser.add_argument("--rdflib-endpoint", default=shutil.which("rdflib-endpoint") or "", help="its command")
    given = parser.parse_args()
    counts = [int(count) for count in given.connections.split(",")]
    report(measure(given, counts))


def measure(given: argparse.Namespace, counts: list[int]) -> list[Server]:
    """Ask all servers in turn; ``given`` holds what the options of this script hold."""
    numbers = [random.Random(7).randrange(given.subjects) for _ in range(20_000)]  # noqa: S311 - not for secrets
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        servers = peers(given, *make_data(Path(temporary), given.subjects, given.oxigraph))
        for server in servers:
            server.port = free_port()
            command = [part.replace("PORT", str(server.port)) for part in server.command]
            server.pid = stack.enter_context(running(command, server.port))
        for server in servers:
            for prepared in kinds(server, numbers).values():
                load(server.port, prepared, 4, 1.0)
        for _ in range(given.rounds):
            for kind in ("point", "1,000 rows"):
                for count in counts:
                    for server in servers:
                        server.measure(kind, kinds(server, numbers)[kind], count, given.seconds)
    return servers


def kinds(server: Server, numbers: list[int]) -> dict[str, list[bytes]]:
    """Return the requests a server is asked."""
    few = 1 if server.repeated else len(numbers)
    return {
        "point": requests(server.path, POINT, numbers[:few]),
        "1,000 rows": requests(server.path, THOUSAND, [number % 1000 for number in numbers[: min(few, 200)]]),
    }


def peers(given: argparse.Namespace, file: Path, store: Path, native: Path) -> list[Server]:
    """Return the servers to be measured."""
    ours = [sys.executable, "-m", "kgq", "serve", "--port", "PORT"]
    found = [
        Server("kgq store", "/sparql", [*ours, "-g", str(store), "--cache-size", "0"]),
        Server("kgq memory", "/sparql", [*ours, "-g", str(file), "--cache-size", "0"]),
        Server("kgq store cached", "/sparql", [*ours, "-g", str(store)], repeated=True),
    ]
    if given.oxigraph:
        command = [given.oxigraph, "serve-read-only", "-l", str(native), "-b", "127.0.0.1:PORT"]
        found.append(Server("oxigraph native", "/query", command))
    if given.rdflib_endpoint:
        command = [given.rdflib_endpoint, "serve", "--host", "127.0.0.1", "--port", "PORT", str(file)]
        found.append(Server("rdflib-endpoint", "/", command))
    return found


def report(servers: list[Server]) -> None:
    """Print what was seen, and ours against the peers."""
    for server in servers:
        for kind, count in server.found:
            seen = server.middle((kind, count))
            print(
                f"{server.name:18} {kind:10} {count:3} connections {seen.rate:9.0f}/s"
                f"  p99 {seen.slowest:8.2f} ms  {seen.cpu:8.0f} us of CPU"
            )
    for peer in servers[3:]:
        for server in servers[:3]:
            for key in server.found:
                pairs = list(zip(server.found[key], peer.found[key], strict=True))
                rate = statistics.median(one.rate / max(other.rate, 0.1) for one, other in pairs)
                used = statistics.median(other.cpu / max(one.cpu, 1.0) for one, other in pairs)
                name = f"{server.name} / {peer.name}, {key[0]}, {key[1]} connections:"
                print(f"{name:62} rate {rate:6.2f}   by CPU {used:6.2f}")


if __name__ == "__main__":
    main()
