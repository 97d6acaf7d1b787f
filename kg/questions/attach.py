"""Attaching a node to a reading: as the same thing, by a role, by a relation word, or by the cheapest typed path.

Every way that the schema allows is yielded with its cost; nothing here knows a word of any graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kg.questions.graph import Node
from kg.questions.measure import is_code, measures
from kg.questions.state import EMPTY, State, Verb
from kg.vocabulary import Vocabulary
from kg.vocabulary.schema import Path, Step
from kg.vocabulary.terms import is_date, is_number
from kg.vocabulary.words import stem, stems

__all__ = ["Attacher"]

_STEP_BACK = 0.3
_BRIDGE = 0.5
_MAX_PATHS = 3
_LITERAL = "http://www.w3.org/2001/XMLSchema#"
PLACE_WORDS = {
    stem(word): rank
    for rank, words in enumerate(
        ("located location where in situated", "place site based headquartered headquarters lies", "address at venue",
         "city town", "state region province county area", "country")
    )
    for word in words.split()
}  # fmt: skip
"""Words of properties that say where something is, and how directly they do."""

_OWNING = frozenset(("with", "of", "in", "for", "by", "'s"))


class Attacher:
    """Yields the ways to attach nodes, over one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.schema = vocabulary.schema

    # ---- a new node

    def attach(self, state: State, node: Node) -> Iterator[State]:
        """Yield every state in which a new node has found its place, modifiers before it included."""
        pending = state.pending
        if pending.verb is not None and pending.verb.leading:
            yield from self._led(state, node, pending.verb)
            return
        if not state.trees:
            yield from self._float(state, node, 0.0)
            return
        if (state.columns or pending.conj) and not pending.superlative and self._listable(node):
            yield self._listed(state, node)
            if state.columns and pending.verb is None:
                return
        yield from self._unify(state, node)
        if pending.verb is not None:
            yield from self._by_verb(state, node, pending.verb)
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
        rest = replace(verb, leading=False)
        plain = state.but(pending=state.pending.but(verb=None))
        for placed in self.attach(plain, node):
            if not placed.pending.open:
                yield placed.but(pending=placed.pending.but(verb=rest))

    @staticmethod
    def _listable(node: Node) -> bool:
        """Whether a node may be one more column: a class or a property, with no condition of its own."""
        return not (node.superlative or node.most or node.count or node.filters or node.texts or node.iris)

    def _listed(self, state: State, node: Node) -> State:
        """Note one more column; where it belongs is decided when the rest is known."""
        pending = state.pending
        grown, number = state.add(replace(node, show=True))
        mods = [m for m in pending.mods if grown.nodes[m].kind == "thing"]
        grown = grown.but(later=(*grown.later, *mods, number))
        cost = 0.02 if state.columns or node.waiting else 0.1
        return self._done(grown).plus(cost)

    def settle(self, state: State) -> State | None:
        """Attach the listed columns to what a reading has, each time the one that is nearest (a Steiner tree, greedily)."""
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
        """Give a list of bare roles an owner: the thing that one of them identifies, or that all of them are of."""
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
            for path in self._paths(other, node)[:1]:
                found.append((_BRIDGE * path.cost, holder, self._along(state, holder, number, path, negative=False)))
        if not found:
            return None
        cost, _, best = min(found, key=lambda f: (f[0], f[1]))
        return cost, best.but(cost=state.cost)

    @staticmethod
    def _joined(state: State, holder: int, number: int) -> State:
        """Let a listed class be the thing of that class that is there already."""
        nodes = list(state.nodes)
        nodes[holder] = replace(
            nodes[holder], classes=nodes[holder].classes or nodes[number].classes, show=True,
            each=nodes[holder].each or nodes[number].each, words=nodes[number].words,
        )  # fmt: skip
        nodes[number] = Node("gone")
        return state.but(nodes=tuple(nodes))

    def _float(self, state: State, node: Node, cost: float) -> Iterator[State]:
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
        merged = self.merge(mod_node, head_node)
        if merged is not None and mod_node.kind == "entity":
            nodes = list(state.nodes)
            nodes[head], nodes[mod] = merged, Node("gone")
            yield state.but(nodes=tuple(nodes)).plus(0.05)
            return
        for path in self._paths(head_node, mod_node)[:2]:
            yield self._along(state, head, mod, path, negative=False).plus(0.15 + _BRIDGE * path.cost)

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

    # ---- the same thing

    def merge(self, left: Node, right: Node) -> Node | None:
        """Return one node for two that name the same thing (*the city Austin*), or None if they cannot."""
        if left.kind == "entity" and right.kind == "entity":
            return None
        if left.question in ("where", "when") or right.question in ("where", "when"):
            return None if "value" not in (left.kind, right.kind) else self._merge_values(left, right)
        if (left.waiting and right.waiting) or left.kind == "value" != (right.kind == "value"):
            return None
        if left.superlative and right.superlative:
            return None
        if left.kind == "value" or right.kind == "value":
            return self._merge_values(left, right)
        if left.types and right.types and not self._compatible(left, right):
            return None
        base, extra = (right, left) if right.kind == "entity" or right.waiting else (left, right)
        types = base.types & extra.types or base.types or extra.types
        return replace(
            base,
            kind="entity" if base.iris or extra.iris else base.kind,
            classes=tuple(dict.fromkeys((*base.classes, *extra.classes))),
            types=types,
            iris=base.iris or extra.iris,
            role=base.role or extra.role,
            role_inverse=base.role_inverse if base.role else extra.role_inverse,
            owned=base.owned if base.role else extra.owned,
            superlative=base.superlative or extra.superlative,
            most=base.most or extra.most,
            count=base.count or extra.count,
            each=base.each or extra.each,
            aggregate=base.aggregate or extra.aggregate,
            question=base.question or extra.question,
            show=base.show or extra.show,
            words=f"{left.words} {right.words}".strip(),
            start=min(left.start, right.start),
        )

    def _merge_values(self, left: Node, right: Node) -> Node | None:
        if left.kind != right.kind:
            return None
        base, extra = (left, right) if left.role or left.measure else (right, left)
        if base.role and extra.role and base.role != extra.role:
            return None
        if extra.question == "when" and base.role:
            term = self.vocabulary.properties[base.role]
            if not is_date(term.datatype) and "year" not in term.label.lower() and "date" not in term.label.lower():
                return None
        return replace(
            base,
            texts=base.texts or extra.texts,
            filters=(*base.filters, *extra.filters),
            question=base.question or extra.question,
            show=base.show or extra.show,
            words=f"{left.words} {right.words}".strip(),
        )

    def _compatible(self, left: Node, right: Node) -> bool:
        if right.kind == "entity" or left.kind == "entity":
            entity, other = (right, left) if right.kind == "entity" else (left, right)
            wanted = other.classes or tuple(other.types)
            return bool(entity.types & frozenset(wanted))
        overlaps = self.vocabulary.overlaps
        return any(a == b or (a, b) in overlaps for a in left.types for b in right.types)

    def _unify(self, state: State, node: Node) -> Iterator[State]:
        pending = state.pending
        if pending.inverted or pending.mods or pending.negative or node.most or node.count or (pending.verb and not pending.copula):
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
                yield from self._owned_again(done, number)
            else:
                yield done

    def _owned_again(self, state: State, number: int) -> Iterator[State]:
        yield state

    def _narrow(self, node: Node) -> Node | None:
        """Keep the namesakes that are instances of the classes asked for."""
        if not node.classes:
            return node
        entities = self.vocabulary.entities
        kept = tuple(i for i in node.iris if all(c in entities[i].types for c in node.classes) or i not in entities)
        return replace(node, iris=kept) if kept else None

    def _unify_cost(self, state: State, left: Node, node: Node) -> float:
        pending = state.pending
        adjacent = state.tail >= 0 and state.nodes[state.tail] is left
        if pending.named:
            return 0.0
        if pending.copula:
            return 0.05 if not pending.prep else 0.8
        if node.kind == "entity" and not left.waiting and left.kind == "thing":
            return {"": 0.05, "of": 0.1}.get(pending.prep, 0.9) + (0.0 if adjacent else 0.3)
        if node.kind == "entity" and left.role:
            return {"": 0.1, "of": 0.5}.get(pending.prep, 0.9)
        if node.kind == "value":
            return 0.1 if not pending.prep else 0.3
        if left.start < 0 and left.classes == node.classes:
            return 0.05
        return {"": 0.35, "of": 0.8}.get(pending.prep, 1.0)

    # ---- by a role

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
            for linked in self.own(state, anchor, number):
                yield self._hooked(linked, tree, anchor, number).plus(cost)

    def _anchors(self, state: State) -> list[tuple[int, int, float]]:
        """Return (tree, node, cost) for the nodes a new one may hang on, nearest first."""
        last = len(state.trees) - 1
        spine = state.trees[last][:4]
        found = [(last, number, _STEP_BACK * i) for i, number in enumerate(spine)]
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

    def own(self, state: State, owner: int, number: int) -> Iterator[State]:
        """Yield states in which a node owns a role node, directly or over a path."""
        node, holder = state.nodes[number], state.nodes[owner]
        if holder.kind == "value" or (node.superlative is not None and len(holder.iris) == 1):
            return
        if holder.question and not holder.types and not (state.pending.prep == "with" or node.measure):
            return
        if node.measure and not node.role:
            for way, _, cost in measures(self.vocabulary, holder.types, node.measure)[:2]:
                datatype = self.vocabulary.properties[way[-1]].datatype
                ready = state.with_node(number, role=way[-1], types=frozenset((datatype,)), owned=True)
                steps = tuple(Step(p) for p in way)
                yield ready.link(owner, number, steps, ("",), negative=False, verb=True).plus(cost)
            return
        step = Step(node.role, node.role_inverse)
        starts = self.schema.range(node.role) if node.role_inverse else self.schema.domain(node.role)
        taken = self._reuse(state, owner, step, node)
        if not holder.types or holder.types & starts:
            ends = self.schema.reach(holder.types, step)
            if node.kind == "thing" and node.types and not node.types & ends:
                return
            filled = state.with_node(number, owned=True)
            if not holder.types:
                filled = filled.with_node(owner, types=starts)
            yield filled.link(owner, number, (step,), (), negative=state.pending.negative != "", verb=True).plus(taken)
            return
        for path in self.schema.paths(holder.types, starts)[:2]:
            if any(s.property == node.role for s in path.steps):
                continue
            filled = state.with_node(number, owned=True)
            cost = (0.4 if node.kind == "value" else 0.9) + _BRIDGE * path.cost
            yield filled.link(
                owner, number, (*path.steps, step), path.classes, negative=state.pending.negative != "", verb=True
            ).plus(cost)

    def _reuse(self, state: State, owner: int, step: Step, node: Node) -> float:
        """Charge for asking twice for a property that has one value."""
        again = any(e.source == owner and e.steps == (step,) for e in state.edges)
        return 0.4 if again and not node.show else 0.0

    # ---- by a relation word

    def _by_verb(self, state: State, node: Node, verb: Verb) -> Iterator[State]:
        grown, number = state.add(node)
        for placed in self._modified(grown, number):
            for tree, anchor, distance in self._anchors(placed):
                for linked in self.relate(placed, anchor, number, verb):
                    yield self._hooked(linked, tree, anchor, number).plus(distance)
            if len(placed.trees) > 1:
                earlier = placed.trees[-2][-1]
                for linked in self.relate(placed, earlier, number, verb):
                    merged = (number, *placed.trees[-2])
                    yield self._done(linked.but(trees=(*placed.trees[:-2], placed.trees[-1], merged))).plus(0.5)

    def relate(self, state: State, left: int, right: int, verb: Verb) -> Iterator[State]:
        """Yield states in which a relation word connects two nodes, in either direction that the types allow."""
        negative = state.pending.negative != ""
        a, b = state.nodes[left], state.nodes[right]
        if a.kind == "value":
            return
        term = self.vocabulary.properties[verb.property]
        if a.waiting and a.role == verb.property and not term.is_data and b.kind != "value":
            yield from self.own(state, right, left)
            return
        if b.waiting and b.role == verb.property:
            return
        for inverse in (False, True):
            if term.is_data and (inverse or not self._literal_fits(term.datatype, b)):
                continue
            if not term.is_data and b.kind == "value":
                continue
            step = Step(verb.property, inverse)
            expected = verb.inverse != verb.passive
            both = not inverse and self._fits(a, Step(verb.property, True), b)
            turned = inverse != expected
            cost = 0.0 if not turned else 0.5 if both or self._fits(a, Step(verb.property, not inverse), b) else 0.02
            if term.symmetric and inverse:
                continue
            if self._fits(a, step, b):
                ready = self._typed(state, left, right, step)
                yield ready.link(left, right, (step,), (), negative=negative, verb=True).plus(cost)
            elif not term.is_data:
                yield from self._relate_far(state, left, right, step, cost)

    def _fits(self, a: Node, step: Step, b: Node) -> bool:
        left, right = (b, a) if step.inverse else (a, b)
        if self.vocabulary.properties[step.property].is_data:
            return not step.inverse and bool(not a.types or a.types & self.schema.domain(step.property))
        return self.schema.links(left.types, step.property, right.types)

    def _literal_fits(self, datatype: str, node: Node) -> bool:
        if node.kind == "thing" and not node.types and not node.classes:
            return node.question in ("what", "where", "when", "which")
        if node.kind != "value":
            return False
        if any(f.kind == "date" for f in node.filters) and is_number(datatype):
            return False
        if node.question == "when" and not is_date(datatype):
            return False
        comparable = is_number(datatype) or is_date(datatype)
        return not node.role and not node.measure and (comparable if node.filters else True)

    def _typed(self, state: State, left: int, right: int, step: Step) -> State:
        """Note what the relation says about nodes of unknown class."""
        a, b = state.nodes[left], state.nodes[right]
        term = self.vocabulary.properties[step.property]
        if not a.types:
            starts = self.schema.range(step.property) if step.inverse else self.schema.domain(step.property)
            state = state.with_node(left, types=starts)
        if not b.types and not term.is_data:
            state = state.with_node(right, types=self.schema.reach(a.types, step))
        if term.is_data:
            filters = tuple(self._as_date(f, term.datatype) for f in b.filters)
            state = state.with_node(right, kind="value", types=frozenset((term.datatype,)), filters=filters)
        return state

    @staticmethod
    def _as_date(found: object, datatype: str) -> object:
        return replace(found, kind="date") if is_date(datatype) else found  # type: ignore[type-var]

    def _relate_far(self, state: State, left: int, right: int, step: Step, cost: float) -> Iterator[State]:
        """Follow the relation, then the cheapest path to the other thing (*rivers that run through the US*)."""
        a, b = state.nodes[left], state.nodes[right]
        negative = state.pending.negative != ""
        starts = self.schema.range(step.property) if step.inverse else self.schema.domain(step.property)
        if a.types and not a.types & starts:
            for path in self.schema.paths(a.types, starts)[:1]:
                ends = self.schema.reach(frozenset(path.classes[-1:]), step)
                if b.types and b.types & ends and all(s.property != step.property for s in path.steps):
                    yield state.link(
                        left, right, (*path.steps, step), path.classes, negative=negative, verb=True
                    ).plus(cost + 0.3 + _BRIDGE * path.cost)
            return
        ends = self.schema.reach(a.types, step)
        if not b.types or not ends:
            return
        for path in self.schema.paths(ends, b.types)[:1]:
            if all(s.property != step.property and self._narrows(s) for s in path.steps):
                middle = next(iter(sorted(ends)))
                yield state.link(
                    left, right, (step, *path.steps), (middle, *path.classes), negative=negative, verb=True
                ).plus(cost + 0.2 + _BRIDGE * path.cost)

    def _narrows(self, step: Step) -> bool:
        """Whether a step leads from a thing to the one it belongs to, so that it may stand for it."""
        term = self.vocabulary.properties[step.property]
        return term.identifying if step.inverse else term.functional or term.transitive

    # ---- by the cheapest path

    def _by_path(self, state: State, number: int) -> Iterator[State]:
        node = state.nodes[number]
        if node.waiting or node.kind == "value":
            return
        pending = state.pending
        base = 0.0 if pending.prep or pending.relative or pending.by else 0.35
        if base and node.kind == "entity" and state.tail == number and number and state.nodes[number - 1].kind == "entity":
            base = 0.0
        for tree, anchor, distance in self._anchors(state):
            holder = state.nodes[anchor]
            if holder.kind == "value" or holder.waiting:
                continue
            for path in self._paths(holder, node)[:_MAX_PATHS]:
                cost = base + distance + _BRIDGE * path.cost + self._prep_cost(path, pending.prep)
                linked = self._along(state, anchor, number, path, negative=pending.negative != "")
                yield self._hooked(linked, tree, anchor, number).plus(cost)

    def _paths(self, left: Node, right: Node) -> tuple[Path, ...]:
        if not left.types or not right.types:
            return ()
        return self.schema.paths(left.types, right.types)

    def _along(self, state: State, left: int, right: int, path: Path, *, negative: bool) -> State:
        return state.link(left, right, path.steps, path.classes, negative=negative, verb=False)

    def _prep_cost(self, path: Path, prep: str) -> float:
        """Prefer a path whose label has the preposition said; *has* reads *in* backwards."""
        if not prep:
            return 0.0
        first = path.steps[0]
        words = stems(self.vocabulary.properties[first.property].label)
        if prep in words and not first.inverse:
            return -0.2
        if prep in ("in", "on", "at", "from") and not first.inverse and {"in", "locat", "place", "at"} & set(words):
            return -0.2
        return 0.0

    # ---- joining what is left apart

    def _place(self, state: State, where: int, number: int) -> Iterator[State]:
        """Say where a thing is: by the property whose words are about places."""
        node = state.nodes[number]
        if node.kind == "value" or not node.types:
            return
        found = []
        for property_ in sorted({u.property for u in self.schema.usages if u.domain in node.types}):
            term = self.vocabulary.properties[property_]
            ranks = [PLACE_WORDS[s] for s in stems(term.label) if s in PLACE_WORDS]
            if ranks and not is_number(term.datatype) and not is_date(term.datatype):
                found.append((min(ranks), property_))
        for rank, property_ in sorted(found)[:3]:
            term = self.vocabulary.properties[property_]
            kind = "value" if term.is_data else "thing"
            ready = state.with_node(where, kind=kind, types=self.schema.reach(node.types, Step(property_)))
            if node.superlative is not None or node.role or node.kind == "thing":
                ready = ready.with_node(number, show=True)
            yield ready.link(number, where, (Step(property_),), (), negative=False, verb=True).plus(0.1 * rank)

    def join(self, state: State, left: int, right: int) -> Iterator[State]:
        """Yield states in which two trees are connected at two nodes, roles first."""
        a, b = state.nodes[left], state.nodes[right]
        if a.question == "where" or b.question == "where":
            yield from self._place(state, *((left, right) if a.question == "where" else (right, left)))
            return
        if b.waiting:
            yield from self.own(state, left, right)
        if a.waiting:
            yield from self.own(state, right, left)
        if not a.waiting and not b.waiting and "value" not in (a.kind, b.kind):
            for path in self._paths(a, b)[:_MAX_PATHS]:
                yield self._along(state, left, right, path, negative=False).plus(_BRIDGE * path.cost)
