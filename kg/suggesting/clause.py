"""One statement of a sentence, as far as it was understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.suggesting.chunk import Chunk

__all__ = ["Clause", "words_of"]


@dataclass
class Clause:
    """One statement of a sentence.

    Attributes:
        subjects, objects: names, pronouns or amounts.
        verb: the word that relates them; None while it is missing.
        prep: the preposition between verb and object, '' for none.
        be, passive: whether a form of *be* precedes the verb; whether the object does what the verb says.
        have: whether a form of *have* precedes it.
        negative: whether it is denied.
        denials: how many words that deny were understood in it.
        modality: local name.
        qualifiers: wordings by the name of their qualifier.
        doubts: why it is not sure, in words for the reader.
        dropped: whether it may mean the opposite of what it seems to say; nothing is suggested from it.
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
    denials: int = 0
    modality: str = "asserted"
    qualifiers: dict[str, list[str]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    dropped: bool = False
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

    def deny(self, doubt: str = "") -> None:
        """Note a denial; a second one may turn the first round, so nothing is made of both."""
        self.dropped = self.dropped or self.negative
        self.negative = True
        self.denials += 1
        if doubt:
            self.doubt(doubt)

    def like(self, subjects: list[Chunk], objects: list[Chunk]) -> Clause:
        """Return a further statement with the same verb, limits and doubts."""
        return Clause(
            subjects, self.verb, self.prep, objects, self.be, self.have, self.passive, self.negative, 0,
            self.modality, {name: list(words) for name, words in self.qualifiers.items()}, list(self.doubts),
            self.dropped, self.start, self.end,
        )  # fmt: skip


def words_of(chunks: Sequence[Chunk]) -> str:
    """Return words as they stood, one space between them, none before a mark."""
    found = ""
    for chunk in chunks:
        tight = (chunk.kind == "MARK" and chunk.text in ",.;:)%") or chunk.text.startswith(("n't", "'"))
        found += chunk.text if tight or not found or found.endswith("(") else f" {chunk.text}"
    return " ".join(found.split())
