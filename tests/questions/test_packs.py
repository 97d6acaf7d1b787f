"""Questions of several domains, written without looking at what the engine can do, answered as expected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from kg.dataset import Dataset
from kg.questions import ask
from kg.results import Answer
from kg.vocabulary import Vocabulary

GRAPHS = Path(__file__).parent / "graphs"
Opened: TypeAlias = "Callable[[str], tuple[Dataset, Vocabulary]]"


def cases() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case['q']}")
        for path in sorted(GRAPHS.glob("*.yaml"))
        for case in yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
    ]


def plain(value: object) -> str:
    try:
        return f"{float(str(value)):.6g}"
    except ValueError:
        return str(value).lower()


def holds(wanted: list[Any], answer: Answer) -> bool:
    rows = [{plain(cell.value) for cell in row.cells if cell is not None} for row in answer.rows]
    gold = [{plain(x) for x in (item if isinstance(item, list) else [item])} for item in wanted]
    return all(any(g <= r for r in rows) for g in gold) and all(any(g <= r for g in gold) for r in rows)


@pytest.mark.parametrize(("name", "case"), cases())
def test_a_question_is_answered_as_expected_or_refused_never_guessed(
    name: str, case: dict[str, Any], opened: Opened
) -> None:
    answer = ask(*opened(name), case["q"])
    refused = answer.status in ("not_understood", "ambiguous")
    if case.get("refused"):
        assert refused or any(holds(option, answer) for option in case.get("alt", []))
        return
    if case.get("may_refuse") and refused:
        return
    assert not refused, answer.uncovered
    if "bool" in case:
        assert answer.boolean is case["bool"], answer.sparql
    else:
        assert any(holds(option, answer) for option in [case["a"], *case.get("alt", [])]), answer.sparql
    assert answer.paraphrase
    assert answer.sparql
    assert answer.explanation
