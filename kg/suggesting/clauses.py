"""What a sentence says: who does what to whom, whether it is denied, and what limits it.

A small grammar on purpose: subject, verb group, object, and what qualifies them. Every word must find a place;
those that do not are left over, and a clause with words left over is never sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kg.suggesting.chunks import Chunk
from kg.suggesting.cues import MODALS, PAST_PERIODS, SUBORDINATORS, is_past

__all__ = ["Clause", "read_clauses"]

_NAMES = ("THING", "NEW", "PRON")
_SAID = ("DO", "BE", "HAVE", "MODAL", "NEG", "SCANT")
_REPORTED = frozenset(["reportedly", "allegedly", "apparently", "seemingly", "presumably"])
_POSSESSIVE = frozenset(["its", "their", "his", "her", "our", "own"])
_BREAKS = frozenset(";:—–")


@dataclass
class Clause:
    """One statement of a sentence.

    Attributes:
        subjects, objects: names, pronouns or amounts.
        verb: the word that relates them; None while it is missing.
        prep: the preposition between verb and object, '' for none.
        be, passive: whether a form of *be* precedes the verb; whether the object does what the verb says.
        negative: whether it is denied.
        modality: local name.
        qualifiers: wordings by the name of their qualifier.
        doubts: why it is not sure, in words for the reader.
        start, end: the stretch of the sentence, in code points.
    """

    subjects: list[Chunk] = field(default_factory=list)
    verb: Chunk | None = None
    prep: str = ""
    objects: list[Chunk] = field(default_factory=list)
    be: bool = False
    have: bool = False
    passive: bool = False
    negative: bool = False
    modality: str = "asserted"
    qualifiers: dict[str, list[str]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    start: int = 0
    end: int = 0

    def qualify(self, name: str, words: str) -> None:
        """Keep words that limit the clause."""
        told = self.qualifiers.setdefault(name, [])
        if words not in told:
            told.append(words)

    def doubt(self, reason: str) -> None:
        """Note why the clause is not sure."""
        if reason not in self.doubts:
            self.doubts.append(reason)


def read_clauses(chunks: Sequence[Chunk], subject: Sequence[Chunk] = ()) -> list[Clause]:
    """Return the statements of a sentence, the understood and the half understood ones.

    Args:
        chunks: the sentence.
        subject: whom a clause without a subject of its own is about (of a list item, its heading).
    """
    if chunks and chunks[-1].text == "?":
        return []
    found: list[Clause] = []
    for segment in _segments(chunks):
        found.extend(_Reader(segment, list(subject)).read())
    denials = sum(chunk.kind in ("NEG", "SCANT") for chunk in chunks)
    if denials > sum(clause.negative for clause in found):
        for clause in found:
            clause.doubt("something in the sentence is denied that was not understood")
    return found


def _segments(chunks: Sequence[Chunk]) -> Iterator[list[Chunk]]:
    """Yield the stretches between semicolons, colons and dashes."""
    segment: list[Chunk] = []
    for chunk in chunks:
        if chunk.kind == "MARK" and chunk.text in _BREAKS:
            yield segment
            segment = []
        else:
            segment.append(chunk)
    yield segment


class _Reader:
    """Reads one stretch from left to right."""

    def __init__(self, chunks: list[Chunk], subject: list[Chunk]) -> None:
        self.chunks = chunks
        self.at = 0
        self.subject = subject
        self.shared: list[tuple[str, str]] = []
        self.doubts: list[str] = []
        self.attributed = False

    def read(self) -> list[Clause]:
        self._peel_attribution()
        self._peel_condition()
        found: list[Clause] = []
        while self.at < len(self.chunks):
            before = self.at
            clause = self._clause(found[-1] if found else None)
            if clause is not None:
                found.append(clause)
            if self.at == before:
                self._leave(found)
        for clause in found:
            self._settle(clause)
        return found

    # ---- around the clause ----

    def _peel_attribution(self) -> None:
        """*According to its lenders, …*: somebody else says so."""
        words = [chunk.lower for chunk in self.chunks[:2]]
        comma = next((n for n, c in enumerate(self.chunks) if c.text == ","), None)
        if words == ["according", "to"] and comma is not None:
            self.doubts.append(f"said of somebody: {_text(self.chunks[:comma])}")
            self.at = comma + 1

    def _peel_condition(self) -> None:
        """*If …, X does*, and *X does if …*: the condition is kept in its words, and nothing is read in it."""
        for n, chunk in enumerate(self.chunks):
            if chunk.kind != "SUB":
                continue
            commas = [m for m in range(n, len(self.chunks)) if self.chunks[m].text == ","]
            leading = n <= 1
            end = commas[0] if leading and commas else len(self.chunks)
            self.shared.append((SUBORDINATORS[chunk.lower], _text(self.chunks[n:end])))
            if leading and not commas:
                self.at = len(self.chunks)
            del self.chunks[n : end + 1 if leading else end]
            return

    def _leave(self, found: list[Clause]) -> None:
        """Skip a word that has no place; it makes the clause around it unsure."""
        chunk = self.chunks[self.at]
        self.at += 1
        if chunk.kind == "MARK" and chunk.text in ".!,":
            return
        if chunk.kind in ("AND", "ART"):
            return
        reason = f"not understood: {chunk.text}"
        if found:
            found[-1].doubt(reason)
        self.doubts.append(reason)

    def _settle(self, clause: Clause) -> None:
        """Give a clause what holds for the whole stretch, and derive its modality."""
        for name, words in self.shared:
            clause.qualify(name, words)
        if "condition" in clause.qualifiers:
            clause.modality = "hypothetical" if clause.modality != "asserted" else "conditional"
        elif "likelihood" in clause.qualifiers or _REPORTED & set(clause.qualifiers.get("hedge", ())):
            clause.modality = "speculative" if clause.modality == "asserted" else clause.modality
        if PAST_PERIODS & {words.lower() for words in clause.qualifiers.get("period", ())}:
            clause.modality = "historical"

    # ---- the clause ----

    def _clause(self, previous: Clause | None) -> Clause | None:
        clause = Clause(start=self._here().start, doubts=list(self.doubts))
        begin = self.at
        self._adverbs(clause)
        subjects = self._names(clause, subject=True)
        self._adverbs(clause)
        self._verb_group(clause)
        if clause.verb is None and not clause.be:
            self.at = begin
            return None
        clause.subjects = subjects or (previous.subjects if previous else self.subject)
        if not subjects and previous is not None:
            clause.start = previous.start
            if previous.negative and not clause.negative:
                clause.doubt("the denial before it may hold for this, too")
        self._object(clause)
        self._after(clause)
        clause.end = self.chunks[self.at - 1].end
        if clause.verb is None or not clause.objects:
            clause.doubt("no object was understood")
            # what follows may be what somebody says, thinks or plans
            self.doubts.append(f"after: {clause.verb.text if clause.verb else 'be'}")
        return clause

    def _here(self) -> Chunk:
        return self.chunks[min(self.at, len(self.chunks) - 1)]

    def _kind(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.chunks[at].kind if at < len(self.chunks) else "END"

    def _is_mark(self, text: str, ahead: int = 0) -> bool:
        at = self.at + ahead
        return at < len(self.chunks) and self.chunks[at].kind == "MARK" and self.chunks[at].text == text

    def _adverbs(self, clause: Clause) -> None:
        """Take set phrases, times and the commas around them."""
        while self.at < len(self.chunks):
            chunk = self.chunks[self.at]
            if chunk.kind == "QUAL":
                clause.qualify(chunk.qualifier, chunk.text)
            elif chunk.kind == "PERIOD":
                clause.qualify("period", chunk.text)
            elif self._is_mark("("):
                if not self._parenthesis(clause):
                    return
                continue
            elif not ((self._is_mark(",") and self._kind(1) in ("QUAL", "PERIOD")) or self._comma_closes()):
                return
            self.at += 1

    def _comma_closes(self) -> bool:
        """Whether a comma closes a set phrase: *today, Oracle …*."""
        return self._is_mark(",") and self.at > 0 and self.chunks[self.at - 1].kind in ("QUAL", "PERIOD")

    def _parenthesis(self, clause: Clause) -> bool:
        """Keep what stands in parentheses in its words."""
        close = next((n for n in range(self.at, len(self.chunks)) if self.chunks[n].text == ")"), None)
        if close is None:
            return False
        inner = self.chunks[self.at + 1 : close]
        if any(chunk.kind in ("NEG", "SCANT") for chunk in inner):
            clause.doubt("something in parentheses is denied")
        name = inner[0].qualifier if len(inner) == 1 and inner[0].kind == "QUAL" else "scope"
        clause.qualify(name, _text(inner))
        self.at = close + 1
        return True

    def _names(self, clause: Clause, *, subject: bool) -> list[Chunk]:
        """Take one name or several: *A, B and C*."""
        found: list[Chunk] = []
        while True:
            mark = self.at
            joined = self._join(clause, bool(found))
            determiners = self._determiners(clause, subject)
            if self._kind() not in (*_NAMES, *(() if subject else ("AMOUNT",))) or (found and not joined):
                self.at = mark
                return found
            if not subject and joined and self._starts_clause():
                self.at = mark
                return found
            chunk = self.chunks[self.at]
            if chunk.kind == "PRON" and found:
                self.at = mark
                return found
            found.append(chunk)
            self.at += 1
            for reason in determiners:
                clause.doubt(reason)
            if self._is_mark("("):
                self._parenthesis(clause)

    def _join(self, clause: Clause, further: bool) -> bool:
        """Take the comma or *and* before a further name; *or* leaves open which of them is meant."""
        if not further:
            return True
        begin = self.at
        if self._is_mark(","):
            self.at += 1
        if self._kind() == "AND":
            if self._here().lower == "or":
                clause.doubt("an alternative (or)")
            self.at += 1
        return self.at > begin

    def _determiners(self, clause: Clause, subject: bool) -> list[str]:
        """Take articles, quantifiers and possessives before a name; return the doubts they bring."""
        doubts: list[str] = []
        while self._kind() in ("ART", "QUANT"):
            chunk = self.chunks[self.at]
            if chunk.lower in _POSSESSIVE:
                if subject:
                    doubts.append(f"whose it is: {chunk.text}")
                clause.qualify("scope", chunk.text)
            elif chunk.kind == "QUANT":
                clause.qualify("quantity", chunk.text)
            elif chunk.lower in ("this", "that", "these", "those", "such"):
                doubts.append(f"which one is meant: {chunk.text}")
            self.at += 1
        return doubts

    def _starts_clause(self) -> bool:
        """Whether the name here is the subject of a further clause: a verb group follows it."""
        at = self.at + 1
        while at < len(self.chunks) and self.chunks[at].kind in ("QUAL", "PERIOD"):
            at += 1
        return at < len(self.chunks) and self.chunks[at].kind in (*_SAID, "WORD")

    def _verb_group(self, clause: Clause) -> None:
        """Take auxiliaries, denials and adverbs up to the verb."""
        settled = False
        while self._kind() in (*_SAID, "QUAL", "PERIOD") or self._is_infinitive():
            chunk = self.chunks[self.at]
            settled = settled or chunk.kind == "HAVE" or chunk.lower == "will"
            self._auxiliary(clause, chunk)
            if chunk.lower in ("did", "was", "were", "had") and clause.modality == "asserted":
                clause.modality = "historical"
            self.at += 1
        while self._kind() == "ART" and (clause.be or clause.have):
            self.at += 1
        if self._kind() == "WORD":
            self._verb(clause, settled)

    def _is_infinitive(self) -> bool:
        return self._kind() == "P" and self._here().lower == "to" and self._kind(1) in ("WORD", "BE")

    def _auxiliary(self, clause: Clause, chunk: Chunk) -> None:
        if chunk.kind == "NEG":
            if clause.negative:
                clause.doubt("denied twice")
            clause.negative = True
            if chunk.lower not in ("not", "never", "n't"):
                clause.doubt(f"an unusual denial: {chunk.text}")
        elif chunk.kind == "SCANT":
            clause.doubt(f"all but denied: {chunk.text}")
        elif chunk.kind == "MODAL":
            self._modal(clause, chunk)
        elif chunk.kind == "QUAL":
            clause.qualify(chunk.qualifier, chunk.text)
        elif chunk.kind == "PERIOD":
            clause.qualify("period", chunk.text)
        elif chunk.kind == "P":
            clause.doubt("an infinitive")
        clause.be = clause.be or chunk.kind == "BE"
        clause.have = clause.have or chunk.kind == "HAVE"

    def _modal(self, clause: Clause, chunk: Chunk) -> None:
        if chunk.lower in MODALS:
            clause.modality = MODALS[chunk.lower]
            clause.qualify("hedge", chunk.text)
        elif chunk.lower == "will":
            clause.modality = "speculative"
            clause.doubt("about the future: will")
        else:
            clause.doubt(f"what can or ought to be: {chunk.text}")

    def _verb(self, clause: Clause, settled: bool) -> None:
        verb = self.chunks[self.at]
        first = verb.lower.split()[0]
        clause.verb = verb
        self.at += 1
        if clause.be and not first.endswith("ing") and self._kind() == "P" and self._here().lower == "by":
            clause.passive = True
            self.at += 1
        elif is_past(first) and not clause.be and not settled and clause.modality == "asserted":
            clause.modality = "historical"

    def _object(self, clause: Clause) -> None:
        if clause.verb is None:
            return
        self._adverbs(clause)
        if self._kind() == "P" and not clause.passive:
            clause.prep = self._here().lower
            self.at += 1
        clause.objects = self._names(clause, subject=False)

    def _after(self, clause: Clause) -> None:
        """Take what follows the object: set phrases, times, and phrases of a preposition and known names."""
        while True:
            self._adverbs(clause)
            mark = self.at
            if self._is_mark(","):
                self.at += 1
                self._adverbs(clause)
            if self._kind() != "P" or not clause.objects:
                self.at = mark
                return
            begin = self.at
            self.at += 1
            names = self._names(clause, subject=False)
            if not names or any(name.kind != "THING" for name in names):
                self.at = mark
                return
            clause.qualify("scope", _text(self.chunks[begin : self.at]))


def _text(chunks: Sequence[Chunk]) -> str:
    """Return words as they stood, one space between them, none before a mark."""
    found = ""
    for chunk in chunks:
        tight = (chunk.kind == "MARK" and chunk.text in ",.;:)%") or chunk.text.startswith(("n't", "'"))
        found += chunk.text if tight or not found else f" {chunk.text}"
    return " ".join(found.split())
