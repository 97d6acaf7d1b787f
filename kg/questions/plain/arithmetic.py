"""SPARQL that computes with the answers of two queries; dates by their lexical forms, the same on every engine."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.questions.plain.calculation import Calculation
from kg.questions.plain.compile import Compiled
from kg.questions.plain.graph import Node, QueryGraph
from kg.questions.plain.measure import sign_of
from kg.questions.plain.patterns import iri
from kg.vocabulary import Vocabulary
from kg.vocabulary.datatypes import is_date, is_number

__all__ = ["Part", "calculate", "fits"]

_VARIABLE = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>]*>|\?(\w+)')
_SPANS = frozenset(("years", "months", "weeks", "days"))


@dataclass(frozen=True, slots=True)
class Part:
    """One of the two questions, understood.

    Attributes:
        graph: how it was read.
        compiled: its query.
    """

    graph: QueryGraph
    compiled: Compiled

    @property
    def entity(self) -> str:
        """The one named thing whose value is asked for, or ''."""
        named = [n.iris[0] for n in self.graph.nodes if n.kind == "entity" and len(n.iris) == 1]
        return named[0] if len(named) == 1 else ""

    def kind(self, vocabulary: Vocabulary) -> str:
        """Return ``number``, ``date`` or '' for what the first column holds."""
        node = self.graph.nodes[self.graph.focus]
        if self.graph.form == "count":
            return "number"
        term = vocabulary.properties.get(node.role)
        datatype = term.datatype if term else next(iter(node.types), "")
        if self.graph.form != "select" or (node.kind != "value") or node.texts:
            return ""
        return "number" if is_number(datatype) else "date" if is_date(datatype) else ""


def fits(calculation: Calculation, left: Part, right: Part, vocabulary: Vocabulary) -> bool:
    """Whether two parts are of the types a calculation needs."""
    kinds = {left.kind(vocabulary), right.kind(vocabulary)}
    units = {vocabulary.properties[n.role].unit for n in _asked(left, right) if n.role in vocabulary.properties}
    if len(kinds) != 1 or "" in kinds or len(units) > 1:
        return False
    if calculation.kind in _SPANS:
        return kinds == {"date"} or (calculation.kind == "years" and units == {"years"})
    if calculation.kind == "percentage":
        return left.graph.form == right.graph.form == "count"
    if calculation.kind == "choice":
        return bool(left.entity and right.entity and left.entity != right.entity)
    return True


def _asked(*parts: Part) -> list[Node]:
    return [part.graph.nodes[part.graph.focus] for part in parts]


def calculate(calculation: Calculation, left: Part, right: Part, vocabulary: Vocabulary) -> str:
    """Return the query of a calculation: the result, then both numbers."""
    a, b = (f"?{name}_{part.compiled.columns[0].variable}" for name, part in (("a", left), ("b", right)))
    dated = left.kind(vocabulary) == "date"
    if calculation.kind == "choice":
        sign = sign_of(calculation.adjective, date=dated)
        more, less = (left.entity, right.entity) if sign > 0 else (right.entity, left.entity)
        values = (f"STR({a})", f"STR({b})") if dated else (a, b)
        other = f"IF({values[0]} < {values[1]}, {iri(less)}, ?none)"
        binds = f"BIND(IF({values[0]} > {values[1]}, {iri(more)}, {other}) AS ?result)"
    elif dated:
        unit = calculation.kind if calculation.kind in _SPANS else "years"
        binds = _span(unit, a, b, calculation)
    else:
        binds = f"BIND({_sum(calculation, a, b)} AS ?result)"
    inner = "\n".join(
        f"  {{ {_renamed(part.compiled.sparql, name)} }}" for name, part in (("a", left), ("b", right))
    )
    return f"SELECT DISTINCT ?result {a} {b} WHERE {{\n{inner}\n  {binds}\n}}"


def _renamed(sparql: str, prefix: str) -> str:
    """Return a query with variables of its own; what stands in strings and IRIs is left alone."""
    return _VARIABLE.sub(lambda m: f"?{prefix}_{m.group(1)}" if m.group(1) else m.group(), sparql)


def _sum(calculation: Calculation, a: str, b: str) -> str:
    if calculation.kind == "percentage":
        return f"100 * {a} / {b}"
    if calculation.kind == "ratio":
        return f"{a} / {b}"
    return f"{b} - {a}" if calculation.signed else f"ABS({b} - {a})"


def _span(unit: str, a: str, b: str, calculation: Calculation) -> str:
    """Count whole units from the earlier date to the later one, below zero where the right one is earlier."""
    lines = [f"BIND(IF(STR({a}) <= STR({b}), STR({a}), STR({b})) AS ?from)"]
    lines.append(f"BIND(IF(STR({a}) <= STR({b}), STR({b}), STR({a})) AS ?to)")
    if unit in ("days", "weeks"):
        lines += [*_day_number("from"), *_day_number("to")]
        span = "?to_day - ?from_day" if unit == "days" else "FLOOR((?to_day - ?from_day) / 7)"
    else:
        span = f"{_digits('to', 1, 4)} - {_digits('from', 1, 4)}"
        at, size = (6, 5) if unit == "years" else (9, 2)
        if unit == "months":
            span = f"12 * ({span}) + {_digits('to', 6, 2)} - {_digits('from', 6, 2)}"
        short = f"SUBSTR(?to, {at}, {size}) < SUBSTR(?from, {at}, {size})"
        span += f" - IF(STRLEN(?to) >= 10 && STRLEN(?from) >= 10 && {short}, 1, 0)"
    forwards = calculation.signed and calculation.kind != "difference"
    turned = f"IF(STR({a}) <= STR({b}), ?span, -?span)"
    # an older thing has an earlier date: then its years count the other way
    if calculation.signed and calculation.adjective and sign_of(calculation.adjective, date=True) < 0:
        turned, forwards = f"IF(STR({a}) <= STR({b}), -?span, ?span)", True
    return "\n  ".join([*lines, f"BIND({span} AS ?span)", f"BIND({turned if forwards else '?span'} AS ?result)"])


def _digits(name: str, at: int, size: int) -> str:
    return f"<http://www.w3.org/2001/XMLSchema#integer>(SUBSTR(?{name}, {at}, {size}))"


def _day_number(name: str) -> list[str]:
    """Give every day a number (the Julian day of the Gregorian calendar).

    Source: Fliegel and Van Flandern, Communications of the ACM 11 (10), 1968.
    """
    leap = f"FLOOR(?{name}_y / 4) - FLOOR(?{name}_y / 100) + FLOOR(?{name}_y / 400)"
    year, month, day = _digits(name, 1, 4), _digits(name, 6, 2), _digits(name, 9, 2)
    return [
        f"BIND(IF({month} < 3, 1, 0) AS ?{name}_a)",
        f"BIND({year} + 4800 - ?{name}_a AS ?{name}_y)",
        f"BIND({month} + 12 * ?{name}_a - 3 AS ?{name}_m)",
        f"BIND({day} + FLOOR((153 * ?{name}_m + 2) / 5) + 365 * ?{name}_y + {leap} AS ?{name}_day)",
    ]
