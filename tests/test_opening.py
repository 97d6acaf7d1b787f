"""Opening a graph: every format, every way it can go wrong."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
import rdflib

from kg import SourceError
from kg.opening import open_dataset

TRIPLE = "<http://e/a> <http://e/p> <http://e/b>"
FORMS = {
    "data.ttl": "@prefix e: <http://e/> . e:a e:p e:b .",
    "data.turtle": f"{TRIPLE} .",
    "data.nt": f"{TRIPLE} .",
    "data.nq": f"{TRIPLE} <http://e/g> .",
    "data.trig": "@prefix e: <http://e/> . e:g { e:a e:p e:b }",
    "data.n3": f"{TRIPLE} .",
    "data.rdf": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
        '<rdf:Description rdf:about="http://e/a"><e:p rdf:resource="http://e/b"/></rdf:Description></rdf:RDF>'
    ),
    "data.jsonld": '{"@id": "http://e/a", "http://e/p": {"@id": "http://e/b"}}',
    "DATA.TTL": f"{TRIPLE} .",
}


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("name", FORMS)
def test_the_end_of_the_name_says_the_format(tmp_path: Path, name: str, zipped: bool) -> None:
    path = tmp_path / (name + ".gz" * zipped)
    data = FORMS[name].encode()
    path.write_bytes(gzip.compress(data) if zipped else data)
    dataset = open_dataset(path, union=True)
    assert dataset.ask("ASK { <http://e/a> <http://e/p> <http://e/b> }")


def test_a_folder_is_all_the_rdf_files_in_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.ttl").write_text("<http://e/1> <http://e/p> 1 .")
    (tmp_path / "deep" / "b.nt").write_text("<http://e/2> <http://e/p> <http://e/3> .")
    (tmp_path / "notes.txt").write_text("not RDF")
    assert len(open_dataset(tmp_path).select("SELECT * { ?s ?p ?o }")) == 2


def test_several_sources_make_one_graph(tmp_path: Path) -> None:
    for n in (1, 2):
        (tmp_path / f"{n}.ttl").write_text(f"<http://e/{n}> <http://e/p> _:b .")
    dataset = open_dataset([tmp_path / "1.ttl", str(tmp_path / "2.ttl")])
    assert len(dataset.select("SELECT DISTINCT ?o { ?s ?p ?o }")) == 2  # blank nodes of two files stay two


def test_prefixes_of_a_file_can_be_used_but_not_to_change_what_kgq_says(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("@prefix mine: <http://e/> . @prefix kgq: <http://elsewhere/> . mine:a mine:p kgq:b .")
    dataset = open_dataset(path)
    assert dataset.ask("ASK { mine:a mine:p <http://elsewhere/b> }")
    assert dataset.prefixes["kgq"] == "https://w3id.org/kgq/core#"


def test_a_graph_with_claims_is_queried_as_the_union_and_others_are_not(claims_file: Path, tmp_path: Path) -> None:
    assert open_dataset(claims_file).union
    path = tmp_path / "a.trig"
    path.write_text(FORMS["data.trig"])
    assert not open_dataset(path).ask("ASK { ?s ?p ?o }")
    assert open_dataset(path, union=True).ask("ASK { ?s ?p ?o }")


def test_an_rdflib_graph_is_used_as_it_is() -> None:
    graph = rdflib.Graph()
    graph.bind("mine", "http://e/")
    dataset = open_dataset(graph)
    graph.add((rdflib.URIRef("http://e/a"), rdflib.URIRef("http://e/p"), rdflib.Literal(1)))
    assert dataset.ask("ASK { mine:a mine:p 1 }")


def test_the_version_changes_with_the_content(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(f"{TRIPLE} .")
    before = open_dataset(path).version
    assert open_dataset(path).version == before
    path.write_text(f"{TRIPLE} , 1 .")
    assert open_dataset(path).version != before


def refused(source: str | Path | list[str]) -> str:
    with pytest.raises(SourceError) as caught:
        open_dataset(source)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("broken.ttl", b"@prefix e: <http://e/> .\ne:a e:b .\n", "broken.ttl:2: not valid Turtle"),
        ("prefix.ttl", b"e:a e:b e:c .", "prefix e: has not been declared"),
        (
            "latin.ttl",
            "<http://e/a> <http://e/p> 'Zürich' .".encode("latin-1"),
            "latin.ttl:1: byte 0xFC at offset 28",
        ),
        ("empty.ttl", b"", "the file is empty"),
        ("broken.jsonld", b'{"@id": ', "not valid JSON-LD"),
        ("remote.jsonld", b'{"@context": "http://x.invalid/c", "@id": "a"}', "remote context"),
        ("broken.rdf", b"<rdf:RDF>", "not valid RDF/XML"),
        ("notzip.ttl.gz", b"plain", "cannot be read"),
        ("half.ttl.gz", gzip.compress(b"<http://e/a> <http://e/p> 1 ." * 99, mtime=0)[:-20], "cannot be read"),
        ("data.docx", b"x", "becomes claims by kgq add"),
        ("data.unknown", b"x", "must end in .ttl"),
        ("data.csv", b"id,name\n1,x\n", "kgq mapping"),
    ],
)
def test_a_bad_file_is_refused_in_one_line_with_its_place(
    tmp_path: Path, name: str, data: bytes, part: str
) -> None:
    (tmp_path / name).write_bytes(data)
    message = refused(tmp_path / name)
    assert part in message
    assert name in message


def test_what_is_missing_or_no_rdf_at_all_is_said(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "nowhere.ttl")
    assert "asked by itself" in refused(["http://example.com/sparql", str(tmp_path)])
    assert "no RDF files in this folder" in refused(tmp_path)
    (tmp_path / "claims.csv").write_text("id")
    assert "no such file" in refused(tmp_path)  # document.yaml


@pytest.mark.parametrize(("source", "message"), [([], "no source is given"), (42, "'int' is no source")])
def test_what_is_no_source_is_said_in_one_line(source: Any, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        open_dataset(source)
