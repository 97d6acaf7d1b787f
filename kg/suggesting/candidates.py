"""From a text to candidate claims: the clauses of its sentences and lists, held against what the graph allows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kg.suggesting.chunks import Chunk, chunks
from kg.suggesting.clauses import Clause, read_clauses
from kg.suggesting.units import Unit, units
from kg.vocabulary.claim_terms import ClaimTerms, Relation, Word

__all__ = ["Candidate", "Name", "suggest"]

_TIE = 0.015
_LONGEST_QUOTE = 400


@dataclass(frozen=True, slots=True)
class Name:
    """A thing that a candidate speaks of: one of the graph's, or a new one with the class it would have."""

    text: str
    iri: str | None = None
    class_: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the name as JSON-ready data."""
        return {"text": self.text, "iri": self.iri, "class": self.class_}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim that a passage may make.

    Attributes:
        id: made from what it says and where; the same text gives the same.
        subject, object: whom it is about and what it relates them to; a value has no object.
        predicate: IRI of the property.
        value: an amount or other literal, as written.
        polarity, modality: as in claims.
        qualifiers: wordings by the name of their qualifier.
        scenario: IRI of the scenario in which alone it is put forward.
        quote, start, end: the passage, verbatim, in code points of the text.
        heading: the headings it stands under, joined by “ › ”.
        sure: whether every word of the passage was understood, in one way only.
        reasons: why it is not sure, or how it was read.
    """

    id: str
    subject: Name
    predicate: str
    object: Name | None
    value: str | None
    polarity: str
    modality: str
    quote: str
    start: int
    end: int
    heading: str = ""
    scenario: str | None = None
    qualifiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sure: bool = False
    reasons: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the candidate as JSON-ready data."""
        return {
            "id": self.id,
            "subject": self.subject.to_dict(),
            "predicate": self.predicate,
            "object": None if self.object is None else self.object.to_dict(),
            "value": self.value,
            "polarity": self.polarity,
            "modality": self.modality,
            "scenario": self.scenario,
            "qualifiers": {name: list(words) for name, words in self.qualifiers.items()},
            "heading": self.heading,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "sure": self.sure,
            "reasons": list(self.reasons),
        }


def suggest(
    text: str,
    terms: ClaimTerms,
    *,
    headings: Sequence[tuple[int, str]] = (),
    extent: tuple[int, int] | None = None,
) -> list[Candidate]:
    """Return the claims that a text may make about the names a graph knows, in the order of the text.

    >>> suggest("Nothing here.", ClaimTerms())
    []

    Args:
        text: canonical text; quotes are verbatim stretches of it.
        terms: the graph's names, properties and words.
        headings: code point and words of headings that are known; else they are told by their form.
        extent: the part of the text that counts.
    """
    start, end = extent or (0, len(text))
    found: dict[str, Candidate] = {}
    reader = _TextReader(text, terms)
    for unit in units(text, headings):
        if start <= unit.start and unit.end <= end:
            for candidate in reader.read(unit):
                found.setdefault(candidate.id, candidate)
    return list(found.values())


class _TextReader:
    """Reads unit after unit; remembers whom the last sentence was about."""

    def __init__(self, text: str, terms: ClaimTerms) -> None:
        self.text = text
        self.terms = terms
        self.last: list[Chunk] = []
        self.place: tuple[str, ...] = ()

    def read(self, unit: Unit) -> Iterator[Candidate]:
        if unit.headings != self.place:
            self.last, self.place = [], unit.headings
        if unit.depth:
            yield from self._item(unit)
            return
        clauses = read_clauses(chunks(unit.text, self.terms))
        for clause in clauses:
            clause.subjects = self._resolved(clause)
            yield from self._candidates(clause, unit)
        if clauses and clauses[0].subjects:
            self.last = clauses[0].subjects

    def _resolved(self, clause: Clause) -> list[Chunk]:
        """Put whom the last sentence was about in the place of a pronoun; that is never sure."""
        if not any(chunk.kind == "PRON" for chunk in clause.subjects):
            return clause.subjects
        word = clause.subjects[0].lower
        plural = len(self.last) > 1 or any(self._is_plural(chunk) for chunk in self.last)
        fits = (word == "they" and plural) or (word in ("it", "he", "she") and not plural)
        if not fits or not self.last:
            return []
        clause.doubt(f"“{clause.subjects[0].text}” is taken for {', '.join(c.text for c in self.last)}")
        return self.last

    def _is_plural(self, chunk: Chunk) -> bool:
        return any(self.terms.things[iri].plural for iri in chunk.things if iri in self.terms.things)

    def _item(self, unit: Unit) -> Iterator[Candidate]:
        """Read a list item: its verb may stand in the item above it, its subject in the heading."""
        if unit.text.endswith(":"):
            return
        subject = self._heading_subject(unit)
        lead = [chunk for above in unit.above for chunk in chunks(above.text.rstrip(":"), self.terms)]
        lead = [replace(chunk, kind="WORD") if chunk.words else chunk for chunk in lead]
        offset = len(lead)
        own = chunks(unit.text, self.terms)
        for clause in read_clauses([*lead, *own], subject):
            if offset and (clause.verb is None or not any(clause.verb is chunk for chunk in lead)):
                clause.doubt("the item does not go on from the one above it")
            yield from self._candidates(clause, unit, from_heading=bool(subject) and clause.subjects == subject)

    def _heading_subject(self, unit: Unit) -> list[Chunk]:
        """Return the names that the innermost heading consists of, and of nothing else."""
        if not unit.headings:
            return []
        found = chunks(unit.headings[-1].strip(" :"), self.terms)
        names = [chunk for chunk in found if chunk.kind == "THING"]
        rest = [c for c in found if c.kind not in ("THING", "MARK", "AND", "ART")]
        return names if names and not rest else []

    def _candidates(self, clause: Clause, unit: Unit, *, from_heading: bool = False) -> Iterator[Candidate]:
        for subject in clause.subjects:
            for end in clause.objects:
                if "PRON" not in (subject.kind, end.kind):
                    yield from self._readings(clause, subject, end, unit, from_heading)

    def _readings(
        self, clause: Clause, subject: Chunk, end: Chunk, unit: Unit, from_heading: bool
    ) -> Iterator[Candidate]:
        """Yield the readings of one pair that the graph's types allow: the best, or all that are as good."""
        found = list(_typed(clause, subject, end, self.terms))
        if not found:
            return
        least = min(reading.cost for reading in found)
        best = {(r.relation.iri, r.subject, r.object): r for r in found if r.cost <= least + _TIE}
        doubts = list(clause.doubts)
        if len(best) > 1:
            labels = sorted({r.relation.label for r in best.values()})
            doubts.append(f"several readings: {', '.join(labels)}")
        for reading in best.values():
            yield self._candidate(clause, reading, unit, doubts, from_heading)

    def _candidate(
        self, clause: Clause, reading: _Reading, unit: Unit, doubts: Sequence[str], from_heading: bool
    ) -> Candidate:
        start, end = self._passage(unit, from_heading)
        names = [name for name in (reading.subject, reading.object) if name is not None and name.iri is None]
        reasons = [*doubts, *(f"“{name.text}” is a new name" for name in names)]
        scenario = self._scenario(unit)
        polarity = "negative" if clause.negative else "positive"
        modality = "hypothetical" if scenario else clause.modality
        ends = (reading.subject.text, reading.object, reading.value)
        said = (*ends, reading.relation.iri, polarity, modality)
        key = f"{start}|{end}|{said}"
        return Candidate(
            id=hashlib.sha256(key.encode()).hexdigest()[:10],
            subject=reading.subject,
            predicate=reading.relation.iri,
            object=reading.object,
            value=reading.value,
            polarity=polarity,
            modality=modality,
            scenario=scenario,
            quote=self.text[start:end],
            start=start,
            end=end,
            heading=" › ".join(unit.headings),
            qualifiers={name: tuple(words) for name, words in clause.qualifiers.items()},
            sure=not reasons,
            reasons=tuple(reasons),
        )

    def _scenario(self, unit: Unit) -> str | None:
        """Return the scenario whose name one of the headings begins with; what stands there holds in it only."""
        for heading in unit.headings:
            first = next(iter(chunks(heading, self.terms)), None)
            for iri in first.things if first is not None else ():
                if iri in self.terms.scenarios:
                    return iri
        return None

    def _passage(self, unit: Unit, from_heading: bool) -> tuple[int, int]:
        """Return the stretch to quote: the sentence without its full stop; from the heading on if that is read."""
        end = unit.end
        while end > unit.start and self.text[end - 1] in ".;,":
            end -= 1
        start = min((above.start for above in unit.above), default=unit.start)
        heading = self.text.rfind(unit.headings[-1], 0, start) if from_heading else -1
        return (heading, end) if heading >= 0 and end - heading <= _LONGEST_QUOTE else (start, end)


@dataclass(frozen=True, slots=True)
class _Reading:
    relation: Relation
    subject: Name
    object: Name | None
    value: str | None
    cost: float


def _typed(clause: Clause, subject: Chunk, end: Chunk, terms: ClaimTerms) -> Iterator[_Reading]:
    """Yield what a verb can mean between two names, by its form and by the classes the ontology allows."""
    if clause.verb is None:
        return
    for word in clause.verb.words:
        relation = terms.relations.get(word.key)
        if relation is None or not _fits_form(word, clause):
            continue
        first, second = (end, subject) if word.inverse != clause.passive else (subject, end)
        if relation.datatype:
            yield from _valued(relation, word, subject, end, terms)
            continue
        for subject_name in _names(first, relation.domains, terms):
            for object_name in _names(second, relation.ranges, terms):
                if subject_name != object_name:
                    yield _Reading(relation, subject_name, object_name, None, word.cost)


def _fits_form(word: Word, clause: Clause) -> bool:
    verb = clause.verb.lower.split()[0] if clause.verb else ""
    if word.cat == "noun":
        return clause.have and word.prep == clause.prep
    if word.prep != clause.prep:
        return False
    going_on = verb.endswith("ing") or clause.passive
    return word.be == clause.be or (clause.be and going_on)


def _valued(relation: Relation, word: Word, subject: Chunk, end: Chunk, terms: ClaimTerms) -> Iterator[_Reading]:
    if end.kind == "AMOUNT":
        for name in _names(subject, relation.domains, terms):
            yield _Reading(relation, name, None, " ".join(end.text.split()), word.cost)


def _names(chunk: Chunk, classes: Sequence[str], terms: ClaimTerms) -> Iterator[Name]:
    """Yield what a chunk names, as far as it belongs to one of the classes."""
    if chunk.kind == "NEW":
        yield Name(" ".join(chunk.text.split()), None, classes[0] if classes else None)
    for iri in chunk.things:
        thing = terms.things.get(iri)
        if thing is not None and (not classes or set(thing.kinds) & set(classes)):
            yield Name(thing.label, iri)
