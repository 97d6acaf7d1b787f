"""What each chunk of a question does to a reading: operators set what is pending, terms become nodes or relations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kg.questions.attach import Attacher
from kg.questions.graph import Edge, Filter, Node, Superlative
from kg.questions.lattice import Chunk, Lattice
from kg.questions.measure import amount_of, measures, sign_of
from kg.questions.state import EMPTY, Pending, State, Verb
from kg.vocabulary import Vocabulary
from kg.vocabulary.schema import Step
from kg.vocabulary.measures import CONCEPTS, QUANTITY_ADJECTIVES, convert, same_unit
from kg.vocabulary.terms import is_date, is_number
from kg.vocabulary.words import fold, stem, stems

__all__ = ["Moves"]


class Moves:
    """Applies chunks to states."""

    def __init__(self, vocabulary: Vocabulary, lattice: Lattice) -> None:
        self.vocabulary = vocabulary
        self.lattice = lattice
        self.schema = vocabulary.schema
        self.attacher = Attacher(vocabulary)

    def apply(self, state: State, chunk: Chunk, *, head_follows: bool) -> Iterator[State]:
        """Yield the states a chunk leads to; ``head_follows`` where a class or property comes right after it."""
        if chunk.kind == "operator":
            yield from self._operator(state, chunk)
            return
        noted = state.plus(chunk.cost + 0.25, f"{chunk.words}: {chunk.note}")
        if chunk.kind == "class":
            yield from self._class(noted, chunk, head_follows)
        elif chunk.kind == "entity":
            yield from self._entity(noted, chunk, head_follows)
        elif chunk.kind == "property":
            yield from self._property(noted, chunk)
        elif chunk.kind == "formula":
            yield from self._formula(noted, chunk)
        elif chunk.kind == "value":
            yield from self._value(noted, chunk)
        else:
            yield from self._number(noted, chunk)

    # ---- operators

    def _operator(self, state: State, chunk: Chunk) -> Iterator[State]:
        op = chunk.operator
        if op is None:
            return
        state = state.plus(chunk.cost, f"{chunk.words}: {op.kind}") if op.kind != "skip" else state.plus(chunk.cost)
        method = getattr(self, f"_op_{op.kind}", None)
        if method is not None:
            yield from method(state, op.value, chunk)

    def _set(self, state: State, **changes: object) -> Iterator[State]:
        yield state.but(pending=state.pending.but(**changes))

    def _op_skip(self, state: State, value: str, _: Chunk) -> Iterator[State]:
        if value == "a" and state.nodes:
            yield from self._set(state, indefinite=True)
        else:
            yield state

    def _op_open(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        if not state.nodes:
            yield from self._set(state, focus=True)

    def _op_wh(self, state: State, value: str, chunk: Chunk) -> Iterator[State]:
        if value == "which":
            yield from self._set(state, focus=True, copula=state.pending.copula)
            if chunk.words.lower() in ("what", "whats"):
                cost = self._headless(chunk.start + chunk.size)
                if cost is not None:
                    yield from (s.plus(cost) for s in self._wonder(state, "what"))
            return
        if value == "who":
            yield from self._set(state, focus=True)
        yield from self._wonder(state, value)

    def _headless(self, position: int) -> float | None:
        """Return what it costs to read *what* without a noun after it, None if there is one."""
        if position >= len(self.lattice.chunks):
            return None
        here = self.lattice.chunks[position]
        kinds = {c.operator.kind for c in here if c.operator is not None}
        if kinds & {"do", "have"}:
            return 0.0
        if kinds & {"be"}:
            return 0.5
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

    def _op_prep(self, state: State, value: str, chunk: Chunk) -> Iterator[State]:
        verb = state.pending.verb
        if verb is not None:
            passive = value == "by"
            yield from self._set(state, verb=replace(verb, passive=passive), prep="")
            return
        if state.pending.superlative and value in ("of", "in", "among", "by"):
            yield from self.predicate(state)
        yield from self._set(state, prep=value)

    def _op_in(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, prep="in")

    def _resolved(self, state: State) -> Iterator[State]:
        """Yield states in which a relation word before a new clause has been dealt with."""
        verb = state.pending.verb
        if verb is None:
            yield state
        elif any(s.property == verb.property for e in state.edges for s in e.steps):
            yield state.but(pending=EMPTY).plus(0.05)
        elif state.later:
            yield state.but(pending=EMPTY).plus(0.2)
            yield from self.dangling(state)
        else:
            yield from self.dangling(state)

    def _op_with(self, state: State, value: str, chunk: Chunk) -> Iterator[State]:
        if chunk.words.lower() == "whose" and not state.trees:
            for wondering in self._wonder(state, "who"):
                yield wondering.but(pending=wondering.pending.but(prep="with", relative="whose"))
            return
        for ready in self._resolved(state):
            yield from self._with(ready, value, chunk)

    def _with(self, state: State, _: str, chunk: Chunk) -> Iterator[State]:
        yield from self._set(state, prep="with", relative="whose" if chunk.words.lower() == "whose" else "")

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

    def _op_neg(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, negative=value, prep="with" if value == "without" else state.pending.prep)

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
        if not state.pending.open:
            for ready in self._resolved(state):
                yield from self._set(ready, conj=value, prep="", copula=False, relative="", by=state.columns)

    def _op_sup(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._superlative(state, int(value), "")

    def _op_adjsup(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._superlative(state, 1, value)

    def _superlative(self, state: State, sign: int, word: str) -> Iterator[State]:
        pending = state.pending
        limit = pending.limit
        if pending.number and not pending.compare:
            limit = int(float(pending.number))
        if pending.superlative is None:
            yield from self._set(state, superlative=(sign, word), number="", limit=limit)

    def _op_nth(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, rank=int(value))

    def _op_top(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, superlative=(1, ""), limit=-1)

    def _op_most(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, most=int(value))

    def _op_adjcmp(self, state: State, value: str, chunk: Chunk) -> Iterator[State]:
        yield from self._set(state, adjective=value, copula=False)

    def _op_adj(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        return
        yield

    def _op_cmp(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, compare=value, copula=False)

    def _op_than(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        if state.pending.adjective or state.pending.compare:
            yield state

    def _op_count(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        pending = state.pending
        if pending.superlative:
            yield from self._set(state, superlative=None, most=pending.superlative[0])
            return
        yield from self._set(state, counting=True)

    def _op_much(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, focus=True)
        node = Node("value", measure="expensive", words="how much", show=True)
        for placed in self.attacher.attach(state, node):
            yield placed.but(focus=placed.tail).plus(0.4)

    def _op_how(self, state: State, value: str, chunk: Chunk) -> Iterator[State]:
        aggregate = state.pending.aggregate
        node = Node("value", measure=value, aggregate=aggregate, words=chunk.words, show=True, start=chunk.start)
        state = state.but(pending=state.pending.but(aggregate=""))
        for placed in self.attacher.attach(state, node):
            yield placed.but(focus=placed.tail if placed.focus < 0 else placed.focus)

    def _op_agg(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, aggregate=value)
        if state.focus >= 0 and not state.pending.open:
            node = state.nodes[state.focus]
            if node.kind == "value" and not node.aggregate and not node.superlative:
                yield state.with_node(state.focus, aggregate=value).but(pending=EMPTY).plus(0.1)

    def _op_each(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, each=True, prep=state.pending.prep or "of")

    def _op_by(self, state: State, _: str, chunk: Chunk) -> Iterator[State]:
        for ready in self._resolved(state) if state.nodes else ():
            yield ready.but(pending=ready.pending.but(by=True, prep="", conj=""), columns=True)

    def _op_order(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, order=1 if value == "asc" else -1)

    def _op_named(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        if state.nodes:
            yield from self._set(state, named=True)

    def _op_poss(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        yield from self._set(state, prep="'s")

    def _op_only(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        return
        yield

    def _op_other(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        yield state.plus(0.05)

    def _op_unitword(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        """Take *in square kilometres* as said already where the measure is in that unit."""
        for node in state.nodes:
            term = self.vocabulary.properties.get(node.role)
            if term is not None and term.unit and same_unit(term.unit, value):
                yield state
                return

    def _op_quantity(self, state: State, value: str, __: Chunk) -> Iterator[State]:
        """Take *paid* as said already where a price or premium is spoken of."""
        nouns = CONCEPTS[value].nouns
        names = [self.vocabulary.label(i) for n in state.nodes for i in (n.role, *n.classes) if i]
        if any(set(stems(name)) & nouns for name in names):
            yield state.but(pending=state.pending.but(verb=None, relative="that", inverted=False))
        elif state.trees:
            yield from self._set(state, adjective=QUANTITY_ADJECTIVES[value], inverted=False, prep="", relative="")

    def _op_pron(self, state: State, _: str, __: Chunk) -> Iterator[State]:
        """Take *them* as said already, where the relation before it is there already."""
        verb = state.pending.verb
        if verb is None:
            if state.nodes and not state.pending.open:
                yield state.plus(0.3)
            return
        if state.later or any(s.property == verb.property for e in state.edges for s in e.steps):
            yield state.but(pending=EMPTY).plus(0.1)

    # ---- terms

    def _class(self, state: State, chunk: Chunk, head_follows: bool) -> Iterator[State]:
        node = Node("thing", chunk.iris, frozenset(chunk.iris), words=chunk.words, start=chunk.start)
        if state.pending.conj and state.tail >= 0 and state.nodes[state.tail].classes == chunk.iris:
            yield state.but(pending=EMPTY)
        if chunk.graded:
            if state.pending.superlative is None and not state.pending.most:
                ready = next(self._superlative(state, 1, chunk.graded))
                yield from self._place(ready, node)
            return
        yield from self._place(state, node)
        if head_follows:
            yield from self._as_modifier(state, node)

    def _entity(self, state: State, chunk: Chunk, head_follows: bool) -> Iterator[State]:
        node = Node("entity", (), chunk.types, chunk.iris, words=chunk.words, start=chunk.start)
        if state.pending.negative == "except" and state.trees:
            yield from self._exclude(state, node)
            return
        if state.pending.conj in ("and", "or") and state.tail >= 0 and state.nodes[state.tail].kind == "entity":
            yield from self._coordinate(state, node)
        yield from self._place(state, node)
        if head_follows:
            yield from self._as_modifier(state, node)
        label = self.vocabulary.label(chunk.iris[0])
        plural = fold(label) != fold(chunk.words)
        common = label[:1].islower() and (state.pending.superlative is not None or state.pending.focus)
        if stems(label) == stems(chunk.words) and (plural or common):
            yield from self._as_kind(state, node)

    def _coordinate(self, state: State, node: Node) -> Iterator[State]:
        """Read *A or B* as either, *A and B* as both, unless a thing can have only one of them."""
        last = state.tail
        left = state.nodes[last]
        if not left.types & node.types:
            return
        edges = [e for e in state.edges if last in (e.source, e.target)]
        done = state.but(pending=EMPTY)
        words = f"{left.words} {state.pending.conj} {node.words}"
        if len(edges) != 1 or len(edges[0].steps) != 1:
            return
        edge, step = edges[0], edges[0].steps[0]
        term = self.vocabulary.properties[step.property]
        towards = edge.target == last
        single = term.functional if towards != step.inverse else term.identifying
        if state.pending.conj == "or" or single:
            yield done.with_node(last, iris=(*left.iris, *node.iris), words=words)
            return
        grown, number = done.add(replace(node, types=left.types & node.types))
        other = Edge(edge.source if towards else number, number if towards else edge.target, edge.steps, edge.negative, True)
        spine = grown.trees[-1]
        yield grown.but(edges=(*grown.edges, other), trees=(*grown.trees[:-1], (number, *spine[1:])))

    def _as_kind(self, state: State, node: Node) -> Iterator[State]:
        """Read *comedies* as the things that have this for a kind."""
        options = [
            (-u.triples, u.property, u.domain)
            for u in self.schema.usages
            if u.range in node.types and u.domain in self.vocabulary.classes
        ]
        if not options:
            return
        _, property_, domain = min(options)
        kind = Node("thing", (domain,), frozenset((domain,)), words=node.words, start=node.start)
        for placed in self._place(state, kind):
            thing = placed.tail
            grown, number = placed.add(node)
            yield grown.but(tail=thing).link(thing, number, _step(property_), (), negative=False, verb=True).plus(0.3)

    def _exclude(self, state: State, node: Node) -> Iterator[State]:
        for number in state.trees[-1]:
            left = state.nodes[number]
            if left.kind == "thing" and left.types & node.types:
                filters = (*left.filters, *(Filter("!=", iri, "iri") for iri in node.iris))
                yield state.with_node(number, filters=filters).but(pending=EMPTY)
                return

    def _as_modifier(self, state: State, node: Node) -> Iterator[State]:
        if len(state.pending.mods) < 2:
            grown, number = state.add(node)
            yield grown.but(pending=grown.pending.but(mods=(*grown.pending.mods, number)), tail=state.tail).plus(0.02)

    def _place(self, state: State, node: Node) -> Iterator[State]:
        if state.pending.adjective:
            yield from self._compared(state, node)
            return
        if state.pending.aggregate and node.kind == "thing":
            yield from self._aggregate_thing(state, node)
        for ready, dressed in self._dress(state, node):
            for placed in self.attacher.attach(ready, dressed):
                yield self._after(state.pending, placed)

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
            value = Node("value", types=frozenset((datatype,)), role=property_, aggregate=aggregate, show=True, words=node.words)
            grown, number = placed.add(value)
            for owned in self.attacher.own(grown, owner, number):
                yield owned.but(focus=number if owned.focus < 0 else owned.focus, tail=owner).plus(0.05)

    def _amount_of(self, node: Node) -> str:
        return amount_of(self.vocabulary, node.types, node.classes)

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
        if before.counting and node.kind == "value":
            state = state.plus(0.12)
        if before.prep == "'s" and node.role and state.focus >= 0 and state.nodes[state.focus].kind == "entity":
            state = state.but(focus=number)
        if before.indefinite and state.focus >= 0 and state.nodes[state.focus].aggregate and node.kind == "thing":
            state = state.with_node(number, show=True, each=True)
        if (state.columns and (before.by or before.conj)) or (before.conj == "and" and (node.role or node.classes)):
            state = state.with_node(number, show=True)
        return state

    def _dress(self, state: State, node: Node) -> Iterator[tuple[State, Node]]:
        """Yield a node with the superlative, count, aggregate … said before it."""
        pending = state.pending
        if pending.each:
            node = replace(node, each=True, show=True)
        if pending.most:
            if node.kind == "value":
                node = replace(node, superlative=Superlative(pending.most, rank=pending.rank, limit=pending.limit))
            else:
                node = replace(node, most=pending.most)
        if pending.number and not pending.superlative:
            if not pending.compare and node.kind != "value":
                state = state.plus(0.0 if pending.prep == "with" or pending.verb else 0.4)
            counted = self._counted(pending, node)
            if counted is None:
                return
            node = counted
        elif pending.compare:
            return
        if pending.aggregate:
            if node.kind != "value":
                return
            node = replace(node, aggregate=pending.aggregate)
        if pending.superlative:
            yield from self._extreme(state, node)
            if not pending.superlative[1] and node.kind == "thing" and node.classes:
                yield state, replace(node, superlative=Superlative(pending.superlative[0], limit=pending.limit))
        else:
            yield state, node

    def _counted(self, pending: Pending, node: Node) -> Node | None:
        if node.kind == "value":
            if node.role and not node.texts and pending.compare not in (">t", "<t"):
                op = pending.compare or "="
                return replace(node, filters=(*node.filters, *_filters(op, pending.number, self._kind(node.role))))
            return None
        if node.kind == "entity":
            return None
        if pending.compare == "><":
            return None
        return replace(node, count=(pending.compare or "=", int(float(pending.number))))

    def _kind(self, role: str) -> str:
        return "date" if is_date(self.vocabulary.properties[role].datatype) else "number"

    def _extreme(self, state: State, node: Node) -> Iterator[tuple[State, Node]]:
        pending = state.pending
        if pending.superlative is None:
            return
        sign, word = pending.superlative
        limit = pending.limit if pending.limit >= 0 else int(float(pending.number or 0)) or 0
        if node.kind == "value":
            term = self.vocabulary.properties.get(node.role)
            if term is None or not (is_number(term.datatype) or is_date(term.datatype)):
                return
            direction = sign_of(word, date=is_date(term.datatype)) if word else sign
            yield state, replace(node, superlative=Superlative(direction, rank=pending.rank, limit=limit, words=word))
            return
        if node.kind == "entity":
            return
        if not word:
            return
        for way, direction, cost in measures(self.vocabulary, node.types, word):
            extreme = Superlative(sign * direction, _steps(way), pending.rank, limit, word)
            yield state.plus(cost), replace(node, superlative=extreme)

    def _compared(self, state: State, node: Node) -> Iterator[State]:
        """Read *longer than the Red River*: both have the measure, and one is more."""
        pending = state.pending
        if not state.trees or node.kind == "value":
            return
        for depth, anchor in enumerate(state.trees[-1][:3]):
            yield from self._compared_with(state, node, anchor, 0.1 * depth)

    def _compared_with(self, state: State, node: Node, anchor: int, extra: float) -> Iterator[State]:
        pending = state.pending
        types = state.nodes[anchor].types
        for way, sign, cost in measures(self.vocabulary, types, pending.adjective)[:2]:
            if not node.types & self.schema.domain(way[0]):
                continue
            term = self.vocabulary.properties[way[-1]]
            other = replace(node, start=node.start)
            grown, right = state.but(pending=EMPTY).add(other)
            grown, theirs = grown.add(Node("value", types=frozenset((term.datatype,)), role=way[-1], owned=True))
            op = ">" if sign > 0 else "<"
            mine_node = Node(
                "value", types=frozenset((term.datatype,)), role=way[-1], owned=True,
                filters=(Filter(op, node=theirs),),
            )  # fmt: skip
            grown, mine = grown.add(mine_node)
            steps = _steps(way)
            grown = grown.link(right, theirs, steps, ("",), negative=False, verb=True)
            grown = grown.link(anchor, mine, steps, ("",), negative=False, verb=True)
            spine = grown.trees[-1]
            trees = (*grown.trees[:-1], (right, *spine))
            grown = grown.but(edges=(*grown.edges, Edge(mine, theirs, ())))
            yield grown.but(trees=trees, tail=right, pending=EMPTY).plus(cost + extra)

    # ---- properties

    def _property(self, state: State, chunk: Chunk) -> Iterator[State]:
        term = self.vocabulary.properties[chunk.iris[0]]
        verbal = self._verbal(term.label, chunk)
        extra = 0.12 if self._like_class(term.label, chunk) else 0.0
        yield from (s.plus(extra if verbal < 2 else 0.6) for s in self._as_noun(state, chunk))
        if not state.pending.superlative and not state.pending.aggregate:
            yield from (s.plus((0.45, 0.15, 0.0)[verbal]) for s in self._as_verb(state, chunk))

    def _agentive(self, chunk: Chunk) -> bool:
        """Whether a verb was found by the noun for its subject (*manages* by *manager*): it reads from object to subject."""
        if "derived" not in chunk.note and "synonym" not in chunk.note:
            return False
        last = self.vocabulary.properties[chunk.iris[0]].label.lower().split()[-1]
        return last.endswith(("er", "or")) and not chunk.words.lower().endswith(("er", "ers", "or", "ors"))

    def _like_class(self, label: str, chunk: Chunk) -> bool:
        """Whether a property only says *has* before the name of the class it leads to, which is an entry itself."""
        if not label.lower().startswith("has "):
            return False
        here = self.lattice.chunks[chunk.start]
        ends = self.schema.range(chunk.iris[0])
        return any(c.kind == "class" and c.size == chunk.size and c.iris[0] in ends for c in here)

    def _verbal(self, label: str, chunk: Chunk) -> int:
        """Return 2 where a property reads as a verb only, 0 as a noun only, 1 as either."""
        words = label.lower().split()
        term = self.vocabulary.properties[chunk.iris[0]]
        said = chunk.words.lower()
        if said.endswith(("ed", "ing")) and said not in words and " " not in said:
            return 2
        if "(derived)" in chunk.note and not term.is_data:
            return 1
        last = stems(chunk.words)[-1:]
        if words[0] in ("has", "have") or (term.is_data and len(words) > 1 and last == (stem(words[-1]),)):
            return 0
        if words[-1] in ("by", "in", "to", "through", "at", "on", "from", "with", "for", "of"):
            return 2
        if term.is_data:
            return 1 if chunk.words.lower().endswith(("ed", "s")) else 0
        return 1

    def _as_noun(self, state: State, chunk: Chunk) -> Iterator[State]:
        iri = chunk.iris[0]
        term = self.vocabulary.properties[iri]
        if term.is_data:
            node = Node("value", types=frozenset((term.datatype,)), role=iri, words=chunk.words, start=chunk.start)
        else:
            inverse = chunk.inverse or chunk.words.lower().endswith(" of")
            types = self.schema.domain(iri) if inverse else self.schema.range(iri)
            node = Node("thing", (), types - {""}, role=iri, role_inverse=inverse, words=chunk.words, start=chunk.start)
        yield from self._place(state, node)

    def _as_verb(self, state: State, chunk: Chunk) -> Iterator[State]:
        pending = state.pending
        if pending.by or pending.number or pending.verb or pending.mods:
            return
        verb = Verb(chunk.iris[0], chunk.inverse != self._agentive(chunk), 0.0, words=chunk.words)
        if not state.trees or pending.counting or (pending.focus and state.focus < 0):
            if not chunk.inverse:
                yield state.but(pending=pending.but(verb=replace(verb, leading=True))).plus(0.1)
            return
        yield state.but(pending=pending.but(verb=verb, prep="", copula=False, conj="", relative=""))
        yield from self.close(state, verb)

    def close(self, state: State, verb: Verb) -> Iterator[State]:
        """Let a relation word that comes last connect the thing before it with an earlier one (*the states X runs through*)."""
        if len(state.trees) < 2:
            return
        right, left = state.trees[-1], state.trees[-2]
        for depth, number in enumerate(left[:3]):
            for subject in dict.fromkeys((right[-1], right[0])):
                for linked in self.attacher.relate(state, subject, number, verb):
                    merged = left[left.index(number) :]
                    done = linked.but(trees=(*state.trees[:-2], merged), pending=EMPTY, tail=number)
                    yield done.plus(0.2 * depth + 0.02)
                    both = (*right[: right.index(subject) + 1], *merged)
                    yield done.but(trees=(*state.trees[:-2], both), tail=subject).plus(0.2 * depth + 0.05)

    def dangling(self, state: State) -> Iterator[State]:
        """Let a relation word with nothing after it say that there is something (*policies that were sold*)."""
        verb = state.pending.verb
        if verb is None or not state.trees or state.pending.inverted:
            return
        for number in state.trees[-1][:2]:
            node = state.nodes[number]
            if node.kind == "value":
                continue
            grown, other = state.add(Node("thing"))
            for linked in self.attacher.relate(grown, number, other, verb):
                yield linked.but(pending=EMPTY).plus(0.4)

    def _formula(self, state: State, chunk: Chunk) -> Iterator[State]:
        """Build the thing whose values a defined quantity adds up."""
        classes = self._common(chunk.iris)
        if not classes:
            return
        owner = Node("thing", (classes,), frozenset((classes,)), words=self.vocabulary.label(classes))
        aggregate = state.pending.aggregate or "sum"
        ready = state.but(pending=state.pending.but(aggregate="", focus=False))
        for placed in self.attacher.attach(ready, owner):
            built: State | None = placed
            number = placed.tail
            parts = []
            for iri in chunk.iris:
                if built is None:
                    break
                datatype = self.vocabulary.properties[iri].datatype
                grown, part = built.add(Node("value", types=frozenset((datatype,)), role=iri))
                parts.append(part)
                built = next(self.attacher.own(grown, number, part), None)
            if built is None:
                continue
            node = Node("value", formula=tuple(parts), aggregate=aggregate, show=True, words=chunk.words)
            grown, total = built.add(node)
            grown = grown.but(edges=(*grown.edges, Edge(number, total, ())), tail=number, cost=placed.cost)
            yield grown.but(focus=total if grown.focus < 0 else grown.focus)

    def _common(self, parts: tuple[str, ...]) -> str:
        """Return the class from which all of some properties are nearest, '' if there is none."""
        best, least = "", 1e9
        for iri, term in self.vocabulary.classes.items():
            cost = 0.0
            for part in parts:
                domain = self.schema.domain(part)
                if iri in domain:
                    continue
                paths = self.schema.paths(frozenset((iri,)), domain)
                cost += paths[0].cost if paths else 1e9
            if cost < least and term.count:
                best, least = iri, cost
        return best if least < 1e8 else ""

    # ---- literals

    def _value(self, state: State, chunk: Chunk) -> Iterator[State]:
        iri = chunk.iris[0]
        term = self.vocabulary.properties[iri]
        node = Node(
            "value", types=frozenset((term.datatype,)), role=iri, texts=chunk.texts, words=chunk.words, start=chunk.start
        )
        verb = state.pending.verb
        if verb is not None and verb.property != iri:
            return
        if verb is not None:
            state = state.but(pending=state.pending.but(verb=None, prep="with"))
        for ready, dressed in self._dress(state, node):
            for placed in self.attacher.attach(ready, dressed):
                yield self._after(state.pending, placed)

    def _number(self, state: State, chunk: Chunk) -> Iterator[State]:
        pending = state.pending
        text = chunk.texts[0][0]
        if pending.limit == -1:
            yield from self._set(state, limit=int(float(text)))
        if pending.compare == "><" and not pending.number:
            yield from self._set(state, number=text)
            return
        if chunk.kind == "number" and not pending.number:
            yield state.but(pending=pending.but(number=text, unit=chunk.unit))
        if pending.adjective:
            span = f"{pending.number}:{text}" if pending.compare == "><" else text
            yield from self._measured(state, span, "" if pending.compare == "><" else chunk.unit)
            return
        span = f"{pending.number}:{text}" if pending.compare == "><" else text
        yield from self._filter_value(state, span, chunk)

    @staticmethod
    def _in_unit(text: str, unit: str, wanted: str) -> str | None:
        """Return a number in the unit that a property has, None where it measures something else."""
        scale = {"thousand": 1e3, "million": 1e6, "billion": 1e9}.get(wanted.split(" ")[0] if wanted else "")
        if scale and float(text) >= scale:
            return f"{float(text) / scale:.6g}"
        if not unit or not wanted:
            return text
        found = convert(float(text), unit, wanted)
        return None if found is None else str(int(found)) if found == int(found) else f"{found:.6g}"

    def _measured(self, state: State, text: str, unit: str) -> Iterator[State]:
        """Read *longer than 1000 km*, *weighs more than 100 g*."""
        compare = {">t": ">", "<t": "<"}.get(state.pending.compare, state.pending.compare)
        for depth, number in enumerate(state.trees[-1][:2] if state.trees else ()):
            found = measures(self.vocabulary, state.nodes[number].types, state.pending.adjective)
            for way, sign, cost in found[:2]:
                term = self.vocabulary.properties[way[-1]]
                kind = "date" if is_date(term.datatype) else "number"
                amount = self._in_unit(text, unit, term.unit)
                if amount is None:
                    continue
                node = Node(
                    "value", types=frozenset((term.datatype,)), role=way[-1], owned=True,
                    filters=_filters(compare or (">" if sign > 0 else "<"), amount, kind),
                )  # fmt: skip
                grown, value = state.add(node)
                negative = state.pending.negative != ""
                linked = grown.link(number, value, _steps(way), ("",), negative=negative, verb=True)
                yield linked.but(pending=EMPTY).plus(cost + 0.3 * depth)

    def _filter_value(self, state: State, text: str, chunk: Chunk) -> Iterator[State]:
        """Put a number or date on the value it belongs to: the one just named, a relation's, or the only date."""
        pending = state.pending
        op = pending.compare or "="
        if op == "=" and pending.prep not in ("", "of", "at", "in", "on", "during", "with", "by"):
            return
        if pending.verb is not None:
            term = self.vocabulary.properties[pending.verb.property]
            if is_date(term.datatype) or is_number(term.datatype):
                kind = "date" if is_date(term.datatype) else "number"
                if kind == "date" and not text[:4].isdigit():
                    return
                node = Node("value", filters=_filters(op, text, kind))
                ready = state.but(pending=pending.but(compare="", number=""))
                yield from self.attacher.attach(ready, node)
            return
        if state.tail >= 0 and state.nodes[state.tail].kind == "value" and not pending.mods:
            node = state.nodes[state.tail]
            if node.role and not node.texts and not node.filters:
                kind = self._kind(node.role)
                term = self.vocabulary.properties[node.role]
                if kind == "number" and (chunk.kind == "date" or not is_number(term.datatype)):
                    return
                amount = self._in_unit(text, chunk.unit, term.unit) if ":" not in text else text
                if amount is None:
                    return
                text = amount
                filters = _filters(op, text, kind)
                yield state.with_node(state.tail, filters=filters).but(pending=EMPTY)
            return
        if state.tail >= 0 and state.nodes[state.tail].role and op != "=" and chunk.kind == "number":
            yield from self._filter_amount(state, text, op)
        if chunk.kind == "date" or pending.prep in ("in", "on", "during") or op in (">t", "<t", "><"):
            yield from self._only_date(state, text, op)

    def _filter_amount(self, state: State, text: str, op: str) -> Iterator[State]:
        """Compare a thing by the number that says how much it is (*a price over 50*)."""
        node = state.nodes[state.tail]
        property_ = self._amount_of(node)
        if node.kind == "thing" and property_:
            value = Node("value", role=property_, owned=True, filters=_filters(op, text, "number"))
            grown, number = state.add(value)
            yield grown.link(state.tail, number, _step(property_), (), negative=False, verb=True).but(pending=EMPTY).plus(0.1)

    def _only_date(self, state: State, text: str, op: str) -> Iterator[State]:
        if not state.trees or not (text[:4].isdigit() and len(text) >= 4):
            return
        for depth, number in enumerate(state.trees[-1][:3]):
            types = state.nodes[number].types
            dates = [p for p in self.schema.data_properties(types) if is_date(self.vocabulary.properties[p].datatype)]
            for iri in dates[:3]:
                filters = _filters(op, text, "date")
                grown, value = state.add(Node("value", role=iri, owned=True, filters=filters))
                linked = grown.link(number, value, _step(iri), (), negative=state.pending.negative != "", verb=True)
                yield linked.but(pending=EMPTY).plus(0.2 + 0.3 * depth + (0.3 if len(dates) > 1 else 0.0))

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


def _steps(way: tuple[str, ...]) -> tuple[Step, ...]:
    return tuple(Step(p) for p in way)


def _step(property_: str) -> tuple[Step, ...]:
    return (Step(property_),)


def _filters(op: str, text: str, kind: str) -> tuple[Filter, ...]:
    low, colon, high = text.partition(":")
    if op == "><" and colon:
        return Filter(">=", low, kind), Filter("<=", high, kind)
    plain = {">t": ">", "<t": "<", "": "="}.get(op, op)
    if kind == "date" and plain == "=":
        return (Filter("in", text, kind),)
    return (Filter(plain, text, kind),)
