"""The order of what stands in lanes, with few crossings: sweeps by barycentres, then single items are sifted.

The method is Sugiyama's (Sugiyama, Tagawa and Toda 1981) with Rudell's sifting (1993), from several beginnings.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from zlib import crc32

from kg.maps.geometry import Pair

__all__ = ["FEW", "MANY", "SEVERAL", "Lanes", "mean", "order_lanes"]

FEW = 260
"""Up to so many things in the lanes, orders are tried from many beginnings."""
SEVERAL = 350
"""Up to so many, from a few."""
MANY = 700
"""Above so many, lines get no places of their own and sweeps are few."""

_SWEEPS = 14
_SIFTS = 4
_REACH = 16
_ARCS_AT_MOST = 12
_BEGINNINGS = (12, 4, 1)
"""How many beginnings are tried: of few things, of several, of more."""


@dataclass
class Lanes:
    """The lanes while they are put in order: for each its items, boxes and passing lines, from top to bottom."""

    order: list[list[str]]
    height: dict[str, float]
    before: dict[str, list[str]]
    after: dict[str, list[str]]
    number: dict[str, int]
    arcs: dict[int, list[Pair]]

    def crossings(self) -> int:
        """Return how many crossings the present order has."""
        return sum(self._crossings_after(left) + self.arc_crossings(left) for left in range(len(self.order)))

    def side(self, arc: Pair) -> tuple[int, bool]:
        """Return how many lines an arc within a lane crosses, and whether on its left side there are fewer."""
        lane = self.order[self.number[arc[0]]]
        first, last = sorted((lane.index(arc[0]), lane.index(arc[1])))
        left = right = 0
        for item in lane[first + 1 : last]:
            left += len(self.before[item])
            right += len(self.after[item])
        return min(left, right), left < right

    def arc_crossings(self, lane: int) -> int:
        """Count what the arcs within a lane cross; where there are very many, their order is left alone."""
        arcs = self.arcs.get(lane, ())
        if not 0 < len(arcs) <= _ARCS_AT_MOST:
            return 0
        place = {item: number for number, item in enumerate(self.order[lane])}
        spans = [(*sorted((place[a], place[b])), *self.side((a, b))) for a, b in arcs]
        return sum(cost for *_, cost, _ in spans) + sum(
            left == other_left and (first < start < last < end or start < first < end < last)
            for number, (first, last, _, left) in enumerate(spans)
            for start, end, _, other_left in spans[:number]
        )

    def _crossings_after(self, left: int) -> int:
        if not 0 <= left < len(self.order) - 1:
            return 0
        place = {item: number for number, item in enumerate(self.order[left + 1])}
        seen: list[int] = []
        found = 0
        for item in self.order[left]:
            ends = [place[other] for other in self.after[item] if other in place]
            for end in ends:
                found += len(seen) - bisect_right(seen, end)
            for end in ends:
                insort(seen, end)
        return found

    def sweep(self, *, forward: bool) -> None:
        """Put each lane into the order of its neighbours' barycentres, lane after lane."""
        lanes = range(1, len(self.order)) if forward else range(len(self.order) - 2, -1, -1)
        beside = self.before if forward else self.after
        for lane in lanes:
            neighbour = self.order[lane - 1 if forward else lane + 1]
            place = {item: number / max(1, len(neighbour)) for number, item in enumerate(neighbour)}
            own = {item: number / max(1, len(self.order[lane])) for number, item in enumerate(self.order[lane])}
            centre = {item: mean([place[o] for o in beside[item] if o in place], own[item]) for item in own}
            self.order[lane].sort(key=lambda item: (centre[item], own[item]))


def order_lanes(lanes: Lanes, *, quick: bool = False) -> None:
    """Sweep and sift from several beginnings and keep the order with the fewest crossings.

    Args:
        lanes: what to put in order.
        quick: sweep only, from the first beginning.
    """
    if quick:
        _sweeps(lanes, _SWEEPS // 2)
        return
    items = sum(map(len, lanes.order))
    begin = [sorted(lane) for lane in lanes.order]
    best: tuple[int, list[list[str]]] | None = None
    for number in range(_BEGINNINGS[(items > FEW) + (items > SEVERAL)]):
        lanes.order = [sorted(lane, key=lambda item: (_shuffled(item, number), item)) for lane in begin]
        found = _sweeps(lanes, _SWEEPS if items <= MANY else 4)
        if items <= MANY:
            found = _sift(lanes, found, rounds=_SIFTS if items <= SEVERAL else 2)
        if best is None or found < best[0]:
            best = (found, [list(lane) for lane in lanes.order])
    if best is not None:
        lanes.order = best[1]


def _shuffled(item: str, number: int) -> int:
    """Return a key for another beginning: a shuffle that is the same on every machine."""
    return crc32(f"{number}{item}".encode()) if number else 0


def _sweeps(lanes: Lanes, count: int) -> int:
    best, kept = lanes.crossings(), [list(lane) for lane in lanes.order]
    for number in range(count):
        lanes.sweep(forward=number % 2 == 0)
        found = lanes.crossings()
        if found < best:
            best, kept = found, [list(lane) for lane in lanes.order]
    lanes.order = kept
    return best


def _sift(lanes: Lanes, best: int, *, rounds: int) -> int:
    """Move single items to where they cause the fewest crossings, as long as that helps (Rudell's sifting)."""
    busiest = sorted(lanes.number, key=lambda i: (-len(lanes.before[i]) - len(lanes.after[i]), i))
    ends = _Ends(lanes)
    for _ in range(rounds):
        for item in busiest:
            _sift_one(lanes, item, ends)
        found = lanes.crossings()
        if found >= best:
            break
        best = found
    return lanes.crossings()


class _Ends:
    """Where the lines of items end in the lanes beside theirs, kept until something moves there."""

    def __init__(self, lanes: Lanes) -> None:
        self._number = lanes.number
        self._beside = {
            item: [
                [o for o in beside[item] if abs(lanes.number[o] - number) == 1]
                for beside in (lanes.before, lanes.after)
            ]
            for item, number in lanes.number.items()
        }
        self._place = {item: place for lane in lanes.order for place, item in enumerate(lane)}
        self._moves = [0] * (len(lanes.order) + 2)
        self._known: dict[str, tuple[int, int, list[list[int]]]] = {}

    def of(self, item: str) -> list[list[int]]:
        """Return the places of what an item is joined to before it and after it, in order."""
        number = self._number[item]
        before, after = self._moves[number - 1], self._moves[number + 1]
        known = self._known.get(item)
        if known is None or known[0] != before or known[1] != after:
            found = [sorted([self._place[o] for o in others]) for others in self._beside[item]]
            known = self._known[item] = (before, after, found)
        return known[2]

    def moved(self, lane: Sequence[str]) -> None:
        """Take note of a lane's new order."""
        self._place.update(zip(lane, range(len(lane)), strict=True))
        self._moves[self._number[lane[0]]] += 1


def _sift_one(lanes: Lanes, item: str, ends: _Ends) -> None:
    """Carry one item past its neighbours, up and down, and leave it where the count was lowest."""
    number = lanes.number[item]
    lane = lanes.order[number]
    here = lane.index(item)
    best = (0, here)
    own = ends.of(item)
    for step in (-1, 1):
        now, arcs = 0, lanes.arc_crossings(number)
        for there in range(here + step, here + step * (_REACH + 1), step):
            if not 0 <= there < len(lane):
                break
            other = lane[there]
            lane[there], lane[there - step] = item, other
            upper, lower = (own, ends.of(other)) if step < 0 else (ends.of(other), own)
            now += _inversions(upper, lower) - _inversions(lower, upper)
            cost = now + (lanes.arc_crossings(number) - arcs if arcs else 0)
            if cost < best[0]:
                best = (cost, there)
        lane.remove(item)
        lane.insert(here, item)
    if best[1] != here:
        lane.remove(item)
        lane.insert(best[1], item)
        ends.moved(lane)


def _inversions(upper: Sequence[Sequence[int]], lower: Sequence[Sequence[int]]) -> int:
    """Count the crossings between the lines of two neighbours, the first of them above."""
    found = 0
    for one, other in zip(upper, lower, strict=True):
        if one and other:
            found += len(one) * len(other)
            for end in other:
                found -= bisect_right(one, end)
    return found


def mean(values: Sequence[float], otherwise: float) -> float:
    """Return the mean of values, summed exactly: a map is the same on every version of Python."""
    return fsum(values) / len(values) if values else otherwise
