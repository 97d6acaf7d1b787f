"""Cuts results to what fits: so many rows, so many bytes, and nothing lost without a word about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Page", "clip_text", "measure", "shorten", "take"]

_STEPS = (2000, 1000, 500, 250, 120, 60, 30, 16)
"""Characters a string may keep, tried in turn. The last still holds every word that the schemas enumerate."""
_PATIENT = 120
_MOST_KEYS = 40
_SHORT_LIST = 3
_MARK = "…"


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a result.

    Attributes:
        content: the head, and for each section the items that lie on this page.
        following: number of the first item after it; None at the end.
    """

    content: dict[str, Any]
    following: int | None


def measure(value: Any) -> int:
    """Return the bytes of a value as compact JSON.

    >>> measure({"quote": "…"})
    15
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


def take(
    head: Mapping[str, Any], sections: Mapping[str, Sequence[Any]], start: int, *, rows: int, size: int
) -> Page:
    """Return as many items as fit, one at least, beginning with number ``start`` over all sections.

    The page says of itself whether it is ``truncated``, how many items are ``remaining``, and whether something
    on it was ``shortened`` to fit.

    Args:
        head: what stands on every page.
        sections: the items, in order.
        start: items that earlier pages held.
        rows: items at most.
        size: bytes of the page as compact JSON at most.

    >>> page = take({}, {"rows": ["a", "b", "c"]}, 0, rows=2, size=1000)
    >>> page.content["rows"], page.content["remaining"], page.following
    (['a', 'b'], 1, 2)
    """
    flat = [(name, item) for name, items in sections.items() for item in items]
    frame: dict[str, Any] = {name: [] for name in sections}
    frame |= {"truncated": False, "remaining": len(flat), "shortened": False, "cursor": "x" * 40}
    slim = shorten(dict(head), max(size // 2, size - measure(frame) - _largest(flat[start : start + rows])))
    content = {**slim, **frame, "shortened": slim != head}
    room = size - measure(content)
    place = start
    for name, item in flat[start : start + rows]:
        if measure(item) + 1 > room and place > start:
            break
        fitting = shorten(item, room - 1)
        content["shortened"] |= fitting is not item
        content[name].append(fitting)
        room -= measure(fitting) + 1
        place += 1
    more = place < len(flat)
    content |= {"truncated": more, "remaining": len(flat) - place, "cursor": None}
    return Page(content, place if more else None)


def _largest(items: Sequence[tuple[str, Any]]) -> int:
    """Return the room worth keeping for items: that of the first."""
    return measure(items[0][1]) + 1 if items else 0


def shorten(value: Any, size: int) -> Any:
    """Return a value cut to so many bytes of JSON: long lists first, then long texts, marked with ``…``.

    >>> shorten({"quote": "so " * 2000, "start": 7}, 300)["start"]
    7
    """
    if measure(value) <= size:
        return value
    for longest in _STEPS:
        cut = _cut(value, longest, max(0, longest // 100) if longest < _PATIENT else longest // 25)
        if measure(cut) <= size:
            return cut
    return cut


def _cut(value: Any, longest: int, items: int) -> Any:
    if isinstance(value, str):
        return clip_text(value, longest)
    if isinstance(value, list):
        kept = value if len(value) <= _SHORT_LIST and longest > _STEPS[-1] else value[:items]
        return [_cut(item, longest, items) for item in kept]
    if isinstance(value, dict):
        kept = list(value.items())[:_MOST_KEYS]
        return {clip_text(name, max(longest, 40)): _cut(item, longest, items) for name, item in kept}
    return value


def clip_text(text: str, longest: int) -> str:
    """Return a text of at most so many bytes, with ``…`` where the rest was.

    >>> clip_text("hyperscalers", 8)
    'hyper…'
    """
    data = text.encode("utf-8", "replace")
    if len(data) <= longest:
        return text
    room = max(0, longest - len(_MARK.encode()))
    return data[:room].decode("utf-8", "ignore") + _MARK
