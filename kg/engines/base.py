"""What an engine is: a few verbs over quads. Everything above speaks to this interface only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from pyoxigraph import NamedNode, Quad, Triple

from kg.results import Rows
from kg.terms import Term

__all__ = ["Engine"]


class Engine(Protocol):
    """A store that answers SPARQL 1.1. Terms are pyoxigraph's on every engine.

    Attributes:
        name: a short name for messages.
    """

    name: str

    def select(
        self,
        sparql: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        union: bool = False,
        bindings: Mapping[str, Term] | None = None,
        limit: int | None = None,
    ) -> Rows:
        """Return the solutions of a SELECT; ``bindings`` fix projected variables, ``limit`` stops early."""

    def ask(self, sparql: str, *, prefixes: Mapping[str, str] | None = None, union: bool = False) -> bool:
        """Return the result of an ASK."""

    def construct(
        self, sparql: str, *, prefixes: Mapping[str, str] | None = None, union: bool = False
    ) -> Iterator[Triple]:
        """Yield the triples of a CONSTRUCT or DESCRIBE; duplicates are possible."""

    def quads(self, *, graph: NamedNode | None = None) -> Iterator[Quad]:
        """Yield every quad, or those of one named graph."""

    def add(self, quads: Iterable[Quad]) -> None:
        """Add quads, all or none."""

    def named_graphs(self) -> Iterator[str]:
        """Yield the IRIs of the named graphs."""
