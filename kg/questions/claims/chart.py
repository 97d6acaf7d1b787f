"""A chart parser over the lattice: every span keeps its cheapest readings by category."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kg.questions.claims.lattice import Edge, Lattice

__all__ = ["Binary", "Item", "Unary", "parse"]

_KEEP = 5
_MAX_COST = 9.0

Result = tuple[str, Any, float]
Binary = Mapping[tuple[str, str], list[Callable[[Any, Any], Iterable[Result]]]]
Unary = Mapping[str, list[Callable[[Any], Iterable[Result]]]]


class Item(NamedTuple):
    """A reading of a span, with the edges it was made of."""

    cat: str
    meaning: Any
    cost: float
    leaves: tuple[Edge, ...]


class _Cell:
    """The readings of one span, the cheapest of each meaning."""

    def __init__(self) -> None:
        self.items: dict[str, dict[Any, Item]] = {}

    def add(self, item: Item) -> bool:
        if item.cost > _MAX_COST:
            return False
        known = self.items.setdefault(item.cat, {})
        old = known.get(item.meaning)
        if old is not None and old.cost <= item.cost:
            return False
        if old is None and len(known) >= _KEEP:
            worst = max(known.values(), key=lambda i: i.cost)
            if worst.cost <= item.cost:
                return False
            del known[worst.meaning]
        known[item.meaning] = item
        return True

    def __iter__(self) -> Iterator[Item]:
        for known in self.items.values():
            yield from list(known.values())


def parse(lattice: Lattice, binary: Binary, unary: Unary, goal: str = "S") -> list[Item]:
    """Return the readings of the whole question, cheapest first."""
    size = len(lattice.words)
    cells = {(i, j): _Cell() for i in range(size) for j in range(i + 1, size + 1)}
    for edges in lattice.edges:
        for edge in edges:
            _extend(cells[edge.start, edge.end], Item(edge.cat, edge.meaning, edge.cost, (edge,)), unary)
    for width in range(2, size + 1):
        for start in range(size - width + 1):
            end = start + width
            target = cells[start, end]
            for middle in range(start + 1, end):
                _combine(cells[start, middle], cells[middle, end], target, binary, unary)
    whole = cells.get((0, size))
    return sorted((i for i in whole if i.cat == goal), key=lambda i: i.cost) if whole else []


def _combine(left: _Cell, right: _Cell, target: _Cell, binary: Binary, unary: Unary) -> None:
    for a in left:
        for b in right:
            leaves = (*a.leaves, *b.leaves)
            if b.cat == "X" and a.cat != "S":
                target.add(Item(a.cat, a.meaning, a.cost + b.cost, leaves))
            elif a.cat == "X" and b.cat != "S":
                target.add(Item(b.cat, b.meaning, a.cost + b.cost, leaves))
            for rule in binary.get((a.cat, b.cat), ()):
                for cat, meaning, cost in rule(a.meaning, b.meaning):
                    _extend(target, Item(cat, meaning, a.cost + b.cost + cost, leaves), unary)


def _extend(cell: _Cell, item: Item, unary: Unary) -> None:
    if cell.add(item):
        for rule in unary.get(item.cat, ()):
            for cat, meaning, cost in rule(item.meaning):
                _extend(cell, Item(cat, meaning, item.cost + cost, item.leaves), unary)
