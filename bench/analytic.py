"""Analytic queries: the same twelve, asked of each engine in turn."""

from __future__ import annotations

import math
import statistics
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack

from pyoxigraph import QuerySolutions, QueryTriples, RdfFormat, Store

import kg
from bench.measuring import Taken, cpu_of_tree, middle
from bench.queries import ANALYTIC, MORE, TRAPS
from bench.results import Curve, Result, Table
from bench.workplace import Workplace

__all__ = ["measure", "measure_overhead"]

_STEP = 0.1e-3
"""Seconds that stand for a server's zero."""
Asked = Callable[[str], Taken]
_SLOW = 20.0
_BRIEF = 0.01
_REPEATED, _LONG = 40, 1.0
"""A server's CPU is told in steps of 10 ms, so quick queries are asked so often, or so many seconds long."""


def in_process(count: Callable[[str], int]) -> Asked:
    """Return what asks within this process."""

    def ask(query: str) -> Taken:
        wall, cpu = time.perf_counter(), time.process_time()
        rows = count(query)
        return Taken(time.perf_counter() - wall, time.process_time() - cpu, output=rows)

    return ask


def over_http(url: str, pid: int) -> Asked:
    """Return what asks a server; its CPU time counts, and the client's is left out."""

    def ask(query: str) -> Taken:
        describe = "DESCRIBE" in query
        accept = "text/plain, application/n-triples" if describe else "text/tab-separated-values"
        mark = "&" if "?" in url else "?"
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{url}{mark}{urllib.parse.urlencode({'query': query})}", headers={"Accept": accept}
        )
        wall, cpu, times = time.perf_counter(), cpu_of_tree(pid), 0
        while times == 0 or (times < _REPEATED and time.perf_counter() - wall < _LONG):
            with urllib.request.urlopen(request, timeout=900) as answer:  # noqa: S310
                lines = sum(1 for line in answer if line.strip() and not line.startswith(b"#"))
            times += 1
        taken = time.perf_counter() - wall
        return Taken(taken / times, (cpu_of_tree(pid) - cpu) / times, output=lines - (0 if describe else 1))

    return ask


def raw(store: Store) -> Callable[[str], int]:
    """Return what counts the results of a query of the engine itself, as Python objects."""

    def count(query: str) -> int:
        found = store.query(query)
        if isinstance(found, (QuerySolutions, QueryTriples)):
            return len(list(map(tuple, found) if isinstance(found, QuerySolutions) else set(found)))
        return int(bool(found))

    return count


def through_kgq(graph: kg.KnowledgeGraph) -> Callable[[str], int]:
    """Return what counts the results of a query through kgq."""

    def count(query: str) -> int:
        found = graph.evaluate(query)
        return int(found) if isinstance(found, bool) else len(found)

    return count


def _rdflib(file: str) -> Callable[[str], int]:
    import rdflib

    graph = rdflib.Graph()
    graph.parse(file, format="nt")
    return lambda query: len(list(graph.query(query)))


def _engines(place: Workplace, size: int, stack: ExitStack, result: Result, *, rdflib_to: int) -> dict[str, Asked]:
    file = str(place.graph(size))
    memory = Store()
    memory.load(path=file, format=RdfFormat.N_TRIPLES)
    found = {
        "kgq, memory": in_process(through_kgq(_over(memory))),
        "pyoxigraph, memory": in_process(raw(memory)),
        "kgq, disk": in_process(through_kgq(kg.open_graph(place.kgq_store(size)[0]))),
    }
    if place.peers.oxigraph:
        found["oxigraph server"] = over_http(*stack.enter_context(place.oxigraph(size)))
    if place.peers.virtuoso:
        url, pid, _ = stack.enter_context(place.virtuoso(size))
        found["Virtuoso"] = over_http(url, pid)
    if size <= rdflib_to:
        found["rdflib"] = in_process(_rdflib(file))
    else:
        result.missing.append(f"rdflib at {size:,} triples: not loaded, it would take hours and many GB")
    return found


def _over(store: Store) -> kg.KnowledgeGraph:
    from kg.dataset import Dataset
    from kg.engines.oxigraph import OxigraphEngine

    return kg.KnowledgeGraph(Dataset(OxigraphEngine(store), has_claims=False))


def measure(place: Workplace, sizes: list[int], rounds: int, *, rdflib_to: int) -> Result:
    """Ask the twelve queries at each size."""
    result = Result(
        "queries", "Twelve analytic queries",
        "Milliseconds of CPU (of the server's processes where there is one; by the clock in brackets), the median"
        " of the rounds; all engines are asked in turn. Results become Python objects in process and TSV over HTTP."
        " Bold is the least CPU; a server's comes in steps of 0.3 ms. The last row is the geometric mean of the CPU times over those of raw pyoxigraph in memory.",
        missing=place.peers.absent("oxigraph", "virtuoso"),
    )  # fmt: skip
    curve = Curve("Twelve queries, geometric mean over pyoxigraph in memory", "triples", "times", name="queries")
    for size in sizes:
        with ExitStack() as stack:
            engines = _engines(place, size, stack, result, rdflib_to=rdflib_to)
            table, means = _table(engines, size, rounds)
        result.tables.append(table)
        for name, mean in means.items():
            curve.series.setdefault(name, []).append((size, mean))
    result.curves.append(curve)
    return result


def _table(engines: dict[str, Asked], size: int, rounds: int) -> tuple[Table, dict[str, float]]:
    table = Table(f"{size:,} triples", ["query", "rows", *engines])
    times: dict[str, list[float]] = {name: [] for name in engines}
    differing = []
    for title, query in ANALYTIC.items():
        found = _asked(engines, query, rounds)
        rows = {name: seen.output for name, seen in found.items()}
        best = min(seen.cpu for seen in found.values())
        cells = [_cell(seen, seen.cpu == best) for seen in found.values()]
        table.rows.append([title, rows["pyoxigraph, memory"], *cells])
        if len(set(rows.values())) > 1:
            differing.append(f"{title}: " + ", ".join(f"{name} {n}" for name, n in rows.items()))
        for name, seen in found.items():
            times[name].append(seen.cpu)
    base = times["pyoxigraph, memory"]
    means = {
        name: _mean([max(a, _STEP) / b for a, b in zip(each, base, strict=True)]) for name, each in times.items()
    }
    table.rows.append(["geometric mean", "", *[f"{means[name]:.2f}" for name in engines]])
    table.note = "Numbers of rows differ: " + "; ".join(differing) + "." if differing else ""
    return table, means


def _asked(engines: dict[str, Asked], query: str, rounds: int) -> dict[str, Taken]:
    found: dict[str, list[Taken]] = {name: [ask(query)] for name, ask in engines.items()}
    for _ in range(rounds):
        for name, ask in engines.items():
            if found[name][0].wall < _SLOW:
                found[name].append(ask(query))
    return {name: middle(several[1:] or several) for name, several in found.items()}


def _cell(seen: Taken, best: bool) -> str:
    text = f"{1e3 * seen.cpu:,.1f} ({1e3 * seen.wall:,.1f})"
    return f"**{text}**" if best else text


def _mean(values: list[float]) -> float:
    return math.exp(statistics.fmean(math.log(max(value, 1e-9)) for value in values))


def measure_overhead(place: Workplace, size: int, rounds: int) -> Result:
    """Ask the same store through kgq and by itself, and traps against what a person would write."""
    store = Store()
    store.load(path=str(place.graph(size)), format=RdfFormat.N_TRIPLES)
    ours, theirs = in_process(through_kgq(_over(store))), in_process(raw(store))
    columns = ["kgq ms", "pyoxigraph ms", "ratio", "ratio, new text"]
    table = Table(f"17 queries at {size:,} triples", ["query", *columns])
    ratios = [_compare(table, title, (ours, q), (theirs, q), rounds) for title, q in {**ANALYTIC, **MORE}.items()]
    ours_all, theirs_all = (sum(row[column] for row in table.rows) for column in (1, 2))
    table.rows.append(["all 17 together (goal ≤ 1.1)", ours_all, theirs_all, ours_all / theirs_all, ""])
    means = [_mean([each[column] for each in ratios]) for column in (0, 1)]
    table.rows.append(["geometric mean of the ratios", "", "", *means])
    columns[1:3] = ["by hand, pyoxigraph ms", "ratio (goal ≤ 2)"]
    traps = Table("Filters, against their form written by hand", ["filter", *columns])
    for title, (trap, hand) in TRAPS.items():
        _compare(traps, title, (ours, trap), (theirs, hand), rounds)
    what = (
        "CPU milliseconds over one store in memory, in turn: medians, and the median of the ratios pair by pair."
        " A query that kgq has seen before is not read closely again, and if it was over in two milliseconds it is"
        " evaluated where it is asked; the last column is for texts that kgq sees for the first time."
    )
    return Result("overhead", "What kgq costs over the engine", what, [table, traps])


def _compare(
    table: Table, title: str, ours: tuple[Asked, str], theirs: tuple[Asked, str], rounds: int
) -> tuple[float, float]:
    """Ask in turn; return the ratios for a text that was seen before, and for one that is new each time."""
    ours[0](ours[1])
    seen = _pairs(lambda _: ours[0](ours[1]), lambda: theirs[0](theirs[1]), rounds)
    new = _pairs(lambda number: ours[0](f"{ours[1]} # {number}"), lambda: theirs[0](theirs[1]), rounds)
    ratios = [statistics.median(one.cpu / max(other.cpu, 1e-7) for one, other in pairs) for pairs in (seen, new)]
    one, other = (middle([pair[side] for pair in seen]) for side in (0, 1))
    table.rows.append([title, 1e3 * one.cpu, 1e3 * other.cpu, *ratios])
    if one.output != other.output:
        table.note += f" {title}: {one.output} and {other.output} rows."
    return ratios[0], ratios[1]


def _pairs(ours: Callable[[int], Taken], theirs: Callable[[], Taken], rounds: int) -> list[tuple[Taken, Taken]]:
    once = theirs().wall
    repeat = max(rounds, min(200, int(0.2 * rounds / max(once, 1e-4))))
    found: list[tuple[Taken, Taken]] = []
    for number in range(repeat if once < _SLOW else 1):
        one = ours(number)
        if once < _BRIEF:
            theirs()  # a thread that has answered goes to sleep in this one's time
        found.append((one, theirs()))
        if sum(each.wall for pair in found for each in pair) > 30:
            break
    return found
