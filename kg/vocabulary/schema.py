"""The schema as the data uses it: which property leads from which class to which, and the paths between."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kg.vocabulary.datatypes import LITERAL_PREFIX
from kg.vocabulary.terms import ClassTerm, PropertyTerm, Usage

__all__ = ["Hop", "Path", "Schema", "Step"]

MAX_HOPS = 4
_SLACK = 0.9
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


class Step(NamedTuple):
    """One property followed forwards, or backwards where ``inverse``."""

    property: str
    inverse: bool = False


class Hop(NamedTuple):
    """A step from one class to another with what it costs to assume it."""

    step: Step
    target: str
    cost: float


class Path(NamedTuple):
    """A way between two classes.

    Attributes:
        cost: how far-fetched it is.
        steps: the properties followed.
        classes: the class reached after each step.
    """

    cost: float
    steps: tuple[Step, ...]
    classes: tuple[str, ...]


def _is_literal(iri: str) -> bool:
    return iri.startswith(LITERAL_PREFIX) or iri == _LANG_STRING


class Schema:
    """Typed usage of properties, and the cheapest paths between classes.

    >>> Schema({}, {}, ()).paths(frozenset({"a"}), frozenset({"b"}))
    ()
    """

    def __init__(
        self, classes: Mapping[str, ClassTerm], properties: Mapping[str, PropertyTerm], usages: Iterable[Usage]
    ) -> None:
        self.counts = {iri: term.count for iri, term in classes.items()}
        self.properties = properties
        self.usages = tuple(usages)
        self._most = max((u.triples for u in self.usages), default=1)
        self.by_property: dict[str, list[Usage]] = defaultdict(list)
        self.hops: dict[str, list[Hop]] = defaultdict(list)
        self._links: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for usage in self.usages:
            self._take(usage)
        for iri, term in properties.items():
            if term.transitive:
                self._close(iri)
        self._paths: dict[tuple[frozenset[str], frozenset[str]], tuple[Path, ...]] = {}

    def _coverage(self, usage: Usage) -> float:
        left = usage.subjects / max(self.counts.get(usage.domain, 0), usage.subjects, 1)
        if _is_literal(usage.range):
            return left
        right = usage.objects / max(self.counts.get(usage.range, 0), usage.objects, 1)
        return (left + right) / 2

    def _take(self, usage: Usage) -> None:
        self.by_property[usage.property].append(usage)
        self._links[usage.property].add((usage.domain, usage.range))
        cost = 1.0 + 0.6 * (1.0 - self._coverage(usage)) + 0.05 * (1.0 - usage.triples / self._most)
        self.hops[usage.domain].append(Hop(Step(usage.property), usage.range, cost))
        if not _is_literal(usage.range):
            self.hops[usage.range].append(Hop(Step(usage.property, True), usage.domain, cost))

    def _close(self, iri: str) -> None:
        """Let a transitive property reach what chains of it reach."""
        links = {(a, b) for a, b in self._links[iri] if not _is_literal(b)}
        reach = set(links)
        for _ in range(4):
            new = {(a, d) for a, b in reach for c, d in links if b == c} - reach
            if not new:
                break
            reach |= new
        for a, b in reach - links:
            self._links[iri].add((a, b))
            self.hops[a].append(Hop(Step(iri), b, 1.15))
            self.hops[b].append(Hop(Step(iri, True), a, 1.15))

    def links(self, left: frozenset[str], property_: str, right: frozenset[str]) -> bool:
        """Whether the data has the property from one of the left classes to one of the right ones.

        An empty set of classes stands for anything.
        """
        pairs = self._links.get(property_, ())
        return any((not left or a in left) and (not right or b in right) for a, b in pairs)

    def domain(self, property_: str) -> frozenset[str]:
        """Return the classes whose instances have the property."""
        return frozenset(a for a, _ in self._links.get(property_, ()))

    def range(self, property_: str) -> frozenset[str]:
        """Return the classes or datatypes the property leads to."""
        return frozenset(b for _, b in self._links.get(property_, ()))

    def reach(self, types: frozenset[str], step: Step) -> frozenset[str]:
        """Return the classes that one step reaches from any of some classes (from anywhere if there are none)."""
        pairs = self._links.get(step.property, ())
        if step.inverse:
            return frozenset(a for a, b in pairs if not types or b in types)
        return frozenset(b for a, b in pairs if not types or a in types)

    def covers(self, types: frozenset[str], step: Step, ends: frozenset[str] = frozenset()) -> bool:
        """Whether a step leads on from nearly every instance of some class among these."""
        for usage in self.by_property.get(step.property, ()):
            end, reached = (usage.range, usage.objects) if step.inverse else (usage.domain, usage.subjects)
            if ends and (usage.domain if step.inverse else usage.range) not in ends:
                continue
            if end in types and reached >= 0.9 * self.counts.get(end, 1):
                return True
        return False

    def data_properties(self, types: frozenset[str]) -> Sequence[str]:
        """Return the properties with literals that instances of some classes have, most used first."""
        found: dict[str, int] = {}
        for usage in self.usages:
            if _is_literal(usage.range) and (not types or usage.domain in types):
                found[usage.property] = max(found.get(usage.property, 0), usage.triples)
        return sorted(found, key=lambda p: (-found[p], p))

    def paths(self, left: frozenset[str], right: frozenset[str]) -> tuple[Path, ...]:
        """Return the cheapest paths from any left class to any right class, cheapest first, at most four."""
        key = (left, right)
        if key not in self._paths:
            self._paths[key] = self._search(left, right)
        return self._paths[key]

    def _search(self, left: frozenset[str], right: frozenset[str]) -> tuple[Path, ...]:
        queue: list[tuple[float, int, str, tuple[Step, ...], tuple[str, ...]]] = []
        order = 0
        for start in sorted(left):
            heapq.heappush(queue, (0.0, order, start, (), ()))
            order += 1
        found: dict[tuple[Step, ...], Path] = {}
        limit = 1e9
        budget = 4_000
        while queue and budget:
            budget -= 1
            cost, _, here, steps, classes = heapq.heappop(queue)
            if cost > limit or len(found) >= 4:
                break
            if steps and here in right and steps not in found:
                found[steps] = Path(cost, steps, classes)
                limit = min(limit, cost + _SLACK)
                continue
            if len(steps) >= MAX_HOPS or (steps and _is_literal(here)):
                continue
            seen: set[Step] = set()
            for hop in self.hops.get(here, ()):
                if steps and not self._sensible(steps[-1], hop.step):
                    continue
                if hop.step in seen and hop.target not in right:
                    continue
                seen.add(hop.step)
                order += 1
                extra = hop.cost + (0.25 if steps else 0.0)
                heapq.heappush(
                    queue, (cost + extra, order, hop.target, (*steps, hop.step), (*classes, hop.target))
                )
        return tuple(sorted(found.values(), key=lambda p: p.cost))

    def _sensible(self, last: Step, step: Step) -> bool:
        """Whether a step may follow another: not straight back, not the same transitive property again."""
        if last.property != step.property:
            return True
        term = self.properties.get(step.property)
        return last.inverse == step.inverse and not (term is not None and (term.transitive or term.symmetric))
