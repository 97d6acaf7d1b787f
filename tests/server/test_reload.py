"""SIGHUP: the graph opened anew beside what runs."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from server.conftest import Endpoint, Eventually, Serve

pytestmark = pytest.mark.slow

ALL = "SELECT ?o { ?s ?p ?o }"


def nurseries(endpoint: Endpoint) -> set[int]:
    found = set()
    for pid in endpoint.children():
        try:
            facts = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            text = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        if facts[0] != "Z" and int(facts[1]) == endpoint.process.pid and b"kg.server.nursery" in text:
            found.add(pid)
    return found


def test_two_wishes_at_once_leave_one_process_that_opens_the_graph(
    serve: Serve, tmp_path: Path, eventually: Eventually
) -> None:
    path = tmp_path / "graph.nt"
    path.write_text("<e:a> <e:b> <e:c> .\n", encoding="utf-8")
    endpoint = serve("-g", path)
    assert len(endpoint.query(ALL).rows) == 1
    path.write_text("<e:a> <e:b> <e:c> .\n<e:a> <e:b> <e:d> .\n", encoding="utf-8")
    before = nurseries(endpoint)
    for _ in range(3):
        endpoint.process.send_signal(signal.SIGHUP)
        time.sleep(0.1)
    assert eventually(lambda: len(endpoint.query(ALL).rows) == 2, 5)
    assert eventually(lambda: not before & nurseries(endpoint), 10)
    time.sleep(1.5)
    assert eventually(lambda: len(nurseries(endpoint)) == 1, 10)
    endpoint.process.send_signal(signal.SIGTERM)
    assert endpoint.process.wait(5) == 0


def test_a_process_that_dies_while_the_graph_is_opened_anew_is_replaced_once(
    serve: Serve, data: Path, eventually: Eventually
) -> None:
    endpoint = serve("-g", data)
    (first,) = nurseries(endpoint)
    endpoint.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: len(nurseries(endpoint)) == 2, 5)
    os.kill(first, signal.SIGKILL)
    time.sleep(1.5)
    assert eventually(lambda: len(nurseries(endpoint)) == 1, 10)
    assert endpoint.is_well()
