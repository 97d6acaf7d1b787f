"""What a heading, or an item that leads others, gives to what stands below it: a subject, a property, or doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from kg.suggesting.chunk import Chunk
from kg.suggesting.chunks import chunks
from kg.suggesting.turns import HEADING_TURNS
from kg.vocabulary.claim_terms import ClaimTerms, stem_of
from kg.vocabulary.words import tokenize

__all__ = ["HeadingReader", "Lead", "Topic"]

_NUMBER = re.compile(
    r"\(?(?:(?:slide|page|part|section|chapter|appendix|annex|exhibit|box|step)\s+)?"
    r"(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,4}|[a-z])[.):]*\s*[–—:-]?\s+(?=\S)"
    r"|(?:appendix|annex|exhibit)\s*[–—:-]\s+(?=\S)",
    re.IGNORECASE,
)
_QUOTES = re.compile(r"[“”\"«»]")
_AFTER = re.compile(
    r"\s*\([^()]*\)\s*\Z|\s+(?:at a glance|in (?:brief|short|numbers|a nutshell)|in one (?:page|slide))\s*\Z",
    re.IGNORECASE,
)
_SPLIT = re.compile(r":\s+|\s+[–—]\s+|\s+-\s+")
_PLAIN = re.compile(
    r"(?:what (?:they|it) (?:do|does|are|is)|who (?:they|it) (?:are|is)|at a glance|in (?:brief|short|a nutshell)|"
    r"in one (?:page|slide)|in numbers|(?:key |quick )?facts|overview|summary|profile|fact ?sheet|activities|"
    r"business|operations|financials|description|about)\Z",
    re.IGNORECASE,
)
"""Headings that say no more than that facts follow."""
_ABOUT = re.compile(r"(?:what|who) (?P<name>.+?) (?:do|does|is|are)\Z|about (?P<about>.+)\Z", re.IGNORECASE)
_DENYING = ("NEG", "TURN", "SCANT")
_NAMES = ("THING", "NEW")


@dataclass(frozen=True, slots=True)
class Lead:
    """What a heading gives.

    Attributes:
        kind: ``topic`` (it consists of names), ``facet`` (a property by its noun), ``plain`` (facts follow),
            ``turn`` (what follows is denied, asked or unreal), ``other``.
        names: of a topic; of a facet, if it names whose it is.
        noun: of a facet.
        unclear: whether it says more than names: *Borrower: CoreWeave*.
    """

    kind: str
    names: list[Chunk] = field(default_factory=list)
    noun: Chunk | None = None
    unclear: bool = False


@dataclass(slots=True)
class Topic:
    """What several headings give together.

    Attributes:
        names: the subject.
        noun: the property, by its noun.
        headings: those between, the one that gives the subject first.
        unclear: the innermost of them that gives nothing and is not known to be transparent.
    """

    names: list[Chunk] = field(default_factory=list)
    noun: Chunk | None = None
    headings: list[str] = field(default_factory=list)
    unclear: str = ""


class HeadingReader:
    """Tells what headings give, each once.

    >>> HeadingReader(ClaimTerms()).read("What they do").kind
    'plain'
    """

    def __init__(self, terms: ClaimTerms) -> None:
        self.terms = terms
        self._read: dict[str, Lead] = {}

    def read(self, words: str) -> Lead:
        """Return what a heading gives."""
        if words not in self._read:
            self._read[words] = self._lead(words)
        return self._read[words]

    def is_facet(self, words: str) -> bool:
        """Whether a heading names a side of something and not whose it is."""
        lead = self.read(words)
        return lead.kind in ("plain", "facet") and not lead.names

    def topic(self, headings: Sequence[str]) -> Topic:
        """Return what headings, the outermost first, give together.

        What stands below a heading that is neither topic nor transparent may be about anything, so is not sure.
        """
        found = Topic()
        for heading in reversed(headings):
            lead = self.read(heading)
            if lead.kind == "turn":
                return Topic()
            found.headings.insert(0, heading)
            if lead.kind == "facet" and found.noun is None:
                found.noun = lead.noun
            elif lead.kind == "other":
                found.unclear = found.unclear or heading
            if lead.names:
                found.unclear = found.unclear or (heading if lead.unclear else "")
                found.names = lead.names
                return found
        return Topic()

    def scenario(self, heading: str) -> str | None:
        """Return the scenario whose name a heading, or one of its parts, begins with."""
        text = _QUOTES.sub(" ", heading).strip()
        number = _NUMBER.match(text)
        for part in _SPLIT.split(text[number.end() :] if number else text):
            first = next(iter(chunks(part, self.terms)), None)
            for iri in first.things if first is not None else ():
                if iri in self.terms.scenarios:
                    return iri
        return None

    def _lead(self, heading: str) -> Lead:
        text = _QUOTES.sub(" ", heading).strip().rstrip(":").strip()
        if text.endswith("?"):
            return Lead("turn")
        while (shorter := _AFTER.sub("", text)) != text and shorter:
            if any(chunk.kind in _DENYING for chunk in chunks(text[len(shorter) :], self.terms)):
                return Lead("turn")
            text = shorter
        whole = self._plain_lead(text)
        if whole.kind != "other":
            return whole
        number = _NUMBER.match(text)
        if number:
            return self._parts(text[number.end() :])
        return self._parts(text)

    def _parts(self, text: str) -> Lead:
        """Read *A: B*: the name on the left counts, if what is on the right adds no doubt."""
        parts = [part.strip() for part in _SPLIT.split(text) if part.strip()]
        leads = [self._plain_lead(part) for part in parts]
        kinds = {lead.kind for lead in leads}
        if "turn" in kinds:
            return Lead("turn")
        if len(leads) == 2 and leads[0].kind == "other" and leads[1].kind == "topic":
            role = {token.lower for token in tokenize(parts[0], limit=4)}
            if len(role) < 3 and not role & HEADING_TURNS:
                return Lead("topic", leads[1].names, unclear=True)
        if not leads or "other" in kinds or leads[0].kind != "topic":
            return leads[0] if len(leads) == 1 else Lead("other")
        noun = next((lead.noun for lead in leads if lead.noun is not None), None)
        return Lead("facet" if noun else "topic", leads[0].names, noun)

    def _plain_lead(self, text: str) -> Lead:
        if _PLAIN.match(text):
            return Lead("plain")
        row = chunks(text, self.terms)
        if any(chunk.kind in _DENYING for chunk in row):
            return Lead("turn")
        words = {token.lower for token in tokenize(text, limit=30)}
        names = self._names(row)
        if names:
            return Lead("topic", names)
        about = _ABOUT.match(text)
        if about:
            names = self._names(chunks(about["name"] or about["about"], self.terms))
            return Lead("topic", names) if names else Lead("other")
        return Lead("other") if words & HEADING_TURNS else self._facet(row)

    def _names(self, row: Sequence[Chunk]) -> list[Chunk]:
        """Return the names that a heading consists of, if it consists of nothing else."""
        names = [chunk for chunk in row if chunk.kind in _NAMES]
        rest = [c for c in row if c.kind not in (*_NAMES, "AND", "ART") and c.text not in ",&/"]
        if rest or not any(chunk.kind == "THING" for chunk in names):
            return []
        return [self._with_inner(name) for name in names]

    def _facet(self, row: Sequence[Chunk]) -> Lead:
        """Read *Weaknesses*, *Weaknesses of X* and *X’s weaknesses*."""
        row = [chunk for chunk in row if chunk.kind != "ART"]
        nouns = [chunk for chunk in row if chunk.kind == "WORD" and any(w.cat == "noun" for w in chunk.words)]
        names = [chunk for chunk in row if chunk.kind in _NAMES]
        rest = [chunk for chunk in row if chunk not in nouns and chunk not in names]
        if len(nouns) > 1 and names and row[-1] is names[-1]:
            return Lead("topic", [self._with_inner(name) for name in names])  # *Strengths and weaknesses of X*
        if len(nouns) != 1 or any(chunk.kind not in ("P", "AND") and chunk.lower != "'s" for chunk in rest):
            return Lead("other")
        if row[0].kind in ("P", "AND") or (names and (not rest or row[-1] not in (nouns[0], names[-1]))):
            return Lead("other")
        return Lead("facet", [self._with_inner(name) for name in names], nouns[0])

    def _with_inner(self, name: Chunk) -> Chunk:
        """Give a name such as *Hyperscaler Model* the name within it, of those who follow it."""
        words = [token.text for token in tokenize(name.text) if token.is_word]
        if len(words) < 2 or not self._is_kind(name.things, words[-1]):
            return name
        for size in range(len(words) - 1, 0, -1):
            row = chunks(" ".join(words[:size]), self.terms)
            if len(row) == 1 and row[0].kind == "THING" and not set(row[0].things) & set(name.things):
                return replace(name, inner=row[0].things)
        return name

    def _is_kind(self, things: Iterable[str], word: str) -> bool:
        """Whether a word is the last one of what such things are called: *Model* of a business model."""
        kinds = {iri for thing in things if thing in self.terms.things for iri in self.terms.things[thing].kinds}
        labels = (self.terms.label(iri).lower().split() for iri in kinds)
        return any(len(label) > 1 and stem_of(label[-1]) == stem_of(word.lower()) for label in labels)
