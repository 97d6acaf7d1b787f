"""Starting, stopping, limits and hostile clients, on the real command."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from kgq.group import cli

if TYPE_CHECKING:
    from assistants.conftest import Assistant

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
Surroundings = Callable[..., dict[str, str]]

RUNAWAY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?a"
TOKEN = {"KGQ_READ_TOKEN": "secret"}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


Starter = Callable[..., AbstractContextManager[subprocess.Popen[bytes]]]


@pytest.fixture(scope="session")
def started(surroundings: Surroundings) -> Starter:
    """Starts the command with pipes for its standard streams."""

    @contextmanager
    def start(*options: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen(
            [sys.executable, "-m", "kgq", "mcp", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=surroundings(**variables),
            cwd=ROOT,
        )
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    return start


def say(process: subprocess.Popen[bytes], message: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[bytes]) -> dict[str, object]:
    assert process.stdout is not None
    found: dict[str, object] = json.loads(process.stdout.readline())
    return found


def children(pid: int) -> set[int]:
    """Return the processes that a process has started and that still live."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return {int(word) for word in found.stdout.split()} - {pid}


def gone(pids: set[int], seconds: float = 10.0) -> bool:
    """Wait until none of these processes lives."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(Path(f"/proc/{pid}").exists() and _lives(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def worker_pids(process: subprocess.Popen[bytes]) -> set[int]:
    end = time.monotonic() + 20
    while not (found := children(process.pid)) and time.monotonic() < end:
        time.sleep(0.05)
    return found


# --- standard streams ----------------------------------------------------------------------------------------


def test_the_end_of_input_ends_the_command_and_its_workers(started: Starter) -> None:
    with started() as process:
        say(process, HELLO)
        assert "result" in hear(process)
        workers = worker_pids(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0
        assert workers
        assert gone(workers)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_signal_ends_the_command_and_its_workers(started: Starter, number: int, code: int) -> None:
    with started() as process:
        say(process, HELLO)
        hear(process)
        workers = worker_pids(process)
        process.send_signal(number)
        assert process.wait(20) == code
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
        assert gone(workers)


def test_a_killed_command_leaves_no_worker_behind_even_a_busy_one(started: Starter) -> None:
    with started("--time-limit", "60") as process:
        say(process, HELLO)
        hear(process)
        say(process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
        call = {"name": "sparql", "arguments": {"query": RUNAWAY}}
        say(process, {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call})
        workers = worker_pids(process)
        time.sleep(1.5)
        process.kill()
        assert gone(workers | children(process.pid))


def test_standard_output_carries_the_protocol_alone(started: Starter) -> None:
    with started() as process:
        say(process, HELLO)
        hear(process)
        say(process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
        for number, line in enumerate((b"{nonsense", b'"text"', b"\xff\xfe", b"[1, 2]"), 2):
            assert process.stdin is not None
            process.stdin.write(line + b"\n")
            say(process, {"jsonrpc": "2.0", "id": number, "method": "ping"})
        answered: set[object] = set()
        while len(answered) < 4:
            message = hear(process)
            assert message["jsonrpc"] == "2.0"
            if "result" in message:
                answered.add(message["id"])
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0


def test_a_graph_that_cannot_be_opened_is_one_line_and_code_4(started: Starter) -> None:
    with started("-g", "/nonexistent/graph.ttl") as process:
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 4
        assert errors.decode().strip() == ("kgq: /nonexistent/graph.ttl: no such file or folder. Check the path.")


def test_without_the_sdk_the_command_names_what_to_install(surroundings: Surroundings, tmp_path: Path) -> None:
    hide = "import sys; sys.modules['mcp'] = None; from kgq.main import main; sys.exit(main(['mcp']))"
    done = subprocess.run(
        [sys.executable, "-c", hide], capture_output=True, text=True, env=surroundings(), cwd=tmp_path, check=False
    )
    assert done.returncode == 4
    assert done.stderr == "kgq: kgq mcp needs an optional package: pip install 'kgq[mcp]'\n"


# --- limits --------------------------------------------------------------------------------------------------


def test_a_runaway_is_stopped_and_the_next_call_is_answered(hasty: Assistant) -> None:
    began = time.monotonic()
    assert "no answer within 1 s" in hasty.refusal("sparql", query=RUNAWAY).lower()
    assert time.monotonic() - began < 5
    assert hasty.found("sparql", query="ASK {}")["boolean"] is True


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?b), STR(?c))) AS ?x) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }",
        "CONSTRUCT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "SELECT (COUNT(*) AS ?n) { ?a (!rdf:nil)* ?b . ?c (!rdf:nil)* ?d }",
    ],
)
def test_no_query_holds_the_server_up(hasty: Assistant, query: str) -> None:
    began = time.monotonic()
    result = hasty.call("sparql", query=query)
    assert time.monotonic() - began < 6
    assert result.is_error or result.structured_content["note"]
    assert hasty.found("ask", question="who bears capex risk")["status"] == "answered"


def test_many_calls_at_once_are_all_answered(hasty: Assistant) -> None:
    async def every() -> list[object]:
        calls = [
            hasty.client.call_tool("ask", {"question": "who bears capex risk"})
            if number % 4
            else hasty.client.call_tool("sparql", {"query": RUNAWAY})
            for number in range(12)
        ]
        return list(await asyncio.gather(*calls))

    results = hasty.run(every(), 60)
    assert [result.is_error for result in results] == [not number % 4 for number in range(12)]


def test_a_result_without_end_is_cut_and_says_so(hasty: Assistant) -> None:
    many = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f }"
    found = hasty.found("sparql", query=many, limit=10)
    assert found["remaining"] + len(found["rows"]) == 5_000
    assert "LIMIT and OFFSET" in found["note"]


# --- a large plain graph -------------------------------------------------------------------------------------


def test_a_plain_graph_is_asked_and_looked_up(towns: Assistant) -> None:
    found = towns.found("find_entity", name="Town dofogo", kind="entity")["candidates"]
    assert found[0]["label"] == "Town dofogo"
    described = towns.found("describe", entity="Town dofogo")
    assert {one["property"]["label"] for one in described["properties"]} == {"people", "road"}
    assert not towns.found("schema")["has_claims"]
    answer = towns.found("ask", question="how many towns are there")
    assert answer["rows"][0]["cells"][0]["value"] == "4000"


def test_a_plain_graph_is_walked(towns: Assistant) -> None:
    found = towns.found("path", **{"from": "Town do", "to": "Town dobo"})["paths"]
    assert [len(way["hops"]) for way in found] == [9]


def test_a_plain_graph_says_that_it_has_no_quotes(towns: Assistant) -> None:
    assert "no quotes" in towns.refusal("evidence", entity="Town dofogo")
    assert "no claims" in towns.refusal("explain", claim="F090")
    assert "find_entity" in towns.refusal("describe", entity="Atlantis")


def test_all_towns_are_reached_by_cursor(towns: Assistant) -> None:
    found = towns.pages("sparql", query="SELECT ?t { ?t a ex:Town }", limit=200)
    names = [row["t"]["value"] for page in found for row in page["rows"]]
    assert len(names) == len(set(names)) == 4_000


# --- HTTP ----------------------------------------------------------------------------------------------------


def post(address: str, body: object = HELLO, method: str = "POST", **headers: str) -> tuple[int, bytes]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        sent = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(
            method, parts.path, body=body if isinstance(body, bytes) else json.dumps(body), headers=sent
        )
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://localhost:6274"}, 200),
        ({"host": "evil.example"}, 421),
        ({"host": "127.0.0.1.evil.example:80"}, 421),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"content-type": "text/plain"}, 400),
    ],
)
def test_requests_of_other_sites_are_refused(open_address: str, headers: dict[str, str], status: int) -> None:
    assert post(open_address, **headers)[0] == status


def test_large_and_broken_bodies_are_refused(open_address: str) -> None:
    assert post(open_address, b"x" * 2_000_000)[0] == 413
    assert post(open_address, b"{nonsense")[0] == 400
    assert post(open_address)[0] == 200


def test_without_the_token_nothing_is_answered(serve_http: Callable[..., AbstractContextManager[str]]) -> None:
    with serve_http(**TOKEN) as address:
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "secret"}):
            status, body = post(address, **headers)
            assert status == 401
            assert b"secret" not in body
        assert post(address, authorization="Bearer secret")[0] == 200


def test_other_machines_need_a_token() -> None:
    result = CliRunner(env={"KGQ_READ_TOKEN": None}).invoke(cli, ["mcp", "--http", "--host", "192.0.2.1"])
    assert result.exit_code == 2
    assert "needs a token" in result.output


def test_a_port_in_use_is_one_line(started: Starter, open_address: str) -> None:
    port = str(urlsplit(open_address).port)
    with started("--http", "--port", port) as process:
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 4
    assert errors.decode().startswith(f"kgq: cannot listen on 127.0.0.1:{port}")


# --- configuration -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("client", ["claude-code", "claude-desktop", "cursor", "vscode", "codex", "gemini"])
def test_the_printed_configuration_starts_this_server(
    client: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my data.ttl").write_text("<a:a> <a:b> <a:c> .", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["mcp", "-g", "my data.ttl", "--print-config", client], standalone_mode=False)
    server = read_configuration(client, done.stdout)
    assert Path(server["command"]).is_absolute()
    assert server["args"][-3:] == ["mcp", "-g", str(tmp_path / "my data.ttl")]
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("client", ["claude-code", "cursor", "vscode", "codex", "gemini"])
def test_the_printed_configuration_names_the_address_and_never_the_token(client: str) -> None:
    arguments = ["mcp", "--http", "--port", "9999", "--print-config", client]
    done = CliRunner(env=TOKEN).invoke(cli, arguments, standalone_mode=False)
    server = read_configuration(client, done.stdout)
    assert (server.get("url") or server["httpUrl"]) == "http://127.0.0.1:9999/mcp"
    assert "secret" not in done.stdout
    assert "token" in done.stdout.lower()


def read_configuration(client: str, printed: str) -> dict[str, Any]:
    """Return the entry of this server in a configuration."""
    if client == "codex":
        if sys.version_info >= (3, 11):
            import tomllib
        else:
            import tomli as tomllib
        found: dict[str, Any] = tomllib.loads(printed)["mcp_servers"]["kgq"]
        return found
    servers = json.loads(printed)["servers" if client == "vscode" else "mcpServers"]
    (found,) = servers.values()
    return found


def test_a_client_that_starts_servers_itself_takes_no_address() -> None:
    result = CliRunner().invoke(cli, ["mcp", "--http", "--print-config", "claude-desktop"])
    assert result.exit_code != 0


def test_text_of_a_runaway_result_names_no_file(hasty: Assistant) -> None:
    assert "/" not in hasty.text(hasty.call("sparql", query=RUNAWAY))


def test_readings_that_sound_alike_are_told_apart_and_chosen(
    connect: Callable[..., AbstractContextManager[Assistant]], tmp_path: Path
) -> None:
    (tmp_path / "rex.ttl").write_text(
        """@prefix e: <http://e.example/> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> .
        e:Dog a r:Class . e:Ship a r:Class .
        e:d a e:Dog ; r:label "Rex" ; e:weight 30 . e:s a e:Ship ; r:label "Rex" ; e:weight 900 .""",
        encoding="utf-8",
    )
    question = "what is the weight of Rex"
    with connect("-g", str(tmp_path / "rex.ttl")) as assistant:
        asked = assistant.call("ask", question=question)
        assert asked.structured_content["status"] == "ambiguous"
        assert "e.example/d" in assistant.text(asked)
        chosen = [assistant.found("ask", question=question, reading=number) for number in (0, 1)]
        assert {found["rows"][0]["cells"][0]["value"] for found in chosen} == {"30", "900"}
