"""Whole responses, kept while the graph stays as it is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

__all__ = ["Cached", "ResponseCache"]

_ITEM_SHARE = 16
_OVERHEAD = 512


@dataclass(frozen=True, slots=True)
class Cached:
    """A response: its headers and its bytes."""

    etag: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(slots=True)
class ResponseCache:
    """The least recently used go when the bytes run out; all go when the version changes.

    >>> cache = ResponseCache(10_000)
    >>> cache.put("v1", "q", Cached(b'"v1"', [], b"x"))
    >>> cache.get("v1", "q").body, cache.get("v2", "q")
    (b'x', None)

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
