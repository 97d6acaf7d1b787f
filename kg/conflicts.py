"""Where claims disagree: what one affirms and another denies, values that differ, roles that exclude each other.

Nobody is declared right. Both claims are shown with their quotes, and a person judges.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from kg.claims import ClaimReader
from kg.dataset import Dataset
from kg.results import Claim, Derivation
from kg.terms import lexical

__all__ = ["KINDS", "Conflict", "find_conflicts"]

KINDS = {
    "polarity": "one affirms what the other denies",
    "roles": "the two hardly go together",
    "values": "only one value can hold",
    "amounts": "the documents give different amounts",
}
"""The kinds of conflicts, each in a few words, the plainest first."""

_FUNCTIONAL = "SELECT DISTINCT ?p { ?p a owl:FunctionalProperty . ?claim kgq:claimPredicate ?p }"
_OPPOSED = """SELECT DISTINCT ?p ?q { { ?p kgq:conflictsWith ?q } UNION { ?q kgq:conflictsWith ?p }
  UNION { ?p owl:propertyDisjointWith ?q } UNION { ?q owl:propertyDisjointWith ?p } }"""
_SIDES = """SELECT ?claim { ?claim kgq:claimPredicate ?p ; kgq:modality ?modality
  FILTER(?modality IN (kgq:asserted, kgq:conditional, kgq:evaluation, kgq:assumed))
  FILTER NOT EXISTS { ?claim kgq:inScenario ?scenario }
  FILTER NOT EXISTS { ?claim a kgq:BackgroundClaim } }"""
_TIMES = ("period", "frequency")
_AMOUNT = re.compile(
    r"(?P<before>[$€£¥]|USD|EUR|GBP)? ?(?P<number>\d[\d,]*(?:\.\d+)?) ?"
    r"(?P<scale>thousand|million|billion|trillion|bn|mn|mm|tn|[kmbt])? ?"
    r"(?P<after>%|percent|per cent|dollars|euros|USD|EUR|GBP|[GMk]W|[TGM]Wh)?",
    re.IGNORECASE,
)
_SCALES = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "mm": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "b": 1e9,
    "trillion": 1e12, "tn": 1e12, "t": 1e12,
}  # fmt: skip
_UNITS = {"usd": "$", "dollars": "$", "eur": "€", "euros": "€", "gbp": "£", "percent": "%", "per cent": "%"}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two claims that do not go together.

    Attributes:
        kind: one of :data:`KINDS`.
        first, second: the claims; a stated one first.
    """

    kind: str
    first: Claim
    second: Claim

    @property
    def reason(self) -> str:
        """Why the two do not go together, in a few words."""
        return KINDS[self.kind]

    def to_dict(self) -> dict[str, Any]:
        """Return the conflict as JSON-ready data."""
        claims = {"first": self.first.to_dict(), "second": self.second.to_dict()}
        return {"kind": self.kind, "reason": self.reason, **claims}


def find_conflicts(dataset: Dataset, lang: str = "en") -> list[Conflict]:
    """Return the pairs of claims that disagree, the plainest first.

    Claims put forward under a supposition, in a scenario or as history are not held against present ones, and
    neither are claims about different times. What only follows from a conflict is not listed again.

    >>> from kg.knowledge_graph import open_graph
    >>> find_conflicts(open_graph().dataset)
    []

    Args:
        dataset: a graph of claims.
        lang: the language of labels.
    """
    reader = ClaimReader(dataset, lang)
    claims = reader.many(dataset.select(_SIDES).column("claim"))
    functional = set(dataset.select(_FUNCTIONAL).column("p"))
    opposed = {
        (lexical(p), lexical(q)) for p, q in dataset.select(_OPPOSED).rows if p is not None and q is not None
    }
    found = [
        *_polarity(claims),
        *_roles(claims, opposed),
        *_values(claims, functional),
        *_amounts(claims, functional),
    ]
    return _roots(sorted(found, key=_order))


def _polarity(claims: Iterable[Claim]) -> Iterator[Conflict]:
    for group in _grouped(claims, lambda c: (c.subject, c.predicate, c.object, c.value)):
        for one, other in combinations(group, 2):
            if one.polarity != other.polarity:
                yield _conflict("polarity", one, other)


def _roles(claims: Iterable[Claim], opposed: set[tuple[str, str]]) -> Iterator[Conflict]:
    properties = {p for pair in opposed for p in pair}
    affirmed = [c for c in claims if c.predicate in properties and c.polarity == "positive"]
    for group in _grouped(affirmed, lambda c: (c.subject, c.object)):
        for one, other in combinations(group, 2):
            if (one.predicate, other.predicate) in opposed:
                yield _conflict("roles", one, other)


def _values(claims: Iterable[Claim], functional: set[str]) -> Iterator[Conflict]:
    affirmed = [c for c in claims if c.predicate in functional and c.polarity == "positive"]
    for group in _grouped(affirmed, lambda c: (c.subject, c.predicate)):
        for one, other in combinations(group, 2):
            if (one.object, one.value) != (other.object, other.value):
                yield _conflict("values", one, other)


def _amounts(claims: Iterable[Claim], functional: set[str]) -> Iterator[Conflict]:
    """Yield amounts of one thing that two documents give differently; one document may well give several."""
    amounts = [c for c in claims if c.predicate not in functional and _amount(c.value) is not None]
    for group in _grouped(amounts, lambda c: (c.subject, c.predicate)):
        for one, other in combinations(group, 2):
            apart = one.document != other.document and one.polarity == other.polarity == "positive"
            if apart and _differ(_amount(one.value), _amount(other.value)):
                yield _conflict("amounts", one, other)


def _grouped(claims: Iterable[Claim], key: Any) -> Iterator[list[Claim]]:
    """Yield claims with something in common and about the same time."""
    groups: dict[Any, list[Claim]] = defaultdict(list)
    for claim in claims:
        times = tuple(claim.qualifiers.get(name, ()) for name in _TIMES)
        groups[key(claim), times].append(claim)
    return (group for group in groups.values() if len(group) > 1)


def _conflict(kind: str, one: Claim, other: Claim) -> Conflict:
    first, second = sorted((one, other), key=lambda c: (c.kind != "stated", c.polarity == "negative", c.iri))
    return Conflict(kind, first, second)


def _order(conflict: Conflict) -> tuple[int, int, str, str]:
    inferred = (conflict.first.kind, conflict.second.kind).count("inferred")
    return inferred, list(KINDS).index(conflict.kind), conflict.first.text, conflict.second.iri


def _roots(conflicts: Sequence[Conflict]) -> list[Conflict]:
    """Leave out conflicts between conclusions whose premises are in conflict already."""
    known: set[frozenset[str]] = set()
    statements: set[tuple[str, frozenset[str]]] = set()
    kept = []
    for conflict in conflicts:
        ones, others = _grounds(conflict.first), _grounds(conflict.second)
        same = (conflict.kind, frozenset((_statement(conflict.first), _statement(conflict.second))))
        follows = any(frozenset((a, b)) in known for a in ones for b in others)
        repeated = same in statements and "inferred" in (conflict.first.kind, conflict.second.kind)
        if not follows and not repeated:
            kept.append(conflict)
            statements.add(same)
            known.add(frozenset((conflict.first.iri, conflict.second.iri)))
    return kept


def _statement(claim: Claim) -> str:
    return f"{claim.subject} {claim.predicate} {claim.object or claim.value} {claim.polarity}"


def _grounds(claim: Claim) -> set[str]:
    found = {claim.iri}
    waiting: list[Derivation] = list(claim.because)
    while waiting:
        for premise in waiting.pop().premises:
            found.add(premise.claim)
            waiting.extend(premise.because)
    return found


def _amount(value: str | None) -> tuple[str, float] | None:
    """Return an amount as its unit and a number, or None.

    >>> _amount("$1.5 billion"), _amount("1,500"), _amount("many")
    (('$', 1500000000.0), ('', 1500.0), None)
    """
    match = _AMOUNT.fullmatch(" ".join((value or "").split()))
    if match is None:
        return None
    scale = _SCALES.get((match["scale"] or "").lower(), 1.0)
    unit = (match["before"] or match["after"] or "").lower()
    return _UNITS.get(unit, unit), float(match["number"].replace(",", "")) * scale


def _differ(one: tuple[str, float] | None, other: tuple[str, float] | None) -> bool:
    """Whether two amounts of the same unit differ."""
    return one is not None and other is not None and one[0] == other[0] and abs(one[1] - other[1]) > 1e-9
