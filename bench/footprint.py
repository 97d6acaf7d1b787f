"""What is installed and how large it is, and the memory that starting and serving take."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires
from pathlib import Path

from bench.measuring import ENV, memory_of_tree
from bench.results import Result, Table
from bench.servers import free_port, running
from bench.workplace import Workplace

__all__ = ["closure", "measure"]

_PEAK = "print(next(l for l in open('/proc/self/status') if l.startswith('VmHWM')).split()[1])"
_RUNS = {
    "python alone": "pass",
    "import rdflib": "import rdflib",
    "kgq query, built-in graph": "from kgq.main import main; main(['query', 'who bears capex risk'])",
    "import kg; open_graph()": "import kg; kg.open_graph().query('who bears capex risk')",
    "100 k triples in memory, pyoxigraph": "import pyoxigraph as o; s = o.Store(); s.load(path='FILE', format=o.RdfFormat.N_TRIPLES)",
    "100 k triples in memory, kgq": "import kg; g = kg.open_graph('FILE', cache=False)",
    "100 k triples in memory, rdflib": "import rdflib; g = rdflib.Graph(); g.parse('FILE', format='nt')",
}
_EXTRAS = ("", "tables", "documents", "mcp", "llm", "all")


def measure(place: Workplace) -> Result:
    """Count megabytes."""
    result = Result(
        "footprint", "Memory and size",
        "Peak resident memory of a process; megabytes of packages with all that they require, as they are installed here.",
        missing=place.peers.absent("comunica"),
    )  # fmt: skip
    memory = Table("Memory", ["process", "peak MB"])
    file = str(place.graph(100_000))
    for name, code in _RUNS.items():
        text = f"{code.replace('FILE', file)}\n{_PEAK}"
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True, env=ENV)
        memory.rows.append([name, int(done.stdout.split()[-1]) / 1024])
    memory.rows.append(["kgq serve, built-in graph, all its processes (PSS)", _serving()])
    sizes = Table("Installed", ["package", "packages", "MB", "MB more than kgq alone"])
    alone = closure("kgq")
    for extra in _EXTRAS:
        found = closure("kgq", extra)
        own = sum(found.values())
        lacking = " (some parts are not installed here)" if "" in found else ""
        sizes.rows.append(
            [f"kgq[{extra}]{lacking}" if extra else "kgq", len(found), own, own - sum(alone.values())]
        )
    for name in ("rdflib", "pyoxigraph", "oxigraph", "rdflib-endpoint", "pyvis"):
        found = closure(name)
        sizes.rows.append([name, len(found), sum(found.values()), None])
    if place.peers.comunica:
        modules = place.peers.npm / "node_modules"
        size = (
            sum(path.stat().st_size for path in modules.rglob("*") if path.is_file() and not path.is_symlink())
            / 1e6
        )
        sizes.rows.append(["@comunica/query-sparql-file", len(list(modules.iterdir())), size, None])
    result.tables += [memory, sizes]
    return result


def closure(name: str, extra: str = "") -> dict[str, float]:
    """Return the MB of a package and of all that it requires, by name; '' stands for what is not installed."""
    found: dict[str, float] = {}
    wanted = [(name, extra)]
    while wanted:
        package, extras = wanted.pop()
        key = re.sub(r"[-_.]+", "-", package).lower()
        if key in found and not extras:
            continue
        try:
            found[key] = found.get(key) or _megabytes(distribution(package))
            wanted += list(_required(package, extras))
        except PackageNotFoundError:
            found[""] = 0.0
    return found


def _required(package: str, extras: str) -> list[tuple[str, str]]:
    from packaging.requirements import Requirement

    found = []
    for text in requires(package) or ():
        requirement = Requirement(text)
        asked = [""] if not extras else ["", *extras.split(",")]
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": each}) for each in asked):
            found.append((requirement.name, ",".join(requirement.extras)))
    return found


def _megabytes(found: Distribution) -> float:
    if found.metadata["Name"] == "kgq":  # an editable install lists no files
        root = Path(__file__).resolve().parents[1]
        parts = [path for name in ("kg", "cli/kgq", "ontology") for path in (root / name).rglob("*")]
        return sum(path.stat().st_size for path in parts if path.is_file()) / 1e6
    files = [Path(str(found.locate_file(file))) for file in found.files or ()]
    return sum(path.stat().st_size for path in files if path.is_file()) / 1e6


def _serving() -> float:
    port = free_port()
    command = [sys.executable, "-m", "kgq", "serve", "--port", str(port)]
    url = f"http://127.0.0.1:{port}/sparql"
    with tempfile.TemporaryDirectory() as folder, running(command, url, Path(folder)) as process:
        return memory_of_tree(process.pid)
