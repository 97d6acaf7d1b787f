"""Real endpoints for the tests: kgq's own, the native oxigraph server, Virtuoso."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

REMOTE = ("kgq", "oxigraph", "virtuoso")
EMBEDDED = ("memory", "disk", "rdflib")
ROOT = Path(__file__).parents[2]
VIRTUOSO_GRAPH = "http://data.example/"
VIRTUOSO_ROWS = 500
_INI = """[Database]
DatabaseFile = {folder}/v.db
ErrorLogFile = {folder}/v.log
LockFile = {folder}/v.lck
TransactionFile = {folder}/v.trx
xa_persistent_file = {folder}/v.pxa
FileExtend = 100
Striping = 0
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/v-temp.db
TransactionFile = {folder}/v-temp.trx
Striping = 0
[Parameters]
ServerPort = {sql}
DisableUnixSocket = 1
ServerThreads = 10
CheckpointInterval = 0
NumberOfBuffers = 4000
MaxDirtyBuffers = 3000
DirsAllowed = {folder}
[HTTPServer]
ServerPort = {http}
ServerRoot = {folder}
ServerThreads = 6
EnabledGzipContent = 1
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = 60
"""


def missing(what: str, remedy: str) -> None:
    """Skip a test for want of a server, visibly; in CI that is a failure."""
    if os.environ.get("KGQ_CI"):
        pytest.fail(f"CI needs {what}: {remedy}")
    pytest.skip(f"needs {what}: {remedy}")


def command(name: str) -> str | None:
    """Return the path of a command, which may lie beside Python or where only root looks."""
    places = (str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin")
    return shutil.which(name, path=os.pathsep.join(places))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 60.0) -> None:
    """Wait until an endpoint answers an ASK."""
    asked = f"{url}{'&' if '?' in url else '?'}query={urllib.parse.quote('ASK {}')}"
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(asked, timeout=5):  # noqa: S310 - on loopback
            return
        time.sleep(0.1)
    raise AssertionError(f"{url} does not come up")


@contextmanager
def running(arguments: list[str], url: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends."""
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}"}
    env.pop("KGQ_GRAPH", None)
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(arguments, stdout=log, stderr=log, cwd=folder, env=env)
    try:
        wait_for(url, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


@contextmanager
def kgq_serve(source: Path | None, folder: Path, *options: str, port: int = 0) -> Iterator[str]:
    """Serve a file, or the built-in graph, with ``kgq serve``; return the endpoint's address."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}/sparql"
    given = [] if source is None else ["-g", str(source)]
    with running([sys.executable, "-m", "kgq", "serve", *given, "--port", str(port), *options], url, folder):
        yield url


@contextmanager
def oxigraph_serve(files: list[Path], folder: Path, *, writable: bool = False) -> Iterator[str]:
    """Serve files with the native oxigraph server."""
    native = command("oxigraph")
    if native is None:
        missing("the native oxigraph server", "pip install oxigraph")
    assert native is not None
    port = free_port()
    store = folder / "store"
    for file in files:
        subprocess.run([native, "load", "-l", str(store), "-f", str(file)], check=True, capture_output=True)
    verb = "serve" if writable or not files else "serve-read-only"
    url = f"http://127.0.0.1:{port}/query"
    with running([native, verb, "-l", str(store), "-b", f"127.0.0.1:{port}"], url, folder):
        yield url


class Virtuoso:
    """A running Virtuoso; each file is loaded into graphs of its own.

    Attributes:
        url: of the endpoint, whose default graph is everything that was loaded, and its own system graphs.
    """

    def __init__(self, url: str, sql: int, folder: Path) -> None:
        self.url = url
        self._sql = sql
        self._folder = folder
        self._count = 0

    def load(self, file: Path) -> str:
        """Load a file and return an address whose default graph is that file.

        Of a file with many graphs that is all that was loaded, so load nothing else beside it.
        """
        self._count += 1
        graph = f"{VIRTUOSO_GRAPH}{self._count}"
        copy = self._folder / f"{self._count}{file.suffix}"
        shutil.copy(file, copy)
        flags = 767 if file.suffix == ".nq" else 255
        self.run(f"DB.DBA.TTLP(file_open('{copy}'),'','{graph}',{flags});")
        return (
            self.url
            if file.suffix == ".nq"
            else f"{self.url}?default-graph-uri={urllib.parse.quote(graph, safe='')}"
        )

    def run(self, text: str) -> None:
        """Run SQL as the administrator."""
        isql = command("isql-vt") or command("isql-v") or "isql-vt"
        done = subprocess.run(
            [isql, str(self._sql), "dba", "dba"], input=text, capture_output=True, text=True, check=True
        )
        assert "Error" not in done.stdout + done.stderr, done.stdout + done.stderr


@contextmanager
def virtuoso_serve(folder: Path) -> Iterator[Virtuoso]:
    """Run Virtuoso on free ports, with few rows an answer, so that everything has to be asked for in pages."""
    native = command("virtuoso-t")
    if native is None:
        missing("Virtuoso", "apt-get install virtuoso-opensource-7-bin")
    assert native is not None
    http, sql = free_port(), free_port()
    ini = folder / "virtuoso.ini"
    ini.write_text(_INI.format(folder=folder, http=http, sql=sql, rows=VIRTUOSO_ROWS), encoding="ascii")
    url = f"http://127.0.0.1:{http}/sparql"
    with running([native, "+configfile", str(ini), "+foreground"], url, folder):
        yield Virtuoso(url, sql, folder)
