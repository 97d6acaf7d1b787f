"""The JSON API and the page: what people and programs see besides SPARQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kg.server import media
from kg.server.evaluation import RefusedError
from kg.server.exchange import Exchange, Headers
from kg.server.openapi import document
from kg.server.sparql import gathered, reply_cached, transfer

if TYPE_CHECKING:
    from kg.server.app import Application

__all__ = ["answer_api", "answer_entity", "answer_openapi", "answer_page"]

_PAGE_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_MAP_POLICY = (
    b"sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; "
    b"style-src 'unsafe-inline'; img-src data: blob:; font-src data:; frame-ancestors 'self'"
)
_COMMON = ((b"referrer-policy", b"no-referrer"), (b"cross-origin-opener-policy", b"same-origin"))
_ASSETS = {"page.js": b"text/javascript; charset=utf-8", "page.css": b"text/css; charset=utf-8",
           "icon.svg": b"image/svg+xml", "review.js": b"text/javascript; charset=utf-8",
           "review.css": b"text/css; charset=utf-8"}  # fmt: skip
_NEEDED: Mapping[str, str] = {"ask": "q", "search": "q"}
_TEXT_LIMIT = 2_000


@cache
def _asset(name: str, root: str = "") -> bytes:
    """Return a file of the pages; links of a page go to where the endpoint is found."""
    found = files("kg.server").joinpath("assets", name).read_bytes()
    return found.replace(b'="/', b'="' + root.encode() + b"/") if root and name.endswith(".html") else found


def _only_get(exchange: Exchange) -> None:
    if exchange.method not in ("GET", "HEAD"):
        raise RefusedError(405, f"{exchange.method[:20]} is not offered here. Use GET.")


async def answer_page(app: Application, exchange: Exchange) -> None:
    """Answer with the page, or with what it is made of."""
    _only_get(exchange)
    exchange.note["kind"] = "page"
    name = exchange.path.removeprefix("/assets/")
    if name in _ASSETS:
        await exchange.reply(200, _asset(name), _ASSETS[name], [(b"cache-control", b"no-cache"), *_COMMON])
    elif exchange.path in ("/", "/index.html"):
        await _page(app, exchange)
    elif exchange.path == "/review":
        await _page(app, exchange, "review.html")
    else:
        raise RefusedError(404, f"there is nothing at {exchange.path[:200]}.")


async def _page(app: Application, exchange: Exchange, name: str = "page.html") -> None:
    headers = [(b"content-security-policy", _PAGE_POLICY), (b"cache-control", b"no-cache"), *_COMMON]
    await exchange.reply(200, _asset(name, app.settings.root), b"text/html; charset=utf-8", headers)


async def answer_api(app: Application, exchange: Exchange) -> None:
    """Answer a request of the JSON API: ``/ask``, ``/claims``, ``/search``, ``/overview``, ``/map``."""
    _only_get(exchange)
    app.check_reader(exchange)
    verb = exchange.path.strip("/")
    given = _given(exchange)
    needed = _NEEDED.get(verb)
    if needed and not given.get(needed, "").strip():
        raise RefusedError(400, f"the parameter '{needed}' is missing. Send /{verb}?{needed}=…")
    exchange.note["text"] = given.get("q", "")
    await _computed(app, exchange, verb, given)


def _given(exchange: Exchange) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in exchange.parameters():
        if name in given:
            raise RefusedError(400, f"the parameter '{name[:40]}' was sent twice. Send it once.")
        if len(value) > _TEXT_LIMIT:
            raise RefusedError(
                400, f"the parameter '{name[:40]}' is longer than {_TEXT_LIMIT} characters. Shorten it."
            )
        given[name] = value
    return given


async def _computed(app: Application, exchange: Exchange, verb: str, given: dict[str, str]) -> None:
    exchange.note["kind"] = verb
    if verb == "map":
        exchange.extra = [*exchange.extra, (b"content-security-policy", _MAP_POLICY), *_COMMON]
    key = (verb, tuple(sorted(given.items())), exchange.accepts_gzip)
    found = app.cache.get(app.graph.version, key) if app.graph.current else None
    if found is not None:
        await reply_cached(exchange, found)
        return
    job = await app.graph.read("api", (verb, given, exchange.accepts_gzip), exchange.client)
    await transfer(app, exchange, job, key)


async def answer_entity(app: Application, exchange: Exchange) -> None:
    """Answer ``/entity/…``: a page for people, JSON or RDF for programs, as the Accept header says."""
    _only_get(exchange)
    name = exchange.path.removeprefix("/entity/")
    accept = exchange.header(b"accept")
    if not name or len(name) > _TEXT_LIMIT:
        raise RefusedError(404, "name an entity: /entity/CoreWeave")
    if media.choose(accept, _ENTITY) == 12:
        exchange.note["kind"] = "page"
        await _page(app, exchange)
        return
    app.check_reader(exchange)
    chosen = media.choose(accept, _ENTITY)
    if chosen == 10:
        await _computed(app, exchange, "entity", {"name": name})
    elif chosen >= 0:
        await _described(app, exchange, name, chosen)
    else:
        raise RefusedError(406, "offered are text/html, application/json and the RDF formats.")


async def _described(app: Application, exchange: Exchange, name: str, chosen: int) -> None:
    """Send RDF about an entity: what a DESCRIBE of its IRI gives."""
    job = await app.graph.read("api", ("entity", {"name": name}, False), exchange.client)
    iri = json.loads(await gathered(exchange, job))["iri"]
    if urlsplit(iri).scheme == "" or ">" in iri:
        raise RefusedError(404, f"'{name[:100]}' has no address of its own.")
    text = f"DESCRIBE <{iri}>"
    base = app.address(exchange) + "/sparql"
    job = await app.graph.read(
        "query", (text, base, -1, chosen, None, None, exchange.accepts_gzip), exchange.client
    )
    await transfer(app, exchange, job, ("describe", iri, chosen, exchange.accepts_gzip))


_ENTITY: Mapping[str, int] = {
    **{name: number for name, number in media.GRAPH.items() if "json" not in name or "ld" in name},
    "text/html": 12,
    "application/xhtml+xml": 12,
    "application/json": 10,
    "*/*": 12,
    "text/*": 12,
    "application/*": 10,
}
media.offer(_ENTITY)


async def answer_openapi(app: Application, exchange: Exchange) -> None:
    """Answer with the description of this API."""
    _only_get(exchange)
    exchange.note["kind"] = "page"
    body = json.dumps(document(app.address(exchange), writable=app.settings.writable)).encode()
    headers: Headers = [(b"cache-control", b"no-cache")]
    await exchange.reply(200, body, b"application/json", headers)
