"""The query graph: what a question is about, as nodes and edges with operators on them. Frozen data.

A node is a thing of some class, named entities, or a literal; an edge is a path of properties. The
graph is a tree once a reading is complete; superlatives, counts and negations are scoped by the tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from kg.vocabulary.schema import Step

__all__ = ["Edge", "Filter", "Node", "QueryGraph", "Superlative", "filters_of", "steps_of"]


class Filter(NamedTuple):
    """A comparison of a literal: ``op`` is =, !=, <, <=, >, >=, year or contains.

    Attributes:
        value: lexical form.
        kind: number, date or text.
        node: a node whose value is compared with, instead of ``value``.
    """

    op: str
    value: str = ""
    kind: str = "number"
    node: int = -1


class Superlative(NamedTuple):
    """The extreme ones of a node: by a property's value, or by how many children hang on an edge.

    Attributes:
        sign: 1 for the most, -1 for the least.
        steps: the way to the measuring number; empty where a child node's value or a count decides.
        rank: 1 for the first, 2 for the second …
        limit: how many, 0 for all that tie.
        words: how it reads.
    """

    sign: int
    steps: tuple[Step, ...] = ()
    rank: int = 1
    limit: int = 0
    words: str = ""


class Node(NamedTuple):
    """Something the question speaks of.

    Attributes:
        kind: ``thing`` (a variable), ``entity`` (named) or ``value`` (a literal).
        classes: class IRIs it must be an instance of, all of them.
        types: classes it may have, for checking; empty if unknown.
        iris: the named entities, any of them.
        role: the property that must lead to this node from its owner, '' if it has none.
        role_inverse: the role is followed backwards.
        owned: the role is filled.
        measure: an adjective whose property is still to be found (*how long*).
        texts: literals it must equal, as N-Triples-like (text, datatype or @language).
        filters: comparisons of its value.
        superlative: the extreme ones among what its subtree allows.
        most: 1 or -1 where the parent is to have the most or fewest of these.
        counted: (operator, number) where the parent is to have so many of these.
        each: group by it.
        aggregate: avg, sum, min, max or count over it.
        formula: numbers of the nodes whose values it adds up.
        question: which, who, where, when or '' .
        show: a column of the answer.
        words: how the question names it.
        start: position of its words in the question, in tokens.
    """

    kind: str
    classes: tuple[str, ...] = ()
    types: frozenset[str] = frozenset()
    iris: tuple[str, ...] = ()
    role: str = ""
    role_inverse: bool = False
    owned: bool = False
    measure: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    filters: tuple[Filter, ...] = ()
    superlative: Superlative | None = None
    most: int = 0
    counted: tuple[str, int] | None = None
    each: bool = False
    aggregate: str = ""
    formula: tuple[int, ...] = ()
    question: str = ""
    show: bool = False
    words: str = ""
    start: int = -1

    def but(self, **changes: Any) -> Node:
        """Return a copy with changes; quicker than ``_replace``."""
        values = list(self)
        for name, value in changes.items():
            values[_NODE_AT[name]] = value
        return tuple.__new__(Node, values)

    @property
    def waiting(self) -> bool:
        """Whether the role still needs its owner."""
        return bool(self.role or self.measure) and not self.owned


_NODE_AT = {name: at for at, name in enumerate(Node._fields)}


class Edge(NamedTuple):
    """A path of properties from one node to another.

    Attributes:
        source, target: node numbers.
        steps: the properties, in order from source to target.
        negative: there must be no such path.
        verb: whether the question named the relation.
    """

    source: int
    target: int
    steps: tuple[Step, ...]
    negative: bool = False
    verb: bool = False

    def steps_from(self, node: int) -> tuple[Step, ...]:
        """Return the steps in the order they are followed from one end."""
        if node == self.source:
            return self.steps
        return tuple(Step(s.property, not s.inverse) for s in reversed(self.steps))

    def other(self, node: int) -> int:
        """Return the other end."""
        return self.target if node == self.source else self.source


@dataclass(frozen=True, slots=True)
class QueryGraph:
    """A complete reading.

    Attributes:
        nodes, edges: the tree.
        focus: the node asked for.
        form: ``select``, ``count`` or ``ask``.
        order: (node, sign) to sort by, or None.
        cost: what the reading costs.
        notes: one line a step.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    focus: int
    form: str = "select"
    order: tuple[int, int] | None = None
    cost: float = 0.0
    notes: tuple[str, ...] = ()

    def edges_of(self, node: int) -> list[Edge]:
        """Return the edges at a node."""
        return [e for e in self.edges if node in (e.source, e.target)]


def steps_of(way: tuple[str, ...]) -> tuple[Step, ...]:
    """Return properties as steps forwards."""
    return tuple(Step(p) for p in way)


def filters_of(op: str, text: str, kind: str) -> tuple[Filter, ...]:
    """Return the comparisons that an operator and a number or span (``low:high``) stand for."""
    low, colon, high = text.partition(":")
    if op == "><" and colon:
        return Filter(">=", low, kind), Filter("<=", high, kind)
    plain = {">t": ">", "<t": "<", ">=t": ">=", "<=t": "<=", "": "="}.get(op, op)
    if kind == "date" and plain == "=":
        return (Filter("in", text, kind),)
    return (Filter(plain, text, kind),)
