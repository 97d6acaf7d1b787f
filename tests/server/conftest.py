"""The real command, serving on a free port, and small clients for it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Answer:
    """A response, and whether its transfer broke off."""

    status: int
    headers: dict[str, str]
    body: bytes
    broken: bool = False

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def media(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def was_stopped(self) -> bool:
        """Whether it says, or shows by breaking off, that the work was not finished."""
        return self.status in (503, 504) or (self.status == 200 and self.broken)

    @property
    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.body)["results"]["bindings"]
        return found


@dataclass
class Endpoint:
    """A running ``kgq serve``."""

    port: int
    process: subprocess.Popen[str]
    log: Path
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(
        self, method: str, path: str, body: bytes | str | None = None, timeout: float = 30.0, **headers: str
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers={**self.headers, **named})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            try:
                return Answer(response.status, found, response.read())
            except http.client.IncompleteRead as cut:
                return Answer(response.status, found, cut.partial, broken=True)
        finally:
            connection.close()

    def query(self, text: str, accept: str = JSON, timeout: float = 30.0, **headers: str) -> Answer:
        path = "/sparql?" + urllib.parse.urlencode({"query": text})
        return self.send("GET", path, timeout=timeout, accept=accept, **headers)

    def post(self, text: str, media: str, accept: str = JSON, timeout: float = 30.0, **headers: str) -> Answer:
        return self.send("POST", "/sparql", text.encode(), timeout, content_type=media, accept=accept, **headers)

    def update(self, text: str, timeout: float = 30.0, **headers: str) -> Answer:
        return self.post(text, "application/sparql-update", timeout=timeout, **headers)

    def is_well(self) -> bool:
        """Say whether an ordinary question is answered at once."""
        begun = time.monotonic()
        answer = self.query("SELECT (COUNT(*) AS ?n) { VALUES ?x { 1 2 3 } }", timeout=5)
        return answer.status == 200 and answer.rows[0]["n"]["value"] == "3" and time.monotonic() - begun < 1.0

    def children(self) -> list[int]:
        """Return the processes below it, all generations."""
        found: list[int] = []
        wanted = [self.process.pid]
        while wanted:
            parent = wanted.pop()
            for task in Path(f"/proc/{parent}/task").glob("*/children"):
                new = [int(pid) for pid in task.read_text(encoding="ascii").split()]
                found += new
                wanted += new
        return found


Serve = Callable[..., Endpoint]
Eventually = Callable[[Callable[[], bool], float], bool]


@pytest.fixture
def eventually() -> Eventually:
    """Wait until a condition holds, at most some seconds; say whether it does."""

    def wait(condition: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return True
            time.sleep(0.02)
        return condition()

    return wait


@contextmanager
def serving(
    folder: Path, *arguments: str | Path, code: Sequence[str] = ("-m", "kgq"), **environment: str
) -> Iterator[Endpoint]:
    """Run ``kgq serve`` until the block ends; `code` is what Python is given to run the command."""
    log = folder / "stderr.log"
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}", **environment}
    for name in ("KGQ_GRAPH", "KGQ_FORMAT"):
        env.pop(name, None)
    command = [sys.executable, *code, "serve", "--port", "0", *map(str, arguments)]
    with log.open("w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=env, cwd=folder)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("kgq listening on "), line + log.read_text()
        yield Endpoint(int(line.strip().rstrip("/").rpartition(":")[2]), process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        finally:
            process.kill()
            process.stdout.close()


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Start endpoints that end with the module."""
    with ExitStack() as stack:
        yield lambda *arguments, **environment: stack.enter_context(
            serving(tmp_path_factory.mktemp("serve"), *arguments, **environment)
        )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four hundred triples over a hundred things."""
    path = tmp_path_factory.mktemp("data") / "data.nt"
    lines = [
        f'<http://example.com/s{i}> <http://example.com/p{j}> "value {i * j}" .\n'
        for i in range(100)
        for j in range(4)
    ]
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def endpoint(serve: Serve, data: Path) -> Endpoint:
    """A read-only endpoint over :func:`data`, with a time limit of a second."""
    return serve("-g", data, "--time-limit", "1", "--access-log", "access.log")


@pytest.fixture(scope="module")
def store(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Endpoint:
    """A writable endpoint over an empty store, without a token."""
    return serve("-g", tmp_path_factory.mktemp("store"), "--writable", "--no-token", "--time-limit", "1")


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Endpoint]:
    """An endpoint with one worker whose bounds on slow clients are a second where others have half a minute."""
    code = (
        "import kg.server.connection as c, kg.server.pool as p, kg.server.exchange as e; "
        "c.HEADER_TIME = c.WRITE_TIME = e.BODY_TIME = p.PATIENCE = 1.0; p.STALL = 3.0; "
        "import sys; from kgq.main import main; sys.exit(main())"
    )
    with serving(
        tmp_path_factory.mktemp("impatient"), "-g", data, "--workers", "1", code=("-c", code)
    ) as endpoint:
        yield endpoint
