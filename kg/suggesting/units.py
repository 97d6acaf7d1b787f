"""A text cut into what is read at a time: sentences and list items, each with the headings it stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Unit", "units"]

_BULLET = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[-*+•‣▪◦·–]|\(?\d{1,2}[.)]|\(?[a-z][.)])[ \t]+(?=\S)")
_INLINE = re.compile(r"[•‣▪◦]")
_END = re.compile(r"[.!?…]+[”\"')\]]*(?=\s+[“\"'(\[]?[A-Z0-9]|\s*\Z)")
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|No|Nos|Inc|Corp|Ltd|Co|Mr|Mrs|Ms|Dr|St|Prof|Fig|approx|ca|Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sep|Sept|Oct|Nov|Dec)|\b[A-Z](?:\.[A-Z])*)\.\Z"
)
_MARKDOWN = re.compile(r"(?P<marks>#{1,6})[ \t]+(?P<words>\S.*)")
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[IVX]{1,4}\.)[ \t]+(?=[A-Z“\"])")
_LONGEST_HEADING = 80


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or list item.

    Attributes:
        text: as it stands.
        start, end: its position in the text, in code points.
        headings: those it stands under, the outermost first.
        depth: 0 for a sentence; of a list item how deep it is nested, from 1.
        above: the list items it is nested in, the outermost first.
    """

    text: str
    start: int
    end: int
    headings: tuple[str, ...] = ()
    depth: int = 0
    above: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int


def units(text: str, headings: Sequence[tuple[int, str]] = ()) -> Iterator[Unit]:
    r"""Yield the sentences and list items of a text in order.

    Args:
        text: the canonical text.
        headings: code point and words of headings that are known; else they are told by their form.

    >>> [(u.text, u.headings, u.depth) for u in units("Risk\n\nMerchants wait.\n- Bear:\n  - capex risk")]
    [('Merchants wait.', ('Risk',), 0), ('Bear:', ('Risk',), 1), ('capex risk', ('Risk',), 2)]
    """
    known = dict(headings)
    above: list[tuple[int, str]] = []
    items: list[tuple[int, Unit]] = []
    paragraph: list[_Line] = []
    lines = list(_lines(text, known))
    for n, line in enumerate(lines):
        level = _heading(lines, n, known)
        bullet = _BULLET.match(line.text)
        if level is not None or bullet or not line.text.strip():
            yield from _sentences(text, paragraph, above)
            paragraph = []
        if level is not None:
            above = [*(h for h in above if h[0] < level), (level, _words(line.text))]
            items = []
        elif bullet:
            unit, items = _item(line, bullet, above, items)
            yield unit
        elif not line.text.strip():
            items = items if _goes_on(lines, n) else []
        elif items and line.text[:1].isspace():
            continue  # the second line of a list item: too little is known of its form
        else:
            items = []
            paragraph.append(line)
    yield from _sentences(text, paragraph, above)


def _lines(text: str, known: dict[int, str]) -> Iterator[_Line]:
    """Yield lines; a list or a heading inside a line begins one of its own."""
    at = 0
    for raw in text.splitlines(keepends=True):
        cuts = {at, *(at + m.start() for m in _INLINE.finditer(raw))}
        for start, words in known.items():
            if at <= start < at + len(raw):
                cuts |= {start, start + len(words)}
        edges = [*sorted(cuts), at + len(raw)]
        for start, end in pairwise(edges):
            piece = text[start:end].rstrip("\r\n")
            yield _Line(piece, start)
        at += len(raw)


def _heading(lines: Sequence[_Line], n: int, known: dict[int, str]) -> int | None:
    """Return the level of a heading, or None where a line is none."""
    line = lines[n]
    if known:
        return (
            1 if line.start in known and line.text.strip(" :").startswith(known[line.start].strip(" :")) else None
        )
    marked = _MARKDOWN.match(line.text)
    if marked:
        return len(marked["marks"])
    words = line.text.strip()
    if not words or len(words) > _LONGEST_HEADING or (_BULLET.match(line.text) and not _NUMBERED.match(words)):
        return None
    alone = (n == 0 or not lines[n - 1].text.strip()) and n + 1 < len(lines)
    after = lines[n + 1].text if n + 1 < len(lines) else ""
    before_list = bool(_BULLET.match(after)) and not words.endswith((".", "!", "?", ";", ","))
    if alone and words[0].isupper() | words[0].isdigit() and not words.endswith((".", "!", "?", ";", ",")):
        blank = not after.strip()
        if blank or before_list:
            return 1 if _NUMBERED.match(words) or n == 0 else 2
    return None


def _words(line: str) -> str:
    marked = _MARKDOWN.match(line)
    return (marked["words"] if marked else line).strip().strip("#").strip()


def _goes_on(lines: Sequence[_Line], n: int) -> bool:
    return n + 1 < len(lines) and bool(_BULLET.match(lines[n + 1].text))


def _item(
    line: _Line, bullet: re.Match[str], above: Sequence[tuple[int, str]], items: list[tuple[int, Unit]]
) -> tuple[Unit, list[tuple[int, Unit]]]:
    """Return a list item and the items that are open after it; one that ends in a colon opens a deeper level."""
    indent = len(bullet["indent"].expandtabs(4))
    open_ = [(width, unit) for width, unit in items if width < indent]
    if not open_ and items and items[-1][1].text.endswith(":"):
        ends = line.text.rstrip().endswith(":")
        open_ = [] if ends else [items[-1]]
    elif (
        items
        and items[-1][0] == indent
        and items[-1][1].text.endswith(":")
        and not line.text.rstrip().endswith(":")
    ):
        open_ = [*open_, items[-1]]
    text = line.text[bullet.end() :].rstrip()
    start = line.start + bullet.end()
    parents = tuple(unit for _, unit in open_)
    unit = Unit(text, start, start + len(text), tuple(h for _, h in above), len(parents) + 1, parents)
    keeps = open_ if not text.endswith(":") else [*open_, (indent, unit)]
    return unit, keeps


def _opens(item: tuple[int, Unit], indent: int) -> bool:
    return item[0] == indent and item[1].text.endswith(":")


def _sentences(text: str, lines: Sequence[_Line], above: Sequence[tuple[int, str]]) -> Iterator[Unit]:
    if not lines:
        return
    start, end = lines[0].start, lines[-1].start + len(lines[-1].text)
    block = text[start:end]
    at = 0
    for match in _END.finditer(block):
        if _ABBREVIATIONS.search(block[at : match.end()]) and match.end() < len(block.rstrip()):
            continue
        yield from _unit(text, start + at, start + match.end(), above)
        at = match.end()
    yield from _unit(text, start + at, end, above)


def _unit(text: str, start: int, end: int, above: Sequence[tuple[int, str]]) -> Iterator[Unit]:
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    words = words.strip()
    if words:
        yield Unit(words, start, start + len(words), tuple(h for _, h in above))
