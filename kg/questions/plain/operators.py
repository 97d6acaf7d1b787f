"""What closed-class words do to a reading: they say what is pending for the next thing named."""

from __future__ import annotations

from collections.abc import Iterator

from kg.questions.plain.chunks import Chunk
from kg.questions.plain.comparing import Comparer
from kg.questions.plain.graph import Node
from kg.questions.plain.state import EMPTY, State, Verb
from kg.vocabulary.measures import CONCEPTS, QUANTITY_ADJECTIVES, same_unit
from kg.vocabulary.words import stems

__all__ = ["Operators"]


_OF_BEING = 0.5
"""What it costs to read *what is …* as asking for a thing of any kind."""
_MUCH = "expensive"
"""What *how much* measures, unless a verb says otherwise (*weigh*, *earn*)."""
_OPPOSED = frozenset(
    (("for", "against"), ("from", "to"), ("with", "without"), ("before", "after"), ("above", "below"))
)
_VERBAL = 0.3
"""What idle words cost that are verbs (*located*, *available*)."""


class Operators(Comparer):
    """One method for each kind of operator of :mod:`kg.questions.plain.english`."""

    def _operator(self, state: State, chunk: Chunk) -> Iterator[State]:
        op = chunk.operator
        if op is None:
            return
        state = (
            state.plus(chunk.cost, f"{chunk.words}: {op.kind}") if op.kind != "skip" else state.plus(chunk.cost)
        )
        method = getattr(self, f"_op_{op.kind}", None)
        if method is not None:
            yield from method(state, op.value, chunk)

    def _op_skip(self, state: State, value: str, chunk: Chunk) -> Iterator[State]:
        if value == "a" and state.nodes:
            last = chunk.start + 1 >= len(self.lattice.tokens)
            state = state.plus(0.4 if last or chunk.words == "A" else 0.0)
            yield from self._set(state, indefinite=True)
        elif not (chunk.cost >= _VERBAL and (self._named(chunk) or (state.pending.copula and self._last(chunk)))):
            yield state

    def _named(self, chunk: Chunk) -> bool:
        """Whether an idle word is written as the name that it is too (*the skill Go*)."""
        here = self.lattice.chunks[chunk.start]
        names = any(c.kind in ("entity", "value") and c.size >= chunk.size and c.cost < _VERBAL for c in here)
        return names and chunk.start > 0 and chunk.words[:1].isupper()

    def _last(self, chunk: Chunk) -> bool:
        """Whether nothing but marks follows: then an idle word is what is said of the thing, and not idle."""
        rest = self.lattice.tokens[chunk.start + chunk.size :]
        return not any(token.is_word for token in rest)

    def _op_open(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        if not state.nodes:
            yield from self._set(state, focus=True)

    def _op_wh(self, state: State, value: str, chunk: Chunk) -> Iterator[State]:
        if value == "which":
            yield from self._set(state, focus=True, copula=state.pending.copula)
            if chunk.words.lower() in ("what", "whats"):
                cost = self._headless(chunk.start + chunk.size)
                if cost is not None:
                    bare = "what" if cost == _OF_BEING else "which"  # what blocks it, what does it own
                    yield from (s.plus(cost) for s in self._wonder(state, bare))
            return
        if value == "who":
            yield from self._set(state, focus=True, person=True)
        yield from self._wonder(state, value)

    def _op_prep(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        verb = state.pending.verb
        last = state.edges[-1] if verb is None and state.edges and state.edges[-1].verb else None
        said = verb.property if verb is not None else last.steps[-1].property if last and last.steps else ""
        if state.pending.named or self._opposed(said, value):
            return  # called at a port is not called Port; voted for is not voted against
        if verb is not None:
            passive = value == "by"
            yield from self._set(state, verb=verb._replace(passive=passive), prep="")
            return
        if value in ("of", "with") and state.shared >= 0 and state.shared == state.tail:
            yield from self._set(state, likened=True)
        if state.pending.superlative and value in ("of", "in", "among", "by"):
            yield from self.predicate(state)
        yield from self._set(state, prep=value)

    def _opposed(self, property_: str, said: str) -> bool:
        """Whether a relation's own preposition says the contrary."""
        last = self.vocabulary.label(property_).lower().split()[-1] if property_ else ""
        return (last, said) in _OPPOSED or (said, last) in _OPPOSED

    def _op_in(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, prep="in")

    def _op_with(self, state: State, value: str, chunk: Chunk) -> Iterator[State]:
        if chunk.words.lower() == "whose" and not state.trees:
            for wondering in self._wonder(state, "who"):
                yield wondering.but(pending=wondering.pending.but(prep="with", relative="whose"))
            return
        for ready in self._resolved(state):
            yield from self._with(ready, value, chunk)

    def _op_be(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        if not state.nodes and not state.pending.focus and state.form == "select":
            yield state.but(form="ask")
            return
        yield from self._set(state, copula=True)

    def _op_do(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        if not state.nodes and not state.pending.focus and not state.pending.counting:
            yield state.but(form="ask")
        else:
            yield from self._set(state, inverted=True)

    def _op_have(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        if not state.nodes and not state.pending.focus and not state.pending.counting:
            yield state.but(form="ask")
        else:
            yield from self._set(state, prep="with")

    def _op_neg(self, state: State, value: str, chunk: Chunk) -> Iterator[State]:
        copula = state.pending.copula or chunk.words.lower().startswith(("is", "are", "was", "were"))
        prep = "with" if value == "without" else state.pending.prep
        yield from self._set(state.but(denied=True), negative=value, prep=prep, copula=copula)

    def _op_except(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, negative="except")

    def _op_rel(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        for ready in self._resolved(state) if state.nodes else ():
            state = ready.plus(0.3 if ready.focus < 0 and ready.form == "select" else 0.0)
            yield from self._set(state, relative=value, prep="with" if value == "whose" else state.pending.prep)

    def _op_conj(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        if not state.nodes:
            return
        if state.pending.compare == "><" and state.pending.number:
            yield state
            return
        verb, negative = state.pending.verb, state.pending.negative
        if verb is not None and not state.pending.but(negative="").open:
            twin = state.pending.but(
                conj=value, verb=None, twin=(verb, negative), negative="", prep="", copula=False
            )
            if value == "or":
                return  # written or performed by X: either is not both
            yield state.but(pending=twin)
        if not state.pending.open:
            for ready in self._resolved(state):
                yield from self._set(ready, conj=value, prep="", copula=False, relative="", by=state.columns)

    def _op_sup(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._superlative(state, int(value), "")

    def _op_adjsup(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._superlative(state, 1, value)

    def _op_nth(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, rank=int(value))

    def _op_top(self, state: State, _: str, chunk: Chunk) -> Iterator[State]:
        word = "good" if chunk.words.lower().endswith("best") else ""
        yield from self._set(state, superlative=(1, word), limit=-1)

    def _op_most(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, most=int(value))

    def _op_adjcmp(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        bound = state.pending.compare
        yield from self._set(state, adjective=value, copula=False, compare="" if bound == "=" else bound)

    def _op_cmp(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, compare=value, copula=False)

    def _op_than(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        verb = state.pending.verb
        if verb is not None:  # what is broader than a thing is what that thing calls *broader*
            yield from self._set(state, verb=verb._replace(inverse=not verb.inverse))
        elif state.pending.adjective or state.pending.compare:
            yield state

    def _op_same(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        if state.trees and state.shared < 0 and not state.pending.open:
            yield from self._set(state, same=True, prep=state.pending.prep or "with")

    def _op_like(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        if state.shared >= 0 and state.shared == state.tail:
            yield from self._set(state, likened=True)

    def _op_after(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        """Turn the exact number just said into a bound (*3 goals or more*)."""
        number = state.tail
        if number < 0 or state.pending.open:
            return
        node = state.nodes[number]
        if node.counted is not None and node.counted[0] == "=":
            yield state.with_node(number, counted=(value, node.counted[1]))
        elif node.filters and node.filters[-1].op == "=":
            yield state.with_node(number, filters=(*node.filters[:-1], node.filters[-1]._replace(op=value)))

    def _op_count(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        pending = state.pending
        if pending.superlative:
            yield from self._set(state, superlative=None, most=pending.superlative[0])
            return
        yield from self._set(state, counting=True)

    def _op_much(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, focus=True)
        node = Node("value", measure=_MUCH, words="how much", show=True)
        for placed in self.attacher.attach(state, node):
            yield placed.but(focus=placed.tail).plus(0.4)

    def _op_how(self, state: State, value: str, chunk: Chunk) -> Iterator[State]:
        aggregate = state.pending.aggregate
        node = Node("value", measure=value, aggregate=aggregate, words=chunk.words, show=True, start=chunk.start)
        state = state.but(pending=state.pending.but(aggregate=""))
        for placed in self.attacher.attach(state, node):
            yield placed.but(focus=placed.tail if placed.focus < 0 else placed.focus)

    def _op_agg(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        if state.form == "count" and state.nodes:
            yield state
            return
        yield from self._set(state, aggregate=value)
        if state.tail >= 0 and not state.pending.open and state.nodes[state.tail].superlative is not None:
            yield from self._pooled(state, value)
        if state.trees and not state.pending.open:
            asked = state.focus if state.focus >= 0 else state.trees[0][-1]
            node = state.nodes[asked]
            if node.kind == "value" and not node.aggregate and not node.superlative:
                yield state.with_node(asked, aggregate=value).but(pending=EMPTY).plus(0.1)

    def _pooled(self, state: State, value: str) -> Iterator[State]:
        """Read *the team with the tallest players on average*: of each team's players together."""
        number = state.tail
        extreme = state.nodes[number].superlative
        if extreme is None or not extreme.steps:
            return
        datatype = self.vocabulary.properties[extreme.steps[-1].property].datatype
        leaf = Node(
            "value", types=frozenset((datatype,)), role=extreme.steps[-1].property, owned=True, aggregate=value,
            superlative=extreme._replace(steps=()), words=extreme.words,
        )  # fmt: skip
        grown, measured = state.with_node(number, superlative=None).add(leaf)
        middles = ("",) * (len(extreme.steps) - 1)
        linked = grown.link(number, measured, extreme.steps, middles, negative=False, verb=True)
        yield linked.but(tail=number, pending=EMPTY).plus(0.05)

    def _op_each(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, each=True, prep=state.pending.prep or "of")

    def _op_by(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        for ready in self._resolved(state) if state.nodes else ():
            yield ready.but(pending=ready.pending.but(by=True, prep="", conj=""), columns=True)

    def _op_order(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, order=1 if value == "asc" else -1)

    def _op_named(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        if state.nodes:
            yield from self._set(state, named=True)

    def _op_poss(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, prep="'s")

    def _op_other(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        yield state.plus(0.05)

    def _op_unitword(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        """Take *in square kilometres* as said already where the measure is in that unit."""
        for node in state.nodes:
            term = self.vocabulary.properties.get(node.role)
            if term is not None and term.unit and same_unit(term.unit, value):
                yield state
                return

    def _op_quantity(self, state: State, value: str, chunk: Chunk) -> Iterator[State]:
        """Take *paid* as said already where a price or premium is spoken of, and the graph has no such word."""
        here = self.lattice.chunks[chunk.start]
        if state.pending.verb is not None or any(c.kind in ("property", "value") and not c.cost for c in here):
            return
        last = state.nodes[state.tail] if state.tail >= 0 else None
        much = next((i for i, n in enumerate(state.nodes) if n.measure == _MUCH and n.waiting), -1)
        if much >= 0 and last is not None and last.kind != "value" and value != "price":
            yield state.with_node(much, measure=QUANTITY_ADJECTIVES[value])
            return
        nouns = CONCEPTS[value].nouns
        names = [self.vocabulary.label(i) for n in state.nodes for i in (n.role, *n.classes) if i]
        if any(set(stems(name)) & nouns for name in names):
            yield state.but(pending=state.pending.but(verb=None, relative="that", inverted=False))
        elif state.trees:
            adjective = QUANTITY_ADJECTIVES[value]
            yield from self._set(state, adjective=adjective, compare="=", inverted=False, prep="", relative="")

    def _op_void(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        """Read *assigned to anyone*, *blocks nothing*: the relation is all that is said."""
        if state.pending.verb is None or (state.pending.open and state.pending.negative != "not"):
            return
        if value == "none":
            yield from self._set(state.but(denied=True), negative="not", prep="")
        else:
            yield from self._set(state, prep="")

    def _op_pron(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        """Take *them* as said already, where the relation before it is there already."""
        verb = state.pending.verb
        if verb is None:
            if state.nodes and not state.pending.open:
                yield state.plus(0.3)
            return
        if (state.later and self._between(state, verb)) or any(
            s.property == verb.property for e in state.edges for s in e.steps
        ):
            yield state.but(pending=EMPTY).plus(0.1)

    def _headless(self, position: int) -> float | None:
        """Return what it costs to read *what* without a noun after it, None if there is one."""
        if position >= len(self.lattice.chunks):
            return None
        here = self.lattice.chunks[position]
        kinds = {c.operator.kind for c in here if c.operator is not None}
        if kinds & {"do", "have"}:
            return 0.0
        if kinds & {"be"}:
            return _OF_BEING
        if kinds or any(c.kind in ("class", "entity") for c in here):
            return None
        return 0.1

    def _wonder(self, state: State, question: str) -> Iterator[State]:
        """Start from an unknown thing: *who bears …*, *where is …*."""
        if state.focus >= 0:
            return
        node = Node("value" if question == "when" else "thing", question=question, words=question, show=True)
        for placed in self.attacher.attach(state, node):
            yield placed.but(focus=placed.tail).plus(0.1)

    def _resolved(self, state: State) -> Iterator[State]:
        """Yield states in which a relation word before a new clause has been dealt with."""
        verb = state.pending.verb
        if verb is None:
            yield state
        elif any(s.property == verb.property for e in state.edges for s in e.steps):
            yield state.but(pending=EMPTY).plus(0.05)
        elif state.later and self._between(state, verb):
            yield state.but(pending=EMPTY).plus(0.2)
            yield from self.dangling(state)
        else:
            yield from self.dangling(state)

    def _between(self, state: State, verb: Verb) -> bool:
        """Whether a relation holds between things that are listed: then the list says it already."""
        kinds = [n.types for n in state.nodes if n.types and n.kind == "thing"]
        return any(self.schema.links(a, verb.property, b) for a in kinds for b in kinds)

    def _with(self, state: State, _: str, chunk: Chunk) -> Iterator[State]:
        yield from self._set(state, prep="with", relative="whose" if chunk.words.lower() == "whose" else "")

    def _superlative(self, state: State, sign: int, word: str) -> Iterator[State]:
        pending = state.pending
        limit = pending.limit
        if pending.number and not pending.compare:
            limit = int(float(pending.number))
        if pending.superlative is None:
            yield from self._set(state, superlative=(sign, word), number="", limit=limit)
