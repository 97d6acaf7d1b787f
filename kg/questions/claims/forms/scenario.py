"""*Which scenario …*, *what happens in …*, *what happens if …*: possible courses of events, and conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.meaning import Reading, Term
from kg.questions.claims.rows import claim_rows, make_row
from kg.results import Answer, Cell, Claim
from kg.vocabulary.claim_terms import key_words

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker
    from kg.questions.claims.lattice import Spelling

__all__ = ["answer_happening", "answer_which_scenario"]

_WHICH = (
    Frame(r"(?:in|under|within) (?:which|what) (?:of )?scenarios? (?P<core>.+)"),
    Frame(
        r"(?:which|what) (?:of )?scenarios? (?:has|have|says?|involves?|includes?|sees?|predicts?"
        r"|describes?|assumes?|features?"
        r"|mentions?|concerns?|foresees?|envisions?|is about|are about|supposes?|shows?|speaks? of|deals?"
        r" with|implies|means)"
        r"(?: that)? (?P<core>.+)"
    ),
    Frame(r"(?:is|are) there (?:any )?scenarios? (?:in which|where|that has|with) (?P<core>.+)"),
    Frame(r"(?:which|what) (?:is|are) scenarios? (?:in which|where|that has|with|of) (?P<core>.+)"),
    Frame(
        r"(?:(?:in|under|within) )?(?:which|what) scenarios? (?P<core>(?:do|does|did|will|would|can|could|is"
        r"|are) .+)"
    ),
)
_HAPPENS = (
    Frame(
        r"what (?:happens|would happen|will happen|could happen|happened|occurs|may happen|is supposed to"
        r" happen|is predicted"
        r"|changes|follows|is expected|is fate|becomes)(?: (?:to|of|with|for) (?P<who>.+?))?(?: (?:if|when"
        r"|once|should|in case) (?P<condition>.+))?"
    ),
    Frame(
        r"what (?:is|are) (?:fate|future|outcome|consequences?|prospects?) (?:of|for) (?P<who>.+?)(?P<condition>)"
    ),
)
_IF = Frame(r"(?:what|what about|and|and what) (?:if|unless) (?P<condition>.+)")
_UNLESS = Frame(r"(?:if|when|unless|once) (?P<condition>.+?) (?:,|then) (?P<rest>what happens|what)")
_DOES = Frame(r"what (?:do|does|will|would|can|could) (?P<who>.+?) do(?P<condition>)")
_DO = ("do", "does", "did", "is", "are", "will", "would", "can", "could")


def answer_which_scenario(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer *which scenario …*: the scenarios of the claims that say so."""
    if not asker.terms.scenarios or question.context.scenarios:
        return None
    for frame in _WHICH:
        found = frame.match(question.words)
        if not found:
            continue
        context = question.context._replace(scenarios=("*",))
        core = found["core"]
        things = asker.named(core)
        if things:
            claims: Sequence[Claim] = asker.finder.about(things, context)
            reading = Reading("select", Term(iris=things))
            notes = question.notes
            sparql = asker.about_sparql(claims) or ""
        else:
            understood = asker.understand(core, context)
            if not understood.readings:
                if frame is _WHICH[-1]:
                    return None
                return asker.not_understood(question.text, understood.uncovered)
            reading = understood.readings[0]
            result = asker.find(reading, understood.context)
            claims, notes, sparql = result.claims, (*question.notes, *understood.notes), result.sparql
        return _scenarios(asker, question, reading, claims, notes, sparql)
    return None


def _scenarios(  # noqa: PLR0917 - what was asked, found and read
    asker: ClaimAsker,
    question: Question,
    reading: Reading,
    claims: Sequence[Claim],
    notes: Sequence[str],
    sparql: str,
) -> Answer:
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.scenario is not None:
            groups.setdefault(claim.scenario, []).append(claim)
    if not groups:
        return asker.not_stated(question.text, reading, sparql, notes, question.context._replace(scenarios=("*",)))
    rows = tuple(
        make_row(
            (Cell(asker.terms.label(iri), iri=iri),), [found], "; ".join(dict.fromkeys(c.text for c in found))
        )
        for iri, found in groups.items()
    )
    said = "; ".join(dict.fromkeys(c.text for c in claims[:2]))
    return Answer(
        question.text,
        "answered",
        columns=("scenario",),
        rows=rows,
        explanation=(*notes, "asked: the scenario"),
        paraphrase=f"In which scenario: {said}?",
        sparql=sparql or None,
    )


def answer_happening(asker: ClaimAsker, question: Question) -> Answer | None:  # noqa: PLR0911 - one for each way
    """Answer *what happens (to X) (in scenario A | if …)*."""
    found = next((m for frame in _HAPPENS if (m := frame.match(question.words))), None)
    doing = _DOES.match(question.words) if question.context.scenarios and found is None else None
    if doing and asker.named(doing["who"]):
        return _in_scenario(asker, question, asker.named(doing["who"]))
    found = found or _IF.match(question.words) or _UNLESS.match(question.words)
    if found is None:
        return None
    who = asker.named(found.get("who", ()))
    if found.get("who") and not who:
        return None
    inside = tuple(i for i in who if i in asker.terms.scenarios)
    if inside and not question.context.scenarios:
        return _in_scenario(asker, question._replace(context=question.context._replace(scenarios=inside)), ())
    if found.get("condition"):
        return _if(asker, question, who, found["condition"])
    if question.context.scenarios:
        return _in_scenario(asker, question, who)
    if who and question.words[1].lower != "becomes":
        return _in_scenario(asker, question._replace(context=question.context._replace(scenarios=("*",))), who)
    return None


def _in_scenario(asker: ClaimAsker, question: Question, who: tuple[str, ...]) -> Answer:
    context = question.context
    scenarios = tuple(asker.terms.scenarios) if context.scenarios == ("*",) else context.scenarios
    claims = [c for c in asker.finder.inside(scenarios, context) if not who or {c.subject, c.object} & set(who)]
    labels = " or ".join(asker.terms.label(i) for i in scenarios)
    names = ", ".join(asker.terms.label(i) for i in who)
    if not claims:
        reading = Reading("select", Term(iris=who))
        return asker.not_stated(question.text, reading, "", question.notes, context)
    return Answer(
        question.text,
        "answered",
        columns=("subject", "property", "object"),
        rows=claim_rows(claims, asker.terms),
        explanation=(*question.notes, f"asked: what is supposed in {labels}"),
        paraphrase=f"What happens{' to ' + names if names else ''} in {labels}?",
        sparql=asker.about_sparql(claims),
    )


def _if(asker: ClaimAsker, question: Question, who: tuple[str, ...], condition: Sequence[Spelling]) -> Answer:
    """Return the claims whose condition or exception has the words of the question's."""
    wanted = {
        w.stem for w in condition if len(w.stem) > 2 and w.lower not in _DO and w.lower not in ("they", "the")
    }
    claims = [
        c
        for c in asker.finder.conditional(question.context)
        if (not who or {c.subject, c.object} & set(who) or _mentions(asker, c, who))
        and any(wanted <= set(key_words(text)) for text in _conditions(c))
    ]
    words = " ".join(w.text for w in condition)
    notes = (*question.notes, f"asked: what holds if {words}")
    if not claims:
        understood = asker.understand(condition, question.context)
        if understood.uncovered:
            return asker.not_understood(question.text, understood.uncovered)
        reading = understood.readings[0] if understood.readings else Reading("select", Term(iris=who))
        return asker.not_stated(question.text, reading, "", notes, question.context)
    return Answer(
        question.text,
        "answered",
        columns=("subject", "property", "object"),
        rows=claim_rows(claims, asker.terms),
        explanation=notes,
        paraphrase=f"What holds if {words}?",
        sparql=asker.about_sparql(claims),
    )


def _conditions(claim: Claim) -> tuple[str, ...]:
    return (*claim.qualifiers.get("condition", ()), *claim.qualifiers.get("exception", ()))


def _mentions(asker: ClaimAsker, claim: Claim, who: Sequence[str]) -> bool:
    """Whether a qualifier names the thing: *scope: CoreWeave*."""
    said = {text.casefold() for words in claim.qualifiers.values() for text in words}
    return any(asker.terms.label(i).casefold() in said for i in who)
