"""Counts what a graph holds."""

from __future__ import annotations

from typing import Any

from pyoxigraph import NamedNode

from kg.dataset import Dataset
from kg.lookup.names import Names
from kg.terms import lexical, local_name

__all__ = ["statistics"]

_SIZES = """SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?p) AS ?predicates) {
  ?s ?p ?o }"""
_CLASSES = "SELECT ?class (COUNT(%s) AS ?n) { ?x a ?class } GROUP BY ?class"
_CLAIMS = """SELECT ?value (COUNT(DISTINCT ?claim) AS ?n) { ?claim kgq:claimPredicate ?predicate ; %s ?value }
  GROUP BY ?value"""
_KINDS = {"StatedClaim": "stated", "InferredClaim": "inferred", "BackgroundClaim": "background"}


def statistics(dataset: Dataset, names: Names) -> dict[str, Any]:
    """Return the counts as JSON-ready data; those about claims only where there are claims.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> empty = Dataset(OxigraphEngine())
    >>> statistics(empty, Names(empty))["triples"]
    0
    """
    sizes = next(dataset.select(_SIZES).dicts())
    graphs = sum(1 for _ in dataset.engine.named_graphs())
    found: dict[str, Any] = {name: int(lexical(term)) for name, term in sizes.items()}
    found["named_graphs"] = graphs
    found["classes"] = _named(dataset, names)
    found["version"] = dataset.version
    if dataset.has_claims:
        kinds = {local_name(iri): n for iri, n in _counted(dataset, "a").items()}
        found["claims"] = {kind: kinds.get(name, 0) for name, kind in _KINDS.items()}
        found["modalities"] = _by_name(_counted(dataset, "kgq:modality"))
        found["scenarios"] = {
            names.label(iri): n for iri, n in sorted(_counted(dataset, "kgq:inScenario").items())
        }
        found["documents"] = {
            names.label(iri): n for iri, n in sorted(_counted(dataset, "kgq:inDocument").items())
        }
        found["rules"] = {names.label(iri): n for iri, n in sorted(_counted(dataset, "kgq:byRule").items())}
        found["quotes"] = len(dataset.select("SELECT DISTINCT ?evidence { ?claim kgq:hasEvidence ?evidence }"))
    return found


def _counted(dataset: Dataset, path: str) -> dict[str, int]:
    return {lexical(value): int(lexical(n)) for value, n in dataset.select(_CLAIMS % path).rows}


def _by_name(counts: dict[str, int]) -> dict[str, int]:
    return {local_name(iri): n for iri, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}


def _named(dataset: Dataset, names: Names) -> dict[str, int]:
    """Return the number of instances of each class of the domain, the largest first."""
    # In one graph a thing has a class once; DISTINCT, and a filter of IRIs, take a server seven times as long.
    found = dataset.select(_CLASSES % ("DISTINCT ?x" if dataset.union else "*")).rows
    rows = [(names.label(lexical(iri)), int(lexical(n))) for iri, n in found if _own(iri)]
    return dict(sorted(rows, key=lambda item: (-item[1], item[0])))


def _own(iri: object) -> bool:
    """Leave out the classes of the RDF machinery: they count terms, not things."""
    if not isinstance(iri, NamedNode):
        return False
    text = iri.value
    return not text.startswith(("http://www.w3.org/", "https://w3id.org/kgq/core#"))
