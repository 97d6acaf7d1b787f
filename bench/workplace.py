"""Graphs of each size and the stores made of them, kept in a folder from one part of the bench to the next."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.graph import BASE, write_graph
from bench.measuring import Taken, cpu_of_tree, peak_memory, run
from bench.servers import ISQL, command, free_port, isql, running, virtuoso

__all__ = ["PATIENCE", "Peers", "Workplace"]

VIRTUOSO_GRAPH = f"{BASE}graph"
PATIENCE = 240.0
"""Seconds until a server has to answer: a peer may parse for minutes on a busy machine."""


class Peers:
    """The programs of others, where they are; empty where they are not.

    Attributes:
        npm: the folder in which packages of npm are looked for.
    """

    def __init__(self, npm: Path) -> None:
        self.npm = npm
        self.oxigraph = command("oxigraph")
        self.rdflib_endpoint = command("rdflib-endpoint")
        self.virtuoso = command("virtuoso-t") if command(*ISQL) else ""
        comunica = npm / "node_modules" / ".bin" / "comunica-sparql-file"
        self.comunica = str(comunica) if comunica.is_file() else command("comunica-sparql-file")
        self.roqet = command("roqet")
        self.chromium = command("chromium", "google-chrome")
        self.jena = self._jena()

    @staticmethod
    def _jena() -> list[str]:
        if shutil.which("arq"):
            return ["arq"]
        jars = Path("/usr/share/java")
        if shutil.which("java") and (jars / "jena-arq.jar").is_file():
            wanted = (
                "jena-",
                "commons-",
                "thrift",
                "xercesImpl",
                "xml-apis",
                "caffeine",
                "guava",
                "jackson-",
                "gson",
                "protobuf",
                "slf4j-api",
                "slf4j-nop",
            )
            names = sorted(str(jar) for jar in jars.glob("*.jar") if jar.name.startswith(wanted))
            return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", ":".join(names), "arq.arq"]
        return []

    def absent(self, *names: str) -> list[str]:
        """Return those that are not here, with how to get them."""
        remedy = {
            "oxigraph": "pip install oxigraph", "virtuoso": "apt-get install virtuoso-opensource-7-bin",
            "jena": "apt-get install libapache-jena-java", "rdflib_endpoint": "pip install rdflib-endpoint",
            "chromium": "apt-get install chromium",
            "comunica": f"npm install --prefix {self.npm} @comunica/query-sparql-file@4", "roqet": "apt-get install rasqal-utils",
        }  # fmt: skip
        return [f"{name} ({remedy[name]})" for name in names if not getattr(self, name)]

    def install(self) -> None:
        """Install all that registries have; what fails is missing afterwards, and reported so."""
        root = [] if os.geteuid() == 0 else ["sudo"]
        debian = (
            "virtuoso-opensource-7-bin",
            "libapache-jena-java",
            "libthrift-java",
            "rasqal-utils",
            "default-jre-headless",
        )
        for arguments in (
            [sys.executable, "-m", "pip", "install", "-q", "oxigraph", "rdflib-endpoint", "matplotlib"],
            [*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *debian],
            ["npm", "install", "--silent", "--prefix", str(self.npm), "@comunica/query-sparql-file@4"],
        ):
            if shutil.which(arguments[0]):
                subprocess.run(arguments, check=False, stdout=subprocess.DEVNULL)
        self.__init__(self.npm)  # type: ignore[misc]


class Workplace:
    """A folder of graphs and stores by size."""

    def __init__(self, folder: Path, peers: Peers) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self.peers = peers

    def place(self, triples: int, name: str) -> Path:
        """Return where something of a size lies."""
        found = self.folder / f"{triples}" / name
        found.parent.mkdir(parents=True, exist_ok=True)
        return found

    def graph(self, triples: int) -> Path:
        """Return the graph of a size as N-Triples, written now if it is not there."""
        path = self.place(triples, "data.nt")
        told = path.with_name("told.json")
        if not told.is_file():
            told.write_text(json.dumps(write_graph(path, triples)), encoding="utf-8")
        return path

    def told(self, triples: int) -> list[dict[str, str]]:
        """Return names in the graph of a size."""
        self.graph(triples)
        found: list[dict[str, str]] = json.loads(self.place(triples, "told.json").read_text(encoding="utf-8"))
        return found

    def kgq_store(self, triples: int, *, anew: bool = False, named: bool = False) -> tuple[Path, Taken | None]:
        """Return the graph of a size as a store of kgq, and what loading took if it was loaded now.

        Args:
            triples: the size.
            anew: whether to load it even if it is there.
            named: whether in a named graph, as ``kgq load`` does when nothing is said, or in the default graph.
        """
        store, file = self.place(triples, "kgq named" if named else "kgq"), self.graph(triples)
        if store.is_dir() and not anew:
            return store, None
        shutil.rmtree(store, ignore_errors=True)
        kgq = [sys.executable, "-m", "kgq", "-q", "-g", store, "load", file, "--no-index"]
        return store, run(kgq if named else [*kgq, "--default-graph"])

    def oxigraph_store(
        self, triples: int, *, anew: bool = False, named: bool = False
    ) -> tuple[Path, Taken | None]:
        """Return the graph of a size as a store of the native command, put in order as kgq's is; see there."""
        store, file = self.place(triples, "oxigraph named" if named else "oxigraph"), self.graph(triples)
        if store.is_dir() and not anew:
            return store, None
        shutil.rmtree(store, ignore_errors=True)
        graph = ["--graph", f"{BASE}graph"] if named else []
        load = run([self.peers.oxigraph, "load", "-l", store, "-f", file, *graph])
        order = run([self.peers.oxigraph, "optimize", "-l", store])
        return store, Taken(load.wall + order.wall, load.cpu + order.cpu, max(load.memory, order.memory))

    @contextmanager
    def oxigraph(self, triples: int) -> Iterator[tuple[str, int]]:
        """Run the native oxigraph server over the graph of a size; give its address and its process."""
        store, port = self.oxigraph_store(triples)[0], free_port()
        url = f"http://127.0.0.1:{port}/query"
        arguments = [self.peers.oxigraph, "serve-read-only", "-l", str(store), "-b", f"127.0.0.1:{port}"]
        with running(arguments, url, self.folder, patience=PATIENCE) as process:
            yield url, process.pid

    @contextmanager
    def virtuoso(self, triples: int, *, anew: bool = False) -> Iterator[tuple[str, int, Taken | None]]:
        """Run Virtuoso over the graph of a size; give its address, its process, what loading took."""
        folder, file = self.place(triples, "virtuoso"), self.graph(triples)
        fresh = anew or not (folder / "loaded").is_file()
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        with virtuoso(folder, data=file.parent, buffers=170_000, seconds=600, patience=PATIENCE) as (
            url,
            sql,
            process,
        ):
            taken = None
            if fresh:
                taken = _fill(sql, process.pid, file)
                (folder / "loaded").write_text("", encoding="ascii")
            yield f"{url}?default-graph-uri={urllib.parse.quote(VIRTUOSO_GRAPH, safe='')}", process.pid, taken


def _fill(sql: int, pid: int, file: Path) -> Taken:
    begun, cpu = time.perf_counter(), cpu_of_tree(pid)
    isql(sql, f"ld_dir('{file.parent}', '{file.name}', '{VIRTUOSO_GRAPH}');\nrdf_loader_run();\ncheckpoint;\n")
    return Taken(time.perf_counter() - begun, cpu_of_tree(pid) - cpu, peak_memory(pid))
