"""What several tests stand on: the small graph with claims, the command run in this process or on a terminal."""

from __future__ import annotations

import gc
import io
import json
import os
import select
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from pyoxigraph import RdfFormat

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DATA = Path(__file__).parent / "data"

# A machine that is busy elsewhere is no defect of an example.
settings.register_profile("everyday", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("full", settings.get_profile("everyday"), max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "everyday"))

gc.disable()  # all that is imported and collected stays; looking through it again and again is a third of the time


def pytest_collection_finish() -> None:
    """Begin to collect garbage, leaving out what is there already."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run the tests of a file in one process, where there are several: what they share is then made once."""
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    return LoadFileScheduling(config, log) if config.getoption("dist") == "load" else None


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep every test out of the cache, the words and the history of whoever runs it."""
    place = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KGQ_CACHE", str(place / "cache"))
        patch.setenv("KGQ_HISTORY", str(place / "history"))
        patch.setenv("XDG_DATA_HOME", str(place / "data"))
        for name in ("KGQ_LEXICON", "KGQ_CACHE_SIZE"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Let what the tests start be interrupted, also where they run in a background that ignores Ctrl-C."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def claims_file() -> Path:
    """The hand-written graph with stated, inferred and background claims."""
    return DATA / "claims.trig"


@pytest.fixture(scope="session")
def claims_dataset(claims_file: Path) -> Dataset:
    """That graph, in the embedded engine."""
    engine = OxigraphEngine()
    engine.store.load(path=str(claims_file), format=RdfFormat.TRIG)
    return Dataset(engine)


@dataclass(frozen=True)
class Result:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Run:
    """Run ``kgq`` in this process, in an empty folder, with no settings from outside."""
    from kgq.main import main

    for name in ("GRAPH", "FORMAT", "LANG", "INCLUDE", "TIME_LIMIT", "ROW_LIMIT", "SOURCE", "QUIET", "VERBOSE"):
        monkeypatch.delenv(f"KGQ_{name}", raising=False)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run(*arguments: str | Path, stdin: str | bytes = b"") -> Result:
        data = stdin.encode("utf-8") if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        capfdbinary.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capfdbinary.readouterr()
        return Result(code, captured.out.decode("utf-8"), captured.err.decode("utf-8"))

    return run


class Terminal:
    """``kgq`` on a pseudo-terminal: what a person types and sees."""

    def __init__(self, *arguments: str, env: dict[str, str] | None = None) -> None:
        import pty

        self.seen = ""
        self.pid, self._handle = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "100", **(env or {})})
            os.execv(sys.executable, [sys.executable, "-m", "kgq", *arguments])  # noqa: S606 - our own command

    def expect(self, text: str, seconds: float = 20.0) -> str:
        """Wait until a text shows, and return what stood before it."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            ready, _, _ = select.select([self._handle], [], [], max(0.0, end - time.monotonic()))
            chunk = self._read() if ready else b""
            if not chunk:
                raise AssertionError(f"{text!r} does not show; seen: {self.seen!r}")
            self.seen += chunk.decode("utf-8", "replace")
        before, _, self.seen = self.seen.partition(text)
        return before

    def _read(self) -> bytes:
        try:
            return os.read(self._handle, 65536)
        except OSError:  # Linux says so where the other end is closed
            return b""

    def type(self, text: str) -> None:
        """Type a text as it is; end it with a line break to send it."""
        time.sleep(0.15)  # no person is faster; readline does not notice a signal that comes while it draws
        os.write(self._handle, text.encode("utf-8"))

    def finish(self, seconds: float = 20.0) -> tuple[int, str]:
        """Wait for the end, and return the exit code and what was seen last."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            ready, _, _ = select.select([self._handle], [], [], max(0.0, end - time.monotonic()))
            chunk = self._read() if ready else b""
            if not chunk:
                break
            self.seen += chunk.decode("utf-8", "replace")
        os.close(self._handle)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status), self.seen


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Terminal]:
    """Start ``kgq`` on a terminal, in an empty folder; ``env`` adds to the environment."""
    pytest.importorskip("pty")
    for name in ("GRAPH", "FORMAT", "LANG", "INCLUDE", "QUIET", "VERBOSE"):
        monkeypatch.delenv(f"KGQ_{name}", raising=False)
    root = Path(__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(root), str(root / "cli")]))
    monkeypatch.setenv("KGQ_LEXICON", str(tmp_path / "own.ttl"))
    monkeypatch.setenv("KGQ_HISTORY", str(tmp_path / "history"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return Terminal


Respond = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


class ChatServer:
    """A server that speaks the chat-completions protocol and replies as it is told.

    Attributes:
        requests: what it was sent: path, headers, body.
        reply: what it does with a request.
    """

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.says({"synonyms": [{"word": "gobbles", "term": "aii:buys"}], "reading": None, "question": None})
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                with suppress(OSError):  # the client had enough
                    outer.reply(self, body)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @staticmethod
    def completion(content: Any) -> bytes:
        """Return a reply of the protocol with this content, as servers send it."""
        text = content if isinstance(content, str) or content is None else json.dumps(content)
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return json.dumps({"id": "c1", "object": "chat.completion", "model": "m", "choices": [choice]}).encode()

    @staticmethod
    def send(handler: BaseHTTPRequestHandler, data: bytes, status: int = 200, **headers: str) -> None:
        """Send a response; an underscore in a header's name stands for a hyphen."""
        handler.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
            **headers,
        }.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    def says(self, content: Any) -> None:
        """Reply with this content from now on."""
        self.replies(self.completion(content))

    def replies(self, data: bytes, status: int = 200, **headers: str) -> None:
        """Send these bytes from now on."""
        self.reply: Respond = lambda handler, _: self.send(handler, data, status, **headers)

    def close(self) -> None:
        """Stop; a second time does no harm."""
        if self._thread.is_alive():
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """A language model's server on this machine."""
    running = ChatServer()
    yield running
    running.close()


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. CI must have it; elsewhere its tests are skipped, and said to be."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None  # type: ignore[assignment]
    if CHROMIUM is None or sync_playwright is None:
        if os.environ.get("KGQ_CI"):
            pytest.fail("CI needs Chromium and Playwright: apt-get install chromium, pip install playwright")
        pytest.skip("needs Chromium and Playwright: apt-get install chromium, pip install playwright")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()
