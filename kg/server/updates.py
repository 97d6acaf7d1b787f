"""What an update asks for, and how it is rewritten: the protocol's USING graphs, and LOAD.

The text is cut into tokens that keep strings, IRIs and comments whole; it is never parsed here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.errors import KgError
from kg.server.evaluation import RefusedError
from kg.sparql_text import guard, scan

__all__ = ["check_update", "load_targets", "with_using"]

_TOKEN = re.compile(
    r"""
      (?P<skip>\#[^\r\n]*|\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}
        |\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*')
    | (?P<iri><[^<>\"{}|^`\\\x00-\x20]*>)
    | (?P<open>\{) | (?P<close>\})
    | (?P<end>;)
    | (?P<name>[?$@:]?[^\W\d][\w.:-]*)
    """,
    re.VERBOSE | re.DOTALL,
)


def check_update(text: str) -> None:
    """Refuse an update that is nested too deep, or that is no update.

    Raises:
        RefusedError: 400.
    """
    try:
        seen = guard(text, service=True, update=True, length=0)
    except KgError as error:
        raise RefusedError(400, str(error)) from error
    if any("LOAD" in word and word != "LOAD" for word in seen.keywords):
        raise RefusedError(403, "LOAD stands without space around it. Put spaces there.")
    if seen.mentions("SERVICE"):
        raise RefusedError(
            403, "SERVICE would open a connection, which an update may not do here. Send the data itself."
        )


def with_using(text: str, default: Sequence[str], named: Sequence[str]) -> str:
    """Return an update whose WHERE clauses range over the graphs the request names.

    Raises:
        RefusedError: the update names graphs itself (USING or WITH), which the protocol forbids together.

    >>> with_using("DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }", ["http://example.com/g"], [])
    'DELETE { ?s ?p 1 } USING <http://example.com/g> WHERE { ?s ?p 1 }'
    """
    if not scan(text).keywords.isdisjoint({"USING", "WITH"}):
        raise RefusedError(
            400, "the update names its graphs with USING or WITH, so the request may not. Use one of them."
        )
    for iri in (*default, *named):
        if re.search(r"[\x00-\x20<>\"{}|^`\\]", iri) or ":" not in iri:
            raise RefusedError(400, f"'{iri[:200]}' is not an IRI. Give an absolute one.")
    clause = " ".join([*(f"USING <{iri}>" for iri in default), *(f"USING NAMED <{iri}>" for iri in named)])
    pieces: list[str] = []
    place = depth = 0
    template = ""  # of DELETE WHERE, whose pattern is its template too
    awaiting = False
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup, match.group().upper()
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif depth == 0 and kind == "name" and word == "DELETE":
            awaiting = True
        elif depth == 0 and kind == "name" and word == "WHERE":
            pieces.append(text[place : match.start()])
            if awaiting:
                template = _block(text, match.end())
                pieces.append(template + " ")
            pieces.append(f"{clause} WHERE")
            place = match.end()
        if kind != "skip" and not (kind == "name" and word == "DELETE"):
            awaiting = False
    pieces.append(text[place:])
    return "".join(pieces)


def _block(text: str, start: int) -> str:
    depth = 0
    begun = start
    for match in _TOKEN.finditer(text, start):
        if match.lastgroup == "open":
            if not depth:
                begun = match.start()
            depth += 1
        elif match.lastgroup == "close":
            depth -= 1
            if not depth:
                return text[begun : match.end()]
    return "{}"


def load_targets(text: str) -> list[tuple[int, int, bool, str, str]]:
    """Find the LOAD operations: start, end, whether silent, source IRI, target graph IRI ('' for the default).

    >>> load_targets("LOAD SILENT <http://example.com/a> INTO GRAPH <http://example.com/g>")
    [(0, 68, True, 'http://example.com/a', 'http://example.com/g')]
    """
    found = []
    depth = 0
    current: tuple[int, int, bool, str, str] | None = None
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup, match.group()
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        if depth or kind == "skip":
            continue
        if kind == "name" and word.upper() == "LOAD":
            current = (match.start(), match.end(), False, "", "")
        elif current is not None:
            start, _, silent, source, target = current
            if kind == "end":
                found.append(current)
                current = None
            elif word.upper() == "SILENT":
                current = (start, match.end(), True, source, target)
            elif kind == "iri":
                iri = word[1:-1]
                current = (start, match.end(), silent, source or iri, iri if source else "")
            elif word.upper() in ("INTO", "GRAPH"):
                current = (start, match.end(), silent, source, target)
            else:
                raise RefusedError(400, "LOAD takes IRIs written out in <…>. Write them so.")
    if current is not None:
        found.append(current)
    return found
