"""Which scenario a name means: its label, or the letter or word its label ends in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.network import Network

__all__ = ["find_scenario"]


def find_scenario(graph: KnowledgeGraph, network: Network, name: str) -> str:
    """Return the IRI of a scenario: ``A`` finds “Scenario A”.

    Raises:
        UnknownEntityError: no claim is confined to a scenario of this name; it carries those there are.
    """
    from kg.errors import UnknownEntityError

    scenarios = sorted({claim.scenario for claim in network.claims if claim.scenario is not None})
    wanted = name.strip().casefold()
    for iri in scenarios:
        label = network.label(iri).casefold()
        if wanted in (label, label.split()[-1], iri.casefold()):
            return iri
    try:
        found = graph.find(name).iri
    except UnknownEntityError:
        found = ""
    if found not in scenarios:
        raise UnknownEntityError(name, [network.label(iri) for iri in scenarios])
    return found
