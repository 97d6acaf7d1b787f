"""Two names for one thing: proposed by what they are called, merged only when a person says so, and undoable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.building.build import write_bytes
from kg.dataset import Dataset
from kg.documents.yaml_source import read_yaml
from kg.errors import SourceError
from kg.terms import lexical

__all__ = ["Merge", "merges", "proposals", "record_merge", "remove_merge", "renames"]

_FILE = "merges.yaml"
_NAMES = """SELECT ?thing ?name { ?thing rdfs:label|skos:altLabel|skos:hiddenLabel ?name
  FILTER EXISTS { { ?claim kgq:claimSubject ?thing } UNION { ?claim kgq:claimObject ?thing } } }"""


@dataclass(frozen=True, slots=True)
class Merge:
    """Two things that are one.

    Attributes:
        keep: IRI of the one that stays.
        drop: IRI of the one whose claims and names it takes over.
        by, at: who said so, and when.
        kept, dropped: what the two were called then.
    """

    keep: str
    drop: str
    by: str = ""
    at: str = ""
    kept: str = ""
    dropped: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the merge as JSON-ready data."""
        return {
            "keep": self.keep,
            "drop": self.drop,
            "by": self.by,
            "at": self.at,
            "kept": self.kept,
            "dropped": self.dropped,
        }

    def is_called(self, name: str) -> bool:
        """Whether a name, IRI or the last part of one means what was dropped.

        >>> Merge("http://e/a", "http://e/northgate", dropped="Northgate").is_called("northgate")
        True
        """
        return name == self.drop or name.casefold() in (
            self.drop.rpartition("/")[2].casefold(),
            self.dropped.casefold(),
        )


def merges(root: Path) -> list[Merge]:
    """Return what was merged in a project, in order.

    Raises:
        SourceError: the file is damaged; with its line.
    """
    file = root / _FILE
    if not file.is_file():
        return []
    parsed, problems = read_yaml(file.read_text("utf-8"), str(file))
    if parsed is None or problems or not isinstance(parsed.value, list):
        message = problems[0].message if problems else "not a list of merges"
        line = problems[0].line if problems else None
        raise SourceError(f"{message}. Write '- {{keep: IRI, drop: IRI}}'.", path=str(file), line=line)
    fields = ("keep", "drop", "by", "at", "kept", "dropped")
    return [Merge(*(item.text(field) for field in fields)) for item in parsed.value]


def record_merge(root: Path, merge: Merge) -> None:
    """Keep a merge.

    Raises:
        SourceError: it would make a thing the same as itself, also by way of earlier merges.
    """
    old = merges(root)
    if renames(old).get(merge.keep, merge.keep) == renames(old).get(merge.drop, merge.drop):
        raise SourceError("these two are one already. 'kgq merge --list' shows what was merged.")
    _write(root, [*old, merge])


def remove_merge(root: Path, drop: str) -> bool:
    """Take a merge back; return whether there was one."""
    old = merges(root)
    kept = [merge for merge in old if merge.drop != drop]
    if len(kept) < len(old):
        _write(root, kept)
    return len(kept) < len(old)


def _write(root: Path, found: list[Merge]) -> None:
    import yaml

    data = [{name: value for name, value in merge.to_dict().items() if value} for merge in found]
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True) if data else "[]\n"
    write_bytes(root / _FILE, text.encode("utf-8"))


def renames(found: list[Merge]) -> dict[str, str]:
    """Return which IRI becomes which, through chains of merges.

    >>> renames([Merge("b", "c"), Merge("a", "b")])
    {'c': 'a', 'b': 'a'}
    """
    direct = {merge.drop: merge.keep for merge in found}
    return {drop: _end(direct, drop) for drop in direct}


def _end(direct: Mapping[str, str], iri: str) -> str:
    seen = {iri}
    while iri in direct and direct[iri] not in seen:
        iri = direct[iri]
        seen.add(iri)
    return iri


def proposals(dataset: Dataset) -> list[tuple[str, str, str]]:
    """Return pairs of things that share a name: the name, and both IRIs. They may be one, or namesakes."""
    owners: dict[str, set[str]] = defaultdict(set)
    for thing, name in dataset.select(_NAMES).rows:
        owners[" ".join(lexical(name).casefold().split())].add(lexical(thing))
    return [(name, *pair) for name, things in sorted(owners.items()) for pair in _pairs(sorted(things))]


def _pairs(things: list[str]) -> list[tuple[str, str]]:
    return [(one, other) for n, one in enumerate(things) for other in things[n + 1 :]]
