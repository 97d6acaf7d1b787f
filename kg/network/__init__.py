"""The network in a graph: who is joined to whom, by which claims; ways, measures, comparison, formats."""

from kg.network.comparison import Comparison, Difference, compare
from kg.network.formats import NETWORK_FORMATS, export_network, network_text
from kg.network.measures import Measure, communities, measure
from kg.network.model import Entity, Hop, Network, Path
from kg.network.nearby import network_about, network_between
from kg.network.parts import NetworkParts, network_parts
from kg.network.sample import network_around, network_sample
from kg.network.source import read_network

__all__ = [
    "NETWORK_FORMATS",
    "Comparison",
    "Difference",
    "Entity",
    "Hop",
    "Measure",
    "Network",
    "NetworkParts",
    "Path",
    "communities",
    "compare",
    "export_network",
    "measure",
    "network_about",
    "network_around",
    "network_between",
    "network_parts",
    "network_sample",
    "network_text",
    "read_network",
]
