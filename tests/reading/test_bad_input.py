"""Malformed and hostile files, each with the one line it gets: no traceback, the right exit code, nothing written.

Every case is made here, given to the command that reads such a file, and held against the whole message.
"""

# ruff: noqa: E501 - one line a case
from __future__ import annotations

import gzip
import io
import json
import os
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg import SourceError
from kg.reading import find_sources
from kgq.main import main

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"'
MAPPING = "mappings: {p: {s: 'http://e/$(id)', po: [['http://e/n', $(n), xsd:integer]]}}"
NODE = '<rdf:Description rdf:about="http://e/a">'


@dataclass(frozen=True)
class Case:
    """A file, how it is read, and what is said about it.

    Attributes:
        said: the message after ``FILE``: ``:line: text``; {file} stands for the path.
        how: ``graph`` (-g FILE), ``mapping`` (a table with a mapping), ``check`` (kgq check FILE).
    """

    name: str
    data: bytes | Callable[[], bytes]
    said: str
    how: str = "graph"
    code: int = 4


def nested_xml(depth: int) -> bytes:
    return f"<rdf:RDF {RDF}>".encode() + b"<e:a><e:p>" * depth + b"</e:p></e:a>" * depth + b"</rdf:RDF>"


def laughs() -> bytes:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    return f'<!DOCTYPE r [<!ENTITY a0 "ha">{levels}]><rdf:RDF {RDF}>{NODE}<e:p>&a8;</e:p></rdf:Description></rdf:RDF>'.encode()  # fmt: skip


def entity(definition: str) -> bytes:
    body = f"<rdf:RDF {RDF}>{NODE}<e:p>&x;</e:p></rdf:Description></rdf:RDF>"
    return f"<!DOCTYPE r [\n{definition}]>\n{body}".encode()


def bomb() -> bytes:
    return gzip.compress((b"#" * 9_999 + b"\n") * 12_000, 9)


def zstd_bomb() -> bytes:
    return zstd.compress((b"#" * 9_999 + b"\n") * 12_000)


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def workbook(*rows: list[object]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({"id": [1], "n": [[1, 2]]}), out)
    return out.getvalue()


DEEP_TERM = (
    b"<http://e/a> <http://e/b> " + b"<<( <http://e/a> <http://e/b> " * 1200 + b"1" + b" )>>" * 1200 + b" ."
)
HEADER = (
    b"id,subject,predicate,object,value,kind,polarity,modality,voice,scenario,qualifiers,heading,quote,start\n"
)

CASES = (
    # Turtle and its kin
    Case("dot.ttl", b"@prefix e: <http://e/> .\ne:a e:b\n", ":3: not valid Turtle: Unexpected end. Correct the file."),
    Case("prefix.ttl", b"e:a e:b e:c .", ":1: not valid Turtle: The prefix e: has not been declared. Correct the file."),
    Case("space.ttl", b"<http://e/a b> <http://e/p> 1 .", ":1: not valid Turtle: Invalid IRI code point ' '."),
    Case("literal.ttl", b"<http://e/a> <http://e/p> \"x .\n", ":1: not valid Turtle: "),
    Case("escape.ttl", b'<http://e/a> <http://e/p> "\\q" .', ":1: not valid Turtle: "),
    Case("subject.nt", b'"x" <http://e/p> <http://e/a> .', ":1: not valid N-Triples: The subject of a triple must be"),
    Case("relative.nt", b"<a> <http://e/p> <http://e/a> .", ":1: not valid N-Triples: "),
    Case("late.nq", b"<http://e/a> <http://e/p> 'x' .\n" * 3, ":1: not valid N-Quads: "),
    Case("fourth.nt", b"<http://e/a> <http://e/p> <http://e/b> <http://e/g> .", ":1: not valid N-Triples: "),
    Case("graph.ttl", b"<http://e/g> { <http://e/a> <http://e/p> 1 }", ":1: not valid Turtle: "),
    Case("open.trig", b"<http://e/g> { <http://e/a> <http://e/p> 1 ", ":1: not valid TriG: "),
    Case("rule.n3", b"{?x <http://e/a> 1} => {?x <http://e/b> 1} .", ": not valid N3: variables are not allowed"),
    Case("deep.ttl", DEEP_TERM, ":1: more than 1,000 triple terms are nested in each other. Write them side by side."),
    Case("deep.nt", DEEP_TERM, ":1: more than 1,000 triple terms are nested"),
    Case("deepgraph.trig", b"\n" + DEEP_TERM, ":2: more than 1,000 triple terms are nested"),
    Case("long.ttl", lambda: b'<http://e/a> <http://e/p> "' + b"x" * 17_000_000, ": a single term is longer than 16 MiB."),
    # encodings
    Case("latin.ttl", b"\n<http://e/a> <http://e/p> 'Z\xfcrich' .", ":2: byte 0xFC at offset 29 is not UTF-8. Save the"),
    Case("latin.nt.gz", gzip.compress(b'\n<http://e/a> <http://e/p> "\xfc" .'), ":2: byte 0xFC at offset 28 is not UTF-8."),
    Case("utf16.ttl", "<http://e/a> <http://e/p> 1 .".encode("utf-16"), ":1: is UTF-16, and kgq reads UTF-8. Save the"),
    Case("utf16le.nt", "<http://e/a> <http://e/p> 1 .".encode("utf-16-le"), ":1: is UTF-16, and kgq reads UTF-8."),
    Case("latin.rdf", f"<rdf:RDF {RDF}>\n\xe9</rdf:RDF>".encode("latin-1"), ":2: not valid RDF/XML: not well-formed"),
    # RDF/XML
    Case("end.rdf", b"<rdf:RDF>", ": not valid RDF/XML: Unknown prefix rdf:. Correct the file."),
    Case("tags.rdf", f"<rdf:RDF {RDF}>\n<e:a>\n</rdf:RDF>".encode(), ":3: not valid RDF/XML: mismatched tag."),
    Case("id.rdf", f'<rdf:RDF {RDF}><rdf:Description rdf:ID="a b"/></rdf:RDF>'.encode(), ": not valid RDF/XML: a b is not"),
    Case("laughs.rdf", laughs, ":1: the XML entity 'a1' holds another entity or more than 1,024 characters. Write its"),
    Case("file.rdf", entity('<!ENTITY x SYSTEM "file:///etc/passwd">'), ":2: the XML entity 'x' refers to another file"),
    Case("net.rdf", entity('<!ENTITY x SYSTEM "http://x.invalid/">'), ":2: the XML entity 'x' refers to another file"),
    Case("big.rdf", entity(f'<!ENTITY x "{"y" * 2000}">'), ":2: the XML entity 'x' holds another entity or more than"),
    Case("param.rdf", entity('<!ENTITY % x "y">'), ":2: the XML entity 'x' refers to another file or is a parameter"),
    Case("deep.rdf", lambda: nested_xml(30_000), ":1: more than 1,000 elements are nested in each other."),
    # JSON-LD
    Case("end.jsonld", b'{"@id": ', ":1: not valid JSON-LD: "),
    Case("remote.jsonld", b'{"@context": "http://x.invalid/c", "@id": "a"}', ": not valid JSON-LD: it names a remote context"),
    Case("import.jsonld", b'{"@context": {"@import": "http://x.invalid/c"}, "@id": "http://e/a"}', ": not valid JSON-LD: "),
    Case("deep.jsonld", b'{"http://e/p":' * 60_000, ":1: more than 1,000 objects and arrays are nested"),
    Case("array.jsonld", b'{"@id": "http://e/a", "http://e/p": ' + b"[" * 60_000, ":1: more than 1,000 objects and arrays"),
    # HexTuples
    Case("five.hext", b'["http://e/a","http://e/p","x","","en"]\n', ":1: not valid HexTuples: a line is [\"subject\""),
    Case("json.hext", b'\n["http://e/a",\n', ":2: not valid HexTuples: "),
    Case("iri.hext", b'["no iri","http://e/p","x","","",""]\n', ":1: not valid HexTuples: "),
    Case("latin.hext", b'["http://e/a","http://e/p","\xe9","","",""]\n', ":1: byte 0xE9"),
    Case("deep.hext", b"[" * 100_000, ":1: not valid HexTuples: "),
    # packed, and what is no RDF at all
    Case("plain.ttl.gz", b"<http://e/a> <http://e/p> 1 .", ": cannot be read: its name ends in .gz and it is not gzip."),
    Case("half.ttl.gz", gzip.compress(os.urandom(9999))[:-2000], ": cannot be read: Compressed file ended before"),
    Case("crc.ttl.gz", gzip.compress(b"<http://e/a> <http://e/p> 1 .")[:-8] + b"\0" * 8, ": cannot be read: CRC check"),
    Case("half.ttl.zst", zstd.compress(os.urandom(9999))[:-2000], ": cannot be read: Compressed file ended before"),
    Case("bad.ttl.zst", b"\x28\xb5\x2f\xfd" + b"\xff" * 40, ": cannot be read: damaged: "),
    Case("bomb.nt.gz", bomb, ": unpacks to more than 256 times its size ("),
    Case("bomb.nt.zst", zstd_bomb, ": unpacks to more than 256 times its size ("),
    Case("archive.data", zipped({"a.ttl": b""}), ": is a zip archive or an office document, which is not read as a graph."),
    Case("page.xml", b"<!doctype html><html></html>", ": is a web page, which is not read as a graph. Unpack or convert it."),
    Case("report.pdf", b"%PDF-1.7", ": is a PDF, which is not read as a graph."),
    Case("notes.md", b"# Notes\n\nOracle leases.", ": neither its name nor its content tells what it is. A document becomes claims"),
    Case("data.db", b"SQLite format 3\0", ": is an SQLite database, which is not read as a graph."),
    Case("noise.bin", bytes(range(128, 256)), ": neither its name nor its content tells what it is. Its name must end in"),
    Case("empty.ttl", b"", ": the file is empty. Give it data."),
    Case("data.csv", b"id,n\n1,2\n", ": a table needs a mapping that says what its rows mean. `kgq mapping FILE` drafts"),
    # tables through a mapping
    Case("word.csv", b"id,n\n1,2\n2,two\n", ":3: 'two' in the column 'n' is not an xsd:integer. Correct the cell", "mapping"),
    Case("ragged.csv", b"id,n\n1,2,3\n", ":2: the row has 3 cells, the header has 2. Put cells", "mapping"),
    Case("quote.csv", b'id,n\n1,"2\n', ":2: not valid CSV: unexpected end of data. Double every", "mapping"),
    Case("field.csv", lambda: b"id,n\n1," + b"9" * 200_000, ":2: not valid CSV: field larger than field limit", "mapping"),
    Case("twice.csv", b"id,id\n1,2\n", ":1: the column 'id' occurs twice. Rename one of them.", "mapping"),
    Case("unnamed.csv", b"id,,n\n1,2,3\n", ":1: a column has no name. Name it in the first row.", "mapping"),
    Case("header.csv", b"\n\n", ":1: there is no header. Name the columns in the first row.", "mapping"),
    Case("latin.csv", b"id,n\n1,2\n\xfc,3\n", ":3: byte 0xFC at offset 9 is not UTF-8. Save the file as UTF-8.", "mapping"),
    Case("utf16.csv", "id,n\n1,2\n".encode("utf-16"), ":1: is UTF-16, and kgq reads UTF-8.", "mapping"),
    Case("sheet.xlsx", b"PK\x03\x04nothing", ": not a workbook of Excel: File is not a zip file. Save it as .xlsx.", "mapping"),
    Case("other.xlsx", zipped({"a.txt": b"x"}), ": not a workbook of Excel: ", "mapping"),
    Case("bomb.xlsx", lambda: zipped({"xl/x": b"\0" * 100_000_000}), ": unpacks to 100,000,000 bytes in 1 parts", "mapping"),
    Case("error.xlsx", lambda: workbook(["id", "n"], [1, "#REF!"]), ":2: the cell of 'n' in row 2 holds the error #REF!.", "mapping"),
    Case("word.xlsx", lambda: workbook(["id", "n"], [1, "two"]), ":2: 'two' in the column 'n' is not an xsd:integer.", "mapping"),
    Case("data.parquet", b"PAR1nothing", ": not valid Parquet: ", "mapping"),
    Case("list.parquet", parquet, ":2: the column 'n' holds lists or structures. Flatten it.", "mapping"),
    # mappings
    Case("list.yaml", b"- a\n", ":1: a mapping of 'field: value' lines is expected here. Write them."),
    Case("none.yaml", b"prefixes: {}\n", ":1: there is no 'mappings'. Write mappings: with a name"),
    Case("field.yaml", b"mappings:\n  p:\n    subjcts: x\n", ":3: unknown field 'subjcts' in the mapping 'p'. Did you mean 'subjects'?"),
    Case("fn.yaml", b"mappings:\n  p:\n    s: http://e/$(id)\n    condition: x\n", ":4: 'condition' is of YARRRML and not of kgq."),
    Case("prefix.yaml", b"mappings:\n  p:\n    s: ex:$(id)\n    po: [[a, ex:P]]\n", ":3: unknown prefix 'ex'. "),
    Case("open.yaml", b"mappings: {p: {s: 'http://e/$(id', po: [[a, rdfs:Class]]}}", ":1: the template 'http://e/$(id' opens a"),
    Case("net.yaml", b"mappings: {p: {sources: ['http://x/t.csv~csv'], s: 'http://e/$(id)', po: [[a, owl:Thing]]}}", ":1: the source 'http://x/t.csv' is a URL"),
    Case("gone.yaml", b"mappings: {p: {sources: ['no.csv~csv'], s: 'http://e/$(id)', po: [[a, owl:Thing]]}}", ":1: the table 'no.csv' does not exist."),
    Case("alias.yaml", b"mappings: &a {p: *a}\n", ":1: not YAML: "),
    Case("tab.yaml", b"mappings:\n\tp: x\n", ":2: not YAML: "),
    Case("deep.yaml", b"[" * 5000, ": not YAML: nested too deep"),
    Case("twice.yaml", b"mappings: {}\nmappings: {}\n", ":2: 'mappings' is given twice. Keep one of them."),
    # claims
    Case("claims.csv", b"id,subject\nx,y\n", ":1: error: missing columns", "check"),
    Case("rows.csv", HEADER + b"x,y\n", ":2: error: the row has 2 cells, the header has 14;", "check"),
    Case("quoted.csv", HEADER + b'"x\n', ":2: error: not CSV: unexpected end of data;", "check"),
    Case("byte.csv", HEADER + b"\xff\n", ":2: error: byte 0xFF at offset 103 is not UTF-8; save the file as UTF-8", "check"),
    Case("shape.yaml", b"id: x\n", ":1: error: a list of entries is expected here;", "check"),
    Case("anchor.yaml", b"- &x {id: a}\n- *x\n", ":1: error: not YAML: aliases (*name) are not allowed", "check"),
)  # fmt: skip


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 60
    assert len({case.name + case.how for case in CASES}) == len(CASES)


def made(case: Case, folder: Path) -> Path:
    path = folder / case.name
    path.write_bytes(case.data() if callable(case.data) else case.data)
    return path


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.how}-{case.name}")
def test_a_bad_file_gets_one_line_with_its_place_and_a_remedy(
    tmp_path: Path, case: Case, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGQ_CACHE", "off")
    monkeypatch.chdir(tmp_path)
    path = source = made(case, tmp_path)
    if case.how == "mapping":
        source = tmp_path / "the-mapping.yaml"
        source.write_text(MAPPING.replace("{p: {", f"{{p: {{sources: [{case.name}], "), encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    if case.how == "check":
        code = main(["check", str(source)])
    else:
        code = main(["-g", str(source), "export", "--format", "nquads", "-o", "out.nq"])
    said = capsys.readouterr()
    told = said.out if case.how == "check" else said.err
    assert code == case.code, told
    lines = [line.removeprefix("kgq: ") for line in told.splitlines()]
    assert any(line.startswith(f"{path}{case.said}") for line in lines), told
    if case.how != "check":
        assert said.out == ""
        assert len(lines) == 1
        assert lines[0].endswith(".")
        assert ". " in lines[0].removeprefix(str(path)), "no remedy"
    assert "Traceback" not in told
    assert "unexpected " not in told.replace("unexpected end of data", "")
    assert all(len(line.replace(str(tmp_path), "")) < 400 for line in lines), "a line that nobody reads"
    assert sorted(tmp_path.iterdir()) == before, "something was written"


def test_json_is_not_taken_for_json_ld_without_a_sign_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps({"a": 1}), encoding="utf-8")
    assert main(["-g", str(path), "stats"]) == 4
    assert "neither its name nor its content" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["http://x.invalid/a.ttl", "no/such.ttl", "*.nothing", "a\0b.ttl"])
def test_a_name_that_stands_for_nothing_is_said_in_one_line(name: str) -> None:
    with pytest.raises(SourceError) as caught:
        find_sources([name])
    assert str(caught.value).count("\n") == 0
    assert str(caught.value).endswith(".")
