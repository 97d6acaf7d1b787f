"""Where the engine departs from the SPARQL recommendation, and the text can be put right before it sees it.

Each mending is looked for only where a word or sign it needs occurs, so an ordinary query pays a few
set look-ups. What cannot be mended in the text (numbers and dates kept by value, not by spelling) is listed in
docs/reference/endpoint.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyoxigraph import NamedNode, Store

from kg.errors import QueryError
from kg.sparql_text import QueryText

__all__ = ["mend"]

_SKIP = r"""\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*'
    |<[^<>\"{}|^`\\\x00-\x20]*>|\#[^\r\n]*"""
_FLAGS = re.VERBOSE | re.IGNORECASE | re.DOTALL
_BOOLEANS = re.compile(rf"(?P<skip>{_SKIP})|(?<![\w:?$@.-])(?P<word>true|false)(?![\w:.-]*:|[\w-])", _FLAGS)
_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_CALLS = re.compile(
    rf"(?P<skip>{_SKIP})|(?<![\w:?$@.-])(?P<word>{'|'.join(sorted(_AGGREGATES))})\s*\(|(?P<open>\()|(?P<close>\))",
    _FLAGS,
)
_SUBJECT = re.compile(
    rf"(?P<bad><<\(\s*(?:[\"'+0-9-]|true\b|false\b)|\bBIND\s*\(\s*<<\(\s*<<\()|(?P<skip>{_SKIP})", _FLAGS
)
_COMPARED = re.compile(
    rf"(?P<bad>\bFILTER\s*\(\s*[?$]\w+\s*<\?[^<>\"{{}}|^`\\\x00-\x20]*>\s*[?$]\w)|(?P<skip>{_SKIP})", _FLAGS
)
_GRAPH = re.compile(
    rf"(?P<skip>{_SKIP})|\bGRAPH\s+[?$](?P<name>\w+)\s*(?=\{{)|(?P<open>\{{)|(?P<close>\}})", _FLAGS
)
_NAME = r"(?:<[^<>\"{}|^`\\\x00-\x20]*>|[\w.-]*:[\w.%-]*)"
_PATH = re.compile(
    rf"""(?P<before>[{{.]\s*) (?P<start>[?$]\w+|{_NAME})\s+
         (?P<path>(?:{_NAME}|a|\((?:[^()\"'{{}}])*\))[*?])\s+
         (?P<end>[?$]\w+|{_NAME}) (?=\s*[.}}])
         |(?P<skip>{_SKIP})""",
    _FLAGS,
)


def mend(text: str, seen: QueryText, store: Store, prefixes: Mapping[str, str]) -> str:
    """Return a query the engine reads as the recommendation says.

    Args:
        text: the query.
        seen: its scan.
        store: the graph it will run over.
        prefixes: short names it may use without declaring them.

    Raises:
        QueryError: the recommendation forbids it and the engine would take it.

    >>> from kg.sparql_text import scan
    >>> mend("ASK { FILTER(TRUE) }", scan("ASK { FILTER(TRUE) }"), Store(), {})
    'ASK { FILTER(true) }'
    """
    words = seen.keywords
    if not words.isdisjoint({"TRUE", "FALSE"}):
        text = _BOOLEANS.sub(lambda m: m["skip"] or m["word"].lower(), text)
    if not words.isdisjoint(_AGGREGATES):
        text = _mend_aggregates(text)
    if "<<(" in text and any(m["bad"] for m in _SUBJECT.finditer(text)):
        raise QueryError("not valid SPARQL: the subject of a triple term is an IRI, a blank node or a variable.")
    if "<?" in text and any(m["bad"] for m in _COMPARED.finditer(text)):
        raise QueryError("not valid SPARQL: '<?…>' is read as an IRI here. Put a space after '<'.")
    if "GRAPH" in words:
        text = _mend_graphs(text)
    if "*" in text or "?" in text:
        text = _mend_paths(text, store, prefixes)
    return text


def _mend_aggregates(text: str) -> str:
    """Refuse aggregates in aggregates, and let GROUP_CONCAT give a plain string."""
    pieces: list[str] = []
    place = 0
    open_calls: list[str] = []  # what each open parenthesis belongs to
    for match in _CALLS.finditer(text):
        if match["word"]:
            word = match["word"].upper()
            if any(open_calls):
                raise QueryError(f"not valid SPARQL: {word} stands inside another aggregate. Use a subquery.")
            open_calls.append(word)
            if word == "GROUP_CONCAT":
                pieces += [text[place : match.start()], "STR("]
                place = match.start()
        elif match["open"]:
            open_calls.append("")
        elif match["close"] and open_calls and open_calls.pop() == "GROUP_CONCAT":
            pieces += [text[place : match.end()], ")"]
            place = match.end()
    pieces.append(text[place:])
    return "".join(pieces)


def _mend_graphs(text: str) -> str:
    """Keep the variable of GRAPH out of the scope of its block: it is joined after the block, not before.

    Left alone under ``SELECT *``, where the name that takes its place inside would show.
    """
    if re.search(r"(?i)\bSELECT\s+(?:DISTINCT\s+|REDUCED\s+)?\*", text):
        return text
    found = list(_GRAPH.finditer(text))
    for number, match in enumerate(found):
        name = match["name"]
        if not name:
            continue
        end = _end_of_block(found, number + 1)
        variable = re.compile(rf"(?P<skip>{_SKIP})|[?$]{name}(?!\w)", _FLAGS)
        block = text[match.end() : end]
        if re.match(r"\{\s*VALUES\b", block, re.IGNORECASE):
            continue  # the engine does not bind the graph of a block without patterns
        inner = variable.sub(lambda m: m["skip"] or f"?{name}_in", block)  # noqa: B023 - used at once
        if inner != block:
            kept = f"{text[: match.end()]}{inner} FILTER(!BOUND(?{name}_in) || sameTerm(?{name}_in, ?{name}))"
            return kept + _mend_graphs(text[end:])
    return text


def _end_of_block(tokens: list[re.Match[str]], first: int) -> int:
    depth = 0
    for token in tokens[first:]:
        depth += bool(token["open"]) - bool(token["close"])
        if not depth and token["close"]:
            return token.end()
    return tokens[-1].end()


def _mend_paths(text: str, store: Store, prefixes: Mapping[str, str]) -> str:
    """Let a path of length zero start or end at a term the graph does not hold."""

    def unknown(name: str) -> bool:
        iri = _resolved(name, text, prefixes)
        if iri is None:
            return False
        node = NamedNode(iri)
        return all(next(found, None) is None for found in (
            store.quads_for_pattern(node, None, None, None), store.quads_for_pattern(None, None, node, None)
        ))  # fmt: skip

    def replaced(match: re.Match[str]) -> str:
        if match["skip"]:
            return match["skip"]
        start, end = match["start"], match["end"]
        variable, constant = (start, end) if start[0] in "?$" else (end, start)
        if variable[0] not in "?$" or constant[0] in "?$" or not unknown(constant):
            return match.group()
        return f"{match['before']}VALUES {variable} {{ {constant} }}"

    return _PATH.sub(replaced, text)


def _resolved(name: str, text: str, prefixes: Mapping[str, str]) -> str | None:
    if name.startswith("<"):
        iri = name[1:-1]
    else:
        prefix, _, local = name.partition(":")
        declared = re.search(rf"(?i)\bPREFIX\s+{re.escape(prefix)}:\s*<([^<>]*)>", text)
        base = declared[1] if declared else prefixes.get(prefix)
        if base is None:
            return None
        iri = base + local
    try:
        return NamedNode(iri).value if ":" in iri else None
    except ValueError:
        return None
