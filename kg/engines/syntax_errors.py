"""Says where a query breaks off, and why, from the little that the embedded engine's parser tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pyoxigraph import Store

from kg.sparql_text import prefixes_in, tokens

__all__ = ["explain_syntax"]

_GAP = " " * 24
"""More than the longest keyword. The parser names the end of the longest keyword that it tried, which may lie far
beyond where it broke off; where each token is followed by a gap, it still lies before the next one."""

_LONGEST = 50_000
"""Characters of a text that is parsed again to find its place."""

_REASONS = {
    "The SELECT contains a variable that is unbound": (
        "SELECT names a variable that is neither grouped by nor inside an aggregate. Add it to GROUP BY."
    ),
    "The SELECT overrides an existing variable using an expression": (
        "a name given with AS is that of a variable that has a value already. Take another name."
    ),
}
_BAD_IRI = "IRI parsing failed"
_AFTER_A_BLOCK = ("LIMIT", "OFFSET", "ORDER", "GROUP", "HAVING")


def explain_syntax(
    sparql: str,
    message: str,
    prefixes: Mapping[str, str] | None = None,
    *,
    base: str | None = None,
    update: bool = False,
) -> str:
    """Say where a query or an update breaks off: line, column, what stands there, and why where that is known.

    Args:
        sparql: the text that was not parsed.
        message: what the parser said of it.
        prefixes: those that need no declaration.
        base: what relative IRIs are relative to.
        update: whether the text is an update.

    >>> explain_syntax("SELECT ?s { ?s ?p ?o } LIMT 3", "error at 1:30: expected one of HAVING, VALUES")
    "line 1, column 24: 'LIMT 3' is not expected here."
    """
    if re.match(r"error at \d+:\d+: expected", message) is None:
        return " ".join(message.split())
    for sign, reason in _REASONS.items():
        if sign in message:
            return reason
    known = dict(prefixes or {})
    quoted = _unfinished(sparql)
    if quoted is not None:
        return f"{_at(sparql, quoted)}: the text that begins with {sparql[quoted]} here has no end."
    undeclared = _undeclared(sparql, known)
    if undeclared is not None:
        start, name = undeclared
        near = f", or use one of {', '.join(sorted(filter(None, known)))}" if any(known) else ""
        return f"{_at(sparql, start)}: the prefix '{name}:' is not declared. Declare it{near}."
    place, message = _breaking(sparql, message, Store().update if update else Store().query, known, base)
    if _BAD_IRI in message:
        place = sparql.rfind("<", 0, place + 1)
        return f"{_at(sparql, place)}: '{_shown(sparql[place:])}' does not begin with a whole IRI."
    return _described(sparql, place)


def _described(sparql: str, place: int) -> str:
    bracket = _open_bracket(sparql[:place])
    closed = _open_bracket(sparql) is None
    still = (
        "" if bracket is None or closed else f" The '{sparql[bracket]}' of {_at(sparql, bracket)} is not closed."
    )
    rest = sparql[place:].lstrip()
    if not rest:
        return f"{_at(sparql, len(sparql.rstrip()))}: it ends too early.{still}"
    outside = rest[0] in "})]" or rest.upper().startswith(_AFTER_A_BLOCK)
    return f"{_at(sparql, place)}: '{_shown(rest)}' is not expected here.{still if outside else ''}"


def _shown(text: str) -> str:
    return text.splitlines()[0][:30].rstrip()


def _at(text: str, place: int) -> str:
    return f"line {text.count(chr(10), 0, place) + 1}, column {place - text.rfind(chr(10), 0, place)}"


def _breaking(
    sparql: str, message: str, parse: Callable[..., object], prefixes: dict[str, str], base: str | None
) -> tuple[int, str]:
    """Return where a text breaks off, as an offset, and what the parser says of it once its tokens stand apart."""
    spread, starts = _spread(sparql) if len(sparql) <= _LONGEST else (sparql, list(enumerate(range(len(sparql)))))
    try:
        parse(spread, prefixes=prefixes, base_iri=base)
    except SyntaxError as error:
        message = str(error)
    except (ValueError, OSError, RuntimeError):
        return 0, message
    found = re.match(r"error at (\d+):(\d+)", message)
    line, column = (int(found[1]), int(found[2])) if found else (1, 1)
    place = sum(len(before) + 1 for before in spread.split("\n")[: line - 1]) + column - 1
    return max((start for spread_at, start in starts if spread_at <= place), default=0), message


def _spread(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text with gaps at its white space and brackets, and for each piece its new and its old place."""
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    length = end = 0
    fixed = [(match.start(), match.end(), match.lastgroup) for match in tokens(text)]
    for start, stop, kind in [*fixed, (len(text), len(text), "open")]:
        for piece in re.finditer(r"\s+|\S+", text[end:start]):
            if piece.group().isspace():
                parts.append(piece.group() + _GAP)
            else:
                places.append((length, end + piece.start()))
                parts.append(piece.group())
            length += len(parts[-1])
        gap = _GAP if kind in ("open", "close") else ""
        places.append((length + len(gap), start))
        parts.append(gap + text[start:stop] + gap)
        length += len(parts[-1])
        end = stop
    return "".join(parts), places


def _undeclared(sparql: str, known: Mapping[str, str]) -> tuple[int, str] | None:
    """Return the first prefix that nothing declares, with its place."""
    declared = set(known)
    for token, name, declares in prefixes_in(sparql):
        if declares:
            declared.add(name)
        elif name not in declared and name != "_" and sparql[token.start() - 1] != "<":
            return token.start(), name
    return None


def _unfinished(sparql: str) -> int | None:
    """Return the place of the first quotation mark that opens a string without an end."""
    end = 0
    for token in tokens(sparql):
        found = re.search("[\"']", sparql[end : token.start()])
        if found is not None:
            return end + found.start()
        end = token.end()
    found = re.search("[\"']", sparql[end:])
    return None if found is None else end + found.start()


def _open_bracket(text: str) -> int | None:
    """Return the place of the innermost bracket that is open where a text ends."""
    waiting: list[int] = []
    for token in tokens(text):
        if token.lastgroup == "open":
            waiting.append(token.start())
        elif token.lastgroup == "close" and waiting:
            waiting.pop()
    return waiting[-1] if waiting else None
