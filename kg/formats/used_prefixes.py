"""Which prefixes a graph makes use of, seen as its quads pass by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Quad

from kg.terms import PREFIXES

__all__ = ["UsedPrefixes"]

_UNWRITTEN = frozenset(
    [PREFIXES["rdf"] + "type", PREFIXES["rdf"] + "langString"]
    + [PREFIXES["xsd"] + name for name in ("string", "integer", "decimal", "boolean", "double")]
)
"""IRIs for which Turtle has a shorter form than any prefix."""
_REMEMBERED = 10_000


class UsedPrefixes:
    """The prefixes that some IRI begins with; the others are noise.

    >>> watched = UsedPrefixes({"e": "http://e/", "f": "http://f/"})
    >>> list(watched.watch([])), watched.used()
    ([], {})

    Args:
        prefixes: those there are.
        implied: IRIs that stand for others, which take their place in what is written.
    """

    def __init__(self, prefixes: Mapping[str, str], implied: Mapping[str, str] | None = None) -> None:
        self._prefixes = prefixes
        self._implied = implied or {}
        self._unused = dict(prefixes)
        self._seen: set[str] = set()
        self._apart = [base for base in prefixes.values() if not base.endswith(("/", "#"))]

    def watch(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        """Yield quads, and note what they use."""
        for quad in quads:
            for part in (quad.subject, quad.predicate, quad.object, quad.graph_name):
                if isinstance(part, NamedNode):
                    self._take(part.value)
                elif isinstance(part, Literal):
                    self._take(part.datatype.value)
            yield quad

    def _take(self, iri: str) -> None:
        space = iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]
        if iri in self._implied:
            self._take(self._implied[iri])
        if (space in self._seen and not self._apart) or iri in _UNWRITTEN:
            return
        for name in [name for name, base in self._unused.items() if iri.startswith(base)]:
            base = self._unused.pop(name)
            self._apart = [other for other in self._apart if other != base]
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen.add(space)

    def used(self) -> dict[str, str]:
        """Return the prefixes of what has passed by so far."""
        return {name: base for name, base in self._prefixes.items() if name not in self._unused}
