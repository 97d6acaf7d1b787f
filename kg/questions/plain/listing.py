"""Columns a question lists: attached last, each where it is nearest (a Steiner tree over the schema, greedily)."""

from __future__ import annotations

from kg.questions.plain.graph import Node
from kg.questions.plain.link import BRIDGE, Linker
from kg.questions.plain.measure import is_code
from kg.questions.plain.state import State
from kg.vocabulary import Vocabulary

__all__ = ["Lister"]


class Lister(Linker):
    """Attaches what a question lists once the rest of the reading is known."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__(vocabulary)
        self._distances: dict[tuple[object, ...], float | None] = {}

    @staticmethod
    def _listable(node: Node) -> bool:
        """Whether a node may be one more column: a class or a property, with no condition of its own."""
        return not (node.superlative or node.most or node.counted or node.filters or node.texts or node.iris)

    def settle(self, state: State) -> State | None:
        """Attach the listed columns to what a reading has, each time the nearest (a Steiner tree, greedily)."""
        later = list(state.later)
        if later and not self._rooted(state):
            state = self._root(state)
        nearest: dict[int, tuple[float, int]] = {}
        known: set[int] = set()
        while later:
            reached = state.component(state.trees[0][-1])
            for number in later:
                for holder in reached - known:
                    cost = self._distance(state, holder, number)
                    if cost is not None and (cost, holder) < nearest.get(number, (1e9, 0)):
                        nearest[number] = cost, holder
            options = [(*nearest[number], number) for number in later if number in nearest]
            if not options:
                return None
            cost, holder, number = min(options, key=lambda o: (o[0], o[2]))
            if state.cost + cost > self.ceiling:
                return None
            found = self._hung(state, holder, number)
            if found is None:
                return None
            state = found[1].but(cost=state.cost + cost)
            later.remove(number)
            known |= reached
        return state.but(later=())

    def _rooted(self, state: State) -> bool:
        return not state.nodes[state.trees[0][-1]].waiting

    def _root(self, state: State) -> State:
        """Give a list of bare roles an owner: the thing that one of them identifies, or that all are of."""
        root = state.trees[0][-1]
        roles = [n for n in (*state.later, root) if state.nodes[n].waiting and state.nodes[n].role]
        keys = [n for n in roles if self.vocabulary.properties[state.nodes[n].role].identifying]
        codes = [n for n in keys if is_code(self.vocabulary.properties[state.nodes[n].role])]
        chosen = (codes or keys or roles or [root])[0]
        node = state.nodes[chosen]
        owners = self.schema.range(node.role) if node.role_inverse else self.schema.domain(node.role)
        grown, owner = state.add(Node("thing", types=owners))
        linked = next(self.own(grown, owner, root), None)
        return state if linked is None else linked.but(trees=((owner, root),)).plus(0.1)

    def _distance(self, state: State, holder: int, number: int) -> float | None:
        """Return what it costs to hang a column on a node; asked again and again of the same two."""
        node, other = state.nodes[number], state.nodes[holder]
        again = any(e.source == holder and [s.property for s in e.steps] == [node.role] for e in state.edges)
        key = node, other, again, state.pending.prep, state.pending.negative
        if key not in self._distances:
            found = self._hung(state, holder, number)
            self._distances[key] = None if found is None else found[0]
        return self._distances[key]

    def _hung(self, state: State, holder: int, number: int) -> tuple[float, State] | None:
        """Return the cheapest way to hang a column on a node, with what it costs."""
        node, other = state.nodes[number], state.nodes[holder]
        if other.kind == "value":
            return None
        if node.waiting:
            linked = next(self.own(state.but(cost=0.0), holder, number), None)
            return None if linked is None else (linked.cost, linked)
        if other.kind == "thing" and not other.role and set(node.classes) <= other.types and node.classes:
            return 0.0, self._joined(state, holder, number)
        for path in self._paths(other, node)[:1]:
            return BRIDGE * path.cost, self._along(state, holder, number, path, negative=False)
        return None

    @staticmethod
    def _joined(state: State, holder: int, number: int) -> State:
        """Let a listed class be the thing of that class that is there already."""
        nodes = list(state.nodes)
        here, listed = nodes[holder], nodes[number]
        nodes[holder] = here._replace(
            classes=here.classes or listed.classes,
            show=True,
            aggregate=here.aggregate or listed.aggregate,
            each=here.each or listed.each,
            words=listed.words,
        )
        nodes[number] = Node("gone")
        return state.but(nodes=tuple(nodes))
