"""One way to read a stretch of words: what the parser is fed with."""

from __future__ import annotations

from typing import NamedTuple

from kg.questions.plain.english import Operator

__all__ = ["Chunk"]


class Chunk(NamedTuple):
    """One way to read a stretch of words.

    Attributes:
        kind: operator, class, property, entity, value, number, date.
        start, size: in tokens.
        cost: how weak the link is.
        words: the stretch.
        iris: the class or property, or the entities of one kind.
        inverse: of a property.
        types: of entities.
        texts: of values: (text, datatype or @language).
        operator: of an operator.
        unit: of a number.
        note: what it is, for the explanation.
        graded: an adjective in the words that makes the class the extreme one (*highest point*).
    """

    kind: str
    start: int
    size: int
    cost: float
    words: str
    iris: tuple[str, ...] = ()
    inverse: bool = False
    types: frozenset[str] = frozenset()
    texts: tuple[tuple[str, str], ...] = ()
    operator: Operator | None = None
    unit: str = ""
    note: str = ""
    graded: str = ""
