"""From a text to candidate claims: the clauses of its sentences and lists, held against what the graph allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.suggesting.candidates import Candidate, candidate_id
from kg.suggesting.chunks import Chunk, chunks
from kg.suggesting.clause import Clause
from kg.suggesting.clauses import read_clauses
from kg.suggesting.cues import NEGATIONS
from kg.suggesting.markup import without_markup
from kg.suggesting.measures import read_measure
from kg.suggesting.readings import Reading, readings
from kg.suggesting.turns import HEADING_TURNS, TURNS
from kg.suggesting.units import Unit, units
from kg.vocabulary.claim_terms import ClaimTerms
from kg.vocabulary.words import tokenize

__all__ = ["suggest"]

_LONGEST_QUOTE = 400
_SHORT = 60


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
    before: list[Candidate] = []
    for unit in units(without_markup(text), headings):
        if start <= unit.start and unit.end <= end:
            if before and _takes_back(unit, terms):
                reason = f"the next sentence may take it back: “{unit.text}”"
                for candidate in before:
                    found[candidate.id] = replace(candidate, sure=False, reasons=(*candidate.reasons, reason))
            before = [c for c in reader.read(unit) if c.id not in found]
            found.update((candidate.id, candidate) for candidate in before)
    return list(found.values())


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
        self.last: list[Chunk] = []
        self.place: tuple[str, ...] = ()
        self.heading_chunks: dict[str, list[Chunk]] = {}

    def read(self, unit: Unit) -> Iterator[Candidate]:
        if unit.headings != self.place:
            self.last, self.place = [], unit.headings
        if unit.depth:
            yield from self._item(unit)
            return
        row = chunks(unit.text, self.terms)
        if unit.text.endswith(":"):
            return
        measure = read_measure(row)
        clauses = [measure] if measure is not None else read_clauses(row)
        for n, clause in enumerate(clauses):
            clause.subjects = self._resolved(clause)
            self._doubt_heading(clause, unit)
            yield from self._candidates(clause, unit)
            if clause.subjects and (n == 0 or clause.start > clauses[0].start):
                self.last = clause.subjects
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

    # ---- headings and items ----

    def _doubt_heading(self, clause: Clause, unit: Unit, *, own_subject: bool = False) -> None:
        """Doubt what stands under a heading that may turn it round, and whole sentences in unknown lists."""
        if self._scenario(unit):
            return
        for heading in unit.headings:
            words = {token.lower for token in tokenize(heading, limit=30)}
            if heading.rstrip().endswith("?") or words & HEADING_TURNS:
                clause.doubt(f"under the heading “{heading}” it may not be meant as it stands")
                clause.dropped = clause.dropped or (own_subject and bool(words & (NEGATIONS | TURNS)))
        if own_subject and unit.headings and not self._heading_subject(unit):
            clause.doubt(f"it stands in a list under “{unit.headings[-1]}”")

    def _item(self, unit: Unit) -> Iterator[Candidate]:
        """Read a list item: its verb may stand in the item above it, its subject in the heading."""
        if unit.text.endswith(":"):
            return
        subject = self._heading_subject(unit)
        lead = [chunk for above in unit.above for chunk in chunks(above.text.rstrip(":"), self.terms)]
        lead = [replace(chunk, kind="WORD") if chunk.words else chunk for chunk in lead]
        own = chunks(unit.text, self.terms)
        measure = None if lead else read_measure(own, subject)
        examples = None if lead else _examples(own, subject)
        one = measure or examples
        for clause in [one] if one else read_clauses([*lead, *own], subject):
            if lead and (clause.verb is None or not any(clause.verb is chunk for chunk in lead)):
                clause.doubt("the item does not go on from the one above it")
            from_heading = bool(subject) and (clause.subjects == subject or clause is examples)
            self._doubt_heading(clause, unit, own_subject=not from_heading and not lead)
            if clause.dropped:
                continue
            yield from self._candidates(clause, unit, from_heading=from_heading)

    def _heading_subject(self, unit: Unit) -> list[Chunk]:
        """Return the names that the innermost heading consists of, and of nothing else."""
        if not unit.headings:
            return []
        heading = unit.headings[-1].strip(" :")
        if heading not in self.heading_chunks:
            self.heading_chunks[heading] = chunks(heading, self.terms)
        found = self.heading_chunks[heading]
        names = [chunk for chunk in found if chunk.kind in ("THING", "NEW")]
        rest = [c for c in found if c.kind not in ("THING", "NEW", "AND", "ART") and c.text not in ",&"]
        return names if any(c.kind == "THING" for c in names) and not rest else []

    # ---- candidates ----

    def _candidates(self, clause: Clause, unit: Unit, *, from_heading: bool = False) -> Iterator[Candidate]:
        for subject in clause.subjects:
            for end in clause.objects:
                if "PRON" not in (subject.kind, end.kind):
                    found = readings(clause, subject, end, self.terms)
                    several = sorted({reading.relation.label for reading in found})
                    doubts = [f"it can mean: {', '.join(several)}"] if len(found) > 1 else []
                    for reading in found:
                        yield self._candidate(clause, reading, unit, doubts, from_heading)

    def _candidate(
        self, clause: Clause, reading: Reading, unit: Unit, doubts: Sequence[str], from_heading: bool
    ) -> Candidate:
        start, end = self._passage(unit, from_heading)
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
        low = max(0, end - _LONGEST_QUOTE)
        heading = self.text.rfind(unit.headings[-1], low, start) if from_heading else -1
        return (heading, end) if heading >= 0 else (start, end)


def _examples(row: Sequence[Chunk], subject: Sequence[Chunk]) -> Clause | None:
    """Read *Examples: A, B* below a heading that names what they are examples of."""
    if len(row) < 3 or not subject or row[0].lower not in ("example", "examples", "members") or row[1].text != ":":
        return None
    names = [chunk for chunk in row[2:] if chunk.kind in ("THING", "NEW")]
    if not names or any(c.kind not in ("THING", "NEW", "AND") and c.text != "," for c in row[2:]):
        return None
    belongs = Chunk("BELONGS", "is one of", row[0].start, row[0].end)
    doubt = "they are given as examples of what the heading names"
    return Clause(names, belongs, "", list(subject), be=True, doubts=[doubt])
