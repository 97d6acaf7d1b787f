"""Colours and marks of the maps: eight of each, told apart in every common kind of colour vision.

The colours were chosen near named hues under two conditions, which ``tests/test_maps.py`` measures: every pair is
at least 12 CAM02-UCS units apart (Luo et al. 2006) for normal vision and for simulated deuteranopia, protanopia
and tritanopia (Machado et al. 2009); each has a contrast of 3:1 or more with the card it is drawn on. Shape says
the same as colour for entities, the arrow's head the same as colour for relations.
"""

from __future__ import annotations

__all__ = ["ARROWS", "CARD", "COLOURS", "GLYPHS", "PAPER"]

COLOURS: dict[str, tuple[str, ...]] = {
    "light": ("#2858e8", "#203068", "#785098", "#309878", "#d85050", "#886000", "#a03060", "#707888"),
    "dark": ("#88a8f0", "#c0d0f8", "#a070f8", "#00d8c0", "#e87050", "#e0b030", "#c08088", "#8090a8"),
}
"""The colour of each family, by theme; the last is for whatever has no family of its own."""

CARD: dict[str, str] = {"light": "#ffffff", "dark": "#1a202b"}
"""What labels and glyphs are drawn on."""

PAPER: dict[str, str] = {"light": "#f6f7f9", "dark": "#11151c"}
"""What cards and lines are drawn on."""

GLYPHS = ("circle", "square", "diamond", "triangle", "hexagon", "cross", "ring", "bar", "star", "frame")
"""Shapes of the entity marks."""

ARROWS = ("filled", "open", "diamond", "dot", "tee", "double", "hollow", "plain")
"""Heads of the relation lines."""
