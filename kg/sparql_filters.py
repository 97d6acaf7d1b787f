"""Filters that compare a variable with constants, as the engine likes them: bound before anything is looked up.

The embedded engine evaluates ``FILTER(?c = <iri>)`` on every solution; ``VALUES ?c { <iri> }`` after the first
triples of the same group gives the same solutions by an index. That is so where the filter stands directly in a
group whose first triples bind the variable, and where equal means identical: IRIs, and strings with or without a
language. Everything else is left as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kg.sparql_text import PROLOGUE, tokens

__all__ = ["bind_filters"]

_ENDS = frozenset({"OPTIONAL", "UNION", "MINUS", "GRAPH", "SERVICE", "BIND", "VALUES", "SELECT", "LATERAL"})
"""What ends the first triples of a group; a FILTER does not."""
_CANDIDATE = r"FILTER\s*\((?:\s*[?$]\w+\s*(?:=|IN\b)|[^()]*=\s*[?$]\w+\s*\))"
"""Without this a text holds no filter that could be bound, and need not be read."""


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


@dataclass
class _Group:
    """A group in braces, as it is being read.

    Attributes:
        plain: whether filters in it may be bound at all.
        end: where its first triples end in the text; 0 as long as they go on.
        bound: the variables in them.
        found: the filters, each with its place, its variable and the constants.
    """

    plain: bool
    end: int = 0
    bound: set[str] = field(default_factory=set)
    found: list[tuple[int, int, str, str]] = field(default_factory=list)


def bind_filters(text: str) -> str:
    """Return a query that gives the same solutions, with constants bound instead of compared where that is safe.

    >>> bind_filters("SELECT ?s { ?s :owner ?c FILTER(?c = :me) }")
    'SELECT ?s { ?s :owner ?c FILTER(true) VALUES ?c { :me } }'
    >>> bind_filters("SELECT ?s { OPTIONAL { ?s :owner ?c } FILTER(?c = 7) }")
    'SELECT ?s { OPTIONAL { ?s :owner ?c } FILTER(?c = 7) }'
    """
    if re.search(_CANDIDATE, text, re.IGNORECASE) is None:
        return text
    edits: list[tuple[int, int, str]] = []
    for group in _groups(list(_tokens(text))):
        kept = [each for each in group.found if each[2] in group.bound] if group.plain else []
        edits += [(start, end, "FILTER(true)") for start, end, _, _ in kept]  # a full stop may follow
        edits += [(group.end, group.end, f"VALUES {name} {{ {terms} }} ") for _, _, name, terms in kept]
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the tokens, and what lies between them (numbers, punctuation) as tokens too; no comments."""
    prologue = re.match(PROLOGUE, text, re.IGNORECASE)
    at = prologue.end() if prologue is not None else 0
    for match in tokens(text, at):
        between = text[at : match.start()].strip()
        if between:
            yield _Token("other", between, at, match.start())
        if match.lastgroup != "comment":
            yield _Token(str(match.lastgroup), match.group(), match.start(), match.end())
        at = match.end()


def _groups(line: list[_Token]) -> Iterator[_Group]:
    """Yield every group in braces, with the filters that stand directly in it."""
    stack: list[_Group | None] = []  # None for brackets of another kind
    at = 0
    while at < len(line):
        token = line[at]
        group = stack[-1] if stack else None
        if token.kind == "open":
            if token.text == "{" and group is not None:
                group.end = group.end or token.start
            stack.append(_opened(line, at, stack) if token.text == "{" else None)
        elif token.kind == "close" and stack:
            closed = stack.pop()
            if closed is not None:
                closed.end = closed.end or token.start
                yield closed
        elif group is not None:
            if token.kind == "name" and token.text.upper() == "FILTER":
                at = _filter(line, at, group)
                continue
            _see(token, group)
        at += 1


def _opened(line: list[_Token], at: int, stack: list[_Group | None]) -> _Group:
    before = line[at - 1] if at else None
    exists = before is not None and before.text.upper() == "EXISTS"
    inside = any(group is not None and not group.plain for group in stack) or any(group is None for group in stack)
    return _Group(plain=not exists and not inside)


def _see(token: _Token, group: _Group) -> None:
    """Take note of a token that stands directly in a group."""
    if token.kind == "name" and token.text.upper() in _ENDS:
        group.end = group.end or token.start
    elif token.kind == "variable" and not group.end:
        group.bound.add(f"?{token.text[1:]}")
    elif (token.kind == "operator" and token.text == "*") or (token.kind == "other" and "?" in token.text):
        group.plain = False  # a path of no length holds for what is not in the graph, if it is given


def _filter(line: list[_Token], at: int, group: _Group) -> int:
    """Read a filter, note it if it can be bound, and return where to go on."""
    depth, end = 0, at + 1
    while end < len(line) and (depth or end == at + 1):
        depth += (line[end].kind == "open") - (line[end].kind == "close")
        end += 1
    inside = line[at + 1 : end]
    if not inside or inside[0].text != "(" or depth or any(token.text == "{" for token in inside):
        group.end = group.end or line[at].start  # what follows may be a group of its own
        return at + 1
    read = _comparison(inside[1:-1])
    if read is not None:
        group.found.append((line[at].start, line[end - 1].end, *read))
    return end


def _comparison(line: list[_Token]) -> tuple[str, str] | None:
    """Return the variable and the constants of ``?v = c``, ``c = ?v`` or ``?v IN (c, …)``."""
    if len(line) < 3:
        return None
    if line[-1].kind == "variable" and line[-2].text == "=":
        line = [line[-1], line[-2], *line[:-2]]
    if line[0].kind != "variable":
        return None
    if line[1].text == "=":
        terms = _terms(line[2:])
        terms = terms if len(terms) == 1 else []
    elif line[1].text.upper() == "IN" and line[2].text == "(" and line[-1].text == ")":
        terms = _terms(line[3:-1])
    else:
        return None
    return (f"?{line[0].text[1:]}", " ".join(dict.fromkeys(terms))) if terms else None


def _terms(line: list[_Token]) -> list[str]:
    """Return constants separated by commas, empty if there is anything else, or if two could be one term.

    Written in the same way throughout, without escapes, two constants are one term only if they look the same.
    """
    found: list[str] = []
    kinds: set[str] = set()
    previous = ","
    for token in line:
        if token.text == "," and previous != ",":
            pass
        elif token.text.startswith("@") and previous == '"':
            found[-1] += token.text.lower()
            kinds = (kinds - {previous}) | {"@"}
        elif previous == "," and "\\" not in token.text and _kind(token):
            found.append(token.text)
            kinds.add(_kind(token))
        else:
            return []
        previous = "," if token.text == "," else '"' if token.kind == "string" else "."
    return found if len(kinds) == 1 and previous != "," else []


def _kind(token: _Token) -> str:
    """Return how a constant is written, empty if it is none whose equals are identical."""
    if token.kind == "iri":
        return "<"
    if token.kind == "string" and token.text[:3] not in ('"""', "'''"):
        return token.text[0]
    if token.kind == "name" and ":" in token.text and not token.text.startswith(("@", "_:")):
        return token.text.partition(":")[0] + ":"
    return ""
