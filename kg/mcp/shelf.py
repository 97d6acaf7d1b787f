"""Keeps what did not fit on a page, so that a cursor goes on exactly where the page ended."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import KgError

__all__ = ["CursorError", "Kept", "Shelf"]

_RESULTS = 64
_BYTES = 48 * 1024 * 1024


class CursorError(KgError):
    """A cursor that leads nowhere: made up, of another call, or of a result that is no longer kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A result of which pages are still wanted.

    Attributes:
        call: the tool and its arguments, but for those that say which part is wanted.
        head: what stands on every page.
        sections: all items.
        size: bytes, roughly.
    """

    call: tuple[str, str]
    head: Mapping[str, Any]
    sections: Mapping[str, Sequence[Any]]
    size: int = 0


class Shelf:
    """The latest results that did not fit on one page; the oldest make room for new ones.

    >>> shelf = Shelf()
    >>> cursor = shelf.put(Kept(("sparql", "{}"), {}, {"rows": [1, 2]}), 1)
    >>> shelf.get(cursor, ("sparql", "{}"))[1]
    1
    """

    def __init__(self, results: int = _RESULTS, size: int = _BYTES) -> None:
        self._results = results
        self._size = size
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def put(self, kept: Kept, place: int) -> str:
        """Keep a result and return the cursor to an item of it."""
        key = secrets.token_urlsafe(12)
        self._kept[key] = kept
        while len(self._kept) > 1 and (
            len(self._kept) > self._results or sum(k.size for k in self._kept.values()) > self._size
        ):
            self._kept.popitem(last=False)
        return f"{key}.{place}"

    def move(self, cursor: str, place: int) -> str:
        """Return the cursor to another item of the same result."""
        return f"{cursor.partition('.')[0]}.{place}"

    def get(self, cursor: str, call: tuple[str, str]) -> tuple[Kept, int]:
        """Return the result a cursor leads to, and the number of the item.

        Raises:
            CursorError: it leads nowhere.
        """
        key, _, place = cursor.partition(".")
        kept = self._kept.get(key)
        if kept is None:
            raise CursorError(
                "this cursor leads nowhere: it is not one that kgq gave, or its result is no longer kept. "
                "Call again without cursor."
            )
        if kept.call != call:
            raise CursorError(
                f"this cursor belongs to another call of '{kept.call[0]}'. Repeat that call's arguments with it, "
                "or leave it out."
            )
        items = sum(map(len, kept.sections.values()))
        if not (place.isascii() and place.isdigit() and len(place) < 9 and int(place) < items):
            raise CursorError("this cursor was changed. Pass it as it was given, or leave it out.")
        self._kept.move_to_end(key)
        return kept, int(place)
