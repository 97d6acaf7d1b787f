"""The state of a reading in progress: trees of nodes built so far, and what is pending for the next one."""

from __future__ import annotations

from typing import Any, NamedTuple

from kg.questions.plain.graph import Edge, Node
from kg.vocabulary.schema import Step

__all__ = ["Pending", "State", "Verb"]


class Verb(NamedTuple):
    """A relation word in wait of its other side; ``leading`` if it stands before its noun (*bordering states*)."""

    property: str
    inverse: bool
    cost: float
    passive: bool = False
    words: str = ""
    leading: bool = False


class Pending(NamedTuple):
    """What was said and still waits for the node it belongs to.

    Attributes:
        prep: the preposition last seen.
        verb: the relation word last seen.
        negative: '', not, without or except.
        superlative: (sign, adjective or '') of a superlative.
        rank, limit: *second* largest, the *three* largest.
        most: 1 or -1 for most and fewest.
        compare: operator of a comparison; ``number`` its number, ``unit`` its unit.
        adjective: of a comparison by adjective (*longer than*).
        counting: *how many*.
        person: *who*, so that the focus is no literal.
        aggregate, each, by, order, focus, copula, conj, named, relative: as the words say.
        indefinite: *a* or *an* was said.
        inverted: an auxiliary has put the subject behind it (*does X …*).
        mods: nodes that stand before their head.
        same: *the same* was said of the next thing.
        likened: what follows shares the thing just named (*the same colour as …*).
        twin: a relation, and what denies it, that shares the other side of the next one (*owned and run by X*).
        versus: the property of a comparison with another thing's value (*more beds than …*).
    """

    prep: str = ""
    verb: Verb | None = None
    negative: str = ""
    superlative: tuple[int, str] | None = None
    rank: int = 1
    limit: int = 0
    most: int = 0
    compare: str = ""
    number: str = ""
    unit: str = ""
    adjective: str = ""
    counting: bool = False
    aggregate: str = ""
    each: bool = False
    by: bool = False
    order: int = 0
    focus: bool = False
    person: bool = False
    copula: bool = False
    conj: str = ""
    named: bool = False
    relative: str = ""
    inverted: bool = False
    indefinite: bool = False
    mods: tuple[int, ...] = ()
    same: bool = False
    likened: bool = False
    versus: str = ""
    twin: tuple[Verb, str] | None = None

    def but(self, **changes: Any) -> Pending:
        """Return a copy with changes."""
        values = list(self)
        for name, value in changes.items():
            values[_PENDING_AT[name]] = value
        return tuple.__new__(Pending, values)

    @property
    def open(self) -> bool:
        """Whether something was said that still needs a node."""
        return bool(
            self.superlative or self.most or self.compare or self.number or self.adjective or self.counting
            or self.aggregate or self.negative or self.mods or self.each or self.same or self.likened or self.twin
        )  # fmt: skip


_PENDING_AT = {name: at for at, name in enumerate(Pending._fields)}
EMPTY = Pending()
_new = object.__new__


class State:
    """A partial reading. Never changed in place; :meth:`but` returns a changed copy.

    Attributes:
        nodes, edges: as in a query graph.
        trees: for each tree its right spine, innermost first; the last tree is the current one.
        pending: what waits for the next node.
        cost: so far.
        focus: the node asked for, or -1.
        form: select, count or ask.
        order: (node, sign) to sort by.
        notes: linked list (note, rest).
        tail: the node placed last, or -1.
        columns: whether the words now list columns (*by name and date*).
        later: nodes listed as columns, to be attached when the rest is known.
        shared: the node that another thing is said to have too, or -1.
        denied: whether *not*, *no*, *never* was said.
    """

    def __init__(self) -> None:
        self.nodes: tuple[Node, ...] = ()
        self.edges: tuple[Edge, ...] = ()
        self.trees: tuple[tuple[int, ...], ...] = ()
        self.pending: Pending = EMPTY
        self.cost = 0.0
        self.focus = -1
        self.form = "select"
        self.order: tuple[int, int] | None = None
        self.notes: tuple[Any, ...] = ()
        self.tail = -1
        self.columns = False
        self.later: tuple[int, ...] = ()
        self.shared = -1
        self.denied = False

    def but(self, **changes: Any) -> State:
        """Return a copy with changes."""
        new = _new(State)
        new.__dict__ = {**self.__dict__, **changes}  # quicker than attribute by attribute: there are very many
        return new

    def plus(self, cost: float, note: str = "") -> State:
        """Return a copy that costs more, with a note why."""
        return self.but(cost=self.cost + cost, notes=(note, cost, self.notes) if note else self.notes)

    def with_node(self, number: int, **changes: Any) -> State:
        """Return a copy with one node changed."""
        nodes = list(self.nodes)
        nodes[number] = nodes[number].but(**changes)
        return self.but(nodes=tuple(nodes))

    def add(self, node: Node) -> tuple[State, int]:
        """Return a copy with one node more, and its number; it is in no tree yet."""
        return self.but(nodes=(*self.nodes, node), tail=len(self.nodes)), len(self.nodes)

    def link(
        self,
        source: int,
        target: int,
        steps: tuple[Step, ...],
        middles: tuple[str, ...],
        *,
        negative: bool,
        verb: bool,
    ) -> State:
        """Return a copy with a path between two nodes; each class on the way becomes a node of its own.

        ``middles`` are the classes reached after each step but the last.
        """
        nodes, edges = list(self.nodes), list(self.edges)
        here = source
        for step, middle in zip(steps[:-1], middles, strict=False):
            following = self._existing(edges, here, step)
            if following < 0 or negative:
                nodes.append(Node("thing", types=frozenset((middle,)) if middle else frozenset()))
                following = len(nodes) - 1
                edges.append(Edge(here, following, (step,), negative, verb))
            here = following
            negative_here = negative
            negative = False if negative_here else negative
        edges.append(Edge(here, target, steps[-1:], negative, verb))
        return self.but(nodes=tuple(nodes), edges=tuple(edges))

    @staticmethod
    def _existing(edges: list[Edge], here: int, step: Step) -> int:
        """Return the node that the same step from here reaches already, if it was only passed through."""
        for edge in edges:
            if edge.source == here and edge.steps == (step,) and not edge.negative:
                return edge.target
        return -1

    def tree_of(self, number: int) -> int:
        """Return the index of the tree whose right spine holds a node, or -1."""
        for i in range(len(self.trees) - 1, -1, -1):
            if number in self.trees[i]:
                return i
        return -1

    def component(self, number: int) -> set[int]:
        """Return the nodes connected with a node."""
        seen = {number}
        queue = [number]
        while queue:
            here = queue.pop()
            for edge in self.edges:
                if here == edge.source and edge.target not in seen:
                    seen.add(edge.target)
                    queue.append(edge.target)
                elif here == edge.target and edge.source not in seen:
                    seen.add(edge.source)
                    queue.append(edge.source)
        return seen

    def key(self) -> tuple[Any, ...]:
        """Return what makes two states the same for what follows."""
        placed = self.nodes, self.edges, self.trees, self.shared, self.columns, self.later
        return *placed, self.pending, self.focus, self.form, self.denied

    def lines(self) -> tuple[str, ...]:
        """Return the notes, first to last."""
        found = []
        rest = self.notes
        while rest:
            note, cost, rest = rest
            found.append(f"{note}  [{cost:.2f}]")
        return tuple(reversed(found))
