"""Measures that mean something in a network of claims: who is central, who brokers, where it would fall apart.

- *central*: how many statements an entity takes part in, as subject and as object;
- *broker*: how much of the traffic on shortest ways passes through it (betweenness, Freeman 1977; Brandes 2001);
- *community*: which entities hang together more than chance would have it (Louvain, Blondel et al. 2008);
- *cut point*: whether the network falls apart without it (articulation points, Tarjan 1972).

Claims that deny and claims of a scenario do not join anything. Direction is kept for counting and left aside for
the rest: "A buys from B" joins A and B both ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.network.model import Network

if TYPE_CHECKING:
    import networkx

__all__ = ["Measure", "communities", "measure"]

_SEED = 20260327
_SMALL = 400
"""Above this many entities rustworkx counts betweenness; networkx would take seconds."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What the network says of one entity.

    Attributes:
        statements: claims it takes part in; ``outgoing`` as subject, ``incoming`` as object.
        neighbours: entities directly joined to it.
        broker: share of shortest ways between others that pass through it, 0 to 1.
        community: label of the community's best connected entity.
        cut_point: whether the network falls apart without it.
    """

    iri: str
    label: str
    classes: tuple[str, ...]
    statements: int
    outgoing: int
    incoming: int
    neighbours: int
    broker: float
    community: str
    cut_point: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the measure as JSON-ready data."""
        return {
            "iri": self.iri,
            "label": self.label,
            "classes": list(self.classes),
            "statements": self.statements,
            "outgoing": self.outgoing,
            "incoming": self.incoming,
            "neighbours": self.neighbours,
            "broker": self.broker,
            "community": self.community,
            "cut_point": self.cut_point,
        }


def measure(network: Network) -> list[Measure]:
    """Return the measures of every entity, the best connected first.

    >>> measure(Network((), {}))
    []
    """
    import networkx

    joined = _joined(network)
    brokers = _betweenness(joined)
    cut_points = set(networkx.articulation_points(joined))
    community = {
        iri: network.label(max(group, key=lambda i: (joined.degree(i), network.label(i))))
        for group in communities(network)
        for iri in group
    }
    outgoing: dict[str, int] = dict.fromkeys(network.entities, 0)
    incoming: dict[str, int] = dict.fromkeys(network.entities, 0)
    for claim in network.claims:
        outgoing[claim.subject] += 1
        if claim.object in incoming:
            incoming[claim.object] += 1
    found = [
        Measure(
            iri,
            entity.label,
            tuple(network.label(c) for c in entity.classes),
            outgoing[iri] + incoming[iri],
            outgoing[iri],
            incoming[iri],
            len(joined[iri]),
            round(brokers[iri], 4),
            community[iri],
            iri in cut_points,
        )
        for iri, entity in network.entities.items()
    ]
    return sorted(found, key=lambda m: (-m.statements, -m.broker, m.label, m.iri))


def communities(network: Network) -> list[tuple[str, ...]]:
    """Return the communities, the largest first; each as IRIs in order. The same network gives the same ones.

    >>> communities(Network((), {}))
    []
    """
    import networkx

    joined = _joined(network)
    if not joined:
        return []
    found = networkx.community.louvain_communities(joined, weight="weight", seed=_SEED)
    return sorted((tuple(sorted(group)) for group in found), key=lambda group: (-len(group), group))


def _joined(network: Network) -> networkx.Graph[str]:
    """Return the simple undirected graph, nodes and edges in a fixed order; an edge weighs its claims."""
    import networkx

    weights: dict[tuple[str, str], int] = {}
    for claim in network.edges:
        if claim.object is None or claim.object == claim.subject:
            continue
        if claim.polarity == "negative" or claim.scenario is not None:
            continue
        pair = (min(claim.subject, claim.object), max(claim.subject, claim.object))
        weights[pair] = weights.get(pair, 0) + 1
    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(sorted(network.entities))
    graph.add_weighted_edges_from((a, b, weight) for (a, b), weight in sorted(weights.items()))
    return graph


def _betweenness(graph: networkx.Graph[str]) -> dict[str, float]:
    import networkx

    if len(graph) <= _SMALL:
        return dict(networkx.betweenness_centrality(graph))
    import rustworkx

    nodes = list(graph)
    number = {iri: index for index, iri in enumerate(nodes)}
    quick = rustworkx.PyGraph[None, None](multigraph=False)
    quick.add_nodes_from([None] * len(nodes))
    quick.add_edges_from_no_data([(number[a], number[b]) for a, b in graph.edges])
    found = rustworkx.graph_betweenness_centrality(quick)
    return {iri: float(found[index]) for iri, index in number.items()}
