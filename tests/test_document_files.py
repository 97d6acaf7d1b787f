"""The files of documents, one by one: what is written is read, blank nodes keep their names, nothing is fatal."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.claim_rows import split_qualifiers
from kg.documents.rdf import read_rdf, skolemize
from kg.documents.text import SourceText
from kg.documents.yaml_source import read_yaml


def test_aliases_in_yaml_are_refused() -> None:
    root, problems = read_yaml("a: &x [1, 2]\nb: [*x, *x, *x]", "bomb.yaml")
    assert root is None
    assert "aliases" in problems[0].message


def test_yaml_nested_too_deep_is_refused() -> None:
    root, problems = read_yaml("[" * 50_000, "deep.yaml")
    assert root is None
    assert problems


def test_blank_nodes_get_the_same_names_in_every_run(tmp_path: Path) -> None:
    path = tmp_path / "blank.ttl"
    path.write_text('@prefix e: <http://e/> . e:a e:b [ e:c "1" ] , [ e:c "2" ] .', encoding="utf-8")
    first, _ = read_rdf(path)
    path.write_text('@prefix e: <http://e/> . e:a e:b [ e:c "2" ] . e:a e:b [ e:c "1" ] .', encoding="utf-8")
    second, _ = read_rdf(path)
    assert first is not None
    assert second is not None
    assert set(map(str, first.quads)) == set(map(str, second.quads))
    assert not any("_:" in str(quad) for quad in first.quads)


def test_two_files_do_not_share_blank_nodes(tmp_path: Path) -> None:
    found = []
    for name in ("one.ttl", "two.ttl"):
        (tmp_path / name).write_text('<http://e/a> <http://e/b> [ <http://e/c> "1" ] .', encoding="utf-8")
        rdf, _ = read_rdf(tmp_path / name)
        assert rdf is not None
        found.append({quad.subject for quad in rdf.quads})
    assert len(found[0] & found[1]) == 1  # e:a alone


def test_too_many_blank_nodes_are_refused() -> None:
    from pyoxigraph import BlankNode, NamedNode, Quad

    p = NamedNode("http://e/p")
    with pytest.raises(ValueError, match="too many"):
        skolemize([Quad(BlankNode(), p, p) for _ in range(10_001)], "x")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deep.ttl", "<http://e/a> <http://e/b> " + "(" * 100_000),
        ("deep.jsonld", "[" * 100_000),
        ("deep.xml", "<a>" * 100_000),
        ("odd.docx", "x"),
    ],
)
def test_no_file_takes_the_process_down(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    rdf, problems = read_rdf(tmp_path / name)
    assert rdf is None
    assert len(problems) == 1


names = st.text(st.characters(categories=["L", "N"]), min_size=1)
words = st.text(st.characters(exclude_characters="\\", exclude_categories=["C"])).map(str.strip).filter(bool)


@given(st.lists(st.tuples(names, words)))
def test_qualifiers_survive_being_written_and_read(pairs: list[tuple[str, str]]) -> None:
    cell = "; ".join(f"{name}={value.replace(';', chr(92) + ';')}" for name, value in pairs)
    assert list(split_qualifiers(cell)) == pairs


@given(st.text(), st.text(min_size=1), st.text())
def test_a_quote_of_a_text_is_found_where_it_stands(before: str, quote: str, after: str) -> None:
    try:
        text = SourceText.from_bytes((before + quote + after).encode("utf-8"))
    except UnicodeEncodeError:
        return  # a lone surrogate is no text
    assert len(before) in text.occurrences(quote)
    near = text.nearest_passage(quote)
    if near is not None:
        assert text.text[near.start : near.end] == near.words


def test_triples_inside_triples_do_not_end_the_process(tmp_path: Path) -> None:
    path = tmp_path / "deep.ttl"
    path.write_text(
        "<http://e/a> <http://e/b> " + "<<( <http://e/a> <http://e/b> " * 30_000 + "1" + " )>>" * 30_000
    )
    rdf, problems = read_rdf(path)
    assert rdf is None
    assert "triples inside triples" in problems[0].message
