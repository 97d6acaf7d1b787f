"""Attaching a new node to a reading: as the same thing, by a role, by a relation word, or by the cheapest path.

Every way that the schema allows is yielded with its cost; nothing here knows a word of any graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.questions.plain.graph import Filter, Node
from kg.questions.plain.link import BRIDGE
from kg.questions.plain.listing import Lister
from kg.questions.plain.state import EMPTY, State, Verb

__all__ = ["Attacher"]

_STEP_BACK = 0.3
_MAX_PATHS = 3
_OWNING = frozenset(("with", "of", "in", "for", "by", "'s"))


class Attacher(Lister):
    """Yields the ways to attach new nodes, over one vocabulary."""

    def attach(self, state: State, node: Node) -> Iterator[State]:
        """Yield every state in which a new node has found its place, modifiers before it included."""
        pending = state.pending
        if pending.verb is not None and pending.verb.leading:
            yield from self._led(state, node, pending.verb)
            return
        if not state.trees:
            yield from self._float(state, node, 0.0)
            return
        if (state.columns or pending.conj) and not (pending.superlative or pending.verb) and self._listable(node):
            yield self._listed(state, node)
            if state.columns and pending.verb is None:
                return
        yield from self._unlike(state, node)
        yield from self._unify(state, node)
        if pending.verb is not None:
            yield from self._by_verb(state, node, pending.verb)
            return
        if state.cost > self.ceiling:
            return
        grown, number = state.add(node)
        for placed in self._modified(grown, number):
            yield from self._by_role(placed, number)
            yield from self._by_path(placed, number)
        if len(state.trees) < 5:
            yield from self._float(state, node, 0.3 if pending.prep else 0.2)

    def _led(self, state: State, node: Node, verb: Verb) -> Iterator[State]:
        """Place the noun of *bordering states*; the relation waits for what follows."""
        if node.kind == "value":
            return
        rest = verb._replace(leading=False)
        plain = state.but(pending=state.pending.but(verb=None))
        for placed in self.attach(plain, node):
            if not placed.pending.open:
                yield placed.but(pending=placed.pending.but(verb=rest))

    def _listed(self, state: State, node: Node) -> State:
        """Note one more column; where it belongs is decided when the rest is known."""
        pending = state.pending
        aggregate = "count" if pending.counting and node.kind == "thing" else node.aggregate
        grown, number = state.add(node._replace(show=True, aggregate=aggregate))
        mods = [m for m in pending.mods if grown.nodes[m].kind == "thing"]
        beside = state.nodes[state.tail] if pending.conj == "and" and state.tail >= 0 else None
        if beside is not None and beside.classes and beside.kind == "thing":
            grown = grown.with_node(state.tail, show=True)  # what stands beside a column is one too
        grown = grown.but(later=(*grown.later, *mods, number))
        cost = 0.02 if state.columns or node.waiting else 0.1
        return self._done(grown).plus(cost)

    def _float(self, state: State, node: Node, cost: float) -> Iterator[State]:
        if state.cost + cost > self.ceiling:
            return
        grown, number = state.add(node)
        for placed in self._modified(grown, number):
            yield self._done(placed.but(trees=(*placed.trees, (number,)))).plus(cost)

    def _modified(self, state: State, number: int) -> Iterator[State]:
        """Yield states in which the words before a head hang on it."""
        mods = state.pending.mods
        if not mods:
            yield state
            return
        states = [state]
        for mod in mods:
            states = [s for old in states for s in self._hang(old, number, mod)]
        yield from states

    def _hang(self, state: State, head: int, mod: int) -> Iterator[State]:
        head_node, mod_node = state.nodes[head], state.nodes[mod]
        if head_node.waiting:
            for linked in self.own(state, mod, head):
                yield linked.plus(0.1)
            return
        if mod_node.kind == "value":
            for linked in self.own(state, head, mod):
                yield linked.plus(0.1)
            return
        merged = self.merge(mod_node, head_node)
        if merged is not None and mod_node.kind == "entity":
            nodes = list(state.nodes)
            nodes[head], nodes[mod] = merged, Node("gone")
            yield state.but(nodes=tuple(nodes)).plus(0.05)
            return
        for path in self._paths(head_node, mod_node)[:2]:
            yield self._along(state, head, mod, path, negative=False).plus(0.15 + BRIDGE * path.cost)

    def _done(self, state: State) -> State:
        """Clear what the node just placed has used up."""
        keep = state.pending
        return state.but(pending=EMPTY.but(by=keep.by and state.columns, negative=""))

    def _hooked(self, state: State, tree: int, anchor: int, number: int) -> State:
        """Put a node on the right spine below an anchor."""
        spine = state.trees[tree]
        at = spine.index(anchor) if anchor in spine else 0
        trees = list(state.trees)
        trees[tree] = (number, *spine[at:])
        return self._done(state.but(trees=tuple(trees)))

    def _unlike(self, state: State, node: Node) -> Iterator[State]:
        """Read *capitals that are not major cities*."""
        pending = state.pending
        if not (pending.copula and pending.negative == "not" and node.classes and not node.superlative):
            return
        for number in dict.fromkeys((state.trees[-1][0], state.trees[-1][-1])):
            left = state.nodes[number]
            same = set(node.classes) <= set(left.classes)
            if left.kind == "thing" and left.types and not same and self._compatible(left, node):
                filters = (*left.filters, *(Filter("!a", class_, "class") for class_ in node.classes))
                yield self._done(state.with_node(number, filters=filters)).plus(0.05)
                return

    def _unify(self, state: State, node: Node) -> Iterator[State]:
        pending = state.pending
        if (
            pending.inverted
            or pending.mods
            or pending.negative
            or node.most
            or node.counted
            or (pending.verb and not pending.copula)
        ):
            return
        if (pending.conj or pending.relative) and not pending.copula:
            return
        spine = state.trees[-1]
        for depth, number in enumerate(spine[:2] if not pending.copula else (*spine[:1], *spine[-1:])):
            left = state.nodes[number]
            merged = self.merge(left, node)
            if merged is None or (depth and number == spine[0]):
                continue
            cost = self._unify_cost(state, left, node) + 0.15 * depth
            if merged.kind == "entity" and left.kind != "entity":
                merged = self._narrow(merged)
                if merged is None:
                    continue
            nodes = list(state.nodes)
            nodes[number] = merged
            done = self._done(state.but(nodes=tuple(nodes), tail=number)).plus(cost)
            if merged.waiting and not left.waiting:
                yield done
            else:
                yield done

    def _unify_cost(self, state: State, left: Node, node: Node) -> float:
        prep = state.pending.prep
        if state.pending.named:
            return 0.0
        if state.pending.copula:
            return 0.8 if prep else 0.05
        if node.kind == "entity":
            return self._naming_cost(state, left, prep)
        if node.kind == "value":
            return 0.3 if prep else 0.1
        if left.start < 0 and left.classes == node.classes:
            return 0.05
        return {"": 0.35, "of": 0.8}.get(prep, 1.0)

    @staticmethod
    def _naming_cost(state: State, left: Node, prep: str) -> float:
        """Return what it costs to take a name for the thing before it (*the city of Austin*)."""
        if left.superlative is not None and prep:
            return 0.9
        if not left.waiting and left.kind == "thing":
            adjacent = state.tail >= 0 and state.nodes[state.tail] is left
            return {"": 0.05, "of": 0.1}.get(prep, 0.9) + (0.0 if adjacent else 0.3)
        if left.role and not left.words.lower().endswith(" of"):
            return {"": 0.1, "of": 0.5}.get(prep, 0.9)
        return 0.9

    def _by_role(self, state: State, number: int) -> Iterator[State]:
        node = state.nodes[number]
        if node.waiting:
            yield from self._find_owner(state, number)
        if not (node.waiting and node.kind == "value"):
            yield from self._fill_roles(state, number)

    def _find_owner(self, state: State, number: int) -> Iterator[State]:
        """Let a node on the right spine own a new role node (*states with the largest population*)."""
        pending = state.pending
        anchors = self._anchors(state)
        marked = pending.prep in ("with", "'s") or pending.conj or pending.by or pending.relative == "whose"
        for tree, anchor, distance in anchors:
            cost = distance + (0.0 if marked else 0.2 if pending.prep in ("", "'s") else 0.45)
            if not marked and not pending.prep and self._plural(state.nodes[anchor]):
                cost += 0.4
            if pending.indefinite and not pending.prep and len(state.nodes[anchor].iris) == 1:
                continue  # X is a prerequisite: that is not X's prerequisite
            if state.cost + cost > self.ceiling:
                continue
            for linked in self.own(state, anchor, number):
                yield self._hooked(linked, tree, anchor, number).plus(cost)

    def _plural(self, node: Node) -> bool:
        """Whether a class was named in the plural: then no noun follows directly (*states border*)."""
        return bool(
            node.classes and node.words.endswith("s") and not self.vocabulary.label(node.classes[0]).endswith("s")
        )

    def _anchors(self, state: State) -> list[tuple[int, int, float]]:
        """Return (tree, node, cost) for the nodes a new one may hang on, nearest first."""
        last = len(state.trees) - 1
        spine = state.trees[last][:4]
        found = [(last, number, _STEP_BACK * i) for i, number in enumerate(spine)]
        if state.pending.prep == "with" or state.pending.relative:
            found = [(t, n, c + 0.6 * (len(state.nodes[n].iris) == 1)) for t, n, c in found]
        if state.pending.conj and len(spine) > 1:
            found = [(last, n, 0.35 if i == 0 else _STEP_BACK * (i - 1)) for i, n in enumerate(spine)]
        return found

    def _fill_roles(self, state: State, number: int) -> Iterator[State]:
        """Let a new node own the role nodes before it (*the population and area of Texas*)."""
        pending = state.pending
        last = len(state.trees) - 1
        spine = state.trees[last]
        waiting = next((n for n in spine if state.nodes[n].waiting), -1)
        if waiting < 0 or pending.conj or pending.negative:
            return
        cost = 0.0 if pending.prep in _OWNING or pending.relative else 0.3
        if pending.prep == "with":
            cost += 0.3
        if state.cost + cost > self.ceiling:
            return
        for linked in self.own(state, number, waiting):
            trees = list(linked.trees)
            at = spine.index(waiting)
            trees[last] = (number, *spine[at:])
            done = linked.but(trees=tuple(trees)).plus(cost)
            yield self._done(self._fill_others(done, number))

    def _fill_others(self, state: State, owner: int) -> State:
        """Give the same owner to the role nodes coordinated with the one just filled."""
        trees = list(state.trees)
        while len(trees) > 1:
            root = trees[-2][-1]
            if not state.nodes[root].waiting or trees[-2][0] != root:
                break
            linked = next(iter(self.own(state, owner, root)), None)
            if linked is None:
                break
            state = linked.with_node(root, show=True)
            del trees[-2]
            shown = trees[-1][-1] if trees[-1] else owner
            state = state.with_node(shown, show=True)
        return state.but(trees=tuple(trees))

    def _by_verb(self, state: State, node: Node, verb: Verb) -> Iterator[State]:
        grown, number = state.add(node)
        for placed in self._modified(grown, number):
            for tree, anchor, distance in self._anchors(placed):
                if placed.cost + distance > self.ceiling:
                    continue
                for linked in self.relate(placed, anchor, number, verb):
                    for both in self._twinned(linked, anchor, number, verb):
                        yield self._hooked(both, tree, anchor, number).plus(distance)
            if len(placed.trees) > 1:
                earlier = placed.trees[-2][-1]
                for linked in self.relate(placed, earlier, number, verb):
                    merged = (number, *placed.trees[-2])
                    yield self._done(linked.but(trees=(*placed.trees[:-2], placed.trees[-1], merged))).plus(0.5)

    def _twinned(self, state: State, anchor: int, number: int, verb: Verb) -> Iterator[State]:
        """Let the relation said before connect the same two things (*performed but not written by X*)."""
        twin = state.pending.twin
        if twin is None:
            yield state
            return
        if state.nodes[number].kind != "entity":
            return
        first, negative = twin
        ready, again = state.but(pending=state.pending.but(negative=negative, twin=None)).add(state.nodes[number])
        for both in self.relate(ready, anchor, again, first._replace(passive=verb.passive)):
            yield both.but(tail=number)

    def _by_path(self, state: State, number: int) -> Iterator[State]:
        node = state.nodes[number]
        if node.waiting or node.kind == "value":
            return
        pending = state.pending
        base = 0.0 if pending.prep or pending.relative or pending.by else 0.35
        if (
            base
            and node.kind == "entity"
            and state.tail == number
            and number
            and state.nodes[number - 1].kind == "entity"
        ):
            base = 0.0
        for tree, anchor, distance in self._anchors(state):
            holder = state.nodes[anchor]
            if holder.kind == "value" or holder.waiting or state.cost + base + distance - 0.2 > self.ceiling:
                continue
            for path in self._paths(holder, node)[:_MAX_PATHS]:
                cost = base + distance + BRIDGE * path.cost + self._prep_cost(path, pending.prep)
                if state.cost + cost > self.ceiling:
                    continue
                linked = self._along(state, anchor, number, path, negative=pending.negative != "")
                yield self._hooked(linked, tree, anchor, number).plus(cost)
