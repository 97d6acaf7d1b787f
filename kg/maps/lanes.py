"""Which lane an entity stands in, where the style's own lanes would make lines cross.

Two ways to spare crossings: what is only said of something stands beside it, between the lanes of the domain; and
a map of a part may have the domain's lanes in another order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from kg.maps.geometry import Box, Pair
from kg.maps.layered import count_crossings

__all__ = ["Lanes", "beside_their_owners", "in_best_order"]

Lanes: TypeAlias = "tuple[Sequence[str | None], Mapping[str, int]]"
"""The labels of lanes, None for one without a band, and the lane of each entity."""

_ROUNDS = 6
_SAME = 1.2
_FULL = 1e-3
_MOVES_TRIED = 6


def beside_their_owners(boxes: Sequence[Box], pairs: Iterable[Pair], key: Collection[str], lanes: Lanes) -> Lanes:
    """Return lanes with others between them, where everything that is not key stands next to what it belongs to.

    Each takes the place from which its lines pass the fewest lanes; among equals the emptiest.

    >>> boxes = [Box("owner", 50, 20, 1), Box("feature", 50, 20, 0)]
    >>> beside_their_owners(boxes, [("owner", "feature")], {"owner"}, (["a", "b"], {"owner": 1, "feature": 0}))
    ([None, 'b', None], {'owner': 1, 'feature': 0})

    Args:
        boxes: what is to be placed.
        pairs: which of them are joined.
        key: those that keep their lane.
        lanes: the lanes of the style.
    """
    labels, lane = lanes
    used = sorted({lane.get(box.id, 0) for box in boxes if box.id in key})
    place = {box.id: 2 * used.index(lane.get(box.id, 0)) + 1 for box in boxes if box.id in key}
    beside: dict[str, list[str]] = defaultdict(list)
    for a, b in pairs:
        if a != b:
            beside[a].append(b)
            beside[b].append(a)
    height = {box.id: box.height for box in boxes}
    filled: Counter[int] = Counter()
    slots = range(0, 2 * len(used) + 1, 2)

    def cost(iri: str, slot: int) -> float:
        apart = (abs(place[other] - slot) for other in beside[iri] if other in place)
        return sum(far - 1 if far else _SAME for far in apart) + _FULL * filled[slot]

    outer = [iri for iri in _outward(sorted(place), beside, sorted(height)) if iri not in key]
    for _ in range(_ROUNDS):
        for iri in outer:
            if iri in place:
                filled[place[iri]] -= round(height[iri])
            place[iri] = min(slots, key=lambda slot: (cost(iri, slot), slot))
            filled[place[iri]] += round(height[iri])
    between: list[str | None] = [None]
    for number in used:
        between += [labels[number] if number < len(labels) else "", None]
    return between, place


def _outward(
    start: Sequence[str], beside: Mapping[str, Sequence[str]], everything: Sequence[str]
) -> Iterator[str]:
    """Yield everything, the nearest to the start first; what is not joined to it comes last."""
    found = dict.fromkeys(start)
    frontier = list(start)
    while frontier:
        frontier = list(
            dict.fromkeys(o for iri in frontier for o in sorted(beside.get(iri, ())) if o not in found)
        )
        found.update(dict.fromkeys(frontier))
    yield from found
    yield from (iri for iri in everything if iri not in found)


def in_best_order(boxes: Sequence[Box], pairs: Sequence[Pair], lanes: Lanes) -> Lanes:
    """Return the lanes in the order in which lines cross least; the order given where no other is better.

    Lanes are moved one at a time, as long as that spares crossings.

    >>> in_best_order([Box("a", 50, 20, 0), Box("b", 50, 20, 1)], [("a", "b")], (["x", "y"], {"a": 0, "b": 1}))[0]
    ['x', 'y']

    Args:
        boxes: what is to be placed.
        pairs: which of them are joined, a pair as often as there are lines.
        lanes: the lanes, in the order that is to be bettered.
    """
    labels, lane = lanes
    order = sorted({lane.get(box.id, 0) for box in boxes})

    def crossings(tried: Sequence[int], *, quick: bool) -> int:
        moved = [Box(b.id, b.width, b.height, tried.index(lane.get(b.id, 0))) for b in boxes]
        return count_crossings(moved, pairs, quick=quick)

    fewest = crossings(order, quick=False)
    while fewest:
        moves = sorted(_moves(order), key=lambda tried: crossings(tried, quick=True))[:_MOVES_TRIED]
        found = [(crossings(tried, quick=False), tried) for tried in moves]
        least, best = min(found, key=lambda pair: pair[0], default=(fewest, order))
        if least >= fewest:
            break
        fewest, order = least, best
    names = [labels[number] if number < len(labels) else "" for number in order]
    return names, {box.id: order.index(lane.get(box.id, 0)) for box in boxes}


def _moves(order: Sequence[int]) -> Iterator[list[int]]:
    """Yield the order with one lane elsewhere, near places first."""
    places = [(a, b) for a in range(len(order)) for b in range(len(order)) if a != b]
    for a, b in sorted(places, key=lambda pair: abs(pair[0] - pair[1])):
        tried = [*order[:a], *order[a + 1 :]]
        tried.insert(b, order[a])
        yield tried
