"""What a sentence says: who does what to whom, whether it is denied, and what limits it.

A small grammar on purpose: subject, verb group, object, and what qualifies them. Every word must find a place;
where one is left over, nothing of the sentence is sure. A denial that was not understood could turn round anything
in the sentence, so then nothing is suggested at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.suggesting.chunk import Chunk
from kg.suggesting.clause import Clause, words_of
from kg.suggesting.cues import PAST_PERIODS, PREPOSITIONS
from kg.suggesting.names import NamesReader
from kg.suggesting.peeling import peel
from kg.suggesting.turns import SAYING
from kg.suggesting.verbs import read_verb_group

__all__ = ["read_clauses"]

_SAID = ("DO", "BE", "HAVE", "MODAL", "NEG", "SCANT")
_REPORTED = frozenset(["reportedly", "allegedly", "apparently", "seemingly", "presumably"])
_DENIALS = ("NEG", "SCANT", "TURN")
_BREAKS = frozenset(";:—–⸻")
_MOST_CHUNKS = 160


def read_clauses(chunks: Sequence[Chunk], subject: Sequence[Chunk] = ()) -> list[Clause]:
    """Return the statements of a sentence, the understood and the half understood ones.

    Args:
        chunks: the sentence.
        subject: whom a clause without a subject of its own is about (of a list item, its heading).
    """
    if not chunks or len(chunks) > _MOST_CHUNKS or any(chunk.text == "?" for chunk in chunks):
        return []
    found: list[Clause] = []
    left: list[Chunk] = []
    doubts: list[str] = []
    for segment in _segments(chunks):
        peeled = peel(segment)
        readers = [_Reader(peeled.chunks, list(subject), left, doubts)]
        readers += [_Reader(said, names, left, doubts) for names, said in peeled.asides]
        clauses = [clause for reader in readers for clause in reader.read()]
        for clause in clauses:
            _settle(clause, peeled.shared, peeled.doubts)
        found.extend(clauses)
        doubts.extend(reason for reason in peeled.doubts if reason not in doubts)
        said = [*peeled.chunks, *(c for aside in peeled.asides for c in aside[1])]
        denials = sum(c.kind in _DENIALS for c in said)
        if denials > sum(clause.denials for clause in clauses):
            return []
    said_by = [chunk.text for chunk in chunks if SAYING & set(chunk.lower.split())]
    if said_by:
        doubts.append(f"somebody says or thinks so: {', '.join(said_by)}")
    if left:
        doubts.append(f"not understood: “{words_of(left)}”")
    for clause in found:
        for reason in doubts:
            clause.doubt(reason)
    return [clause for clause in found if not clause.dropped]


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


def _settle(clause: Clause, shared: Sequence[tuple[str, str]], doubts: Sequence[str]) -> None:
    """Give a clause what holds for the whole stretch, and derive its modality."""
    for name, words in shared:
        clause.qualify(name, words)
    for reason in doubts:
        clause.doubt(reason)
    told = clause.qualifiers
    if "condition" in told or "exception" in told:
        clause.modality = "hypothetical" if clause.modality != "asserted" else "conditional"
    elif "likelihood" in told or _REPORTED & {words.lower() for words in told.get("hedge", ())}:
        clause.modality = "speculative" if clause.modality == "asserted" else clause.modality
    if PAST_PERIODS & {words.lower() for words in told.get("period", ())}:
        clause.modality = "historical"
    if clause.negative:
        _doubt_denial(clause)
    if "restriction" in told:
        clause.doubt(f"it says more than that: {', '.join(told['restriction'])}")


def _doubt_denial(clause: Clause) -> None:
    """Doubt a denial that may hold for a time or for some of them only."""
    for words in clause.qualifiers.get("period", ()):
        if words.lower().startswith(("until", "before", "after", "since", "by")):
            clause.doubt(f"the denial may hold only {words}")
    for words in clause.qualifiers.get("scope", ()):
        if " " in words and words.split()[0].lower() in PREPOSITIONS:
            clause.doubt(f"the denial may hold only {words}")
    for words in clause.qualifiers.get("quantity", ()):
        clause.doubt(f"whether it is denied of {words} of them or of some")
    for words in clause.qualifiers.get("contrast", ()):
        if words.lower() == "yet":
            clause.doubt("the denial may hold only for now: yet")


class _Reader(NamesReader):
    """Reads one stretch from left to right."""

    def __init__(self, chunks: list[Chunk], subject: list[Chunk], left: list[Chunk], doubts: list[str]) -> None:
        super().__init__(chunks)
        self.subject = subject
        self.left = left
        self.doubts = doubts
        self.pending: list[Clause] = []

    def read(self) -> list[Clause]:
        found: list[Clause] = []
        while self.at < len(self.chunks):
            before = self.at
            clause = self._clause(found[-1] if found else None)
            if clause is not None:
                found.append(clause)
            if self.at == before:
                self._leave()
        for clause in self.pending:
            self.doubts.append(f"after “{clause.verb.text if clause.verb else 'be'}” no object was understood")
        return [*found, *self.further]

    def _leave(self) -> None:
        """Skip a word that has no place; nothing of the sentence is sure then."""
        chunk = self.chunks[self.at]
        self.at += 1
        if not (chunk.text in (",", "!") or chunk.kind in ("AND", "ART")):
            self.left.append(chunk)

    # ---- the clause ----

    def _clause(self, previous: Clause | None) -> Clause | None:
        begin = self.at
        clause = Clause(start=self.here().start)
        self.adverbs(clause)
        self._nor(clause, previous)
        subjects = self.names(clause, subject=True)
        self.adverbs(clause)
        if begin and self.chunks[begin - 1].kind == "P" and subjects:
            clause.dropped = True  # *the lenders of X bear …*: X is not who does it
        read_verb_group(self, clause)
        if self._takes_up(clause, subjects, previous):
            return None
        if clause.verb is None and not clause.be:
            self.at = begin
            return None
        self._give_subject(clause, subjects, previous, begin)
        self._object(clause)
        self._after(clause)
        clause.end = self.chunks[self.at - 1].end
        if self.examples and clause.objects:
            examples = clause.like(clause.subjects, self.examples)
            examples.qualify("exemplification", "e.g.")
            self.further.append(examples)
        self._judge(clause)
        return clause

    def _nor(self, clause: Clause, previous: Clause | None) -> None:
        """Read the *nor* that goes on with a denial, and the verb form that it pulls forward."""
        if self.kind() == "AND" and self.kind(1) == "NEG" and self.chunks[self.at + 1].lower == "nor":
            self.at += 1
        if self.kind() == "NEG" and self.here().lower == "nor" and (previous is None or previous.negative):
            clause.deny("denied by what goes before: nor")
            self.at += 1
            if self.kind() in ("DO", "BE", "HAVE", "MODAL") and self.kind(1) in ("THING", "NEW", "ART"):
                clause.be = self.kind() == "BE"
                self.at += 1

    def _takes_up(self, clause: Clause, subjects: list[Chunk], previous: Clause | None) -> bool:
        """Read *… but Y does not*, which takes up the verb and the object of the clause before."""
        ends = self.kind() == "END" or self.is_mark(",") or self.kind() == "AND"
        if clause.verb is not None or not subjects or previous is None or not ends or clause.be or clause.dropped:
            return False
        if clause.denials == 0 or previous.verb is None:
            return False
        further = previous.like(subjects, previous.objects)
        further.negative, further.denials = True, clause.denials
        further.dropped = further.dropped or previous.negative
        further.doubt("the verb is taken up from before")
        further.doubts += [reason for reason in clause.doubts if reason not in further.doubts]
        self.further.append(further)
        return True

    def _give_subject(self, clause: Clause, subjects: list[Chunk], previous: Clause | None, begin: int) -> None:
        """Settle whom a clause is about: its own subject, that of the clause it is joined to, or the heading."""
        clause.subjects = subjects
        if subjects:
            return
        joined = begin == 0 or self.chunks[begin - 1].text == "," or self.chunks[begin].kind in ("AND", "QUAL")
        joined = joined or self.chunks[begin - 1].kind == "AND" or self.chunks[begin].lower == "nor"
        if previous is None:
            clause.subjects = self.subject if begin == 0 or not self.left else []
        elif joined:
            clause.subjects = previous.subjects
            clause.start = previous.start
            self._share_denial(clause, previous)
        if not clause.subjects:
            clause.dropped = clause.dropped or clause.negative
            self.doubts.append("whom a part of the sentence is about was not understood")

    def _share_denial(self, clause: Clause, previous: Clause) -> None:
        """Let a denial before a verb hold for the next one, too, if it may: *does not buy or lease*."""
        if not previous.negative or clause.denials:
            return
        finite = clause.verb is None or clause.verb.lower.split()[0].endswith("s") or clause.be or clause.have
        if not finite and any(c.lower == "or" for c in self.chunks[: self.at]):
            clause.negative = True
            clause.doubt("the denial before it is taken to hold for this, too")
        elif not finite:
            clause.dropped = True
        else:
            clause.doubt("the denial before it may hold for this, too")

    def _object(self, clause: Clause) -> None:
        if clause.verb is None:
            self._membership(clause)
            return
        self.adverbs(clause)
        if self.kind() == "P" and not clause.passive:
            clause.prep = self.here().lower
            self.at += 1
        if not clause.objects:
            self.examples = []
            clause.objects = self.names(clause, subject=False)

    def _once_more(self, clause: Clause) -> bool:
        """Read *… to X and, at times, to Y*: the same, with the preposition repeated and limits of its own."""
        mark = self.at
        if self.is_mark(","):
            self.at += 1
        prep = clause.prep or (clause.verb.lower.split()[-1] if clause.verb else "")
        if self.kind() == "AND" and clause.objects and not clause.negative:
            further = clause.like(clause.subjects, [])
            doubtful = self.here().lower == "or"
            self.at += 1
            self.adverbs(further)
            if self.kind() == "P" and self.here().lower == prep:
                self.at += 1
                further.objects = self.names(further, subject=False)
                if further.objects:
                    if doubtful:
                        further.doubt("an alternative (or)")
                    self.further.append(further)
                    return True
        self.at = mark
        return False

    def _membership(self, clause: Clause) -> None:
        """*X is a merchant*: one of them."""
        if self.kind() == "THING" and clause.be and self.chunks[self.at - 1].kind in ("ART", "BE", "NEG"):
            name = self.here()
            clause.verb = Chunk("BELONGS", "is one of", name.start, name.start)
            clause.objects = self.names(clause, subject=False)
            clause.doubt(f"“{name.text}” is taken for one of them")

    def _after(self, clause: Clause) -> None:
        """Take what follows the object: set phrases, times, and phrases of a preposition and known names."""
        while True:
            self.adverbs(clause)
            mark = self.at
            if self.is_mark(","):
                self.at += 1
                self.adverbs(clause)
            if self._denied_rest(clause) or self._once_more(clause):
                continue
            if self.kind() != "P" or not clause.objects:
                self.at = mark
                return
            begin = self.at
            self.at += 1
            names = self.names(clause, subject=False)
            if not names or any(name.kind != "THING" for name in names):
                self.at = mark
                return
            clause.qualify("scope", words_of(self.chunks[begin : self.at]))
            self._third(clause, self.chunks[begin].lower, names)
            if self.chunks[begin].lower in ("to", "onto") and not clause.passive:
                words = words_of(self.chunks[begin : self.at])
                clause.doubt(f"“{words}” may give the verb another meaning")

    def _third(self, clause: Clause, prep: str, names: list[Chunk]) -> None:
        """Keep *from X* after *buys GPUs* for a verb of three: *buys GPUs from*."""
        if clause.verb is not None and not clause.passive and not clause.prep:
            further = clause.like(clause.subjects, names)
            further.verb = Chunk("THIRD", f"{clause.verb.lower} {clause.objects[0].lower}", clause.verb.start,
                                 clause.objects[0].end)  # fmt: skip
            further.prep = prep
            self.further.append(further)

    def _denied_rest(self, clause: Clause) -> bool:
        """*… by X, not by Y* and *… X, not Y*: the same is denied of Y."""
        if not (self.kind() == "NEG" and self.here().lower == "not" and clause.objects):
            return False
        mark = self.at
        self.at += 1
        if self.kind() == "P":
            if not clause.passive and self.here().lower != clause.prep:
                self.at = mark
                return False
            self.at += 1
        names = self.names(clause, subject=False)
        if not names:
            self.at = mark
            return False
        further = clause.like(clause.subjects, names)
        further.deny("denied at the end of the sentence")
        self.further.append(further)
        return True

    def _judge(self, clause: Clause) -> None:
        """Doubt what has no object; what follows may be what somebody says, thinks or plans."""
        if clause.objects and self.pending:
            self._give_objects(clause)
        if clause.verb is not None and not clause.objects and not clause.prep and self._goes_on_with_verb():
            self.pending.append(clause)
        elif clause.verb is None or not clause.objects:
            verb = clause.verb.text if clause.verb else "be"
            self.doubts.append(f"after “{verb}” no object was understood")
            if clause.negative:  # what follows is under the denial
                clause.denials = 0
                self.left.extend(self.chunks[self.at :])
                self.at = len(self.chunks)
        if sum(chunk.kind == "AMOUNT" for chunk in clause.objects) > 1:
            clause.dropped = True

    def _goes_on_with_verb(self) -> bool:
        """Whether a further verb is joined here: *builds, leases and owns*."""
        at = self.at + self.is_mark(",")
        at += at < len(self.chunks) and self.chunks[at].kind == "AND"
        return at > self.at and at < len(self.chunks) and self.chunks[at].kind == "WORD"

    def _give_objects(self, clause: Clause) -> None:
        """Give verbs that wait for an object the one of the last of them."""
        for waiting in self.pending:
            waiting.objects = clause.objects
            waiting.prep = clause.prep
            waiting.dropped = waiting.dropped or clause.dropped or waiting.negative != clause.negative
            if waiting.subjects != clause.subjects:
                waiting.doubt("whether its object is that of the next verb")
        self.pending = []
