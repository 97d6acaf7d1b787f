"""The commands that show the network: what they write, what they say, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A small labelled graph without claims."""
    path = tmp_path / "people.ttl"
    path.write_text(
        """@prefix ex: <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        ex:knows rdfs:label "knows" . ex:ann a ex:Person ; rdfs:label "Ann" ; ex:knows ex:bob .
        ex:bob a ex:Person ; rdfs:label "Bob" ; ex:knows ex:cy . ex:cy a ex:Person ; rdfs:label "Cy" .
        ex:dee a ex:Person ; rdfs:label "Dee" ; ex:knows ex:dee .""",
        encoding="utf-8",
    )
    return path


def files() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def title(name: str) -> str:
    found = re.search("<title>(.*?)</title>", Path(name).read_text(encoding="utf-8"))
    return found[1] if found else ""


def test_map_writes_one_file_and_prints_its_path(run: Run) -> None:
    result = run("map")
    assert result.code == 0
    assert files() == [result.out.strip()]
    assert Path(result.out.strip()).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_map_takes_an_entity_before_a_question(run: Run) -> None:
    assert run("map", "CoreWeave").out.strip() == "coreweave.html"
    assert title("coreweave.html") == "CoreWeave"


def test_map_draws_the_answer_to_a_question(run: Run) -> None:
    result = run("map", "who bears capex risk")
    assert (result.code, result.out.strip()) == (0, "who-bears-capex-risk.html")


def test_map_takes_a_file_name(run: Run) -> None:
    assert run("map", "CoreWeave", "-o", "a map.html").out.strip() == "a map.html"
    assert files() == ["a map.html"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["what is the revenue of CoreWeave"], 1, "not stated"),
        (["who fnords the gleeb"], 3, "not understood"),
        (["--path", "CoreWeave", "nobody at all"], 3, "nothing in the graph is called 'nobody at all'"),
        (["--compare", "CoreWeave", "nobody at all"], 3, "nothing in the graph is called 'nobody at all'"),
        (["--scenario", "Z"], 3, "Scenario A"),
        (["CoreWeave", "--path", "AWS", "Oracle"], 2, "one of"),
        (["--hops", "0"], 2, "--hops"),
        (["-o", "no/such/folder/map.html"], 2, "there is no folder"),
    ],
)
def test_map_writes_no_file_when_it_cannot_draw(run: Run, arguments: list[str], code: int, said: str) -> None:
    result = run("map", *arguments)
    assert (result.code, result.out, files()) == (code, "", [])
    assert said in result.err
    assert len(result.err.strip().splitlines()) == 1


def test_map_says_when_nothing_joins_the_two(run: Run, plain: Path) -> None:
    result = run("-g", plain, "map", "--path", "Ann", "Dee")
    assert (result.code, files()) == (1, [])
    assert "no path joins 'Ann' and 'Dee'" in result.err


@pytest.mark.slow
def test_map_draws_paths_comparisons_and_scenarios(run: Run) -> None:
    assert run("map", "--path", "Apple", "lenders").out.strip() == "from-apple-to-lenders.html"
    assert run("map", "--compare", "Meta Platforms", "CoreWeave").code == 0
    assert run("map", "--scenario", "A").out.strip().startswith("scenario-a")
    assert len(files()) == 3


def test_map_of_a_class_shows_its_instances_and_of_a_property_its_statements(run: Run, plain: Path) -> None:
    assert run("-g", plain, "map", "Person").code == 0
    assert run("-g", plain, "map", "knows").code == 0
    assert title("knows.html") == "knows"


def test_map_limits_to_the_best_connected_and_says_of_how_many(run: Run) -> None:
    run("map", "--limit", "10", "-o", "ten.html")
    page = Path("ten.html").read_text(encoding="utf-8")
    data = json.loads(re.search('id="rest">(.*?)</script>', page)[1])  # type: ignore[index]
    nodes = json.loads(re.search('id="nodes">(.*?)</script>', page)[1])  # type: ignore[index]
    assert len(nodes) == 10
    assert data["total"][0] > 150


def test_map_of_any_graph_is_named_after_its_file(run: Run, plain: Path) -> None:
    assert run("-g", plain, "map").out.strip() == "people-ttl.html"


def test_path_tells_each_hop_with_its_quote(run: Run) -> None:
    result = run("path", "Apple", "lenders", "--limit", "1")
    assert result.code == 0
    assert result.out.splitlines()[0].startswith("Apple ← ")
    assert result.out.count("“") >= 4
    assert "merchants shift risk to lenders (by debt)" in result.out


def test_path_as_json_holds_the_claims_of_every_hop(run: Run) -> None:
    found = json.loads(run("path", "CoreWeave", "capex risk", "--format", "json").out)
    for way in found["paths"]:
        for hop in way["hops"]:
            assert hop["claims"]
            assert all(claim["evidence"] or claim["because"] for claim in hop["claims"])


def test_path_follows_the_arrows_only_when_told(run: Run, plain: Path) -> None:
    assert run("-g", plain, "path", "Cy", "Ann").out.strip().splitlines()[0] == "Cy ← Bob ← Ann"
    result = run("-g", plain, "path", "Cy", "Ann", "--directed")
    assert (result.code, result.out) == (1, "")
    assert "along the direction" in result.err


def test_compare_says_what_is_said_of_both_and_of_one_alone(run: Run) -> None:
    out = run("compare", "Meta Platforms", "CoreWeave").out
    assert "Said of both Meta Platforms and CoreWeave" in out
    assert "Said of Meta Platforms alone" in out
    assert "“the large hyperscalers (AWS, META)”" in out


def test_compare_as_json_names_the_side_of_each_row(run: Run) -> None:
    rows = json.loads(run("compare", "hyperscalers", "merchants", "--format", "json").out)["rows"]
    assert {row["said_of"] for row in rows} == {"both", "first", "second"}


def test_network_measures_as_a_table_and_in_full_for_programs(run: Run) -> None:
    result = run("network", "--limit", "5")
    assert len(result.out.splitlines()) == 6
    assert "5 of 156 entities" in result.err
    rows = list(csv.DictReader(io.StringIO(run("network", "--format", "csv").out)))
    found = json.loads(run("network", "--format", "json", "--sort", "broker").out)
    assert len(rows) == found["entities"] == len(found["measures"])
    assert found["measures"][0]["broker"] == max(row["broker"] for row in found["measures"])


@pytest.mark.parametrize("form", ["graphml", "gexf", "dot", "mermaid", "cypher", "edges"])
def test_export_writes_the_network_in_every_format(run: Run, plain: Path, form: str) -> None:
    result = run("-g", plain, "export", "--format", form)
    assert result.code == 0
    assert "Ann" in result.out
    assert result.out == run("-g", plain, "export", "--format", form).out


@pytest.mark.slow
def test_the_gallery_is_fresh() -> None:
    """Everything is what is drawn today, but for the organic layout: its last digits depend on the machine."""
    from kg.knowledge_graph import open_graph
    from kg.maps.gallery import gallery

    folder = Path(__file__).parents[1] / "exports"
    stale = [
        name
        for name, drawn in gallery(open_graph())
        if comparable((folder / f"{name}.html").read_text(encoding="utf-8")) != comparable(drawn.html)
    ]
    assert stale == [], "run: kgq map --gallery exports"


def comparable(page: str) -> tuple[Any, ...]:
    parts = re.split('(<script type="application/json" id="rest">.*?</script>)', page, flags=re.DOTALL)
    data = json.loads(parts[1].partition(">")[2].removesuffix("</script>"))
    for view in data["views"]:
        if view["label"] == "Organic":
            view["places"] = sorted(view["places"])
    return parts[0], data, parts[2]
