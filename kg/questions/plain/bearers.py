"""Terms that stand for other things: verbs for events, values and roles for their bearers, *the same … as*."""

from __future__ import annotations

from collections.abc import Iterator

from kg.questions.plain.actors import agents
from kg.questions.plain.chunks import Chunk
from kg.questions.plain.graph import Edge, Filter, Node, steps_of
from kg.questions.plain.operators import Operators
from kg.questions.plain.state import EMPTY, State
from kg.terms import PREFIXES
from kg.vocabulary.schema import Step

__all__ = ["Bearers"]

_CONCEPT = PREFIXES["skos"] + "Concept"
_OWNERLESS = 0.4
"""What it costs to take a role for all that fill it."""


class Bearers(Operators):
    """Finds the things that a verb, a value or a role speaks of without naming them."""

    def _past(self, chunk: Chunk) -> bool:
        """Whether a class was found by a verb in the past (*reviewed*, by review)."""
        said = chunk.words.lower()
        return " " not in said and said.endswith("ed") and said not in self.vocabulary.label(chunk.iris[0]).lower()

    def _event(self, state: State, chunk: Chunk) -> Iterator[State]:
        """Read *who reviewed*, *customers who ordered*: there is a review, an order, and someone made it."""
        if "(" in chunk.note or not state.trees:
            return  # related words are too little to turn a verb into a thing
        event = Node("thing", chunk.iris, frozenset(chunk.iris), words=chunk.words, start=chunk.start)
        asked = state.nodes[state.focus] if state.focus >= 0 else None
        if asked is None or asked.question != "who" or asked.types:
            yield from self._place(state, event)
            return
        for property_ in agents(self.vocabulary, chunk.iris[0]):
            grown, number = state.add(event)
            grown = grown.with_node(state.focus, types=self.schema.range(property_))
            linked = grown.link(number, state.focus, (Step(property_),), (), negative=False, verb=True)
            yield linked.but(trees=((number, state.focus),), pending=EMPTY).plus(0.2)

    def _likened(self, state: State, node: Node) -> Iterator[State]:
        """Read *the same colour as X*: X leads to that very colour too, and is not what is asked for."""
        here = state.shared
        steps: list[Step] = []
        came: Edge | None = None
        for _ in range(4):
            edge = next((e for e in reversed(state.edges) if e.target == here and e is not came), None)
            if edge is None or edge.negative:
                return
            steps.insert(0, edge.steps[0])
            here, came = edge.source, edge
            holder = state.nodes[here]
            if holder.kind == "thing" and holder.types & node.types:
                break
        else:
            return
        filters = (*holder.filters, *(Filter("!=", iri, "iri") for iri in node.iris))
        grown, number = state.with_node(here, filters=filters).add(node)
        middles = [next(iter(sorted(self.schema.reach(node.types, steps[0]))), "")] * (len(steps) - 1)
        linked = grown.link(number, state.shared, tuple(steps), tuple(middles), negative=False, verb=True)
        spine = linked.trees[-1]
        yield linked.but(trees=(*linked.trees[:-1], (number, *spine)), shared=-1, pending=EMPTY)

    def _ownerless(self, state: State, node: Node) -> Iterator[State]:
        """Read *creators* as all that are the creator of something."""
        starts = self.schema.range(node.role) if node.role_inverse else self.schema.domain(node.role)
        if node.types == {_CONCEPT}:  # all terms of a scheme are of their kind, used or not
            kind = Node("thing", (_CONCEPT,), node.types, words=node.words, start=node.start)
            yield from (placed.plus(_OWNERLESS + 0.05) for placed in self._place(state, kind))
        for placed in self._place(state, node._replace(owned=True)):
            thing = placed.tail
            grown, owner = placed.add(Node("thing", types=starts))
            step = Step(node.role, node.role_inverse)
            linked = grown.link(owner, thing, (step,), (), negative=False, verb=True)
            yield linked.but(tail=thing).plus(_OWNERLESS)

    def _taken(self, state: State, chunk: Chunk) -> bool:
        """Whether a number belongs to the property just named (*phase 2*), and is no value of another."""
        last = state.nodes[state.tail] if state.tail >= 0 else None
        if last is None or last.kind != "value" or not last.role or not chunk.words.isdigit():
            return False
        return last.role != chunk.iris[0] and not (last.texts or last.filters or state.pending.prep)

    def _value_kind(self, state: State, node: Node) -> Iterator[State]:
        """Read *goalkeepers* as the things that have this for a value, where one class has such values."""
        pending = state.pending
        asked = pending.focus or pending.counting or pending.superlative or pending.aggregate or pending.each
        if (
            not (asked or pending.prep == "of")
            or pending.negative
            or self.vocabulary.properties[node.role].identifying
        ):
            return
        owners = [u for u in self.schema.usages if u.property == node.role and u.domain in self.vocabulary.classes]
        owners = [u for u in owners if u.triples == max(o.triples for o in owners)]
        plural = node.words.lower().endswith("s") and not any(text.endswith("s") for text, _ in node.texts)
        if len(owners) != 1:
            return
        if not plural and owners[0].objects * 2 > owners[0].subjects and owners[0].subjects > 1:
            return
        kind = Node(
            "thing", (owners[0].domain,), frozenset((owners[0].domain,)), words=node.words, start=node.start
        )
        for placed in self._place(state, kind):
            thing = placed.tail
            grown, number = placed.add(node._replace(owned=True))
            linked = grown.link(thing, number, steps_of((node.role,)), (), negative=False, verb=True)
            yield linked.but(tail=thing).plus(0.3)
