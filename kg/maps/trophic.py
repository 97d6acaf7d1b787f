"""Trophic levels: how far along the flow of a directed network each node stands."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import fsum
from typing import TypeVar

__all__ = ["trophic_levels"]

_Node = TypeVar("_Node", bound=Hashable)
_ROUNDS = 200


def trophic_levels(nodes: Sequence[_Node], flow: Mapping[tuple[_Node, _Node], int]) -> dict[_Node, float]:
    """Return a level for each node, so that an edge leads one level up as nearly as the whole allows.

    The levels solve the least squares problem of MacKay, Johnson and Sansom (2020), "How directed is a directed
    network?"; here by Gauss-Seidel rounds, which need no matrix. Unlike a topological order it takes cycles.

    >>> trophic_levels(["a", "b", "c"], {("a", "b"): 1, ("b", "c"): 1})["c"]
    2.0

    Args:
        nodes: the nodes, in the order that decides ties.
        flow: how many edges lead from the first node of a pair to the second.
    """
    beside: dict[_Node, list[tuple[_Node, int, int]]] = {node: [] for node in nodes}
    for (start, end), weight in flow.items():
        if start != end:
            beside[start].append((end, weight, -1))
            beside[end].append((start, weight, 1))
    level = dict.fromkeys(nodes, 0.0)
    for _ in range(_ROUNDS):
        moved = 0.0
        for node in nodes:
            if beside[node]:
                total = sum(weight for _, weight, _ in beside[node])
                new = fsum(weight * (level[other] + step) for other, weight, step in beside[node]) / total
                moved = max(moved, abs(new - level[node]))
                level[node] = new
        if moved < 1e-9:
            break
    lowest = min(level.values(), default=0.0)
    return {node: round(value - lowest, 6) for node, value in level.items()}
