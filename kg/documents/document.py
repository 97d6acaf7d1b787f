"""One document's folder: ``document.yaml``, ``entities.csv``, ``claims.csv`` (or YAML), perhaps the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Quad

from kg.documents.claim_rows import CLAIM_COLUMNS, CLAIM_OPTIONAL, ClaimRecord, ClaimRowReader, claim_iris
from kg.documents.encoding import document_quads, entity_quads
from kg.documents.entities import ENTITY_COLUMNS, ENTITY_OPTIONAL, Entity, parse_entities
from kg.documents.metadata import DocumentInfo, read_document_info
from kg.documents.ontology_terms import OntologyTerms
from kg.documents.tables import read_table
from kg.documents.text import SourceText
from kg.results import Problem

__all__ = [
    "DocumentSource",
    "document_files",
    "find_table",
    "is_document_folder",
    "read_document",
    "read_entities",
]

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """What one document's folder says, ready to be written as quads."""

    info: DocumentInfo
    entities: Mapping[str, Entity]
    claims: tuple[ClaimRecord, ...]
    text: SourceText | None

    def quads(self) -> Iterator[Quad]:
        """Yield the document, its entities and its claims."""
        yield from entity_quads(self.entities.values(), self.info.language)
        yield from document_quads(self.info, self.claims)

    def places(self) -> Iterator[tuple[str, Place]]:
        """Yield the file and line of each IRI that has one."""
        for entity in self.entities.values():
            yield entity.iri, (entity.file, entity.line)
        names = claim_iris(self.claims, self.info)
        for record in self.claims:
            yield names[record.identifier], (record.file, record.line)
            for place in record.anchors:
                yield f"{self.info.iri}/evidence/{place.start}-{place.end}", (record.file, record.line)
        yield self.info.iri, (self.info.file, 1)


def is_document_folder(folder: Path) -> bool:
    """Return whether a folder holds a document's claims or its description."""
    return (folder / "document.yaml").is_file() or find_table(folder, "claims").is_file()


def document_files(folder: Path) -> list[Path]:
    """Return the files a document is read from, as far as they exist; the text is not one of them."""
    files = (folder / "document.yaml", find_table(folder, "entities"), find_table(folder, "claims"))
    return [path for path in files if path.is_file()]


def find_table(folder: Path, name: str) -> Path:
    """Return the table of a folder: CSV if it is there, else TSV, else YAML, else where CSV would be."""
    for ending in (".csv", ".tsv", ".yaml", ".yml"):
        if (folder / f"{name}{ending}").is_file():
            return folder / f"{name}{ending}"
    return folder / f"{name}.csv"


def read_entities(folder: Path, terms: OntologyTerms) -> tuple[dict[str, Entity], list[Problem]]:
    """Read the entities of a document's folder; a folder without the file has none."""
    path = find_table(folder, "entities")
    if not path.is_file():
        return {}, []
    rows, problems = read_table(path, ENTITY_COLUMNS, ENTITY_OPTIONAL)
    entities, more = parse_entities(rows, terms)
    return entities, [*problems, *more]


def read_document(
    folder: Path,
    terms: OntologyTerms,
    *,
    entities: Mapping[str, Entity],
    own: Mapping[str, Entity],
    source: SourceText | None = None,
    claims: Path | None = None,
) -> tuple[DocumentSource | None, list[Problem]]:
    """Read a document's folder.

    Args:
        folder: the folder.
        terms: what the ontology declares.
        entities: every entity that claims may name, by slug.
        own: those that this folder declares itself.
        source: a text that may be the document's, where that lies elsewhere.
        claims: the claims, where they are in a file of another name.

    Returns:
        the document, None where its description or claims cannot be read; and every problem found.
    """
    info, text, problems = read_document_info(folder / "document.yaml", source)
    table = claims or find_table(folder, "claims")
    if claims is None and not table.is_file() and info is not None and info.has_text:
        return DocumentSource(info, own, (), text), problems  # it was added, and nobody has claimed anything yet
    rows, more = read_table(table, CLAIM_COLUMNS, CLAIM_OPTIONAL)
    problems = [*problems, *more]
    if info is None:
        return None, problems
    reader = ClaimRowReader(info, entities, terms, text)
    records = tuple(reader.read(rows))
    return DocumentSource(info, own, records, text), [*problems, *reader.problems]
