"""Graph patterns of a reading: nodes, edges, values. Everything that writes a term escapes it here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import pairwise

from pyoxigraph import Literal, NamedNode

from kg.questions.plain.graph import Edge, Filter, Node, QueryGraph, Superlative
from kg.questions.plain.link import WHOLES
from kg.terms import PREFIXES
from kg.vocabulary import Vocabulary
from kg.vocabulary.datatypes import is_date, is_number
from kg.vocabulary.schema import Step
from kg.vocabulary.words import stems

__all__ = ["AGGREGATES", "Patterns", "iri"]

AGGREGATES = {"avg": "AVG", "sum": "SUM", "min": "MIN", "max": "MAX", "count": "COUNT"}
"""SPARQL's functions by our names."""

_XSD = PREFIXES["xsd"]
_BROADER = PREFIXES["skos"] + "broader"
_NARROWER = PREFIXES["skos"] + "narrower"
_TEXTS = (_XSD + "string", PREFIXES["rdf"] + "langString")
_UP = WHOLES | frozenset(("parent", "broader", "within"))


def iri(value: str) -> str:
    """Return an IRI as SPARQL writes it; a blank node has none and matches nothing."""
    return str(NamedNode(value)) if not value.startswith("_:") else "<urn:kgq:blank>"


class Patterns(ABC):
    """Writes the patterns of one query graph; ``extremes.Extremes`` adds counts and superlatives."""

    @abstractmethod
    def _counted(self, number: int, edge: Edge, suffix: str) -> list[str]:
        """Return the patterns of a node of which so many are asked for."""

    @abstractmethod
    def _superlatives(self, number: int, children: list[Edge]) -> list[tuple[Superlative, int]]:
        """Return the superlatives at a node."""

    @abstractmethod
    def _extreme(self, number: int, came: Edge | None, extreme: Superlative, child: int, suffix: str) -> list[str]:
        """Return the patterns that keep the extreme ones."""

    def __init__(self, graph: QueryGraph, vocabulary: Vocabulary) -> None:
        self.graph = graph
        self.vocabulary = vocabulary
        self.fresh = 0
        self.extra: dict[int, str] = {}
        self.noting = True
        self.triples: list[tuple[str, str, str]] = []
        self.pooled = self._pools()

    def _pools(self) -> dict[tuple[int, int], int]:
        """Return the values of which each group's average or total is the extreme, by the edge of the group.

        In *the team with the highest average height* the group is the team: the nearest thing on the way to the
        value that may have several.
        """
        found: dict[tuple[int, int], int] = {}
        for leaf, node in enumerate(self.graph.nodes):
            if node.kind != "value" or node.superlative is None or node.aggregate not in AGGREGATES:
                continue
            way = self._way(leaf)
            for child, number in pairwise(way):
                edge = next(e for e in self.graph.edges if {e.source, e.target} == {child, number})
                if any(not self._single(step) for step in edge.steps_from(number)):
                    found[number, child] = leaf
                    break
        return found

    def _way(self, leaf: int) -> list[int]:
        """Return the nodes from one to the focus."""
        queue: list[list[int]] = [[leaf]]
        seen = {leaf}
        while queue:
            way = queue.pop(0)
            if way[-1] == self.graph.focus:
                return way
            for edge in self.graph.edges_of(way[-1]):
                other = edge.other(way[-1])
                if other not in seen:
                    seen.add(other)
                    queue.append([*way, other])
        return [leaf]

    def _single(self, step: Step) -> bool:
        term = self.vocabulary.properties.get(step.property)
        return term is not None and (term.identifying if step.inverse else term.functional)

    def _constant(self, node: Node, number: int) -> str:
        """Return the term a node stands for, '' if it is a variable."""
        if number == self.graph.focus or node.show:
            return ""
        if node.kind == "entity" and len(node.iris) == 1:
            return iri(node.iris[0])
        if node.kind == "value" and len(node.texts) == 1:
            return _literal(*node.texts[0])
        return ""

    def _term(self, number: int, suffix: str) -> str:
        node = self.graph.nodes[number]
        if node.each:
            suffix = ""
        return self._constant(node, number) or f"?n{number}{suffix}"

    def _node(self, number: int, came: Edge | None, suffix: str, *, extremes: bool = True) -> list[str]:
        """Return the patterns of a node and everything that hangs on it."""
        node = self.graph.nodes[number]
        term = self._term(number, suffix)
        lines = self._own(node, term, suffix)
        children = [e for e in self.graph.edges_of(number) if e is not came]
        children.sort(key=lambda e: (not e.steps, e.negative, bool(self.graph.nodes[e.other(number)].counted)))
        for edge in children:
            lines += self._child(number, edge, suffix)
        if node.formula:
            lines += self._formula(number, suffix)
        if extremes:
            for extreme, child in self._superlatives(number, children):
                lines += self._extreme(number, came, extreme, child, suffix)
        return lines

    def _own(self, node: Node, term: str, suffix: str) -> list[str]:
        lines = []
        if node.kind == "entity" and not term.startswith("<"):
            lines.append(f"VALUES {term} {{ {' '.join(iri(i) for i in node.iris)} }}")
        if node.kind == "value" and node.texts and term.startswith("?"):
            lines.append(f"VALUES {term} {{ {' '.join(_literal(*t) for t in node.texts)} }}")
        if node.kind != "entity":
            for class_ in node.classes:
                lines += self._typed(term, class_, node)
        for found in node.filters:
            lines.append(f"FILTER({self._comparison(term, found, suffix)})")
        if node.kind == "value" and (
            node.superlative is not None or node.aggregate in ("avg", "sum", "min", "max")
        ):
            number = self.graph.nodes.index(node)
            edge = next((e for e in self.graph.edges_of(number) if e.steps), None)
            if edge is not None:
                lines += self._measured(edge.steps_from(edge.other(number))[-1].property, term)
        return lines

    def _measured(self, property_: str, term: str) -> list[str]:
        """Leave texts out of what is compared or added up, where the data has numbers or dates beside them."""
        ends = self.vocabulary.schema.range(property_)
        if ends.isdisjoint(_TEXTS) or not any(is_number(end) or is_date(end) for end in ends):
            return []
        return [f"FILTER(DATATYPE({term}) NOT IN ({', '.join(map(iri, _TEXTS))}))"]

    def _typed(self, term: str, class_: str, node: Node) -> list[str]:
        known = self.vocabulary.classes.get(class_)
        if known is not None and known.implied:
            return self._implied(term, known.implied, node, class_)
        if known is not None and not known.direct:
            below = self.vocabulary.subclasses.get(class_, [class_])
            self.fresh += 1
            kind = f"?k{self.fresh}"
            return [f"VALUES {kind} {{ {' '.join(iri(c) for c in below)} }} {term} a {kind} ."]
        return [f"{term} a {iri(class_)} ."]

    def _implied(self, term: str, implied: tuple[tuple[str, bool], ...], node: Node, class_: str) -> list[str]:
        """Say that a thing is what a property's domain or range makes it, unless an edge says so already."""
        number = self.graph.nodes.index(node)
        for edge in self.graph.edges_of(number):
            step = edge.steps_from(number)[0] if edge.steps else None
            if step is not None and not edge.negative and (step.property, step.inverse) in implied:
                return []
        options = [f"{term} a {iri(class_)} ."]
        for property_, inverse in implied:
            self.fresh += 1
            options.append(self._step(term, Step(property_, inverse), f"?i{self.fresh}"))
        return [" UNION ".join(f"{{ {option} }}" for option in options)]

    def _comparison(self, term: str, found: Filter, suffix: str) -> str:
        if found.kind == "class":
            return f"NOT EXISTS {{ {term} a {iri(found.value)} }}"
        if found.kind == "iri":
            return f"{term} != {iri(found.value)}"
        if found.node >= 0:
            return f"{term} {found.op} {self._term(found.node, suffix)}"
        if found.kind == "date":
            return _date_filter(term, found)
        if found.kind == "number":
            return f"{term} {found.op} {_number(found.value)}"
        return f"{term} {found.op} {_literal(found.value, '')}"

    def _child(self, number: int, edge: Edge, suffix: str) -> list[str]:
        child = edge.other(number)
        node = self.graph.nodes[child]
        if node.formula:
            return self._formula(child, suffix)
        if (number, child) in self.pooled:
            return []
        if edge.negative:
            noting, self.noting = self.noting, False
            inner = self._edge(number, edge, suffix) + self._node(child, edge, suffix)
            self.noting = noting
            return [f"FILTER NOT EXISTS {{ {' '.join(inner)} }}"]
        if node.counted is not None or node.most:
            return self._counted(number, edge, suffix)
        return self._edge(number, edge, suffix) + self._node(child, edge, suffix)

    def _formula(self, number: int, suffix: str) -> list[str]:
        total = " + ".join(self._term(part, suffix) for part in self.graph.nodes[number].formula)
        return [f"BIND({total} AS {self._term(number, suffix)})"]

    def _edge(self, number: int, edge: Edge, suffix: str) -> list[str]:
        if not edge.steps:
            return []
        steps = edge.steps_from(number)
        lines = []
        here = self._term(number, suffix)
        for i, step in enumerate(steps):
            if i == len(steps) - 1:
                there = self._term(edge.other(number), suffix)
            else:
                self.fresh += 1
                there = f"?m{self.fresh}"
            lines.append(self._step(here, step, there))
            here = there
        return lines

    def _chain(self, left: str, steps: tuple[Step, ...], right: str) -> list[str]:
        lines = []
        for i, step in enumerate(steps):
            self.fresh += 1
            there = right if i == len(steps) - 1 else f"?m{self.fresh}"
            lines.append(self._step(left, step, there))
            left = there
        return lines

    def _step(self, left: str, step: Step, right: str) -> str:
        subject, object_ = (right, left) if step.inverse else (left, right)
        path = self._path(step.property)
        whole = self._whole(step.property) if object_.startswith("<") else ""
        if whole:  # what belongs to a part belongs to the whole
            self.fresh += 1
            part = f"?w{self.fresh}"
            if self.noting:
                self.triples.append((subject, path, part))
            return f"{subject} {path} {part} . {part} {iri(whole)}* {object_} ."
        if self.noting and path == iri(step.property):
            self.triples.append((subject, path, object_))
        return f"{subject} {path} {object_} ."

    def _whole(self, property_: str) -> str:
        """Return the transitive property that leads on from what a property leads to, '' if there is none."""
        schema, terms = self.vocabulary.schema, self.vocabulary.properties
        term = terms.get(property_)
        if term is None or term.is_data or term.transitive or term.symmetric or term.inverse_of:
            return ""
        ends = schema.range(property_)
        inner = sorted({u.property for u in schema.usages if u.domain in ends and u.range in ends} - {property_})
        upward = [p for p in inner if p == _BROADER or (terms[p].transitive and _UP & {*stems(terms[p].label)})]
        return upward[0] if upward and property_ not in (_BROADER, _NARROWER) else ""

    def _path(self, property_: str) -> str:
        term = self.vocabulary.properties.get(property_)
        path = iri(property_)
        if term is None:
            return path
        options = [path]
        if term.symmetric:
            options.append(f"^{path}")
        if term.inverse_of and term.inverse_of in self.vocabulary.properties:
            options.append(f"^{iri(term.inverse_of)}")
        joined = f"({'|'.join(options)})" if len(options) > 1 else path
        return f"{joined}+" if term.transitive else joined


def _number(text: str) -> str:
    return text if text.lstrip("-").isdigit() else repr(float(text))


def _literal(text: str, tag: str) -> str:
    if tag.startswith("@"):
        return str(Literal(text, language=tag[1:]))
    if tag and tag != _XSD + "string":
        return str(Literal(text, datatype=NamedNode(tag)))
    return str(Literal(text))


def _date_filter(term: str, found: Filter) -> str:
    """Compare the lexical forms of dates: the same on every engine, for years, months and days alike."""
    value = found.value
    if found.op == "in":
        return f"STRSTARTS(STR({term}), {_literal(value, '')})"
    shown = f"SUBSTR(STR({term}), 1, {len(value)})"
    return f"{shown} {found.op} {_literal(value, '')}"
