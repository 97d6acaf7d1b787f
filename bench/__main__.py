"""Everything the bench measures, side by side, in one command: ``python -m bench``; the report is bench/RESULTS.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import analytic, endpoint, footprint, latencies, load, maps, remote, report, second, start
from bench.results import FOLDER, Result
from bench.workplace import Peers, Workplace

_SIZES = [100_000, 1_000_000, 10_000_000]


def parts(place: Workplace, given: argparse.Namespace) -> dict[str, Callable[[], Result]]:
    """Return what can be measured, by name."""
    quick = given.quick
    sizes = given.sizes or ([20_000] if quick else _SIZES)
    rounds = given.rounds or (1 if quick else 5)
    to = given.rdflib_to if given.rdflib_to is not None else 20_000 if quick else 1_000_000
    labels = [10_000] if quick else [10_000, 100_000, 1_000_000]
    asked = given.sizes or ([20_000] if quick else [10_000, *_SIZES])
    middle = given.sizes[0] if given.sizes else 20_000 if quick else 1_000_000
    return {
        "start": lambda: start.measure(place, 1 if quick else max(5, rounds), few=quick),
        "load": lambda: load.measure(place, sizes, 1 if quick else min(3, rounds), rdflib_to=to),
        "queries": lambda: analytic.measure(place, sizes, rounds, rdflib_to=to),
        "overhead": lambda: analytic.measure_overhead(place, middle, rounds),
        "questions": lambda: latencies.measure(place, asked, labels),
        "remote": lambda: remote.measure(place, sizes),
        "second": lambda: second.measure(place, middle, rounds),
        "endpoint": lambda: endpoint.measure(
            place, 20_000 if quick else 200_000, rounds, 0.3 if quick else 1.0, [8] if quick else [1, 8, 32]
        ),
        "maps": lambda: maps.measure(place, [100] if quick else [100, 500, 1000, 2000, 10000], [100]),
        "footprint": lambda: footprint.measure(place),
    }


def main() -> int:
    """Measure what was asked for, keep it, and write the report of all that is kept; say 1 if a part failed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="small sizes and few rounds; the report goes to a temporary folder"
    )
    parser.add_argument("--parts", default="", help=f"some of {', '.join(report.ORDER)}; all by default")
    parser.add_argument(
        "--sizes", type=lambda text: [int(each) for each in text.split(",")], help="triples, for all parts"
    )
    parser.add_argument("--rounds", type=int, help="of everything in turn")
    parser.add_argument("--rdflib-to", type=int, help="triples up to which rdflib is tried (default 1,000,000)")
    parser.add_argument(
        "--work", type=Path, help="keeps graphs and stores for the next time; a temporary folder by default"
    )
    parser.add_argument("--results", type=Path, help=f"where results are kept (default: {FOLDER})")
    parser.add_argument(
        "--npm", type=Path, default=Path.home() / ".cache" / "kgq-bench", help="where npm's packages are"
    )
    parser.add_argument("--install", action="store_true", help="install the peers from pip, apt and npm first")
    parser.add_argument("--report", action="store_true", help="measure nothing; write the report of what is kept")
    parser.add_argument("--note", default="", help="a remark on the machine, kept with the results")
    given = parser.parse_args()
    peers = Peers(given.npm)
    if given.install:
        peers.install()
    with tempfile.TemporaryDirectory(prefix="kgq-bench-") as temporary:
        results = given.results or (Path(temporary) / "results" if given.quick else FOLDER)
        place = Workplace(given.work or Path(temporary), peers)
        failed: list[str] = []
        if not given.report:
            known = parts(place, given)
            wanted = given.parts.split(",") if given.parts else list(known)
            if unknown := set(wanted) - set(known):
                parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(known)}")
            failed = [name for name in wanted if not _measured(name, known[name], given, results)]
        path = report.write_report(results, peers)
        if given.quick:
            print(path.read_text(encoding="utf-8"))
        else:
            print(path)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _measured(name: str, work: Callable[[], Result], given: argparse.Namespace, results: Path) -> bool:
    """Measure a part and keep it; one that fails is told and leaves the others, which may take hours, alone."""
    before, begun = os.getloadavg()[0], time.monotonic()
    print(f"{name} …", file=sys.stderr, flush=True)
    try:
        result = work()
    except Exception:  # noqa: BLE001 - whatever it is, it is told
        traceback.print_exc()
        return False
    after = os.getloadavg()[0]
    for table in result.tables:
        table.facts = {
            "measured": time.strftime("%Y-%m-%d", time.gmtime()),
            "load of the machine": f"{before:.1f} to {after:.1f}",
        }
        if given.note:
            table.facts["note"] = given.note
    result.save(results)
    print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
