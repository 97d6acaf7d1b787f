"""Two replicas behind a real balancer: one is killed under load, and no read fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from engines.servers import missing

from bench.servers import command, free_port, running, wait_for
from kg.engines.http.settings import Endpoint
from kg.engines.remote import RemoteEngine

CONFIG = """defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  option redispatch
  retries 3
frontend sparql
  bind 127.0.0.1:{port}
  default_backend replicas
backend replicas
  option httpchk GET /ready
  server one 127.0.0.1:{one} check inter 500ms fall 2
  server two 127.0.0.1:{two} check inter 500ms fall 2
"""
QUERY = "SELECT ?s ?o { ?s <http://data.example/p> ?o }"


@pytest.mark.slow
def test_a_replica_that_dies_costs_no_read(tmp_path: Path) -> None:
    balancer = command("haproxy")
    if not balancer:
        missing("HAProxy", "apt-get install haproxy")
    data = tmp_path / "data.nt"
    lines = (f'<http://data.example/{n}> <http://data.example/p> "{n}" .\n' for n in range(3_000))
    data.write_text("".join(lines), encoding="ascii")
    one, two, port = free_port(), free_port(), free_port()
    config = tmp_path / "haproxy.cfg"
    config.write_text(CONFIG.format(port=port, one=one, two=two), encoding="ascii")
    url = f"http://127.0.0.1:{port}/sparql"
    with ExitStack() as stack:
        replicas = []
        for n, own in enumerate((one, two)):
            folder = tmp_path / str(n)
            folder.mkdir()
            serve = [sys.executable, "-m", "kgq", "serve", "-g", str(data), "--port", str(own), "--workers", "2"]
            replicas.append(stack.enter_context(running(serve, f"http://127.0.0.1:{own}/sparql", folder)))
        process = stack.enter_context(running([balancer, "-f", str(config), "-db"], url, tmp_path))
        wait_for(url, process)
        sizes, failures = load_while(url, lambda: kill(replicas[0]))
    assert failures == []
    assert len(sizes) > 10
    assert set(sizes) == {3_000}


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a server with all that belongs to it, so that nothing is left to finish an answer."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    for pid in (process.pid, *map(int, children)):
        os.kill(pid, signal.SIGKILL)


def load_while(url: str, event: object) -> tuple[list[int], list[str]]:
    """Ask from four threads for some seconds; something happens in the middle."""
    assert callable(event)
    sizes: list[int] = []
    failures: list[str] = []
    end = time.monotonic() + 8

    def ask() -> None:
        engine = RemoteEngine(Endpoint(url, read_seconds=10))
        while time.monotonic() < end:
            try:
                sizes.append(len(engine.select(QUERY)))
            except Exception as error:  # noqa: BLE001, PERF203 - whatever it is, it counts
                failures.append(str(error))
        engine.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    event()
    for thread in threads:
        thread.join()
    return sizes, failures
