"""Suggested claims of a document and what a person decided about each; accepted ones become rows of its claims."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.building.build import write_bytes
from kg.corpus.project import Project
from kg.dataset import Dataset
from kg.documents.claim_rows import CLAIM_COLUMNS
from kg.documents.entities import ENTITY_COLUMNS
from kg.documents.metadata import read_document_info
from kg.errors import SourceError
from kg.suggesting.candidates import Candidate, Name, fold
from kg.suggesting.skipped import Skipped
from kg.suggesting.text import read_text
from kg.terms import PREFIXES, compact, local_name

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph

__all__ = ["STATES", "Suggestion", "Suggestions", "graph_to_read_with", "read_suggestions", "suggest_claims"]

STATES = ("open", "accepted", "rejected", "later", "known")
"""What became of a suggestion; *known* ones say what a claim of the same document says."""

_FILE = "suggestions.jsonl"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A candidate and what was decided about it.

    Attributes:
        candidate: the claim, as suggested or as edited.
        state: one of :data:`STATES`.
        by, at: who decided, and when (ISO 8601).
        note: why.
        claim: identifier of the row it became.
    """

    candidate: Candidate
    state: str = "open"
    by: str = ""
    at: str = ""
    note: str = ""
    claim: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the suggestion as JSON-ready data."""
        decision = {"state": self.state, "by": self.by, "at": self.at, "note": self.note, "claim": self.claim}
        return {**self.candidate.to_dict(), **decision}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Suggestion:
        """Return the suggestion that :meth:`to_dict` wrote."""
        decision = (data[name] for name in ("state", "by", "at", "note", "claim"))
        return cls(Candidate.from_dict(data), *decision)


@dataclass
class Suggestions:
    """The suggestions of one document, in the order of its text.

    Attributes:
        folder: the document's folder.
        items: the suggestions.
        skipped: what of the text suggested nothing, and why; known right after :func:`suggest_claims` only.
        passages: how many sentences, items and rows the text has; known then, too.
    """

    folder: Path
    items: list[Suggestion] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    passages: int = 0

    def waiting(self) -> list[Suggestion]:
        """Return what nobody has decided, the sure ones first within each passage."""
        return [item for item in self.items if item.state in ("open", "later")]

    def save(self) -> None:
        """Write the suggestions beside the document, whole or not at all."""
        lines = (json.dumps(item.to_dict(), ensure_ascii=False) for item in self.items)
        write_bytes(self.folder / _FILE, "".join(f"{line}\n" for line in lines).encode("utf-8"))

    def decide(self, suggestion: Suggestion, state: str, *, by: str, at: str, note: str = "") -> Suggestion:
        """Record a decision; an accepted suggestion becomes a row of ``claims.csv`` first.

        Args:
            suggestion: one of :attr:`items`, perhaps with an edited candidate.
            state: ``accepted``, ``rejected``, ``later`` or ``open``.
            by: who decides.
            at: when, in ISO 8601.
            note: why.

        Raises:
            SourceError: an accepted claim is not one that could be written by hand; nothing is changed.
        """
        claim = _write_row(self.folder, suggestion.candidate) if state == "accepted" else ""
        decided = replace(suggestion, state=state, by=by, at=at, note=note, claim=claim)
        place = next(n for n, item in enumerate(self.items) if item.candidate.id == suggestion.candidate.id)
        self.items[place] = decided
        self.save()
        return decided


def read_suggestions(folder: Path) -> Suggestions:
    """Read what was suggested for a document; nothing if nothing was.

    Raises:
        SourceError: the file is damaged; with its line.
    """
    file = folder / _FILE
    found = Suggestions(folder)
    if not file.is_file():
        return found
    lines = file.read_text("utf-8").splitlines()
    found.items = [_parsed(line, file, n) for n, line in enumerate(lines, 1)]
    return found


def _parsed(line: str, file: Path, number: int) -> Suggestion:
    try:
        return Suggestion.from_dict(json.loads(line))
    except (ValueError, KeyError, TypeError) as error:
        remedy = "Correct the line, or remove the file and run kgq suggest again."
        raise SourceError(f"not a suggestion: {error}. {remedy}", path=str(file), line=number) from error


def graph_to_read_with(project: Project, graph: KnowledgeGraph) -> KnowledgeGraph:
    """Return a graph whose names and words a document can be read with.

    That is the one given; where it holds no claims yet, as the store of a new folder does, it is what the folders
    of the project come to: the terms and words that ship with kgq, and the names written down so far.
    """
    if graph.dataset.has_claims or not project.names():
        return graph
    built = project.build(validate=False)
    if built.failed:
        raise SourceError(next(str(problem) for problem in built.problems if problem.severity == "error"))
    terms = Dataset(built.dataset.engine, prefixes=built.dataset.prefixes, union=True, has_claims=True)
    return type(graph)(terms, lang=graph.lang)


def suggest_claims(
    project: Project, name: str, graph: KnowledgeGraph, *, proposed: Callable[..., list[Candidate]] | None = None
) -> Suggestions:
    """Suggest claims for a document and keep what was decided before.

    Args:
        project: where the document is.
        name: the document.
        graph: whose names and words the text is read with.
        proposed: what else to ask for candidates; it gets what :func:`kg.suggesting.text.read_text` does.

    Raises:
        UnknownEntityError: there is no such document.
        SourceError: its text is missing or was changed, or the graph has no words for claims.
    """
    folder = project.folder(name)
    terms = graph.vocabulary.claim_terms
    if terms is None:
        raise SourceError("the graph has no claims, so no words to read a document with. Name one that has.")
    info, text, problems = read_document_info(folder / "document.yaml")
    if info is None or text is None:
        raise SourceError(str(problems[0]) if problems else "its text is not at hand.", path=str(folder))
    headings = [(heading.start, heading.text, heading.level) for heading in info.headings]
    reading = read_text(text.text, terms, headings=headings, extent=info.extent)
    candidates = reading.candidates
    if proposed is not None:
        candidates += proposed(text.text, terms, headings=headings, extent=info.extent)
    before = {item.candidate.id: item for item in read_suggestions(folder).items}
    decided = {item.candidate.said: item for item in before.values() if item.state not in ("open", "known")}
    found = fold([*candidates, *_kept(before.values(), candidates, text.text)])
    said = _said(folder)
    items = []
    for candidate in found:
        item = before.get(candidate.id) or decided.get(candidate.said) or Suggestion(candidate)
        items.append(replace(item, state="known") if item.state == "open" and _key(candidate) in said else item)
    result = Suggestions(folder, items, reading.skipped, reading.passages)
    result.save()
    return result


def _kept(before: Iterable[Suggestion], found: Sequence[Candidate], text: str) -> list[Candidate]:
    """Return what a model once proposed and what was decided, as far as its passage still stands."""
    known = {candidate.id for candidate in found}
    return [
        item.candidate
        for item in before
        if (item.candidate.helped_by or item.state in ("accepted", "rejected"))
        and item.candidate.id not in known
        and text[item.candidate.start : item.candidate.end] == item.candidate.quote
    ]


def _said(folder: Path) -> set[tuple[str, ...]]:
    """Return what the rows of a document say, to tell what is suggested a second time."""
    file = folder / "claims.csv"
    if not file.is_file():
        return set()
    return {
        (
            row["subject"],
            row["predicate"].rpartition(":")[2],
            row["object"] or row["value"],
            row["polarity"] or "positive",
        )
        for row in csv.DictReader(io.StringIO(file.read_text("utf-8")))
        if row.get("subject")
    }


def _key(candidate: Candidate) -> tuple[str, ...]:
    end = _slug(candidate.object) if candidate.object is not None else candidate.value or ""
    return _slug(candidate.subject), local_name(candidate.predicate), end, candidate.polarity


def _slug(name: Name) -> str:
    """Return how a row writes a thing: the last part of kgq's own IRIs, else the whole IRI."""
    if name.iri is None:
        return re.sub(r"[^\w]+", "-", name.text.casefold()).strip("-_")
    base = PREFIXES["id"]
    return name.iri.removeprefix(base) if name.iri.startswith(base) else name.iri


def _write_row(folder: Path, candidate: Candidate) -> str:
    """Append a claim, and the new things it names, to a document's tables, unless that would break them."""
    claims, entities = folder / "claims.csv", folder / "entities.csv"
    old = {path: path.read_bytes() if path.is_file() else b"" for path in (claims, entities)}
    number = _next_number(old[claims].decode("utf-8"))
    identifier = f"C{number:03d}"
    row = _row(identifier, candidate)
    try:
        _append(claims, old[claims], CLAIM_COLUMNS, [row])
        _append(entities, old[entities], ENTITY_COLUMNS, _new_entities(candidate, old[entities].decode("utf-8")))
    except SourceError:
        for path, data in old.items():
            if data:
                write_bytes(path, data)
            else:
                path.unlink(missing_ok=True)
        raise
    return identifier


def _next_number(table: str) -> int:
    return max((int(n) for n in re.findall(r"(?m)^C(\d+),", table)), default=0) + 1


def _row(identifier: str, candidate: Candidate) -> dict[str, str]:
    qualifiers = [f"{name}={_escaped(words)}" for name, every in candidate.qualifiers.items() for words in every]
    return {
        "id": identifier,
        "subject": _slug(candidate.subject),
        "predicate": compact(candidate.predicate),
        "object": "" if candidate.object is None else _slug(candidate.object),
        "value": candidate.value or "",
        "kind": "stated",
        "polarity": candidate.polarity,
        "modality": candidate.modality,
        "scenario": "" if candidate.scenario is None else _slug(Name("", candidate.scenario)),
        "qualifiers": "; ".join(qualifiers),
        "heading": candidate.heading,
        "quote": candidate.quote,
        "start": str(candidate.start),
    }


def _escaped(words: str) -> str:
    return " ".join(words.split()).replace(";", "\\;")


def _new_entities(candidate: Candidate, table: str) -> list[dict[str, str]]:
    known = {row["id"] for row in csv.DictReader(io.StringIO(table))}
    return [
        {"id": _slug(name), "type": compact(name.class_ or ""), "label": name.text}
        for name in (candidate.subject, candidate.object)
        if name is not None and name.iri is None and _slug(name) not in known
    ]


def _append(path: Path, old: bytes, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    if not rows:
        return
    out = io.StringIO()
    header = next(csv.reader(io.StringIO(old.decode("utf-8"))), None) or list(columns)
    writer = csv.DictWriter(out, header, lineterminator="\n", extrasaction="ignore", restval="")
    if not old.strip():
        writer.writeheader()
    writer.writerows(rows)
    lead = b"" if not old or old.endswith(b"\n") else b"\n"
    write_bytes(path, old + lead + out.getvalue().encode("utf-8"))
