"""The grouped overview of a large network: rooms that say how much they hold, and open one by one.

Entities are grouped by class, or by community where classes do not tell them apart. Every room and every card in
it has its place from the start: opening a room uncovers what lies there, and nothing else moves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import fsum

from kg.maps.geometry import Box, Point, Room
from kg.maps.organic import organic_layout
from kg.maps.scene import Scene
from kg.network import communities

__all__ = ["make_rooms"]

_ROOMS_AT_MOST = 24
_CARDS_AT_MOST = 120
_LARGEST_SHARE = 0.7
_GAP = 14.0
_REST = "everything else"


def make_rooms(scene: Scene) -> list[Room]:
    """Return the rooms of a scene, the largest first."""
    groups = _groups(scene)
    grids = {label: _grid(scene, members[:_CARDS_AT_MOST]) for label, members in groups.items()}
    room_of = {iri: label for label, members in groups.items() for iri in members}
    between = Counter(
        (room_of[line.start], room_of[line.end])
        for line in scene.lines
        if room_of[line.start] != room_of[line.end]
    )
    boxes = [Box(label, width, height) for label, (_, width, height) in grids.items()]
    where = organic_layout(boxes, sorted(between), margin=160.0).places
    rooms = []
    for label, members in groups.items():
        places, width, height = grids[label]
        x, y = where[label]
        moved = {
            iri: (round(x - width / 2 + px, 1), round(y - height / 2 + py, 1)) for iri, (px, py) in places.items()
        }
        family = Counter(scene.cards[iri].family for iri in members).most_common(1)[0][0]
        rooms.append(Room(label, family, members, moved, where[label], width, height))
    return rooms


def _groups(scene: Scene) -> dict[str, list[str]]:
    ranked = scene.details["groups"]
    by_class: dict[str, list[str]] = defaultdict(list)
    for iri in ranked:
        by_class[scene.cards[iri].main_class].append(iri)
    largest = max(map(len, by_class.values()))
    if len(by_class) > 1 and largest <= _LARGEST_SHARE * len(ranked):
        named = {scene.network.label(iri) if iri else "no class": many for iri, many in by_class.items()}
    else:
        place = {iri: number for number, iri in enumerate(ranked)}
        found = [sorted(group, key=place.__getitem__) for group in communities(scene.network)]
        named = {f"around {scene.network.label(group[0])}": group for group in found}
    largest_first = sorted(named.items(), key=lambda item: (-len(item[1]), item[0]))
    groups = dict(largest_first[:_ROOMS_AT_MOST])
    rest = [iri for _, many in largest_first[_ROOMS_AT_MOST:] for iri in many]
    return {**groups, _REST: rest} if rest else groups


def _grid(scene: Scene, members: Sequence[str]) -> tuple[dict[str, Point], float, float]:
    """Set cards into columns, top to bottom; return their places, and width and height of the whole."""
    cards = [scene.cards[iri] for iri in members]
    wide = max(card.width for card in cards) + _GAP
    tall = fsum(card.height + _GAP for card in cards)
    columns = max(1, round((tall * 1.6 / wide) ** 0.5))
    places: dict[str, Point] = {}
    column, y, lowest = 0, _GAP, 0.0
    for number, card in enumerate(cards):
        if number * columns // len(cards) > column:
            column, y = column + 1, _GAP
        places[card.iri] = (_GAP + column * wide + (wide - _GAP) / 2, round(y + card.height / 2, 1))
        y += card.height + _GAP
        lowest = max(lowest, y)
    return places, round(_GAP + (column + 1) * wide, 1), round(lowest, 1)
