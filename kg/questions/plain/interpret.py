"""From chunks to ranked readings: a beam search over partial readings, left to right, cheapest first."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappush, heappushpop
from itertools import islice

from kg.questions.plain.actors import doers
from kg.questions.plain.graph import Node, QueryGraph
from kg.questions.plain.lattice import Lattice
from kg.questions.plain.moves import Moves
from kg.questions.plain.soundness import boundless, coincidences, echoes, forgets, miscounts, unmeasured
from kg.questions.plain.state import EMPTY, State
from kg.vocabulary import Vocabulary
from kg.vocabulary.measures import graded

__all__ = ["BEAM", "interpret"]

BEAM = 32
"""Partial readings kept at each position."""

_LIMIT = 8
_LONG = 16
_NARROW = 8
_WORSE = 0.15
"""How much more than the cheapest a complete reading may cost; what is farther off is never looked at."""
_BEHIND = 1.2
"""How much worse a partial reading may look than the best one at its position."""
_WEIGHTY = frozenset(("against", "without", "before", "after", "above", "below", "despite"))
_LOST = 0.9
"""What it costs to lose one of these at the end of a question: others may be left over, these say something."""
_SLACK = 0.3
"""How much less than its cost a partial reading may promise."""
_ENDINGS = 8
_COINCIDENCE = 0.8
"""What it costs to join two things by one that both only happen to lead to."""
_NAMELESS = 1.5
"""What it costs to ask for a thing of no kind that is named: *what is the river that …* asks for the river."""


def interpret(lattice: Lattice, vocabulary: Vocabulary, *, beam: int = BEAM) -> list[QueryGraph]:
    """Return the complete readings of a question, cheapest first."""
    search = _Search(lattice, vocabulary, beam)
    return search.run()


def _promise(state: State) -> float:
    """Estimate what a partial reading will still cost: what floats must be joined."""
    pending = state.pending
    waiting = sum(1 for tree in state.trees if state.nodes[tree[-1]].waiting)
    return state.cost + 0.35 * max(0, len(state.trees) - 1) - 0.3 * waiting + (0.1 if pending.open else 0.0)


class _Slot:
    """The partial readings that end at one position: what cannot be among the best is not kept at all."""

    def __init__(self, beam: int) -> None:
        self.beam = beam
        self.bound = 1e9
        self._found: list[tuple[float, int, State]] = []
        self._cheapest: list[float] = []

    def offer(self, state: State) -> None:
        """Keep a reading, unless more than are ever wanted look better."""
        promise = _promise(state)
        if promise > self.bound:
            return
        self._found.append((promise, len(self._found), state))
        self.bound = min(self.bound, promise + _BEHIND)
        heap = self._cheapest
        if len(heap) < self.beam + self.beam // 4:  # some turn out to be the same
            heappush(heap, -promise)
        else:
            heappushpop(heap, -promise)
            self.bound = min(self.bound, -heap[0])

    def best(self) -> list[State]:
        """Return the readings to go on with, most promising first, each once."""
        kept: list[State] = []
        seen = set()
        for promise, _, state in sorted(self._found, key=lambda f: f[:2]):
            if promise > self.bound or len(kept) >= self.beam:
                break
            key = state.key()
            if key not in seen:
                seen.add(key)
                kept.append(state)
        return kept


class _Search:
    def __init__(self, lattice: Lattice, vocabulary: Vocabulary, beam: int) -> None:
        self.lattice = lattice
        self.vocabulary = vocabulary
        self.moves = Moves(vocabulary, lattice)
        self.beam = beam

    def run(self) -> list[QueryGraph]:
        size = len(self.lattice.tokens)
        if size > _LONG:
            self.beam = max(_NARROW, self.beam * _LONG // size)
        agenda = [_Slot(self.beam) for _ in range(size + 1)]
        agenda[0].offer(State())
        attacher = self.moves.attacher
        for position in range(size):
            chunks = sorted(self.lattice.chunks[position], key=lambda c: c.cost + 0.25 * (c.kind != "operator"))
            heads = [self._head_follows(position + c.size) for c in chunks]
            for state in agenda[position].best():
                for chunk, head in zip(chunks, heads, strict=True):
                    slot = agenda[position + chunk.size]
                    attacher.ceiling = slot.bound + _SLACK
                    if state.cost + chunk.cost <= attacher.ceiling:
                        for found in self.moves.apply(state, chunk, head_follows=head):
                            slot.offer(found)
                            attacher.ceiling = slot.bound + _SLACK
        return self._finish_all(agenda[size])

    def _head_follows(self, position: int) -> bool:
        if position >= len(self.lattice.tokens):
            return False
        return any(c.kind in ("class", "property") for c in self.lattice.chunks[position])

    def _finish_all(self, slot: _Slot) -> list[QueryGraph]:
        found: dict[tuple[object, ...], QueryGraph] = {}
        attacher = self.moves.attacher
        attacher.ceiling = 1e9
        for state in sorted(slot.best(), key=lambda s: s.cost):
            if state.cost > attacher.ceiling:
                break
            for done in islice(self._finish(state), _ENDINGS):
                if done.cost > attacher.ceiling:
                    continue
                graph = self._graph(done)
                if graph is not None:
                    attacher.ceiling = min(attacher.ceiling, graph.cost + _WORSE)
                    key = (graph.nodes, graph.edges, graph.focus, graph.form, graph.order)
                    if key not in found or found[key].cost > graph.cost:
                        found[key] = graph
        return sorted(found.values(), key=lambda g: g.cost)[:_LIMIT]

    def _finish(self, state: State) -> Iterator[State]:
        for closed in self._settle(state):
            if closed.pending.open or not closed.nodes:
                continue
            for joined in self._join_all(closed):
                if joined.cost > self.moves.attacher.ceiling:
                    continue
                settled = self.moves.attacher.settle(joined) if joined.later else joined
                if settled is not None:
                    yield from self._employ(settled)

    def _settle(self, state: State) -> Iterator[State]:
        """Resolve what is still pending at the end of the question."""
        pending = state.pending
        if pending.adjective and pending.most:
            said = pending.but(adjective="", most=0, superlative=(pending.most, pending.adjective))
            state, pending = state.but(pending=said), said
        if pending.superlative is not None and not pending.mods:
            yield from self.moves.predicate(state)
        elif pending.verb is not None:
            yield from self.moves.dangling(state)
        elif pending.prep and len(state.nodes) == 1:
            return  # *which person works for*: what the preposition leads to is not said
        else:
            rest = pending.but(prep="", negative="" if pending.negative != "not" else "not")
            yield state.but(pending=rest).plus(_LOST if pending.prep in _WEIGHTY else 0.0)

    def _join_all(self, state: State) -> Iterator[State]:
        if len(state.trees) <= 1:
            yield state
            return
        left, right = state.trees[-2], state.trees[-1]
        options: list[State] = []
        for i, a in enumerate(left[:3]):
            for j, b in enumerate(right[:3]):
                if (j or self._placing(state)) and b != right[-1]:
                    continue
                for joined in self.moves.attacher.join(state.but(pending=EMPTY), a, b):
                    trees = (*joined.trees[:-2], (*right, *left[i:]))
                    away = 0.0 if b == right[-1] else 0.2
                    options.append(joined.but(trees=trees).plus(0.25 + 0.15 * i + away))
        options.sort(key=lambda s: s.cost)
        for option in options[: 4 if len(state.trees) < 4 else 2]:
            yield from self._join_all(option)

    def _placing(self, state: State) -> bool:
        return any(n.question == "where" for n in state.nodes)

    def _employ(self, state: State) -> Iterator[State]:
        """Give an owner of its own to every role that has none (*what is the highest elevation*)."""
        waiting = [i for i, n in enumerate(state.nodes) if n.waiting]
        if any(state.nodes[i].measure and not state.nodes[i].role for i in waiting):
            return
        for number in waiting:
            role = state.nodes[number].role
            owners = self.vocabulary.schema.domain(role)
            grown, owner = state.add(Node("thing", types=owners))
            state = next(iter(self.moves.attacher.own(grown, owner, number)), grown).plus(0.4)
        yield state

    def _graph(self, state: State) -> QueryGraph | None:
        if not state.nodes or not state.trees or state.shared >= 0:
            return None
        focus = state.focus if state.focus >= 0 else state.trees[0][-1]
        reached = state.component(focus)
        alive = [i for i, n in enumerate(state.nodes) if n.kind != "gone"]
        if any(i not in reached for i in alive) or len(state.edges) >= len(alive):
            return None
        acting = doers(state, focus, self.vocabulary)
        if acting is None:
            return None
        state, focus = acting
        state = self._grounded(self._limited(state, focus), focus)
        if (
            echoes(state, focus)
            or forgets(state)
            or boundless(state, focus)
            or miscounts(state, focus)
            or unmeasured(state, focus)
            or self._impossible(state)
        ):
            return None
        cost = state.cost + self._vacuous(state, focus) + _COINCIDENCE * coincidences(state)
        return QueryGraph(state.nodes, state.edges, focus, state.form, state.order, cost, state.lines())

    @staticmethod
    def _limited(state: State, focus: int) -> State:
        """Read *the 3 courses with the highest credits* as the first three by credits."""
        asked = state.nodes[focus]
        if asked.counted is None or asked.counted[0] != "=" or asked.most:
            return state
        own = asked.superlative
        if own is not None and own.rank == 1 and not own.limit:
            return state.with_node(focus, superlative=own._replace(limit=asked.counted[1]), counted=None)
        for number, node in enumerate(state.nodes):
            extreme = node.superlative
            if node.most and node.counted is None and number != focus:
                return state.with_node(number, counted=asked.counted).with_node(focus, counted=None)
            if extreme is not None and node.kind == "value" and extreme.rank == 1 and not extreme.limit:
                limited = state.with_node(number, superlative=extreme._replace(limit=asked.counted[1]))
                return limited.with_node(focus, counted=None)
        return state

    def _grounded(self, state: State, focus: int) -> State:
        """Say what kind of thing is asked for where the question only says what it is not (*who is no member*)."""
        node = state.nodes[focus]
        bare = node.kind == "thing" and not (node.classes or node.iris)
        if bare and state.denied and all(e.negative for e in state.edges if focus in (e.source, e.target)):
            kinds = sorted(node.types & self.vocabulary.classes.keys())
            return state.with_node(focus, classes=tuple(kinds[:1])) if len(kinds) == 1 else state
        return state

    def _impossible(self, state: State) -> bool:
        """Whether a thing is to have two values of a property that has one, directly or over others."""
        seen: dict[tuple[object, ...], object] = {}
        for number, node in enumerate(state.nodes):
            exact = tuple(f for f in node.filters if f.op == "=" and f.node < 0) or node.texts or node.iris
            key = self._only(state, number) if exact and node.question != "both" else ()
            if key and seen.setdefault(key, exact) != exact:
                return True
        return False

    def _only(self, state: State, number: int) -> tuple[object, ...]:
        """Return what leads to this node alone, a thing and properties with one value; () if nothing does."""
        steps: list[object] = []
        for _ in range(len(state.nodes)):
            edge = next((e for e in state.edges if e.target == number and len(e.steps) == 1), None)
            if edge is None or edge.negative:
                break
            term = self.vocabulary.properties[edge.steps[0].property]
            if term.transitive or not (term.identifying if edge.steps[0].inverse else term.functional):
                break
            steps.append(edge.steps[0])
            number = edge.source
        return (number, *steps) if steps else ()

    def _vacuous(self, state: State, focus: int) -> float:
        """Charge for a condition that everything fulfils: *the state with the highest point* singles out."""
        asked = state.nodes[focus]
        cost = 1.5 if state.form == "select" and asked.kind == "entity" and len(asked.iris) == 1 else 0.0
        if asked.question == "who" and asked.types and not any(map(self.vocabulary.has_names, asked.types)):
            cost += 1.0
        if asked.question == "what" and asked.kind == "thing" and not asked.classes and not asked.role:
            cost += _NAMELESS
        for edge in state.edges:
            node = state.nodes[edge.target]
            owner = state.nodes[edge.source]
            if (
                state.form != "ask"
                and node.kind == "value"
                and (node.filters or node.texts)
                and len(owner.iris) == 1
            ):
                cost += 1.0
            if edge.target == focus or node.show or edge.negative or node.kind != "thing" or len(edge.steps) != 1:
                continue
            if node.iris or node.superlative or node.most or node.counted or node.each:
                continue
            beyond = [
                e.other(edge.target) for e in state.edges if e is not edge and edge.target in (e.source, e.target)
            ]
            extreme = graded(node.words.lower().split(" ")[0]) is not None
            if not beyond or (extreme and all(state.nodes[n].kind == "entity" for n in beyond)):
                ends = frozenset(node.classes)
                if owner.kind == "thing" and self.vocabulary.schema.covers(owner.types, edge.steps[0], ends):
                    cost += 1.4
        return cost
