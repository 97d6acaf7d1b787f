"""Which columns an answer has: the thing asked for, what it was asked by, and what names the nameless."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from kg.questions.plain.graph import Node, QueryGraph
from kg.questions.plain.measure import amount_of
from kg.results import AnswerRow
from kg.vocabulary import Vocabulary

__all__ = ["Column", "columns_of", "without_blanks"]

_TOLD = 5
"""Properties shown of a blank node."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer.

    Attributes:
        node: the node shown.
        variable: the SPARQL variable that holds it.
        label: what it is called.
        key: property that identifies the node, shown in its place or beside it.
        aggregate: avg, sum, min, max, count or ''.
        computed: holds a number that the query computes.
    """

    node: int
    variable: str
    label: str
    key: str = ""
    aggregate: str = ""
    computed: bool = False


def columns_of(graph: QueryGraph, vocabulary: Vocabulary) -> tuple[Column, ...]:
    """Return the columns of a reading, the thing asked for first."""
    found: list[Column] = []
    order = [graph.focus, *(i for i, n in enumerate(graph.nodes) if n.show and i != graph.focus)]
    focus = graph.nodes[graph.focus]
    if graph.form == "select" and focus.kind == "value" and not focus.aggregate:
        order += [i for i in _holders(graph) if i not in order]
    aggregates = any(graph.nodes[i].aggregate for i in order)
    for number in order:
        node = graph.nodes[number]
        if node.each and _averaged(graph, number):
            continue
        label = _name(node, vocabulary)
        if node.formula:
            label = node.words
        if graph.form == "count" and number == graph.focus:
            found.append(Column(number, "count", f"number of {label}", aggregate="count"))
        elif node.aggregate:
            found.append(
                Column(number, f"{node.aggregate}{number}", f"{node.aggregate} {label}", aggregate=node.aggregate)
            )
        else:
            found.append(Column(number, f"n{number}", label))
            keys = _telling(node, vocabulary) if node.kind == "thing" else []
            if not (aggregates and not node.each and not node.show):
                found += [
                    Column(number, f"key{number}" + (f"_{i}" if i else ""), vocabulary.label(key), key=key)
                    for i, key in enumerate(keys)
                ]
    if graph.form == "select" and not aggregates:
        found += _through(graph, vocabulary, order)
    return tuple(found)


def _telling(node: Node, vocabulary: Vocabulary) -> list[str]:
    """Return the properties that tell which thing one without a name is: its key, or all that a blank node has."""
    kinds = node.classes or tuple(sorted(node.types))
    if not kinds and node.role:
        ends = vocabulary.schema.domain if node.role_inverse else vocabulary.schema.range
        kinds = tuple(sorted(ends(node.role)))
    key = vocabulary.key_of(kinds)
    if not any(map(vocabulary.is_blank, kinds)):
        return [key] if key else []
    types = frozenset(kinds)
    amount = amount_of(vocabulary, types, node.classes)
    schema, terms = vocabulary.schema, vocabulary.properties
    own = [p for p in schema.data_properties(types) if terms[p].functional]
    linked = sorted({u.property for u in schema.usages if u.domain in types and vocabulary.has_names(u.range)})
    return list(dict.fromkeys(p for p in (amount, *linked, *own) if p))[:_TOLD]


def _through(graph: QueryGraph, vocabulary: Vocabulary, shown: list[int]) -> list[Column]:
    """Return the numbers of the nameless things through which what is listed side by side belongs together.

    Without them, two rows that differ in the policy alone would be one.
    """
    found = []
    things = [n for n in shown if graph.nodes[n].kind == "thing"]
    for number in sorted({n for a, b in combinations(things, 2) for n in _between(graph, a, b)} - set(shown)):
        node = graph.nodes[number]
        key = vocabulary.key_of(node.classes or tuple(sorted(node.types))) if node.kind == "thing" else ""
        if key:
            found.append(Column(number, f"key{number}", vocabulary.label(key), key=key))
    return found


def _between(graph: QueryGraph, start: int, end: int) -> list[int]:
    """Return the nodes on the way from one node to another, over what must be so."""
    came = {start: start}
    queue = [start]
    for here in queue:
        for edge in graph.edges_of(here):
            other = edge.other(here)
            if not edge.negative and other not in came:
                came[other] = here
                queue.append(other)
    way = []
    here = came.get(end, start)
    while here != start:
        way.append(here)
        here = came[here]
    return way


def _holders(graph: QueryGraph) -> list[int]:
    """Return the things whose value is asked for, where there may be several."""
    found = []
    for edge in graph.edges_of(graph.focus):
        number = edge.other(graph.focus)
        node = graph.nodes[number]
        if node.kind == "thing" or len(node.iris) > 1:
            found.append(number)
    return found


def _averaged(graph: QueryGraph, number: int) -> bool:
    """Whether a group is the very thing whose numbers are averaged (*the average number of beds per ward*)."""
    others = [graph.nodes[e.other(number)] for e in graph.edges_of(number)]
    return any(n.aggregate == "avg" and n.role for n in others)


def _name(node: Node, vocabulary: Vocabulary) -> str:
    if node.role:
        return vocabulary.label(node.role)
    if node.classes:
        return vocabulary.label(node.classes[0])
    return node.words or "answer"


def without_blanks(
    columns: tuple[Column, ...], rows: tuple[AnswerRow, ...]
) -> tuple[tuple[Column, ...], tuple[AnswerRow, ...]]:
    """Return columns and rows without the columns of blank nodes that others beside them tell."""
    told = {c.node for c in columns if c.key}

    def says(place: int, column: Column) -> bool:
        cells = [row.cells[place] for row in rows]
        blank = all(c is not None and c.iri is None and c.value.startswith("_:") for c in cells)
        return not (rows and blank and column.node in told and not column.key)

    kept = [place for place, column in enumerate(columns) if says(place, column)]
    if len(kept) == len(columns):
        return columns, rows
    fewer = tuple(row._replace(cells=tuple(row.cells[place] for place in kept)) for row in rows)
    return tuple(columns[place] for place in kept), fewer
