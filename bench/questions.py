"""Runs a folder of questions with gold answers and says right, wrong, refused.

    python bench/questions.py FOLDER [--part tune|held] [--fail] [--only TEXT] [--out PRED.jsonl]

The folder holds graph.ttl and questions.jsonl; score.py is looked for in it and beside it. No data is
copied. ``--part`` takes two thirds of the questions to work on, or the third that is held out.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import statistics
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from pyoxigraph import RdfFormat, Store

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.questions import ask
from kg.results import Answer
from kg.vocabulary import Vocabulary


def part_of(identifier: str) -> str:
    """Return which part a question belongs to; stable, and blind to its content."""
    return "held" if int(hashlib.md5(identifier.encode()).hexdigest(), 16) % 3 == 0 else "tune"  # noqa: S324


def answers_of(answer: Answer) -> list[list[str]] | None:
    """Return an answer in the scorer's form: None where the question was refused."""
    if answer.status not in ("answered", "not_stated"):
        return None
    if answer.boolean is not None:
        return [[str(answer.boolean).lower()]]
    rows = []
    for row in answer.rows:
        cells = [cell for cell in row.cells if cell is not None]
        rows.append([c.iri for c in cells if c.iri] + [c.value for c in cells])
    return rows


def load_scorer(folder: Path) -> ModuleType | None:
    """Import score.py from the folder or its parent, if there is one."""
    for place in (folder, folder.parent):
        if (place / "score.py").exists():
            spec = importlib.util.spec_from_file_location("score", place / "score.py")
            if spec is not None and spec.loader is not None:
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                return module
    return None


def run(folder: Path, questions: list[dict[str, Any]]) -> tuple[dict[str, Any], list[float]]:
    """Ask every question; return predictions by id and the times in ms."""
    store = Store()
    store.load(path=str(folder / "graph.ttl"), format=RdfFormat.TURTLE)
    dataset = Dataset(OxigraphEngine(store))
    started = time.perf_counter()
    vocabulary = Vocabulary.from_dataset(dataset)
    print(f"vocabulary {1e3 * (time.perf_counter() - started):.0f} ms")
    predictions, times = {}, []
    for question in questions:
        answer = ask(dataset, vocabulary, question["question"])
        times.append(answer.elapsed_ms)
        predictions[question["id"]] = {"id": question["id"], "answers": answers_of(answer), "answer": answer}
    return predictions, times


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=("tune", "held"))
    parser.add_argument("--only", default="")
    parser.add_argument("--fail", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = (options.folder / "questions.jsonl").read_text().splitlines()
    questions = [json.loads(line) for line in lines if line.strip()]
    questions = [q for q in questions if options.only in q["question"] or options.only == q["id"]]
    if options.part:
        questions = [q for q in questions if part_of(q["id"]) == options.part]
    predictions, times = run(options.folder, questions)
    if options.out:
        options.out.write_text(
            "".join(json.dumps({"id": p["id"], "answers": p["answers"]}) + "\n" for p in predictions.values())
        )
    times.sort()
    print(
        f"time ms: median {statistics.median(times):.1f}  p95 {times[int(0.95 * len(times))]:.1f}"
        f"  max {times[-1]:.1f}"
    )
    scorer = load_scorer(options.folder)
    if scorer is None:
        return
    labels_file = options.folder / "labels.json"
    labels = json.loads(labels_file.read_text()) if labels_file.exists() else {}
    results = scorer.score(questions, predictions, labels)
    report(results, predictions, questions, fail=options.fail, verbose=options.verbose)


def report(
    results: list[dict[str, Any]],
    predictions: dict[str, Any],
    questions: list[dict[str, Any]],
    *,
    fail: bool,
    verbose: bool,
) -> None:
    """Print the three numbers, and the failures if asked."""
    right = sum(r["em"] for r in results)
    wrong = sum(r["answered"] and not r["em"] for r in results)
    total = len(results)
    refused = total - right - wrong
    print(
        f"{total} questions: right {right} ({right / total:.1%})  wrong {wrong} ({wrong / total:.1%})"
        f"  refused {refused}"
    )
    gold = {q["id"]: q for q in questions}
    for result in results:
        if (result["em"] and not verbose) or not fail:
            continue
        answer = predictions[result["id"]]["answer"]
        mark = "right" if result["em"] else "WRONG" if result["answered"] else "refused"
        print(f"{mark:8}{result['id']} {result['question']}")
        if answer.uncovered or not result["answered"]:
            print(f"         uncovered {answer.uncovered} {answer.status}")
        else:
            want = gold[result["id"]]["gold_answers"]
            print(
                f"         gold {str(want[:3])[:150]} ({len(want)})"
                f"  got {str(predictions[result['id']]['answers'][:2])[:200]} ({len(answer.rows)})"
            )
            print("         " + " | ".join(answer.explanation))
            if verbose:
                print(answer.sparql)


if __name__ == "__main__":
    main()
