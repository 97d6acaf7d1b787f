"""Some words of a sentence and what they are."""

from __future__ import annotations

from dataclasses import dataclass

from kg.vocabulary.claim_terms import Word

__all__ = ["Chunk"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some words and what they are.

    Attributes:
        kind: ``THING``, ``WORD`` (a verb or noun of the lexicon), ``NEW`` (a name that the graph lacks),
            ``AMOUNT``, ``PERIOD``, ``QUAL`` (a set phrase that qualifies), ``CONTRAST`` (one that begins a phrase
            about something else), a class of closed words, ``MARK`` or ``OTHER``.
        text: as written.
        start, end: position in the sentence, in code points.
        things: IRIs of what a name may stand for.
        words: what a verb or noun may stand for.
        qualifier: of a set phrase.
        alias: whether a name is another one than the thing's own.
        inner: IRIs of what a name within it stands for, that may be meant where the whole cannot.
    """

    kind: str
    text: str
    start: int
    end: int
    things: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()
    qualifier: str = ""
    alias: bool = False
    inner: tuple[str, ...] = ()

    @property
    def lower(self) -> str:
        """The words in lower case."""
        return " ".join(self.text.lower().replace("’", "'").split())
