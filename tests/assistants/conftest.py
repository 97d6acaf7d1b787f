"""The real command with the SDK's own client, over both transports."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import CallToolResult

ROOT = Path(__file__).parents[2]


def environment(**more: str) -> dict[str, str]:
    """Return what the command runs with: this checkout, and none of the user's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KGQ_")}
    path = os.pathsep.join((str(ROOT), str(ROOT / "cli")))
    return {**kept, "PYTHONPATH": path, "PYTHONWARNINGS": "ignore", **more}


class Assistant:
    """A client that stays connected, in a thread of its own, for tests that are not asynchronous."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect
        self._client: Client | None = None
        self._loop = asyncio.new_event_loop()
        self._done = asyncio.Event()
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._live()), daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._ready.result(60)

    async def _live(self) -> None:
        try:
            async with self._connect() as client:
                self._client = client
                self._ready.set_result(None)
                await self._done.wait()
        except BaseException as error:
            if not self._ready.done():
                self._ready.set_exception(error)
            raise

    @property
    def client(self) -> Client:
        assert self._client is not None
        return self._client

    def run(self, work: Coroutine[Any, Any, Any], timeout: float = 60.0) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def call(self, tool: str, **arguments: Any) -> CallToolResult:
        result: CallToolResult = self.run(self.client.call_tool(tool, arguments))
        return result

    def found(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return what a call that succeeds gives as data."""
        result = self.call(tool, **arguments)
        assert not result.is_error, self.text(result)
        data: dict[str, Any] = result.structured_content
        return data

    def refusal(self, tool: str, **arguments: Any) -> str:
        """Return what a call that fails tells the model, in one line and without a traceback."""
        result = self.call(tool, **arguments)
        assert result.is_error, result.structured_content
        said = self.text(result)
        assert "\n" not in said
        assert "Traceback" not in said
        return said

    @staticmethod
    def text(result: CallToolResult) -> str:
        """Return the text of a result."""
        (block,) = result.content
        found: str = getattr(block, "text", "")
        return found

    def pages(self, tool: str, **arguments: Any) -> Sequence[dict[str, Any]]:
        """Return every page of a result, following its cursor."""
        found = [self.found(tool, **arguments)]
        while found[-1]["cursor"]:
            assert len(found) < 1000
            found.append(self.found(tool, **arguments, cursor=found[-1]["cursor"]))
        return found

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(20)
        self._loop.close()


@contextmanager
def over_stdio(*options: str, **variables: str) -> Iterator[Assistant]:
    """Yield a client that started the command itself."""
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "kgq", "mcp", *options],
        env=environment(**variables),
        cwd=str(ROOT),
    )
    assistant = Assistant(lambda: Client(stdio_client(parameters)))
    assistant.start()
    try:
        yield assistant
    finally:
        assistant.close()


@contextmanager
def serving(*options: str, **variables: str) -> Iterator[str]:
    """Yield the address of a command that listens for HTTP."""
    command = [sys.executable, "-m", "kgq", "mcp", "--http", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(**variables), cwd=ROOT)
    assert process.stdout is not None
    with process, process.stdout:
        try:
            line = process.stdout.readline()
            assert line.startswith("kgq listening on "), line
            yield line.split()[-1]
        finally:
            process.terminate()
            assert process.wait(20) == 0


@contextmanager
def over_http(*options: str) -> Iterator[Assistant]:
    """Yield a client of a command that listens for HTTP."""
    with serving(*options) as address:
        assistant = Assistant(lambda: Client(address))
        assistant.start()
        try:
            yield assistant
        finally:
            assistant.close()


@pytest.fixture(scope="session", params=["stdio", pytest.param("http", marks=pytest.mark.slow)])
def assistant(request: pytest.FixtureRequest) -> Iterator[Assistant]:
    """A client of the built-in graph."""
    options = "--time-limit", "3", "--byte-limit", "16000"
    with (over_stdio if request.param == "stdio" else over_http)(*options) as found:
        yield found


@pytest.fixture(scope="session")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A client of a plain graph of some thousand triples, large enough to be kept in the cache."""
    folder = tmp_path_factory.mktemp("towns")
    (folder / "towns.ttl").write_text(towns_turtle(4_000), encoding="utf-8")
    with over_stdio("-g", str(folder / "towns.ttl"), KGQ_CACHE=str(folder / "cache")) as found:
        yield found


@pytest.fixture(scope="module")
def hasty() -> Iterator[Assistant]:
    """A client of a server that gives a call one second."""
    with over_stdio("--time-limit", "1", "--workers", "2") as assistant:
        assistant.found("ask", question="who bears capex risk")
        yield assistant


@pytest.fixture(scope="module")
def open_address() -> Iterator[str]:
    """The address of a server of the built-in graph."""
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def serve_http() -> Callable[..., AbstractContextManager[str]]:
    """Starts a server and gives its address."""
    return serving


@pytest.fixture(scope="session")
def connect() -> Callable[..., AbstractContextManager[Assistant]]:
    """Starts a server and gives a client of it."""
    return over_stdio


@pytest.fixture(scope="session")
def surroundings() -> Callable[..., dict[str, str]]:
    """The environment that the command runs with."""
    return environment


def towns_turtle(many: int) -> str:
    """Return towns along one road, each with a number of people."""
    head = (
        "@prefix ex: <http://example.com/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        'ex:Town a rdfs:Class ; rdfs:label "town" . ex:people rdfs:label "people" . ex:road rdfs:label "road" .\n'
    )
    lines = (
        f'ex:t{n} a ex:Town ; rdfs:label "Town {_word(n)}" ; ex:people {n * 7 % 1000} ; ex:road ex:t{n + 1} .'
        for n in range(many)
    )
    return head + "\n".join(lines)


def _word(number: int) -> str:
    """Return a name for a number, which no stemmer shortens to that of another."""
    return "".join("bdfgklmnpr"[int(digit)] + "o" for digit in str(number))
