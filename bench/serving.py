"""Endpoint throughput, and maps: the tables that :mod:`bench.endpoint` and :mod:`bench.maps` measure."""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from bench.measuring import run
from bench.results import Curve, Result, Table
from bench.workplace import Workplace

__all__ = ["measure_endpoint", "measure_maps", "measure_second"]


def measure_endpoint(place: Workplace, rounds: int, seconds: float, connections: list[int]) -> Result:
    """Ask all servers in turn."""
    from bench.endpoint import measure

    given = argparse.Namespace(
        subjects=50_000, seconds=seconds, rounds=rounds,
        oxigraph=place.peers.oxigraph, rdflib_endpoint=place.peers.rdflib_endpoint,
    )  # fmt: skip
    servers = measure(given, connections)
    result = Result(
        "endpoint", "Endpoint",
        "Requests a second on loopback, all servers up at once and asked in turn; medians of the rounds. 200,000 triples."
        " The ratios are of what was measured side by side: over 1.0 is ahead of the peer. Goals: point queries ≥ 0.35 ×"
        " native and ≥ 4 × rdflib-endpoint, 1,000 rows ≥ 0.9 × and ≥ 8 ×; cached ahead of native.",
        missing=place.peers.absent("oxigraph", "rdflib_endpoint"),
    )  # fmt: skip
    table = Table(
        "Requests a second", ["server", "requests", "connections", "a second", "p99 ms", "CPU µs a request"]
    )
    ratios = Table("Against the peers", ["kgq", "peer", "requests", "connections", "rate", "by CPU"])
    for server in servers:
        for kind, count in server.found:
            seen = server.middle((kind, count))
            table.rows.append([server.name, kind, count, seen.rate, seen.slowest, seen.cpu])
    for peer in (each for each in servers if not each.name.startswith("kgq")):
        for server in (each for each in servers if each.name.startswith("kgq")):
            for key, several in server.found.items():
                pairs = list(zip(several, peer.found[key], strict=True))
                rate = statistics.median(one.rate / max(other.rate, 0.1) for one, other in pairs)
                cpu = statistics.median(other.cpu / max(one.cpu, 1.0) for one, other in pairs)
                ratios.rows.append([server.name, peer.name, key[0], key[1], rate, cpu])
    result.tables += [table, ratios]
    return result


def measure_maps(sizes: list[int], stock: list[int]) -> Result:
    """Draw maps in Chromium, beside pyvis's own page."""
    from playwright.sync_api import sync_playwright

    from bench.maps import CHROMIUM, FLAGS, rows

    result = Result(
        "maps", "Maps",
        "Generation is CPU ms in Python; the rest is CPU ms of the page's main thread in headless Chromium, without a GPU. "
        "Frames a second are what that CPU time allows while panning.",
    )  # fmt: skip
    if not CHROMIUM:
        result.missing.append("Chromium (apt-get install chromium)")
        return result
    table = Table(
        "Maps",
        [
            "page",
            "entities",
            "made, ms",
            "KB",
            "first picture ms",
            "by the clock",
            "a frame of panning ms",
            "frames/s",
            "a click ms",
        ],
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for row in rows(browser, sizes, stock, 60.0):
            pace = None if not row.pan else 1000 / row.pan
            table.rows.append(
                [row.page, row.entities, row.build, row.size, row.first, row.wall, row.pan, pace, row.click]
            )
        browser.close()
    result.tables.append(table)
    curve = Curve("First picture, CPU ms", "entities", "ms", name="maps")
    for line in table.rows:
        if line[4]:
            curve.series.setdefault(line[0], []).append((line[1], line[4]))
    result.curves.append(curve)
    return result


def measure_second(place: Workplace, size: int, rounds: int) -> Result:
    """Ask a file twice and more, each time as a process of its own."""
    import sys
    import time

    kgq = str(Path(sys.executable).with_name("kgq"))
    told = place.told(size)
    file = place.graph(size)
    command = [kgq, "-g", str(file), "query", f"How many employees does {told[0]['company']} have?"]
    with tempfile.TemporaryDirectory() as cache:
        time.sleep(2.5)  # a file just written is hashed each time
        without = run(command, env={"KGQ_CACHE": "off"})
        first = run(command, env={"KGQ_CACHE": cache})
        again = [run(command, env={"KGQ_CACHE": cache}) for _ in range(rounds)]
    table = Table(
        f"A question on a file of {size:,} triples", ["question", "wall s", "CPU s", "CPU, times the first"]
    )
    for name, seen in (("without the cache", without), ("first", first)):
        table.rows.append([name, seen.wall, seen.cpu, seen.cpu / first.cpu])
    wall = statistics.median(each.wall for each in again)
    cpu = statistics.median(each.cpu for each in again)
    table.rows.append(["second (goal ≤ 0.03)", wall, cpu, cpu / first.cpu])
    return Result(
        "second",
        "The second question",
        "Whole processes; the cache keeps store, names and schema by content.",
        [table],
    )
