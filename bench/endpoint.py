"""Requests a second of ``kgq serve`` against the native oxigraph server and rdflib-endpoint, in one run.

All serve the same triples on loopback; the client is one process with one select loop and ready-made requests.
``kgq store`` serves a store on disk as the native server does; ``kgq memory`` a file; ``cached`` the store again
with its cache on and the same requests repeated. Peers are given by their commands; one that is not given is
left out. Ratios are what counts.
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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
    """Run a server until the block ends; it listens on the port."""
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    try:
        for _ in range(1200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(0.5)
        yield port
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
    from pyoxigraph import RdfFormat, Store

    from kg.store.folder import StoreFolder

    made = StoreFolder(store)
    made.prepare()
    opened = Store(str(made.data))
    opened.bulk_load(path=str(file), format=RdfFormat.N_TRIPLES)
    opened.optimize()
    del opened
    if oxigraph:
        subprocess.run([oxigraph, "load", "-l", str(native), "-f", str(file)], check=True, capture_output=True)
        subprocess.run([oxigraph, "optimize", "-l", str(native)], check=True, capture_output=True)
    return file, store, native


def main() -> None:
    """Print a table a server, and the ratios to the peers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="of all servers in turn; medians are compared")
    parser.add_argument("--subjects", type=int, default=50_000, help="things with four triples each")
    parser.add_argument("--connections", default="1,8,32")
    parser.add_argument("--oxigraph", default=shutil.which("oxigraph") or "", help="the native server's command")
    parser.add_argument("--rdflib-endpoint", default=shutil.which("rdflib-endpoint") or "", help="its command")
    given = parser.parse_args()
    numbers = [random.Random(7).randrange(given.subjects) for _ in range(20_000)]  # noqa: S311 - not for secrets
    ours = [sys.executable, "-m", "kgq", "serve"]
    with tempfile.TemporaryDirectory() as temporary:
        file, store, native = make_data(Path(temporary), given.subjects, given.oxigraph)
        servers: dict[str, tuple[str, list[str], bool]] = {}
        if given.oxigraph:
            command = [given.oxigraph, "serve-read-only", "-l", str(native), "-b", "127.0.0.1:PORT"]
            servers["oxigraph native"] = ("/query", command, False)
        if given.rdflib_endpoint:
            command = [given.rdflib_endpoint, "serve", "--host", "127.0.0.1", "--port", "PORT", str(file)]
            servers["rdflib-endpoint"] = ("/", command, False)
        uncached = ["--port", "PORT", "--cache-size", "0"]
        servers["kgq store"] = ("/sparql", [*ours, "-g", str(store), *uncached], False)
        servers["kgq memory"] = ("/sparql", [*ours, "-g", str(file), *uncached], False)
        servers["kgq store cached"] = ("/sparql", [*ours, "-g", str(store), "--port", "PORT"], True)
        counts = [int(count) for count in given.connections.split(",")]
        rounds: dict[str, list[dict[tuple[str, int], float]]] = {name: [] for name in servers}
        for _ in range(given.rounds):  # in turn, so that a busy minute of the machine is everybody's
            for name, (path, command, repeated) in servers.items():
                asked = numbers[:1] if repeated else numbers
                rounds[name].append(measure(name, path, command, asked, counts, given.seconds))
    found = {
        name: {key: statistics.median(one[key] for one in several) for key in several[0]}
        for name, several in rounds.items()
    }
    ratios(found, counts)


def measure(  # noqa: PLR0917 - a row of the table above
    name: str, path: str, command: list[str], numbers: list[int], counts: list[int], seconds: float
) -> dict[tuple[str, int], float]:
    """Measure one server and print its lines."""
    port = free_port()
    offsets = [number % 1000 for number in numbers[:200]]
    kinds = {"point": requests(path, POINT, numbers), "1,000 rows": requests(path, THOUSAND, offsets)}
    found = {}
    with running([part.replace("PORT", str(port)) for part in command], port):
        for kind, prepared in kinds.items():
            load(port, prepared, 4, min(1.0, seconds))
            for count in counts:
                rate, slowest = load(port, prepared, count, seconds)
                found[kind, count] = rate
                print(
                    f"{name:18} {kind:10} {count:3} connections {rate:9.0f}/s  p99 {slowest:8.2f} ms", flush=True
                )
    return found


def ratios(found: dict[str, dict[tuple[str, int], float]], counts: list[int]) -> None:
    """Print ours against the peers."""
    for peer in ("oxigraph native", "rdflib-endpoint"):
        for name in ("kgq store", "kgq memory", "kgq store cached"):
            if peer in found:
                for kind in ("point", "1,000 rows"):
                    parts = [
                        f"{count}: {found[name][kind, count] / found[peer][kind, count]:.2f}" for count in counts
                    ]
                    print(f"{name} / {peer}, {kind}: {'  '.join(parts)}")


if __name__ == "__main__":
    main()
