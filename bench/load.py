"""How fast files get into a store: `kgq load` against the native `oxigraph load`, in turn, in one run.

The graph is that of bench/graph.py. Wall time, CPU and peak memory are
those of the whole process. kgq gives a source a named graph, for which the engine keeps six indexes; the default
graph has three. So like is compared with like: a named graph with a named graph (`oxigraph load --graph`), the
default graph (`kgq load --default-graph`) with the default graph; and "in order" is `kgq load` as it is, which
puts the files in order too, with `oxigraph load --graph` and `oxigraph optimize`. Ratios are rates: ours over
native, 1.0 is as fast.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.graph import graph_lines

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Taken:
    """What a process took.

    Attributes:
        wall: seconds.
        cpu: seconds.
        memory: MB at the most.
    """

    wall: float
    cpu: float
    memory: float


def timed(*command: str | Path) -> Taken:
    """Run a command to its end and return what it took."""
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}"}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return Taken(time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, _megabytes(usage))


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024 if sys.platform == "linux" else usage.ru_maxrss / 1024**2


def size(folder: Path) -> float:
    """Return the MB of a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def measure(file: Path, folder: Path, oxigraph: str, rounds: int, kinds: list[str]) -> dict[str, list[Taken]]:
    """Load a file with both, in turn, into a named graph and into the default graph."""
    kgq = [sys.executable, "-m", "kgq", "-q", "-g", folder / "store", "load", file, "--no-index"]
    native = [oxigraph, "load", "-l", folder / "native", "-f", file]
    named = [*native, "--graph", "http://example.com/graph"]
    commands: dict[str, list[str | Path]] = {
        "default: oxigraph": native,
        "default: kgq": [*kgq, "--default-graph", "--no-optimize"],
        "named: oxigraph": named,
        "named: kgq": [*kgq, "--no-optimize"],
        "in order: oxigraph": named,
        "in order: kgq": kgq,
    }
    commands = {name: command for name, command in commands.items() if name.partition(":")[0] in kinds}
    found: dict[str, list[Taken]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            place = folder / ("store" if "kgq" in name else "native")
            shutil.rmtree(place, ignore_errors=True)
            took = timed(*command)
            if name == "in order: oxigraph":
                more = timed(oxigraph, "optimize", "-l", place)
                took = Taken(took.wall + more.wall, took.cpu + more.cpu, max(took.memory, more.memory))
            found[name].append(took)
            print(f"  {name:18} {found[name][-1].wall:8.1f} s, {size(place):,.0f} MB on disk", flush=True)
    return found


def questions(store: Path, company: str) -> None:
    """Time the index of names, which `kgq load` makes too, and questions, each in a process of its own."""
    ask = [sys.executable, "-m", "kgq", "-g", store, "query", f"how many employees does {company} have"]
    index = [sys.executable, "-m", "kgq", "-g", store, "vocabulary", "--index", "--format", "json"]
    sparql = [sys.executable, "-m", "kgq", "-g", store, "query", "ASK { ?s ?p ?o }"]
    with tempfile.TemporaryDirectory() as cache:
        os.environ["KGQ_CACHE"] = cache
        os.environ["KGQ_CACHE_SIZE"] = "8GB"
        for name, command in (
            ("SPARQL", sparql),
            ("index of names", index),
            ("first question", ask),
            ("next question", ask),
        ):
            took = timed(*command)
            print(f"  {name:16} {took.wall:8.2f} s {took.cpu:8.2f} s CPU {took.memory:8.0f} MB", flush=True)


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", default="1000000,10000000", help="sizes, separated by commas")
    parser.add_argument("--rounds", type=int, default=1, help="of both in turn; medians are compared")
    parser.add_argument("--oxigraph", default=shutil.which("oxigraph") or "", help="the native command")
    parser.add_argument("--folder", type=Path, help="where to work; removed again")
    parser.add_argument("--kinds", default="default,named,in order", help="what to compare")
    parser.add_argument("--questions", action="store_true", help="ask the store too, first and again")
    given = parser.parse_args()
    if not given.oxigraph:
        raise SystemExit("the native command is not here: pip install oxigraph")
    ratios, kinds = {}, given.kinds.split(",")
    for count in map(int, given.triples.split(",")):
        with tempfile.TemporaryDirectory(dir=given.folder) as temporary:
            folder = Path(temporary)
            file = folder / "data.nt"
            with file.open("w", encoding="utf-8") as out:
                told: list[dict[str, str]] = []
                out.writelines(graph_lines(count, told))
            print(f"{count:,} triples, {file.stat().st_size / 1e6:.0f} MB of N-Triples", flush=True)
            found = measure(file, folder, given.oxigraph, given.rounds, kinds)
            median = {name: statistics.median(t.wall for t in several) for name, several in found.items()}
            for name, several in found.items():
                cpu = statistics.median(t.cpu for t in several)
                memory = max(t.memory for t in several)
                print(
                    f"  {name:18} {median[name]:8.1f} s {cpu:8.1f} s CPU {memory:7.0f} MB "
                    f"{count / median[name]:10,.0f}/s",
                    flush=True,
                )
            ratios[count] = {
                kind: round(median[f"{kind}: oxigraph"] / median[f"{kind}: kgq"], 2) for kind in kinds
            }
            if given.questions:
                questions(folder / "store", told[0]["company"])
    print(json.dumps({"rate of kgq load over that of": ratios}))


if __name__ == "__main__":
    main()
