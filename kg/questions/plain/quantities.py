"""Numbers, amounts with units, dates, months and decades in a question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.questions.plain.chunks import Chunk
from kg.questions.plain.english import Operator
from kg.vocabulary.measures import CONCEPTS, UNITS
from kg.vocabulary.words import Token

__all__ = ["quantities"]

_MONTHS = {
    name: i
    for i, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ],
        1,
    )
    for name in names.split()
}
_NUMBER_WORDS = {
    w: i
    for i, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
}
_SCALE = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "k": 1_000,
    "bn": 10**9,
}
_UNITS = (
    (UNITS - {"in", "s", "t", "l"})
    | frozenset(u for c in CONCEPTS.values() for u in c.units)
    | frozenset(
        [
            "km",
            "kilometers",
            "kilometres",
            "meters",
            "metres",
            "miles",
            "feet",
            "usd",
            "eur",
            "dollars",
            "euros",
            "years",
            "days",
            "hours",
            "minutes",
            "kg",
            "tons",
            "percent",
            "%",
            "square",
            "people",
            "megawatts",
            "mw",
            "gw",
            "gb",
            "tb",
            "months",
            "weeks",
            "pounds",
        ]
    )
)
_BOUNDS = {
    word: op
    for op, words in ((">=", "more higher above greater larger longer later over better up"),
                      ("<=", "less fewer lower below smaller shorter earlier under"))
    for word in words.split()
}  # fmt: skip
"""What *or* and these words make of the number before them."""
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_DECADE = re.compile(r"[12]\d\d0s\Z")
_YEAR = re.compile(r"[12]\d{3}\Z")
_ONE_AFTER = frozenset(("than", "least", "most", "exactly", "over", "under", "above", "below", "within"))
_SINGLE = frozenset(
    ("year", "month", "week", "day", "hour", "minute", "second", "kilometre", "kilometer", "metre", "mile")
)


def quantities(tokens: Sequence[Token], start: int, units: frozenset[str] = frozenset()) -> Iterator[Chunk]:
    """Yield every way to read a number or date that begins at a token; ``units`` are those of the graph."""
    text = tokens[start].lower
    if _DAY.match(text):
        yield Chunk("date", start, 1, 0.0, text, texts=((text, "date"),), note="date")
        return
    if _DECADE.match(text):
        yield Chunk("date", start, 1, 0.0, text, texts=((text[:3], "date"),), note="decade")
        return
    if text in _MONTHS and start + 1 < len(tokens):
        yield from _month(tokens, start)
    if text in _MONTHS or text.rstrip("stndrh").isdigit():
        yield from _day(tokens, start)
    before = [t.lower for t in tokens[max(0, start - 2) : start]]
    if text.isdigit() and before and (before[-1] == "all" or before == ["all", "the"]):
        yield Chunk("operator", start, 1, 0.05, text, operator=Operator("skip", "det", 1), note="all of them")
    one = bool(before) and before[-1] in _ONE_AFTER
    if one and text in ("a", "an") and start + 1 < len(tokens) and tokens[start + 1].lower in _UNITS | _SINGLE:
        unit = tokens[start + 1].lower
        yield Chunk(
            "number", start, 2, 0.05, _words(tokens, start, 2), texts=(("1", ""),), unit=unit, note="number"
        )
    yield from _numbers(tokens, start, units, one=one)


def _month(tokens: Sequence[Token], start: int) -> Iterator[Chunk]:
    following = tokens[start + 1].lower
    if _YEAR.match(following):
        text = f"{following}-{_MONTHS[tokens[start].lower]:02d}"
        yield Chunk("date", start, 2, 0.0, _words(tokens, start, 2), texts=((text, "month"),), note="month")


def _day(tokens: Sequence[Token], start: int) -> Iterator[Chunk]:
    """Read *March 3, 2024*, *3 March 2024*, *3rd of March 2024*."""
    said = [(i, t.lower) for i, t in enumerate(tokens[start : start + 5]) if t.lower not in (",", "of", "the")]
    words = [word for _, word in said[:3]]
    if len(words) < 3 or not _YEAR.match(words[2]):
        return
    month, day = (words[0], words[1]) if words[0] in _MONTHS else (words[1], words[0])
    number = day.rstrip("stndrh")
    if month in _MONTHS and number.isdigit() and 1 <= int(number) <= 31:
        size = said[2][0] + 1
        text = f"{words[2]}-{_MONTHS[month]:02d}-{int(number):02d}"
        yield Chunk("date", start, size, 0.0, _words(tokens, start, size), texts=((text, "date"),), note="date")


def _numbers(tokens: Sequence[Token], start: int, units: frozenset[str], *, one: bool) -> Iterator[Chunk]:
    text, size = tokens[start].lower, 1
    if text in ("$", "€", "£") and start + 1 < len(tokens):
        text, size = tokens[start + 1].lower, 2
    if text in _NUMBER_WORDS and (text != "one" or one):
        value = float(_NUMBER_WORDS[text])
    elif _NUMBER.match(text):
        value = float(text.replace(",", ""))
    else:
        return
    at = start + size
    while at < len(tokens) and tokens[at].lower in _SCALE:
        value *= _SCALE[tokens[at].lower]
        at += 1
    lexical = str(int(value)) if value == int(value) else str(value)
    found = Chunk("number", start, 0, 0.0, "", texts=((lexical, ""),), note="number")
    yield from _bounded(tokens, start, at, found)
    end = at
    while end < len(tokens) and (tokens[end].lower in _UNITS or tokens[end].lower in units) and end < at + 2:
        end += 1
    if end > at:
        unit = " ".join(t.lower for t in tokens[at:end])
        yield from _bounded(tokens, start, end, found._replace(cost=0.05, unit=unit))


def _bounded(tokens: Sequence[Token], start: int, end: int, found: Chunk) -> Iterator[Chunk]:
    """Yield a number as it is, and as a bound where *or more* follows."""
    yield found._replace(size=end - start, words=_words(tokens, start, end - start))
    said = tuple(t.lower for t in tokens[end : end + 2])
    if len(said) == 2 and said[0] in ("or", "and") and said[1] in _BOUNDS:
        size = end + 2 - start
        bound = Operator("cmp", _BOUNDS[said[1]], 2)
        yield found._replace(size=size, words=_words(tokens, start, size), operator=bound, note="bound")


def _words(tokens: Sequence[Token], start: int, size: int) -> str:
    return " ".join(t.text for t in tokens[start : start + size])
