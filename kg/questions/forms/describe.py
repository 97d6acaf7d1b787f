"""*Tell me about X*, *what does the document say about X*, *what is X*: everything that is claimed of a thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.questions.claims_compile import Context
from kg.questions.claims_english import is_gerund
from kg.questions.claims_meaning import Link, Reading, Term
from kg.questions.claims_rows import claim_rows
from kg.questions.forms.question import Frame, Question
from kg.results import Answer, Claim

if TYPE_CHECKING:
    from kg.questions.claims_ask import ClaimAsker
    from kg.questions.claims_lattice import Spelling

__all__ = ["answer_about", "answer_identity", "describe"]

_SAY = (
    r"(?:says?|states?|mentions?|claims?|tells? us|thinks?|argues?|writes?|know|knows|have to say|has"
    r" to say|discuss)"
)
_ABOUT = r"(?:about|on|regarding|concerning|of|with regard to|with respect to)"
_WHOM = r"(?:document|text|source|article|post|paper|report|it|author|blog|graph|you|we|they)"
_FRAMES = (
    Frame(r"(?:please )?(?:tell|teach|inform)(?: me| us)?(?: more| something| everything)? (?:about|on)"
          r" (?P<core>.+)"),
    Frame(r"(?:please )?(?:describe|summarize|explain|outline|introduce|characterize|profile)(?: me| us)?"
          r" (?P<core>.+)"),
    Frame(rf"what (?:does|do|did) {_WHOM} {_SAY} {_ABOUT} (?P<core>.+)"),
    Frame(rf"what (?:is|was) (?:said|stated|known|mentioned|written|claimed|told) {_ABOUT} (?P<core>.+)"),
    Frame(rf"(?:what|anything) {_ABOUT} (?P<core>.+)"),
    Frame(rf"(?:(?:give|show)(?: me| us)? )?(?:some |all )?(?:information|facts|details|info|overview"
          rf"|summary|claims|everything|statements)"
          rf" {_ABOUT} (?P<core>.+)"),
    Frame(r"what (?:does|do|would|will) (?P<core>scenario \w+|.+? scenario) (?:suppose|assume|say|involve"
          r"|predict|look like|contain|describe"
          r"|mean|imply|include|entail|foresee|state|consist of)"),
    Frame(rf"(?:is|are) (?:there )?anything (?:said|stated|known|mentioned)?(?: )?{_ABOUT} (?P<core>.+)"),
    Frame(rf"(?:does|do) {_WHOM} {_SAY} (?:anything |something )?{_ABOUT} (?P<core>.+)"),
    Frame(r"(?:does|do|did) (?:document|text|article|post|it) (?:mention|discuss|cover|name|talk about"
          r"|refer to) (?P<core>.+)"),
    Frame(r"(?:is|are|was|were) (?P<core>.+?) (?:mentioned|discussed|named|covered|talked about)(?: at)?"),
    Frame(r"(?P<core>.+?) (?:overview|summary|profile|facts|info|information|details)"),
)  # fmt: skip
_HOW_TOLD = Frame(
    rf"how (?:does|do|did|is|are|was|were) (?:{_WHOM} )?(?P<core>.+?)"
    r"(?: (?:described|defined|presented|portrayed|seen|viewed|positioned|depicted|understood))"
)
_LIKE = Frame(r"what (?:is|are) (?P<core>.+?) like")
_NUMBERS = frozenset(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))
_HOW_TELLS = Frame(
    rf"how (?:does|do|did) {_WHOM} (?:describe|define|present|portray|see|view|depict|characterize"
    rf"|understand) (?P<core>.+)"
)
_IDENTITY = Frame(
    r"(?:who|what|which)(?: exactly)? (?:is|are|was|were) (?:meant by |definition of |meaning of )?(?P<core>.+)"
)


def answer_about(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer a request to tell about something."""
    if question.context.voices and question.plain in ("what", ""):
        claims = asker.finder.said(question.context)
        return _answer(question, claims, asker, question.notes, "anything", "") if claims else None
    core = next((found["core"] for frame in _FRAMES if (found := frame.match(question.words))), None)
    if not core:
        return None
    if core[0].lower in ("who", "which", "what", "how", "why", "whether"):
        return asker.answer_words(question, core)
    return describe(asker, question, core)


def answer_identity(asker: ClaimAsker, question: Question) -> Answer | None:  # noqa: PLR0911 - one for each way
    """Answer *what is X* for a named thing: what it is said to be, what is said to be it, else all about it."""
    found = _IDENTITY.match(question.words)
    told = _HOW_TELLS.match(question.words) or _HOW_TOLD.match(question.words)
    found = told if told and asker.named(told["core"]) else found
    like = _LIKE.match(question.words)
    if like and asker.named(like["core"]):
        plain = asker.respond(question.text, asker.understand(question.words, question.context), notes=question.notes)
        if plain.status == "answered":
            return plain
        found = like
    if not found:
        return None
    core = found["core"]
    scenario = asker.named(core[:-1]) if core[-1].lower == "about" else ()
    if set(scenario) & set(asker.terms.scenarios):
        return describe(asker, question, core[:-1])
    kind = asker.kind_named(core[1:]) if core[0].lower in _NUMBERS else ()
    things = () if kind else asker.named(core)
    if kind:
        reading = Reading("select", Term(kinds=kind, wh="which"))
        return asker.answered(question.text, reading, asker.find(reading, question.context), question.notes, question.context)
    if not things:
        return None
    if set(things) & set(asker.terms.scenarios):
        return describe(asker, question, found["core"])
    if is_gerund(found["core"][0].lower):
        return None
    if any(w.lower in ("of", "'s") for w in found["core"][1:]):
        related = asker.related_to(found["core"])
        if related is not None:
            reading = Reading("select", replace(related, wh=question.words[0].lower))
            result = asker.find(reading, question.context)
            if result.rows:
                return asker.answered(question.text, reading, result, question.notes, question.context)
    who = question.words[0].lower == "who"
    copulas = asker.grammar.types.copulas
    forward = Term(links=(Link(tuple((p, True) for p in copulas), Term(iris=things), main=True),), wh="what")
    backward = Term(links=(Link(tuple((p, False) for p in copulas), Term(iris=things), main=True),), wh="who")
    plural = all(asker.terms.things[i].plural for i in things)
    group = bool(asker.grammar.types.memberships(Term(iris=things))) and plural
    order: tuple[Term, ...] = (backward, forward) if who and not _person(asker, things) else (forward, backward)
    notes = (*question.notes, *asker.thing_notes(things, found["core"]))
    partitive = Term(
        links=(Link(tuple((p, True) for p in asker.grammar.types.partitives), Term(iris=things), main=True),)
    )
    if plural and not who and not group:
        order = (replace(partitive, wh="what"), *order)
    for term in order:
        reading = Reading("select", term)
        result = asker.find(reading, question.context)
        if result.rows:
            return asker.answered(question.text, reading, result, notes, question.context)
    plain = asker.respond(question.text, asker.understand(question.words, question.context), notes=question.notes)
    return plain if plain.status == "answered" else describe(asker, question, found["core"])


def _person(asker: ClaimAsker, things: Sequence[str]) -> bool:
    """Whether something is said of the thing itself, so that *who is X* asks what X is."""
    copulas = asker.grammar.types.copulas
    term = Term(links=(Link(tuple((p, False) for p in copulas), Term(iris=tuple(things)), main=True),))
    return not asker.find(Reading("select", term), Context(include=asker.include)).rows


def describe(asker: ClaimAsker, question: Question, core: Sequence[Spelling]) -> Answer:
    """Return all claims about what some words name."""
    things = asker.named(core)
    context = question.context
    if things:
        return _told(asker, question, things, core)
    group = asker.claim_group(core)
    if group:
        term = Term(links=(Link(tuple((p, False) for p in group), Term(), main=True),))
        reading = Reading("ask", term)
        found = asker.find(reading, context)
        if found.claims:
            return _answer(
                question, found.claims, asker, (*question.notes,), " ".join(w.text for w in core), found.sparql
            )
        return asker.not_stated(question.text, reading, found.sparql, question.notes, context)
    understood = asker.understand(core, context)
    if not understood.readings:
        return asker.not_understood(question.text, understood.uncovered)
    return asker.respond(question.text, understood, notes=question.notes)


def _told(asker: ClaimAsker, question: Question, things: tuple[str, ...], core: Sequence[Spelling]) -> Answer:
    context = question.context
    inside = tuple(i for i in things if i in asker.terms.scenarios)
    notes = (*question.notes, *asker.thing_notes(things, core))
    claims = asker.finder.about(things, context)
    if inside and not context.scenarios:
        claims = [*claims, *(c for c in asker.finder.inside(inside, context) if c not in claims)]
    label = ", ".join(asker.terms.label(i) for i in things)
    if claims:
        return _answer(question, claims, asker, notes, label, "")
    reading = Reading("select", Term(iris=things))
    return asker.not_stated(question.text, reading, "", notes, context)


def _answer(  # noqa: PLR0917 - what was asked, found and read
    question: Question, claims: Sequence[Claim], asker: ClaimAsker, notes: Sequence[str], label: str, sparql: str
) -> Answer:
    answer = Answer(
        question.text,
        "answered",
        columns=("subject", "property", "object"),
        rows=claim_rows(claims, asker.terms),
        explanation=(*notes, "asked: everything about it"),
        paraphrase=f"What is said about {label}?",
        sparql=sparql or asker.about_sparql(claims),
    )
    return replace(answer)
