"""A dataset: an engine with its prefixes and what its default graph means.

The default graph is the union of all graphs where the data has claims (claims, entities and ontology
lie in graphs of their own), and the real default graph otherwise; the caller can say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import Triple

from kg.engines import Engine
from kg.results import Rows
from kg.terms import PREFIXES, Term

__all__ = ["Dataset"]


class Dataset:
    """SPARQL over one engine, with the graph's prefixes declared.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> len(Dataset(OxigraphEngine()).select("SELECT * { ?s ?p ?o }"))
    0

    Attributes:
        engine: what evaluates.
        prefixes: short names a query may use without declaring them.
        union: whether the default graph is the union of all graphs.
        has_claims: whether the data holds claims in kgq's vocabulary.
        version: identifies the content; caches are keyed by it. Empty if unknown.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        prefixes: Mapping[str, str] | None = None,
        union: bool | None = None,
        has_claims: bool | None = None,
        version: str = "",
    ) -> None:
        self.engine = engine
        self.prefixes = {**PREFIXES, **(prefixes or {})}
        self.has_claims = self._find_claims() if has_claims is None else has_claims
        self.union = self.has_claims if union is None else union
        self.version = version

    def _find_claims(self) -> bool:
        one = "?claim kgq:claimPredicate ?predicate"
        bounded = getattr(self.engine, "is_bounded", False)  # by its address, to certain graphs
        if (
            self.is_remote and not bounded
        ):  # how it shows the union of its graphs is another question, and a slow one
            return self.engine.ask(
                f"ASK {{ {{ {one} }} UNION {{ GRAPH ?g {{ {one} }} }} }}", prefixes=self.prefixes
            )
        return self.engine.ask(f"ASK {{ {one} }}", prefixes=self.prefixes, union=True)

    @property
    def is_remote(self) -> bool:
        """Whether the data lies elsewhere, so that nothing may ask for all of it."""
        return bool(getattr(self.engine, "is_remote", False))

    def stream(self, sparql: str, *, union: bool | None = None) -> Iterator[tuple[Term | None, ...]]:
        """Yield the solutions of a SELECT as the engine finds them, or as they arrive.

        Args:
            sparql: the query.
            union: whether the default graph is the union of all; by default as for the dataset.
        """
        union = self.union if union is None else union
        if not self.is_remote:
            from kg.engines.oxigraph import OxigraphEngine

            if isinstance(self.engine, OxigraphEngine):
                return self.engine.stream(sparql, prefixes=self.prefixes, union=union)
            return iter(self.engine.select(sparql, prefixes=self.prefixes, union=union))
        from kg.engines.query_text import complete
        from kg.engines.remote import RemoteEngine

        assert isinstance(self.engine, RemoteEngine)  # noqa: S101 - no other is remote
        return self.engine.stream(complete(sparql, self.prefixes), union=union)[1]

    def select(self, sparql: str, *, bindings: Mapping[str, Term] | None = None, limit: int | None = None) -> Rows:
        """Return the solutions of a SELECT; ``bindings`` fix variables that are projected."""
        return self.engine.select(sparql, prefixes=self.prefixes, union=self.union, bindings=bindings, limit=limit)

    def ask(self, sparql: str) -> bool:
        """Return the result of an ASK."""
        return self.engine.ask(sparql, prefixes=self.prefixes, union=self.union)

    def construct(self, sparql: str) -> Iterator[Triple]:
        """Yield the triples of a CONSTRUCT or DESCRIBE; duplicates are possible."""
        return self.engine.construct(sparql, prefixes=self.prefixes, union=self.union)
