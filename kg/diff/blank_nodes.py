"""Blank nodes of two graphs told apart by what is said about them, not by their labels.

Blank nodes that share a statement form a component. Two components are the same if RDF Dataset Canonicalization
(RDFC-1.0) writes them the same; such pairs cancel. Of what is left, nodes are paired by colour refinement, from
four steps around down to none, so that a change in one of a thousand similar nodes shows as that change. Which
nodes are paired decides how long a difference is, never whether it is right: any pairing of different nodes gives
one that leads from the one graph to the other.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph
from pyoxigraph import BlankNode, Quad, Triple

__all__ = ["blank_nodes", "relabelled"]

_STEPS = 4
_Term = Any


def blank_nodes(quad: Quad) -> Iterator[BlankNode]:
    """Yield the blank nodes of a quad, those inside of triple terms too."""
    yield from _inside(quad.subject)
    yield from _inside(quad.object)
    yield from _inside(quad.graph_name)


def _inside(term: _Term) -> Iterator[BlankNode]:
    if isinstance(term, BlankNode):
        yield term
    elif isinstance(term, Triple):
        yield from _inside(term.subject)
        yield from _inside(term.object)


def relabelled(before: Sequence[Quad], after: Sequence[Quad]) -> tuple[set[Quad], set[Quad]]:
    """Return the quads with blank nodes of two graphs, without what is the same, in labels that fit both.

    Args:
        before: quads of one graph, each with a blank node.
        after: those of the other.
    """
    left, right = _canonical(before), _canonical(after)
    same = Counter(c.form for c in left) & Counter(c.form for c in right)
    left, right = _without(left, same), _without(right, same)
    names = {0: _names(left), 1: _names(right)}
    for mine, theirs in _pairs(left, right):
        names[1][theirs] = names[0][mine]
    return (
        {_renamed(quad, names[0]) for component in left for quad in component.quads},
        {_renamed(quad, names[1]) for component in right for quad in component.quads},
    )


@dataclass(frozen=True)
class _Component:
    form: tuple[str, ...]
    quads: tuple[Quad, ...] = field(compare=False)


def _canonical(quads: Sequence[Quad]) -> list[_Component]:
    """Return the components, each with its canonical form and labels that are its own."""
    found = []
    seen: Counter[tuple[str, ...]] = Counter()
    for members in _components(quads):
        dataset = pyoxigraph.Dataset(members)
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
        form = tuple(sorted(map(str, dataset)))
        seen[form] += 1
        mark = hashlib.sha256("\n".join(form).encode()).hexdigest()[:10]
        suffix = "" if seen[form] == 1 else f"x{seen[form]}"
        names = {node: BlankNode(f"b{mark}{suffix}{node.value}") for quad in dataset for node in blank_nodes(quad)}
        found.append(_Component(form, tuple(_renamed(quad, names) for quad in dataset)))
    return sorted(found, key=lambda component: component.form)


def _components(quads: Sequence[Quad]) -> Iterable[list[Quad]]:
    parent: dict[BlankNode, BlankNode] = {}

    def root(node: BlankNode) -> BlankNode:
        while (above := parent.setdefault(node, node)) != node:
            parent[node] = node = parent.setdefault(above, above)
        return node

    for quad in quads:
        first, *others = blank_nodes(quad)
        for other in others:
            parent[root(other)] = root(first)
        root(first)
    members: dict[BlankNode, list[Quad]] = defaultdict(list)
    for quad in quads:
        members[root(next(blank_nodes(quad)))].append(quad)
    return members.values()


def _without(components: list[_Component], same: Counter[tuple[str, ...]]) -> list[_Component]:
    left = Counter(same)
    found = []
    for component in components:
        if left[component.form] > 0:
            left[component.form] -= 1
        else:
            found.append(component)
    return found


def _names(components: Iterable[_Component]) -> dict[BlankNode, BlankNode]:
    return {node: node for component in components for quad in component.quads for node in blank_nodes(quad)}


def _pairs(left: list[_Component], right: list[_Component]) -> Iterator[tuple[BlankNode, BlankNode]]:
    """Yield nodes of the one that stand for nodes of the other, each once, the most alike first."""
    quads = [[quad for component in side for quad in component.quads] for side in (left, right)]
    colours = [_colours(side) for side in quads]
    taken: set[BlankNode] = set()
    for step in range(_STEPS, -2, -1):
        waiting: dict[Any, list[BlankNode]] = defaultdict(list)
        for node, seen in sorted(colours[1].items(), key=lambda item: item[0].value):
            if node not in taken and (key := seen[step]):
                waiting[key].append(node)
        for node, seen in sorted(colours[0].items(), key=lambda item: item[0].value):
            partners = waiting.get(seen[step]) if node not in taken and seen[step] else None
            if partners:
                other = partners.pop(0)
                taken |= {node, other}
                yield node, other


def _colours(quads: Iterable[Quad]) -> dict[BlankNode, list[str]]:
    """Return what each node looks like from 0 to ``_STEPS`` steps around; last, how named nodes point to it."""
    about: dict[BlankNode, list[Quad]] = defaultdict(list)
    for quad in quads:
        for node in set(blank_nodes(quad)):
            about[node].append(quad)
    now = dict.fromkeys(about, "")
    found: dict[BlankNode, list[str]] = {node: [] for node in about}
    for _ in range(_STEPS + 1):
        now = {node: _digest(sorted(_seen(quad, node, now) for quad in about[node])) for node in about}
        for node, colour in now.items():
            found[node].append(colour)
    for node, members in about.items():
        pointing = sorted(
            f"{quad.subject} {quad.predicate} {quad.graph_name}"
            for quad in members
            if quad.object == node and not isinstance(quad.subject, BlankNode)
        )
        found[node].append(_digest(pointing) if pointing else "")
    return found


def _seen(quad: Quad, node: BlankNode, colours: dict[BlankNode, str]) -> str:
    def name(term: _Term) -> str:
        if isinstance(term, Triple):
            return f"<<{name(term.subject)} {term.predicate} {name(term.object)}>>"
        return str(term) if not isinstance(term, BlankNode) else "*" if term == node else f"_{colours[term]}"

    return f"{name(quad.subject)} {quad.predicate} {name(quad.object)} {name(quad.graph_name)}"


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _renamed(quad: Quad, names: dict[BlankNode, BlankNode]) -> Quad:
    def name(term: _Term) -> _Term:
        if isinstance(term, BlankNode):
            return names[term]
        if isinstance(term, Triple):
            return Triple(name(term.subject), term.predicate, name(term.object))
        return term

    return Quad(name(quad.subject), quad.predicate, name(quad.object), name(quad.graph_name))
