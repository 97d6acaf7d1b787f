"""What a question about claims means: things with conditions on them, and what is asked of them. Frozen data."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ANY", "Clause", "Link", "Predicate", "Reading", "Term", "Way", "flip", "merge"]

Way = tuple[str, bool]
"""A property, and whether the holder is its object (True) or its subject (False)."""


class Link(NamedTuple):
    """A relation from the term that holds it to another one.

    Attributes:
        ways: properties that may make the relation, with direction; empty for any property either way.
        other: the other end.
        negative: the question denies it.
        main: what the question is about, so that scenario, voice and wording apply to it.
        wording: words of the question that the claim's qualifiers must hold.
        paired: it belongs to the verb of another link (*to lenders*, *through debt*); their words must agree.
    """

    ways: tuple[Way, ...]
    other: Term
    negative: bool = False
    main: bool = False
    wording: tuple[str, ...] = ()
    paired: bool = False


class Term(NamedTuple):
    """Something the question speaks of.

    Attributes:
        kinds: classes it must be an instance of, all of them.
        iris: the entities it may be; empty if it is to be found.
        value: a literal it must equal.
        links: its relations.
        wh: who, what, which, when, where or '' .
        counted: how many are asked for.
        items: what *and* or *or* joins.
        mode: ``and`` or ``or``.
        group: the group asked for its members, ``which hyperscaler``.
        words: how the question names it.
    """

    kinds: tuple[str, ...] = ()
    iris: tuple[str, ...] = ()
    value: str = ""
    links: tuple[Link, ...] = ()
    wh: str = ""
    counted: bool = False
    items: tuple[Term, ...] = ()
    mode: str = ""
    words: str = ""

    @property
    def bare(self) -> bool:
        """Whether nothing is known of it."""
        return not (self.kinds or self.iris or self.value or self.links or self.items)

    @property
    def fixed(self) -> bool:
        """Whether it names entities or a value outright."""
        return bool(self.iris or self.value or self.items)


ANY = Term()


class Predicate(NamedTuple):
    """A verb or a relational noun with everything it may mean.

    Attributes:
        ways: (property, inverse, preposition it still needs).
        be: it follows *be*.
        participle, gerund: the form in the question.
        cost: of the word.
        words: the phrase.
    """

    ways: tuple[tuple[str, bool, str], ...]
    be: bool = False
    participle: bool = False
    gerund: bool = False
    words: str = ""

    def taking(self, prep: str) -> tuple[Way, ...]:
        """Return the ways that need exactly this preposition, '' for none."""
        return tuple((p, inverse) for p, inverse, needed in self.ways if needed == prep)


class Clause(NamedTuple):
    """A subject with a verb whose object was asked for, or a predicate in search of a subject.

    Attributes:
        term: the subject, or what is said of a subject.
        predicate: what may still take a preposition.
        negative: denied.
    """

    term: Term
    predicate: Predicate | None = None
    negative: bool = False
    extra: tuple[Link, ...] = ()


class Reading(NamedTuple):
    """A whole question.

    Attributes:
        form: ``select``, ``count`` or ``ask``.
        term: what is asked for, or whose existence is.
        cost: how far-fetched the reading is.
        notes: what each stretch of words became.
        strain: what the grammar had to put up with; the cost without that of the words.
    """

    form: str
    term: Term
    cost: float = 0.0
    notes: tuple[str, ...] = ()
    strain: float = 0.0


def flip(ways: tuple[Way, ...]) -> tuple[Way, ...]:
    """Return ways as seen from the other end."""
    return tuple((iri, not inverse) for iri, inverse in ways)


def merge(left: Term, right: Term) -> Term | None:
    """Return one term for two that are the same thing, None if both are named."""
    if left.fixed and right.fixed:
        return None
    base, extra = (right, left) if right.fixed else (left, right)
    return base._replace(
        kinds=tuple(dict.fromkeys((*base.kinds, *extra.kinds))),
        links=(*left.links, *right.links),
        wh=left.wh or right.wh,
        counted=left.counted or right.counted,
        words=left.words or right.words,
    )
