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
from kg.cache.vocabulary import open_vocabulary, write_vocabulary
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.questions.plain.answer import ask
from kg.store.reading import store_dataset
from kg.vocabulary import Vocabulary
from kg.vocabulary.probed import ProbedVocabulary
from kg.vocabulary.sampling import sample_vocabulary
from kg.vocabulary.survey import survey

__all__ = ["measure"]

_COLUMNS = ["triples", "names", "questions", "answered", "p50 ms", "p95 ms", "max ms", "p95 by the clock"]


def measure(place: Workplace, sizes: list[int], labels: list[int]) -> Result:
    """Ask forty questions at each size."""
    result = Result(
        "questions", "Questions",
        "Forty English questions with names that occur once, asked of a graph on disk in one process, the second time"
        " through (CPU milliseconds; the label index is on disk too). Design goal: p95 below 100 ms at 10 M triples.",
    )  # fmt: skip
    by_size = Table("By the size of the graph", [*_COLUMNS, "index, CPU s", "index MB"])
    by_labels = Table("By the number of names, in a graph of little else", by_size.columns)
    without = Table("Without an index: names looked up, as a large graph is asked at first", _COLUMNS)
    without.note = "A slip in a name is not found without an index, and one question has one."
    for size in sizes:
        dataset, asked = store_dataset(place.kgq_store(size)[0], union=None), questions(place.told(size))
        path = place.place(size, "vocabulary.sqlite")
        took = _indexed(dataset, path)
        vocabulary = open_vocabulary(path)
        by_size.rows.append([size, *_row(dataset, vocabulary, asked), took.cpu, size_of(path)])
        path = path.with_name("sampled.sqlite")
        path.unlink(missing_ok=True)
        write_vocabulary(sample_vocabulary(dataset.stream), path)
        probed = ProbedVocabulary(open_vocabulary(path), dataset.stream)
        without.rows.append([size, None, *_row(dataset, probed, asked)[1:]])
    for count in labels:
        dataset, told = _labelled(place, count)
        asked = [f"How many employees does {name['company']} have?" for name in told[:8]] * 4
        asked += [f"How many employees does {name['company'][:-1]}x have?" for name in told[:8]]
        path = place.place(count, "labels.sqlite")
        took = _indexed(dataset, path)
        by_labels.rows.append([None, *_row(dataset, open_vocabulary(path), asked), took.cpu, size_of(path)])
    result.tables += [by_size, without, by_labels]
    result.curves.append(_curve(by_size, by_labels))
    return result


def _curve(by_size: Table, by_labels: Table) -> Curve:
    curve = Curve("A question, CPU ms (p50 and p95)", "triples or names", "ms", name="questions")
    for title, table, at in (("triples", by_size, 0), ("names", by_labels, 1)):
        for which, column in (("p50", 4), ("p95", 5)):
            curve.series[f"{which} by {title}"] = [(row[at], row[column]) for row in table.rows]
    return curve


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


def _indexed(dataset: Dataset, path: Path) -> Taken:
    path.unlink(missing_ok=True)

    def index() -> int:
        write_surveyed(survey(dataset.stream), dataset.stream, path)
        return 0

    return timed(index)


def _row(dataset: Dataset, vocabulary: Vocabulary, asked: list[str]) -> list[object]:
    for _ in _asked(dataset, vocabulary, asked):
        pass  # once through without counting
    found = list(_asked(dataset, vocabulary, asked))
    cpu = sorted(1e3 * each.cpu for each in found)
    wall = sorted(1e3 * each.wall for each in found)
    at = min(len(cpu) - 1, int(0.95 * len(cpu)))
    answered = sum(each.output for each in found)
    return [len(vocabulary.entities), len(asked), answered, statistics.median(cpu), cpu[at], cpu[-1], wall[at]]


def _asked(dataset: Dataset, vocabulary: Vocabulary, asked: list[str]) -> Iterator[Taken]:
    def work(question: str) -> Callable[[], int]:
        return lambda: int(ask(dataset, vocabulary, question).status in ("answered", "not_stated"))

    for question in asked:
        yield timed(work(question))
