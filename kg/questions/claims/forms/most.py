"""*Who bears the most risks*, *how many does each have*: things by how many the text names for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.questions.claims.find import Found
from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.lattice import words_of
from kg.questions.claims.meaning import Reading
from kg.results import Answer, AnswerRow, Cell, Claim

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker
    from kg.questions.claims.lattice import Spelling

__all__ = ["answer_each", "answer_most"]

_HOW = (
    r"(?P<how>most|fewest|least|more|fewer|largest number of|greatest number of|highest number of|smallest"
    r" number of|lowest number of)"
)
_MOST = (
    Frame(rf"(?P<who>(?:who|what|which)(?: .+?)?) (?P<verb>\w+) {_HOW}(?: different)? (?P<what>(?:\w+"
          rf" )??\w*s(?: of \w+)?)(?: (?P<rest>.+))?"),
)  # fmt: skip
_EACH = (
    Frame(r"how many (?P<what>.+?) (?:do|does) (?:each|every|both)(?: of)? (?P<kind>.+?) (?P<rest>have|\w+)"),
    Frame(r"how many (?P<what>.+?) (?:are there )?(?:per|for each|for every|by) (?P<kind>\w+(?: \w+)?)(?P<rest>)"),
)
_HOWS = frozenset(("most", "fewest", "least", "more", "fewer", "number"))
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"


def answer_each(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer *how many X does each Y have* with one number for each Y that the text names."""
    if question.words[:1] and question.words[0].lower != "how":
        return None
    found = next((m for frame in _EACH if (m := frame.match(question.words))), None)
    kind = asker.kind_named(found["kind"]) if found else ()
    if not found or not kind:
        return None
    rows = []
    for iri in asker.finder.members(kind[0]):
        label = words_of(asker.terms.label(iri), asker.terms)
        rest = found["rest"] or tuple(words_of("have"))
        answer = asker.answer_words(
            question, (*words_of("how many"), *found["what"], *words_of("do"), *label, *rest)
        )
        number = answer.rows[0].cells[0] if answer.status == "answered" and answer.rows else None
        if number is not None and number.value.isdigit():
            shown = (Cell(asker.terms.label(iri), iri=iri), number)
            rows.append(answer.rows[0]._replace(cells=shown))
    if not rows:
        return asker.not_understood(question.text, [w.text for w in found["kind"]])
    return Answer(
        question.text, "answered", columns=("answer", "number"), rows=tuple(rows),
        explanation=(*question.notes, "counted among those that the graph names"),
        paraphrase=f"How many {_text(found['what'])}, for each {_text(found['kind'])}?",
    )  # fmt: skip


def answer_most(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer a question for the largest or smallest number of named things; never of things in the world."""
    graded = _HOWS.intersection(w.lower for w in question.words)
    found = next((m for frame in _MOST if (m := frame.match(question.words))), None) if graded else None
    if not found:
        return None
    words = (*found["who"], *found["verb"], *found["what"], *found.get("rest", ()))
    understood = asker.understand(words, question.context)
    if not understood.readings or understood.readings[0].form != "select":
        return None
    reading = understood.readings[0]
    if not _countable(reading):
        return None
    result = asker.find(reading, understood.context)
    if any(_is_many(asker, result, row) for row in result.rows):
        return None
    numbers = [_number(row, result) for row in result.rows]
    if not numbers:
        return asker.not_stated(question.text, reading, result.sparql, question.notes, understood.context)
    low = found["how"][0].lower in ("fewest", "least", "fewer", "smallest", "lowest")
    best = (min if low else max)(numbers)
    rows = [_shown(row, number) for row, number in zip(result.rows, numbers, strict=True) if number == best]
    how = " ".join(w.text for w in found["how"])
    return Answer(
        question.text, "answered", columns=("answer", "number"), rows=tuple(rows),
        explanation=(*question.notes, *understood.notes, f"{how}: counted among those that the graph names"),
        paraphrase=f"Which have the {how}: {_text(found['what'])}?", sparql=result.sparql or None,
    )  # fmt: skip


def _countable(reading: Reading) -> bool:
    """Whether what is to be counted is a class and no named thing, whose number in the world no claim tells."""
    links = [link for link in reading.term.links if link.main]
    return len(links) == 1 and bool(links[0].other.kinds or links[0].other.bare) and not links[0].other.iris


def _number(row: AnswerRow, result: Found) -> int:
    iri = row.cells[0].iri if row.cells[0] is not None else None
    claims: Sequence[Claim] = [c for c in result.claims if iri in (c.subject, c.object)]
    return len({c.object if c.subject == iri else c.subject for c in claims})


def _is_many(asker: ClaimAsker, result: Found, row: AnswerRow) -> bool:
    """Whether what would be counted as one is many: customers are not numbered by the groups a text names."""
    iri = row.cells[0].iri if row.cells[0] is not None else None
    ends = {c.object if c.subject == iri else c.subject for c in result.claims if iri in (c.subject, c.object)}
    return any(e in asker.terms.things and asker.terms.things[e].plural for e in ends if e)


def _shown(row: AnswerRow, number: int) -> AnswerRow:
    cells = (row.cells[0], Cell(str(number), datatype=_INTEGER))
    return row._replace(cells=cells)


def _text(words: Sequence[Spelling]) -> str:
    return " ".join(w.text for w in words)
