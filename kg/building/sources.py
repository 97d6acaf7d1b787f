"""A folder of sources: ontology files, rules, documents. What it holds, and what is wrong with it.

The folder of kgq itself has ``*.ttl``, ``rules/*.rq`` and ``documents/<name>/``. A folder of somebody else's
may be one document (``claims.csv`` and its neighbours), or several below it; the terms, words, shapes and
rules that ship with kgq are added to what it holds, a file of the same name taking the place of kgq's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Quad

from kg.documents.document import DocumentSource, document_files, is_document_folder, read_document, read_entities
from kg.documents.entities import Entity
from kg.documents.metadata import DocumentInfo
from kg.documents.ontology_terms import OntologyTerms
from kg.documents.rdf import RdfSource, read_rdf
from kg.documents.text import SourceText
from kg.errors import SourceError
from kg.inference import Rule, read_rule
from kg.resources import ontology_folder
from kg.results import Problem
from kg.terms import PREFIXES

__all__ = ["Sources", "document_folders", "names_text", "read_ontology", "read_sources"]

_SHARED = ("core.ttl", "compute.ttl", "lexicon.ttl", "shapes.ttl")
_OUTPUT = frozenset({"built"})
_ALIAS = NamedNode(PREFIXES["skos"] + "altLabel")
_NAMING = (NamedNode(PREFIXES["rdfs"] + "label"), NamedNode(PREFIXES["skos"] + "prefLabel"), _ALIAS)
_NEEDS_ENTITIES = frozenset({"unknown-entity"})
_NEEDS_ONTOLOGY = _NEEDS_ENTITIES | {
    f"unknown-{name}" for name in ("predicate", "class", "qualifier", "modality", "polarity")
}


@dataclass
class Sources:
    """Everything read from a folder.

    Attributes:
        folder: the folder.
        ontology: RDF files by the name of their graph (``core``, ``compute`` …).
        rules: the rules, by name.
        documents: the documents that could be read.
        problems: every problem found on the way.
        files: the files that were read.
        same: things that were merged: which IRI becomes which.
    """

    folder: Path
    ontology: dict[str, RdfSource] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    documents: list[DocumentSource] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    same: Mapping[str, str] = field(default_factory=dict)

    def quads(self) -> Iterator[Quad]:
        """Yield what the sources say, before inference."""
        if not self.same:
            yield from self._said()
            return
        names: dict[Any, Any] = {NamedNode(drop): NamedNode(keep) for drop, keep in self.same.items()}
        for quad in self._said():
            if quad.subject in names and quad.predicate in _NAMING:
                alias = Quad(names[quad.subject], _ALIAS, quad.object, quad.graph_name)
                yield alias  # the thing that stays keeps its label; the other's becomes one more name
                continue
            subject, end = names.get(quad.subject, quad.subject), names.get(quad.object, quad.object)
            yield Quad(subject, quad.predicate, end, quad.graph_name)

    def _said(self) -> Iterator[Quad]:
        for source in self.ontology.values():
            yield from source.quads
        for document in self.documents:
            yield from document.quads()

    def terms(self) -> OntologyTerms:
        """Return what the ontology files declare."""
        quads = [quad for rdf in self.ontology.values() for quad in rdf.quads]
        return OntologyTerms.from_quads(quads, self.prefixes())

    def prefixes(self) -> dict[str, str]:
        """Return the short names that the ontology files declare."""
        found: dict[str, str] = {}
        for source in self.ontology.values():
            found.update(source.prefixes)
        return found

    def place(self, iri: str) -> tuple[str, int | None]:
        """Return the file and line an IRI comes from, or ('', None)."""
        for document in self.documents:
            place = dict(document.places()).get(iri)
            if place is not None:
                return place
        for source in self.ontology.values():
            line = source.line_of(iri)
            if line is not None:
                return source.file, line
        return "", None

    @property
    def failed(self) -> bool:
        """Whether any problem is an error."""
        return any(problem.severity == "error" for problem in self.problems)


def document_folders(folder: Path) -> list[Path]:
    """Return the folders of documents in a folder: itself, below ``documents``, or directly below."""
    below = [path for base in (folder / "documents", folder) if base.is_dir() for path in base.iterdir()]
    found = [path for path in below if path.is_dir() and path.name not in _OUTPUT and is_document_folder(path)]
    return ([folder] if is_document_folder(folder) else []) + sorted(set(found))


def read_sources(folder: Path | None = None, *, source: Path | None = None, base: Sequence[Path] = ()) -> Sources:
    """Read a folder of sources; the folder that ships with kgq by default.

    Args:
        folder: the folder.
        source: the text of the folder's document, to check the quotes against.
        base: folders whose ontology, rules and documents it builds on; its claims may name their entities.

    Raises:
        SourceError: the folder does not exist, or holds no source.

    >>> len(read_sources().documents)
    1
    """
    chosen = ontology_folder() if folder is None else folder
    if not chosen.is_dir():
        raise SourceError("no such folder. Name a folder of sources.", path=str(chosen))
    documents = [path for place in (*base, chosen) for path in document_folders(place)]
    found = read_ontology(chosen, base)
    if not documents and not any(chosen.glob("*.ttl")):
        raise SourceError(
            "no sources here: no claims.csv, document.yaml or *.ttl. Name another folder.", path=str(chosen)
        )
    _read_documents(found, documents, source)
    return found


def read_ontology(folder: Path, base: Sequence[Path] = ()) -> Sources:
    """Read the ontology files and rules of a folder, with those that ship with kgq, and no documents."""
    found = Sources(folder)
    _read_ontology(found, base)
    _read_rules(found, base)
    return found


def _ships(folder: Path) -> bool:
    """Return whether a folder is kgq's own."""
    return folder.resolve() == ontology_folder().resolve()


def _read_ontology(found: Sources, base: Sequence[Path]) -> None:
    own = {path.name: path for place in (*base, found.folder) for path in sorted(place.glob("*.ttl"))}
    shared = {} if _ships(found.folder) else {name: ontology_folder() / name for name in _SHARED}
    for name, path in {**shared, **own}.items():
        stem = Path(name).stem
        read = _read_shipped if name in shared and name not in own else read_rdf
        rdf, problems = read(path, graph=PREFIXES["graph"] + stem)
        found.problems.extend(problems)
        found.files.append(path)
        if rdf is not None:
            found.ontology[stem] = rdf


@lru_cache(maxsize=len(_SHARED))
def _read_shipped(path: Path, *, graph: str) -> tuple[RdfSource | None, list[Problem]]:
    """Read a file that ships with kgq, which stays as it is while kgq runs; a sitting may build many times."""
    return read_rdf(path, graph=graph)


def _read_rules(found: Sources, base: Sequence[Path]) -> None:
    shared = {} if _ships(found.folder) else {p.name: p for p in (ontology_folder() / "rules").glob("*.rq")}
    own = {path.name: path for place in (*base, found.folder) for path in (place / "rules").glob("*.rq")}
    for _, path in sorted({**shared, **own}.items()):
        found.files.append(path)
        try:
            found.rules.append(read_rule(path))
        except SourceError as error:
            message = str(error).removeprefix(f"{error.path}:{error.line}: ").removeprefix(f"{error.path}: ")
            found.problems.append(Problem("error", message, error.path, error.line, "", "", "rule"))


def _read_documents(found: Sources, folders: list[Path], source: Path | None) -> None:
    """Read the entities of all documents first: a claim of one may name an entity of another.

    Where the ontology or the entities cannot be read, names that only they could explain are no news.
    """
    terms = found.terms()
    mute = _NEEDS_ONTOLOGY if found.failed else frozenset()
    own: dict[Path, Mapping[str, Entity]] = {}
    everything: dict[str, Entity] = {}
    for folder in folders:
        entities, problems = read_entities(folder, terms)
        found.problems.extend(problem for problem in problems if problem.rule not in mute)
        own[folder] = entities
        if problems and not entities:
            mute |= _NEEDS_ENTITIES
        everything.update({slug: entity for slug, entity in entities.items() if slug not in everything})
    text = _read_text(found, source)
    for folder in folders:
        document, problems = read_document(folder, terms, entities=everything, own=own[folder], source=text)
        found.problems.extend(problem for problem in problems if problem.rule not in mute)
        found.files.extend(path for path in document_files(folder) if path not in found.files)
        if document is not None:
            found.documents.append(document)
    if text is not None and not any(document.text is text for document in found.documents):
        found.problems.append(not_ours(text, [document.info for document in found.documents]))


def names_text(folder: Path, text: SourceText) -> bool:
    """Return whether a document of a folder has the checksum of a text."""
    described = [path / "document.yaml" for path in document_folders(folder)]
    return any(text.sha256 in path.read_text("utf-8", "replace") for path in described if path.is_file())


def _read_text(found: Sources, source: Path | None) -> SourceText | None:
    if source is None:
        return None
    text, problems = SourceText.read(source)
    found.problems.extend(problems)
    return text


def not_ours(text: SourceText, documents: Sequence[DocumentInfo]) -> Problem:
    """Return the error that a text is none of the documents'."""
    expected = f"; that of “{documents[0].title}” is {documents[0].sha256}" if len(documents) == 1 else ""
    message = f"the text has SHA-256 {text.sha256}, which no document here has{expected}"
    remedy = "name the file that was encoded, unchanged"
    return Problem("error", message, text.path, None, text.sha256, remedy, "checksum")
