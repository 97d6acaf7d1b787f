"""*In what order …*, *which comes first*: things in the chain that a relation makes, or as the text counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.meaning import Reading
from kg.questions.claims.rows import make_row
from kg.results import Answer, AnswerRow, Cell, Claim

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker
    from kg.questions.claims.lattice import Spelling

__all__ = ["answer_order", "in_order"]

_ORDER = (
    Frame(r"(?:in )?(?:what|which) (?:order|sequence) (?:are|is|do|does|come|comes)?(?: )?(?P<core>.+?)(?:"
          r" come| in| go| arranged| ordered| listed| follow| appear| stacked)?(?P<end>)"),
    Frame(r"(?:what|which) (?:is|are) (?:correct )?(?:order|sequence|ordering|succession) (?:of|among|for)"
          r" (?P<core>.+?)(?P<end>)"),
    Frame(r"(?:order|sequence|ordering) of (?P<core>.+?)(?P<end>)"),
    Frame(r"(?:list|name|give|show)(?: me)? (?P<core>.+?) in (?:order|sequence)(?P<end>)"),
    Frame(r"(?:what|which) (?:is|are) (?P<core>.+?) (?:in|by) (?:correct |right |proper )?(?:order"
          r"|sequence)(?P<end>)"),
    Frame(r"(?:(?:list|name|give|show|what are|which are|what is)(?: me)? )?(?P<core>.+?) (?:(?:in|by)"
          r" (?:correct |right "
          r"|proper )?(?:order|sequence)|from (?:bottom|lowest|first|start|beginning) to (?:top|highest|last"
          r"|end)|step by step"
          r"|one after another|in turn)(?P<end>)"),
    Frame(r"how (?:are|is) (?P<core>.+?) (?:ordered|arranged|sequenced|stacked)(?P<end>)"),
)  # fmt: skip
_ENDS = (
    Frame(r"(?:which|what) (?P<core>.+?) (?:is|are|comes|come|stands|goes) (?:at )?(?P<end>first|last"
          r"|bottom|top|lowest|highest|beginning|end)"),
    Frame(r"(?:what|which)(?: layer| part| step)? (?:is|are|comes|sits|lies|stands) (?:at )?(?P<end>bottom"
          r"|top|beginning|end|start) of (?P<core>.+)"),
    Frame(r"(?:what is|which is|what are|which|name|what) (?P<end>first|second|third|fourth|fifth|sixth)"
          r" (?P<core>.+?)(?: called| named)?"),
    Frame(r"(?:what|which \w+) (?:do|does) (?P<core>.+?) (?P<end>start|begin|open|end|finish|close)"
          r" (?:with|at|in|on)"),
    Frame(r"(?:which|what) (?P<core>.+?) (?:is|comes) (?P<end>second|third|fourth|fifth|sixth)"),
    Frame(r"(?:what|which) (?:is|are) (?P<end>first|last|bottom|top|lowest|highest|final|initial|topmost"
          r"|bottommost) (?P<core>.+)"),
)  # fmt: skip
_BETWEEN = Frame(
    r"(?:what|which)(?: \w+)? (?:is|are|sits?|lies?|comes?|stands?|goes|falls?|is located|is placed|is found)"
    r" (?:in )?between"
    r" (?P<a>.+?) and (?P<b>.+)"
)
_PLACES = {word: i for i, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth"))}
_SAME = {"start": "first", "begin": "first", "open": "first", "end": "last", "finish": "last", "close": "last"}
_FIRST = frozenset(["first", "bottom", "lowest", "beginning", "initial", "bottommost"])


def answer_order(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer a question for an order or for an end of it."""
    between = _BETWEEN.match(question.words)
    if between:
        return _between(asker, question, asker.named(between["a"]), asker.named(between["b"]))
    for frame in (*_ORDER, *_ENDS):
        found = frame.match(question.words)
        if found and found["core"]:
            end = " ".join(w.lower for w in found.get("end", ()))
            end = _SAME.get(end, end)
            answer = _ordered(asker, question, found["core"], end)
            if answer is not None or not end:
                return answer
    return None


def _ordered(asker: ClaimAsker, question: Question, core: Sequence[Spelling], end: str) -> Answer | None:
    understood = asker.understand(core, question.context)
    if not understood.readings:
        return None if end else asker.not_understood(question.text, understood.uncovered)
    reading = understood.readings[0]
    things = asker.extension(reading, understood.context)
    chain = _chain(asker, things) or _numbered(asker, things)
    words = " ".join(w.text for w in core)
    notes = (*question.notes, *understood.notes, "asked: the order")
    if not chain:
        if end:
            return None
        return asker.not_stated(question.text, Reading("select", reading.term), "", notes, understood.context)
    rows = _rows(asker, chain)
    if end:
        place = _PLACES.get(end, 0 if end in _FIRST else -1)
        rows = rows[place : place + 1] if place >= 0 else rows[-1:]
        if not rows:
            return None
    return Answer(
        question.text,
        "answered",
        columns=("answer",),
        rows=rows,
        explanation=notes,
        paraphrase=f"Which of {words} comes {end}?" if end else f"In what order are {words}?",
        sparql=_sparql(things),
    )


def in_order(asker: ClaimAsker, things: Sequence[str]) -> tuple[str, ...]:
    """Return things in the order that a relation or the numbers of the text give them; none without an order."""
    chain = _chain(asker, things) or _numbered(asker, things)
    return tuple(iri for iri, _ in chain) if len(chain) == len(things) else ()


def _between(asker: ClaimAsker, question: Question, left: Sequence[str], right: Sequence[str]) -> Answer | None:
    """Answer with what one and the same relation leads to from one thing, and from there to the other."""
    if not left or not right:
        return None
    context = question.context
    claims = [c for c in asker.finder.about((*left, *right), context) if c.scenario is None or context.scenarios]
    found: dict[str, list[Claim]] = {}
    for first in claims:
        for second in claims:
            joined = first.predicate == second.predicate and first.object and first.object == second.subject
            ends = {first.subject, second.object}
            if joined and ends & set(left) and ends & set(right) and len(ends) > 1:
                found.setdefault(first.object or "", []).extend((first, second))
    if not found:
        return None
    names = " and ".join(asker.terms.label(i) for i in (*left, *right))
    return Answer(
        question.text,
        "answered",
        columns=("answer",),
        rows=_rows(asker, list(found.items())),
        explanation=(*question.notes, "asked: what comes between"),
        paraphrase=f"What comes between {names}?",
        sparql=asker.about_sparql([c for said in found.values() for c in said]),
    )


def _sparql(things: Sequence[str]) -> str:
    values = " ".join(f"<{iri}>" for iri in things)
    return (
        f"SELECT DISTINCT ?claim {{ VALUES ?s {{ {values} }} VALUES ?o {{ {values} }}"
        " ?claim kgq:claimSubject ?s ; kgq:claimObject ?o ; kgq:polarity kgq:positive"
        " FILTER NOT EXISTS { ?claim kgq:inScenario ?scenario } }"
    )


def _chain(asker: ClaimAsker, things: Sequence[str]) -> list[tuple[str, list[Claim]]]:
    """Return things in the order of the one relation that leads from each to the next."""
    if len(things) < 2:
        return []
    rows = asker.finder.dataset.select(_sparql(things))
    by_relation: dict[str, list[Claim]] = {}
    for claim in asker.finder.reader.many(rows.column("claim")):
        by_relation.setdefault(claim.predicate, []).append(claim)
    best: list[tuple[str, list[Claim]]] = []
    for iri, claims in by_relation.items():
        relation = asker.terms.relations.get(iri)
        if relation is not None and relation.symmetric:
            continue
        after = {c.subject: c for c in claims}
        starts = [s for s in after if s not in {c.object for c in claims}]
        if len(starts) != 1 or len(after) != len({(c.subject, c.object) for c in claims}):
            continue
        chain, at = [(starts[0], [after[starts[0]]])], starts[0]
        while at in after and len(chain) <= len(claims):
            step = after[at]
            at = step.object or ""
            chain.append((at, [step]))
        if len(chain) > len(best):
            best = chain
    return best if len(best) > 1 else []


def _numbered(asker: ClaimAsker, things: Sequence[str]) -> list[tuple[str, list[Claim]]]:
    """Return things by the numbers that the text gives them in a list."""
    claims = asker.finder.mentions(things)
    found = []
    for iri in things:
        for claim in claims.get(iri, ()):
            number = _number(" ".join(claim.qualifiers.get("order", ())))
            if claim.object == iri and number:
                found.append((number, iri, claim))
                break
    found.sort(key=lambda x: x[0])
    return [(iri, [claim]) for _, iri, claim in found] if len(found) > 1 else []


def _number(text: str) -> int:
    digits = re.search(r"\d+", text)
    if digits:
        return int(digits.group())
    words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return words.index(text.lower()) if text.lower() in words else 0


def _rows(asker: ClaimAsker, chain: Sequence[tuple[str, list[Claim]]]) -> tuple[AnswerRow, ...]:
    return tuple(make_row((Cell(asker.terms.label(iri), iri=iri),), [claims]) for iri, claims in chain)
