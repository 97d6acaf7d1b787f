"""The lines of a PDF with their places: which are headings, which are items of lists, where paragraphs end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Line", "layout", "lines_of"]

_BULLETS = frozenset("•‣▪◦●○■□·\x7f\uf0b7\uf0a7\uf0d8\u2043")
"""Signs of lists, some of them as fonts of symbols leave them."""
_LARGER = 1.12
_LONG = 0.7
_LONGEST_HEADING = 120
_FARTHEST_INDENT = 8.0


@dataclass(slots=True)
class Line:
    """A line of a page.

    Attributes:
        text: its words.
        x, y: where it begins, in points from the lower left corner.
        size: of its letters, in points.
        bold: whether all of it is bold.
    """

    text: str
    x: float
    y: float
    size: float
    bold: bool


def lines_of(page: Any) -> list[Line]:
    """Return the lines of a page as pypdf reads them, in its order."""
    found: list[Line] = []
    parts: list[Line] = []

    def take(text: str, cm: Sequence[float], tm: Sequence[float], font: Any, size: float) -> None:
        x, y = cm[0] * tm[4] + cm[2] * tm[5] + cm[4], cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
        name = str((font or {}).get("/BaseFont", ""))
        for n, words in enumerate(text.split("\n")):
            if n and parts:
                found.append(_joined(parts))
                parts.clear()
            if words.strip():
                parts.append(Line(words, x, y, abs(cm[3] * tm[3] * size) or size, "Bold" in name))

    page.extract_text(visitor_text=take)
    return [*found, _joined(parts)] if parts else found


def _joined(parts: Sequence[Line]) -> Line:
    first = parts[0]
    text = " ".join("".join(part.text for part in parts).split())
    return Line(text, first.x, first.y, max(part.size for part in parts), all(part.bold for part in parts))


def layout(pages: Iterable[Sequence[Line]]) -> tuple[str, list[int], list[tuple[int, str, int]]]:
    r"""Return the text of pages, where each begins, and its headings with their levels.

    A heading is larger than most of the text, or bold; an item begins with a sign or is set in.

    >>> page = [Line("Risk", 50, 700, 18, True), Line("Oracle waits for lenders.", 50, 660, 10, False)]
    >>> layout([page])
    ('Risk\n\nOracle waits for lenders.\n\n', [0], [(0, 'Risk', 1)])
    """
    kept = [_with_bullets(page) for page in pages]
    every = [line for page in kept for line in page]
    body = _body_size(every)
    longest = max((len(line.text) for line in every), default=0)
    sizes = sorted({round(line.size) for line in every if _is_heading(line, body)}, reverse=True)
    text, starts, headings = "", [], []
    for page in kept:
        starts.append(len(text))
        edges = _margins(page)
        before: Line | None = None
        item_at = -1.0
        for n, line in enumerate(page):
            heading = _is_heading(line, body)
            item = not heading and _is_item(page, n, edges, longest)
            goes_on = before is not None and item_at >= 0 and not heading and not _begins(line)
            goes_on = (
                goes_on and before is not None and len(before.text) >= _LONG * longest and _set_in(line, edges)
            )
            if before is not None and not goes_on and (heading or not item) and _is_apart(before, line, body):
                text += "" if text.endswith("\n\n") else "\n"
            if heading:
                text += "" if not text or text.endswith("\n\n") else "\n"
                headings.append((len(text), line.text, sizes.index(round(line.size)) + 1))
            text += _lead(line, edges, item=item, goes_on=bool(goes_on)) + "\n" + ("\n" if heading else "")
            item_at = line.x if item or goes_on else -1.0
            before = line
        text = text.rstrip("\n") + "\n\n" if page else text
    return text, starts, headings


def _lead(line: Line, edges: Sequence[float], *, item: bool, goes_on: bool) -> str:
    """Return a line with its indent, and a dash if it is an item that shows no sign of its own."""
    if not item and not goes_on:
        return line.text
    depth = max(0, min(3, round((line.x - _margin(line, edges)) / max(line.size * 2.2, 1)) - 1))
    words = line.text.lstrip("".join(_BULLETS)).lstrip()
    return "  " * depth + ("  " if goes_on else "" if _is_numbered(words) else "- ") + words


def _with_bullets(page: Sequence[Line]) -> list[Line]:
    """Return lines where a sign that stands alone is joined to the words beside it."""
    found: list[Line] = []
    sign: Line | None = None
    for line in page:
        if line.text in _BULLETS:
            sign = line
            continue
        beside = sign is not None and abs(sign.y - line.y) < line.size
        found.append(replace(line, text=f"• {line.text}") if beside else line)
        sign = None
    return found


def _body_size(lines: Sequence[Line]) -> float:
    """Return the size that most letters have."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[round(line.size, 1)] += len(line.text)
    return max(letters, key=lambda size: letters[size], default=10.0)


def _is_heading(line: Line, body: float) -> bool:
    plain = len(line.text) <= _LONGEST_HEADING and not _begins(line) and any(c.isalpha() for c in line.text)
    whole = line.text.rstrip().endswith((".", ",", ";"))
    return plain and not whole and (line.size >= body * _LARGER or (line.bold and line.size >= body * 0.98))


def _begins(line: Line) -> bool:
    """Whether a line shows the sign of an item."""
    return line.text[:1] in _BULLETS


def _is_numbered(words: str) -> bool:
    head = words.split(" ", 1)[0]
    return len(head) <= 3 and head.endswith((".", ")")) and head[:-1].isalnum()


def _margins(page: Sequence[Line]) -> list[float]:
    """Return where the columns of a page begin."""
    counts = Counter(round(line.x) for line in page)
    edges = [float(min(counts, default=0))]
    for x in sorted(counts):
        if counts[x] >= max(4, len(page) * 0.15) and x - edges[-1] > _FARTHEST_INDENT * 12:
            edges.append(float(x))
    return edges


def _margin(line: Line, edges: Sequence[float]) -> float:
    return max((edge for edge in edges if edge <= line.x + 1), default=edges[0])


def _set_in(line: Line, edges: Sequence[float]) -> bool:
    indent = line.x - _margin(line, edges)
    return line.size * 0.9 < indent < line.size * _FARTHEST_INDENT


def _is_item(page: Sequence[Line], n: int, edges: Sequence[float], longest: int) -> bool:
    """Whether a line is an item: by its sign, or set in and not the first line of a paragraph."""
    line = page[n]
    if _begins(line):
        return True
    if not _set_in(line, edges) or (n and _goes_on(page[n - 1], line, longest)):
        return False
    after = page[n + 1] if n + 1 < len(page) else None
    return not (after is not None and len(line.text) >= _LONG * longest and after.x < line.x - 1)


def _goes_on(before: Line, line: Line, longest: int) -> bool:
    """Whether a line at the same place only goes on with a full one."""
    return abs(before.x - line.x) < 2 and len(before.text) >= _LONG * longest


def _is_apart(before: Line, line: Line, body: float) -> bool:
    """Whether more than the space between two lines of a paragraph lies between them."""
    gap = before.y - line.y
    return gap > 1.55 * max(body, min(before.size, line.size)) or gap < -body
