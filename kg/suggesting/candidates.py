"""Candidate claims: what a passage may say, and whether it was understood to the last word."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

__all__ = ["Candidate", "Name", "candidate_id", "fold"]


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
        also: start and end of further passages that say the same.
        helped_by: the language model that proposed it, '' for none.
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
    also: tuple[tuple[int, int], ...] = ()
    helped_by: str = ""

    @property
    def said(self) -> tuple[str | None, ...]:
        """What it says, whatever passage says it."""
        end = self.value if self.object is None else self.object.iri or self.object.text.casefold()
        subject = self.subject.iri or self.subject.text.casefold()
        return subject, self.predicate, end, self.polarity, self.modality, self.scenario

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
            "also": [list(place) for place in self.also],
            "helped_by": self.helped_by,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Candidate:
        """Return the candidate that :meth:`to_dict` wrote.

        Raises:
            KeyError, TypeError: it is not one.
        """
        subject, object_ = data["subject"], data["object"]
        return cls(
            id=data["id"],
            subject=Name(subject["text"], subject["iri"], subject["class"]),
            predicate=data["predicate"],
            object=None if object_ is None else Name(object_["text"], object_["iri"], object_["class"]),
            value=data["value"],
            polarity=data["polarity"],
            modality=data["modality"],
            quote=data["quote"],
            start=data["start"],
            end=data["end"],
            heading=data["heading"],
            scenario=data["scenario"],
            qualifiers={name: tuple(words) for name, words in data["qualifiers"].items()},
            sure=data["sure"],
            reasons=tuple(data["reasons"]),
            also=tuple((start, end) for start, end in data.get("also", ())),
            helped_by=data.get("helped_by", ""),
        )


def candidate_id(start: int, end: int, *said: object) -> str:
    """Return an identifier that the same claim at the same place always gets.

    >>> candidate_id(0, 5, "a", None) == candidate_id(0, 5, "a", None)
    True
    """
    return hashlib.sha256(f"{start}|{end}|{said}".encode()).hexdigest()[:10]


def fold(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates without repetitions: one for all passages that say the same, a sure one if there is one.

    >>> fold([])
    []
    """
    groups: dict[tuple[str | None, ...], list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.said, []).append(candidate)
    found = []
    for group in groups.values():
        first = next((candidate for candidate in group if candidate.sure), group[0])
        places = [(other.start, other.end) for other in group]
        also = tuple(place for place in dict.fromkeys(places) if place != (first.start, first.end))
        found.append(replace(first, also=also) if also else first)
    return sorted(found, key=lambda candidate: candidate.start)
