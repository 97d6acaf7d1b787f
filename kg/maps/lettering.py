"""How much room a label takes: widths are estimated ahead, from the metrics of Helvetica, a little too large.

The page draws with the same family of fonts and narrows a line that would not fit, so an estimate that is
slightly off never makes two labels overlap.
"""

from __future__ import annotations

import re
import unicodedata
from math import fsum

__all__ = ["LINE_HEIGHT", "plain_label", "text_width", "wrap"]

LINE_HEIGHT = 1.22
"""Line height in units of the font size."""

_SAFETY = 1.07
_WIDTHS = {
    **dict.fromkeys("ijl'", 0.222),
    **dict.fromkeys(' !,./:;ft[]\\I|()-`"{}r', 0.31),
    **dict.fromkeys("cksvxyzJ*^", 0.5),
    **dict.fromkeys("wCDHNRUGOQ", 0.74),
    **dict.fromkeys("ABEKPSVXY&TFZL", 0.66),
    **dict.fromkeys("mM%W@", 0.93),
}
_CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f\u2028\u2029]+")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain_label(text: str) -> str:
    r"""Return a label fit to stand on a card: one line, and nothing in it that reorders its neighbours.

    Marks that switch the direction of writing are shown as a sign instead of being obeyed.

    >>> plain_label("Apple\u202eeilp\n Inc.")
    'Apple\ufffdeilp Inc.'
    """
    return " ".join(_BIDI.sub("\ufffd", _CONTROL.sub(" ", text)).split())


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line, in pixels at the given font size.

    >>> text_width("CoreWeave", 14) < text_width("CoreWeave", 14, bold=True)
    True
    """
    em = fsum(_WIDTHS.get(letter) or _other_width(letter) for letter in text)
    return em * size * _SAFETY * (1.07 if bold else 1.0)


def _other_width(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    return 1.05 if unicodedata.east_asian_width(letter) in "WF" else 0.57


def wrap(text: str, size: float, width: float, lines: int = 3, *, bold: bool = False) -> list[str]:
    """Break a label into at most so many lines of a width; what does not fit ends in an ellipsis.

    >>> wrap("AI Infrastructure Merchant Model", 14, 150)
    ['AI Infrastructure', 'Merchant Model']
    >>> wrap("x" * 10_000, 14, 60, lines=2)[-1][-1]
    '…'
    """
    words = plain_label(text[: 40 * lines * 4]).split(" ")
    found = [""]
    for word in words:
        candidate = f"{found[-1]} {word}".strip()
        if text_width(candidate, size, bold=bold) <= width:
            found[-1] = candidate
            continue
        found.extend(_pieces(word, size, width, bold=bold))
    found = [line for line in found if line] or [""]
    if len(found) > lines or len(text) > 40 * lines * 4:
        found = found[:lines]
        found[-1] = _shortened(found[-1], size, width, bold=bold)
    return found


def _pieces(word: str, size: float, width: float, *, bold: bool) -> list[str]:
    if text_width(word, size, bold=bold) <= width:
        return [word]
    pieces = [""]
    for letter in word:
        if text_width(pieces[-1] + letter, size, bold=bold) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _shortened(line: str, size: float, width: float, *, bold: bool) -> str:
    while line and text_width(line + "…", size, bold=bold) > width:
        line = line[:-1]
    return line.rstrip() + "…"
