"""Who is left holding which risk: bearing and shifting followed from party to party, a claim on each hop.

A kind of risk that no claim names is left unnamed, and what a party does with a risk that reached it is left open
unless a claim says so. Nothing is summed up or guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kg.claims import ClaimReader, group_claims
from kg.dataset import Dataset
from kg.results import Claim
from kg.terms import PREFIXES

__all__ = ["Holding", "RiskPicture", "follow_risk"]

_AII = PREFIXES["aii"]
_BEARS, _SHIFTS, _SHIFTS_TO = (_AII + name for name in ("bearsRisk", "shiftsRisk", "shiftsRiskTo"))
_ALLOCATIONS = """SELECT ?claim ?role {
  VALUES ?role { aii:bearsRisk aii:shiftsRisk aii:shiftsRiskTo }
  ?property rdfs:subPropertyOf* ?role . ?claim kgq:claimPredicate ?property
  FILTER NOT EXISTS { ?claim kgq:inScenario ?scenario } }"""
_LONGEST = 6


@dataclass(frozen=True, slots=True)
class Holding:
    """A risk, and the party that is left with it as far as the claims say.

    Attributes:
        holder: IRI of the party.
        risk: IRI of the kind of risk; None where no claim names it.
        hops: the claims along which it came, the first shift first; empty for a risk that is borne where it arose.
        borne: the claim that the holder bears it; None where it was shifted there and no claim says more.
        passed_on: claims that the holder shifts this very kind on, without saying to whom.
    """

    holder: str
    risk: str | None
    hops: tuple[Claim, ...] = ()
    borne: Claim | None = None
    passed_on: tuple[Claim, ...] = ()

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim the holding rests on."""
        return (*self.hops, *((self.borne,) if self.borne else ()), *self.passed_on)

    def to_dict(self) -> dict[str, Any]:
        """Return the holding as JSON-ready data."""
        return {
            "holder": self.holder,
            "risk": self.risk,
            "borne": None if self.borne is None else self.borne.to_dict(),
            "hops": [claim.to_dict() for claim in self.hops],
            "mechanisms": [list(mechanisms(claim)) for claim in self.hops],
            "passed_on": [claim.to_dict() for claim in self.passed_on],
        }


@dataclass(frozen=True, slots=True)
class RiskPicture:
    """How risk is allocated, as far as the claims say.

    Attributes:
        holdings: risks and who is left with them; what is borne first.
        denied: claims that somebody does not bear or shift a risk.
        labels: the name of every party and kind of risk by IRI.
    """

    holdings: tuple[Holding, ...]
    denied: tuple[Claim, ...]
    labels: dict[str, str]

    def about(self, thing: str) -> RiskPicture:
        """Return what concerns one party or one kind of risk."""
        kept = tuple(h for h in self.holdings if thing in _things(h))
        return RiskPicture(kept, tuple(c for c in self.denied if thing in (c.subject, c.object)), self.labels)

    def to_dict(self) -> dict[str, Any]:
        """Return the picture as JSON-ready data."""
        return {
            "holdings": [holding.to_dict() for holding in self.holdings],
            "denied": [claim.to_dict() for claim in self.denied],
            "labels": self.labels,
        }


def follow_risk(dataset: Dataset, lang: str = "en") -> RiskPicture:
    """Follow every risk from the party where it arises to the one that is left with it.

    >>> from kg.knowledge_graph import open_graph
    >>> picture = follow_risk(open_graph().dataset)
    >>> sorted({picture.labels[h.holder] for h in picture.holdings if h.hops})
    ['customers of merchants', 'lenders']

    Args:
        dataset: a graph of claims with the terms of risk allocation, or with properties below them.
        lang: the language of labels.
    """
    rows = dataset.select(_ALLOCATIONS).rows
    role = {str(claim)[1:-1]: str(kind)[1:-1] for claim, kind in rows}
    groups = group_claims(ClaimReader(dataset, lang).many(sorted(role)))
    claims = [group[0] for group in groups]
    affirmed = [c for c in claims if c.polarity == "positive"]
    by_role = {name: [c for c in affirmed if role[c.iri] == name] for name in (_BEARS, _SHIFTS, _SHIFTS_TO)}
    kinds = by_role[_SHIFTS]
    holdings = [_borne(claim, kinds) for claim in by_role[_BEARS]]
    holdings += _shifted(by_role[_SHIFTS_TO], by_role[_BEARS], kinds)
    labels = {iri: label for claim in claims for iri, label in claim.labels.items()}
    denied = tuple(c for c in claims if c.polarity == "negative")
    return RiskPicture(tuple(sorted(holdings, key=lambda h: _order(h, labels))), denied, labels)


def mechanisms(claim: Claim) -> tuple[str, ...]:
    """Return by what a claim says the risk is shifted."""
    return claim.qualifiers.get("mechanism", ())


def _borne(claim: Claim, kinds: Sequence[Claim]) -> Holding:
    onward = tuple(c for c in kinds if (c.subject, c.object) == (claim.subject, claim.object))
    return Holding(claim.subject, claim.object, borne=claim, passed_on=onward)


def _shifted(shifts: Sequence[Claim], bearing: Sequence[Claim], kinds: Sequence[Claim]) -> list[Holding]:
    """Follow each shift from its first party on; a chain ends where no claim leads further."""
    receivers = {claim.object for claim in shifts}
    onward: dict[str, list[Claim]] = {}
    for claim in shifts:
        onward.setdefault(claim.subject, []).append(claim)
    chains: list[tuple[Claim, ...]] = []
    first = [c for c in shifts if c.subject not in receivers] or list(shifts)
    waiting: list[tuple[Claim, ...]] = [(c,) for c in first]
    while waiting:
        chain = waiting.pop(0)
        passed = {chain[0].subject, *(c.object for c in chain)}
        further = [c for c in onward.get(chain[-1].object or "", ()) if c.object not in passed]
        if further and len(chain) < _LONGEST:
            waiting += [(*chain, claim) for claim in further]
        else:
            chains.append(chain)
    return [_arrived(chain, bearing, kinds) for chain in chains]


def _arrived(chain: tuple[Claim, ...], bearing: Sequence[Claim], kinds: Sequence[Claim]) -> Holding:
    holder, risk = chain[-1].object or "", _kind_of(chain, kinds)
    borne = next((c for c in bearing if c.subject == holder and risk is not None and c.object == risk), None)
    return Holding(holder, risk, chain, borne)


def _kind_of(chain: Iterable[Claim], kinds: Sequence[Claim]) -> str | None:
    """Return the kind of risk that every hop of a chain is stated to shift, in the same words of the document."""
    found: set[str] | None = None
    for hop in chain:
        places = {(e.document, e.start, e.end) for e in hop.quotes}
        named = {
            c.object
            for c in kinds
            if c.subject == hop.subject and c.object and places & {(e.document, e.start, e.end) for e in c.quotes}
        }
        found = named if found is None else found & named
    return next(iter(found)) if found is not None and len(found) == 1 else None


def _things(holding: Holding) -> set[str | None]:
    return {holding.holder, holding.risk, *(c.subject for c in holding.hops), *(c.object for c in holding.hops)}


def _order(holding: Holding, labels: dict[str, str]) -> tuple[Any, ...]:
    name = labels.get(holding.risk or "", "~")
    lead = holding.borne or holding.hops[0]
    return bool(holding.hops), name, lead.kind != "stated", lead.text, labels.get(holding.holder, "")
