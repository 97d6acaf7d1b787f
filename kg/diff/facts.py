"""The facts that one graph has and another has not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Quad

from kg.diff.blank_nodes import blank_nodes, relabelled

__all__ = ["FactDiff", "diff_facts"]


@dataclass(frozen=True, slots=True)
class FactDiff:
    """What leads from one graph to another, as sorted lines of N-Quads.

    Attributes:
        removed: what only the first graph has.
        added: what only the second graph has.
    """

    removed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the graphs have the same facts (are isomorphic)."""
        return not self.removed and not self.added

    @property
    def blank(self) -> int:
        """How many lines name a blank node."""
        return sum(" _:" in f" {line}" for line in (*self.removed, *self.added))

    def lines(self) -> Iterator[str]:
        """Yield ``- fact`` and ``+ fact`` lines, sorted by the fact."""
        marked = [(line, "-") for line in self.removed] + [(line, "+") for line in self.added]
        for line, mark in sorted(marked):
            yield f"{mark} {line}"

    def patch(self) -> Iterator[str]:
        """Yield the lines of an RDF Patch (afs.github.io/rdf-delta/rdf-patch.html), one transaction."""
        yield "TX ."
        for line in self.removed:
            yield f"D {line}"
        for line in self.added:
            yield f"A {line}"
        yield "TC ."

    def to_dict(self) -> dict[str, Any]:
        """Return the difference in the published form of ``docs/diff.schema.json``."""
        return {"same": self.same, "removed": list(self.removed), "added": list(self.added)}


def diff_facts(before: Iterable[Quad], after: Iterable[Quad]) -> FactDiff:
    """Compare two graphs; blank nodes count by what is said about them.

    >>> from pyoxigraph import RdfFormat, parse
    >>> one = list(parse(b"<http://e/a> <http://e/p> _:x . _:x <http://e/q> 1 .", format=RdfFormat.TURTLE))
    >>> two = list(parse(b"<http://e/a> <http://e/p> _:y . _:y <http://e/q> 1 .", format=RdfFormat.TURTLE))
    >>> diff_facts(one, two).same
    True

    Args:
        before: the quads of one graph.
        after: the quads of the other.
    """
    plain_before, blank_before = _parted(before)
    plain_after, blank_after = _parted(after)
    removed, added = relabelled(blank_before, blank_after)
    removed, added = removed - added, added - removed
    return FactDiff(_lines((plain_before - plain_after) | removed), _lines((plain_after - plain_before) | added))


def _parted(quads: Iterable[Quad]) -> tuple[set[Quad], list[Quad]]:
    plain: set[Quad] = set()
    blank: set[Quad] = set()
    for quad in quads:
        (plain if next(blank_nodes(quad), None) is None else blank).add(quad)
    return plain, list(blank)


def _lines(quads: Iterable[Quad]) -> tuple[str, ...]:
    return tuple(sorted(f"{quad} ." for quad in quads))
