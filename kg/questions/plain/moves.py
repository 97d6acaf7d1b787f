"""What each chunk does to a reading: operators set what is pending, terms become nodes or relations."""

from __future__ import annotations

from collections.abc import Iterator

from kg.questions.plain.bearers import Bearers
from kg.questions.plain.chunks import Chunk
from kg.questions.plain.graph import Edge, Filter, Node, steps_of
from kg.questions.plain.state import EMPTY, State, Verb
from kg.vocabulary.datatypes import is_number
from kg.vocabulary.words import fold, is_participle, stems

__all__ = ["Moves"]


_VERBAL_ENDINGS = frozenset(
    ("by", "in", "to", "through", "at", "on", "from", "with", "for", "against", "into", "about", "onto", "over")
)
_NOUN_ENDINGS = ("ion", "ions", "ment", "ments", "ance", "ence", "ency", "encies", "ity", "ities", "ship", "ships")
_PLURAL_NOUNS = ("ers", "ors", "ees", "ions", "ments", "ists", "nts", "ies", "ages", "ss", "us", "is")


def _third_person(label: str) -> bool:
    """Whether a label of one word looks like *borders*, *treats*: a verb, not a plural."""
    return " " not in label and label.endswith("s") and not label.lower().endswith(_PLURAL_NOUNS)


class Moves(Bearers):
    """Applies chunks to states."""

    def apply(self, state: State, chunk: Chunk, *, head_follows: bool) -> Iterator[State]:
        """Yield the states a chunk leads to; ``head_follows`` where a class or property comes right after it."""
        if chunk.kind == "operator":
            yield from self._operator(state, chunk)
            return
        if state.cost + chunk.cost + 0.25 > self.attacher.ceiling:
            return
        noted = state.plus(chunk.cost + 0.25, f"{chunk.words}: {chunk.note}")
        if chunk.kind == "class" and self._past(chunk):
            yield from self._event(noted, chunk)
        elif chunk.kind == "class":
            yield from self._class(noted, chunk, head_follows)
        elif chunk.kind == "entity":
            yield from self._entity(noted, chunk, head_follows)
        elif chunk.kind == "property":
            yield from self._property(noted, chunk, head_follows)
        elif chunk.kind == "formula":
            yield from self._formula(noted, chunk)
        elif chunk.kind == "value":
            yield from self._value(noted, chunk, head_follows)
        else:
            yield from self._number(noted, chunk)

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
        if state.pending.likened:
            yield from self._likened(state, node)
            return
        if state.pending.negative == "except" and state.trees:
            yield from self._exclude(state, node)
            return
        if (
            state.pending.conj in ("and", "or")
            and state.pending.verb is None
            and state.tail >= 0
            and state.nodes[state.tail].kind == "entity"
        ):
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
        if state.pending.conj == "or" or (single and not self._both(left)):
            yield done.with_node(last, iris=(*left.iris, *node.iris), words=words)
            return
        both = "both" if single else ""
        grown, number = done.add(node._replace(types=left.types & node.types, question=both))
        other = Edge(
            edge.source if towards else number, number if towards else edge.target, edge.steps, edge.negative, True
        )
        spine = grown.trees[-1]
        yield grown.but(edges=(*grown.edges, other), trees=(*grown.trees[:-1], (number, *spine[1:])))

    def _both(self, node: Node) -> bool:
        """Whether *both* stands before a name."""
        before = [t.lower for t in self.lattice.tokens[max(0, node.start - 2) : max(0, node.start)]]
        return before[-1:] == ["both"] or (before[:1] == ["both"] and before[1:] != [","])

    def _as_kind(self, state: State, node: Node) -> Iterator[State]:
        """Read *comedies* as the things that have this for a kind."""
        options = [
            (-u.triples, u.property, u.domain)
            for u in self.schema.usages
            if u.range in node.types and u.domain in self.vocabulary.classes
        ]
        for place, (_, property_, domain) in enumerate(sorted(options)[:2]):
            kind = Node("thing", (domain,), frozenset((domain,)), words=node.words, start=node.start)
            for placed in self._place(state, kind):
                thing = placed.tail
                grown, number = placed.add(node)
                linked = grown.link(thing, number, steps_of((property_,)), (), negative=False, verb=True)
                yield linked.but(tail=thing).plus(0.3 + 0.05 * place)

    def _exclude(self, state: State, node: Node) -> Iterator[State]:
        for number in state.trees[-1]:
            left = state.nodes[number]
            if left.kind == "thing" and left.types & node.types:
                filters = (*left.filters, *(Filter("!=", iri, "iri") for iri in node.iris))
                yield state.with_node(number, filters=filters).but(pending=EMPTY)
                return

    def _as_modifier(self, state: State, node: Node) -> Iterator[State]:
        if len(state.pending.mods) < 2:
            plural = (
                node.classes
                and node.words.endswith("s")
                and not self.vocabulary.label(node.classes[0]).endswith("s")
            )
            state = state.plus(0.4 if plural else 0.0)
            grown, number = state.add(node)
            yield grown.but(pending=grown.pending.but(mods=(*grown.pending.mods, number)), tail=state.tail).plus(
                0.02
            )

    def _property(self, state: State, chunk: Chunk, head_follows: bool) -> Iterator[State]:
        term = self.vocabulary.properties[chunk.iris[0]]
        verbal = self._verbal(term.label, chunk)
        extra = 0.12 if self._like_class(term.label, chunk) else 0.0
        if not term.is_data and verbal == 1 and _third_person(term.label):
            extra += 0.6
        told = term.is_data and state.pending.focus and not state.nodes and not state.pending.person
        if verbal < 2 or told or not set(stems(chunk.words)) & set(stems(term.label)):
            cost = extra if verbal < 2 else 0.45 if told else 0.9  # what caused it: the cause of it
            if state.cost + cost <= self.attacher.ceiling:
                yield from self._as_noun(state.plus(cost), chunk, head_follows)
        cost = (0.45, 0.15, 0.0)[verbal]
        if (
            not state.pending.superlative
            and not state.pending.aggregate
            and (verbal or not state.pending.indefinite)  # *is X a prerequisite*: that is a noun
            and state.cost + cost <= self.attacher.ceiling
        ):
            yield from self._as_verb(state.plus(cost), chunk)

    def _suffered(self, chunk: Chunk) -> bool:
        """Whether the words are passive (*is blocked*, *blocked by*), where the relation's name has a voice."""
        said = chunk.words.lower().split()
        if said[-1] == "by":
            return True
        label = self.vocabulary.properties[chunk.iris[0]].label.lower().split()
        participle = said[-1].endswith("ed") or is_participle(said[-1])
        return participle and (label[-1] == "by" or (said[-1] not in label and _third_person(label[0])))

    def _agentive(self, chunk: Chunk) -> bool:
        """Whether a verb was found by the noun for its subject (*manages* by *manager*): it reads backwards."""
        if "derived" not in chunk.note and "synonym" not in chunk.note:
            return False
        words = self.vocabulary.properties[chunk.iris[0]].label.lower().removesuffix(" of").split()
        doers = ("er", "or", "ent", "ant", "ist") if chunk.inverse else ("er", "or")
        return words[-1].endswith(doers) and not chunk.words.lower().endswith(("er", "ers", "or", "ors"))

    def _like_class(self, label: str, chunk: Chunk) -> bool:
        """Whether a property only says *has* before the name of the class it leads to."""
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
        participle = (
            (said.endswith(("ed", "ing")) or is_participle(said)) and said not in words and " " not in said
        )
        if said.endswith(_NOUN_ENDINGS) and said not in words and not term.is_data:
            return 0
        if participle or (words[-1] in _VERBAL_ENDINGS and len(words) > 1):
            done = words[0].endswith("ed") or is_participle(words[0])
            return 2 if participle or done or not is_number(term.datatype) else 1  # votes against
        if words[-1] == "of" or ("(derived)" in chunk.note and not term.is_data):
            return 1
        if words[0] in ("has", "have") or (len(words) > 1 and not words[0].endswith(("s", "ed"))):
            return 0
        return int(not term.is_data or said.endswith(("ed", "s")))

    def _as_noun(self, state: State, chunk: Chunk, head_follows: bool) -> Iterator[State]:
        iri = chunk.iris[0]
        term = self.vocabulary.properties[iri]
        if term.datatype.endswith("#boolean"):
            truth = "false" if state.pending.negative == "not" else "true"
            node = Node(
                "value", types=frozenset((term.datatype,)), role=iri, texts=((truth, term.datatype),),
                words=chunk.words, start=chunk.start,
            )  # fmt: skip
            if head_follows:
                plain = state.but(pending=state.pending.but(negative=""))
                yield from self._as_modifier(plain, node)
            state = state.but(pending=state.pending.but(negative="", prep="with", copula=False))
        elif term.is_data:
            node = Node("value", types=frozenset((term.datatype,)), role=iri, words=chunk.words, start=chunk.start)
        else:
            inverse = chunk.inverse or chunk.words.lower().endswith(" of")
            types = self.schema.domain(iri) if inverse else self.schema.range(iri)
            node = Node(
                "thing", (), types - {""}, role=iri, role_inverse=inverse, words=chunk.words, start=chunk.start
            )
        yield from self._place(state, node)
        if node.kind == "thing" and node.types and (state.pending.focus or state.pending.counting):
            yield from self._ownerless(state, node)

    def _as_verb(self, state: State, chunk: Chunk) -> Iterator[State]:
        pending = state.pending
        if pending.by or pending.number or pending.verb or pending.mods or pending.most or pending.adjective:
            return
        said = pending.copula or chunk.words.lower().endswith(" by")
        passive = bool(said and not chunk.inverse and self._suffered(chunk))
        verb = Verb(chunk.iris[0], chunk.inverse != self._agentive(chunk), chunk.cost, passive, chunk.words)
        if not state.trees or pending.counting or (pending.focus and state.focus < 0):
            if not chunk.inverse:
                yield state.but(pending=pending.but(verb=verb._replace(leading=True))).plus(0.1)
            return
        yield state.but(pending=pending.but(verb=verb, prep="", copula=False, relative=""))
        yield from self.close(state, verb)

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

    def _value(self, state: State, chunk: Chunk, head_follows: bool) -> Iterator[State]:
        iri = chunk.iris[0]
        term = self.vocabulary.properties[iri]
        node = Node(
            "value",
            types=frozenset((term.datatype,)),
            role=iri,
            texts=chunk.texts,
            words=chunk.words,
            start=chunk.start,
        )
        verb = state.pending.verb
        if self._taken(state, chunk):
            return
        if head_follows and not state.pending.conj:
            yield from self._as_modifier(state, node)
        if verb is not None and verb.property != iri:
            return
        if state.pending.conj in ("and", "or") and state.tail >= 0 and verb is None:
            last = state.nodes[state.tail]
            if last.role == iri and last.texts and (state.pending.conj == "or" or term.functional):
                texts = (*last.texts, *(t for t in chunk.texts if t not in last.texts))
                words = f"{last.words} {state.pending.conj} {node.words}"
                yield state.with_node(state.tail, texts=texts, words=words).but(pending=EMPTY)
                return
        if verb is not None:
            state = state.but(pending=state.pending.but(verb=None, prep="with"))
        for ready, dressed in self._dress(state, node):
            for placed in self.attacher.attach(ready, dressed):
                yield self._after(state.pending, placed)
        if verb is None:
            yield from self._value_kind(state, node)
