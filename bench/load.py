"""Load: from a file of N-Triples to a store that answers, against those who do the same."""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Callable

from bench.measuring import Taken, in_turn, middle, run, size_of
from bench.results import Curve, Result, Table
from bench.workplace import Workplace

__all__ = ["measure"]

_MEMORY = "import sys, pyoxigraph as o; s = o.Store(); s.load(path=sys.argv[1], format=o.RdfFormat.N_TRIPLES)"
_KGQ_MEMORY = "import sys, kg; kg.open_graph(sys.argv[1], cache=False)"
_RDFLIB = "import sys, rdflib; rdflib.Graph().parse(sys.argv[1], format='nt')"


def measure(place: Workplace, sizes: list[int], rounds: int, *, rdflib_to: int) -> Result:
    """Load each size with each, in turn."""
    result = Result(
        "load", "Load",
        "A file of N-Triples into an empty store, as whole processes. On disk both put their files in order at the"
        " end (`kgq load --default-graph`, `oxigraph load` and `oxigraph optimize`). A named graph, where `kgq load` puts"
        " a file when nothing is said, has twice as many indexes. The rate is triples a second of CPU; below 1.0 in the"
        " last column is slower than the native command on the same kind of graph (goal ≥ 0.9).",
        missing=place.peers.absent("oxigraph", "virtuoso"),
    )  # fmt: skip
    curve = Curve("CPU seconds to load", "triples", "seconds", name="load")
    for size in sizes:
        table = Table(
            f"{size:,} triples",
            ["into", "wall s", "CPU s", "triples / CPU s", "peak MB", "disk MB", "CPU against native"],
        )
        once = rounds if size < 5_000_000 else 1
        found = _loads(place, size, once, with_rdflib=size <= rdflib_to)
        for name, several in found.items():
            seen = middle(several)
            folder = place.place(size, _FOLDERS.get(name, "none"))
            native = found.get("oxigraph, named graph" if "named" in name else "oxigraph, disk", [])
            ratio = None
            if native and name in _FOLDERS and "oxigraph" not in name:
                ratio = statistics.median(b.cpu / a.cpu for a, b in zip(several, native, strict=False))
            disk = size_of(folder) if folder.is_dir() else None
            table.rows.append([name, seen.wall, seen.cpu, size / seen.cpu, seen.memory, disk, ratio])
            curve.series.setdefault(name, []).append((size, seen.cpu))
        result.tables.append(table)
        for name in ("kgq named", "oxigraph named"):  # no other part asks them
            shutil.rmtree(place.place(size, name), ignore_errors=True)
    result.curves.append(curve)
    return result


_FOLDERS = {
    "kgq, disk": "kgq", "oxigraph, disk": "oxigraph", "Virtuoso": "virtuoso",
    "kgq, named graph": "kgq named", "oxigraph, named graph": "oxigraph named",
}  # fmt: skip
"""Where lies what is loaded onto a disk."""


def _loads(place: Workplace, size: int, rounds: int, *, with_rdflib: bool) -> dict[str, list[Taken]]:
    file = place.graph(size)
    works: dict[str, Callable[[], Taken]] = {
        "kgq, disk": lambda: _of(place.kgq_store(size, anew=True)[1]),
        "kgq, named graph": lambda: _of(place.kgq_store(size, anew=True, named=True)[1]),
    }
    if place.peers.oxigraph:
        works["oxigraph, disk"] = lambda: _of(place.oxigraph_store(size, anew=True)[1])
        works["oxigraph, named graph"] = lambda: _of(place.oxigraph_store(size, anew=True, named=True)[1])
    works["kgq, memory"] = lambda: run([sys.executable, "-c", _KGQ_MEMORY, file])
    works["pyoxigraph, memory"] = lambda: run([sys.executable, "-c", _MEMORY, file])
    if with_rdflib:
        works["rdflib, memory"] = lambda: run([sys.executable, "-c", _RDFLIB, file])
    found = {name: [work()] for name, work in works.items()} if rounds == 1 else in_turn(works, rounds)
    if place.peers.virtuoso:
        with place.virtuoso(size, anew=True) as (_, _, taken):
            found["Virtuoso"] = [_of(taken)]
    return found


def _of(taken: Taken | None) -> Taken:
    assert taken is not None  # noqa: S101 - it was done anew
    return taken
