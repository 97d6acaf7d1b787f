"""From a text to candidate claims: the clauses of its sentences and lists, held against what the graph allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kg.suggesting.candidates import Candidate, candidate_id
from kg.suggesting.chunk import Chunk
from kg.suggesting.chunks import chunks
from kg.suggesting.clause import Clause
from kg.suggesting.cues import NEGATIONS
from kg.suggesting.headings import HeadingReader
from kg.suggesting.items import ItemReader, Place
from kg.suggesting.markup import without_markup
from kg.suggesting.readings import Reading, readings
from kg.suggesting.skipped import Skipped, why
from kg.suggesting.turns import HEADING_TURNS, TURNS
from kg.suggesting.units import Unit, units
from kg.vocabulary.claim_terms import ClaimTerms
from kg.vocabulary.words import tokenize

__all__ = ["TextReading", "read_text", "suggest"]

_LONGEST_QUOTE = 400
_SHORT = 60


@dataclass
class TextReading:
    """What a text was read to say.

    Attributes:
        candidates: the claims it may make, in the order of the text.
        skipped: the sentences, items and rows that suggested nothing, with the reason.
        passages: how many sentences, items and rows there are, those that only introduce others left out.
    """

    candidates: list[Candidate] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    passages: int = 0


def suggest(
    text: str,
    terms: ClaimTerms,
    *,
    headings: Sequence[tuple[int, str, int]] = (),
    extent: tuple[int, int] | None = None,
) -> list[Candidate]:
    """Return the claims that a text may make about the names a graph knows, in the order of the text.

    >>> suggest("Nothing here.", ClaimTerms())
    []

    Args:
        text: canonical text; quotes are verbatim stretches of it.
        terms: the graph's names, properties and words.
        headings: code point, words and level of headings that are known; else they are told by their form.
        extent: the part of the text that counts.
    """
    return read_text(text, terms, headings=headings, extent=extent).candidates


def read_text(
    text: str,
    terms: ClaimTerms,
    *,
    headings: Sequence[tuple[int, str, int]] = (),
    extent: tuple[int, int] | None = None,
) -> TextReading:
    """Return the claims that a text may make, and what of it suggested nothing; as :func:`suggest` else.

    >>> [passage.reason for passage in read_text("Nothing here.", ClaimTerms()).skipped]
    ['denial']
    """
    start, end = extent or (0, len(text))
    found: dict[str, Candidate] = {}
    reader = _TextReader(text, terms)
    before: list[Candidate] = []
    reading = TextReading()
    for unit in units(without_markup(text), headings, is_facet=reader.headings.is_facet):
        if not (start <= unit.start and unit.end <= end):
            continue
        if before and _takes_back(unit, terms):
            reason = f"the next sentence may take it back: “{unit.text}”"
            for candidate in before:
                found[candidate.id] = replace(candidate, sure=False, reasons=(*candidate.reasons, reason))
        every = list(reader.read(unit))
        before = [candidate for candidate in every if candidate.id not in found]
        found.update((candidate.id, candidate) for candidate in before)
        introduces = unit.text.endswith(":") and unit.form != "row"
        reading.passages += not introduces
        if not every and not introduces:
            reading.skipped.append(reader.skipped(unit))
    reading.candidates = list(found.values())
    return reading


def _takes_back(unit: Unit, terms: ClaimTerms) -> bool:
    """Whether a short sentence says that the one before it is not so, as *Wrong* does."""
    if len(unit.text) > _SHORT:
        return False
    row = chunks(unit.text, terms)
    names = any(chunk.kind in ("THING", "NEW") for chunk in row)
    return not names and any(chunk.kind in ("NEG", "TURN", "SCANT") for chunk in row)


class _TextReader:
    """Reads unit after unit; remembers whom the last sentence was about."""

    def __init__(self, text: str, terms: ClaimTerms) -> None:
        self.text = text
        self.terms = terms
        self.headings = HeadingReader(terms)
        self.items = ItemReader(terms, self.headings)
        self.last: list[Chunk] = []
        self.where: tuple[str, ...] = ()
        self.row: list[Chunk] = []
        self.found: list[Clause] = []
        self.turned = self.has_subject = False

    def read(self, unit: Unit) -> Iterator[Candidate]:
        if unit.headings != self.where:
            self.last, self.where = [], unit.headings
        self.row, self.found, self.turned = [], [], False
        if unit.form in ("row", "task") or unit.text.endswith(":"):
            return
        self.row = chunks(unit.text, self.terms)
        place = self.items.place(unit)
        self.found = self.items.clauses(unit, self.row, place)
        self.has_subject = bool(place.subject)
        for n, clause in enumerate(self.found):
            from_place = bool(place.subject) and (place.subject in (clause.subjects, clause.objects))
            clause.subjects = self._resolved(clause, place)
            self._doubt_heading(clause, unit, place, own_subject=not from_place and not place.lead)
            if unit.above and unit.end - unit.above[0].start > _LONGEST_QUOTE:
                clause.doubt(f"what it goes on from stands far above: “{unit.above[-1].text}”")
            if not clause.dropped:
                yield from self._candidates(clause, unit, self._passage(unit, place, from_place=from_place))
            if not unit.depth and clause.subjects and (n == 0 or clause.start > self.found[0].start):
                self.last = clause.subjects
        if not unit.depth and self.found and self.found[0].subjects:
            self.last = self.found[0].subjects

    def skipped(self, unit: Unit) -> Skipped:
        """Return why the unit that was read last suggested nothing."""
        reason = why(unit, self.row, self.found, subject=self.has_subject, turned=self.turned)
        return Skipped(self.text[unit.start : unit.end], unit.start, unit.end, " › ".join(unit.headings), reason)

    def _resolved(self, clause: Clause, place: Place) -> list[Chunk]:
        """Put whom the last sentence or the heading is about in the place of a pronoun; that is never sure."""
        if not any(chunk.kind == "PRON" for chunk in clause.subjects):
            return clause.subjects
        last = self.last or place.subject
        word = clause.subjects[0].lower
        plural = len(last) > 1 or any(self._is_plural(chunk) for chunk in last)
        fits = (word == "they" and plural) or (word in ("it", "he", "she") and not plural)
        if not fits or not last:
            return []
        clause.doubt(f"“{clause.subjects[0].text}” is taken for {', '.join(c.text for c in last)}")
        return last

    def _is_plural(self, chunk: Chunk) -> bool:
        things = self.terms.things
        return any(things[iri].plural for iri in chunk.inner or chunk.things if iri in things)

    def _doubt_heading(self, clause: Clause, unit: Unit, place: Place, *, own_subject: bool) -> None:
        """Doubt what stands under a heading that may turn it round, and whole sentences in unknown lists."""
        if self._scenario(unit):
            return
        for heading in unit.headings:
            words = {token.lower for token in tokenize(heading, limit=30)}
            if heading.lower().startswith(("if ", "when ")):
                clause.qualify("condition", heading)
                clause.modality = "conditional" if clause.modality == "asserted" else clause.modality
            if heading.rstrip().endswith("?") or words & HEADING_TURNS or words & (NEGATIONS | TURNS):
                clause.doubt(f"under the heading “{heading}” it may not be meant as it stands")
                denied = bool(words & (NEGATIONS | TURNS)) and bool(unit.depth)
                clause.dropped = clause.dropped or denied
                self.turned = self.turned or clause.dropped
        if unit.depth and own_subject and unit.headings and (not place.subject or place.unclear):
            clause.doubt(f"it stands in a list under “{unit.headings[-1]}”")

    # ---- candidates ----

    def _candidates(self, clause: Clause, unit: Unit, passage: tuple[int, int]) -> Iterator[Candidate]:
        for subject in clause.subjects:
            for end in clause.objects:
                if "PRON" not in (subject.kind, end.kind):
                    found = readings(clause, subject, end, self.terms)
                    several = sorted({reading.relation.label for reading in found})
                    doubts = [f"it can mean: {', '.join(several)}"] if len(found) > 1 else []
                    for reading in found:
                        yield self._candidate(clause, reading, unit, doubts, passage)

    def _candidate(
        self, clause: Clause, reading: Reading, unit: Unit, doubts: Sequence[str], passage: tuple[int, int]
    ) -> Candidate:
        start, end = passage
        reasons = tuple(dict.fromkeys((*clause.doubts, *doubts, *reading.doubts)))
        scenario = self._scenario(unit)
        polarity = "negative" if clause.negative else "positive"
        modality = "hypothetical" if scenario else clause.modality
        ends = (reading.subject.text, reading.object, reading.value)
        return Candidate(
            id=candidate_id(start, end, *ends, reading.relation.iri, polarity, modality),
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
            reasons=reasons,
        )

    def _scenario(self, unit: Unit) -> str | None:
        """Return the scenario whose name one of the headings begins with; what stands there holds in it only."""
        return next(filter(None, map(self.headings.scenario, unit.headings)), None)

    def _passage(self, unit: Unit, place: Place, *, from_place: bool) -> tuple[int, int]:
        """Return the stretch to quote: the sentence without its full stop, from what gives its subject on.

        A heading with other items between is told beside the quote, not in it.
        """
        end = unit.end
        while end > unit.start and self.text[end - 1] in ".;,":
            end -= 1
        low = max(0, end - _LONGEST_QUOTE)
        start = min((above.start for above in unit.above), default=unit.start)
        start = start if start >= low else unit.start
        if not from_place:
            return start, end
        if place.start >= low:
            return min(start, place.start), end
        heading = self.text.rfind(place.headings[-1], low, start) if place.headings else -1
        if heading < 0 or any(c.isalnum() for c in self.text[heading + len(place.headings[-1]) : start]):
            return start, end
        return heading, end
