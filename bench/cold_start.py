"""Cold start: a whole ``kgq query`` against ``python -c "import rdflib"``, in turns: medians and their ratio."""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.measuring import AS_INSTALLED, in_turn, run


def main() -> None:
    """Print the two medians and the ratio, by the clock and of CPU time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="alternating runs of each (default 20)")
    kgq = [Path(sys.executable).with_name("kgq"), "query", "who bears capex risk"]
    rdflib = [sys.executable, "-c", "import rdflib"]
    works = {
        "kgq query": lambda: run(kgq, env=AS_INSTALLED),
        "import rdflib": lambda: run(rdflib, env=AS_INSTALLED),
    }
    found = in_turn(works, parser.parse_args().runs)
    pairs = [
        [1000 * statistics.median(figure) for figure in ((t.wall for t in several), (t.cpu for t in several))]
        for several in found.values()
    ]
    pairs.append([ours / theirs for ours, theirs in zip(*pairs, strict=True)])
    for name, (wall, cpu) in zip((*found, "ratio"), pairs, strict=True):
        print(f"{name:14} {wall:8.2f}{cpu:8.2f} CPU{'' if name == 'ratio' else '  ms'}")


if __name__ == "__main__":
    main()
