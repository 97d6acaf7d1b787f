"""Cold start: one question or query as a whole process, against others; and the start of every command."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.measuring import AS_INSTALLED, Taken, in_turn, middle, run
from bench.results import Curve, Result, Table
from bench.workplace import Workplace

__all__ = ["measure"]

_QUERY = "SELECT ?l WHERE { <http://example.com/Company/7> <http://www.w3.org/2000/01/rdf-schema#label> ?l }"
_RDFLIB = (
    "import sys, rdflib; g = rdflib.Graph(); g.parse(sys.argv[1], format='nt'); print(list(g.query(sys.argv[2])))"
)
_ENGINE = (
    "import sys, pyoxigraph as o; s = o.Store(); s.load(path=sys.argv[1], format=o.RdfFormat.N_TRIPLES);"
    "print(list(s.query(sys.argv[2])))"
)
_COMMANDS: dict[str, list[str]] = {
    "--help": ["--help"],
    "query": ["query", "who bears capex risk"],
    "query --format json": ["query", "--format", "json", "who bears capex risk"],
    "vocabulary": ["vocabulary"],
    "search": ["search", "debt"],
    "show": ["show", "CoreWeave"],
    "claims": ["claims", "--kind", "inferred"],
    "explain": ["explain", "F090"],
    "cite": ["cite", "F090"],
    "stats": ["stats"],
    "map": ["map", "CoreWeave", "-o", "OUT/map.html"],
    "path": ["path", "Apple", "lenders"],
    "compare": ["compare", "hyperscalers", "merchants"],
    "network": ["network"],
    "conflicts": ["conflicts"],
    "risk": ["risk"],
    "report": ["report", "-o", "OUT/report.html"],
    "check": ["check"],
    "export --format trig": ["export", "--format", "trig"],
    "export --format graphml": ["export", "--format", "graphml"],
    "test": ["test"],
    "completion": ["completion", "fish"],
}


_FEW = ("--help", "query", "show", "explain", "map", "path")


def measure(place: Workplace, rounds: int, *, few: bool) -> Result:
    """Start everything in turn; of the commands only a few, if so asked."""
    result = Result(
        "start", "Cold start",
        "Whole processes in turn, medians. The ratio is that of CPU time to a Python that does no more than"
        " `import rdflib` in the same turn: below 1.0 is quicker. kgq is started as it is installed, by its script.",
        missing=place.peers.absent("oxigraph", "jena", "comunica", "roqet"),
    )  # fmt: skip
    file = place.graph(2_000)
    with tempfile.TemporaryDirectory() as folder:
        one = Table(
            f"One query over a file of {sum(1 for _ in file.open()):,} triples",
            ["process", "CPU ms", "wall ms", "peak MB", "ratio of CPU", "ratio of wall"],
        )
        _fill(one, in_turn(_working(_peers(place, file), result), rounds))
        every = Table(
            "Every command, on the built-in graph",
            ["kgq …", "CPU ms", "wall ms", "peak MB", "ratio of CPU", "ratio of wall"],
        )
        works: dict[str, Callable[[], Taken]] = {"(import rdflib)": _python("import rdflib")}
        for name, arguments in _COMMANDS.items():
            if few and name not in _FEW:
                continue
            works[name] = _kgq(*(word.replace("OUT", folder) for word in arguments))
        _fill(every, in_turn(works, rounds if few else max(3, rounds // 3)))
    result.tables += [one, every]
    bars = {row[0]: row[1] for row in one.rows}
    result.curves.append(Curve("Cold start, ms of CPU", "", "ms", {"CPU": list(bars.items())}, "start"))
    return result


def _kgq(*arguments: str | Path) -> Callable[[], Taken]:
    command = Path(sys.executable).with_name("kgq")
    return lambda: run([command, *arguments], check=False, env=AS_INSTALLED)


def _python(code: str, *arguments: str | Path) -> Callable[[], Taken]:
    return lambda: run([sys.executable, "-c", code, *arguments], env=AS_INSTALLED)


def _peers(place: Workplace, file: Path) -> dict[str, Callable[[], Taken]]:
    peers = place.peers
    works: dict[str, Callable[[], Taken]] = {
        "(import rdflib)": _python("import rdflib"),
        "python alone": _python("pass"),
        "kgq, English question, built-in graph": _kgq("query", "who bears capex risk"),
        "kgq, SPARQL on the file": _kgq("-g", file, "query", _QUERY),
        "pyoxigraph, script": _python(_ENGINE, file, _QUERY),
        "rdflib, script": _python(_RDFLIB, file, _QUERY),
    }
    if peers.oxigraph:
        store = place.oxigraph_store(2_000)[0]
        tail = ["--query", _QUERY, "--results-format", "csv"]
        works["oxigraph query, on a store"] = lambda: run([peers.oxigraph, "query", "-l", store, *tail])
    if peers.roqet:
        works["roqet (rasqal)"] = lambda: run([peers.roqet, "-q", "-e", _QUERY, "-D", file], check=False)
    if peers.jena:
        works["Jena arq"] = lambda: run([*peers.jena, "--data", file, _QUERY])
    if peers.comunica:
        works["comunica-sparql-file"] = lambda: run([peers.comunica, file, _QUERY])
    return works


def _working(works: dict[str, Callable[[], Taken]], result: Result) -> dict[str, Callable[[], Taken]]:
    """Leave out what is installed and does not start, and say so."""
    found = {}
    for name, work in works.items():
        try:
            work()
            found[name] = work
        except (RuntimeError, OSError) as error:
            result.missing.append(f"{name}: installed, and fails ({str(error)[-40:]})")
    return found


def _fill(table: Table, found: dict[str, list[Taken]]) -> None:
    base = found["(import rdflib)"]
    for name, several in found.items():
        seen = middle(several)
        cpu = statistics.median(a.cpu / b.cpu for a, b in zip(several, base, strict=True))
        wall = statistics.median(a.wall / b.wall for a, b in zip(several, base, strict=True))
        table.rows.append([name, 1e3 * seen.cpu, 1e3 * seen.wall, seen.memory, cpu, wall])
