"""Questions with selective names on a graph of 10 k to 10 M triples on disk: the label index, then the answers.

    python bench/scale_questions.py [--triples 1000000] [--folder DIR] [--index surveyed|read] [--keep]

The graph is generated, the same each time: companies with sites, products, people and contracts, each with a name
of its own. Reported are the load, the label index (seconds, memory, size on disk) and the CPU and wall time of
forty questions, asked once (cold) and once more (warm).
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pyoxigraph import RdfFormat, Store

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kg.cache.surveyed import write_surveyed
from kg.cache.vocabulary import open_vocabulary, write_vocabulary
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.questions.plain.answer import ask
from kg.vocabulary import Vocabulary
from kg.vocabulary.survey import survey

T = TypeVar("T")

_BASE = "http://example.com/"
_A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_EACH = 41
"""Triples for each company with what is its own."""
_CLASSES = {"Company": "company", "Site": "site", "City": "city", "Product": "product", "Person": "person",
            "Contract": "contract"}  # fmt: skip
_PROPERTIES = {
    "hasSite": "has site", "locatedIn": "located in", "makes": "makes", "worksFor": "works for",
    "hasManager": "has manager", "supplier": "supplier", "client": "client", "employees": "number of employees",
    "price": "price", "weight": "weight", "value": "contract value", "signed": "signed on", "founded": "founded",
}  # fmt: skip
_FORMS = (
    "Where are the sites of {company}?",
    "How many employees does {company} have?",
    "Which products does {company} make?",
    "Who works for {company}?",
    "Who is the manager of {person}?",
    "What is the price of {product}?",
    "Which company makes {product}?",
    "How many people work for {company}?",
    "What is the most expensive product made by {company}?",
    "Which contracts have {company} as supplier?",
    "Which companies have a site in {city} and make {product}?",
    "Is {product} cheaper than {other}?",
    "When was {company} founded?",
)


class Names:
    """Names that nothing else has, in the order of a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - made-up names
        self._syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
        self._taken: set[str] = set()

    def new(self) -> str:
        """Return two words that were not given yet."""
        while True:
            name = f"{self._word()} {self._word()}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    def _word(self) -> str:
        return "".join(self._chance.choices(self._syllables, k=self._chance.randint(2, 4))).capitalize()


def _node(kind: str, number: int) -> str:
    return f"<{_BASE}{kind}/{number}>"


def _fact(subject: str, property_: str, value: str) -> str:
    return f"{subject} <{_BASE}schema/{property_}> {value} .\n"


def _named(kind: str, number: int, name: str) -> str:
    subject = _node(kind, number)
    return f'{subject} {_A} <{_BASE}schema/{kind}> .\n{subject} {_LABEL} "{name}" .\n'


def _number(value: int) -> str:
    return f'"{value}"^^<{_XSD}integer>'


def graph_lines(companies: int, names: Names, told: list[dict[str, str]]) -> Iterator[str]:
    """Yield the N-Triples of a graph, and note names to ask for."""
    chance = random.Random(11)  # noqa: S311 - made-up facts
    for kind, label in _CLASSES.items():
        yield f"<{_BASE}schema/{kind}> {_A} <http://www.w3.org/2000/01/rdf-schema#Class> .\n"
        yield f'<{_BASE}schema/{kind}> {_LABEL} "{label}" .\n'
    for name, label in _PROPERTIES.items():
        yield f'<{_BASE}schema/{name}> {_LABEL} "{label}" .\n'
    cities = [names.new() for _ in range(max(10, companies // 40))]
    for number, city in enumerate(cities):
        yield _named("City", number, city)
    for number in range(companies):
        said = {"city": "", "company": names.new()}
        yield "".join(_company((number, companies), cities, names, chance, said))
        if number % max(1, companies // 8) == 0:
            told.append(said)


def _company(
    place: tuple[int, int], cities: list[str], names: Names, chance: random.Random, said: dict[str, str]
) -> Iterator[str]:
    number, companies = place
    company = _node("Company", number)
    yield _named("Company", number, said["company"])
    yield _fact(company, "employees", _number(chance.randrange(10, 99_999)))
    yield _fact(company, "founded", f'"{chance.randrange(1900, 2020)}-03-0{1 + number % 9}"^^<{_XSD}date>')
    for at in (2 * number, 2 * number + 1):
        city = chance.randrange(len(cities))
        said["city"] = cities[city]
        yield _named("Site", at, f"{said['company']} site {at % 2 + 1}")
        yield _fact(company, "hasSite", _node("Site", at))
        yield _fact(_node("Site", at), "locatedIn", _node("City", city))
        said["other" if at % 2 else "product"] = names.new()
        yield _named("Product", at, said["other" if at % 2 else "product"])
        yield _fact(company, "makes", _node("Product", at))
        yield _fact(_node("Product", at), "price", _number(chance.randrange(5, 9_999)))
        yield _fact(_node("Product", at), "weight", _number(chance.randrange(1, 999)))
        said["person"] = names.new()
        yield _named("Person", at, said["person"])
        yield _fact(_node("Person", at), "worksFor", company)
        yield _fact(_node("Person", at), "hasManager", _node("Person", max(0, at // 2)))
        contract = _node("Contract", at)
        yield _named("Contract", at, f"Contract {at}")
        yield _fact(contract, "supplier", company)
        yield _fact(contract, "client", _node("Company", chance.randrange(companies)))
        yield _fact(contract, "value", _number(chance.randrange(1_000, 9_999_999)))
    yield _fact(
        _node("Contract", 2 * number), "signed", f'"20{10 + number % 10}-0{1 + number % 9}-11"^^<{_XSD}date>'
    )


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
        out.writelines(graph_lines(max(8, triples // _EACH), Names(7), told))
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
    print(f"opened in {1e3 * cpu:.1f} CPU ms")
    questions = [form.format(**told[i % len(told)]) for i, form in enumerate(_FORMS * 3)] + [
        f"Where is {told[-1]['company'][:-1]}x?"
    ]
    ask_all(dataset, vocabulary, questions, "cold", verbose=options.verbose)
    ask_all(dataset, vocabulary, questions, "warm", verbose=False)


def main() -> None:
    """Run at one size; the folder is removed at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the store lies (default: a temporary folder)")
    parser.add_argument("--index", choices=("surveyed", "read"), default="surveyed")
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
