"""The gallery: the maps of the built-in graph that are shown in ``exports/``."""

from __future__ import annotations

from collections.abc import Iterator

from kg.knowledge_graph import KnowledgeGraph
from kg.maps.drawing import draw_answer, draw_claims, draw_comparison, draw_overview, draw_paths, draw_scenario
from kg.maps.map import Map
from kg.network import compare, read_network
from kg.terms import PREFIXES

__all__ = ["gallery"]

_RISK = tuple(PREFIXES["aii"] + name for name in ("bearsRisk", "shiftsRiskTo", "shiftsRiskThrough", "hasWeakness"))
_BELONGS = tuple(PREFIXES["aii"] + name for name in ("isMemberOf", "followsModel", "practisedBy"))
_QUESTION = "who bears capex risk"


def gallery(graph: KnowledgeGraph) -> Iterator[tuple[str, Map]]:
    """Draw the maps of the built-in graph, each with the name of its file.

    >>> from kg.knowledge_graph import open_graph
    >>> next(gallery(open_graph()))[0]
    'answer-capex-risk'

    Args:
        graph: the graph that ships with kgq.
    """
    told = read_network(graph.dataset, lang=graph.lang)
    yield "answer-capex-risk", draw_answer(told, graph.query(_QUESTION))
    network = read_network(graph.dataset, include=("stated", "inferred", "background"), lang=graph.lang)
    yield "overview", draw_overview(network, "How AI data centers are built out: two business models")

    def find(name: str) -> str:
        return graph.find(name).iri

    risk = [claim for claim in told.claims if claim.predicate in _RISK]
    inside = {end for claim in risk for end in (claim.subject, claim.object)}
    inside |= {c.subject for c in told.claims if c.predicate in _BELONGS and c.object in inside}
    risk += [c for c in told.claims if c.predicate in _BELONGS and {c.subject, c.object} <= inside]
    yield (
        "risk",
        draw_claims(
            told,
            risk,
            "Who bears risk, who passes it on",
            "What the two models' followers bear, or shift, and by what means",
            lanes=("companies", "models and tiers", "groups", "risks and outcomes"),
            hidden_kinds=("inferred",),
        ),
    )
    scenarios = sorted({c.scenario for c in told.claims if c.scenario is not None}, key=told.label)
    for iri in scenarios:
        yield told.label(iri).lower().replace(" ", "-"), draw_scenario(told, iri)
    pair = compare(told, find("Meta Platforms"), find("CoreWeave"))
    yield "compare-meta-coreweave", draw_comparison(told, pair)
    yield "path-apple-lenders", draw_paths(told, told.paths(find("Apple"), find("lenders")))
