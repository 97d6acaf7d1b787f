"""A sitting at which somebody decides on suggested claims: what is next, what is known already, what is decided.

The terminal and the page share it, so that both ask, check and record alike.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.building.build import write_bytes
from kg.claims import ClaimReader
from kg.corpus.checking import RowCheck
from kg.corpus.project import Project
from kg.corpus.suggestions import Suggestion, Suggestions, graph_to_read_with, read_suggestions, suggest_claims
from kg.documents.metadata import read_document_info
from kg.errors import AmbiguousNameError, KgError, SourceError, UnknownEntityError
from kg.results import Claim
from kg.suggesting.candidates import Candidate, Name
from kg.terms import local_name
from kg.vocabulary.words import split_name

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph

__all__ = ["EDITABLE", "Sitting", "Waiting", "edited", "modalities", "parts"]

EDITABLE = ("subject", "predicate", "object", "polarity", "modality")
"""What of a suggestion can be edited; ``object`` is its value where it ends in one."""

_NEAREST = 3
_CONTEXT = 240


@dataclass(frozen=True, slots=True)
class Waiting:
    """A suggestion that is to be decided, with what helps to decide.

    Attributes:
        item: the suggestion; the first of those that say the same.
        same: others of this document that say the same and wait for the same decision.
        near: what the graph says already that comes nearest, the nearest first.
        before, after: the text around its quote.
    """

    item: Suggestion
    same: tuple[Suggestion, ...] = ()
    near: tuple[Claim, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class _Decision:
    """A decision with what the files of its document held before and after it; None for no file."""

    folder: Path
    item: Suggestion
    before: Mapping[Path, bytes | None]
    after: Mapping[Path, bytes | None]


def _tables(folder: Path) -> dict[Path, bytes | None]:
    files = (folder / name for name in ("claims.csv", "entities.csv", "suggestions.jsonl"))
    return {file: file.read_bytes() if file.is_file() else None for file in files}


class Sitting:
    """Deciding on the suggestions of a project.

    Args:
        project: whose documents are reviewed.
        graph: whose names and words the texts are read with.
        by: who decides.
    """

    def __init__(self, project: Project, graph: KnowledgeGraph, by: str) -> None:
        self.project = project
        self.graph = graph_to_read_with(project, graph)
        self.by = by
        self._check = RowCheck(project)
        self._open: dict[str, Suggestions] = {}
        self._texts: dict[str, str] = {}
        self._last: _Decision | None = None

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many suggestions of each document are in which state."""
        found = {}
        for name in self.project.names():
            items = read_suggestions(self.project.folder(name)).items
            states = [item.state for item in items]
            found[name] = {state: states.count(state) for state in dict.fromkeys(states)}
        return found

    def suggestions(self, name: str) -> Suggestions:
        """Return the suggestions of a document; its text is read for them once a sitting.

        Raises:
            UnknownEntityError: there is no such document.
            SourceError: its text is missing or was changed.
        """
        folder = self.project.folder(name)
        if folder.name not in self._open:
            self._open[folder.name] = suggest_claims(self.project, folder.name, self.graph)
            self._texts[folder.name] = (folder / "text.txt").read_text("utf-8")
        found = self._open[folder.name]
        kept = {item.candidate.id: item for item in read_suggestions(folder).items}
        found.items = [
            kept.get(item.candidate.id, item) for item in found.items
        ]  # others may have decided meanwhile
        return found

    def queue(self, name: str) -> list[Suggestion]:
        """Return what waits for a decision, each claim once, in the order of the text; what was put off last."""
        heads: dict[tuple[object, ...], Suggestion] = {}
        for item in sorted(self.suggestions(name).waiting(), key=lambda item: item.state == "later"):
            heads.setdefault(_said(item.candidate), item)
        return list(heads.values())

    def waiting(self, name: str, item: Suggestion) -> Waiting:
        """Return a suggestion with what helps to decide on it."""
        found = self.suggestions(name)
        text, candidate = self._texts[self.project.folder(name).name], item.candidate
        same = tuple(o for o in found.waiting() if o.candidate.id != candidate.id and _same(o, item))
        before = text[max(0, candidate.start - _CONTEXT) : candidate.start]
        after = text[candidate.end : candidate.end + _CONTEXT]
        return Waiting(item, same, tuple(self._near(candidate)), before, after)

    def pass_together(self, name: str, items: Sequence[Suggestion]) -> bool:
        """Return whether suggestions pass the checks all together, in the time of one."""
        try:
            self._check.check(self.project.folder(name), *items)
        except SourceError:
            return False
        return True

    def decide(
        self, name: str, item: Suggestion, state: str, note: str = "", *, checked: bool = False
    ) -> Suggestion:
        """Record a decision at once; what says the same is folded into an accepted claim.

        Args:
            name: the document.
            item: one of its suggestions, perhaps with an edited candidate.
            state: ``accepted``, ``rejected`` or ``later``.
            note: why.
            checked: whether it has passed the checks already.

        Raises:
            SourceError: the claim would be refused if it were written by hand; nothing is changed.
        """
        found = self.suggestions(name)
        at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        before = next(i for i in found.items if i.candidate.id == item.candidate.id)
        if before.state not in ("open", "later"):
            raise SourceError(f"this was {before.state} by {before.by or 'somebody'} meanwhile.")
        if state == "accepted" and not checked:
            self._check.check(found.folder, item)
        same = [o for o in found.waiting() if o.candidate.id != item.candidate.id and _same(o, item)]
        if before.candidate != item.candidate:
            note = "; ".join(
                filter(None, (note, f"edited: {', '.join(_changes(before.candidate, item.candidate))}"))
            )
        tables = _tables(found.folder)
        decided = found.decide(item, state, by=self.by, at=at, note=note)
        if state == "accepted":
            for other in same:
                found.decide(other, "known", by=self.by, at=at, note=f"says the same as {decided.claim}")
        self._last = _Decision(found.folder, before, tables, _tables(found.folder))
        return decided

    def take_back(self) -> Suggestion:
        """Take back the last decision of this sitting; return the suggestion, which waits again.

        Raises:
            SourceError: there is none, or the tables were changed since.
        """
        last = self._last
        if last is None:
            raise SourceError("there is no decision of this sitting to take back.")
        if _tables(last.folder) != last.after:
            raise SourceError("the tables were changed since. Correct claims.csv by hand.", path=str(last.folder))
        self._last = None
        for file, data in last.before.items():
            if data is None:
                file.unlink(missing_ok=True)
            else:
                write_bytes(file, data)
        self._open.pop(last.folder.name, None)
        return last.item

    def unpublished(self) -> int:
        """Return how many claims of the documents the graph does not have yet."""
        reader, count = ClaimReader(self.graph.dataset, self.graph.lang), 0
        for name in self.project.names():
            folder = self.project.folder(name)
            table = folder / "claims.csv"
            info = read_document_info(folder / "document.yaml")[0] if table.is_file() else None
            if info is not None:
                there = {claim.identifier for claim in reader.matching(document=info.iri)}
                rows = csv.DictReader(io.StringIO(table.read_text("utf-8")))
                count += sum(row.get("id") not in there for row in rows)
        return count

    def _near(self, candidate: Candidate) -> Iterator[Claim]:
        """Yield what the graph says of the same things: the same, then the same property, then the same ends."""
        subject, end = candidate.subject.iri, candidate.object.iri if candidate.object is not None else None
        if subject is None and end is None:
            return
        reader = ClaimReader(self.graph.dataset, self.graph.lang)
        found: dict[str, Claim] = {}
        if subject is not None:
            found.update(
                (c.iri, c) for c in reader.matching(subject=subject, predicate=candidate.predicate, limit=20)
            )
        if subject is not None and end is not None:
            found.update((c.iri, c) for c in reader.matching(subject=subject, object=end, limit=10))
        if end is not None:
            found.update((c.iri, c) for c in reader.matching(predicate=candidate.predicate, object=end, limit=10))

        def distance(claim: Claim) -> tuple[bool, ...]:
            ends = (claim.subject != subject, claim.object != end, claim.predicate != candidate.predicate)
            return (sum(ends) > 0, sum(ends) > 1, claim.kind != "stated", *ends)

        texts: dict[tuple[str, str | None], Claim] = {}
        for claim in sorted(found.values(), key=distance):
            texts.setdefault((claim.text, claim.document), claim)
        yield from list(texts.values())[:_NEAREST]


def _said(candidate: Candidate) -> tuple[object, ...]:
    """Return what a candidate says, without where."""
    qualifiers = tuple(sorted((name, *words) for name, words in candidate.qualifiers.items()))
    ends = (candidate.subject, candidate.predicate, candidate.object, candidate.value)
    return (*ends, candidate.polarity, candidate.modality, candidate.scenario, qualifiers)


def _same(one: Suggestion, other: Suggestion) -> bool:
    return _said(one.candidate) == _said(other.candidate)


def parts(candidate: Candidate) -> dict[str, str]:
    """Return what can be edited of a candidate, as it is written."""
    return {part: _part(candidate, part) for part in EDITABLE}


def _changes(before: Candidate, after: Candidate) -> Iterator[str]:
    for part in EDITABLE:
        old, new = _part(before, part), _part(after, part)
        if old != new:
            yield f"{part} was “{old}”"


def _part(candidate: Candidate, part: str) -> str:
    if part == "object":
        return candidate.value or "" if candidate.object is None else candidate.object.text
    found: Any = getattr(candidate, part)
    return (
        found.text
        if isinstance(found, Name)
        else split_name(local_name(str(found)))
        if part == "predicate"
        else str(found)
    )


def edited(graph: KnowledgeGraph, item: Suggestion, changes: Mapping[str, str]) -> Suggestion:
    """Return a suggestion with other parts; what is not named stays.

    Args:
        graph: whose names can be used; a name that it does not have becomes one of the document's own.
        item: the suggestion.
        changes: by the names in :data:`EDITABLE`.

    Raises:
        SourceError: a part cannot be what it is to be; in one line.
    """
    candidate = item.candidate
    wanted = {part: " ".join(changes.get(part, "").split()) or _part(candidate, part) for part in EDITABLE}
    predicate = _predicate(graph, candidate, wanted["predicate"])
    for part, allowed in (("polarity", ("positive", "negative")), ("modality", modalities(graph))):
        if wanted[part] not in allowed:
            raise SourceError(f"'{wanted[part]}' is no {part}. It is one of {', '.join(allowed)}.")
    terms = graph.vocabulary.claim_terms
    relation = terms.relations.get(predicate) if terms is not None else None
    domains, ranges = (relation.domains, relation.ranges) if relation is not None else ((), ())
    valued = bool(relation.datatype) if relation is not None else candidate.object is None
    end = wanted["object"]
    return replace(
        item,
        candidate=replace(
            candidate,
            subject=_name(graph, wanted["subject"], candidate.subject, domains),
            predicate=predicate,
            object=None if valued else _name(graph, end, candidate.object, ranges),
            value=end if valued else None,
            polarity=wanted["polarity"],
            modality=wanted["modality"],
        ),
    )


def modalities(graph: KnowledgeGraph) -> tuple[str, ...]:
    """Return the modalities a claim can have."""
    found = graph.dataset.select("SELECT ?m { ?m a kgq:Modality }").column("m")
    return tuple(sorted(local_name(iri) for iri in found)) or ("asserted",)


def _predicate(graph: KnowledgeGraph, candidate: Candidate, wanted: str) -> str:
    if wanted == _part(candidate, "predicate"):
        return candidate.predicate
    relations = graph.vocabulary.claim_terms.relations if graph.vocabulary.claim_terms is not None else {}
    by_name = {local_name(iri): iri for iri in relations}
    by_label = {relation.label.casefold(): iri for iri, relation in relations.items()}
    iri = by_name.get(wanted) or by_label.get(wanted.casefold())
    if iri is None:
        try:
            iri = graph.find(wanted).iri
        except (UnknownEntityError, AmbiguousNameError) as error:
            raise _no_property(wanted, by_label) from error
    if iri not in relations:
        raise _no_property(wanted, by_label)
    return iri


def _no_property(wanted: str, known: Mapping[str, str]) -> KgError:
    from difflib import get_close_matches

    near = get_close_matches(wanted.casefold(), known, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else "'kgq vocabulary' lists the properties."
    return SourceError(f"'{wanted}' is no property. {hint}")


def _name(graph: KnowledgeGraph, text: str, old: Name | None, classes: tuple[str, ...]) -> Name:
    if old is not None and text == old.text:
        return old if old.iri is not None or not classes else replace(old, class_=old.class_ or classes[0])
    try:
        entity = graph.find(text)
    except (UnknownEntityError, AmbiguousNameError):
        return Name(text, None, classes[0] if classes else old.class_ if old is not None else None)
    return Name(entity.label, entity.iri)
