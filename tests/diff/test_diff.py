"""What sets two graphs apart: facts whatever blank nodes are called, and answers."""

from __future__ import annotations

import json
import random
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from kg.diff import diff_facts
from kg.diff.blank_nodes import blank_nodes
from kgq.main import main

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "diff.schema.json").read_text("utf-8"))
NODES = [NamedNode(f"http://e/{name}") for name in "ab"] + [BlankNode(name) for name in "wxyz"]
PREDICATES = [NamedNode(f"http://e/{name}") for name in "pq"]
OBJECTS = [*NODES, Literal("1"), Triple(NODES[2], PREDICATES[0], NODES[3])]
QUADS = st.lists(
    st.builds(Quad, st.sampled_from(NODES), st.sampled_from(PREDICATES), st.sampled_from(OBJECTS)), max_size=12
)


def read(text: str) -> list[Quad]:
    return list(parse(f"@prefix e: <http://e/> . {text}".encode(), format=RdfFormat.TRIG))


def renamed(quads: list[Quad], seed: int) -> list[Quad]:
    """Return the quads with other labels, in another order."""
    nodes = sorted({node for quad in quads for node in blank_nodes(quad)}, key=str)
    labels = [BlankNode(f"n{number}") for number in range(len(nodes))]
    random.Random(seed).shuffle(labels)  # noqa: S311 - to repeat it
    names = dict(zip(nodes, labels, strict=True))

    def name(term: object) -> object:
        if isinstance(term, Triple):
            return Triple(name(term.subject), term.predicate, name(term.object))  # type: ignore[arg-type]
        return names.get(term, term)  # type: ignore[call-overload]

    found = [Quad(name(q.subject), q.predicate, name(q.object), q.graph_name) for q in quads]  # type: ignore[arg-type]
    random.Random(seed).shuffle(found)  # noqa: S311
    return found


@given(QUADS, st.integers())
def test_labels_of_blank_nodes_make_no_difference(quads: list[Quad], seed: int) -> None:
    assert diff_facts(quads, renamed(quads, seed)).same


@given(QUADS, QUADS, st.integers())
def test_a_difference_leads_from_the_one_graph_to_the_other(one: list[Quad], two: list[Quad], seed: int) -> None:
    found = diff_facts(one, two)
    back = diff_facts(two, one)
    assert len(found.removed) - len(found.added) == len(set(one)) - len(set(two))
    assert (len(back.removed), len(back.added)) == (len(found.added), len(found.removed))
    assert found.same == diff_facts(renamed(one, seed), two).same


def test_a_change_in_one_of_many_like_nodes_is_that_change_alone() -> None:
    one = " ".join(f"e:a e:addr [ e:street 'S{n}' ; e:zip {n} ] ." for n in range(100))
    found = diff_facts(read(one), read(one.replace("e:zip 42", "e:zip 43")))
    assert (len(found.removed), len(found.added)) == (1, 1)
    assert '"42"' in found.removed[0]


def test_one_node_more_of_a_kind_is_seen() -> None:
    found = diff_facts(read("e:a e:p [ e:q 1 ] ."), read("e:a e:p [ e:q 1 ], [ e:q 1 ] ."))
    assert (len(found.removed), len(found.added)) == (0, 2)


def test_named_graphs_count() -> None:
    assert not diff_facts(read("e:g { e:a e:p 1 }"), read("e:h { e:a e:p 1 }")).same


@pytest.fixture
def versions(tmp_path: Path) -> tuple[str, str]:
    """Two versions of a graph."""
    for name, line in (("1", "e:a e:p 1 ."), ("2", "e:a e:p 2 .")):
        (tmp_path / f"v{name}.ttl").write_text(f"@prefix e: <http://e/> .\ne:b e:p 1 .\n{line}", encoding="utf-8")
    return str(tmp_path / "v1.ttl"), str(tmp_path / "v2.ttl")


def test_lines_are_sorted_and_the_exit_code_tells(
    versions: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *versions]) == 1
    said = capsys.readouterr()
    integer = "^^<http://www.w3.org/2001/XMLSchema#integer> ."
    assert said.out == f'- <http://e/a> <http://e/p> "1"{integer}\n+ <http://e/a> <http://e/p> "2"{integer}\n'
    assert said.err == "kgq: 1 removed, 1 added.\n"
    assert main(["diff", versions[0], versions[0]]) == 0
    assert capsys.readouterr().out == ""


def test_json_keeps_to_its_schema_and_the_patch_to_its_form(
    versions: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *versions, "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, SCHEMA)
    assert len(data["removed"]) == 1
    assert main(["diff", *versions, "--format", "patch"]) == 1
    assert [line.split(" ")[0] for line in capsys.readouterr().out.splitlines()] == ["TX", "D", "A", "TC"]


def test_answers_are_compared_by_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, city in (("1", "Bergen"), ("2", "Oslo")):
        (tmp_path / f"v{name}.ttl").write_text(
            "@prefix e: <http://e/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
            "e:Company rdfs:label 'company' . e:basedIn rdfs:label 'based in' . e:Oslo rdfs:label 'Oslo' .\n"
            f"e:Bergen rdfs:label 'Bergen' . e:x a e:Company ; rdfs:label 'Northwind' ; e:basedIn e:{city} .",
            encoding="utf-8",
        )
    pack = tmp_path / "pack.yaml"
    pack.write_text("- question: which companies are based in Oslo\n- question: companies\n", encoding="utf-8")
    names = [str(tmp_path / "v1.ttl"), str(tmp_path / "v2.ttl")]
    assert main(["diff", *names, "--pack", str(pack), "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, SCHEMA)
    assert [change["question"] for change in data["changes"]] == ["which companies are based in Oslo"]
    assert "Northwind" in data["changes"][0]["added"][0]
    assert main(["diff", names[0], names[0], "--pack", str(pack)]) == 0


def test_a_graph_that_cannot_be_read_is_no_difference(tmp_path: Path) -> None:
    assert main(["diff", str(tmp_path / "a.ttl"), str(tmp_path / "b.ttl")]) == 4
