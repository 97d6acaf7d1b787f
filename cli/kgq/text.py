"""Lays out text for people: wrapped lines, a remark at the right, nothing that a terminal would obey."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from kgq.output import Style

__all__ = ["Page", "clean", "columns", "fitted", "wrap"]

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"\s+")
Mark = Callable[[str], str]


def clean(text: str) -> str:
    r"""Return text on one line, without what would steer a terminal.

    >>> clean("a\x1b[31m b\n c")
    'a�[31m b c'
    """
    return _CONTROL.sub("\ufffd", _SPACE.sub(" ", text)).strip()


def columns(text: str) -> int:
    """Return how many columns a terminal gives to a text.

    >>> columns("資料")
    4
    """
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, width: int) -> list[str]:
    """Return a text in lines of at most so many columns, broken at spaces; a longer word keeps a line to itself.

    >>> wrap("who bears capex risk", 10)
    ['who bears', 'capex risk']
    """
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and columns(line) + 1 + columns(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def fitted(sizes: Sequence[int], room: int) -> list[int]:
    """Take from the widest columns until all fit; none gets narrower than 8.

    >>> fitted([30, 10], 30)
    [20, 10]
    """
    found = list(sizes)
    while sum(found) > room and max(found, default=0) > 8:
        widest = max(found)
        next_widest = max((size for size in found if size < widest), default=8)
        target = max(8, next_widest, widest - -(-(sum(found) - room) // found.count(widest)))
        found = [target if size == widest else size for size in found]
        if target == widest:
            break
    return found


class Page:
    r"""Lines under construction; ``titles`` are those of documents, to be said with each quote.

    >>> page = Page(Style(False), 30)
    >>> page.line("hyperscalers", right="stated")
    >>> page.text()
    'hyperscalers            stated\n'
    """

    def __init__(self, style: Style, width: int, titles: Mapping[str, str] | None = None) -> None:
        self.style = style
        self.width = width
        self.titles = dict(titles or {})
        self._lines: list[str] = []

    def line(
        self,
        text: str,
        *,
        right: str = "",
        indent: int = 0,
        hang: int = 0,
        mark: Mark = str,
        right_mark: Mark = str,
    ) -> None:
        """Add a text, wrapped; a remark at the right stands on its last line if it fits, else below it.

        Args:
            text: what to say.
            right: the remark.
            indent: columns before the text.
            hang: columns more before the lines that follow the first.
            mark: how to mark the text.
            right_mark: how to mark the remark.
        """
        text, right = clean(text), clean(right)
        first = " " * indent
        lines = wrap(text, self.width - indent - hang)
        for n, piece in enumerate(lines):
            lead = first + (" " * hang if n else "")
            last = n == len(lines) - 1
            gap = self.width - columns(lead) - columns(piece) - columns(right)
            if last and right and gap >= 2:
                self._lines.append(lead + mark(piece) + " " * gap + right_mark(right))
                return
            self._lines.append(lead + mark(piece))
        if right:
            pieces = wrap(right, self.width - indent - 2)
            self._lines += [" " * max(0, self.width - columns(piece)) + right_mark(piece) for piece in pieces]

    def table(self, head: Sequence[str], body: Sequence[Sequence[str]]) -> None:
        """Add a table with wrapped cells, an empty line between rows that need more than one line.

        Args:
            head: names of the columns.
            body: a list of cells for each row.
        """
        cells = [[clean(cell) for cell in line] for line in [head, *body]]
        natural = [max(columns(line[n]) for line in cells) for n in range(len(head))]
        sizes = fitted(natural, self.width - 2 * (len(head) - 1))
        tall = False
        for number, line in enumerate(cells):
            pieces = [wrap(cell, size) for cell, size in zip(line, sizes, strict=True)]
            height = max(map(len, pieces))
            if tall or (number > 1 and height > 1):
                self.gap()
            tall = number > 0 and height > 1
            for n in range(height):
                row = [column[n] if n < len(column) else "" for column in pieces]
                text = "  ".join(
                    part + " " * (size - columns(part)) for part, size in zip(row, sizes, strict=True)
                )
                self._lines.append(self.style.bold(text.rstrip()) if number == 0 else text.rstrip())

    def gap(self) -> None:
        """Add an empty line, never two and none at the top."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def verbatim(self, text: str, *, indent: int = 0, mark: Mark = str) -> None:
        """Add lines as they are, control characters aside."""
        self._lines += [" " * indent + mark(_CONTROL.sub("\ufffd", line)) for line in text.strip("\n").split("\n")]

    def text(self) -> str:
        """Return what was laid out."""
        lines = self._lines[:-1] if self._lines and not self._lines[-1] else self._lines
        return "".join(f"{line}\n" for line in lines)
