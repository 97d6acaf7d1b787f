"""The bench's graph is the same each time, of the size asked for; its results are kept by size."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from bench.graph import graph_lines, labelled_things, questions
from bench.results import Curve, Result, Table, read_results


@pytest.mark.parametrize("triples", [500, 5_000, 50_000])
def test_the_graph_is_of_the_size_asked_for_and_the_same_each_time(triples: int) -> None:
    lines = "".join(graph_lines(triples))
    assert lines == "".join(graph_lines(triples))
    count = sum(1 for _ in parse(input=lines, format=RdfFormat.N_TRIPLES))
    assert abs(count - triples) < max(100, 0.05 * triples)


def test_names_are_made_one_by_one_whatever_the_size() -> None:
    assert sum(block.count("\n") for block in islice(labelled_things(10**9), 200)) > 200


def test_questions_are_about_names_in_the_graph() -> None:
    told: list[dict[str, str]] = []
    lines = "".join(graph_lines(2_000, told))
    asked = questions(told)
    assert len(asked) == 40
    assert all(f'"{name}"' in lines for names in told for name in names.values())


def test_what_was_measured_of_other_sizes_stays(tmp_path: Path) -> None:
    for size, seconds in ((1_000, 1.0), (2_000, 2.0), (1_000, 3.0)):
        table = Table(f"{size:,} triples", ["what", "s"], [["kgq", seconds]])
        curve = Curve("load", "triples", "s", {"kgq": [(size, seconds)]}, "load")
        Result("load", "Load", "", [table], [curve]).save(tmp_path)
    kept = read_results(tmp_path)["load"]
    assert [(table.title, table.rows[0][1]) for table in kept.tables] == [
        ("1,000 triples", 3.0),
        ("2,000 triples", 2.0),
    ]
    assert [tuple(point) for point in kept.curves[0].series["kgq"]] == [(1_000, 3.0), (2_000, 2.0)]
