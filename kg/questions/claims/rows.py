"""Rows of answers over claims: claims and proofs that support one row are joined, the best first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg.claims import KINDS
from kg.results import AnswerRow, Cell, Claim, Derivation, Evidence
from kg.terms import local_name
from kg.vocabulary.claim_terms import ClaimTerms

__all__ = ["claim_cells", "claim_rows", "make_row", "qualifiers_of"]


def qualifiers_of(claims: Iterable[Claim]) -> dict[str, tuple[str, ...]]:
    """Return the qualifiers of claims together, each wording once."""
    found: dict[str, dict[str, None]] = {}
    for claim in claims:
        for name, words in claim.qualifiers.items():
            found.setdefault(name, {}).update(dict.fromkeys(words))
    return {name: tuple(words) for name, words in found.items()}


def make_row(
    cells: tuple[Cell | None, ...], steps: Sequence[Sequence[Claim]], text: str | None = None
) -> AnswerRow:
    """Return a row from the claims that support it.

    Args:
        cells: what it shows.
        steps: for each relation of the question, the claims that make it; any one of them is enough.
        text: the row as a sentence; by default that of the best claim of the last relation.
    """
    chosen: list[Claim] = []
    rest: list[Claim] = []
    kind = 0
    for claims in steps:
        ranked = sorted({c.iri: c for c in claims}.values(), key=_grounding)
        if not ranked:
            continue
        best = [c for c in ranked if c.kind == ranked[0].kind]
        kind = max(kind, KINDS.index(ranked[0].kind))
        chosen += [c for c in best if c not in chosen]
        rest += ranked[len(best) :]
    lead = chosen[0] if chosen else None
    evidence: dict[Evidence, None] = {}
    because: dict[Derivation, None] = {}
    for claim in chosen:
        evidence.update(dict.fromkeys(claim.quotes))
        because.update(dict.fromkeys(claim.because))
    return AnswerRow(
        cells,
        kind=KINDS[kind],
        polarity=lead.polarity if lead else "positive",
        modality=lead.modality if lead else "asserted",
        voice=_name(lead.voice) if lead else None,
        scenario=lead.labels.get(lead.scenario, lead.scenario) if lead and lead.scenario else None,
        qualifiers=qualifiers_of(chosen),
        claims=tuple(dict.fromkeys(c.iri for c in (*chosen, *rest))),
        evidence=tuple(evidence),
        because=tuple(because),
        text=text if text is not None else (lead.text if lead else None),
    )


def _name(iri: str | None) -> str | None:
    return None if iri is None else local_name(iri)


def _grounding(claim: Claim) -> tuple[int, int, int, str]:
    weak = sum(p.kind == "background" for d in claim.because[:1] for p in d.premises)
    return KINDS.index(claim.kind), weak, len(claim.qualifiers), claim.identifier or claim.iri


def claim_cells(claim: Claim, terms: ClaimTerms) -> tuple[Cell, Cell, Cell]:
    """Return subject, property and object or value of a claim as cells."""
    subject = Cell(terms.label(claim.subject), iri=claim.subject)
    relation = Cell(terms.label(claim.predicate), iri=claim.predicate)
    if claim.object is not None:
        return subject, relation, Cell(terms.label(claim.object), iri=claim.object)
    datatype = terms.relations[claim.predicate].datatype if claim.predicate in terms.relations else ""
    plain = not datatype or datatype.endswith(("#string", "#langString"))
    return subject, relation, Cell(claim.value or "", datatype=None if plain else datatype)


def claim_rows(claims: Iterable[Claim], terms: ClaimTerms) -> tuple[AnswerRow, ...]:
    """Return one row for each thing that claims say, with subject, property and object as cells."""
    groups: dict[tuple[object, ...], list[Claim]] = {}
    for claim in claims:
        key = claim.subject, claim.predicate, claim.object, claim.value, claim.polarity, claim.scenario
        groups.setdefault(key, []).append(claim)
    return tuple(make_row(claim_cells(group[0], terms), [group]) for group in groups.values())


def sentence(claims: Mapping[str, Claim], iri: str) -> str:
    """Return how a claim reads."""
    found = claims.get(iri)
    return found.text if found else iri
