"""Graphs of each size and the stores made of them, kept in a folder from one part of the bench to the next."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.graph import write_graph
from bench.measuring import ENV, Taken, run

__all__ = ["VIRTUOSO_GRAPH", "Peers", "Workplace", "free_port", "serving"]

VIRTUOSO_GRAPH = "http://example.com/graph"
_INI = """[Database]
DatabaseFile = {folder}/v.db
ErrorLogFile = {folder}/v.log
LockFile = {folder}/v.lck
TransactionFile = {folder}/v.trx
xa_persistent_file = {folder}/v.pxa
FileExtend = 200
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
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
DirsAllowed = {data}
[HTTPServer]
ServerPort = {http}
ServerRoot = {folder}
ServerThreads = 6
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 600
"""


class Peers:
    """The programs of others, where they are; empty where they are not.

    Attributes:
        npm: the folder in which packages of npm are looked for.
    """

    def __init__(self, npm: Path) -> None:
        beside = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}:/usr/sbin"
        self.npm = npm
        self.oxigraph = shutil.which("oxigraph", path=beside) or ""
        self.rdflib_endpoint = shutil.which("rdflib-endpoint", path=beside) or ""
        self.virtuoso = shutil.which("virtuoso-t", path=beside) or ""
        self.isql = shutil.which("isql-vt", path=beside) or shutil.which("isql-v", path=beside) or ""
        comunica = npm / "node_modules" / ".bin" / "comunica-sparql-file"
        self.comunica = str(comunica) if comunica.is_file() else shutil.which("comunica-sparql-file") or ""
        self.roqet = shutil.which("roqet") or ""
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
        for command in (
            [sys.executable, "-m", "pip", "install", "-q", "oxigraph", "rdflib-endpoint", "matplotlib"],
            [*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *debian],
            ["npm", "install", "--silent", "--prefix", str(self.npm), "@comunica/query-sparql-file@4"],
        ):
            if shutil.which(command[0]):
                subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        self.__init__(self.npm)  # type: ignore[misc]


class Workplace:
    """A folder of graphs and stores by size."""

    def __init__(self, folder: Path, peers: Peers) -> None:
        self.folder = folder
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

    def kgq_store(self, triples: int, *, anew: bool = False) -> tuple[Path, Taken | None]:
        """Return the graph of a size as a store of kgq, and what loading took if it was loaded now."""
        store, file = self.place(triples, "kgq"), self.graph(triples)
        if store.is_dir() and not anew:
            return store, None
        shutil.rmtree(store, ignore_errors=True)
        kgq = [sys.executable, "-m", "kgq", "-q", "-g", store, "load", file, "--no-index", "--default-graph"]
        return store, run(kgq)

    def oxigraph_store(self, triples: int, *, anew: bool = False) -> tuple[Path, Taken | None]:
        """Return the graph of a size as a store of the native command, put in order as kgq's is."""
        store, file = self.place(triples, "oxigraph"), self.graph(triples)
        if store.is_dir() and not anew:
            return store, None
        shutil.rmtree(store, ignore_errors=True)
        load = run([self.peers.oxigraph, "load", "-l", store, "-f", file])
        order = run([self.peers.oxigraph, "optimize", "-l", store])
        return store, Taken(load.wall + order.wall, load.cpu + order.cpu, max(load.memory, order.memory))

    @contextmanager
    def virtuoso(self, triples: int, *, anew: bool = False) -> Iterator[tuple[str, int, Taken | None]]:
        """Run Virtuoso over the graph of a size; give its address, its process, what loading took."""
        folder, file = self.place(triples, "virtuoso"), self.graph(triples)
        fresh = anew or not (folder / "loaded").is_file()
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        http, sql = free_port(), free_port()
        ini = folder / "virtuoso.ini"
        ini.write_text(_INI.format(folder=folder, data=file.parent, http=http, sql=sql), encoding="ascii")
        command = [self.peers.virtuoso, "+configfile", str(ini), "+foreground"]
        url = f"http://127.0.0.1:{http}/sparql"
        with serving(command, url) as pid:
            taken = None
            if fresh:
                taken = self._fill(sql, pid, file)
                (folder / "loaded").write_text("", encoding="ascii")
            yield f"{url}?default-graph-uri={urllib.parse.quote(VIRTUOSO_GRAPH, safe='')}", pid, taken

    def _fill(self, sql: int, pid: int, file: Path) -> Taken:
        from bench.measuring import cpu_of_tree

        begun, cpu = time.perf_counter(), cpu_of_tree(pid)
        text = f"ld_dir('{file.parent}', '{file.name}', '{VIRTUOSO_GRAPH}');\nrdf_loader_run();\ncheckpoint;\n"
        subprocess.run(
            [self.peers.isql, str(sql), "dba", "dba"], input=text, check=True, capture_output=True, text=True
        )
        return Taken(time.perf_counter() - begun, cpu_of_tree(pid) - cpu, _resident(pid))


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: list[str], url: str, patience: float = 240) -> Iterator[int]:
    """Run a server until the block ends; give its process once it answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENV)
    try:
        end = time.monotonic() + patience
        query = urllib.parse.urlencode({"query": "ASK { ?s ?p ?o }"})
        while True:
            try:
                urllib.request.urlopen(f"{url}?{query}", timeout=30).close()  # noqa: S310 - our own address
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"{command[0]} did not come up") from None
                time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
