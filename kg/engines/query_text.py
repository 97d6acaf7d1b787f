"""What is done to a query's text before it travels: prefixes, bindings, pages. Never its meaning."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import BlankNode, Store

from kg.errors import QueryError
from kg.sparql_text import guard, prefixes_in, tokens
from kg.terms import Term

__all__ = ["complete", "is_valid", "page_of"]


def complete(
    text: str, prefixes: Mapping[str, str] | None = None, bindings: Mapping[str, Term] | None = None
) -> str:
    r"""Return a query that stands alone: the prefixes it uses are declared, its bindings are VALUES.

    >>> complete("ASK { ?x a ex:City }", {"ex": "http://example.com/", "no": "http://example.org/"})
    'PREFIX ex: <http://example.com/>\nASK { ?x a ex:City }'

    Raises:
        QueryError: a binding is a blank node, which no query can name.
    """
    used: dict[str, str] = {}
    declared: set[str] = set()
    for _, prefix, declares in prefixes_in(text):
        if declares:
            declared.add(prefix)
        elif prefix in (prefixes or {}):
            used[prefix] = (prefixes or {})[prefix]
    head = "".join(f"PREFIX {name}: <{base}>\n" for name, base in used.items() if name not in declared)
    return head + text + _values(bindings or {})


def _values(bindings: Mapping[str, Term]) -> str:
    if not bindings:
        return ""
    if any(isinstance(term, BlankNode) for term in bindings.values()):
        raise QueryError("a blank node cannot be asked for by its label. Ask for what it is joined to.")
    names = " ".join(f"?{name}" for name in bindings)
    return f"\nVALUES ({names}) {{ ({' '.join(map(str, bindings.values()))}) }}"


def page_of(text: str, offset: int, limit: int) -> str | None:
    r"""Return a query for some of its solutions, or None where it bounds them itself or the text is no SELECT.

    >>> page_of("SELECT ?s { ?s ?p ?o }", 20, 10)
    'SELECT ?s { ?s ?p ?o }\nOFFSET 20 LIMIT 10'
    >>> page_of("SELECT ?s { ?s ?p ?o } LIMIT 5", 20, 10) is None
    True
    """
    depth = 0
    place = len(text.rstrip())
    selects = False
    for token in tokens(text):
        kind, word = token.lastgroup, token.group().upper()
        depth += (kind == "open") - (kind == "close")
        if depth or kind == "comment":
            continue
        if word in ("LIMIT", "OFFSET"):
            return None
        selects = selects or word == "SELECT"
        if word == "VALUES":
            place = min(place, token.start())
    if not selects:
        return None
    bounds = (f"OFFSET {offset} " if offset else "") + f"LIMIT {limit}"
    rest = text[place:].strip()
    return f"{text[:place].rstrip()}\n{bounds}" + (f"\n{rest}" if rest else "")


def is_valid(text: str) -> None:
    """Raise what is wrong with a query's syntax, as far as the embedded engine sees it.

    Raises:
        QueryError: with the place.
    """
    guard(text, service=True)
    try:
        Store().query(text)
    except SyntaxError as error:
        from kg.engines.syntax_errors import explain_syntax

        raise QueryError(f"not valid SPARQL: {explain_syntax(text, str(error))}") from error
    except (ValueError, OSError):
        return
