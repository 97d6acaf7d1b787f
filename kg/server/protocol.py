"""The SPARQL 1.1 Protocol: from a request to a query or an update, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_plus

from kg.server.evaluation import RefusedError
from kg.server.exchange import Exchange

__all__ = ["Operation", "read_operation", "read_simple"]

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks for.

    Attributes:
        kind: ``query``, ``update``, or ``describe`` for the service description.
        text: the query or update.
        default: graphs to use as the default graph; None for the endpoint's own.
        named: graphs to use as named graphs; None for the endpoint's own.
    """

    kind: str
    text: str
    default: tuple[str, ...] | None
    named: tuple[str, ...] | None


async def read_operation(exchange: Exchange) -> Operation:
    """Read a request to the SPARQL endpoint.

    Raises:
        RefusedError: 400, 405 or 415, with what was expected.
    """
    if exchange.method in ("GET", "HEAD"):
        simple = read_simple(exchange.query)
        if simple is not None:
            return simple
        pairs = exchange.parameters()
        if any(name == "update" for name, _ in pairs):
            raise RefusedError(400, "an update must be sent by POST.")
        if not any(name == "query" for name, _ in pairs):
            return Operation("describe", "", None, None)
        return _operation("query", pairs)
    if exchange.method != "POST":
        raise RefusedError(405, f"{exchange.method[:20]} is not offered here. Use GET or POST.")
    return await _posted(exchange)


def read_simple(query: bytes) -> Operation | None:
    """Read a query string that is a query and nothing else; None for any other.

    Raises:
        RefusedError: it is not UTF-8.

    >>> read_simple(b"query=ASK%20%7B%7D").text, read_simple(b"query=ASK&named-graph-uri=e:g")
    ('ASK {}', None)
    """
    if not query.startswith(b"query=") or b"&" in query or b";" in query:
        return None
    return Operation("query", _decoded(query[6:]), None, None)


async def _posted(exchange: Exchange) -> Operation:
    media = exchange.header(b"content-type").partition(";")[0].strip().lower()
    if media == _FORM:
        pairs = exchange.parameters() + exchange.parameters(await exchange.body())
        kinds = {name for name, _ in pairs} & {"query", "update"}
        if len(kinds) != 1:
            raise RefusedError(400, "send exactly one of the parameters 'query' and 'update'.")
        return _operation(kinds.pop(), pairs)
    if media in (_QUERY, _UPDATE):
        kind = "query" if media == _QUERY else "update"
        pairs = exchange.parameters()
        if any(name in ("query", "update") for name, _ in pairs):
            raise RefusedError(400, f"the {kind} is in the body, so the address may hold none.")
        try:
            text = (await exchange.body()).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise RefusedError(400, f"the {kind} is not UTF-8. Encode it as UTF-8.") from error
        return _operation(kind, [*pairs, (kind, text)])
    raise RefusedError(
        415, f"the content type '{media[:100]}' is not offered. Send {_QUERY}, {_UPDATE} or {_FORM}."
    )


def _decoded(value: bytes) -> str:
    """Return the value of a lone parameter, as :meth:`Exchange.parameters` would."""
    try:
        return unquote_plus(value.decode("ascii"), errors="strict")
    except UnicodeDecodeError as error:
        raise RefusedError(
            400, "the parameters are not UTF-8. Encode them as UTF-8, then percent-encode."
        ) from error


def _operation(kind: str, pairs: Sequence[tuple[str, str]]) -> Operation:
    texts = [value for name, value in pairs if name == kind]
    if len(texts) != 1:
        raise RefusedError(400, f"the parameter '{kind}' was sent {len(texts)} times. Send it once.")
    default, named = (
        ("default-graph-uri", "named-graph-uri")
        if kind == "query"
        else ("using-graph-uri", "using-named-graph-uri")
    )
    defaults = tuple(value for name, value in pairs if name == default)
    nameds = tuple(value for name, value in pairs if name == named)
    if not defaults and not nameds:
        return Operation(kind, texts[0], None, None)
    return Operation(kind, texts[0], defaults, nameds)
