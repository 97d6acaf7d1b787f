"""A folder of documents of one's own: where each is kept, and the graph that all of them make."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kg.building.build import Built, build
from kg.building.sources import read_sources
from kg.corpus.merging import merges, renames
from kg.documents.document import is_document_folder
from kg.errors import SourceError, UnknownEntityError

__all__ = ["DOCUMENTS", "SOURCE", "Project", "document_slug"]

DOCUMENTS = "documents"
"""The folder of a project that holds a folder for each document."""

SOURCE = "documents"
"""What the documents are called as a source of the store."""


def document_slug(name: str) -> str:
    """Return a name as a folder can have it.

    >>> document_slug("Annual Report 2025.pdf")
    'annual-report-2025'
    """
    stem = Path(name).stem
    return re.sub(r"[^\w]+", "-", stem.casefold()).strip("-_")[:60] or "document"


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with ``documents`` below it.

    Attributes:
        root: the folder.
        base: folders of sources that its claims may build on; they are part of what is asked.
    """

    root: Path
    base: tuple[Path, ...] = ()

    @property
    def documents(self) -> Path:
        """The folder that holds a folder for each document."""
        return self.root / DOCUMENTS

    def names(self) -> list[str]:
        """Return the documents there are."""
        if not self.documents.is_dir():
            return []
        return sorted(path.name for path in self.documents.iterdir() if path.is_dir() and is_document_folder(path))

    def folder(self, name: str) -> Path:
        """Return the folder of a document, by its name or the name of the file it came from.

        Raises:
            UnknownEntityError: there is none; it carries those there are.
        """
        for slug in (name, document_slug(name), Path(name).name):
            if (self.documents / slug / "document.yaml").is_file():
                return self.documents / slug
        remedy = "Add it: kgq add FILE."
        raise UnknownEntityError(name, self.names()[:5], among="no document here", remedy=remedy)

    def build(self, *, validate: bool = True) -> Built:
        """Put all documents together, with what they build on: resolved, checked, inferred, validated.

        Args:
            validate: whether the result is held against the shapes.

        Raises:
            SourceError: there are no documents, and nothing to build on.
        """
        if not self.names() and not self.base:
            raise SourceError("no documents here. Add one: kgq add FILE.", path=str(self.root))
        sources = read_sources(self.root, base=self.base)
        sources.same = renames(merges(self.root))
        return build(sources, validate=validate)
