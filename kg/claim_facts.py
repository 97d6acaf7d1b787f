"""The statements under claims, from the claim down to the selectors of its quotes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import NamedNode

from kg.dataset import Dataset
from kg.terms import PREFIXES, Term, lexical

__all__ = ["collect", "facts_under"]

# Everything under the claims: premises down to the last, evidence and its selectors. Rows are what costs time, so
# of the types only the kinds of claims are read.
_ABOUT = """?node ?p ?o
  FILTER(?p != rdf:type || ?o IN (kgq:StatedClaim, kgq:InferredClaim, kgq:BackgroundClaim))"""
_FACTS = f"""SELECT ?node ?p ?o {{
  {{ SELECT DISTINCT ?node {{ VALUES ?root {{ %s }}
    ?root (prov:wasDerivedFrom|kgq:hasEvidence|oa:hasSelector)* ?node }} }}
  {_ABOUT}
}}"""
_OF_THESE = f"SELECT ?node ?p ?o {{ VALUES ?node {{ %s }} {_ABOUT} }}"
_DOWN = (PREFIXES["prov"] + "wasDerivedFrom", PREFIXES["kgq"] + "hasEvidence", PREFIXES["oa"] + "hasSelector")
_BATCH = 150

Facts = dict[str, dict[str, list[Term]]]


def facts_under(dataset: Dataset, claims: Iterable[str]) -> Facts:
    """Return the statements about claims and about all they rest on, by subject and property.

    One query where the data is at hand. Of an endpoint it is asked level by level, some hundred nodes at a time:
    a path of several properties of any length is more than some servers can do.
    """
    if not dataset.is_remote:
        return collect(dataset, _FACTS, claims)
    found: Facts = {}
    wanted = list(dict.fromkeys(claims))
    while wanted:
        level = collect(dataset, _OF_THESE, wanted)
        found.update(level)
        below = (
            o.value
            for about in level.values()
            for p in _DOWN
            for o in about.get(p, ())
            if isinstance(o, NamedNode)
        )
        wanted = [iri for iri in dict.fromkeys(below) if iri not in found]
    return found


def collect(dataset: Dataset, query: str, iris: Iterable[str]) -> Facts:
    """Return what a query of (node, property, value) gives for some IRIs, by node and property."""
    found: Facts = defaultdict(lambda: defaultdict(list))
    every = list(iris)
    size = _BATCH if dataset.is_remote else max(len(every), 1)
    for n in range(0, len(every), size):
        text = query % " ".join(f"<{iri}>" for iri in every[n : n + size])
        for node, predicate, value in dataset.select(text).rows:
            if value is not None:
                found[lexical(node)][lexical(predicate)].append(value)
    return found
