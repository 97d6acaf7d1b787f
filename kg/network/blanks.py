"""Names for blank nodes that are the same at each reading, and words for those that have no label.

An engine gives blank nodes new identifiers whenever it reads a file. Here they are told apart by what is said of
them, by colour refinement (Weisfeiler and Leman 1968); those that nothing tells apart are numbered in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b

from pyoxigraph import BlankNode

from kg.terms import Term, lexical

__all__ = ["blank_labels", "blank_names"]

_ROUNDS = 6


def blank_names(triples: Iterable[Sequence[Term | None]]) -> dict[str, str]:
    """Return a name for each blank node, ``_:1`` and so on, by the identifier the engine gave it.

    >>> from pyoxigraph import Literal, NamedNode
    >>> blank_names([(BlankNode("x"), NamedNode("urn:p"), Literal("1"))])
    {'_:x': '_:1'}

    Args:
        triples: subject, predicate and object of every triple that is read.
    """
    said: dict[str, list[tuple[str, str, Term | None, bool]]] = defaultdict(list)
    for subject, predicate, value in triples:
        if isinstance(subject, BlankNode):
            said[str(subject)].append((">", lexical(predicate), value, isinstance(value, BlankNode)))
        if isinstance(value, BlankNode):
            said[str(value)].append(("<", lexical(predicate), subject, isinstance(subject, BlankNode)))
    colour = dict.fromkeys(said, "")
    for _ in range(_ROUNDS):
        before = len(set(colour.values()))
        colour = {
            blank: _digest(
                sorted((way, p, colour[str(o)] if is_blank else str(o)) for way, p, o, is_blank in facts)
            )
            for blank, facts in said.items()
        }
        if len(set(colour.values())) in (before, len(said)):
            break
    ordered = sorted(said, key=lambda blank: (colour[blank], blank))
    return {blank: f"_:{number}" for number, blank in enumerate(ordered, 1)}


def _digest(facts: Iterable[tuple[str, str, str]]) -> str:
    return blake2b(repr(list(facts)).encode("utf-8", "replace"), digest_size=12).hexdigest()


def blank_labels(
    triples: Iterable[tuple[str, str, str]], classes: Mapping[str, Iterable[str]], label: Callable[[str], str]
) -> dict[str, str]:
    """Return words for blank nodes: what they are, and of what.

    >>> blank_labels([("urn:order", "urn:item", "_:1")], {}, lambda iri: iri.removeprefix("urn:"))
    {'_:1': 'item of order'}

    Args:
        triples: subject, predicate and object of the triples that may lead to one.
        classes: the classes of things.
        label: the label of anything else.
    """
    leads: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for subject, predicate, value in triples:
        for end in (subject, value):
            if end.startswith("_:"):
                leads[end] += [(predicate, subject)] if end == value else []
    found = {}
    for blank, ways in leads.items():
        kinds = sorted(classes.get(blank, ()))
        what = label(kinds[0]) if kinds else label(min(ways)[0]) if ways else "unnamed"
        owners = sorted({subject for _, subject in ways if not subject.startswith("_:")})
        found[blank] = f"{what} of {label(owners[0])}" if owners else what
    return found
