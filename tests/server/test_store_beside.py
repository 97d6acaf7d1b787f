"""A store under a writable endpoint, as other processes see it: soon, whole, in the log, and not to be written."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.errors import SourceError
from kg.store import open_store, store_dataset

if TYPE_CHECKING:
    from server.conftest import Endpoint, Eventually

pytestmark = pytest.mark.slow
Serve = Callable[..., "Endpoint"]


def numbers(store: Path) -> set[str]:
    rows = store_dataset(store).select("SELECT ?o { ?s ?p ?o }").rows
    return {row[0].value for row in rows}  # type: ignore[union-attr]


def insert(endpoint: Endpoint, number: int) -> None:
    assert endpoint.update(f"INSERT DATA {{ <e:a> <e:p> {number} }}").status == 204


def test_a_commit_is_seen_by_other_processes_soon(serve: Serve, tmp_path: Path) -> None:
    """Within 200 ms on a quiet machine; the fastest of several tells what the design takes on a busy one."""
    endpoint = serve("-g", tmp_path, "--writable", "--no-token")
    taken = []
    for number in range(6):
        insert(endpoint, number)
        begun = time.monotonic()
        while str(number) not in numbers(tmp_path):
            assert time.monotonic() - begun < 20
            time.sleep(0.005)
        taken.append(time.monotonic() - begun)
    assert min(taken) < 0.6, taken


def test_many_openings_beside_a_busy_endpoint_all_work(serve: Serve, tmp_path: Path) -> None:
    endpoint = serve("-g", tmp_path, "--writable", "--no-token")
    for number in range(60):
        insert(endpoint, number)
        assert numbers(tmp_path) <= {str(n) for n in range(number + 1)}


def test_what_was_served_is_in_the_log_and_can_be_taken_back(
    serve: Serve, tmp_path: Path, eventually: Eventually
) -> None:
    endpoint = serve("-g", tmp_path, "--writable", "--no-token")
    for number in (1, 2):
        insert(endpoint, number)
        assert eventually(lambda: len(numbers(tmp_path)) == number, 10)  # noqa: B023 - asked at once
    endpoint.process.send_signal(signal.SIGTERM)
    assert endpoint.process.wait(30) == 0
    store = open_store(tmp_path)
    assert [(entry.action, entry.command) for entry in store.log()] == [("serve", "kgq serve")] * 2
    assert store.log()[-1].details == ("INSERT DATA { <e:a> <e:p> 2 }",)
    store.undo()
    assert numbers(tmp_path) == {"1"}


def test_a_full_disk_fails_an_update_and_the_next_one_works(serve: Serve, tmp_path: Path) -> None:
    endpoint = serve("-g", tmp_path, "--writable", "--no-token", "--time-limit", "5")
    insert(endpoint, 1)
    writers = [pid for pid in endpoint.children() if is_writer(pid)]
    assert len(writers) == 1
    resource.prlimit(writers[0], resource.RLIMIT_FSIZE, (20_000, 20_000))
    rows = " ".join(f'<e:s{n}> <e:p> "{n} {"x" * 100}" .' for n in range(500))
    full = endpoint.update(f"INSERT DATA {{ {rows} }}")
    assert (full.status, full.text.count("\n")) == (507, 1)
    assert "its disk is full" in full.text
    assert str(tmp_path) not in full.text
    insert(endpoint, 2)
    assert len(endpoint.query("SELECT * { ?s ?p ?o }").rows) == 2


def test_while_the_disk_is_full_reads_go_on_and_updates_are_refused_as_not_done(
    serve: Serve, tmp_path: Path, eventually: Eventually
) -> None:
    endpoint = serve("-g", tmp_path, "--writable", "--no-token", "--time-limit", "5")
    insert(endpoint, 1)
    assert eventually(lambda: numbers(tmp_path) == {"1"}, 10)
    limited = [pid for pid in endpoint.children() if pid != endpoint.process.pid]
    for pid in limited:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    for _ in range(3):
        full = endpoint.update("INSERT DATA { <e:a> <e:p> 7 }")
        assert (full.status, "its disk is full" in full.text) == (507, True), full.text
        assert len(endpoint.query("SELECT * { ?s ?p ?o }").rows) == 1
        assert endpoint.send("GET", "/ready").status == 200
    for pid in limited:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    insert(endpoint, 2)
    assert {row["o"]["value"] for row in endpoint.query("SELECT * { ?s ?p ?o }").rows} >= {"1", "2"}


def is_writer(pid: int) -> bool:
    """Say whether a process has a store open for writing."""
    links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return any(link.endswith("/data/LOCK") for link in links)


def test_nobody_writes_beside_an_endpoint(serve: Serve, tmp_path: Path) -> None:
    endpoint = serve("-g", tmp_path, "--writable", "--no-token")
    store = open_store(tmp_path, wait=0.1)
    with pytest.raises(
        SourceError, match=rf"process {endpoint.process.pid} is writing to this store \(kgq serve\)"
    ):
        store.undo()


def test_what_a_killed_endpoint_acknowledged_is_there_for_readers_and_the_next_writer(
    serve: Serve, tmp_path: Path
) -> None:
    endpoint = serve("-g", tmp_path, "--writable", "--no-token")
    for number in range(5):
        insert(endpoint, number)
    for pid in (endpoint.process.pid, *endpoint.children()):
        os.kill(pid, signal.SIGKILL)
    endpoint.process.wait()
    expected = {str(number) for number in range(5)}
    assert numbers(tmp_path) == expected  # before anybody has put it in order
    store = open_store(tmp_path)
    with store.transaction() as transaction:
        transaction.update("INSERT DATA { <e:a> <e:p> 5 }")
    assert numbers(tmp_path) == expected | {"5"}
    store.undo()
    assert numbers(tmp_path) == expected


def test_a_loaded_store_is_served_with_its_prefixes_and_as_one_graph(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text("@prefix my: <http://example.com/> . my:a my:p 1 .", encoding="utf-8")
    store = open_store(tmp_path / "store", create=True)
    with store.transaction() as transaction:
        transaction.load(file)
    for options in ([], ["--writable", "--no-token"]):
        assert len(serve("-g", tmp_path / "store", *options).query("SELECT * { my:a my:p ?o }").rows) == 1


def test_readers_and_writers_of_one_store_are_served_at_once(serve: Serve, tmp_path: Path) -> None:
    writable = serve("-g", tmp_path, "--writable", "--no-token")
    insert(writable, 1)
    deadline = time.monotonic() + 10
    while not numbers(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(serve("-g", tmp_path).query("SELECT * { ?s ?p ?o }").rows) == 1
