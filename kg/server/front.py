"""What stands between clients and the endpoint: proxies whose word is taken, and the path it is found under."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import MutableMapping, Sequence
from typing import Any

__all__ = ["Front"]

_HOST = re.compile(r"[\w.:\[\]-]{1,255}", re.ASCII)
_SCHEMES = ("http", "https")


class Front:
    """Puts a request as the client sent it in place of what the proxy made of it.

    Args:
        proxies: addresses and networks whose ``X-Forwarded-For``, ``-Proto`` and ``-Host`` are believed.
        root: path the endpoint is found under, without a slash at its end; a proxy may strip it or leave it.

    >>> scope = {"client": ("10.0.0.1", 5), "scheme": "http", "path": "/kg/sparql", "raw_path": b"/kg/sparql",
    ...          "headers": [(b"host", b"inside:8000"), (b"x-forwarded-host", b"example.com"),
    ...                      (b"x-forwarded-for", b"6.6.6.6, 192.0.2.7"), (b"x-forwarded-proto", b"https")]}
    >>> Front(["10.0.0.0/8"], "/kg").apply(scope)
    >>> scope["client"][0], scope["scheme"], scope["headers"][0], scope["path"]
    ('192.0.2.7', 'https', (b'host', b'example.com'), '/sparql')

    Attributes:
        plain: whether requests are taken as they are.
    """

    def __init__(self, proxies: Sequence[str] = (), root: str = "") -> None:
        self._networks = tuple(ipaddress.ip_network(one, strict=False) for one in proxies)
        self._root = root
        self._raw_root = root.encode()
        self.plain = not (self._networks or root)

    def apply(self, scope: MutableMapping[str, Any]) -> None:
        """Change a request in place."""
        if self._root:
            self._strip(scope)
        client = scope.get("client")
        if self._networks and client and self._is_trusted(client[0]):
            self._believe(scope)

    def _strip(self, scope: MutableMapping[str, Any]) -> None:
        path: str = scope["path"]
        if path == self._root or path.startswith(self._root + "/"):
            scope["path"] = path[len(self._root) :] or "/"
            raw: bytes = scope["raw_path"]
            if raw.startswith(self._raw_root):
                scope["raw_path"] = raw[len(self._raw_root) :] or b"/"

    def _believe(self, scope: MutableMapping[str, Any]) -> None:
        said: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            if name.startswith(b"x-forwarded-"):
                said.setdefault(name, []).extend(part.strip() for part in value.decode("latin-1").split(","))
        for address in reversed(said.get(b"x-forwarded-for", [])):  # what the nearest proxy added comes last
            if not _is_address(address):
                break
            scope["client"] = (address, 0)
            if not self._is_trusted(address):
                break
        scheme = said.get(b"x-forwarded-proto", [""])[-1].lower()
        if scheme in _SCHEMES:
            scope["scheme"] = scheme
        host = said.get(b"x-forwarded-host", [""])[-1]
        if _HOST.fullmatch(host):
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope["headers"] = [(b"host", host.encode()), *others]

    def _is_trusted(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
