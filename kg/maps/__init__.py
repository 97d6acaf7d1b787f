"""Maps: a graph as one interactive HTML file that needs nothing else. The only package of kg to import pyvis."""

from kg.maps.drawing import (
    draw_answer,
    draw_around,
    draw_claims,
    draw_comparison,
    draw_overview,
    draw_paths,
    draw_scenario,
)
from kg.maps.gallery import gallery
from kg.maps.map import Map

__all__ = [
    "Map",
    "draw_answer",
    "draw_around",
    "draw_claims",
    "draw_comparison",
    "draw_overview",
    "draw_paths",
    "draw_scenario",
    "gallery",
]
