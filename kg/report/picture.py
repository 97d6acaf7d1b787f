"""An answer drawn as a still picture: the same layout as its map, in a few kilobytes of SVG without scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from html import escape
from math import hypot
from typing import TYPE_CHECKING

from kg.maps.geometry import Point
from kg.maps.palette import COLOURS
from kg.maps.scene import Card, Line, Scene

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.network import Network
    from kg.results import Answer

__all__ = ["Pictures", "still"]

_MARGIN = 24.0
_MOST = 40
_DASHES = {"inferred": "6 4", "background": "2 4"}


class Pictures:
    """Draws answers of one graph; its network is read once."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph

    @cached_property
    def _network(self) -> Network:
        from kg.network import read_network

        return read_network(self._graph.dataset, include=("stated", "inferred"), lang=self._graph.lang)

    def of(self, answer: Answer) -> str:
        """Return the picture of an answer's own claims; '' where there is nothing to draw."""
        from kg.maps import draw_claims

        wanted = {iri for row in answer.rows for iri in row.claims}
        claims = [c for c in self._network.claims if c.iri in wanted and c.object in self._network.entities]
        if not claims or len(claims) > _MOST:
            return ""
        return still(draw_claims(self._network, claims, answer.question).scene)


def still(scene: Scene) -> str:
    """Return a scene's first view as SVG.

    Text is escaped, and nothing in it can run or be fetched.

    Args:
        scene: a drawn map's scene.
    """
    view = scene.views[0]
    shown = [iri for iri in scene.details[view.detail] if iri in view.layout.places]
    if not shown:
        return ""
    boxes = [(scene.cards[iri], view.layout.places[iri]) for iri in shown]
    left = min(x - card.width / 2 for card, (x, _) in boxes) - _MARGIN
    top = min(y - card.height / 2 for card, (_, y) in boxes) - _MARGIN
    width = max(x + card.width / 2 for card, (x, _) in boxes) + _MARGIN - left
    height = max(y + card.height / 2 for card, (_, y) in boxes) + _MARGIN - top
    lines = [line for line in scene.lines if line.start in shown and line.end in shown]
    places, ways = view.layout.places, view.layout.ways
    parts = [_line(scene, line, places, ways.get((line.start, line.end), ())) for line in lines]
    parts += [_card(card, place) for card, place in boxes]
    title = escape(scene.title, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{title}" class="still" '
        f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" width="{min(width, 900):.0f}">'
        f"<title>{title}</title>{''.join(parts)}</svg>"
    )


def _card(card: Card, place: Point) -> str:
    x, y = place
    colour = COLOURS["light"][card.family]
    words = "".join(
        f'<tspan x="{x:.0f}" dy="{card.size * 1.25 if n else 0:.1f}">{escape(line)}</tspan>'
        for n, line in enumerate(card.lines)
    )
    first = y - (len(card.lines) - 1) * card.size * 1.25 / 2 + card.size * 0.35
    corner = f'x="{x - card.width / 2:.0f}" y="{y - card.height / 2:.0f}"'
    size = f'width="{card.width:.0f}" height="{card.height:.0f}" rx="8"'
    weight = ' font-weight="600"' if card.strong else ""
    return (
        f'<g><rect {corner} {size} fill="#fff" stroke="{colour}" stroke-width="{2.5 if card.strong else 1.5}"/>'
        f'<text x="{x:.0f}" y="{first:.1f}" font-size="{card.size}" text-anchor="middle" fill="#1a202b"{weight}>'
        f"{words}</text></g>"
    )


def _line(scene: Scene, line: Line, places: Mapping[str, Point], way: Sequence[Point]) -> str:
    """Return a line with its head, and what it says in its middle."""
    relation = scene.network.label(line.relation)
    said = relation if not line.negative else f"not: {relation}"
    points = [places[line.start], *way, places[line.end]]
    points[0] = _border(scene.cards[line.start], points[0], points[1])
    points[-1] = _border(scene.cards[line.end], points[-1], points[-2])
    colour = COLOURS["light"][scene.style.relation_family.get(line.relation, len(COLOURS["light"]) - 1)]
    path = "M" + " L".join(f"{x:.0f} {y:.0f}" for x, y in points)
    dash = f' stroke-dasharray="{_DASHES[line.kind]}"' if line.kind in _DASHES else ""
    middle = len(points) // 2
    (x1, y1), (x2, y2) = points[middle - 1], points[middle]
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>'
        f'<path d="{_head(points[-2], points[-1])}" fill="{colour}"/>'
        f'<text x="{(x1 + x2) / 2:.0f}" y="{(y1 + y2) / 2 - 4:.0f}" font-size="11" text-anchor="middle" '
        f'fill="#39424e" stroke="#fff" stroke-width="4" paint-order="stroke">{escape(said)}</text>'
    )


def _border(card: Card, centre: Point, towards: Point) -> Point:
    """Return where a line from the middle of a card leaves it."""
    dx, dy = towards[0] - centre[0], towards[1] - centre[1]
    if not dx and not dy:
        return centre
    scale = min(
        card.width / 2 / abs(dx) if dx else float("inf"),
        card.height / 2 / abs(dy) if dy else float("inf"),
    )
    return centre[0] + dx * scale, centre[1] + dy * scale


def _head(before: Point, tip: Point) -> str:
    """Return an arrow head as a path."""
    dx, dy = tip[0] - before[0], tip[1] - before[1]
    length = hypot(dx, dy) or 1.0
    ux, uy = dx / length, dy / length
    back = tip[0] - 10 * ux, tip[1] - 10 * uy
    one, other = (back[0] - 4.5 * uy, back[1] + 4.5 * ux), (back[0] + 4.5 * uy, back[1] - 4.5 * ux)
    corners = " L".join(f"{x:.1f} {y:.1f}" for x, y in (tip, one, other))
    return f"M{corners} Z"
