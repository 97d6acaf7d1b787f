"""Maps: a network as one interactive HTML file that needs no other file and no network. Imports pyvis, alone in kg."""

from kg.maps.drawing import Map, draw_overview

__all__ = ["Map", "draw_overview"]
