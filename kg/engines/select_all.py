"""``SELECT *`` with its variables in the order in which the text mentions them; the engine sorts them by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from pyoxigraph import QuerySolutions, Store

from kg.sparql_text import tokens

__all__ = ["spell_out"]

_EMPTY = Store()
_HIDING = "SELECT.*SELECT|MINUS|EXISTS|FILTER|BIND|ORDER|GROUP|HAVING"
"""Where none of these occurs, every variable that a query mentions is one of its result."""


def spell_out(sparql: str, prefixes: Mapping[str, str] | None = None, base: str | None = None) -> str:
    """Return a query that says ``SELECT *`` with its variables named; any other as it is.

    >>> spell_out("SELECT * { ?s ?p ?o }")
    'SELECT  ?s ?p ?o  { ?s ?p ?o }'
    >>> spell_out("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }'
    """
    place = _star(sparql) if "*" in sparql else None
    if place is None:
        return sparql
    mentioned: dict[str, None] = {}
    words: list[str] = []
    for token in tokens(sparql):
        if token.lastgroup == "variable":
            mentioned[token.group()[1:]] = None
        elif token.lastgroup == "name":
            words.append(token.group().upper())
    scope: Collection[str] = mentioned
    if re.search(_HIDING, " ".join(words)):
        try:
            found = _EMPTY.query(sparql, prefixes=None if prefixes is None else dict(prefixes), base_iri=base)
        except (SyntaxError, ValueError, OSError, RuntimeError):
            return sparql  # whoever evaluates it says what is wrong
        scope = [variable.value for variable in found.variables] if isinstance(found, QuerySolutions) else ()
    named = [name for name in mentioned if name in scope]
    if not named or len(named) < len(scope):
        return sparql
    return f"{sparql[:place]} {' '.join(f'?{name}' for name in named)} {sparql[place + 1 :]}"


def _star(sparql: str) -> int | None:
    """Return the place of the star that the outermost SELECT takes."""
    last = ""
    for token in tokens(sparql):
        word = token.group().upper()
        if last and token.lastgroup != "comment":
            if word not in ("DISTINCT", "REDUCED"):
                return token.start() if word == "*" else None
        elif word == "SELECT":
            last = word
        elif token.lastgroup == "open":
            return None
    return None
