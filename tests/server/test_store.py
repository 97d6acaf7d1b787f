"""The store behind a writable endpoint: who may open it, and what is left when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from server.conftest import Endpoint, Eventually

ROOT = Path(__file__).parents[2]


def start(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}", **environment}
    command = [sys.executable, "-m", "kgq", "serve", "--port", "0", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=30, check=False)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--writable"], 2, "needs a store"),
        (["--writable", "-g", "STORE"], 2, "needs a token"),
        (["--writable", "-g", "STORE", "--no-token", "--host", "0.0.0.0"], 2, "Use a token"),  # noqa: S104 - refused
        (["-g", "http://example.com/"], 2, "not addresses"),
        (["--memory-limit", "much"], 2, "no size"),
        (["-g", "missing.ttl"], 4, "missing.ttl"),
        (["--token-file", "missing", "--writable", "-g", "STORE"], 4, "cannot be read"),
        (["--host", "192.0.2.1"], 4, "cannot listen"),
    ],
)
def test_a_wrong_start_says_in_one_line_what_is_wrong(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    done = start(*(str(tmp_path) if part == "STORE" else part for part in arguments))
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_second_writer_is_told_who_holds_the_store(serve: Callable[..., Endpoint], tmp_path: Path) -> None:
    first = serve("-g", tmp_path, "--writable", "--no-token")
    done = start("-g", tmp_path, "--writable", "--no-token")
    assert done.returncode == 4
    assert f"process {first.process.pid} is writing to this store" in done.stderr


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_all_is_killed(
    serve: Callable[..., Endpoint], tmp_path: Path, eventually: Eventually
) -> None:
    endpoint = serve("-g", tmp_path, "--writable", "--no-token")
    acknowledged: list[int] = []

    def write() -> None:
        number = 0
        while True:
            rows = " ".join(f"<e:s{number}> <e:p{part}> {number} ." for part in range(10))
            try:
                if endpoint.update(f"INSERT DATA {{ {rows} }}", timeout=5).status != 204:
                    return
            except OSError:
                return
            acknowledged.append(number)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    assert eventually(lambda: len(acknowledged) > 5, 20)
    time.sleep(0.2)
    for pid in (endpoint.process.pid, *endpoint.children()):
        os.kill(pid, signal.SIGKILL)
    writer.join()
    again = serve("-g", tmp_path, "--writable", "--no-token")
    query = "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s"
    answer = again.query(query)
    assert answer.status == 200, answer.text
    found = {row["s"]["value"]: int(row["n"]["value"]) for row in answer.rows}
    assert {f"e:s{number}" for number in acknowledged} <= set(found)
    assert set(found.values()) == {10}


def test_a_killed_writer_is_replaced(
    serve: Callable[..., Endpoint], tmp_path: Path, eventually: Eventually
) -> None:
    endpoint = serve("-g", tmp_path, "--writable", "--no-token")
    assert endpoint.update("INSERT DATA { <e:a> <e:b> 1 }").status == 204
    for pid in endpoint.children()[1:]:
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: endpoint.update("INSERT DATA { <e:a> <e:b> 2 }").status == 204, 5)
    assert eventually(
        lambda: endpoint.query("SELECT * { ?s ?p ?o }").body.count(b'"o"') == 3, 5
    )  # head and two rows


def test_an_empty_store_is_served(serve: Callable[..., Endpoint], tmp_path: Path) -> None:
    assert serve("-g", tmp_path).query("SELECT * { ?s ?p ?o }").rows == []


@pytest.mark.slow
def test_a_store_is_served_read_only_and_durable(serve: Callable[..., Endpoint], tmp_path: Path) -> None:
    writable = serve("-g", tmp_path, "--writable", "--no-token", "--durable")
    assert writable.update("INSERT DATA { <e:a> <e:b> 1 }").status == 204
    writable.process.send_signal(signal.SIGTERM)
    assert writable.process.wait(20) == 0
    readers = [serve("-g", tmp_path) for _ in range(2)]
    for reader in readers:
        assert len(reader.query("SELECT * { ?s ?p ?o }").rows) == 1
        assert reader.update("CLEAR ALL").status == 403
    assert readers[0].process.poll() is None


REFUSED = (
    "INSERT DATA { <e:a> <e:b> }",
    "CREATE GRAPH <e:g> ; CREATE GRAPH <e:g>",
    "CREATE GRAPH <e:g> ; NONSENSE",
)


def log_of(store: Path) -> list[dict[str, object]]:
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}"}
    command = [sys.executable, "-m", "kgq", "-g", str(store), "log", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=30, check=True)
    found = json.loads(done.stdout)["changes"]
    assert isinstance(found, list)
    return found


def test_a_refused_update_is_no_change(serve: Callable[..., Endpoint], tmp_path: Path) -> None:
    endpoint = serve("-g", tmp_path, "--writable", "--no-token")
    before = log_of(tmp_path)
    for update in REFUSED:
        assert endpoint.update(update).status in (400, 500)
        assert endpoint.query("SELECT * { ?s ?p ?o }").rows == []
    assert endpoint.send("DELETE", "/rdf-graph-store?graph=e:none").status == 404
    etag = endpoint.query("SELECT * { ?s ?p ?o }").headers["etag"]
    assert endpoint.update(REFUSED[0]).status == 400
    assert endpoint.query("SELECT * { ?s ?p ?o }").headers["etag"] == etag
    assert log_of(tmp_path) == before
    assert endpoint.update("INSERT DATA { <e:a> <e:b> 1 }").status == 204
    assert len(endpoint.query("SELECT * { ?s ?p ?o }").rows) == 1
    assert len(log_of(tmp_path)) == len(before) + 1
    assert "<e:a> <e:b> 1" in str(log_of(tmp_path))


@pytest.mark.slow
def test_a_refused_update_is_no_change_either_when_all_is_killed_then(
    serve: Callable[..., Endpoint], tmp_path: Path
) -> None:
    endpoint = serve("-g", tmp_path, "--writable", "--no-token")
    before = log_of(tmp_path)
    assert endpoint.update(REFUSED[0]).status == 400
    for pid in (endpoint.process.pid, *endpoint.children()):
        os.kill(pid, signal.SIGKILL)
    endpoint.process.wait()
    again = serve("-g", tmp_path, "--writable", "--no-token")
    assert again.is_well()
    assert log_of(tmp_path) == before


@pytest.mark.slow
def test_what_is_acknowledged_after_an_update_was_refused_beside_a_copy_is_not_lost_either(
    serve: Callable[..., Endpoint], tmp_path: Path
) -> None:
    lost = []
    for number in range(6):  # the copy begins 20 ms after the first update, and takes some
        store = tmp_path / str(number)
        store.mkdir()
        endpoint = serve("-g", store, "--writable", "--no-token")
        assert endpoint.update("INSERT DATA { <e:a> <e:b> 1 }").status == 204
        time.sleep(0.015 + number * 0.003)
        assert endpoint.update(REFUSED[0]).status == 400
        time.sleep(0.3)
        assert endpoint.update("INSERT DATA { <e:a> <e:b> 2 }").status == 204
        for pid in (endpoint.process.pid, *endpoint.children()):
            os.kill(pid, signal.SIGKILL)
        endpoint.process.wait()
        again = serve("-g", store, "--writable", "--no-token")
        if len(again.query("SELECT * { ?s ?p ?o }").rows) != 2:
            lost.append(number)
    assert lost == []


@pytest.mark.slow
def test_a_refused_update_is_told_so_also_where_the_log_cannot_be_written_anew(
    serve: Callable[..., Endpoint], tmp_path: Path
) -> None:
    endpoint = serve("-g", tmp_path, "--writable", "--no-token")
    in_the_way = tmp_path / ".log.jsonl.new"
    in_the_way.mkdir()
    assert endpoint.update(REFUSED[0]).status == 400
    in_the_way.rmdir()
    assert endpoint.update("INSERT DATA { <e:a> <e:b> 1 }").status == 204
    for pid in (endpoint.process.pid, *endpoint.children()):
        os.kill(pid, signal.SIGKILL)
    endpoint.process.wait()
    again = serve("-g", tmp_path, "--writable", "--no-token")
    assert len(again.query("SELECT * { ?s ?p ?o }").rows) == 1
