"""*Who bears risk, A or B*: a question that names the answers it will take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.meaning import Reading, Term
from kg.questions.claims.rows import claim_rows
from kg.results import Answer

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["answer_choice"]

_CHOICES = (
    Frame(r"(?P<core>(?:who|whom|which|what) .+?) ,(?: is it| are they| either)? (?P<a>[^,]+?)(?: ,)? or"
          r" (?P<b>[^,]+)"),
    Frame(r"(?P<wh>)(?:is|are|was|were) it (?P<a>.+?) or (?P<b>.+?) (?:that|who|which) (?P<core>.+)"),
    Frame(r"(?:which|who) of (?P<a>.+?) (?:or|and) (?P<b>.+?) (?P<core>(?:bears?|is|are|has|have|does|do|can"
          r"|was|were|\w+s) .+)"),
)  # fmt: skip


_SIDES = Frame(r"(?P<x>[^,]+) , (?P<a>[^,]+?) or (?P<b>[^,]+)")


def answer_choice(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer with those of the named things that the question without them gives."""
    if not any(w.lower in ("or", "of") for w in question.words):
        return None
    sides = _SIDES.match(question.words)
    joined = _joined(asker, question, *(asker.named(sides[s]) for s in ("x", "a", "b"))) if sides else None
    if joined is not None:
        return joined
    for frame in _CHOICES:
        found = frame.match(question.words)
        if not found or not found["core"]:
            continue
        left, right = asker.named(found["a"]), asker.named(found["b"])
        core = found["core"]
        if not left or not right:
            continue
        if core[0].lower not in ("who", "whom", "which", "what"):
            core = (core[0]._replace(text="who", lower="who", stem="who"), *core)
        answer = asker.answer_words(question, core)
        if answer.status == "answered":
            answer = _chosen(asker, question, answer, {*left, *right}) or answer
            return answer if answer.rows or answer.status == "not_stated" else None
        return answer
    return None


def _joined(
    asker: ClaimAsker, question: Question, one: tuple[str, ...], left: tuple[str, ...], right: tuple[str, ...]
) -> Answer | None:
    """Answer *demand risk: hyperscalers or lenders* with the claims that join the thing to one of the two."""
    if not one or not left or not right:
        return None
    claims = [
        c for c in asker.finder.about(one, question.context)
        if {c.subject, c.object or ""} & {*left, *right} and c.polarity == "positive"
        and (question.context.scenarios or c.scenario is None)
    ]  # fmt: skip
    if not claims:
        return None
    names = " or ".join(asker.terms.label(i) for i in (*left, *right))
    return Answer(
        question.text, "answered", columns=("subject", "property", "object"), rows=claim_rows(claims, asker.terms),
        explanation=question.notes, sparql=asker.about_sparql(claims),
        paraphrase=f"What joins {asker.terms.label(one[0])} to {names}?",
    )  # fmt: skip


def _chosen(asker: ClaimAsker, question: Question, answer: Answer, things: set[str]) -> Answer | None:
    """Return the rows about the things; not stated if there are none; None where they are of another sort."""
    rows = tuple(row for row in answer.rows if any(c is not None and c.iri in things for c in row.cells[:1]))
    names = " or ".join(asker.terms.label(i) for i in sorted(things))
    if rows:
        return answer._replace(rows=rows, explanation=(*answer.explanation, f"asked: {names}"))
    kinds = {k for i in things for k in asker.terms.things[i].kinds}
    shown = {k for r in answer.rows for c in r.cells[:1] if c is not None and c.iri in asker.terms.things
             for k in asker.terms.things[c.iri or ""].kinds}  # fmt: skip
    if not kinds & shown:
        return None
    reading = Reading("select", Term(iris=tuple(sorted(things))))
    missing = asker.not_stated(question.text, reading, answer.sparql or "", answer.explanation, question.context)
    return missing._replace(
        related=answer.rows[:5],
        paraphrase=answer.paraphrase,
        explanation=(*answer.explanation, f"not stated of {names}"),
    )
