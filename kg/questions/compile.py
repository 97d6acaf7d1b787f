"""From a query graph to SPARQL: SELECT or ASK by construction, constants bound in the patterns.

Generated from the graph's data, never from the question's text; IRIs and literals are escaped here and
nowhere else. Written for the embedded engine (constants as terms, VALUES, subqueries for extremes) and
plain SPARQL 1.1, so that any engine gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.questions.columns import Column, columns_of
from kg.questions.graph import Edge, Filter, Node, QueryGraph, Superlative
from kg.terms import PREFIXES
from kg.vocabulary import Vocabulary
from kg.vocabulary.schema import Step

__all__ = ["Compiled", "Pattern", "compile_graph", "iri", "pattern_of"]

_XSD = PREFIXES["xsd"]
_AGGREGATES = {"avg": "AVG", "sum": "SUM", "min": "MIN", "max": "MAX", "count": "COUNT"}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query and how to read its rows.

    Attributes:
        sparql: the text.
        form: ``select`` or ``ask``.
        columns: what the variables are.
    """

    sparql: str
    form: str
    columns: tuple[Column, ...]


def compile_graph(graph: QueryGraph, vocabulary: Vocabulary) -> Compiled:
    """Return the SPARQL of a reading."""
    return _Compiler(graph, vocabulary).run()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A reading's own facts.

    Attributes:
        lines: the graph pattern.
        triples: the plain triples in it, as SPARQL terms; paths and counts are none.
    """

    lines: tuple[str, ...]
    triples: tuple[tuple[str, str, str], ...]


def pattern_of(graph: QueryGraph, vocabulary: Vocabulary) -> Pattern:
    """Return the pattern of a reading with the triples that a row rests on."""
    compiler = _Compiler(graph, vocabulary)
    lines = compiler.body()
    return Pattern(tuple(lines), tuple(compiler.triples))


def iri(value: str) -> str:
    """Return an IRI as SPARQL writes it; a blank node has none and matches nothing."""
    return str(NamedNode(value)) if not value.startswith("_:") else "<urn:kgq:blank>"


class _Compiler:
    def __init__(self, graph: QueryGraph, vocabulary: Vocabulary) -> None:
        self.graph = graph
        self.vocabulary = vocabulary
        self.fresh = 0
        self.extra: dict[int, str] = {}
        self.noting = True
        self.triples: list[tuple[str, str, str]] = []

    # ---- the whole query

    def body(self) -> list[str]:
        """Return the pattern of the whole reading."""
        return self._node(self.graph.focus, None, "")

    def run(self) -> Compiled:
        graph = self.graph
        columns = columns_of(graph, self.vocabulary)
        body = self._node(graph.focus, None, "")
        if graph.form == "ask":
            return Compiled(f"ASK WHERE {{\n{_indent(body)}\n}}", "ask", ())
        if graph.form == "count" or any(c.aggregate for c in columns):
            return self._aggregated(columns, body)
        for column in columns:
            body += self._display(column)
        for node, name in self.extra.items():
            columns = (
                *columns,
                Column(node, name, f"number of {graph.nodes[node].words or 'them'}", computed=True),
            )
        names = [f"?{c.variable}" for c in columns]
        tail = self._order()
        text = f"SELECT DISTINCT {' '.join(names)} WHERE {{\n{_indent(body)}\n}}{tail}"
        return Compiled(text, "select", columns)

    def _order(self) -> str:
        if self.graph.order is not None:
            node, sign = self.graph.order
            return f"\nORDER BY {'ASC' if sign > 0 else 'DESC'}(?n{node})"
        return ""

    def _display(self, column: Column) -> list[str]:
        """Show a thing without a name by the property that identifies it."""
        if not column.key:
            return []
        return [f"OPTIONAL {{ ?n{column.node} {iri(column.key)} ?{column.variable} }}"]

    def _aggregated(self, columns: tuple[Column, ...], body: list[str]) -> Compiled:
        groups = [c for c in columns if not c.aggregate]
        for column in groups:
            body += self._display(column)
        names = [f"?{c.variable}" for c in groups]
        out = [*names]
        inner = [*names]
        for column in columns:
            if column.aggregate == "count":
                out.append(f"(COUNT(DISTINCT ?n{column.node}) AS ?{column.variable})")
                inner.append(f"?n{column.node}")
            elif column.aggregate:
                function = _AGGREGATES[column.aggregate]
                out.append(f"({function}(?n{column.node}) AS ?{column.variable})")
                inner += [f"?n{column.node}", *(f"?n{o}" for o in self._owners(column.node))]
        distinct = f"SELECT DISTINCT {' '.join(dict.fromkeys(inner))} WHERE {{\n{_indent(body)}\n}}"
        tail = f"\nGROUP BY {' '.join(names)}" if names else ""
        text = f"SELECT {' '.join(out)} WHERE {{\n  {{ {distinct} }}\n}}{tail}"
        return Compiled(text, "select", columns)

    def _owners(self, node: int) -> list[int]:
        found = []
        for edge in self.graph.edges_of(node):
            other = edge.other(node)
            if not self._constant(self.graph.nodes[other], other):
                found.append(other)
        return found

    # ---- nodes

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
        children.sort(key=lambda e: (not e.steps, e.negative, bool(self.graph.nodes[e.other(number)].count)))
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
            lines.append(f"FILTER({self._comparison(term, found, node, suffix)})")
        return lines

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
            if step is not None and (step.property, step.inverse) in implied:
                return []
        options = [f"{term} a {iri(class_)} ."]
        for property_, inverse in implied:
            self.fresh += 1
            options.append(self._step(term, Step(property_, inverse), f"?i{self.fresh}"))
        return [" UNION ".join(f"{{ {option} }}" for option in options)]

    def _comparison(self, term: str, found: Filter, node: Node, suffix: str) -> str:
        if found.kind == "iri":
            return f"{term} != {iri(found.value)}"
        if found.node >= 0:
            return f"{term} {found.op} {self._term(found.node, suffix)}"
        if found.kind == "date":
            return _date_filter(term, found)
        if found.kind == "number":
            return f"{term} {found.op} {_number(found.value)}"
        return f"{term} {found.op} {_literal(found.value, '')}"

    # ---- edges

    def _child(self, number: int, edge: Edge, suffix: str) -> list[str]:
        child = edge.other(number)
        node = self.graph.nodes[child]
        if node.formula:
            return self._formula(child, suffix)
        if edge.negative:
            noting, self.noting = self.noting, False
            inner = self._edge(number, edge, suffix) + self._node(child, edge, suffix)
            self.noting = noting
            return [f"FILTER NOT EXISTS {{ {' '.join(inner)} }}"]
        if node.count is not None or node.most:
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
        if self.noting and path == iri(step.property):
            self.triples.append((subject, path, object_))
        return f"{subject} {path} {object_} ."

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

    # ---- counts and extremes

    def _counted(self, number: int, edge: Edge, suffix: str) -> list[str]:
        child = edge.other(number)
        node = self.graph.nodes[child]
        term = self._term(number, suffix)
        self.fresh += 1
        counter = f"?count{self.fresh}"
        if node.count is None:
            return []
        op, limit = node.count
        kid = self._term(child, suffix)
        inner = self._edge(number, edge, suffix) + self._node(child, edge, suffix)
        if term.startswith("?"):
            inner = self._own(self.graph.nodes[number], term, suffix) + inner
        zero = (op == "<" and limit > 0) or op == "<=" or (op == "=" and limit == 0)
        if zero:
            bound = {"<": limit, "<=": limit + 1, "=": 1}[op]
            body = f"SELECT {term} WHERE {{ {' '.join(inner)} }} GROUP BY {term}"
            return [f"MINUS {{ {body} HAVING(COUNT(DISTINCT {kid}) >= {bound}) }}"]
        if not suffix:
            self.extra[child] = counter[1:]
        head = f"SELECT {term} (COUNT(DISTINCT {kid}) AS {counter})"
        body = f"WHERE {{ {' '.join(inner)} }} GROUP BY {term} HAVING(COUNT(DISTINCT {kid}) {op} {limit})"
        return [f"{{ {head} {body} }}"]

    def _superlatives(self, number: int, children: list[Edge]) -> list[tuple[Superlative, int]]:
        """Return the extremes to take of a node, with the child that measures it or -1."""
        found = []
        node = self.graph.nodes[number]
        if node.superlative is not None and node.kind != "value":
            found.append((node.superlative, -1))
        elif node.superlative is not None and number == self.graph.focus:
            found.append((node.superlative, number))
        for edge in children:
            child = edge.other(number)
            other = self.graph.nodes[child]
            if other.kind == "value" and other.superlative is not None:
                found.append((other.superlative, child))
            elif other.most:
                found.append((Superlative(other.most), child))
        return found

    def _extreme(self, number: int, came: Edge | None, extreme: Superlative, child: int, suffix: str) -> list[str]:
        node = self.graph.nodes[number]
        if child >= 0 and self.graph.nodes[child].most:
            return self._most(number, came, extreme, child, suffix)
        self.fresh += 1
        tag = self.fresh
        inner_suffix = f"_{tag}"
        whole = self._outer_each(number, came)
        inner = self._scope(number, None if whole else came, inner_suffix)
        if child >= 0:
            mine, theirs = self._term(child, suffix), f"?n{child}{inner_suffix}"
            outer: list[str] = []
        else:
            mine, theirs = f"?x{tag}", f"?x{tag}i"
            inner += self._chain(self._term(number, inner_suffix), extreme.steps, theirs)
            outer = self._chain(self._term(number, suffix), extreme.steps, mine)
        return outer + self._best(extreme, node, mine, theirs, inner, tag)

    def _best(
        self, extreme: Superlative, _: Node, mine: str, theirs: str, inner: list[str], tag: int
    ) -> list[str]:
        groups = [f"?n{i}" for i, n in enumerate(self.graph.nodes) if n.each]
        body = " ".join(inner)
        best = f"?best{tag}"
        if extreme.rank == 1 and not extreme.limit:
            function = "MAX" if extreme.sign > 0 else "MIN"
            tail = f" GROUP BY {' '.join(groups)}" if groups else ""
            head = " ".join([*groups, f"({function}({theirs}) AS {best})"])
            return [f"{{ SELECT {head} WHERE {{ {body} }}{tail} }}", f"FILTER({mine} = {best})"]
        order = "DESC" if extreme.sign > 0 else "ASC"
        count = extreme.limit or 1
        sub = f"SELECT DISTINCT ({theirs} AS {best}) WHERE {{ {body} }} ORDER BY {order}({theirs})"
        if extreme.rank > 1:
            return [f"{{ {sub} OFFSET {extreme.rank - 1} LIMIT 1 }}", f"FILTER({mine} = {best})"]
        return [f"{{ {sub} LIMIT {count} }}", f"FILTER({mine} = {best})"]

    def _outer_each(self, number: int, came: Edge | None) -> bool:
        """Whether the groups lie outside what hangs on a node."""
        if came is None:
            return False
        below = self._below(number, came)
        return any(n.each and i not in below for i, n in enumerate(self.graph.nodes))

    def _below(self, number: int, came: Edge | None) -> set[int]:
        found = {number}
        for edge in self.graph.edges_of(number):
            if edge is not came:
                found |= self._below(edge.other(number), edge)
        return found

    def _scope(self, number: int, came: Edge | None, suffix: str, *, skip: int = -1) -> list[str]:
        """Return the patterns of a node and its subtree with its own extremes left out."""
        node = self.graph.nodes[number]
        lines = self._own(node, self._term(number, suffix), suffix)
        if came is not None and node.role and node.kind == "thing" and not node.classes:
            self.fresh += 1
            owner, term = f"?o{self.fresh}", self._term(number, suffix)
            lines.append(self._step(owner, Step(node.role, node.role_inverse), term))
        for edge in self.graph.edges_of(number):
            if edge is came or edge.other(number) == skip:
                continue
            child = self.graph.nodes[edge.other(number)]
            if child.most:
                continue
            lines += self._child(number, edge, suffix)
        return lines

    def _most(self, number: int, came: Edge | None, extreme: Superlative, child: int, suffix: str) -> list[str]:
        self.fresh += 1
        tag = self.fresh
        edge = next(e for e in self.graph.edges_of(number) if e.other(number) == child)

        def counted(suffix_: str, name: str) -> str:
            body = self._scope(number, came, suffix_)
            body += self._edge(number, edge, suffix_)
            body += self._node(child, edge, suffix_)
            term, kid = self._term(number, suffix_), self._term(child, suffix_)
            return f"SELECT {term} (COUNT(DISTINCT {kid}) AS {name}) WHERE {{ {' '.join(body)} }} GROUP BY {term}"

        mine, theirs, best = f"?count{tag}", f"?count{tag}i", f"?best{tag}"
        if not suffix:
            self.extra[child] = mine[1:]
        outer = f"{{ {counted(f'_{tag}o', mine)} }}".replace(
            self._term(number, f"_{tag}o"), self._term(number, suffix)
        )
        inner = counted(f"_{tag}", theirs)
        if extreme.limit or extreme.rank > 1:
            order = "DESC" if extreme.sign > 0 else "ASC"
            offset = f" OFFSET {extreme.rank - 1}" if extreme.rank > 1 else ""
            pick = f"SELECT DISTINCT ({theirs} AS {best}) WHERE {{ {{ {inner} }} }} ORDER BY {order}({theirs})"
            return [outer, f"{{ {pick}{offset} LIMIT {extreme.limit or 1} }}", f"FILTER({mine} = {best})"]
        function = "MAX" if extreme.sign > 0 else "MIN"
        return [
            outer,
            f"{{ SELECT ({function}({theirs}) AS {best}) WHERE {{ {{ {inner} }} }} }}",
            f"FILTER({mine} = {best})",
        ]


def _indent(lines: Iterable[str]) -> str:
    return "\n".join(f"  {line}" for line in lines)


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
