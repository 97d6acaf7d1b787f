"""A vocabulary in the files of a built folder: what a question about claims needs lies apart from the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.vocabulary.claim_terms import ClaimTerms
from kg.vocabulary.vocabulary import Vocabulary

if TYPE_CHECKING:
    from kg.vocabulary.build import Parts
    from kg.vocabulary.index import Entry

__all__ = ["WrittenVocabulary", "vocabulary_files"]

_FORMAT = 2
_FILE = "vocabulary.json"
_READ_LATE = frozenset(("classes", "properties", "entities", "usages", "schema", "index"))


def vocabulary_files(vocabulary: Vocabulary) -> dict[str, str]:
    """Return a vocabulary as texts by file name, index included, for opening without the graph."""
    from dataclasses import astuple

    plain = {
        "format": _FORMAT,
        "classes": [astuple(t) for t in vocabulary.classes.values()],
        "properties": [astuple(t) for t in vocabulary.properties.values()],
        "entities": [astuple(t) for t in vocabulary.entities.values()],
        "usages": [astuple(u) for u in vocabulary.usages],
        "phrases": vocabulary.index.phrases,
    }
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    terms = vocabulary.claim_terms
    return {_FILE: text, **(terms.to_files() if terms is not None else {})}


class WrittenVocabulary(Vocabulary):
    """A vocabulary read back; what a question about claims does not need is read when something asks for it.

    Args:
        folder: where the files of :func:`vocabulary_files` lie.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE
        self.claim_terms = ClaimTerms.from_folder(folder)
        self.has_claims = self.claim_terms is not None

    def __getattr__(self, name: str) -> Any:
        if name not in _READ_LATE:
            raise AttributeError(name)
        data = json.loads(self._file.read_bytes())
        if data.get("format") != _FORMAT:
            found = data.get("format", "none")
            raise ValueError(f"vocabulary format {found}; this version reads {_FORMAT}. Build it again.")
        parts, phrases = _read_parts(data)
        super().__init__(parts, phrases, has_claims=self.has_claims)
        return self.__dict__[name]


def _read_parts(data: dict[str, Any]) -> tuple[Parts, dict[str, list[Entry]]]:
    from kg.vocabulary.build import Parts
    from kg.vocabulary.index import Entry
    from kg.vocabulary.terms import ClassTerm, EntityTerm, PropertyTerm, Usage

    parts = Parts()
    parts.classes = {
        r[0]: ClassTerm(r[0], r[1], _tuples(r[2]), r[3], tuple(r[4]), r[5], _tuples(r[6])) for r in data["classes"]
    }
    parts.properties = {r[0]: PropertyTerm(r[0], r[1], _tuples(r[2]), *r[3:]) for r in data["properties"]}
    parts.entities = {
        r[0]: EntityTerm(r[0], r[1], _tuples(r[2]), tuple(r[3]), r[4], r[5]) for r in data["entities"]
    }
    parts.usages = [Usage(*r) for r in data["usages"]]
    return parts, {phrase: [Entry(*e) for e in entries] for phrase, entries in data["phrases"].items()}


def _tuples(rows: list[Any]) -> tuple[Any, ...]:
    return tuple(map(tuple, rows))
