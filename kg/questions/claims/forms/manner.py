"""*How sticky are X*, *how is X financed*: a word that the name of something X has, or is, begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.questions.claims.english import is_participle
from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.rows import claim_rows
from kg.results import Answer
from kg.vocabulary.claim_terms import ClaimTerms

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["answer_manner", "answer_so"]

_HOW_IS = Frame(
    r"(?:how|in what way|in which way) (?:is|are|was|were) (?P<who>.+?)(?: being| getting)? (?P<word>\w+)"
)
_IS_SO = Frame(r"(?:is|are|was|were) (?P<who>.+?) (?P<word>\w+)")
_HOW_SO = Frame(r"how (?P<word>[\w-]+) (?:is|are|was|were) (?P<who>.+)")


def answer_so(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer *is the capex risk enormous* with the claims on it that say how great it is in this word."""
    found = _IS_SO.match(question.words)
    who = asker.named(found["who"]) if found else ()
    if not found or not who:
        return None
    said = {w.key for w in asker.terms.words(found["word"][0].stem) if w.cat == "wording"}
    claims = [
        c for c in asker.finder.about(who, question.context)
        if said & set(c.qualifiers.get("magnitude", ())) and c.polarity == "positive"
        and (question.context.scenarios or c.scenario is None)
    ]  # fmt: skip
    if not claims:
        return None
    return Answer(
        question.text, "answered", boolean=True, columns=("subject", "property", "object"),
        rows=claim_rows(claims, asker.terms), explanation=(*question.notes, *asker.thing_notes(who, found["who"])),
        paraphrase=f"Is it said how great {', '.join(asker.terms.label(i) for i in who)} is?",
        sparql=asker.about_sparql(claims),
    )  # fmt: skip


def answer_manner(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer with the claims that join the thing to what the word begins; None if there are none."""
    found = _HOW_SO.match(question.words) or _HOW_IS.match(question.words)
    if not found or not found["who"] or not found["word"]:
        return None
    word = found["word"][0]
    who = asker.named(found["who"])
    ending = question.words[-1] is word
    if not who or (ending and not is_participle(word.lower)):
        return None
    named = _beginning(asker.terms, word.stem)
    claims = [
        c for c in asker.finder.about(who, question.context)
        if c.object in named and c.subject in who and (question.context.scenarios or c.scenario is None)
    ]  # fmt: skip
    if not claims:
        return None
    notes = (*question.notes, *asker.thing_notes(who, found["who"]), f"asked: how {word.text}")
    labels = ", ".join(asker.terms.label(i) for i in who)
    return Answer(
        question.text, "answered", columns=("subject", "property", "object"), rows=claim_rows(claims, asker.terms),
        explanation=notes, paraphrase=f"How {word.text}: {labels}?", sparql=asker.about_sparql(claims),
    )  # fmt: skip


def _beginning(terms: ClaimTerms, stem: str) -> frozenset[str]:
    """Return the things one of whose names begins with a word."""
    return frozenset(
        row[1]
        for phrase, rows in terms.phrases.items()
        if phrase.partition(" ")[0] == stem
        for row in rows
        if row[0] == "thing"
    )
