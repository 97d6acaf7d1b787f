"""An answer drawn as a still picture: the same layout as its map, in a few kilobytes of SVG without scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from html import escape
from itertools import pairwise, product
from math import hypot
from typing import TYPE_CHECKING, TypeAlias

from kg.maps.geometry import Point
from kg.maps.palette import COLOURS
from kg.maps.scene import Card, Line, Scene

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.network import Network
    from kg.results import Answer

__all__ = ["Pictures", "still"]

Box: TypeAlias = tuple[float, float, float, float]

_MARGIN = 24.0
_MOST = 40
_DENIED = "#b02a37"
_APART = 9.0
_LETTER = 5.9
_HEIGHT = 12.0
_PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
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
    taken = [_box(place, card.width, card.height) for card, place in boxes]
    drawn, ends = [], Counter[tuple[str, str]]()
    for line in lines:
        pair = line.start, line.end
        drawn.append(_line(scene, line, places, ways.get(pair, ()), _APART * ends[pair]))
        ends[pair] += 1
    parts = [shape for shape, _ in drawn]
    parts += [_card(card, place) for card, place in boxes]
    parts += [_said(scene, line, points, taken) for line, (_, points) in zip(lines, drawn, strict=True)]
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


def _line(
    scene: Scene, line: Line, places: Mapping[str, Point], way: Sequence[Point], lower: float
) -> tuple[str, list[Point]]:
    """Return a line with its head, and its points; another line between the same two goes lower."""
    points = [places[line.start], *way, places[line.end]]
    points[0] = _border(scene.cards[line.start], points[0], points[1])
    points[-1] = _border(scene.cards[line.end], points[-1], points[-2])
    points = [(x, y + lower) for x, y in points]
    colour = COLOURS["light"][scene.style.relation_family.get(line.relation, len(COLOURS["light"]) - 1)]
    colour = _DENIED if line.negative else colour
    path = "M" + " L".join(f"{x:.0f} {y:.0f}" for x, y in points)
    dash = f' stroke-dasharray="{_DASHES[line.kind]}"' if line.kind in _DASHES else ""
    shape = (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>'
        f'<path d="{_head(points[-2], points[-1])}" fill="{colour}"/>'
    )
    return shape, points


def _said(scene: Scene, line: Line, points: Sequence[Point], taken: list[Box]) -> str:
    """Return what a line says, where along it nothing else stands; '' if there is no such place.

    The first free place from the middle outwards is taken.
    """
    relation = scene.network.label(line.relation)
    said = relation if not line.negative else f"not: {relation}"
    width = len(said) * _LETTER
    for rise, share in product((0.0, 13.0, -11.0), _PLACES):
        x, y = _along(points, share)
        y += rise
        box = _box((x, y - 4), width, _HEIGHT)
        if not any(_overlap(box, other) for other in taken):
            taken.append(box)
            return (
                f'<text x="{x:.0f}" y="{y:.0f}" font-size="11" text-anchor="middle" '
                f'fill="#39424e" stroke="#fff" stroke-width="4" paint-order="stroke">{escape(said)}</text>'
            )
    return ""


def _along(points: Sequence[Point], share: float) -> Point:
    """Return the point at a share of the length of a way."""
    lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    left = share * sum(lengths)
    for (a, b), length in zip(pairwise(points), lengths, strict=True):
        if left <= length or b == points[-1]:
            part = min(1.0, left / length) if length else 0.0
            return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part
        left -= length
    return points[-1]


def _box(centre: Point, width: float, height: float) -> Box:
    (x, y), half, tall = centre, width / 2, height / 2
    return x - half, y - tall, x + half, y + tall


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


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
