"""Placing a node with what was said before it: superlatives, counts, comparisons, aggregates."""

from __future__ import annotations

from collections.abc import Iterator

from kg.questions.plain.attach import Attacher
from kg.questions.plain.graph import Edge, Filter, Node, Superlative, filters_of, steps_of
from kg.questions.plain.lattice import Lattice
from kg.questions.plain.measure import amount_of, is_dated, measured_by, measures, sign_of
from kg.questions.plain.state import EMPTY, Pending, State, Verb
from kg.vocabulary import Vocabulary
from kg.vocabulary.datatypes import is_date, is_number

__all__ = ["Placer"]

_ACTING = 0.8
"""What it costs to take the thing after *who* for the one asked for although nothing says that it is."""


def _limit(pending: Pending) -> int:
    """Return how many the superlative asks for: *the 3 largest*, *the top 3*; 0 for all that tie."""
    if pending.limit > 0:
        return pending.limit
    return int(float(pending.number)) if pending.number and not pending.compare else 0


class Placer:
    """Dresses nodes with what is pending and has them attached."""

    def __init__(self, vocabulary: Vocabulary, lattice: Lattice) -> None:
        self.vocabulary = vocabulary
        self.lattice = lattice
        self.schema = vocabulary.schema
        self.attacher = Attacher(vocabulary)

    def _set(self, state: State, **changes: object) -> Iterator[State]:
        yield state.but(pending=state.pending.but(**changes))

    def _place(self, state: State, node: Node) -> Iterator[State]:
        pending = state.pending
        if pending.versus and node.kind != "value":
            yield from self._compared(state, node)
            return
        if node.kind == "value" and node.role and (pending.adjective or (pending.compare and not pending.number)):
            yield from self._against(state, node)
        if pending.adjective:
            yield from self._compared(state, node)
            return
        if state.pending.aggregate and node.kind == "thing":
            yield from self._aggregate_thing(state, node)
        for ready, dressed in self._dress(state, node):
            for placed in self.attacher.attach(ready, dressed):
                yield self._after(state.pending, placed)

    def _against(self, state: State, node: Node) -> Iterator[State]:
        """Note which value is compared in *more beds than X*, *a higher price than X*."""
        pending = state.pending
        term = self.vocabulary.properties[node.role]
        after = node.start + len(node.words.split())
        than = after < len(self.lattice.tokens) and self.lattice.tokens[after].lower == "than"
        if not than or pending.mods or not (is_number(term.datatype) or is_date(term.datatype)):
            return
        op = pending.compare.removesuffix("t")
        if pending.adjective:
            op = ">" if sign_of(pending.adjective, date=is_dated(term)) > 0 else "<"
        if op in (">", "<"):
            yield from self._set(state, versus=node.role, compare=op, adjective="", prep="", indefinite=False)

    def _after(self, before: Pending, state: State) -> State:
        """Note what the placed node was said to be: the focus, what is counted, a column, what to sort by."""
        number = state.tail
        if before.focus and state.focus < 0:
            state = state.but(focus=number)
        if before.counting and state.nodes[number].kind != "value" and (state.focus in (-1, number)):
            state = state.but(focus=number, form="count" if state.form == "select" else state.form)
        if before.order:
            state = state.but(order=(number, before.order))
        node = state.nodes[number]
        bare = node.superlative
        if bare is not None and not bare.steps and node.kind == "thing":
            state = state.with_node(number, superlative=None)
            state = state.but(pending=state.pending.but(superlative=(bare.sign, ""), limit=bare.limit)).plus(0.1)
        if before.person and state.focus == number and node.kind == "value":
            state = state.plus(6.0)
        if before.person and state.focus == number and not before.copula and (node.classes or node.role):
            state = state.plus(_ACTING)
        if before.counting and node.kind == "value":
            state = state.with_node(number, question="many").plus(
                0.12 if node.texts or self._countable(node) else 3.0
            )
        if node.classes and not before.prep and not before.focus:
            state = self._refocused(state, number)
        if before.prep == "'s" and node.role and state.focus >= 0 and state.nodes[state.focus].kind == "entity":
            state = state.but(focus=number)
        if before.same and not state.nodes[number].iris:
            state = state.but(shared=number)
        return self._shown(before, state, number)

    @staticmethod
    def _shown(before: Pending, state: State, number: int) -> State:
        """Make columns of what is listed or grouped by."""
        node = state.nodes[number]
        if before.indefinite and state.focus >= 0 and state.nodes[state.focus].aggregate and node.kind == "thing":
            state = state.with_node(number, show=True, each=True)
        if (state.columns and (before.by or before.conj) and len(node.iris) != 1) or (
            before.conj == "and" and (node.role or node.classes)
        ):
            state = state.with_node(number, show=True)
        return state

    def _countable(self, node: Node) -> bool:
        """Whether a value may answer *how many*."""
        term = self.vocabulary.properties.get(node.role)
        return term is None or is_number(term.datatype)

    @staticmethod
    def _refocused(state: State, number: int) -> State:
        """Ask for the things where a value was said before them to tell which (*phase 2 trials*)."""
        asked = state.focus
        if asked < 0:
            asked = next((i for i, n in enumerate(state.nodes) if n.question == "many"), number)
        said = state.nodes[asked]
        told = said.texts or any(f.op in ("=", "in") for f in said.filters)
        if said.kind != "value" or not told or said.aggregate or state.form == "ask":
            return state
        if not any({e.source, e.target} == {asked, number} for e in state.edges):
            return state
        form = "count" if said.question == "many" else state.form
        return state.with_node(asked, show=False, question="").but(focus=number, form=form)

    def _dress(self, state: State, node: Node) -> Iterator[tuple[State, Node]]:
        """Yield a node with the superlative, count, aggregate … said before it."""
        pending = state.pending
        if node.texts and pending.aggregate not in ("", "count"):
            return  # a value that is named is nothing to add up
        if pending.each:
            node = node._replace(each=True, show=True)
        if pending.most and node.kind == "value":
            node = node._replace(superlative=Superlative(pending.most, rank=pending.rank, limit=pending.limit))
        elif pending.most:
            node = node._replace(most=pending.most)
        if pending.number and not pending.superlative:
            if not pending.compare and node.kind != "value":
                state = state.plus(0.0 if pending.prep == "with" or pending.verb else 0.4)
            counted = self._counted(pending, node)
            if counted is None:
                return
            node = counted
        elif pending.compare or (pending.aggregate and node.kind != "value"):
            return
        node = node._replace(aggregate=pending.aggregate or node.aggregate)
        if pending.superlative:
            yield from self._extreme(state, node)
            if not pending.superlative[1] and node.kind == "thing" and node.classes:
                yield state, node._replace(superlative=Superlative(pending.superlative[0], limit=_limit(pending)))
        else:
            yield state, node

    def _counted(self, pending: Pending, node: Node) -> Node | None:
        if node.kind == "value":
            if node.role and not node.texts and not pending.compare.endswith("t"):
                op = pending.compare or "="
                return node._replace(
                    filters=(*node.filters, *filters_of(op, pending.number, self._kind(node.role)))
                )
            return None
        if node.kind == "entity":
            return None
        if pending.compare == "><":
            return None
        return node._replace(counted=(pending.compare or "=", int(float(pending.number))))

    def _kind(self, role: str) -> str:
        return "date" if is_date(self.vocabulary.properties[role].datatype) else "number"

    def _extreme(self, state: State, node: Node) -> Iterator[tuple[State, Node]]:
        pending = state.pending
        if pending.superlative is None:
            return
        sign, word = pending.superlative
        limit = _limit(pending)
        if node.kind == "value":
            term = self.vocabulary.properties.get(node.role)
            if (
                term is None
                or not (is_number(term.datatype) or is_date(term.datatype))
                or not measured_by(word, term)
            ):
                return
            direction = sign_of(word, date=is_dated(term)) if word else sign
            yield (
                state,
                node._replace(superlative=Superlative(direction, rank=pending.rank, limit=limit, words=word)),
            )
            return
        if (node.kind == "entity" and len(node.iris) < 2) or not word:
            return
        verb = pending.verb
        if verb is not None and is_dated(self.vocabulary.properties[verb.property]):
            direction = sign_of(word, date=True)
            yield state, node._replace(superlative=Superlative(direction, steps_of((verb.property,)), words=word))
            return
        for way, direction, cost in measures(self.vocabulary, node.types, word):
            extreme = Superlative(sign * direction, steps_of(way), pending.rank, limit, word)
            yield state.plus(cost), node._replace(superlative=extreme)

    def predicate(self, state: State) -> Iterator[State]:
        """Read *which state is the largest*: the superlative is said of the thing asked for."""
        pending = state.pending
        if pending.superlative is None or state.focus < 0 or not state.trees:
            return
        number = state.focus if state.focus >= 0 else state.trees[-1][-1]
        node = state.nodes[number]
        if node.superlative is not None:
            return
        for ready, dressed in self._extreme(state, node):
            nodes = list(ready.nodes)
            nodes[number] = dressed
            yield ready.but(nodes=tuple(nodes), pending=EMPTY).plus(0.15)

    def _compared(self, state: State, node: Node) -> Iterator[State]:
        """Read *longer than the Red River*: both have the measure, and one is more."""
        if not state.trees or node.kind == "value":
            return
        for depth, anchor in enumerate(state.trees[-1][:3]):
            yield from self._compared_with(state, node, anchor, 0.1 * depth)

    def _compared_with(self, state: State, node: Node, anchor: int, extra: float) -> Iterator[State]:
        pending = state.pending
        types = state.nodes[anchor].types
        found = measures(self.vocabulary, types, pending.adjective)[:2] if pending.adjective else []
        if pending.versus:
            found = [((pending.versus,), 1 if pending.compare == ">" else -1, 0.0)]
        for way, sign, cost in found:
            if not node.types & self.schema.domain(way[0]):
                continue
            term = self.vocabulary.properties[way[-1]]
            other = node._replace(start=node.start)
            grown, right = state.but(pending=EMPTY).add(other)
            grown, theirs = grown.add(Node("value", types=frozenset((term.datatype,)), role=way[-1], owned=True))
            op = ">" if sign > 0 else "<"
            if pending.compare in (">", "<") and not pending.versus:
                op = pending.compare  # it costs less than …
            mine_node = Node(
                "value", types=frozenset((term.datatype,)), role=way[-1], owned=True,
                filters=(Filter(op, node=theirs),),
            )  # fmt: skip
            grown, mine = grown.add(mine_node)
            steps = steps_of(way)
            grown = grown.link(right, theirs, steps, ("",), negative=False, verb=True)
            grown = grown.link(anchor, mine, steps, ("",), negative=False, verb=True)
            spine = grown.trees[-1]
            trees = (*grown.trees[:-1], (right, *spine))
            grown = grown.but(edges=(*grown.edges, Edge(mine, theirs, ())))
            yield grown.but(trees=trees, tail=right, pending=EMPTY).plus(cost + extra)

    def _aggregate_thing(self, state: State, node: Node) -> Iterator[State]:
        """Read *the total of premiums*: of the number that says how much a premium is."""
        property_ = self._amount_of(node)
        if not property_:
            return
        aggregate = state.pending.aggregate
        plain = state.but(pending=state.pending.but(aggregate="", focus=False))
        datatype = self.vocabulary.properties[property_].datatype
        for placed in self._place(plain, node):
            owner = placed.tail
            value = Node(
                "value",
                types=frozenset((datatype,)),
                role=property_,
                aggregate=aggregate,
                show=True,
                words=node.words,
            )
            grown, number = placed.add(value)
            for owned in self.attacher.own(grown, owner, number):
                yield owned.but(focus=number if owned.focus < 0 else owned.focus, tail=owner).plus(0.05)

    def _amount_of(self, node: Node) -> str:
        return amount_of(self.vocabulary, node.types, node.classes)

    def close(self, state: State, verb: Verb) -> Iterator[State]:
        """Let a relation word at the end connect what is before it (*the states X runs through*)."""
        if len(state.trees) < 2:
            return
        right, left = state.trees[-1], state.trees[-2]
        for depth, number in enumerate(left[:3]):
            for subject in dict.fromkeys((right[-1], right[0])):
                for linked in self.attacher.relate(state, subject, number, verb):
                    merged = left[left.index(number) :]
                    done = linked.but(trees=(*state.trees[:-2], merged), pending=EMPTY, tail=number)
                    named = 0.5 if len(state.nodes[number].iris) == 1 else 0.0
                    yield done.plus(0.2 * depth + 0.02 + named)
                    both = (*right[: right.index(subject) + 1], *merged)
                    yield done.but(trees=(*state.trees[:-2], both), tail=subject).plus(0.2 * depth + 0.05 + named)

    def dangling(self, state: State) -> Iterator[State]:
        """Let a relation word with nothing after it say that there is something (*policies that were sold*)."""
        verb = state.pending.verb
        denied = state.pending.but(negative="") if state.pending.negative == "not" else state.pending
        if verb is None or not state.trees or state.pending.inverted or denied.open:  # a twin is open
            return
        for number in state.trees[-1][:2]:
            node = state.nodes[number]
            if node.kind == "value":
                continue
            grown, other = state.add(Node("thing"))
            for linked in self.attacher.relate(grown, number, other, verb):
                yield linked.but(pending=EMPTY).plus(0.4)
