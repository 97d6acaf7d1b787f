"""What every edge carries in the formats of other tools."""

from __future__ import annotations

from kg.network.model import Network
from kg.results import Claim

__all__ = ["EDGE_DATA", "edge_data"]


def edge_data(network: Network, claim: Claim) -> dict[str, str]:
    """Return what an edge carries, as text; empty where there is nothing to say.

    >>> edge_data(Network((), {}), Claim("", "", "", None, None, "a knows b", "stated"))["text"]
    'a knows b'

    Args:
        network: knows the labels of what the claim mentions.
        claim: becomes the edge.
    """
    quote = claim.quotes[0] if claim.quotes else None
    return {
        "relation": network.label(claim.predicate),
        "text": claim.text,
        "kind": claim.kind,
        "polarity": claim.polarity,
        "modality": claim.modality,
        "scenario": network.label(claim.scenario),
        "qualifiers": "; ".join(f"{name}={words}" for name, many in claim.qualifiers.items() for words in many),
        "quote": quote.quote if quote else "",
        "heading": quote.heading if quote else "",
        "position": f"{quote.start}-{quote.end}" if quote else "",
    }


EDGE_DATA = tuple(edge_data(Network((), {}), Claim("", "", "", None, None, "", "stated")))
"""The names of :func:`edge_data`."""
