"""The only way out of this machine: SERVICE and LOAD, to addresses an operator has listed.

An address must begin with a listed prefix. Its name is resolved here, the connection goes to the address
that was checked, and every redirect is checked again: a name that later resolves elsewhere gains nothing.
Private and loopback addresses must be listed by their own host, not by a shorter prefix.
"""

from __future__ import annotations

import asyncio
import http.client
import ipaddress
import re
import secrets
import socket
import ssl
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from kg.server.evaluation import RefusedError
from kg.server.media import graph_format
from kg.sparql_text import tokens

__all__ = ["Outgoing", "rewrite_service"]

_REDIRECTS = 4
_RDF = "text/turtle, application/n-triples;q=0.9, application/rdf+xml;q=0.8, application/ld+json;q=0.7"

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")))
"""IPv6 addresses that stand for an IPv4 address as only the network at hand knows: none of them is public."""


def rewrite_service(text: str, relay: str, base: str = "") -> str:
    """Return a query whose SERVICE calls go to the relay, which knows what is allowed.

    A SERVICE inside another is the other endpoint's affair and stays as it is.

    Raises:
        RefusedError: 403, an address that is only known while the query runs.

    >>> rewrite_service("ASK { SERVICE <http://example.com/s> { ?s ?p ?o } }", "http://127.0.0.1:9/k/")
    'ASK { SERVICE <http://127.0.0.1:9/k/http%3A%2F%2Fexample.com%2Fs> { ?s ?p ?o } }'
    """
    prefixes = dict(re.findall(r"(?i)\bPREFIX\s+([\w.-]*:)\s*<([^<>]*)>", text))
    declared = re.search(r"(?i)\bBASE\s*<([^<>]*)>", text)
    base = declared[1] if declared else base
    pieces: list[str] = []
    place = depth = 0
    inside: int | None = None  # depth of the SERVICE we are in
    expecting: int | None = None  # place of the SERVICE whose address comes next
    for token in tokens(text):
        kind, word = token.lastgroup, token.group()
        if kind == "comment":
            continue
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            if inside is not None and depth <= inside:
                inside = None
        if expecting is not None:
            if word.upper() == "SILENT":
                continue
            iri = (
                urljoin(base, word[1:-1]) if kind == "iri" else _expanded(word, prefixes) if kind == "name" else ""
            )
            if ":" not in iri:
                raise RefusedError(403, "SERVICE needs an absolute address in <…>; no other can be checked.")
            pieces += [text[place : token.start()], f"<{relay}{quote(iri, safe='')}>"]
            place, expecting = token.end(), None
        elif kind == "name" and "SERVICE" in word.partition(":")[0].upper() and inside is None:
            if word.upper() == "SERVICE":
                expecting, inside = token.start(), depth
            elif word.partition(":")[0] + ":" not in prefixes:
                raise RefusedError(403, f"'{word[:60]}' holds SERVICE without space around it. Put spaces there.")
    pieces.append(text[place:])
    return "".join(pieces)


def _expanded(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, local = name.partition(":")
    return prefixes.get(prefix + ":", "") + local if colon and prefix + ":" in prefixes else ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What another machine answered."""

    status: int
    media: str
    body: bytes


class Outgoing:
    """Fetches from listed addresses, for SERVICE (through a relay on loopback) and LOAD.

    Args:
        service: prefixes SERVICE may reach.
        load: prefixes LOAD may reach.
        seconds: time one exchange may take.
        size: bytes one answer may have.
    """

    def __init__(self, service: Sequence[str], load: Sequence[str], *, seconds: float, size: int) -> None:
        self._service = tuple(service)
        self._load = tuple(load)
        self._seconds = seconds
        self._size = size
        self._secret = secrets.token_urlsafe(16)
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="outgoing")
        self._server: asyncio.Server | None = None
        self.relay = ""

    async def open(self) -> None:
        """Start the relay, if SERVICE may reach anything."""
        if self._service:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            port = self._server.sockets[0].getsockname()[1]
            self.relay = f"http://127.0.0.1:{port}/{self._secret}/"

    async def close(self) -> None:
        """Stop the relay."""
        if self._server is not None:
            self._server.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def may_load(self, iri: str) -> bool:
        """Say whether LOAD may fetch an address, by its text alone."""
        return _listed(iri, self._load)

    async def load(self, iri: str) -> tuple[str, bytes]:
        """Fetch RDF; return its media type and its bytes, unread.

        Raises:
            RefusedError: not allowed, not reachable, not RDF.
        """
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: self._fetch("GET", iri, self._load, {"Accept": _RDF}, None)
        )
        form = graph_format(found.media)
        if found.status != 200 or form is None:
            raise RefusedError(502, f"<{iri[:200]}> answered {found.status} {found.media[:60]}, which is no RDF.")
        return form.media_type, found.body

    # --- fetching ------------------------------------------------------------------------------------------

    def _fetch(
        self, method: str, iri: str, listed: Sequence[str], headers: dict[str, str], body: bytes | None
    ) -> Fetched:
        for _ in range(_REDIRECTS):
            if not _listed(iri, listed):
                raise RefusedError(403, f"<{iri[:200]}> is not on the list of what may be reached.")
            response, connection = self._exchange(method, iri, listed, headers, body)
            try:
                if response.status in (301, 302, 303, 307, 308) and response.getheader("Location"):
                    iri = urljoin(iri, response.getheader("Location") or "")
                    continue
                found = response.read(self._size + 1)
                if len(found) > self._size:
                    raise RefusedError(502, f"<{iri[:200]}> answered more than {self._size} bytes.")
                return Fetched(response.status, response.getheader("Content-Type") or "", found)
            except OSError as error:
                raise RefusedError(502, f"<{iri[:200]}> broke off: {error}") from error
            finally:
                connection.close()
        raise RefusedError(502, f"<{iri[:200]}> redirects too often.")

    def _exchange(
        self, method: str, iri: str, listed: Sequence[str], headers: dict[str, str], body: bytes | None
    ) -> tuple[http.client.HTTPResponse, http.client.HTTPConnection]:
        parts = urlsplit(iri)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = parts.hostname or ""
        try:
            address = _resolved(host, port, named=_host_listed(host, listed))
            connection = _connect(parts.scheme, host, port, address, self._seconds)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body=body, headers={**headers, "User-Agent": "kgq"})
            return connection.getresponse(), connection
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise RefusedError(502, f"<{iri[:200]}> cannot be reached: {error}") from error

    # --- relay ---------------------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read_request(reader)) is not None:
                path, headers, body = request
                status, media, answer = await self._relay(path, headers, body)
                head = (
                    f"HTTP/1.1 {status} Relayed\r\ncontent-type: {media}\r\ncontent-length: {len(answer)}\r\n\r\n"
                )
                writer.write(head.encode("latin-1") + answer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            writer.close()

    async def _relay(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        prefix = f"/{self._secret}/"
        if not path.startswith(prefix):
            return 403, "text/plain", b"no"
        iri = unquote(path[len(prefix) :])
        kept = {name: value for name, value in headers.items() if name in ("accept", "content-type")}
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(
                self._threads, lambda: self._fetch("POST", iri, self._service, kept, body)
            )
        except RefusedError as refused:
            return 502, "text/plain", str(refused).encode()
        return found.status, found.media.replace("\r", "").replace("\n", ""), found.body


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes] | None:
    line = (await reader.readline()).decode("latin-1").split()
    if len(line) < 2:
        return None
    headers = {}
    while (header := (await reader.readline()).decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return line[1], headers, body


def _listed(iri: str, listed: Sequence[str]) -> bool:
    """Say whether an address begins with a listed prefix, and is at the host of that prefix.

    >>> _listed("http://example.com/a", ["http://example.com"])
    True
    >>> _listed("http://example.com.evil.example/", ["http://example.com"])
    False
    >>> _listed("http://example.com@evil.example/", ["http://example.com"])
    False
    >>> _listed("http://example.com/open/%2e%2e/closed", ["http://example.com/open/"])
    False
    """
    try:
        parts = urlsplit(iri)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or "\\" in iri:
        return False
    if any(step in (".", "..") for step in unquote(parts.path).split("/")):
        return False
    return any(iri.startswith(prefix) and urlsplit(prefix).hostname in (None, host) for prefix in listed)


def _host_listed(host: str, listed: Sequence[str]) -> bool:
    return any(urlsplit(prefix).hostname == host for prefix in listed)


def _resolved(host: str, port: int, *, named: bool) -> Any:
    """Return the socket address of a host; private ones only where the operator named this host.

    Raises:
        RefusedError: 403, it is private and was not named.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, _, _, _, address in found:
        if named or _is_public(str(address[0]).partition("%")[0]):
            return family, address
    raise RefusedError(403, f"{host[:200]} is not a public address. List it by name if it may be reached.")


def _is_public(address: str) -> bool:
    """Say whether an address is public, and the one that is written inside it too.

    >>> [_is_public(one) for one in ("192.0.32.8", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::7f00:1")]
    [True, False, False, False]
    """
    number = ipaddress.ip_address(address)
    inside: list[Any] = [number]
    if number.version == 6:
        inside += [number.ipv4_mapped, number.sixtofour, *(number.teredo or ())]
        if number in _NAT64:
            inside.append(ipaddress.IPv4Address(number.packed[-4:]))
        if number.is_site_local or any(number in network for network in _TRANSLATED):
            return False
    return all(one.is_global and not one.is_multicast for one in inside if one is not None)


def _connect(scheme: str, host: str, port: int, address: Any, seconds: float) -> http.client.HTTPConnection:
    family, place = address
    connected = socket.socket(family, socket.SOCK_STREAM)
    connected.settimeout(seconds)
    try:
        connected.connect(place)
        if scheme == "https":
            connected = ssl.create_default_context().wrap_socket(connected, server_hostname=host)
    except OSError:
        connected.close()
        raise
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    connection.sock = connected
    return connection
