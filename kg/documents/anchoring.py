"""Where a quote stands: it is a verbatim substring, and where it occurs more than once its position decides."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.documents.metadata import DocumentInfo
from kg.documents.tables import Row
from kg.documents.text import Passage, SourceText
from kg.results import Problem

__all__ = ["Anchor", "anchor"]

_CONTEXT = 24
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Anchor:
    """A quote with its place, and the words around it where it occurs more than once."""

    quote: str
    heading: str
    start: int
    end: int
    prefix: str = ""
    suffix: str = ""


def anchor(row: Row, info: DocumentInfo, text: SourceText | None) -> tuple[Anchor | None, list[Problem]]:
    """Find the place of a row's quote, or say why it has none.

    Without the text at hand the row's ``start`` is believed as far as the document's length allows.
    """
    quote, written = row["quote"], row["start"].strip()
    if written and not (written.isascii() and written.isdigit()):
        return None, [
            row.problem("bad-start", f"start '{written}' is not a whole number", written, "write digits")
        ]
    given = int(written) if written else None
    problem = _unanchored(row, quote, given) if text is None else _misplaced(row, quote, given, text)
    if problem is not None:
        return None, [problem]
    start = given if given is not None else (text.occurrences(quote)[0] if text is not None else 0)
    end = start + len(quote)
    if start < info.extent[0] or end > info.extent[1]:
        message = (
            f"the quote stands at {start}–{end}, outside the part that counts ({info.extent[0]}–{info.extent[1]})"
        )
        remedy = "quote the document itself, or correct the extent in document.yaml"
        return None, [row.problem("outside-extent", message, quote, remedy)]
    found = Anchor(quote, row["heading"].strip(), start, end, row["prefix"], row["suffix"])
    found, problems = _in_context(row, found, info, text)
    return found, [*_heading_problems(row, found, info), *problems]


def _unanchored(row: Row, quote: str, given: int | None) -> Problem | None:
    if given is not None:
        return None
    remedy = "give its start, or put the text at hand (--source FILE)"
    return row.problem(
        "no-start", f"the quote {_short(quote)} has no start and the text is not at hand", quote, remedy
    )


def _misplaced(row: Row, quote: str, given: int | None, text: SourceText) -> Problem | None:
    places = text.occurrences(quote)
    if not places:
        return _not_found(row, quote, text.nearest_passage(quote))
    if given in places or (given is None and len(places) == 1):
        return None
    listed = ", ".join(map(str, places[:_SHOWN])) + (", …" if len(places) > _SHOWN else "")
    if given is None:
        message = f"the quote {_short(quote)} occurs {len(places)} times, at {listed}"
        return row.problem(
            "quote-repeats", message, quote, f"give the start of the one that is meant, as start={listed}"
        )
    message = f"the quote {_short(quote)} does not stand at {given} but at {listed}"
    return row.problem(
        "wrong-start", message, str(given), f"write {listed if len(places) == 1 else 'one of these'}"
    )


def _not_found(row: Row, quote: str, near: Passage | None) -> Problem:
    message = f"the quote {_short(quote)} is not in the text"
    if near is None:
        return row.problem("quote-not-found", message, quote, "copy the words exactly as the text has them")
    remedy = f"the nearest passage, at {near.start}–{near.end}, is {_short(near.words, 200)}: copy it exactly"
    return row.problem("quote-not-found", message, quote, remedy)


def _heading_problems(row: Row, found: Anchor, info: DocumentInfo) -> list[Problem]:
    """Hold the heading given against the headings of the document, where it lists them."""
    above = [heading.text for heading in info.headings if heading.start <= found.start]
    if not found.heading or not info.headings:
        return []
    *outer, innermost = found.heading.split(" › ")
    if above and above[-1] == innermost and all(heading in above for heading in outer):
        return []
    last = above[-1] if above else ""
    message = f"the heading {_short(found.heading)} is not above the quote; the nearest above it is {_short(last)}"
    return [row.problem("wrong-heading", message, found.heading, "write the headings that the quote stands under")]


def _in_context(
    row: Row, found: Anchor, info: DocumentInfo, text: SourceText | None
) -> tuple[Anchor, list[Problem]]:
    """Hold prefix and suffix against the text; give them to a quote that repeats.

    They are made here only where the text is one of the sources: what is built must not depend on whether a text
    kept elsewhere happens to be at hand.
    """
    if text is None:
        return found, []
    before, after = text.text[: found.start], text.text[found.end :]
    prefix, suffix = before[-_CONTEXT:], after[:_CONTEXT]
    if not before.endswith(found.prefix) or not after.startswith(found.suffix):
        message = f"the words around the quote {_short(found.quote)} are not its prefix and suffix"
        remedy = f"write prefix {prefix!r} and suffix {suffix!r}"
        return found, [row.problem("wrong-context", message, found.prefix or found.suffix, remedy)]
    if found.prefix or found.suffix or len(text.occurrences(found.quote)) == 1:
        return found, []
    if info.has_text:
        return replace(found, prefix=prefix, suffix=suffix), []
    message = f"the quote {_short(found.quote)} occurs more than once; nothing but its start tells which is meant"
    remedy = f"add the columns prefix and suffix with {prefix!r} and {suffix!r}"
    return found, [Problem("warning", message, row.file, row.line, found.quote, remedy, "no-context")]


def _short(words: str, limit: int = 80) -> str:
    """Return words in quotation marks, cut where they are long."""
    return f"“{words}”" if len(words) <= limit else f"“{words[: limit - 1]}…”"
