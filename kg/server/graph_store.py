"""The SPARQL 1.1 Graph Store HTTP Protocol: graphs as resources, named directly or by a parameter."""

from __future__ import annotations

import secrets
from email.message import Message
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

from kg.server import media
from kg.server.evaluation import RefusedError
from kg.server.exchange import Exchange
from kg.server.sparql import transfer, whole

if TYPE_CHECKING:
    from kg.server.app import Application

__all__ = ["answer_graph_store"]

ROOT = "/rdf-graph-store"
_METHODS = "GET, HEAD, PUT, POST, DELETE, OPTIONS"


async def answer_graph_store(app: Application, exchange: Exchange) -> None:
    """Answer a request to ``/rdf-graph-store`` or below it."""
    exchange.note["kind"] = "graph"
    method = exchange.method
    if method in ("GET", "HEAD"):
        app.check_reader(exchange)
        await _get(app, exchange, _name(app, exchange))
    elif method in ("PUT", "POST"):
        app.check_writer(exchange)
        await _put(app, exchange, replace=method == "PUT")
    elif method == "DELETE":
        app.check_writer(exchange)
        name = _name(app, exchange)
        if await app.graph.write("drop", name):
            raise RefusedError(404, f"there is no graph <{name}>.")
        await exchange.empty(204)
    else:
        raise RefusedError(405, f"{method[:20]} is not offered here. Use {_METHODS}.")


def _name(app: Application, exchange: Exchange, *, fresh: bool = False) -> str | None:
    """Return the IRI of the graph that is meant; None is the default graph.

    Raises:
        RefusedError: none or several are named.
    """
    below = exchange.path[len(ROOT) :].lstrip("/")
    pairs = exchange.parameters()
    if below:
        if pairs:
            raise RefusedError(400, "a graph named by its path takes no parameters.")
        raw: bytes = exchange.scope.get("raw_path") or exchange.path.encode()
        return app.address(exchange) + raw.decode("latin-1").partition("?")[0]
    names = [value for name, value in pairs if name == "graph"]
    default = any(name == "default" for name, _ in pairs)
    if len(names) + default > 1:
        raise RefusedError(400, "name one graph: ?default, or ?graph= with its IRI.")
    if default:
        return None
    if names:
        if ":" not in names[0] or any(c in names[0] for c in '<>"{}|^`\\ \n\r\t\x00'):
            raise RefusedError(400, f"'{names[0][:200]}' is not an absolute IRI.")
        return names[0]
    if fresh:
        return f"{app.address(exchange)}{ROOT}/{secrets.token_hex(8)}"
    raise RefusedError(400, "name a graph: ?default, ?graph= with its IRI, or a path.")


async def _get(app: Application, exchange: Exchange, name: str | None) -> None:
    chosen = media.choose(exchange.header(b"accept"), media.GRAPH)
    if chosen < 0:
        offered = ", ".join(media.listed(media.GRAPH))
        raise RefusedError(406, f"none of the accepted media types is offered. Ask for one of {offered}.")
    job = await app.graph.read("graph", (name, chosen, exchange.accepts_gzip), exchange.client)
    await transfer(app, exchange, job, ("graph", name, chosen, exchange.accepts_gzip))


async def _put(app: Application, exchange: Exchange, *, replace: bool) -> None:
    bare = not exchange.path[len(ROOT) :].lstrip("/") and not exchange.query
    name = _name(app, exchange, fresh=not replace)
    body = await exchange.body()
    base = name or app.address(exchange) + ROOT
    statements = b""
    for content_type, part in _parts(exchange, body):
        statements += await _as_statements(app, exchange, content_type, part, base)
    new = await app.graph.write("put", name, statements, replace)
    headers = [(b"location", (name or "").encode())] if bare and not replace else []
    await exchange.empty(201 if new or headers else 204, headers)


def _parts(exchange: Exchange, body: bytes) -> list[tuple[str, bytes]]:
    content_type = exchange.header(b"content-type")
    if not content_type.lower().startswith("multipart/form-data"):
        return [(content_type or "application/rdf+xml", body)]
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_boundary()
    if not boundary:
        raise RefusedError(400, "the multipart body names no boundary.")
    found = []
    for piece in (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))[1:]:
        if piece.startswith(b"--"):
            break
        head, _, content = piece.partition(b"\r\n\r\n")
        inner = BytesHeaderParser().parsebytes(head.strip() + b"\r\n\r\n")
        found.append((inner.get_content_type(), content))
    return found


async def _as_statements(app: Application, exchange: Exchange, content_type: str, body: bytes, base: str) -> bytes:
    """Return a body as N-Triples; parsed by a reader, because a hostile one may kill whoever parses it."""
    form = media.graph_format(content_type)
    if form is None or (form.supports_datasets and form.media_type != "application/ld+json"):
        raise RefusedError(
            415,
            f"the content type '{content_type[:100]}' holds no graph. Send Turtle, N-Triples, RDF/XML or JSON-LD.",
        )
    if not body.strip():
        return b""
    return await whole(app, exchange, "parse", body, form.media_type, base)
