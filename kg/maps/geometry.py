"""What layouts work on and what they give: boxes to place, lines to lead between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = ["Band", "Box", "Layout", "Pair", "Point", "Room", "overlapping"]

Point: TypeAlias = "tuple[float, float]"
Pair: TypeAlias = "tuple[str, str]"


@dataclass(frozen=True, slots=True)
class Box:
    """An entity's card: its size in pixels, and the lane it belongs to."""

    id: str
    width: float
    height: float
    lane: int = 0


@dataclass(frozen=True, slots=True)
class Band:
    """A lane as it is drawn: its label and where it begins and ends."""

    label: str
    left: float
    right: float


@dataclass(frozen=True)
class Layout:
    """Where everything stands.

    Attributes:
        places: the centre of each box.
        ways: points a line passes on its way from the first box of a pair to the second; pairs that are
            missing go straight.
        bands: the lanes, from left to right.
    """

    places: Mapping[str, Point]
    ways: Mapping[Pair, Sequence[Point]] = field(default_factory=dict)
    bands: Sequence[Band] = ()


@dataclass(frozen=True)
class Room:
    """A group of entities as the grouped overview draws it.

    Attributes:
        family: number of its colour.
        all: the entities of the group, the best connected first.
        places: where the cards stand that the room shows when it is open.
        centre: the middle of the room; its width and height are in pixels.
    """

    label: str
    family: int
    all: Sequence[str]
    places: Mapping[str, Point]
    centre: Point
    width: float
    height: float


def overlapping(boxes: Sequence[Box], places: Mapping[str, Point], margin: float = 0.0) -> list[Pair]:
    """Return the pairs of boxes that overlap, or come nearer to each other than the margin.

    >>> overlapping([Box("a", 10, 10), Box("b", 10, 10)], {"a": (0, 0), "b": (9, 0)})
    [('a', 'b')]
    """
    found = []
    ordered = sorted(boxes, key=lambda box: places[box.id][0] - box.width / 2)
    for number, one in enumerate(ordered):
        x, y = places[one.id]
        for other in ordered[number + 1 :]:
            x2, y2 = places[other.id]
            if x2 - other.width / 2 >= x + one.width / 2 + margin:
                break
            if abs(y - y2) < (one.height + other.height) / 2 + margin:
                found.append((one.id, other.id))
    return found
