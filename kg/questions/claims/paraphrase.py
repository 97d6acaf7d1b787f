"""Says a reading back in English, from the labels and sentence patterns of the graph."""

from __future__ import annotations

from kg.questions.claims.compile import Context
from kg.questions.claims.meaning import Link, Reading, Term
from kg.vocabulary.claim_terms import ClaimTerms

__all__ = ["paraphrase", "sentence_of"]


def paraphrase(reading: Reading, terms: ClaimTerms, context: Context) -> str:
    """Return how a question was understood, as a question."""
    said = sentence_of(reading, terms, context)
    if reading.form == "ask":
        return f"Is it stated that {said}?"
    if reading.form == "count":
        return f"How many: {said}?"
    return said[:1].upper() + said[1:] + "?"


def sentence_of(reading: Reading, terms: ClaimTerms, context: Context) -> str:
    """Return what a reading says, as a statement with question words where it asks."""
    term = reading.term
    name = _noun(term, terms, asked=reading.form != "ask")
    main = [link for link in term.links if link.main] or list(term.links)
    said = " and ".join(_said(name, link, terms, term) for link in main)
    if not said:
        kinds = " and ".join(terms.label(k) for k in term.kinds) or "thing"
        said = f"{name} is {_a(kinds)}" if term.fixed else f"which {kinds} there is"
    voices = " and ".join(terms.label(v) for v in context.voices)
    scenarios = " or ".join(terms.label(s) for s in context.scenarios if s != "*")
    if scenarios:
        said = f"in {scenarios}, {said}"
    if voices:
        said = f"according to {voices}, {said}"
    return said


def _said(name: str, link: Link, terms: ClaimTerms, holder: Term) -> str:
    other = _noun(link.other, terms, asked=False)
    if not link.ways:
        return f"{name} has to do with {other}"
    if all(iri in terms.relations and terms.relations[iri].copular for iri, _ in link.ways) and len(link.ways) > 1:
        inverse = link.ways[0][1]
        subject, object_ = (other, name) if inverse else (name, other)
        verb = "are" if _is_plural(link.other if inverse else holder, terms) else "is"
        return f"{subject} {verb} {'not ' if link.negative else ''}{object_}"
    found = []
    for iri, inverse in link.ways[:3]:
        subject, object_ = (other, name) if inverse else (name, other)
        relation = terms.relations.get(iri)
        many = _is_plural(link.other if inverse else holder, terms)
        if relation is None or not relation.patterns[0]:
            found.append(f"{subject} {terms.label(iri)} {object_}")
            continue
        singular, several, not_singular, not_several = relation.patterns
        pattern = (not_several if many else not_singular) if link.negative else (several if many else singular)
        found.append((pattern or singular).replace("{s}", subject).replace("{o}", object_))
    return " / ".join(dict.fromkeys(found))


def _noun(term: Term, terms: ClaimTerms, *, asked: bool) -> str:
    if term.items:
        return f" {term.mode} ".join(_noun(item, terms, asked=False) for item in term.items)
    if term.iris:
        return " or ".join(terms.label(i) for i in term.iris)
    if term.value:
        return f"“{term.value}”"
    kinds = " ".join(terms.label(k) for k in term.kinds)
    if asked:
        return f"which {kinds}" if kinds else term.wh if term.wh in ("who", "what", "when") else "what"
    rest = " and ".join(_relative(_said("it", link, terms, term)) for link in term.links)
    base = _a(kinds) if kinds else "something"
    return f"{base} {rest}" if rest else base


def _relative(said: str) -> str:
    """Return *that bears risk* for *it bears risk*, *that hyperscalers bear* for *hyperscalers bear it*."""
    ways = said.split(" / ")
    if all(way.startswith("it ") for way in ways):
        return "that " + " / ".join(way.removeprefix("it ") for way in ways)
    if all(way.endswith(" it") for way in ways):
        return "that " + " / ".join(way.removesuffix(" it") for way in ways)
    return f"of which {said}"


def _is_plural(term: Term, terms: ClaimTerms) -> bool:
    """Whether a named thing takes a plural verb; what is still asked for takes a singular one."""
    return bool(term.iris) and all(terms.things[i].plural for i in term.iris if i in terms.things)


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
