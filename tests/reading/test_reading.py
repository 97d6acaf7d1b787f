"""Every form of source, by name, by content and by hand, gives the same quads."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Store

from kg import SourceError, open_graph
from kg.reading import FORMS, find_sources
from kg.reading.sniffing import sniff
from kg.reading.templates import parse_template
from kg.syntaxes import RDF_SUFFIXES
from kgq.main import main

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RDF_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
    '<rdf:Description rdf:about="http://e/a"><e:p rdf:resource="http://e/b"/></rdf:Description></rdf:RDF>'
)
LINE = "<http://e/a> <http://e/p> <http://e/b>"
SAMPLES = {
    "turtle": "@prefix e: <http://e/> . e:a e:p e:b .",
    "trig": "@prefix e: <http://e/> . { e:a e:p e:b }",
    "ntriples": f"{LINE} .",
    "nquads": f"{LINE} .",
    "n3": f"{LINE} .",
    "rdfxml": RDF_XML,
    "jsonld": '{"@id": "http://e/a", "http://e/p": {"@id": "http://e/b"}}',
    "hextuples": '["http://e/a", "http://e/p", "http://e/b", "globalId", "", ""]\n',
}
PACK = {"": lambda data: data, ".gz": gzip.compress, ".zst": zstd.compress}


def quads(source: str | Path, **options: object) -> list[str]:
    return [str(quad) for found in find_sources([source], **options) for quad in found.quads()]  # type: ignore[arg-type]


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("suffix", RDF_SUFFIXES)
def test_the_end_of_the_name_says_the_form(tmp_path: Path, suffix: str, packing: str) -> None:
    path = tmp_path / f"data{suffix}{packing}"
    path.write_bytes(PACK[packing](SAMPLES[RDF_SUFFIXES[suffix]].encode()))
    assert quads(path) == [LINE]
    store = Store()
    find_sources([path])[0].load(store)
    assert [str(quad) for quad in store] == [LINE]


@pytest.mark.parametrize("form", SAMPLES)
def test_standard_input_is_read_by_hand_or_by_what_it_holds(form: str) -> None:
    def stdin() -> io.BytesIO:
        return io.BytesIO(SAMPLES[form].encode())

    assert quads("-", form=form, stdin=stdin()) == [LINE]
    if form != "n3":
        assert quads("-", stdin=stdin()) == [LINE]


@pytest.mark.parametrize("form", ["turtle", "ntriples", "rdfxml", "jsonld", "hextuples"])
def test_a_name_that_says_nothing_leaves_it_to_the_content(tmp_path: Path, form: str) -> None:
    path = tmp_path / "data"
    path.write_text(SAMPLES[form], encoding="utf-8")
    assert quads(path) == [LINE]


def test_owl_files_are_what_they_hold(tmp_path: Path) -> None:
    for form in ("rdfxml", "turtle"):
        path = tmp_path / f"{form}.owl"
        path.write_text(SAMPLES[form], encoding="utf-8")
        assert quads(path) == [LINE]


def test_a_byte_order_mark_is_no_part_of_the_data(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_bytes(b"\xef\xbb\xbf" + SAMPLES["turtle"].encode())
    assert quads(path) == [LINE]


def test_globs_and_folders_and_names_twice_give_each_file_once(tmp_path: Path) -> None:
    for name in ("a.ttl", "b.nt", ".hidden.ttl", "notes.txt"):
        (tmp_path / name).write_text(f"{LINE} .", encoding="utf-8")
    names = [str(tmp_path), str(tmp_path / "*.ttl"), str(tmp_path / "a.ttl")]
    assert [Path(source.name).name for source in find_sources(names)] == ["a.ttl", "b.nt"]


def test_blank_nodes_of_two_files_stay_two(tmp_path: Path) -> None:
    store = Store()
    for name in ("a.hext", "b.hext"):
        (tmp_path / name).write_text('["_:x", "http://e/p", "1", "", "", ""]\n', encoding="utf-8")
        find_sources([tmp_path / name])[0].load(store)
    assert len({quad.subject for quad in store if isinstance(quad.subject, BlankNode)}) == 2


def test_triples_go_into_the_graph_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(f"{LINE} .", encoding="utf-8")
    source = find_sources([path])[0]
    assert [str(quad.graph_name) for quad in source.quads(graph="http://e/g")] == ["<http://e/g>"]
    store = Store()
    source.load(store, graph="http://e/g")
    assert [str(quad.graph_name) for quad in store] == ["<http://e/g>"]


def test_progress_counts_the_bytes_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.nt.gz"
    path.write_bytes(gzip.compress(f"{LINE} .\n".encode() * 1000))
    seen: list[int] = []
    source = find_sources([path])[0]
    source.load(Store(), progress=seen.append)
    assert sum(seen) == source.size


def test_prefixes_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(SAMPLES["turtle"], encoding="utf-8")
    assert find_sources([path])[0].load(Store()) == {"e": "http://e/"}


def test_a_form_that_is_misspelt_is_named() -> None:
    with pytest.raises(SourceError, match="did you mean 'turtle'"):
        find_sources(["x"], form="turtel")
    assert "hextuples" in FORMS


TABLE = 'id,name,amount,supplier,site\nc1,"Gas, long",12,Acme Ltd,http://a.example/\nc2,Öl,,A/B,\n'
RULES = """prefixes: {ex: http://example.org/}
mappings:
  contract:
    sources: [FILE]
    s: ex:contract/$(id)
    po:
      - [a, ex:Contract]
      - [rdfs:label, $(name), en~lang]
      - [ex:amount, $(amount), xsd:integer]
      - {p: ex:supplier, o: {value: ex:company/$(supplier), type: iri}}
      - [ex:site, $(site)~iri]
"""
EXPECTED = {
    'ex:contract/c1 rdfs:label "Gas, long"@en',
    'ex:contract/c1 ex:amount "12"^^xsd:integer',
    "ex:contract/c1 ex:supplier ex:company/Acme%20Ltd",
    "ex:contract/c1 ex:site http://a.example/",
    'ex:contract/c2 rdfs:label "Öl"@en',
    "ex:contract/c2 ex:supplier ex:company/A%2FB",
    "ex:contract/c1 a ex:Contract",
    "ex:contract/c2 a ex:Contract",
}


def short(line: str) -> str:
    for base, prefix in (
        ("http://example.org/", "ex:"),
        ("http://www.w3.org/2000/01/rdf-schema#", "rdfs:"),
        ("http://www.w3.org/2001/XMLSchema#", "xsd:"),
    ):
        line = line.replace(base, prefix)
    return line.replace("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "a").replace("<", "").replace(">", "")


def write_table(folder: Path, form: str) -> Path:
    import csv

    import pandas as pd

    rows = list(csv.reader(io.StringIO(TABLE)))
    frame = pd.DataFrame([[cell or None for cell in row] for row in rows[1:]], columns=rows[0])
    frame["amount"] = pd.array([12, None], dtype="Int64")
    path = folder / f"contracts.{form}"
    if form == "xlsx":
        frame.to_excel(path, index=False)
    elif form == "parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_csv(path, index=False, sep="\t" if form == "tsv" else ",")
    return path


@pytest.mark.parametrize("form", ["csv", "tsv", "xlsx", "parquet"])
def test_a_table_of_any_form_gives_the_same_triples(tmp_path: Path, form: str) -> None:
    path = write_table(tmp_path, form)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(RULES.replace("FILE", path.name), encoding="utf-8")
    assert set(map(short, quads(mapping))) == EXPECTED
    assert set(map(short, quads(path, mapping=mapping))) == EXPECTED
    assert open_graph(mapping).ask("PREFIX ex: <http://example.org/> ASK { ?c ex:amount 12 }")


def test_cells_that_are_numbers_need_no_datatype(tmp_path: Path) -> None:
    path = write_table(tmp_path, "parquet")
    mapping = tmp_path / "mapping.yaml"
    text = "mappings: {c: {s: 'http://example.org/$(id)', po: [['http://example.org/n', $(amount)]]}}"
    mapping.write_text(text, encoding="utf-8")
    assert list(map(short, quads(path, mapping=mapping))) == ['ex:c1 ex:n "12"^^xsd:integer']


def test_semicolons_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id;n\n1;2\n", encoding="utf-8")
    mapping = tmp_path / "m.yaml"
    mapping.write_text("mappings: {c: {s: 'http://e/$(id)', po: [['http://e/n', $(n)]]}}", encoding="utf-8")
    assert quads(path, mapping=mapping) == ['<http://e/1> <http://e/n> "2"']


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_a_draft_of_a_mapping_works_as_it_is(
    tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_table(tmp_path, form)
    target = tmp_path / "draft.yaml"
    assert main(["mapping", str(path), "-o", str(target)]) == 0
    found = set(map(short, quads(target)))
    assert 'ex:contracts/c1 ex:amount "12"^^xsd:integer' in found
    assert 'ex:contracts/c1 rdfs:label "Gas, long"' in found
    assert "ex:contracts/c1 ex:site http://a.example/" in found
    assert capsys.readouterr().err == ""


@pytest.mark.slow
def test_a_folder_of_claims_is_opened_as_it_would_be_built() -> None:
    folder = Path(__file__).parents[1] / "data" / "harbour"
    graph = open_graph(folder)
    assert graph.dataset.has_claims
    assert open_graph(folder / "claims.csv").stats() == graph.stats()


@given(st.binary(max_size=300))
def test_sniffing_takes_any_bytes(head: bytes) -> None:
    assert sniff(head) in ("", "parquet", *SAMPLES)


@given(st.text(max_size=30), st.text(max_size=10))
def test_a_column_between_texts_comes_back(text: str, cell: str) -> None:
    plain = text.replace("\\", "\\\\").replace("$(", "$\\(")
    filled = parse_template(f"{plain}$(c)").fill({"c": cell}, encode=False)
    assert filled == (text + cell if cell else None)


@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=20))
def test_a_cell_in_an_iri_is_encoded_and_can_be_told_back(cell: str) -> None:
    from urllib.parse import unquote

    filled = parse_template("http://e/$(c)").fill({"c": cell}, encode=True)
    assert filled is not None
    assert unquote(filled.removeprefix("http://e/")) == cell


@given(
    st.recursive(
        st.one_of(st.text(max_size=6), st.none()), lambda inner: st.lists(inner, max_size=3), max_leaves=12
    ),
    st.integers(1, 7),
)
def test_json_is_as_deep_as_it_is_in_pieces_of_any_size(value: object, size: int) -> None:
    import json

    from kg.reading import guards

    text = json.dumps(['\\"[{', value], ensure_ascii=False).encode()

    def depth(data: object) -> int:
        return 1 + max(map(depth, data), default=0) if isinstance(data, list) else 0

    guard = guards.guard_for("jsonld", "f")
    assert guard is not None
    deepest = 0
    for at in range(0, len(text), size):
        guard.feed(text[at : at + size])
        deepest = max(deepest, guard._depth)  # type: ignore[attr-defined]
    assert guard._depth == 0  # type: ignore[attr-defined]
    assert deepest <= depth(["", value])
    assert size > 1 or deepest == depth(["", value])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_nested_triple_terms_are_counted_in_pieces_of_any_size(size: int) -> None:
    from kg.reading import guards

    text = b"\n<http://e/a> <http://e/b> " + b"<<( <http://e/a> <http://e/b> " * 1001
    guard = guards.guard_for("turtle", "f")
    assert guard is not None

    def feed() -> None:
        for at in range(0, len(text), size):
            guard.feed(text[at : at + size])

    with pytest.raises(SourceError, match="f:2: more than 1,000 triple terms"):
        feed()
