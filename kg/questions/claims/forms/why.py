"""*Why …*: the claims that the document connects with a claim, as its reason or as what is given in return."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kg.questions.claims.find import Found
from kg.questions.claims.forms.question import Frame, Question
from kg.questions.claims.lattice import Spelling, words_of
from kg.questions.claims.rows import claim_rows, make_row
from kg.results import Answer, Cell, Claim, Derivation
from kg.terms import PREFIXES, local_name

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["answer_why", "linked"]

_WHY = (
    Frame(
        r"(?:why|how come|for what reasons?|for which reasons?|because of what|on what grounds|what"
        r" for)(?: is it that)? (?P<core>.+)"
    ),
    Frame(
        r"(?:what|which) (?:is|are|was|were) (?:given as )?(?:reasons?|causes?|explanations?|grounds?"
        r"|justifications?)"
        r" (?:for|why|that|of|behind) (?P<core>.+)"
    ),
    Frame(r"(?:what|which reasons?) (?:explains?|causes?|justify|justifies|accounts for) (?:why )?(?P<core>.+)"),
    Frame(
        r"(?:is|are) there (?:any )?(?:reasons?|explanations?|causes?|grounds?)(?: given| stated)? (?:for|why"
        r"|that) (?P<core>.+)"
    ),
    Frame(r"(?:reasons?|explanations?|causes?) (?:for|why|of|behind) (?P<core>.+)"),
)
_BECAUSE = PREFIXES["kgq"] + "because"


_GIVES = Frame(r"what (?:gives|lends|brings|provides|grants|guarantees|secures|ensures) (?P<core>.+)")


def _given(asker: ClaimAsker, words: Sequence[Spelling]) -> tuple[Spelling, ...] | None:
    """Return *do hyperscalers have X* for *what gives hyperscalers X*."""
    found = _GIVES.match(words)
    if found is None:
        return None
    core = found["core"]
    do, have = words_of("do have")
    for at in range(1, len(core)):
        if asker.named(core[:at]) and asker.named(core[at:]):
            return (do, *core[:at], have, *core[at:])
    return None


def _denial(asker: ClaimAsker, core: tuple[Spelling, ...]) -> tuple[Spelling, ...]:
    """Return *can lenders not lend* for *can not lenders lend*: after *why* it does deny."""
    if len(core) > 3 and core[1].lower == "not":
        for at in range(len(core) - 1, 2, -1):
            if asker.named(core[2:at]):
                return (core[0], *core[2:at], core[1], *core[at:])
    return core


def answer_why(asker: ClaimAsker, question: Question) -> Answer | None:
    """Answer a question for reasons."""
    core = next((m["core"] for frame in _WHY if (m := frame.match(question.words))), None)
    core = core or _given(asker, question.words)
    if not core:
        return None
    understood = asker.understand(_denial(asker, core), question.context)
    if not understood.readings:
        return asker.not_understood(question.text, understood.uncovered)
    reading, context = understood.readings[0], understood.context
    if reading.term.iris and not reading.term.links:
        if context.wordings:  # *why is X fast*: nothing says what holds in this way
            return asker.not_stated(question.text, reading, "", question.notes, context)
        found = Found(claims=tuple(asker.finder.about(reading.term.iris, context)))
    else:
        found = asker.find(reading, context)
        if not found.claims and reading.term.iris and reading.form != "ask":
            found = Found(claims=tuple(asker.finder.about(reading.term.iris, context)))
    notes = (*question.notes, *understood.notes, "asked: the reason")
    if not found.claims:
        return asker.not_stated(
            question.text, reading, found.sparql, (*notes, "what is asked about is not stated"), context
        )
    reasons = linked(asker, found.claims)
    paraphrase = f"Why is it that {'; '.join(dict.fromkeys(c.text for c in found.claims[:3]))}?"
    if not reasons:
        answer = asker.not_stated(
            question.text, reading, found.sparql, (*notes, "stated, but no reason is given"), context
        )
        return answer._replace(related=claim_rows(found.claims, asker.terms)[:5], paraphrase=paraphrase)
    rows = tuple(make_row((Cell(c.text, iri=c.iri),), [[c]]) for c, _ in reasons)
    how = dict.fromkeys(f"{asker.terms.links.get(link, local_name(link))}: {c.text}" for c, link in reasons)
    return Answer(
        question.text,
        "answered",
        columns=("reason",),
        rows=rows,
        explanation=(*notes, *how),
        paraphrase=paraphrase,
        sparql=_sparql(asker, found.claims),
    )


def linked(asker: ClaimAsker, claims: Iterable[Claim]) -> list[tuple[Claim, str]]:
    """Return the claims connected with some claims or with what these rest on, with the relation.

    A reason is followed from the claim to its grounds; any other relation both ways.
    """
    roots = list(dict.fromkeys(iri for claim in claims for iri in _stated(claim)))
    rows = asker.finder.dataset.select(_links_query(asker, roots)).rows
    pairs = {(str(other)[1:-1], str(link)[1:-1]): None for other, link in rows}
    read = {c.iri: c for c in asker.finder.reader.many(iri for iri, _ in pairs)}
    return [(read[iri], link) for iri, link in pairs if iri in read and iri not in roots]


def _links_query(asker: ClaimAsker, roots: Iterable[str]) -> str:
    values = " ".join(f"<{iri}>" for iri in roots)
    links = " ".join(f"<{iri}>" for iri in asker.terms.links)
    others = " ".join(f"<{iri}>" for iri in asker.terms.links if iri != _BECAUSE)
    back = f" UNION {{ VALUES ?link {{ {others} }} ?reason ?link ?claim }}" if others else ""
    return (
        f"SELECT DISTINCT ?reason ?link"
        f" {{ VALUES ?claim {{ {values} }} {{ VALUES ?link {{ {links} }} ?claim ?link ?reason }}"
        f"{back} ?reason kgq:claimPredicate ?predicate OPTIONAL {{ ?reason dcterms:identifier ?id }}"
        f" }} ORDER BY ?id"
    )


def _sparql(asker: ClaimAsker, claims: Iterable[Claim]) -> str:
    return _links_query(asker, dict.fromkeys(iri for claim in claims for iri in _stated(claim)))


def _stated(claim: Claim) -> Iterator[str]:
    yield claim.iri
    for derivation in claim.because[:1]:
        yield from _premises(derivation)


def _premises(derivation: Derivation) -> Iterator[str]:
    for premise in derivation.premises:
        yield premise.claim
        for below in premise.because[:1]:
            yield from _premises(below)
