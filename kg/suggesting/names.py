"""Names in a row, and the adverbs and parentheses around them."""

from __future__ import annotations

from kg.suggesting.chunk import Chunk
from kg.suggesting.clause import Clause, words_of

__all__ = ["NamesReader"]

_NAMES = ("THING", "NEW", "PRON")
_SAID = ("DO", "BE", "HAVE", "MODAL", "NEG", "SCANT")
_SUBJECT_PRONOUNS = frozenset(("it", "they", "he", "she", "we", "you", "i"))
_POSSESSIVE = frozenset(["its", "their", "his", "her", "our", "own"])
_DENYING = frozenset(("no", "neither"))
_LONGEST_PARENTHESIS = 40
_EXAMPLE_SIGNS = (("e", "g"), ("e.g",), ("eg",), ("for example",), ("such", "as"), ("including",))


class NamesReader:
    """A row of chunks and a place in it.

    Attributes:
        chunks: the row.
        at: the place.
        further: clauses found on the way.
        examples: names given as examples of what was read last: *chips (e.g., TPUs)*.
    """

    def __init__(self, chunks: list[Chunk]) -> None:
        self.chunks = chunks
        self.at = 0
        self.further: list[Clause] = []
        self.examples: list[Chunk] = []

    def here(self) -> Chunk:
        """Return the chunk at the place, or the last one."""
        return self.chunks[min(self.at, len(self.chunks) - 1)]

    def kind(self, ahead: int = 0) -> str:
        """Return the kind of a chunk ahead, ``END`` after the last."""
        at = self.at + ahead
        return self.chunks[at].kind if at < len(self.chunks) else "END"

    def is_mark(self, text: str) -> bool:
        """Whether a certain mark stands here."""
        return self.kind() == "MARK" and self.here().text == text

    def adverbs(self, clause: Clause) -> None:
        """Take set phrases, times and the commas around them."""
        while self.at < len(self.chunks):
            chunk = self.chunks[self.at]
            if chunk.kind == "QUAL":
                clause.qualify(chunk.qualifier, chunk.text)
            elif chunk.kind == "PERIOD":
                clause.qualify("period", chunk.text)
            elif self.is_mark("("):
                if not self.parenthesis(clause, []):
                    return
                continue
            elif not ((self.is_mark(",") and self.kind(1) in ("QUAL", "PERIOD")) or self._comma_closes()):
                return
            self.at += 1

    def _comma_closes(self) -> bool:
        """Whether a comma closes a set phrase: *today, Oracle …*."""
        return self.is_mark(",") and self.at > 0 and self.chunks[self.at - 1].kind in ("QUAL", "PERIOD")

    def parenthesis(self, clause: Clause, names: list[Chunk]) -> bool:
        """Keep what stands in parentheses in its words; names after a name may be its members."""
        last = min(len(self.chunks), self.at + _LONGEST_PARENTHESIS)
        close = next((n for n in range(self.at, last) if self.chunks[n].text == ")"), None)
        if close is None:
            return False
        inner = self.chunks[self.at + 1 : close]
        denials = sum(chunk.kind in ("NEG", "SCANT", "TURN") for chunk in inner)
        if denials:
            clause.denials += denials
            clause.dropped = True
        members = [chunk for chunk in inner if chunk.kind in ("THING", "NEW")]
        told = _without_example_sign(inner)
        listed = members and all(c.kind in ("THING", "NEW", "AND") or c.text in ",/" for c in told)
        self.at = close + 1
        if listed and len(told) < len(inner) and names and clause.subjects:
            self.examples = members
            return True
        name = inner[0].qualifier if len(inner) == 1 and inner[0].kind == "QUAL" else "scope"
        clause.qualify(name, words_of(inner))
        if listed and names and names[-1].kind == "THING":
            belongs = Chunk("BELONGS", "is one of", names[-1].start, names[-1].end)
            doubt = f"“({words_of(inner)})” is taken for members"
            self.further.append(Clause(members, belongs, "", [names[-1]], be=True, doubts=[doubt]))
        return True

    def names(self, clause: Clause, *, subject: bool) -> list[Chunk]:
        """Take one name or several: *A, B and C*."""
        found: list[Chunk] = []
        while True:
            mark, before = self.at, (clause.negative, clause.denials, clause.dropped, len(clause.doubts))
            joined = self._join(clause, bool(found))
            reasons = self._determiners(clause, subject)
            if not self._is_name(subject) or (found and not joined) or self._goes_on(found, subject, joined):
                self.at = mark
                clause.negative, clause.denials, clause.dropped = before[:3]
                del clause.doubts[before[3] :]
                if len(found) > 1 and not any(c.kind in ("AND", "NEG") for c in self._between(found)):
                    clause.doubt("names in a row without “and”")
                return found
            found.append(self.chunks[self.at])
            self.at += 1
            for reason in reasons:
                clause.doubt(reason)
            self._owned(clause, found, subject)
            self._such_as(clause, found)
            if self.is_mark("("):
                self.parenthesis(clause, found)

    def _between(self, found: list[Chunk]) -> list[Chunk]:
        """Return what stands between the first and the last of some names, and before the first."""
        first = self.chunks.index(found[0])
        return self.chunks[max(0, first - 1) : self.at]

    def _is_name(self, subject: bool) -> bool:
        if self.kind() == "PRON":
            return self.here().lower in (_SUBJECT_PRONOUNS if subject else ("it", "them"))
        return self.kind() in (*_NAMES, *(() if subject else ("AMOUNT",)))

    def _goes_on(self, found: list[Chunk], subject: bool, joined: bool) -> bool:
        """Whether the name here does not belong to the row any more but to a further clause."""
        if found and self.kind() == "PRON":
            return True
        return not subject and bool(found) and joined and self._starts_clause()

    def _owned(self, clause: Clause, found: list[Chunk], subject: bool) -> None:
        """Read *A of B* and *B’s A* as a subject: A is meant, and which A is kept in its words."""
        name = found[-1]
        if self.kind() != "END" and self.here().lower == "'s" and self.kind(1) in ("THING", "NEW"):
            found[-1] = self.chunks[self.at + 1]
            self.at += 2
        elif subject and self.kind() == "P" and self.kind(1) in ("THING", "NEW", "ART"):
            self.at += 1
            while self.kind() == "ART":
                self.at += 1
            if self.kind() not in ("THING", "NEW"):
                clause.dropped = True
                return
            self.at += 1
        else:
            return
        start = self.chunks.index(name)
        words = words_of(self.chunks[start : self.at])
        clause.qualify("scope", words)
        clause.doubt(f"“{words}” is taken for {found[-1].text}")

    def _such_as(self, clause: Clause, found: list[Chunk]) -> None:
        """Read *A such as B and C*: they may be members of A."""
        if self.kind() != "ART" or self.here().lower != "such" or self.kind(1) != "P":
            return
        begin = self.at
        self.at += 2
        members = self.names(Clause(), subject=True)
        words = words_of(self.chunks[begin : self.at])
        clause.qualify("scope", words)
        clause.doubt(f"“{words}” is passed over")
        if members:
            belongs = Chunk("BELONGS", "is one of", found[-1].start, found[-1].end)
            doubt = f"“{words}” is taken for members"
            self.further.append(Clause(members, belongs, "", [found[-1]], be=True, doubts=[doubt]))

    def _join(self, clause: Clause, further: bool) -> bool:
        """Take the comma or *and* before a further name; *or* leaves open which of them is meant."""
        if not further:
            return True
        begin = self.at
        if self.is_mark(","):
            self.at += 1
        if self.kind() == "AND":
            if self.here().lower == "or":
                clause.doubt("an alternative (or)")
            self.at += 1
        elif self.is_mark("/"):
            clause.doubt("an alternative (/)")
            self.at += 1
        elif self.kind() == "NEG" and self.here().lower == "nor" and clause.negative:
            clause.denials += 1
            self.at += 1
        return self.at > begin

    def _determiners(self, clause: Clause, subject: bool) -> list[str]:
        """Take articles, quantifiers and possessives before a name; return the doubts they bring."""
        doubts: list[str] = []
        while self.kind() in ("ART", "QUANT") or (self.kind() == "NEG" and self.here().lower in _DENYING):
            chunk = self.chunks[self.at]
            if chunk.kind == "NEG":
                if self.kind(1) not in _NAMES:
                    return doubts
                clause.deny(f"denied of all of them: {chunk.text}")
            elif chunk.lower in _POSSESSIVE:
                if subject:
                    doubts.append(f"whose it is: {chunk.text}")
                clause.qualify("scope", chunk.text)
            elif chunk.kind == "QUANT":
                if subject and chunk.lower not in ("all", "every", "each", "most", "many", "both"):
                    doubts.append(f"it is said of {chunk.text} of them")
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


def _without_example_sign(inner: list[Chunk]) -> list[Chunk]:
    """Return what stands in parentheses without the *e.g.* at its beginning."""
    words = [chunk.lower for chunk in inner]
    for sign in _EXAMPLE_SIGNS:
        if words[: len(sign)] == list(sign):
            rest = inner[len(sign) :]
            return rest[1:] if rest and rest[0].text == "," else rest
    return inner
