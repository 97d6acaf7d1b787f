"""Items of lists, and lines that begin with a label: what they say with what stands above or before them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kg.suggesting.chunk import Chunk
from kg.suggesting.chunks import chunks
from kg.suggesting.clause import Clause, words_of
from kg.suggesting.clauses import read_clauses
from kg.suggesting.cues import is_past
from kg.suggesting.headings import HeadingReader, Lead
from kg.suggesting.measures import read_measure
from kg.suggesting.names import NamesReader
from kg.suggesting.units import Unit
from kg.vocabulary.claim_terms import ClaimTerms

__all__ = ["ItemReader", "Place"]

_LABEL_ENDS = (":", "–", "—")
_EXAMPLES = ("example", "examples", "member", "members")
_SEPARATORS = (",", ";")


@dataclass(slots=True)
class Place:
    """Where an item stands, and what that gives it.

    Attributes:
        subject: whom it is about if it does not say so itself.
        noun: the property that it names the object of, by its noun.
        lead: the words it goes on from: *Rent capacity to:*.
        headings: the headings that gave the subject, the outermost first; empty if none did.
        start: where a label stands that gave the subject; -1 for none.
        unclear: a heading between that may mean anything.
    """

    subject: list[Chunk] = field(default_factory=list)
    noun: Chunk | None = None
    lead: list[Chunk] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    start: int = -1
    unclear: str = ""


class ItemReader:
    """Reads items and labelled lines."""

    def __init__(self, terms: ClaimTerms, headings: HeadingReader) -> None:
        self.terms = terms
        self.headings = headings
        self._block = -1
        self._label: list[Chunk] = []

    def place(self, unit: Unit) -> Place:
        """Return what headings and the items above give to a unit."""
        topic = self.headings.topic(unit.headings)
        place = Place(topic.names, topic.noun, headings=topic.headings, unclear=topic.unclear)
        if not unit.depth and unit.block == self._block and self._label:
            place = Place(self._label, start=unit.block)
        for above in unit.above:
            lead = self.headings.read(above.text)
            if lead.kind == "topic" and not any(map(_may_be_verb, lead.names)):
                place = Place(lead.names, start=above.start)
            elif lead.kind == "facet" and not place.lead:
                place = replace(place, subject=lead.names or place.subject, noun=lead.noun)
            elif lead.kind != "plain":  # *Rent capacity to:*
                row = chunks(above.text.rstrip(":"), self.terms)
                place.lead += [replace(chunk, kind="WORD") if _may_be_verb(chunk) else chunk for chunk in row]
        return place

    def clauses(self, unit: Unit, row: list[Chunk], place: Place) -> list[Clause]:
        """Return what an item or a sentence says at its place.

        Args:
            unit: the item or sentence.
            row: its chunks.
            place: what :meth:`place` returned; a label of the unit's own is entered in it.
        """
        row, labelled = self._without_label(unit, row, place)
        if not place.lead:
            read = read_measure(row, place.subject) or self._measured(row, place)
            listed = [read] if read else list(self._listed(row, place))
            if listed:
                self._doubt_place(listed, place)
                return listed
        found = read_clauses([*place.lead, *row], place.subject)
        for clause in found:
            if place.lead and (clause.verb is None or not any(clause.verb is chunk for chunk in place.lead)):
                clause.doubt("the item does not go on from the one above it")
            if clause.subjects == place.subject and place.subject:
                self._doubt_form(clause, place, row)
                self._doubt_place([clause], place)
            elif labelled:
                clause.doubt(f"“{words_of(place.subject)}:” may be who says it")
        return found

    def _without_label(self, unit: Unit, row: list[Chunk], place: Place) -> tuple[list[Chunk], bool]:
        """Take *NAME:* or *NOUN:* off the beginning; the rest is about it."""
        end = next((n for n, chunk in enumerate(row) if chunk.text in _LABEL_ENDS), 0)
        if not 0 < end < len(row) - 1 or place.lead or row[0].lower in _EXAMPLES:
            return row, False
        lead = self.headings.read(unit.text[: row[end].start])
        if lead.kind == "topic":
            place.subject, place.noun, place.headings, place.start = lead.names, None, [], unit.start
            place.unclear = ""
            if not unit.depth:
                self._block, self._label = unit.block, lead.names
            return row[end + 1 :], True
        if lead.kind == "facet" and row[end].text == ":" and (lead.names or place.subject):
            self._facet(lead, place, unit)
            return row[end + 1 :], False
        return row, False

    @staticmethod
    def _facet(lead: Lead, place: Place, unit: Unit) -> None:
        place.noun = lead.noun
        if lead.names:
            place.subject, place.headings, place.start, place.unclear = lead.names, [], unit.start, ""

    # ---- nouns: what follows them is the object ----

    @staticmethod
    def _measured(row: Sequence[Chunk], place: Place) -> Clause | None:
        """Read *$2 billion* after *Revenue:*."""
        if place.noun is None or not row or not any(chunk.kind == "AMOUNT" for chunk in row[:3]):
            return None
        return read_measure([place.noun, Chunk("MARK", ":", 0, 0), *row], place.subject)

    def _listed(self, row: list[Chunk], place: Place) -> Iterator[Clause]:
        """Read names that a noun above them, or before a colon, makes the objects of what the list is about."""
        examples = len(row) > 2 and row[0].lower in _EXAMPLES and row[1].text == ":"
        noun = row[0] if examples else place.noun
        if noun is None or not place.subject:
            return
        parts = list(_parts(row[2:] if examples else row))
        found: list[Clause] = []
        for part in parts:
            clause = Clause(be=True)
            reader = NamesReader(part)
            passed = 0
            while passed < len(part) - 1 and part[passed].kind == "OTHER":
                passed += 1
            if passed:
                clause.doubt(f"passed over: “{words_of(part[:passed])}”")
            reader.at = passed
            clause.subjects = reader.names(clause, subject=False)
            reader.adverbs(clause)
            if reader.kind() != "END" or not clause.subjects or clause.dropped:
                return
            if any(chunk.kind not in ("THING", "NEW") for chunk in clause.subjects):
                return
            kind = "FACET" if any(word.cat == "noun" for word in noun.words) else "BELONGS"
            clause.verb = Chunk(kind, "is one of", noun.start, noun.end, words=noun.words)
            clause.objects = place.subject
            if len(clause.subjects) > 1 or clause.negative:
                clause.doubt("how the names go together")
            found.append(clause)
        yield from found

    # ---- doubts ----

    @staticmethod
    def _doubt_place(clauses: Sequence[Clause], place: Place) -> None:
        """Doubt the subject that a heading gives across another one that may mean anything."""
        if place.unclear:
            for clause in clauses:
                clause.doubt(f"whether it is about {words_of(place.subject)}: it stands under “{place.unclear}”")

    def _doubt_form(self, clause: Clause, place: Place, row: Sequence[Chunk]) -> None:
        """Doubt verbs without a subject that need not be statements: advice, participles, gerunds."""
        if place.noun is not None:
            clause.doubt(f"whom it is about: it stands under “{place.noun.text}”")
        first = place.lead[0] if place.lead else next((c for c in row if c.kind not in ("QUAL", "PERIOD")), None)
        if first is None or first.kind != "WORD" or clause.verb is None:
            return
        word = first.lower.split()[0]
        if is_past(word) or word.endswith("ing"):
            clause.doubt(f"“{first.text}” may only describe what follows")
        elif not word.endswith("s") and not self._is_plural(place.subject):
            clause.doubt(f"“{first.text}” may be advice")

    def _is_plural(self, names: Sequence[Chunk]) -> bool:
        things = self.terms.things
        return len(names) > 1 or any(
            things[iri].plural for name in names for iri in (name.inner or name.things) if iri in things
        )


def _may_be_verb(chunk: Chunk) -> bool:
    return any(word.cat == "verb" for word in chunk.words)


def _parts(row: Sequence[Chunk]) -> Iterator[list[Chunk]]:
    """Yield what stands between commas and *and*, parentheses whole."""
    part: list[Chunk] = []
    depth = 0
    for chunk in row:
        depth += (chunk.text == "(") - (chunk.text == ")")
        if not depth and (chunk.text in _SEPARATORS or chunk.lower in ("and", "+")):
            if part:
                yield part
            part = []
        elif chunk.text != ".":
            part.append(chunk)
    if part:
        yield part
