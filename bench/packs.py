"""Runs the question packs of tests/questions/graphs and prints what is not right: for work on the engine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml
from pyoxigraph import RdfFormat, Store

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.questions import ask
from kg.results import Answer
from kg.vocabulary import Vocabulary

GRAPHS = ROOT / "tests" / "questions" / "graphs"


def open_graph(name: str) -> tuple[Dataset, Vocabulary]:
    """Open one of the packs' graphs."""
    store = Store()
    store.load(path=str(GRAPHS / f"{name}.ttl"), format=RdfFormat.TURTLE)
    dataset = Dataset(OxigraphEngine(store))
    return dataset, Vocabulary.from_dataset(dataset)


def verdict(case: dict[str, Any], answer: Answer) -> str:
    """Return right, wrong or refused."""
    refused = answer.status not in ("answered", "not_stated")
    if case.get("refused") and refused:
        return "right"
    if refused:
        return "refused"
    if "bool" in case:
        return "right" if answer.boolean is case["bool"] else "wrong"
    wanted = [case["a"]] if "a" in case else []
    rows = [{_plain(cell.value) for cell in row.cells if cell is not None} for row in answer.rows]
    for option in [*wanted, *case.get("alt", [])]:
        gold = [{_plain(x) for x in (item if isinstance(item, list) else [item])} for item in option]
        if all(any(g <= r for r in rows) for g in gold) and all(any(g <= r for g in gold) for r in rows):
            return "right"
    return "wrong"


def _plain(value: object) -> str:
    try:
        return f"{float(str(value)):.6g}"
    except ValueError:
        return str(value).lower()


def main() -> None:
    names = [a for a in sys.argv[1:] if not a.startswith("-")] or sorted(p.stem for p in GRAPHS.glob("*.yaml"))
    for name in names:
        dataset, vocabulary = open_graph(name)
        cases = yaml.safe_load((GRAPHS / f"{name}.yaml").read_text())
        counts = {"right": 0, "wrong": 0, "refused": 0}
        for case in cases:
            answer = ask(dataset, vocabulary, case["q"])
            found = verdict(case, answer)
            counts[found] += 1
            if found != "right":
                cells = [[c.value if c else None for c in r.cells] for r in answer.rows[:3]]
                wanted = case.get("a", case.get("bool"))
                print(
                    f"{found:8}{case['q']}\n         want {wanted} got {answer.boolean} {cells} {answer.uncovered}"
                )
                if "-v" in sys.argv:
                    print("        ", " | ".join(answer.explanation))
                    print("        ", answer.sparql)
        print(name, counts, f"of {len(cases)}")


if __name__ == "__main__":
    main()
