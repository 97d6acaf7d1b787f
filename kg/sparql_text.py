"""Reads SPARQL text without evaluating it: what form it has, how deep it nests, what it would reach for.

The embedded engine's parser is recursive and dies with the whole process on deep nesting, and its
optimizer recurses over long chains of operators; both are bounded here, before anything is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import PolicyError, QueryError

__all__ = [
    "IS_SPARQL",
    "MAX_LENGTH",
    "MAX_NESTING",
    "MAX_OPERATORS",
    "PROLOGUE",
    "QueryText",
    "declares_all",
    "guard",
    "is_small",
    "looks_like_sparql",
    "prefixes_in",
    "scan",
    "tokens",
]

IS_SPARQL = "this is SPARQL; in Python: graph.select, graph.ask, graph.construct or graph.evaluate"
"""The first line of the explanation where SPARQL was put as a question."""

MAX_NESTING = 200
"""Brackets of any kind open at once. Written by hand, queries stay under 20."""

MAX_LENGTH = 200_000
"""Characters of one query; the parser takes about 1 kB of stack for a statement, which can be two characters."""

MAX_OPERATORS = 1_000
"""Operators and graph-pattern keywords in one query; chains of them nest in the algebra."""

# Patterns are compiled when they are first used: a question in English needs none of them.
_LEXEMES = r"""
      (?P<comment>\#[^\r\n]*)
    | (?P<string>\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}
        |\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*')
    | (?P<iri><[^<>\"{}|^`\\\x00-\x20]*>)
    | (?P<open>[\[({]|<<\(?)
    | (?P<close>[\])}]|\)?>>)
    | (?P<variable>[?$]\w+)
    | (?P<name>[^\W\d][\w.-]*(?<!\.)(?::[\w.%-]*)?|:[\w.%-]+|@[\w-]+)
    | (?P<operator>\|\||&&|!=|<=|>=|\^\^|[!^|/*+=<>-])
    """
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_UPDATES = frozenset(
    {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"},
)
_DATA = frozenset({"VALUES", "DATA"})
"""What follows these is a block of terms, where a sign or ^^ nests nothing."""
_STUCK = ("SERVICE", "LOAD")
_PATTERNS = frozenset({"UNION", "OPTIONAL", "FILTER", "MINUS", "BIND", "GRAPH", "VALUES", "EXISTS", "AS"})


class QueryText(NamedTuple):
    """What a text looks like, seen as SPARQL.

    Attributes:
        form: ``SELECT``, ``ASK``, ``CONSTRUCT``, ``DESCRIBE``, ``UPDATE``, or '' if it is none of these.
        nesting: brackets open at once, at most.
        operators: operators and graph-pattern keywords.
        keywords: the bare words, upper case, outside strings, IRIs and comments.
    """

    form: str
    nesting: int
    operators: int
    keywords: frozenset[str]

    def mentions(self, keyword: str) -> bool:
        """Say whether a keyword occurs, even stuck to its neighbour, which the engine's parser reads apart.

        >>> scan("ASK { ?s ?p trueSERVICE <http://example.com> {} }").mentions("SERVICE")
        True
        """
        return any(keyword in word for word in self.keywords)


def tokens(text: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Yield the tokens of a text; strings, IRIs and comments are one each, and white space is none.

    >>> [token.group() for token in tokens("ASK { <a> 'b c' ?d }")]
    ['ASK', '{', '<a>', "'b c'", '?d', '}']

    Args:
        text: the text.
        start: where to begin, which is outside strings, IRIs and comments.
    """
    return re.compile(_LEXEMES, re.VERBOSE | re.DOTALL).finditer(text, start)


def prefixes_in(text: str) -> Iterator[tuple[re.Match[str], str, bool]]:
    """Yield the prefixed names of a text: the token, its prefix, and whether it is declared there.

    >>> [(prefix, declares) for _, prefix, declares in prefixes_in("PREFIX a: <b> ASK { a:b c:d 'e:f' }")]
    [('a', True), ('a', False), ('c', False)]
    """
    last = ""
    for token in tokens(text):
        word = token.group()
        if token.lastgroup == "name" and ":" in word:
            yield token, word.partition(":")[0], last == "PREFIX"
        last = word.upper()


def scan(text: str) -> QueryText:
    """Return the form, depth and reach of a text, in one pass and without recursion.

    >>> scan("SELECT * { ?s ?p 'SERVICE }' }")
    QueryText(form='SELECT', nesting=1, operators=1, keywords=frozenset({'SELECT'}))
    >>> scan("who bears capex risk").form
    ''
    """
    form = ""
    depth = nesting = operators = 0
    data = 0  # depth of the block of terms we are in; -1 just before its brace
    keywords: set[str] = set()
    declared: set[str] = set()
    last = ""
    for match in tokens(text):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            nesting = max(nesting, depth)
            data = depth if data < 0 and match.group() == "{" else data
        elif kind == "close":
            data = 0 if data == depth else data
            depth = max(0, depth - 1)
        elif kind == "operator":
            operators += data <= 0 and match.group() != "^^"
        elif kind == "name":
            word = match.group()
            if ":" in word or word.startswith("@"):
                _see_prefix(word.partition(":")[0].upper(), last, declared, keywords)
                continue
            last = word = word.upper()
            keywords.add(word)
            if data <= 0:
                operators += word in _PATTERNS
                data = -1 if word in _DATA else 0
            if not form:
                form = word if word in _FORMS else "UPDATE" if word in _UPDATES else ""
    return QueryText(form, nesting, operators, frozenset(keywords))


def _see_prefix(prefix: str, last: str, declared: set[str], keywords: set[str]) -> None:
    """Take note of a prefix: a keyword stuck before an undeclared one is read apart by the engine's parser."""
    if last == "PREFIX":
        declared.add(prefix)
    elif any(word in prefix for word in _STUCK) and prefix not in declared:
        keywords.add(prefix)


_STARTS = (
    "#", "PREFIX", "BASE", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "INSERT", "DELETE", "WITH", "CLEAR", "DROP",
    "LOAD", "CREATE", "COPY", "MOVE", "ADD",
)  # fmt: skip
PROLOGUE = (
    r"\s*(?:#[^\r\n]*\s*)*(?P<declared>(?:(?:PREFIX\s+(?:[^\s<]+\s*)?|BASE\s*)<[^>]*>\s*(?:#[^\r\n]*\s*)*)*)"
)
"""Comments and declarations before a query, the latter as ``declared``. It matches any text, in linear time."""

_IRI = r"<[^<>\"{}|^`\\\x00-\x20]*>"
_USED = r"(?<![\w.-])[\w.-]*:"
_DECLARED = r"PREFIX\s+([^\s<]*:)"
_BEGINNING = r"(SELECT|ASK|CONSTRUCT|DESCRIBE|INSERT|DELETE|WITH)\b"
_MANAGEMENT = r"(CLEAR|DROP)\s+(SILENT\s+)?(ALL|DEFAULT|NAMED|GRAPH)\b|(LOAD|CREATE|COPY|MOVE|ADD)\s[^?]*<"
_DESCRIBED = r"DESCRIBE\s+([?$<]|[\w.-]*:)"


def looks_like_sparql(text: str) -> bool:
    """Tell whether a text is meant as SPARQL: how it begins, and a brace or an IRI that English has no use for.

    >>> looks_like_sparql("PREFIX ex: <http://example.com/> SELECT * { ?s ?p ?o }")
    True
    >>> looks_like_sparql("describe the merchant model"), looks_like_sparql("ask who bears capex risk")
    (False, False)
    """
    if not text.lstrip().upper().startswith(_STARTS):
        return False
    start = re.match(PROLOGUE, text, re.IGNORECASE)
    if start is not None and start["declared"]:
        return True
    rest = text[start.end() :] if start is not None else text
    if re.match(_DESCRIBED, rest, re.IGNORECASE) or re.match(_MANAGEMENT, rest, re.IGNORECASE):
        return True
    return "{" in rest and re.match(_BEGINNING, rest, re.IGNORECASE) is not None


def declares_all(text: str) -> bool:
    """Tell at a glance whether a query declares all prefixes it uses.

    A string or a comment may deceive it. A query that parses means the same whether or not others are declared.

    >>> declares_all("ASK { <http://example.com/> a ?o }"), declares_all("PREFIX a: <b> ASK { a:b c:d ?o }")
    (True, False)
    """
    rest = re.sub(_IRI, "", text)
    if ":" not in rest:
        return True
    return {*re.findall(_USED, rest)}.issubset(re.findall(_DECLARED, rest, re.IGNORECASE))


def is_small(text: str) -> bool:
    """Tell at a glance whether a query is so short and flat that :func:`guard` need not look closer.

    It holds no SERVICE either, but it may be an update; and what is not small may still be harmless.

    >>> is_small("ASK { ?s ?p ?o }"), is_small("ASK { SERVICE <http://example.com/> { ?s ?p ?o } }")
    (True, False)
    """
    return (
        len(text) <= MAX_OPERATORS
        and sum(map(text.count, "{[(<")) <= MAX_NESTING
        and "service" not in text.lower()
    )


def guard(text: str, *, service: bool = False, update: bool = False, length: int = MAX_LENGTH) -> QueryText:
    """Refuse a query that could harm the process or reach outside the graph; return its scan.

    Args:
        text: the query.
        service: whether SERVICE is allowed; whoever allows it watches where it goes.
        update: whether the text is meant to be an update; its LOAD is the caller's to judge.
        length: characters it may have; 0 is no bound, for who evaluates where a crash does no harm.

    Raises:
        QueryError: longer than ``length``, nested deeper than :data:`MAX_NESTING`, or with more than
            :data:`MAX_OPERATORS` operators.
        PolicyError: it holds SERVICE (which opens a connection), or it is an update.

    >>> guard("ASK { ?s ?p ?o }").form
    'ASK'
    """
    if 0 < length < len(text):
        raise QueryError(f"the query is {len(text):,} characters long; at most {length:,} are allowed. Split it.")
    seen = scan(text)
    if seen.nesting > MAX_NESTING:
        raise QueryError(
            f"the query nests {seen.nesting} brackets deep; at most {MAX_NESTING} are allowed. Flatten it."
        )
    if seen.operators > MAX_OPERATORS:
        raise QueryError(
            f"the query has {seen.operators} operators; at most {MAX_OPERATORS} are allowed."
            " Use VALUES, or split it."
        )
    if seen.mentions("SERVICE") and not service:
        raise PolicyError(
            "SERVICE would open a connection, which a query may not do. Load the data and query it here."
        )
    if seen.form == "UPDATE" and not update:
        raise PolicyError(
            "this is an update; a query only reads. `kgq update` runs it on a store, a writable endpoint does too."
        )
    return seen
