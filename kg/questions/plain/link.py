"""Connecting two nodes of a reading: by a role, a relation word, where a thing is, or the cheapest typed path."""

from __future__ import annotations

from collections.abc import Iterator

from kg.questions.plain.graph import Filter, Node
from kg.questions.plain.measure import is_dated, measures
from kg.questions.plain.merge import Merger
from kg.questions.plain.state import State, Verb
from kg.vocabulary.datatypes import is_date, is_number
from kg.vocabulary.schema import Path, Step
from kg.vocabulary.terms import PropertyTerm
from kg.vocabulary.words import stem, stems

__all__ = ["BRIDGE", "PLACE_WORDS", "WHOLES", "Linker"]

BRIDGE = 0.5
"""What a hop that the question did not name costs, for each unit of its path."""

_ELSEWHERE = 0.6
"""What it costs to say where a thing is although something that happened to it is spoken of."""

PLACE_WORDS = {
    stem(word): rank
    for rank, words in enumerate(
        ("located location where in situated", "place site based headquartered headquarters lies",
         "address at venue origin home", "city town", "state region province county area", "country")
    )
    for word in words.split()
}  # fmt: skip
"""Words of properties that say where something is, and how directly they do."""

WHOLES = frozenset(stem(w) for w in ("located", "part", "member", "belongs", "of", "region", "country"))
"""Words of properties that lead from a part to its whole."""


class Linker(Merger):
    """Yields the ways the schema allows to connect two nodes that are there.

    ``ceiling`` is the cost beyond which nobody wants to know of a way.
    """

    ceiling = 1e9

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
            yield filled.link(owner, number, (step,), (), negative=state.pending.negative != "", verb=True).plus(
                taken
            )
            return
        for path in self.schema.paths(holder.types, starts)[:2]:
            if any(s.property == node.role for s in path.steps) or not self._speaks(
                node, holder, path.classes[-1]
            ):
                continue
            cost = (0.4 if node.kind == "value" else 0.9) + BRIDGE * path.cost
            if state.cost + cost > self.ceiling:
                continue
            filled = state.with_node(number, owned=True)
            yield filled.link(
                owner, number, (*path.steps, step), path.classes, negative=state.pending.negative != "", verb=True
            ).plus(cost)

    def _speaks(self, node: Node, holder: Node, class_: str) -> bool:
        """Whether a named thing may have another's number: one that says whose it is, or of the nameless."""
        if node.kind != "value" or holder.kind != "entity" or node.texts or node.aggregate or node.superlative:
            return True
        said = set(stems(self.vocabulary.label(node.role)))
        return set(stems(self.vocabulary.label(class_))) <= said or not self.vocabulary.has_names(class_)

    def _reuse(self, state: State, owner: int, step: Step, node: Node) -> float:
        """Charge for asking twice for a property that has one value."""
        again = any(e.source == owner and e.steps == (step,) for e in state.edges)
        return 0.4 if again and not node.show else 0.0

    def relate(self, state: State, left: int, right: int, verb: Verb) -> Iterator[State]:
        """Yield states in which a relation word connects two nodes, in either direction that the types allow."""
        negative = state.pending.negative != ""
        a, b = state.nodes[left], state.nodes[right]
        term = self.vocabulary.properties[verb.property]
        if a.question == "who" and not a.types and b.kind == "entity" and self._written(term):
            left, right, a, b = right, left, b, a
        if a.kind == "value":
            return
        if self._doubtful(verb, term, a, b):
            return
        if a.waiting and a.role == verb.property and not term.is_data and b.kind != "value":
            yield from self.own(state, right, left)
            return
        if b.waiting and b.role == verb.property:
            return
        for inverse in (False, True):
            if term.is_data and (inverse or not self._literal_fits(term, b)):
                continue
            if not term.is_data and b.kind == "value":
                continue
            step = Step(verb.property, inverse)
            expected = verb.inverse != (verb.passive != term.label.lower().endswith(" by"))
            both = not inverse and self._fits(a, Step(verb.property, True), b)
            turned = inverse != expected
            cost = (
                0.0 if not turned else 0.5 if both or self._fits(a, Step(verb.property, not inverse), b) else 0.02
            )
            if term.symmetric and inverse:
                continue
            if self._fits(a, step, b):
                ready = self._typed(state, left, right, step)
                yield ready.link(left, right, (step,), (), negative=negative, verb=True).plus(cost)
            elif not term.is_data:
                yield from self._relate_far(state, left, right, step, cost)

    @staticmethod
    def _doubtful(verb: Verb, term: PropertyTerm, a: Node, b: Node) -> bool:
        """Whether a word that is only like a relation has nothing else to speak for it."""
        if verb.cost >= 0.75 and not (a.types and b.types) and not term.is_data:
            return True
        placed = bool(set(stems(term.label)) & PLACE_WORDS.keys())
        return "where" in (a.question, b.question) and verb.cost >= 0.5 and not placed

    def _fits(self, a: Node, step: Step, b: Node) -> bool:
        left, right = (b, a) if step.inverse else (a, b)
        if self.vocabulary.properties[step.property].is_data:
            return not step.inverse and bool(not a.types or a.types & self.schema.domain(step.property))
        return self.schema.links(left.types, step.property, right.types)

    def _literal_fits(self, term: PropertyTerm, node: Node) -> bool:
        datatype = term.datatype
        if node.kind == "thing" and not node.types and not node.classes:
            dated = is_date(datatype) or is_number(datatype)
            written = self._written(term) and node.question == "who"
            return written or node.question in ("what", "which") or (node.question == "where" and not dated)
        if node.kind != "value":
            return False
        if any(f.kind == "date" for f in node.filters) and is_number(datatype):
            return False
        if node.question == "when" and not is_dated(term):
            return False
        if node.question == "where" and (is_date(datatype) or is_number(datatype)):
            return False
        comparable = is_number(datatype) or is_date(datatype)
        return not node.role and not node.measure and (comparable if node.filters else True)

    @staticmethod
    def _written(term: PropertyTerm) -> bool:
        """Whether a literal is the name of someone (*described by* "Linnaeus")."""
        named = term.is_data and not is_number(term.datatype) and not is_date(term.datatype)
        return named and term.label.lower().endswith(("by", "er", "or"))

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
    def _as_date(found: Filter, datatype: str) -> Filter:
        return found._replace(kind="date") if is_date(datatype) else found

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
                    ).plus(cost + 0.3 + BRIDGE * path.cost)
            return
        ends = self.schema.reach(a.types, step)
        if not b.types or not ends:
            return
        for path in self.schema.paths(ends, b.types)[:1]:
            narrow = all(self._narrows(s) for s in path.steps)
            if all(s.property != step.property for s in path.steps) and (narrow or self._leads_to_one(path)):
                middle = next(iter(sorted(ends)))
                cost += 0.0 if narrow else 0.2
                yield state.link(
                    left, right, (step, *path.steps), (middle, *path.classes), negative=negative, verb=True
                ).plus(cost + 0.2 + BRIDGE * path.cost)

    def _leads_to_one(self, path: Path) -> bool:
        """Whether a path of one step leads to one thing only (*the airport's city*)."""
        step = path.steps[0]
        return len(path.steps) == 1 and not step.inverse and self.vocabulary.properties[step.property].functional

    def _narrows(self, step: Step) -> bool:
        """Whether a step leads from a thing to the one it belongs to, so that it may stand for it."""
        term = self.vocabulary.properties[step.property]
        if step.inverse:
            said = term.label.lower().startswith("has ") or not self._named(step.property)
            return term.identifying and not term.is_data and said
        return term.transitive or bool(set(stems(term.label)) & WHOLES)

    def _named(self, property_: str) -> bool:
        """Whether a property leads to things that have names."""
        return any(map(self.vocabulary.has_names, self.schema.range(property_)))

    def join(self, state: State, left: int, right: int) -> Iterator[State]:
        """Yield states in which two trees are connected at two nodes, roles first."""
        a, b = state.nodes[left], state.nodes[right]
        if a.question == "where" or b.question == "where":
            yield from self._place(state, *((left, right) if a.question == "where" else (right, left)))
            return
        if "when" in (a.question, b.question) and "value" in (a.kind, b.kind):
            yield from self._dated(state, *((left, right) if a.question == "when" else (right, left)))
        if b.waiting:
            yield from self.own(state, left, right)
        if a.waiting:
            yield from self.own(state, right, left)
        if not a.waiting and not b.waiting and "value" not in (a.kind, b.kind):
            for path in self._paths(a, b)[:3]:
                yield self._along(state, left, right, path, negative=False).plus(BRIDGE * path.cost)

    def _dated(self, state: State, when: int, number: int) -> Iterator[State]:
        """Say when a thing is, where it has one date."""
        node, asked = state.nodes[number], state.nodes[when]
        if node.kind == "value" or not node.types or asked.role:
            return
        dates = [p for p in self.schema.data_properties(node.types) if is_dated(self.vocabulary.properties[p])]
        if len(dates) == 1:
            datatype = self.vocabulary.properties[dates[0]].datatype
            ready = state.with_node(when, types=frozenset((datatype,)))
            yield ready.link(number, when, (Step(dates[0]),), (), negative=False, verb=True).plus(0.1)

    def _place(self, state: State, where: int, number: int) -> Iterator[State]:
        """Say where a thing is: by the property whose words are about places."""
        node = state.nodes[number]
        if node.kind == "value" or not node.types:
            return
        event = self._event_of(state, number)
        if event >= 0:  # where was it seen: at the place of the sighting
            yield from self._place(state, where, event)
            state = state.plus(_ELSEWHERE)
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

    @staticmethod
    def _event_of(state: State, number: int) -> int:
        """Return the thing that a relation with nothing after it brought in (*was observed*), -1 if none did."""
        for edge in state.edges:
            if edge.verb and number in (edge.source, edge.target):
                other = state.nodes[edge.other(number)]
                if other.kind == "thing" and not (other.words or other.question or other.show or other.classes):
                    return edge.other(number)
        return -1

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
        if prep in words and (not first.inverse or prep not in ("in", "of", "by", "with")):
            return -0.2
        if (
            prep in ("in", "on", "at", "from")
            and not first.inverse
            and {"in", "locat", "place", "at"} & set(words)
        ):
            return -0.2
        return 0.0
