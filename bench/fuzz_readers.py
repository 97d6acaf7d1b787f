"""Coverage-guided fuzzing of kgq's own readers: whatever the bytes, only declared errors.

    pip install atheris
    nice -n 19 python bench/fuzz_readers.py -max_total_time=600 [CORPUS_FOLDER]

The first byte of an input chooses the reader, the rest is what it reads. Options are libFuzzer's. An input that
ends in anything but a result or a declared error is written to ``crash-…`` and the run stops.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

import atheris

with atheris.instrument_imports(include=["kg.documents", "kg.reading", "kg.packs.file", "kgq.settings"]):
    from kg.building.sources import read_ontology
    from kg.documents.anchoring import anchor
    from kg.documents.claim_rows import CLAIM_COLUMNS, CLAIM_OPTIONAL, ClaimRowReader
    from kg.documents.entities import ENTITY_COLUMNS, ENTITY_OPTIONAL, parse_entities
    from kg.documents.metadata import DocumentInfo, read_document_info
    from kg.documents.tables import Row, read_table
    from kg.documents.text import SourceText
    from kg.packs.file import read_pack
    from kg.reading.guards import guard_for
    from kg.reading.hextuples import hextuples
    from kg.reading.mapping import parse_mapping
    from kg.reading.sniffing import foreign, sniff
    from kg.reading.sources import SourceFile, find_sources
    from kgq.settings import read_settings

from kg.errors import KgError
from kg.resources import ontology_folder
from kgq.errors import UsageError

FOLDER = Path(tempfile.mkdtemp(prefix="kgq-fuzz-"))
TERMS = read_ontology(ontology_folder()).terms()
TEXT = SourceText.from_bytes("Northwind builds — “data centers”. Northwind, at times, rents. naïve 😀 x".encode())
SHIPPED = ontology_folder() / "documents" / "ldc-build-out"
ROWS, _ = read_table(SHIPPED / "entities.csv", ENTITY_COLUMNS, ENTITY_OPTIONAL)
ENTITIES, _ = parse_entities(ROWS, TERMS)
(FOLDER / "text.txt").write_text(TEXT.text, encoding="utf-8", newline="")
(FOLDER / "document.yaml").write_text("title: T\ntext: text.txt\n", encoding="utf-8")
INFO = cast("DocumentInfo", read_document_info(FOLDER / "document.yaml", None)[0])


def _file(name: str, data: bytes) -> Path:
    path = FOLDER / name
    path.write_bytes(data)
    return path


def claims(data: bytes, suffix: str) -> None:
    """Read a table of claims and all they name."""
    rows, _ = read_table(_file(f"claims{suffix}", data), CLAIM_COLUMNS, CLAIM_OPTIONAL)
    ClaimRowReader(INFO, ENTITIES, TERMS, TEXT).read(rows)


def entities(data: bytes) -> None:
    """Read a table of entities."""
    rows, _ = read_table(_file("entities.csv", data), ENTITY_COLUMNS, ENTITY_OPTIONAL)
    parse_entities(rows, TERMS)


def document(data: bytes) -> None:
    """Read a description of a document."""
    inner = FOLDER / "d"
    inner.mkdir(exist_ok=True)
    (inner / "document.yaml").write_bytes(data)
    read_document_info(inner / "document.yaml", TEXT)


def mapping(data: bytes) -> None:
    """Read a mapping, and apply it to a small table."""
    rules = parse_mapping(data.decode("utf-8", "replace"), "m.yaml", FOLDER)
    table = _file("t.csv", b"id,name,url\n1,a b,http://e/x\n2,,\n")
    for _ in SourceFile(str(table), "csv", table, "", rules).quads():
        pass


def table(data: bytes) -> None:
    """Read a table through a fixed mapping."""
    pairs = "[['http://e/n', $(name), xsd:integer], ['http://e/u', $(url)~iri]]"
    text = f"mappings: {{p: {{s: 'http://e/$(id)', po: {pairs}}}}}"
    path = _file("u.csv", data)
    for _ in SourceFile(str(path), "csv", path, "", parse_mapping(text, "m.yaml")).quads():
        pass


def quote(data: bytes) -> None:
    """Anchor a quote."""
    parts = data.decode("utf-8", "replace").split("|")
    names = ("quote", "start", "heading", "prefix", "suffix")
    anchor(Row("c.csv", 2, dict(zip(names, parts, strict=False))), INFO, TEXT)


def settings(data: bytes) -> None:
    """Read settings."""
    _file("kgq.toml", data)
    here = Path.cwd()
    os.chdir(FOLDER)
    try:
        read_settings({"query", "map"})
    finally:
        os.chdir(here)


def any_file(data: bytes) -> None:
    """Find out what a file without a name is, and read it."""
    sniff(data), foreign(data)
    for syntax in ("turtle", "jsonld", "rdfxml"):
        guard = guard_for(syntax, "f")
        for piece in (data[: len(data) // 2], data[len(data) // 2 :]) if guard is not None else ():
            guard.feed(piece)  # type: ignore[union-attr]
    for source in find_sources([_file("anything", data)]):
        for _ in source.quads():
            pass


TARGETS: tuple[Callable[[bytes], object], ...] = (
    lambda data: claims(data, ".csv"),
    lambda data: claims(data, ".yaml"),
    entities,
    document,
    mapping,
    table,
    quote,
    settings,
    any_file,
    lambda data: list(hextuples(io.BytesIO(data), "f.hext")),
    lambda data: read_pack(_file("pack.yaml", data)),
)


def one_input(data: bytes) -> None:
    """Run one input through the reader that its first byte chooses."""
    if len(data) < 2:
        return
    try:
        TARGETS[data[0] % len(TARGETS)](data[1:])
    except (KgError, UsageError):
        return


def seeds(folder: Path) -> None:
    """Write an input for each reader to begin from."""
    yaml = b"- id: X1\n  subject: oracle\n  predicate: owns\n  object: aws\n  evidence:\n  - {quote: builds}\n"
    rules = (
        b"prefixes: {ex: 'http://e/'}\nmappings:\n  p:\n    s: ex:$(id)\n    po:\n    - [ex:n, $(name), en~lang]\n"
    )
    samples = [
        b"".join((SHIPPED / "claims.csv").read_bytes().splitlines(True)[:4]), yaml,
        b"".join((SHIPPED / "entities.csv").read_bytes().splitlines(True)[:4]),
        (SHIPPED / "document.yaml").read_bytes()[:800], rules, b"id,name,url\n1,2,http://e/x\n",
        b"builds|10|h", b"[query]\nformat = 'json'\n", b"@prefix e: <http://e/> . e:a e:b 1 .",
        b'["http://e/a","http://e/p","x","","en",""]\n', b"- question: who\n  answers: [a]\n",
    ]  # fmt: skip
    for number, sample in enumerate(samples):
        (folder / f"seed{number}").write_bytes(bytes([number]) + sample)
    header, *rows = (SHIPPED / "claims.csv").read_bytes().splitlines(keepends=True)
    more = [(0, header + row) for row in rows[::12]]
    more += [(3, line) for line in (b"extent: {start: 0, end: 9}\nvoices: {a: {label: b}}\n",
                                    b"title: T\nheadings:\n- {start: 1, text: x}\nissued: 2020\n")]  # fmt: skip
    more += [(7, line) for line in (b"graph = ['a']\nlang = 'en'\n", b"[map]\ngraph = 'b'\nlexicon = 'x'\n")]
    more += [(8, line) for line in (b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>",
                                    b'{"@id": "http://e/a", "http://e/p": [{"@value": 1}]}')]  # fmt: skip
    for number, (target, sample) in enumerate(more):
        (folder / f"more{number}").write_bytes(bytes([target]) + sample)


if __name__ == "__main__":
    corpus = next((Path(word) for word in sys.argv[1:] if not word.startswith("-")), FOLDER / "corpus")
    corpus.mkdir(exist_ok=True)
    seeds(corpus)
    atheris.Setup([*sys.argv, *([] if str(corpus) in sys.argv else [str(corpus)])], one_input)
    atheris.Fuzz()
