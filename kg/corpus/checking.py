"""Holds a claim that is to be accepted to what holds for claims written by hand, before anything is written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from pyoxigraph import Quad

from kg.building.sources import Sources, document_folders, read_ontology
from kg.corpus.project import Project
from kg.corpus.suggestions import Suggestion, Suggestions
from kg.dataset import Dataset
from kg.documents.document import read_document, read_entities
from kg.documents.encoding import entity_quads
from kg.documents.entities import Entity
from kg.documents.ontology_terms import OntologyTerms
from kg.engines.oxigraph import OxigraphEngine
from kg.errors import SourceError
from kg.results import Problem

__all__ = ["RowCheck"]

_FILES = ("document.yaml", "text.txt", "entities.csv", "claims.csv")


class RowCheck:
    """The checks of one project; what it builds on is read once.

    Args:
        project: whose documents are reviewed.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def _ontology(self) -> Sources:
        return read_ontology(self._project.root, self._project.base)

    @cached_property
    def _entities(self) -> dict[str, Entity]:
        """What the documents that others keep call things."""
        found: dict[str, Entity] = {}
        for place in self._project.base:
            for folder in document_folders(place):
                found.update(read_entities(folder, self._terms)[0])
        return found

    @cached_property
    def _terms(self) -> OntologyTerms:
        return self._ontology.terms()

    @cached_property
    def _known(self) -> frozenset[str]:
        """What the shapes find before anything is added; it is no news."""
        return frozenset(str(problem) for problem in self._shaped(()))

    def check(self, folder: Path, *suggestions: Suggestion) -> None:
        """Try suggestions on a copy of their document's tables: their rows, their quotes, the shapes.

        Args:
            folder: the document's folder.
            suggestions: what is to be accepted.

        Raises:
            SourceError: the row would be refused; in one line, with what to do.
        """
        with tempfile.TemporaryDirectory(prefix="kgq-review-") as place:
            trial = Path(place)
            for name in _FILES:
                if (folder / name).is_file():
                    shutil.copyfile(folder / name, trial / name)
            before = _lines(trial)
            tried = Suggestions(trial, list(suggestions))
            claims = {tried.decide(item, "accepted", by="", at="").claim for item in suggestions}
            for problem in self._problems(trial, claims, before):
                if problem.severity == "error":
                    remedy = f". {problem.remedy[:1].upper()}{problem.remedy[1:]}." if problem.remedy else "."
                    raise SourceError(f"{problem.message.rstrip('.')}{remedy}")

    def _problems(self, trial: Path, claims: set[str], before: int) -> Iterator[Problem]:
        """Yield what is wrong with the new rows of a copy, and with the things they name.

        Args:
            trial: the folder of the copy.
            claims: identifiers of the new rows.
            before: how many lines the table had without them.
        """
        own, problems = read_entities(trial, self._terms)
        yield from problems
        entities = dict(self._entities)
        for name in self._project.names():
            entities.update(read_entities(self._project.folder(name), self._terms)[0])
        entities.update(own)
        document, problems = read_document(trial, self._terms, entities=entities, own=own)
        yield from (p for p in problems if p.line is None or p.line > before or "claims.csv" not in p.file)
        record = [r for r in document.claims if r.identifier in claims] if document is not None else []
        if document is None or len({r.identifier for r in record}) < len(claims):
            yield Problem("error", "the row cannot be read as a claim", remedy="edit it, or reject it")
            return
        alone = replace(document, entities=entities, claims=tuple(record))
        yield from (p for p in self._shaped(alone.quads()) if str(p) not in self._known)

    def _shaped(self, quads: Iterable[Quad]) -> list[Problem]:
        from kg.validation import shacl

        engine = OxigraphEngine()
        engine.add(quad for rdf in self._ontology.ontology.values() for quad in rdf.quads)
        engine.add(entity_quads(self._entities.values(), "en"))
        engine.add(quads)
        return shacl(Dataset(engine, union=True))


def _lines(folder: Path) -> int:
    """Return how many lines a table of claims has."""
    table = folder / "claims.csv"
    return table.read_bytes().count(b"\n") if table.is_file() else 0
