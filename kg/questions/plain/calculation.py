"""Questions that compute with two answers: differences, spans of time, ratios, shares, *which is longer, A or B*.

The words around the two parts are general English; each part is a question of its own, and is read as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from kg.vocabulary.measures import adjective, graded

__all__ = ["Calculation", "calculations"]


class Calculation(NamedTuple):
    """Two questions and what is done with their answers.

    Attributes:
        kind: difference, ratio, percentage, choice, or a unit of time.
        left, right: the questions.
        signed: whether the right one counts from the left one, so that the result may be below zero.
        adjective: of a choice: what decides it.
        marker: the word that must not be one of the graph's own.
    """

    kind: str
    left: str
    right: str
    signed: bool = False
    adjective: str = ""
    marker: str = ""


_ASKED = r"(?:(?:what|whats|what's) (?:is|was|are) |give me |show(?: me)? |tell me |calculate |compute )?(?:the )?"
_UNIT = r"(years?|months?|weeks?|days?)"
_BE = r"(?:is|are|was|were)"
_FINITE = frozenset(("is", "are", "was", "were", "has", "have", "had", "do", "does", "did", "can"))
_PASSED = (
    r"are|is|was|were|are there|were there|is there|was there|passed|pass|lie|lay|elapsed|went by|did it take"
)
_GAP = rf"(?:(?:{_PASSED}) )?"


def _difference_in(m: re.Match[str]) -> Iterator[Calculation]:
    what, left, right = m.groups()
    yield Calculation(
        "difference", f"what is the {what} of {left}", f"what is the {what} of {right}", marker="difference"
    )


def _difference(m: re.Match[str]) -> Iterator[Calculation]:
    left, right = _parallel(*m.groups())
    yield Calculation("difference", f"what is {left}", f"what is {right}", marker="difference")


def _parallel(left: str, right: str) -> tuple[str, str]:
    """Return both noun phrases whole: *the start and the end of X*, *the price of A and that of B*."""
    what, of, owner = right.partition(" of ")
    if of and " of " not in left and "'s " not in left:
        return f"{left} of {owner}", right
    if of and what in ("that", "the one") and " of " in left:
        return left, f"{left.partition(' of ')[0]} of {owner}"
    return left, right


def _compared(m: re.Match[str]) -> Iterator[Calculation]:
    unit, more, word, left, right = m.groups()
    plain = _plain(word, more)
    if plain:
        kind = _unit(unit) if unit and re.fullmatch(_UNIT, unit) else "difference"
        yield Calculation(kind, f"how {plain} is {right}", f"how {plain} is {left}", signed=True, adjective=plain)


def _plain(word: str, more: str | None) -> str:
    """Return the plain form of a comparative, '' where it is none."""
    if more:
        return word if adjective(word) else ""
    found = graded(word)
    return found[0] if found and found[1] == "cmp" else ""


def _unit(text: str) -> str:
    return text.rstrip("s") + "s"


def _between(m: re.Match[str]) -> Iterator[Calculation]:
    unit = _unit(m.group(1)) if m.re.groups == 3 else "days"
    left, right = _parallel(*m.groups()[-2:])
    owner = right.rpartition(" of ")[2]
    whole = [left] if left.endswith(f" of {owner}") else [left, f"{left} of {owner}"]
    for verb in ("what is", "when is"):
        for first in whole:
            yield Calculation(unit, f"{verb} {first}", f"{verb} {right}")


def _after(m: re.Match[str]) -> Iterator[Calculation]:
    unit, direction, left, verb, right, rest = m.groups()
    first, second = f"when {verb} {left} {rest}", f"when {verb} {right} {rest}"
    if direction == "before":
        first, second = second, first
    yield Calculation(_unit(unit), first, second, signed=True)


def _age(m: re.Match[str]) -> Iterator[Calculation]:
    verb, who, rest = m.groups()
    for begun in ("born", "founded", "built"):
        for asked in ("did", "was"):
            yield Calculation("years", f"when {verb} {who} {begun}", f"when {asked} {who} {rest}", signed=True)


def _part(m: re.Match[str]) -> Iterator[Calculation]:
    word, rest = m.groups()
    kind = "percentage" if word.startswith("percent") else "ratio"
    words = rest.removeprefix("all ").removeprefix("the ").split()
    cuts = [i for i, w in enumerate(words) if w.lower() in _FINITE and i]
    for cut in [*cuts, *(i for i in range(1, min(5, len(words))) if i not in cuts)]:
        of = " ".join(words[:cut])
        said = " ".join(words[cut:])
        yield Calculation(kind, f"how many {of} {said}", f"how many {of} are there", marker=word)


def _ratio(m: re.Match[str]) -> Iterator[Calculation]:
    left, right, rest = m.group(1), m.group(2), m.group(3) or ""
    for asked in ("how many", "what is the"):
        yield Calculation("ratio", f"{asked} {left}{rest}", f"{asked} {right}{rest}", marker="ratio")
    yield Calculation("ratio", f"what is {left}", f"what is {right}{rest}", marker="ratio")


def _choice(m: re.Match[str]) -> Iterator[Calculation]:
    more, word, left, right = m.groups()
    plain = _plain(word, more)
    if plain:
        yield Calculation("choice", f"how {plain} is {left}", f"how {plain} is {right}", adjective=plain)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Calculation]]], ...] = tuple(
    (re.compile(pattern + r"\Z", re.IGNORECASE), make)
    for pattern, make in (
        (_ASKED + r"difference (?:in|of) (.+?) (?:between|of) (.+) and (.+)", _difference_in),
        (_ASKED + r"difference between (.+) and (.+)", _difference),
        (rf"(?:how much|by how much|how many (\w+)) (more )?(\w+) {_BE} (.+) than (.+)", _compared),
        (rf"how many {_UNIT} {_GAP}(?:between|from) (.+?) (?:and|to|until) (.+)", _between),
        (rf"how (?:long|much time) {_GAP}(?:between|from) (.+?) (?:and|to|until) (.+)", _between),
        (rf"how many {_UNIT} (after|before) (.+?) (was|were|did) (.+) (\w+)", _after),
        (rf"how old ({_BE}) (.+) when (?:he|she|it|they) (?:was |were )?(.+)", _age),
        (_ASKED + r"(?:what |which )?(percentage|percent|share|proportion|fraction) of (.+)", _part),
        (_ASKED + r"ratio of (.+?) to (.+?)( (?:in|of|at|for|by) .+)?", _ratio),
        (rf"(?:which|who|what) {_BE} (more )?(\w+) ?[,:;]? (.+) or (.+)", _choice),
    )
)


def calculations(text: str) -> Iterator[Calculation]:
    """Yield the ways to read a question as a calculation, none for nearly every question.

    >>> [(c.kind, c.left) for c in calculations("How much longer is the Rhine than the Elbe?")]
    [('difference', 'how long is the Elbe')]
    """
    plain = " ".join(text.replace("’", "'").strip().rstrip("?.! ").split())
    for pattern, make in _FORMS:
        match = pattern.match(plain)
        if match:
            yield from make(match)
