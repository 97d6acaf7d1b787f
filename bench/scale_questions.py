"""Questions with selective names on a graph of 10 k to 10 M triples on disk: the label index, then the answers.

    python bench/scale_questions.py [--triples 1000000] [--folder DIR] [--index surveyed|read|sampled] [--keep]

The graph is that of bench/graph.py. Reported are the load, the label index (seconds, memory, size on disk) and the CPU and wall time of
forty questions, asked once (cold) and once more (warm).
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pyoxigraph import RdfFormat, Store

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.graph import graph_lines, questions
from kg.cache.surveyed import write_surveyed
from kg.cache.vocabulary import open_vocabulary, write_vocabulary
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.questions.plain.answer import ask
from kg.vocabulary import Vocabulary
from kg.vocabulary.probed import ProbedVocabulary
from kg.vocabulary.sampling import sample_vocabulary
from kg.vocabulary.survey import survey

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """Return what some work gives, its CPU seconds and its wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.process_time() - cpu, time.perf_counter() - wall


def peak() -> int:
    """Return the largest memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def size_of(path: Path) -> float:
    """Return the MB of a file or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(f.stat().st_size for f in files if f.is_file()) / 1e6


def build_index(dataset: Dataset, path: Path, how: str) -> None:
    """Write the label index of a dataset."""
    if how == "read":
        write_vocabulary(Vocabulary.from_dataset(dataset), path)
    elif how == "sampled":  # no index: names are looked up
        write_vocabulary(sample_vocabulary(dataset.stream), path)
    else:
        write_surveyed(survey(dataset.stream), dataset.stream, path)


def percentiles(times: list[float]) -> str:
    """Return median, 95th percentile and maximum of some seconds, as ms."""
    ordered = sorted(1e3 * t for t in times)
    at = min(len(ordered) - 1, int(0.95 * len(ordered)))
    return f"p50 {statistics.median(ordered):7.1f}  p95 {ordered[at]:7.1f}  max {ordered[-1]:7.1f} ms"


def ask_all(dataset: Dataset, vocabulary: Vocabulary, questions: list[str], title: str, *, verbose: bool) -> None:
    """Ask the questions and print how long they took."""
    cpu, wall, statuses = [], [], []
    for question in questions:
        answer, spent, passed = timed(lambda q=question: ask(dataset, vocabulary, q))  # type: ignore[misc]
        cpu.append(spent)
        wall.append(passed)
        statuses.append(answer.status)
        if verbose:
            print(f"  {1e3 * spent:7.1f} ms  {answer.status}  {len(answer.rows)} rows  {question}")
    answered = sum(status in ("answered", "not_stated") for status in statuses)
    print(f"{title}: {len(questions)} questions, {answered} answered\n  CPU  {percentiles(cpu)}")
    print(f"  wall {percentiles(wall)}", flush=True)


def run(folder: Path, triples: int, options: Any) -> None:
    """Generate, load, index and ask."""
    file, told = folder / "graph.nt", list[dict[str, str]]()
    with file.open("w", encoding="utf-8") as out:
        out.writelines(graph_lines(triples, told))
    store = Store(str(folder / "store"))
    _, cpu, wall = timed(lambda: store.bulk_load(path=str(file), format=RdfFormat.N_TRIPLES))
    store.optimize()
    file.unlink()
    dataset = Dataset(OxigraphEngine(store), has_claims=False)
    print(f"load    {cpu:8.1f} CPU s {wall:8.1f} s  {size_of(folder / 'store'):8.0f} MB on disk", flush=True)
    before, path = peak(), folder / "vocabulary.sqlite"
    _, cpu, wall = timed(lambda: build_index(dataset, path, options.index))
    print(
        f"index   {cpu:8.1f} CPU s {wall:8.1f} s  {size_of(path):8.0f} MB on disk,"
        f" peak memory {before} -> {peak()} MB",
        flush=True,
    )
    vocabulary, cpu, _ = timed(lambda: open_vocabulary(path))
    if options.index == "sampled":
        vocabulary = ProbedVocabulary(vocabulary, dataset.stream)
    print(f"opened in {1e3 * cpu:.1f} CPU ms")
    asked = questions(told)
    ask_all(dataset, vocabulary, asked, "cold", verbose=options.verbose)
    ask_all(dataset, vocabulary, asked, "warm", verbose=False)


def main() -> None:
    """Run at one size; the folder is removed at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the store lies (default: a temporary folder)")
    parser.add_argument("--index", choices=("surveyed", "read", "sampled"), default="surveyed")
    parser.add_argument("--keep", action="store_true", help="leave the folder as it is at the end")
    parser.add_argument("--verbose", action="store_true", help="show each question")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kgq-scale-", dir=options.folder))
    try:
        print(f"{options.triples:,} triples, index {options.index}", flush=True)
        run(folder, options.triples, options)
    finally:
        if options.keep:
            print(folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
