"""*What do A get in return for …*: what a claim connects with a burden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.forms.why import linked
from kg.questions.claims.lattice import Spelling
from kg.questions.claims.rows import make_row
from kg.results import Answer, Cell

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["answer_exchange"]

_EXCHANGE = (
    Frame(
        r"(?P<left>.+?) (?:in return|in exchange|as compensation|as reward|in compensation|as return) for"
        r" (?P<right>.+)"
    ),
    Frame(
        r"(?P<left>(?:what|which) .+? (?:get|gets|receive|receives|gain|gains|earn|earns|capture|captures"
        r"|obtain|have)) for (?P<right>\w+ing .+)"
    ),
    Frame(
        r"(?:in return|in exchange|as compensation|as reward) for (?P<right>[^,]+?)(?: ,)?"
        r" (?P<left>(?:what|which) .+)"
    ),
    Frame(r"(?:in return|in exchange) for what (?P<left>)(?P<right>(?:do|does|did) .+)"),
    Frame(r"(?:what|which) (?:is|are) (?:compensation|rewards?|returns?) (?P<left>)for (?P<right>.+)"),
    Frame(r"(?:what|which) (?P<left>)(?:compensates?|makes up) (?:\w+ )?for (?P<right>.+)"),
)
_WHO = Spelling("who", "who", "who")


def answer_exchange(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer a question for what is had in return."""
    found = next((m for frame in _EXCHANGE if (m := frame.match(question.words))), None)
    if not found or not found["right"]:
        return None
    whole = found["right"][0].lower in ("do", "does", "did")
    burden = asker.understand(found["right"] if whole else (_WHO, *found["right"]), question.context)
    if not burden.readings:
        burden = asker.understand(found["right"], question.context)
    if not burden.readings:
        return asker.not_understood(question.text, burden.uncovered)
    reading = burden.readings[0]
    given = asker.find(reading, burden.context)
    left = asker.understand(found["left"], question.context) if found["left"] else None
    if left is not None and not left.readings:
        return asker.not_understood(question.text, left.uncovered)
    notes = (*question.notes, *burden.notes, "asked: what is had in return")
    links = linked(asker, given.claims) if given.claims else []
    claims = [c for c, link in links if not link.endswith("#because")]
    if left is not None and claims:
        wanted = asker.find(left.readings[0], left.context)
        keep = {c.iri for c in wanted.claims}
        claims = [c for c in claims if c.iri in keep]
    if not claims:
        return asker.not_stated(question.text, reading, given.sparql, notes, burden.context)
    groups: dict[tuple[str, str | None], list[int]] = {}
    for i, claim in enumerate(claims):
        groups.setdefault((claim.object or claim.value or "", claim.object), []).append(i)
    rows = tuple(
        make_row((Cell(asker.terms.label(text), iri=iri),), [[claims[i] for i in chosen]])
        for (text, iri), chosen in groups.items()
    )
    return Answer(
        question.text,
        "answered",
        columns=("answer",),
        rows=rows,
        explanation=notes,
        paraphrase=f"What is had in return: {claims[0].text}?",
        sparql=given.sparql or None,
    )
