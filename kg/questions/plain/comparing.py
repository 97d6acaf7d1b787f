"""Numbers and dates: what they compare, in which unit, and when a number only counts."""

from __future__ import annotations

from collections.abc import Iterator

from kg.questions.plain.chunks import Chunk
from kg.questions.plain.graph import Filter, Node, filters_of, steps_of
from kg.questions.plain.measure import is_dated, measures
from kg.questions.plain.placing import Placer
from kg.questions.plain.state import EMPTY, Pending, State, Verb
from kg.vocabulary.datatypes import is_date, is_number
from kg.vocabulary.measures import convert, counts_in
from kg.vocabulary.terms import PropertyTerm
from kg.vocabulary.words import stems

__all__ = ["Comparer"]

_YEAR_DIGITS = 4
_BOUNDING = frozenset((">", "<", ">=", "<="))
_BY_UNIT = 0.4
"""What it costs to find what is measured by its unit alone."""


class Comparer(Placer):
    """Puts numbers and dates on the values they belong to."""

    def _number(self, state: State, chunk: Chunk) -> Iterator[State]:
        if chunk.operator is not None:
            if state.pending.compare:
                return
            state = state.but(pending=state.pending.but(compare=chunk.operator.value))
        pending = state.pending
        if pending.most:
            return  # "at least 14" bounds; nothing is the least
        text = chunk.texts[0][0]
        if pending.limit == -1:
            yield from self._set(state, limit=int(float(text)))
            return
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
        if pending.compare == "><":
            yield from self._set(state, number=span)  # what is counted may follow: between 100 and 300 pages
        if not pending.superlative:
            yield from self._filter_value(state, span, chunk)

    @staticmethod
    def _in_unit(text: str, unit: str, term: PropertyTerm) -> str | None:
        """Return a number in the unit that a property has, None where it measures something else."""
        wanted = term.unit
        if unit and not wanted and not counts_in(frozenset(stems(term.label)), unit):
            return None
        scale = {"thousand": 1e3, "million": 1e6, "billion": 1e9}.get(
            wanted.split(" ", maxsplit=1)[0] if wanted else ""
        )
        if scale and float(text) >= scale:
            return f"{float(text) / scale:.6g}"
        if not unit or not wanted:
            return text
        found = convert(float(text), unit, wanted)
        return None if found is None else str(int(found)) if found == int(found) else f"{found:.6g}"

    def _measured(self, state: State, text: str, unit: str) -> Iterator[State]:
        """Read *longer than 1000 km*, *weighs more than 100 g*."""
        compare = state.pending.compare.removesuffix("t")
        if compare == "=" and state.pending.prep not in ("", "of", "at", "by", "for", "with"):
            return
        for depth, number in enumerate(state.trees[-1][:2] if state.trees else ()):
            found = measures(self.vocabulary, state.nodes[number].types, state.pending.adjective)
            for way, sign, cost in found[:2]:
                term = self.vocabulary.properties[way[-1]]
                kind = "date" if is_date(term.datatype) else "number"
                amount = self._in_unit(text, unit, term)
                if amount is None:
                    continue
                node = Node(
                    "value", types=frozenset((term.datatype,)), role=way[-1], owned=True,
                    filters=filters_of(compare or (">" if sign > 0 else "<"), amount, kind),
                )  # fmt: skip
                grown, value = state.add(node)
                negative = state.pending.negative != ""
                linked = grown.link(number, value, steps_of(way), ("",), negative=negative, verb=True)
                yield linked.but(pending=EMPTY).plus(cost + 0.3 * depth)

    def _filter_value(self, state: State, text: str, chunk: Chunk) -> Iterator[State]:
        """Put a number or date on the value it belongs to: the one just named, a relation's, or the only date."""
        pending = state.pending
        op = pending.compare or "="
        if op == "=" and pending.prep not in ("", "of", "at", "in", "on", "during", "with", "by"):
            return
        last = state.nodes[state.tail] if state.tail >= 0 else None
        if pending.verb is not None:
            yield from self._filter_verb(state, text, chunk, op, pending.verb)
        elif (
            last is not None
            and last.kind == "value"
            and not pending.mods
            and not self._when(text, op, pending, last)
        ):
            if last.role and not last.texts and not last.filters:
                filters = self._fitting(text, chunk, op, last.role)
                if filters:
                    yield state.with_node(state.tail, filters=filters).but(pending=EMPTY)
        else:
            if last is not None and last.role and op != "=" and chunk.kind == "number":
                yield from self._filter_amount(state, text, op)
            if chunk.unit and op in _BOUNDING and last is not None and last.kind != "value":
                yield from self._only_unit(state, text, chunk.unit, op)
            if (
                chunk.kind == "date"
                or pending.prep in ("in", "on", "during", "for")
                or op.endswith("t")
                or op == "><"
            ):
                yield from self._only_date(state, text, op)

    def _when(self, text: str, op: str, pending: Pending, last: Node) -> bool:
        """Whether *in 2023* says when, and not how much, after a number was named (*the spending in 2023*)."""
        term = self.vocabulary.properties.get(last.role)
        year = len(text) == _YEAR_DIGITS and text.isdigit()
        return year and op == "=" and pending.prep in ("in", "during", "for") and not (term and is_dated(term))

    def _filter_verb(self, state: State, text: str, chunk: Chunk, op: str, verb: Verb) -> Iterator[State]:
        """Read *founded after 2000*, *costs 50*: the number is what the relation leads to."""
        filters = self._fitting(text, chunk, op, verb.property)
        if filters:
            ready = state.but(pending=state.pending.but(compare="", number=""))
            yield from self.attacher.attach(ready, Node("value", filters=filters))

    def _fitting(self, text: str, chunk: Chunk, op: str, property_: str) -> tuple[Filter, ...]:
        """Return the comparison of a property with what was said, none where their kinds or units differ."""
        term = self.vocabulary.properties[property_]
        if is_date(term.datatype):
            return filters_of(op, text, "date") if text[:3].isdigit() else ()
        if not is_number(term.datatype) or chunk.kind == "date":
            return ()
        amount = text if ":" in text else self._in_unit(text, chunk.unit, term)
        return () if amount is None else filters_of(op, amount, "number")

    def _filter_amount(self, state: State, text: str, op: str) -> Iterator[State]:
        """Compare a thing by the number that says how much it is (*a price over 50*)."""
        node = state.nodes[state.tail]
        property_ = self._amount_of(node)
        if node.kind == "thing" and property_:
            value = Node("value", role=property_, owned=True, filters=filters_of(op, text, "number"))
            grown, number = state.add(value)
            yield (
                grown.link(state.tail, number, steps_of((property_,)), (), negative=False, verb=True)
                .but(pending=EMPTY)
                .plus(0.1)
            )

    def _only_unit(self, state: State, text: str, unit: str, op: str) -> Iterator[State]:
        """Read *mountains above 8000 m*: the one number of a mountain that comes in this unit."""
        number = state.tail
        amounts = []
        for iri in self.schema.data_properties(state.nodes[number].types):
            term = self.vocabulary.properties[iri]
            amount = self._in_unit(text, unit, term) if term.unit and is_number(term.datatype) else None
            if amount is not None:
                amounts.append((iri, amount))
        if len(amounts) != 1:
            return
        iri, amount = amounts[0]
        node = Node("value", role=iri, owned=True, filters=filters_of(op, amount, "number"))
        grown, value = state.add(node)
        negative = state.pending.negative != ""
        linked = grown.link(number, value, steps_of((iri,)), ("",), negative=negative, verb=True)
        yield linked.but(pending=EMPTY, tail=number).plus(_BY_UNIT)

    def _only_date(self, state: State, text: str, op: str) -> Iterator[State]:
        if not state.trees or not (text[:4].isdigit() and len(text) >= 4):
            return
        for far, number, ready in self._datable(state):
            types = ready.nodes[number].types
            dates = [p for p in self.schema.data_properties(types) if is_dated(self.vocabulary.properties[p])]
            for iri in dates[:3] if types else ():
                filters = filters_of(op, text, "date")
                grown, value = ready.add(Node("value", role=iri, owned=True, filters=filters))
                linked = grown.link(
                    number, value, steps_of((iri,)), (), negative=state.pending.negative != "", verb=True
                )
                yield linked.but(pending=EMPTY).plus(0.2 + far + (0.3 if len(dates) > 1 else 0.0))

    def _datable(self, state: State) -> Iterator[tuple[float, int, State]]:
        """Yield what a date may be said of, with how far-fetched that is.

        The things just named; the owner of a number that has none yet; the unnamed things between them, such as
        the budget entry that leads from a department to an amount.
        """
        spine = state.trees[-1][:3]
        for depth, number in enumerate(spine):
            node = state.nodes[number]
            if node.kind == "value" and node.waiting and node.role:
                grown, owner = state.add(Node("thing", types=self.schema.domain(node.role)))
                for owned in self.attacher.own(grown, owner, number):
                    at = owned.trees[-1].index(number)
                    trees = (*owned.trees[:-1], (*owned.trees[-1][:at], owner, *owned.trees[-1][at:]))
                    yield 0.3 * depth, owner, owned.but(trees=trees)
            elif node.kind != "value":
                yield 0.3 * depth, number, state
        for edge in state.edges:
            for here, there in ((edge.source, edge.target), (edge.target, edge.source)):
                node = state.nodes[there]
                if here in spine and node.kind == "thing" and not (node.words or node.question or there in spine):
                    yield 0.1, there, state
