"""Whether a claim that somebody else proposes is what a text says: what a model proposes must pass.

The quote must be in the text, both names in it or in its heading, every number and unit equal, and whatever in the
sentence denies, hedges or conditions must be in the claim. What cannot be told is refused.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kg.suggesting.candidates import Candidate, Name, candidate_id
from kg.suggesting.chunk import Chunk
from kg.suggesting.chunks import chunks
from kg.suggesting.cues import PAST_PERIODS, is_past
from kg.suggesting.text import suggest
from kg.suggesting.turns import HEADING_TURNS
from kg.suggesting.units import Unit, units
from kg.vocabulary.claim_terms import ClaimTerms, Relation, key_words
from kg.vocabulary.words import tokenize

__all__ = ["MODALITIES", "POLARITIES", "Grounding", "RefusedError", "find_quote"]

POLARITIES = ("positive", "negative")
MODALITIES = ("asserted", "historical", "speculative", "conditional", "hypothetical")
_LONGEST = 600
_SAME = {
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'",
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "\xad": "",
}  # fmt: skip
_DENIALS = ("NEG", "SCANT", "TURN")
_NOUNS = ("THING", "NEW")


class RefusedError(Exception):
    """Why a proposal is not what the text says, in words for the reader."""


def _normal(text: str) -> tuple[str, list[int]]:
    """Return a text with one form of spaces, quotes and dashes, and where each character comes from."""
    found: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        same = " " if char.isspace() else _SAME.get(char, unicodedata.normalize("NFC", char))
        if same == " " and (not found or found[-1] == " "):
            continue
        for one in same:
            found.append(one)
            places.append(place)
    return "".join(found), places


def find_quote(text: str, quote: str, near: int | None = None) -> tuple[int, int]:
    """Return where a quote stands in a text, as it is or with other spaces, quotes and dashes.

    >>> find_quote("He said “yes”.", 'said "yes"')
    (3, 13)

    Args:
        text: where to look.
        quote: what to find.
        near: the code point it should begin near; decides if it occurs more than once.

    Raises:
        RefusedError: it is not there, or several times and nothing says which is meant.
    """
    return _find(text, *_normal(text), quote, near)


def _find(text: str, normal: str, places: Sequence[int], quote: str, near: int | None) -> tuple[int, int]:
    wanted = _normal(quote)[0].strip()
    if not wanted:
        raise RefusedError("it has no quote")
    found: list[int] = []
    at = normal.find(wanted)
    while at >= 0 and len(found) < 100:
        found.append(at)
        at = normal.find(wanted, at + 1)
    if not found:
        raise RefusedError("its quote is not in the text")
    if len(found) > 1 and near is None:
        raise RefusedError(f"its quote occurs {len(found)} times, and it does not say where")
    first = min(found, key=lambda n: abs(places[n] - (near or 0)))
    start, end = places[first], places[first + len(wanted) - 1] + 1
    for edge, before, after in ((start, start - 1, start), (end, end - 1, end)):
        if 0 < edge < len(text) and text[before].isalnum() and text[after].isalnum():
            raise RefusedError("its quote cuts a word in two")
    return start, end


class Grounding:
    """A text, ready to hold proposals against it.

    Args:
        text: the canonical text.
        terms: the graph's names, properties and words.
        headings: code point, words and level of headings that are known.
        extent: the part of the text that counts.
    """

    def __init__(
        self,
        text: str,
        terms: ClaimTerms,
        headings: Sequence[tuple[int, str, int]] = (),
        extent: tuple[int, int] | None = None,
    ) -> None:
        self.text = text
        self.terms = terms
        self.normal, self.places = _normal(text)
        self.extent = extent or (0, len(text))
        self.units = list(units(text, headings))
        self.starts = [unit.start for unit in self.units]
        self.read = {(*c.said, c.start): c for c in suggest(text, terms, headings=headings, extent=extent)}
        self.words: dict[str, list[tuple[str, ...]]] = {}
        for phrase, rows in terms.phrases.items():
            for row in rows:
                if row[0] in ("verb", "noun", "passive"):
                    self.words.setdefault(row[1], []).append(tuple(phrase.split()))

    def check(self, proposal: Any, helped_by: str) -> Candidate:
        """Return a proposal as a candidate; it is never sure.

        Args:
            proposal: subject, predicate, object or value, polarity, modality, quote and perhaps start.
            helped_by: who proposes it.

        Raises:
            RefusedError: it is not a claim, or not what the text says.
        """
        said = _fields(proposal)
        relation = self._relation(said["predicate"])
        near = proposal.get("start")
        near = near if isinstance(near, int) and not isinstance(near, bool) else None
        start, end = _find(self.text, self.normal, self.places, said["quote"], near)
        if start < self.extent[0] or end > self.extent[1]:
            raise RefusedError("its quote stands outside the document")
        around = self._around(start, end)
        inside = [c for unit in around for c in self._chunks(unit) if start <= c.start and c.end <= end]
        named = [*inside, *(c for h in _headings(around) for c in chunks(h, self.terms))]
        subject = self._name(said["subject"], named, relation.domains, "subject")
        object_ = value = None
        if relation.datatype:
            value = self._value(said, inside)
        else:
            object_ = self._name(said["object"] or said["value"], named, relation.ranges, "object")
            self._numbers(said["object"] or said["value"], named)
        if object_ is not None and object_ == subject:
            raise RefusedError("subject and object are the same")
        candidate = Candidate(
            id="", subject=subject, predicate=relation.iri, object=object_, value=value, polarity=said["polarity"],
            modality=said["modality"], quote=self.text[start:end], start=start, end=end,
            heading=" › ".join(around[-1].headings), helped_by=helped_by,
        )  # fmt: skip
        reasons = [f"proposed by {helped_by}", *self._meaning(candidate, around), *self._wording(relation, inside)]
        return self._finished(candidate, reasons)

    def _finished(self, candidate: Candidate, reasons: Iterable[str]) -> Candidate:
        key = candidate_id(candidate.start, candidate.end, "model", *candidate.said)
        return replace(candidate, id=key, reasons=tuple(dict.fromkeys(reasons)))

    # ---- where it stands

    def _around(self, start: int, end: int) -> list[Unit]:
        """Return the sentences and items that a passage touches, with the items they are nested in."""
        first = max(0, bisect_right(self.starts, start) - 1)
        touched = [unit for unit in self.units[first : bisect_right(self.starts, end)] if unit.end > start]
        if not touched or len(touched) > 12:
            raise RefusedError("its quote is no sentence or list item")
        above = [parent for unit in touched for parent in unit.above if parent not in touched]
        return [*dict.fromkeys(above), *touched]

    def _chunks(self, unit: Unit) -> list[Chunk]:
        row = chunks(unit.text, self.terms)
        return [replace(c, start=c.start + unit.start, end=c.end + unit.start) for c in row]

    # ---- what it names

    def _relation(self, predicate: str) -> Relation:
        local = re.split(r"[#:/]", predicate.strip("<> "))[-1]
        for iri, relation in self.terms.relations.items():
            if predicate.strip("<> ") == iri or local == iri.rpartition("#")[2]:
                return relation
        raise RefusedError(f"“{predicate[:60]}” is no property of the graph")

    def _name(self, text: str, named: Sequence[Chunk], classes: Sequence[str], role: str) -> Name:
        """Return the thing that a name stands for; it must be named in the quote or its heading."""
        text = " ".join(text.split())
        row = chunks(text, self.terms)
        things = row[0].things if len(row) == 1 and row[0].kind == "THING" else ()
        things = things or tuple(
            iri for iri, t in self.terms.things.items() if t.label.casefold() == text.casefold()
        )
        for iri in things:
            if any(iri in chunk.things for chunk in named):
                thing = self.terms.things[iri]
                if classes and not set(thing.kinds) & set(classes):
                    raise RefusedError(f"“{text}” cannot be the {role} of this property")
                return Name(thing.label, iri)
        if not things and text and any(c.kind == "NEW" and " ".join(c.text.split()) == text for c in named):
            return Name(text, None, classes[0] if classes else None)
        raise RefusedError(f"the {role} “{text[:60]}” is not named in the quote or its heading")

    def _value(self, said: Mapping[str, str], inside: Sequence[Chunk]) -> str:
        value = " ".join((said["value"] or said["object"]).split())
        if not value:
            raise RefusedError("it has no value")
        self._numbers(value, inside)
        if _normal(value)[0] not in _normal(said["quote"])[0]:
            raise RefusedError(f"the value “{value[:60]}” is not in the quote")
        return value

    def _numbers(self, text: str, inside: Sequence[Chunk]) -> None:
        """Check that every number with its unit is one of the quote, whole."""
        for chunk in chunks(text, self.terms):
            if chunk.kind in ("AMOUNT", "PERIOD") and _plain(chunk) not in {_plain(c) for c in inside}:
                raise RefusedError(f"the number “{chunk.text}” is not one of the quote")
        told = " ".join(_plain(chunk) for chunk in inside)
        for number in re.findall(r"\d[\d.,]*", text):
            if number.rstrip(".,") not in re.findall(r"\d[\d.,]*\d|\d", told):
                raise RefusedError(f"the number “{number}” is not one of the quote")

    # ---- what it means

    def _meaning(self, candidate: Candidate, around: Sequence[Unit]) -> list[str]:
        """Hold polarity and modality against the words of the sentence; return what remains doubtful."""
        if any((*candidate.said, unit.start) in self.read for unit in around):
            return []
        row = [chunk for unit in around for chunk in self._chunks(unit)]
        if any(chunk.text == "?" for chunk in row):
            raise RefusedError("the sentence asks")
        denials = [c.text for c in row if c.kind in _DENIALS or c.kind == "CONTRAST"]
        if denials and candidate.polarity == "positive":
            raise RefusedError(f"the sentence denies (“{denials[0]}”), and the claim does not")
        if not denials and candidate.polarity == "negative":
            raise RefusedError("the claim denies, and nothing in the sentence does")
        _check_modality(candidate.modality, row)
        doubts = [f"the sentence denies: {', '.join(denials)}"] if denials else []
        for heading in _headings(around):
            if {token.lower for token in tokenize(heading, limit=30)} & HEADING_TURNS or heading.endswith("?"):
                raise RefusedError(f"under the heading “{heading}” it may not be meant as it stands")
        return doubts

    def _wording(self, relation: Relation, inside: Sequence[Chunk]) -> list[str]:
        stems = {stem for chunk in inside for stem in key_words(chunk.text)}
        if any(set(phrase) <= stems for phrase in self.words.get(relation.iri, ())):
            return []
        return [f"no word for “{relation.label}” is in the quote"]


def _fields(proposal: Any) -> dict[str, str]:
    """Return the parts of a proposal as texts."""
    if not isinstance(proposal, Mapping):
        raise RefusedError("it is not a claim")
    found: dict[str, str] = {}
    for name in ("subject", "predicate", "object", "value", "polarity", "modality", "quote"):
        value = proposal.get(name)
        value = "" if value is None else value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and name == "value":
            value = str(value)
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise RefusedError(f"its {name} is no short text")
        found[name] = value.strip()
    for name, known in (("polarity", POLARITIES), ("modality", MODALITIES)):
        if found[name] not in known:
            raise RefusedError(f"its {name} is none of {', '.join(known)}")
    if not found["subject"] or not found["predicate"] or not (found["object"] or found["value"]):
        raise RefusedError("it has no subject, predicate or object")
    return found


def _headings(around: Sequence[Unit]) -> list[str]:
    return list(dict.fromkeys(heading for unit in around for heading in unit.headings[-1:]))


def _plain(chunk: Chunk) -> str:
    return " ".join(chunk.text.split()).casefold()


def _check_modality(modality: str, row: Sequence[Chunk]) -> None:
    """Hold a modality against the words that hedge, condition or place in the past."""
    told = {(c.kind, c.qualifier) for c in row}
    condition = ("SUB", "") in told or ("QUAL", "condition") in told
    hedge = any(kind == "MODAL" for kind, _ in told) or {("QUAL", "hedge"), ("QUAL", "likelihood")} & told
    words = [word for c in row for word in c.lower.split()]
    past = any(is_past(word) for word in words) or any(c.lower in PAST_PERIODS for c in row)
    reported = any(w in ("said", "says", "say", "according", "believe", "believes", "think", "thinks", "claims",
                         "claimed", "told", "plans", "expects", "expected") for w in words)  # fmt: skip
    if modality in ("asserted", "historical") and (condition or hedge or reported):
        raise RefusedError(f"the sentence hedges, conditions or reports, and the claim says “{modality}”")
    cue = {"speculative": hedge or reported, "conditional": condition, "hypothetical": condition or hedge}
    if modality in cue and not cue[modality]:
        raise RefusedError(f"nothing in the sentence makes it {modality}")
    if modality == "historical" and not past:
        raise RefusedError("nothing in the sentence places it in the past")
