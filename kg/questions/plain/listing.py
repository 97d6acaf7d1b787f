"""Columns a question lists: attached last, each where it is nearest (a Steiner tree over the schema, greedily)."""

from __future__ import annotations

from kg.questions.plain.graph import Node
from kg.questions.plain.link import BRIDGE, Linker
from kg.questions.plain.measure import is_code
from kg.questions.plain.state import State

__all__ = ["Lister"]


class Lister(Linker):
    """Attaches what a question lists once the rest of the reading is known."""

    @staticmethod
    def _listable(node: Node) -> bool:
        """Whether a node may be one more column: a class or a property, with no condition of its own."""
        return not (node.superlative or node.most or node.counted or node.filters or node.texts or node.iris)

    def settle(self, state: State) -> State | None:
        """Attach the listed columns to what a reading has, each time the nearest (a Steiner tree, greedily)."""
        later = list(state.later)
        if later and not self._rooted(state):
            state = self._root(state)
        while later:
            options = []
            reached = sorted(state.component(state.trees[0][-1]))
            for number in later:
                best = self._nearest(state, number, reached)
                if best is not None:
                    options.append((best[0], number, best[1]))
            if not options:
                return None
            cost, number, state = min(options, key=lambda o: (o[0], o[1]))
            state = state.plus(cost)
            later.remove(number)
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

    def _nearest(self, state: State, number: int, reached: list[int]) -> tuple[float, State] | None:
        node = state.nodes[number]
        found: list[tuple[float, int, State]] = []
        for holder in reached:
            other = state.nodes[holder]
            if other.kind == "value":
                continue
            if node.waiting:
                linked = next(self.own(state.but(cost=0.0), holder, number), None)
                if linked is not None:
                    found.append((linked.cost, holder, linked))
                continue
            if other.kind == "thing" and not other.role and set(node.classes) <= other.types and node.classes:
                found.append((0.0, holder, self._joined(state, holder, number)))
            found += [
                (BRIDGE * path.cost, holder, self._along(state, holder, number, path, negative=False))
                for path in self._paths(other, node)[:1]
            ]
        if not found:
            return None
        cost, _, best = min(found, key=lambda f: (f[0], f[1]))
        return cost, best.but(cost=state.cost)

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
