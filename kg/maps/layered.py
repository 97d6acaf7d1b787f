"""The layered layout: lanes from left to right, in each an order with few crossings, lines led between the cards.

The method is Sugiyama's (Sugiyama, Tagawa and Toda 1981): lines that pass a lane get a place in it, and lanes are
put in an order with few crossings. Heights then solve, lane by lane, a least squares problem with fixed order,
exactly, by pooling adjacent violators.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import fsum, inf, isinf

from kg.maps.geometry import Band, Box, Layout, Pair, Point
from kg.maps.ordering import MANY, Lanes, mean, order_lanes

__all__ = ["count_crossings", "layered_layout"]

_GAP = 12.0
_WIDE_GAP = 24.0
_LINE = 5.0
_ROUNDS = 24
_NARROW = 30.0
_READ_AT_ONCE = 60
_SMALLEST = 1.12
"""How much wider than its page a picture may be before its labels fall below 12 pixels."""


def layered_layout(
    boxes: Sequence[Box],
    pairs: Iterable[Pair],
    labels: Sequence[str | None] = (),
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
        pairs: which boxes a line joins; a pair that several lines join stands there as often.
        labels: the label of each lane, None for one without a band.
        shape: width and height that the whole should fill, in pixels; it decides when a lane gets two columns.
            Where the width is infinite only the height counts.
        gap: room between two lanes at least.
    """
    if not boxes:
        return Layout({})
    size = {box.id: box for box in boxes}
    joined = Counter(sorted(pair for pair in pairs if pair[0] != pair[1]))
    column, columns = _columns(boxes, joined, shape)
    lanes, chains = _lanes(boxes, column, len(columns), joined)
    order_lanes(lanes)
    lefts, widths = _widths(
        boxes, column, _gaps(lanes, gap), shape[0] * _SMALLEST if len(boxes) <= _READ_AT_ONCE else inf
    )
    _use_height(lanes, 0.0 if isinf(shape[0]) else (lefts[-1] + widths[-1]) * shape[1] / shape[0])
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


def count_crossings(
    boxes: Sequence[Box],
    pairs: Iterable[Pair],
    *,
    shape: tuple[float, float] = (1180.0, 760.0),
    quick: bool = False,
) -> int:
    """Return how many crossings the layered layout would have.

    >>> count_crossings([Box("a", 50, 20, 0), Box("b", 50, 20, 1)], [("a", "b")])
    0

    Args:
        boxes: what to place; ``lane`` says in which lane.
        pairs: which boxes a line joins, a pair as often as there are lines.
        shape: width and height that the whole should fill.
        quick: look for a good order, not for the best.
    """
    joined = Counter(sorted(pair for pair in pairs if pair[0] != pair[1]))
    column, columns = _columns(boxes, joined, shape)
    lanes, _ = _lanes(boxes, column, len(columns), joined)
    order_lanes(lanes, quick=quick)
    return lanes.crossings()


def _across(
    lefts: Sequence[float], widths: Sequence[float], number: int, start: Box, column: Mapping[str, int]
) -> tuple[float, float]:
    """Return where a passing line enters and leaves a lane, in the direction it goes."""
    left, right = lefts[number] - 6, lefts[number] + widths[number] + 6
    return (left, right) if column[start.id] < number else (right, left)


def _columns(
    boxes: Sequence[Box], pairs: Iterable[Pair], shape: tuple[float, float]
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
        if isinf(shape[0]):
            return min(1.0, shape[1] / limit)
        width = fsum(wide[lane] * -(-tall[lane] // limit) for lane in members)
        return min(shape[0] / width, shape[1] / min(limit, max(tall.values())))

    candidates = [height / parts for height in tall.values() for parts in range(1, 8)]
    limit = max((c for c in candidates if c >= max(box.height + _GAP for box in boxes)), key=lambda c: (fit(c), c))
    column: dict[str, int] = {}
    columns: list[int] = []
    for lane in sorted(members):
        many = sorted(members[lane], key=lambda box: (mean(beside[box.id], lane), box.id))
        parts = max(1, round(-(-tall[lane] // (limit + 1))))
        filled = 0.0
        for box in many:
            column[box.id] = len(columns) + min(parts - 1, int((filled + box.height / 2) / (tall[lane] / parts)))
            filled += box.height + _GAP
        columns += [lane] * parts
    return column, columns


def _lanes(
    boxes: Sequence[Box], column: Mapping[str, int], count: int, pairs: Mapping[Pair, int]
) -> tuple[Lanes, dict[Pair, list[str]]]:
    lanes = Lanes([[] for _ in range(count)], {}, defaultdict(list), defaultdict(list), {}, defaultdict(list))
    for box in sorted(boxes, key=lambda box: box.id):
        lanes.order[column[box.id]].append(box.id)
        lanes.height[box.id] = box.height + _GAP
        lanes.number[box.id] = column[box.id]
    passing = sum(max(0, abs(column[a] - column[b]) - 1) for a, b in pairs)
    chains: dict[Pair, list[str]] = {}
    for (a, b), lines in pairs.items():
        if column[a] == column[b]:
            lanes.arcs[column[a]].append((a, b))
            continue
        start, end = (a, b) if column[a] < column[b] else (b, a)
        between = range(column[start] + 1, column[end]) if len(boxes) + passing <= MANY else range(0)
        chain = [f"\0{start}\0{end}\0{lane}" for lane in between]
        for item, lane in zip(chain, between, strict=True):
            if item not in lanes.number:
                lanes.order[lane].append(item)
                lanes.height[item] = 0.0
                lanes.number[item] = lane
            lanes.height[item] += _LINE * lines
        for one, next_ in zip([start, *chain], [*chain, end], strict=True):
            lanes.after[one] += [next_] * lines
            lanes.before[next_] += [one] * lines
        if chain:
            chains[(a, b)] = chain if start == a else chain[::-1]
    return lanes, chains


def _gaps(lanes: Lanes, least: float) -> list[float]:
    """Return the room after each lane: more where more lines pass."""
    lines = [sum(len(lanes.after[item]) for item in lane) for lane in lanes.order]
    return [max(least, min(96.0, 36 + 1.4 * count)) for count in lines]


def _widths(
    boxes: Sequence[Box], column: Mapping[str, int], gaps: Sequence[float], most: float
) -> tuple[list[float], list[float]]:
    """Return where lanes begin and how wide they are; they draw together where the whole would pass the most."""
    widths = [max((box.width for box in boxes if column[box.id] == n), default=0.0) for n in range(len(gaps))]
    inner = gaps[:-1]
    spare = fsum(widths) + fsum(inner) - most
    slack = fsum(max(0.0, gap - _NARROW) for gap in inner)
    share = min(1.0, max(0.0, spare / slack)) if slack else 0.0
    gaps = [gap - share * max(0.0, gap - _NARROW) for gap in gaps]
    lefts = [0.0]
    for width, gap in zip(widths, gaps, strict=True):
        lefts.append(lefts[-1] + width + gap)
    return lefts[:-1], widths


def _bands(
    columns: Sequence[int], labels: Sequence[str | None], lefts: Sequence[float], widths: Sequence[float]
) -> list[Band]:
    bands = []
    for lane in dict.fromkeys(columns):
        numbers = [number for number, of in enumerate(columns) if of == lane]
        label = labels[lane] if lane < len(labels) else ""
        if label is None:
            continue
        bands.append(Band(label, lefts[numbers[0]], round(lefts[numbers[-1]] + widths[numbers[-1]], 1)))
    return bands


def _use_height(lanes: Lanes, wanted: float) -> None:
    """Set cards farther apart where the picture would otherwise be flatter than the page."""
    tall = max(fsum(lanes.height[item] for item in lane) for lane in lanes.order)
    cards = max(sum(not item.startswith("\0") for item in lane) for lane in lanes.order)
    more = min(_WIDE_GAP - _GAP, max(0.0, (wanted - tall) / max(1, cards)))
    for lane in lanes.order:
        for item in lane:
            lanes.height[item] += more if not item.startswith("\0") else more / 4


def _heights(lanes: Lanes) -> dict[str, float]:
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
            wanted = [mean([place[o] for o in (*lanes.before[i], *lanes.after[i])], place[i]) for i in lane]
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
