"""The second question on a file: what the cache saves."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from bench.measuring import middle, run
from bench.results import Result, Table
from bench.workplace import Workplace

__all__ = ["measure"]


def measure(place: Workplace, size: int, rounds: int) -> Result:
    """Ask a file twice and more, each time as a process of its own."""
    file, told = place.graph(size), place.told(size)
    question = f"How many employees does {told[0]['company']} have?"
    command = [Path(sys.executable).with_name("kgq"), "-g", file, "query", question]
    with tempfile.TemporaryDirectory() as cache:
        time.sleep(2.5)  # a file just written is hashed each time
        without = run(command, env={"KGQ_CACHE": "off"})
        first = run(command, env={"KGQ_CACHE": cache})
        again = middle([run(command, env={"KGQ_CACHE": cache}) for _ in range(rounds)])
    table = Table(
        f"A question on a file of {size:,} triples", ["question", "wall s", "CPU s", "CPU, times the first"]
    )
    for name, seen in (("without the cache", without), ("first", first), ("second (goal ≤ 0.03)", again)):
        table.rows.append([name, seen.wall, seen.cpu, seen.cpu / first.cpu])
    what = "Whole processes; the cache keeps store, names and schema by content."
    return Result("second", "The second question", what, [table])
