"""A few words without a clause: *oracle cookie cutter*. The claims that join what they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.lattice import Edge, read_words
from kg.questions.claims.meaning import Reading, Term
from kg.questions.claims.rows import claim_rows
from kg.results import Answer, Claim

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["answer_keywords", "answer_relation"]

_MAX_NAMES = 4
_BETWEEN = (
    Frame(r"(?:what |how |which )?(?:is |are )?(?:there )?(?:any |exact |main )?(?:relations?|relationships?"
          r"|connections?|links?|ties?"
          r"|associations?|interplay|interactions?|dealings) (?:is there |exists? |are there )?(?:between|of"
          r"|among) (?P<a>.+?)"
          r" (?:and|with|to) (?P<b>.+)"),
    Frame(r"how (?:is|are|do|does|was|were) (?P<a>.+?) (?:related|connected|linked|tied|associated|relate"
          r"|connect|interact)"
          r" (?:to|with|and) (?P<b>.+)"),
    Frame(r"how (?:is|are|do|does|was|were) (?P<a>.+?) and (?P<b>.+?) (?:related|connected|linked|tied"
          r"|associated|relate|connect"
          r"|interact)(?: to each other| with each other)?"),
    Frame(r"what (?:do|does|has|have|is|are) (?P<a>.+?) (?:have to do|to do|do|got to do|in common) with"
          r" (?P<b>.+)"),
    Frame(r"what (?:do|does|did|will|would|can|could) (?P<a>.+?) do (?:to|with|for|about|against) (?P<b>.+)"),
    Frame(r"what (?:connects|links|ties|relates|joins) (?P<a>.+?) (?:and|to|with) (?P<b>.+)"),
    Frame(r"what (?:is|are) (?P<a>.+?) (?:'s )?(?:relationship|relation|connection|link|ties) (?:to|with)"
          r" (?P<b>.+)"),
)  # fmt: skip


def answer_relation(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer *what is the relation between A and B*: the claims that join them."""
    found = next((m for frame in _BETWEEN if (m := frame.match(question.words))), None)
    if not found or not asker.named(found["a"]) or not asker.named(found["b"]):
        return None
    answer = answer_keywords(asker, question._replace(words=(*found["a"], *found["b"])))
    return answer if answer is not None and answer.status == "answered" else None


def answer_keywords(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer words that only name things, where the grammar makes nothing of them."""
    names = _names(asker, question)
    if len(names) < 2:
        return None
    things = tuple(i for edge in names for i in edge.meaning.iris)
    reading = Reading("select", Term(iris=things))
    inside = tuple(i for i in things if i in asker.terms.scenarios)
    if inside:
        rest = set(things) - set(inside)
        about = [c for c in asker.finder.inside(inside, question.context) if rest & {c.subject, c.object}]
        names = [e for e in names if not set(e.meaning.iris) & set(inside)]
    else:
        about = asker.finder.about(things, question.context)
    claims = [c for c in about if _joins(c, names)] or [c for c in about if _joins(c, names, asker)]
    notes = (*question.notes, *(e.note for e in names), "asked: what joins them")
    labels = " and ".join(asker.terms.label(i) for i in things)
    if not claims:
        return asker.not_stated(question.text, reading, "", notes, question.context)
    return Answer(
        question.text,
        "answered",
        columns=("subject", "property", "object"),
        rows=claim_rows(claims, asker.terms),
        explanation=notes,
        paraphrase=f"What is said of {labels} together?",
        sparql=asker.about_sparql(claims),
    )


def _names(asker: ClaimAsker, question: Question) -> list[Edge]:
    """Return the names that cover the words from left to right, the longest first; empty if they do not."""
    lattice = read_words(question.words, asker.terms)
    if lattice.uncovered:
        return []
    found: list[Edge] = []
    at = 0
    while at < len(question.words):
        things = [e for e in lattice.edges[at] if e.cat == "N" and isinstance(e.meaning, Term) and e.meaning.iris]
        if things:
            best = min(things, key=lambda e: (-e.end, e.cost))
            found.append(best)
            at = best.end
        elif any(e.cat in ("AND", "COMMA") for e in lattice.edges[at]):
            at += 1
        else:
            return []
    return found if len(found) <= _MAX_NAMES else []


def _joins(claim: Claim, names: list[Edge], asker: ClaimAsker | None = None) -> bool:
    """Whether a claim joins two of the names; with an asker, a qualifier of the claim may be one of them."""
    ends = {claim.subject, claim.object}
    if asker is not None:
        said = {text.casefold() for words in claim.qualifiers.values() for text in words}
        ends |= {i for edge in names for i in edge.meaning.iris if asker.terms.label(i).casefold() in said}
    return sum(bool(ends & set(edge.meaning.iris)) for edge in names) >= min(2, len(names))
