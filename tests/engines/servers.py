"""Real endpoints for the tests: kgq's own, the native oxigraph server, Virtuoso."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from bench.servers import command, free_port, isql, running, virtuoso

REMOTE = ("kgq", "oxigraph", "virtuoso")
EMBEDDED = ("memory", "disk", "rdflib")
ROOT = Path(__file__).parents[2]
VIRTUOSO_GRAPH = "http://data.example/"
VIRTUOSO_ROWS = 500


def missing(what: str, remedy: str) -> NoReturn:
    """Skip a test for want of a server, visibly; in CI that is a failure."""
    if os.environ.get("KGQ_CI"):
        pytest.fail(f"CI needs {what}: {remedy}")
    pytest.skip(f"needs {what}: {remedy}")


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
    if not native:
        missing("the native oxigraph server", "pip install oxigraph")
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
        isql(self._sql, text)


@contextmanager
def virtuoso_serve(folder: Path) -> Iterator[Virtuoso]:
    """Run Virtuoso on free ports, with few rows an answer, so that everything has to be asked for in pages."""
    if not command("virtuoso-t"):
        missing("Virtuoso", "apt-get install virtuoso-opensource-7-bin")
    with virtuoso(folder, rows=VIRTUOSO_ROWS) as (url, sql, _):
        yield Virtuoso(url, sql, folder)
