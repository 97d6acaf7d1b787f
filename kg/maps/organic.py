"""The organic layout: entities that belong together lie together, and no card lies on another.

Small networks are laid out by stress majorisation (Gansner, Koren and North 2004): distances on the page follow
distances in the network. Large ones by rustworkx's force directed layout. Overlaps are then pushed apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from kg.maps.geometry import Box, Layout, Pair

if TYPE_CHECKING:
    import numpy

    Floats: TypeAlias = "numpy.ndarray[Any, numpy.dtype[numpy.float64]]"

__all__ = ["organic_layout"]

_SMALL = 600
_FEW = 200
_ROOMY = 60
_CROWDED = 1.5
_SEED = 20260327


def organic_layout(
    boxes: Sequence[Box], pairs: Iterable[Pair], *, aspect: float = 1.5, margin: float = 14.0
) -> Layout:
    """Return the boxes placed by who is joined to whom.

    >>> sorted(organic_layout([Box("a", 40, 20), Box("b", 40, 20)], [("a", "b")]).places)
    ['a', 'b']

    Args:
        boxes: what to place.
        pairs: which boxes a line joins.
        aspect: width of the whole over its height.
        margin: room around each box, in pixels.
    """
    import numpy as np

    if not boxes:
        return Layout({})
    number = {box.id: index for index, box in enumerate(boxes)}
    edges = sorted({(min(number[a], number[b]), max(number[a], number[b])) for a, b in pairs if a != b})
    size = np.array([[box.width + margin, box.height + margin] for box in boxes])
    places = _stress(len(boxes), edges) if len(boxes) <= _SMALL else _forces(len(boxes), edges)
    places = _turned(places, aspect)
    room = float(np.sqrt(np.prod(size, axis=1).mean()))
    places *= room * 1.15
    places[:, 0] *= float(size[:, 0].mean() / size[:, 1].mean()) ** (0.3 if len(boxes) <= _ROOMY else 0.55)
    places = _apart(places, size)
    places -= places.min(axis=0)
    rounded = np.round(places, 1) + 0.0
    return Layout(
        {
            box.id: (float(rounded[i, 0]), float(rounded[i, 1]))
            for box, i in zip(boxes, number.values(), strict=True)
        }
    )


def _distances(count: int, edges: Sequence[tuple[int, int]]) -> Floats:
    import numpy as np
    import rustworkx

    graph = rustworkx.PyGraph[None, None](multigraph=False)
    graph.add_nodes_from([None] * count)
    graph.add_edges_from_no_data(list(edges))
    found: Floats = rustworkx.graph_distance_matrix(graph, null_value=0.0)
    reach = found.max() if count > 1 else 0.0
    apart = found == 0
    np.fill_diagonal(apart, val=False)
    found[apart] = max(2.0, min(reach, 4.0) + 0.5)
    return found


def _stress(count: int, edges: Sequence[tuple[int, int]]) -> Floats:
    """Minimise the stress between distances on the page and in the network, from a circle."""
    import numpy as np

    if count == 1:
        return np.zeros((1, 2))
    distance = _distances(count, edges)
    degree = np.bincount(np.array(edges, dtype=int).ravel(), minlength=count) if edges else np.zeros(count)
    hub = np.sqrt(1 + np.minimum(degree[:, None], degree[None, :]) / 6)
    distance = distance * hub
    weights = np.zeros_like(distance)
    np.divide(1.0, distance**2, out=weights, where=distance > 0)
    turn = np.arange(count) * 2.399963229728653
    places = np.stack([np.cos(turn), np.sin(turn)], axis=1) * np.sqrt(np.arange(count) + 1)[:, None]
    pulls, total = weights * distance, weights.sum(axis=1)
    for _ in range(120 if count <= _FEW else 45):
        x, y = places[:, 0], places[:, 1]
        dx, dy = x[:, None] - x[None, :], y[:, None] - y[None, :]
        length = np.sqrt(dx * dx + dy * dy)
        pull = np.zeros_like(length)
        np.divide(pulls, length, out=pull, where=length > 1e-9)
        moved = weights @ places
        moved[:, 0] += (pull * dx).sum(axis=1)
        moved[:, 1] += (pull * dy).sum(axis=1)
        moved /= total[:, None]
        if np.abs(moved - places).max() < 1e-3:
            break
        places = moved
    return places


def _forces(count: int, edges: Sequence[tuple[int, int]]) -> Floats:
    import numpy as np
    import rustworkx

    graph = rustworkx.PyGraph[None, None](multigraph=False)
    graph.add_nodes_from([None] * count)
    graph.add_edges_from_no_data(list(edges))
    found = rustworkx.spring_layout(graph, seed=_SEED, num_iter=60, k=1.0 / count**0.5)
    places = np.array([found[index] for index in range(count)])
    spread = np.abs(places - places.mean(axis=0)).mean()
    scaled: Floats = (places - places.mean(axis=0)) / max(spread, 1e-9) * count**0.5 / 2.5
    return scaled


def _turned(places: Floats, aspect: float) -> Floats:
    """Turn the picture so that its long side lies flat, and stretch it to the aspect."""
    import numpy as np

    centred = places - places.mean(axis=0)
    spread = centred.T @ centred
    angle = 0.5 * np.arctan2(2 * spread[0, 1], spread[0, 0] - spread[1, 1])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned: Floats = centred @ turn
    extent = np.ptp(turned, axis=0)
    if extent.min() > 1e-6:
        stretch = (aspect * extent[1] / extent[0]) ** 0.5
        turned = turned * np.array([stretch, 1 / stretch])
    return turned


def _apart(places: Floats, size: Floats, rounds: int = 300) -> Floats:
    """Push overlapping boxes apart along the axis on which they overlap least, until none do."""
    import numpy as np

    count = len(places)
    places = places.copy()
    places[:, 1] += np.arange(count) * 1e-3
    if count > _SMALL:
        return _apart_by_rows(places, size)
    wide = (size[:, 0][:, None] + size[:, 0][None, :]) / 2
    tall = (size[:, 1][:, None] + size[:, 1][None, :]) / 2
    np.fill_diagonal(wide, -1.0)
    for number in range(rounds):
        dx = places[:, 0][:, None] - places[:, 0][None, :]
        dy = places[:, 1][:, None] - places[:, 1][None, :]
        over_x, over_y = wide - np.abs(dx), tall - np.abs(dy)
        touching = (over_x > 0.5) & (over_y > 0.5)
        many = touching.sum(axis=1)
        if not many.any():
            return places
        if count > _FEW and many.sum() > _CROWDED * count:
            places *= 1.05
            continue
        if number > rounds * 0.7:
            places *= 1.004
        along_x = touching & (over_x < over_y)
        along_y = touching & ~along_x
        share = 0.55 / np.maximum(many, 1) ** 0.5
        places[:, 0] += np.where(along_x, np.sign(dx) * over_x, 0).sum(axis=1) * share
        places[:, 1] += np.where(along_y, np.sign(dy) * over_y, 0).sum(axis=1) * share
    return _apart_by_rows(places, size)


def _apart_by_rows(places: Floats, size: Floats) -> Floats:
    """Set boxes into rows by height, and in each row side by side: the last resort, and always without overlap."""
    import numpy as np

    step = float(size[:, 1].max())
    order = np.argsort(places[:, 1], kind="stable")
    width = float(size[:, 0].mean())
    per_row = max(1, round((len(places) * 1.5 * step / width) ** 0.5))
    found = places.copy()
    for row, start in enumerate(range(0, len(order), per_row)):
        members = order[start : start + per_row]
        members = members[np.argsort(places[members, 0], kind="stable")]
        left = 0.0
        for member in members:
            found[member] = (left + size[member, 0] / 2, row * step)
            left += float(size[member, 0])
    return found
