"""Two entities side by side: what is said of both, and what of one alone. Absence is silence, not denial."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from kg.claims import group_claims
from kg.network.model import Network
from kg.results import Claim

__all__ = ["Comparison", "Difference", "compare"]

_Key: TypeAlias = "tuple[str, bool, str, bool, str | None]"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is said of the first entity, of the second, or of both.

    Attributes:
        relation: IRI of the property.
        outgoing: whether the compared entity is the subject.
        end: IRI at the other end, or the value.
        negative: whether it is denied.
        scenario: the scenario it is confined to.
        first, second: the claims that say so of each; empty where nothing does.
    """

    relation: str
    outgoing: bool
    end: str
    negative: bool
    scenario: str | None
    first: tuple[Claim, ...]
    second: tuple[Claim, ...]

    @property
    def side(self) -> str:
        """``both``, ``first`` or ``second``."""
        if self.first and self.second:
            return "both"
        return "first" if self.first else "second"

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON-ready data."""
        return {
            "relation": self.relation,
            "outgoing": self.outgoing,
            "end": self.end,
            "negative": self.negative,
            "scenario": self.scenario,
            "said_of": self.side,
            "first": [claim.to_dict() for claim in self.first],
            "second": [claim.to_dict() for claim in self.second],
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is said of two entities, in the order both, first, second, then as people read.

    Attributes:
        between: claims that join the two with each other.
    """

    first: str
    second: str
    rows: tuple[Difference, ...]
    between: tuple[Claim, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON-ready data."""
        return {
            "first": self.first,
            "second": self.second,
            "rows": [row.to_dict() for row in self.rows],
            "between": [claim.to_dict() for claim in self.between],
        }


def compare(network: Network, first: str, second: str) -> Comparison:
    """Return what the claims of a network say of two entities, side by side.

    >>> compare(Network((), {}), "http://example.com/a", "http://example.com/b").rows
    ()

    Args:
        network: where the claims are.
        first: IRI of one entity.
        second: IRI of the other.
    """
    said: dict[_Key, dict[str, list[Claim]]] = {}
    between = []
    for claim in network.claims:
        if {claim.subject, claim.object} == {first, second}:
            between.append(claim)
            continue
        for entity, key in _mentions(claim, first, second):
            said.setdefault(key, {first: [], second: []})[entity].append(claim)
    rows = [
        Difference(*key, _best_first(claims[first]), _best_first(claims[second])) for key, claims in said.items()
    ]
    order = ("both", "first", "second")
    rows.sort(key=lambda r: (order.index(r.side), not r.outgoing, network.label(r.relation), network.label(r.end)))
    return Comparison(first, second, tuple(rows), tuple(between))


def _mentions(claim: Claim, first: str, second: str) -> Iterator[tuple[str, _Key]]:
    negative = claim.polarity == "negative"
    for entity in (first, second):
        if claim.subject == entity:
            end = claim.object if claim.object is not None else claim.value or ""
            yield entity, (claim.predicate, True, end, negative, claim.scenario)
        elif claim.object == entity:
            yield entity, (claim.predicate, False, claim.subject, negative, claim.scenario)


def _best_first(claims: list[Claim]) -> tuple[Claim, ...]:
    return tuple(claim for group in group_claims(claims) for claim in group)
