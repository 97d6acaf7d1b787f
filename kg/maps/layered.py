"""The layered layout: lanes from left to right, in each an order with few crossings, lines led between the cards.

The method is Sugiyama's (Sugiyama, Tagawa and Toda 1981): lines that pass a lane get a place in it, lanes are
ordered by the barycentres of their neighbours, sweep after sweep, and the best order wins. Heights then solve,
lane by lane, a least squares problem with fixed order, exactly, by pooling adjacent violators.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from zlib import crc32

from kg.maps.geometry import Band, Box, Layout, Pair, Point

__all__ = ["layered_layout"]

_GAP = 12.0
_WIDE_GAP = 24.0
_LINE = 5.0
_SWEEPS = 14
_ROUNDS = 24
_SIFTS = 4
_FEW = 260
_BEGINNINGS = 8
_REACH = 16
_ARCS_AT_MOST = 12
_MANY = 700
"""Above this many things in the lanes, lines get no places of their own and sweeps are few."""


@dataclass
class _Lanes:
    """The lanes while they are put in order: for each its items, boxes and passing lines, from top to bottom."""

    order: list[list[str]]
    height: dict[str, float]
    before: dict[str, list[str]]
    after: dict[str, list[str]]
    number: dict[str, int]
    arcs: dict[int, list[Pair]]

    def crossings(self) -> int:
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
        return sum(self.side(arc)[0] for arc in arcs) if len(arcs) <= _ARCS_AT_MOST else 0

    def _crossings_after(self, left: int) -> int:
        if not 0 <= left < len(self.order) - 1:
            return 0
        place = {item: number for number, item in enumerate(self.order[left + 1])}
        seen: list[int] = []
        found = 0
        for item in self.order[left]:
            ends = sorted(place[other] for other in self.after[item] if other in place)
            found += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
        return found

    def sweep(self, *, forward: bool) -> None:
        lanes = range(1, len(self.order)) if forward else range(len(self.order) - 2, -1, -1)
        beside = self.before if forward else self.after
        for lane in lanes:
            neighbour = self.order[lane - 1 if forward else lane + 1]
            place = {item: number / max(1, len(neighbour)) for number, item in enumerate(neighbour)}
            own = {item: number / max(1, len(self.order[lane])) for number, item in enumerate(self.order[lane])}
            centre = {item: _mean([place[o] for o in beside[item] if o in place], own[item]) for item in own}
            self.order[lane].sort(key=lambda item: (centre[item], own[item]))


def layered_layout(
    boxes: Sequence[Box],
    pairs: Iterable[Pair],
    labels: Sequence[str] = (),
    *,
    shape: tuple[float, float] = (1180.0, 760.0),
    gap: float = 46.0,
) -> Layout:
    """Return the boxes in lanes, with the ways of the lines that pass a lane.

    >>> layout = layered_layout([Box("a", 50, 20, 0), Box("b", 50, 20, 1)], [("a", "b")])
    >>> layout.places["a"][0] < layout.places["b"][0]
    True

    Args:
        boxes: what to place; ``lane`` says in which lane.
        pairs: which boxes a line joins.
        labels: the label of each lane.
        shape: width and height that the whole should fill, in pixels; it decides when a lane gets two columns.
        gap: room between two lanes at least.
    """
    if not boxes:
        return Layout({})
    size = {box.id: box for box in boxes}
    joined = sorted({pair for pair in pairs if pair[0] != pair[1]})
    column, columns = _columns(boxes, joined, shape)
    lanes, chains = _lanes(boxes, column, len(columns), joined)
    _order(lanes)
    lefts, widths = _widths(boxes, column, _gaps(lanes, gap))
    _use_height(lanes, (lefts[-1] + widths[-1]) * shape[1] / shape[0])
    heights = _heights(lanes)
    places: dict[str, Point] = {
        box.id: (round(lefts[column[box.id]] + widths[column[box.id]] / 2, 1), round(heights[box.id], 1))
        for box in boxes
    }
    ways = {
        pair: [
            (round(x, 1), round(heights[item], 1))
            for item in chain
            for x in _across(lefts, widths, lanes.number[item], size[pair[0]], column)
        ]
        for pair, chain in chains.items()
    }
    for number, arcs in lanes.arcs.items():
        for arc in arcs:
            if lanes.side(arc)[1]:
                ways[arc] = [(round(lefts[number], 1), round((heights[arc[0]] + heights[arc[1]]) / 2, 1))]
    return Layout(places, ways, _bands(columns, labels, lefts, widths))


def _across(
    lefts: Sequence[float], widths: Sequence[float], number: int, start: Box, column: Mapping[str, int]
) -> tuple[float, float]:
    """Return where a passing line enters and leaves a lane, in the direction it goes."""
    left, right = lefts[number] - 6, lefts[number] + widths[number] + 6
    return (left, right) if column[start.id] < number else (right, left)


def _columns(
    boxes: Sequence[Box], pairs: Sequence[Pair], shape: tuple[float, float]
) -> tuple[dict[str, int], list[int]]:
    """Return the column of each box and the lane of each column: a tall lane takes several columns."""
    members: dict[int, list[Box]] = defaultdict(list)
    for box in boxes:
        members[box.lane].append(box)
    lane_of = {box.id: box.lane for box in boxes}
    beside: dict[str, list[int]] = defaultdict(list)
    for a, b in pairs:
        beside[a].append(lane_of[b])
        beside[b].append(lane_of[a])
    tall = {lane: fsum(box.height + _GAP for box in many) for lane, many in members.items()}
    wide = {lane: max(box.width for box in many) + 70 for lane, many in members.items()}

    def fit(limit: float) -> float:
        width = fsum(wide[lane] * -(-tall[lane] // limit) for lane in members)
        return min(shape[0] / width, shape[1] / min(limit, max(tall.values())))

    candidates = [height / parts for height in tall.values() for parts in range(1, 8)]
    limit = max((c for c in candidates if c >= max(box.height + _GAP for box in boxes)), key=lambda c: (fit(c), c))
    column: dict[str, int] = {}
    columns: list[int] = []
    for lane in sorted(members):
        many = sorted(members[lane], key=lambda box: (_mean(beside[box.id], lane), box.id))
        parts = max(1, round(-(-tall[lane] // (limit + 1))))
        filled = 0.0
        for box in many:
            column[box.id] = len(columns) + min(parts - 1, int(filled / (tall[lane] / parts)))
            filled += box.height + _GAP
        columns += [lane] * parts
    return column, columns


def _lanes(
    boxes: Sequence[Box], column: Mapping[str, int], count: int, pairs: Sequence[Pair]
) -> tuple[_Lanes, dict[Pair, list[str]]]:
    lanes = _Lanes([[] for _ in range(count)], {}, defaultdict(list), defaultdict(list), {}, defaultdict(list))
    for box in sorted(boxes, key=lambda box: box.id):
        lanes.order[column[box.id]].append(box.id)
        lanes.height[box.id] = box.height + _GAP
        lanes.number[box.id] = column[box.id]
    passing = sum(max(0, abs(column[a] - column[b]) - 1) for a, b in pairs)
    chains: dict[Pair, list[str]] = {}
    for a, b in pairs:
        if column[a] == column[b]:
            lanes.arcs[column[a]].append((a, b))
            continue
        start, end = (a, b) if column[a] < column[b] else (b, a)
        between = range(column[start] + 1, column[end]) if len(boxes) + passing <= _MANY else range(0)
        chain = [f"\0{start}\0{end}\0{lane}" for lane in between]
        for item, lane in zip(chain, between, strict=True):
            if item not in lanes.number:
                lanes.order[lane].append(item)
                lanes.height[item] = _LINE
                lanes.number[item] = lane
        for one, next_ in zip([start, *chain], [*chain, end], strict=True):
            if next_ not in lanes.after[one]:
                lanes.after[one].append(next_)
                lanes.before[next_].append(one)
        if chain:
            chains[(a, b)] = chain if start == a else chain[::-1]
    return lanes, chains


def _order(lanes: _Lanes) -> None:
    """Sweep and sift from several beginnings and keep the order with the fewest crossings."""
    items = sum(map(len, lanes.order))
    begin = [sorted(lane) for lane in lanes.order]
    best: tuple[int, list[list[str]]] | None = None
    for number in range(_BEGINNINGS if items <= _FEW else 1):
        lanes.order = [sorted(lane, key=lambda item: (_shuffled(item, number), item)) for lane in begin]
        found = _sweeps(lanes, _SWEEPS if items <= _MANY else 4)
        if items <= _MANY:
            found = _sift(lanes, found, rounds=_SIFTS if items <= _FEW else 2)
        if best is None or found < best[0]:
            best = (found, [list(lane) for lane in lanes.order])
    if best is not None:
        lanes.order = best[1]


def _shuffled(item: str, number: int) -> int:
    """Return a key for another beginning: a shuffle that is the same on every machine."""
    return crc32(f"{number}{item}".encode()) if number else 0


def _sweeps(lanes: _Lanes, count: int) -> int:
    best, kept = lanes.crossings(), [list(lane) for lane in lanes.order]
    for number in range(count):
        lanes.sweep(forward=number % 2 == 0)
        found = lanes.crossings()
        if found < best:
            best, kept = found, [list(lane) for lane in lanes.order]
    lanes.order = kept
    return best


def _sift(lanes: _Lanes, best: int, *, rounds: int) -> int:
    """Move single items to where they cause the fewest crossings, as long as that helps (Rudell's sifting)."""
    busiest = sorted(lanes.number, key=lambda i: (-len(lanes.before[i]) - len(lanes.after[i]), i))
    for _ in range(rounds):
        for item in busiest:
            _sift_one(lanes, item)
        found = lanes.crossings()
        if found >= best:
            break
        best = found
    return lanes.crossings()


def _sift_one(lanes: _Lanes, item: str) -> None:
    """Carry one item past its neighbours, up and down, and leave it where the count was lowest."""
    number = lanes.number[item]
    lane = lanes.order[number]
    place = {
        other: n
        for side in (number - 1, number + 1)
        if 0 <= side < len(lanes.order)
        for n, other in enumerate(lanes.order[side])
    }
    ends = {
        other: [sorted(place[o] for o in beside[other] if o in place) for beside in (lanes.before, lanes.after)]
        for other in lane[max(0, lane.index(item) - _REACH) : lane.index(item) + _REACH + 1]
    }
    here = lane.index(item)
    best = (0, here)
    for step in (-1, 1):
        del lane[lane.index(item)]
        lane.insert(here, item)
        now, arcs = 0, lanes.arc_crossings(number)
        for there in range(here + step, here + step * (_REACH + 1), step):
            if not 0 <= there < len(lane):
                break
            other = lane[there]
            lane[there], lane[there - step] = item, other
            upper, lower = (item, other) if step < 0 else (other, item)
            now += _inversions(ends[upper], ends[lower]) - _inversions(ends[lower], ends[upper])
            cost = now + (lanes.arc_crossings(number) - arcs if arcs else 0)
            if cost < best[0]:
                best = (cost, there)
    del lane[lane.index(item)]
    lane.insert(best[1], item)


def _inversions(upper: Sequence[Sequence[int]], lower: Sequence[Sequence[int]]) -> int:
    """Count the crossings between the lines of two neighbours, the first of them above."""
    return sum(
        len(one) - bisect_right(one, end) for one, other in zip(upper, lower, strict=True) if one for end in other
    )


def _gaps(lanes: _Lanes, least: float) -> list[float]:
    """Return the room after each lane: more where more lines pass."""
    lines = [sum(len(lanes.after[item]) for item in lane) for lane in lanes.order]
    return [max(least, min(96.0, 36 + 1.4 * count)) for count in lines]


def _widths(
    boxes: Sequence[Box], column: Mapping[str, int], gaps: Sequence[float]
) -> tuple[list[float], list[float]]:
    widths = [max((box.width for box in boxes if column[box.id] == n), default=0.0) for n in range(len(gaps))]
    lefts = [0.0]
    for width, gap in zip(widths, gaps, strict=True):
        lefts.append(lefts[-1] + width + gap)
    return lefts[:-1], widths


def _bands(
    columns: Sequence[int], labels: Sequence[str], lefts: Sequence[float], widths: Sequence[float]
) -> list[Band]:
    bands = []
    for lane in dict.fromkeys(columns):
        numbers = [number for number, of in enumerate(columns) if of == lane]
        label = labels[lane] if lane < len(labels) else ""
        bands.append(Band(label, lefts[numbers[0]], round(lefts[numbers[-1]] + widths[numbers[-1]], 1)))
    return bands


def _use_height(lanes: _Lanes, wanted: float) -> None:
    """Set cards farther apart where the picture would otherwise be flatter than the page."""
    tall = max(fsum(lanes.height[item] for item in lane) for lane in lanes.order)
    cards = max(sum(not item.startswith("\0") for item in lane) for lane in lanes.order)
    more = min(_WIDE_GAP - _GAP, max(0.0, (wanted - tall) / max(1, cards)))
    for lane in lanes.order:
        for item in lane:
            lanes.height[item] += more if not item.startswith("\0") else more / 4


def _heights(lanes: _Lanes) -> dict[str, float]:
    """Return the height of each item: as near to its neighbours as order and room allow."""
    whole = max(fsum(lanes.height[item] for item in lane) for lane in lanes.order)
    place: dict[str, float] = {}
    for lane in lanes.order:
        top = (whole - fsum(lanes.height[item] for item in lane)) / 2
        for item in lane:
            place[item] = top + lanes.height[item] / 2
            top += lanes.height[item]
    numbers = range(len(lanes.order))
    for number in range(_ROUNDS):
        for lane_number in numbers if number % 2 == 0 else reversed(numbers):
            lane = lanes.order[lane_number]
            wanted = [_mean([place[o] for o in (*lanes.before[i], *lanes.after[i])], place[i]) for i in lane]
            weights = [4.0 if item.startswith("\0") else 1.0 for item in lane]
            place.update(zip(lane, _settle(wanted, [lanes.height[i] for i in lane], weights, whole), strict=True))
    return place


def _settle(
    wanted: Sequence[float], heights: Sequence[float], weights: Sequence[float], whole: float
) -> list[float]:
    """Return the places nearest to those wanted that keep the order and the heights, within 0 and ``whole``."""
    offsets, total = [], 0.0
    for height in heights:
        offsets.append(total + height / 2)
        total += height
    blocks: list[tuple[float, float, int]] = []
    for want, offset, weight in zip(wanted, offsets, weights, strict=True):
        mean, mass, count = want - offset, weight, 1
        while blocks and blocks[-1][0] > mean:
            last, last_mass, last_count = blocks.pop()
            mean = (mean * mass + last * last_mass) / (mass + last_mass)
            mass, count = mass + last_mass, count + last_count
        blocks.append((mean, mass, count))
    starts = [min(max(mean, 0.0), whole - total) for mean, _, count in blocks for _ in range(count)]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]


def _mean(values: Sequence[float], otherwise: float) -> float:
    # the exact sum: the built-in one rounds otherwise from Python 3.12 on, and a map is the same everywhere
    return fsum(values) / len(values) if values else otherwise
