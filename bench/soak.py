"""A soak of ``kgq serve``: connections that ask ordinary questions, and hostile ones now and then.

Every connection asks in a closed loop, ordinary questions by GET, so that readers serve it by themselves in
between; a share of the requests is hostile, and a new connection is made after each. `--kill` ends a reader
every few seconds, which may cost one ordinary request each time. At the end: how many ordinary requests failed
and how long they took, how many hostile ones were not stopped, whether the server and the process that opens
the graph are still the same, and the memory of the whole process tree through the time. The exit code says
whether all was well.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.graph import BASE, people, write_graph
from bench.measuring import ENV, children, memory_of_tree

TRIPLES = 40_000
HOSTILE = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT (GROUP_CONCAT(?c) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * " + "{" * 5000,
    "SELECT * { ?s ?p '" + "\\'" * 50_000,
    "ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
)


STOPPED = frozenset({"broken", "400", "403", "503", "504"})
"""How a hostile request may end; ``broken`` is a chunked transfer without its last chunk."""
SAMPLES = 10


def ask(connection: http.client.HTTPConnection, text: str, *, post: bool) -> str:
    """Send a query; return its status, ``broken`` for a transfer that broke off."""
    try:
        if post:
            connection.request("POST", "/sparql", text.encode(), {"content-type": "application/sparql-query"})
        else:
            connection.request("GET", "/sparql?" + urllib.parse.urlencode({"query": text}))
        response = connection.getresponse()
        body = response.read()
    except http.client.IncompleteRead:
        connection.close()
        return "broken"
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return type(error).__name__
    return str(response.status) if response.status == 200 else f"{response.status} {body[:60].decode()}".strip()


def client(  # noqa: PLR0917 - as a thread is given them
    port: int, number: int, share: float, until: float, told: tuple[Counter[str], Counter[str]], times: list[float]
) -> None:
    """Ask until the time is over."""
    ordinary, hostile = told
    dice = random.Random(number)  # noqa: S311 - not for secrets
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while time.monotonic() < until:
        if dice.random() < share:
            hostile[ask(connection, dice.choice(HOSTILE), post=True)] += 1
            connection.close()
        else:
            subject = f"<{BASE}Person/{dice.randrange(people(TRIPLES))}>"
            begun = time.perf_counter()
            ordinary[ask(connection, f"SELECT ?p ?o {{ {subject} ?p ?o }}", post=False)] += 1
            times.append(time.perf_counter() - begun)
    connection.close()


def wait(seconds: float, pace: float, nursery: list[int]) -> int:
    """Wait, and end a reader now and then; return how many were ended."""
    until, killed = time.monotonic() + seconds, 0
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, pace or left))
        readers = [pid for parent in nursery for pid in children(parent)]
        if pace and readers and time.monotonic() < until:
            os.kill(random.choice(readers), signal.SIGKILL)  # noqa: S311 - not for secrets
            killed += 1
    return killed


def main() -> int:
    """Run the soak and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--hostile", type=float, default=0.05, help="share of hostile requests")
    parser.add_argument("--time-limit", default="2")
    parser.add_argument("--kill", type=float, default=0, help="seconds between killed readers; 0 kills none")
    given = parser.parse_args()
    ordinary: Counter[str] = Counter()
    hostile: Counter[str] = Counter()
    times: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.nt"
        write_graph(data, TRIPLES)
        command = [sys.executable, "-m", "kgq", "serve", "-g", str(data), "--port", "0", "--cache-size", "0"]
        server = subprocess.Popen(
            [*command, "--time-limit", given.time_limit], stdout=subprocess.PIPE, text=True, env=ENV
        )
        assert server.stdout is not None  # noqa: S101 - it was asked for
        port = int(server.stdout.readline().strip().rstrip("/").rpartition(":")[2])
        until = time.monotonic() + given.seconds
        nursery = children(server.pid)
        threads = [
            threading.Thread(target=client, args=(port, n, given.hostile, until, (ordinary, hostile), times))
            for n in range(given.connections)
        ]
        held = [memory_of_tree(server.pid)]
        for thread in threads:
            thread.start()
        killed = 0
        for _ in range(SAMPLES):
            killed += wait(given.seconds / SAMPLES, given.kill, nursery)
            held.append(memory_of_tree(server.pid))
        for thread in threads:
            thread.join()
        time.sleep(3)
        held.append(memory_of_tree(server.pid))
        alive = server.poll() is None and set(nursery) <= set(children(server.pid))
        server.terminate()
        server.wait(40)
    times.sort()
    quantiles = ", ".join(f"p{q:g} {times[int(len(times) * q / 100)] * 1000:.1f} ms" for q in (50, 95, 99, 99.9))
    print(f"ordinary {dict(ordinary)}, {quantiles}, longest {times[-1] * 1000:.0f} ms")
    print(f"hostile  {dict(hostile)}\nserver and nursery the same from start to end: {alive}")
    print("memory   " + ", ".join(f"{size:.0f}" for size in held) + " MB (start, on the way, 3 s after)")
    failed = sum(ordinary.values()) - ordinary["200"]
    print(f"readers killed: {killed}, ordinary requests that failed: {failed} of {sum(ordinary.values())}")
    well = alive and failed <= killed and {status.split()[0] for status in hostile} <= STOPPED
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
