"""Which property of a class an adjective measures: *large* of a city, *long* of a river, *cheap* of a product."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kg.vocabulary.datatypes import is_date, is_number
from kg.vocabulary.measures import adjective, concept_rank
from kg.vocabulary.words import STOP_WORDS, stem

if TYPE_CHECKING:
    from kg.vocabulary import PropertyTerm, Vocabulary

__all__ = ["Measure", "amount_of", "is_code", "is_dated", "measured_by", "measures", "sign_of"]

_GENERAL = 4
_BEGINNINGS = frozenset(map(stem, ("opened", "founded", "established", "born", "built", "published", "formed")))
_JUDGING = frozenset(("good", "bad", "poor"))
_RANKS = frozenset(map(stem, ("rank", "grade", "position")))
"""Numbers of which nobody knows whether the first or the highest is the best."""
_HIGH = frozenset(("high", "low", "good", "bad", "great"))

Measure = tuple[tuple[str, ...], int, float]
"""The properties that lead to a number, the sign of the adjective on it, and what the choice costs."""


@lru_cache(maxsize=4_000)
def _words(label: str) -> tuple[str, ...]:
    return tuple(stem(w) for w in label.lower().replace("(", " ").replace(")", " ").split() if w not in STOP_WORDS)


def is_dated(term: PropertyTerm) -> bool:
    """Whether a property says when: by a date, or by a year that is written as a number (*release year* 2018)."""
    if is_date(term.datatype):
        return True
    words = term.label.lower().split()
    if not is_number(term.datatype):
        return False
    if len(words) == 1 and not term.unit and stem(words[0]) in _BEGINNINGS:
        return True  # opened 1991
    if "year" not in words:
        return False
    return words[max(0, words.index("year") - 1)] not in ("per", "a", "each", "every")


def sign_of(word: str, *, date: bool) -> int:
    """Return 1 or -1 for an adjective on a value, ``-`` before it turning it round."""
    flip = -1 if word.startswith("-") else 1
    found = adjective(word.lstrip("-"))
    if found is None:
        return flip
    return flip * (found.by_date or found.sign if date else found.sign)


def measured_by(word: str, term: PropertyTerm) -> bool:
    """Whether an adjective may grade the values of a property: *the highest revenue*, but no *most popular date*.

    Adjectives of size and height grade any number, and so does none at all.
    """
    plain = word.lstrip("-")
    found = adjective(plain)
    if plain in _JUDGING and _RANKS & set(_words(term.label)):
        return False
    date = is_dated(term)
    if found is None or (not date and (len(found.concepts) > _GENERAL or plain in _HIGH)):
        return True
    return concept_rank(found.concepts, frozenset(_words(term.label)), term.unit, date) is not None


def measures(vocabulary: Vocabulary, types: frozenset[str], word: str) -> list[Measure]:
    """Return the properties an adjective may measure on instances of some classes, best first."""
    plain = word.lstrip("-")
    found = adjective(plain)
    if found is None:
        return []
    ranked: list[tuple[float, Measure]] = []
    numeric: list[str] = []
    for iri in vocabulary.schema.data_properties(types):
        term = vocabulary.properties[iri]
        date = is_dated(term)
        if not date and not is_number(term.datatype):
            continue
        if not date and not is_code(term):
            numeric.append(iri)
        words = _words(term.label)
        if plain in _JUDGING and _RANKS & set(words):
            continue
        rank = concept_rank(found.concepts, frozenset(words), term.unit, date)
        if rank is None:
            continue
        cost = 0.12 * rank + 0.05 * max(0, len(words) - 1)
        ranked.append((cost, ((iri,), sign_of(word, date=date), cost)))
    if not ranked:
        ranked = _through(vocabulary, types, word, found.concepts)
    ranked.sort(key=lambda r: r[0])
    best = [m for _, m in ranked[:3]]
    if not best and len(numeric) == 1 and len(found.concepts) > 4:
        best = [((numeric[0],), sign_of(word, date=False), 0.8)]
    floor = best[0][2] if best else 0.0
    return [(way, sign, cost - min(floor, 0.3)) for way, sign, cost in best]


def amount_of(vocabulary: Vocabulary, types: frozenset[str], classes: tuple[str, ...] = ()) -> str:
    """Return the numeric property that says how much a thing is: named like its class, or the only one."""
    options = []
    names = [set(_words(vocabulary.label(c))) for c in classes or sorted(types) if c]
    for iri in vocabulary.schema.data_properties(types):
        term = vocabulary.properties[iri]
        if is_number(term.datatype) and not is_code(term):
            words = set(_words(term.label))
            options.append((not any(name <= words for name in names), len(words), iri))
    options.sort()
    if not options or (options[0][0] and len(options) > 1):
        return ""
    return options[0][2]


def _through(
    vocabulary: Vocabulary, types: frozenset[str], word: str, concepts: tuple[str, ...]
) -> list[tuple[float, Measure]]:
    """Return ways over a thing that is an amount itself (*price* with an amount and a currency)."""
    found: list[tuple[float, Measure]] = []
    for iri in sorted({u.property for u in vocabulary.schema.usages if u.domain in types}):
        term = vocabulary.properties[iri]
        if term.is_data:
            continue
        rank = concept_rank(concepts, frozenset(_words(term.label)), "", False)
        amount = amount_of(vocabulary, vocabulary.schema.range(iri)) if rank is not None else ""
        if amount:
            found.append((0.1 + 0.1 * (rank or 0), ((iri, amount), sign_of(word, date=False), 0.1)))
        else:
            found += _of_nameless(vocabulary, iri, word, concepts)
    return found


def _of_nameless(
    vocabulary: Vocabulary, link: str, word: str, concepts: tuple[str, ...]
) -> list[tuple[float, Measure]]:
    """Return ways over a thing without a name (an *offer* with a price): what it measures is its owner's."""
    ends = vocabulary.schema.range(link)
    if not ends or any(vocabulary.has_names(end) for end in ends):
        return []
    found: list[tuple[float, Measure]] = []
    for iri in vocabulary.schema.data_properties(ends):
        term = vocabulary.properties[iri]
        date = is_dated(term)
        if not date and (not is_number(term.datatype) or is_code(term)):
            continue
        rank = concept_rank(concepts, frozenset(_words(term.label)), term.unit, date)
        if rank is not None:
            found.append((0.2 + 0.1 * rank, ((link, iri), sign_of(word, date=date), 0.2 + 0.1 * rank)))
    return found


def is_code(term: PropertyTerm) -> bool:
    """Whether a number is a name rather than a quantity."""
    words = set(_words(term.label))
    return bool(words & {"number", "id", "code", "identifi", "zip", "phone", "latitud", "longitud", "year"}) or (
        term.identifying and term.datatype.endswith("integer") and not term.unit and "id" in words
    )
