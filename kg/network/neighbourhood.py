"""What is near some things in a graph that is too large to read whole: hop by hop, by queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from pyoxigraph import NamedNode

from kg.dataset import Dataset
from kg.terms import PREFIXES, Term, lexical

__all__ = ["claims_near", "count_statements", "triples_near"]

_AT_ONCE = 500
_CLAIMS = "SELECT DISTINCT ?claim ?a ?b {{ VALUES ?x {{ {} }} {} ?claim kgq:claimSubject ?a OPTIONAL {{ {} }} }}"
_TYPE = PREFIXES["rdf"] + "type"


def count_statements(dataset: Dataset) -> int:
    """Return how many claims a dataset has; how many triples, if it has no claims.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> count_statements(Dataset(OxigraphEngine()))
    0
    """
    what = "?c kgq:claimPredicate ?p" if dataset.has_claims else "?s ?p ?o"
    ((count,),) = dataset.select(f"SELECT (COUNT(*) AS ?n) {{ {what} }}").rows
    return int(lexical(count))


def claims_near(dataset: Dataset, seeds: Iterable[str], hops: int, limit: int) -> list[str]:
    """Return the IRIs of the claims that a walk of so many hops from the seeds meets.

    Args:
        dataset: where the claims are.
        seeds: IRIs of the things to start from.
        hops: how far to walk.
        limit: how many claims at most; a hop that would pass it is cut off.
    """
    found: dict[str, None] = {}
    for part in _walk(seeds, hops):
        for values in _in_parts(part):
            for way in ("Subject", "Object"):
                pattern = f"?claim kgq:claim{way} ?x ."
                sparql = _CLAIMS.format(values, pattern, "?claim kgq:claimObject ?b")
                for claim, a, b in dataset.select(sparql, limit=limit).rows:
                    if len(found) < limit:
                        found[lexical(claim)] = None
                        part.reached.update(lexical(end) for end in (a, b) if isinstance(end, NamedNode))
    return list(found)


def triples_near(dataset: Dataset, seeds: Iterable[str], hops: int, limit: int) -> list[tuple[Term | None, ...]]:
    """Return the triples that a walk of so many hops from the seeds meets; classes are no way to go.

    Args:
        dataset: where the triples are.
        seeds: IRIs of the things to start from.
        hops: how far to walk.
        limit: how many triples at most; a hop that would pass it is cut off.
    """
    found: dict[tuple[Term | None, ...], None] = {}
    for part in _walk(seeds, hops):
        for values in _in_parts(part):
            for way in ("?x ?p ?o BIND(?x AS ?s)", "?s ?p ?x BIND(?x AS ?o)"):
                sparql = f"SELECT DISTINCT ?s ?p ?o {{ VALUES ?x {{ {values} }} {way} }}"
                for row in dataset.select(sparql, limit=limit).rows:
                    if len(found) < limit:
                        found[tuple(row)] = None
                        ends = (row[0], row[2]) if lexical(row[1]) != _TYPE else ()
                        part.reached.update(lexical(end) for end in ends if isinstance(end, NamedNode))
    return list(found)


class _Part:
    """The things of one hop, and what was reached from them."""

    def __init__(self, things: Sequence[str]) -> None:
        self.things = things
        self.reached: set[str] = set()


def _walk(seeds: Iterable[str], hops: int) -> Iterator[_Part]:
    seen = set(seeds)
    part = _Part(sorted(seen))
    for _ in range(hops):
        yield part
        part = _Part(sorted(part.reached - seen))
        seen.update(part.things)


def _in_parts(part: _Part) -> Iterator[str]:
    things = iter(part.things)
    while some := list(islice(things, _AT_ONCE)):
        yield " ".join(str(NamedNode(iri)) for iri in some)
