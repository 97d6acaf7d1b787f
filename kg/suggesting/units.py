"""A text cut into what is read at a time: sentences and list items, each with the headings it stands under."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Unit", "units"]

_BULLET = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[-*+•‣▪◦·–]|\(?\d{1,2}[.)]|\(?[a-z][.)])[ \t]+(?=\S)")
_INLINE = re.compile(r"[•‣▪◦]")
_INLINE_NUMBER = re.compile(r"(?<=[\s:])\(?(\d{1,2})[.)][ \t]+(?=[A-Z“\"])")
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
_LABEL = re.compile(r"[A-Z][\w’'&/+-]*(?: [\w’'&/+()-]+){0,5}(?::| [–—→])\s+\S")
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
        block: where the paragraph or item begins that it is a part of.
        form: ``sentence``, ``item``, ``row`` of a table or ``task`` with a box to tick.
    """

    text: str
    start: int
    end: int
    headings: tuple[str, ...] = ()
    depth: int = 0
    above: tuple[Unit, ...] = ()
    block: int = 0
    form: str = "sentence"


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int


def units(
    text: str, headings: Sequence[tuple[int, str, int]] = (), *, is_facet: Callable[[str], bool] = lambda _: False
) -> Iterator[Unit]:
    r"""Yield the sentences and list items of a text in order.

    Args:
        text: the canonical text.
        headings: code point, words and level of headings that are known; else they are told by their form.
        is_facet: whether a heading only names a side of what the one before it is about (*What they do*).

    >>> [(u.text, u.headings, u.depth) for u in units("Risk\n\nMerchants wait.\n- Bear:\n  - capex risk")]
    [('Merchants wait.', ('Risk',), 0), ('Bear:', ('Risk',), 1), ('capex risk', ('Risk',), 2)]
    """
    known = {start: (words, level) for start, words, level in headings}
    above: list[tuple[int, str]] = []
    items: list[tuple[int, Unit]] = []
    paragraph: list[_Line] = []
    lines = list(_lines(text, known))
    lead: Unit | None = None
    n = width = 0
    while n < len(lines):
        line = lines[n]
        level = _heading(lines, n, known, is_facet)
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
            indent = len(bullet["indent"].expandtabs(4))
            if indent < width:
                items = [(depth, unit) for depth, unit in items if depth < indent]
            width = indent
            unit, items = _item(text, lines[n:after], bullet, above, items, lead)
            yield unit
        elif not line.text.strip():
            items = items if _goes_on(lines, n) else []
            lead = lead if _goes_on(lines, n) else None
        else:
            items, lead = [], None
            if _is_row(line):
                yield from _unit(text, (line.start, line.start + len(line.text)), above, form="row")
                n = after
                continue
            if paragraph and _LABEL.match(line.text) and _is_whole(paragraph[-1]):
                yield from _paragraph(text, paragraph, above, None)
                paragraph = []
            paragraph.append(line)
        n = after
    yield from _paragraph(text, paragraph, above, None)


def _is_row(line: _Line) -> bool:
    """Whether a line is a row of a table, which is not read."""
    return bool(_ROW.search(line.text))


def _is_whole(line: _Line) -> bool:
    """Whether a line of a paragraph may stand for itself: it ends like a sentence, or begins with a label."""
    return line.text.rstrip().endswith((".", "!", "?", ":", ";")) or bool(_LABEL.match(line.text))


def _item_end(lines: Sequence[_Line], n: int, known: Mapping[int, tuple[str, int]]) -> int:
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


def _lines(text: str, known: Mapping[int, tuple[str, int]]) -> Iterator[_Line]:
    """Yield lines; a list or a heading inside a line begins one of its own."""
    at = 0
    places = sorted(known.items())
    starts = [start for start, _ in places]
    for raw in text.splitlines(keepends=True):
        cuts = {at, *(at + m.start() for m in _INLINE.finditer(raw)), *(at + n for n in _inline_numbers(raw))}
        first = bisect_left(starts, at)
        for start, (words, _) in places[first : bisect_left(starts, at + len(raw))]:
            cuts |= {start, min(start + len(words), at + len(raw))}
        edges = [*sorted(cuts), at + len(raw)]
        for start, end in pairwise(edges):
            yield _Line(text[start:end].rstrip("\r\n"), start)
        at += len(raw)


def _inline_numbers(line: str) -> list[int]:
    """Return where the items of a numbered list begin inside a line: *Splits into: 1. … 2. …*."""
    found: list[int] = []
    for match in _INLINE_NUMBER.finditer(line):
        if int(match.group(1)) == len(found) + 1:
            found.append(match.start())
    return found if len(found) > 1 else []


def _heading(
    lines: Sequence[_Line], n: int, known: Mapping[int, tuple[str, int]], is_facet: Callable[[str], bool]
) -> int | None:
    """Return the level of a heading, or None where a line is none."""
    line = lines[n]
    if known:
        told, level = known.get(line.start, ("", 0))
        words = told.strip(" :")
        if not words or not line.text.strip(" :").startswith(words):
            return None
        return level or _level(words, n, is_facet)
    marked = _MARKDOWN.match(line.text)
    if marked:
        return len(marked["marks"])
    words = line.text.strip()
    after = lines[n + 1].text if n + 1 < len(lines) else None
    if after is None or not _may_be_heading(words, line.text, is_facet):
        return None
    alone = n == 0 or not lines[n - 1].text.strip()
    before_list = bool(_BULLET.match(after))
    if before_list and words.endswith(":"):
        return None  # it leads the list
    stands = before_list or not after.strip() or (bool(_LABEL.match(after)) and not _LABEL.match(words))
    return _level(words, n, is_facet) if (alone and stands) or (before_list and is_facet(words)) else None


def _may_be_heading(words: str, line: str, is_facet: Callable[[str], bool]) -> bool:
    """Whether a line has the form of a heading: short, no end of a sentence, no item, no *Revenue: $2 billion*."""
    if not words or _LEADS.search(words) or len(words) > _LONGEST_HEADING:
        return False
    if (_BULLET.match(line) and not _NUMBERED.match(words)) or words.endswith((".", "!", "?", ";", ",")):
        return False
    labelled = _LABEL.match(words) and is_facet(words.partition(":")[0])
    return bool(words[0].isupper() or words[0].isdigit()) and not labelled


def _level(words: str, n: int, is_facet: Callable[[str], bool]) -> int:
    """Return the level of a heading that shows none: numbers stand above, sides of a thing below it."""
    if _NUMBERED.match(words) or n == 0:
        return 1
    return 3 if is_facet(words) else 2


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
    place = tuple(h for _, h in above)
    unit = Unit(words, start, start + len(words), place, len(parents) + 1, leads, line.start,
                "task" if _BOX.match(words) else "item")  # fmt: skip
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
        yield from _unit(text, (start + at, start + match.end()), above, start)
        at = match.end()
    yield from _unit(text, (start + at, end), above, start)


def _unit(
    text: str,
    place: tuple[int, int],
    above: Sequence[tuple[int, str]],
    block: int = 0,
    form: str = "sentence",
) -> Iterator[Unit]:
    """Yield what stands at a place, unless nothing does."""
    start, end = place
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    words = words.strip()
    if words:
        yield Unit(words, start, start + len(words), tuple(h for _, h in above), block=block, form=form)
