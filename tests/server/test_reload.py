"""SIGHUP: the graph opened anew beside what runs; twice at once, of a large store, and when it cannot be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from server.conftest import ROOT, serving

if TYPE_CHECKING:
    from server.conftest import Endpoint, Eventually, Serve

pytestmark = pytest.mark.slow

ALL = "SELECT ?o { ?s ?p ?o }"
ON_DISK = "import kg.server.loading as l; l._SMALL = 0; import sys; from kgq.main import main; sys.exit(main())"
"""Python that takes every store for a large one, which is not copied to memory."""


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


def descriptors(endpoint: Endpoint) -> int:
    return len(os.listdir(f"/proc/{endpoint.process.pid}/fd"))  # noqa: PTH208 - a count


def said(endpoint: Endpoint) -> list[str]:
    return endpoint.log.read_text(encoding="utf-8").splitlines()


def load(store: Path, place: Path, text: str) -> None:
    place.write_text(text, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}"}
    command = [sys.executable, "-m", "kgq", "-g", str(store), "load", str(place)]
    subprocess.run(command, check=True, env=env, timeout=60, capture_output=True)


@contextmanager
def asking(endpoint: Endpoint) -> Iterator[list[tuple[str, frozenset[str]]]]:
    """Ask for everything again and again; give the tags and contents that were answered."""
    found: list[tuple[str, frozenset[str]]] = []
    ended = threading.Event()

    def ask() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            answer = endpoint.query(f"{ALL} #{number}")
            found.append((tag(answer.headers["etag"]), frozenset(row["o"]["value"] for row in answer.rows)))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def tag(etag: str) -> str:
    """Return the part of an ETag that is of the graph, not of the form of the answer."""
    return etag.strip('W/"').partition(".")[0]


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


def test_a_tag_means_one_content_while_a_large_store_is_opened_anew(
    tmp_path: Path, eventually: Eventually
) -> None:
    store = tmp_path / "store"
    load(store, tmp_path / "one.nt", "<e:a> <e:b> <e:c> .\n")
    with serving(tmp_path, "-g", store, code=("-c", ON_DISK)) as endpoint:
        assert len(endpoint.query(ALL).rows) == 1
        load(store, tmp_path / "two.nt", "<e:a> <e:b> <e:d> .\n")
        with asking(endpoint) as found:
            endpoint.process.send_signal(signal.SIGHUP)
            assert eventually(lambda: bool(found) and len(found[-1][1]) == 2, 10)
            time.sleep(0.5)
    contents: dict[str, set[frozenset[str]]] = {}
    for etag, content in found:
        contents.setdefault(etag, set()).add(content)
    assert sorted(map(len, contents.values())) == [1, 1]


def test_a_large_store_that_cannot_be_opened_anew_is_served_as_before(
    tmp_path: Path, eventually: Eventually
) -> None:
    store = tmp_path / "store"
    load(store, tmp_path / "one.nt", "<e:a> <e:b> <e:c> .\n")
    with serving(tmp_path, "-g", store, code=("-c", ON_DISK)) as endpoint:
        etag = endpoint.query(ALL).headers["etag"]
        load(store, tmp_path / "two.nt", "<e:a> <e:b> <e:d> .\n")
        kill_the_next(endpoint, eventually)
        assert eventually(lambda: bool(said(endpoint)), 5)
        for number in range(3):
            answer = endpoint.query(f"{ALL} #{number}")
            assert (tag(answer.headers["etag"]), len(answer.rows)) == (tag(etag), 1)


def kill_the_next(endpoint: Endpoint, eventually: Eventually) -> None:
    """Ask for the graph anew, and kill the process that opens it before it has."""
    before = nurseries(endpoint)
    endpoint.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: bool(nurseries(endpoint) - before), 5)
    for pid in nurseries(endpoint) - before:
        os.kill(pid, signal.SIGKILL)


def test_what_cannot_be_opened_anew_is_said_and_leaves_nothing_behind(
    tmp_path: Path, eventually: Eventually
) -> None:
    store = tmp_path / "store"
    load(store, tmp_path / "one.nt", "<e:a> <e:b> <e:c> .\n")
    with serving(tmp_path, "-g", store, TMPDIR=str(tmp_path)) as endpoint:
        assert len(endpoint.query(ALL).rows) == 1
        before = descriptors(endpoint)
        for turn in range(1, 4):
            kill_the_next(endpoint, eventually)
            assert eventually(lambda turn=turn: len(said(endpoint)) == turn, 5)  # type: ignore[misc]
        assert all(line.startswith("kgq: the graph is not opened anew") for line in said(endpoint))
        assert eventually(lambda: descriptors(endpoint) <= before, 5)
        assert not list(tmp_path.glob("kgq-*.nq"))
        assert len(endpoint.query(ALL).rows) == 1


def test_a_file_that_is_broken_when_it_is_opened_anew_is_said_in_one_line(
    serve: Serve, tmp_path: Path, eventually: Eventually
) -> None:
    path = tmp_path / "graph.nt"
    path.write_text("<e:a> <e:b> <e:c> .\n", encoding="utf-8")
    endpoint = serve("-g", path)
    path.write_text("<e:a> <e:b>", encoding="utf-8")
    endpoint.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: bool(said(endpoint)), 5)
    assert len(said(endpoint)) == 1
    assert "graph.nt" in said(endpoint)[0]
    assert len(endpoint.query(ALL).rows) == 1


def test_what_waits_for_its_turn_when_the_graph_is_opened_anew_is_answered(
    serve: Serve, tmp_path: Path, eventually: Eventually
) -> None:
    path = tmp_path / "graph.nt"
    facts = [f'<e:s{number % 100}> <e:p{number % 4}> "{number}" .\n' for number in range(400)]
    path.write_text("".join(facts), encoding="utf-8")
    endpoint = serve("-g", path, "--workers", "1")
    many = " ".join(map(str, range(30)))
    long = f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f VALUES ?x {{ {many} }} }}"
    path.write_text("".join(facts[:200]), encoding="utf-8")
    with ThreadPoolExecutor(12) as threads:
        answers = [threads.submit(endpoint.query, f"{long} #{number}", timeout=40) for number in range(12)]
        assert eventually(lambda: "kgq_waiting 0" not in endpoint.send("GET", "/metrics").text, 5)
        endpoint.process.send_signal(signal.SIGHUP)
        found = {(tag(one.result().headers["etag"]), one.result().rows[0]["n"]["value"]) for one in answers}
    assert {size for _, size in found} == {str(400 * 400 * 30), str(200 * 200 * 30)}
    assert len(found) == 2


def test_after_a_hangup_the_log_goes_to_a_new_file_and_a_new_token_counts(
    serve: Serve, tmp_path: Path, eventually: Eventually
) -> None:
    log, token = tmp_path / "access.log", tmp_path / "token"
    token.write_text("one\n", encoding="utf-8")
    endpoint = serve("-g", tmp_path / "store", "--writable", "--token-file", token, "--access-log", log)
    assert endpoint.update("INSERT DATA { <e:a> <e:p> 1 }", authorization="Bearer one").status == 204
    log.rename(tmp_path / "access.log.1")
    token.write_text("two\n", encoding="utf-8")
    endpoint.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: said(endpoint) == ["kgq: the graph is opened anew."], 10)
    assert endpoint.update("INSERT DATA { <e:a> <e:p> 2 }", authorization="Bearer one").status == 401
    assert endpoint.update("INSERT DATA { <e:a> <e:p> 2 }", authorization="Bearer two").status == 204
    assert eventually(lambda: len(log.read_text(encoding="utf-8").splitlines()) == 2, 5)
    token.unlink()
    endpoint.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: len(said(endpoint)) == 3, 10)
    assert said(endpoint)[1] == (
        f"kgq: not everything is opened anew: {token}: the token cannot be read: No such file or directory. "
        "Check the file."
    )
    assert endpoint.update("INSERT DATA { <e:a> <e:p> 3 }", authorization="Bearer two").status == 204


def test_an_access_log_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}"}
    command = [sys.executable, "-m", "kgq", "serve", "--port", "0", "--access-log", str(tmp_path / "no" / "log")]
    done = subprocess.run(command, check=False, env=env, timeout=60, capture_output=True, text=True)
    said_of_it = f"kgq: {tmp_path}/no/log: the access log cannot be written: No such file or directory."
    assert (done.returncode, done.stderr) == (4, said_of_it + " Check the path.\n")
