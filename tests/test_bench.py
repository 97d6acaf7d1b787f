"""The bench's graph is the same each time and of the size asked for; what is told of a program is its own."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from bench.graph import BASE, graph_lines, labelled_things, people, questions
from bench.measuring import ROOT, peak_memory, run
from bench.results import Curve, Result, Table, read_results


@pytest.mark.parametrize("triples", [500, 5_000, 50_000])
def test_the_graph_is_of_the_size_asked_for_and_the_same_each_time(triples: int) -> None:
    lines = "".join(graph_lines(triples))
    assert lines == "".join(graph_lines(triples))
    count = sum(1 for _ in parse(input=lines, format=RdfFormat.N_TRIPLES))
    assert abs(count - triples) < max(100, 0.05 * triples)


def test_names_are_made_one_by_one_whatever_the_size() -> None:
    assert sum(block.count("\n") for block in islice(labelled_things(10**9), 200)) > 200


def test_people_are_as_many_as_said_with_four_triples_each() -> None:
    text, last = "".join(graph_lines(2_000)), people(2_000) - 1
    assert text.count(f"\n<{BASE}Person/{last}> ") == 4
    assert f"<{BASE}Person/{last + 1}>" not in text


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


def test_memory_and_output_of_a_program_are_its_own() -> None:
    held = bytearray(os.urandom(1)) * 50_000_000
    taken = run([sys.executable, "-c", "print('four')"])
    assert taken.output == 5
    assert 1 < taken.memory < peak_memory(os.getpid()) - len(held) / 1e6
    assert 0 < taken.cpu < 10


def test_a_program_that_fails_or_is_not_there_is_told() -> None:
    with pytest.raises(RuntimeError, match="ended with 3"):
        run([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(RuntimeError, match="no-such-program"):
        run(["no-such-program"])
    assert run([sys.executable, "-c", "raise SystemExit(3)"], check=False).output == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="CPU time of servers is read from /proc")
def test_a_quick_run_ends_and_leaves_what_is_kept_alone(tmp_path: Path) -> None:
    kept = (ROOT / "bench" / "RESULTS.md").read_bytes()
    parts = "questions,second,endpoint,maps"
    command = [sys.executable, "-m", "bench", "--quick", "--parts", parts, "--results", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert set(read_results(tmp_path)) == set(parts.split(","))
    assert "### Requests a second" in done.stdout
    assert (ROOT / "bench" / "RESULTS.md").read_bytes() == kept
