"""Counts and extremes in SPARQL: subqueries scoped to what hangs on a node."""

from __future__ import annotations

from kg.questions.plain.graph import Edge, Superlative
from kg.questions.plain.patterns import AGGREGATES, Patterns
from kg.vocabulary.schema import Step

__all__ = ["Extremes"]


class Extremes(Patterns):
    """Adds what compares many: more than three, the most, the largest, the second longest."""

    def _counted(self, number: int, edge: Edge, suffix: str) -> list[str]:
        child = edge.other(number)
        node = self.graph.nodes[child]
        term = self._term(number, suffix)
        self.fresh += 1
        counter = f"?count{self.fresh}"
        if node.counted is None or node.most:
            return []
        op, limit = node.counted
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
            leaf = self.pooled.get((number, child))
            if leaf is not None:
                pooled = self.graph.nodes[leaf].superlative
                if pooled is not None:
                    found.append((pooled, child))
                continue
            if child in self.pooled.values():
                continue
            if other.kind == "value" and other.superlative is not None:
                found.append((other.superlative, child))
            elif other.most:
                found.append((Superlative(other.most, limit=other.counted[1] if other.counted else 0), child))
        return found

    def _extreme(self, number: int, came: Edge | None, extreme: Superlative, child: int, suffix: str) -> list[str]:
        node = self.graph.nodes[number]
        if child >= 0 and (self.graph.nodes[child].most or (number, child) in self.pooled):
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
            inner += self._measured(extreme.steps[-1].property, theirs)
            outer = self._chain(self._term(number, suffix), extreme.steps, mine)
        thing = self._term(number, inner_suffix) if node.kind != "value" else theirs
        return outer + self._best(extreme, mine, theirs, inner, (thing, tag))

    def _best(
        self, extreme: Superlative, mine: str, theirs: str, inner: list[str], scope: tuple[str, int]
    ) -> list[str]:
        thing, tag = scope
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
        if thing.startswith("?"):  # as many things as asked for, and those that tie with the last
            each = " ".join(dict.fromkeys((thing, theirs)))
            first = f"SELECT DISTINCT {each} WHERE {{ {body} }} ORDER BY {order}({theirs}) LIMIT {count}"
            sub = f"SELECT DISTINCT ({theirs} AS {best}) WHERE {{ {{ {first} }} }}"
            return [f"{{ {sub} }}", f"FILTER({mine} = {best})"]
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
            holder = self.graph.nodes[came.other(number)]
            if holder.kind == "thing" and len(came.steps) == 1:  # the largest among those of its kind
                lines += [line for class_ in holder.classes for line in self._typed(owner, class_, holder)]
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

        leaf = self.pooled.get((number, child), child)
        pooled = (
            AGGREGATES.get(self.graph.nodes[leaf].aggregate, "")
            if leaf != child or leaf in self.pooled.values()
            else ""
        )

        def counted(suffix_: str, name: str) -> str:
            body = self._scope(number, came, suffix_, skip=child)
            body += self._edge(number, edge, suffix_)
            body += self._node(child, edge, suffix_)
            term, kid = self._term(number, suffix_), self._term(leaf, suffix_)
            value = f"{pooled}({kid})" if pooled else f"COUNT(DISTINCT {kid})"
            return f"SELECT {term} ({value} AS {name}) WHERE {{ {' '.join(body)} }} GROUP BY {term}"

        mine, theirs, best = f"?count{tag}", f"?count{tag}i", f"?best{tag}"
        if not suffix:
            self.extra[leaf] = mine[1:]
        outer = f"{{ {counted(f'_{tag}o', mine)} }}".replace(
            self._term(number, f"_{tag}o"), self._term(number, suffix)
        )
        inner = counted(f"_{tag}", theirs)
        if extreme.limit or extreme.rank > 1:
            order = "DESC" if extreme.sign > 0 else "ASC"
            offset = f" OFFSET {extreme.rank - 1}" if extreme.rank > 1 else ""
            if extreme.rank == 1:
                first = f"{inner} ORDER BY {order}({theirs}) LIMIT {extreme.limit}"
                pick = f"SELECT DISTINCT ({theirs} AS {best}) WHERE {{ {{ {first} }} }}"
                return [outer, f"{{ {pick} }}", f"FILTER({mine} = {best})"]
            pick = f"SELECT DISTINCT ({theirs} AS {best}) WHERE {{ {{ {inner} }} }} ORDER BY {order}({theirs})"
            return [outer, f"{{ {pick}{offset} LIMIT {extreme.limit or 1} }}", f"FILTER({mine} = {best})"]
        function = "MAX" if extreme.sign > 0 else "MIN"
        return [
            outer,
            f"{{ SELECT ({function}({theirs}) AS {best}) WHERE {{ {{ {inner} }} }} }}",
            f"FILTER({mine} = {best})",
        ]
