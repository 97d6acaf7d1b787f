"""Cold start: a whole ``kgq query`` against ``python -c "import rdflib"``, in turns: medians and their ratio."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

QUESTION = "who bears capex risk"


def wall(command: list[str]) -> float:
    """Return the wall time of one run, in milliseconds."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Print the two medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="alternating runs of each (default 20)")
    runs = parser.parse_args().runs
    kgq = [str(Path(sys.executable).with_name("kgq")), "query", QUESTION]
    rdflib = [sys.executable, "-c", "import rdflib"]
    for command in (kgq, rdflib):
        wall(command)
    pairs = [(wall(kgq), wall(rdflib)) for _ in range(runs)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"kgq query       {ours:7.1f} ms\nimport rdflib   {theirs:7.1f} ms\nratio           {ours / theirs:7.2f}"
    )


if __name__ == "__main__":
    main()
