"""Whole responses, kept while the graph stays as it is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

__all__ = ["SPELLED", "Cached", "ResponseCache"]

_ITEM_SHARE = 16
_OVERHEAD = 512
_SPELLINGS = 4096
SPELLED = 4096
"""Bytes of a request that is remembered as it was sent, at most."""


@dataclass(frozen=True, slots=True)
class Cached:
    """A response: its headers and its bytes.

    Attributes:
        etag: what names this state of it.
        headers: name and value of each header.
        body: what follows them.
        head: the headers as they are sent.
    """

    etag: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes
    head: bytes = b""


@dataclass(slots=True)
class ResponseCache:
    """The least recently used go when the bytes run out; all go when the version changes.

    >>> cache = ResponseCache(10_000)
    >>> cache.put("v1", "q", Cached(b'"v1"', [], b"x"))
    >>> cache.get("v1", "q").body, cache.get("v2", "q")
    (b'x', None)
    >>> cache.spell(b"GET /q", "q")
    >>> cache.recall("v1", b"GET /q").body
    b'x'

    Attributes:
        size: bytes kept at most.
        hits: answers found.
        misses: answers not found.
    """

    size: int
    hits: int = 0
    misses: int = 0
    _version: str = ""
    _held: int = 0
    _items: OrderedDict[Hashable, Cached] = field(default_factory=OrderedDict)
    _spelled: dict[bytes, Hashable] = field(default_factory=dict)

    def get(self, version: str, key: Hashable) -> Cached | None:
        """Return a response for this version of the graph, if one is kept."""
        if version == self._version:
            found = self._items.get(key)
            if found is not None:
                self._items.move_to_end(key)
                self.hits += 1
                return found
        self.misses += 1
        return None

    def put(self, version: str, key: Hashable, item: Cached) -> None:
        """Keep a response, unless it is too large to be worth the others."""
        if version != self._version:
            self._items.clear()
            self._held = 0
            self._version = version
        weight = len(item.body) + _OVERHEAD
        if weight > self.size // _ITEM_SHARE or key in self._items:
            return
        self._items[key] = item
        self._held += weight
        while self._held > self.size:
            _, old = self._items.popitem(last=False)
            self._held -= len(old.body) + _OVERHEAD

    def spell(self, request: bytes, key: Hashable) -> None:
        """Remember that a request, byte for byte, asks for what is kept under a key."""
        if len(request) <= SPELLED:
            if len(self._spelled) >= _SPELLINGS:
                self._spelled.clear()
            self._spelled[request] = key

    def recall(self, version: str, request: bytes) -> Cached | None:
        """Return the response to exactly these bytes, if it is kept; one that is not known counts as no miss."""
        key = self._spelled.get(request)
        return None if key is None else self.get(version, key)
