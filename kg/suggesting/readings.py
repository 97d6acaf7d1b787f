"""What a verb can mean between two names, by its form and by the classes the ontology allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.suggesting.candidates import Name
from kg.suggesting.chunk import Chunk
from kg.suggesting.clause import Clause
from kg.vocabulary.claim_terms import ClaimTerms, Relation, Word, key_words

__all__ = ["Reading", "readings"]

_TIE = 0.015
_BELONGING = "one of"


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a clause between two of its names.

    Attributes:
        relation: the property.
        subject, object, value: what it relates.
        cost: how far-fetched it is.
        doubts: why it is not sure.
    """

    relation: Relation
    subject: Name
    object: Name | None
    value: str | None
    cost: float
    doubts: tuple[str, ...] = ()


def readings(clause: Clause, subject: Chunk, end: Chunk, terms: ClaimTerms) -> list[Reading]:
    """Return the readings of one pair that the graph's types allow: the best, or all that are as good."""
    found = list(_typed(clause, subject, end, terms))
    if not found and (subject.inner or end.inner):
        found = list(_typed(clause, _within(subject), _within(end), terms))
    least = min((reading.cost for reading in found), default=0.0)
    best = {(r.relation.iri, r.subject, r.object): r for r in found if r.cost <= least + _TIE}
    if clause.verb is not None and clause.verb.kind == "FACET":
        return _narrow(list(best.values()))
    return _namesakes(clause, list(best.values()))


def _narrow(found: list[Reading]) -> list[Reading]:
    """Return the readings by properties that join certain classes, if there are any; else those that join all."""
    narrow = [
        r for r in found if len(r.relation.domains) > 1 or not set(r.relation.domains) & set(r.relation.ranges)
    ]
    doubt = "nothing shows which of the two it is meant of"
    return narrow or [replace(reading, doubts=(*reading.doubts, doubt)) for reading in found]


def _within(chunk: Chunk) -> Chunk:
    """Return the name within a name, if it has one that may be meant: *Hyperscaler Model* for its hyperscalers."""
    return replace(chunk, things=chunk.inner, alias=False) if chunk.inner else chunk


def _namesakes(clause: Clause, found: list[Reading]) -> list[Reading]:
    """Return the readings by the property that is called like the verb, if there is one; else all."""
    verb = key_words(clause.verb.lower)[:1] if clause.verb is not None else ()
    named = [reading for reading in found if set(verb) & set(key_words(reading.relation.label))]
    return named if len({reading.relation.iri for reading in named}) == 1 else found


def _typed(clause: Clause, subject: Chunk, end: Chunk, terms: ClaimTerms) -> Iterator[Reading]:
    for word in _words(clause, terms):
        relation = terms.relations.get(word.key)
        if relation is None:
            continue
        if relation.datatype:
            yield from _valued(relation, word, subject, end, terms)
            continue
        listed = relation.symmetric and clause.verb is not None and clause.verb.kind == "FACET"
        first, second = (end, subject) if listed or word.inverse != clause.passive else (subject, end)
        for one, doubts in _names(first, relation.domains, terms):
            for other, more in _names(second, relation.ranges, terms):
                if one != other:
                    yield Reading(relation, one, other, None, word.cost, (*doubts, *more))


def _words(clause: Clause, terms: ClaimTerms) -> Iterator[Word]:
    """Yield what the verb may stand for in the form it has here."""
    verb = clause.verb
    if verb is None:
        return
    if verb.kind == "BELONGS":
        found = terms.words(" ".join(key_words(_BELONGING)))
        yield from (w for w in found if w.cat == "verb" and w.be and terms.relations[w.key].ranges)
    elif verb.kind == "FACET":
        yield from (word for word in verb.words if word.cat == "noun")
    elif verb.kind == "THIRD":
        yield from _third(verb.text, clause.prep, terms)
    else:
        yield from (word for word in verb.words if _fits_form(word, clause))


def _third(text: str, prep: str, terms: ClaimTerms) -> Iterator[Word]:
    """Yield what a verb, its object and a preposition mean together: *buys GPUs from*, *shifts … risk to*."""
    verb, *rest = key_words(text)
    for ends in (rest, rest[-1:]):
        found = [w for w in terms.words(" ".join((verb, *ends, *key_words(prep)))) if w.cat == "verb" and not w.be]
        if found:
            yield from found
            return


def _fits_form(word: Word, clause: Clause) -> bool:
    verb = clause.verb.lower.split()[0] if clause.verb else ""
    if word.cat == "noun":
        return clause.have and word.prep == clause.prep
    if word.prep != clause.prep:
        return False
    going_on = verb.endswith("ing") or clause.passive
    return word.be == clause.be or (clause.be and going_on)


def _valued(relation: Relation, word: Word, subject: Chunk, end: Chunk, terms: ClaimTerms) -> Iterator[Reading]:
    counted = relation.datatype.endswith("integer")
    if end.kind == "AMOUNT" and (not counted or end.text.replace(",", "").isdecimal()):
        for name, doubts in _names(subject, relation.domains, terms):
            value = end.text.replace(",", "") if counted else " ".join(end.text.split())
            yield Reading(relation, name, None, value, word.cost, doubts)


def _names(chunk: Chunk, classes: Sequence[str], terms: ClaimTerms) -> Iterator[tuple[Name, tuple[str, ...]]]:
    """Yield what a chunk names, as far as it belongs to one of the classes, with the doubts there are."""
    text = " ".join(chunk.text.split())
    if chunk.kind == "NEW":
        yield Name(text, None, classes[0] if classes else None), (f"“{text}” is a new name",)
    for iri in chunk.things:
        thing = terms.things.get(iri)
        if thing is None:
            continue
        if not classes or set(thing.kinds) & set(classes):
            yield Name(thing.label, iri), ((f"“{text}” is taken for {thing.label}",) if chunk.alias else ())
        elif thing.background and _is_bare(thing.kinds):
            yield Name(thing.label, None, classes[0]), (f"“{text}” is a name that no document of the graph uses",)


def _is_bare(kinds: Sequence[str]) -> bool:
    """Whether nothing is known of a thing but that common knowledge names it."""
    return all(iri.rpartition("#")[2].rpartition("/")[2] in ("BackgroundEntity", "Entity") for iri in kinds)
