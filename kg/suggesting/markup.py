"""Marks of Markdown, taken out of a text without moving a letter of it: positions stay true."""

from __future__ import annotations

import re

__all__ = ["without_markup"]

_LINK = re.compile(r"!?\[([^\[\]\n]{1,200})\]\([^()\s]{1,500}\)")
_STRUCK = re.compile(r"~~[^~\n]{1,500}~~")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)([^*_\n]{1,500}?)(?<=\S)\1(?![\w*])")
_CODE = re.compile(r"`[^`\n]{1,500}`")


def without_markup(text: str) -> str:
    """Return a text of the same length with spaces for marks; code, comments and what is struck out are blank.

    >>> without_markup("*Merchants* bear **demand risk**.")
    ' Merchants  bear   demand risk  .'
    >>> without_markup("[Oracle](e.example) waits")
    ' Oracle             waits'
    """
    if not any(mark in text for mark in "*_`~[<"):
        return text
    found = text
    if "```" in found or "~~~" in found:
        found = _without_fences(found)
    found = _without_comments(found)
    for pattern in (_CODE, _STRUCK):
        found = pattern.sub(_blank, found)
    found = _LINK.sub(_keep, found)
    for _ in range(2):
        found = _EMPHASIS.sub(_unmark, found)
    return found


def _without_fences(text: str) -> str:
    """Blank fenced blocks, line by line; one that is not closed goes to the end."""
    lines = text.split("\n")
    fence = ""
    for n, line in enumerate(lines):
        mark = line.lstrip()[:3]
        if fence or mark in ("```", "~~~"):
            lines[n] = " " * len(line)
            fence = ("" if mark == fence else fence) if fence else mark
    return "\n".join(lines)


def _without_comments(text: str) -> str:
    """Blank comments of HTML; one that is not closed is none."""
    pieces, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        pieces += [text[at:start], "".join(c if c == "\n" else " " for c in text[start : end + 3])]
        at = end + 3
    return "".join(pieces) + text[at:]


def _blank(match: re.Match[str]) -> str:
    return "".join(c if c == "\n" else " " for c in match.group())


def _keep(match: re.Match[str]) -> str:
    words = match.group(1)
    lead = match.start(1) - match.start()
    return " " * lead + words + " " * (len(match.group()) - lead - len(words))


def _unmark(match: re.Match[str]) -> str:
    mark = " " * len(match.group(1))
    return f"{mark}{match.group(2)}{mark}"
