"""*Tell me about X*, *what does the document say about X*, *what is X*: everything that is claimed of a thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.questions.claims.compile import Context
from kg.questions.claims.english import is_gerund, is_participle
from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.meaning import Link, Reading, Term
from kg.questions.claims.rows import claim_rows, make_row
from kg.results import Answer, Cell, Claim
from kg.vocabulary.claim_terms import key_words

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker
    from kg.questions.claims.lattice import Spelling

__all__ = ["answer_about", "answer_called", "answer_identity", "describe"]

_SAY = (
    r"(?:says?|states?|mentions?|claims?|tells? us|thinks?|argues?|writes?|know|knows|have to say|has"
    r" to say|discuss)"
)
_ABOUT = r"(?:about|on|regarding|concerning|of|with regard to|with respect to)"
_WHOM = r"(?:document|text|source|article|post|paper|report|it|author|blog|graph|you|we|they)"
_FRAMES = (
    Frame(r"(?:please )?(?:tell|teach|inform)(?: me| us)?(?: more| something| everything)? (?:about|on)"
          r" (?P<core>.+)"),
    Frame(r"(?:please )?(?:describe|define|discuss|elaborate on|comment on|summarise|summarize|explain|outline"
          r"|introduce|characterize|profile)(?: me| us)?"
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
    Frame(r"what makes (?P<core>.+?) (?:different|special|unique|new|distinctive)"),
    Frame(r"(?P<core>.+?) (?:overview|summary|profile|facts|info|information|details)"),
)  # fmt: skip
_HOW_TOLD = Frame(
    rf"how (?:does|do|did|is|are|was|were) (?:{_WHOM} )?(?P<core>.+?)"
    r"(?: (?:described|defined|presented|portrayed|seen|viewed|positioned|depicted|understood))"
)
_LIKE = Frame(r"what (?:is|are|do|does) (?P<core>.+?)(?: look)? like")
_NUMBERS = frozenset(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))
_HOW_TELLS = Frame(
    rf"how (?:does|do|did) {_WHOM} (?:describe|define|present|portray|see|view|depict|characterize"
    rf"|understand) (?P<core>.+)"
)
_IDENTITY = Frame(
    r"(?:who|what|which)(?: exactly)? (?:is|are|was|were) (?:meant by |definition of |meaning of )?(?P<core>.+)"
)
_OF_KIND = Frame(r"(?:which|what) (?P<kind>[\w ]+?) (?:is|are|was|were) (?P<core>.+)")


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


def answer_called(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer *which scenario is X* where X is another name of a thing of that class: the thing."""
    found = _OF_KIND.match(question.words)
    kind = asker.kind_named(found["kind"]) if found else ()
    things = asker.named(found["core"]) if found and kind else ()
    if not found or len(things) != 1 or kind[0] not in asker.terms.things[things[0]].kinds:
        return None
    if key_words(asker.terms.label(things[0])) == tuple(w.stem for w in found["core"]):
        return None  # by its own name it is no answer
    claims = asker.finder.mentions(things).get(things[0], [])
    row = make_row((Cell(asker.terms.label(things[0]), iri=things[0]),), [claims[:1]])
    notes = (*question.notes, *asker.thing_notes(things, found["core"]))
    words = " ".join(w.text for w in found["core"])
    return Answer(
        question.text, "answered", columns=("answer",), rows=(row,), explanation=notes,
        paraphrase=f"Which {asker.terms.label(kind[0])} is called {words}?", sparql=asker.about_sparql(claims[:1]),
    )  # fmt: skip


def answer_identity(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer *what is X* for a named thing: what it is said to be, what is said to be it, else all about it."""
    core = _asked(asker, question)
    if core is None or is_gerund(core[0].lower) or _undergone(question, core):
        return None
    kind = asker.kind_named(core[1:]) if core[0].lower in _NUMBERS else ()
    if kind:
        return _selected(asker, question, Term(kinds=kind, wh="which"), ())
    things = asker.named(core)
    if not things:
        return None
    if set(things) & set(asker.terms.scenarios):
        return describe(asker, question, core)
    related = asker.related_to(core) if any(w.lower in ("of", "'s") for w in core[1:]) else None
    terms = (related._replace(wh=question.words[0].lower),) if related is not None else ()
    notes = (*question.notes, *asker.thing_notes(things, core))
    for term in (*terms, *_identities(asker, question, things)):
        answer = _selected(asker, question, term, notes)
        if answer is not None:
            return answer
    plain = asker.respond(question.text, asker.understand(question.words, question.context), notes=question.notes)
    return plain if plain.status == "answered" else describe(asker, question, core)


def _undergone(question: Question, core: tuple[Spelling, ...]) -> bool:
    """Whether *who is squeezed* asks who is, and not what that is."""
    return question.words[0].lower == "who" and is_participle(core[0].lower)


def _asked(asker: ClaimAsker, question: Question) -> tuple[Spelling, ...] | None:
    """Return the words whose identity is asked for; None if the question is another one."""
    for frame in (_HOW_TELLS, _HOW_TOLD):
        found = frame.match(question.words)
        if found and asker.named(found["core"]):
            return found["core"]
    like = _LIKE.match(question.words)
    if like and asker.named(like["core"]):
        plain = asker.respond(question.text, asker.understand(question.words, question.context))
        return None if plain.status == "answered" else like["core"]
    found = _IDENTITY.match(question.words)
    core = found["core"] if found else None
    if core and core[-1].lower == "about":  # of a scenario: *what is scenario C about*
        return core[:-1] if set(asker.named(core[:-1])) & set(asker.terms.scenarios) else None
    return core


def _identities(asker: ClaimAsker, question: Question, things: tuple[str, ...]) -> tuple[Term, ...]:
    """Return the readings of *what is X* in the order they are tried."""
    types = asker.grammar.types
    who = question.words[0].lower == "who"

    def by(properties: tuple[str, ...], *, inverse: bool, wh: str) -> Term:
        ways = tuple((p, inverse) for p in properties)
        return Term(links=(Link(ways, Term(iris=things), main=True),), wh=wh)

    forward = by(types.copulas, inverse=True, wh="what")
    backward = by(types.copulas, inverse=False, wh="who")
    plural = all(asker.terms.things[i].plural for i in things)
    group = bool(types.memberships(Term(iris=things))) and plural
    if who and not _person(asker, things):
        return backward, forward
    if plural and not who and not group:
        return by(types.partitives, inverse=True, wh="what"), forward, backward
    return forward, backward


def _selected(asker: ClaimAsker, question: Question, term: Term, notes: Sequence[str]) -> Answer | None:
    reading = Reading("select", term)
    result = asker.find(reading, question.context)
    if not result.rows:
        return None
    return asker.answered(question.text, reading, result, notes or question.notes, question.context)


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
    return Answer(
        question.text,
        "answered",
        columns=("subject", "property", "object"),
        rows=claim_rows(claims, asker.terms),
        explanation=(*notes, "asked: everything about it"),
        paraphrase=f"What is said about {label}?",
        sparql=sparql or asker.about_sparql(claims),
    )
