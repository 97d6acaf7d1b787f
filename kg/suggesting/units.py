"""A text cut into what is read at a time: sentences and list items, each with the headings it stands under."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Unit", "units"]

_BULLET = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[-*+•‣▪◦·–]|\(?\d{1,2}[.)]|\(?[a-z][.)])[ \t]+(?=\S)")
_INLINE = re.compile(r"[•‣▪◦]")
_END = re.compile(r"[.!?…]+[”\"')\]]*(?=\s+[“\"'(\[]?[A-Z0-9]|\s*\Z)")
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|Inc|Corp|Ltd|Co|Mr|Mrs|Ms|Dr|St|Prof|Fig|approx|ca|Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sep|Sept|Oct|Nov|Dec)|\b[A-Z](?:\.[A-Z])*)\.\Z"
)
_NUMBER_SIGN = re.compile(r"\bNos?\. \d\Z")
_MARKDOWN = re.compile(r"(?P<marks>#{1,6})[ \t]+(?P<words>\S.*)")
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[IVX]{1,4}\.)[ \t]+(?=[A-Z“\"])")
_ROW = re.compile(r"\A\s*\||\s\|\s")
_BOX = re.compile(r"\[[ xX]?\]")
_LEADS = re.compile(r"\b(?:is|are|was|were|do|does|did|has|have|will|can|may|not|never|following)\b[^:]*:\Z")
_LONGEST_HEADING = 80


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or list item.

    Attributes:
        text: as it stands.
        start, end: its position in the text, in code points.
        headings: those it stands under, the outermost first.
        depth: 0 for a sentence; of a list item how deep it is nested, from 1.
        above: the list items it is nested in, the outermost first; before them a sentence that ends in a colon.
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
    lead: Unit | None = None
    n = 0
    while n < len(lines):
        line = lines[n]
        level = _heading(lines, n, known)
        bullet = _BULLET.match(line.text)
        after = n + 1
        if level is not None or bullet or _is_row(line) or not line.text.strip():
            lead = yield from _paragraph(text, paragraph, above, lead if not paragraph else None)
            paragraph = []
        if level is not None:
            above = [*(h for h in above if h[0] < level), (level, _words(line.text))]
            items, lead = [], None
        elif bullet:
            after = _item_end(lines, n, known)
            unit, items = _item(text, lines[n:after], bullet, above, items, lead)
            if not _BOX.match(unit.text):
                yield unit
        elif not line.text.strip():
            items = items if _goes_on(lines, n) else []
            lead = lead if _goes_on(lines, n) else None
        else:
            items, lead = [], None
            if not _is_row(line):
                paragraph.append(line)
        n = after
    yield from _paragraph(text, paragraph, above, None)


def _is_row(line: _Line) -> bool:
    """Whether a line is a row of a table, which is not read."""
    return bool(_ROW.search(line.text))


def _item_end(lines: Sequence[_Line], n: int, known: dict[int, str]) -> int:
    """Return the line after a list item: it may go on over lines that are indented or begin small."""
    end = n + 1
    while end < len(lines):
        words = lines[end].text
        if not words.strip() or _BULLET.match(words) or lines[end].start in known or _is_row(lines[end]):
            return end
        ended = lines[end - 1].text.rstrip().endswith((".", "!", "?", ":", ";"))
        if not words[0].isspace() and (ended or not words[0].islower()):
            return end
        end += 1
    return end


def _lines(text: str, known: dict[int, str]) -> Iterator[_Line]:
    """Yield lines; a list or a heading inside a line begins one of its own."""
    at = 0
    places = sorted(known.items())
    for raw in text.splitlines(keepends=True):
        cuts = {at, *(at + m.start() for m in _INLINE.finditer(raw))}
        first = bisect_left(places, (at, ""))
        for start, words in places[first : bisect_left(places, (at + len(raw), ""))]:
            cuts |= {start, min(start + len(words), at + len(raw))}
        edges = [*sorted(cuts), at + len(raw)]
        for start, end in pairwise(edges):
            yield _Line(text[start:end].rstrip("\r\n"), start)
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
    if (
        not words
        or _LEADS.search(words)
        or len(words) > _LONGEST_HEADING
        or (_BULLET.match(line.text) and not _NUMBERED.match(words))
    ):
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


def _item(  # noqa: PLR0917
    text: str,
    lines: Sequence[_Line],
    bullet: re.Match[str],
    above: Sequence[tuple[int, str]],
    items: list[tuple[int, Unit]],
    lead: Unit | None,
) -> tuple[Unit, list[tuple[int, Unit]]]:
    """Return a list item and the items that are open after it; one that ends in a colon opens a deeper level."""
    line = lines[0]
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
    start = line.start + bullet.end()
    words = text[start : lines[-1].start + len(lines[-1].text)].rstrip()
    parents = tuple(unit for _, unit in open_)
    leads = (lead, *parents) if lead is not None else parents
    unit = Unit(words, start, start + len(words), tuple(h for _, h in above), len(parents) + 1, leads)
    keeps = open_ if not words.endswith(":") else [*open_, (indent, unit)]
    return unit, keeps


def _paragraph(
    text: str, lines: Sequence[_Line], above: Sequence[tuple[int, str]], lead: Unit | None
) -> Generator[Unit, None, Unit | None]:
    """Yield the sentences of a paragraph; return the last one if it ends in a colon, to lead the list after it."""
    last = lead
    for unit in _sentences(text, lines, above):
        yield unit
        last = unit if unit.text.endswith(":") else None
    return last


def _sentences(text: str, lines: Sequence[_Line], above: Sequence[tuple[int, str]]) -> Iterator[Unit]:
    if not lines:
        return
    start, end = lines[0].start, lines[-1].start + len(lines[-1].text)
    block = text[start:end]
    full = len(block.rstrip())
    at = 0
    for match in _END.finditer(block):
        if match.end() < full and _NUMBER_SIGN.search(block[max(at, match.end() - 5) : match.end() + 2]):
            continue
        if match.end() < full and _ABBREVIATIONS.search(block[max(at, match.end() - 12) : match.end()]):
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
