"""How long a question takes as the graph grows, and as the number of names in it grows."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from bench.graph import labelled_things, questions
from bench.measuring import Taken, size_of, timed
from bench.results import Curve, Result, Table
from bench.workplace import Workplace
from kg.cache.surveyed import write_surveyed
from kg.cache.vocabulary import open_vocabulary
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.questions.plain.answer import ask
from kg.vocabulary import Vocabulary
from kg.vocabulary.survey import survey

__all__ = ["measure"]

_COLUMNS = [
    "triples",
    "names",
    "questions",
    "answered",
    "p50 ms",
    "p95 ms",
    "max ms",
    "p95 by the clock",
    "index, CPU s",
    "index MB",
]


def measure(place: Workplace, sizes: list[int], labels: list[int]) -> Result:
    """Ask forty questions at each size."""
    result = Result(
        "questions", "Questions",
        "Forty English questions with names that occur once, asked of a graph on disk in one process, the second time"
        " through (CPU milliseconds; the label index is on disk too). Design goal: p95 below 100 ms at 10 M triples.",
    )  # fmt: skip
    by_size = Table("By the size of the graph", _COLUMNS)
    by_labels = Table("By the number of names, in a graph of little else", _COLUMNS)
    for size in sizes:
        store, _ = place.kgq_store(size)
        from kg.store.reading import store_dataset

        dataset = store_dataset(store, union=None)
        by_size.rows.append(
            _row(size, dataset, place.place(size, "vocabulary.sqlite"), questions(place.told(size)))
        )
    for count in labels:
        dataset, told = _labelled(place, count)
        asked = [f"How many employees does {name['company']} have?" for name in told[:8]] * 4
        asked += [f"How many employees does {name['company'][:-1]}x have?" for name in told[:8]]
        by_labels.rows.append(_row(None, dataset, place.place(count, "labels.sqlite"), asked))
    result.tables += [by_size, by_labels]
    curve = Curve("A question, CPU ms (p50 and p95)", "triples or names", "ms", name="questions")
    for title, table, at in (("triples", by_size, 0), ("names", by_labels, 1)):
        for which, column in (("p50", 4), ("p95", 5)):
            curve.series[f"{which} by {title}"] = [(row[at], row[column]) for row in table.rows]
    result.curves.append(curve)
    return result


def _labelled(place: Workplace, count: int) -> tuple[Dataset, list[dict[str, str]]]:
    told: list[dict[str, str]] = []
    folder, notes = place.place(count, "labels"), place.place(count, "labels.json")
    if not notes.is_file():
        file = place.place(count, "labels.nt")
        with file.open("w", encoding="utf-8") as out:
            out.writelines(labelled_things(count, told))
        store = Store(str(folder))
        store.bulk_load(path=str(file), format=RdfFormat.N_TRIPLES)
        store.optimize()
        file.unlink()
        del store
        notes.write_text(json.dumps(told), encoding="utf-8")
    return Dataset(OxigraphEngine(Store.read_only(str(folder))), has_claims=False), json.loads(notes.read_text())


def _row(size: int | None, dataset: Dataset, path: Path, asked: list[str]) -> list[object]:
    path.unlink(missing_ok=True)

    def index() -> int:
        write_surveyed(survey(dataset.stream), dataset.stream, path)
        return 0

    built = timed(index)
    vocabulary = open_vocabulary(path)
    for _ in _asked(dataset, vocabulary, asked):
        pass  # once through without counting
    found = list(_asked(dataset, vocabulary, asked))
    cpu = sorted(1e3 * each.cpu for each in found)
    wall = sorted(1e3 * each.wall for each in found)
    names = len(vocabulary.entities)
    at = min(len(cpu) - 1, int(0.95 * len(cpu)))
    answered = sum(each.output for each in found)
    return [
        size, names, len(asked), answered, statistics.median(cpu), cpu[at], cpu[-1], wall[at], built.cpu, size_of(path)
    ]  # fmt: skip


def _asked(dataset: Dataset, vocabulary: Vocabulary, asked: list[str]) -> Iterator[Taken]:
    def work(question: str) -> Callable[[], int]:
        return lambda: int(ask(dataset, vocabulary, question).status in ("answered", "not_stated"))

    for question in asked:
        yield timed(work(question))
