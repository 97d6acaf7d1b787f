"""A picture of what properties relate: classes at both sides, a line for each property, as SVG."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Row", "diagram"]

_STEP, _GAP, _HEAD = 19, 14, 25
_WIDTH, _LEFT, _RIGHT = 900, 350, 620
_COLOURS = (
    "#1d4ed8",
    "#b45309",
    "#047857",
    "#7e22ce",
    "#be123c",
    "#0e7490",
    "#4d7c0f",
    "#6d28d9",
    "#9a3412",
    "#334155",
)
_MOST_BELOW = 4


@dataclass(frozen=True)
class Row:
    """A property between two classes."""

    start: str
    label: str
    end: str


def diagram(rows: Sequence[Row], below: Mapping[str, Sequence[str]], title: str) -> str:
    """Return the picture.

    Args:
        rows: the properties.
        below: the classes below a class.
        title: what the picture shows.
    """
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.end, row.label)):
        groups[row.start].append(row)
    starts = sorted(groups, key=lambda name: (-len(groups[name]), name))
    places: dict[Row, float] = {}
    shapes, y = [], 10.0
    for name in starts:
        height = _HEAD + _STEP * len(groups[name]) + 6
        shapes.append(_box((10, y), (_LEFT - 10, height), name, below.get(name, ())))
        for number, row in enumerate(groups[name]):
            places[row] = y + _HEAD + _STEP * number + 10
            shapes.append(_text(_LEFT - 12, places[row] + 4, row.label, "end"))
        y += height + _GAP
    ends: dict[str, list[float]] = defaultdict(list)
    for row, place in places.items():
        ends[row.end].append(place)
    order = sorted(ends, key=lambda name: sum(ends[name]) / len(ends[name]))
    lines, total = [], max(y, len(order) * (_HEAD + _GAP + 4) + 10.0)
    step = (total - 10) / len(order)
    for number, name in enumerate(order):
        middle = 10 + step * (number + 0.5)
        colour = _COLOURS[number % len(_COLOURS)]
        shapes.append(_box((_RIGHT, middle - 14), (_WIDTH - _RIGHT - 10, 28), name, (), colour))
        lines += [_line(place, middle, colour) for place in ends[name]]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_WIDTH} {total:.0f}" '
        f'font-family="system-ui, sans-serif" font-size="13"><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" rx="8" fill="#fff"/>\n{chr(10).join([*lines, *shapes])}\n</svg>\n'
    )


def _box(
    place: tuple[float, float], size: tuple[float, float], name: str, below: Sequence[str], colour: str = "#475569"
) -> str:
    (x, y), (width, height), more = place, size, ""
    if below:
        named = ", ".join(sorted(below)[:_MOST_BELOW]) + (" …" if len(below) > _MOST_BELOW else "")
        more = f'<tspan fill="#64748b" font-size="11" font-weight="400">  {escape(named)}</tspan>'
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="6" fill="#f8fafc" '
        f'stroke="{colour}"/><text x="{x + 10:.0f}" y="{y + 18:.0f}" font-weight="600" fill="#0f172a">'
        f"{escape(name)}{more}</text>"
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="#1e293b">{escape(text)}</text>'


def _line(start: float, end: float, colour: str) -> str:
    middle = (_LEFT + _RIGHT) / 2
    return (
        f'<path d="M{_LEFT} {start:.0f} C{middle:.0f} {start:.0f} {middle:.0f} {end:.0f} {_RIGHT - 6} {end:.0f}" '
        f'fill="none" stroke="{colour}" stroke-opacity="0.65" stroke-width="1.4"/>'
        f'<path d="M{_RIGHT} {end:.0f} l-8 -4 v8 Z" fill="{colour}"/>'
    )
